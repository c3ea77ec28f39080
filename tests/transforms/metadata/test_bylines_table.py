"""The table of bylines: persons, agencies and places in the languages of the press."""

from pathlib import Path

import pytest

from transforms.metadata.bylines import read

TABLE = Path(__file__).with_name("bylines.psv")


def rows() -> list[tuple[str, ...]]:
    """The table's rows: language, byline, persons, agencies, places."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [tuple(cell.strip() for cell in line.split("¦")) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("language", "byline", "persons", "agencies", "places"), rows())
def test_a_byline_is_read_as_the_table_says(
    language: str, byline: str, persons: str, agencies: str, places: str
) -> None:
    found = read(byline.replace("\\n", "\n"))

    assert (persons, agencies, places) == (
        ";".join(found.persons),
        ";".join(found.agencies),
        ";".join(found.places),
    ), language
