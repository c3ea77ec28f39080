"""JSON Lines: one document a line."""

from collections.abc import Iterator
from typing import BinaryIO

from backfile.errors import Reason, UnreadableInput
from backfile.readers import limits
from backfile.readers.place import Columns, Item, Place
from backfile.readers.records import document, parse


def read(stream: BinaryIO, place: Place, columns: Columns) -> Iterator[Item]:
    """The objects as documents, each at its line; a line that is none is a failure, the next is read."""
    for number, line in enumerate(_lines(stream), start=1):
        at = place.part(str(number), f"line={number}")
        if line is None:
            yield at.failure(Reason.TOO_LARGE, f"a line of more than {limits.MAX_LINE_BYTES:,} bytes")
        elif line.strip(b" \t\r\n\x1e\0"):  # RFC 7464 puts a record separator before each
            try:
                yield document(parse(line.strip(b" \t\r\n\x1e")), at, columns)
            except UnreadableInput as error:
                yield at.failure(error.reason, error.detail)


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines; None for one over the limit, which is passed over without being held."""
    while line := stream.readline(limits.MAX_LINE_BYTES + 1):
        if len(line) <= limits.MAX_LINE_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(64 * 1024)
        yield None
