"""What the places of words are worth, without an engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import placing, ranking
from index.placing import Occurrence, worth

FULL = ranking.SENTENCE_WEIGHT + ranking.CLAUSE_WEIGHT
OCCURRENCES = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 3), st.sampled_from((0.5, 1.0))), max_size=30)


def without_lead(occurrences: list[Occurrence]) -> float:
    far = [(place + 10_000_000, word, value) for place, word, value in occurrences]
    return worth(far, (0, 1, 2, 3))


@pytest.mark.parametrize(
    ("occurrences", "near"),
    [
        ([], 0.0),
        ([(0, 0, 1.0)], FULL),
        ([(0, 0, 1.0), (3, 1, 1.0)], 2 * FULL),
        ([(3, 0, 1.0), (0, 1, 1.0)], 2 * FULL),
        ([(0, 0, 1.0), (3, 0, 1.0)], FULL),
        ([(0, 0, 1.0), (1, 1, 1.0)], 2 * FULL),
        ([(0, 0, 1.0), (1, 1, 0.5)], 1.5 * FULL),
        ([(0, 0, 1.0), (2, 2, 1.0)], 2 * FULL),
        ([(0, 0, 1.0), (10, 1, 1.0)], 2 * ranking.SENTENCE_WEIGHT + ranking.CLAUSE_WEIGHT),
        ([(0, 0, 1.0), (15, 1, 1.0)], FULL),
        ([(0, 0, 0.5), (0, 0, 1.0)], FULL),
    ],
)
def test_the_best_sentence_and_the_best_clause_count(occurrences: list[Occurrence], near: float) -> None:
    assert near == pytest.approx(without_lead(occurrences), abs=1e-5)


def test_a_word_counts_half_as_much_at_half_lead() -> None:
    first, later = worth([(0, 0, 1.0)], [0]), worth([(ranking.LEAD_HALF, 0, 1.0)], [0])

    assert first == pytest.approx(2 * later)


@pytest.mark.parametrize(
    ("text", "is_phrase"),
    [((5, 7), True), ((5, 6), False), ((7, 5), False), ((5, 8), False)],
)
def test_a_phrase_has_the_words_at_the_distances_of_the_question(text: tuple[int, int], *, is_phrase: bool) -> None:
    found = [(text[0], 0, 1.0), (text[1], 1, 0.5)]
    asked = (0, 2)  # Koalition der Willigen, of which "der" says nothing

    bonus = worth(found, asked) - worth(found, (0, 50))

    assert bonus == pytest.approx(1.5 * ranking.PHRASE_WEIGHT if is_phrase else 0)


@given(OCCURRENCES)
def test_no_place_takes_anything_off(occurrences: list[Occurrence]) -> None:
    assert worth(occurrences, range(4)) >= 0
    assert all(worth(occurrences, range(4)) >= worth([one], range(4)) - 1e-9 for one in occurrences)


def test_a_text_of_nothing_but_the_words_is_judged_by_its_beginning() -> None:
    endless = [(place, place % 2, 1.0) for place in range(1_000_000)]

    assert worth(endless, (0, 1)) == worth(endless[: placing.MOST_OCCURRENCES], (0, 1))
