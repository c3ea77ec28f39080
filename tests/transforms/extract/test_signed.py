"""Whose the bylines of a page are, by where they stand, in the shapes that templates write them."""

import pytest

from backfile.article import Witness
from transforms.extract import guard, markup

TEXT = "<p>" + "Am Ufer wurde gestern lange gebaut und heute wieder. " * 4 + "</p>"
HEADLINE = "<h1>Die neue Brücke steht</h1>"
TEASER = """<div class="entry"><h3><a href="/b">Regen im Norden bleibt</a></h3>
<div class="entry-author">von <a href="/autor/b-muster">Bernd Muster</a></div></div>"""


def said(body: str, title: str = "Die neue Brücke steht") -> list[tuple[str, str]]:
    tree = guard.parse(f"<html><head><title>{title}</title></head><body>{body}</body></html>")
    return [(w.origin, w.value) for w in markup.witnesses(tree) if w.field == "author"]


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("<p>Von Anna Beispiel</p>", "Von Anna Beispiel"),
        ("<p>By <a href='/x'>Jane Doe</a> and <a href='/y'>Ali Khan</a></p>", "By Jane Doe and Ali Khan"),
        ("<div><strong>von</strong> <span>Anna Beispiel</span></div>", "von Anna Beispiel"),
        ("<div class='authorbox'><b>Von:</b> <i>Anna Beispiel</i></div>", "Von: Anna Beispiel"),
        ("<div><div>Par</div><div>Jeanne Exemple</div></div>", "Par Jeanne Exemple"),
        ("<p>Ein Kommentar von Anna Beispiel</p>", "Ein Kommentar von Anna Beispiel"),
        ("<p>Written by Jane Doe</p>", "Written by Jane Doe"),
        ("<div class='teaser__meta'><p>VON <a href='/x'>ANNA BEISPIEL</a> am 2. Mai 2021</p></div>", None),
        ("<p>Text: Anna Beispiel</p>", "Text: Anna Beispiel"),
    ],
)
def test_text_beside_the_headline_that_begins_like_a_byline_is_one(byline: str, expected: str | None) -> None:
    found = said(HEADLINE + byline + TEXT * 3)

    assert ("h1:byline", expected or "VON ANNA BEISPIEL am 2. Mai 2021") in found


@pytest.mark.parametrize(
    "other",
    [
        "<p>Mehr von Anna Beispiel</p>",
        "<p>Kredit von Privat</p>",
        "<p><i>Chiyekurabe</i> by Kan Probe, 1721.</p>",
        "<h2>Von Wegen Sommerloch</h2>",
        "<nav><p>Von Anna Beispiel</p></nav>",
        f"{TEXT * 3}<p>Von Anna Beispiel</p>",
    ],
)
def test_what_stands_elsewhere_or_begins_otherwise_is_no_byline_by_its_look(other: str) -> None:
    assert not [value for origin, value in said(HEADLINE + other + TEXT * 3) if origin == "h1:byline"]


def test_a_headline_that_begins_like_a_byline_is_none() -> None:
    trail = "<ul><li>Von Wegen Sommerloch</li></ul>"

    assert said(f"{trail}<h1>Von Wegen Sommerloch</h1>{TEXT}", title="Von Wegen Sommerloch") == []


def test_a_byline_beside_the_headline_comes_before_one_far_from_it_which_is_told_apart() -> None:
    below = '<p class="author">Bernd Muster</p>'

    assert said(f'{HEADLINE}<p class="author">Anna Beispiel</p>{TEXT * 3}{below}') == [
        ("class:byline", "Anna Beispiel"),
        ("away:class:byline", "Bernd Muster"),
    ]


def test_on_a_page_without_a_headline_nothing_is_far_from_it() -> None:
    assert said(f'{TEXT * 3}<p class="author">Anna Beispiel</p>', title="") == [("class:byline", "Anna Beispiel")]


def test_who_wrote_other_stories_below_the_text_is_not_told() -> None:
    assert said(HEADLINE + TEXT * 3 + TEASER * 2) == []


def test_a_byline_beside_the_headline_is_the_articles_though_its_box_is_called_a_teaser() -> None:
    box = '<div class="article-teaser"><p class="byline">Anna Beispiel</p></div>'

    assert said(HEADLINE + box + TEXT * 3) == [("class:byline", "Anna Beispiel")]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<div>Anna Maria Beispiel</div><div>Bernd Muster</div>", "Anna Maria Beispiel; Bernd Muster"),
        ("<a href='/x'>Anna Beispiel</a> <a href='/y'>Bernd von Muster</a>", "Anna Beispiel; Bernd von Muster"),
        ("<a href='/x'>Anna Beispiel</a>, <a href='/y'>Bernd Muster</a>", "Anna Beispiel , Bernd Muster"),
        ("<div>Anna Beispiel</div><div>Ressort Politik, Berlin</div>", "Anna Beispiel Ressort Politik, Berlin"),
        ("<span>Anna</span> <span>Maria</span> <span>von</span> <span>Muster</span>", "Anna Maria von Muster"),
        (
            "<b>Anna<!-- --> <!-- -->Beispiel</b><!-- --> <div>Bernd Muster</div>",
            "Anna Beispiel; Bernd Muster",
        ),
        (f"{'<i></i>' * 500}Anna Maria Beispiel<div>Bernd Muster</div>", "Anna Maria Beispiel Bernd Muster"),
        (f"Anna Maria Beispiel{'<i></i>' * 500}<div>Bernd Muster</div>", "Anna Maria Beispiel Bernd Muster"),
        ("<div>Von</div><div>Anna Maria Beispiel</div>", "Von Anna Maria Beispiel"),
    ],
)
def test_names_in_blocks_or_links_of_their_own_are_kept_apart(inner: str, expected: str) -> None:
    assert ("class:byline", expected) in said(f'{HEADLINE}<div class="byline">{inner}</div>{TEXT}')


def test_a_labelled_author_is_told_from_the_author_of_a_book() -> None:
    properties = "<ul><li><b>Datum</b> 2.5.2021</li><li><b>{label}</b> Anna Beispiel</li>{more}</ul>"

    assert said(HEADLINE + TEXT * 3 + properties.format(label="Autorin/Autor", more="")) == [
        ("labelled", "Anna Beispiel")
    ]
    assert said(HEADLINE + TEXT * 3 + properties.format(label="Autorin:", more="<li><b>Verlag:</b> Probe</li>")) == []


def test_the_path_of_a_licence_is_no_authors_page_and_a_card_about_a_person_no_teaser() -> None:
    licence = '<a href="https://creativecommons.org/licenses/by/4.0/">CC BY</a>'
    card = '<address class="p-author h-card"><a href="/autor/anna">Anna Beispiel</a></address>'

    assert said(f"<article>{HEADLINE}{TEXT * 3}{licence}{card}</article>") == [
        ("away:link:author", "Anna Beispiel"),
    ]


def test_a_thousand_labels_and_bylines_are_read_in_one_go() -> None:
    many = "<p class='author'>Anna Beispiel</p><b>Autor</b><i>x</i>" * 3_000

    assert set(said(HEADLINE + TEXT + many)) <= {
        ("class:byline", "Anna Beispiel"),
        ("away:class:byline", "Anna Beispiel"),
        ("labelled", "x"),
    }


def test_witnesses_of_a_page_without_a_body_are_none() -> None:
    assert Witness("author", "x", "labelled") not in markup.witnesses(guard.parse("<html><head></head></html>"))
