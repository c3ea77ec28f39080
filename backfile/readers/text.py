"""Plain text: one document a file."""

from collections.abc import Iterator
from typing import BinaryIO

from backfile.errors import Reason, UnreadableInput
from backfile.readers import limits
from backfile.readers.encoding import decode
from backfile.readers.place import Columns, Item, Place


def read(stream: BinaryIO, place: Place, _columns: Columns) -> Iterator[Item]:
    """The text as one document."""
    text = decode(whole(stream))
    if not text.strip():
        yield place.failure(Reason.EMPTY, "nothing but blanks")
    else:
        yield place.document(text=text)


def whole(stream: BinaryIO) -> bytes:
    """All bytes of one item.

    Raises:
        UnreadableInput: there are more of them than the limit.
    """
    data = stream.read(limits.MAX_ITEM_BYTES + 1)
    if len(data) > limits.MAX_ITEM_BYTES:
        raise UnreadableInput(Reason.TOO_LARGE, f"one document of more than {limits.MAX_ITEM_BYTES:,} bytes")
    return data
