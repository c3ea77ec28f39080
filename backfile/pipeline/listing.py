"""What a run has to read: the inputs that are new or changed, in batches of references.

Size and time of an input are believed, but for an input that may have been written to after it was looked at within the
same tick of its file system's clock: there, and whenever size or time are others, its digest decides.
"""

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain

from backfile.config import Source
from backfile.errors import Reason, WrongUse
from backfile.pipeline import places
from backfile.pipeline.missing import emptied, has_shrunk
from backfile.pipeline.places import Place, digest, digests
from backfile.pipeline.tally import Tally
from backfile.store import KnownInput, Looked, Outline, Store
from index.dates import parse_dates

# A batch is a task of a flow. Prefect costs 30 to 60 ms of CPU a task (measured), and a document 3 to 25 ms, so some
# hundreds of documents make that cost small, and losing a batch to a crash cheap.
BATCH_INPUTS = 256
BATCH_BYTES = 64 << 20

# FAT writes times in steps of two seconds, ext3 of one, Linux's clock of files ticks every 4 to 10 ms.
TICK_NS = 2_000_000_000


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


def make(store: Store, sources: Iterable[Source], selection: Selection, tried: Callable[[str], str]) -> Plan:
    """List the sources and compare with the store. What is unchanged, moved or gone is noted at once.

    `tried`: gives the rules and limits of a source, as they stand beside what was too costly under them.
    """
    plan = Plan()
    for source in sources:
        if not places.exists(source):
            detail = f"source {source.name}: nothing is there; is a disk missing?"
            _fail(plan.tally, source, f"{detail} To do without it: `backfile source remove {source.name}`")
            continue
        again = store.failed_inputs(source.name) if selection.retry else set()
        if store.has_costly(source.name):
            again |= store.costly_inputs(source.name, tried(source.name))
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
        self._doubted = selection.check or bool(again)  # whether size and time are not all that counts
        self._changed: list[Place] = []
        self._back: list[int] = []  # unchanged, and gone until now
        self._unchanged = self._items = self._returned = 0

    def to_read(self) -> list[Place]:
        """The inputs that must be read, in order."""
        new, unseen, listed = self._compared()
        new, unseen = self._paired(new, unseen)
        self._tally.inputs["unchanged"] += self._unchanged
        self._tally.documents["unchanged"] += self._items
        self._tally.inputs["back"] += self._returned
        if self._back:
            self._store.touch_inputs(self._back)
        stood = listed - len(new) - self._returned + sum(1 for row in unseen if row[6] is None)
        new = self._without_rotated(new)
        missing = self._missing(unseen, new)
        new = self._without_moved(new, missing)
        self._let_go(missing, stood=stood, listed=listed)
        return sorted(filter(self._is_wanted, new + self._changed), key=lambda place: place.shown)

    def _compared(self) -> tuple[list[Place], list[Outline], int]:
        """Inputs that are not known, known ones that were not met, and how many there are in all.

        Both sides come in the order of paths, so that they are held against each other as they come and the memory does
        not grow with what is unchanged. Where the order is broken, an input is in the first list and in the second.
        """
        new: list[Place] = []
        unseen: list[Outline] = []
        listed = unchanged = items = 0
        outline = self._store.outline(self._source.name, settings=settings_digest(self._source), tick=TICK_NS)
        rows = chain.from_iterable(outline)
        row = next(rows, None)
        for run in places.found(self._source):
            listed += len(run)
            for found in run:
                shown = found[1]
                while row is not None and row[0] < shown:
                    unseen.append(row)
                    row = next(rows, None)
                if row is None or row[0] != shown:
                    new.append(Place(*found))
                    continue
                _, size, modified, settled, holds, _, gone = row
                if size == found[2] and modified == found[3] and settled and gone is None and not self._doubted:
                    unchanged += 1
                    items += holds
                else:
                    self._met(row, Place(*found))
                row = next(rows, None)
        while row is not None:
            unseen.append(row)
            row = next(rows, None)
        self._unchanged += unchanged
        self._items += items
        return new, unseen, listed

    def _paired(self, new: list[Place], unseen: list[Outline]) -> tuple[list[Place], list[Outline]]:
        """Those that are in one of the lists only; the others have met."""
        if not (new and unseen):
            return new, unseen
        left = {row[0]: row for row in unseen}
        rest = []
        for place in new:
            row = left.pop(place.shown, None)
            if row is None:
                rest.append(place)
            else:
                self._met(row, place)
        return rest, list(left.values())

    def _met(self, row: Outline, place: Place) -> None:
        """Note what an input is that was known before: unchanged, changed, back."""
        path, size, modified, settled, items, number, gone = row
        self._returned += gone is not None
        unchanged = settled and (size, modified) == (place.size, place.modified)
        if not unchanged or self._selection.check or path in self._again:
            self._changed.append(place)
            return
        self._unchanged += 1
        self._items += items
        if gone is not None:
            self._back.append(number)

    def _is_wanted(self, place: Place) -> bool:
        if self._selection.since is not None and place.modified < self._selection.since:
            self._tally.inputs["older"] += 1
            return False
        if self._selection.written is not None and self._selection.written(place):
            self._tally.inputs["waiting"] += 1
            return False
        self._tally.inputs["retried"] += place.shown in self._again
        return True

    def _missing(self, unseen: list[Outline], new: list[Place]) -> dict[int, KnownInput]:
        """Those that are not there any more; what only cannot be listed is not among them.

        Those that were gone before are looked at only where something may be them, or is to be done to them.
        """
        listable = places.Listable()
        whole = bool(new) or self._source.prune
        ids = [row[5] for row in unseen if (whole or row[6] is None) and listable.parent_of(row[0])]
        return {each.id: each for each in self._store.inputs_with(ids)}

    def _without_rotated(self, new: list[Place]) -> list[Place]:
        """The new inputs but for files that grow and were renamed, with another begun in their place, which is new now.

        So a mailbox that is rotated keeps its messages, also when several follow each other: .1 to .2, the first to .1.
        One that was copied and has grown since is still itself.
        """
        if not (new and self._changed):
            return new
        places = {place.shown: place for place in self._changed}
        known = self._store.inputs_at(self._source.name, places).values()
        rotated = {(each.size, each.digest): each for each in known if each.mark and each.complete and each.digest}
        sizes = {size for size, _ in rotated}
        moves: list[tuple[KnownInput, str, Looked]] = []
        rest: list[Place] = []
        waiting = list(new)
        for place in waiting:
            looked = Looked(place.size, place.modified, time.time_ns())
            before = rotated.get((place.size, digest(place))) if place.size in sizes else None
            if before is None or before.path == place.shown or _has_grown(before, places[before.path]):
                rest.append(place)
                continue
            del rotated[before.size, before.digest]
            moves.append((before, place.shown, looked))
            self._changed.remove(places[before.path])
            waiting.append(places[before.path])
        self._note_moved(moves)
        return rest

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
            candidates = waiting.get(digest(place)) if place.size in sizes else None
            if candidates:
                known = candidates.pop()
                moves.append((known, place.shown, looked))
                del missing[known.id]
            else:
                rest.append(place)
        self._note_moved(moves)
        return rest

    def _note_moved(self, moves: list[tuple[KnownInput, str, Looked]]) -> None:
        if moves:
            self._store.move_inputs(moves)
        self._tally.inputs["moved"] += len(moves)
        self._tally.documents["unchanged"] += sum(known.items for known, _, _ in moves)

    def _let_go(self, missing: dict[int, KnownInput], *, stood: int, listed: int) -> None:
        """Note what is gone, unless so much is that a disk is more likely to be."""
        source = self._source
        newly = [each for each in missing.values() if each.gone is None]
        believed = self._selection.gone or source.may_be_empty
        held: list[KnownInput] = []
        if newly and not believed and has_shrunk(newly=len(newly), stood=stood, listed=listed):
            held = list(missing.values())
            self._hold(len(newly), f"{len(newly):,} of {stood:,} inputs are not there any more", "Nothing")
        elif not believed:
            for folder, those in emptied(newly, places.base(source)).items():
                held += those
                self._hold(len(those), f"{folder} is empty, and had {len(those):,} inputs", "Nothing of it")
        kept = {each.id for each in held}
        lost = [each.id for each in missing.values() if each.id not in kept and (each.gone is None or source.prune)]
        if lost:
            self._tally.inputs["gone"] += self._store.mark_gone(lost, prune=source.prune)

    def _hold(self, number: int, what: str, nothing: str) -> None:
        """Say that inputs are missing, and that this is not believed."""
        self._tally.inputs["missing"] += number
        confirm = f"`backfile ingest --source {self._source.name} --confirm-gone`"
        told = f"{what}; is a disk missing? {nothing} was marked as gone. If they are meant to be gone: {confirm}"
        _fail(self._tally, self._source, f"source {self._source.name}: {told}")


def _has_grown(before: KnownInput, place: Place) -> bool:
    """Whether an input begins with what it was."""
    return place.regular and place.size >= before.size and digests(place, before.size)[1] == before.digest


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
