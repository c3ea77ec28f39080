"""The file of a backup: a tar of three files, compressed with zstd, so that `tar --zstd -xf` opens it without us.

    manifest.json    what is in it: sizes, SHA-256, how many articles
    backfile.toml
    store.sqlite

It may come from anybody. So nothing is taken on trust: only these members, in this order, as plain files of the stated
size and digest; no other kind of header is looked at, no path is followed, and no more is written than was stated.
"""

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

from backfile.config import FILE_NAME
from backfile.errors import ArchiveError

FORMAT = 1
MANIFEST = "manifest.json"
STORE = "store.sqlite"
MEMBERS = (FILE_NAME, STORE)  # in this order, behind the manifest

LEVEL = 3  # zstd's own choice; 9 takes four times as long for a twentieth less
WINDOW = 1 << 27  # bytes; what decompression may hold, and what `zstd -d` takes without being asked
MOST_MANIFEST = 1 << 16  # bytes
MOST_CONFIG = 1 << 20
MOST_TIMES = 1_000  # as many bytes a store may have as there are in the backup; real ones have 1 to 20
_CHUNK = 1 << 20
_BLOCK = tarfile.BLOCKSIZE

Progress = Callable[[int], None]  # bytes


class BackupUnusable(ArchiveError):
    """A file that is no backup, or not as it was written; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a backup."""

    name: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made: str  # when; UTC, ISO 8601
    version: str  # of the backfile that made it
    articles: int
    members: tuple[Member, ...]

    def to_json(self) -> str:
        """As it stands in the backup."""
        files = [{"name": each.name, "size": each.size, "sha256": each.sha256} for each in self.members]
        table = {
            "format": FORMAT,
            "made": self.made,
            "version": self.version,
            "articles": self.articles,
            "files": files,
        }
        return json.dumps(table, indent=1) + "\n"

    @property
    def size(self) -> int:
        """Bytes of the files in it."""
        return sum(each.size for each in self.members)


def write(out: BinaryIO, manifest: Manifest, files: Mapping[str, Path], progress: Progress) -> None:
    """Write a backup of files by their names in it."""
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True, threads=-1)
    with compressor.stream_writer(out, closefd=False) as stream:
        told = manifest.to_json().encode()
        _put(stream, MANIFEST, len(told))
        stream.write(told)
        _pad(stream, len(told))
        for member in manifest.members:
            _put(stream, member.name, member.size)
            with files[member.name].open("rb") as file:
                while chunk := file.read(_CHUNK):
                    stream.write(chunk)
                    progress(len(chunk))
            _pad(stream, member.size)
        stream.write(bytes(2 * _BLOCK))


class _Writable(Protocol):
    def write(self, data: bytes, /) -> int:
        """Takes bytes."""


def _put(stream: _Writable, name: str, size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    stream.write(info.tobuf(tarfile.GNU_FORMAT))


def _pad(stream: _Writable, size: int) -> None:
    stream.write(bytes(-size % _BLOCK))


class Backup:
    """A backup that is being read, from front to back."""

    def __init__(self, stream: "_Exact", size: int) -> None:
        self._stream = stream
        self.manifest = _manifest(stream, size)

    def members(self, take: Callable[[Member, Iterator[bytes]], None]) -> None:
        """Hand each member on, in order.

        Raises:
            BackupUnusable: it is not what the manifest says; what was handed on until then is worth nothing.
        """
        for member in self.manifest.members:
            _header(self._stream, member.name, member.size)
            total = hashlib.sha256()
            take(member, self._content(member.size, total.update))
            if total.hexdigest() != member.sha256:
                raise BackupUnusable(f"{member.name} in it is not as it was written: its digest is another")
            self._stream.skip(-member.size % _BLOCK)
        if any(self._stream.take(2 * _BLOCK)) or self._stream.has_more():
            raise BackupUnusable("there is more in it than a backup has")

    def _content(self, size: int, seen: Callable[[bytes], None]) -> Iterator[bytes]:
        while size:
            chunk = self._stream.take(min(size, _CHUNK))
            size -= len(chunk)
            seen(chunk)
            yield chunk


@contextmanager
def opened(file: Path) -> Iterator[Backup]:
    """A backup for reading.

    Raises:
        BackupUnusable: it is none.
        OSError: it cannot be read.
    """
    with file.open("rb") as raw:
        reader = zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(raw)
        try:
            yield Backup(_Exact(reader), file.stat().st_size)
        except (zstandard.ZstdError, tarfile.HeaderError) as error:
            raise BackupUnusable(f"{file} is no backup, or damaged: {error}") from error
        except BackupUnusable as error:
            raise BackupUnusable(f"{file}: {error}") from None


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes:
        """Gives bytes."""


class _Exact:
    """A stream that gives as many bytes as were asked for, or says that it ends too early."""

    def __init__(self, stream: _Readable) -> None:
        self._stream = stream

    def take(self, size: int) -> bytes:
        parts = []
        while size:
            part = self._stream.read(size)
            if not part:
                raise BackupUnusable("it ends too early")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def skip(self, size: int) -> None:
        self.take(size)

    def has_more(self) -> bool:
        return bool(self._stream.read(1))


def _header(stream: _Exact, name: str, size: int | None) -> int:
    """Read a header, which must be that of a plain file of this name and size; the size."""
    info = tarfile.TarInfo.frombuf(stream.take(_BLOCK), "utf-8", "surrogateescape")
    if info.name != name or info.type != tarfile.REGTYPE or info.linkname:
        raise BackupUnusable(f"{info.name!r} stands where a plain file {name} ought to be")
    if info.size < 0 or (size is not None and info.size != size):
        raise BackupUnusable(f"{name} has {info.size:,} bytes, and the manifest says {size:,}")
    return info.size


def _manifest(stream: _Exact, compressed: int) -> Manifest:
    size = _header(stream, MANIFEST, None)
    if size > MOST_MANIFEST:
        raise BackupUnusable(f"its manifest has {size:,} bytes; allowed: {MOST_MANIFEST:,}")
    told = stream.take(size)
    stream.skip(-size % _BLOCK)
    try:
        table = json.loads(told)
        if table["format"] != FORMAT:
            raise BackupUnusable(
                f"it has format {table['format']!r}, and this backfile knows {FORMAT}: update backfile"
            )
        members = tuple(Member(str(each["name"]), int(each["size"]), str(each["sha256"])) for each in table["files"])
        made = Manifest(str(table["made"]), str(table["version"]), int(table["articles"]), members)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BackupUnusable(f"its manifest cannot be read: {type(error).__name__}") from error
    if tuple(each.name for each in members) != MEMBERS:
        raise BackupUnusable(f"its manifest names {[each.name for each in members][:5]}, and not {list(MEMBERS)}")
    most = {FILE_NAME: MOST_CONFIG, STORE: MOST_TIMES * compressed}
    for each in members:
        if not 0 <= each.size <= most[each.name]:
            raise BackupUnusable(f"{each.name} is said to have {each.size:,} bytes; allowed: {most[each.name]:,}")
    return made
