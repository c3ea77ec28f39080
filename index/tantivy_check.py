"""Whether a Tantivy index is what was written: its files against the checksums in them, and every record read."""

import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from index.entry import Display
from index.records import Record

MOST_TOLD = 20  # entries that cannot be read; a damaged file may have thousands
_META = "meta.json"  # the table of contents, the one file that is replaced
_END = struct.Struct("<II")  # length of the footer, Tantivy's sign for one
_MAGIC = 1337
_CHUNK = 1 << 20
_PLAIN = frozenset({_META, ".managed.json", "compounds.json", "compounds.sum"})  # without a footer


class _State(Protocol):
    def addresses(self) -> Iterator[Any]: ...

    def record(self, address: Any) -> Record: ...

    def display_at(self, address: Any) -> Display: ...


def file_faults(folder: Path) -> Iterator[str]:
    """What is wrong with the files of an index; Tantivy ends each with its CRC-32."""
    try:
        segments = _segments(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield f"{folder / _META}: cannot be read ({error})"
        return
    files = sorted(path for path in folder.iterdir() if path.is_file() and not _is_plain(path))
    for segment in segments:
        if not any(path.name.startswith(segment) for path in files):
            yield f"{folder}: the files of the segment {segment} are gone"
    for path in files:
        if path.name[:_SEGMENT] in segments and not _is_whole(path):
            yield f"{path}: is not as it was written"


_SEGMENT = 32  # hexadecimal digits that the names of a segment's files begin with


def record_faults(state: _State) -> Iterator[str]:
    """What is wrong with what is kept of each entry, `MOST_TOLD` at most."""
    told = 0
    for address in state.addresses():
        try:
            record, display = state.record(address), state.display_at(address)
        except (ValueError, struct.error, zlib.error, LookupError, TypeError) as error:
            yield f"segment {address.segment_ord}: entry {address.doc} cannot be read ({type(error).__name__}: {error})"
            told += 1
        else:
            if record.id != display.id:
                yield f"segment {address.segment_ord}: entry {address.doc} is {record.id} and {display.id}"
                told += 1
        if told == MOST_TOLD:
            return


def _segments(folder: Path) -> frozenset[str]:
    meta = json.loads((folder / _META).read_bytes())
    return frozenset(segment["segment_id"].replace("-", "") for segment in meta["segments"])


def documents_in(folder: Path) -> list[int]:
    """How many entries each segment has, deleted ones included."""
    meta = json.loads((folder / _META).read_bytes())
    return [int(segment["max_doc"]) for segment in meta["segments"]]


def _is_plain(path: Path) -> bool:
    return path.name in _PLAIN or path.suffix == ".lock"


def _is_whole(path: Path) -> bool:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(size - _END.size)
            length, magic = _END.unpack(file.read(_END.size))
            file.seek(size - _END.size - length)
            expected = json.loads(file.read(length))["crc"]
            rest, total = size - _END.size - length, 0
            file.seek(0)
            while rest > 0 and (chunk := file.read(min(_CHUNK, rest))):
                total = zlib.crc32(chunk, total)
                rest -= len(chunk)
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return False
    return bool(magic == _MAGIC and total == expected)
