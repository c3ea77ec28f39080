"""Mailboxes in one file (mbox): one document a message, whatever the file's size.

A message begins at a line `From … date` behind an empty line. A body line that begins with "From " is quoted by good
programs (">From ") and not by others; the date on the line tells them apart.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from backfile.errors import Reason
from backfile.readers import limits
from backfile.readers.detection import FROM_LINE
from backfile.readers.mail import parsed
from backfile.readers.place import Columns, Item, Place

_LINE_BYTES = 64 * 1024  # read at once; a longer line comes in pieces

_QUOTED = re.compile(rb">+From ")


def read(stream: BinaryIO, place: Place, _columns: Columns) -> Iterator[Item]:
    """The messages as documents, in their order, each at its message id or number."""
    for number, message in enumerate(_messages(stream), start=1):
        fragment = f"message={number}"
        if message is None:
            at = place.part(str(number), fragment)
            yield at.failure(Reason.TOO_LARGE, f"a message of more than {limits.MAX_ITEM_BYTES:,} bytes")
        else:
            yield parsed(message, place, fragment=fragment, member=str(number))


def _messages(stream: BinaryIO) -> Iterator[bytes | None]:
    """The messages without their From lines; None for one over the limit. A fault of the stream drops the last one."""
    lines: list[bytes] | None = None  # None: before the first message
    size = 0
    behind_blank = at_line_start = True
    while line := stream.readline(_LINE_BYTES):
        if at_line_start and behind_blank and line.startswith(b"From ") and FROM_LINE.match(line):
            if lines is not None:
                yield _joined(lines, size)
            lines, size = [], 0
        elif lines is not None:
            if at_line_start and line.startswith(b">") and _QUOTED.match(line):
                line = line[1:]
            size += len(line)
            if size <= limits.MAX_ITEM_BYTES:
                lines.append(line)
            else:
                lines.clear()
        behind_blank = at_line_start and line in {b"\n", b"\r\n"}
        at_line_start = line.endswith(b"\n")
    if lines is not None:
        yield _joined(lines, size)


def _joined(lines: list[bytes], size: int) -> bytes | None:
    return None if size > limits.MAX_ITEM_BYTES else b"".join(lines)
