"""Ingesting a pile: everything is taken in once, nothing is lost, and a second time changes nothing."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backfile import config
from backfile.article import Article
from backfile.errors import ArchiveLocked
from backfile.pipeline import ingest
from backfile.store import ArchiveLock, Store, open_store
from index.entry import Entry
from tests.conftest import Workbench, news


def store_of(workbench: Workbench) -> Store:
    return open_store(workbench.archive.store_file)


def ids(workbench: Workbench) -> list[str]:
    store = store_of(workbench)
    try:
        return [each.article.id for each in store.articles()]
    finally:
        store.close()


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


def test_an_archive_inside_its_own_pile_is_no_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Workbench(tmp_path)
    bench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    shutil.copy(bench.archive.config_file, bench.pile)
    bench.archive = config.Archive(bench.pile)
    bench.ingest()

    assert bench.ingest().changed_nothing
    assert ids(bench) == ["pile/a.txt"]


def stopped(_article: Article) -> Entry:
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
