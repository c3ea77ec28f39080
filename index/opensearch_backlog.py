"""What waits to be sent to a server: which documents go next, how many at once, and when those that failed go again.

Nothing here sends, waits or looks at a clock, so that every order of events can be tried. The promises:

* A document is settled once: taken, already there, or refused. One that was settled is never sent again.
* Of two actions on one id the second is not sent before the first is settled.
* What is held, under way and waiting included, is bounded in documents and in bytes.
* Only what failed goes again. When nothing goes any more, `stopped` says in a line why.
"""

import heapq
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from backfile.errors import BackfileError, ServiceUnavailable
from index.opensearch_actions import Action, Refused, fault, line, size
from index.opensearch_answers import Meaning, NoBulkAnswer, Verdict, stopped_by, told, verdicts
from index.opensearch_errors import RequestFailed
from index.opensearch_pace import Pace

log = logging.getLogger(__name__)

_UNAVAILABLE = "503"  # a shard without a home, or no cluster manager: nothing that a document could cause


@dataclass(slots=True)
class Counts:
    """What became of the documents so far."""

    taken: int = 0  # acknowledged by the server
    there: int = 0  # acknowledged before: the server had this version, or a newer one
    refused: int = 0
    requests: int = 0
    sent: int = 0  # documents in requests; more than came in when some went again

    @property
    def settled(self) -> int:
        """Documents that are not sent any more."""
        return self.taken + self.there + self.refused


@dataclass(eq=False, slots=True)
class _Held:
    """A document on its way."""

    action: Action
    size: int  # bytes in a request
    most: int  # documents in the next request that it is part of: halved with each failure, so that it ends up alone
    tries: int = 0  # failures
    since: float = 0.0  # time of the first failure
    settled_then: int = 0  # documents that were settled by then
    doubted: bool = False  # it may have been written without anybody's saying so
    alone: bool = False  # it was by itself in the request that failed last


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """The documents of one request."""

    number: int
    held: tuple[_Held, ...]

    def body(self) -> bytes:
        """The request's lines."""
        lines: list[bytes] = []
        for each in self.held:
            lines.append(line(each.action, doubted=each.doubted))
            if each.action.source is not None:
                lines.append(each.action.source)
        lines.append(b"")
        return b"\n".join(lines)


class Backlog:
    """Documents between whoever gives them and whoever sends them; one thread at a time."""

    def __init__(self, pace: Pace, counts: Counts, *, chance: Callable[[], float] = random.random) -> None:
        self._pace, self._limits, self._counts, self._chance = pace, pace.limits, counts, chance
        self._fresh: deque[_Held] = deque()
        self._fresh_bytes = 0
        self._again: list[tuple[float, int, _Held]] = []  # by the time when they are due
        self._on_way: set[str] = set()  # ids
        self._behind: dict[str, deque[_Held]] = {}  # what waits until an id on its way is settled
        self._documents = self._bytes = 0  # held
        self._drawn = 0  # number of the last request
        self._turn = count()
        self._failures = 0  # in a row
        self._last_failure = 0  # number of the last request drawn when one failed
        self._resume = 0.0  # nothing is sent before
        self._closed = False
        self.refused: deque[Refused] = deque()  # until somebody takes them
        self.stopped: BackfileError | None = None

    # --- In ---

    @property
    def has_room(self) -> bool:
        """Whether another document may come."""
        return self._documents < self._limits.held_documents and self._bytes < self._limits.held_bytes

    @property
    def held(self) -> tuple[int, int]:
        """Documents and bytes that are not settled."""
        return self._documents, self._bytes

    def offer(self, action: Action) -> None:
        """Takes a document in, or refuses what no server would have."""
        if found := fault(action, most_bytes=self._limits.document_bytes):
            self._refuse(action.id, found)
            return
        held = _Held(action, size(action), self._limits.documents)
        self._documents += 1
        self._bytes += held.size
        if action.id in self._on_way:
            self._behind.setdefault(action.id, deque()).append(held)
        else:
            self._on_way.add(action.id)
            self._append(held)

    def close(self) -> None:
        """No more will come."""
        self._closed = True

    # --- Out ---

    @property
    def done(self) -> bool:
        """Whether all that came is settled."""
        return self._closed and not self._documents

    @property
    def fills_a_request(self) -> bool:
        """Whether what is new is as much as a request holds, or all that there will be for now."""
        full = len(self._fresh) >= self._pace.documents or self._fresh_bytes >= self._pace.bytes
        return full or self._closed or not self.has_room

    def draw(self, now: float) -> Batch | None:
        """The documents of the next request; None when there is none to be sent now."""
        if self.stopped or now < self._resume:
            return None
        chosen = self._due(now) or self._new()
        if not chosen:
            return None
        self._drawn += 1
        self._counts.requests += 1
        self._counts.sent += len(chosen)
        return Batch(self._drawn, tuple(chosen))

    def wait(self, now: float) -> float | None:
        """Seconds until there may be something to draw; None when only an event can change that."""
        times = [self._again[0][0]] if self._again else []
        if self._fresh and now < self._resume:
            times.append(self._resume)
        return max(0.0, self._resume - now, min(times) - now) if times else None

    def _due(self, now: float) -> list[_Held]:
        """Documents whose time has come again, none together with more than it may be."""
        chosen: list[_Held] = []
        most, filled = self._pace.documents, 0
        while self._again and self._again[0][0] <= now:
            each = self._again[0][2]
            most = min(most, each.most)
            filled += each.size
            if chosen and (len(chosen) >= most or filled > self._pace.bytes):
                break
            heapq.heappop(self._again)
            chosen.append(each)
        return chosen

    def _new(self) -> list[_Held]:
        chosen: list[_Held] = []
        filled = 0
        if not self.fills_a_request:
            return chosen
        while self._fresh and len(chosen) < self._pace.documents:
            filled += self._fresh[0].size
            if chosen and filled > self._pace.bytes:
                break
            each = self._fresh.popleft()
            self._fresh_bytes -= each.size
            chosen.append(each)
        return chosen

    def _append(self, held: _Held) -> None:
        self._fresh.append(held)
        self._fresh_bytes += held.size

    # --- Answers ---

    def answered(self, batch: Batch, answer: Mapping[str, Any], now: float) -> None:
        """The server answered for each document."""
        try:
            found = verdicts(answer, [each.action for each in batch.held])
        except NoBulkAnswer:
            self.failed(batch, RequestFailed(None, "no answer to a bulk request"), now)
            return
        before = self._counts.settled
        again = []
        for each, verdict in zip(batch.held, found, strict=True):
            if verdict.meaning is Meaning.AGAIN:
                each.doubted = each.doubted or verdict.doubtful
                again.append((each, verdict))
            else:
                self._conclude(each, verdict)
        if self._counts.settled > before:
            self._failures = 0
        if again:
            self._push_back(batch, again, now)
        elif not self.stopped:
            self._pace.widen()

    def failed(self, batch: Batch, failure: RequestFailed, now: float) -> None:
        """The request was refused as a whole, or not answered."""
        status = failure.status
        if status is None or status >= 500:  # a gateway's 504 says as little as no answer
            for each in batch.held:
                each.doubted = True
        elif stop := stopped_by(status, failure.kind, failure.reason):
            self.stopped = self.stopped or stop
            return
        if status in {400, 413}:
            self._split(batch, failure, now)
        elif status is None or status == 429 or status >= 500:
            verdict = Verdict(Meaning.AGAIN, told(failure))
            self._push_back(batch, [(each, verdict) for each in batch.held], now, failure.retry_after or 0.0)
        else:
            self._give_up(f"answers {told(failure)} to documents; is it one, or something before it?")

    def _split(self, batch: Batch, failure: RequestFailed, now: float) -> None:
        """Halves go at once, down to the one document that it is about."""
        if failure.status == 413:
            self._pace.too_large(sum(each.size for each in batch.held))
        if len(batch.held) > 1:
            for each in batch.held:
                each.most = max(1, len(batch.held) // 2)
                self._put_back(each, now)
            return
        (alone,) = batch.held
        if failure.status == 413:
            reason = f"too large: the server takes no {alone.size:,} bytes (413)"
        else:
            self._count_failure(told(failure))  # whatever refuses everything is not refusing documents
            reason = f"the server does not read it ({told(failure)})"
        if not self.stopped:
            self._conclude(alone, Verdict(Meaning.REFUSED, reason))

    def _push_back(
        self, batch: Batch, again: list[tuple[_Held, Verdict]], now: float, retry_after: float = 0.0
    ) -> None:
        """Documents that go again later, the oftener they failed the later; all wait when nothing was taken."""
        chance = self._chance()  # one for all, so that they go together
        if batch.number > self._last_failure:  # requests that were under way together fail together, and count once
            self._last_failure = self._drawn
            self._pace.narrow()
            if len(again) == len(batch.held):
                self._count_failure(again[0][1].why)
        if self._failures:
            self._resume = max(self._resume, now + max(self._limits.pause(self._failures, chance), retry_after))
        for each, verdict in again:
            if not each.tries:
                each.since, each.settled_then = now, self._counts.settled
            each.tries += 1
            each.alone = len(batch.held) == 1
            each.most = max(1, min(each.most, len(batch.held) // 2))
            due = now + max(self._limits.pause(each.tries, chance), retry_after)
            if due <= each.since + self._limits.patience:
                self._put_back(each, due)
            else:
                self._despair(each, verdict.why)

    def _despair(self, each: _Held, why: str) -> None:
        """It is the document, when it fails by itself while others are taken; else the server."""
        seconds = f"in {self._limits.patience:.0f} s"
        if each.alone and self._counts.settled > each.settled_then and not why.startswith(_UNAVAILABLE):
            self._conclude(each, Verdict(Meaning.REFUSED, f"not taken {seconds}, while others were ({why})"))
        else:
            self._give_up(f"does not take a document {seconds} ({why})")

    def _put_back(self, each: _Held, due: float) -> None:
        heapq.heappush(self._again, (due, next(self._turn), each))

    def _count_failure(self, why: str) -> None:
        self._failures += 1
        log.warning("nothing was taken of %d requests in a row (the last: %s)", self._failures, why)
        if self._failures >= self._limits.failures:
            self._give_up(f"takes nothing of {self._failures} requests in a row (the last: {why})")

    # --- Settled ---

    def _conclude(self, each: _Held, verdict: Verdict) -> None:
        match verdict.meaning:
            case Meaning.TAKEN:
                self._counts.taken += 1
            case Meaning.THERE:
                self._counts.there += 1
            case Meaning.REFUSED:
                self._refuse(each.action.id, verdict.why)
            case _:
                self.stopped = self.stopped or verdict.stopped_by
                return
        self._documents -= 1
        self._bytes -= each.size
        if behind := self._behind.get(each.action.id):
            self._append(behind.popleft())
            if not behind:
                del self._behind[each.action.id]
        else:
            self._on_way.discard(each.action.id)

    def _refuse(self, id_: str, reason: str) -> None:
        self._counts.refused += 1
        self.refused.append(Refused(id_, reason))

    def _give_up(self, why: str) -> None:
        self.stopped = self.stopped or ServiceUnavailable(
            f"OpenSearch {why}; what it acknowledged is kept, run the command again when it is well"
        )
