"""Documents as lines, and what is refused by name."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backfile.article import Document, Witness
from backfile.errors import Reason, UnreadableInput
from transforms.extract import extract

PARAGRAPHS = [
    "Der Rat hat am Montag beschlossen, den alten Bahnhof nicht abzureißen, sondern zu verpachten.",
    "Die Stadt rechnet mit Einnahmen von rund einer halben Million Euro, die in die Turnhalle fließen sollen.",
    "Ein Gutachten sei nicht eingeholt worden, kritisierte die Opposition in der Sitzung, die bis Mitternacht dauerte.",
]
PAGE = f"""<!doctype html><html lang="de"><head><title>Bahnhof | Neues Blatt</title></head><body>
<nav><ul><li><a href="/">Start</a></li><li><a href="/p">Politik</a></li></ul></nav>
<main><article><h1>Der Bahnhof bleibt</h1><p>{PARAGRAPHS[0]}</p><h2>Wer zahlt?</h2><p>{PARAGRAPHS[1]}</p>
<ul><li>Miete: 20.000 Euro im Jahr für das ganze Gebäude</li><li>Dauer: 20 Jahre mit Option auf weitere zehn</li></ul>
<table><tr><th>Jahr</th><th>Euro</th></tr><tr><td>2024</td><td>20.000</td></tr></table>
<blockquote><p>„Das ist ein guter Tag für die Stadt und für alle, die hier leben“, sagte sie.</p></blockquote>
<p>{PARAGRAPHS[2]}<br>Mehr dazu am Dienstag in der gedruckten Ausgabe.</p></article></main>
<footer><p>© Neues Blatt</p></footer></body></html>"""


def test_a_page_becomes_lines_with_roles() -> None:
    (found,) = extract(Document("a.html", "", html=PAGE))
    lines = [(line.role, line.text) for line in found.lines]

    assert ("text", PARAGRAPHS[0]) in lines
    assert ("heading", "Wer zahlt?") in lines
    assert ("item", "Miete: 20.000 Euro im Jahr für das ganze Gebäude") in lines
    assert ("table", "2024 20.000") in lines
    assert any(role == "quote" and "guter Tag" in text for role, text in lines)
    assert ("text", "Mehr dazu am Dienstag in der gedruckten Ausgabe.") in lines
    assert not any("Politik" in text for _, text in lines)
    assert found.extractor.startswith("trafilatura/")


def test_the_containers_statements_come_first_and_are_kept() -> None:
    column = Witness("title", "Bahnhof", "column:headline")
    (found,) = extract(Document("a.html", "", html=PAGE, witnesses=(column,)))

    assert found.witnesses[0] == column
    assert Witness("title", "Der Bahnhof bleibt", "h1") in found.witnesses


def test_a_fragment_from_an_export_is_kept_whole() -> None:
    column = Witness("title", "Bahnhof", "column:headline")
    (found,) = extract(Document("e.jsonl", "1", html="<p>Kurz.</p><p>Und gut.</p>", witnesses=(column,)))

    assert [line.text for line in found.lines] == ["Kurz.", "Und gut."]


def test_text_below_depth_256_is_not_lost() -> None:
    (found,) = extract(Document("a.html", "", html="<html><body>" + "<div>" * 400 + f"<p>{PARAGRAPHS[0] * 4}</p>"))

    assert PARAGRAPHS[0] in found.lines[0].text


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<div>" * 100_000 + "tief", Reason.TOO_DEEP),
        ("<html><body>" + "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">x", Reason.TOO_LARGE),
        ("<p>" + "x" * 10_000_001, Reason.TOO_LARGE),
        ("<b></b>" * 200_000, Reason.TOO_LARGE),
        ("<html><body>" + "<!--" * 50_000 + "<p>x", Reason.NO_TEXT),
        ("<" * 140_000, Reason.NO_TEXT),
        ("<html><body><script>x=1</script></body></html>", Reason.NO_TEXT),
        ("   ", Reason.NO_TEXT),
        ("<!-- -->", Reason.NO_TEXT),
    ],
    ids=["deep", "attributes", "large", "tags", "comments", "less-than", "script", "blank", "comment"],
)
def test_traps_are_refused_by_name_and_soon(html: str, reason: Reason) -> None:
    begun = time.process_time()
    with pytest.raises(UnreadableInput) as caught:
        extract(Document("trap.html", "", html=html))

    assert reason == caught.value.reason
    assert time.process_time() - begun < 5


def test_a_text_without_letters_or_figures_is_no_text() -> None:
    with pytest.raises(UnreadableInput) as caught:
        extract(Document("a.txt", "", text="\n---\n***\n"))

    assert caught.value.reason is Reason.NO_TEXT


TAGS = ("html", "body", "p", "div", "span", "table", "tr", "td", "ul", "li", "h1", "a", "br", "title", "script", "pre")
soup = st.lists(
    st.one_of(
        st.sampled_from([*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS)]),
        st.sampled_from(
            ['<time datetime="2023-07-09">', '<p class="byline">', "<!--", "-->", "<![CDATA[", "&#x110000;"]
        ),
        st.text(max_size=20),
    ),
    max_size=40,
).map("".join)


@settings(deadline=None, max_examples=60)
@given(soup, st.booleans())
@example("", True)
@example("\x00", True)
@example("<p>\ud800</p>", False)
@example("www.example.org", True)
@example("<?xml version='1.0'?><rss>x</rss>", True)
def test_whatever_the_markup_nothing_but_unreadable_input_is_raised(html: str, mail: bool) -> None:
    witnesses = (Witness("title", "x", "header:Subject"),) if mail else ()
    try:
        found = extract(Document("x", "", html=html, witnesses=witnesses))
    except UnreadableInput:
        return

    for line in found[0].lines:
        assert line.text == line.text.strip() != ""
        assert len(line.text.splitlines()) == 1
