"""Mailboxes in one file (mbox): one document a message, whatever the file's size.

A message begins at a line `From … date` behind an empty line. A body line that begins with "From " is quoted by good
programs (">From ") and not by others; the date on the line tells them apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from backfile.errors import Reason
from backfile.readers import limits
from backfile.readers.detection import FROM_LINE
from backfile.readers.growth import Growth, Position
from backfile.readers.mail import parsed
from backfile.readers.place import Columns, Item, Place

_LINE_BYTES = 64 * 1024  # read at once; a longer line comes in pieces

_QUOTED = re.compile(rb">+From ")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_BOUNDARY = re.compile(rb"\bboundary=(?:\"([^\"\r\n]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Message:
    begins: int  # bytes of the stream before its From line
    data: bytes | None  # without the From line; None: over the limit
    last: bool = False  # whether the stream ends with it


def read(stream: BinaryIO, place: Place, _columns: Columns, growth: Growth | None = None) -> Iterator[Item]:
    """The messages as documents, in their order, each at its message id or number."""
    start = growth.start if growth and growth.start else Position("mbox", 0, 0)
    for number, message in enumerate(_messages(stream), start=start.number + 1):
        if growth is not None:
            growth.last = Position("mbox", start.offset + message.begins, number - 1)
            if message.last and not growth.settled and _is_cut_off(message.data):
                growth.left = True
                return
        fragment = f"message={number}"
        if message.data is None:
            at = place.part(str(number), fragment)
            yield at.failure(Reason.TOO_LARGE, f"a message of more than {limits.MAX_ITEM_BYTES:,} bytes")
        else:
            yield parsed(message.data, place, fragment=fragment, member=str(number))


def begins(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where each message begins, and how many there are before it."""
    for number, message in enumerate(_messages(stream)):
        yield message.begins, number


def _messages(stream: BinaryIO) -> Iterator[_Message]:
    """The messages in their order. A fault of the stream drops the last one."""
    lines: list[bytes] | None = None  # None: before the first message
    begins = at = size = 0
    behind_blank = at_line_start = True
    while line := stream.readline(_LINE_BYTES):
        at += len(line)
        if at_line_start and behind_blank and line.startswith(b"From ") and FROM_LINE.match(line):
            if lines is not None:
                yield _Message(begins, _joined(lines, size))
            lines, size, begins = [], 0, at - len(line)
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
        yield _Message(begins, _joined(lines, size), last=True)


def _is_cut_off(message: bytes | None) -> bool:
    """Whether the last message of a mailbox ends in the middle of a line, of its headers, or of its parts."""
    if message is None or not message.endswith(b"\n"):
        return True
    ends = _HEADER_END.search(message)
    if ends is None:
        return True
    boundary = _BOUNDARY.search(message, 0, ends.start())
    return boundary is not None and b"--" + (boundary[1] or boundary[2]) + b"--" not in message


def _joined(lines: list[bytes], size: int) -> bytes | None:
    return None if size > limits.MAX_ITEM_BYTES else b"".join(lines)
