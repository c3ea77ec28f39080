"""Compressed streams as plain ones, counted while they expand: gzip, bzip2, xz, Zstandard."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from backfile.errors import Reason, UnreadableInput
from backfile.readers import limits

_ZSTD_PIECE = 1024
"""Compressed bytes handed over at once: four of them may become 128 kB, so a piece becomes 32 MB at the worst."""

_XZ_PIECE = 64 * 1024
"""Compressed bytes handed over at once; what comes out is asked for in pieces of the size that is wanted."""


@dataclass(slots=True)
class Budget:
    """Bytes that an input, or one member of it, may still expand to."""

    allowed: int
    parent: "Budget | None" = None
    spent: int = field(default=0, init=False)

    @classmethod
    def of(cls, size: int, parent: "Budget | None" = None) -> "Budget":
        """What `size` compressed bytes may expand to."""
        return cls(max(limits.EXPANSION_FLOOR, size * limits.MAX_RATIO), parent)

    @property
    def exhausted(self) -> bool:
        """Whether more has come out than was allowed."""
        return self.spent > self.allowed

    def spend(self, size: int) -> None:
        """Count `size` bytes that came out.

        Raises:
            UnreadableInput: that is more than was allowed.
        """
        self.spent += size
        if self.parent is not None:
            self.parent.spend(size)
        if self.exhausted:
            raise UnreadableInput(
                Reason.TOO_LARGE, f"it expands to more than {self.allowed:,} bytes (limit: {limits.MAX_RATIO} for one)"
            )


class Expanded(io.RawIOBase):
    """What a decompressor gives, counted, its many errors turned into `UnreadableInput`.

    It asks for one chunk at a time (`read1`), so that what was whole before the damage is not lost with it.
    """

    def __init__(self, source: Any, budget: Budget, faults: tuple[type[Exception], ...]) -> None:
        self._source = source
        self._budget = budget
        self._faults: tuple[type[Exception], ...] = (EOFError, ValueError, *faults)

    def readable(self) -> bool:
        """Yes; and it cannot seek."""
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        """Fill `buffer` with what comes next."""
        try:
            chunk: bytes = self._source.read1(len(buffer))
        except OSError as error:
            if error.errno is not None:  # the disk's, not the decompressor's
                raise
            raise _refused(error) from error
        except self._faults as error:
            raise _refused(error) from error
        self._budget.spend(len(chunk))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        """Close the decompressor, not the stream below it."""
        if not self.closed:
            self._source.close()
        super().close()


def packing(head: bytes) -> str | None:
    """The compression that a stream beginning with `head` has: `gzip`, `bzip2`, `xz`, `zstd` or None."""
    if head.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    if head.startswith(b"BZh") and head[4:10] in {b"1AY&SY", b"\x17rE8P\x90"}:
        return "bzip2"
    if head.startswith(b"\xfd7zXZ\0"):
        return "xz"
    if head.startswith(b"\x28\xb5\x2f\xfd") or (head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50):
        return "zstd"
    return None


def expanded(stream: BinaryIO, kind: str, budget: Budget) -> io.BufferedReader:
    """The decompressed bytes of `stream`, counted against `budget`."""
    return io.BufferedReader(_OPENERS[kind](stream, budget), limits.SNIFF_BYTES)


def _gzip(stream: BinaryIO, budget: Budget) -> Expanded:
    import gzip  # noqa: PLC0415 - only archives that have such files pay for it
    import zlib  # noqa: PLC0415

    return Expanded(gzip.GzipFile(fileobj=stream), budget, (zlib.error,))


def _bzip2(stream: BinaryIO, budget: Budget) -> Expanded:
    import bz2  # noqa: PLC0415 - as above

    return Expanded(bz2.BZ2File(stream), budget, ())


def _xz(stream: BinaryIO, budget: Budget) -> Expanded:
    import lzma  # noqa: PLC0415 - as above

    return Expanded(_XzFile(stream), budget, (lzma.LZMAError,))


def _zstd(stream: BinaryIO, budget: Budget) -> Expanded:
    import zstandard  # noqa: PLC0415 - as above

    return Expanded(_ZstdFile(stream), budget, (zstandard.ZstdError,))


_OPENERS: dict[str, Callable[[BinaryIO, Budget], Expanded]] = {
    "gzip": _gzip,
    "bzip2": _bzip2,
    "xz": _xz,
    "zstd": _zstd,
}


class _XzFile:
    """xz streams, one after the other. `lzma.LZMAFile` sets no limit to the memory that a stream asks for."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._begin()

    def _begin(self) -> None:
        import lzma  # noqa: PLC0415 - as above

        self._frame = lzma.LZMADecompressor(memlimit=limits.MAX_WINDOW_BYTES)

    def read1(self, size: int) -> bytes:
        while True:
            piece = b""
            if self._frame.eof:
                piece = self._frame.unused_data
                while piece.strip(b"\0") == b"":  # streams are padded with NULs
                    if not (piece := self._stream.read(_XZ_PIECE)):
                        return b""
                piece = piece.lstrip(b"\0")
                self._begin()
            elif self._frame.needs_input and not (piece := self._stream.read(_XZ_PIECE)):
                raise EOFError
            if chunk := self._frame.decompress(piece, size):
                return chunk

    def close(self) -> None:
        """Nothing to give back: the stream below belongs to who opened it."""


class _ZstdFile:
    """Zstandard frames, one after the other. zstandard's own reader takes a file that ends early for a whole one."""

    def __init__(self, stream: BinaryIO) -> None:
        import zstandard  # noqa: PLC0415 - as above

        self._stream = stream
        self._frames = zstandard.ZstdDecompressor(max_window_size=limits.MAX_WINDOW_BYTES)
        self._frame = self._frames.decompressobj()
        self._in_frame = False
        self._pending = io.BytesIO()

    def read1(self, size: int) -> bytes:
        while not (chunk := self._pending.read(size)):
            piece = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame = self._frames.decompressobj()
                self._in_frame = False
            piece = piece or self._stream.read(_ZSTD_PIECE)
            if not piece:
                if self._in_frame:
                    raise EOFError
                return b""
            self._in_frame = True
            self._pending = io.BytesIO(self._frame.decompress(piece))
        return chunk

    def close(self) -> None:
        """Nothing to give back: the stream below belongs to who opened it."""


def _refused(error: Exception) -> UnreadableInput:
    """What a decompressor complains of, as ours."""
    told = str(error).strip() or type(error).__name__
    if isinstance(error, EOFError):
        return UnreadableInput(Reason.DAMAGED, "the compressed data ends too early")
    if "memory" in told.lower():  # what lzma and zstandard say of a window over the limit
        return UnreadableInput(Reason.TOO_LARGE, f"to expand it needs more than {limits.MAX_WINDOW_BYTES:,} bytes")
    return UnreadableInput(Reason.DAMAGED, f"the compressed data is damaged ({told})")
