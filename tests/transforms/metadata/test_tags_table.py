"""The table of keywords: ids, paths and section marks are no tags."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.metadata import tags

TABLE = Path(__file__).with_name("tags.psv")


def rows() -> list[tuple[str, ...]]:
    """The table's rows: keywords, tags."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("# ")]
    return [tuple(cell.strip() for cell in line.split("¦")) for line in lines]


@pytest.mark.parametrize(("stated", "expected"), rows())
def test_keywords_are_read_as_the_table_says(stated: str, expected: str) -> None:
    assert expected == ";".join(tags.split([stated]))


@given(st.lists(st.text(max_size=200), max_size=5))
def test_no_keywords_raise_and_each_tag_stands_once(stated: list[str]) -> None:
    found = tags.split(stated)

    assert len(found) == len({tags.fold(tag) for tag in found})
    assert len(found) <= tags.MOST_TAGS
