"""What nobody sees goes; everything else stays as it was."""

import json
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import hygiene

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/hygiene.jsonl").read_text("utf-8").splitlines()]
# What the rules are about, far more often than chance would have it.
SIGNS = st.text(
    st.sampled_from(
        "ab ü&;#1ß\u0301\u0323\u034f\u00ad\u0085\u0084\u00a0\u180e\u1820\u200b\u200c\u200d\u200e\u202e\u2028\u2126"
        "\u212a\ue000\ufe0f\ufeff\x00\x1c\u0e01\u0e02\u0915\u094d\u0645\u1112\u1161\U0001f3f4\U0001f468\U000e0067\U000e007f"
    )
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['why']}: {case['text']!a}")
def test_the_invisible_goes_and_the_visible_stays(case: dict[str, str]) -> None:
    assert case["expected"] == hygiene.clean(case["text"])


@given(st.text() | SIGNS)
def test_hygiene_twice_is_hygiene_once(text: str) -> None:
    once = hygiene.clean(text)

    assert once == hygiene.clean(once)
    assert once == unicodedata.normalize("NFC", once)
    assert "\n" not in once
    assert "  " not in once


@given(st.text(st.characters(categories=("L", "N", "Sc", "Sm", "Pd", "Pi", "Pf")) | st.just(" ")))
def test_letters_figures_quotes_and_dashes_are_never_touched(text: str) -> None:
    tidy = " ".join(unicodedata.normalize("NFC", text).split())

    assert tidy == hygiene.clean(text)


@given(SIGNS.filter(lambda text: "&" not in text))
def test_nothing_is_added_but_what_a_control_was_meant_as(text: str) -> None:
    meant = "".join(" " if sign.isspace() else sign for sign in text.replace("\x84", "„").replace("\x85", "…"))

    assert signs(hygiene.clean(text)) <= signs(meant)


def signs(text: str) -> Counter[str]:
    """How often each sign stands in a text, accents counted apart."""
    return Counter(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Straße — „Ärger“!", "strasseärger"), ("ﬁn de siècle", "findesiècle"), ("10 000 €", "10000")],
)
def test_letters_are_what_stays_whatever_is_done_to_signs(text: str, expected: str) -> None:
    assert expected == hygiene.letters(text)
