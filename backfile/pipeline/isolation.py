"""One worker process as its parent sees it: tasks go in, answers come out, and its end tells what a document did to it.

The parent never waits on a worker: pipes are read and written when they can be, so neither side can hold the other up.
"""

import json
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from backfile.errors import BackfileError, Reason, WrongUse
from backfile.pipeline import tasks, wire, worker
from backfile.pipeline.wire import Message
from backfile.pipeline.worker import Allowed

log = logging.getLogger(__name__)

GRACE = 10.0  # seconds over a limit after which the parent ends a worker that its own timers did not: it was stopped
START_SECONDS = 300.0  # a worker that is not ready by then will never be: a disk that hangs
_PIPE_BYTES = 1 << 20  # Linux lets a pipe hold that: some 150 articles, so that work goes on while the store commits
_READ = 1 << 20
_MOST_STDERR = 16_384  # bytes of what a worker said last that go to the log
_LAST = frozenset({"end", "cleaned", "counted", "built", "failed", "wrong"})  # answers behind which nothing comes

_BEGIN = """\
import json, sys
told = json.loads(sys.argv[1])
sys.path[:] = told.pop("path")
from backfile.pipeline.worker import Allowed, main
main(**{**told, "allowed": Allowed(**told["allowed"])})
"""


@dataclass(slots=True, eq=False)
class Task:
    """Something that a worker is to do, and what has come of it."""

    message: bytes
    about: str  # what it reads or cleans, for the log
    rules: int = 0  # number of those it needs
    answers: deque[Message] = field(default_factory=deque)
    over: bool = False
    answered: int = 0
    alone: bool = False  # whether it may not be done together with others: a worker died over them
    killed: int = 0  # how often a worker was killed over it by something that we do not know

    @classmethod
    def done(cls, answer: Message, about: str) -> "Task":
        """One that somebody else did."""
        return cls(b"", about, answers=deque([answer]), over=True, answered=1)

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.message)

    def end(self, reason: Reason, detail: str) -> None:
        """Note that nothing more comes of it, and why."""
        self.answers.append((["failed", reason, detail], []))
        self.over = True


@dataclass(frozen=True, slots=True)
class End:
    """Why a worker is gone."""

    reason: Reason | None  # None: not over what it was doing
    detail: str = ""
    unexplained: bool = False  # killed, and not by us or a limit: perhaps it was only the largest process around


class Worker:
    """A process that answers tasks in their order."""

    def __init__(self, allowed: Allowed, *, imports: list[str]) -> None:
        self._allowed = allowed
        self._frames = wire.Frames()
        self._out: deque[memoryview] = deque()
        self._leaving = False
        self._verdict: End | None = None  # of ours, when we ended it
        self.tasks: deque[Task] = deque()  # begun or to be begun, the one that is answered next first
        self.in_hand = 0  # bytes of these, counted as they come and go
        self.together = 0  # of them, that it is doing together: nobody knows which of these it would die over
        self._known: set[int] = set()  # numbers of the rules that it has
        self.ready = False
        self.answered = 0  # tasks
        self._began = 0.0  # what it had spent when the first one was answered, which waits for tables
        self._since = time.monotonic()  # that it may be at the present step
        self._start(imports)

    def _start(self, imports: list[str]) -> None:
        jobs, self._jobs = os.pipe()
        self._answers, answers = os.pipe()
        lifeline, self._lifeline = os.pipe()
        told = {"path": sys.path, "jobs": jobs, "answers": answers, "lifeline": lifeline, "imports": imports}
        command = [sys.executable, "-P", "-c", _BEGIN, json.dumps({**told, "allowed": asdict(self._allowed)})]
        self._stderr = _scratch()
        null = subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(  # noqa: S603  # ourselves
                command, stdin=null, stdout=null, stderr=self._stderr, pass_fds=(jobs, answers, lifeline)
            )
        except OSError as error:
            raise BackfileError(f"no process can be started to parse in: {error.strerror}") from error
        finally:
            for end in (jobs, answers, lifeline):
                os.close(end)
        for end in (self._jobs, self._answers):
            os.set_blocking(end, False)
            _widen(end)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def spent(self) -> float:
        """Seconds of the processor's time on tasks behind the first one."""
        return spent_by(self.pid) - self._began

    @property
    def reads_from(self) -> int:
        """The file descriptor that its answers come from."""
        return self._answers

    @property
    def writes_to(self) -> int | None:
        """The file descriptor that waits for its tasks; None when all are written."""
        return self._jobs if self._out else None

    def learn(self, number: int, rules: bytes) -> None:
        """Hand over rules, unless it has them."""
        if number not in self._known:
            self._known.add(number)
            self._send(rules)

    def forget(self, number: int) -> None:
        """Have it forget rules."""
        if number in self._known:
            self._known.remove(number)
            self._send(tasks.forget(number))

    def give(self, task: Task) -> None:
        """Hand over a task."""
        if not self.tasks:
            self._since = time.monotonic()
        self.tasks.append(task)
        self.in_hand += task.size
        self._send(tasks.alone(task.message) if task.alone else task.message)

    def _send(self, message: bytes) -> None:
        self._out.append(memoryview(message))
        self.write()

    def write(self) -> None:
        """Write what the pipe takes."""
        try:
            while self._out:
                written = os.write(self._jobs, self._out[0])
                if written < len(self._out[0]):
                    self._out[0] = self._out[0][written:]
                else:
                    self._out.popleft()
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self._out.clear()  # it is gone, and `read` will see it

    def read(self) -> End | None:
        """Take in what has come; why the worker is gone, when it is.

        Raises:
            WrongUse: a task cannot be done as it was said.
        """
        try:
            data = os.read(self._answers, _READ)
        except BlockingIOError:
            return None
        try:
            self._frames.add(data)
            for message in self._frames.complete():
                self._take(message)
        except (wire.BrokenMessage, LookupError, TypeError, ValueError):
            self.kill(Reason.CRASHED, "the process that parsed it sent what is no message")
        return None if data else self._ended()

    def _take(self, message: Message) -> None:
        self._since = time.monotonic()
        match message[0]:
            case ["ready"]:
                self.ready = True
            case ["leaving"]:
                self._leaving = True
            case ["together", int(number)]:
                self.together = number
            case ["log", int(level), str(name), str(text)]:
                logging.getLogger(name).log(level, "%s", text)
            case ["wrong", str(text)]:
                raise WrongUse(text)
            case [word, *_]:
                task = self.tasks[0]
                task.answers.append(message)
                task.answered += 1
                if word in _LAST:
                    task.over = True
                    self.tasks.popleft()
                    self.in_hand -= task.size
                    self.together = max(0, self.together - 1)
                    self.answered += 1
                    if self.answered == 1:
                        self._began = spent_by(self.pid)

    def resumed(self) -> None:
        """Note that its answers are looked at again after a while: it may have waited for us."""
        self._since = time.monotonic()

    def watch(self) -> None:
        """End the process when it is over a limit that the kernel does not watch here."""
        busy = time.monotonic() - self._since
        if not self.ready:
            if busy > START_SECONDS:
                self.kill(Reason.TIMED_OUT, f"not ready after {START_SECONDS:.0f} s")
        elif self.tasks:
            if busy > self._allowed.seconds + GRACE:
                self.kill(Reason.TIMED_OUT, _seconds_told(self._allowed.seconds))
            elif resident(self.pid) > self._allowed.memory:
                self.kill(Reason.OUT_OF_MEMORY, worker.memory_told(self._allowed.memory))

    def kill(self, reason: Reason, detail: str) -> None:
        """End the process over what it is doing."""
        if self._verdict is None:
            self._verdict = End(reason, detail)
            self._process.kill()

    def close(self) -> None:
        """End the process, whatever it is doing; nothing of it is left."""
        self._process.kill()
        self._process.wait()
        for end in (self._jobs, self._answers, self._lifeline):
            os.close(end)
        self._stderr.close()

    def _ended(self) -> End:
        code = self._process.wait()
        end = self._verdict or self._told_by(code)
        if self._leaving or not (self.tasks or not self.ready):
            end = End(None)
        if end.reason:
            about = self.tasks[0].about if self.tasks else "starting"
            about = f"one of {self.together} documents, which are done again singly" if self.together else about
            log.error("a worker ended: %s: %s (%s)\n%s", about, end.reason, end.detail, self._last_words())
        return end

    def _told_by(self, code: int) -> End:
        if code == -worker.OUT_OF_TIME:
            return End(Reason.TIMED_OUT, _seconds_told(self._allowed.seconds))
        if code == -worker.OUT_OF_CPU_TIME:
            return End(Reason.TIMED_OUT, f"{_seconds_told(self._allowed.cpu_seconds)} of the processor's time")
        if code < 0:
            told = f"the process that parsed it was ended by {_signal_name(-code)}"
            return End(Reason.CRASHED, told, unexplained=code == -signal.SIGKILL)
        return End(Reason.CRASHED, f"the process that parsed it ended with exit code {code}")

    def _last_words(self) -> str:
        try:
            size = self._stderr.seek(0, os.SEEK_END)
            self._stderr.seek(max(0, size - _MOST_STDERR))
            return self._stderr.read().decode("ascii", "backslashreplace")
        except OSError:  # nowhere to keep them
            return ""


def attend(workers: Iterable[Worker], seconds: float, *, deaf_to: Worker | None = None) -> list[tuple[Worker, End]]:
    """Wait until something comes from a worker or can go to one, and let it; which of them are gone, and why.

    What `deaf_to` says waits.

    Raises:
        WrongUse: a task cannot be done as it was said.
    """
    poll = select.poll()
    owners = {}
    for each in workers:
        if each is not deaf_to:
            poll.register(each.reads_from, select.POLLIN)
            owners[each.reads_from] = each
        if (pipe := each.writes_to) is not None:
            poll.register(pipe, select.POLLOUT)
            owners[pipe] = each
    gone = []
    for pipe, _ in poll.poll(seconds * 1000):
        one = owners[pipe]
        if pipe != one.reads_from:
            one.write()
        elif end := one.read():
            gone.append((one, end))
    return gone


def resident(pid: int) -> int:
    """Bytes of memory that a process has; 0 when nobody can tell."""
    if sys.platform == "linux":
        try:
            return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, ValueError, IndexError):
            return 0
    return resident_by_ps(pid)


def spent_by(pid: int) -> float:
    """Seconds of the processor's time that a process has taken; where nobody can tell, what the clock shows."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return time.monotonic()


def resident_by_ps(pid: int) -> int:
    """The same where there is no /proc: macOS."""
    try:
        command = ["ps", "-o", "rss=", "-p", str(pid)]
        told = subprocess.run(command, capture_output=True, check=False, timeout=GRACE)  # noqa: S603
        return int(told.stdout) * 1024
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _scratch() -> IO[bytes]:
    """A file for what a worker says last; where there is no room for one, what it says is dropped."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return Path(os.devnull).open("r+b", buffering=0)


def _widen(pipe: int) -> None:
    """Let a pipe hold more, where that can be said (Linux) and is allowed."""
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415

        try:
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        except OSError:
            return


def _seconds_told(seconds: float) -> str:
    return f"more than {seconds:g} s"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
