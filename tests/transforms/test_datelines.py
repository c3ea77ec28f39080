"""Datelines: place, agency and day that open a report; and sentences that only look like one."""

from pathlib import Path

import pytest

from backfile.article import Article, Span
from transforms.dateline import take_dateline

TABLE = Path(__file__).with_name("datelines.psv")
REST = " hat am Montag nach langer Beratung beschlossen, den alten Bahnhof nicht abzureißen, sondern zu verpachten."


def rows() -> list[tuple[str, ...]]:
    """The table's rows: opening, what goes, places, agencies."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [tuple(cell.strip() for cell in line.split("¦")) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("opening", "goes", "places", "agencies"), rows())
def test_a_dateline_goes_and_is_kept_as_place_and_agency(opening: str, goes: str, places: str, agencies: str) -> None:
    text = opening + REST
    article = Article("a/1", "a", "a.txt", (Span(0, 0, text), Span(1, 0, "Der Rat" + REST)))

    found = take_dateline.apply(article)

    assert isinstance(found, Article)
    assert text[len(goes) :].strip() == found.paragraphs[0]
    assert (places, agencies) == (";".join(found.place), ";".join(found.agencies))
