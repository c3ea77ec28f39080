"""What lies inside a file: compressed layers and the members of ZIP and tar, unpacked one after the other.

Nothing is ever extracted: a member's name is a label and no path. Detection of the formats inside is not done here.
"""

import io
import re
import struct
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, BinaryIO, cast

from backfile.article import Failure
from backfile.errors import Reason, UnreadableInput
from backfile.readers import limits
from backfile.readers.compression import Budget, Expanded, expanded, packing
from backfile.readers.files import is_leftover, pages_of
from backfile.readers.place import Place, scrub

if TYPE_CHECKING:
    import tarfile
    import zipfile

_PACKED_SUFFIX = re.compile(r"\.(?:gz|bz2|xz|zst|zstd)$", re.IGNORECASE)
_TAR_SUFFIX = re.compile(r"\.(tgz|tbz2?|txz|tzst)$", re.IGNORECASE)

_OFFICE = (
    ("word/document.xml", "a Word document"),
    ("xl/workbook.xml", "an Excel workbook"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("[Content_Types].xml", "an Office document"),
    ("META-INF/MANIFEST.MF", "a Java archive"),
)
_SHOWN_NAME = 200  # characters of a name that is over the limit
_DIRECTORY_ENTRY_BYTES = 512  # of a ZIP's table for one member: 46, the name, and what systems add


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing that is no container: its bytes, the first of them to look at, its name and its place.

    The stream lives until the next leaf is asked for.
    """

    stream: io.BufferedReader
    head: bytes
    name: str  # without the suffixes of compression
    place: Place
    whole: bool  # the head is all there is


def unpacked(
    stream: io.BufferedReader, name: str, place: Place, budget: Budget, *, depth: int = 0
) -> Iterator[Leaf | Failure]:
    """The leaves of `stream` in the order they lie there; a failure for each member that cannot be opened.

    Raises:
        UnreadableInput: the container itself cannot be read (further); what came before is good.
    """
    head, stream = _looked_at(stream)
    kind = packing(head) or _bundle(head)
    if kind is None:
        yield Leaf(stream, head, name, place, whole=len(head) < limits.SNIFF_BYTES)
    elif depth >= limits.MAX_DEPTH:
        raise UnreadableInput(Reason.TOO_DEEP, f"packed in more than {limits.MAX_DEPTH} layers")
    elif kind == "zip":
        yield from _zip_members(stream, place, budget, depth=depth + 1)
    elif kind == "tar":
        yield from _tar_members(stream, place, budget, depth=depth + 1)
    else:
        inner = _TAR_SUFFIX.sub(".tar", _PACKED_SUFFIX.sub("", name))
        with expanded(stream, kind, budget) as plain:
            yield from unpacked(plain, inner, place, budget, depth=depth + 1)


class _Replayed(io.RawIOBase):
    """A stream that was looked at, from its beginning; an error met while looking comes where it came."""

    def __init__(self, head: bytes, rest: io.BufferedReader, error: UnreadableInput | None) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest
        self._error = error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        chunk = self._head.read(len(buffer))
        if not chunk:
            if self._error is not None:
                raise self._error
            chunk = self._rest.read1(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _looked_at(stream: io.BufferedReader) -> tuple[bytes, io.BufferedReader]:
    """The first bytes of a stream, and the stream as if nobody had looked."""
    if stream.seekable():
        head = stream.read(limits.SNIFF_BYTES)
        stream.seek(0)
        return head, stream
    head, error = b"", None
    try:
        while len(head) < limits.SNIFF_BYTES and (chunk := stream.read1(limits.SNIFF_BYTES - len(head))):
            head += chunk
    except UnreadableInput as damage:
        error = damage
    return head, io.BufferedReader(_Replayed(head, stream, error), limits.SNIFF_BYTES)


def _bundle(head: bytes) -> str | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    return "tar" if _is_tar_header(head[:512]) else None


def _is_tar_header(block: bytes) -> bool:
    """Whether the checksum of a tar header is right; it is the one thing that all dialects of tar share."""
    if len(block) < 512:
        return False
    try:
        stated = int(block[148:156].strip(b"\0 "), 8)
    except ValueError:
        return False
    return stated == sum(block[:148]) + 8 * ord(" ") + sum(block[156:])


def _zip_members(stream: io.BufferedReader, place: Place, budget: Budget, *, depth: int) -> Iterator[Leaf | Failure]:
    import zipfile  # noqa: PLC0415 - only archives that have such files pay for it

    with _seekable(stream) as seekable:
        if _directory_size(seekable) > limits.MAX_MEMBERS * _DIRECTORY_ENTRY_BYTES:
            raise UnreadableInput(Reason.TOO_MANY, f"a ZIP of more than {limits.MAX_MEMBERS:,} members")
        try:
            archive = zipfile.ZipFile(seekable)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError) as error:
            raise UnreadableInput(Reason.DAMAGED, f"the ZIP file is damaged ({error})") from error
        with archive:
            yield from _zip_leaves(archive, place, budget, depth=depth)


def _zip_leaves(archive: "zipfile.ZipFile", place: Place, budget: Budget, *, depth: int) -> Iterator[Leaf | Failure]:
    members = archive.infolist()
    names = {_zip_name(info) for info in members}
    if document := _office(names, members[0].filename if members else ""):
        raise UnreadableInput(Reason.UNSUPPORTED, document)
    labels = _Labels()
    for number, info in enumerate(members):
        if number >= limits.MAX_MEMBERS:
            raise UnreadableInput(Reason.TOO_MANY, f"a ZIP of more than {limits.MAX_MEMBERS:,} members")
        name = _zip_name(info)
        if info.filename.endswith("/") or _is_debris(name, names):
            continue
        if refused := _over_long(name, place, labels):
            yield refused
            continue
        at = place.inside(labels.unique(name))
        if info.flag_bits & 1:
            yield at.failure(Reason.ENCRYPTED, "the member needs a password")
            continue
        try:
            with _zip_stream(archive, info, Budget.of(info.compress_size, budget)) as member:
                yield from unpacked(member, name, at, budget, depth=depth)
        except UnreadableInput as error:
            yield at.failure(error.reason, error.detail)
        if budget.exhausted:
            raise UnreadableInput(Reason.TOO_LARGE, f"its members expand to more than {budget.allowed:,} bytes")


def _zip_stream(archive: "zipfile.ZipFile", info: "zipfile.ZipInfo", budget: Budget) -> io.BufferedReader:
    import lzma  # noqa: PLC0415 - as above
    import zipfile  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    if info.compress_type == zipfile.ZIP_LZMA and (asked := _lzma_window(archive, info)) > limits.MAX_WINDOW_BYTES:
        raise UnreadableInput(Reason.TOO_LARGE, f"to expand it needs {asked:,} bytes")
    try:
        member = archive.open(info)
    except NotImplementedError as error:
        raise UnreadableInput(Reason.UNSUPPORTED, f"a ZIP member packed in an unknown way ({error})") from error
    except (zipfile.BadZipFile, RuntimeError, ValueError, EOFError, struct.error, lzma.LZMAError) as error:
        raise UnreadableInput(Reason.DAMAGED, f"the ZIP member is damaged ({error})") from error
    faults = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error)
    return io.BufferedReader(Expanded(member, budget, faults), limits.SNIFF_BYTES)


def _lzma_window(archive: "zipfile.ZipFile", info: "zipfile.ZipInfo") -> int:
    """The bytes that a member packed with LZMA takes to expand; zipfile takes what it asks for. 0 if it is damaged.

    A member begins with version (2 bytes), size of the properties (2), and these: one byte, and the window's size.
    """
    stream = cast("BinaryIO", archive.fp)
    stream.seek(info.header_offset)
    header = stream.read(30)
    if len(header) < 30:
        return 0
    name, extra = struct.unpack("<HH", header[26:30])
    stream.seek(name + extra, io.SEEK_CUR)
    properties = stream.read(9)
    return int.from_bytes(properties[5:9], "little") if len(properties) == 9 else 0


def _zip_name(info: "zipfile.ZipInfo") -> str:
    """The member's name. Many programs write UTF-8 without saying so, and zipfile then reads it as code page 437."""
    name = info.filename
    if not name.isascii() and not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return _label(name)


def _office(names: Container[str], first: str) -> str | None:
    """What a ZIP is that is a document and no bundle of them."""
    if first == "mimetype":
        return "an OpenDocument or EPUB file"
    return next((kind for mark, kind in _OFFICE if mark in names), None)


def _directory_size(stream: BinaryIO) -> int:
    """Bytes of a ZIP's table of members, as its end record says; 0 when there is none to be found."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 65_557))  # the record's 22 bytes and the longest comment
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    record = tail[at : at + 22]
    claimed: int = struct.unpack("<L", record[12:16])[0] if at >= 0 and len(record) == 22 else 0
    return min(claimed, size)


@contextmanager
def _seekable(stream: io.BufferedReader) -> Iterator[BinaryIO]:
    """`stream`, or a temporary copy of it when it can only be read forwards."""
    if stream.seekable():
        yield stream
        return
    import tempfile  # noqa: PLC0415 - it imports bz2 and lzma

    with tempfile.SpooledTemporaryFile(limits.SPOOL_MEMORY_BYTES) as copy:
        size = 0
        while chunk := stream.read(1024 * 1024):
            size += len(chunk)
            if size > limits.MAX_SPOOLED_BYTES:
                raise UnreadableInput(
                    Reason.TOO_LARGE, f"a packed ZIP file of more than {limits.MAX_SPOOLED_BYTES:,} bytes"
                )
            copy.write(chunk)
        copy.seek(0)
        yield cast("BinaryIO", copy)


def _tar_members(stream: io.BufferedReader, place: Place, budget: Budget, *, depth: int) -> Iterator[Leaf | Failure]:
    import tarfile  # noqa: PLC0415 - only archives that have such files pay for it

    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_bounded_info()) as archive:
            yield from _tar_leaves(archive, place, budget, depth=depth)
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise UnreadableInput(Reason.DAMAGED, f"the tar file is damaged ({error})") from error


@cache
def _bounded_info() -> type["tarfile.TarInfo"]:
    """How tarfile is to read a header: without taking in one that says it goes on for gigabytes."""
    import tarfile  # noqa: PLC0415 - as above

    longs = {tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE}
    longs.add(tarfile.SOLARIS_XHDTYPE)

    class BoundedInfo(tarfile.TarInfo):
        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "BoundedInfo":
            info = super().frombuf(buf, encoding, errors)
            if info.type in longs and info.size > limits.MAX_TAR_HEADER_BYTES:
                told = f"a header of {info.size:,} bytes for one member of a tar"
                raise UnreadableInput(Reason.TOO_LARGE, told)
            return info

    return BoundedInfo


def _tar_leaves(archive: "tarfile.TarFile", place: Place, budget: Budget, *, depth: int) -> Iterator[Leaf | Failure]:
    import tarfile  # noqa: PLC0415 - as above

    labels = _Labels()
    number = 0
    while (info := archive.next()) is not None:
        archive.members = []  # type: ignore[attr-defined]  # tarfile remembers every header
        number += 1
        if number > limits.MAX_MEMBERS:
            raise UnreadableInput(Reason.TOO_MANY, f"a tar of more than {limits.MAX_MEMBERS:,} members")
        name = _label(info.name)
        if not info.isreg() or _is_debris(name, labels.seen):
            continue
        if refused := _over_long(name, place, labels):
            yield refused
            continue
        at = place.inside(labels.unique(name))
        if info.issparse() or (member := archive.extractfile(info)) is None:
            yield at.failure(Reason.UNSUPPORTED, "a sparse file")
            continue
        try:
            plain: io.BufferedReader = io.BufferedReader(Expanded(member, Budget(info.size), (tarfile.TarError,)))
            with plain:
                yield from unpacked(plain, name, at, budget, depth=depth)
        except UnreadableInput as error:
            yield at.failure(error.reason, error.detail)
        if budget.exhausted:
            raise UnreadableInput(Reason.TOO_LARGE, f"its members expand to more than {budget.allowed:,} bytes")


class _Labels:
    """Names of members, made unique: a tar may hold a name twice, the later one being the newer."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def unique(self, name: str) -> str:
        """The name; with `~2` behind it when it comes for the second time."""
        self.seen[name] += 1
        return name if self.seen[name] == 1 else f"{name}~{self.seen[name]}"


def _over_long(name: str, place: Place, labels: _Labels) -> Failure | None:
    """What is said of a member whose name is over the limit."""
    size = len(name.encode())
    if size <= limits.MAX_PATH_BYTES:
        return None
    return place.inside(labels.unique(f"{name[:_SHOWN_NAME]}…")).failure(Reason.TOO_LARGE, f"a name of {size:,} bytes")


def _label(name: str) -> str:
    return scrub(name).replace("\\", "/").removeprefix("./")


def _is_debris(name: str, names: Container[str]) -> bool:
    """Whether a member is what systems and browsers leave beside the documents."""
    *folders, last = name.split("/")
    if is_leftover(last) or any(is_leftover(folder) and folder != ".." for folder in folders):
        return True
    paths = ("/".join(folders[: depth + 1]) for depth in range(len(folders)))
    return any(any(page in names for page in pages_of(path)) for path in paths)
