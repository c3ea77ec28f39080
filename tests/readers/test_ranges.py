"""A large file is cut at the borders of its items: range by range it gives what it gives as a whole."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfile.article import Failure
from backfile.readers import Growth, Position, ranges, read
from tests.pipeline.made import box, records, table, zipped

LINES = st.sampled_from(
    [b'{"text": "Der Rat hat beraten."}', b"{broken", b"", b"   ", b"\x1e{}", b'{"id": 1, "text": "x"}', b"\xff", b"\r"]
)
PIECES = st.sampled_from(
    [
        *(b"From rat@x.example Mon Nov 25 10:12:00 2024\n", b"From rat@x.example Mon Nov 25 10:12:00 2024\r\n"),
        *(b"Subject: Rat\n", b"\n", b"\r\n", b">From hier an\n", b"From hier an\n", b"Ein Satz.\n", b"x" * 300),
        b"\n\n",
    ]
)


def whole(file: Path, growth: Growth) -> tuple[list[object], Position | None, bool]:
    items: list[object] = list(read(file, growth=growth))
    return items, growth.last, growth.left


def by_ranges(file: Path, growth: Growth, size: int) -> tuple[list[object], Position | None, bool, int]:
    """What a run makes of ranges: the last one is read as the file was to be, the others as if nothing follows."""
    items: list[object] = []
    last, left = None, False
    found = list(ranges(file, size=size, growth=growth))
    for each in found:
        is_last = each.end == growth.end
        one = Growth(
            each.end, growth.settled if is_last else True, each.start, grown=growth.grown if is_last else False
        )
        items += read(file, growth=one)
        last, left = one.last or last, one.left
    return items, last, left, len(found)


def growths(end: int) -> Iterator[tuple[bool, bool]]:
    yield from ((settled, grown) for settled in (True, False) for grown in (True, False))


@given(lines=st.lists(LINES, min_size=1, max_size=30), size=st.integers(1, 200), ended=st.booleans(), bom=st.booleans())
def test_lines_of_json_are_the_same_by_ranges(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], size: int, ended: bool, bom: bool
) -> None:
    first = (b"\xef\xbb\xbf" if bom else b"") + b'{"text": "Erster"}\n' * 9
    content = first + b"\n".join(lines) + (b"\n" if ended else b"")
    same(tmp_path_factory.mktemp("ranges") / "a.jsonl", content, size)


@given(pieces=st.lists(PIECES, max_size=40), size=st.integers(1, 400))
def test_messages_of_a_mailbox_are_the_same_by_ranges(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], size: int
) -> None:
    content = b"From rat@x.example Mon Nov 25 10:12:00 2024\nSubject: Rat\n\nText\n\n" + b"".join(pieces)
    same(tmp_path_factory.mktemp("ranges") / "a.mbox", content, size)


def same(file: Path, content: bytes, size: int) -> None:
    file.write_bytes(content)
    for settled, grown in growths(len(content)):
        expected = whole(file, Growth(len(content), settled, grown=grown))
        *found, count = by_ranges(file, Growth(len(content), settled, grown=grown), size)

        assert found == list(expected) or count == 0


def test_a_file_that_grew_is_cut_from_where_it_is_to_be_read(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = records(*"abcdefgh").splitlines(keepends=True)
    file.write_text("".join(lines))
    start = Position("jsonl", sum(len(each.encode()) for each in lines[:3]), 3)
    end = file.stat().st_size

    expected = whole(file, Growth(end, True, start, grown=True))
    *found, count = by_ranges(file, Growth(end, True, start, grown=True), 500)

    assert count > 1
    assert found == list(expected)
    assert [each.member for each in read(file, growth=Growth(end, True, start))][:1] == ["4"]


@pytest.mark.parametrize(
    ("name", "content"),
    {
        "a.csv": table(*"abcdef").encode(),
        "a.zip": zipped(*"abcdef"),
        "a.txt": b"Ein Text\n" * 100,
        "empty.jsonl": b"",
        "wide.jsonl": records(*"abc").encode("utf-16"),
    }.items(),
)
def test_what_cannot_be_cut_is_read_as_one(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    assert list(ranges(file, size=10, growth=Growth(len(content), True))) == []


def test_what_is_not_there_is_left_to_its_reader(tmp_path: Path) -> None:
    file = tmp_path / "gone.jsonl"

    assert list(ranges(file, size=10, growth=Growth(100, True))) == []
    assert [type(each) for each in read(file)] == [Failure]


def test_bytes_that_came_since_the_listing_are_in_no_range(tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    file.write_bytes(box("Radwege", "Kitas", "Bus"))
    end = file.stat().st_size
    file.write_bytes(box("Radwege", "Kitas", "Bus", "Kran"))
    os.utime(file, (time.time(), time.time()))

    found = list(ranges(file, size=100, growth=Growth(end, True)))

    assert (len(found), found[-1].end) == (3, end)
