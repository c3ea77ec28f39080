"""Maildir: a folder with one file a message, one document each."""

import os
from collections.abc import Iterator
from pathlib import Path

from backfile.errors import Reason, UnreadableInput
from backfile.readers.compression import Budget
from backfile.readers.containers import Leaf, unpacked
from backfile.readers.encoding import narrowed
from backfile.readers.files import is_leftover, opened, worded
from backfile.readers.mail import parsed
from backfile.readers.place import Item, Place, shown
from backfile.readers.text import whole


def read(folder: Path, place: Place) -> Iterator[Item]:
    """The messages in `cur` and `new`, sorted by their unique names, which stay when a message is read or flagged."""
    for unique, path in sorted(_messages(folder)):
        yield from _message(path, unique, place)


def _messages(folder: Path) -> Iterator[tuple[str, str]]:
    for part in ("cur", "new"):
        with os.scandir(folder / part) as entries:
            for entry in entries:
                if not is_leftover(entry.name):
                    yield shown(Path(entry.name)).partition(":2,")[0], entry.path


def _message(path: str, unique: str, place: Place) -> Iterator[Item]:
    at = place.part(unique, f"message={unique}")
    try:
        with opened(Path(path)) as stream:
            budget = Budget.of(os.fstat(stream.fileno()).st_size)
            for found in unpacked(stream, unique, at, budget):  # some servers keep messages compressed
                if isinstance(found, Leaf):
                    data = whole(narrowed(found.stream, found.head))
                    yield parsed(data, place, fragment=f"message={unique}", member=unique)
                else:
                    yield found
    except UnreadableInput as error:
        yield at.failure(error.reason, error.detail)
    except OSError as error:
        yield at.failure(Reason.UNREADABLE, worded(error))
