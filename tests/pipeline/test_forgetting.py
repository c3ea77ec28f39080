"""What is forgotten is gone from every byte of the archive, and stays out."""

import json
import os
import subprocess
import sys
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from backfile.errors import ArchiveLocked
from backfile.pipeline import forgetting, indexing, verifying
from backfile.store import Store, open_store
from tests.conftest import Workbench, news
from tests.pipeline.test_digests import BAD, BUS, KRAN, digest

BOTH_STORES = True

SECRET = "Querflötenkonzert"  # stands in one article and nowhere else
FOOTER = "\nNiederauer Rundblick, täglich neu und gedruckt in der Region\n"
ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


@pytest.fixture
def ingested(workbench: Workbench) -> Workbench:
    for number in range(8):
        workbench.put(f"{number}.txt", news(f"Rat berät über Punkt {number}", f"Radweg{number}") + FOOTER)
    workbench.put("secret.txt", news(f"Rat berät {SECRET}", f"{SECRET} und {SECRET}e, {SECRET}") + FOOTER)
    workbench.ingest()
    return workbench


def store_of(workbench: Workbench) -> "closing[Store]":
    return closing(open_store(workbench.archive.store))


def ids(workbench: Workbench) -> list[str]:
    with store_of(workbench) as store:
        return [each.article.id for each in store.articles()]


def reasons(workbench: Workbench) -> list[tuple[str, str]]:
    with store_of(workbench) as store:
        return [(each["uri"].rpartition("/")[2], each["reason"]) for each in store.problems()]


def holding(directory: Path, word: str) -> list[str]:
    """The files below in which the word stands: as it is, in small letters, escaped as in JSON, or compressed."""
    forms = {
        word,
        word.lower(),
        word.casefold().replace("ö", "o"),
        json.dumps(word)[1:-1],
        json.dumps(word.lower())[1:-1],
    }
    sought = {form.encode() for form in forms}
    found = []
    for file in sorted(directory.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            parts = [content, *_inflated(content)]
            if any(each in part for each in sought for part in parts):
                found.append(file.name)
    return found


def _inflated(content: bytes) -> list[bytes]:
    """Whatever in the bytes can be decompressed, as far as it can: an overflowing row is cut where its page ends."""
    parts = []
    for header in ZLIB:
        at = content.find(header)
        while at >= 0:
            stream = zlib.decompressobj()
            out = b""
            try:
                for start in range(at, len(content), 64):
                    out += stream.decompress(content[start : start + 64])
                    if stream.eof:
                        break
            except zlib.error:
                pass
            parts.append(out)
            at = content.find(header, at + 1)
    return parts


def test_nothing_of_its_words_is_left_in_any_file(ingested: Workbench) -> None:
    before = holding(ingested.archive.directory, SECRET)
    with closing(open_store(ingested.archive.store)) as reader, reader._engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")  # a log is beside the store

    done = forgetting.forget(ingested.archive, ["pile/secret.txt"])

    assert ("store.sqlite" in before) == isinstance(ingested.archive.store, Path)
    assert any(name.endswith(".seg") for name in before)
    assert (done.articles, done.documents, done.left) == (1, 1, 8)
    assert holding(ingested.archive.directory, SECRET) == []
    assert (ingested.found(SECRET), len(ids(ingested))) == ([], 8)
    assert verifying.verify(ingested.archive).none


def test_it_stays_out_however_it_comes_again(ingested: Workbench) -> None:
    content = (ingested.pile / "secret.txt").read_bytes()
    forgetting.forget(ingested.archive, ["pile/secret.txt"])

    unchanged = ingested.ingest()
    os.utime(ingested.pile / "secret.txt", ns=(1, 1))
    ingested.put("copied.txt", content)
    ingested.put("other/secret.txt", "Ein Vorspann zuerst.\n\n" + content.decode())
    (ingested.pile / "secret.txt").write_bytes(content + b"\nNoch ein Satz, der neu ist und lang genug.\n")
    again = ingested.ingest()

    assert unchanged.changed_nothing
    assert [name for name, reason in reasons(ingested) if reason == "forgotten"] == ["copied.txt", "secret.txt"]
    assert again.tally.reasons["forgotten"] == 2
    assert ids(ingested)[-1] == "pile/other/secret.txt"  # other words under another name are another article
    assert verifying.verify(ingested.archive).none


def test_the_same_words_under_another_name_go_too(ingested: Workbench) -> None:
    ingested.put("copied.txt", (ingested.pile / "secret.txt").read_text(encoding="utf-8").replace("Rat", " Rat"))
    ingested.ingest()
    with store_of(ingested) as store:
        leaving = store.leaving(["pile/secret.txt"])

    assert [(each.id, each.identical) for each in leaving] == [("pile/secret.txt", False), ("pile/copied.txt", True)]

    forgetting.forget(ingested.archive, [each.id for each in leaving])

    assert holding(ingested.archive.directory, SECRET) == []


def test_a_record_of_an_export_is_forgotten_and_its_neighbours_stay(workbench: Workbench) -> None:
    records = [{"id": n, "title": f"Meldung {n}", "text": news("x", f"{SECRET}{n}x")} for n in range(3)]
    workbench.put("export.jsonl", "\n".join(map(json.dumps, records)))
    workbench.ingest()

    forgetting.forget(workbench.archive, ["pile/1"])
    workbench.put(
        "export.jsonl", "\n".join(map(json.dumps, [*records, {**records[0], "id": 7, "text": news("x", "y")}]))
    )
    workbench.ingest()

    assert ids(workbench) == ["pile/0", "pile/2", "pile/7"]
    assert holding(workbench.archive.directory, f"{SECRET}1x") == []


def test_a_story_of_a_digest_is_forgotten_alone_and_all_of_them_by_the_mail(workbench: Workbench) -> None:
    workbench.put("morgen.eml", digest(KRAN, BAD, BUS))
    workbench.ingest()
    with store_of(workbench) as store:
        [story] = [each.article.id for each in store.articles() if each.article.title == BAD["title"]]

    forgetting.forget(workbench.archive, [story])

    assert holding(workbench.archive.directory, "Bademeisterinnen") == []

    workbench.put("morgen.eml", digest(KRAN, BAD, BUS, greeting="Guten Tag! Das ist heute anders."))
    workbench.ingest()

    assert (len(ids(workbench)), workbench.found("Hallenbad")) == (2, [])
    assert holding(workbench.archive.directory, "Bademeisterinnen") == []

    with store_of(workbench) as store:
        leaving = store.leaving([story.partition("#")[0]])
    forgetting.forget(workbench.archive, [each.id for each in leaving])
    workbench.put("morgen.eml", digest(KRAN, BAD, BUS))
    workbench.ingest()

    assert ids(workbench) == []


def test_learned_lines_are_counted_without_it(workbench: Workbench) -> None:
    for number in range(8):
        workbench.put(f"{number}.txt", news(f"Rat berät über Punkt {number}", f"Radweg{number}") + FOOTER)
    workbench.ingest()
    with store_of(workbench) as store:
        counted = [(seen.documents, seen.total) for seen in store.candidates("pile", 100)]

    forgetting.forget(workbench.archive, ["pile/3.txt"])
    with store_of(workbench) as store:
        after = [(seen.documents, seen.total) for seen in store.candidates("pile", 100)]

    assert counted
    assert after == [(documents - 1, total - 1) for documents, total in counted]


@pytest.mark.parametrize("step", ["rebuild", "scrub"])
def test_a_forgetting_that_is_stopped_is_finished_by_the_next_ingest(
    ingested: Workbench, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as patch:
        stop = lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt)  # noqa: E731
        patch.setattr(*((indexing, "rebuild", stop) if step == "rebuild" else (Store, "scrub", stop)))
        with pytest.raises(KeyboardInterrupt):
            forgetting.forget(ingested.archive, ["pile/secret.txt"])

    ingested.ingest()

    assert holding(ingested.archive.directory, SECRET) == []
    assert ingested.ingest().changed_nothing


def test_who_reads_the_archive_delays_the_last_step_and_it_is_said(
    ingested: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for database in ("sqlite", "postgresql"):
        monkeypatch.setattr(f"backfile.store.{database}.BUSY_TIMEOUT", 0.1)
    with store_of(ingested) as reader, reader._engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("SELECT count(*) FROM articles").all()
        with pytest.raises(ArchiveLocked, match="not found any more; but somebody reads"):
            forgetting.forget(ingested.archive, ["pile/secret.txt"])

        assert ingested.found(SECRET) == []

    ingested.ingest()

    assert holding(ingested.archive.directory, SECRET) == []


def forget(workbench: Workbench, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backfile", "--archive", str(workbench.archive.directory), "forget", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_the_command_shows_asks_and_takes_what_a_query_finds(ingested: Workbench) -> None:
    shown = forget(ingested, "--query", SECRET, "--dry-run")
    unasked = forget(ingested, "--query", SECRET)
    partial = forget(ingested, "--query", f"{SECRET} Gibtesnicht", "--yes")
    unknown = forget(ingested, "pile/no.txt", "--yes")

    assert (shown.returncode, shown.stdout.split()[0]) == (0, "pile/secret.txt")
    assert (unasked.returncode, partial.returncode, unknown.returncode) == (2, 1, 2)
    assert "say --yes" in unasked.stderr
    assert len(ids(ingested)) == 9

    done = forget(ingested, "--query", SECRET, "--yes")

    assert done.stdout.endswith("forgotten 1 article of 1 document; 8 left\n")
    assert len(ids(ingested)) == 8
    assert forget(ingested, str(ingested.pile / "3.txt"), "--yes").returncode == 0
    assert len(ids(ingested)) == 7


def test_a_query_takes_what_a_search_finds_and_with_all_text_what_the_rules_took_out_too(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät über Laternen", "Laternen"))
    workbench.put("b.txt", news("Rat berät über Radwege", "Radwege") + "\nFolgen Sie uns auf Telegram!\n")
    workbench.put("c.txt", news("Rat verbietet Telegram", "Telegram"))
    workbench.ingest()

    found, with_removed = (
        [line.split()[0] for line in forget(workbench, "--query", "Telegram", "--dry-run", *more).stdout.splitlines()]
        for more in ((), ("--all-text",))
    )

    assert (found, sorted(with_removed)) == (["pile/c.txt"], ["pile/b.txt", "pile/c.txt"])


def test_an_archive_without_the_table_gets_it(ingested: Workbench) -> None:
    with store_of(ingested) as store, store._transaction() as connection:
        for table in ("forgotten", "settled", "writers", "deliveries", "units", "shards", "briefs"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        for index in ("documents_tried", "texts_version", "traces_version", "subjects_version"):
            connection.exec_driver_sql(f"DROP INDEX ix_{index}")
        connection.exec_driver_sql("ALTER TABLE runs DROP COLUMN terms")
        connection.exec_driver_sql("ALTER TABLE documents DROP COLUMN tried")
        connection.exec_driver_sql("ALTER TABLE occurrences DROP COLUMN hidden")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")

    forgetting.forget(ingested.archive, ["pile/secret.txt"])

    assert holding(ingested.archive.directory, SECRET) == []
