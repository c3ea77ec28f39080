"""Read a batch of inputs into the store, chunk by chunk; nothing of a chunk is lost once its transaction is done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from backfile import readers
from backfile.article import Document, Extraction, Failure
from backfile.config import Source
from backfile.errors import REJECTIONS, Reason, UnreadableInput
from backfile.pipeline import cleaner, copying, learning, places
from backfile.pipeline.cleaner import Cleaner
from backfile.pipeline.listing import settings_digest
from backfile.pipeline.places import Place
from backfile.pipeline.tally import Tally
from backfile.store import KnownDocument, KnownInput, Outcome, Store, kept

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


class Reader:
    """Reads inputs of one source into the store."""

    def __init__(self, store: Store, source: Source, cleaner: Cleaner, *, run: int) -> None:
        self._store = store
        self._source = source
        self._cleaner = cleaner
        self._rules = cleaner.fingerprint
        self._run = run

    def read(self, batch: tuple[Place, ...], progress: Progress) -> Tally:
        """Read each input of the batch, whatever is wrong with one of them; what came of it."""
        tally = Tally()
        known = self._store.inputs_at(self._source.name, (place.shown for place in batch))
        for place in batch:
            self._input(place, known.get(place.shown), tally, progress)
            progress(0, place.size)
        return tally

    def _input(self, place: Place, before: KnownInput | None, tally: Tally, progress: Progress) -> None:
        settings = settings_digest(self._source)
        digest = places.digest(place)
        if before and before.complete and before.settings == settings and before.digest == digest != "":
            self._store.refresh_input(before.id, size=place.size, modified=place.modified)
            tally.inputs["unchanged"] += 1
            tally.documents["unchanged"] += before.items
            return
        known = before and before.complete and (before.size, before.modified) == (place.size, place.modified)
        tally.inputs["new" if before is None else "unchanged" if known else "changed"] += 1
        number = self._store.begin_input(
            self._source.name, place.shown, size=place.size, modified=place.modified, settings=settings
        )
        items = readers.read(place.path, reader=self._source.reader, mapping=self._source.mapping or None)
        done = 0
        whole = True
        for chunk in _chunks(items):
            done += len(chunk)
            whole = whole and not any(isinstance(item, Failure) and item.reason not in REJECTIONS for item in chunk)
            self._chunk(number, place, chunk, tally, done)
            progress(len(chunk), 0)
        if before and whole:  # else nobody can say what is not in it any more
            tally.documents["gone"] += self._store.mark_missing(number, run=self._run, prune=self._source.prune)
        self._store.end_input(number, digest=digest, items=done)

    def _chunk(self, number: int, place: Place, chunk: list[Document | Failure], tally: Tally, done: int) -> None:
        unchanged: list[int] = []
        failed: list[Outcome] = []
        drafts: list[Draft] = []
        present: set[int] = set()  # rows that are spoken for
        for item, member, row in self._rows(number, chunk):
            if row:
                present.add(row.id)
            match item:
                case Failure() if row and _known_failure(row, item):
                    unchanged.append(row.id)
                case Failure():
                    row_id = row.id if row else None
                    failed.append(Outcome(member, item.uri, "", row_id, reason=item.reason, detail=item.detail))
                case Document() if row and row.digest == cleaner.digest(item) and row.state != "failed":
                    unchanged.append(row.id)
                case Document():
                    drafts.append(self._draft(item, member, row, place))
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

    def _rows(
        self, number: int, chunk: list[Document | Failure]
    ) -> Iterator[tuple[Document | Failure, str, KnownDocument | None]]:
        """Each item with its member name, made unique, and with its row of the run before."""
        named = [_member(item) for item in chunk]
        known = self._store.known_documents(number, named)
        taken = {row.member for row in known.values() if row.seen == self._run}
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
