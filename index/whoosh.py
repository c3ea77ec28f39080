"""The embedded default engine: Whoosh's files and posting lists, our analysis, evaluation and ranking.

Whoosh keeps segments, term dictionaries, posting lists and columns, commits them atomically and merges them. Its
parser, analysers, matchers and collectors are not used: they hang on some queries, mix languages, and cost an object
per token. Nothing of Whoosh leaves this module and `index.whoosh_*`; docs/engines.md says which distribution it is.
"""

import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from whoosh.fields import FieldConfigurationError
from whoosh.index import EmptyIndexError, FileIndex, LockError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.writing import IndexingError

from backfile.disk import replace_text
from backfile.errors import ArchiveLocked, IndexUnusable
from index.compounds import NO_COMPOUNDS, Compounds
from index.engine import Answer, Clause, Closing, Facet, Segment, Sort
from index.entry import Display, Entry
from index.evaluate import answer
from index.folding import fold_key
from index.labels import facet_values
from index.own import refuse_others
from index.shelf import NO_DAY
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
)
from index.whoosh_pickles import restrict
from index.whoosh_shelf import LABEL_SEPARATOR, WhooshShelf
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
_SINGLE_FACETS: tuple[Facet, ...] = ("lang", "source", "publisher", "year")
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


class WhooshEngine(Closing):
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

    def spelled(self, field: str, prefix: str, *, least: int) -> Iterable[str]:
        """The terms with a prefix that are not too short; see `SpellingEngine.spelled`."""
        with _damage_of(self._directory):
            return self._shelf.spelled(field, prefix, least)

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


def _opened(directory: Path) -> tuple[FileIndex, WhooshShelf]:
    """The index as it was last committed. A commit takes away files that a reader was about to open: it looks again."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(FileNotFoundError):
            return _opened_once(directory)
    return _opened_once(directory)


def _opened_once(directory: Path) -> tuple[FileIndex, WhooshShelf]:
    storage = DurableStorage(str(directory))
    with storage.opened_whole():
        index = FileIndex(storage)
        return index, WhooshShelf(index)


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
        "labels": LABEL_SEPARATOR.join(label.replace(LABEL_SEPARATOR, " ") for label in labels).encode(),
        "display": zlib.compress(json.dumps(shown).encode(), _DISPLAY_COMPRESSION),
        "first_day": entry.first_day or NO_DAY,
        "last_day": entry.last_day or NO_DAY,
        "group": group,
        **{column: lengths[field] for field, column in LENGTHS.items()},
    }
