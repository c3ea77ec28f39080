"""What a run offers to shards: units of work, in the order in which it settles them, and some way ahead of it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backfile.config import Source
from backfile.pipeline import tasks
from backfile.pipeline.isolation import Task
from backfile.pipeline.listing import Batch
from backfile.pipeline.parts import CUT_FROM, UNIT_BYTES, UNIT_INPUTS, Part, stated
from backfile.pipeline.tally import Tally
from backfile.pipeline.visits import Visit, Visits
from backfile.pipeline.wire import Message
from backfile.readers import Growth, Position
from backfile.store import Store

UNITS_AHEAD = 64  # offered and not begun to be settled: some for each shard of a dozen
RANGES_AT_ONCE = 64  # looked for in a large file before the first of them is offered

Cut = Callable[[str, Source, Growth], Task]
"""Has it found out where a file can be cut."""

Brief = Callable[[str], tuple[Source, bytes]]
"""Gives a source and its rules."""


@dataclass(slots=True)
class Unit:
    """A unit of work, and what has come of it."""

    number: int
    parts: list[Part]
    taken: int = 0  # deliveries
    own: bool = False  # whether it is read here
    held: deque[tuple[int, Message]] = field(default_factory=deque)  # that came and were not asked for: part, message


@dataclass(slots=True)
class Offered:
    """An input that is offered to shards."""

    growth: list[Any]
    parts: deque[tuple[Unit, int]] = field(default_factory=deque)  # that are left, and their places in their units
    complete: bool = False  # whether no more parts come


class Offering:
    """Offers batches, as far ahead as `UNITS_AHEAD` says."""

    def __init__(self, store: Store, run: int, cut: Cut, *, batches: Iterable[Batch], brief: Brief) -> None:
        self._store = store
        self._run = run
        self._cut = cut
        self._brief = brief
        self._briefed: set[str] = set()
        self._visited: dict[Batch, dict[str, Visit]] = {}
        self._offers: dict[tuple[str, str], Offered] = {}  # by source and name
        self._units = 0
        self._steps = self._batches(batches)

    def go_on(self, settled: int) -> None:
        """Offer some more, behind the unit that is being settled, unless it waits for where a file can be cut."""
        while self._units - settled < UNITS_AHEAD and next(self._steps, False):
            pass

    def foreseen(self, batch: Batch, wait: Callable[[], None]) -> Mapping[str, Visit]:
        """What was found out about the inputs of a batch, when they were offered.

        `wait` waits until something has come of where a file can be cut.
        """
        while batch not in self._visited and (got_on := next(self._steps, None)) is not None:
            if not got_on:
                wait()
        return self._visited.pop(batch, {})

    def taken(self, source: Source, path: str, growth: Growth) -> Offered | None:
        """What was offered of an input; None when it is to be read otherwise than it was offered."""
        offered = self._offers.pop((source.name, path), None)
        return offered if offered and offered.growth == tasks.growth_stated(growth) else None

    def _batches(self, batches: Iterable[Batch]) -> Iterator[bool]:
        """Offer batch by batch; gives True when it got on, False when it waits."""
        for batch in batches:
            source, rules = self._brief(batch.source)
            if source.name not in self._briefed:
                self._briefed.add(source.name)
                self._store.brief(self._run, source.name, rules)
            visits = list(Visits(self._store, source, Tally()).foresee(batch.places, batch.again))
            self._visited[batch] = {each.place.name: each for each, _ in visits}
            offers = [(each, Offered(tasks.growth_stated(each.growth))) for each, is_read in visits if is_read]
            self._offers |= {(source.name, each.place.name): offered for each, offered in offers}
            yield True
            yield from self._inputs(source, offers)

    def _inputs(self, source: Source, offers: list[tuple[Visit, Offered]]) -> Iterator[bool]:
        small: list[tuple[Visit, Offered]] = []
        size = 0
        for visit, offered in offers:
            large = visit.place.regular and visit.place.size >= CUT_FROM
            if small and (large or len(small) >= UNIT_INPUTS or size + visit.place.size > UNIT_BYTES):
                yield self._post_whole(source, small)
                small, size = [], 0
            if large:
                yield from self._ranges(source, visit, offered)
            else:
                small.append((visit, offered))
                size += visit.place.size
        if small:
            yield self._post_whole(source, small)

    def _ranges(self, source: Source, visit: Visit, offered: Offered) -> Iterator[bool]:
        """Offer a large file: range by range where it can be cut, else as one unit."""
        end, settled, grown = visit.growth.end, visit.growth.settled, visit.growth.grown
        start: Position | None = None
        while not offered.complete:
            found = self._cut(visit.place.name, source, Growth(end, settled, start or visit.growth.start, grown=grown))
            while not found.over:
                yield False
            cuts = [message[0][1:] for message in found.answers if message[0][0] == "range"]
            if cuts and cuts[-1][-1] >= end:
                offered.complete = True
            elif len(cuts) > 1:  # there is more: the last one begins the next search
                start = Position(*cuts.pop()[:-1])
            elif start is None:
                yield self._post_whole(source, [(visit, offered)])
                return
            else:  # nobody can tell where it goes on: the rest is one
                cuts = [[start.format, start.offset, start.number, end]]
                offered.complete = True
            for *begin, until in cuts:
                growth = [until, True, begin, False] if until < end else [end, settled, begin, grown]
                offered.parts.append((self._post(source, [Part(visit.place, growth, visit.again)]), 0))
                yield True

    def _post_whole(self, source: Source, those: list[tuple[Visit, Offered]]) -> bool:
        unit = self._post(source, [Part(visit.place, offered.growth, visit.again) for visit, offered in those])
        for number, (_, offered) in enumerate(those):
            offered.parts.append((unit, number))
            offered.complete = True
        return True

    def _post(self, source: Source, parts: list[Part]) -> Unit:
        self._units += 1
        self._store.post_units(self._run, source.name, self._units, [stated(parts)])
        return Unit(self._units, parts)
