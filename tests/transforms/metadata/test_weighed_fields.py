"""Which of several statements about people, headline, tags and place is believed, and how each was weighed."""

import pytest

from backfile.article import Witness
from transforms.metadata.fields import people, place, tags, title
from transforms.metadata.fields.decision import Decision
from transforms.metadata.fields.statements import Statements

SITES = ("Das Blatt",)
LD, OG, CARD, H1, TITLE = "json-ld", "meta:og:title", "meta:twitter:title", "h1", "title"


def said(field: str, *pairs: tuple[str, str]) -> Statements:
    """Statements about one field: origin and value."""
    return Statements(tuple(Witness(field, value, origin) for origin, value in pairs))


@pytest.mark.parametrize(
    ("pairs", "persons", "agencies", "origin"),
    [
        ([("json-ld", "Anna Beispiel"), ("meta:author", "Bernd Muster")], ["Anna Beispiel"], [], "json-ld"),
        (
            [("json-ld", "Anna Beispiel"), ("class:byline", "Von Anna Beispiel und Bernd Muster")],
            ["Anna Beispiel", "Bernd Muster"],
            [],
            "class:byline",
        ),
        ([("json-ld", "Das Blatt"), ("rel:author", "Anna Beispiel")], ["Anna Beispiel"], [], "rel:author"),
        ([("json-ld", "Kurt")], ["Kurt"], [], "json-ld"),
        ([("class:byline", "Kurt")], [], [], ""),
        ([("json-ld", "Deutsche Presse-Agentur")], [], ["dpa"], ""),
        ([("json-ld", "The Associated Press")], [], ["AP"], ""),
        ([("json-ld", "anna.beispiel"), ("class:byline", "Von Anna B. Beispiel")], ["Anna B. Beispiel"], [], ""),
        ([("column:author", "Anna Beispiel"), ("json-ld", "Bernd Muster")], ["Anna Beispiel"], [], "column:author"),
        ([("link:author", "Kurt")], ["Kurt"], [], "link:author"),
        ([("away:link:author", "Kurt")], [], [], ""),
        ([("link:author", "Redaktion")], [], [], ""),
        ([("h1:byline", "Von Anna Beispiel"), ("meta:author", "Bernd Muster")], ["Anna Beispiel"], [], "h1:byline"),
        ([("away:class:byline", "Anna Beispiel"), ("meta:author", "Bernd Muster")], ["Bernd Muster"], [], ""),
        ([("labelled", "Anna Beispiel"), ("json-ld", "Das Blatt")], ["Anna Beispiel"], [], "labelled"),
        (
            [("json-ld", "Anna Beispiel"), ("class:byline", "Anna Beispiel; Bernd Muster")],
            ["Anna Beispiel", "Bernd Muster"],
            [],
            "class:byline",
        ),
    ],
)
def test_people_are_those_that_most_weight_stands_behind(
    pairs: list[tuple[str, str]], persons: list[str], agencies: list[str], origin: str
) -> None:
    found, bodies = people.decide(said("author", *pairs), SITES)

    assert tuple(persons) == (found.value or ())
    assert tuple(agencies) == (bodies.value or ())
    assert origin in {"", found.origin}


def test_each_statement_about_people_says_what_became_of_it() -> None:
    found, _ = people.decide(
        said("author", ("json-ld", "Anna Beispiel"), ("meta:author", "Redaktion"), ("rel:author", "dpa")), SITES
    )

    assert [(each.witness.origin, each.read, each.weight, each.note) for each in found.weighed] == [
        ("json-ld", "Anna Beispiel", 0.9, ""),
        ("rel:author", "", 0.0, "an agency: dpa"),
        ("meta:author", "", 0.0, "names no person"),
    ]


def test_a_list_of_other_articles_does_not_give_all_its_authors() -> None:
    names = ["Anna Eins", "Bernd Zwei", "Carla Drei", "Dora Vier", "Emil Fünf"]

    found, _ = people.decide(said("author", *(("rel:author", name) for name in names)), SITES)

    assert found.value == ("Anna Eins",)


@pytest.mark.parametrize(
    ("pairs", "headline", "origin"),
    [
        ([(LD, "Der alte Bahnhof bleibt"), (OG, "Bahnhof bleibt bis 2044")], "Der alte Bahnhof bleibt", LD),
        (
            [
                (LD, "Der alte Bahnhof bleibt"),
                (OG, "Rat rettet Bahnhof"),
                (CARD, "Rat rettet Bahnhof"),
                (TITLE, "Rat rettet Bahnhof"),
            ],
            "Rat rettet Bahnhof",
            OG,
        ),
        (
            [
                (LD, "Bahn: Der alte Bahnhof bleibt"),
                (OG, "Der alte Bahnhof bleibt"),
                (CARD, "Bahn: Der alte Bahnhof bleibt"),
            ],
            "Der alte Bahnhof bleibt",
            OG,
        ),
        ([(LD, "Chronik: Der Bahnhof bleibt"), (H1, "Der Bahnhof bleibt")], "Der Bahnhof bleibt", H1),
        ([(OG, "Bahnhof bleibt bis 2044 stehen"), (H1, "Der Bahnhof bleibt stehen")], "Der Bahnhof bleibt stehen", H1),
        ([(OG, "Der alte Bahnhof bleibt"), (H1, "Politik")], "Der alte Bahnhof bleibt", OG),
        ([(H1, "Blättchen"), (TITLE, "Der alte Bahnhof bleibt | Blättchen")], "Der alte Bahnhof bleibt", TITLE),
        ([(H1, "Emden"), (TITLE, "Ausflüge im Norden und im Westen")], "Emden", H1),
        (
            [(H1, "Reisen mit der Bahn"), (H1, "Der alte Bahnhof"), (TITLE, "Der alte Bahnhof (Anna Beispiel)")],
            "Der alte Bahnhof",
            H1,
        ),
        (
            [
                (H1, "Verkehr Der alte Bahnhof bleibt"),
                ("h1:headline", "Der alte Bahnhof bleibt"),
                (OG, "Bahnhof bleibt alt"),
            ],
            "Der alte Bahnhof bleibt",
            "h1:headline",
        ),
        (
            [
                (LD, "Der alte Bahnhof bleibt"),
                ("json-ld:alternativeHeadline", "Bahnhof: Warum er bleibt"),
                (OG, "Bahnhof bleibt: So geht es weiter"),
                (CARD, "Bahnhof bleibt: So geht es weiter"),
                (TITLE, "Bahnhof bleibt: So geht es weiter"),
            ],
            "Der alte Bahnhof bleibt",
            LD,
        ),
        (
            [
                ("json-ld:article", "Der alte Bahnhof bleibt"),
                ("json-ld:alternativeHeadline", "Der alte Bahnhof bleibt"),
                (H1, "Der alte Bahnhof von Emden bleibt"),
            ],
            "Der alte Bahnhof bleibt",
            "json-ld:article",
        ),
        (
            [
                (OG, "Verkehr: Der alte Bahnhof bleibt"),
                ("h2", "Verkehr Der alte Bahnhof bleibt"),
                ("h2:headline", "Der alte Bahnhof bleibt"),
            ],
            "Der alte Bahnhof bleibt",
            "h2:headline",
        ),
        ([(OG, "Bahnhof bleibt bis 2044"), ("h2", "Der Bahnhof bleibt stehen")], "Bahnhof bleibt bis 2044", OG),
        ([("h2", "Der alte Bahnhof bleibt")], "Der alte Bahnhof bleibt", "h2"),
        ([("column:title", "Aus der Spalte"), (LD, "Der alte Bahnhof bleibt")], "Aus der Spalte", "column:title"),
        ([(LD, "Das Blatt"), (H1, "Der alte Bahnhof bleibt")], "Der alte Bahnhof bleibt", H1),
    ],
)
def test_the_headline_is_what_the_statements_add_up_to(
    pairs: list[tuple[str, str]], headline: str, origin: str
) -> None:
    found = title.decide(said("title", *pairs), SITES)

    assert (headline, origin) == (found.value, found.origin)
    assert len(pairs) == len(found.weighed)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("json-ld", "Bahn, Streik"), ("meta:keywords", "Bahn, Streik, Norden")], ["Bahn", "Streik", "Norden"]),
        ([("json-ld", "Bahn, Streik"), ("meta:keywords", "Wetter, Regen, Wind")], ["Bahn", "Streik"]),
        ([("json-ld", "Bahn"), ("rel:tag", "Norden")], ["Bahn"]),
        ([("class:tags", "Norden"), ("rel:tag", "Bahn")], ["Bahn"]),
        ([("meta:keywords", "Nachrichten, Zeitung, Norden"), ("rel:tag", "Bahn")], ["Bahn"]),
        ([("json-ld", "Das Blatt, Bahn")], ["Bahn"]),
        ([("column:tags", "Bahn"), ("meta:keywords", "Bahn, Streik")], ["Bahn"]),
        ([("json-ld", "tag:1234")], []),
        ([("link:tag", "Bahn"), ("link:tag", "Streik")], ["Bahn", "Streik"]),
        ([("json-ld", "Bahn"), ("link:tag", "Bahn"), ("link:tag", "Streik")], ["Bahn", "Streik"]),
        ([("json-ld", "Bahn, Regen"), ("link:tag", "Bahn"), ("link:tag", "Streik")], ["Bahn", "Regen"]),
        ([("rel:tag", "Bahn"), ("link:tag", "Bahn"), ("link:tag", "Streik")], ["Bahn"]),
    ],
)
def test_tags_come_from_all_statements_that_agree(pairs: list[tuple[str, str]], expected: list[str]) -> None:
    assert tuple(expected) == (tags.decide(said("tag", *pairs), SITES).value or ())


def test_a_tag_list_that_is_not_believed_says_why() -> None:
    found = tags.decide(said("tag", ("json-ld", "Bahn"), ("class:tags", "Wetter")), SITES)

    assert [(w.note, w.read) for w in found.weighed] == [("", "Bahn"), ("a heavier origin has tags", "Wetter")]


@pytest.mark.parametrize(
    ("field", "pairs", "expected"),
    [
        ("place", [("column:place", "Berlin/Paris")], ["Berlin", "Paris"]),
        ("place", [("json-ld:contentLocation", "Corresponsal en Madrid")], ["Madrid"]),
        ("place", [("json-ld:dateline", "Spain")], []),
        ("author", [("class:byline", "Von Anna Beispiel, Rom")], ["Rom"]),
        ("author", [("meta:author", "Reuters in Valencia")], ["Valencia"]),
        ("author", [("meta:author", "Redaktion in Rom")], []),
    ],
)
def test_a_place_is_where_it_was_written(field: str, pairs: list[tuple[str, str]], expected: list[str]) -> None:
    found: Decision[tuple[str, ...]] = place.decide(said(field, *pairs))

    assert tuple(expected) == (found.value or ())
