"""What makes a file survive a power cut, and what to do when the disk does not do its part."""

import errno
import os
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
