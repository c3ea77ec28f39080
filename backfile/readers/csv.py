"""CSV and TSV: one document a row, columns by the names in the header row.

A quote that is never closed makes a row swallow those behind it. So rows are read strictly, and one that fails is given
up at its first line; the lines after it are read again.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from backfile.errors import Reason, UnreadableInput
from backfile.readers import limits
from backfile.readers.encoding import charset_of, decode
from backfile.readers.place import Columns, Item, Place
from backfile.readers.records import document, recognised

DELIMITERS = ",;\t|"
_SEP_LINE = re.compile(r"\ufeff?sep=(.)(?:\r?\n|\Z)", re.IGNORECASE)  # which Excel writes, and no one else understands
_HEADER_BYTES = 64 * 1024  # of the stream, which tell delimiter and encoding


def read(stream: BinaryIO, place: Place, columns: Columns) -> Iterator[Item]:
    """The rows as documents, each at its number as a spreadsheet counts: the header is row 1."""
    csv.field_size_limit(max(csv.field_size_limit(), limits.MAX_FIELD_BYTES))  # Python's is 131,072, for all of it
    lines = _Lines(stream)
    delimiter = delimiter_of(lines.beginning, columns) or ","
    first = lines.next()
    if not _SEP_LINE.fullmatch(first):
        lines.put_back([first])
    rows = _rows(lines, _Dialect(delimiter))
    header = next(rows, None)
    if header is None or isinstance(header, UnreadableInput) or not any(header):
        yield place.failure(Reason.BAD_RECORD, "no header row")
        return
    if len(header) > limits.MAX_COLUMNS:
        yield place.failure(Reason.TOO_MANY, f"a table of {len(header):,} columns; the limit is {limits.MAX_COLUMNS:,}")
        return
    names = _names(header)
    if missing := [column for column in columns.values() if column not in names]:
        yield place.failure(Reason.BAD_RECORD, f'no column "{missing[0]}"; there are: {", ".join(names)[:200]}')
        return
    yield from _documents(rows, names, place, columns)


def delimiter_of(beginning: str, columns: Columns) -> str | None:
    """What separates the columns of a table that begins so; None when its first row names no known columns."""
    if match := _SEP_LINE.match(beginning):
        return match[1]
    best: tuple[int, str | None] = (0, None)
    for delimiter in DELIMITERS:
        names = header_names(beginning, delimiter)
        known = sum(1 for name in names if name in columns.values() or recognised(name))
        if len(names) > 1 and known > best[0]:
            best = (known, delimiter)
    return best[1]


def without_sep_line(beginning: str) -> str:
    """The table without the line `sep=;` that Excel puts before it."""
    return _SEP_LINE.sub("", beginning, count=1) if _SEP_LINE.match(beginning) else beginning


def header_names(beginning: str, delimiter: str) -> list[str]:
    """The cells of the first row, without the blanks around them; none if it is no row."""
    first = beginning.lstrip("\ufeff\r\n").partition("\n")[0].rstrip("\r")
    if delimiter not in first:
        return [first]
    try:
        return [cell.strip() for row in csv.reader([first], delimiter=delimiter) for cell in row]
    except csv.Error:
        return []


@dataclass(frozen=True, slots=True)
class _Dialect:
    delimiter: str

    def parse(self, lines: list[str]) -> list[str] | None:
        """The one row that the lines are; None when they are none, or not all of it."""
        if self.delimiter == "\t" and len(lines) == 1 and '\t"' not in lines[0] and not lines[0].startswith('"'):
            return lines[0].rstrip("\r\n").split("\t")
        try:
            rows = list(csv.reader(lines, delimiter=self.delimiter, strict=True))
        except csv.Error:
            return None
        if len(rows) > 1:
            return None
        return rows[0] if rows else []

    def parse_loosely(self, line: str) -> list[str] | UnreadableInput:
        """The row that a line with stray quotes may mean: in tables with tabs quotes are often just text."""
        if line.count('"') % 2 and self.delimiter != "\t":
            return UnreadableInput(Reason.BAD_RECORD, "a quote that is not closed, or closed too early")
        if self.delimiter == "\t":
            return line.rstrip("\r\n").split("\t")
        try:
            return next(csv.reader([line], delimiter=self.delimiter), [])
        except csv.Error as error:
            return UnreadableInput(Reason.BAD_RECORD, f"no row: {error}")


_OVERLONG_BYTES = bytes(bytearray(b"overlong"))  # stands for a line over the limit; known by its identity
_OVERLONG = _OVERLONG_BYTES.decode()


class _Lines:
    """The decoded lines of a stream; what was read too far can be put back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting: deque[str] = deque()
        raw: list[bytes] = []
        size = 0
        with suppress(UnreadableInput):  # it comes again, after the lines before it
            while size < _HEADER_BYTES and (line := self._read()):
                raw.append(line)
                size += len(line)
        self._charset = charset_of(b"".join(raw))
        self._waiting.extend(self._decoded(line) for line in raw)
        self.beginning = "".join(self._waiting)

    def next(self) -> str:
        """The next line with its line break; "" at the end."""
        return self._waiting.popleft() if self._waiting else self._decoded(self._read())

    def put_back(self, lines: list[str]) -> None:
        """Let these lines come next."""
        self._waiting.extendleft(reversed(lines))

    def _read(self) -> bytes:
        line = self._stream.readline(limits.MAX_FIELD_BYTES + 1)
        if len(line) <= limits.MAX_FIELD_BYTES or line.endswith(b"\n"):
            return line
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(64 * 1024)
        return _OVERLONG_BYTES

    def _decoded(self, line: bytes) -> str:
        if line is _OVERLONG_BYTES:
            return _OVERLONG
        return decode(line, self._charset).replace("\0", "") if line else ""


def _rows(lines: _Lines, dialect: _Dialect) -> Iterator[list[str] | UnreadableInput]:
    """The rows; for one that cannot be read the reason, after which its second line is tried."""
    while first := lines.next():
        if first is _OVERLONG:
            yield UnreadableInput(Reason.TOO_LARGE, f"a row of more than {limits.MAX_FIELD_BYTES:,} bytes")
            continue
        held = [first]
        row = dialect.parse(held)
        if row is None and first.count('"') % 2:
            row = _quoted_row(held, lines, dialect)
        if row is None:
            lines.put_back(held[1:])
            yield dialect.parse_loosely(first)
        else:
            yield row


def _quoted_row(held: list[str], lines: _Lines, dialect: _Dialect) -> list[str] | None:
    """The row that begins with `held` and goes on until its quotes are closed; the lines read for it join `held`."""
    size = len(held[0])
    while size <= limits.MAX_FIELD_BYTES and (line := lines.next()):
        held.append(line)
        size += len(line)
        if line is _OVERLONG:
            break
        if line.count('"') % 2:
            return dialect.parse(held)
    return None


def _documents(
    rows: Iterator[list[str] | UnreadableInput], names: list[str], place: Place, columns: Columns
) -> Iterator[Item]:
    number = 1
    for number, row in enumerate(rows, start=2):
        at = place.part(str(number), f"row={number}")
        if isinstance(row, UnreadableInput):
            yield at.failure(row.reason, row.detail)
        elif any(row[len(names) :]):
            yield at.failure(Reason.BAD_RECORD, f"{len(row)} cells where the header has {len(names)}")
        elif any(cell.strip() for cell in row):
            yield document(dict(zip(names, row, strict=False)), at, columns)
    if number == 1:
        yield place.failure(Reason.EMPTY, "a table without rows")


def _names(header: list[str]) -> list[str]:
    """The columns' names; one that comes again is told apart, so that the first holds."""
    names: dict[str, None] = {}
    for position, cell in enumerate(header, start=1):
        name = cell.strip() or f"column {position}"
        while name in names:
            name = f"{name} ({position})"
        names[name] = None
    return list(names)
