"""A process that parses: it answers tasks one after the other, and never outlives a limit or its parent.

The limits of one step (an item read, a document cleaned) are timers of the kernel whose signals end the process, so
they also hold in C code that keeps the interpreter's lock. `isolation` starts it, and sees from how it ended what was
wrong with the document.
"""

import contextlib
import faulthandler
import fcntl
import gc
import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backfile.errors import Reason, WrongUse
from backfile.pipeline import tasks, wire
from backfile.pipeline.tasks import Tasks
from backfile.pipeline.wire import Message

log = logging.getLogger(__name__)

# Documents that are cleaned together take some .05 s; when it takes so long, each is done by itself.
TOGETHER_SECONDS = 10.0
_READ = 1 << 20  # bytes asked of a pipe at once; pipes hold 64 kB to 1 MB
_STDERR = 2
# Objects made and not freed before Python looks for circles among the young ones; it looks after 700 of its own accord,
# and markup is thousands of them. A page takes 4 to 7 % less time, a mail 6 to 10 %, and memory stays (Nov 2026).
YOUNG = 10_000
OUT_OF_TIME = signal.SIGALRM  # ends a process that took too long
OUT_OF_CPU_TIME = signal.SIGPROF  # … or too much of the processor's time


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one step may cost."""

    seconds: float  # of wall time
    cpu_seconds: float
    memory: int  # bytes of the whole process, its code and tables included

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """A step that the kernel ends, with the process, when it takes too long."""
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        signal.setitimer(signal.ITIMER_PROF, self.cpu_seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)


def main(*, jobs: int, answers: int, lifeline: int, imports: list[str], allowed: Allowed) -> None:
    """Answer what comes in at one pipe through the other, until the first one or the lifeline is closed.

    Args:
        jobs: file descriptor that tasks are read from.
        answers: file descriptor that answers are written to.
        lifeline: file descriptor of a pipe whose other end only the parent holds.
        imports: modules to load before the first task, on nobody's time.
        allowed: limits of each step.
    """
    _settle_down(lifeline, allowed)
    gc.set_threshold(YOUNG)
    records = _Records()
    logging.getLogger().handlers[:] = [records]
    for name in imports:
        __import__(name)
    _write(answers, wire.framed(["ready"]))
    doing = Tasks()
    for group in _groups(jobs):
        for answer in _answers(doing, group, allowed):
            _write(answers, records.taken() + answer.data)
            if answer.leave:
                return


@dataclass(frozen=True, slots=True)
class _Answer:
    data: bytes
    last: bool = False  # nothing more comes of the task
    leave: bool = False  # … nor of this process, which is not sound any more


def _answers(doing: Tasks, group: list[Message], allowed: Allowed) -> Iterator[_Answer]:
    """The answers to a task, or to several that may be done together."""
    if len(group) > 1 and doing.warm:
        yield _Answer(wire.framed(["together", len(group)]))
        answer = _together(doing, group, allowed)
        yield answer
        if answer.last:
            return
    for message in group:
        steps = doing.answers(message)
        while (step := _step(steps, allowed)) is not None:
            yield step
            if step.last:
                break


def _together(doing: Tasks, group: list[Message], allowed: Allowed) -> _Answer:
    """The answers to all of a group; where something goes wrong no document is blamed, each is to be done by itself."""
    try:
        with replace(allowed, seconds=min(allowed.seconds, TOGETHER_SECONDS)).step():
            return _Answer(doing.answer_to_all(group), last=True)
    except MemoryError:
        return _Answer(wire.framed(["leaving"]), leave=True)
    except Exception:
        log.exception("documents together; now one by one")
        return _Answer(wire.framed(["together", 0]))


def _step(steps: Iterator[bytes], allowed: Allowed) -> _Answer | None:
    """The next answer; None when there is none."""
    try:
        with allowed.step():
            answer = next(steps, None)
    except MemoryError:
        detail = memory_told(allowed.memory)
        return _Answer(tasks.failed(Reason.OUT_OF_MEMORY, detail) + wire.framed(["leaving"]), leave=True)
    except WrongUse as error:
        return _Answer(wire.framed(["wrong", str(error)]), last=True)
    except Exception as error:
        log.exception("a task")
        detail = f"{type(error).__name__} while reading; see the log"
        return _Answer(tasks.failed(Reason.OWN_ERROR, detail), last=True)
    return None if answer is None else _Answer(answer)


def memory_told(limit: int) -> str:
    """The limit, in words for people."""
    return f"more than {limit >> 20:,} MB of memory"


def _settle_down(lifeline: int, allowed: Allowed) -> None:
    """Take the limits on, and leave Ctrl-C and SIGTERM to the parent, which closes the pipes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # macOS takes the call and does nothing; there the parent watches. RLIMIT_AS would count mapped files as well.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (allowed.memory, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    faulthandler.enable(_STDERR, all_threads=False)
    for number in (OUT_OF_TIME, OUT_OF_CPU_TIME):
        faulthandler.register(number, _STDERR, all_threads=False, chain=True)  # says where, then the process ends
    _hold_on_to(lifeline)


def _hold_on_to(lifeline: int) -> None:
    """End with the parent, whatever is being done: its end of the lifeline is closed when it is gone."""
    threading.Thread(target=_until_gone, args=(lifeline,), daemon=True).start()
    # While C code keeps the interpreter's lock no thread runs, but Linux tells by a signal that ends the process.
    # (PR_SET_PDEATHSIG would end it with the parent's *thread*, and flows run in threads that come and go.)
    if sys.platform == "linux":
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)


def _until_gone(lifeline: int) -> None:
    with contextlib.suppress(OSError):
        os.read(lifeline, 1)
    os._exit(0)


class _Records(logging.Handler):
    """Keeps what is logged in a step for the parent, whose log it is; nothing waits on the parent within a step."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._held: list[bytes] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._held.append(wire.framed(["log", record.levelno, record.name, self.format(record)]))

    def taken(self) -> bytes:
        """What was logged since it was last asked for, as messages."""
        held = b"".join(self._held)
        self._held.clear()
        return held


def _groups(jobs: int) -> Iterator[list[Message]]:
    """The tasks as they come; those that are here and may be done together, in one list."""
    frames = wire.Frames()
    while data := os.read(jobs, _READ):
        frames.add(data)
        yield from tasks.together(frames.complete())


def _write(answers: int, data: bytes) -> None:
    """All of it, or the end: without a parent there is nobody to answer to."""
    left = memoryview(data)
    try:
        while left:
            left = left[os.write(answers, left) :]
    except BrokenPipeError:
        os._exit(0)
