"""JSON Lines: one document a line."""

from collections.abc import Iterator
from typing import BinaryIO

from backfile.errors import Reason, UnreadableInput
from backfile.readers import limits
from backfile.readers.growth import Growth, Position
from backfile.readers.place import Columns, Item, Place
from backfile.readers.records import document, parse


def read(stream: BinaryIO, place: Place, columns: Columns, growth: Growth | None = None) -> Iterator[Item]:
    """The objects as documents, each at its line; a line that is none is a failure, the next is read."""
    start = growth.start if growth and growth.start else Position("jsonl", 0, 0)
    for number, (begins, line) in enumerate(_lines(stream), start=start.number + 1):
        at = place.part(str(number), f"line={number}")
        if line is not None and not line.strip(b" \t\r\n\x1e\0"):  # RFC 7464 puts a record separator before each
            continue
        if growth is not None:
            growth.last = Position("jsonl", start.offset + begins, number - 1)
        if line is None:
            yield at.failure(Reason.TOO_LARGE, f"a line of more than {limits.MAX_LINE_BYTES:,} bytes")
            continue
        try:
            yield document(parse(line.strip(b" \t\r\n\x1e")), at, columns)
        except UnreadableInput as error:
            # In a file that comes for the first time it is a fault: of an export that was cut off somebody must know.
            if growth is not None and growth.grown and not growth.settled and not line.endswith(b"\n"):
                growth.left = True
                return
            yield at.failure(error.reason, error.detail)


def begins(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where each line begins, and how many there are before it."""
    for number, (at, _) in enumerate(_lines(stream)):
        yield at, number


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines, each with the bytes before it; None for one over the limit, which is passed over."""
    at = 0
    while line := stream.readline(limits.MAX_LINE_BYTES + 1):
        begins = at
        at += len(line)
        if len(line) <= limits.MAX_LINE_BYTES or line.endswith(b"\n"):
            yield begins, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(64 * 1024)
            at += len(line)
        yield begins, None
