"""Units of work: each is one shard's at a time, what it delivers counts as long as it is, and nothing of it stays."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

import pytest

from backfile.database import Database
from backfile.store import Claimed, Delivery, Store, open_store

BOTH_STORES = True
A, B = "shard a", "shard b"


@pytest.fixture
def here(tmp_path: Path, place: Callable[[], Database | None]) -> Path | Database:
    return place() or tmp_path / "store.sqlite"


@pytest.fixture
def store(here: Path | Database) -> Iterator[Store]:
    with closing(open_store(here, create=True)) as opened:
        yield opened


@pytest.fixture
def run(store: Store) -> int:
    """A run that is open to two shards, with three units."""
    number = store.begin_run()
    store.open_to_shards(number, "{}")
    store.post_units(number, "taz", 1, ["[1]", "[2]", "[3]"])
    assert store.enter(number, A)
    assert store.enter(number, B)
    return number


def claimed(store: Store, run: int, shard: str) -> Claimed:
    found = store.claim_unit(run, shard)
    assert found is not None
    return found


def batch(payload: bytes = b"x", *, items: int = 1, whole: bool = False) -> Delivery:
    return Delivery(payload, 0, items, documents=1, whole=whole)


def test_units_are_claimed_in_order_and_each_once(store: Store, run: int) -> None:
    found = [store.claim_unit(run, each) for each in (A, B, A, B)]

    assert [each and each.number for each in found] == [1, 2, 3, None]


def test_many_who_claim_at_once_get_different_units(store: Store, run: int, here: Path | Database) -> None:
    store.post_units(run, "taz", 4, ["[]"] * 40)

    def claim_all(shard: str) -> list[int]:
        with closing(open_store(here)) as mine:
            return [each.number for each in iter(lambda: mine.claim_unit(run, shard), None)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(claim_all, [A, B, A, B]))

    assert sorted(number for each in found for number in each) == list(range(1, 44))


def test_who_is_not_counted_with_claims_nothing(store: Store, run: int) -> None:
    assert store.claim_unit(run, "stranger") is None
    assert not store.beat(run, "stranger")


def test_a_delivery_is_taken_once(store: Store, run: int) -> None:
    unit = claimed(store, run, A)
    assert store.deliver(run, A, unit, 0, batch(b"one"))

    assert store.backlog(run) == store.backlog(run).__class__(1, 3, 1)
    assert [store.take_delivery(run, unit.number, 0) for _ in range(2)] == [b"one", None]
    assert store.backlog(run).batches == 0


def test_what_a_shard_delivers_that_was_given_up_is_refused(store: Store, run: int) -> None:
    late = claimed(store, run, A)
    assert store.deliver(run, A, late, 0, batch(b"one", items=7))
    assert store.free_units(run, A) == 1

    heir = claimed(store, run, B)

    assert (heir.number, heir.items, heir.delivered) == (late.number, 7, 1)
    assert not store.deliver(run, A, late, 1, batch(b"late"))
    assert store.deliver(run, B, heir, 1, batch(b"two", whole=True))
    assert [store.take_delivery(run, 1, each) for each in (0, 1)] == [b"one", b"two"]


def test_a_unit_that_is_delivered_as_a_whole_is_not_done_again(store: Store, run: int) -> None:
    unit = claimed(store, run, A)
    assert store.deliver(run, A, unit, 0, batch(whole=True))

    assert store.free_units(run, A) == 0
    assert claimed(store, run, B).number == 2


def test_the_run_claims_what_nobody_has(store: Store, run: int) -> None:
    claimed(store, run, A)

    assert store.claim_this(run, 1, "coordinator") is None
    taken = store.claim_this(run, 2, "coordinator")
    assert taken is not None
    assert astuple(taken) == ("coordinator", 0, False)
    assert claimed(store, run, B).number == 3


def test_units_that_are_done_with_are_gone_with_what_was_delivered(store: Store, run: int) -> None:
    unit = claimed(store, run, A)
    assert store.deliver(run, A, unit, 0, batch())
    store.drop_units(run, before=2)

    assert store.unit_standing(run, 1) is None
    assert not store.deliver(run, A, unit, 1, batch())
    assert (store.backlog(run).batches, store.backlog(run).first) == (0, 2)


def test_hearts_are_told_apart(store: Store, run: int) -> None:
    assert store.beat(run, A)
    assert store.beat(run, A)
    assert store.beat(run, B)

    assert store.shards_of(run) == {A: (2, 0), B: (1, 0)}


@pytest.mark.parametrize("end", ["closed", "stopped, and another run began"])
def test_nothing_is_left_of_a_run_that_is_over(store: Store, run: int, end: str) -> None:
    unit = claimed(store, run, A)
    store.brief(run, "taz", b"rules")
    assert store.deliver(run, A, unit, 0, batch())

    if end == "closed":
        store.close_to_shards(run)
    else:
        store.begin_run()
        store.end_shared_runs()

    assert store.shared_run() is None
    assert (store.claim_unit(run, B), store.brief_of(run, "taz"), store.beat(run, A)) == (None, None, False)
    assert not store.deliver(run, A, unit, 1, batch())
    assert not store.enter(run, A)
    assert (store.backlog(run).batches, store.shards_of(run)) == (0, {})
