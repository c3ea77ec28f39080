"""Lines that stand around an article: what the model may take, and what it may not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.shaped import PROSE, article, cleaned
from transforms import rules, shape, surroundings
from transforms.rule import clean
from transforms.surroundings import model
from transforms.surroundings.looks import NAMES, looks

DE, EN = PROSE["de"], PROSE["en"]
BUTTONS = ["Teilen Facebook Twitter WhatsApp", "Anzeige", "Kommentare"]
TEASERS = [
    "Streit um Parkplätze am Bahnhof geht in die nächste Runde",
    "Lokales",
    "Neue Turnhalle in Beispielheim wird später fertig",
    "Lokales",
    "Vier Verletzte nach Unfall auf der Landstraße bei Lindenhofen",
    "12.11.2024",
    "Sport",
    "Handballer verlieren in letzter Sekunde",
]
SUBHEADING = "Kritik der Händler"


def taken(lines: list[str], language: str = "de") -> list[str]:
    """What the rule took, in order."""
    return [removal.text for removal in cleaned(lines, language).removed if removal.rule.startswith(surroundings.NAME)]


def test_headlines_of_other_articles_below_the_buttons_go() -> None:
    assert set(TEASERS) <= set(taken([*DE, *BUTTONS, *TEASERS, "Impressum | Datenschutz | AGB"]))


@pytest.mark.parametrize("line", [*TEASERS, SUBHEADING, "- ein Brot", "Lena Beispiel"])
def test_an_article_from_which_no_other_rule_took_anything_is_left_alone(line: str) -> None:
    assert taken([*DE[:2], line, *DE[2:], line]) == []


def test_a_subheading_stays_in_an_article_with_buttons_around_it() -> None:
    lines = [*DE[:2], SUBHEADING, *DE[2:], *BUTTONS, *TEASERS]

    assert SUBHEADING in cleaned(lines).paragraphs


def test_between_paragraphs_nothing_goes_from_a_block_without_furniture() -> None:
    lines = [*DE[:2], *TEASERS, *DE[2:], *BUTTONS]

    assert set(taken(lines)).isdisjoint(TEASERS)


@pytest.mark.parametrize("number", range(len(DE)))
def test_running_text_among_furniture_stays(number: int) -> None:
    lines = [*DE, *BUTTONS, *TEASERS, EN[number], *BUTTONS]

    assert EN[number] in cleaned(lines).paragraphs


def test_a_whole_sentence_below_the_buttons_stays() -> None:
    sentence = "Die Sitzung war gegen elf Uhr zu Ende."

    assert sentence in cleaned([*DE, *BUTTONS, *TEASERS[:3], sentence]).paragraphs


def test_a_table_of_contents_that_names_the_subheadings_stays_around_the_text() -> None:
    contents = ["Kritik der Händler am Markt", "Was der Rat beschließen will"]
    lines = [*DE[:1], contents[0], *DE[1:2], contents[1], *DE[2:], *BUTTONS, *contents, *TEASERS]

    assert not set(contents) & set(taken(lines))


def test_initials_below_a_text_are_taken_by_their_own_rule() -> None:
    call = "Ihnen gefällt der Abendbrief? Dann werden Sie Mitglied im Förderkreis, schon ab 5 Euro im Monat."

    found = cleaned([*DE, "Newsletter", "(mab)", call])

    assert [each.rule for each in found.removed if each.text == "(mab)"] == ["initials/1"]


def test_a_wish_above_the_signature_of_a_letter_stays() -> None:
    wish = "Ich wünsche Ihnen einen Tag ohne fehlende Seiten,"

    assert wish in cleaned([*DE, wish, "Ihre Lena Beispiel", *BUTTONS, *TEASERS[:3]]).paragraphs


def test_cleaning_again_sees_the_same_document() -> None:
    begun = article([*DE, *BUTTONS, *TEASERS])
    once = clean(begun, rules())

    assert once == clean(once, rules())  # type: ignore[arg-type]


def test_the_model_was_trained_on_the_figures_that_are_measured() -> None:
    assert model.trees().names == NAMES


def test_every_look_has_the_figures_that_are_named() -> None:
    result = cleaned([*DE[:2], SUBHEADING, *DE[2:], *BUTTONS])

    assert {len(look.vector) for look in looks(result, own=surroundings.NAME)} == {len(NAMES)}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-1, 100), min_size=len(NAMES), max_size=len(NAMES)))
def test_a_probability_lies_between_none_and_certain(vector: list[float]) -> None:
    assert 0 <= model.probability(vector) <= 1


@settings(max_examples=100, deadline=None)
@given(st.permutations([*DE, *EN, *BUTTONS, *TEASERS]))
def test_whatever_the_order_the_model_takes_no_running_text(lines: list[str]) -> None:
    assert not any(shape.is_prose(line) for line in taken(lines, "und"))


def test_a_document_of_too_many_lines_is_left_alone() -> None:
    lines = [*DE, *BUTTONS, *(f"Zeile {number}" for number in range(surroundings.MOST_LINES))]

    assert taken(lines) == []
