"""Whether somebody is still writing a file."""

import os
import time
from collections import defaultdict
from pathlib import Path

from backfile.pipeline.places import Place

_PROCESSES = Path("/proc")
_WRITING = os.O_WRONLY | os.O_RDWR


class Written:
    """Tells it of the inputs of one round after the other.

    A file is being written when its size or time changed within the last `settle` seconds, or when a process has it
    open for writing (Linux; of the processes that this user may look at).
    """

    def __init__(self, settle: float) -> None:
        self._settle = settle  # seconds
        self._seen: dict[str, tuple[int, int, float]] = {}  # path → size, time, when it was first seen so
        self._open: set[str] | None = None  # as found in this round

    def begin_round(self) -> None:
        """Ask the system anew what is open."""
        self._open = None

    def __call__(self, place: Place) -> bool:
        """Whether the input is to be left alone for now."""
        now = time.monotonic()
        size, modified, since = self._seen.get(place.name, (-1, -1, now))
        if (size, modified) != (place.size, place.modified):
            since = now
        self._seen[place.name] = (place.size, place.modified, since)
        if now - since < self._settle and not _is_old(place, self._settle):
            return True
        if self._open is None:
            self._open = open_for_writing()
        if place.regular and os.path.realpath(place.name) in self._open:
            return True
        del self._seen[place.name]
        return False


def _is_old(place: Place, settle: float) -> bool:
    """Whether the clock says that the file was left alone; that of another machine may go ahead."""
    try:
        touched = max(place.modified, os.stat(place.name).st_ctime_ns)  # noqa: PTH116  # also for names that are no UTF-8
    except OSError:
        return False
    return time.time_ns() - touched >= settle * 1e9


def open_for_writing() -> set[str]:
    """The files that some process has open for writing; none where the system does not tell."""
    found: dict[str, list[str]] = defaultdict(list)
    for process in _listed(_PROCESSES):
        if process.isdecimal() and int(process) != os.getpid():
            for number in _listed(_PROCESSES / process / "fd"):
                try:
                    target = os.readlink(_PROCESSES / process / "fd" / number)  # noqa: PTH115  # a name, not a path
                except OSError:
                    continue
                if target.startswith("/") and not target.startswith(("/dev/", "/proc/")):
                    found[target].append(f"{process}/fdinfo/{number}")
    return {target for target, handles in found.items() if any(map(_is_writing, handles))}


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  # names
    except OSError:  # it ended, or belongs to somebody else
        return []


def _is_writing(handle: str) -> bool:
    try:
        told = (_PROCESSES / handle).read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    flags = next((line.split()[1] for line in told.splitlines() if line.startswith("flags:")), "0")
    return bool(int(flags, 8) & _WRITING)
