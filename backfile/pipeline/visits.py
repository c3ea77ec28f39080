"""Inputs of a batch as they are looked at: what is as it was, what is to be read, and from where on."""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from backfile.config import Source
from backfile.pipeline import places
from backfile.pipeline.growth import SETTLED, Mark, mark_of
from backfile.pipeline.listing import in_doubt, settings_digest
from backfile.pipeline.places import Place
from backfile.pipeline.tally import Tally
from backfile.readers import Growth
from backfile.store import KnownInput, Looked, Store


@dataclass(frozen=True, slots=True)
class Visit:
    """An input that is looked at, beside what is known of it."""

    place: Place
    before: KnownInput | None
    looked: Looked
    digest: str
    mark: Mark | None = None  # it has grown, and is to be read from there on
    again: bool = False  # it is read even if it is as it was, for what failed in it

    @property
    def growth(self) -> Growth:
        """How it is to be read."""
        settled = self.looked.checked - self.place.modified > SETTLED * 1e9
        start = self.mark.position if self.mark else None
        return Growth(self.place.size, settled, start, grown=self.mark is not None)


class Visits:
    """Looks at the inputs of a batch, and counts what it finds.

    What was foreseen of an input, by its name, holds as long as nothing else is known of it than when it was.
    """

    def __init__(
        self, store: Store, source: Source, tally: Tally, foreseen: Mapping[str, Visit] = MappingProxyType({})
    ) -> None:
        self._foreseen = foreseen
        self._store = store
        self._source = source
        self._tally = tally
        self._settings = settings_digest(source)
        self._alike: list[tuple[int, Looked]] = []

    def to_read(self, batch: tuple[Place, ...], again: Collection[str]) -> Iterator[Visit]:
        """The inputs that must be read, in order, each looked at when it is asked for; `again`: paths of some."""
        known = self._store.inputs_at(self._source.name, (place.shown for place in batch))
        for place in batch:
            visit = self._visit(place, known, again)
            before = visit.before
            if before and self._is_read(before, visit.digest) and not visit.again:
                self._alike.append((before.id, visit.looked))
                self._tally.inputs["unchanged"] += 1
                self._tally.documents["unchanged"] += before.items
            else:
                self._count(visit)
                yield visit

    def foresee(self, batch: tuple[Place, ...], again: Collection[str]) -> Iterator[tuple[Visit, bool]]:
        """Every input as it would be visited now, and whether it would be read. Nothing is counted, nothing noted."""
        known = self._store.inputs_at(self._source.name, (place.shown for place in batch))
        for place in batch:
            visit = self._visit(place, known, again)
            yield visit, not (visit.before and self._is_read(visit.before, visit.digest) and not visit.again)

    def note_alike(self) -> None:
        """Note in the store which inputs were as they had been."""
        self._store.refresh_inputs(self._alike)
        self._alike = []

    def _visit(self, place: Place, known: Mapping[str, KnownInput], again: Collection[str]) -> Visit:
        before, whole = known.get(place.shown), place.shown in again
        early = self._foreseen.get(place.name)
        if early is not None and (early.before, early.again) == (before, whole):
            return early
        looked = Looked(place.size, place.modified, time.time_ns())
        mark = None if whole else mark_of(before, place, self._settings)
        if before is None or mark is None:
            return Visit(place, before, looked, places.digest(place), again=whole)
        digest, beginning = places.digests(place, before.size)
        return Visit(place, before, looked, digest, mark if beginning == before.digest else None)

    def _is_read(self, before: KnownInput, digest: str) -> bool:
        return before.complete and before.settings == self._settings and before.digest == digest != ""

    def _count(self, visit: Visit) -> None:
        """Count an input that is to be read: whether it is new, and whether its bytes are others."""
        before, looked, inputs = visit.before, visit.looked, self._tally.inputs
        if before is None:
            inputs["new"] += 1
            return
        same_looks = before.complete and (before.size, before.modified) == (looked.size, looked.modified)
        same = before.digest == visit.digest and (visit.digest != "" or same_looks)
        inputs["unchanged" if same else "changed"] += 1
        if same_looks and not same and before.digest and visit.digest and not in_doubt(before):
            inputs["altered"] += 1
