"""Read a batch of inputs into the store, chunk by chunk; nothing of a chunk is lost once its transaction is done."""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import count

from backfile import readers
from backfile.article import Document, Extraction, Failure
from backfile.config import Source
from backfile.errors import REJECTIONS, Reason, UnreadableInput
from backfile.pipeline import cleaner, copying, learning, places
from backfile.pipeline.cleaner import Cleaner
from backfile.pipeline.growth import SETTLED, Mark, mark_after, mark_of
from backfile.pipeline.listing import in_doubt, settings_digest
from backfile.pipeline.places import Place
from backfile.pipeline.tally import Tally
from backfile.store import KEPT, KnownDocument, KnownInput, Looked, Outcome, Store, kept

# What one transaction holds. Measured: below 100 documents the syncs show, above 500 nothing is gained.
CHUNK_DOCUMENTS = 200
CHUNK_CHARACTERS = 8_000_000  # of the documents' text and markup; bounds the memory when documents are large

Progress = Callable[[int, int], None]  # documents read, bytes of inputs that are done


@dataclass(frozen=True, slots=True)
class Draft:
    """A new or changed document on its way: extracted, not yet named."""

    document: Document
    member: str
    digest: str
    row: KnownDocument | None  # as it was before
    key: str  # what identifies it, with its source; may turn out to be taken
    extractions: tuple[Extraction, ...] = ()
    reason: Reason | None = None  # why there is nothing to clean
    detail: str = ""

    @property
    def uri(self) -> str:
        """Where the document is."""
        return self.document.uri


@dataclass(frozen=True, slots=True)
class Visit:
    """An input that is looked at, beside what is known of it."""

    place: Place
    before: KnownInput | None
    looked: Looked
    digest: str
    mark: Mark | None = None  # it has grown, and is to be read from there on


class Reader:
    """Reads inputs of one source into the store."""

    def __init__(self, store: Store, source: Source, cleaner: Cleaner, *, run: int) -> None:
        self._store = store
        self._source = source
        self._cleaner = cleaner
        self._rules = cleaner.fingerprint
        self._run = run
        self._settings = settings_digest(source)

    def read(self, batch: tuple[Place, ...], progress: Progress, *, again: Collection[str] = ()) -> Tally:
        """Read each input of the batch, whatever is wrong with one of them; what came of it.

        `again`: paths of inputs that are to be read even if they are as they were.
        """
        tally = Tally()
        alike: list[tuple[int, Looked]] = []
        known = self._store.inputs_at(self._source.name, (place.shown for place in batch))
        for place in batch:
            visit = self._visit(place, known.get(place.shown), whole=place.shown in again)
            before = visit.before
            if before and self._is_read(before, visit.digest) and place.shown not in again:
                alike.append((before.id, visit.looked))
                tally.inputs["unchanged"] += 1
                tally.documents["unchanged"] += before.items
            else:
                _count(tally, visit)
                self._input(visit, tally, progress)
            progress(0, place.size)
        self._store.refresh_inputs(alike)
        return tally

    def _visit(self, place: Place, before: KnownInput | None, *, whole: bool) -> Visit:
        looked = Looked(place.size, place.modified, time.time_ns())
        mark = None if whole else mark_of(before, place, self._settings)
        if before is None or mark is None:
            return Visit(place, before, looked, places.digest(place))
        digest, beginning = places.digests(place, before.size)
        return Visit(place, before, looked, digest, mark if beginning == before.digest else None)

    def _is_read(self, before: KnownInput, digest: str) -> bool:
        return before.complete and before.settings == self._settings and before.digest == digest != ""

    def _input(self, visit: Visit, tally: Tally, progress: Progress) -> None:
        number = self._begin(visit, tally)
        place, mark = visit.place, visit.mark
        settled = visit.looked.checked - place.modified > SETTLED * 1e9
        growth = readers.Growth(place.size, settled, mark.position if mark else None, grown=mark is not None)
        mapping = self._source.mapping or None
        items = readers.read(place.path, reader=self._source.reader, mapping=mapping, growth=growth)
        done = mark.items if mark else 0
        whole = True
        member: str | None = None
        for chunk in _chunks(items):
            done += len(chunk)
            whole = whole and not any(isinstance(item, Failure) and item.reason not in REJECTIONS for item in chunk)
            member = self._chunk(number, visit, chunk, tally, done) or member
            progress(len(chunk), 0)
        missing = mark.member if mark else None  # of what is before it nothing was looked for
        # Else nobody can say what is not in it any more.
        if missing is not None or (visit.before and whole and not mark):
            gone = self._store.mark_missing(number, run=self._run, prune=self._source.prune, member=missing)
            tally.documents["gone"] += gone
        tally.inputs["unfinished"] += growth.left
        after = mark_after(growth, items=done, member=member, run=self._run)
        self._store.end_input(
            number, digest=visit.digest, items=done, looked=visit.looked, mark=after, complete=not growth.left
        )

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

    def _chunk(self, number: int, visit: Visit, chunk: list[Document | Failure], tally: Tally, done: int) -> str | None:
        """Store what became of the items; how the last of them is called."""
        unchanged: list[int] = []
        failed: list[Outcome] = []
        drafts: list[Draft] = []
        present: set[int] = set()  # rows that are spoken for
        member = None
        for item, member, row in self._rows(number, chunk, visit.mark):
            if row:
                present.add(row.id)
            match item:
                case Failure() if row and _known_failure(row, item):
                    unchanged.append(row.id)
                case Failure():
                    row_id = row.id if row else None
                    failed.append(Outcome(member, item.uri, "", row_id, reason=item.reason, detail=item.detail))
                case Document() if row and row.digest == cleaner.digest(item) and not _failed(row):
                    unchanged.append(row.id)
                case Document():
                    drafts.append(self._draft(item, member, row, visit.place))
        outcomes = list(self._store.without_forgotten([*failed, *self._settled(drafts, present)]))
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
        self._store.write(number, changed, run=self._run, rules=self._rules, items=done)
        return member

    def _rows(
        self, number: int, chunk: list[Document | Failure], mark: Mark | None
    ) -> Iterator[tuple[Document | Failure, str, KnownDocument | None]]:
        """Each item with its member name, made unique, and with its row of the run before."""
        named = [_member(item) for item in chunk]
        known = self._store.known_documents(number, named)
        taken = {row.member for row in known.values() if row.seen == self._run or (mark and mark.taken(row))}
        members: list[str] = []
        for item, name in zip(chunk, named, strict=True):
            members.append(f"{name}, again at {item.member}" if name in taken else name)
            taken.add(name)
        if again := [member for member in members if member not in named]:
            known |= self._store.known_documents(number, again)
        for item, member in zip(chunk, members, strict=True):
            yield item, member, known.get(member)

    def _holding(self, outcomes: list[Outcome]) -> set[int]:
        """The rows that gave articles before and would give none now: the archive does not forget them."""
        empty = [each.document_id for each in outcomes if each.document_id and not each.articles]
        return self._store.with_articles(empty) if empty else set()

    def _draft(self, document: Document, member: str, row: KnownDocument | None, place: Place) -> Draft:
        """The document, extracted, with the key that it has or asks for."""
        digest = cleaner.digest(document)
        try:
            extractions = cleaner.lines_of(document)
        except UnreadableInput as error:
            return Draft(document, member, digest, row, "", reason=error.reason, detail=error.detail)
        if row is not None and row.key:
            key = row.key
        else:
            own = cleaner.key_of(document, extractions, places.key_of(place.path, self._source))
            key = f"{self._source.name}/{own}"
        return Draft(document, member, digest, row, key, tuple(extractions))

    def _settled(self, drafts: list[Draft], present: set[int]) -> Iterator[Outcome]:
        """The drafts cleaned, under keys that no other document has."""
        owners = self._store.owners([draft.key for draft in drafts if draft.key])
        claimed: dict[str, Draft] = {}
        for draft in drafts:
            yield self._outcome(draft, owners, claimed, present)

    def _outcome(
        self, draft: Draft, owners: dict[str, KnownDocument], claimed: dict[str, Draft], present: set[int]
    ) -> Outcome:
        row_id = draft.row.id if draft.row else None
        uri = draft.uri
        if not draft.extractions:
            return Outcome(draft.member, uri, draft.digest, row_id, reason=draft.reason, detail=draft.detail)
        key = draft.key
        for number in count():
            holder: Draft | KnownDocument | None = claimed.get(key) or owners.get(key)
            if isinstance(holder, KnownDocument):
                if holder.gone and row_id is None and holder.id not in present:
                    row_id = holder.id  # it lies elsewhere now
                if holder.id == row_id:
                    break
            if holder is None:
                break
            if holder.digest == draft.digest:
                detail = f"the same as {holder.uri}"
                return Outcome(draft.member, uri, draft.digest, row_id, reason=Reason.DUPLICATE, detail=detail)
            key = f"{draft.key}~{cleaner.short(f'{draft.digest} {number}')}"
            owners |= self._store.owners([key])
        claimed[key] = draft
        traces = learning.traces_of(draft.extractions, self._source.name)
        results = tuple(
            copying.signed(each, cleaner.verdict_on(self._cleaner, each, id=key, uri=uri, site=traces.site))
            for each in draft.extractions
        )
        left_out = cleaner.left_out(draft.document)
        return Outcome(draft.member, uri, draft.digest, row_id, key, results, detail=left_out, traces=traces)


def _count(tally: Tally, visit: Visit) -> None:
    """Count an input that is to be read: whether it is new, and whether its bytes are others."""
    before, looked = visit.before, visit.looked
    if before is None:
        tally.inputs["new"] += 1
        return
    same_looks = before.complete and (before.size, before.modified) == (looked.size, looked.modified)
    same = before.digest == visit.digest and (visit.digest != "" or same_looks)
    tally.inputs["unchanged" if same else "changed"] += 1
    if same_looks and not same and before.digest and visit.digest and not in_doubt(before):
        tally.inputs["altered"] += 1


def _failed(row: KnownDocument) -> bool:
    """Whether what the row holds is not what its document gives now that it can be read."""
    return row.state == "failed" or (row.detail or "").startswith(KEPT)


def _known_failure(row: KnownDocument, item: Failure) -> bool:
    """Whether the item failed in the same way when it was last read."""
    return (row.reason, row.detail) == (item.reason, item.detail or None) or row.detail == kept(
        item.reason, item.detail
    )


def _member(item: Document | Failure) -> str:
    """Where the item stands in its input: an id or address of its own, so that a new line above it changes nothing."""
    if isinstance(item, Failure):
        return item.member
    if item.key:
        return f"id={item.key}"
    url = next((each.value for each in item.witnesses if each.field == "url"), None)
    return f"url={url}" if url and item.member else item.member


def _chunks(items: Iterator[Document | Failure]) -> Iterator[list[Document | Failure]]:
    chunk: list[Document | Failure] = []
    weight = 0
    for item in items:
        chunk.append(item)
        if isinstance(item, Document):
            weight += len(item.html or "") + len(item.text or "")
        if len(chunk) >= CHUNK_DOCUMENTS or weight >= CHUNK_CHARACTERS:
            yield chunk
            chunk, weight = [], 0
    yield chunk  # also when it is empty: an input without items is noted as read
