"""Read a batch of inputs into the store, group by group; nothing of a group is lost once its transaction is done.

What is unchanged is told here; what parses, cleans and may hang is done by the crew.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from backfile.config import Source
from backfile.pipeline import places
from backfile.pipeline.chunks import Chunk, Chunks, Input
from backfile.pipeline.crew import Crew
from backfile.pipeline.growth import mark_after
from backfile.pipeline.listing import settings_digest
from backfile.pipeline.places import Place
from backfile.pipeline.settling import Rules, Settled, Settling
from backfile.pipeline.tally import Tally
from backfile.pipeline.visits import Visit, Visits
from backfile.store import Begun, Ended, Portion, Store

Progress = Callable[[int, int], None]  # documents read, bytes of inputs that are done


class Reader:
    """Reads inputs of one source into the store."""

    def __init__(self, store: Store, source: Source, rules: Rules, crew: Crew, *, run: int) -> None:
        self._store = store
        self._source = source
        self._settings = settings_digest(source)
        self._fingerprint = rules.cleaner.fingerprint
        self._crew = crew
        self._run = run
        self._settling = Settling(store, source, rules, crew, run=run)
        self._begun: dict[str, int] = {}  # inputs of the batch, by path

    def read(
        self,
        batch: tuple[Place, ...],
        progress: Progress,
        *,
        again: Collection[str] = (),
        foreseen: Mapping[str, Visit] = MappingProxyType({}),
    ) -> Tally:
        """Read each input of the batch, whatever is wrong with one of them; what came of it.

        `again`: paths of inputs that are to be read even if they are as they were; `foreseen`: see `Visits`.
        """
        tally = Tally()
        visits = Visits(self._store, self._source, tally, foreseen)
        left = sum(place.size for place in batch)
        for group in Chunks(self._crew, map(self._asked, visits.to_read(batch, again)), self._settling.deal):
            while group:
                written = self._write(group, tally)
                for chunk in group[:written]:
                    done = chunk.input.visit.place.size if chunk.last else 0
                    left -= done
                    progress(len(chunk.arrivals), done)
                del group[:written]
        visits.note_alike()
        progress(0, left)  # of those that were as before
        return tally

    def _asked(self, visit: Visit) -> Input:
        growth, place = visit.growth, visit.place
        task = self._crew.read(place.name, self._source, growth)
        key = places.key_of(place.path, self._source)
        return Input(visit, key, growth, task, items=visit.mark.items if visit.mark else 0)

    def _write(self, group: Sequence[Chunk], tally: Tally) -> int:
        """Write what came of the first chunks of a group, and how far their inputs were read; how many chunks."""
        for chunk in group:
            self._number(chunk.input)
        settled = self._settling.settle(group)
        portions = [self._portion(each) for each in settled]
        written = self._store.write(portions, run=self._run, rules=self._fingerprint, prune=self._source.prune)
        if any(each.chunk.seeks for each in settled):
            tally.documents["gone"] += written.gone
        for each, portion, number in zip(settled, portions, written.input_ids, strict=True):
            _count(each, tally)
            one = each.chunk.input
            one.number, one.begun, one.items = number, True, portion.items
            one.member = each.member or one.member
            self._begun[one.visit.place.shown] = number
        return len(settled)

    def _number(self, one: Input) -> None:
        """Note the row of an input that has one."""
        if one.number is None:
            before = one.visit.before
            one.number = before.id if before else self._begun.get(one.visit.place.shown)

    def _portion(self, settled: Settled) -> Portion:
        """What is written of a chunk."""
        chunk = settled.chunk
        one, visit = chunk.input, chunk.input.visit
        items = one.items + len(chunk.arrivals)
        begun = None
        if not (one.begun or visit.mark):
            place = visit.place
            begun = Begun(self._source.name, place.shown, place.size, place.modified, self._settings)
        return Portion(
            one.number,
            items,
            settled.written,
            settled.unchanged,
            settled.kept,
            begun=begun,
            resumed=not one.begun and visit.mark is not None,
            ended=self._ended(chunk, items, settled.member or one.member) if chunk.last else None,
        )

    def _ended(self, chunk: Chunk, items: int, member: str | None) -> Ended:
        """How far an input was read, of which `member` is the last item."""
        visit, growth = chunk.input.visit, chunk.input.growth
        return Ended(
            visit.digest,
            visit.looked,
            mark_after(growth, items=items, member=member, run=self._run),
            complete=not growth.left,
            sought=chunk.seeks,
            member=visit.mark.member if visit.mark else None,  # of what is before it nothing was looked for
        )


def _count(settled: Settled, tally: Tally) -> None:
    """Count what is written of a chunk."""
    one, visit = settled.chunk.input, settled.chunk.input.visit
    if visit.mark and not one.begun:
        tally.inputs["grown"] += 1
        tally.documents["unchanged"] += visit.mark.items
    tally.documents["unchanged"] += len(settled.unchanged)
    tally.documents["new"] += sum(each.document_id is None for each in settled.outcomes)
    tally.documents["changed"] += sum(each.document_id is not None for each in settled.outcomes)
    tally.count(settled.outcomes)
    if settled.chunk.last:
        tally.inputs["unfinished"] += one.growth.left
