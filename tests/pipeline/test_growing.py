"""A mailbox or a file of JSON Lines that grew is read from where it grew, and comes out as if read in one."""

import gzip
import json
import mailbox
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from backfile.pipeline import chunks, ingest
from backfile.store import Store, Written
from tests.conftest import CREW, Workbench
from tests.pipeline.made import CONTAINERS, HOUR, aged, box, counted, ids, message, problems, records, store_of


def exported(workbench: Workbench) -> str:
    """What `export` writes, without the place of the pile."""
    store = store_of(workbench)
    try:
        lines = (json.dumps(each.article.to_json(), ensure_ascii=False) for each in store.articles())
        return "\n".join(lines).replace(str(workbench.pile), "pile")
    finally:
        store.close()


WORDS = ["Radwege", "Kitas", "Turnhalle", "Brücken", "Kitas", "Schwimmbäder"]  # one comes again


def unended(words: Iterable[str]) -> str:
    return records(*words).removesuffix("\n")


GROWING: dict[str, tuple[str, Callable[[list[str]], str | bytes]]] = {
    "lines": ("e.jsonl", lambda words: records(*words)),
    "lines, the last one without an end": ("e.jsonl", unended),
    "lines with gaps": ("e.jsonl", lambda words: "\n\n".join(records(each) for each in words) + "\n\n"),
    "lines without ids": ("e.jsonl", lambda words: records(*words).replace('"id"', '"nummer"')),
    "lines with a mark": ("e.jsonl", lambda words: "\ufeff" + records(*words)),
    "lines, some of them broken": ("e.jsonl", lambda words: "\n{broken\n".join(records(each) for each in words)),
    "a mailbox": ("e.mbox", lambda words: box(*words)),
    "a mailbox without ids": ("e.mbox", lambda words: box(*words).replace(b"Message-ID", b"X-Number")),
}


@pytest.mark.parametrize("kind", GROWING)
@pytest.mark.parametrize("step", [1, 3, 5])
def test_what_is_read_in_two_steps_is_as_if_read_in_one(
    make_workbench: Callable[[str], Workbench], kind: str, step: int
) -> None:
    name, content = GROWING[kind]
    once, twice = make_workbench("once"), make_workbench("twice")
    once.put(name, content(WORDS))
    once.ingest()
    twice.put(name, content(WORDS[:step]))
    twice.ingest()
    twice.put(name, content(WORDS))

    report = twice.ingest()

    assert exported(twice) == exported(once)
    assert counted(report) == {"changed": 1, "grown": 1}
    broken = len(WORDS) - step if "broken" in kind else 0
    assert report.tally.documents["new"] == len(WORDS) - step + broken
    assert problems(twice) == problems(once)
    assert twice.ingest().changed_nothing
    assert twice.ingest(check=True).changed_nothing


def test_of_what_grew_only_the_end_is_read(workbench: Workbench) -> None:
    workbench.put("e.jsonl", records(*WORDS[:4]))
    workbench.ingest()
    workbench.put("e.jsonl", records(*WORDS[:4], "Rathaus"))
    read: list[int] = []
    with ingest.begin(workbench.archive, crew=CREW) as run:
        for batch in run.plan().batches:
            tally = run.read(batch, lambda documents, _: read.append(documents))

    assert sum(read) == 2
    assert tally.documents == {"unchanged": 4, "new": 1, "changed": 0, "gone": 0}


@pytest.mark.parametrize("name", ["e.jsonl", "e.mbox"])
def test_what_grew_but_is_not_as_it_was_before_is_read_whole(workbench: Workbench, name: str) -> None:
    content = CONTAINERS[name]
    workbench.put(name, content("Radwege", "Kitas"))
    workbench.ingest()
    workbench.put(name, content("Turnhalle", "Kitas", "Brücken"))

    report = workbench.ingest()

    assert counted(report) == {"changed": 1}
    assert report.tally.documents == {"unchanged": 1, "new": 2, "changed": 0, "gone": 1}


def test_a_line_that_is_being_written_is_left_to_the_next_run(workbench: Workbench) -> None:
    whole = records("Radwege", "Kitas")
    workbench.put("e.jsonl", records("Radwege"))
    workbench.ingest()
    workbench.put("e.jsonl", whole[:-200])

    first = workbench.ingest()
    waiting = workbench.ingest()
    workbench.put("e.jsonl", whole)
    second = workbench.ingest()

    assert (first.failed, counted(first)) == (0, {"changed": 1, "grown": 1, "unfinished": 1})
    assert (waiting.failed, waiting.tally.inputs["unfinished"], waiting.tally.documents["unchanged"]) == (0, 1, 1)
    assert (counted(second), ids(workbench)) == ({"changed": 1, "grown": 1}, ["pile/Kitas", "pile/Radwege"])
    assert (workbench.ingest().changed_nothing, problems(workbench)) == (True, [])


@pytest.mark.parametrize("ns", [0, HOUR])
def test_a_new_file_that_is_cut_off_is_a_failure_until_it_is_whole(workbench: Workbench, ns: int) -> None:
    whole = records("Radwege", "Kitas")
    aged(workbench.put("e.jsonl", whole[:-200]), ns=ns)

    first = workbench.ingest()
    known = workbench.ingest()
    workbench.put("e.jsonl", whole)
    second = workbench.ingest()

    assert (first.failed, first.tally.reasons, known.failed) == (1, {"bad-record": 1}, 0)
    assert (counted(second), problems(workbench)) == ({"changed": 1, "grown": 1}, [])
    assert ids(workbench) == ["pile/Kitas", "pile/Radwege"]


@pytest.mark.parametrize("cut", [-60, -1, 100])
def test_a_mail_that_is_being_delivered_is_left_to_the_next_run(workbench: Workbench, cut: int) -> None:
    begun = message("Kitas")[: cut - 1]
    workbench.put("e.mbox", box("Radwege") + begun)

    first = workbench.ingest()
    workbench.put("e.mbox", box("Radwege", "Kitas", "Turnhalle"))
    second = workbench.ingest()

    assert (first.failed, len(first.tally.languages), second.tally.inputs["grown"]) == (0, 1, 1)
    assert len(ids(workbench)) == 3
    assert workbench.found("Kitas") == ["pile/Kitas@niederau.example"]


def test_what_was_killed_while_it_read_on_is_read_on_again(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench.put("e.jsonl", records("Radwege", "Kitas"))
    workbench.ingest()
    workbench.put("e.jsonl", records("Radwege", "Kitas", "Turnhalle", "Kitas", "Brücken"))
    write, left = Store.write, [1]

    def stopped_at_the_second(*given: Any, **more: Any) -> Written:
        if not left.pop():
            raise KeyboardInterrupt
        left.append(0)
        return write(*given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(chunks, "CHUNK_DOCUMENTS", 2)
        patch.setattr(Store, "write", stopped_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            workbench.ingest()
    assert len(ids(workbench)) == 3  # the second one was read again

    report = workbench.ingest()

    assert report.tally.inputs["grown"] == 1
    assert ids(workbench) == ["pile/Brücken", "pile/Kitas", "pile/Radwege", "pile/Turnhalle"]
    assert workbench.ingest().changed_nothing


def test_what_is_compressed_is_read_whole_when_it_grew(workbench: Workbench) -> None:
    workbench.put("e.jsonl.gz", gzip.compress(records("Radwege").encode()))
    workbench.ingest()
    workbench.put("e.jsonl.gz", gzip.compress(records("Radwege").encode()) + gzip.compress(records("Kitas").encode()))

    report = workbench.ingest()

    assert (counted(report), report.tally.documents["unchanged"]) == ({"changed": 1}, 1)
    assert ids(workbench) == ["pile/Kitas", "pile/Radwege"]


def test_a_mailbox_written_by_a_program_grows_message_by_message(workbench: Workbench) -> None:
    inbox = mailbox.mbox(workbench.pile / "inbox.mbox")
    for number, word in enumerate(["Radwege", "Kitas", "Turnhalle", "Brücken"]):
        mail = mailbox.mboxMessage(message(word).partition(b"\n")[2])
        mail.set_from("rat@niederau.example", time.gmtime(1_732_500_000 + number))
        inbox.add(mail)
        inbox.flush()
        report = workbench.ingest()
        assert report.tally.documents["new"] == 1
        assert report.tally.inputs["grown"] == (number > 0)
    inbox.close()

    assert len(ids(workbench)) == 4
