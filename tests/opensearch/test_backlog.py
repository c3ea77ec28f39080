"""What goes next, how many at once, and when what failed goes again: without a server, a clock or a thread."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfile.errors import ServiceUnavailable
from index.opensearch_actions import Action
from index.opensearch_backlog import Backlog, Batch, Counts
from index.opensearch_errors import RequestFailed
from index.opensearch_pace import Limits, Pace
from tests.opensearch.bulk_server import REJECTED, BulkServer, Operation, error, parsed

FEW = Limits(
    documents=4,
    bytes=1_000,
    senders=2,
    held_documents=12,
    held_bytes=3_000,
    document_bytes=900,
    patience=60.0,
    failures=9,
)
TOO_LONG = 700  # bytes of a body that the server answers with 413


def document(number: int, version: int = 1, length: int = 20) -> Action:
    return Action("news-2024.03", f"{number}", version, b'{"t":"' + b"x" * length + b'"}')


@dataclass
class Run:
    """A backlog with its clock, and how it is driven: by the script of what happens."""

    limits: Limits = FEW
    now: float = 100.0
    server: BulkServer = field(default_factory=BulkServer)
    counts: Counts = field(default_factory=Counts)
    backlog: Backlog = field(init=False)
    pace: Pace = field(init=False)
    under_way: list[Batch] = field(default_factory=list)
    settled: set[Action] = field(default_factory=set)
    sizes: list[int] = field(default_factory=list)  # documents of each request

    def __post_init__(self) -> None:
        self.pace = Pace(self.limits)
        self.backlog = Backlog(self.pace, self.counts, chance=lambda: 1.0)

    def draw(self) -> Batch | None:
        batch = self.backlog.draw(self.now)
        if batch:
            ids = [each.action.id for one in [*self.under_way, batch] for each in one.held]
            sent = {each.action for each in batch.held}
            assert len(set(ids)) == len(ids), "two actions on one id under way"
            assert not sent & self.settled, "sent again what was settled"
            self.under_way.append(batch)
            self.sizes.append(len(batch.held))
        return batch

    def next(self) -> Batch:
        """The next request, waited for."""
        while not (batch := self.draw()):
            self.pass_time()
        return batch

    def pass_time(self) -> None:
        """Until there may be something to send."""
        wait = self.backlog.wait(self.now)
        assert wait is not None, "waits for ever"
        self.now += wait

    def answer(self, batch: Batch, says: list[str]) -> None:
        """The server's word for each document in turn: ok, 429, 503, 500 or 400."""
        self.under_way.remove(batch)
        said = [None if word == "ok" else error(int(word), REJECTED) for word in says]
        operations = parsed(batch.body())
        answer = self.server.answer(operations, list(said))
        for item, each in zip(answer["items"], batch.held, strict=True):
            if item[next(iter(item))]["status"] not in {429, 500, 503}:
                self.settled.add(each.action)
        self.backlog.answered(batch, answer, self.now)

    def fail(self, batch: Batch, failure: RequestFailed, *, done: bool = False) -> None:
        """The request fails as a whole; what it wanted may have been done."""
        self.under_way.remove(batch)
        if done:
            for each in parsed(batch.body()):
                self.server.documents.perform(each)
        self.backlog.failed(batch, failure, self.now)

    def take_all(self) -> None:
        """The server takes everything from here on."""
        self.backlog.close()
        while not self.backlog.done:
            batch = self.next()
            self.answer(batch, ["ok"] * len(batch.held))


# --- Whatever happens ---------------------------------------------------------------------------------------------

ACTIONS = st.lists(
    st.builds(
        lambda id_, length: (id_, length),
        st.integers(0, 15),
        st.one_of(st.just(-1), st.integers(0, 100), st.integers(600, 1_200)),
    ),
    max_size=40,
)
WORDS = st.sampled_from(["ok", "ok", "ok", "429", "503", "500", "400"])
EVENTS = st.sampled_from(["answer", "answer", "answer", "429", "none", "none, done", "503", "504, done", "nonsense"])


def actions_of(pairs: list[tuple[int, int]]) -> Iterator[Action]:
    """Each later action on an id has a higher version, as the store gives them; some are deletes."""
    versions: Counter[int] = Counter()
    for number, length in pairs:
        versions[number] += 1
        whole = document(number, versions[number], length)
        yield Action(whole.index, whole.id, whole.version, None) if length < 0 else whole


def happen(run: Run, data: st.DataObject) -> None:
    """One of the requests under way comes to its end, in one way or another."""
    batch = data.draw(st.sampled_from(run.under_way))
    if len(batch.body()) > TOO_LONG:
        run.fail(batch, RequestFailed(413))
        return
    match data.draw(EVENTS):
        case "answer":
            run.answer(batch, data.draw(st.lists(WORDS, min_size=len(batch.held), max_size=len(batch.held))))
        case "nonsense":
            run.under_way.remove(batch)
            run.backlog.answered(batch, {"items": [{"index": {"status": 200, "_id": "?"}}]}, run.now)
        case "none" | "none, done" as what:
            run.fail(batch, RequestFailed(None), done=what.endswith("done"))
        case what:
            run.fail(batch, RequestFailed(int(what[:3]), REJECTED), done=what.endswith("done"))


@given(ACTIONS, st.data())
def test_whatever_happens_nothing_is_lost_nothing_settled_goes_again_and_what_is_held_stays_bounded(
    pairs: list[tuple[int, int]], data: st.DataObject
) -> None:
    run = Run()
    coming = list(actions_of(pairs))
    waiting = coming[::-1]
    while not run.backlog.done and not run.backlog.stopped:
        fill(run, waiting)
        while len(run.under_way) < FEW.senders and run.draw():
            pass
        if run.under_way:
            happen(run, data)
        elif not run.backlog.done:
            run.pass_time()

    nothing_is_lost(run, coming)


def fill(run: Run, waiting: list[Action]) -> None:
    """As many documents as there is room for."""
    while waiting and run.backlog.has_room:
        run.backlog.offer(waiting.pop())
    if not waiting:
        run.backlog.close()
    documents, size = run.backlog.held
    assert documents <= FEW.held_documents
    assert size <= FEW.held_bytes + FEW.document_bytes + 200


def nothing_is_lost(run: Run, coming: list[Action]) -> None:
    """What is settled is there, or refused; unless stopped, that is all, as the last action on each id says."""
    refused = {each.id for each in run.backlog.refused}
    there = run.server.documents
    ended = run.backlog.stopped is None
    for action in coming:
        if (ended or action in run.settled) and action.id not in refused:
            assert there.versions[action.index, action.id] >= action.version
    if ended:
        assert run.counts.settled == len(coming)
        assert run.backlog.held == (0, 0)
        last = {each.id: each for each in coming if each.id not in refused}
        assert there.living == {(e.index, e.id): e.source for e in last.values() if e.source is not None} | {
            key: source for key, source in there.living.items() if key[1] in refused
        }


@given(st.lists(st.integers(0, 100), max_size=30))
def test_when_all_is_taken_each_document_goes_once(lengths: list[int]) -> None:
    run = Run()
    for number, length in enumerate(lengths):
        while not run.backlog.has_room:
            batch = run.next()
            run.answer(batch, ["ok"] * len(batch.held))
        run.backlog.offer(document(number, length=length))
    run.take_all()

    assert run.counts.taken == run.counts.sent == len(lengths)


# --- How many at once ---------------------------------------------------------------------------------------------


def filled(number: int, limits: Limits = FEW, *, length: int = 20) -> Run:
    run = Run(limits)
    for each in range(number):
        run.backlog.offer(document(each, length=length))
    return run


def test_new_documents_wait_until_they_fill_a_request_or_no_more_come() -> None:
    run = filled(3)

    assert run.draw() is None
    run.backlog.close()
    assert len(run.next().held) == 3


def test_a_request_holds_no_more_bytes_than_it_may_and_a_longer_document_goes_alone() -> None:
    run = Run()
    for number, length in enumerate([300, 300, 300, 850, 300]):
        run.backlog.offer(document(number, length=length))
    run.take_all()

    assert run.sizes == [2, 1, 1, 1]


def test_an_overload_halves_the_requests_and_each_that_is_taken_lets_them_grow_again_by_a_little() -> None:
    run = filled(400, Limits(documents=100, held_documents=1_000))
    for status in (429, 429):
        run.fail(run.next(), RequestFailed(status, REJECTED))
    narrowed = run.pace.documents
    run.take_all()

    assert narrowed == 25
    assert run.sizes[2:9] == [25, 25, 25, 25, 45, 50, 55]  # those that failed, then new ones; each lets it grow by five


def test_requests_that_were_under_way_together_halve_once() -> None:
    run = filled(8)
    first, second = run.next(), run.next()
    run.fail(first, RequestFailed(429, REJECTED))
    run.fail(second, RequestFailed(429, REJECTED))

    assert run.pace.documents == 2


def test_after_413_halves_go_at_once_and_no_request_is_as_long_again() -> None:
    run = filled(4, length=150)
    batch = run.next()
    before = run.now
    run.fail(batch, RequestFailed(413))
    run.take_all()

    assert run.sizes == [4, 2, 2]
    assert run.now == before
    assert run.pace.most_bytes < len(batch.body())


def test_one_document_that_is_too_long_for_the_server_is_refused_and_its_neighbours_go_on() -> None:
    run = filled(3)
    run.backlog.offer(document(3, length=400))
    run.backlog.close()
    while not run.backlog.done:
        batch = run.next()
        if len(batch.body()) > 400:
            run.fail(batch, RequestFailed(413))
        else:
            run.answer(batch, ["ok"] * len(batch.held))

    assert [each.id for each in run.backlog.refused] == ["3"]
    assert "413" in run.backlog.refused[0].reason
    assert run.counts.taken == 3


def test_a_document_that_makes_a_whole_request_unreadable_is_found_and_refused() -> None:
    run = filled(4)
    run.backlog.close()
    while not run.backlog.done:
        batch = run.next()
        if any(each.action.id == "2" for each in batch.held):
            run.fail(batch, RequestFailed(400, "illegal_argument_exception"))
        else:
            run.answer(batch, ["ok"] * len(batch.held))

    assert [each.id for each in run.backlog.refused] == ["2"]
    assert run.counts.taken == 3


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Action("i", "", 1, b"{}"), "an id has 1 to 512 bytes"),
        (Action("i", "ä" * 257, 1, b"{}"), "an id has 1 to 512 bytes"),
        (Action("i", "a", -1, b"{}"), "-1 is no version"),
        (Action("i", "a", 2**63, None), "9223372036854775808 is no version"),
        (Action("i", "a", 1, b"x" * 901), "too large: 901 bytes, the limit is 900"),
        (Action("i", "a", 1, b'{"t":\n1}'), "its JSON is more than one line"),
        (Action("i", "a", 1, b'{"t":"\xed\xa0\x80"}'), "not UTF-8"),  # a lone surrogate
    ],
)
def test_what_no_server_would_have_is_refused_unsent(action: Action, reason: str) -> None:
    run = Run()
    run.backlog.offer(action)
    run.backlog.close()

    assert [(each.id, each.reason) for each in run.backlog.refused] == [(action.id, reason)]
    assert run.backlog.done


# --- When what failed goes again ----------------------------------------------------------------------------------


def test_only_what_failed_goes_again() -> None:
    run = filled(4)
    run.answer(run.next(), ["ok", "429", "ok", "503"])
    again = run.next()

    assert [each.action.id for each in again.held] == ["1", "3"]


def test_pauses_double_up_to_the_longest() -> None:
    run = filled(4, Limits(documents=4, patience=1e6, failures=100))
    pauses = []
    for _ in range(11):
        run.fail(run.next(), RequestFailed(503))
        wait = run.backlog.wait(run.now)
        assert wait is not None
        pauses.append(round(wait, 1))

    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0]


def test_the_server_may_ask_for_a_longer_pause() -> None:
    run = filled(4)
    run.fail(run.next(), RequestFailed(429, REJECTED, retry_after=7.0))

    assert run.draw() is None
    assert run.backlog.wait(run.now) == 7.0


def test_a_server_that_asks_for_more_patience_than_there_is_ends_it_at_once() -> None:
    run = filled(4)
    run.fail(run.next(), RequestFailed(429, REJECTED, retry_after=3_600.0))

    assert isinstance(run.backlog.stopped, ServiceUnavailable)


def test_what_failed_by_itself_does_not_keep_new_documents_waiting() -> None:
    run = filled(8)
    run.answer(run.next(), ["ok", "429", "ok", "ok"])

    assert [each.action.id for each in run.next().held] == ["4", "5"]


def test_after_so_many_failures_in_a_row_nothing_more_is_sent() -> None:
    run = filled(12, Limits(documents=4, patience=1e6, failures=5))
    while not run.backlog.stopped:
        run.fail(run.next(), RequestFailed(None))

    assert len(run.sizes) == 5
    assert run.draw() is None
    assert "5 requests in a row" in str(run.backlog.stopped)


def test_something_taken_begins_the_count_of_failures_anew() -> None:
    run = filled(4, Limits(documents=4, patience=1e6, failures=5))
    for _ in range(3):
        for _ in range(4):
            run.fail(run.next(), RequestFailed(None))
        run.answer(batch := run.next(), ["ok", *["429"] * (len(batch.held) - 1)])

    assert run.backlog.stopped is None


def test_a_document_that_nobody_takes_ends_it_at_the_deadline() -> None:
    run = filled(1, Limits(documents=4, patience=60.0, failures=100))
    run.backlog.close()
    began = run.now
    while not run.backlog.stopped:
        run.fail(run.next(), RequestFailed(503))

    assert run.now - began <= 60.0
    assert "in 60 s (503)" in str(run.backlog.stopped)


@pytest.mark.parametrize(("status", "refused"), [("429", ["0"]), ("500", ["0"]), ("503", [])])
def test_one_that_fails_alone_until_the_deadline_while_others_are_taken_is_refused_but_not_for_want_of_a_shard(
    status: str, refused: list[str]
) -> None:
    run = Run(Limits(documents=4, patience=20.0, failures=100))
    run.backlog.offer(document(0))
    number = 0
    while not run.backlog.stopped and not run.backlog.refused:
        number += 1
        run.backlog.offer(document(number))
        if batch := run.draw():
            run.answer(batch, [status if each.action.id == "0" else "ok" for each in batch.held])
        run.now += 0.1

    assert [each.id for each in run.backlog.refused] == refused
    assert (run.backlog.stopped is None) == bool(refused)


def test_a_status_that_no_bulk_request_gets_ends_it() -> None:
    run = filled(4)
    run.fail(run.next(), RequestFailed(405, "error"))

    assert "answers 405 error" in str(run.backlog.stopped)


def test_when_whole_requests_are_unreadable_one_by_one_it_is_not_the_documents() -> None:
    run = filled(400, Limits(documents=1, held_documents=1_000, failures=5))
    while not run.backlog.stopped:
        run.fail(run.next(), RequestFailed(400, "error"))

    assert len(run.sizes) == 5


# --- Order --------------------------------------------------------------------------------------------------------


def test_a_second_action_on_an_id_waits_until_the_first_is_settled() -> None:
    run = Run()
    for action in (document(1, 1), document(1, 2), Action("news-2024.03", "1", 3, None), document(2, 1)):
        run.backlog.offer(action)
    run.backlog.close()
    first = run.next()
    run.answer(first, ["429", "ok"])
    run.take_all()

    assert [(each.action.id, each.action.version) for each in first.held] == [("1", 1), ("2", 1)]
    assert run.server.documents.living == {("news-2024.03", "2"): document(2).source}


def test_a_document_that_moves_to_another_index_is_not_taken_out_there_before_it_is_here() -> None:
    run = Run()
    run.backlog.offer(Action("news-2024.04", "1", 2, b"{}"))
    run.backlog.offer(Action("news-2024.03", "1", 2, None))
    run.backlog.close()

    assert [each.action.index for each in run.next().held] == ["news-2024.04"]


def test_a_room_full_of_actions_on_one_id_does_not_wait_for_more() -> None:
    run = Run()
    version = 0
    while run.backlog.has_room:
        version += 1
        run.backlog.offer(document(1, version))
    run.answer(run.next(), ["ok"])
    run.take_all()

    assert run.sizes == [1] * FEW.held_documents


@pytest.mark.parametrize(
    ("doubt", "kind"),
    [(RequestFailed(None), "external_gte"), (RequestFailed(504), "external_gte"), (RequestFailed(429), "external")],
)
def test_what_may_have_been_written_is_written_again_so_that_its_acknowledgement_counts_for_all_copies(
    doubt: RequestFailed, kind: str
) -> None:
    run = filled(4)
    run.fail(run.next(), doubt, done=True)
    again: list[Operation] = parsed(run.next().body())

    assert {each.kind for each in again} == {kind}


def test_a_document_is_taken_out_under_the_version_that_it_was_put_in_with() -> None:
    run = Run()
    run.backlog.offer(document(1, 5))
    run.backlog.offer(Action("news-2024.03", "1", 5, None))
    run.take_all()

    assert run.server.documents.living == {}
