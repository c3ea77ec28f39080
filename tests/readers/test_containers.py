"""Compressed files, ZIP and tar, one within the other; whole, damaged and hostile."""

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable

import pytest
import zstandard

from backfile.article import Document, Failure
from backfile.errors import Reason
from backfile.readers import limits
from backfile.readers.containers import _is_tar_header
from tests.readers.conftest import Reading, documents, failures, outline

MAIL = "From: Ada <a@example.org>\nSubject: Lage\nDate: Mon, 25 Nov 2024 10:12:00 +0100\n\nHallo"
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": lambda data: bz2.compress(data, 1),  # blocks of 100 kB
    "xz": lzma.compress,
    "zst": zstandard.compress,
}
CONTENTS = {
    "a.txt": "Ein Text.",
    "a.html": "<html><p>Ein Text.",
    "a.eml": MAIL,
    "a.mbox": f"From a@b Mon Nov 25 10:12:00 2024\n{MAIL}",
    "a.jsonl": '{"text": "x"}\n{"text": "y"}\n',
    "a.json": '[{"text": "x"}, {"text": "y"}]',
    "a.csv": "title,text\nA,x\nB,y\n",
    "a.tsv": "title\ttext\nA\tx\nB\ty\n",
}


def zipped(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def tarred(members: dict[str, str | bytes], mode: str = "w") -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("name", CONTENTS)
def test_every_format_may_be_compressed(reading: Reading, name: str, packing: str) -> None:
    plain = reading(name, CONTENTS[name])
    packed = reading(f"{name}.{packing}", PACKERS[packing](CONTENTS[name].encode()))

    assert outline(packed) == outline(plain)
    assert documents(packed)


@pytest.mark.parametrize(
    "pack", [zipped, tarred, lambda m: gzip.compress(tarred(m)), lambda m: bz2.compress(zipped(m))]
)
@pytest.mark.parametrize("name", CONTENTS)
def test_every_format_may_lie_in_a_container(
    reading: Reading, name: str, pack: Callable[[dict[str, str]], bytes]
) -> None:
    plain = reading(name, CONTENTS[name])
    packed = reading("bundle", pack({f"ordner/{name}": CONTENTS[name]}))

    assert [(f"ordner/{name}" + (f"!/{member}" if member else ""), text) for member, text in outline(plain)] == outline(
        packed
    )
    assert all(f"bundle!/ordner/{name}" in item.uri for item in packed)


def test_containers_lie_in_containers(reading: Reading) -> None:
    inner = zipped({"c.jsonl.gz": gzip.compress(b'{"text": "x"}\n'), "d.txt": "d"})
    items = reading("a.tar.zst", zstandard.compress(tarred({"./b.zip": inner, "e.txt": "e"})))

    assert outline(items) == [("b.zip!/c.jsonl.gz!/1", "x"), ("b.zip!/d.txt", "d"), ("e.txt", "e")]
    assert items[0].uri.endswith("a.tar.zst!/b.zip!/c.jsonl.gz#line=1")


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_debris_of_systems_and_browsers_is_passed_over(
    reading: Reading, pack: Callable[[dict[str, str]], bytes]
) -> None:
    members = [
        "a.html",
        "a_files/x.js",
        "__MACOSX/._a.html",
        ".DS_Store",
        "b/.c.txt",
        "b/d.txt~",
        "b_files/e.txt",
        "../f.txt",
    ]

    items = reading("a.bin", pack(dict.fromkeys(members, "<p>x</p>" * 9)))

    assert [item.member for item in items] == ["a.html", "b_files/e.txt", "../f.txt"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("mode", ["zip", "tar"])
def test_a_name_that_comes_twice_is_told_apart(reading: Reading, mode: str) -> None:
    target = io.BytesIO()
    if mode == "zip":
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("a.txt", "eins")
            archive.writestr("a.txt", "zwei")
        content = target.getvalue()
    else:
        content = tarred({"a.txt": "eins"})[:1024] + tarred({"a.txt": "zwei"})

    assert outline(reading("x", content)) == [("a.txt", "eins"), ("a.txt~2", "zwei")]


def test_only_regular_members_of_a_tar_are_read(reading: Reading) -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, kind in [
            ("d", tarfile.DIRTYPE),
            ("s", tarfile.SYMTYPE),
            ("f", tarfile.FIFOTYPE),
            ("h", tarfile.LNKTYPE),
        ]:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        archive.addfile(tarfile.TarInfo("leer.txt"))

    assert outline(reading("a.tar", target.getvalue())) == [("leer.txt", "empty")]


@pytest.mark.parametrize(
    ("member", "detail"),
    [
        ("word/document.xml", "a Word document"),
        ("xl/workbook.xml", "an Excel workbook"),
        ("[Content_Types].xml", "an Office document"),
        ("mimetype", "an OpenDocument or EPUB file"),
        ("META-INF/MANIFEST.MF", "a Java archive"),
    ],
)
def test_a_zip_that_is_a_document_is_named(reading: Reading, member: str, detail: str) -> None:
    assert [(item.reason, item.detail) for item in failures(reading("a.zip", zipped({member: "x"})))] == [
        (Reason.UNSUPPORTED, detail)
    ]


def test_an_encrypted_member_leaves_its_neighbours(reading: Reading) -> None:
    content = bytearray(zipped({"a.txt": "a", "b.txt": "b", "c.txt": "c"}))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[second + 8] |= 1

    assert outline(reading("a.zip", bytes(content))) == [("a.txt", "a"), ("b.txt", "encrypted"), ("c.txt", "c")]


def test_a_damaged_member_leaves_its_neighbours(reading: Reading) -> None:
    content = zipped({"a.txt": "a", "b.txt": "Berlin", "c.txt": "c"}, zipfile.ZIP_STORED).replace(b"Berlin", b"Bexlin")

    assert outline(reading("a.zip", content)) == [("a.txt", "a"), ("b.txt", "damaged"), ("c.txt", "c")]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_method_of_zip_is_read(reading: Reading, method: int) -> None:
    assert outline(reading("a.zip", zipped({"a.txt": "Ein Text."}, method))) == [("a.txt", "Ein Text.")]


@pytest.mark.parametrize("name", ["Größe.txt", "Zażółć.txt", "日本.txt"])
def test_a_member_named_in_utf_8_without_saying_so(reading: Reading, name: str) -> None:
    content = bytearray(zipped({name: "x"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset + 1] &= ~0x08

    assert outline(reading("a.zip", bytes(content))) == [(name, "x")]


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("name", ["a.jsonl", "a.mbox", "a.csv", "a.json"])
def test_what_was_whole_before_the_damage_is_kept(reading: Reading, name: str, packing: str) -> None:
    noise = random.Random(1)
    words = [noise.randbytes(300).hex() for _ in range(600)]
    content = {
        "a.jsonl": "".join(f'{{"text": "{word}"}}\n' for word in words),
        "a.json": "[" + ",\n".join(f'{{"text": "{word}"}}' for word in words) + "]",
        "a.csv": "title,text\n" + "".join(f"x,{word}\n" for word in words),
        "a.mbox": "".join(f"From a@b Mon Nov 25 10:12:00 2024\nFrom: a\nDate: x\n\n{word}\n\n" for word in words),
    }[name].encode()
    packed = PACKERS[packing](content)

    items = reading(f"{name}.{packing}", packed[: len(packed) * 9 // 10])

    assert [item.reason for item in failures(items)] == [Reason.DAMAGED]
    assert isinstance(items[-1], Failure)
    assert len(documents(items)) > (50 if packing == "bz2" else 300)
    assert [(item.text or "").strip() for item in documents(items)] == words[: len(items) - 1]


@pytest.mark.parametrize("packing", PACKERS)
def test_a_compressed_file_cut_short_is_damaged_wherever_it_is_cut(reading: Reading, packing: str) -> None:
    packed = PACKERS[packing](b"Ein Text, der lang genug ist, um ihn zu packen. " * 3)

    for end in range(12, len(packed) - 1):
        assert [item.reason for item in failures(reading("a.txt.gz", packed[:end]))] == [Reason.DAMAGED], end


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_container_cut_short_never_raises(reading: Reading, pack: Callable[[dict[str, str]], bytes]) -> None:
    content = pack({"a.txt": "a" * 700, "b.txt": "b" * 700})

    for end in range(4, len(content), 97):
        reading("a", content[:end])


def test_a_bomb_is_stopped_and_its_neighbours_are_read(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPANSION_FLOOR", 100_000)
    bomb = b'{"text": "' + b" " * 3_000_000
    items = reading("a.zip", zipped({"a.txt": "a", "bomb.jsonl": bomb, "c.txt": "c"}))

    assert outline(items) == [("a.txt", "a"), ("bomb.jsonl", "too-large"), ("c.txt", "c")]


def test_many_bombs_stop_the_container(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPANSION_FLOOR", 100_000)
    monkeypatch.setattr(limits, "MAX_RATIO", 10)
    items = reading("a.zip", zipped({f"{n}.jsonl": b'{"text": "' + b" " * 90_000 for n in range(50)}))

    assert len(items) < 50
    assert items[-1].member == ""
    assert [item.reason for item in failures(items)][-1] is Reason.TOO_LARGE


@pytest.mark.parametrize("packing", PACKERS)
def test_a_compressed_bomb_is_stopped(reading: Reading, monkeypatch: pytest.MonkeyPatch, packing: str) -> None:
    monkeypatch.setattr(limits, "EXPANSION_FLOOR", 1_000_000)
    items = reading("a.jsonl", PACKERS[packing](b'{"text": "' + b" " * 30_000_000))

    assert [item.reason for item in failures(items)] == [Reason.TOO_LARGE]


def test_layers_over_the_limit_are_too_deep(reading: Reading) -> None:
    content = b"Ein Text."
    for _ in range(limits.MAX_DEPTH):
        content = gzip.compress(content)

    assert outline(reading("a", content)) == [("", "Ein Text.")]
    assert outline(reading("a", gzip.compress(content))) == [("", "too-deep")]
    assert outline(reading("a", tarred({"a": content, "b": "b"}))) == [("a", "too-deep"), ("b", "b")]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_members_over_the_limit_are_too_many(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, pack: Callable[[dict[str, str]], bytes]
) -> None:
    monkeypatch.setattr(limits, "MAX_MEMBERS", 2)

    assert outline(reading("a", pack({"a": "a", "b": "b", "c": "c"}))) == [("a", "a"), ("b", "b"), ("", "too-many")]


def test_a_packed_zip_over_the_limit_is_too_large(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SPOOLED_BYTES", 50)

    assert outline(reading("a", tarred({"b.zip": zipped({"a": "a"}), "c": "c"}))) == [
        ("b.zip", "too-large"),
        ("c", "c"),
    ]


def test_a_large_zip_within_a_container_is_laid_on_the_disk(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SPOOL_MEMORY_BYTES", 10)

    assert documents(reading("a", gzip.compress(zipped({"a.txt": "a"}))))[0].member == "a.txt"


def test_a_tar_is_known_by_the_checksum_of_its_first_header() -> None:
    assert not _is_tar_header(bytes(512))
    assert _is_tar_header(tarred({"a": "a"})[:512])


def test_a_document_in_a_container_keeps_its_key(reading: Reading) -> None:
    (item,) = reading("a.zip", zipped({"a.csv": "id,text\n7,x\n"}))

    assert isinstance(item, Document)
    assert (item.key, item.member) == ("7", "a.csv!/2")
