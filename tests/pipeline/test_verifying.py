"""`index verify`: whatever the index has too much, too little or otherwise than the store is named."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage

from backfile.article import Article, Span
from backfile.errors import IndexUnusable
from backfile.pipeline import indexing, ingest, verifying
from backfile.store import Store, open_store
from index import directory, whoosh_check
from index.entry import analyse
from index.whoosh_storage import CHECKSUMS
from tests.conftest import Workbench, news


def open_of(workbench: Workbench) -> "closing[Store]":
    return closing(open_store(workbench.archive.store))


Spoil = Callable[[Workbench], None]


@pytest.fixture
def ingested(workbench: Workbench) -> Workbench:
    return workbench.with_articles(6)


def index_of(workbench: Workbench) -> Path:
    [generation] = workbench.archive.index_directory.glob("g*")
    return generation


def told(workbench: Workbench) -> list[str]:
    found = verifying.verify(workbench.archive)
    return [*found.damage, *found.told]


def article(name: str) -> Article:
    return Article(id=f"pile/{name}", source="pile", uri=name, body=(Span(0, 0, "Ein anderer Text", "text"),))


def left_out(workbench: Workbench) -> None:
    with directory.open_writer(workbench.archive.index_directory) as index:
        index.delete(["pile/3.txt"])
        index.commit()


def surplus(workbench: Workbench) -> None:
    with directory.open_writer(workbench.archive.index_directory) as index:
        index.add([analyse(article("x.txt"))])
        index.commit()


def otherwise(workbench: Workbench) -> None:
    with directory.open_writer(workbench.archive.index_directory) as index:
        index.add([analyse(article("3.txt"))])
        index.commit()


def twice(workbench: Workbench) -> None:
    """As a fault in the engine would: the old entry is not deleted."""
    with directory.open_writer(workbench.archive.index_directory) as index, open_of(workbench) as store:
        stored = store.article("pile/3.txt")
        index._delete = lambda _: None  # type: ignore[attr-defined]
        index.add([analyse(stored.article, copy_group=stored.copy_group)])
        index.commit()


def of_another_store(workbench: Workbench) -> None:
    (workbench.archive.index_directory / indexing.STAMP).write_text("0" * 32)


def one_byte_changed(workbench: Workbench, ending: str = ".pst", before_end: int = 1) -> None:
    """In one of the files that a segment is made of; in the postings, which opening leaves unread, unless said."""
    [segment] = index_of(workbench).glob("*.seg")
    with closing(CompoundStorage(FileStorage(str(segment.parent)).open_file(segment.name))) as files:
        [(start, length)] = [files.range(name) for name in files.list() if name.endswith(ending)]
    content = bytearray(segment.read_bytes())
    content[start + length - before_end] ^= 1
    segment.write_bytes(content)


def no_checksum(workbench: Workbench) -> None:
    table = index_of(workbench) / CHECKSUMS
    table.write_text(
        json.dumps({name: total for name, total in json.loads(table.read_text()).items() if "seg" not in name})
    )


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (left_out, "pile/3.txt: is not in the index"),
        (surplus, "pile/x.txt: is in the index and not in the store"),
        (otherwise, "pile/3.txt: has another title, language, copy_group, text in the index"),
        (twice, "pile/3.txt: is in the index 2 times"),
        (of_another_store, "index: was filled from another store"),
        (one_byte_changed, "is not as it was written"),
        (no_checksum, "has no checksum"),
    ],
)
def test_what_is_wrong_is_named_and_cured_by_a_rebuild(ingested: Workbench, spoil: Spoil, says: str) -> None:
    assert told(ingested) == []

    spoil(ingested)

    assert [line for line in told(ingested) if says in line] != []

    indexing.reindex(ingested.archive)

    assert told(ingested) == []


def test_an_index_that_cannot_be_opened_is_told_with_what_cures_it(ingested: Workbench) -> None:
    one_byte_changed(ingested, ".trm", before_end=12)  # the place of the table that is read when it is opened

    with pytest.raises(IndexUnusable, match="run `backfile index rebuild`"):
        told(ingested)

    indexing.reindex(ingested.archive)

    assert told(ingested) == []


def test_what_waits_for_the_index_is_no_fault(ingested: Workbench) -> None:
    ingested.put("7.txt", news("Rat berät über Punkt 7", "Radweg7"))
    (ingested.pile / "1.txt").write_text(news("Rat berät über Punkt 1", "Schwimmbad"), encoding="utf-8")
    with ingest.begin(ingested.archive) as run:
        for batch in run.plan().batches:
            run.read(batch)
    found = verifying.verify(ingested.archive)

    assert (found.none, found.articles, found.waiting) == (True, 7, 2)


def test_postings_that_contradict_themselves_are_damage(ingested: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh_check, "_is_whole", lambda *_, **__: False)

    assert "contradict themselves" in told(ingested)[0]
    assert verifying.verify(ingested.archive, quick=True).none


def verify(workbench: Workbench, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backfile", "--archive", str(workbench.archive.directory), "index", "verify"]
    return subprocess.run([*command, *options], capture_output=True, text=True, check=False, timeout=120)


def test_the_command_ends_with_1_when_they_differ_4_when_damaged_and_0_when_repaired(ingested: Workbench) -> None:
    sound = verify(ingested)
    left_out(ingested)
    differs = verify(ingested)
    one_byte_changed_in_every_file(ingested)
    damaged = verify(ingested)
    repaired = verify(ingested, "--repair")

    assert [each.returncode for each in (sound, differs, damaged, repaired)] == [0, 1, 4, 0]
    assert sound.stdout == "sound: 6 articles, each of them once\n"
    assert differs.stdout == "pile/3.txt: is not in the index\n"
    assert "backfile index rebuild" in differs.stderr
    assert verify(ingested, "--quick").returncode == 0


def one_byte_changed_in_every_file(workbench: Workbench) -> None:
    for file in index_of(workbench).iterdir():
        content = bytearray(file.read_bytes())
        content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
        file.write_bytes(content)
