"""Inputs that grow at their end: where the last item begins, so that the next reading begins there.

A mailbox and a file of JSON Lines are written by appending. Their last item is always read again, as it may have been
cut off in the middle when it was read; what is before it need not be.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

_BLOCK = 256 * 1024  # bytes read at once: the lines are taken from the buffer


@dataclass(frozen=True, slots=True)
class Position:
    """Where an item begins."""

    format: str  # mbox or jsonl
    offset: int  # bytes of the file before it
    number: int  # messages, or lines, before it


@dataclass(frozen=True, slots=True)
class Range:
    """Items that lie side by side in a file, which can be read without those before them."""

    start: Position
    end: int  # bytes of the file before what comes behind


def cut(begins: Iterable[tuple[int, int]], start: Position, end: int, size: int) -> Iterator[Range]:
    """What lies between `start` and `end` in ranges of `size` bytes, each longer by what its last item takes.

    `begins`: where each item begins, in bytes behind `start`, and how many items or lines are between.

    >>> [(each.start.offset, each.start.number, each.end) for each in cut(
    ...     [(0, 0), (40, 1), (90, 2), (130, 3)], Position("jsonl", 3, 0), 160, 80)]
    [(3, 0, 93), (93, 2, 160)]
    """
    at = start
    for offset, number in begins:
        here = start.offset + offset
        if here - at.offset >= size:
            yield Range(at, here)
            at = Position(start.format, here, start.number + number)
    if at.offset < end:
        yield Range(at, end)


@dataclass(slots=True)
class Growth:
    """How a file that may have grown is to be read; its reader notes in it how far it came."""

    end: int  # bytes that were listed; what has come since is for the next time
    settled: bool  # whether the file was left alone for a while: then a last item that is cut off stays so
    start: Position | None = None  # None: from the beginning
    grown: bool = False  # whether it is known to be written by appending
    last: Position | None = None  # of the last item; None: before the first, or of a file that does not grow
    left: bool = False  # the last item is cut off, and was left to the next time

    def bounded(self, stream: BinaryIO, at: int) -> BinaryIO:
        """What was listed of the file, from `at` on."""
        return io.BufferedReader(_Bounded(stream, self.end - at), _BLOCK)


class _Bounded(io.RawIOBase):
    """The next bytes of a stream, so many and no more."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._rest = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        chunk = self._stream.read(min(len(buffer), max(self._rest, 0)))
        buffer[: len(chunk)] = chunk
        self._rest -= len(chunk)
        return len(chunk)
