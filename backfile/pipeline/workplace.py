"""A private folder to work in, of which nothing stays: what a stopped run left is removed by the next."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def workplace(beside: Path, prefix: str) -> Iterator[Path]:
    """A new folder of that prefix in `beside`, for this user only; removed at the end, unless it got another name.

    Who works in one holds a lock on it, which the system frees when the process ends, however it ends. So those that
    nobody holds are leftovers, with all the articles that were copied there.
    """
    for left in beside.glob(f"{prefix}*"):
        _remove_unheld(left)
    made = Path(tempfile.mkdtemp(prefix=prefix, dir=beside))
    held = os.open(made, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks: `_remove_unheld` leaves it alone there as well
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(held)


def _remove_unheld(left: Path) -> None:
    with suppress(OSError):  # somebody holds it, it is another user's, or no folder
        held = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(held).st_uid == os.geteuid():
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
        finally:
            os.close(held)
