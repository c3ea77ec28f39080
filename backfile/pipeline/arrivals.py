"""When something arrives in a source: told by the operating system, or, where it cannot tell, by looking."""

import ctypes
import errno
import hashlib
import logging
import os
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from backfile.config import Source
from backfile.pipeline import places
from backfile.pipeline.places import Archives
from backfile.readers.files import is_leftover

# File systems of which the system here is told nothing when another machine writes to them.
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "vboxsf", "prl_fs", "webdav"})
_IN_CREATE = 0x100
_MOUNTS = Path("/proc/self/mounts")


class Arrivals(Protocol):
    """Something to wait at."""

    def wait(self, seconds: float) -> bool:
        """Wait until something arrives, so many seconds at most; whether it did."""

    def is_whole(self) -> bool:
        """Whether all arrivals are told of; else it is to be made anew, and everything listed."""

    def close(self) -> None:
        """Look no more."""


class Told:
    """Arrivals as the operating system tells them (inotify, FSEvents, kqueue).

    It tells of nothing in folders for which it has no watch left, and drops what it cannot keep until it is asked for:
    both is noticed.

    Raises:
        OSError: it does not, or has no more watches to give.
        ImportError: the library is not installed.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        from watchdog.events import FileSystemEventHandler  # noqa: PLC0415  # only who watches needs it
        from watchdog.observers import Observer  # noqa: PLC0415

        self._arrived = threading.Event()
        self._lost = _Lost(self._arrived)
        self._observer = Observer()
        self._folder = os.sep
        for source in sources:
            base = Path(places.base(source))
            told = _Told(base, self._arrived)
            handler = FileSystemEventHandler()
            handler.dispatch = told.dispatch  # type: ignore[method-assign]
            if base.is_dir():
                self._folder = str(base)
                self._observer.schedule(handler, str(base), recursive=True)
            elif base.parent.is_dir():
                self._observer.schedule(handler, str(base.parent), recursive=False)
        try:
            self._observer.start()
        except BaseException:
            self._observer.unschedule_all()
            raise
        logging.getLogger("watchdog").addHandler(self._lost)
        if is_exhausted(self._folder):
            self.close()
            raise OSError(
                errno.ENOSPC, "no watch is left for another folder; fs.inotify.max_user_watches sets how many"
            )

    def wait(self, seconds: float) -> bool:
        """Wait until something arrives, so many seconds at most; whether it did."""
        arrived = self._arrived.wait(seconds)
        self._arrived.clear()
        return arrived

    def is_whole(self) -> bool:
        """Whether all arrivals are told of; else it is to be made anew, and everything listed."""
        return not (self._lost.noticed or is_exhausted(self._folder))

    def close(self) -> None:
        """Look no more."""
        logging.getLogger("watchdog").removeHandler(self._lost)
        self._observer.stop()
        self._observer.join()


class _Lost(logging.Handler):
    """Notices that the library warns: that a queue ran over, or that it cannot watch a folder, it tells nobody else."""

    def __init__(self, arrived: threading.Event) -> None:
        super().__init__(logging.WARNING)
        self._arrived = arrived
        self.noticed = False

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002  # logging's signature
        self.noticed = True
        self._arrived.set()


def is_exhausted(folder: str) -> bool:
    """Whether the system would not watch one more folder (Linux): then some may go unwatched, of which nobody tells."""
    if not sys.platform.startswith("linux"):
        return False
    system = ctypes.CDLL(None, use_errno=True)
    handle = system.inotify_init1(os.O_CLOEXEC)
    if handle < 0:
        return True
    try:
        watched = system.inotify_add_watch(handle, os.fsencode(folder), _IN_CREATE)
        return bool(watched < 0 and ctypes.get_errno() == errno.ENOSPC)
    finally:
        os.close(handle)


class _Event(Protocol):
    """What of watchdog's events is looked at."""

    event_type: str
    is_directory: bool
    src_path: bytes | str
    dest_path: bytes | str


class _Told:
    """Sets a flag when an event is about what may be an input."""

    # To open and to read is no arrival, or every run would call for the next one.
    _NONE = frozenset({"opened", "closed_no_write"})

    def __init__(self, base: Path, arrived: threading.Event) -> None:
        self._base = base
        self._arrived = arrived
        self._archives = Archives(str(base))

    def dispatch(self, event: _Event) -> None:
        """Called for each event, in the thread of the observer."""
        if event.event_type in self._NONE or (event.is_directory and event.event_type in {"modified", "attrib"}):
            return
        if any(self._concerns(each) for each in (event.src_path, event.dest_path) if each):
            self._arrived.set()

    def _concerns(self, named: bytes | str) -> bool:
        name = named if isinstance(named, str) else named.decode("utf-8", "surrogateescape")
        path = Path(name)
        if path == self._base:
            return True
        if not self._base.is_dir() or not path.is_relative_to(self._base):
            return False
        return not any(map(is_leftover, path.relative_to(self._base).parts)) and not self._archives.own(name)


class Looked:
    """Arrivals as they are found by listing the sources again and again."""

    def __init__(self, sources: Iterable[Source], *, every: float) -> None:
        self._sources = tuple(sources)
        self._every = every  # seconds
        self._state = self._listed()
        self._next = time.monotonic() + every

    def wait(self, seconds: float) -> bool:
        """Wait until something arrives, so many seconds at most; whether it did."""
        until = time.monotonic() + seconds
        while self._next < until:
            time.sleep(max(0.0, self._next - time.monotonic()))
            before, self._state = self._state, self._listed()
            self._next = time.monotonic() + self._every
            if self._state != before:
                return True
        time.sleep(max(0.0, until - time.monotonic()))
        return False

    @staticmethod
    def is_whole() -> bool:
        """Whether all arrivals are told of: a listing has them all."""
        return True

    def close(self) -> None:
        """Look no more."""

    def _listed(self) -> bytes:
        """What is the same as long as no input is added, changed or taken away."""
        total = hashlib.blake2b()
        for source in self._sources:
            if places.exists(source):
                for place in places.places(source):
                    told = f"{place.shown}\0{place.size}\0{place.modified}\n"
                    total.update(told.encode("utf-8", "backslashreplace"))
        return total.digest()


def is_remote(path: str) -> bool:
    """Whether the path lies on a disk that other machines write to, as far as the system tells (Linux)."""
    try:
        mounts = [line.split(" ")[1:3] for line in _MOUNTS.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError):
        return False
    here = Path(path).resolve()
    above = [(len(where), kind) for where, kind in mounts if here.is_relative_to(where.replace("\\040", " "))]
    kind = max(above, default=(0, ""))[1]
    return kind in _REMOTE or kind.startswith("fuse.")
