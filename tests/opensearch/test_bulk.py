"""The threads of the bulk loop: nothing waits for ever, what stops it reaches the caller, and memory is bounded."""

import re
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from backfile.errors import DiskTrouble, ServiceUnavailable
from index.opensearch_actions import MAX_ID_BYTES
from index.opensearch_bulk import Action, Bulk, Limits, Refused, RequestFailed
from tests.opensearch.bulk_server import REJECTED, BulkServer, error

QUICK = Limits(documents=5, bytes=2_000, held_documents=20, first_pause=0.001, longest_pause=0.01, patience=30.0)
FLOOD = error(429, "cluster_block_exception", "blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage x];")


def documents(number: int, *, version: int = 1) -> list[Action]:
    return [Action("news-2024.03", f"{each}", version, b'{"t":"x"}') for each in range(number)]


@dataclass
class Locked:
    """The server for several threads; notes how many ask at once."""

    server: BulkServer
    lock: threading.Lock = field(default_factory=threading.Lock)

    def bulk(self, body: bytes) -> Any:
        with self.lock:
            return self.server.bulk(body)


def sent(server: BulkServer, actions: Any, limits: Limits = QUICK) -> tuple[Bulk, list[Refused]]:
    bulk = Bulk(Locked(server), limits)
    return bulk, list(bulk.send(actions))


@pytest.mark.parametrize("number", [0, 1, 4, 5, 6, 99])
def test_all_documents_arrive_once(number: int) -> None:
    server = BulkServer()
    bulk, refused = sent(server, documents(number))

    assert len(server.documents.living) == bulk.counts.taken == bulk.counts.sent == number
    assert refused == []


def test_a_second_time_all_is_there_already() -> None:
    server = BulkServer()
    sent(server, documents(30))
    bulk, _ = sent(server, documents(30))

    assert (bulk.counts.taken, bulk.counts.there) == (0, 30)


def test_an_older_version_changes_nothing() -> None:
    server = BulkServer()
    sent(server, documents(30, version=2))
    bulk, _ = sent(server, [Action("news-2024.03", "1", 1, b"{}"), Action("news-2024.03", "2", 1, None)])

    assert bulk.counts.there == 2
    assert set(server.documents.living.values()) == {b'{"t":"x"}'}
    assert len(server.documents.living) == 30


def test_every_third_answer_an_overload_loses_nothing() -> None:
    turn = iter(range(10_000))
    server = BulkServer(say=lambda number, operation: error(429, REJECTED) if next(turn) % 3 == 0 else None)
    bulk, refused = sent(server, documents(200))

    assert len(server.documents.living) == bulk.counts.taken == 200
    assert refused == []


def test_refused_documents_are_named_as_they_come_and_their_neighbours_arrive() -> None:
    server = BulkServer(
        say=lambda number, operation: error(400, "mapper_parsing_exception") if operation.id in {"3", "8"} else None
    )
    bulk, refused = sent(server, [*documents(50), Action("news-2024.03", "x", 1, b"\xff")])

    assert sorted((each.id, each.reason) for each in refused) == [
        ("3", "mapper_parsing_exception"),
        ("8", "mapper_parsing_exception"),
        ("x", "not UTF-8"),
    ]
    assert (bulk.counts.taken, bulk.counts.refused) == (48, 3)


def test_a_full_disk_stops_it_with_the_line_for_the_operator_and_what_was_taken_is_counted() -> None:
    server = BulkServer(say=lambda number, operation: FLOOD if number >= 3 else None)
    bulk = Bulk(Locked(server), QUICK)

    with pytest.raises(DiskTrouble, match="disk is nearly full"):
        list(bulk.send(documents(1_000)))
    assert bulk.counts.taken == len(server.documents.living) == 15
    assert len(server.requests) <= 3 + QUICK.senders


def test_what_was_refused_before_it_stopped_is_told_first() -> None:
    server = BulkServer(
        say=lambda number, operation: FLOOD if number else error(400, "mapper_parsing_exception"),
    )
    stream = Bulk(Locked(server), QUICK).send(documents(1_000))
    refused = [next(stream) for _ in range(5)]

    assert {each.reason for each in refused} == {"mapper_parsing_exception"}
    with pytest.raises(DiskTrouble):
        next(stream)


def test_a_server_that_answers_nothing_ends_it() -> None:
    server = BulkServer(say_all=lambda number: RequestFailed(None, "connection refused"))

    with pytest.raises(ServiceUnavailable, match="12 requests in a row"):
        sent(server, documents(1_000))


def test_what_the_client_raises_reaches_the_caller() -> None:
    class Client:
        def bulk(self, body: bytes) -> Any:
            raise ServiceUnavailable("who are you?")

    with pytest.raises(ServiceUnavailable, match="who are you"):
        list(Bulk(Client(), QUICK).send(documents(1_000)))


def test_what_goes_wrong_with_the_documents_reaches_the_caller_and_no_thread_stays() -> None:
    def broken() -> Iterator[Action]:
        yield from documents(12)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sent(BulkServer(), broken())
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("opensearch-")] == []


def test_whoever_stops_asking_leaves_no_thread() -> None:
    stream = Bulk(Locked(BulkServer()), QUICK).send(Action("news", f"{n}", 1, b"\xff") for n in range(10**9))
    next(stream)
    stream.close()  # type: ignore[attr-defined]

    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("opensearch-")] == []


def test_no_more_documents_are_asked_for_than_may_be_held() -> None:
    given = 0
    most = 0
    settled = 0
    lock = threading.Lock()

    def giving() -> Iterator[Action]:
        nonlocal given, most
        for action in documents(500):
            with lock:
                given += 1
                most = max(most, given - settled)
            yield action

    class Slow(BulkServer):
        def bulk(self, body: bytes) -> Any:
            nonlocal settled
            with lock:
                answer = super().bulk(body)
                settled += len(answer["items"])
            return answer

    list(Bulk(Slow(), QUICK).send(giving()))

    assert given == 500
    # The one that is being offered, and answers that are counted here before they are there.
    assert most <= QUICK.held_documents + 1


def test_what_a_server_was_found_to_take_is_kept_for_the_next_stream() -> None:
    def too_long(number: int) -> RequestFailed | None:
        return RequestFailed(413) if len(server.requests[-1]) > 1 else None

    server = BulkServer(say_all=too_long)
    bulk = Bulk(Locked(server), QUICK)
    list(bulk.send(documents(50)))
    before = len(server.requests)
    list(bulk.send(documents(50, version=2)))

    assert bulk.counts.taken == 100
    assert len(server.requests) - before < before


def test_documents_are_sent_while_others_are_still_made() -> None:
    server = BulkServer()
    with Bulk(Locked(server), QUICK).stream() as stream:
        for action in documents(QUICK.held_documents + 1):
            list(stream.put(action))
        sent_before = len(server.documents.living)
        list(stream.finish())

    assert sent_before > 0
    assert len(server.documents.living) == QUICK.held_documents + 1


def test_a_failure_is_written_down_without_a_word_of_the_documents(caplog: pytest.LogCaptureFixture) -> None:
    server = BulkServer(say_all=lambda number: RequestFailed(503, "", "geheim"))

    with pytest.raises(ServiceUnavailable) as caught:
        sent(server, [Action("news-2024.03", f"{n}", 1, b'{"t":"geheim"}') for n in range(50)])

    assert "nothing was taken of 3 requests in a row (the last: 503)" in caplog.text
    assert "geheim" not in caplog.text + str(caught.value) + repr(Action("news", "1", 1, b"geheim"))


def test_every_limit_is_written_down_with_its_value() -> None:
    text = Path(__file__).parents[2].joinpath("docs", "opensearch.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d.,]+) \|", text, re.MULTILINE))
    limits = {**asdict(Limits()), "MAX_ID_BYTES": MAX_ID_BYTES}

    assert {name: rows.get(name) for name in limits} == {
        name: f"{value:,g}" if value < 1e3 else f"{value:,}" for name, value in limits.items()
    }
