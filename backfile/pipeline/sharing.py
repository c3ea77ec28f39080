"""A run's crew when shards on other machines take part: what they read and cleaned comes in as if it was done here.

Units of work are offered some way ahead of what is being settled, in its order. An input that is asked for is answered
from what was delivered of it; a unit that nobody claimed by then is read and cleaned here, and so is what a shard left
undone that died. Settling, writing, learning and comparing are the run's own, from the same messages as ever. So
the store comes out as one machine's, whoever did what.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backfile.config import Limits, Source
from backfile.errors import Reason
from backfile.pipeline import places, tasks, wire
from backfile.pipeline.crew import Crew
from backfile.pipeline.isolation import Task
from backfile.pipeline.listing import Batch
from backfile.pipeline.offering import RANGES_AT_ONCE, Offered, Offering, Unit
from backfile.pipeline.parts import COORDINATOR, UNIT_BYTES, Part
from backfile.pipeline.visits import Visit
from backfile.pipeline.wire import Message
from backfile.readers import Growth, limits
from backfile.store import Store

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2  # between two looks for a delivery
LOOK_SECONDS = 1.0  # between two looks at who lives
LEASE_SECONDS = 30.0  # without a beat of its heart, after which a shard's units are given to others; it beats every 2 s
TEND_SECONDS = 15.0  # between two calls of who starts shards


@dataclass(frozen=True, slots=True)
class Alive:
    """A shard that takes part."""

    name: str
    documents: int  # that it delivered


Tend = Callable[[list[Alive]], None]  # is called now and then with those that live


@dataclass(slots=True, eq=False, kw_only=True)
class _Shared(Task):
    """The task of reading an input that is offered to shards."""

    source: Source
    growth: Growth
    offered: Offered | None  # None: it is read here
    own: Task | None = None  # the present part is read here
    behind: int = 0  # items of the present part that came
    last: list[Any] | None = None  # where the last item begins
    left: bool = False
    faults: int = 0  # in a row


class SharedCrew(Crew):
    """The crew of a run that is open to shards."""

    def __init__(self, allowed: Limits, store: Store, run: int, *, terms: str, tend: Tend | None = None) -> None:
        super().__init__(allowed)
        self._store = store
        self._run = run
        self._terms = terms
        self._tend = tend
        self._offering: Offering | None = None  # while it is open to shards
        self._at = 0  # number of the unit that is being settled
        self._reading: deque[_Shared] = deque()  # asked for, in order
        self._polled = self._looked = self._tended = 0.0
        self._beats: dict[str, tuple[int, float]] = {}  # of shards: the last one, and when it came

    # --- what is offered

    def expect(self, batches: Iterable[Batch], rules_of: Callable[[str], tuple[Source, int]]) -> None:
        """Offer what will be read to shards, some way ahead."""

        def brief(name: str) -> tuple[Source, bytes]:
            source, rules = rules_of(name)
            return source, self._rules[rules]

        def cut(path: str, source: Source, growth: Growth) -> Task:
            return self.cut(path, source, growth, size=UNIT_BYTES, most=RANGES_AT_ONCE)

        self._store.open_to_shards(self._run, self._terms)
        self._offering = Offering(self._store, self._run, cut, batches=batches, brief=brief)
        self._offering.go_on(self._at)

    def foreseen(self, batch: Batch) -> Mapping[str, Visit]:
        """What was found out already about the inputs of a batch, when they were offered."""
        return self._offering.foreseen(batch, super().pump) if self._offering else {}

    def all_read(self) -> None:
        """Send the shards away."""
        if self._offering:
            self._look()
            self._offering = None
            self._store.close_to_shards(self._run)

    # --- what is asked for

    def read(self, path: str, source: Source, growth: Growth, *, behind: int = 0) -> Task:
        """The task of reading an input: from what shards deliver, where it was offered to them as it is asked for."""
        offered = self._offering.taken(source, path, growth) if self._offering else None
        task = _Shared(b"", path, source=source, growth=growth, offered=offered, behind=behind)
        self._reading.append(task)
        return task

    def pump(self, *, listen: bool = True) -> None:
        """Wait until something has come of a task, here or from a shard, and hand on what waits."""
        if self._offering:
            self._look_after_shards()
            self._offering.go_on(self._at)
        came = listen and self._bring()
        self._patience = 0.0 if came else POLL_SECONDS
        super().pump(listen=listen)

    def _bring(self) -> bool:
        """Bring what there is of the first input that waits; whether there was something."""
        while self._reading and self._reading[0].over:
            self._reading.popleft()
        if not self._reading or self._reading[0].answers:
            return False
        one = self._reading[0]
        if one.own is not None:
            return self._bring_own(one, one.own)
        if one.offered is None:
            one.own = super().read(one.about, one.source, one.growth, behind=one.behind)
            return True
        if one.offered.parts:
            return self._bring_delivered(one, *one.offered.parts[0])
        if one.offered.complete:
            self._end(one)
        return one.over

    def _bring_own(self, one: _Shared, own: Task) -> bool:
        came = False
        if one.offered is None:
            one.answers.extend(own.answers)
            own.answers.clear()
            one.over = own.over
            return bool(one.answers)
        while own.answers and one.own is own:
            message = own.answers.popleft()
            if message[0][0] != "passed":  # else it came from the shard that had it before
                self._hand(one, message)
            came = True
        return came

    def _bring_delivered(self, one: _Shared, unit: Unit, part: int) -> bool:
        if unit.number > self._at:
            self._at = unit.number
            self._store.drop_units(self._run, before=unit.number)
        came = False
        while unit.held and unit.held[0][0] <= part and not one.over and self._is_at(one, unit, part):
            number, message = unit.held.popleft()
            if number == part:
                self._hand(one, message)
                came = True
        return came or (not one.over and self._is_at(one, unit, part) and self._fetch(one, unit, part))

    @staticmethod
    def _is_at(one: _Shared, unit: Unit, part: int) -> bool:
        assert one.offered is not None
        return bool(one.offered.parts) and one.offered.parts[0][0] is unit and one.offered.parts[0][1] == part

    def _fetch(self, one: _Shared, unit: Unit, part: int) -> bool:
        """Take the next delivery of a unit; a unit that is nobody's is begun here."""
        if unit.own:
            return self._begin_own(one, unit.parts[part])
        if time.monotonic() < self._polled + POLL_SECONDS:
            return False
        payload = self._store.take_delivery(self._run, unit.number, unit.taken)
        if payload is not None:
            unit.taken += 1
            return self._unpacked(unit, payload)
        if self._falls_to_us(unit):
            return self._begin_own(one, unit.parts[part])
        self._polled = time.monotonic()
        return False

    def _falls_to_us(self, unit: Unit) -> bool:
        """Whether a unit of which nothing more has come is to be read here: nobody has it, or can."""
        standing = self._store.unit_standing(self._run, unit.number)
        if standing is not None and standing.shard is None and not self.is_busy:
            standing = self._store.claim_this(self._run, unit.number, COORDINATOR)
        if standing is None or standing.delivered > unit.taken:  # it came meanwhile
            return False
        if standing.whole:
            log.error("unit %d: something of it was not delivered; it is done here", unit.number)
            self._take_over(unit)
        unit.own = standing.whole or standing.shard == COORDINATOR
        return unit.own

    def _take_over(self, unit: Unit) -> bool:
        self._store.take_over(self._run, unit.number, COORDINATOR)
        unit.own = True
        return True

    def _unpacked(self, unit: Unit, payload: bytes) -> bool:
        """Sort what was delivered by parts; what is none of ours is done again here."""
        number = 0
        found: list[tuple[int, Message]] = []
        try:
            for message in wire.messages_of(payload):
                if message[0][0] == "part":
                    number = int(message[0][1])
                else:
                    found.append((number, message))
        except (wire.BrokenMessage, LookupError, TypeError, ValueError):
            log.exception("unit %d: what was delivered is no message of ours; it is done here", unit.number)
            return self._take_over(unit)
        unit.held.extend(found)
        return True

    def _begin_own(self, one: _Shared, part: Part) -> bool:
        one.own = super().read(part.place.name, one.source, tasks.growth_from(part.growth), behind=one.behind)
        return True

    def _hand(self, one: _Shared, message: Message) -> None:
        """Give a message of a part on to who asked for the input."""
        word = message[0][0]
        if word == "end":
            self._end_part(one, *message[0][1:])
        elif word == "failed":
            one.answers.append(message)
            one.over = True
        else:
            one.behind += 1
            one.faults = one.faults + 1 if word == "failure" else 0
            if one.faults > limits.MAX_FAULTS_IN_A_ROW:  # over the ranges of a file; its reader counts within one
                told = f"more than {limits.MAX_FAULTS_IN_A_ROW:,} items in a row that cannot be read; the rest was left"
                one.answers.append((["failure", places.shown(one.about), "", Reason.TOO_MANY, told], []))
                self._end(one)
            else:
                one.answers.append(message)

    def _end_part(self, one: _Shared, last: list[Any] | None, left: bool) -> None:  # noqa: FBT001  # of a message
        assert one.offered is not None
        one.last, one.left = last or one.last, left
        one.own, one.behind = None, 0
        one.offered.parts.popleft()
        if not one.offered.parts and one.offered.complete:
            self._end(one)

    @staticmethod
    def _end(one: _Shared) -> None:
        one.answers.append((["end", one.last, one.left], []))
        one.own, one.over = None, True

    # --- who takes part

    def _look_after_shards(self) -> None:
        if time.monotonic() < self._looked + LOOK_SECONDS:
            return
        self._look()
        if self._tend and time.monotonic() > self._tended + TEND_SECONDS:
            self._tended = time.monotonic()
            self._tend([Alive(name, self.shares[name]) for name in self._beats])

    def _look(self) -> None:
        """Give the units of shards that died to others. Their hearts are counted, so that clocks need not agree."""
        now = self._looked = time.monotonic()
        holders = self._store.holders(self._run) - {COORDINATOR}
        found = self._store.shards_of(self._run)
        for name in holders - found.keys():  # it was given up, and claimed something meanwhile
            self._store.free_units(self._run, name)
        for name, (beat, documents) in found.items():
            self.shares[name] = documents
            before = self._beats.get(name)
            if before is None or before[0] != beat:
                self._beats[name] = (beat, now)
            elif now - before[1] > LEASE_SECONDS:
                freed = self._store.free_units(self._run, name)
                log.warning("shard %s has died; %d units of it are free again", name, freed)
        self._beats = {name: each for name, each in self._beats.items() if name in found}
