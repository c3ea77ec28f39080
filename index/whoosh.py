"""The embedded default engine: Whoosh's files and posting lists, our analysis, evaluation and ranking.

Whoosh keeps segments, term dictionaries, posting lists and columns, commits them atomically and merges them. Its
parser, analysers, matchers and collectors are not used: they hang on some queries, mix languages, and cost an object
per token. Nothing of Whoosh leaves this module and `index.whoosh_*`; docs/engines.md says which distribution it is.
"""

import json
import struct
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from pickle import UnpicklingError
from types import TracebackType
from typing import Any, Self

from whoosh.fields import FieldConfigurationError
from whoosh.index import EmptyIndexError, FileIndex, LockError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.writing import IndexingError

from backfile.disk import replace_text
from backfile.errors import ArchiveLocked, IndexUnusable
from index.compounds import NO_COMPOUNDS, Compounds
from index.engine import Answer, Clause, Facet, Segment, Sort
from index.entry import Display, Entry
from index.evaluate import NO_DAY, answer
from index.folding import fold_key
from index.labels import facet_values
from index.own import refuse_others
from index.whoosh_check import file_faults, posting_faults
from index.whoosh_files import (
    LENGTHS,
    POOL_LIMIT,
    SCHEMA_VERSION,
    BulkWriter,
    Fresh,
    merge_small,
    no_collections,
    schema,
    terms_of,
)
from index.whoosh_pickles import restrict
from index.whoosh_postings import COUNTED, NO_POSTINGS, POSITIONED, PostingList
from index.whoosh_storage import DurableStorage

__all__ = ["SCHEMA_VERSION", "WhooshEngine", "create", "open_index"]

# What a truncated, overwritten or foreign file makes Whoosh raise.
_DAMAGE = (
    WhooshIndexError,
    EmptyIndexError,
    FieldConfigurationError,
    IndexingError,
    OSError,
    EOFError,
    UnpicklingError,
    struct.error,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ImportError,
    AssertionError,
)
COMPOUNDS = "compounds.json"  # beside Whoosh's own files
_ATTEMPTS = 5  # a commit every few seconds cannot come between this often
SEGMENT = ".seg"  # how the files of segments end
_LABEL_SEPARATOR = "\x1f"
_SINGLE_FACETS: tuple[Facet, ...] = ("lang", "source", "publisher", "year")
_MOST_HELD = (
    2_000_000  # postings that are kept for the next queries, at some 70 bytes; 100,000 articles have 40 times it
)
_DISPLAY_COMPRESSION = 3  # zlib level; level 6 makes texts 3 % smaller for a third more time


def create(directory: Path, compounds: Compounds = NO_COMPOUNDS) -> "WhooshEngine":
    """A new, empty index in an empty directory."""
    replace_text(directory / COMPOUNDS, compounds.to_json())
    storage = DurableStorage(str(directory))
    storage.keep_file(COMPOUNDS)
    storage.create_index(schema())
    return WhooshEngine(directory)


def open_index(directory: Path) -> "WhooshEngine":
    """The index in a directory; `IndexUnusable` when there is none that can be read, or when it is somebody else's."""
    refuse_others(directory)  # Whoosh unpickles what it finds; index/whoosh_pickles.py has more
    return WhooshEngine(directory)


@contextmanager
def _damage_of(directory: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        detail = f"{type(error).__name__}: {error}"[:200]
        raise IndexUnusable(f"{directory}: damaged ({detail}); run `backfile index rebuild`") from error


class WhooshEngine:
    """A `SearchEngine` on a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        restrict()
        with _damage_of(directory):
            self._index, self._shelf = _opened(directory)
            # Held open: the generation may be gone, replaced by a rebuild, when it is asked for.
            self._compounds_file = (directory / COMPOUNDS).open(encoding="utf-8")
        self._writer: BulkWriter | None = None
        self._fresh: dict[str, Fresh] = {}  # id → where in the segments being written

    @cached_property
    def compounds(self) -> Compounds:
        """What entries are analysed with; see `SearchEngine.compounds`. Read when first asked for."""
        with _damage_of(self._directory):
            return Compounds.from_json(self._compounds_file.read())

    @no_collections()
    def add(self, entries: Iterable[Entry]) -> None:
        """Takes entries in; see `SearchEngine.add`."""
        for entry in entries:
            if self._writer is not None and self._writer.pool.size > POOL_LIMIT:
                self._writer.begin_segment()
            self._delete(entry.id)
            self._fresh[entry.id] = put(self._writing(), entry)

    @property
    def place(self) -> Path:
        """The directory; see `SegmentEngine.place`."""
        return self._directory

    def take_over(self, segments: Iterable[Segment]) -> None:
        """Takes in what a `SegmentBuilder` wrote; see `SegmentEngine.take_over`."""
        for made in segments:
            segment = self._writing().adopt(made, self._directory / made.file)
            gone = frozenset(made.deleted)
            for number, id_ in enumerate(made.ids):
                if number not in gone:
                    self._delete(id_)
                    self._fresh[id_] = Fresh(segment, number)

    def delete(self, ids: Iterable[str]) -> None:
        """Takes entries out; see `SearchEngine.delete`."""
        for id_ in ids:
            self._delete(id_)

    def commit(self) -> None:
        """Makes the changes visible and durable; see `SearchEngine.commit`."""
        if self._writer is not None:
            self._commit()

    def search(  # noqa: PLR0913  (as in the protocol)
        self,
        clause: Clause,
        *,
        limit: int,
        offset: int = 0,
        sort: Sort = "score",
        facets: Sequence[Facet] = (),
        fold: bool = False,
    ) -> Answer:
        """The entries that match; see `SearchEngine.search`."""
        with _damage_of(self._directory):
            return answer(self._shelf, clause, limit=limit, offset=offset, sort=sort, facets=facets, fold=fold)

    def terms(self, field: str, prefix: str = "", *, limit: int | None = None) -> list[tuple[str, int]]:
        """The terms with a prefix; see `SearchEngine.terms`."""
        with _damage_of(self._directory):
            return list(self._shelf.terms(field, prefix, limit))

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """How many entries have each term; see `SearchEngine.frequencies`."""
        with _damage_of(self._directory):
            return self._shelf.frequencies(field, terms)

    def count(self) -> int:
        """The number of committed entries."""
        return len(self._shelf.live())

    def displays(self, ids: Iterable[str]) -> dict[str, Display]:
        """What is shown of the entries with these ids."""
        with _damage_of(self._directory):
            found = ((id_, next(iter(self._shelf.counts("id", id_)), None)) for id_ in ids)
            return {id_: self._shelf.display(document) for id_, document in found if document is not None}

    def faults(self, *, quick: bool = False) -> Iterator[str]:
        """What is wrong with files and postings; see `SearchEngine.faults`."""
        with _damage_of(self._directory):
            damaged = list(file_faults(self._directory, self._files()))
            yield from damaged
            if not (quick or damaged):
                for leaf in self._shelf.leaves:
                    yield from posting_faults(leaf)

    def _files(self) -> Iterator[str]:
        """The names of all files that this index consists of."""
        yield COMPOUNDS
        yield f"_{self._index.indexname}_{self._index.latest_generation()}.toc"
        for leaf in self._shelf.leaves:
            yield f"{leaf.segment().segment_id()}{SEGMENT}"

    def close(self) -> None:
        """Frees files and lock; uncommitted changes are dropped."""
        if self._writer is not None:
            if not self._writer.is_closed:  # it is when a commit failed
                with suppress(OSError):  # what made us close says what is wrong with the disk
                    self._writer.cancel()
            self._writer = None
        self._compounds_file.close()
        self._shelf.close()
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _writing(self) -> BulkWriter:
        if self._writer is None:
            try:
                self._writer = BulkWriter(self._index)
            except LockError as error:
                raise ArchiveLocked(f"{self._directory}: another run is writing to the index; try later") from error
        return self._writer

    def _delete(self, id_: str) -> None:
        fresh = self._fresh.pop(id_, None)
        if fresh is not None:
            self._writing().forget(fresh)
            return
        for document in self._shelf.counts("id", id_):
            self._writing().delete_document(document)

    def _commit(self) -> None:
        self._writing().commit(mergetype=merge_small)
        self._writer, self._fresh = None, {}
        self._shelf.close()
        self._index, self._shelf = _opened(self._directory)


def _opened(directory: Path) -> tuple[FileIndex, "_Shelf"]:
    """The index as it was last committed. A commit takes away files that a reader was about to open: it looks again."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(FileNotFoundError):
            index = FileIndex(DurableStorage(str(directory)))
            return index, _Shelf(index)
    index = FileIndex(DurableStorage(str(directory)))
    return index, _Shelf(index)


class _Shelf:
    """The committed state of an index as one row of documents, read when asked for."""

    def __init__(self, index: FileIndex) -> None:
        self._reader = index.reader()
        self._leaves = [(leaf, offset) for leaf, offset in self._reader.leaf_readers() if leaf.doc_count_all()]
        self._offsets = [offset for _, offset in self._leaves]
        self._size: int = self._reader.doc_count_all()
        self._deleted = frozenset(
            document + offset for leaf, offset in self._leaves for document in leaf.segment().deleted_docs()
        )
        self._counts: dict[tuple[str, str], Mapping[int, float]] = {}
        self._held = 0  # postings in it
        self._lists: dict[tuple[str, str], list[tuple[PostingList, int]]] = {}
        self._columns: dict[str, array[int]] = {}
        self._blobs: dict[tuple[int, str], Any] = {}
        self._displays: dict[int, Display] = {}

    @property
    def leaves(self) -> Sequence[Any]:
        return [leaf for leaf, _ in self._leaves]

    def close(self) -> None:
        if not getattr(self._reader, "is_closed", False):
            self._reader.close()

    @cached_property
    def _live(self) -> set[int]:
        return set(range(self._size)) - self._deleted

    def live(self) -> set[int]:
        return self._live

    def counts(self, field: str, term: str) -> Mapping[int, float]:
        known = self._counts.get((field, term))
        if known is None:
            known = {}
            for found, offset in self._postings(field, term):
                known.update(zip(_shifted(found.ids, offset), found.counts, strict=True))
            self._keep(field, term, known)
        return known

    def gather(self, field: str, terms: Iterable[str]) -> None:
        ascending = sorted(_encoded(term) for term in terms if (field, term) not in self._counts)
        gathered: dict[str, dict[int, float]] = {term.decode("utf-8", "surrogatepass"): {} for term in ascending}
        for leaf, offset in self._leaves:
            for term, found in terms_of(leaf).all_postings_of(field, ascending):
                known = gathered[term.decode("utf-8", "surrogatepass")]
                known.update(zip(_shifted(found.ids, offset), found.counts, strict=True))
        for name, counts in gathered.items():
            self._keep(field, name, counts)

    def _keep(self, field: str, term: str, counts: dict[int, float]) -> None:
        self._held += len(counts) + 1
        if self._held > _MOST_HELD:
            self._counts.clear()
            self._lists.clear()
            self._held = len(counts) + 1
        self._counts[field, term] = self._living(counts)

    def _living(self, counts: dict[int, float]) -> dict[int, float]:
        for document in self._deleted & counts.keys() if self._deleted else ():
            del counts[document]
        return counts

    def positions(self, field: str, term: str, document: int) -> Sequence[int]:
        for found, offset in reversed(self._postings(field, term)):
            if offset <= document:
                places = found.places(document - offset)
                if places is None:
                    break
                return places
        raise KeyError(document)

    def lengths(self, field: str) -> Sequence[int]:
        return self._column(LENGTHS[field])

    @lru_cache(maxsize=8)  # noqa: B019  (a shelf lives as long as its engine)
    def average_length(self, field: str, language: str) -> float:
        chosen = self.counts("lang", language) if language else self.live()
        lengths = [length for length in map(self.lengths(field).__getitem__, chosen) if length]
        return sum(lengths) / len(lengths) if lengths else 1.0

    def days(self) -> tuple[Sequence[int], Sequence[int]]:
        return self._column("first_day"), self._column("last_day")

    def groups(self) -> Sequence[int]:
        return self._column("group")

    def id(self, document: int) -> str:
        return self._blob("entry_id", document).decode()

    def label(self, document: int, sort: Sort) -> str:
        return self._labels(document)[0 if sort == "source" else 1]

    def values(self, document: int, facet: Facet) -> tuple[str, ...]:
        _, _, language, source, publisher, year, *tags = self._labels(document)
        match facet:
            case "lang":
                return (language,)
            case "source":
                return (source,)
            case "publisher":
                return (publisher,) if publisher else ()
            case "year":
                return (year,) if year else ()
            case "tag":
                return tuple(tags)

    def display(self, document: int) -> Display:
        values: dict[str, Any] = json.loads(zlib.decompress(self._blob("display", document)))
        for name in ("authors", "tags"):
            values[name] = tuple(values[name])
        return Display(**values)

    def terms(self, field: str, prefix: str, limit: int | None) -> Iterator[tuple[str, int]]:
        if field not in POSITIONED and field not in COUNTED:
            return
        begin = _encoded(prefix)
        found: dict[bytes, int] = {}
        for leaf, _ in self._leaves:
            known = islice(terms_of(leaf).numbers_with(field, begin), limit)
            if not found:
                found = dict(known)
                continue
            for term, number in known:
                found[term] = found.get(term, 0) + number
        for term in sorted(found)[:limit]:
            yield term.decode("utf-8", "surrogatepass"), found[term]

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        encoded = {_encoded(term): term for term in terms}
        ascending = sorted(encoded)
        found: dict[str, int] = {}
        for leaf, _ in self._leaves:
            for term, number in terms_of(leaf).frequencies_of(field, ascending):
                found[encoded[term]] = found.get(encoded[term], 0) + number
        return found

    def _postings(self, field: str, term: str) -> list[tuple[PostingList, int]]:
        known = self._lists.get((field, term))
        if known is None:
            encoded = _encoded(term)
            read = ((terms_of(leaf).postings_of(field, encoded), offset) for leaf, offset in self._leaves)
            known = [(found, offset) for found, offset in read if found is not NO_POSTINGS]
            if field in POSITIONED:  # of the others nobody asks for places
                self._lists[field, term] = known
        return known

    def _column(self, name: str) -> "array[int]":
        known = self._columns.get(name)
        if known is None:
            known = array("q" if name == "group" else "I")
            for leaf, _ in self._leaves:
                known.extend(leaf.column_reader(name, translate=False).load())
            self._columns[name] = known
        return known

    def _blob(self, name: str, document: int) -> bytes:
        number = bisect_right(self._offsets, document) - 1
        offset = self._offsets[number]
        reader = self._blobs.get((number, name))
        if reader is None:
            reader = self._blobs[number, name] = self._leaves[number][0].column_reader(name, translate=False)
        return bytes(reader[document - offset])

    def _labels(self, document: int) -> list[str]:
        return self._blob("labels", document).decode().split(_LABEL_SEPARATOR)


def _encoded(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")


def _shifted(ids: Sequence[int], offset: int) -> Iterable[int]:
    return [document + offset for document in ids] if offset else ids


def put(writer: BulkWriter, entry: Entry) -> Fresh:
    """Adds an entry to a segment; where it stands there."""
    keys = ((field, dict.fromkeys(values, (0,))) for field, values in entry.keys.items())
    return writer.put(entry.words(), chain(entry.names.items(), keys), _values(entry))


def _values(entry: Entry) -> dict[str, Any]:
    """What is kept of an entry by document: numbers as arrays, the rest as bytes."""
    display = entry.display
    shown = {name: getattr(display, name) for name in Display.__slots__}
    labels = [fold_key(display.source), fold_key(display.title or "")]
    labels += [next(iter(facet_values(display, facet)), "") for facet in _SINGLE_FACETS]
    labels.extend(facet_values(display, "tag"))
    group = int.from_bytes(blake2b(display.copy_group.encode(), digest_size=8).digest(), "big", signed=True)
    lengths = entry.lengths()
    return {
        "entry_id": display.id.encode(),
        "labels": _LABEL_SEPARATOR.join(label.replace(_LABEL_SEPARATOR, " ") for label in labels).encode(),
        "display": zlib.compress(json.dumps(shown).encode(), _DISPLAY_COMPRESSION),
        "first_day": entry.first_day or NO_DAY,
        "last_day": entry.last_day or NO_DAY,
        "group": group,
        **{column: lengths[field] for field, column in LENGTHS.items()},
    }
