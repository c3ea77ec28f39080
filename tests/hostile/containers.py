"""Compressed files and bundles of files, made to swell, to lie, or to write where they must not."""

import bz2
import gzip
import io
import json
import lzma
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from string import ascii_lowercase

import zstandard

from backfile.readers import limits
from tests.hostile.case import SENTENCE, TEXT, case, file, repeated

MEGABYTE = 1 << 20
GIGABYTE = 1 << 30


def zipped(members: Iterable[tuple[str, bytes]], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def tarred(members: Iterable[tuple[str | tarfile.TarInfo, bytes]], form: int = tarfile.GNU_FORMAT) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = info.size or len(content)
            archive.addfile(info, io.BytesIO(content) if content else None)
    return target.getvalue()


def _between(content: bytes) -> bytes:
    """A ZIP with a good text before and behind the hostile member."""
    text = TEXT.encode()
    return zipped([("a.txt", text), ("b", content), ("c.txt", text + text)], zipfile.ZIP_STORED)


def _swollen(pack: Callable[[bytes], bytes]) -> bytes:
    """1 GB of text, packed by the megabyte, one stream behind the other."""
    block = (TEXT * (MEGABYTE // len(TEXT.encode()) + 1)).encode()[:MEGABYTE]
    return pack(block) * (GIGABYTE // MEGABYTE)


def _gzip_bomb() -> bytes:
    return _swollen(gzip.compress)


def _zstd_bomb() -> bytes:
    """A frame of one-byte blocks, each said to be repeated 128 kB."""
    block = struct.pack("<I", (128 * 1024) << 3 | 1 << 1)[:3] + b"x"
    return b"\x28\xb5\x2f\xfd\x00\x50" + block * 40_000


def _zstd_window() -> bytes:
    """A frame that asks for a window of 1.8 GB."""
    return zstandard.ZstdCompressor(write_content_size=False).compress(TEXT.encode())[:4] + b"\x00\xaf" + b"\0" * 40


def _xz_window() -> bytes:
    """An xz stream that asks for a window of 1.5 GB: the byte of the block's header that says so, and its checksum."""
    data = bytearray(lzma.compress(TEXT.encode()))
    data[16] = 37
    data[20:24] = struct.pack("<L", zlib.crc32(data[12:20]))
    return bytes(data)


def _zip_window() -> bytes:
    """A ZIP member packed with LZMA that asks for a window of 3 GB."""
    data = bytearray(zipped([("a.txt", TEXT.encode())], zipfile.ZIP_LZMA))
    at = 30 + len("a.txt") + 4
    data[at + 1 : at + 5] = struct.pack("<L", 3 * GIGABYTE)
    return bytes(data)


def _overlapping() -> bytes:
    """200 members that share one compressed stream of 10 MB of text."""
    name = b"a.txt"
    content = repeated(SENTENCE, 10 * MEGABYTE).encode()[: 10 * MEGABYTE]
    data = zlib.compress(content, 9)[2:-4]
    crc = zlib.crc32(content)
    sizes = struct.pack("<LLL", crc, len(data), 10 * MEGABYTE)
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + struct.pack("<HH", len(name), 0) + name
    entry = b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes
    entry += struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, 0, 0) + name
    directory = entry * 200
    end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 200, 200, len(directory), len(local) + len(data), 0)
    return local + data + directory + end


def _nested(pack: Callable[[bytes], bytes], layers: int) -> bytes:
    content = TEXT.encode()
    for _ in range(layers):
        content = pack(content)
    return content


def _lying_zip() -> bytes:
    """A member whose sizes and checksum are wrong."""
    data = bytearray(zipped([("a.txt", TEXT.encode() * 50)]))
    data[14:26] = b"\xff" * 12
    at = data.index(b"PK\1\2")
    data[at + 16 : at + 20] = b"\1\2\3\4"
    return bytes(data)


def _encrypted_zip() -> bytes:
    data = bytearray(zipped([("a.txt", TEXT.encode())], zipfile.ZIP_STORED))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


_ESCAPES = ("../../../../outside-1.txt", "/outside-2.txt", "C:\\outside-3.txt", "..\\outside-4.txt", "a/../../b.txt")


def _escaping_zip() -> bytes:
    return zipped((name, f"{TEXT}\n\nNummer {number}.".encode()) for number, name in enumerate(_ESCAPES))


def _escaping_tar() -> bytes:
    return tarred((name, f"{TEXT}\n\nNummer {number}.".encode()) for number, name in enumerate(_ESCAPES))


def _special_tar() -> bytes:
    """Links, a device and a FIFO, each with a name that a text has, and one text."""
    members: list[tuple[str | tarfile.TarInfo, bytes]] = []
    for number, kind in enumerate((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)):
        info = tarfile.TarInfo(f"{number}.txt")
        info.type, info.linkname = kind, "/etc/passwd"
        members.append((info, b""))
    return tarred([*members, ("z.txt", TEXT.encode())])


def _long_header(kind: bytes) -> bytes:
    """A tar whose first member is a header of 1 GB for the next, in 1 MB of gzip."""
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, GIGABYTE
    return gzip.compress(info.tobuf(tarfile.GNU_FORMAT)) + _gzip_bomb()


def _sparse_tar() -> bytes:
    info = tarfile.TarInfo("a.txt")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 512
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[386:398], header[398:410] = b"00000000000\0", b"00000001000\0"
    header[483:495] = b"77777777777\0"  # 8 GB
    header[148:156] = b" " * 8
    header[148:155] = b"%06o\0" % sum(header)
    return bytes(header) + b"x" * 512 + tarred([("b.txt", TEXT.encode())])


def _named() -> bytes:
    data = zipped(
        (name, f"{TEXT}\n\nNummer {name!r}.".encode())
        for name in ("\x1b[2J\n\u202e.txt", "=1+1.txt", "CAF-.txt", "../\n")
    )
    return data.replace(b"CAF-", b"caf\xe9")


def _many_in_zip() -> bytes:
    return zipped(((f"{number}", b"") for number in range(limits.MAX_MEMBERS + 1)), zipfile.ZIP_STORED)


def _many_in_tar() -> bytes:
    header = tarfile.TarInfo("a.txt").tobuf(tarfile.GNU_FORMAT)
    return gzip.compress(header * (limits.MAX_MEMBERS + 2), 1)


def _export() -> bytes:
    noise = "".join(random.Random(1).choices(ascii_lowercase, k=3_000))
    return b"".join(json.dumps({"id": each, "text": f"{TEXT} {noise[each:]}"}).encode() + b"\n" for each in range(2))


CASES = [
    case("gzip-bomb", "1 GB of text in 1 MB of gzip", file("a.txt.gz", _gzip_bomb), too_large=1),
    case(
        "bzip2-bomb",
        "1 GB of text in 800 bytes of bzip2",
        file("a.txt.bz2", lambda: _swollen(bz2.compress)),
        too_large=1,
    ),
    case("xz-bomb", "1 GB of text in 160 kB of xz", file("a.txt.xz", lambda: _swollen(lzma.compress)), too_large=1),
    case("zstd-bomb", "5 GB of one letter in 160 kB of Zstandard", file("a.txt.zst", _zstd_bomb), too_large=1),
    case("zstd-window", "a Zstandard frame with a window of 1.8 GB", file("a.txt.zst", _zstd_window), too_large=1),
    case("xz-window", "an xz stream with a window of 1.5 GB", file("a.txt.xz", _xz_window), too_large=1),
    case("zip-window", "a ZIP member with a window of 3 GB", file("a.zip", _zip_window), too_large=1),
    case(
        "bomb-among-good",
        "a ZIP with a bomb between two texts",
        file("a.zip", lambda: _between(_gzip_bomb())),
        article=2,
        too_large=1,
    ),
    case(
        "gzip-members",
        "a text behind 200,000 empty gzip members",
        file("a.txt.gz", lambda: gzip.compress(b"") * 200_000 + gzip.compress(TEXT.encode())),
        article=1,
    ),
    case("overlapping-zip", "200 members that share one stream", file("a.zip", _overlapping), too_large=8),
    case(
        "nested-gzip", "a text in 20 layers of gzip", file("a.txt.gz", lambda: _nested(gzip.compress, 20)), too_deep=1
    ),
    case(
        "nested-zip",
        "a text in 20 layers of ZIP",
        file("a.zip", lambda: _nested(lambda inner: zipped([("a.zip", inner)]), 20)),
        too_deep=1,
    ),
    case("zip-names", "names in a ZIP that drive a terminal, or are no UTF-8", file("a.zip", _named), article=4),
    case(
        "zip-long-name",
        "a name of 60 kB in a ZIP",
        file("a.zip", lambda: zipped([("n" * 60_000, b"x"), ("a", TEXT.encode())])),
        article=1,
        too_large=1,
    ),
    case(
        "tar-chain",
        "a tar in a gzip in a ZIP in an xz",
        file("a.xz", lambda: lzma.compress(zipped([("a.tgz", gzip.compress(tarred([("a.txt", TEXT.encode())])))]))),
        article=1,
    ),
    case(
        "title-gigabyte",
        "a title of 1 GB in 1 MB of gzip",
        file("a.html.gz", lambda: gzip.compress(b"<html><head><title>") + gzip.compress(b"x" * MEGABYTE) * 1024),
        too_large=1,
    ),
    case(
        "zip-of-many",
        "a ZIP of more members than the limit",
        file("a.zip", _many_in_zip),
        empty=limits.MAX_MEMBERS,
        too_many=1,
    ),
    case(
        "tar-of-many",
        "a tar of more members than the limit",
        file("a.tar.gz", _many_in_tar),
        empty=limits.MAX_MEMBERS,
        too_many=1,
    ),
    case("zip-lies", "a ZIP with wrong sizes and checksums", file("a.zip", _lying_zip), damaged=1),
    case("zip-encrypted", "a ZIP that needs a password", file("a.zip", _encrypted_zip), encrypted=1),
    case("zip-cut-off", "half a ZIP", file("a.zip", lambda: _between(b"x" * 5000)[:4000]), damaged=1),
    case("zip-escapes", "members named to be written elsewhere", file("a.zip", _escaping_zip), article=5),
    case("tar-escapes", "members named to be written elsewhere", file("a.tar", _escaping_tar), article=5),
    case("tar-special", "links and devices in a tar", file("a.tar", _special_tar), article=1),
    case(
        "tar-pax-header",
        "a tar with a PAX header of 1 GB",
        file("a.tar.gz", lambda: _long_header(tarfile.XHDTYPE)),
        too_large=1,
    ),
    case(
        "tar-long-name",
        "a tar with a name of 1 GB",
        file("a.tar.gz", lambda: _long_header(tarfile.GNUTYPE_LONGNAME)),
        too_large=1,
    ),
    case("tar-sparse", "a sparse member of 8 GB in 512 bytes", file("a.tar", _sparse_tar), unsupported=1, article=1),
    case(
        "jsonl-cut-off",
        "a compressed export that ends early",
        file("a.jsonl.gz", lambda: gzip.compress(_export())[:-40]),
        article=1,
        damaged=1,
    ),
]
