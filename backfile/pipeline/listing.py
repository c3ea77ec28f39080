"""What a run has to read: the inputs that are new or changed, in batches of references.

Size and time of an input are believed, but for an input that may have been written to after it was looked at within the
same tick of its file system's clock: there, and whenever size or time are others, its digest decides.
"""

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from backfile.config import Source
from backfile.errors import Reason, WrongUse
from backfile.pipeline import places
from backfile.pipeline.places import Place
from backfile.pipeline.tally import Tally
from backfile.store import KnownInput, Looked, Store
from index.dates import parse_dates

# A batch is a task of a flow. Prefect costs 30 to 60 ms of CPU a task (measured), and a document 3 to 25 ms, so some
# hundreds of documents make that cost small, and losing a batch to a crash cheap.
BATCH_INPUTS = 256
BATCH_BYTES = 64 << 20

# FAT writes times in steps of two seconds, ext3 of one, Linux's clock of files ticks every 4 to 10 ms.
TICK_NS = 2_000_000_000

# A source that has shrunk to less than half is more often a disk that is not there than one that was tidied up; of a
# few inputs that says nothing, unless none is left.
LEAST_MISSING = 10
LEFT = 0.5


@dataclass(frozen=True, slots=True)
class Selection:
    """Which inputs a run looks at more closely than by size and time, and which it leaves alone."""

    check: bool = False  # compare the bytes of every input
    retry: bool = False  # read again the inputs in which something failed
    since: int | None = None  # ns since the epoch; inputs last modified before it are not read
    gone: bool = False  # believe it when most of a source is not there any more
    written: Callable[[Place], bool] | None = None  # whether somebody is writing an input; it is left to the next run


def since(text: str, *, now: datetime) -> int:
    """What `Selection.since` is for a date as people write it: `2024-11-20`, `20.11.2024`, `2w`, `2024-11-20T18:30`.

    A day begins at midnight where this runs, as the times of files are shown there.

    Raises:
        WrongUse: it is no date.
    """
    moment: datetime | None = None
    if "T" in text or " " in text:
        with suppress(ValueError):
            moment = datetime.fromisoformat(text.strip())
    elif (span := parse_dates(text, now=now.date())) and span[0] is not None and span[1] is not None:
        moment = datetime.combine(date.fromordinal(span[0]), datetime.min.time())
    if moment is None:
        raise WrongUse(f"since {text!r}: no date; write 2024-11-20, 20.11.2024, 2w (two weeks ago) or 2024-11-20T18:30")
    return int((moment if moment.tzinfo else moment.astimezone()).timestamp() * 1e9)


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs of one source that are read together."""

    source: str
    places: tuple[Place, ...]
    again: frozenset[str] = frozenset()  # paths of those that are read even if they are as they were

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(each.size for each in self.places)


@dataclass(slots=True)
class Plan:
    """What is to be read, and what the listing alone has settled."""

    batches: list[Batch] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @property
    def size(self) -> int:
        """Bytes to read."""
        return sum(batch.size for batch in self.batches)


def settings_digest(source: Source) -> str:
    """What changes when a source is to be read otherwise than before, so that its inputs are read again."""
    stated = json.dumps([source.reader, sorted(source.mapping.items())])
    return hashlib.sha256(stated.encode()).hexdigest()[:16]


def in_doubt(before: KnownInput) -> bool:
    """Whether an input may have changed without its size and time telling: it was written to when it was looked at."""
    return 0 < before.checked < before.modified + TICK_NS


def make(store: Store, sources: Iterable[Source], selection: Selection, tried: Mapping[str, str]) -> Plan:
    """List the sources and compare with the store. What is unchanged, moved or gone is noted at once.

    `tried`: for each source the rules and limits, as they stand beside what was too costly under them.
    """
    plan = Plan()
    for source in sources:
        if not places.exists(source):
            detail = f"source {source.name}: nothing is there; is a disk missing?"
            _fail(plan.tally, source, f"{detail} To do without it: `backfile source remove {source.name}`")
            continue
        again = store.failed_inputs(source.name) if selection.retry else set()
        again |= store.costly_inputs(source.name, tried[source.name])
        listing = _Listing(store, source, selection, frozenset(again), plan.tally)
        plan.batches.extend(_batched(source, listing.to_read(), frozenset(again)))
    return plan


class _Listing:
    """A source as it lies there now, beside what is known of it."""

    def __init__(self, store: Store, source: Source, selection: Selection, again: frozenset[str], tally: Tally) -> None:
        self._store = store
        self._source = source
        self._selection = selection
        self._again = again
        self._tally = tally
        self._settings = settings_digest(source)

    def to_read(self) -> list[Place]:
        """The inputs that must be read, in order."""
        known = self._store.inputs_of(self._source.name)
        stood = sum(1 for each in known.values() if each.gone is None)
        new: list[Place] = []
        changed: list[Place] = []
        back: list[int] = []
        listed = returned = unchanged = items = 0
        for place in places.places(self._source):
            listed += 1
            before = known.pop(place.shown, None)
            if before is None:
                new.append(place)
                continue
            returned += before.gone is not None
            if not self._is_unchanged(before, place):
                changed.append(place)
                continue
            unchanged += 1
            items += before.items
            if before.gone:
                back.append(before.id)
        self._tally.inputs["unchanged"] += unchanged
        self._tally.documents["unchanged"] += items
        self._tally.inputs["back"] += returned
        if back:
            self._store.touch_inputs(back)
        missing = self._missing(known.values())
        new = self._without_moved(new, missing)
        self._let_go(missing, stood=stood, listed=listed)
        return sorted(filter(self._is_wanted, new + changed), key=lambda place: place.shown)

    def _is_unchanged(self, before: KnownInput, place: Place) -> bool:
        """Whether there is nothing to read. What could not be read has no digest; nothing tells when it can be."""
        return (
            before.complete
            and (before.size, before.modified) == (place.size, place.modified)
            and before.digest != ""
            and before.settings == self._settings
            and not (self._selection.check or in_doubt(before) or place.shown in self._again)
        )

    def _is_wanted(self, place: Place) -> bool:
        if self._selection.since is not None and place.modified < self._selection.since:
            self._tally.inputs["older"] += 1
            return False
        if self._selection.written is not None and self._selection.written(place):
            self._tally.inputs["waiting"] += 1
            return False
        self._tally.inputs["retried"] += place.shown in self._again
        return True

    @staticmethod
    def _missing(unseen: Iterable[KnownInput]) -> dict[int, KnownInput]:
        """Those that are not there any more; what only cannot be listed is not among them."""
        listable = places.Listable()
        return {each.id: each for each in unseen if listable.parent_of(each.path)}

    def _without_moved(self, new: list[Place], missing: dict[int, KnownInput]) -> list[Place]:
        """The new inputs but for those that only lie elsewhere now, known by size and digest; these are not missing."""
        waiting: dict[str, list[KnownInput]] = defaultdict(list)
        for each in reversed(missing.values()):
            if each.complete and each.digest:
                waiting[each.digest].append(each)
        sizes = {each.size for candidates in waiting.values() for each in candidates}
        rest: list[Place] = []
        moves: list[tuple[KnownInput, str, Looked]] = []
        for place in new:
            looked = Looked(place.size, place.modified, time.time_ns())
            candidates = waiting.get(places.digest(place)) if place.size in sizes else None
            if candidates:
                known = candidates.pop()
                moves.append((known, place.shown, looked))
                del missing[known.id]
            else:
                rest.append(place)
        self._store.move_inputs(moves)
        self._tally.inputs["moved"] += len(moves)
        self._tally.documents["unchanged"] += sum(known.items for known, _, _ in moves)
        return rest

    def _let_go(self, missing: dict[int, KnownInput], *, stood: int, listed: int) -> None:
        """Note what is gone, unless so much is that a disk is more likely to be."""
        source = self._source
        newly = sum(1 for each in missing.values() if each.gone is None)
        shrunk = listed == 0 or (newly >= LEAST_MISSING and listed < stood * LEFT)
        if newly and shrunk and not self._selection.gone:
            self._tally.inputs["missing"] += newly
            what = f"source {source.name}: {newly:,} of {stood:,} inputs are not there any more; is a disk missing?"
            confirm = f"`backfile ingest --source {source.name} --confirm-gone`"
            _fail(self._tally, source, f"{what} Nothing was marked as gone. If they are meant to be gone: {confirm}")
            return
        lost = [each.id for each in missing.values() if each.gone is None or source.prune]
        self._tally.inputs["gone"] += self._store.mark_gone(lost, prune=source.prune)


def _fail(tally: Tally, source: Source, detail: str) -> None:
    tally.states["failed"] += 1
    tally.fail(source.path, Reason.UNREADABLE, detail)


def _batched(source: Source, found: Iterable[Place], again: frozenset[str]) -> Iterator[Batch]:
    batch: list[Place] = []
    size = 0
    for place in found:
        if batch and (len(batch) >= BATCH_INPUTS or size + place.size > BATCH_BYTES):
            yield _batch(source, batch, again)
            batch, size = [], 0
        batch.append(place)
        size += place.size
    if batch:
        yield _batch(source, batch, again)


def _batch(source: Source, found: list[Place], again: frozenset[str]) -> Batch:
    return Batch(source.name, tuple(found), again & {place.shown for place in found})
