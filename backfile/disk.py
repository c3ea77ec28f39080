"""What makes a file survive a power cut, and what to do when the disk does not do its part."""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

_FULL = "make room and say it again; what was stored is kept"
# No fault of ours: what the system says of a disk, or of what an output goes to, and what a person can do about it.
TROUBLE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "files may not grow larger here; raise the limit and say it again; what was stored is kept",
    errno.EROFS: "make it writable and say it again; what was stored is kept",
    errno.EIO: "the disk or its connection fails; see to it, then say it again; `backfile doctor` tells what is left",
}


def sync(path: Path) -> None:
    """Hands a file or a directory to the disk; returns when it is there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path, *, mode: int = 0o777) -> None:
    """Makes a folder, and those above it that are missing, each with its name on disk; nothing when it is there."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=mode, exist_ok=True)
    with suppress(PermissionError):  # who may write into a folder need not be allowed to list it
        sync(path.parent)


def replace_text(file: Path, text: str) -> None:
    """Give `file` a new content, synced: whatever stops us leaves the old one or the new one, whole."""
    beside = file.with_name(f"{file.name}.new")
    with beside.open("w", encoding="utf-8") as out:
        with suppress(OSError):  # a password may stand in it, and its owner have closed it for others
            beside.chmod(file.stat().st_mode & 0o755)
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
    sync(file.parent)


# Exchanging two names in one step: not in Python's `os`, but in the C library of Linux and of macOS.
_HERE, _EXCHANGE, _SWAP = -100, 2, 2  # AT_FDCWD, RENAME_EXCHANGE; RENAME_SWAP


def swap(first: Path, second: Path) -> None:
    """Gives two files or folders each other's name at once, so that there is none at no moment.

    Where the file system cannot, it takes three steps; then `second` is missing between the first two.
    """
    if _exchanged(os.fsencode(first), os.fsencode(second)):
        return
    spare = first.with_name(f"{first.name}.swapped")
    second.rename(spare)
    first.rename(second)
    spare.rename(first)


def _exchanged(first: bytes, second: bytes) -> bool:
    import ctypes  # noqa: PLC0415  (a search does without)

    try:
        library = ctypes.CDLL(None)
        if sys.platform == "darwin":
            return not library.renamex_np(first, second, _SWAP)
        return not library.renameat2(_HERE, first, _HERE, second, _EXCHANGE)
    except (OSError, AttributeError):
        return False
