"""What becomes of the items that were read: unchanged, failed, or a document under a key that no other one has.

Chunks are settled one after the other, so that what a document is called depends on what was stored before it and on
nothing else. Several are written at once, so each is settled as if those before it were written already; where that
cannot be told, it waits until they are.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from backfile import records
from backfile.article import Failure
from backfile.config import Source
from backfile.errors import COSTLY, Reason
from backfile.outcome import PackedArticle, Result, Traces
from backfile.pipeline import identity, wire
from backfile.pipeline.chunks import Arrival, Arrived, Chunk, Input
from backfile.pipeline.cleaner import Cleaner
from backfile.pipeline.crew import Crew
from backfile.pipeline.growth import Mark
from backfile.pipeline.isolation import Task
from backfile.pipeline.naming import Draft, Names
from backfile.store import KEPT, KnownDocument, Outcome, Store, kept

Rows = Mapping[tuple[int, str], KnownDocument]  # by input and member


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a source as the workers know them."""

    number: int  # under which the crew has them
    cleaner: Cleaner
    tried: str  # what is noted with a document that they could not be applied to within the limits


@dataclass(slots=True)
class Settled:
    """A chunk, and what became of its items."""

    chunk: Chunk
    member: str | None = None  # how the last of them is called
    unchanged: list[int] = field(default_factory=list)  # rows of documents
    outcomes: list[Outcome] = field(default_factory=list)  # of new and changed documents
    held: set[int] = field(default_factory=set)  # rows of those that give no articles any more; what they gave stays
    present: dict[int, KnownDocument] = field(default_factory=dict)  # that are spoken for, by row
    drafts: list[Draft] = field(default_factory=list)  # documents that are still to be named
    leaning: set[str] = field(default_factory=set)  # keys that chunks before it claim, and names in it rely on

    @property
    def kept(self) -> list[Outcome]:
        """Those outcomes that leave their documents as they are."""
        return [each for each in self.outcomes if each.document_id in self.held]

    @property
    def written(self) -> list[Outcome]:
        """The other ones."""
        return [each for each in self.outcomes if each.document_id not in self.held]


class Settling:
    """Settles what is read of inputs of one source in one run."""

    def __init__(self, store: Store, source: Source, rules: Rules, crew: Crew, *, run: int) -> None:
        self._store = store
        self._source = source
        self._rules = rules
        self._crew = crew
        self._run = run

    def deal(self, lot: list[tuple[Input, Arrival]]) -> None:
        """Have documents cleaned that do not seem to be known; whether they are is told when they are settled."""
        arrived = [(one, arrival, arrival.item) for one, arrival in lot if isinstance(arrival.item, Arrived)]
        named: dict[int, list[str]] = defaultdict(list)
        for one, _, document in arrived:
            if one.visit.before is not None:
                named[one.visit.before.id].append(document.name)
        rows = self._store.known_documents(named) if named else {}
        said = {key for _, _, document in arrived if (key := self._stated_key(document))}
        owners = self._store.owners(said) if said else {}
        for one, arrival, document in arrived:
            row = rows.get((one.visit.before.id, document.name)) if one.visit.before else None
            if row and self._is_known(row, document, one):
                continue
            key = row.key if row and row.key else self._stated_key(document)
            if key and not row and (owner := owners.get(key)) and owner.digest == document.digest:
                continue
            arrival.cleaning = self._clean(document, key, one)

    def _is_known(self, row: KnownDocument, document: Arrived, one: Input) -> bool:
        """Whether there is nothing to do: it is the same, and what it gave is not what it would give now."""
        if row.digest != document.digest:
            return False
        if row.tried is not None:
            return row.tried == self._rules.tried and not one.visit.again
        return row.state != "failed" and not (row.detail or "").startswith(KEPT)

    def _stated_key(self, document: Arrived) -> str | None:
        """What identifies the document, where its container says it."""
        if not document.key:
            return None
        return f"{self._source.name}/{identity.key(document.key, '', document.member)}"

    def _clean(self, document: Arrived, key: str | None, one: Input) -> Task:
        if document.made is not None:
            return Task.done(document.made, document.uri)
        return self._crew.clean(self._rules.number, key, one.key, document.data, about=document.uri)

    def settle(self, chunks: Sequence[Chunk]) -> list[Settled]:
        """What became of the first of the chunks: of as many as rely on none of these being written, one at least."""
        sorted_out = self._sorted(chunks)
        made = {id(draft): self._made_early(draft, each.chunk.input) for each in sorted_out for draft in each.drafts}
        keys = {draft.key for each in sorted_out for draft in each.drafts if draft.key}
        names = Names(self._store, keys)
        settled: list[Settled] = []
        paths: set[str] = set()
        for each in sorted_out:
            path = each.chunk.input.visit.place.shown  # bytes that are no UTF-8 may look like another name
            if path in paths or not names.moved.keys().isdisjoint(each.present):
                break
            paths.add(path)
            names.begin(set(each.present))
            each.outcomes += [self._outcome(draft, made[id(draft)], names, each.chunk.input) for draft in each.drafts]
            if names.unsure:
                break
            each.leaning = names.leaning
            names.end(each.chunk.input.number)
            settled.append(each)
        return self._reliable(settled, names)

    # --- what an item is in the store

    def _sorted(self, chunks: Sequence[Chunk]) -> list[Settled]:
        """Chunks with their items told apart: unchanged, failed, to be named."""
        named: dict[int, list[str]] = {}
        for chunk in chunks:
            if chunk.input.number is not None:
                named[chunk.input.number] = [each.name for each in chunk.arrivals]
        known = self._store.known_documents(named) if named else {}
        return [self._sorted_out(chunk, known) for chunk in chunks]

    def _sorted_out(self, chunk: Chunk, known: Rows) -> Settled:
        one, visit = chunk.input, chunk.input.visit
        settled = Settled(chunk)
        for arrival, member, row in self._rows(one.number, chunk.arrivals, visit.mark, known):
            settled.member = member
            if row:
                settled.present[row.id] = row
            match arrival.item:
                case Failure() as item if row and self._is_known_failure(row, item):
                    settled.unchanged.append(row.id)
                case Failure() as item:
                    settled.outcomes.append(self._failed(item, member, "", row.id if row else None))
                case Arrived() as item if row and self._is_known(row, item, one):
                    settled.unchanged.append(row.id)
                case Arrived() as item:
                    key = row.key if row and row.key else self._stated_key(item)
                    settled.drafts.append(Draft(item, member, row, key, arrival.cleaning))
        return settled

    def _rows(
        self, number: int | None, arrivals: list[Arrival], mark: Mark | None, known: Rows
    ) -> Iterator[tuple[Arrival, str, KnownDocument | None]]:
        """Each item with its member name, made unique, and with its row of the run before."""
        named = [each.name for each in arrivals]
        rows = {} if number is None else {name: row for name in named if (row := known.get((number, name)))}
        taken = {row.member for row in rows.values() if row.seen == self._run or (mark and mark.taken(row))}
        members: list[str] = []
        for arrival, name in zip(arrivals, named, strict=True):
            members.append(f"{name}, again at {arrival.item.member}" if name in taken else name)
            taken.add(name)
        if number is not None and (again := sorted(set(members).difference(named))):
            rows |= {name: row for (_, name), row in self._store.known_documents({number: again}).items()}
        for arrival, member in zip(arrivals, members, strict=True):
            yield arrival, member, rows.get(member)

    def _is_known_failure(self, row: KnownDocument, item: Failure) -> bool:
        """Whether the item failed in the same way when it was last read."""
        if row.tried is not None and row.tried != self._rules.tried:
            return False
        told = (item.reason, item.detail or None)
        return (row.reason, row.detail) == told or row.detail == kept(item.reason, item.detail)

    # --- what a document is called

    def _outcome(self, draft: Draft, made: "_Made | Failure | None", names: Names, one: Input) -> Outcome:
        """What became of a draft; `made` is None when it was not cleaned, as it seemed to be a duplicate."""
        row_id = draft.row.id if draft.row else None
        member, uri, digest = draft.member, draft.uri, draft.digest
        if isinstance(made, Failure):
            return self._failed(made, member, digest, row_id)
        named = names.of(draft)
        if isinstance(named, str):
            return Outcome(member, uri, digest, row_id, reason=Reason.DUPLICATE, detail=f"the same as {named}")
        made = made or self._made(draft, one)
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

    def _failed(self, item: Failure, member: str, digest: str, row_id: int | None) -> Outcome:
        tried = self._rules.tried if item.reason in COSTLY else None
        return Outcome(member, item.uri, digest, row_id, reason=item.reason, detail=item.detail, tried=tried)

    def _made_early(self, draft: Draft, one: Input) -> "_Made | Failure | None":
        """What the crew made of a document, where it was asked for, or where only that tells its key."""
        made = self._made(draft, one) if draft.cleaning or not draft.key else None
        if isinstance(made, _Made) and draft.key is None:
            draft.key = made.key
        return made

    def _made(self, draft: Draft, one: Input) -> "_Made | Failure":
        """What the crew made of a document; it is waited for where it was not asked for before."""
        task = draft.cleaning or self._clean(draft.document, draft.key, one)
        while not task.over:
            self._crew.pump(listen=False)
        message = task.answers[0]
        if message[0][0] == "failed":
            _, reason, detail = message[0]
            return Failure(draft.uri, draft.member, Reason(reason), detail)
        return _Made(*wire.results_from(message))

    # --- what several chunks that are written at once may rely on

    def _reliable(self, settled: list[Settled], names: Names) -> list[Settled]:
        """Those before the first one that relies on what others do not come to, or on their being written."""
        claimed = [{each.key for each in one.outcomes if each.key} for one in settled]
        self._finish(settled)
        lost: set[str] = set()  # keys that were claimed, by what leaves its document as it is or was forgotten
        duplicates: set[str] = set()  # digests of documents that are said to be the same as others
        let_go: dict[str, set[int | None]] = defaultdict(set)  # digests of documents that are others now: their inputs
        for number, one in enumerate(settled):
            changed = _let_go(one, names)
            if one.leaning & lost or changed & duplicates:
                return settled[:number]
            lost |= claimed[number].difference(each.key for each in one.written if each.key)
            duplicates |= {each.digest for each in one.outcomes if each.reason == Reason.DUPLICATE}
            for digest in changed:
                let_go[digest].add(one.chunk.input.number)
            if self._source.prune and one.chunk.seeks:  # what it does not have any more others may be waiting for
                settled = settled[: number + 1]
                break
        if len(settled) > 1 and let_go:
            numbers = {one.chunk.input.number for one in settled}
            relying = self._store.relying_on(let_go)
            if any(number in numbers and let_go[digest] != {number} for number, digest in relying):
                return settled[:1]
        return settled

    def _finish(self, settled: list[Settled]) -> None:
        """Refuse what was forgotten, and note which documents would give no articles any more, but gave some."""
        outcomes = self._store.without_forgotten(each for one in settled for each in one.outcomes)
        for one in settled:
            one.outcomes = list(islice(outcomes, len(one.outcomes)))
        empty = {each.document_id for one in settled for each in one.outcomes if each.document_id and not each.articles}
        held = self._store.with_articles(empty) if empty else set()
        for one in settled:
            one.held = held & {each.document_id for each in one.outcomes if each.document_id}


def _let_go(one: Settled, names: Names) -> set[str]:
    """The digests of documents that are others now."""
    found = set()
    for each in one.written:
        if each.document_id:
            row = one.present.get(each.document_id) or names.moved[each.document_id]
            found.add(row.digest if row.digest != each.digest else "")
    return found - {""}


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
