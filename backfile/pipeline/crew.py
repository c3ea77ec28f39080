"""The worker processes of a run: one that reads, others that clean; started when there is work, ended with the run.

A worker that dies over a document costs that document: what else it had in hand goes to another. One that dies over
several that it did together costs none: each of them is done again by itself. Tasks are answered in any order; whoever
asked looks at their answers in the order it likes.
"""

import hashlib
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from itertools import islice

from backfile.config import Limits, Source
from backfile.errors import BackfileError, Reason
from backfile.pipeline import tasks
from backfile.pipeline.isolation import End, Task, Worker, attend
from backfile.pipeline.listing import Batch
from backfile.pipeline.visits import Visit
from backfile.pipeline.worker import Allowed
from backfile.readers import Growth

log = logging.getLogger(__name__)

# What a worker has in hand, so that it is never idle while the store commits, and the last ones end at the same time.
IN_HAND_TASKS = 64
IN_HAND_BYTES = 512 * 1024
IN_HAND_INPUTS = 16  # small ones are read in less time than a transaction takes
# A worker takes 1 to 2 s of the processor's time until it is of use, hundreds of short articles' worth. Another one is
# started when it would have done with what waits sooner by as long, or when more is being read: nobody knows how much.
WORTH_SECONDS = 3.0  # of the processor's time that what waits will take, by what the documents before took
TIMED_BEFORE_NEXT = 50  # tasks, by each worker there is, before their time tells; the first ones wait for tables
ANSWERED_BEFORE_NEXT = 150  # tasks, by each worker there is, while more is being read
WATCH_SECONDS = 0.5  # between two looks at memory and time
MOST_STARTS = 3  # in a row that fail, before the run gives up
_READS = ["backfile.readers", "backfile.pipeline.identity"]
_CLEANS = ["backfile.pipeline.cleaner"]


class Crew:
    """Worker processes behind one call that waits for all of them: `pump`."""

    def __init__(self, limits: Limits, *, lasting: bool = False) -> None:
        self._lasting = lasting  # whether its processes wait for the next run
        self._meanwhile: Callable[[], None] | None = None
        self.allowed = Allowed(limits.seconds, limits.cpu_seconds, limits.memory_mb << 20)
        self._most = limits.workers or processors()
        self._reader: Worker | None = None
        self._cleaners: list[Worker] = []
        self._reads: deque[Task] = deque()
        self._waiting: deque[Task] = deque()
        self._rules: dict[int, bytes] = {}
        self._numbers = 0  # of rules
        self._failed_starts = 0
        self._listening = True
        self._watched = time.monotonic()
        self.shares: dict[str, int] = {}  # of shards on other machines: documents that they delivered
        self._patience = WATCH_SECONDS  # how long it is waited for something to come

    @contextmanager
    def run(self) -> Iterator["Crew"]:
        """The crew for one run, which may stop anywhere: what it asked for is forgotten behind it."""
        try:
            yield self
        except BaseException:
            self.close()
            raise
        self.rest()
        for each in self._all():
            for number in self._rules:
                each.forget(number)
        self._rules.clear()

    @property
    def size(self) -> int:
        """How many processes there are."""
        return len(self._all())

    @property
    def is_busy(self) -> bool:
        """Whether all who clean have enough in hand, and more waits."""
        return bool(self._waiting)

    def tried(self, fingerprint: str) -> str:
        """What changes when a document that was too costly may not be so any more: rules, limits, this program."""
        stated = f"{fingerprint} {self.allowed} {version('backfile')}"
        return hashlib.sha256(stated.encode()).hexdigest()[:16]

    def expect(self, batches: Iterable[Batch], rules_of: Callable[[str], tuple[Source, int]]) -> None:
        """Be told what will be read, in this order, and by which rules; one machine's crew begins when it is asked."""

    def foreseen(self, batch: Batch) -> Mapping[str, Visit]:  # noqa: ARG002  # see `expect`
        """What was found out already about the inputs of a batch, by their names."""
        return {}

    def all_read(self) -> None:
        """Be told that nothing more of what was expected will be read."""

    def start(self) -> None:
        """Start a reader and one cleaner, so that they are ready when there is something to do."""
        if self._reader is None:
            self._reader = Worker(self.allowed, imports=_READS)
        if not self._cleaners:
            self._cleaners.append(Worker(self.allowed, imports=_CLEANS))

    def _start_what_is_needed(self) -> None:
        """A run that reads nothing does without a reader."""
        if self._reads and self._reader is None:
            self._reader = Worker(self.allowed, imports=_READS)
        if self._waiting and not self._cleaners:
            self._cleaners.append(Worker(self.allowed, imports=_CLEANS))

    def rest(self) -> None:
        """Free the memory when there is nothing to do for a while, unless the crew is to last."""
        if not self._lasting:
            self.close()

    def close(self) -> None:
        """End all processes. What they were doing is not done; a crew may be used again."""
        for each in self._all():
            each.close()
        self._reader = None
        self._cleaners.clear()
        self._reads.clear()
        self._waiting.clear()

    def rules(
        self, source: Source, disabled: Collection[tuple[str, str]], learned: Mapping[str, Mapping[int, str]]
    ) -> int:
        """A number under which documents are cleaned with the rules of a source."""
        self._numbers += 1
        number = self._numbers
        self._rules[number] = tasks.rules(number, source, disabled, learned)
        return number

    def adopt(self, number: int, brief: bytes) -> None:
        """Take over rules from another crew of the run, under the number that they have there."""
        self._rules[number] = brief

    def read(self, path: str, source: Source, growth: Growth, *, behind: int = 0) -> Task:
        """The task of reading an input of a source, behind those that were given before; see `tasks.read`."""
        return self._asked(Task(tasks.read(path, source, growth, behind=behind), path))

    def cut(self, path: str, source: Source, growth: Growth, *, size: int, most: int) -> Task:
        """The task of finding where an input can be cut into ranges of so many bytes; see `tasks.cut`."""
        return self._asked(Task(tasks.cut(path, source, growth, size=size, most=most), path))

    def _asked(self, task: Task) -> Task:
        self._reads.append(task)
        return task

    def clean(self, rules: int, key: str | None, place: str, document: bytes, *, about: str) -> Task:
        """The task of cleaning a document."""
        task = Task(tasks.clean(rules, key, place, document), about, rules)
        self._waiting.append(task)
        return task

    def clean_again(self, rules: int, key: str, about: Sequence[object], payload: bytes) -> Task:
        """The task of cleaning a stored extraction again, as `tasks.again` says it; `about` begins with its uri."""
        task = Task(tasks.again(rules, key, about, payload), str(about[0]), rules)
        self._waiting.append(task)
        return task

    def meanwhile(self, do: Callable[[], None]) -> None:
        """What this process does once while it waits for the first document, half a second of a new process."""
        self._meanwhile = do

    def pump(self, *, listen: bool = True) -> None:
        """Wait until something has come of a task, and hand on what waits. `listen`: also to what is read."""
        self._start_what_is_needed()
        self._hand_out()
        if self._meanwhile and any(each.tasks for each in self._cleaners):
            do, self._meanwhile = self._meanwhile, None
            do()
        self._listen(listen)
        for one, end in attend(self._all(), self._patience, deaf_to=None if listen else self._reader):
            self._replace(one, end)
        self._watch()
        self._hand_out()

    def _listen(self, listen: bool) -> None:  # noqa: FBT001
        if listen and not self._listening and self._reader:
            self._reader.resumed()
        self._listening = listen

    def _all(self) -> list[Worker]:
        return [*([self._reader] if self._reader else []), *self._cleaners]

    def _hand_out(self) -> None:
        """Give each worker what it may have in hand, the one with least first; start one more when all have enough."""
        while self._reads and self._reader and len(self._reader.tasks) < IN_HAND_INPUTS:
            self._reader.give(self._reads.popleft())
        while self._waiting:
            free = min(self._cleaners, key=lambda each: len(each.tasks), default=None)
            if free is None or len(free.tasks) >= IN_HAND_TASKS or (free.tasks and free.in_hand >= IN_HAND_BYTES):
                break
            task = self._waiting.popleft()
            free.learn(task.rules, self._rules[task.rules])
            free.give(task)
        if self._waiting and self._worth_another():
            self._cleaners.append(Worker(self.allowed, imports=_CLEANS))

    def _worth_another(self) -> bool:
        if not self._cleaners:
            return True
        if len(self._cleaners) >= self._most:
            return False
        answered = min(each.answered for each in self._cleaners)
        is_reading = self._reads or (self._reader and self._reader.tasks)
        if is_reading and answered >= ANSWERED_BEFORE_NEXT:
            return True
        return answered >= TIMED_BEFORE_NEXT and self._seconds_left() >= WORTH_SECONDS

    def _seconds_left(self) -> float:
        """How long what waits will take the workers that there are, by what the documents before took."""
        each = sum(each.spent for each in self._cleaners) / sum(each.answered for each in self._cleaners)
        return len(self._waiting) * each / len(self._cleaners)

    def _watch(self) -> None:
        if time.monotonic() - self._watched < WATCH_SECONDS:
            return
        self._watched = time.monotonic()
        for each in self._all():
            if self._listening or each is not self._reader:  # else it waits for us
                each.watch()

    def _replace(self, gone: Worker, end: End) -> None:
        """Settle what a worker that is gone was doing, and give its other tasks back."""
        self._failed_starts = 0 if gone.ready else self._failed_starts + 1
        left = deque(gone.tasks)
        together = [task for task in islice(left, gone.together) if not task.alone]
        for task in together:
            task.alone = True
        if end.reason and gone.ready and left and not together:
            self._blame(left, end)
        if gone is self._reader:
            self._reads.extendleft(reversed(left))
            self._reader = None
        else:
            self._waiting.extendleft(reversed(left))
            self._cleaners.remove(gone)
        gone.close()
        if self._failed_starts >= MOST_STARTS:
            raise BackfileError(f"no process to parse in can be started ({end.detail}); the log has what they said")
        self._start_what_is_needed()

    @staticmethod
    def _blame(left: "deque[Task]", end: End) -> None:
        """End the task that a worker died over, unless it may have been killed for what another process did."""
        task = left[0]
        task.killed += end.unexplained
        if end.unexplained and task.killed == 1 and not task.answered:
            return
        task.end(end.reason or Reason.CRASHED, end.detail)
        left.popleft()


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1
