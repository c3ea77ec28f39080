"""Plain text: one line a paragraph, and never two paragraphs in one line."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfile.article import Line
from transforms.extract import plaintext

# In the shape of a mailing list's message, wrapped at 72 columns.
WRAPPED = """\
Der Rat hat am Montag beschlossen, den alten Bahnhof nicht abzureissen,
sondern für die nächsten zwanzig Jahre zu verpachten. Die Stadt rechnet
mit Einnahmen von rund einer halben Million Euro, die in den Neubau der
Turnhalle fliessen sollen.

Kritik aus der Opposition

Die Opposition sprach von einem übereilten Schritt. Ein Gutachten sei
nicht eingeholt worden, die Frist für Einwände zu kurz gewesen, und die
Anwohner habe niemand gefragt.

* erster Punkt der Tagesordnung, der lang genug ist, um in die nächste
  Zeile zu laufen
* zweiter Punkt
"""


def texts(source: str) -> list[str]:
    return [line.text for line in plaintext.lines(source)]


def test_wrapped_lines_are_joined_and_headings_and_items_stay_apart() -> None:
    first, second, *rest = WRAPPED.split("\n\n")

    assert texts(WRAPPED) == [
        first.replace("\n", " "),
        second,
        rest[0].replace("\n", " "),
        "* erster Punkt der Tagesordnung, der lang genug ist, um in die nächste Zeile zu laufen",
        "* zweiter Punkt",
    ]


# In the shape of a utility's letter: headlines between ruled lines.
RULED = """\
----------------------------------------------------------------------
1. Neues Blockheizkraftwerk geht ans Netz
----------------------------------------------------------------------

Das neue Blockheizkraftwerk am Ostbahnhof ist seit Montag in Betrieb. Es
versorgt 1.200 Wohnungen mit Wärme und kostet 18 Millionen Euro. Die alte
Anlage wird im Frühjahr abgebaut.

----------------------------------------------------------------------
2. Strompreise bleiben stabil
----------------------------------------------------------------------

Die Preise für Haushaltsstrom bleiben im kommenden Jahr unverändert. Das
hat der Aufsichtsrat am Donnerstag beschlossen, obwohl die Netzentgelte
steigen.

----------------------------------------------------------------------
Impressum: Werke GmbH, Werkstr. 1, 99999 Musterburg
Newsletter abbestellen: https://www.werke.example/ab
"""


def test_ruled_lines_say_nothing_of_the_width() -> None:
    found = texts(RULED)
    first, second = (block.replace("\n", " ") for block in RULED.split("\n\n")[1:4:2])

    assert {
        first,
        second,
        "2. Strompreise bleiben stabil",
        "Impressum: Werke GmbH, Werkstr. 1, 99999 Musterburg",
    } <= set(found)


def test_without_blank_lines_each_line_is_a_paragraph() -> None:
    paragraphs = ["Überschrift", "Ein langer Absatz. " * 20, "Noch ein Absatz, der kurz ist.", "Lesen Sie auch: dies"]

    assert [paragraph.strip() for paragraph in paragraphs] == texts("\n".join(paragraphs))


def test_lines_of_a_block_that_are_not_wrapped_stay_apart() -> None:
    assert texts("Von Anna Beispiel\nBerlin, 3. März\n\n" + "Ein Satz. " * 30) == [
        "Von Anna Beispiel",
        "Berlin, 3. März",
        ("Ein Satz. " * 30).strip(),
    ]


def test_verses_are_not_joined() -> None:
    verses = "Es war einmal ein kleiner Bär,\nder liebte alle Beeren sehr,\nund kam der Herbst, so ass er mehr."

    assert verses.split("\n") == texts(verses)


def test_a_hyphen_at_the_break_goes_only_when_it_is_the_breaks() -> None:
    text = (
        "Die Breite der Zeilen dieses Textes ist die einer Mail, und darum wird\n"
        "jedes Wort, das nicht mehr in die Zeile passt, in die nächste gesetzt.\n"
        "Manches Wort wird dabei am Ende der Zeile getrennt, so wie hier Wasser-\n"
        "werk; anderswo aber, wo das zweite Wort darauf folgt, etwa bei Nah-\n"
        "und Fernverkehr, bleibt der Strich stehen, denn er gehört zum Wort.\n"
    )
    joined = " ".join(texts(text))

    assert "Wasserwerk" in joined
    assert "Nah- und Fernverkehr" in joined


def test_format_flowed_is_joined_as_the_mail_says() -> None:
    lines = plaintext.lines("Ein Satz, \nder weitergeht.\n> zitiert \n> wird auch\n-- \nGruss\n", flowed=True)

    assert lines == [
        Line("Ein Satz, der weitergeht."),
        Line("> zitiert wird auch", "quote"),
        Line("--"),
        Line("Gruss"),
    ]


def test_every_kind_of_line_break_and_form_feed_ends_a_line() -> None:
    assert texts("eins\r\nzwei\rdrei\x0cvier\n\n\n\tfünf\tsechs") == ["eins", "zwei", "drei", "vier", "fünf sechs"]


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]) | st.sampled_from("\n \t>-"), max_size=400))
def test_no_text_raises_and_no_line_has_a_break(source: str) -> None:
    for line in plaintext.lines(source):
        assert line.text == line.text.strip() != ""
        assert len(line.text.splitlines()) == 1


@given(st.lists(st.text(alphabet="abc äöü.", min_size=1, max_size=300).map(str.strip).filter(bool), max_size=12))
def test_paragraphs_with_blank_lines_between_them_survive_as_lines(paragraphs: list[str]) -> None:
    assert [" ".join(p.split()) for p in paragraphs] == texts("\n\n".join(paragraphs))


FIRST = """Der Rat hat am Montag beschlossen, den alten Bahnhof nicht abzureißen, sondern für die nächsten zwanzig Jahre
zu verpachten. Die Stadt rechnet mit Einnahmen von rund einer halben Million Euro, die in den Neubau der Turnhalle
fließen sollen. Ein Gutachten wurde nicht eingeholt, die Frist für Einwände war kurz, und die Anwohner hat niemand
gefragt, obwohl viele von ihnen seit Jahren im Rat saßen."""
SECOND = """Die Opposition sprach von einem übereilten Schritt. Sie will im Herbst noch einmal abstimmen lassen und bis
dahin Unterschriften sammeln, damit auch die gehört werden, die an diesem Abend keinen Platz mehr im Saal gefunden
hatten und draußen im Regen standen."""
PARAGRAPHS = [FIRST.replace("\n", " "), SECOND.replace("\n", " ")]


@pytest.mark.parametrize("columns", [36, 45, 64, 90, 100, 120])
def test_lines_wrapped_at_any_column_are_joined_when_blank_lines_part_the_paragraphs(columns: int) -> None:
    wrapped = "\n\n".join(textwrap.fill(each, columns, break_on_hyphens=False) for each in PARAGRAPHS)

    assert texts(wrapped) == PARAGRAPHS


def test_paragraphs_of_a_line_each_are_never_joined() -> None:
    assert texts("\n".join(PARAGRAPHS * 4)) == PARAGRAPHS * 4
