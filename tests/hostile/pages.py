"""Pages made to do harm: to parsers, to extractors, to whoever shows what came out."""

import base64
import json
from collections.abc import Callable

from tests.hostile.case import SENTENCE, TEXT, case, file, joined, page, repeated

MEGABYTES = 1_000_000
THOUSAND = 1_000


def _data(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def _deep_data(depth: int) -> str:
    inner = '{"@type": "NewsArticle", "articleBody": ' + json.dumps(TEXT) + "}"
    return _data('{"@graph": [' * depth + inner + "]}" * depth)


def _many_authors() -> str:
    authors = [{"@type": "Person", "name": f"Ada {number}"} for number in range(100_000)]
    return _data(json.dumps({"@type": "NewsArticle", "author": authors}))


def _entities() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE html [<!ENTITY l0 "lol">{levels}]>'


def _metas() -> str:
    names = ("article:author", "article:published_time", "article:tag", "og:title", "author", "date", "keywords")
    return "".join(
        f'<meta property="{name}" content="2024-11-{1 + n % 28:02} Ada {n}">' for n in range(5_000) for name in names
    )


def _times() -> str:
    return "".join(
        f'<time datetime="2024-11-{1 + n % 28:02}T10:12">{n}. November 2024, 10:12 Uhr</time>' for n in range(70_000)
    )


LIARS = ("utf-16", "utf-32", "utf-7", "x-user-defined", "ascii", "idna", "zlib", "hex", "undefined", "x" * 5_000)


def lying(charset: str) -> Callable[[], str]:
    """A page that is UTF-8 and says that it is something else."""
    return lambda: page(f"<p>{charset[:50]}: {SENTENCE}</p>").replace("charset=utf-8", f"charset={charset}")


CASES = [
    case("tags", "a page of a million tags", file("a.html", lambda: page("<b>x" * MEGABYTES)), too_large=1),
    case("tags-below-limit", "a page of 140,000 tags", file("a.html", lambda: page("<b>x</b>" * 70_000)), article=1),
    case(
        "depth", "100,000 elements, one within the other", file("a.html", lambda: page("<div>" * 100_000)), too_deep=1
    ),
    case(
        "depth-below-limit",
        "900 elements, one within the other",
        file("a.html", lambda: page("<div>" * 900 + f"<p>{SENTENCE}</p>" + "</div>" * 900)),
        article=1,
    ),
    case(
        "attributes",
        "a tag of a million attributes",
        file("a.html", lambda: page("<p " + " ".join(f"a{n}=1" for n in range(MEGABYTES)) + ">x</p>")),
        too_large=1,
    ),
    case(
        "attribute-quotes",
        "a million attributes without blanks",
        file("a.html", lambda: page("<p " + "".join(f'a{n}="1"' for n in range(500_000)) + ">x</p>")),
        too_large=1,
    ),
    case(
        "attributes-hidden",
        "100,000 attributes with brackets in them",
        file("a.html", lambda: page("<p " + "".join(f"a{n}='<>'" for n in range(100_000)) + ">x</p>")),
        too_large=1,
    ),
    case(
        "attributes-of-many",
        "1,500 tags of 990 attributes",
        file("a.html", lambda: page(("<p " + " ".join(f"a{n}" for n in range(990)) + ">x</p>") * 1_500)),
        too_large=1,
    ),
    case(
        "title-long",
        "a title of 9 MB",
        file("a.html", lambda: page("").replace("<title>", f"<title>{'x' * 9 * MEGABYTES}")),
        article=1,
    ),
    case(
        "charset-lies",
        f"{len(LIARS)} charsets that are not the page's",
        joined(*(file(f"{n}.html", lying(name)) for n, name in enumerate(LIARS))),
        article=len(LIARS),
    ),
    case(
        "page-utf7",
        "scripts written in UTF-7",
        file("a.html", lambda: page("<p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</p>").replace("utf-8", "utf-7")),
        article=1,
    ),
    case("page-utf16", "UTF-16 without a mark", file("a.html", lambda: page("").encode("utf-16-le")), article=1),
    case(
        "page-addresses",
        "addresses that are scripts",
        file(
            "a.html",
            lambda: page(
                "<p><a href='javascript:alert(1)'>x</a></p>",
                "<base href='javascript:x'><link rel=canonical href='javascript:alert(document.cookie)'>",
            ),
        ),
        article=1,
    ),
    case(
        "page-dates",
        "dates of the year 99999",
        file(
            "a.html",
            lambda: page(
                "<p>31. Dezember 99999</p><time datetime='99999-12-31T25:61'>0.0.0000</time>",
                "<meta property='article:published_time' content='99999-12-31'>",
            ),
        ),
        article=1,
    ),
    case("paragraphs", "70,000 paragraphs", file("a.html", lambda: page(f"<p>{SENTENCE}</p>" * 70_000)), article=1),
    case(
        "attribute-long",
        "an attribute of 9 MB",
        file("a.html", lambda: page(f'<p title="{"x" * 9 * MEGABYTES}">x</p>')),
        article=1,
    ),
    case(
        "comments", "100,000 comments that are never closed", file("a.html", lambda: page("<!--" * 100_000)), article=1
    ),
    case("comments-closed", "100,000 comments", file("a.html", lambda: page("<!-- x -->" * 100_000)), article=1),
    case("tags-open", "140,000 tags that are never closed", file("a.html", lambda: page("<p " * 140_000)), too_large=1),
    case("brackets", "140,000 opening brackets", file("a.html", lambda: page("<" * 140_000)), article=1),
    case("cdata", "140,000 sections of CDATA, opened", file("a.html", lambda: page("<![CDATA[" * 140_000)), article=1),
    case(
        "entities",
        "a million entities, good and bad",
        file("a.html", lambda: page("&amp;&#x110000;&bogus;&#0;&" * 200_000)),
        article=1,
    ),
    case(
        "entity-bomb",
        "a billion laughs, in HTML and in a feed",
        joined(
            file("a.html", lambda: _entities() + page("&l9;")),
            file("b.xml", lambda: '<?xml version="1.0"?>' + _entities().replace("html", "rss") + "<rss>&l9;</rss>"),
        ),
        article=1,
        unsupported=1,
    ),
    case(
        "external-entity",
        "an entity that reads a file",
        file("a.html", lambda: '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + page("<p>&x;</p>")),
        article=1,
    ),
    case(
        "data-uri",
        "a picture of 20 MB written into the page",
        file("a.html", lambda: page(f'<img src="data:image/png;base64,{"A" * 20 * MEGABYTES}">')),
        article=1,
    ),
    case(
        "page-long",
        "a page of 20 MB of text",
        file("a.html", lambda: page(repeated(f"<p>{SENTENCE}</p>", 20 * MEGABYTES))),
        too_large=1,
    ),
    case(
        "line-long",
        "a paragraph of 5 MB in one line",
        file("a.html", lambda: page(f"<p>{repeated(SENTENCE, 5 * MEGABYTES)}</p>")),
        article=1,
    ),
    case("line-solid", "a word of 5 MB", file("a.html", lambda: page(f"<p>{'x' * 5 * MEGABYTES}</p>")), article=1),
    case("json-ld-deep", "JSON-LD, 100,000 levels", file("a.html", lambda: page("", _deep_data(100_000))), article=1),
    case("json-ld-below-limit", "JSON-LD, 30 levels", file("a.html", lambda: page("", _deep_data(30))), article=1),
    case(
        "json-ld-number",
        "JSON-LD with a number of a million digits",
        file("a.html", lambda: page("", _data('{"@type": "NewsArticle", "datePublished": ' + "9" * MEGABYTES + "}"))),
        article=1,
    ),
    case(
        "json-ld-authors", "JSON-LD with 100,000 authors", file("a.html", lambda: page("", _many_authors())), article=1
    ),
    case(
        "json-ld-many",
        "20,000 scripts of JSON-LD",
        file("a.html", lambda: page("", _data('{"@type": "NewsArticle", "headline": "Rat"}') * 20_000)),
        article=1,
    ),
    case("metas", "35,000 statements in meta elements", file("a.html", lambda: page("", _metas())), article=1),
    case("times", "70,000 dates", file("a.html", lambda: page(_times())), article=1),
    case(
        "tables",
        "300 tables, one within the other",
        file("a.html", lambda: page("<table><tr><td>" * 300 + "x" + "</td></tr></table>" * 300)),
        article=1,
    ),
    case(
        "cells",
        "a cell that spans a billion columns and rows",
        file("a.html", lambda: page("<table><tr><td colspan=1000000000 rowspan=1000000000>x</td></tr></table>" * 100)),
        article=1,
    ),
    case(
        "links",
        "35,000 links",
        file("a.html", lambda: page("<ul>" + '<li><a href="/x">Mehr zum Thema</a></li>' * 35_000 + "</ul>")),
        article=1,
    ),
    case(
        "headings",
        "60,000 headings",
        file("a.html", lambda: page("<h1>Rat berät über Radwege</h1>" * 60_000)),
        article=1,
    ),
    case("breaks", "140,000 line breaks", file("a.html", lambda: page("x<br>" * 140_000)), article=1),
    case(
        "forms",
        "30,000 form fields",
        file("a.html", lambda: page("<form>" + "<select><option>x</option></select>" * 30_000)),
        article=1,
    ),
    case(
        "script-data",
        "9 MB of data for a script",
        file(
            "a.html",
            lambda: (
                '<html><head><title>x</title></head><body><script>window.__STATE__ = {"a": ['
                + repeated('{"body": "x"},', 9 * MEGABYTES)
                + "]}</script></body></html>"
            ),
        ),
        no_text=1,
    ),
    case(
        "styles",
        "9 MB of styles",
        file("a.html", lambda: page("", f"<style>{repeated('a{b:c}', 9 * MEGABYTES)}</style>")),
        article=1,
    ),
    case(
        "base64-words",
        "a page that is one base64 word",
        file("a.html", lambda: page(base64.b64encode(bytes(range(256)) * 8 * THOUSAND).decode())),
        article=1,
    ),
    case(
        "markup-in-text",
        "markup and scripts where text is shown",
        file(
            "a.html",
            lambda: page("<p>&lt;script&gt;alert(1)&lt;/script&gt; ![x](http://evil.example/p.png) \x1b[2J \u202e</p>"),
        ),
        article=1,
    ),
]
