"""The passage that shows why an article was found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import analyser
from index.snippet import marks_of, snippet

FILLER = "Es geschah gestern in einer kleinen Stadt am Meer, wo nichts sonst geschieht. " * 6


def stems(text: str, language: str = "de") -> frozenset[str]:
    return frozenset(analyser(language).words(text).stems)


def shown(text: str, query: str, language: str = "de", length: int = 220) -> str:
    made = snippet(text, analyser(language), stems=stems(query, language), forms=frozenset(), length=length)
    return made.marked("[", "]")


def test_a_short_text_is_shown_whole() -> None:
    assert shown("Die Truppen\n\nziehen  ab.", "truppe") == "Die [Truppen] ziehen ab."


def test_the_passage_with_most_different_words_is_chosen() -> None:
    text = f"Wolf Wolf Wolf. {FILLER} Der Wolf traf den Bären im Wald. {FILLER} Ein Bär."

    assert "Der [Wolf] traf den [Bären] im" in shown(text, "Wolf Bär")


def test_left_out_text_is_marked_and_no_word_is_cut() -> None:
    text = f"{FILLER} Die Truppen kamen an. {FILLER}"
    made = snippet(text, analyser("de"), stems=stems("Truppen"), forms=frozenset())

    assert made.text.startswith("… ")
    assert made.text.endswith(" …")
    assert set(made.text.strip("… ").split()) <= set(text.split())


def test_without_a_match_the_beginning_is_shown() -> None:
    assert shown(FILLER, "Zirkonium").startswith("Es geschah gestern")


def test_titles_are_marked_too() -> None:
    assert marks_of("Truppen in Paris", analyser("de"), stems=stems("Truppe"), forms=frozenset()) == ((0, 7),)


@given(st.text(max_size=400), st.text(max_size=20), st.integers(10, 300), st.sampled_from(["de", "en", "ja", "und"]))
@settings(max_examples=400, deadline=None)
def test_marks_are_ascending_apart_and_inside(text: str, query: str, length: int, language: str) -> None:
    made = snippet(text, analyser(language), stems=stems(query, language), forms=frozenset(), length=length)

    ends = 0
    for start, end in made.marks:
        assert ends <= start < end <= len(made.text)
        ends = end
    assert made.marked("", "") == made.text


@pytest.mark.parametrize("text", ["", " ", "…", "\n\n"])
def test_an_empty_text_has_an_empty_passage(text: str) -> None:
    assert shown(text, "Wort").strip("… ") == ""
