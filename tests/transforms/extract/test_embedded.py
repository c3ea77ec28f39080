"""The text of a page whose markup holds little of it: JSON-LD, the data for its script, `noscript`. Texts are ours."""

import json
import time

import pytest

from backfile.article import Document
from transforms import normalise
from transforms.extract import embedded, extract, guard

TITLE = "Der alte Bahnhof bleibt stehen"
TEXT = [
    "Der Rat hat am Montag beschlossen, den alten Bahnhof nicht abzureißen, sondern für zwanzig Jahre zu verpachten.",
    "Die Stadt rechnet mit Einnahmen von rund einer halben Million Euro, die in die neue Turnhalle fließen sollen.",
    "Ein Gutachten sei nicht eingeholt worden, kritisierte die Opposition in der Sitzung, die bis Mitternacht dauerte.",
]
TERMS = "".join(
    f"<p>Absatz {number}: Die Nutzung der Seiten ist nur im Rahmen der Gesetze gestattet.</p>" for number in range(9)
)


def page(data: str, *, shown: str = "<div id=root></div>") -> str:
    return (
        f'<!doctype html><html lang=de><head><title>{TITLE} | Neues Blatt</title><meta property="og:title" '
        f'content="{TITLE}"></head><body><nav><a href="/">Start</a></nav>{shown}{data}</body></html>'
    )


def script(value: object, kind: str = "application/json") -> str:
    return f'<script id="__DATA__" type="{kind}">{json.dumps(value)}</script>'


HTML = "".join(f"<p>{text}</p>" for text in TEXT)
LD = "application/ld+json"
BLOCKS = [{"_type": "block", "children": [{"text": text[:40]}, {"text": text[40:], "marks": ["em"]}]} for text in TEXT]
HELD = {
    "json-ld": script({"@type": "NewsArticle", "articleBody": "\n".join(TEXT)}, LD),
    "json-ld with HTML": script({"@graph": [{"@type": "Article", "articleBody": HTML}]}, LD),
    "json-ld with entities": script(
        {"@type": "Article", "articleBody": HTML.replace("<", "&lt;")}, "application/ld+json"
    ),
    "page-data: HTML": script({"props": {"pageProps": {"terms": TERMS, "story": {"content": HTML}}}}),
    "page-data: a list of texts": script({"story": {"paragraphs": TEXT, "tags": ["Rat", "Bahnhof"]}}),
    "page-data: blocks": script({"props": {"body": [{"type": "paragraph", "text": text} for text in TEXT]}}),
    "page-data: blocks of pieces": script({"props": {"body": BLOCKS}}),
    "page-data: blocks within blocks": script(
        {"doc": {"content": [{"type": "p", "content": [{"text": t}]} for t in TEXT]}}
    ),
    "json-ld: steps": script({"@type": "HowTo", "description": TEXT[0], "step": [{"text": t} for t in TEXT[1:]]}, LD),
}


@pytest.mark.parametrize("held", HELD, ids=HELD)
@pytest.mark.parametrize(
    "shown", ["<div id=root></div>", f"<main><h1>{TITLE}</h1><p>Ein Rat und sein Bahnhof.</p></main>"]
)
def test_a_page_that_shows_little_gives_the_text_that_it_holds(held: str, shown: str) -> None:
    (found,) = extract(Document("a.html", "", html=page(HELD[held], shown=shown)))
    begun = normalise.begin(found, id="s/a", source="s", uri="a.html")

    assert [line.text for line in found.lines] == TEXT
    assert (found.extractor, begun.provenance["text"]) == (f"{held.partition(':')[0].split(' ')[0]}/1",) * 2


def test_a_page_with_its_text_in_the_markup_is_read_there() -> None:
    more = "".join(f"<p>{text[:-1]}, hieß es am {day}.</p>" for day in ("Dienstag", "Mittwoch") for text in TEXT)
    body = f"<article><h1>{TITLE}</h1>{HTML}{more}</article>"
    held = script({"@type": "NewsArticle", "articleBody": "\n".join(TEXT * 20)}, LD)
    (found,) = extract(Document("a.html", "", html=page(held, shown=body)))

    assert found.extractor.startswith("trafilatura/")
    assert "text" not in normalise.begin(found, id="s/a", source="s", uri="a.html").provenance


def test_text_for_readers_without_scripts_is_read() -> None:
    (found,) = extract(Document("a.html", "", html=page(f"<noscript><div>{HTML}</div></noscript>")))

    assert [line.text for line in found.lines] == TEXT
    assert embedded.lines(guard.parse(page(f"<noscript><div>{HTML}</div></noscript>")))[1] == "noscript"


NOTHING = {
    "terms of use": script({"legal": TERMS}),
    "teasers": script(
        {"top": [{"title": TITLE, "text": f"{TITLE}: {text}", "url": f"/{n}"} for n, text in enumerate(TEXT)]}
    ),
    "labels": script({"messages": {"save": "Artikel merken", "share": "Artikel teilen"}}),
    "a call for scripts": "<noscript><p>Bitte schalten Sie JavaScript ein, um die ganze Seite zu sehen.</p></noscript>",
    "broken data": '<script type="application/json">{"story": "<p>Der</p><p>Bahnhof</noscript></script>',
    "numbers": script([1, 2.5, None, True, [], {}]),
}


@pytest.mark.parametrize("data", NOTHING.values(), ids=NOTHING)
def test_what_is_no_article_is_not_taken_for_one(data: str) -> None:
    assert embedded.lines(guard.parse(page(data))) == ([], "")


@pytest.mark.parametrize(
    "value",
    [
        [["<p>a<p>b"] * 10 for _ in range(7_000)],
        [{"text": {"text": {"text": [{"text": "x" * 60}] * 4}}}] * 5_000,
        json.loads("[" * 900 + '"' + "y " * 60 + '"' + "]" * 900),
        "<p>" * 140_000,
    ],
    ids=["many-texts", "nested-pieces", "deep", "tags"],
)
def test_traps_in_a_page_s_data_take_no_time(value: object) -> None:
    tree = guard.parse(page(script(value)))
    begun = time.process_time()
    embedded.lines(tree)

    assert time.process_time() - begun < 10
