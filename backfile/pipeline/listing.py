"""What a run has to read: the inputs that are new or changed, in batches of references."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from backfile.config import Source
from backfile.errors import Reason
from backfile.pipeline import places
from backfile.pipeline.places import Place
from backfile.pipeline.tally import Tally
from backfile.store import KnownInput, Store

# A batch is a task of a flow. Prefect costs 30 to 60 ms of CPU a task (measured), and a document 3 to 25 ms, so some
# hundreds of documents make that cost small, and losing a batch to a crash cheap.
BATCH_INPUTS = 256
BATCH_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs of one source that are read together."""

    source: str
    places: tuple[Place, ...]

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


def make(store: Store, sources: Iterable[Source]) -> Plan:
    """List the sources and compare with the store. What is unchanged, moved or gone is noted at once."""
    plan = Plan()
    for source in sources:
        if not places.exists(source):
            plan.tally.states["failed"] += 1
            detail = f"source {source.name}: nothing is there; is a disk missing?"
            plan.tally.fail(source.path, Reason.UNREADABLE, detail)
            continue
        plan.batches.extend(_batched(source, _changed(store, source, plan.tally)))
    return plan


def _changed(store: Store, source: Source, tally: Tally) -> list[Place]:
    """The inputs of a source that must be read."""
    known = store.inputs_of(source.name)
    settings = settings_digest(source)
    new: list[Place] = []
    changed: list[Place] = []
    back: list[int] = []
    seen: set[str] = set()
    for place in places.places(source):
        seen.add(place.shown)
        before = known.get(place.shown)
        if before is None:
            new.append(place)
        elif _same(before, place, settings):
            tally.inputs["unchanged"] += 1
            tally.documents["unchanged"] += before.items
            if before.gone:
                tally.inputs["back"] += 1
                back.append(before.id)
        else:
            changed.append(place)
    if back:
        store.touch_inputs(back)
    listable = places.Listable()
    missing = [each for each in known.values() if each.path not in seen and listable.parent_of(each.path)]
    new, missing = _moved(store, new, missing, tally)
    lost = [each.id for each in missing if each.gone is None or source.prune]
    tally.inputs["gone"] += store.mark_gone(lost, prune=source.prune)
    return sorted(new + changed, key=lambda place: place.shown)


def _same(before: KnownInput, place: Place, settings: str) -> bool:
    """Whether there is nothing to read. What could not be read has no digest; nothing tells when it can be."""
    return (
        before.complete
        and before.digest != ""
        and before.settings == settings
        and (before.size, before.modified) == (place.size, place.modified)
    )


def _moved(
    store: Store, new: list[Place], missing: list[KnownInput], tally: Tally
) -> tuple[list[Place], list[KnownInput]]:
    """`new` and `missing` without the inputs that only lie elsewhere now, known by size and digest."""
    waiting: dict[str, list[KnownInput]] = defaultdict(list)
    for each in reversed(missing):
        if each.complete and each.digest:
            waiting[each.digest].append(each)
    sizes = {each.size for candidates in waiting.values() for each in candidates}
    rest: list[Place] = []
    moves: list[tuple[KnownInput, str, int]] = []
    for place in new:
        candidates = waiting.get(places.digest(place)) if place.size in sizes else None
        if candidates:
            moves.append((candidates.pop(), place.shown, place.modified))
        else:
            rest.append(place)
    store.move_inputs(moves)
    tally.inputs["moved"] += len(moves)
    tally.documents["unchanged"] += sum(known.items for known, _, _ in moves)
    moved = {known.id for known, _, _ in moves}
    return rest, [each for each in missing if each.id not in moved]


def _batched(source: Source, found: Iterable[Place]) -> Iterator[Batch]:
    batch: list[Place] = []
    size = 0
    for place in found:
        if batch and (len(batch) >= BATCH_INPUTS or size + place.size > BATCH_BYTES):
            yield Batch(source.name, tuple(batch))
            batch, size = [], 0
        batch.append(place)
        size += place.size
    if batch:
        yield Batch(source.name, tuple(batch))
