"""The table of headlines, with what sites, tickers and programs put around them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.metadata import titles

TABLE = Path(__file__).with_name("titles.psv")


def rows() -> list[tuple[str, ...]]:
    """The table's rows: title, sites, headline."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [tuple(cell.strip() for cell in line.split("¦")) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("title", "sites", "headline"), rows())
def test_a_headline_is_read_as_the_table_says(title: str, sites: str, headline: str) -> None:
    assert headline == (titles.tidy(title.replace("\\t", "\t"), sites=[s for s in sites.split(";") if s]) or "")


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=20), max_size=3))
def test_no_title_raises_and_a_tidy_one_stays(title: str, sites: list[str]) -> None:
    once = titles.tidy(title, sites=sites)

    assert once is None or once.strip() == once != ""


@pytest.mark.parametrize(
    ("whole", "part", "kicked"),
    [
        ("Wetter: Regen im Norden", "Regen im Norden", True),
        ("WETTER Regen im Norden", "Regen im Norden", True),
        ("Regen im Norden", "Regen im Norden", False),
        ("Viel Regen", "Regen", False),
    ],
)
def test_a_kicker_stands_before_a_headline_of_three_words(whole: str, part: str, *, kicked: bool) -> None:
    assert kicked == titles.is_kicker_before(whole, part)
