"""One reader per format: bytes in, documents out, one at a time.

    from backfile.readers import inputs, read

    for path in inputs(folder):
        for item in read(path):  # a Document, or a Failure with its reason
            …

What a file is, its content says and not its name alone. Any of the formats may be compressed (gzip, bzip2, xz,
Zstandard) or lie in a ZIP or tar, also one within the other.
"""

import io
import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, cast

from backfile.article import Failure
from backfile.errors import Reason, UnreadableInput, WrongUse
from backfile.readers import limits
from backfile.readers.compression import Budget
from backfile.readers.containers import Leaf, unpacked
from backfile.readers.detection import check_magic, detect
from backfile.readers.encoding import narrowed
from backfile.readers.files import inputs, is_maildir, names, opened, runs, worded
from backfile.readers.growth import Growth, Position, Range, cut
from backfile.readers.place import Columns, Item, Place, Reader, shown
from backfile.readers.records import check

__all__ = ["FORMATS", "GROWING", "Growth", "Item", "Position", "Range", "inputs", "names", "ranges", "read", "runs"]

FORMATS: Mapping[str, str] = {
    "maildir": "backfile.readers.maildir",
    "mbox": "backfile.readers.mbox",
    "mhtml": "backfile.readers.mhtml",
    "mail": "backfile.readers.mail",
    "jsonl": "backfile.readers.jsonl",
    "json": "backfile.readers.json",
    "html": "backfile.readers.html",
    "csv": "backfile.readers.csv",
    "tsv": "backfile.readers.csv",
    "text": "backfile.readers.text",
}
"""Format → the module whose `read` reads it, imported when the first such file comes; in the order of detection."""

GROWING = frozenset({"mbox", "jsonl"})
"""The formats whose reader takes a `Growth`: files that are written by appending."""


def read(
    path: Path,
    *,
    reader: str | None = None,
    mapping: Mapping[str, str] | None = None,
    growth: Growth | None = None,
) -> Iterator[Item]:
    """The items of one input, a file or a Maildir, as they are asked for; never raises on what is in it.

    `reader` names a format of `FORMATS` for an input (or the members of a container) that is not to be detected;
    `mapping` says which column or key holds which field: `{"text": "Haupttext"}`. With `growth` a file of one of the
    `GROWING` formats is read from the item that it names, and it notes how far; what is compressed, in a container or
    in UTF-16 cannot be.

    Raises:
        WrongUse: there is no such reader, or no such field; at once.
    """
    if reader is not None and reader not in FORMATS:
        raise WrongUse(f'no reader "{reader}"; there are: {", ".join(FORMATS)}')
    try:
        columns = check(mapping or {})
    except ValueError as error:
        raise WrongUse(str(error)) from error
    return _items(path, reader, columns, growth)


def _items(path: Path, reader: str | None, columns: Columns, growth: Growth | None) -> Iterator[Item]:
    place = Place(shown(path))
    try:
        if is_maildir(path):
            yield from import_module(FORMATS["maildir"]).read(path, place)
            return
        with opened(path) as stream:
            if growth is not None and growth.start is not None:
                yield from _until_hopeless(_rest(stream, place, columns, growth, growth.start), place)
                return
            budget = Budget.of(os.fstat(stream.fileno()).st_size)
            for found in unpacked(stream, path.name, place, budget):
                if isinstance(found, Leaf):
                    yield from _leaf_items(found, reader, columns, growth if found.stream is stream else None)
                else:
                    yield found
    except UnreadableInput as error:
        yield place.failure(error.reason, error.detail)
    except OSError as error:
        yield place.failure(Reason.UNREADABLE, worded(error))


def _rest(stream: BinaryIO, place: Place, columns: Columns, growth: Growth, start: Position) -> Iterator[Item]:
    """The items of a file that grew, from the one that was its last."""
    stream.seek(start.offset)
    yield from import_module(FORMATS[start.format]).read(growth.bounded(stream, start.offset), place, columns, growth)


def _leaf_items(leaf: Leaf, reader: str | None, columns: Columns, growth: Growth | None) -> Iterator[Item]:
    try:
        reader = _format(leaf, reader, columns)
        stream = narrowed(leaf.stream, leaf.head)
        if growth is not None and (begin := _beginning(stream, leaf, reader)):
            growth.start = begin
            items = _rest(stream, leaf.place, columns, growth, begin)
        else:
            items = _reader(reader)(stream, leaf.place, columns)
        yield from _until_hopeless(items, leaf.place)
    except UnreadableInput as error:
        yield leaf.place.failure(error.reason, error.detail)
    except OSError as error:
        yield leaf.place.failure(Reason.UNREADABLE, worded(error))


def _format(leaf: Leaf, reader: str | None, columns: Columns) -> str:
    """What a leaf is to be read as: what was said, else what it looks like; raises UnreadableInput."""
    if not leaf.head:
        leaf.stream.read(1)  # says so when it is not empty but damaged
    if reader is None or not leaf.head:
        return detect(leaf.head, name=leaf.name, whole=leaf.whole, columns=columns)
    check_magic(leaf.head)
    return reader


def _beginning(stream: BinaryIO, leaf: Leaf, reader: str) -> Position | None:
    """Where the first item of a file that may grow begins, behind a byte order mark; None: it is none."""
    return Position(reader, stream.tell(), 0) if reader in GROWING and stream is leaf.stream else None


def ranges(
    path: Path, *, size: int, growth: Growth, reader: str | None = None, mapping: Mapping[str, str] | None = None
) -> Iterator[Range]:
    """A file of one of the `GROWING` formats as ranges of so many bytes, longer by what an item takes.

    Together they give what `read` gives with the same `growth`, item by item under the same numbers. None when the
    input is to be read as one: another format, packed, in UTF-16, or unreadable, which its reader tells.
    """
    columns = check(mapping or {})
    if is_maildir(path):
        return
    try:
        with opened(path) as stream:
            start = growth.start or _first(stream, path, reader, columns)
            if start is not None:
                stream.seek(start.offset)
                begins = import_module(FORMATS[start.format]).begins
                yield from cut(begins(growth.bounded(stream, start.offset)), start, growth.end, size)
    except (UnreadableInput, OSError):
        return


def _first(stream: io.BufferedReader, path: Path, reader: str | None, columns: Columns) -> Position | None:
    budget = Budget.of(os.fstat(stream.fileno()).st_size)
    leaf = next(unpacked(stream, path.name, Place(shown(path)), budget))
    if not isinstance(leaf, Leaf) or leaf.stream is not stream:
        return None
    return _beginning(narrowed(stream, leaf.head), leaf, _format(leaf, reader, columns))


def _until_hopeless(items: Iterator[Item], place: Place) -> Iterator[Item]:
    """The items, until so many failed one after the other that the rest is not worth a row each in the archive."""
    failed = 0
    for item in items:
        failed = failed + 1 if isinstance(item, Failure) else 0
        if failed > limits.MAX_FAULTS_IN_A_ROW:
            told = f"more than {limits.MAX_FAULTS_IN_A_ROW:,} items in a row that cannot be read; the rest was left"
            yield place.failure(Reason.TOO_MANY, told)
            return
        yield item


def _reader(name: str) -> Reader:
    if name == "maildir":
        raise UnreadableInput(Reason.UNSUPPORTED, "a file, and no Maildir")
    return cast("Reader", import_module(FORMATS[name]).read)
