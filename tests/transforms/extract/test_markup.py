"""What pages say about themselves, in the shape that content management systems write it."""

import json

import pytest

from backfile.article import Witness
from transforms.extract import guard, markup


def said(head: str = "", body: str = "", *, field: str | None = None) -> list[tuple[str, str]]:
    tree = guard.parse(f"<html lang='de-AT'><head>{head}</head><body>{body}<p>Text</p></body></html>")
    return [(w.origin, w.value) for w in markup.witnesses(tree) if field is None or w.field == field]


def script(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="application/ld+json">{text}</script>'


ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Regen",
    "datePublished": "2023-07-09T08:15:00+02:00",
    "dateModified": "2023-07-10",
    "author": [{"@type": "Person", "name": "Anna Beispiel"}, {"@type": "Organization", "name": "dpa"}],
    "publisher": {"@type": "Organization", "name": "Neues Blatt"},
    "keywords": ["Wetter", "Norden"],
    "inLanguage": "de",
}


def test_json_ld_is_read_verbatim() -> None:
    tree = guard.parse(f"<html><head>{script(ARTICLE)}</head><body><p>x</p></body></html>")

    assert list(markup.witnesses(tree)) == [
        Witness("title", "Regen", "json-ld"),
        Witness("published", "2023-07-09T08:15:00+02:00", "json-ld"),
        Witness("updated", "2023-07-10", "json-ld"),
        Witness("author", "Anna Beispiel", "json-ld"),
        Witness("agency", "dpa", "json-ld"),
        Witness("publisher", "Neues Blatt", "json-ld"),
        Witness("tag", "Wetter", "json-ld"),
        Witness("tag", "Norden", "json-ld"),
        Witness("language", "de", "json-ld"),
    ]


@pytest.mark.parametrize(
    "value",
    [
        [ARTICLE],
        {"@graph": [{"@type": "WebSite", "name": "Neues Blatt"}, ARTICLE]},
        {"@type": "WebPage", "mainEntity": ARTICLE},
        {**ARTICLE, "@type": ["Article", "NewsArticle"]},
        json.dumps(ARTICLE).replace('"Norden"]', '"Norden",]'),
        "//<![CDATA[\n" + json.dumps(ARTICLE) + "\n//]]>",
        json.dumps(ARTICLE) + ";",
    ],
)
def test_json_ld_is_found_however_it_is_wrapped(value: object) -> None:
    assert ("json-ld", "Regen") in said(script(value), field="title")


@pytest.mark.parametrize("value", ["{", "[" * 100_000, "null", '{"@type": 3, "author": {"name": {"name": []}}}', "[]"])
def test_broken_json_says_nothing_and_harms_nothing(value: str) -> None:
    assert said(script(value), field="title") == []


def test_a_person_named_elsewhere_in_the_graph_is_looked_up() -> None:
    graph = {
        "@graph": [{"@type": "Article", "author": {"@id": "#a"}}, {"@id": "#a", "@type": "Person", "name": "Anna"}]
    }

    assert said(script(graph), field="author") == [("json-ld", "Anna")]


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("#a", ["Anna Beispiel"]),
        ({"@list": [{"@id": "#a"}, {"name": "Bernd Muster"}]}, ["Anna Beispiel", "Bernd Muster"]),
        ({"@type": "Person", "givenName": "Bernd", "familyName": "Muster"}, ["Bernd Muster"]),
        ([["Bernd Muster"]], []),
        ({"@id": "#nobody"}, []),
        ({"@type": "Person", "givenName": ["Bernd"], "familyName": None}, []),
    ],
)
def test_an_author_is_named_by_reference_in_a_list_or_in_two_parts(author: object, expected: list[str]) -> None:
    graph = {
        "@graph": [{"@type": "Article", "author": author}, {"@id": "#a", "@type": "Person", "name": "Anna Beispiel"}]
    }

    assert [value for _, value in said(script(graph), field="author")] == expected


def test_meta_elements_and_links_name_their_origin() -> None:
    head = """<meta property="article:published_time" content="2023-07-09"><meta name="Author" content="A B">
    <meta property="og:site_name" content="Neues Blatt"><link rel="canonical" href="/a"><title>T | N</title>"""

    assert said(head) == [
        ("meta:article:published_time", "2023-07-09"),
        ("meta:author", "A B"),
        ("meta:og:site_name", "Neues Blatt"),
        ("link:canonical", "/a"),
        ("title", "T | N"),
        ("html:lang", "de-AT"),
    ]


def test_times_of_comments_and_footers_are_no_witnesses_and_those_in_margins_are_told_apart() -> None:
    body = """<article><h1>H</h1><time datetime="2023-07-09">gestern</time></article>
    <aside><time datetime="2023-01-01">x</time></aside><div class="comments"><time datetime="2023-02-02">x</time></div>
    <footer><span class="date">3.3.2023</span></footer>"""

    assert said(body=body, field="published") == [
        ("time", "2023-07-09"),
        ("margin:time", "2023-01-01"),
        ("h1:near", "gestern"),
    ]


def test_visible_bylines_and_dates_are_witnesses_of_their_own_kind() -> None:
    body = """<header class="teaser"><h1>H</h1><p class="article__byline">Von Anna Beispiel</p>
    <span class="date">9. Juli 2023</span> <a href="/autoren/bernd-muster">Bernd Muster</a></header>"""

    assert said(body=body, field="author") == [
        ("h1:byline", "Von Anna Beispiel"),
        ("class:byline", "Von Anna Beispiel"),
        ("link:author", "Bernd Muster"),
    ]
    assert ("class:date", "9. Juli 2023") in said(body=body, field="published")


def test_a_kicker_in_an_h1_is_told_apart_and_a_word_in_two_elements_stays_whole() -> None:
    body = '<h1><span class="article-kicker">Verkehr</span><span>Der alte B<i>ahnhof</i> bleibt</span></h1>'

    assert [value for value in said(body=body, field="title") if value[0].startswith("h1")] == [
        ("h1", "Verkehr Der alte Bahnhof bleibt"),
        ("h1:headline", "Der alte Bahnhof bleibt"),
    ]


CRUMBS = """<ol class="breadcrumb"><li><a href="/">Start</a></li>
    <li><h1>Bahnhof bleibt: So geht es weiter</h1></li></ol>"""
HEADLINE = '<article><h2><b class="kicker">Verkehr</b> Der alte Bahnhof bleibt</h2><h2>Wie weiter?</h2></article>'


@pytest.mark.parametrize("above", [CRUMBS, CRUMBS.replace("ol", "nav"), ""])
def test_below_an_h1_among_the_breadcrumbs_or_without_one_the_h2_like_the_title_is_the_heading(above: str) -> None:
    head = "<title>Der Bahnhof bleibt: So geht es weiter</title>"

    assert said(head, f"{above}<h2>Das Blatt am Abend</h2>{HEADLINE}", field="title")[:2] == [
        ("h2", "Verkehr Der alte Bahnhof bleibt"),
        ("h2:headline", "Der alte Bahnhof bleibt"),
    ]


@pytest.mark.parametrize("above", ["<h1>Der Bahnhof</h1>", "<div><h1>Bahnhof bleibt: So geht es weiter</h1></div>"])
def test_below_another_h1_an_h2_is_no_heading_of_the_article(above: str) -> None:
    head = "<title>Der Bahnhof bleibt: So geht es weiter</title>"

    assert not [each for each in said(head, above + HEADLINE, field="title") if each[0].startswith("h2")]


def test_an_h2_that_says_nothing_of_the_title_is_no_heading_of_the_article() -> None:
    assert said("<title>Regen im Norden</title>", HEADLINE, field="title") == [("title", "Regen im Norden")]


def test_links_that_a_page_calls_its_tags_are_witnesses_and_a_cloud_of_words_is_none() -> None:
    cloud = "".join(f'<a href="/{number}">w{number}</a>' for number in range(40))
    body = f"""<article><h1>H</h1><p>Text</p><a rel="tag" href="/t/bahn">Bahn</a>
    <a rel="category tag" href="/aktuelles">Aktuelles</a>
    <ul class="article-tags"><li><a href="/t/streik">Streik</a></li></ul><div class="tags">{cloud}</div></article>
    <aside><a rel="tag" href="/t/x">Wetter</a></aside>"""

    assert said(body=body, field="tag") == [("rel:tag", "Bahn"), ("class:tags", "Streik")]


TOPICS = '<div><a href="/thema/bahn">Bahn</a> <a href="/thema/streik">Streik</a></div>'


def test_a_list_of_links_to_topics_below_the_headline_are_tags() -> None:
    above = '<ul><li><a href="/tag/regen">Regen</a></li><li><a href="/tag/wind">Wind</a></li></ul>'
    filler = "<p>Vor dem Bahnhof wurde es Abend.</p>" * 8

    assert said(body=f"{above}{filler}<h1>Der Bahnhof bleibt</h1>{filler}{TOPICS}{above}", field="tag") == [
        ("link:tag", "Bahn"),
        ("link:tag", "Streik"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        f"<nav>{TOPICS}</nav>",
        f'<div class="globalnav">{TOPICS}</div>',
        f'<div class="modal">{TOPICS}</div>',
        '<p>Mehr zu <a href="/thema/bahn">Bahn</a> und <a href="/thema/streik">Streik</a> lesen Sie bei uns.</p>',
        '<div><a href="/thema/bahn">Bahn</a></div>',
        '<div><a href="/thema/bahn/heute">Bahn heute</a> <a href="/thema/bahn/morgen">Bahn morgen</a></div>',
    ],
)
def test_links_to_topics_in_navigation_or_sentences_are_no_tags(other: str) -> None:
    assert said(body=f"<h1>Der Bahnhof bleibt</h1><p>Text</p>{other}", field="tag") == []


def test_tags_in_a_navigation_of_the_article_itself_are_its_own() -> None:
    tagged = '<nav><ul class="tags"><li><a href="/x">Bahn</a></li></ul><a rel="tag" href="/y">Streik</a></nav>'

    assert said(body=f"<article><h1>Der Bahnhof bleibt</h1><footer>{tagged}</footer></article>", field="tag") == [
        ("rel:tag", "Streik"),
        ("class:tags", "Bahn"),
    ]
    assert said(body=f"<article><h1>Der Bahnhof bleibt</h1></article><footer>{tagged}</footer>", field="tag") == []


def test_tags_above_the_headline_are_the_pages_where_the_article_has_some_below() -> None:
    above = (
        '<ul class="taglist"><li><a href="/regen">Regen</a></li></ul>' + "<p>Vor dem Bahnhof wurde es Abend.</p>" * 8
    )
    below = '<ul class="tags"><li><a href="/bahn">Bahn</a></li></ul>'
    headline = "<h1>Der Bahnhof bleibt</h1><p>Text</p>"

    assert said(body=above + headline + below, field="tag") == [("class:tags", "Bahn")]
    assert said(body=above + headline, field="tag") == [("class:tags", "Regen")]
