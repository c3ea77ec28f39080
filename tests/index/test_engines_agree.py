"""Memory, Whoosh and Tantivy answer the same: scores, order, totals, facets; over generated archives and clauses."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.engine import (
    SORTS,
    And,
    Clause,
    DateRange,
    Filter,
    Not,
    Or,
    Phrase,
    Placed,
    SearchEngine,
    Sort,
    Variant,
    Word,
)
from index.entry import analyse
from index.memory import MemoryEngine
from tests.index.contract import article, assert_same_answers

WORDS = ("apfel", "birn", "kirsch", "nuss", "apfelnuss")
DATES = (None, "2023", "2024-11", "2024-11-25")
ENTRIES = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.lists(st.sampled_from(("Apfel", "Birne", "Kirsche", "Nuss", "Apfel-Nuss")), max_size=8).map(" ".join),
        st.sampled_from((None, "Apfel", "Nuss Birne")),
        st.sampled_from(DATES),
        st.sampled_from(("taz", "bbc")),
    ),
    max_size=12,
)
VARIANTS = st.builds(
    Variant, st.sampled_from(WORDS).map("de:{}".format), st.sampled_from((1.0, 0.5)), st.sampled_from(("", "de"))
)
FIELDS = st.sampled_from((("title", "text"), ("title",), ("text",)))
LEAVES: st.SearchStrategy[Clause] = st.one_of(
    st.builds(Word, st.lists(VARIANTS, max_size=3).map(tuple), FIELDS),
    st.builds(
        Phrase, st.lists(VARIANTS.map(lambda one: (one,)), min_size=1, max_size=3).map(tuple), FIELDS, st.integers(0, 2)
    ),
    st.builds(Filter, st.just("source"), st.sampled_from((("taz",), ("bbc", "taz"), ()))),
    st.builds(DateRange, st.sampled_from((None, 738_800)), st.sampled_from((None, 739_214))),
)
CLAUSES: st.SearchStrategy[Clause] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple), st.sampled_from((0.0, 0.5))),
        st.builds(Not, inner),
        st.builds(
            lambda clause, words: Placed(clause, tuple(words), tuple(range(len(words)))),
            inner,
            st.lists(st.builds(Word, st.lists(VARIANTS, max_size=2).map(tuple), FIELDS), min_size=1, max_size=3),
        ),
    ),
    max_leaves=6,
)


NO_TANTIVY = pytest.mark.skipif(find_spec("tantivy") is None, reason="an extra: pip install 'backfile[tantivy]'")


@pytest.mark.parametrize("name", ["whoosh", pytest.param("tantivy", marks=NO_TANTIVY)])
@given(ENTRIES, st.lists(CLAUSES, min_size=1, max_size=5), st.sampled_from(SORTS), st.booleans(), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_engines_agree(  # noqa: PLR0917  (what Hypothesis makes)
    name: str,
    rows: list[tuple[int, str, str | None, str | None, str]],
    clauses: list[Clause],
    sort: Sort,
    fold: bool,
    batch: int,
) -> None:
    entries = [
        analyse(article(str(key), text, title=title, published=published, source=source))
        for key, text, title, published, source in rows
    ]
    batch = batch if name == "whoosh" else 3 * batch  # a commit of Tantivy syncs a dozen files
    create: Callable[[Path], SearchEngine] = import_module(f"index.{name}").create
    with TemporaryDirectory() as directory, MemoryEngine() as memory, create(Path(directory)) as files:
        for engine in (memory, files):
            for start in range(0, len(entries), batch):
                engine.add(entries[start : start + batch])
                engine.commit()
        for clause in clauses:
            assert_same_answers(memory, files, clause, sort=sort, fold=fold)
