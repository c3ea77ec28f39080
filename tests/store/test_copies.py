"""Copies in the store, by signatures of our own: what comes out is a function of what is stored, of nothing else."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.pool import StaticPool

from backfile.copies import Comparison, Likeness, Signature
from backfile.store import Store, postgresql
from backfile.store.tables import common, metadata, near, samples, texts, uncompared
from tests.conftest import KEPT_IN
from tests.postgresql.server import Server

MOST = 3


def judge(one: Signature, other: Signature, keys: Set[int]) -> Likeness | None:
    share, back = len(keys) / len(one.shingles), len(keys) / len(other.shingles)
    return Likeness(share, back, min(share, back) >= 0.5) if max(share, back) >= 0.5 else None


COMPARISON = Comparison(1, MOST, 1, judge)


def signature(shingles: Iterable[int]) -> Signature:
    return Signature(1, 0, 0, tuple(sorted(shingles)), 0, (), running=True)


ENGINES: list[sa.Engine] = []  # the one that the tests stand on


@pytest.fixture(scope="module", autouse=True, params=KEPT_IN)
def _engine(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        made = postgresql.engine_for(server.database())
    else:
        made = sa.create_engine("sqlite://", poolclass=StaticPool)
        with made.begin() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        metadata.create_all(made)
    ENGINES.append(made)
    yield
    ENGINES.pop().dispose()


def empty() -> Store:
    """A store with nothing in it; there is one at a time."""
    [engine] = ENGINES
    with engine.begin() as connection:
        for table in (uncompared, near, common, samples, texts):
            connection.execute(table.delete())
    return Store(engine)


@dataclass(frozen=True)
class Outcome:
    pairs: frozenset[tuple[str, str, float, bool]]
    groups: frozenset[tuple[str, str | None]]
    common: frozenset[int]


def outcome(store: Store) -> Outcome:
    with store._engine.connect() as connection:
        names = {row.id: row.content_hash for row in connection.execute(sa.select(texts))}
        pairs = frozenset(
            (names[row.text_id], names[row.other_id], row.share, row.folded)
            for row in connection.execute(sa.select(near))
        )
        groups = frozenset((row.content_hash, row.copy_group) for row in connection.execute(sa.select(texts)))
        held = frozenset(connection.scalars(sa.select(common.c.shingle)))
        assert not connection.scalars(sa.select(uncompared)).all()
        rows = {(row.shingle, row.text_id) for row in connection.execute(sa.select(samples))}
        assert {number for _, number in rows} <= names.keys()
    return Outcome(pairs, groups, held)


def forget(store: Store, names: Iterable[str]) -> None:
    with store._transaction() as connection:
        numbers = connection.scalars(sa.select(texts.c.id).where(texts.c.content_hash.in_(list(names)))).all()
        store._forget_texts(connection, numbers, MOST)


def run(*batches: dict[str, Signature]) -> Outcome:
    """What comes out when the batches come one after the other, each in a run of its own."""
    store = empty()
    for batch in batches:
        store.sign(batch, MOST)
        store.compare(COMPARISON)
    return outcome(store)


PILES = st.dictionaries(
    st.sampled_from("abcdefghij"), st.frozensets(st.integers(0, 8), min_size=1, max_size=5).map(signature), max_size=10
)


@st.composite
def divided(draw: st.DrawFn) -> tuple[dict[str, Signature], list[dict[str, Signature]]]:
    """A pile, and the same pile in another order and in several runs."""
    pile = draw(PILES)
    order = draw(st.permutations(sorted(pile)))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=3)))
    parts = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    return pile, [{name: pile[name] for name in part} for part in parts]


@settings(max_examples=100, deadline=None)
@given(divided())
def test_neither_the_order_nor_the_runs_matter(case: tuple[dict[str, Signature], list[dict[str, Signature]]]) -> None:
    pile, parts = case

    assert run(pile) == run(*parts)


@settings(max_examples=100, deadline=None)
@given(PILES, st.sets(st.sampled_from("abcdefghij")))
def test_what_left_has_left_no_trace(pile: dict[str, Signature], leaving: set[str]) -> None:
    store = empty()
    store.sign(pile, MOST)
    store.compare(COMPARISON)
    forget(store, leaving)
    store.compare(COMPARISON)
    found = outcome(store)

    assert run({name: each for name, each in pile.items() if name not in leaving}) == found


@settings(max_examples=100, deadline=None)
@given(PILES, PILES)
def test_a_text_that_is_signed_anew_is_as_if_it_had_come_so(
    before: dict[str, Signature], after: dict[str, Signature]
) -> None:
    store = empty()
    store.sign(before, MOST)
    store.compare(COMPARISON)
    store.sign(after, MOST)
    store.compare(COMPARISON)
    found = outcome(store)

    assert run({**before, **after}) == found


@settings(max_examples=100, deadline=None)
@given(PILES, st.integers(0, 5))
def test_a_run_that_is_stopped_is_carried_on_by_the_next(pile: dict[str, Signature], answers: int) -> None:
    store = empty()
    store.sign(pile, MOST)
    left = iter(range(answers))

    def stopped(one: Signature, other: Signature, keys: Set[int]) -> Likeness | None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return judge(one, other, keys)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backfile.store.copies.TEXTS", 2)
        try:
            store.compare(Comparison(1, MOST, 1, stopped))
        except KeyboardInterrupt:
            store.compare(COMPARISON)
    found = outcome(store)

    assert run(pile) == found


@pytest.fixture
def store() -> Store:
    return empty()


def test_what_more_texts_have_than_make_evidence_makes_no_pair(store: Store) -> None:
    store.sign({name: signature({1, 2, number}) for number, name in enumerate("abcd", start=10)}, MOST)
    store.compare(COMPARISON)

    assert Outcome(frozenset(), frozenset((name, None) for name in "abcd"), frozenset({1, 2})) == outcome(store)


def test_copies_of_copies_are_one_group_named_after_its_smallest_hash(store: Store) -> None:
    store.sign({"c": signature({1, 2}), "b": signature({2, 3}), "a": signature({3, 4}), "d": signature({9})}, MOST)
    store.compare(COMPARISON)

    assert {("a", "a"), ("b", "a"), ("c", "a"), ("d", None)} == outcome(store).groups


def test_a_group_falls_apart_when_what_tied_it_leaves(store: Store) -> None:
    store.sign({"c": signature({1, 2}), "b": signature({2, 3}), "a": signature({3, 4})}, MOST)
    store.compare(COMPARISON)
    forget(store, "b")
    store.compare(COMPARISON)

    assert {("a", None), ("c", None)} == outcome(store).groups


def test_a_short_text_within_a_long_one_is_its_copy_and_not_folded_with_it(store: Store) -> None:
    store.sign({"a": signature({1, 2}), "b": signature(range(1, 9))}, MOST)
    store.compare(COMPARISON)

    assert {("a", "b", 1.0, False), ("b", "a", 0.25, False)} == outcome(store).pairs
    assert {("a", None), ("b", None)} == outcome(store).groups
