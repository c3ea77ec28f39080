"""A wrong decoding is undone where it is certain, and leaves a trace; everything else stays."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfile.article import Document, Witness
from transforms import extract, mojibake, normalise

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/mojibake.jsonl").read_text("utf-8").splitlines()]
PARAGRAPH = (
    "Der Gemeinderat prüft am Dienstag, ob die Brücke über die Wümme für Fußgänger geöffnet bleibt. „Wir müssen "
    "zügig entscheiden“, sagte die Bürgermeisterin der Zeitung. Anwohner hatten sich beschwert."
)


def broken(text: str) -> str:
    """UTF-8 as a reader sees it that takes it for Windows-1252."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['why']}: {case['text']!a:.60}")
def test_a_certain_fault_is_undone_and_what_may_be_meant_stays(case: dict[str, str]) -> None:
    text, how = mojibake.repair(case["text"])

    assert case["expected"] == text
    assert (how == "") == (case["expected"] == case["text"])


@given(st.text())
def test_repairing_twice_is_repairing_once(text: str) -> None:
    once, _ = mojibake.repair(text)

    assert (once, "") == mojibake.repair(once)


@given(st.lists(st.sampled_from(PARAGRAPH.split()), min_size=1).map(" ".join))
def test_good_german_passes_unchanged(text: str) -> None:
    assert (text, "") == mojibake.repair(text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>f&Atilde;&frac14;r</p>", "<p>für</p>"),
        ("<p>f&#195;&#188;r</p>", "<p>für</p>"),
        ("<p>caf&Atilde;&copy;</p>", "<p>café</p>"),
        (
            "<p>&Auml;&ouml;&szlig; &Eacute;&raquo; &lt;&amp;&gt;</p>",
            "<p>&Auml;&ouml;&szlig; &Eacute;&raquo; &lt;&amp;&gt;</p>",
        ),
    ],
)
def test_bytes_that_were_written_as_entities_are_read_together(source: str, expected: str) -> None:
    assert expected == mojibake.repair_html(source)[0]


def test_a_good_document_is_the_very_same() -> None:
    document = Document("a.txt", "", text=PARAGRAPH, witnesses=(Witness("title", "Brücke gesperrt", "json-ld"),))

    assert mojibake.repaired(document) is document


def test_a_repaired_text_says_so_and_its_statements_are_repaired_as_well() -> None:
    document = Document(
        "a.html",
        "",
        html=f"<html><body><article><h1>{broken('Brücke bleibt offen')}</h1><p>{broken(PARAGRAPH)}</p></article></body>"
        '<script type="application/ld+json">'
        '{"@type": "NewsArticle", "headline": "Br\\u00c3\\u00bccke bleibt offen"}</script>',
    )

    [extraction] = extract.extract(document)
    article = normalise.begin(extraction, id="s/a", source="s", uri="a.html")

    assert PARAGRAPH in [line.text for line in extraction.lines]
    assert article.title == "Brücke bleibt offen"
    assert article.provenance["text"] == "repaired: UTF-8 read as Windows-1252"


def test_a_text_without_fault_bears_no_note() -> None:
    [extraction] = extract.extract(Document("a.txt", "", text=PARAGRAPH))

    assert "text" not in normalise.begin(extraction, id="s/a", source="s", uri="a.txt").provenance
