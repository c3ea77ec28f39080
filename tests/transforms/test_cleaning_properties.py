"""What holds for every text: nothing is lost unrecorded, a second pass changes nothing, no rule raises or hangs."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfile.article import Article, Rejection, Span
from tests.transforms.shaped import PROSE, article, rebuilt
from transforms import LANGUAGES, pattern, rules
from transforms.rule import clean

DATA = Path(__file__).parents[3] / "shared" / "data" / "lines"
SAMPLE = 7  # every how manieth document of the development data is looked at
SECONDS = 0.5  # for one hostile line of text; real articles take less than a thousandth

DECLARED = [each for language in LANGUAGES for each in pattern.load(language)]
FURNITURE = [line for each in DECLARED for line in (*each.matches, *each.spares)]
SHAPED = [
    "Die alte Brücke in Musterburg wird gesperrt", "Old bridge in Sampleton to be closed", "Von Max Mustermann",
    "Stand: 25.11.2024, 19:45 Uhr", "25. November 2024", "date 2024-11", "Berlin (dpa) - " + PROSE["de"][0],
    "London/Paris/Berlin. – " + PROSE["de"][1], "(dpa)", "sak/Reuters", PROSE["de"][2] + " (dpa)",
    "* * *", "1", "Berlin.",
    "Musterburg, Brücke, Stadtrat", "Schlagworte: Verkehr, Brücken", "Mehr zum Thema", "Related articles",
    "=" * 40, "--", "TOGETHER WITH ACME", "Try it now, for free!", "To unsubscribe, visit https://letter.example/u",
    "Read Online | Sign Up | Advertise", "12 Pier Road, Sampleton", "Sie erhalten diese E-Mail, weil Sie dabei sind.",
    "-----Ursprüngliche Nachricht-----", "Von: Max <max@muster.example>", "Betreff: Brücke", "Datum: 25.11.2024",
    "Am 25.11.2024 schrieb Max <max@muster.example>:", "> Die Brücke bleibt.",
    "Kritik der Händler", "„Das ist doch verrückt“", "",
]  # fmt: skip
LINES = st.one_of(
    st.sampled_from(FURNITURE),
    st.sampled_from(SHAPED),
    st.sampled_from([*PROSE["de"], *PROSE["en"]]),
    st.text(st.characters(blacklist_characters="\n\r"), max_size=80),
)
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def settles(first: Article, lines: Sequence[str]) -> None:
    """Nothing is lost, and neither cleaning again nor reading the cleaned text again finds more."""
    result = clean(first, rules())
    if isinstance(result, Rejection):
        return

    assert [line if line.strip() else "" for line in lines] == rebuilt(lines, result)
    assert result == clean(result, rules())

    body = tuple(Span(number, 0, text) for number, text in enumerate(result.paragraphs))
    again = clean(replace(result, body=body, removed=()), rules())

    assert not isinstance(again, Rejection)
    assert (result.text, ()) == (again.text, again.removed)


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (["datum 2024-11 Deze video kan niet worden afgespeeld in je land.", "0::;"], "und"),
        (["Sie erhalten diese E-Mail, weil Sie dabei sind.", "Bild: KI"], "de"),
        (["Sie erhalten diese E-Mail, weil Sie dabei sind.", "* * *", "Bild: KI"], "en"),
    ],
    ids=["one line taken by two rules", "footer above a credit", "footer above stars and a credit"],
)
def test_what_once_did_not_settle_does(lines: list[str], language: str) -> None:
    settles(article([PROSE["de"][0], *lines], language), [PROSE["de"][0], *lines])


@RELAXED
@given(st.lists(LINES, max_size=14), st.sampled_from(["de", "en", "fr", "und"]))
def test_a_made_article_settles(lines: list[str], language: str) -> None:
    settles(article(lines, language), lines)


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
@pytest.mark.parametrize("name", ["seeds.jsonl", "lines.jsonl", "newsletters.jsonl"])
def test_a_real_text_settles(name: str) -> None:
    every = SAMPLE if name == "lines.jsonl" else 1
    for row in (DATA / name).read_text(encoding="utf-8").split("\n")[::every]:
        if row:
            document = json.loads(row)
            settles(article(document["lines"], document["lang"]), document["lines"])


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
def test_the_seeds_lose_their_boilerplate_and_nothing_else() -> None:
    for row in (DATA / "seeds.jsonl").read_text(encoding="utf-8").split("\n"):
        if not row:
            continue
        document = json.loads(row)
        result = clean(article(document["lines"], document["lang"]), rules())
        assert not isinstance(result, Rejection)
        kinds = {removal.line: removal.kind for removal in result.removed}
        whole = {span.line for span in result.body}

        for number, label in enumerate(document["labels"]):
            assert (number in whole) == (label == 1)
            assert label != 1 or kinds.get(number, "dateline") == "dateline"


@pytest.mark.parametrize(
    "line",
    [
        " " * 200_000, "a" * 200_000, "Von " + "A " * 2_000, "Berlin/" * 30_000 + " – x", "(dpa/" * 20_000,
        "1.1." * 50_000,
        "Foto: " + "A. " * 60_000, "25.11.2024 " * 20_000, "a, " * 100_000, "„" * 100_000, "\u00a0" * 100_000,
        "A/" * 60 + "–",
        "und " * 30_000, "Teilen " * 40_000, "(" * 100_000, "\ud800" * 50, "1" * 120, "Jan " * 30, "𝔸" * 50_000,
    ],
    ids=lambda line: repr(line[:8]),
)  # fmt: skip
@pytest.mark.parametrize("number", [0, 4])
def test_no_line_makes_a_rule_raise_or_hang(line: str, number: int) -> None:
    clean(article(PROSE["de"]), rules())
    lines = [*PROSE["de"][:number], line, *PROSE["de"][number:]]
    begun = time.process_time()

    clean(article(lines, "und"), rules())

    assert time.process_time() - begun < SECONDS
