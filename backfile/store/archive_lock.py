"""The archive's own lock: one run may write, however it was started."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from backfile.disk import TROUBLE
from backfile.errors import ArchiveError, ArchiveLocked


class ArchiveLock:
    """A context manager that holds the archive for writing; the system frees it when the process ends, however it ends.

    Args:
        file: the lock file; it stays in place and holds the last writer's process id.
        wait: seconds to wait for another writer; 0 gives up at once, -1 waits for ever.
        waiting: is given one line, who is waited for, before that begins.

    Raises:
        ArchiveLocked: another run writes; the text names its process.
    """

    def __init__(self, file: Path, *, wait: float = 0, waiting: Callable[[str], None] = lambda _: None) -> None:
        self._file = file
        self._holder = file.with_suffix(".holder")
        self._lock = FileLock(file)
        self._wait = wait
        self._waiting = waiting

    def __enter__(self) -> "ArchiveLock":
        try:
            self._acquire()
        except Timeout:
            raise ArchiveLocked(self._told()) from None
        except OSError as error:
            if error.errno in TROUBLE:
                raise
            raise ArchiveError(f"{self._file}: {error.strerror or error}") from error
        with suppress(OSError):  # it only tells others who writes
            self._holder.write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def _acquire(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            if not self._wait:
                raise
            self._waiting(self._told())
            self._lock.acquire(timeout=self._wait)

    def _told(self) -> str:
        return f"{self._file.parent} is being written by {self._who()}; wait for it, or stop it"

    def _who(self) -> str:
        try:
            return self._holder.read_text(encoding="utf-8")[:200]
        except OSError:
            return "another run"
