"""The command line as a person or a script meets it: what it prints, and the code it ends with."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from backfile.cli import clean
from backfile.cli.main import COMMANDS
from backfile.store import ArchiveLock
from tests.conftest import Workbench, news


def run(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a fresh process, its output in a pipe."""
    kept = {name: value for name, value in os.environ.items() if name not in {"BACKFILE_ARCHIVE", "NO_COLOR"}}
    command = [sys.executable, "-m", "backfile", *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env={**kept, **environment}, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def ingested(workbench: Workbench) -> Workbench:
    workbench.put(
        "a.txt", news("Rat berät über Radwege", "Radwege") + "\nFoto: dpa\n\nAbonnieren Sie unseren Newsletter\n"
    )
    workbench.put("b.txt", news("Rat berät über Kitas", "Kindertagesstätten"))
    workbench.ingest()
    return workbench


def in_archive(workbench: Workbench, *words: str) -> subprocess.CompletedProcess[str]:
    return run(*words, cwd=workbench.archive.directory)


def test_ingest_without_configuration_makes_an_archive_and_remembers_the_path(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text(news("Rat berät über Radwege", "Radwege"), encoding="utf-8")

    first = run("ingest", "news", cwd=tmp_path)
    second = run("ingest", cwd=tmp_path)
    search = run("search", "Radwege", cwd=tmp_path)

    assert (first.returncode, second.returncode, search.returncode) == (0, 0, 0)
    assert "1 new" in first.stdout
    assert second.stdout.startswith("unchanged: 1 document,")
    assert "news/a.txt" in search.stdout


def test_a_failed_input_ends_with_3_and_is_named(workbench: Workbench) -> None:
    workbench.put("good.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.put("bad.jsonl", '{"id": 1, "title": "x", "text": "y"}\n{"id": 2,')

    done = in_archive(workbench, "ingest")
    again = in_archive(workbench, "ingest")
    problems = in_archive(workbench, "status", "--problems", "--json")

    assert (done.returncode, again.returncode) == (3, 0)
    assert "bad-record" in done.stdout
    assert [json.loads(line)["reason"] for line in problems.stdout.splitlines()].count("bad-record") == 1


def test_the_report_is_one_line_of_json(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))

    report = json.loads(in_archive(workbench, "ingest", "--json").stdout)

    assert (report["documents"]["new"], report["indexed"], report["languages"]) == (1, 1, {"de": 1})


def test_show_prints_the_article_and_its_json_form(ingested: Workbench) -> None:
    readable = in_archive(ingested, "show", "pile/a.txt")
    article = json.loads(in_archive(ingested, "show", "--json", "pile/a.txt").stdout)

    assert readable.stdout.startswith("Rat berät über Radwege\n")
    assert article["title"] == "Rat berät über Radwege"
    assert "Newsletter" not in article["text"]
    assert {each["text"] for each in article["removed"]} >= {"Foto: dpa", "Abonnieren Sie unseren Newsletter"}


def test_diff_shows_the_rule_at_each_removed_line_and_ends_with_1(ingested: Workbench) -> None:
    diff = in_archive(ingested, "diff", "pile/a.txt")

    assert diff.returncode == 1
    [removed] = [line for line in diff.stdout.splitlines() if "Foto: dpa" in line]
    assert " - Foto: dpa" in removed
    assert "credit]" in removed
    assert any(line.lstrip()[2:].startswith("  Der Gemeinderat") for line in diff.stdout.splitlines())


def test_clean_works_without_an_archive(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(news("Rat berät über Radwege", "Radwege") + "\nFoto: dpa\n", encoding="utf-8")

    done = run("clean", "a.txt", "--json", cwd=tmp_path)

    assert done.returncode == 0
    assert json.loads(done.stdout)["title"] == "Rat berät über Radwege"
    assert not (tmp_path / "backfile.toml").exists()


def test_export_gives_every_article_once(ingested: Workbench) -> None:
    lines = in_archive(ingested, "export").stdout.splitlines()

    assert [json.loads(line)["id"] for line in lines] == ["pile/a.txt", "pile/b.txt"]


def test_an_export_can_be_ingested_by_another_archive(ingested: Workbench, tmp_path: Path) -> None:
    (tmp_path / "export.jsonl").write_text(in_archive(ingested, "export").stdout, encoding="utf-8")

    done = run("--archive", tmp_path / "second", "ingest", tmp_path / "export.jsonl", cwd=tmp_path)
    article = json.loads(
        run("--archive", tmp_path / "second", "export", cwd=tmp_path).stdout.splitlines()[0],
    )
    before = json.loads(in_archive(ingested, "export").stdout.splitlines()[0])

    assert done.returncode == 0
    assert {name: article[name] for name in ("title", "text", "language")} == {
        name: before[name] for name in ("title", "text", "language")
    }
    assert article["removed"] == []


def test_status_stats_rules_and_doctor_answer(ingested: Workbench) -> None:
    status = json.loads(in_archive(ingested, "status", "--json").stdout)
    stats = json.loads(in_archive(ingested, "stats", "--json").stdout)
    rules = [json.loads(line) for line in in_archive(ingested, "rules", "list", "--json").stdout.splitlines()]
    doctor = in_archive(ingested, "doctor")

    assert (status["documents"], status["pending"], status["index"]["documents"]) == ({"indexed": 2}, 0, 2)
    assert (stats["articles"], stats["languages"]) == (2, {"de": 2})
    assert {"headline/1", "image-credit/1"} <= {rule["rule"] for rule in rules}
    assert all(rule["about"] for rule in rules)
    assert (doctor.returncode, [line for line in doctor.stdout.splitlines() if line.startswith("fault")]) == (0, [])


def test_index_rebuild_finds_the_same(ingested: Workbench) -> None:
    assert in_archive(ingested, "index", "rebuild").stdout == "2 articles indexed\n"
    assert ingested.found("Radwege") == ["pile/a.txt"]


def test_sources_are_added_listed_and_removed(workbench: Workbench) -> None:
    added = in_archive(workbench, "source", "add", "letters", "~/mail/**/*.mbox", "--publisher", "Brief & Co")
    listed = [json.loads(line) for line in in_archive(workbench, "source", "list", "--json").stdout.splitlines()]
    in_archive(workbench, "source", "remove", "letters")
    left = in_archive(workbench, "source", "list").stdout

    assert added.returncode == 0
    assert [(each["name"], each["publisher"]) for each in listed] == [("pile", None), ("letters", "Brief & Co")]
    assert "letters" not in left


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["ingest", "nowhere"], 2, "there is no such file"),
        (["ingest", "--source", "nobody"], 2, "no source is named"),
        (["show", "pile/none.txt"], 2, "no article has the id"),
        (["frobnicate"], 2, "No such command"),
        (["source", "add", "a b", "x"], 2, "allowed"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_to_do(ingested: Workbench, words: list[str], code: int, told: str) -> None:
    done = in_archive(ingested, *words)

    assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (code, True, False)


@pytest.mark.parametrize("words", [["search", "x"], ["status"], ["show", "x"], ["export"], ["index", "rebuild"]])
def test_a_missing_archive_ends_with_4(tmp_path: Path, words: list[str]) -> None:
    done = run(*words, cwd=tmp_path)

    assert (done.returncode, "backfile.toml" in done.stderr) == (4, True)


def test_a_locked_archive_ends_with_4_and_names_the_writer(ingested: Workbench) -> None:
    with ArchiveLock(ingested.archive.lock_file):
        done = in_archive(ingested, "ingest")

    assert (done.returncode, f"process {os.getpid()}" in done.stderr) == (4, True)


def test_a_fault_in_the_configuration_names_file_key_and_what_is_allowed(workbench: Workbench) -> None:
    workbench.archive.config_file.write_text('[archive]\nengin = "whoosh"\n', encoding="utf-8")

    done = in_archive(workbench, "ingest")

    assert done.returncode == 2
    assert "unknown key 'engin'; allowed: engine" in done.stderr


def test_nothing_of_the_content_reaches_a_terminal_as_a_command(workbench: Workbench) -> None:
    workbench.put("evil.txt", news("Rat \x1b[2J\u202eberät", "\x1b]0;title\x07Radwege"))
    workbench.put("bell\x07.txt", news("Rat tagt", "Kitas"))

    done = in_archive(workbench, "ingest")
    shown = in_archive(workbench, "show", "pile/evil.txt")
    found = in_archive(workbench, "search", "Niederau")

    output = done.stdout + done.stderr + shown.stdout + found.stdout
    assert not any(each in output for each in ("\x1b", "\x07", "\u202e"))


RULES = ("rules suggest", "rules accept", "rules disable", "rules enable")


@pytest.mark.parametrize(
    "words", [*COMMANDS, "source add", "source list", "rules list", "index rebuild", "store copy", *RULES]
)
def test_every_command_has_help_with_an_example(words: str, tmp_path: Path) -> None:
    done = run(*words.split(), "--help", cwd=tmp_path)

    assert (done.returncode, "Example" in done.stdout) == (0, True)


def test_an_undecodable_file_name_is_read_and_shown(workbench: Workbench) -> None:
    name = os.fsencode(workbench.pile) + b"/caf\xe9.txt"
    Path(os.fsdecode(name)).write_text(news("Rat berät über Radwege", "Radwege"), encoding="utf-8")

    done = in_archive(workbench, "ingest")
    exported = in_archive(workbench, "export")

    assert done.returncode == 0
    assert json.loads(exported.stdout)["id"] == r"pile/caf\xe9.txt"


def test_status_and_doctor_tell_of_a_lost_index(ingested: Workbench) -> None:
    shutil.rmtree(ingested.archive.index_directory)

    status = in_archive(ingested, "status")
    doctor = in_archive(ingested, "doctor")

    assert (status.returncode, doctor.returncode) == (0, 4)
    assert all("there is no index" in each.stdout for each in (status, doctor))


def test_an_archive_that_cannot_be_made_ends_with_4(ingested: Workbench, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = run("ingest", ingested.pile, cwd=tmp_path, BACKFILE_ARCHIVE=str(tmp_path / "file"))

    assert (done.returncode, "our fault" in done.stderr) == (4, False)


def test_a_path_that_cannot_be_written_down_is_wrong_use(ingested: Workbench) -> None:
    folder = os.fsdecode(os.fsencode(ingested.pile) + b"/caf\xe9")
    Path(folder).mkdir()

    done = in_archive(ingested, "ingest", folder)

    assert (done.returncode, "no UTF-8" in done.stderr) == (2, True)


def test_a_reader_that_leaves_early_is_no_fault(workbench: Workbench) -> None:
    records = ({"id": n, "title": f"Meldung {n}", "text": news("x", f"Radweg{n}") * 40} for n in range(20))
    workbench.put("export.jsonl", "\n".join(json.dumps(each) for each in records))
    workbench.ingest()
    command = [sys.executable, "-m", "backfile", "export"]
    with subprocess.Popen(command, cwd=workbench.archive.directory, stdout=subprocess.PIPE) as export:
        assert export.stdout is not None
        export.stdout.read(1)
        export.stdout.close()

    assert export.returncode == 0


@pytest.mark.parametrize(("told", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_says_so_by_its_code_and_the_next_carries_on(
    workbench: Workbench, told: signal.Signals, code: int
) -> None:
    records = ({"id": n, "title": f"Meldung {n}", "text": news("x", f"Radweg{n}")} for n in range(3000))
    workbench.put("export.jsonl", "\n".join(json.dumps(each) for each in records))
    command = [sys.executable, "-m", "backfile", "ingest"]
    with subprocess.Popen(command, cwd=workbench.archive.directory, stderr=subprocess.PIPE, text=True) as ingest:
        while not any(workbench.archive.directory.glob("store.sqlite-wal")):
            assert ingest.poll() is None
        ingest.send_signal(told)
        _, talk = ingest.communicate(timeout=60)

    assert (ingest.returncode, "Traceback" in talk) == (code, False)
    with ArchiveLock(workbench.archive.lock_file):
        pass


def test_a_vanished_file_is_told_of(ingested: Workbench) -> None:
    (ingested.pile / "a.txt").unlink()

    done = in_archive(ingested, "ingest")

    assert "gone       1 input not in the source any more" in done.stdout


def test_no_archive_is_made_over_a_folder_named_index(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "a.txt").write_text(news("Rat tagt", "Kitas"), encoding="utf-8")

    done = run("ingest", "a.txt", cwd=tmp_path)

    assert (done.returncode, "--archive" in done.stderr) == (4, True)
    assert not (tmp_path / "backfile.toml").exists()


def test_help_shows_the_examples_on_lines_of_their_own(tmp_path: Path) -> None:
    lines = run("--help", cwd=tmp_path).stdout.splitlines()

    assert any(line.strip().startswith("backfile search Koalition") for line in lines)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
def test_a_full_disk_behind_the_output_is_told_in_one_line(ingested: Workbench) -> None:
    command = f"{sys.executable} -m backfile export > /dev/full"
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=ingested.archive.directory, capture_output=True, text=True, check=False
    )

    assert (done.returncode, "make room" in done.stderr, "fault" in done.stderr) == (5, True, False)


def test_clean_says_what_is_no_article_and_shows_it_when_asked(tmp_path: Path) -> None:
    (tmp_path / "login.txt").write_text("Log in\n\nPlease log in to continue.\n\nDon't have an account?\n", "utf-8")

    plain = run("clean", "login.txt", cwd=tmp_path)
    kept = run("clean", "--all", "--json", "login.txt", cwd=tmp_path)

    assert (plain.returncode, plain.stdout) == (0, "")
    assert "not-article: login 0.9" in plain.stderr
    assert json.loads(kept.stdout)["provenance"]["not_article"].startswith("login 0.9")


FOOTER = "Mehr aus der Region lesen Sie in unserer Beilage"


def with_footer(number: int) -> str:
    names = ("Anke Sell", "Jonas Brandt", "Mira Kolb")
    first = f"Der Rat von Niederau hat am Abend lange über Fall {names[number]} beraten und drei Anträge gehört."
    second = f"{names[number]} will den Beschluss nun prüfen lassen und hofft auf einen guten Tag für die Gemeinde."
    return json.dumps(
        {"id": str(number), "url": f"https://zeitung.example/{number}", "text": f"{first}\n\n{second}\n\n{FOOTER}"}
    )


def test_recurring_lines_are_shown_disabled_enabled_and_accepted(workbench: Workbench) -> None:
    workbench.put("a.jsonl", "\n".join(map(with_footer, range(3))))
    done = in_archive(workbench, "ingest")
    [line] = [
        json.loads(each) for each in in_archive(workbench, "rules", "suggest", "pile", "--json").stdout.splitlines()
    ]

    assert "learned    1 recurring line taken" in done.stdout
    assert (line["text"], line["state"], line["where"], line["articles"]) == (FOOTER, "learned", "tail", 3)
    assert FOOTER in in_archive(workbench, "rules", "suggest", "pile").stdout
    assert FOOTER not in in_archive(workbench, "show", "pile/0").stdout

    put_back = in_archive(workbench, "rules", "disable", line["line"])

    assert put_back.stdout == "3 articles changed, 3 added to the index\n"
    assert FOOTER in in_archive(workbench, "show", "pile/0").stdout
    assert in_archive(workbench, "search", "Beilage", "-c", "--all-copies").stdout.strip() == "3"

    for words in (["enable", line["line"]], ["disable", line["line"]], ["accept", line["line"], "--where", "anywhere"]):
        assert in_archive(workbench, "rules", *words).stdout.startswith("3 articles changed")
    assert FOOTER not in in_archive(workbench, "show", "pile/0").stdout
    assert in_archive(workbench, "rules", "suggest", "pile", "--state", "candidate").stdout == ""


def test_status_says_that_a_changed_setting_of_learning_waits_for_the_next_ingest(workbench: Workbench) -> None:
    workbench.put("a.jsonl", "\n".join(map(with_footer, range(3))))
    workbench.ingest()
    before = in_archive(workbench, "status").stdout
    config = workbench.archive.config_file
    config.write_text(config.read_text().replace("[archive]", '[archive]\nlearn = "suggest"'))

    assert "to do      nothing known" in before
    assert "recurring lines of 1 site to decide upon anew: `backfile ingest`" in in_archive(workbench, "status").stdout

    in_archive(workbench, "ingest")

    assert "to do      nothing known" in in_archive(workbench, "status").stdout


def test_a_rule_is_disabled_for_one_article(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege") + "\nNewsletter abonnieren\n")
    workbench.ingest()

    done = in_archive(workbench, "rules", "disable", "newsletter-de/1", "--article", "pile/a.txt")

    assert done.stdout == "1 article changed, 1 added to the index\n"
    assert "Newsletter abonnieren" in in_archive(workbench, "show", "pile/a.txt").stdout
    assert json.loads(in_archive(workbench, "status", "--json").stdout)["outdated"] == 0
    assert in_archive(workbench, "rules", "disable", "newsletter").returncode == 2


def test_a_rule_is_disabled_for_the_article_read_from_a_path(workbench: Workbench) -> None:
    path = workbench.put("a.txt", news("Rat berät über Radwege", "Radwege") + "\nNewsletter abonnieren\n")
    workbench.ingest()

    assert in_archive(workbench, "rules", "disable", "newsletter-de", "--article", str(path)).returncode == 0
    assert "Newsletter abonnieren" in in_archive(workbench, "show", "pile/a.txt").stdout

    assert in_archive(workbench, "rules", "enable", "newsletter-de", "--article", str(path)).returncode == 0
    assert "Newsletter abonnieren" not in in_archive(workbench, "show", "pile/a.txt").stdout


def test_the_list_of_rules_says_which_are_disabled(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.ingest()
    in_archive(workbench, "rules", "disable", "newsletter-de", "--article", "pile/a.txt")
    in_archive(workbench, "rules", "disable", "recurring-line")

    lines = in_archive(workbench, "rules", "list").stdout.splitlines()
    told = [json.loads(each) for each in in_archive(workbench, "rules", "list", "--json").stdout.splitlines()]

    assert [each.split("/")[0] for each in lines if "[disabled" in each] == ["newsletter-de", "recurring-line"]
    assert any("[disabled for pile/a.txt] " in each for each in lines)
    assert {each["rule"]: each["disabled_for"] for each in told if each["disabled_for"]} == {
        "newsletter-de/2": ["pile/a.txt"]
    }
    assert [each["rule"] for each in told if each["disabled"]] == ["recurring-line/2"]


@pytest.mark.parametrize("how", [[], ["--json"], ["--diff", "--no-learn"]])
def test_clean_reads_what_comes_from_stdin(tmp_path: Path, how: list[str]) -> None:
    page = f"<html><body><article><p>{news('Rat berät über Radwege', 'Radwege')}</p></article></body></html>"
    command = [sys.executable, "-m", "backfile", "clean", *how, "-"]
    done = subprocess.run(command, cwd=tmp_path, input=page, capture_output=True, text=True, check=False, timeout=120)

    assert (done.returncode, done.stderr, "Radwege" in done.stdout) == (0, "", True)
    assert "stdin" not in done.stdout.replace("clean/stdin", "")


def test_clean_names_no_copy_of_a_mailbox_that_comes_from_stdin(tmp_path: Path) -> None:
    mail = f"From a@b.example Mon Nov 25 10:00:00 2024\nFrom: a@b.example\nMessage-ID: <1@b>\n\n{news('Rat', 'Wege')}\n"
    command = [sys.executable, "-m", "backfile", "clean", "--json", "-"]
    done = subprocess.run(command, cwd=tmp_path, input=mail, capture_output=True, text=True, check=False, timeout=120)

    assert json.loads(done.stdout)["uri"] == "-#<1@b>"


def test_clean_says_that_stdin_is_empty_or_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "backfile", "clean", "-"]
    done = subprocess.run(command, cwd=tmp_path, input="", capture_output=True, text=True, check=False, timeout=120)

    assert (done.returncode, done.stderr) == (0, "-: empty: an empty file\n")

    monkeypatch.setattr("backfile.cli.clean.MAX_SPOOLED_BYTES", 10)
    assert "more than 10 bytes" in str(CliRunner().invoke(clean.command, ["-"], input="x" * 11).exception)


def test_clean_says_that_a_folder_is_empty(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()

    assert "there is no file to read" in run("clean", "none", cwd=tmp_path).stderr


def test_clean_learns_over_all_paths_unless_it_is_told_not_to(tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"{number}.jsonl").write_text(with_footer(number), encoding="utf-8")

    learned = run("clean", "0.jsonl", "1.jsonl", "--json", cwd=tmp_path)
    each_by_itself = run("clean", "0.jsonl", "1.jsonl", "--json", "--no-learn", cwd=tmp_path)

    assert [FOOTER in json.loads(line)["text"] for line in learned.stdout.splitlines()] == [False, False]
    assert [FOOTER in json.loads(line)["text"] for line in each_by_itself.stdout.splitlines()] == [True, True]
