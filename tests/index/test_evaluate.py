"""What is left out because it cannot come first, or is not asked for, changes no answer."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import evaluate, ranking, sets, whoosh, whoosh_shelf
from index.engine import SORTS, And, Clause, Sort
from index.entry import Entry, analyse
from index.memory import MemoryEngine
from index.spelling import near_spellings
from tests.index.contract import article
from tests.index.test_engines_agree import CLAUSES, ENTRIES

Rows = list[tuple[int, str, str | None, str | None, str]]
LETTERS = st.text("abcdäé1", min_size=1, max_size=7)


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    """Few documents, many variants and short lists already count as such."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "PLACED", 2)
        patch.setattr(evaluate, "_FURTHER", 1)
        patch.setattr(evaluate, "MANY", 1)
        patch.setattr(sets, "MANY", 1)
        for module in (sets, whoosh_shelf):
            patch.setattr(module, "_FAR_MORE", 0)
        yield


def entries_of(rows: Rows) -> list[Entry]:
    return [
        analyse(article(str(key), text, title=title, published=published, source=source))
        for key, text, title, published, source in rows
    ]


@given(ENTRIES, CLAUSES, st.sampled_from(SORTS), st.booleans(), st.integers(1, 4))
@settings(max_examples=300, deadline=None)
def test_the_first_hits_are_the_same_however_many_are_asked_for(
    rows: Rows, clause: Clause, sort: Sort, fold: bool, limit: int
) -> None:
    with MemoryEngine() as engine:
        engine.add(entries_of(rows))
        engine.commit()

        few = engine.search(clause, limit=limit, sort=sort, fold=fold)
        every = engine.search(clause, limit=100, sort=sort, fold=fold)

    assert [match.id for match in few.matches] == [match.id for match in every.matches[:limit]]
    assert [match.score for match in few.matches] == pytest.approx([match.score for match in every.matches[:limit]])
    assert [match.copies for match in few.matches] == [match.copies for match in every.matches[:limit]]
    assert few.total == every.total


@given(ENTRIES, st.lists(CLAUSES, min_size=2, max_size=4))
@settings(max_examples=60, deadline=None)
def test_all_of_several_clauses_match_what_each_of_them_matches(rows: Rows, clauses: list[Clause]) -> None:
    with TemporaryDirectory() as directory, whoosh.create(Path(directory)) as engine:
        for entry in entries_of(rows):
            engine.add([entry])
        engine.commit()

        found = {match.id for match in engine.search(And(tuple(clauses)), limit=100).matches}
        each = [{match.id for match in engine.search(clause, limit=100).matches} for clause in clauses]

    assert found == set.intersection(*each)


@given(st.lists(st.lists(LETTERS, max_size=9), max_size=4), LETTERS, st.sampled_from((1, 2)))
@settings(max_examples=100, deadline=None)
def test_near_spellings_are_the_same_in_every_segment_and_engine(
    texts: list[list[str]], word: str, distance: int
) -> None:
    entries = [analyse(article(str(key), " ".join(words))) for key, words in enumerate(texts)]
    with TemporaryDirectory() as directory, MemoryEngine() as memory, whoosh.create(Path(directory)) as engine:
        for entry in entries:
            engine.add([entry])
            engine.commit()
        memory.add(entries)
        memory.commit()

        found = [
            near_spellings(each, ("text_forms",), word, prefix="de:", distance=distance) for each in (engine, memory)
        ]

    assert found[0] == found[1]
