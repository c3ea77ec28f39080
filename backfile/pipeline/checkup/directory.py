"""The directory of an archive: whose it is, who may write there, room on its disk, and what stopped runs left."""

import os
import pwd
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from backfile.config import Archive
from backfile.ownership import TRUSTED, Foreign, inside, refuse_foreign
from backfile.pipeline.backup import WORKPLACES
from backfile.pipeline.checkup.finding import Finding
from backfile.pipeline.rehousing import REHOUSING
from backfile.store import Writing, writer

# What a rebuild of the index or a backup needs beside what is there, in sizes of the store: of 10,000 articles in 58 MB
# the new index had 69, and a backup 58 for the copy and 36 for the file (29 November 2026).
ROOM = 1.6
LEAST_FREE = 64 << 20  # bytes; below them an ingest of anything may fill the disk
LEAST_FILES = 1_000  # that the file system must be able to make; an index has dozens
LEFT_AFTER = 3_600  # seconds since it was written to; a backup or restore that runs still writes all the time


def look(archive: Archive) -> Iterator[Finding]:
    """Who may read and write, room, the lock, and leftovers."""
    yield foreign(archive) or _own()
    yield from _writable(archive)
    yield _room(archive)
    yield _temporary()
    yield lock(archive)
    yield from _leftovers(archive)


def lock(archive: Archive) -> Finding:
    """Who writes, by the note beside the lock; the lock itself is not touched."""
    noted = writer(archive.lock_file, archive.store)
    if noted is None:
        return Finding("ok", "lock", "nobody is writing")
    who, state = noted
    match state:
        case Writing.NOW:
            return Finding("ok", "lock", f"{who} is writing")
        case Writing.KILLED:
            told = f"{who} was stopped while it wrote; what it stored is kept, and the next run carries on"
            return Finding("warn", "lock", told, "backfile ingest")
        case Writing.ELSEWHERE:
            return Finding(
                "ok", "lock", f"{who} has noted that it writes; only that machine knows whether it still does"
            )


def foreign(archive: Archive) -> Finding | None:
    """That somebody else can write to the archive; None when nobody can, or the user trusts them."""
    index = archive.index_directory
    try:
        archive.refuse_foreign()
        for folder in (index, *sorted(index.glob("g??????*"))):
            refuse_foreign(folder, inside(folder))
    except Foreign as error:
        quoted = _quoted(archive.directory)
        typed = f"chmod -R go-w {quoted}" if error.own else f"sudo chown -R {shlex.quote(_user(os.geteuid()))} {quoted}"
        return Finding("fault", "permissions", str(error), typed)
    return None


def _own() -> Finding:
    if trusted := os.environ.get(TRUSTED):
        return Finding("warn", "permissions", f"${TRUSTED} opens archives of others: {trusted}")
    return Finding("ok", "permissions", "only you can write to the archive")


def _writable(archive: Archive) -> Iterator[Finding]:
    if os.statvfs(archive.directory).f_flag & os.ST_RDONLY:
        mount = _quoted(_mount(archive.directory))
        told = "the disk is mounted read-only: searching works, nothing else does"
        yield Finding("fault", "disk", told, f"sudo mount -o remount,rw {mount}")
        return
    refused = [each for each in _parts(archive) if not os.access(each, os.W_OK)]
    if refused:
        told = f"you may not write to {', '.join(each.name for each in refused)}"
        yield Finding("fault", "permissions", told, f"chmod -R u+rwX {_quoted(archive.directory)}")


def _room(archive: Archive) -> Finding:
    """Whether what is done beside the old has room: a rebuild of the index, a backup in the same place."""
    there = os.statvfs(archive.directory)
    free = there.f_bavail * there.f_frsize
    wanted = max(LEAST_FREE, round(ROOM * _size(archive.store_file)) or _size_below(archive.index_directory))
    show = f"du -xhd 1 {_quoted(archive.directory.parent)}"
    if there.f_files and there.f_favail < LEAST_FILES:
        return Finding("warn", "disk", f"room for {there.f_favail:,} more files only", show)
    if free < LEAST_FREE:
        return Finding("fault", "disk", f"{_megabytes(free)} free; an ingest needs {_megabytes(LEAST_FREE)}", show)
    told = f"{_megabytes(free)} free; the next rebuild of the index, or a backup here, needs {_megabytes(wanted)}"
    return Finding("ok", "disk", told) if free >= wanted else Finding("warn", "disk", told, show)


def _temporary() -> Finding:
    try:
        place = tempfile.gettempdir()
        free = shutil.disk_usage(place).free
    except OSError:
        return Finding("fault", "temporary", "no folder for temporary files can be written to", 'export TMPDIR="$HOME"')
    told = f"{place}, {_megabytes(free)} free"
    if free < LEAST_FREE:
        return Finding("warn", "temporary", f"{told}; it takes what is unpacked and sorted", 'export TMPDIR="$HOME"')
    return Finding("ok", "temporary", told)


def _leftovers(archive: Archive) -> Iterator[Finding]:
    """All the articles that killed backups and restores left; else the next one to the same place removes them."""
    before = time.time() - LEFT_AFTER
    folders = (archive.directory.parent, archive.directory)
    try:
        found = [each for folder in folders for name in (*WORKPLACES, REHOUSING) for each in folder.glob(f"{name}*")]
        left = [each for each in found if each.stat().st_mtime < before]
    except OSError:
        return
    if left:
        told = f"a backup or restore that was stopped left {', '.join(each.name for each in left)}"
        yield Finding("warn", "leftovers", told, f"rm -r {' '.join(map(_quoted, left))}")


def _parts(archive: Archive) -> list[Path]:
    """The directory and what backfile keeps in it."""
    index = archive.index_directory
    named = (archive.directory, archive.config_file, archive.store_file, index)
    return [each for each in (*named, *sorted(index.glob("g??????*"))) if each.exists()]


def _mount(path: Path) -> Path:
    while not path.is_mount():
        path = path.parent
    return path


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _size_below(folder: Path) -> int:
    """What lies in a folder: where the store is elsewhere, a rebuild of the index needs as much again."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def _megabytes(number: int) -> str:
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:,.0f} MB"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
