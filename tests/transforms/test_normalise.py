"""From witnesses to the fields of an article."""

from dataclasses import replace
from typing import Any

import pytest

from backfile.article import Article, Extraction, Line, Span, Witness
from transforms import normalise
from transforms.normalise import begin, key_url

TEXT = "Der Rat der Stadt hat am Montag beschlossen, den alten Bahnhof nicht abzureißen, sondern zu verpachten."


LIST = ("list-id", "<m>", "header:List-Id")
SENT = "Sun, 9 Jul 2023 08:15:00 +0200"
ANNA = ("author", "Anna Beispiel", "rel:author")


def article(*witnesses: tuple[str, str, str], hints: tuple[Witness, ...] = (), text: str = TEXT) -> Article:
    said = tuple(Witness(*each) for each in witnesses)
    return begin(Extraction((Line(text),), said), id="blatt/1", source="blatt", uri="a.html", hints=hints)


def test_an_article_without_witnesses_has_its_lines_and_its_language_alone() -> None:
    found = article()

    assert found == Article(
        "blatt/1", "blatt", "a.html", (Span(0, 0, TEXT),), language="de", provenance={"language": "weights"}
    )


@pytest.mark.parametrize(
    ("field", "witnesses", "value", "origin"),
    [
        ("title", [("title", "Aus dem h1", "h1"), ("title", "Aus JSON", "json-ld")], "Aus JSON", "json-ld"),
        ("title", [("title", "a.html", "column:title"), ("title", "Der Bahnhof", "h1")], "Der Bahnhof", "h1"),
        ("title", [("title", "a.html", "column:title")], None, None),
        (
            "title",
            [("title", "Bahnhof: was nun? | Blatt", "meta:og:title"), ("publisher", "Blatt", "meta:og:site_name")],
            "Bahnhof: was nun?",
            "meta:og:title",
        ),
        (
            "title",
            [("title", "Bahnhof bleibt bis 2044", "meta:og:title"), ("title", "Der Bahnhof bleibt stehen", "h1")],
            "Der Bahnhof bleibt stehen",
            "h1",
        ),
        ("publisher", [("publisher", "Blatt", "column:medium")], "Blatt", "column:medium"),
        ("publisher", [("author", "Der Morgen", "header:From"), LIST], "Der Morgen", "header:From"),
        ("authors", [("author", "Von A. Beispiel (dpa)", "meta:author")], ("A. Beispiel",), "meta:author"),
        ("authors", [("author", "Anna Beispiel", "header:From")], ("Anna Beispiel",), "header:From"),
        ("authors", [("author", "Redaktion", "json-ld"), ANNA], ("Anna Beispiel",), "rel:author"),
        ("agencies", [("author", "Anna Beispiel, dpa", "json-ld")], ("dpa",), "json-ld"),
        ("tags", [("tag", "a, b", "meta:keywords"), ("tag", "c", "json-ld")], ("c",), "json-ld"),
        ("url", [("url", "https://b.example/x?utm_source=a", "column:url")], "https://b.example/x", "column:url"),
        (
            "url",
            [("url", "https://b.example/x?amp", "saved-from"), ("url", "https://b.example/x", "link:canonical")],
            "https://b.example/x",
            "link:canonical",
        ),
        (
            "url",
            [("url", "https://b.example/x", "saved-from"), ("url", "https://b.example/", "link:canonical")],
            "https://b.example/x",
            "saved-from",
        ),
        ("published", [("published", "2023-07", "column:date")], "2023-07", "column:date"),
        ("published", [("published", "2023", "json-ld")], "2023", "json-ld"),
        ("published", [("published", "vorgestern", "time")], None, None),
        ("published", [("url", "https://b.example/2023/07/09/x", "link:canonical")], "2023-07-09", "url"),
        ("published", [("fetched", "2023-07-09", "saved-from")], None, None),
        ("fetched", [("published", SENT, "header:Date")], "2023-07-09T08:15:00+02:00", "header:Date"),
        ("updated", [("updated", "2023-07-10", "json-ld")], "2023-07-10", "json-ld"),
    ],
)  # fmt: skip
def test_a_field_takes_the_strongest_statement_and_says_whose_it_was(
    field: str, witnesses: list[tuple[str, str, str]], value: Any, origin: str | None
) -> None:
    found = article(*witnesses)

    assert value == getattr(found, field)
    assert origin == found.provenance.get(field)


def test_the_precision_is_stated_with_the_date() -> None:
    assert article(("published", "2023-07", "json-ld")).published_precision == "month"


def test_a_day_on_which_strong_witnesses_disagree_is_told() -> None:
    found = article(
        ("published", "2023-07-09T23:00:00-04:00", "json-ld"),
        ("published", "2023-07-10T03:00:00Z", "meta:article:published_time"),
        ("published", "2023-08-01", "meta:dc.date.issued"),
        ("published", "2023-09-01", "margin:time"),
    )

    assert found.published == "2023-07-09T23:00:00-04:00"
    assert found.date_conflict == ("meta:dc.date.issued: 2023-08-01",)


def test_a_finer_statement_of_the_same_date_wins() -> None:
    found = article(
        ("published", "2023-07-09", "json-ld"), ("published", "2023-07-09T08:15+02:00", "meta:article:published_time")
    )

    assert found.published == "2023-07-09T08:15+02:00"
    assert found.provenance["published"] == "meta:article:published_time"


def test_what_the_configuration_says_wins() -> None:
    hints = (Witness("language", "en", "config"), Witness("publisher", "Das Blatt", "config"))
    found = article(("language", "de", "html:lang"), ("publisher", "blatt.de", "json-ld"), hints=hints)

    assert (found.language, found.publisher) == ("en", "Das Blatt")
    assert (found.provenance["language"], found.provenance["publisher"]) == ("config", "config")


def test_figures_are_ordered_as_in_the_pages_country() -> None:
    stated = ("published", "03/04/2023", "time")

    assert article(stated, ("language", "en-US", "html:lang")).published == "2023-03-04"
    assert article(stated, ("language", "en-GB", "html:lang")).published == "2023-04-03"


def test_the_key_is_the_canonical_address() -> None:
    said = (Witness("url", "https://b.example/x?utm_medium=m#a", "link:canonical"),)

    assert key_url(Extraction((), said)) == "https://b.example/x"
    assert key_url(Extraction(())) is None


NAMED_LIST = ("list-id", "Blick vom Deich <brief.example>", "header:List-Id")


def test_a_person_who_writes_to_a_list_with_a_name_is_the_author_and_the_list_publishes() -> None:
    found = article(("author", "Anna Beispiel", "header:From"), NAMED_LIST)

    assert (found.authors, found.publisher) == (("Anna Beispiel",), "Blick vom Deich")


def test_a_sender_whose_host_has_the_name_is_the_house() -> None:
    sender = ("sender", "post@blatt.example", "header:From")
    found = article(("author", "Blatt Morgenlage", "header:From"), sender, NAMED_LIST)

    assert (found.authors, found.publisher) == ((), "Blatt Morgenlage")


def test_the_site_behind_the_headline_publishes_when_nobody_else_is_named() -> None:
    headline = "Der alte Bahnhof bleibt stehen"
    found = article(("title", headline, "h1"), ("title", f"{headline} | Musterburger Anzeiger", "title"))

    assert ("Musterburger Anzeiger", headline) == (found.publisher, found.title)


def test_a_byline_may_say_where_it_was_written() -> None:
    assert article(("author", "By Anna Beispiel in Bad Muster", "class:byline")).place == ("Bad Muster",)


def test_keywords_of_a_site_are_no_tags() -> None:
    assert article(("tag", "Nachrichten, Musterburg, Zeitung, aktuell", "meta:keywords")).tags == ()


def signed(*said: Witness, known: tuple[str, ...] = ()) -> Article:
    extraction = Extraction((Line("Text."),), said)
    article = normalise.begin(extraction, id="a/1", source="a", uri="a")
    return normalise.signed(replace(article, authors=known or article.authors), extraction)


def test_where_no_person_signs_the_body_that_structured_data_name_does() -> None:
    news = Witness("title", "Ferry runs aground", "json-ld")

    assert signed(news, Witness("agency", "BBC News", "json-ld")).authors == ("BBC News",)
    assert signed(Witness("author", "dpa", "json-ld")).authors == ("dpa",)
    assert signed(news, Witness("agency", "BBC News", "json-ld")).provenance["authors"] == "json-ld"


@pytest.mark.parametrize(
    "said",
    [
        Witness("author", "BBC News", "meta:author"),
        Witness("author", "Redaktion", "json-ld"),
        Witness("author", "admin", "json-ld"),
        Witness("author", "https://example.org/team", "json-ld"),
        Witness("agency", "Muster GmbH", "json-ld"),
    ],
    ids=lambda said: said.value,
)
def test_no_other_statement_makes_a_body_an_author(said: Witness) -> None:
    assert signed(said).authors == ()


@pytest.mark.parametrize(
    ("value", "origin", "expected"),
    [
        ("Musterblatt", "rel:author", "Musterblatt"),
        ("von Musterblatt Redaktion", "h1:byline", "Musterblatt Redaktion"),
        ("By musterblatt", "class:byline", "musterblatt"),
        ("Musterblatt", "away:class:byline", None),
        ("Musterblatt", "link:author", None),
        ("Musterblatt", "meta:author", None),
        ("Von Redaktion", "h1:byline", None),
        ("Musterblatt am Sonntag", "class:byline", None),
        ("Stiftung Probe", "rel:author", None),
    ],
)
def test_the_publisher_signs_where_a_byline_beside_the_headline_names_it(
    value: str, origin: str, expected: str | None
) -> None:
    found = signed(Witness("publisher", "Musterblatt", "meta:og:site_name"), Witness("author", value, origin))

    assert (tuple(filter(None, [expected])), origin if expected else None) == (
        found.authors,
        found.provenance.get("authors"),
    )


def test_a_body_never_signs_beside_a_person() -> None:
    house = Witness("agency", "BBC News", "json-ld")
    news = Witness("title", "Ferry runs aground", "json-ld")

    assert signed(news, house, Witness("author", "Mia Muster", "json-ld")).authors == ("Mia Muster",)
    assert signed(news, house, known=("Mia Muster",)).authors == ("Mia Muster",)
