"""Words that cannot have a term are told by their letters; those that have it are always let through."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from index.analysis import Analyser, analyser
from index.compounds import NO_COMPOUNDS, Compounds
from index.likely import Likely
from index.stemming import irregular_forms

FORMS = Path(__file__).parent / "cases" / "inflections.txt"
NOUNS = Compounds(
    {"ärzte": 9, "kammer": 9, "änderung": 9, "gesetz": 9, "boden": 9, "truppe": 9, "straße": 9, "recht": 9}
)
ODD = [
    "Über",
    "über",
    "Ueber",
    "Ökonom",
    "Aerztekammer",
    "Ärztekammer",
    "Gesetzesänderung",
    "Rechtsänderung",
    "Bodentruppen",
    "Straßengesetz",
    "gegessen",
    "aß",
    "dying",
    "vying",
    "lying",
    "U.S.",
    "d.h.",
    "10:30",
    "10.000",
    "G7",
    "2nd",
    "O'Neill",
    "don't",
    "US-Präsident",
    "C++",
    "§",
    "ﬁnden",
    "ＵＳ",
    "Łódź",
    "œuvre",
    "l'état",
    "Əliyev",
    "и́дти",
    "москва",
    "МОСКВА",
    "Covid-19",
]


def forms(language: str) -> list[str]:
    """Words of a language, from the tables of stemming and of tests."""
    lines = FORMS.read_text(encoding="utf-8").split("\n")
    begin = lines.index(f"[{language}]") if f"[{language}]" in lines else len(lines)
    mine = list(lines[begin + 1 :])
    end = next((n for n, line in enumerate(mine) if line.startswith("[")), len(mine))
    listed = [word for line in mine[:end] for word in line.split()[1:]]
    return [*listed, *(form for _, form in irregular_forms(language)), *ODD]


def terms_of(raw: str, words: Analyser) -> set[str]:
    """All terms that a word has."""
    token = words.token(raw)
    terms = {words.term(stem) for place in token.places for stem in place} | set(map(words.term, token.forms))
    terms |= {words.part(stem) for place in token.parts for stem in place}
    return terms | {words.term(each) for each in (token.whole, token.whole_form) if each is not None}


@pytest.mark.parametrize(
    "language", ["de", "en", "fr", "es", "it", "pt", "sv", "da", "no", "nl", "uk", "ru", "ar", "xx"]
)
def test_a_word_is_let_through_for_each_of_its_terms(language: str) -> None:
    words = analyser(language, NOUNS if language == "de" else NO_COMPOUNDS)

    missed = [
        (raw, term)
        for raw in forms(language)
        for term in terms_of(raw, words)
        if raw not in Likely(words, [term], numbers=False).among([raw])
    ]

    assert missed == []


def test_most_other_words_are_not() -> None:
    likely = Likely(analyser("de", NOUNS), ["de:trupp", "de:+trupp"], numbers=False)

    runs = ["Haus", "Truppen", "Bodentruppen", "Katze", "10.000", "US-Präsident"]

    assert list(likely.among(runs)) == ["Truppen", "Bodentruppen", "US-Präsident"]


def test_figures_are_let_through_where_they_are_places_of_a_phrase() -> None:
    likely = Likely(analyser("de"), ["de:trupp"], numbers=True)

    assert list(likely.among(["10:30", "Haus"])) == ["10:30"]


@pytest.mark.parametrize(
    "language", ["de", "en", "fr", "es", "it", "pt", "sv", "da", "no", "nl", "uk", "ru", "ar", "xx"]
)
def test_a_word_is_found_in_a_text_for_each_of_its_terms(language: str) -> None:
    words = analyser(language, NOUNS if language == "de" else NO_COMPOUNDS)
    text = "; ".join(f"„{raw}“ ({raw}), {raw}. {raw}" for raw in forms(language))

    missed = [
        (raw, term)
        for raw in forms(language)
        for term in terms_of(raw, words)
        if (places := Likely(words, [term], numbers=False).places(text)) is not None
        and not all(at in {*map(_piece(text), places)} for at in _places_of(raw, text))
    ]

    assert missed == []


def _places_of(raw: str, text: str) -> list[int]:
    return [found.start() for found in re.finditer(rf"(?<!\S){re.escape(raw)}(?!\S)", text)]


def _piece(text: str) -> Callable[[int], int]:
    """Where what stands between blanks begins, for a character in it."""
    return lambda at: text.rfind(" ", 0, at) + 1
