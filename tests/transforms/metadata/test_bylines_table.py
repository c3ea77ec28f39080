"""The table of bylines: persons, agencies and places in the languages of the press."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.metadata import byline_words
from transforms.metadata.bylines import LONGEST_BYLINE, read
from transforms.metadata.persons import person

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


GIVEN = ("Anna", "Bernd", "Zoë", "Jean-Luc", "Søren", "Łucja", "Ярина", "Γιώργος", "J. K.")
FAMILY = ("Beispiel", "Muster-Probe", "van der Toets", "de la Muestra", "O'Roe", "Przykład", "Зразок", "von Mühle")
NAMES = st.builds(lambda given, family: f"{given} {family}", st.sampled_from(GIVEN), st.sampled_from(FAMILY))
ANDS = (
    "and",
    "und",
    "sowie",
    "et",
    "y",
    "e",
    "i",
    "och",
    "og",
    "en",
    "ja",
    "ve",
    "oraz",
    "та",
    "и",
    "και",
    "&",
    "/",
    ";",
    "|",
    ",",
)
LEADS = ("", "Von ", "By ", "Par ", "Por ", "Di ", "Door ", "Autor: ", "Text: ", "Av ", "Written by ")


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True), st.sampled_from(ANDS), st.sampled_from(LEADS))
def test_names_that_are_joined_come_apart_again(names: list[str], joined: str, lead: str) -> None:
    *first, last = names
    line = f"{', '.join(first)} {joined} {last}" if first else last

    assert tuple(names) == read(lead + line).persons


@given(NAMES)
def test_a_name_in_capitals_is_read_as_in_running_text(name: str) -> None:
    shouted = person(name.upper())

    assert shouted is not None
    assert shouted.casefold() == name.upper().casefold()
    assert not shouted.isupper()


@given(byline=st.text(max_size=2 * LONGEST_BYLINE), stated=st.booleans())
def test_no_byline_raises_and_no_name_is_blank(byline: str, *, stated: bool) -> None:
    found = read(byline, stated=stated)

    assert all(name.strip() == name != "" for name in (*found.persons, *found.agencies, *found.places))


@pytest.mark.parametrize("word", ["Von ", "by ", "(", "a, ", "und ", "Dr. ", "Jane Doe and ", ": ", "1 ", "mit "])
def test_a_long_line_of_one_word_is_read_at_once(word: str) -> None:
    read(word * 100_000, stated=True)


def test_what_is_noise_is_no_person() -> None:
    assert [word for word in byline_words.NOISE if person(word.capitalize(), stated=False)] == []
