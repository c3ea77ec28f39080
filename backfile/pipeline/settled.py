"""What the steps of a run depend on besides the store: this program, the configuration, the index.

A run whose steps found nothing to do leaves a token of it in the store, which whatever is written to the store takes
away. As long as it is there, and nothing else is other either, the next run need not look: to import the rules and to
search the store for what they left costs more than to list 100,000 files.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from backfile.config import Archive

_PROGRAM = Path(__file__).parents[2]
_PACKAGES = ("backfile", "transforms", "index")


def token(archive: Archive) -> str:
    """What is the same as long as program, configuration and index are: by size and time of each file."""
    total = hashlib.sha256(sys.version.encode())
    folders = [*(_PROGRAM / package for package in _PACKAGES), archive.index_directory]
    for line in [_told(os.fspath(archive.config_file)), *(each for folder in folders for each in _files(folder))]:
        total.update(os.fsencode(line) + b"\n")
    return total.hexdigest()


def _files(folder: Path) -> Iterator[str]:
    """A line for each file below a folder."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in found:
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _files(Path(entry.path))
        else:
            yield _told(entry.path)


def _told(path: str) -> str:
    try:
        seen = os.stat(path)  # noqa: PTH116  # some hundreds, at each run
    except OSError:
        return path
    return f"{path} {seen.st_size} {seen.st_mtime_ns} {seen.st_ino}"
