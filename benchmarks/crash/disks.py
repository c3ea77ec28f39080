"""Disks that are full, read-only or fail, each at many moments of an ingest and a rebuild.

* `limit`: no file may grow beyond a size (RLIMIT_FSIZE): the system itself refuses SQLite's writes and Python's alike.
* `refused`: the operating system refuses what Python asks of it at a numbered moment, with ENOSPC, EIO or EROFS.
* `full`: a file system in memory that has room for so much more and no more (needs the right to mount).
* `read-only`: the same, mounted read-only.
* `failing`: a call of the system fails with EIO or ENOSPC, SQLite's too (needs strace).
"""

import errno
import os
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.crash.kills import RUN, Clock, moments
from benchmarks.crash.stage import Acknowledged, Ended, Known, Stage, losses

TROUBLE = 5  # the exit code of a run that the disk stopped
_CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "rename")


class Prepared:
    """The archive that every strike begins with, and what it has before and after a run that nothing happens to."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.begun = Stage(directory / "begun")
        self.begun.begin()
        self.before = self.begun.known()
        whole = self.begun.copy(directory / "due")
        self.moments, ended = moments(whole)
        assert ended.code == 0, ended
        self.due: Known = whole.known()
        files = [file.stat().st_size for file in whole.archive.directory.rglob("*") if file.is_file()]
        self.largest = max(files)
        self.size = sum(files)

    def faults(self, struck: Stage, ended: Ended) -> list[str]:
        """What is not as promised once the trouble is over; `struck` is removed."""
        found = [] if ended.code in {0, TROUBLE} else [f"ended with {ended.code}"]
        lines = ended.said.splitlines()
        if "Traceback" in ended.said or (ended.code and (len(lines) != 1 or not lines[0].startswith("backfile: "))):
            found.append(f"said {ended.said!r}")
        said = struck.acknowledged.read_text(encoding="utf-8")
        return found + losses(struck, self.before, self.due, Acknowledged(said))


def limit(directory: Path, number: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """Files that may not grow beyond a size."""
    prepared = Prepared(directory)
    draw = random.Random(seed)
    for size in sorted(draw.sample(range(64, 2 * prepared.largest), number)):
        struck = prepared.begun.copy(directory / "struck")
        ended = struck.run(*RUN, first=lambda size=size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
        yield f"files of {size} bytes at most, ended with {ended.code}", prepared.faults(struck, ended)
        shutil.rmtree(struck.directory)


def refused(directory: Path, number: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """What Python asks of the system, refused at a numbered moment."""
    prepared = Prepared(directory)
    draw = random.Random(seed)
    asking = [n for n, what in enumerate(prepared.moments, 1) if what.startswith(("os.", "open", "before"))]
    for at in sorted(draw.sample(asking, min(number, len(asking)))):
        fault = draw.choice((errno.ENOSPC, errno.EIO, errno.EROFS))

        def refuse(what: str, fault: int = fault) -> None:
            raise OSError(fault, os.strerror(fault), what)

        struck = prepared.begun.copy(directory / "struck")
        ended = struck.run(*RUN, clock=Clock(struck.archive.directory, at, refuse))
        told = f"moment {at} of {len(prepared.moments)}, {prepared.moments[at - 1]}: {os.strerror(fault)}"
        yield f"{told}, ended with {ended.code}", prepared.faults(struck, ended)
        shutil.rmtree(struck.directory)


def full(directory: Path, number: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """A file system with room for so much more."""
    prepared = Prepared(directory)
    draw = random.Random(seed)
    used = sum(file.stat().st_size for file in prepared.begun.archive.directory.rglob("*") if file.is_file())
    page = os.sysconf("SC_PAGE_SIZE")
    most = 3 * prepared.size  # a rebuild goes beside the old index
    for room in sorted(draw.sample(range(0, most, page), number)):
        struck = _mounted(prepared.begun, directory / "struck", f"size={used + 64 * page + room}")
        try:
            ended = struck.run(*RUN)
            _mount("-o", "remount,size=256m", str(struck.archive.directory))
            yield f"room for {room} bytes, ended with {ended.code}", prepared.faults(struck, ended)
        finally:
            _unmount(struck)


def read_only(directory: Path, number: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """A file system that cannot be written to."""
    del number, seed
    prepared = Prepared(directory)
    for commands in (RUN[:1], RUN[1:]):
        struck = _mounted(prepared.begun, directory / "struck", "size=256m")
        try:
            _mount("-o", "remount,ro", str(struck.archive.directory))
            ended = struck.run(*commands)
            searched = struck.run(["search", "Niederau"])
            _mount("-o", "remount,rw", str(struck.archive.directory))
            found = prepared.faults(struck, ended)
            if ended.code != TROUBLE:
                found.append(f"ended with {ended.code}")
            if searched.code:
                found.append(f"a search ended with {searched.code}: {searched.said}")
            yield f"read-only, {commands}, ended with {ended.code}", found
        finally:
            _unmount(struck)


def failing(directory: Path, number: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """A call of the system that fails, wherever it comes from."""
    prepared = Prepared(directory)
    draw = random.Random(seed)
    for _ in range(number):
        call, at = draw.choice(_CALLS), draw.randrange(1, 60)
        fault = draw.choice(("EIO", "ENOSPC"))
        struck = prepared.begun.copy(directory / "struck")
        program = [sys.executable, "-m", "backfile", "--archive", str(struck.archive.directory), "ingest"]
        traced = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"inject={call}:error={fault}:when={at}"]
        done = subprocess.run(
            [*traced, "-e", f"trace={call}", *program], capture_output=True, text=True, check=False, timeout=300
        )
        ended = Ended(done.returncode, done.stderr)
        yield f"{call} number {at}: {fault}, ended with {ended.code}", prepared.faults(struck, ended)
        shutil.rmtree(struck.directory)


def _mounted(begun: Stage, directory: Path, options: str) -> Stage:
    place = directory / "archive"
    place.mkdir(parents=True)
    _mount("-t", "tmpfs", "-o", options, "tmpfs", str(place))
    shutil.copytree(begun.archive.directory, place, dirs_exist_ok=True)
    made = Stage(directory)
    made.pile = begun.pile
    made.acknowledged.write_text("", encoding="utf-8")
    return made


def _unmount(struck: Stage) -> None:
    subprocess.run(["umount", str(struck.archive.directory)], check=True)
    shutil.rmtree(struck.directory)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)
