"""A shard: reads and cleans for a run that another machine has begun, and delivers batch by batch.

It has the archive's configuration, the same files under the same paths, and the store. It writes nothing there but
deliveries, holds no lock, and decides nothing: what the store knows it asks only to spare itself work.
"""

import logging
import os
import re
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NoReturn

from backfile.article import Failure
from backfile.config import Archive, Limits, Settings, Source, load
from backfile.database import Database
from backfile.errors import ArchiveMissing, WrongUse
from backfile.pipeline import places, tasks, terms, wire
from backfile.pipeline.chunks import Arrival, Chunk, Chunks, Input
from backfile.pipeline.crew import Crew
from backfile.pipeline.parts import COORDINATOR, Part, parts_from
from backfile.pipeline.settling import Rules, Settling
from backfile.pipeline.visits import Visit
from backfile.store import Claimed, Delivery, KnownInput, Looked, Store, Writing, holder, open_store, writer

log = logging.getLogger(__name__)

BEAT_SECONDS = 2.0  # between two beats of the heart; without any the run gives up a shard after 30 s
IDLE_SECONDS = 0.5  # between two looks for work
# What a shard has claimed: enough that it reads one while another is being cleaned, and little when it dies.
UNITS_READ = 2  # of which something is still to be read
UNITS_IN_HAND = 4  # in all
# What all shards of a run may have delivered that it has not taken in. Who has the unit that the run waits for may
# always deliver; else all would wait for each other.
MOST_BATCHES = 500
MOST_BYTES = 256 << 20
BLIND = 3  # units in a row whose files are not here, before a shard gives up: a disk is not mounted


@dataclass(frozen=True, slots=True)
class Done:
    """What a shard did."""

    units: int
    documents: int
    passed: int  # units that had been begun by another shard

    def told(self) -> str:
        """In one line for people."""
        more = f", {self.passed:,} of them begun by others" if self.passed else ""
        return f"{self.documents:,} documents of {self.units:,} units delivered{more}"


class _Over(Exception):
    """The run is over, or nobody's."""


class _GivenUp(Exception):
    """The run does not count with this shard any more, as nothing was heard of it for too long."""


def log_file(archive: Archive) -> Path:
    """Where a shard's tracebacks go: several may have the archive's directory in common, and a run in it its own."""
    host = re.sub(r"[^\w-]", "-", socket.gethostname(), flags=re.ASCII)[:60]
    return archive.log_file.with_name(f"{archive.log_file.name}.shard-{host}")


def work(archive: Archive, *, wait: float = 0, say: Callable[[str], None] = lambda _: None) -> Done | None:
    """Work for the run that is in progress, until all is read; None when there was none to work for.

    Args:
        archive: Where its configuration lies on this machine.
        wait: Seconds to wait for a run to begin; -1 waits for ever.
        say: Takes a line for people.

    Raises:
        WrongUse: this machine cannot take part; says why.
    """
    settings = load(archive)
    until = time.monotonic() + wait
    while (opened := _shared(archive)) is None:
        if wait >= 0 and time.monotonic() >= until:
            return None
        time.sleep(IDLE_SECONDS)
    store, run, asked = opened
    with closing(store):
        terms.check(asked, terms.of(settings))
        say(f"taking part in run {run}")
        return _Work(archive, settings, store, run).done()


def _shared(archive: Archive) -> tuple[Store, int, str] | None:
    """The store, and the run in it that shards may take part in with its terms; None when there is none."""
    try:
        store = open_store(archive.store)
    except ArchiveMissing:  # nothing was ingested yet
        return None
    if _is_held(archive) and (found := store.shared_run()):
        return store, *found
    store.close()
    return None


def _is_held(archive: Archive) -> bool:
    """Whether somebody writes to the archive, as far as can be told here."""
    place = archive.store
    if isinstance(place, Database):
        return holder(place) is not None
    found = writer(archive.lock_file)
    return found is not None and found[1] is not Writing.KILLED


class _Crew(Crew):
    """A crew that has a heart beat while it waits."""

    def __init__(self, limits: Limits, beat: Callable[[], None]) -> None:
        super().__init__(limits)
        self._beat = beat

    def pump(self, *, listen: bool = True) -> None:
        super().pump(listen=listen)
        self._beat()


@dataclass(slots=True)
class _Held:
    """A unit in hand."""

    claimed: Claimed
    parts: int
    reading: list[Input]
    delivered: int  # batches
    part: int  # how far it was delivered: parts
    items: int  # … and items of the next one
    lost: bool = False  # it is another one's by now

    @property
    def is_read(self) -> bool:
        return all(each.task.over for each in self.reading)


class _Work:
    """What a shard does in one run."""

    def __init__(self, archive: Archive, settings: Settings, store: Store, run: int) -> None:
        self._archive = archive
        self._settings = settings
        self._store = store
        self._run = run
        self._writer = store.written_by()
        self._name = ""
        self._crew = _Crew(settings.limits, self._beat)
        self._settlings: dict[str, Settling] = {}
        self._held: list[_Held] = []
        self._of: dict[int, tuple[_Held, int]] = {}  # inputs → their unit and part
        self._waiting: deque[Input] = deque()
        self._beaten = self._looked = 0.0
        self._idle_until = 0.0
        self._blind = 0
        self._units = self._documents = self._passed = 0

    def done(self) -> Done:
        """Work until there is nothing more to do."""
        while self._takes_part():
            pass
        return Done(self._units, self._documents, self._passed)

    def _takes_part(self) -> bool:
        """Work as one that the run counts with; whether it was given up, and may begin anew."""
        self._name = f"{socket.gethostname()[:60]} {os.getpid()} {secrets.token_hex(4)}"
        if not self._store.enter(self._run, self._name):
            return False
        try:
            with self._crew.run():
                self._work()
        except _GivenUp:
            self._held.clear()
            self._of.clear()
            self._waiting.clear()
            self._settlings.clear()
            return True
        except _Over:
            return False
        finally:
            self._store.free_units(self._run, self._name)

    def _work(self) -> NoReturn:
        inputs = self._inputs()
        while True:
            for group in Chunks(self._crew, inputs, self._deal):
                self._deliver(group)
            self._beat()
            self._check()
            time.sleep(IDLE_SECONDS)

    def _beat(self) -> None:
        if time.monotonic() > self._beaten + BEAT_SECONDS:
            self._beaten = time.monotonic()
            if not self._store.beat(self._run, self._name):
                self._check()
                raise _GivenUp

    def _check(self) -> None:
        """See whether the run goes on, and is somebody's."""
        found = self._store.shared_run()
        if (
            found is None
            or found[0] != self._run
            or self._store.written_by() != self._writer
            or not _is_held(self._archive)
        ):
            raise _Over

    # --- what is claimed

    def _inputs(self) -> Iterator[Input | None]:
        """The inputs of units, claimed as they are needed; None when there is none just now."""
        while True:
            if self._waiting:
                yield self._waiting.popleft()
            elif not self._claim():
                yield None

    def _claim(self) -> bool:
        """Claim a unit and ask for its inputs; False when there is none, or enough is in hand."""
        in_reading = sum(not each.is_read for each in self._held)
        if in_reading >= UNITS_READ or len(self._held) >= UNITS_IN_HAND:
            return False
        if self._crew.is_busy or time.monotonic() < self._idle_until:
            return False
        if time.monotonic() > self._looked + BEAT_SECONDS:
            self._looked = time.monotonic()
            self._check()
        claimed = self._store.claim_unit(self._run, self._name)
        if claimed is None:
            self._idle_until = time.monotonic() + IDLE_SECONDS
            return False
        parts = parts_from(claimed.parts)
        if all(map(_is_here, parts)):
            self._blind = 0
            self._take(claimed, parts)
        else:
            self._decline(claimed, parts)
        return True

    def _decline(self, claimed: Claimed, parts: tuple[Part, ...]) -> None:
        """Leave a unit to the run's own machine, which sees the files, or says what is wrong with them."""
        self._store.give_to(self._run, claimed.number, claimed.claim, COORDINATOR)
        self._blind += 1
        if self._blind >= BLIND:
            missing = next(each.place.shown for each in parts if not _is_here(each))
            raise WrongUse(
                f"{missing} is not on this machine as the run's machine sees it; mount the sources under the same paths"
            )

    def _take(self, claimed: Claimed, parts: tuple[Part, ...]) -> None:
        source = self._settings.source(claimed.source)
        known = self._store.inputs_at(source.name, {each.place.shown for each in parts})
        held = _Held(claimed, len(parts), [], claimed.delivered, claimed.part, claimed.items)
        for number in range(claimed.part, len(parts)):
            behind = claimed.items if number == claimed.part else 0
            made = self._input(source, parts[number], known.get(parts[number].place.shown), behind)
            held.reading.append(made)
            self._of[id(made)] = held, number
        self._held.append(held)
        self._waiting.extend(held.reading)
        self._units += 1
        self._passed += claimed.delivered > 0

    def _input(self, source: Source, part: Part, before: KnownInput | None, behind: int) -> Input:
        visit = Visit(part.place, before, Looked(0, 0, 0), "", again=part.again)
        growth = tasks.growth_from(part.growth)
        task = self._crew.read(part.place.name, source, growth, behind=behind)
        return Input(visit, places.key_of(part.place.path, source), growth, task)

    # --- what is cleaned

    def _deal(self, lot: list[tuple[Input, Arrival]]) -> None:
        for source, those in groupby(lot, key=lambda each: self._of[id(each[0])][0].claimed.source):
            self._settling(source).deal(list(those))

    def _settling(self, source: str) -> Settling:
        """Tells what is to be cleaned, as the run's own does, and has it cleaned by the run's rules."""
        if source not in self._settlings:
            brief = self._store.brief_of(self._run, source)
            if brief is None:
                raise _Over
            number = len(self._settlings) + 1
            self._crew.adopt(number, brief)
            cleaner = tasks.cleaner_of(brief)
            rules = Rules(number, cleaner, self._crew.tried(cleaner.fingerprint))
            self._settlings[source] = Settling(
                self._store, self._settings.source(source), rules, self._crew, run=self._run
            )
        return self._settlings[source]

    # --- what is delivered

    def _deliver(self, group: list[Chunk]) -> None:
        """Deliver a group, what is of one unit in one transaction."""
        for held, chunks in groupby(group, key=lambda each: self._of[id(each.input)][0]):
            if not held.lost:
                self._deliver_of(held, list(chunks))
        self._held = [each for each in self._held if not each.lost and each.part < each.parts]

    def _deliver_of(self, held: _Held, chunks: list[Chunk]) -> None:
        frames: list[bytes] = []
        documents = 0
        for chunk in chunks:
            number = self._of[id(chunk.input)][1]
            arrivals = chunk.arrivals[:-1] if chunk.last and chunk.input.broken else chunk.arrivals
            frames.append(wire.framed(["part", number]))
            frames.extend(map(_packed, arrivals))
            documents += len(arrivals)
            held.items += len(arrivals)
            if chunk.last:
                frames.append(_end_of(chunk.input))
                del self._of[id(chunk.input)]
                held.part, held.items = number + 1, 0
        whole = held.part == held.parts
        what = Delivery(b"".join(frames), held.part, held.items, documents, whole)
        self._wait_for_room(held)
        held.lost = not self._store.deliver(self._run, self._name, held.claimed, held.delivered, what)
        held.delivered += 1
        self._documents += 0 if held.lost else documents

    def _wait_for_room(self, held: _Held) -> None:
        """Wait until the run has taken in what was delivered before, unless it waits for this."""
        while True:
            backlog = self._store.backlog(self._run)
            if backlog.first is None or backlog.first >= held.claimed.number:
                return
            if backlog.batches < MOST_BATCHES and backlog.size < MOST_BYTES:
                return
            self._beat()
            self._check()
            time.sleep(IDLE_SECONDS)


def _is_here(part: Part) -> bool:
    """Whether an input is here as the run saw it; a file that is written by appending may have grown."""
    seen = places.place(part.place.name)
    return (seen.regular, seen.size >= part.place.size) == (part.place.regular, True)


def _packed(arrival: Arrival) -> bytes:
    item = arrival.item
    if isinstance(item, Failure):
        return tasks.failure(item)
    about = [item.uri, item.member, item.name, item.key, item.digest, item.left_out, item.size]
    if arrival.cleaning is None:
        return wire.framed(["item", *about], item.data)
    made, blobs = arrival.cleaning.answers[0]
    return wire.framed(["cleaned item", *about, made], *blobs)


def _end_of(one: Input) -> bytes:
    return tasks.end(one.growth) if one.broken is None else wire.framed(one.broken[0])
