"""What one version of a text has that another has not, and which came first."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.story import timeline, versions

FIRST = (
    "Die Brücke ist gesperrt. Ein Riss wurde am Montag bei einer Prüfung entdeckt.\n\n"
    "Der Verkehr wird über Lohe umgeleitet. Dr. Sell sprach von einem Schock."
)
SECOND = (
    "Die Brücke ist gesperrt. Ein Riss wurde am Montag bei einer Prüfung im Pfeiler entdeckt.\n\n"
    "Dr. Sell sprach von einem Schock. Die Bahn fährt weiter."
)


def test_sentences_are_kept_edited_added_or_cut() -> None:
    said = versions.compare(FIRST, SECOND)

    assert said.kept == 2
    assert [after for _, after in said.edited] == ["Ein Riss wurde am Montag bei einer Prüfung im Pfeiler entdeckt."]
    assert said.added == ("Die Bahn fährt weiter.",)
    assert said.cut == ("Der Verkehr wird über Lohe umgeleitet.",)


def test_the_longest_run_of_words_is_as_the_second_text_has_it() -> None:
    runs = versions.shared_runs(FIRST, SECOND)

    assert runs[0].words == 12
    assert runs[0].text == "Die Brücke ist gesperrt. Ein Riss wurde am Montag bei einer Prüfung"


words = st.lists(st.sampled_from("ab"), max_size=30).map(" ".join)


@given(words, words)
def test_the_longest_run_is_the_one_that_a_plain_search_finds(one: str, other: str) -> None:
    mine, theirs = one.split(), other.split()
    longest = max(
        (
            end - start
            for start in range(len(theirs))
            for end in range(start + 1, len(theirs) + 1)
            if any(mine[at : at + end - start] == theirs[start:end] for at in range(len(mine)))
        ),
        default=0,
    )
    runs = versions.shared_runs(one, other, least=1)

    assert (runs[0].words if runs else 0) == longest
    assert all(f" {run.text} " in f" {one} " and f" {run.text} " in f" {other} " for run in runs)


@given(st.text(), st.text())
def test_every_sentence_is_accounted_for(one: str, other: str) -> None:
    said = versions.compare(one, other)

    assert said.kept + len(said.edited) + len(said.cut) == len(versions.sentences(one))
    assert said.kept + len(said.edited) + len(said.added) == len(versions.sentences(other))


def test_hostile_texts_are_compared_in_bounded_time() -> None:
    begun = time.process_time()
    same = versions.compare("a " * 200_000, "a " * 200_000)
    versions.compare("Aber ja. " * 20_000, "Aber nein. " * 20_000)

    assert not same.is_whole
    assert time.process_time() - begun < 20  # seconds; it takes less than two


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        ("2024-11", "2024-11-25", False),
        ("2024-11-25", "2024-11", False),
        ("2024-10", "2024-11-25", True),
        ("2024", "2024-11-25", False),
        ("2024-11-25", "2024-11-25T10:12+01:00", False),
        ("2024-11-24", "2024-11-25T10:12+01:00", True),
        ("2024-11-25T10:12+01:00", "2024-11-25T09:30+00:00", True),
        ("2024-11-25T10:12", "2024-11-25T10:13", True),
        ("2024-11-25T10:12", "2024-11-25T10:13+00:00", False),  # whose clock the first was is not known
    ],
)
def test_what_is_dated_to_a_month_is_not_before_a_day_of_it(one: str, other: str, *, before: bool) -> None:
    assert timeline.is_before(one, other) == before


def test_who_was_first_is_not_known_when_dates_overlap() -> None:
    assert timeline.first_of({"a": "2024-11-25", "b": "2024-11", "c": None}) == ("a", "b")
    assert timeline.first_of({"a": "2024-11-25", "b": "2024-12", "c": None}) == ("a",)
    assert timeline.first_of({"a": None}) == ()


stated = st.sampled_from(["2024", "2024-11", "2024-11-25", "2024-11-26", "2024-11-25T10:12+01:00", "2024-11-25T09:00"])


@given(stated, stated)
def test_nothing_is_before_itself_or_before_what_is_before_it(one: str, other: str) -> None:
    assert not timeline.is_before(one, one)
    assert not (timeline.is_before(one, other) and timeline.is_before(other, one))
