"""Forms of one word meet, other words do not: tables per language."""

from itertools import combinations

import pytest

from benchmarks.stemming import apart, cases, folded
from index.stemming import stemmer

CASES = cases()

# The share of pairs of forms that do not meet, and pairs of different words that do: what is reached; it may only fall.
REACHED = {
    "de": (0.04, 0), "en": (0.0, 0), "uk": (0.06, 0), "ru": (0.0, 1), "cs": (0.03, 0), "hr": (0.09, 0),
    "es": (0.16, 4), "fr": (0.21, 3), "it": (0.08, 3), "pt": (0.13, 4), "pl": (0.16, 0),
    "nl": (0.31, 0), "sv": (0.21, 2), "da": (0.21, 1),
}  # fmt: skip


@pytest.mark.parametrize("language", CASES)
def test_forms_of_a_word_meet_and_different_words_do_not(language: str) -> None:
    stem, known = folded(stemmer(language)), CASES[language]
    under, over = REACHED[language]

    assert len(apart(stem, known.pairs)) <= under * len(known.pairs)
    assert len(known.strangers) - len(apart(stem, known.strangers)) <= over


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "ging gingen gegangen gehen geht"),
        ("de", "ausgegangen ausgehen auszugehen ausging"),
        ("de", "Präsidenten Praesident Prasident"),
        ("de", "Gerät Geraet Gerat Geräte"),
        ("de", "fährt faehrt fuhr fahren"),
        ("en", "men man"),
        ("en", "analyses analysis"),
        ("uk", "Київ Києва Києві"),
        ("uk", "голосувати голосував голосували"),
        ("uk", "партія партії партій партіями"),
    ],
)
def test_irregular_forms_have_the_stem_of_their_word(language: str, words: str) -> None:
    assert len({folded(stemmer(language))(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Ausgabe ausgeben"),
        ("de", "bekannt bekennen"),
        ("de", "Verlag verliegen"),
        ("de", "Gelegenheit liegen"),
        ("de", "Herzog herziehen"),
        ("de", "Betrug Betrag"),
        ("de", "Gehalt gehalten"),
        ("de", "Förderung Forderung"),
        ("uk", "вода водій"),
    ],
)
def test_a_word_is_no_form_of_a_verb_because_it_looks_like_one(language: str, words: str) -> None:
    stem = folded(stemmer(language))
    first, other, *_ = words.split()

    assert stem(first) != stem(other)


@pytest.mark.parametrize("language", ["en", "uk"])
def test_forms_of_different_words_share_no_stem(language: str) -> None:
    stem, groups = folded(stemmer(language)), CASES[language].groups

    for one, other in combinations(groups, 2):
        assert not {stem(word) for word in one} & {stem(word) for word in other}, (one, other)


@pytest.mark.parametrize("language", ["de", "en", "uk"])
def test_no_word_has_an_empty_stem(language: str) -> None:
    assert all(stemmer(language)(word) for word in ("a", "ab", "zu", "zuzu", "ging", "heit", "ів", "у", "ування"))
