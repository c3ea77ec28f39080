"""Documents go to an OpenSearch: many at once, each until the server has it, refuses it, or takes nothing any more.

A loop of our own, as those of the client lose documents: they do not send again what was not taken, end at the first
document that is refused, and quote it in the error. What waits and what goes when is decided in `opensearch_backlog`,
what an answer means in `opensearch_answers`; here are the threads. No client library is known here, only its `Sender`.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Self

from index.opensearch_actions import Action, Refused
from index.opensearch_answers import Sender
from index.opensearch_backlog import Backlog, Batch, Counts
from index.opensearch_errors import RequestFailed
from index.opensearch_pace import Limits, Pace

__all__ = ["Action", "Bulk", "Counts", "Limits", "Refused", "RequestFailed", "Sender", "Stream"]

_FAREWELL = 10.0  # seconds that requests under way have when nothing more is sent; then nobody waits for their answers


class Bulk:
    """Sends documents to a server; one stream after the other."""

    def __init__(self, sender: Sender, limits: Limits | None = None) -> None:
        self._sender = sender
        self._pace = Pace(limits or Limits())
        self._counts = Counts()

    @property
    def counts(self) -> Counts:
        """What became of the documents of all streams so far."""
        return replace(self._counts)

    def send(self, actions: Iterable[Action]) -> Iterator[Refused]:
        """Sends all documents and gives those that the server will not have; it has all others when this ends.

        Nothing is sent unless the answer is iterated over. The documents are asked for in the caller's thread, as fast
        as they go out. Two actions on one id reach the server in their order; of others the order is not kept.

        Raises:
            DiskTrouble: the server takes nothing more until a person has seen to its disk, or lifted a block.
            ServiceUnavailable: it took nothing for too long, or does not let this user write.
            IndexUnusable: an index is not there, or closed.
            BackfileError: whatever the sender raises.
        """
        with self.stream() as stream:
            for action in actions:
                yield from stream.put(action)
            yield from stream.finish()

    def stream(self) -> "Stream":
        """As `send`, for who has the documents one by one: to be entered, given all of them, finished, and left."""
        return Stream(self._sender, Backlog(self._pace, self._counts), number=self._pace.limits.senders)


class Stream:
    """Documents on their way: threads that send, and what they and the caller's thread share, under one lock.

    While the caller makes the next document, those before are sent. What was not finished when it is left may be on the
    server or not.
    """

    def __init__(self, sender: Sender, backlog: Backlog, *, number: int) -> None:
        self._sender, self._backlog = sender, backlog
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)  # there may be something to send
        self._room = threading.Condition(self._lock)  # something was settled, or everything has stopped
        self._ended = False
        self._error: BaseException | None = None
        self._threads = [
            threading.Thread(target=self._run, name=f"opensearch-{number}", daemon=True) for number in range(number)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._ended = True
            self._work.notify_all()
        until = time.monotonic() + _FAREWELL
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    # --- The caller's thread ---

    def put(self, action: Action) -> Iterator[Refused]:
        """Takes a document as soon as there is room for it; gives what was refused meanwhile.

        Nothing is done unless the answer is iterated over.
        """
        offered = False
        while not offered:
            with self._lock:
                refused = self._refused()
                if not refused:
                    offered = self._offer(action)
            yield from refused

    def finish(self) -> Iterator[Refused]:
        """Waits until all is settled, and gives what was refused; nothing more can be put.

        Nothing is waited for unless the answer is iterated over.
        """
        with self._lock:
            self._backlog.close()
            self._work.notify_all()
        done = False
        while not done:
            with self._lock:
                refused = self._refused()
                if not refused:
                    self._raise_if_stopped()
                    done = self._backlog.done
                    if not done:
                        self._room.wait()
            yield from refused

    def _offer(self, action: Action) -> bool:
        """Whether the document was taken; else there may be room now, or something to be told."""
        self._raise_if_stopped()
        if not self._backlog.has_room:
            self._work.notify_all()
            self._room.wait()
            return False
        self._backlog.offer(action)
        if self._backlog.fills_a_request:
            self._work.notify()
        return True

    def _raise_if_stopped(self) -> None:
        if error := self._error or self._backlog.stopped:
            raise error

    def _refused(self) -> list[Refused]:
        found = list(self._backlog.refused)
        self._backlog.refused.clear()
        return found

    # --- Threads that send ---

    def _run(self) -> None:
        try:
            while batch := self._next():
                self._ask(batch)
        except BaseException as error:  # noqa: BLE001  (raised in the caller's thread)
            with self._lock:
                self._error = self._error or error
                self._room.notify_all()
                self._work.notify_all()

    def _next(self) -> Batch | None:
        """The next request; None when there will be none."""
        with self._lock:
            while not (self._ended or self._error or self._backlog.stopped or self._backlog.done):
                now = time.monotonic()
                if batch := self._backlog.draw(now):
                    return batch
                self._work.wait(self._backlog.wait(now))
            return None

    def _ask(self, batch: Batch) -> None:
        failure = None
        try:
            answer = self._sender.bulk(batch.body())
        except RequestFailed as error:
            failure = error
        with self._lock:
            now = time.monotonic()
            if failure:
                self._backlog.failed(batch, failure, now)
            else:
                self._backlog.answered(batch, answer, now)
            self._room.notify_all()
            self._work.notify_all()
