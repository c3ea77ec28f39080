"""How the Whoosh engine's index lies on disk: schema, segments fed in bulk, storage that survives a power cut.

Whoosh's own writer makes an object per token and a tuple per posting; there goes its time (157 articles per CPU
second). Entries are analysed already, so their postings go, grouped by term, straight into the files that Whoosh's
codec defines. Only what the codec is asked for differs: values are packed positions, rare terms keep their postings in
the term dictionary (a feature Whoosh has but cannot reach: its writer calls `set_inline`, the method is `set_inlined`),
and small blocks are not compressed.
"""

import json
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from pickle import dumps
from typing import Any

from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3FieldWriter, W3PostingsWriter, W3TermInfo
from whoosh.columns import Column, ColumnReader, ColumnWriter, VarBytesColumn
from whoosh.fields import FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Existence, Format
from whoosh.reading import TermNotFound
from whoosh.writing import SegmentWriter

from backfile.disk import replace_text, sync
from index.entry import KEYS, NAMES, REMOVED, TEXT, TEXT_FORMS, TITLE, TITLE_FORMS

SCHEMA_VERSION = 1  # raise it whenever files written before can no longer be read

POSITIONED = frozenset({TITLE, TEXT, REMOVED, *NAMES})
COUNTED = frozenset({TITLE_FORMS, TEXT_FORMS, *KEYS})
LENGTHS = {TITLE: "length_title", TEXT: "length_text", REMOVED: "length_removed"}
NUMBERS = {"first_day": "I", "last_day": "I", "group": "q"} | dict.fromkeys(LENGTHS.values(), "I")
BLOBS = ("entry_id", "labels", "display")

# Postings of a term up to this number stand in the term dictionary itself: half of all terms occur once or twice.
_INLINE_LIMIT = 4
# Postings per block. Whoosh skips by block and takes 128; we read whole lists, and fewer blocks are fewer objects.
_BLOCK_LIMIT = 1024
# Blocks below this many bytes are not worth a call of zlib; Whoosh means to skip it under 20 and never does.
_COMPRESS_FROM = 256
_COMPRESSION = 3  # zlib level, Whoosh's own choice
# Whoosh writes protocol 2, which has no bytes: every packed value would become a call that decodes a string.
_PICKLE = 4

# A writer that holds this many numbers (4 bytes each, plus about as much for its dictionaries) begins a new segment.
# 10,000 news articles of 2,000 characters are about 18 million.
POOL_LIMIT = 12_000_000

# Above this many segments the smallest are merged with what is being committed; segments of more than
# `_MERGE_LIMIT` documents are left alone, so that adding a batch never rewrites a large index.
_MAX_SEGMENTS = 10
_MERGE_AT_ONCE = 6
_MERGE_LIMIT = 20_000


# --- Schema -------------------------------------------------------------------------------------------------------


class Packed(Format):  # type: ignore[misc]
    """Postings whose value is the list of positions, packed by `pack`."""

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


# --- Postings -----------------------------------------------------------------------------------------------------


def pack(positions: "array[int]") -> bytes:
    """Positions as bytes: two each, or four each and a trailing zero where that is too small."""
    if positions[-1] < 1 << 16:
        return array("H", positions).tobytes()
    return positions.tobytes() + b"\0"


def unpack(value: bytes) -> "array[int]":
    """The positions that `pack` packed."""
    wide = len(value) % 2
    positions: array[int] = array("I" if wide else "H")
    positions.frombytes(value[:-1] if wide else value)
    return positions


class BulkPostingsWriter(W3PostingsWriter):  # type: ignore[misc]
    """Whoosh's writer of posting lists, given whole lists."""

    def put(self, ids: "array[int]", counts: "array[int]", values: Sequence[bytes]) -> None:
        """Takes all postings of the term that was started; `finish_postings` follows."""
        for start in range(0, len(ids), self._blocklimit):
            if start:
                self._write_block()
            end = start + self._blocklimit
            self._ids = ids[start:end]
            self._weights = counts[start:end]
            self._values = values[start:end]
            self._maxweight = max(self._weights)

    def _write_block(self, last: bool = False) -> None:  # noqa: FBT001, FBT002  (Whoosh's signature)
        if not self._blockcount:
            self._postfile.write(WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        ids = self._ids
        data = dumps((self._mini_ids(), self._mini_weights(), self._mini_values()), _PICKLE)
        compression = _COMPRESSION if len(data) >= _COMPRESS_FROM else 0
        if compression:
            data = zlib.compress(data, compression)
        info = dumps((len(ids), ids[-1], float(self._maxweight), compression, 0, 0), _PICKLE)
        length = len(info) + len(data)
        self._postfile.write_int(-length if last else length)
        self._postfile.write(info)
        self._postfile.write(data)
        self._blockcount += 1
        self._new_block()

    def _mini_weights(self) -> Any:
        weights = self._weights
        return None if max(weights) == 1 else tuple(map(float, weights))


class BulkFieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Whoosh's writer of the term dictionary, given terms with all their postings."""

    def put_term(self, term: bytes, ids: "array[int]", counts: "array[int]", values: Sequence[bytes]) -> None:
        """One term of the field that was started, in the order of bytes."""
        if len(ids) > _INLINE_LIMIT:
            self.start_term(term)
            self._postwriter.put(ids, counts, values)
            self.finish_term()
            return
        numbers = (1, sum(counts), len(ids), 0, 0, max(counts), ids[0], ids[-1])  # 1: postings follow
        inlined = dumps((tuple(ids), tuple(counts), tuple(values)), _PICKLE)
        key = self._fieldid.to_bytes(2, "big") + term
        self._tindex.add(key, W3TermInfo._struct.pack(*numbers) + inlined)  # noqa: SLF001


class BulkCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's current codec with our writer of postings and without per-block lengths, which our ranking ignores."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=_BLOCK_LIMIT, compression=_COMPRESSION)

    def field_writer(self, storage: Any, segment: Any) -> BulkFieldWriter:
        """A writer of the segment's term dictionary."""
        return BulkFieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> BulkPostingsWriter:  # noqa: FBT001, FBT002
        """A writer into the segment's file of postings."""
        return BulkPostingsWriter(dbfile, self._blocklimit, byteids=byteids, compression=self._compression)


@dataclass(frozen=True, slots=True)
class PostingList:
    """All postings of a term in one segment, deleted documents included."""

    ids: Sequence[int]
    counts: Sequence[float]
    values: Sequence[bytes]  # packed positions; empty for fields that only count


NO_POSTINGS = PostingList((), (), ())


def read_postings(leaf: Any, field: str, term: bytes) -> PostingList:
    """The postings of a term in one segment; empty for an unknown term."""
    try:
        info = leaf.term_info(field, term)
    except TermNotFound:
        return NO_POSTINGS
    return postings_of(leaf, field, term, info)


def postings_of(leaf: Any, field: str, term: bytes, info: Any) -> PostingList:
    """The postings of a term of a segment, of which the entry in the dictionary was read."""
    if info.is_inlined():
        return PostingList(*info.inlined_postings())
    matcher = leaf.postings(field, term)
    matcher = getattr(matcher, "child", matcher)  # with deletions Whoosh puts a filter around it
    ids: list[int] = []
    counts: list[float] = []
    values: list[bytes] = []
    while True:
        matcher._read_data()  # noqa: SLF001  (block by block; the public way is one call per posting and attribute)
        gaps, weights, packed = matcher._data  # noqa: SLF001
        ids.extend(accumulate(gaps))
        counts.extend(weights if isinstance(weights, tuple) else [weights or 1.0] * len(gaps))
        values.extend(packed or ())
        if matcher._lastblock:  # noqa: SLF001
            return PostingList(ids, counts, values)
        matcher._next_block()  # noqa: SLF001


class Pool:
    """Postings of the documents of one segment, grouped by field and term: document, count, positions, document …"""

    def __init__(self) -> None:
        self.size = 0  # numbers held
        self._fields: dict[str, dict[str, array[int]]] = {}

    def add(self, field: str, document: int, words: Mapping[str, Sequence[int]]) -> None:
        """The words of one field of one document."""
        terms = self._fields.setdefault(field, {})
        positioned = field in POSITIONED
        for term, positions in words.items():
            if positioned:
                row: tuple[int, ...] = (document, len(positions), *positions)
            else:
                row = (document, len(positions))
            known = terms.get(term)
            if known is None:
                terms[term] = array("I", row)
            else:
                known.extend(row)
            self.size += len(row)

    def extend(self, field: str, term: str, rows: Iterable[Sequence[int]]) -> None:
        """Postings of one term that were read from another segment, documents ascending."""
        known = self._fields.setdefault(field, {}).setdefault(term, array("I"))
        before = len(known)
        for row in rows:
            known.extend(row)
        self.size += len(known) - before

    def write_to(self, writer: Any, fields: Schema) -> None:
        """Everything into Whoosh's writer of fields, in the order that it demands."""
        for field in sorted(self._fields):
            terms = self._fields.pop(field)
            encoded = sorted((term.encode("utf-8", "surrogatepass"), rows) for term, rows in terms.items() if rows)
            del terms
            writer.start_field(field, fields[field])
            for term, rows in encoded:
                ids, counts, values = _positioned(rows) if field in POSITIONED else (rows[0::2], rows[1::2], [])
                writer.put_term(term, ids, counts, values)
            writer.finish_field()
        self.size = 0


def _positioned(rows: "array[int]") -> tuple["array[int]", "array[int]", list[bytes]]:
    ids: array[int] = array("I")
    counts: array[int] = array("I")
    values: list[bytes] = []
    at, end = 0, len(rows)
    while at < end:
        count = rows[at + 1]
        ids.append(rows[at])
        counts.append(count)
        at += 2
        values.append(pack(rows[at : at + count]))
        at += count
    return ids, counts, values


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
        self._ended: list[Any] = []

    def put(self, words: Iterable[tuple[str, Mapping[str, Sequence[int]]]], values: Mapping[str, Any]) -> Fresh:
        """Adds one document: its words by field, its values by column. Gives where it stands."""
        number: int = self.docnum
        self._put_values(values)
        for field, postings in words:
            self.pool.add(field, number, postings)
        return Fresh(self.newsegment, number)

    def forget(self, fresh: Fresh) -> None:
        """Deletes a document that this writer was given."""
        fresh.segment.delete_document(fresh.number)

    def begin_segment(self) -> None:
        """Ends the segment, which frees the memory that its postings took; nothing of it is seen before the commit."""
        self._ended.append(self._finalize_segment())
        self.newsegment = self.codec.new_segment(self.storage, self.indexname)
        self.perdocwriter = self.codec.per_document_writer(self.storage, self.newsegment)
        self.fieldwriter = self.codec.field_writer(self.storage, self.newsegment)
        self.docnum = 0
        self._added = False

    def absorb(self, reader: Any) -> None:
        """Takes over the living documents of another segment."""
        deleted = frozenset(reader.segment().deleted_docs())
        numbers = [-1] * reader.doc_count_all()
        columns = {name: reader.column_reader(name, translate=False) for name in (*NUMBERS, *BLOBS)}
        for document in range(len(numbers)):
            if document not in deleted:
                numbers[document] = self.docnum
                self._put_values({name: column[document] for name, column in columns.items()})
        for field in sorted(POSITIONED | COUNTED):
            for term in list(reader.lexicon(field)):
                found = read_postings(reader, field, term)
                rows = (
                    (numbers[document], int(count), *(unpack(found.values[i]) if found.values else ()))
                    for i, (document, count) in enumerate(zip(found.ids, found.counts, strict=True))
                    if numbers[document] >= 0
                )
                self.pool.extend(field, term.decode("utf-8", "surrogatepass"), rows)

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
        self.pool.write_to(self.fieldwriter, self.schema)
        self.fieldwriter.close()

    def _commit_toc(self, segments: list[Any]) -> None:
        super()._commit_toc([*self._ended, *segments])

    def _close_segment(self) -> None:
        if not self.perdocwriter.is_closed:
            self.perdocwriter.close()
        if not self.fieldwriter.is_closed:
            self.fieldwriter.close()


def merge_small(writer: BulkWriter, segments: Sequence[Any]) -> list[Any]:
    """Whoosh's hook at a commit: takes some segments into the new one and returns those that stay."""
    kept = [segment for segment in segments if segment.doc_count_all() > segment.deleted_count()]
    small = sorted((s for s in kept if s.doc_count_all() <= _MERGE_LIMIT), key=lambda s: s.doc_count_all())
    if len(small) < _MAX_SEGMENTS:
        return kept
    chosen = small[:_MERGE_AT_ONCE]
    for reader in _readers(writer, chosen):
        writer.absorb(reader)
        reader.close()
    return [segment for segment in kept if segment not in chosen]


def _readers(writer: BulkWriter, segments: Iterable[Any]) -> Iterator[Any]:
    from whoosh.reading import SegmentReader  # noqa: PLC0415  (beside its only use)

    for segment in segments:
        yield SegmentReader(writer.storage, writer.schema, segment)


# --- Storage ------------------------------------------------------------------------------------------------------


class DurableStorage(FileStorage):  # type: ignore[misc]
    """Whoosh's files, safe from a power cut, each with a checksum.

    Whoosh never calls fsync: on ext4 an index did not open when the power went up to 7 s after a commit. Here all files
    written since the last commit, and the directory, reach the disk before the new table of contents gets its name, and
    that name reaches it before the commit returns. docs/safety.md has how that was tested.
    """

    def __init__(self, path: str) -> None:
        # With mmap, Whoosh maps a segment and then copies each part of it into a BytesIO: the whole index in memory.
        # Plain files opened one of 96 MB in 14 instead of 90 ms and held 32 instead of 231 MB; queries took as long.
        super().__init__(path, supports_mmap=False)
        self._unsynced: list[str] = []

    def create_file(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """A new file, to be synced before the next rename."""
        self._unsynced.append(name)
        return super().create_file(name, *args, **kwargs)

    def keep_file(self, name: str) -> None:
        """Takes a file that others wrote for one of the index, to be synced before the next rename."""
        self._unsynced.append(name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: FBT001, FBT002
        """Syncs what was written and its checksums, renames, syncs the directory."""
        folder = Path(self.folder)
        written: dict[str, str] = {}
        for name in dict.fromkeys(self._unsynced):
            path = folder / name
            if path.exists():  # parts are deleted once the segment's one file is put together
                sync(path)
                written[newname if name == oldname else name] = checksum(path)
        self._unsynced.clear()
        # Both the old table of contents and the new one are in it, so it is right whichever of them a power cut leaves.
        write_checksums(folder, written)
        super().rename_file(oldname, newname, safe=safe)
        sync(folder)


# --- Checksums ----------------------------------------------------------------------------------------------------

CHECKSUMS = "checksums.json"  # beside the files: name → `checksum`
_CHUNK = 1 << 20


def checksum(path: Path) -> str:
    """BLAKE2b of a file's bytes, 16 bytes in hex: 68 MB, the index of 10,000 articles, take 0.1 s."""
    total = blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def read_checksums(folder: Path) -> dict[str, str]:
    """The checksums of an index; {} when it was written before there were any. Raises OSError and ValueError."""
    try:
        table = json.loads((folder / CHECKSUMS).read_bytes())
    except FileNotFoundError:
        return {}
    if not isinstance(table, dict):
        raise ValueError(f"{CHECKSUMS} is no table")  # noqa: TRY004  (what else may be wrong with it is one, too)
    return table


def write_checksums(folder: Path, written: Mapping[str, str]) -> None:
    """Adds the checksums of new files to those of the files that are still there; the directory is synced with it."""
    try:
        known = read_checksums(folder)
    except (OSError, ValueError):
        known = {}  # whoever checks finds files without a checksum
    kept = {name: total for name, total in known.items() if (folder / name).exists()}
    replace_text(folder / CHECKSUMS, json.dumps({**kept, **written}, indent=0))
