"""Whatever the bytes are: an item or a failure, never an exception; and one item in memory at a time."""

import gzip
import io
import json
import subprocess
import sys
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfile.article import Document
from backfile.readers import FORMATS, csv, jsonl, mbox, read
from backfile.readers import json as json_reader
from backfile.readers.place import Place, Reader

SUFFIXES = [
    *("", ".txt", ".html", ".eml", ".mbox", ".jsonl", ".json", ".csv", ".tsv", ".gz", ".bz2", ".xz", ".zst", ".zip"),
    *(".tar", ".tgz", ".html.gz", ".css"),
]
PIECES = [
    *(
        b"\x1f\x8b\x08\0",
        b"BZh91AY&SY",
        b"\xfd7zXZ\0",
        b"\x28\xb5\x2f\xfd",
        b"\x50\x2a\x4d\x18",
        b"PK\x03\x04",
        b"PK\x05\x06",
    ),
    *(
        b"From a@b Mon Nov 25 10:12:00 2024\n",
        b"\nFrom ",
        b"From: =?utf-8?b?=C3?= <a@b>\n",
        b"Subject: x\n",
        b"Date: y\n",
    ),
    *(
        b"Content-Type: multipart/mixed; boundary=b\n",
        b"Content-Transfer-Encoding: base64\n",
        b"--b\n",
        b"--b--",
        b"\n\n",
    ),
    *(
        b"charset=utf-7",
        b"=?utf-7?q?+?=",
        b"=?iso-2022-jp?b?G3===?=",
        b"Message-ID: <",
        b"(" * 400,
        b'"',
        b"\\",
        b"\\ud800",
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'{"text": "a"}',
        b'{"items": [',
        b'"title": ',
        b",",
        b":",
        b"\n",
        b"1e999",
        b"null",
        b"NaN",
    ),
    *(
        b"title,text\n",
        b"id;Titel;Text\r\n",
        b"sep=;\n",
        b"title\ttext\n",
        b'a,"b',
        b'""',
        b";",
        b"\t",
        b"|",
        b"\0",
        b" " * 300,
    ),
    *(
        b"<html>",
        b"<!--",
        b"<meta charset=utf-16>",
        b"<?xml ",
        b"<p>",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xff\xfe\0\0",
    ),
    *(b"\xed\xa0\x80", b"\xc3", b"\xe4\xf6", b"\x81", b"+/v8-", b"\x1b$B"),
]
CONTENT = st.one_of(
    st.binary(max_size=600),
    st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=6)), max_size=40).map(b"".join),
)


def packed(content: bytes) -> Iterator[bytes]:
    yield gzip.compress(content)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a", content)
    yield target.getvalue()
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        info = tarfile.TarInfo("a")
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    yield target.getvalue()


def never_raises(path: Path, content: bytes, *, reader: str | None = None) -> None:
    path.write_bytes(content)
    for item in islice(read(path, reader=reader), 2000):
        assert item.uri.startswith(str(path))
        texts = [item.uri, item.member]
        if isinstance(item, Document):
            texts += [item.html or "", item.text or "", item.key or ""]
            texts += [word for witness in item.witnesses for word in (witness.field, witness.value, witness.origin)]
            assert item.html or item.text
        else:
            texts.append(item.detail)
            assert "\n" not in item.detail
        for text in texts:
            text.encode()


lenient = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@given(content=CONTENT, suffix=st.sampled_from(SUFFIXES))
@settings(lenient, max_examples=400)
def test_reading_never_raises(tmp_path: Path, content: bytes, suffix: str) -> None:
    never_raises(tmp_path / f"a{suffix}", content)


@given(content=CONTENT, reader=st.sampled_from(sorted(FORMATS)))
@settings(lenient, max_examples=400)
def test_a_reader_of_the_users_choice_never_raises(tmp_path: Path, content: bytes, reader: str) -> None:
    never_raises(tmp_path / "a", content, reader=reader)


@given(content=CONTENT, at=st.integers(0, 2000), byte=st.integers(0, 255), which=st.integers(0, 2))
@settings(lenient, max_examples=150)
def test_a_container_with_a_wrong_byte_never_raises(
    tmp_path: Path, content: bytes, at: int, byte: int, which: int
) -> None:
    container = bytearray(list(packed(content))[which])
    container[at % len(container)] = byte

    never_raises(tmp_path / "a", bytes(container))


class Endless(io.RawIOBase):
    """A file of many megabytes that is made while it is read."""

    def __init__(self, item: bytes, count: int, begin: bytes = b"") -> None:
        self.left = count
        self._item = item * 20
        self._pending = begin

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        if not self._pending and self.left > 0:
            self._pending, self.left = self._item, self.left - 20
        size = min(len(buffer), len(self._pending))
        buffer[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size


TEXT = "Ein Satz mit Größe. " * 200
MANY: list[tuple[Reader, bytes, bytes]] = [
    (jsonl.read, b"", json.dumps({"text": TEXT}).encode() + b"\n"),
    (json_reader.read, b"[", json.dumps({"text": TEXT}).encode() + b",\n"),
    (json_reader.read, b'{"a": 1, "articles": [', json.dumps({"text": TEXT}).encode() + b",\n"),
    (csv.read, b"title,text\n", f'A,"{TEXT}"\n'.encode()),
    (mbox.read, b"", f"From a@b Mon Nov 25 10:12:00 2024\nFrom: a@b\nDate: x\n\n{TEXT}\n\n".encode()),
]


@pytest.mark.parametrize(("reader", "begin", "item"), MANY)
def test_memory_holds_one_item_whatever_the_size_of_the_file(reader: Reader, begin: bytes, item: bytes) -> None:
    count = 2000
    stream: BinaryIO = io.BufferedReader(Endless(item, count, begin))
    tracemalloc.start()
    try:
        number = sum(1 for each in reader(stream, Place("x"), {}) if isinstance(each, Document))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert number == count
    assert len(item) * count > 8_000_000
    assert peak < 3_000_000


def test_the_first_item_of_a_long_file_is_there_at_once() -> None:
    for reader, begin, item in MANY:
        source = Endless(item, 100_000, begin)

        assert isinstance(next(reader(io.BufferedReader(source), Place("x"), {})), Document)
        assert source.left > 99_000


@pytest.mark.parametrize(
    "content",
    [
        b"<!--" * 50_000,
        b"<p" * 100_000,
        b"<" * 200_000,
        b" " * 300_000 + b"x",
        b"\n" * 300_000 + b"x",
        b"{" * 300_000,
        b"[" * 300_000,
        b'{"' + b"\\" * 300_000,
        b'["' + b'",' * 100_000,
        b"a," * 100_000,
        b'"' * 300_001,
        b"title,text\n" + b'x,"\n' * 50_001,
        b"From: " + b"(" * 300_000,
        b"From: a\nSubject: " + b"=?utf-8?q?a?= " * 30_000 + b"\nDate: x\n\nx",
        b"From: a\nDate: x\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 50_000,
        b"From " * 50_000,
        b"X:" + b"\n " * 100_000,
        b"\xe4" * 300_000,
        b"\xc3\xa4\xe4" * 100_000,
        b"<?xml " + b"<!-- " * 50_000,
        b'[{"text":"' + b'"}, {"x":"' * 20_000,
    ],
    ids=range(21),
)
@pytest.mark.parametrize("suffix", ["", ".csv", ".jsonl"])
def test_no_content_holds_a_reader_up(tmp_path: Path, content: bytes, suffix: str) -> None:
    begin = time.process_time()
    never_raises(tmp_path / f"a{suffix}", content)

    assert time.process_time() - begin < 3


def test_importing_the_readers_is_cheap() -> None:
    slow = "charset_normalizer zstandard email.parser zipfile tarfile lzma bz2"
    program = f"import sys, backfile.readers; print([m for m in '{slow}'.split() if m in sys.modules])"

    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"[]\n"
