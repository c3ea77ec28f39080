"""Each limit of the readers: what is just within it is read, and one more is refused with its reason."""

import gzip
import io
import json
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard

from backfile.article import Document, Failure
from backfile.readers import inputs, limits, read

HEADERS = "From: Ada <ada@example.org>\nSubject: Lage\nDate: heute\n"


def zipped(names: Iterable[str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "Text")
    return target.getvalue()


def tarred(names: Iterable[str], headers: dict[str, str] | None = None) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT, pax_headers=headers) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 4
            archive.addfile(info, io.BytesIO(b"Text"))
    return target.getvalue()


def layers(count: int) -> bytes:
    content = b"Text"
    for _ in range(count):
        content = gzip.compress(content)
    return content


def faults(count: int) -> str:
    return '{"text": "a"}\n' + "1\n" * count + '{"text": "b"}\n'


def nested_json(depth: int) -> str:
    return '{"text": "a", "b": ' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


def nested_parts(depth: int) -> str:
    parts = (f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n" for number in range(depth))
    return f"{HEADERS}{''.join(parts)}\nText\n"


def parts(count: int) -> str:
    return f"{HEADERS}Content-Type: multipart/mixed; boundary=b\n\n{'--b{0}{0}Text{0}'.format(chr(10)) * (count - 1)}"


def padded(begin: str, size: int, end: str = "") -> str:
    return begin + "x" * (size - len(begin) - len(end)) + end


def xz_window(size: int) -> bytes:
    """An xz stream that takes a little less to expand: a window of three quarters; there are no finer sizes."""
    return lzma.compress(b"Text", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": size * 3 // 4}])


def zip_window(size: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", "Text")
    data = bytearray(target.getvalue())
    at = 30 + len("a.txt") + 4 + 1
    data[at : at + 4] = size.to_bytes(4, "little")
    return bytes(data)


def zstd_window(size: int) -> bytes:
    """A Zstandard frame with a window of so many bytes, a power of two."""
    settings = zstandard.ZstdCompressionParameters(window_log=size.bit_length() - 1, write_content_size=False)
    packer = zstandard.ZstdCompressor(compression_params=settings).compressobj()
    return packer.compress(b"Text") + packer.flush()


@dataclass(frozen=True, slots=True)
class Row:
    limit: str
    value: int | None  # that the limit is set to, so that the file is small; None: as it is
    name: str
    made: Callable[[int], bytes | str]  # a file of so many
    within: list[str]  # "document", or the reason, of each item at the limit
    over: list[str]  # the same with one more
    step: int = 1  # what "one more" is, where the format counts in larger steps


DOCUMENT = "document"
ROWS = [
    Row("MAX_ITEM_BYTES", 1000, "a.txt", lambda n: padded("Text ", n), [DOCUMENT], ["too-large"]),
    Row("MAX_ITEM_BYTES", 1000, "a.html", lambda n: padded("<html><p>", n), [DOCUMENT], ["too-large"]),
    Row("MAX_ITEM_BYTES", 1000, "a.eml", lambda n: padded(HEADERS + "\n", n), [DOCUMENT], ["too-large"]),
    Row(
        "MAX_LINE_BYTES", 100, "a.jsonl",
        lambda n: "\n".join(['{"text": "a"}', padded('{"text": "', n - 1, '"}'), '{"text": "c"}\n']),
        [DOCUMENT] * 3, [DOCUMENT, "too-large", DOCUMENT], step=2,
    ),
    Row(
        "MAX_FIELD_BYTES", 100, "a.csv", lambda n: f"title,text\nA,a\n{padded('B,', n - 1)}\nC,c\n",
        [DOCUMENT] * 3, [DOCUMENT, "too-large", DOCUMENT], step=2,
    ),
    Row(
        "MAX_COLUMNS", 10, "a.csv", lambda n: "text" + ",x" * (n - 1) + "\n" + "a" + ",b" * (n - 1),
        [DOCUMENT], ["too-many"],
    ),
    Row(
        "MAX_FAULTS_IN_A_ROW", 3, "a.jsonl", faults,
        [DOCUMENT, *["bad-record"] * 3, DOCUMENT], [DOCUMENT, *["bad-record"] * 3, "too-many"],
    ),
    Row("MAX_JSON_DEPTH", None, "a.jsonl", nested_json, [DOCUMENT], ["too-deep"]),
    Row("MAX_JSON_DEPTH", None, "a.json", nested_json, [DOCUMENT], ["too-deep"]),
    Row(
        "MAX_PATH_BYTES", 300, "a.zip", lambda n: zipped(["a", "ä" * (n // 2) + "x" * (n % 2)]),
        [DOCUMENT] * 2, [DOCUMENT, "too-large"],
    ),
    Row("MAX_PATH_BYTES", 300, "a.tar", lambda n: tarred(["n" * n, "b"]), [DOCUMENT] * 2, ["too-large", DOCUMENT]),
    Row("MAX_DEPTH", None, "a.gz", layers, [DOCUMENT], ["too-deep"]),
    Row("MAX_MEMBERS", 3, "a.zip", lambda n: zipped(map(str, range(n))), [DOCUMENT] * 3, [*[DOCUMENT] * 3, "too-many"]),
    Row("MAX_MEMBERS", 3, "a.tar", lambda n: tarred(map(str, range(n))), [DOCUMENT] * 3, [*[DOCUMENT] * 3, "too-many"]),
    Row("EXPANSION_FLOOR", 50_000, "a.txt.gz", lambda n: gzip.compress(b"x" * n), [DOCUMENT], ["too-large"]),
    Row("MAX_WINDOW_BYTES", 1 << 20, "a.txt.xz", xz_window, [DOCUMENT], ["too-large"], step=1 << 19),
    Row("MAX_WINDOW_BYTES", 1 << 20, "a.txt.zst", zstd_window, [DOCUMENT], ["too-large"], step=1 << 20),
    Row("MAX_WINDOW_BYTES", 1 << 20, "a.zip", zip_window, [DOCUMENT], ["too-large"]),
    Row("MAX_PARTS", 5, "a.eml", parts, [DOCUMENT], ["too-many"]),
    Row("MAX_PART_DEPTH", None, "a.eml", nested_parts, [DOCUMENT], ["too-deep"]),
]  # fmt: skip


def outline(path: Path) -> list[str]:
    return [str(item.reason) if isinstance(item, Failure) else "document" for item in read(path)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.limit}-{row.name}")
def test_what_is_within_a_limit_is_read_and_one_more_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: Row
) -> None:
    if row.value is not None:
        monkeypatch.setattr(limits, row.limit, row.value)
    limit = getattr(limits, row.limit)
    path = tmp_path / row.name
    found = []
    for size in (limit, limit + row.step):
        made = row.made(size)
        path.write_bytes(made.encode() if isinstance(made, str) else made)
        found.append(outline(path))

    assert found == [row.within, row.over]


def test_a_file_may_become_so_many_times_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPANSION_FLOOR", 0)
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"x" * 50_000))
    ratio = -(-50_000 // path.stat().st_size)
    found = []
    for allowed in (ratio, ratio - 1):
        monkeypatch.setattr(limits, "MAX_RATIO", allowed)
        found.append(outline(path))

    assert found == [["document"], ["too-large"]]


def test_a_zip_in_a_compressed_file_is_laid_down_up_to_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = zipped(["a"])
    path = tmp_path / "a.zip.gz"
    path.write_bytes(gzip.compress(inner))
    found = []
    for allowed in (len(inner), len(inner) - 1):
        monkeypatch.setattr(limits, "MAX_SPOOLED_BYTES", allowed)
        found.append(outline(path))

    assert found == [["document"], ["too-large"]]


def test_a_header_of_a_tar_is_read_up_to_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tarred(["a"], {"comment": "x" * 1000}))
    size = len("1017 comment=") + 1000 + len("\n")
    found = []
    for allowed in (size, size - 1):
        monkeypatch.setattr(limits, "MAX_TAR_HEADER_BYTES", allowed)
        found.append(outline(path))

    assert found == [["document"], ["too-large"]]


def test_folders_are_looked_into_down_to_a_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FOLDER_DEPTH", 30)
    innermost = tmp_path.joinpath(*["d"] * 30)
    innermost.mkdir(parents=True)
    (innermost / "a.txt").write_text("Text")
    (innermost / "e").mkdir()
    (innermost / "e" / "b.txt").write_text("Text")

    assert [each.name for each in inputs(tmp_path)] == ["a.txt", "e"]
    assert [outline(each) for each in inputs(tmp_path)] == [["document"], ["too-deep"]]


def test_a_path_is_opened_up_to_a_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ä.txt"
    path.write_text("Text")
    found = []
    for allowed in (len(os.fsencode(path)), len(os.fsencode(path)) - 1):
        monkeypatch.setattr(limits, "MAX_PATH_BYTES", allowed)
        found.append(outline(path))

    assert found == [["document"], ["too-large"]]


def of_mail(tmp_path: Path, content: str) -> list[tuple[str, str]]:
    path = tmp_path / "a.eml"
    path.write_text(content)
    (item,) = read(path)
    assert isinstance(item, Document)
    assert (item.text or "").strip() == "Text"
    return [(witness.field, witness.value) for witness in item.witnesses]


def test_headers_behind_so_many_bytes_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = HEADERS + "X-Weg: " + "y" * 500 + "\n"
    content = f"{begin}List-Id: <a>\n\nText\n"
    found = []
    for allowed in (len(begin) + len("List-Id: <a>"), len(begin)):
        monkeypatch.setattr(limits, "MAX_HEADER_BYTES", allowed)
        found.append(("list-id", "<a>") in of_mail(tmp_path, content))

    assert found == [True, False]


def test_a_headers_value_is_cut_and_headers_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_HEADER_VALUE", 100)
    monkeypatch.setattr(limits, "MAX_HEADERS", 3)

    def mail(size: int, others: int) -> str:
        return f"From: a@b\n{'X: y' * others}{chr(10) * bool(others)}Subject: {'x' * size}\nDate: heute\n\nText\n"

    def stated(size: int, others: int) -> list[tuple[str, int]]:
        return [(field, len(value)) for field, value in of_mail(tmp_path, mail(size, others)) if field != "sender"]

    assert stated(100, 0) == [("title", 100), ("published", 5)]
    assert stated(101, 0) == [("title", 100), ("published", 5)]
    assert stated(100, 1) == [("title", 100)]


def test_attachments_are_named_up_to_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ATTACHMENTS", 2)
    one = "--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\nx\n"

    def named(number: int) -> list[str]:
        content = f"{HEADERS}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nText\n{one * number}"
        return [value for field, value in of_mail(tmp_path, content) if field == "attachment"]

    assert named(2) == ["a.pdf (application/pdf)"] * 2
    assert named(3) == ["a.pdf (application/pdf)"] * 2 + ["1 more"]


@pytest.mark.parametrize("written", [list, "; ".join])
def test_the_authors_or_tags_of_a_record_are_taken_up_to_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: Callable[[list[str]], object]
) -> None:
    monkeypatch.setattr(limits, "MAX_LISTED", 3)
    path = tmp_path / "a.jsonl"

    def taken(number: int) -> list[str]:
        tags = [f"t{each}" for each in range(number)]
        path.write_text(json.dumps({"text": "Text", "tags": written(tags)}))
        (item,) = read(path)
        assert isinstance(item, Document)
        return [witness.value for witness in item.witnesses]

    assert taken(3) == ["t0", "t1", "t2"]
    assert taken(4) == ["t0", "t1", "t2"]


LOOKS = {"SNIFF_BYTES", "SPOOL_MEMORY_BYTES"}  # how something is read; nothing is over them


def test_every_limit_is_tried_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")

    assert [name for name in vars(limits) if name.isupper() and f'"{name}"' not in source] == []
    assert {name for name in vars(limits) if name.isupper()} >= LOOKS
