"""Read a batch of inputs into the store, chunk by chunk; nothing of a chunk is lost once its transaction is done.

What is unchanged is told here; what parses, cleans and may hang is done by the crew. Chunks are settled one after the
other, so that what a document is called depends on what was stored before it and on nothing else.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from backfile import records
from backfile.article import Failure
from backfile.config import Source
from backfile.errors import COSTLY, Reason
from backfile.outcome import PackedArticle, Result, Traces
from backfile.pipeline import identity, places, wire
from backfile.pipeline.chunks import Arrival, Arrived, Chunk, Chunks, Input
from backfile.pipeline.cleaner import Cleaner
from backfile.pipeline.crew import Crew
from backfile.pipeline.growth import Mark, mark_after
from backfile.pipeline.isolation import Task
from backfile.pipeline.listing import settings_digest
from backfile.pipeline.naming import Draft, Names
from backfile.pipeline.places import Place
from backfile.pipeline.tally import Tally
from backfile.pipeline.visits import Visit, Visits
from backfile.store import KEPT, KnownDocument, Outcome, Store, kept

Progress = Callable[[int, int], None]  # documents read, bytes of inputs that are done


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a source as the workers know them."""

    number: int  # under which the crew has them
    cleaner: Cleaner
    tried: str  # what is noted with a document that they could not be applied to within the limits


class Reader:
    """Reads inputs of one source into the store."""

    def __init__(self, store: Store, source: Source, rules: Rules, crew: Crew, *, run: int) -> None:
        self._store = store
        self._source = source
        self._settings = settings_digest(source)
        self._rules = rules
        self._fingerprint = rules.cleaner.fingerprint
        self._crew = crew
        self._run = run

    def read(self, batch: tuple[Place, ...], progress: Progress, *, again: Collection[str] = ()) -> Tally:
        """Read each input of the batch, whatever is wrong with one of them; what came of it.

        `again`: paths of inputs that are to be read even if they are as they were.
        """
        tally = Tally()
        visits = Visits(self._store, self._source, tally)
        left = sum(place.size for place in batch)
        for chunk in Chunks(self._crew, map(self._asked, visits.to_read(batch, again)), self._deal):
            self._settle(chunk, tally)
            done = chunk.input.visit.place.size if chunk.last else 0
            left -= done
            progress(len(chunk.arrivals), done)
        visits.note_alike()
        progress(0, left)  # of those that were as before
        return tally

    def _asked(self, visit: Visit) -> Input:
        growth = visit.growth
        task = self._crew.read(visit.place.name, self._source.reader, self._source.mapping, growth)
        return Input(visit, growth, task)

    def _deal(self, one: Input, lot: list[Arrival]) -> None:
        """Have documents cleaned that do not seem to be known; whether they are is told when they are settled."""
        arrived = [(each, each.item) for each in lot if isinstance(each.item, Arrived)]
        rows: dict[str, KnownDocument] = {}
        if one.visit.before is not None:
            rows = self._store.known_documents(one.visit.before.id, [document.name for _, document in arrived])
        place = one.visit.place
        said = [key for _, document in arrived if (key := self._stated_key(document, place))]
        owners = self._store.owners(said) if said else {}
        for arrival, document in arrived:
            row = rows.get(document.name)
            if row and self._is_known(row, document, one.visit):
                continue
            key = row.key if row and row.key else self._stated_key(document, place)
            if key and not row and (owner := owners.get(key)) and owner.digest == document.digest:
                continue
            arrival.cleaning = self._clean(document, key, place)

    def _is_known(self, row: KnownDocument, document: Arrived, visit: Visit) -> bool:
        """Whether there is nothing to do: it is the same, and what it gave is not what it would give now."""
        if row.digest != document.digest:
            return False
        if row.tried is not None:
            return row.tried == self._rules.tried and not visit.again
        return row.state != "failed" and not (row.detail or "").startswith(KEPT)

    def _stated_key(self, document: Arrived, place: Place) -> str | None:
        """What identifies the document, where its container says it."""
        if not document.key:
            return None
        return f"{self._source.name}/{identity.key(document.key, self._place_key(place), document.member)}"

    def _place_key(self, place: Place) -> str:
        return places.key_of(place.path, self._source)

    def _clean(self, document: Arrived, key: str | None, place: Place) -> Task:
        return self._crew.clean(self._rules.number, key, self._place_key(place), document.data, about=document.uri)

    def _settle(self, chunk: Chunk, tally: Tally) -> None:
        """Write what came of a chunk, and, with the last one of an input, how far that was read."""
        one = chunk.input
        if one.number is None:
            one.number = self._begin(one.visit, tally)
            one.items = one.visit.mark.items if one.visit.mark else 0
        one.items += len(chunk.arrivals)
        one.member = self._write(one.number, chunk, tally) or one.member
        if chunk.last:
            self._end(one, one.number, tally)

    def _begin(self, visit: Visit, tally: Tally) -> int:
        """The id of the input, which is read from its mark on when it has grown."""
        if visit.before and visit.mark:
            self._store.resume_input(visit.before.id)
            tally.inputs["grown"] += 1
            tally.documents["unchanged"] += visit.mark.items
            return visit.before.id
        place = visit.place
        return self._store.begin_input(
            self._source.name, place.shown, size=place.size, modified=place.modified, settings=self._settings
        )

    def _end(self, one: Input, number: int, tally: Tally) -> None:
        """Note what is not in an input any more, and how far it was read."""
        visit, growth = one.visit, one.growth
        missing = visit.mark.member if visit.mark else None  # of what is before it nothing was looked for
        # Else nobody can say what is not in it any more.
        if one.whole and (missing is not None or (visit.before and not visit.mark)):
            gone = self._store.mark_missing(number, run=self._run, prune=self._source.prune, member=missing)
            tally.documents["gone"] += gone
        tally.inputs["unfinished"] += growth.left
        after = mark_after(growth, items=one.items, member=one.member, run=self._run)
        self._store.end_input(
            number, digest=visit.digest, items=one.items, looked=visit.looked, mark=after, complete=not growth.left
        )

    def _write(self, number: int, chunk: Chunk, tally: Tally) -> str | None:
        """Store what became of the items; how the last of them is called."""
        visit = chunk.input.visit
        unchanged: list[int] = []
        failed: list[Outcome] = []
        drafts: list[Draft] = []
        present: set[int] = set()  # rows that are spoken for
        member = None
        for arrival, member, row in self._rows(number, chunk.arrivals, visit.mark):
            if row:
                present.add(row.id)
            match arrival.item:
                case Failure() as item if row and self._is_known_failure(row, item):
                    unchanged.append(row.id)
                case Failure() as item:
                    failed.append(self._failed(item, member, "", row.id if row else None))
                case Arrived() as item if row and self._is_known(row, item, visit):
                    unchanged.append(row.id)
                case Arrived() as item:
                    key = row.key if row and row.key else self._stated_key(item, visit.place)
                    drafts.append(Draft(item, member, row, key, arrival.cleaning))
        outcomes = list(self._store.without_forgotten([*failed, *self._settled(drafts, present, visit.place)]))
        tally.documents["unchanged"] += len(unchanged)
        tally.documents["new"] += sum(each.document_id is None for each in outcomes)
        tally.documents["changed"] += sum(each.document_id is not None for each in outcomes)
        tally.count(outcomes)
        held = self._holding(outcomes)
        if unchanged:
            self._store.touch_documents(unchanged, run=self._run)
        if held:
            self._store.keep([each for each in outcomes if each.document_id in held], run=self._run)
        changed = [each for each in outcomes if each.document_id not in held]
        items = chunk.input.items
        self._store.write(number, changed, run=self._run, rules=self._fingerprint, items=items)
        return member

    def _rows(
        self, number: int, arrivals: list[Arrival], mark: Mark | None
    ) -> Iterator[tuple[Arrival, str, KnownDocument | None]]:
        """Each item with its member name, made unique, and with its row of the run before."""
        named = [each.name for each in arrivals]
        known = self._store.known_documents(number, named)
        taken = {row.member for row in known.values() if row.seen == self._run or (mark and mark.taken(row))}
        members: list[str] = []
        for arrival, name in zip(arrivals, named, strict=True):
            members.append(f"{name}, again at {arrival.item.member}" if name in taken else name)
            taken.add(name)
        if again := [member for member in members if member not in named]:
            known |= self._store.known_documents(number, again)
        for arrival, member in zip(arrivals, members, strict=True):
            yield arrival, member, known.get(member)

    def _is_known_failure(self, row: KnownDocument, item: Failure) -> bool:
        """Whether the item failed in the same way when it was last read."""
        if row.tried is not None and row.tried != self._rules.tried:
            return False
        told = (item.reason, item.detail or None)
        return (row.reason, row.detail) == told or row.detail == kept(item.reason, item.detail)

    def _failed(self, item: Failure, member: str, digest: str, row_id: int | None) -> Outcome:
        tried = self._rules.tried if item.reason in COSTLY else None
        return Outcome(member, item.uri, digest, row_id, reason=item.reason, detail=item.detail, tried=tried)

    def _holding(self, outcomes: list[Outcome]) -> set[int]:
        """The rows that gave articles before and would give none now: the archive does not forget them."""
        empty = [each.document_id for each in outcomes if each.document_id and not each.articles]
        return self._store.with_articles(empty) if empty else set()

    def _settled(self, drafts: list[Draft], present: set[int], place: Place) -> Iterator[Outcome]:
        """The drafts under keys that no other document has."""
        made = [self._made(draft, place) if draft.cleaning or not draft.key else None for draft in drafts]
        for draft, one in zip(drafts, made, strict=True):
            if isinstance(one, _Made) and draft.key is None:
                draft.key = one.key
        names = Names(self._store, present, [draft.key for draft in drafts if draft.key])
        for draft, one in zip(drafts, made, strict=True):
            yield self._outcome(draft, one, names, place)

    def _outcome(self, draft: Draft, made: "_Made | Failure | None", names: Names, place: Place) -> Outcome:
        """What became of a draft; `made` is None when it was not cleaned, as it seemed to be a duplicate."""
        row_id = draft.row.id if draft.row else None
        member, uri, digest = draft.member, draft.uri, draft.digest
        if isinstance(made, Failure):
            return self._failed(made, member, digest, row_id)
        named = names.of(draft)
        if isinstance(named, str):
            return Outcome(member, uri, digest, row_id, reason=Reason.DUPLICATE, detail=f"the same as {named}")
        made = made or self._made(draft, place)
        if isinstance(made, Failure):
            return self._failed(made, member, digest, named.row)
        names.claim(named.key, draft)
        results, stale = made.results, False
        if named.key != made.key:
            results = tuple(_renamed(each, made.key, named.key) for each in made.results)
            spared = self._rules.cleaner.spared
            stale = any(name.partition("#")[0] in {named.key, made.key} for name in spared)
        left_out = draft.document.left_out
        return Outcome(
            member, uri, digest, named.row, named.key, results, detail=left_out, traces=made.traces, stale=stale
        )

    def _made(self, draft: Draft, place: Place) -> "_Made | Failure":
        """What the crew made of a document; it is waited for where it was not asked for before."""
        task = draft.cleaning or self._clean(draft.document, draft.key, place)
        while not task.over:
            self._crew.pump(listen=False)
        message = task.answers[0]
        if message[0][0] == "failed":
            _, reason, detail = message[0]
            return Failure(draft.uri, draft.member, Reason(reason), detail)
        return _Made(*wire.results_from(message))


@dataclass(frozen=True, slots=True)
class _Made:
    """A cleaned document under a key that may turn out to be taken."""

    key: str
    results: tuple[Result, ...]
    traces: Traces


def _renamed(result: Result, before: str, now: str) -> Result:
    if not isinstance(result.verdict, PackedArticle):
        return result
    return Result(result.story, result.extractor, result.payload, records.renamed(result.verdict, before, now))
