"""Small inputs are written several at once, and the store comes out as if each had been written alone."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from backfile import config
from backfile.config import Archive
from backfile.pipeline import chunks, ingest
from backfile.pipeline.listing import Selection
from backfile.store import Store, Written, open_store
from tests.conftest import CREW, Place, Workbench, configured, news
from tests.pipeline.made import box, ids, records, rows, store_of
from tests.pipeline.test_crew import letter, page

BOTH_STORES = True

ADDRESS = "https://niederau.example/rat"
LOST = "<!doctype html><html><body><h1>404</h1><p>Seite nicht gefunden</p></body></html>"

Step = Callable[[Workbench], None]  # taken for each archive, of one pile


def put(**files: str | bytes) -> Step:
    """Write files, of a time that tells their content; in their names `__` stands for the dot."""

    def step(workbench: Workbench) -> None:
        for name, content in files.items():
            written(workbench, name.replace("__", "."), content)

    return step


def written(workbench: Workbench, name: str, content: str | bytes) -> None:
    file = workbench.put(name, content)
    then = 1_700_000_000_000_000_000 + crc32(file.read_bytes())
    os.utime(file, ns=(then, then))


def remove(*names: str) -> Step:
    def step(workbench: Workbench) -> None:
        for name in names:
            (workbench.pile / name).unlink(missing_ok=True)

    return step


def steps(*those: Step) -> Step:
    def step(workbench: Workbench) -> None:
        for each in those:
            each(workbench)

    return step


def forget(*names: str) -> Step:
    """Out of the archive with these; the step is one of a single archive."""

    def step(workbench: Workbench) -> None:
        with closing(store_of(workbench)) as store:
            assert store.forget([f"pile/{name}" for name in names])

    return step


def pruning(workbench: Workbench) -> None:
    config.remove_source(workbench.archive, "pile")
    config.add_source(workbench.archive, "pile", str(workbench.pile), prune=True)


def alike(workbench: Workbench) -> None:
    """Two files whose paths are written down alike: one name is no UTF-8, the other is what is shown for it."""
    for name, word in ((b"x\xff.txt", "Radwege"), (b"x\\xff.txt", "Kitas")):
        written(workbench, os.fsdecode(name), news("Rat berät", word))


RAT, KITA, BAD = (page(word, address=ADDRESS) for word in ("Radwege", "Kitas", "Schwimmbäder"))
MAIL = letter("Radwege")

# What happens before each of several runs; names tell the order in which inputs are read.
SCENES: dict[str, list[Step]] = {
    "the same twice, and the first one changes": [
        put(a__html=RAT, b__html=RAT, c__html=KITA),
        put(a__html=BAD),
    ],
    "the same twice, and the first one changes while the second does": [
        put(a__html=RAT, b__html=RAT),
        put(a__html=BAD, b__html=RAT + "<p>Mehr davon.</p>"),
    ],
    "the same twice, the first one read last": [
        put(b__html=RAT),
        put(a__html=RAT),
        put(a__html=RAT + " ", b__html=BAD),
    ],
    "the same twice within what is read, and the original changes behind it": [
        put(b__eml=MAIL),
        put(a__eml=MAIL, b__eml=MAIL + b"\nMehr davon.\n", c__eml=MAIL),
    ],
    "one that left comes back elsewhere before its own place is read": [
        put(b__html=RAT, c__html=page("Kitas", address="https://niederau.example/kitas")),
        remove("b.html"),
        put(a__html=BAD, b__html=RAT + " "),
    ],
    "one that left comes back elsewhere behind its own place": [
        put(b__html=RAT, c__html=page("Kitas", address="https://niederau.example/kitas")),
        remove("b.html"),
        put(b__html=RAT + " ", d__html=BAD),
    ],
    "what cannot be read any more keeps its name": [
        put(a__html=RAT),
        put(a__html=LOST, b__html=KITA, c__html=BAD),
    ],
    "what failed and what it would have been": [
        put(a__html=b"\x00\x01\x02" * 50, b__html=RAT, c__txt="", d__txt=news("Rat", "Kitas")),
        put(a__html=RAT, b__html=b"\x00\x01\x02" * 50, c__txt=news("Rat", "Kitas")),
        put(b__html=KITA),
    ],
    "what was forgotten and comes twice": [
        put(a__eml=MAIL, b__eml=letter("Kitas")),
        forget(f"{b'Radwege'.hex()}@x"),
        put(c__eml=MAIL, d__eml=MAIL, e__eml=MAIL + b"\nMehr.\n", f__txt=news("Rat", "Bad")),
        put(a__eml=MAIL + b"\n\n"),
    ],
    "a mailbox and an export that grow among letters": [
        put(a__eml=MAIL, b__mbox=box("Kitas", "Turnhalle"), c__jsonl=records("Radwege"), d__eml=letter("Bad")),
        put(a__eml=letter("Kran"), b__mbox=box("Kitas", "Turnhalle", "Kran", "Kitas"), d__eml=letter("Kran")),
        put(b__mbox=box("Kitas", "Turnhalle", "Kran", "Kitas", "Bus"), c__jsonl=records("Radwege", "Bus")[:-9]),
    ],
    "what a source that prunes does not have any more": [
        steps(pruning, put(a__eml=MAIL, b__eml=MAIL, c__jsonl=records("Radwege", "Kitas"), d__eml=letter("Bad"))),
        put(a__eml=letter("Kran"), c__jsonl=records("Kitas"), d__eml=letter("Kran")),
        steps(remove("c.jsonl"), put(e__jsonl=records("Kitas", "Radwege"))),
    ],
    "records that leave one export for another": [
        put(a__jsonl=records("Radwege", "Kitas"), b__jsonl=records("Bus", "Bad"), c__eml=MAIL),
        put(a__jsonl=records("Kitas"), b__jsonl=records("Bus", "Radwege"), c__eml=letter("Kran")),
        put(a__jsonl=records("Bad", "Kitas", "Radwege"), b__jsonl=records("Bus")),
    ],
    "what an export relies on changes behind it": [
        put(b__jsonl=records("Radwege"), d__eml=MAIL),
        put(a__jsonl=records("Radwege")),
        put(a__jsonl=records("Kitas", "Radwege"), b__jsonl=records("Radwege").replace("Rat", "Amt"), d__eml=BAD),
        put(),
    ],
    "what an export relies on leaves, in a source that prunes": [
        steps(pruning, put(c__jsonl=records("Radwege", "Kitas"), e__jsonl=records("Radwege"))),
        put(c__jsonl=records("Kitas"), e__jsonl=records("Bus", "Radwege")),
    ],
    "two names that look alike": [alike, put(a__eml=MAIL)],
}


@pytest.fixture
def archives(workbench: Workbench, tmp_path: Path, place: Place) -> dict[int, Workbench]:
    """Archives of one pile, by how many inputs are written at once."""
    made = {}
    for number in (1, 3, 200):
        each = made[number] = object.__new__(Workbench)
        each.pile, each.archive = workbench.pile, Archive(tmp_path / f"of-{number}")
        each.archive.directory.mkdir()
        each.archive.config_file.write_text(configured(place()), encoding="utf-8")
        config.add_source(each.archive, "pile", str(each.pile))
    return made


def read(workbench: Workbench) -> dict[str, Any]:
    """A run up to the index; what it counted."""
    with ingest.begin(workbench.archive, crew=CREW, selection=Selection(gone=True)) as run:
        for batch in run.plan().batches:
            run.read(batch)
        run.learn()
        run.clean_again()
        run.compare()
        return {**run.finish().to_json(), "archive": "", "seconds": 0}


@pytest.mark.parametrize("scene", SCENES)
def test_the_store_is_the_same_however_many_inputs_are_written_at_once(
    archives: dict[int, Workbench], monkeypatch: pytest.MonkeyPatch, scene: str
) -> None:
    for step in SCENES[scene]:
        counts = []
        for number, workbench in archives.items():
            step(workbench)
            monkeypatch.setattr(chunks, "GROUP_INPUTS", number)
            counts.append(read(workbench))

        found = [rows(each.archive) for each in archives.values()]
        assert found[0]["documents"]
        assert found[1:] == found[:1] * 2
        assert counts[1:] == counts[:1] * 2


def test_what_waits_too_long_is_written_alone_and_comes_out_the_same(
    archives: dict[int, Workbench], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(a__html=RAT, b__html=RAT, c__html=KITA, d__eml=MAIL, e__jsonl=records("Bus", "Bad"))(archives[200])
    read(archives[200])
    monkeypatch.setattr(chunks, "GROUP_SECONDS", -1.0)
    with counting(monkeypatch) as written:
        read(archives[1])

    assert [len(each) for each in written] == [1] * 5
    assert rows(archives[1].archive) == rows(archives[200].archive)


class counting:  # noqa: N801  # reads as a verb
    """Notes the paths of what goes into the store in each transaction."""

    def __init__(self, patch: pytest.MonkeyPatch, *, stop_at: int = 0) -> None:
        self._patch = patch.context()
        self._stop_at = stop_at
        self.written: list[list[str]] = []

    def __enter__(self) -> list[list[str]]:
        write = Store.write

        def noted(store: Store, portions: Any, **more: Any) -> Written:
            self.written.append([Path(each.begun.path).name if each.begun else "" for each in portions])
            if len(self.written) == self._stop_at:
                raise KeyboardInterrupt
            return write(store, portions, **more)

        self._patch.__enter__().setattr(Store, "write", noted)
        return self.written

    def __exit__(self, *_: object) -> None:
        self._patch.__exit__(None, None, None)


def letters(workbench: Workbench, number: int) -> list[str]:
    names = [f"{n:02}.eml" for n in range(number)]
    for name in names:
        workbench.put(name, letter(f"Punkt {name}"))
    return names


def test_many_small_inputs_are_one_transaction(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    names = letters(workbench, 30)
    with counting(monkeypatch) as written:
        workbench.ingest()

    assert written == [names]
    assert len(ids(workbench)) == 30


def test_a_transaction_holds_no_more_documents_than_a_chunk(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_DOCUMENTS", 4)
    letters(workbench, 3)
    workbench.put("05.jsonl", records(*"abcdef"))
    workbench.put("06.eml", letter("Kran"))
    with counting(monkeypatch) as written:
        workbench.ingest()

    assert written == [["00.eml", "01.eml", "02.eml"], ["05.jsonl"], ["", "06.eml"]]


def test_nothing_is_told_before_it_is_committed(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "GROUP_INPUTS", 3)
    letters(workbench, 8)
    told: list[int] = []
    there: list[int] = []

    def progress(documents: int, _: int) -> None:
        told.append(documents)
        with closing(open_store(workbench.archive.store)) as store:
            there.append(len(list(store.articles())))

    with ingest.begin(workbench.archive, crew=CREW) as run:
        for batch in run.plan().batches:
            run.read(batch, progress)

    assert sum(told) == 8
    assert all(sum(told[: n + 1]) <= committed for n, committed in enumerate(there))


@pytest.mark.parametrize("moment", ["before", "within"])
def test_a_stop_leaves_the_inputs_of_one_group_unread_and_the_next_run_reads_them(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setattr(chunks, "GROUP_INPUTS", 3)
    letters(workbench, 8)
    with monkeypatch.context() as patch, counting(patch, stop_at=2 if moment == "before" else 0) as written:
        if moment == "within":  # the rows of documents are there, not yet committed
            patch.setattr(Store, "_put_traces", _stopping_at(3, written))
        with pytest.raises(KeyboardInterrupt):
            workbench.ingest()
    kept = len(ids(workbench))
    report = workbench.ingest()

    assert kept == 3 * (len(written) - 1)
    assert (report.tally.documents["new"], report.tally.inputs["unchanged"]) == (8 - kept, kept)
    assert len(workbench.found("Niederau")) == 8
    assert workbench.ingest().changed_nothing


def _stopping_at(number: int, written: list[list[str]]) -> Callable[..., None]:
    put_traces = Store._put_traces  # the last but one step of a transaction

    def stopping(*given: Any) -> None:
        if len(written) == number:
            raise KeyboardInterrupt
        put_traces(*given)

    return stopping


def test_documents_that_wait_for_others_to_be_looked_up_do_not_hold_up_what_is_full(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "AHEAD_BYTES", 100)  # less than a document, so that nothing more is let in
    letters(workbench, 6)

    assert workbench.ingest().tally.documents["new"] == 6
