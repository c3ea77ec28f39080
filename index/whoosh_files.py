"""How the Whoosh engine's index lies on disk: schema, and segments fed in bulk. `whoosh_storage` has the files.

Whoosh's own writer makes an object per token and a tuple per posting; there goes its time. Entries are analysed
already, so their postings are gathered by number (`whoosh_postings`) and written term by term into a dictionary of our
own (`whoosh_terms`). Whoosh keeps segments, columns, the table of contents and the lock.
"""

import gc
import heapq
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.columns import Column, ColumnReader, ColumnWriter, VarBytesColumn
from whoosh.fields import FieldType, Schema
from whoosh.formats import Existence, Format
from whoosh.writing import SegmentWriter

from index.engine import Segment
from index.entry import REMOVED, TEXT, TITLE
from index.whoosh_postings import COUNTED, POSITIONED, Pool, Renumbering, joined
from index.whoosh_terms import POSTINGS, TERMS, BlockReader, BlockWriter
from index.words import Words

SCHEMA_VERSION = 3  # raise it whenever files written before can no longer be read

LENGTHS = {TITLE: "length_title", TEXT: "length_text", REMOVED: "length_removed"}
NUMBERS = {"first_day": "I", "last_day": "I", "group": "q"} | dict.fromkeys(LENGTHS.values(), "I")
BLOBS = ("entry_id", "labels", "display")

# A writer that holds this many occurrences (8 bytes each) begins a new segment: 13,000 articles of 2,000 characters.
POOL_LIMIT = 4_000_000

# Above this many segments the smallest are merged with what is being committed; segments of more than
# `_MERGE_LIMIT` documents are left alone, so that adding a batch never rewrites a large index.
_MAX_SEGMENTS = 10
_MERGE_AT_ONCE = 10
_MERGE_LIMIT = 10_000
# So many documents become one segment at most, and then are never merged again: of 100,000 that come 2,000 at a time
# each is rewritten .8 times, of a million once. Six at once, up to 20,000 each, were 1.2 and 1.5 times.
_MERGED_MOST = 2 * _MERGE_LIMIT
# A segment is merged with smaller ones that have a quarter of its documents together; ten cannot all be so different.
_ALIKE = 4
# Whoever adds a few articles does not wait for the merging of many: so many documents take a second, and so many
# times what is added is what it costs anyway. Else a hundred articles took 75 s on a busy machine when they were added
# to 100,000 and made the tenth small segment. With twice as many segments it is done all the same, by a run whose
# segments come from other processes a few earlier: else the next one to add a hundred would find as many.
_QUICKLY_MERGED = 2_000
_TIMES_ADDED = 25
_ROOM = 4


# --- Schema -------------------------------------------------------------------------------------------------------


class Packed(Format):  # type: ignore[misc]
    """Postings with positions, as `whoosh_postings.packed` writes them."""

    def supports(self, name: str) -> bool:  # noqa: ARG002  (Whoosh's signature)
        """Nothing of Whoosh's own decoders."""
        return False


class NumbersColumn(Column):  # type: ignore[misc]
    """One machine integer per document, read as a whole array at once; Whoosh's own reads number by number."""

    def __init__(self, typecode: str) -> None:
        self.typecode = typecode

    def writer(self, dbfile: Any) -> "_NumbersWriter":
        """A writer into a file of the segment."""
        return _NumbersWriter(dbfile, self.typecode)

    def reader(self, dbfile: Any, basepos: int, length: int, doccount: int) -> "_NumbersReader":
        """A reader of a part of a file of the segment."""
        return _NumbersReader(dbfile, basepos, length, doccount, self.typecode)

    def default_value(self, reverse: bool = False) -> int:  # noqa: FBT001, FBT002  (Whoosh's signature)
        """The number of documents that were given none."""
        del reverse
        return 0


class _NumbersWriter(ColumnWriter):  # type: ignore[misc]
    def __init__(self, dbfile: Any, typecode: str) -> None:
        super().__init__(dbfile)
        self._numbers: array[int] = array(typecode)

    def add(self, docnum: int, value: int) -> None:
        self._numbers.extend([0] * (docnum - len(self._numbers)))
        self._numbers.append(value)

    def finish(self, doccount: int) -> None:
        self._numbers.extend([0] * (doccount - len(self._numbers)))
        self._dbfile.write(self._numbers.tobytes())


class _NumbersReader(ColumnReader):  # type: ignore[misc]
    def __init__(self, dbfile: Any, basepos: int, length: int, doccount: int, typecode: str) -> None:
        super().__init__(dbfile, basepos, length, doccount)
        self._typecode = typecode
        self._numbers: array[int] | None = None

    def __getitem__(self, docnum: int) -> int:
        return self.load()[docnum]

    def load(self) -> "array[int]":
        if self._numbers is None:
            self._numbers = array(self._typecode)
            self._numbers.frombytes(self._dbfile.get(self._basepos, self._length))
        return self._numbers


def schema() -> Schema:
    """The fields of an index. It is pickled into every table of contents, which is why foreign indexes stay closed."""
    fields = {name: FieldType(format=Packed(), analyzer=None) for name in POSITIONED}
    fields |= {name: FieldType(format=Existence(), analyzer=None) for name in COUNTED}
    columns: dict[str, Column] = {name: NumbersColumn(typecode) for name, typecode in NUMBERS.items()}
    columns |= {name: VarBytesColumn() for name in BLOBS}
    for name, column in columns.items():
        fields[name] = FieldType(format=None, analyzer=None, sortable=column)
        fields[name].indexed = False
    return Schema(**fields)


class BulkCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's current codec with our term dictionary and posting lists, without lengths, which our ranking keeps."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> BlockWriter:
        """A writer of the segment's terms and postings."""
        return BlockWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> BlockReader:
        """A reader of the segment's terms and postings."""
        name = segment.make_filename(TERMS)
        return BlockReader(
            storage.open_file(name), storage.file_length(name), storage.open_file(segment.make_filename(POSTINGS))
        )


def terms_of(leaf: Any) -> BlockReader:
    """The term dictionary of a segment that is open."""
    found: BlockReader = leaf._terms  # noqa: SLF001  (the public way is an object of Whoosh's per term)
    return found


# --- Segments -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fresh:
    """Where a document stands that is not committed yet."""

    segment: Any
    number: int  # in the segment


class BulkWriter(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer of a segment, fed with analysed documents."""

    def __init__(self, index: Any) -> None:
        super().__init__(index, codec=BulkCodec())
        self.pool = Pool()
        self.adopts = False  # whether it took over a segment
        self._ended: list[Any] = []

    def put(
        self,
        words: Iterable[tuple[str, Words]],
        terms: Iterable[tuple[str, Mapping[str, Sequence[int]]]],
        values: Mapping[str, Any],
    ) -> Fresh:
        """Adds one document: its words and its other terms by field, its values by column. Gives where it stands."""
        number: int = self.docnum
        self._put_values(values)
        for field, found in words:
            self.pool.add_words(field, number, found)
        for field, postings in terms:
            self.pool.add_terms(field, number, postings)
        return Fresh(self.newsegment, number)

    def adopt(self, made: Segment, file: Path) -> Any:
        """Takes over a segment that another writer made, into a file elsewhere; gives Whoosh's name for it."""
        self.adopts = True
        segment = self.codec.new_segment(self.storage, self.indexname)
        segment.segid = file.stem.removeprefix(f"{self.indexname}_")
        segment.compound = True
        segment.set_doc_count(len(made.ids))
        for number in made.deleted:
            segment.delete_document(number)
        self.storage.take_file(file, made.checksum)
        self._ended.append(segment)
        return segment

    def forget(self, fresh: Fresh) -> None:
        """Deletes a document that this writer was given."""
        fresh.segment.delete_document(fresh.number)

    def begin_segment(self) -> None:
        """Ends the segment, which frees the memory that its postings took; nothing of it is seen before the commit."""
        self._ended.append(self._finalize_segment())
        self._start_segment()

    def ended(self) -> list[Any]:
        """The segments that were ended, with the one that was begun; from here on they are others' business."""
        if self._added:
            self.begin_segment()
        ended, self._ended = self._ended, []
        return ended

    def unite(self, readers: Sequence[Any]) -> None:
        """Makes one new segment of the living documents of several, term by term: none is held as a whole."""
        if self._added:
            self.begin_segment()
        moves = [self._absorbed(reader) for reader in readers]
        with no_collections():
            for field in sorted(POSITIONED | COUNTED):
                self.fieldwriter.put_field(field, _merged(field, readers, moves))
        self._ended.append(self._finalize_segment())
        self._start_segment()

    def _start_segment(self) -> None:
        self.newsegment = self.codec.new_segment(self.storage, self.indexname)
        self.perdocwriter = self.codec.per_document_writer(self.storage, self.newsegment)
        self.fieldwriter = self.codec.field_writer(self.storage, self.newsegment)
        self.docnum = 0
        self._added = False

    def _absorbed(self, reader: Any) -> Renumbering:
        """Takes over the values of the living documents of another segment; the numbers that they have here."""
        base = self.docnum
        deleted = frozenset(reader.segment().deleted_docs())
        numbers: array[int] = array("i", [-1]) * reader.doc_count_all()
        columns = {name: reader.column_reader(name, translate=False) for name in (*NUMBERS, *BLOBS)}
        for document in range(len(numbers)):
            if document not in deleted:
                numbers[document] = self.docnum
                self._put_values({name: column[document] for name, column in columns.items()})
        return numbers.__getitem__ if deleted else base.__add__

    def _put_values(self, values: Mapping[str, Any]) -> None:
        fields = self.schema
        self.perdocwriter.start_doc(self.docnum)
        for name, value in values.items():
            self.perdocwriter.add_column_value(name, fields[name].column_type, value)
        self.perdocwriter.finish_doc()
        self._added = True
        self.docnum += 1

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        with no_collections():
            for field, terms in self.pool.fields():
                self.fieldwriter.put_field(field, terms)
        self.fieldwriter.close()

    def _commit_toc(self, segments: list[Any]) -> None:
        super()._commit_toc([*self._ended, *segments])

    def _close_segment(self) -> None:
        if not self.perdocwriter.is_closed:
            self.perdocwriter.close()
        if not self.fieldwriter.is_closed:
            self.fieldwriter.close()


@contextmanager
def no_collections() -> Iterator[None]:
    """Without looking for cycles, of which entries and postings have none: a twentieth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def merge_small(writer: BulkWriter, segments: Sequence[Any]) -> list[Any]:
    """Whoosh's hook at a commit: takes some segments into the new one and returns those that stay."""
    kept = [segment for segment in segments if segment.doc_count_all() > segment.deleted_count()]
    small = sorted((s for s in kept if s.doc_count_all() <= _MERGE_LIMIT), key=lambda s: s.doc_count_all())
    if len(small) < _MAX_SEGMENTS:
        return kept
    chosen = alike(small, [segment.doc_count_all() for segment in small])
    merged = sum(segment.doc_count_all() for segment in chosen)
    bearable = 2 * _MAX_SEGMENTS - _ROOM * writer.adopts
    if merged > max(_QUICKLY_MERGED, _TIMES_ADDED * writer.docnum) and len(small) < bearable:
        return kept
    readers = list(_readers(writer, chosen))
    writer.unite(readers)
    for reader in readers:
        reader.close()
    return [segment for segment in kept if segment not in chosen]


def alike(segments: Sequence[Any], sizes: Sequence[int]) -> Sequence[Any]:
    """Of segments in the order of their sizes the smallest that may become one: none is much larger than the rest."""
    for start, size in enumerate(sizes):
        total, end = size, start + 1
        while end < min(len(sizes), start + _MERGE_AT_ONCE) and sizes[end] <= min(_ALIKE * total, _MERGED_MOST - total):
            total += sizes[end]
            end += 1
        if end > start + 1:
            return segments[start:end]
    return ()


def _merged(field: str, readers: Sequence[Any], moves: Sequence[Renumbering]) -> Iterator[tuple[str, int, bytes]]:
    """The terms of a field of several segments with the postings of living documents, renumbered."""

    def numbered(reader: Any, move: Renumbering) -> Iterator[tuple[bytes, tuple[int, bytes, Renumbering]]]:
        return ((term, (number, data, move)) for term, number, data in terms_of(reader).all_lists(field))

    lists = heapq.merge(*map(numbered, readers, moves), key=itemgetter(0))
    for term, group in groupby(lists, key=itemgetter(0)):
        number, found = joined([each for _, each in group])
        if number:
            yield term.decode("utf-8", "surrogatepass"), number, found


def _readers(writer: BulkWriter, segments: Iterable[Any]) -> Iterator[Any]:
    from whoosh.reading import SegmentReader  # noqa: PLC0415  (beside its only use)

    for segment in segments:
        yield SegmentReader(writer.storage, writer.schema, segment)
