"""Ingesting a pile: everything is taken in once, nothing is lost, and a second time changes nothing."""

import errno
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from backfile import config
from backfile.article import Article
from backfile.errors import ArchiveLocked
from backfile.pipeline import indexing, ingest
from backfile.store import ArchiveLock
from index.entry import Entry
from tests.conftest import ONLY_SQLITE, Workbench, news
from tests.pipeline.made import ids, misbehaving, store_of

BOTH_STORES = True


def page(url: str, word: str) -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in news("x", word).split("\n\n")[1:])
    head = f'<title>Rat tagt</title><link rel="canonical" href="{url}"><meta property="og:url" content="{url}">'
    body = f"<article><h1>Rat tagt</h1>{paragraphs}</article>"
    return f"<!doctype html><html lang=de><head>{head}</head><body>{body}</body></html>"


def test_a_pile_is_found_by_its_words(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.put("b.txt", news("Rat berät über Kitas", "Kindertagesstätten"))

    report = workbench.ingest()

    assert report.tally.states == {"stored": 2}
    assert workbench.found("Radwege") == ["pile/a.txt"]
    assert workbench.found("Niederau") == ["pile/a.txt", "pile/b.txt"]


def test_ingesting_the_same_pile_twice_changes_nothing_and_says_so(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.put("b.jsonl", json.dumps({"id": 7, "title": "Titel", "text": news("x", "Kitas")}))
    workbench.ingest()

    report = workbench.ingest()

    assert report.changed_nothing
    assert report.tally.documents == {"unchanged": 2}


def test_a_file_that_was_only_touched_is_unchanged(workbench: Workbench) -> None:
    file = workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.ingest()
    os.utime(file, ns=(1, 1))

    assert workbench.ingest().changed_nothing


def test_a_changed_file_changes_its_article_and_nothing_else(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.put("b.txt", news("Rat berät über Kitas", "Kitas"))
    workbench.ingest()
    workbench.put("a.txt", news("Rat berät über Radwege", "Schwimmbäder"))

    report = workbench.ingest()

    assert (report.tally.documents["changed"], report.indexed) == (1, 1)
    assert (workbench.found("Schwimmbäder"), workbench.found("beraten Radwege")) == (["pile/a.txt"], ["pile/a.txt"])
    assert ids(workbench) == ["pile/a.txt", "pile/b.txt"]


def test_a_moved_file_keeps_its_id(workbench: Workbench) -> None:
    file = workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.ingest()
    (workbench.pile / "2024").mkdir()
    file.rename(workbench.pile / "2024" / "renamed.txt")

    report = workbench.ingest()

    assert report.tally.inputs["moved"] == 1
    assert report.changed_nothing
    assert ids(workbench) == ["pile/a.txt"]


def test_what_vanished_is_kept_and_counted_and_may_come_back(workbench: Workbench) -> None:
    file = workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.put("b.txt", news("Rat berät über Kitas", "Kitas"))
    workbench.ingest()
    content = file.read_bytes()
    stamp = file.stat().st_mtime_ns
    file.unlink()

    gone = workbench.ingest()
    file.write_bytes(content)
    os.utime(file, ns=(stamp, stamp))
    back = workbench.ingest()

    assert (gone.tally.inputs["gone"], back.tally.inputs["back"]) == (1, 1)
    assert workbench.found("Radwege") == ["pile/a.txt"]


def test_a_missing_disk_fails_the_run_and_nothing_is_gone(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.ingest()
    workbench.pile.rename(workbench.pile.with_name("unplugged"))

    report = workbench.ingest()

    assert (report.failed, report.tally.inputs["gone"]) == (1, 0)
    assert workbench.found("Radwege") == ["pile/a.txt"]


def test_a_pruned_source_forgets_what_vanished(workbench: Workbench) -> None:
    config.remove_source(workbench.archive, "pile")
    with workbench.archive.config_file.open("a", encoding="utf-8") as out:
        out.write(f'[[source]]\nname = "pile"\npath = "{workbench.pile}"\nprune = true\n')
    file = workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.put("b.txt", news("Rat berät über Kitas", "Kitas"))
    workbench.ingest()
    file.unlink()

    workbench.ingest()

    assert (ids(workbench), workbench.found("Niederau")) == (["pile/b.txt"], ["pile/b.txt"])


def test_one_broken_file_in_each_format_harms_no_other(workbench: Workbench) -> None:
    good = news("Rat berät über Radwege", "Radwege")
    lines = [json.dumps({"id": f"r{n}", "title": "Rat", "text": news("x", f"Radwege {n}")}) for n in (1, 2)]
    workbench.put("good.txt", good)
    workbench.put("cut.txt.gz", gzip.compress(good.encode())[:-20])
    workbench.put("lines.jsonl", f'{lines[0]}\n{{"id": "half", "text": \n{lines[1]}\n')
    workbench.put("page.html", page("https://niederau.example/rat", "Radwege und Kitas"))
    workbench.put("deep.html", "<div>" * 50_000)
    workbench.put("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(500))
    workbench.put("empty.txt", b"")
    workbench.put("broken.zip", b"PK\x03\x04" + b"\xff" * 300)
    workbench.put(
        "mail.eml", b"Subject: =?x-none?q?=ff?=\r\nMIME-Version: 1.0\r\nFrom: a@b.example\r\n\r\n" + good.encode()
    )

    report = workbench.ingest()

    assert report.failed >= 3
    assert len(workbench.found("Radwege")) == 5
    reasons = {Path(each["uri"]).name.partition("#")[0]: each["reason"] for each in report.tally.examples}
    assert reasons["lines.jsonl"] == "bad-record"
    assert reasons["cut.txt.gz"] == "damaged"
    assert reasons["broken.zip"] == "damaged"
    assert reasons["picture.txt"] == "unsupported"
    assert reasons["empty.txt"] == "empty"
    assert workbench.ingest().failed == 0


def test_an_article_outlives_the_damage_of_its_file(workbench: Workbench) -> None:
    workbench.put("a.txt.gz", gzip.compress(news("Rat berät über Radwege", "Radwege").encode()))
    workbench.ingest()
    workbench.put("a.txt.gz", b"\x1f\x8b\x08 no gzip any more")

    report = workbench.ingest()

    assert report.failed == 1
    assert workbench.found("Radwege") == ["pile/a.txt.gz"]


def test_the_same_record_in_two_exports_is_one_article(workbench: Workbench) -> None:
    record = json.dumps({"id": "r1", "title": "Rat berät", "text": news("x", "Radwege")})
    workbench.put("2024.jsonl", record)
    workbench.put("2025.jsonl", record)

    report = workbench.ingest()

    assert report.tally.reasons == {"duplicate": 1}
    assert ids(workbench) == ["pile/r1"]
    assert workbench.ingest().changed_nothing


def test_two_states_of_one_page_are_both_kept(workbench: Workbench) -> None:
    workbench.put("monday.html", page("https://niederau.example/rat", "Radwege"))
    workbench.put("tuesday.html", page("https://niederau.example/rat", "Schwimmbäder"))

    workbench.ingest()

    first, second = ids(workbench)
    assert first == "pile/https://niederau.example/rat"
    assert second.startswith(first + "~")


@pytest.mark.parametrize("name", ["id", "url"])
def test_a_record_keeps_its_id_when_others_are_put_above_it(workbench: Workbench, name: str) -> None:
    address = "https://niederau.example/{}"
    one = json.dumps({name: address.format(1), "title": "Rat berät", "text": news("x", "Radwege")})
    two = json.dumps({name: address.format(2), "title": "Rat tagt", "text": news("x", "Kitas")})
    workbench.put("export.jsonl", one)
    workbench.ingest()
    workbench.put("export.jsonl", f"{two}\n{one}\n{one}\n")

    report = workbench.ingest()

    assert (report.tally.documents["new"], report.tally.documents["unchanged"]) == (2, 1)
    assert report.tally.reasons == {"duplicate": 1}
    assert ids(workbench) == ["pile/https://niederau.example/1", "pile/https://niederau.example/2"]
    assert workbench.found("Radwege") == ["pile/https://niederau.example/1"]
    assert workbench.ingest().changed_nothing


def test_changed_rules_clean_again_without_reading_a_source(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege") + "\nMehr davon in der Dorfzeitung am Samstag\n")
    workbench.ingest()
    shutil.rmtree(workbench.pile)
    workbench.pile.mkdir()
    with workbench.archive.config_file.open("a", encoding="utf-8") as out:
        out.write('\n[[source.rule]]\nname = "village-paper"\npattern = "Mehr davon in der Dorfzeitung.*"\n')

    report = workbench.ingest()

    store = store_of(workbench)
    article = store.article("pile/a.txt").article
    store.close()
    assert (report.recleaned, report.indexed) == (1, 1)
    assert "Dorfzeitung" not in article.text
    assert [each.rule for each in article.removed if "Dorfzeitung" in each.text] == ["village-paper/1"]
    assert workbench.ingest().changed_nothing


LOG_IN = "Log in\n\nPlease log in to continue.\n\nDon't have an account? Create one.\n"


def test_what_is_no_article_is_stored_with_what_it_is_and_not_found(workbench: Workbench) -> None:
    workbench.put("login.txt", LOG_IN)

    report = workbench.ingest()

    store = store_of(workbench)
    [problem] = store.problems()
    store.close()
    assert (report.tally.reasons, report.tally.kinds) == ({"not-article": 1}, {"login": 1})
    assert (problem["state"], problem["reason"]) == ("rejected", "not-article")
    assert problem["detail"].startswith("login 0.9")
    assert workbench.found("continue") == []


def test_no_articles_are_kept_when_asked_for_and_go_again_without_reading_a_source(workbench: Workbench) -> None:
    workbench.put("login.txt", LOG_IN)
    workbench.ingest()
    shutil.rmtree(workbench.pile)
    workbench.pile.mkdir()
    before = workbench.archive.config_file.read_text(encoding="utf-8")
    workbench.archive.config_file.write_text(before + 'not_articles = "keep"\n', encoding="utf-8")

    kept = workbench.ingest()

    store = store_of(workbench)
    article = store.article("pile/login.txt").article
    store.close()
    assert (kept.recleaned, kept.indexed, workbench.found("continue")) == (1, 1, ["pile/login.txt"])
    assert article.provenance["not_article"].startswith("login 0.9")
    assert workbench.ingest().changed_nothing

    workbench.archive.config_file.write_text(before, encoding="utf-8")
    workbench.ingest()

    assert workbench.found("continue") == []
    assert workbench.ingest().changed_nothing


def test_an_archive_inside_its_own_pile_is_no_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Workbench(tmp_path)
    bench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    shutil.copy(bench.archive.config_file, bench.pile)
    bench.archive = config.Archive(bench.pile)
    bench.ingest()

    assert bench.ingest().changed_nothing
    assert ids(bench) == ["pile/a.txt"]


def stopped(_article: Article, **_options: object) -> Entry:
    raise KeyboardInterrupt


def test_a_run_stopped_before_the_index_is_carried_on_by_the_next(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    with monkeypatch.context() as patch:
        patch.setattr("index.entry.analyse", stopped)
        with pytest.raises(KeyboardInterrupt):
            workbench.ingest()

    report = workbench.ingest()

    assert (report.tally.documents, report.indexed) == ({"unchanged": 1}, 1)
    assert workbench.found("Radwege") == ["pile/a.txt"]


def test_a_lost_index_is_made_again_from_the_store(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.ingest()
    shutil.rmtree(workbench.archive.index_directory)

    workbench.ingest()

    assert workbench.found("Radwege") == ["pile/a.txt"]


def test_two_runs_of_one_archive_exclude_each_other(workbench: Workbench) -> None:
    with ArchiveLock(workbench.archive.lock_file), pytest.raises(ArchiveLocked), ingest.begin(workbench.archive):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("wait", [0.9, 1.4, 1.9])
def test_a_killed_run_loses_and_doubles_nothing(workbench: Workbench, wait: float) -> None:
    number = 400
    records = ({"id": n, "title": f"Meldung {n}", "text": news("x", f"Radweg{n}")} for n in range(number))
    workbench.put("export.jsonl", "\n".join(json.dumps(each) for each in records))
    command = [sys.executable, "-m", "backfile", "--archive", str(workbench.archive.directory), "ingest"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        time.sleep(wait)  # the moment of death is the subject; whatever it hits, what follows must hold
        run.send_signal(signal.SIGKILL)

    workbench.ingest()

    assert len(ids(workbench)) == number
    assert len(workbench.found("Niederau")) == min(number, 100)
    assert workbench.ingest().changed_nothing


def record(number: str, word: str) -> str:
    return json.dumps({"id": number, "title": "Rat berät", "text": news("x", word)})


def pruned(workbench: Workbench) -> None:
    config.remove_source(workbench.archive, "pile")
    config.add_source(workbench.archive, "pile", str(workbench.pile), prune=True)


def test_a_pruned_file_that_comes_back_as_it_was_is_read_again(workbench: Workbench) -> None:
    pruned(workbench)
    file = workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.put("b.txt", news("Rat berät über Kitas", "Kitas"))
    workbench.ingest()
    file.rename(workbench.pile.parent / "away.txt")
    workbench.ingest()
    (workbench.pile.parent / "away.txt").rename(file)

    workbench.ingest()

    assert ids(workbench) == ["pile/a.txt", "pile/b.txt"]


def test_a_duplicate_takes_the_place_of_the_article_that_was_pruned(workbench: Workbench) -> None:
    pruned(workbench)
    first = workbench.put("2024.jsonl", record("r1", "Radwege"))
    workbench.put("2025.jsonl", record("r1", "Radwege"))
    workbench.ingest()
    first.unlink()
    workbench.ingest()  # prunes, and notes that the other must be read again

    workbench.ingest()

    assert (ids(workbench), workbench.found("Radwege")) == (["pile/r1"], ["pile/r1"])
    assert workbench.ingest().changed_nothing


def test_a_duplicate_becomes_an_article_when_the_other_one_changes(workbench: Workbench) -> None:
    workbench.put("2024.jsonl", record("r1", "Radwege"))
    workbench.put("2025.jsonl", record("r1", "Radwege"))
    workbench.ingest()
    workbench.put("2024.jsonl", record("r1", "Schwimmbäder"))
    workbench.ingest()

    workbench.ingest()

    first, second = ids(workbench)
    assert (workbench.found("Schwimmbäder"), workbench.found("Radwege")) == ([first], [second])
    assert workbench.ingest().changed_nothing


def test_a_damaged_export_prunes_nothing(workbench: Workbench) -> None:
    pruned(workbench)
    whole = gzip.compress("\n".join(record(f"r{n}", os.urandom(300).hex()) for n in range(5)).encode())
    workbench.put("export.jsonl.gz", whole)
    workbench.ingest()
    workbench.put("export.jsonl.gz", whole[: len(whole) // 2])

    report = workbench.ingest()

    assert (report.failed, len(ids(workbench))) == (1, 5)
    workbench.put("export.jsonl.gz", whole)
    assert workbench.ingest().failed == 0
    with closing(store_of(workbench)) as store:
        assert list(store.problems()) == []


def test_a_page_that_took_a_vanished_ones_place_leaves_it_free_to_come_back(workbench: Workbench) -> None:
    monday = workbench.put("monday.html", page("https://niederau.example/rat", "Radwege"))
    workbench.put("b.txt", news("Rat berät über Kitas", "Kitas"))
    workbench.ingest()
    monday.rename(workbench.pile.parent / "away.html")
    workbench.ingest()
    workbench.put("tuesday.html", page("https://niederau.example/rat", "Schwimmbäder"))
    workbench.ingest()
    (workbench.pile.parent / "away.html").rename(monday)

    workbench.ingest()

    assert workbench.found("Schwimmbäder") == ["pile/https://niederau.example/rat"]
    assert [each.partition("~")[0] for each in workbench.found("Radwege")] == ["pile/https://niederau.example/rat"]


@pytest.mark.parametrize("words", [["Radwege", "Radwege"], ["Radwege", "Kitas"], ["Rathaus", "Rathaus"]])
def test_records_of_one_id_that_come_back_together_do_not_share_a_place(workbench: Workbench, words: list[str]) -> None:
    workbench.put("a.jsonl", f"{record('r1', 'Radwege')}\n{record('r2', 'Turnhalle')}")
    workbench.ingest()
    workbench.put("a.jsonl", record("r2", "Turnhalle"))
    workbench.ingest()
    workbench.put("b.jsonl", "\n".join(record("r1", word) for word in words))

    workbench.ingest()

    assert len(ids(workbench)) == 1 + len(set(words))
    assert all(len(workbench.found(word)) == 1 for word in words)
    assert workbench.ingest().changed_nothing


def test_a_page_saved_again_and_again_under_names_that_move_on_never_collides(workbench: Workbench) -> None:
    address = "https://niederau.example/rat"
    workbench.put("first.html", page(address, "Brücke"))
    for number, word in enumerate(["Radwege", "Kitas", "Schwimmbäder"]):
        file = workbench.put("latest.html", page(address, word))
        workbench.ingest()
        file.rename(workbench.pile / f"kept{number}.html")
        workbench.ingest()

    assert len(ids(workbench)) == 4
    assert [len(workbench.found(word)) for word in ("Radwege", "Kitas", "Schwimmbäder")] == [1, 1, 1]


def test_files_with_the_same_bytes_that_move_together_keep_their_ids(workbench: Workbench) -> None:
    files = [workbench.put(name, news("Rat berät über Radwege", "Radwege")) for name in ("a.txt", "b.txt")]
    workbench.ingest()
    (workbench.pile / "2024").mkdir()
    for file in files:
        file.rename(workbench.pile / "2024" / file.name)

    report = workbench.ingest()

    assert (report.tally.inputs["moved"], ids(workbench)) == (2, ["pile/a.txt", "pile/b.txt"])


def test_a_failure_known_from_before_does_not_count_again(workbench: Workbench) -> None:
    workbench.put("export.jsonl", f'{record("r1", "Radwege")}\n{{"id": "half", \n')
    workbench.ingest()
    workbench.put("export.jsonl", f'{record("r1", "Radwege")}\n{{"id": "half", \n{record("r2", "Kitas")}\n')

    report = workbench.ingest()

    assert (report.failed, report.tally.documents["new"], report.tally.documents["unchanged"]) == (0, 1, 2)


@contextmanager
def refusing(patch: pytest.MonkeyPatch, *refused: Path) -> Iterator[None]:
    """The system refuses these paths, as it would refuse them to anybody but root; also to workers of one's own."""
    stand_for_no_permission = {os.fspath(each) for each in refused}
    opened, scandir = os.open, os.scandir

    def check(path: str | Path) -> None:
        if str(path) in stand_for_no_permission:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

    def open_(path: str | Path, *rest: Any, **more: Any) -> int:
        check(path)
        return opened(path, *rest, **more)

    def scandir_(path: str | Path = ".") -> Any:
        check(path)
        return scandir(path)

    with patch.context() as now:
        misbehaving(now)
        now.setenv("TEST_REFUSED", os.pathsep.join(stand_for_no_permission))
        now.setattr(os, "open", open_)
        now.setattr(os, "scandir", scandir_)
        now.setattr(
            "backfile.pipeline.places.digest", lambda place: "" if place.name in stand_for_no_permission else "d"
        )
        yield


def test_a_file_that_could_not_be_read_is_tried_again_and_counted_once(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    with refusing(monkeypatch, file):
        first = workbench.ingest(crew=None)
        second = workbench.ingest(crew=None)

    third = workbench.ingest()

    assert [report.failed for report in (first, second, third)] == [1, 0, 0]
    assert second.changed_nothing
    assert ids(workbench) == ["pile/a.txt"]


@pytest.mark.parametrize("pattern", ["", "/**/*.txt"])
def test_what_lies_in_a_folder_that_cannot_be_listed_is_not_gone(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    config.remove_source(workbench.archive, "pile")
    config.add_source(workbench.archive, "pile", f"{workbench.pile}{pattern}", prune=True)
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    closed = workbench.put("closed/b.txt", news("Rat berät über Kitas", "Kitas")).parent
    workbench.ingest()
    with refusing(monkeypatch, closed):
        report = workbench.ingest()

    assert (report.tally.inputs["gone"], ids(workbench)) == (0, ["pile/a.txt", "pile/closed/b.txt"])


def test_a_question_mark_in_the_name_of_a_file_is_no_wildcard(workbench: Workbench) -> None:
    file = workbench.put("What?.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.put("Whats.txt", news("Rat berät über Kitas", "Kitas"))
    config.remove_source(workbench.archive, "pile")
    config.note_source(workbench.archive, file)

    workbench.ingest()

    assert ids(workbench) == ["What/What?.txt"]


def test_a_source_named_twice_is_read_once(workbench: Workbench) -> None:
    with ingest.begin(workbench.archive, only=["pile", "pile"]) as run:
        assert [source.name for source in run.sources] == ["pile"]


@ONLY_SQLITE
def test_an_index_with_more_than_the_store_gave_it_is_made_again(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.ingest()
    backup = workbench.archive.store_file.read_bytes()
    file = workbench.put("b.txt", news("Rat berät über Kitas", "Kitas"))
    workbench.ingest()
    file.unlink()
    workbench.archive.store_file.write_bytes(backup)

    workbench.ingest()

    assert workbench.found("Niederau") == ["pile/a.txt"]


def test_a_rule_that_fails_takes_no_article_out_of_the_archive(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.ingest()
    with workbench.archive.config_file.open("a", encoding="utf-8") as out:
        out.write('\n[[source.rule]]\nname = "other"\npattern = "Etwas anderes"\n')
    with monkeypatch.context() as patch:
        patch.setattr("transforms.rule.clean", lambda *_: 1 / 0)
        workbench.ingest()

    assert (ids(workbench), workbench.found("Radwege")) == (["pile/a.txt"], ["pile/a.txt"])


def test_an_index_of_as_many_articles_but_of_another_store_is_made_again(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.ingest()
    backup = workbench.archive.index_directory.with_name("backup")
    shutil.copytree(workbench.archive.index_directory, backup)
    workbench.put("a.txt", news("Rat berät über Kitas", "Kitas"))
    workbench.ingest()
    shutil.rmtree(workbench.archive.index_directory)
    backup.rename(workbench.archive.index_directory)

    workbench.ingest()

    assert (workbench.found("Kitas"), workbench.found("Radwege")) == (["pile/a.txt"], [])
    assert workbench.ingest().changed_nothing


def test_an_old_index_left_between_exchange_and_removal_goes_with_the_next_run_that_has_nothing_to_do(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    def generations() -> list[str]:
        return sorted(path.name for path in workbench.archive.index_directory.glob("g*"))

    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.ingest()
    (old,) = generations()
    with monkeypatch.context() as patch:
        patch.setattr("index.directory._tidy", stopped)
        with pytest.raises(KeyboardInterrupt):
            indexing.reindex(workbench.archive)
    left = generations()
    found = workbench.found("Radwege")

    report = workbench.ingest()

    assert (len(left), old in left, found) == (2, True, ["pile/a.txt"])
    assert generations() == [each for each in left if each != old]
    assert (report.tally.documents["new"], workbench.found("Radwege")) == (0, ["pile/a.txt"])
