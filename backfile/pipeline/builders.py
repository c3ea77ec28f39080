"""The processes of the index step: they analyse articles and write segments, which the run's own process takes over.

Started when there is enough to do, ended with the step. What comes of tasks comes in the order in which they were
given. A process that dies costs nothing: its task goes to another one, after a second death back to whoever gave it.
"""

import logging
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from backfile.config import Limits
from backfile.errors import BackfileError, Reason
from backfile.pipeline.crew import MOST_STARTS, WATCH_SECONDS, processors
from backfile.pipeline.isolation import End, Task, Worker, attend
from backfile.pipeline.worker import Allowed

log = logging.getLogger(__name__)

# What a task may take: 2,000 articles take 3 s, and 16 MB of packed ones a minute. It is for a process that was stopped
# or a disk that hangs; the limits of the configuration are those of one document.
ALLOWED_SECONDS = 1_200.0
WORTH = 500  # articles that a process must get: to start one takes .25 s of the processor's time
_MOST_DEATHS = 2  # over one task
_IMPORTS = ["backfile.pipeline.analysing", "index.directory"]


class Builders:
    """Processes behind one call: tasks go in, and come out in their order when they are over."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.workers or processors()
        self._allowed = Allowed(ALLOWED_SECONDS, ALLOWED_SECONDS, limits.memory_mb << 20)
        self._workers: list[Worker] = []
        self._waiting: deque[Task] = deque()
        self._failed_starts = 0
        self._watched = time.monotonic()

    def worth(self, articles: int) -> int:
        """How many processes are worth starting for so many articles; 0 when they are done sooner without."""
        number = min(self._most, articles // WORTH)
        return number if number > 1 else 0

    def over(self, tasks: Iterator[Task]) -> Iterator[Task]:
        """The tasks in their order, each when it is over; as many are asked for as there are processes, and one more.

        A task that came to nothing has the answer `failed`.
        """
        begun: deque[Task] = deque()
        while True:
            while len(begun) <= self._most and (task := next(tasks, None)):
                begun.append(task)
                self._waiting.append(task)
                self._hand_out()
            if not begun:
                return
            while not begun[0].over:
                self._pump()
            yield begun.popleft()

    def close(self) -> None:
        """End all processes, whatever they are doing."""
        for each in self._workers:
            each.close()
        self._workers.clear()
        self._waiting.clear()

    def _pump(self) -> None:
        """Wait until something has come of a task, and hand on what waits."""
        for one, end in attend(self._workers, WATCH_SECONDS):
            self._settle(one, end)
        if time.monotonic() - self._watched >= WATCH_SECONDS:
            self._watched = time.monotonic()
            for each in self._workers:
                each.watch()
        self._hand_out()

    def _hand_out(self) -> None:
        """Give each process one task, and begin another process for what is left."""
        for each in self._workers:
            if self._waiting and not each.tasks:
                each.give(self._waiting.popleft())
        while self._waiting and len(self._workers) < self._most and self._failed_starts < MOST_STARTS:
            self._begin()
        if self._waiting and not self._workers:  # none can be begun
            self._give_up()

    def _begin(self) -> None:
        try:
            worker = Worker(self._allowed, imports=_IMPORTS)
        except BackfileError as error:
            log.warning("%s", error)
            self._failed_starts += 1
            return
        self._workers.append(worker)
        worker.give(self._waiting.popleft())

    def _give_up(self) -> None:
        for task in self._waiting:
            task.end(Reason.CRASHED, "no process can be started")
        self._waiting.clear()

    def _settle(self, gone: Worker, end: End) -> None:
        """Note what a process that is gone was doing, and have it done by another one."""
        self._failed_starts = 0 if gone.ready else self._failed_starts + 1
        self._workers.remove(gone)
        left = list(gone.tasks)
        gone.close()
        for task in left:
            task.killed += gone.ready
            if task.killed >= _MOST_DEATHS:
                task.end(end.reason or Reason.CRASHED, end.detail)
            else:
                self._waiting.appendleft(task)


@contextmanager
def builders(limits: Limits) -> Iterator[Builders]:
    """Processes for one index, of which none is left."""
    made = Builders(limits)
    try:
        yield made
    finally:
        made.close()
