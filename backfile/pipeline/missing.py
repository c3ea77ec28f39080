"""Whether a disk is missing rather than the files that were on it."""

import os
from collections import defaultdict
from collections.abc import Iterable

from backfile.store import KnownInput

# A source that has shrunk to less than half is more often a disk that is not there than one that was tidied up; of a
# few inputs that says nothing, unless none is left. So is a folder that is there and empty: a mount point.
LEAST_MISSING = 10
LEFT = 0.5


def has_shrunk(*, newly: int, stood: int, listed: int) -> bool:
    """Whether a source has lost so much that a disk is more likely to be missing.

    `newly`: how many inputs are missing since the last run; `stood`: how many there were; `listed`: how many there are.
    """
    return listed == 0 or (newly >= LEAST_MISSING and listed < stood * LEFT)


def emptied(missing: Iterable[KnownInput], base: str) -> dict[str, list[KnownInput]]:
    """Folders below `base` that are there and empty, as a mount point without its disk, and the many that were below.

    Where the system takes the folder of a disk away with it nothing tells it from a folder that a person deleted.
    """
    nearest = _Nearest()
    found: dict[str, list[KnownInput]] = defaultdict(list)
    for each in missing:
        folder, empty = nearest.above(each.path)
        if empty and folder != base:
            found[folder].append(each)
    return {folder: those for folder, those in found.items() if len(those) >= LEAST_MISSING}


class _Nearest:
    """The nearest folder above a path that is still there; looks at each once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, bool]] = {}

    def above(self, path: str) -> tuple[str, bool]:
        """The folder, and whether nothing at all is in it."""
        passed: list[str] = []
        folder = os.path.dirname(path)  # noqa: PTH120  # a run may ask for a million of them
        while folder not in self._known:
            passed.append(folder)
            above = os.path.dirname(folder)  # noqa: PTH120
            try:
                with os.scandir(folder) as entries:
                    self._known[folder] = folder, next(entries, None) is None
            except (FileNotFoundError, NotADirectoryError):
                if above == folder:
                    self._known[folder] = folder, False
                folder = above
            except OSError:
                self._known[folder] = folder, False
        found = self._known[folder]
        self._known.update(dict.fromkeys(passed, found))
        return found
