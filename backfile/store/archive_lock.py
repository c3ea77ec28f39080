"""The archive's own lock: one run may write, however it was started."""

import socket
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from backfile import process
from backfile.database import Database
from backfile.disk import TROUBLE
from backfile.errors import ArchiveError, ArchiveLocked, BackfileError
from backfile.process import Started
from backfile.store import store_lock
from backfile.store.store_lock import StoreLock


class ArchiveLock:
    """A context manager that holds the archive for writing; the system frees it when the process ends, however it ends.

    Two things are held where the store is a database: the directory, by a lock file, and the store, by a lock of the
    server, as an archive on another machine may have the same one.

    Args:
        file: the lock file; it stays in place. Beside it stands a note of who holds it, which is taken back at the end.
        store: where the store is; None: nobody is going to write to it.
        wait: seconds to wait for another writer; 0 gives up at once, -1 waits for ever.
        waiting: is given one line, who is waited for, before that begins.

    Raises:
        ArchiveLocked: another run writes; the text names its process.
        ServiceUnavailable: the server that the store is on cannot be reached.
    """

    def __init__(
        self,
        file: Path,
        store: Path | Database | None = None,
        *,
        wait: float = 0,
        waiting: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.held: StoreLock | None = None  # of the database that the store is in
        self._file = file
        self._holder = file.with_suffix(".holder")
        self._lock = FileLock(file)
        self._store = store
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
        try:
            self._hold_store()
        except BaseException:
            self._lock.release()
            raise
        me = process.this()
        with suppress(OSError):  # it only tells others who writes
            self._holder.write_text(f"process {me.pid} on {socket.gethostname()}\n{me.begun}\n", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # while it is held still: the next one writes its own note
            self._holder.write_text("", encoding="utf-8")
        if self.held is not None:
            self.held.close()
        self._lock.release()

    def _acquire(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            if not self._wait:
                raise
            self._waiting(self._told())
            self._lock.acquire(timeout=self._wait)

    def _hold_store(self) -> None:
        if not isinstance(self._store, Database):
            return
        place, held = self._store, StoreLock(self._store)
        try:
            got = held.acquire(self._wait, lambda who: self._waiting(_told(str(place), who)))
            by = "" if got else held.holder() or "another run"
        except BaseException:
            held.close()
            raise
        if by:
            held.close()
            raise ArchiveLocked(_told(str(place), by))
        self.held = held

    def _told(self) -> str:
        return _told(str(self._file.parent), self._who())

    def _who(self) -> str:
        noted = _noted(self._holder)
        return noted[0] if noted else "another run"


def _told(place: str, who: str) -> str:
    return f"{place} is being written by {who}; wait for it, or stop it"


class Writing(Enum):
    """What can be told of the writer that noted itself."""

    NOW = "now"
    KILLED = "killed"  # its process is gone, and the note was not taken back
    ELSEWHERE = "elsewhere"  # it noted itself on another machine, and only that one knows


def writer(file: Path, store: Path | Database | None = None) -> tuple[str, Writing] | None:
    """Who holds a lock, or was killed while it did; None when nobody.

    Only its note is read: to try the lock would be to hold it for an instant, in which a run that starts is refused.
    Where the store is a database, its server knows who writes from elsewhere.
    """
    if (noted := _noted(file.with_suffix(".holder"))) is None:
        with suppress(BackfileError):
            if isinstance(store, Database) and (elsewhere := store_lock.holder(store)):
                return elsewhere, Writing.NOW
        return None
    told, begun = noted
    number, _, host = told.removeprefix("process ").partition(" on ")
    if host != socket.gethostname() or not number.isdigit():
        return told, Writing.ELSEWHERE
    return told, Writing.NOW if process.is_alive(Started(int(number), begun)) else Writing.KILLED


def _noted(holder: Path) -> tuple[str, str] | None:
    """The two lines of a writer's note: who it is, and when the system says that its process began."""
    try:
        told, _, begun = holder.read_text(encoding="utf-8", errors="replace")[:400].partition("\n")
    except OSError:
        return None
    return (told, begun.strip()) if told else None
