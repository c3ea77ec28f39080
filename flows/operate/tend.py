"""The processes that `up` looks after, the signals that it hears, and the log that it keeps."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from logging import Logger, getLogger
from logging.handlers import RotatingFileHandler
from typing import IO

from backfile.log import PlainLines
from backfile.process import Started, begun
from flows.operate.home import Home

LOG_BYTES = 4 << 20  # of up.log before it is begun anew; one old file is kept
LONGEST_LINE = 2_000  # characters of a line that a child says


@dataclass(slots=True)
class Child:
    """The server or a worker, in a session of its own, so that a Ctrl-C in the terminal comes to `up` alone."""

    name: str
    command: list[str]
    within: float  # seconds that it may take to end when asked
    environment: dict[str, str]
    place: Home
    log: Logger
    process: subprocess.Popen[bytes] | None = None
    ends: int = 0  # how often in a row it ended by itself
    since: float = 0.0  # monotonic time of its start
    _reader: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> Started:
        """Start it; its output goes to the log."""
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            cwd=self.place.directory,  # a pyproject.toml elsewhere may hold settings of Prefect
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.since = time.monotonic()
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()
        return Started(self.process.pid, begun(self.process.pid) or "")

    def ended(self) -> int | None:
        """Its exit code once it has ended; None while it runs."""
        return self.process.poll() if self.process else 0

    def stop(self) -> None:
        """End it and all that it started: asked first, told then, and killed when it does not hear."""
        if self.process is None:
            return
        for number, patience in ((signal.SIGINT, self.within), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
            with suppress(ProcessLookupError):
                self.process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
                break
        kill_session(self.process.pid)
        if self._reader:
            self._reader.join(2.0)
        if self.process.stdout and not (self._reader and self._reader.is_alive()):
            self.process.stdout.close()
        self.process = None

    def _read(self, out: IO[bytes] | None) -> None:
        for line in out or ():
            text = line.decode(errors="backslashreplace").rstrip()[:LONGEST_LINE]
            if text:
                self.log.info("%s: %s", self.name, text)


class Stop:
    """What the signals say: stop when it is convenient, or, said twice, at once."""

    def __init__(self) -> None:
        self.said = threading.Event()
        self.at_once = threading.Event()

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Hear Ctrl-C and SIGTERM, also where a shell's `&` made the process deaf to the first."""
        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as `nohup` has it
            numbers.append(signal.SIGHUP)
        before = {number: signal.signal(number, self._hear) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, _number: int, _frame: object) -> None:
        (self.at_once if self.said.is_set() else self.said).set()


def kill_session(pid: int, number: int = signal.SIGKILL) -> None:
    """Send a signal to all of a session that `up` made."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


@contextmanager
def logging_to(place: Home) -> Iterator[Logger]:
    """The log of `up` and its children: a file of bounded size, and nothing on the terminal."""
    handler = RotatingFileHandler(
        place.log_file, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace"
    )
    handler.setFormatter(PlainLines("%(asctime)s %(message)s"))
    log = getLogger("backfile.up")
    log.handlers[:], log.propagate = [handler], False
    log.setLevel("INFO")
    try:
        yield log
    finally:
        log.handlers.clear()
        handler.close()
