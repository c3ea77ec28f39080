"""The embedded engine for large archives: Tantivy finds and chooses, our ranking decides.

Tantivy keeps terms, positions, columns and texts, and says which entries match a clause (index/tantivy_query.py), in
about the right order. What stands in the first blocks of that order is scored by `index.evaluate` from the entries' own
records (index/tantivy_files.py), with exact lengths, so that scores are those of the other engines. Nothing of Tantivy
leaves the modules of that name; docs/engines.md says from what size of archive on it is worth having.
"""

import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile

from tantivy import Index, IndexWriter

from backfile.disk import sync
from backfile.errors import ArchiveLocked, IndexUnusable
from index import taught
from index.compounds import NO_COMPOUNDS, Compounds
from index.engine import Answer, Clause, Closing, Facet, Sort
from index.entry import Display, Entry
from index.own import refuse_others
from index.tantivy_check import documents_in, file_faults, record_faults
from index.tantivy_files import SCHEMA_VERSION, document, prepared, schema
from index.tantivy_search import State
from index.written import key

__all__ = ["SCHEMA_VERSION", "TantivyEngine", "create", "open_index"]

_PROBE = 1 << 20  # bytes that are written to see what is wrong with a disk
_STDERR = 2  # its number
_HEAP = 100_000_000  # bytes of postings that are held until a segment is written; not seen before the commit

# Tantivy merges whenever there are so many segments of less than so many entries, all of them. tantivy-py cannot say
# otherwise, so whoever adds a few entries leaves a merge that takes more than a second to one who adds many.
_MERGED, _LAYER = 8, 10_000
_FEW = 500  # entries that are added
_QUICKLY_MERGED = 10_000  # entries in a second
_MOST_SEGMENTS = 24  # then it is waited for whatever it takes; each costs a query some 0.1 ms

# What a damaged file makes Tantivy and the reading of records raise.
_DAMAGE = (ValueError, OSError, RuntimeError, struct.error, zlib.error, LookupError, TypeError)


def create(directory: Path, compounds: Compounds = NO_COMPOUNDS) -> "TantivyEngine":
    """A new, empty index in an empty directory."""
    taught.keep(directory, compounds)
    Index(schema(), path=str(directory))
    _sync_all(directory)
    return TantivyEngine(directory)


def open_index(directory: Path) -> "TantivyEngine":
    """The index in a directory; `IndexUnusable` when there is none that can be read, or when it is somebody else's."""
    # Files are mapped into memory and trusted: who can write to them can end the process that reads them, or worse.
    refuse_others(directory)
    return TantivyEngine(directory)


@contextmanager
def _muted() -> Iterator[None]:
    """Rust writes to the standard error itself that it panics, with places in its code, before Python hears of it."""
    try:
        kept = os.dup(_STDERR)
    except OSError:  # there is none
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _STDERR)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)


@contextmanager
def _damage_of(directory: Path) -> Iterator[None]:
    """For what ends here and hands nothing on meanwhile: the standard error is closed to all."""
    try:
        with _muted():
            yield
    except BaseException as error:
        if not (isinstance(error, _DAMAGE) or type(error).__module__ == "pyo3_runtime"):  # Rust's panics are no errors
            raise
        detail = f"{type(error).__name__}: {error}"[:200]
        raise IndexUnusable(f"{directory}: damaged ({detail}); run `backfile index rebuild`") from error


class TantivyEngine(Closing):
    """A `SearchEngine` on a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        with _damage_of(directory):
            self._index = prepared(Index.open(str(directory)))
            self._compounds_file = taught.opened(directory)
            self._state = State(self._index)
        self._writer: IndexWriter | None = None
        self._added = 0  # entries since the last commit

    @cached_property
    def compounds(self) -> Compounds:
        """What entries are analysed with; see `SearchEngine.compounds`. Read when first asked for."""
        with _damage_of(self._directory):
            return Compounds.from_json(self._compounds_file.read())

    def add(self, entries: Iterable[Entry]) -> None:
        """Takes entries in; see `SearchEngine.add`."""
        for entry in entries:
            self._added += 1
            writer = self._writing()
            writer.delete_documents_by_term("id", key(entry.id))
            made = document(entry)
            with _written_to(self._directory):
                writer.add_document(made)

    def delete(self, ids: Iterable[str]) -> None:
        """Takes entries out; see `SearchEngine.delete`."""
        for id_ in ids:
            self._writing().delete_documents_by_term("id", key(id_))

    def commit(self) -> None:
        """Makes the changes visible and durable; see `SearchEngine.commit`."""
        writer = self._writer
        if writer is None:
            return
        self._writer = None
        with _written_to(self._directory):
            writer.commit()
            if self._added > _FEW or not _is_large_merge(documents_in(self._directory)):
                writer.wait_merging_threads()
            del writer  # merges that nobody waits for come to nothing, and are begun again with the next commit
            sync(self._directory)
        self._added = 0
        with _damage_of(self._directory):
            self._index.reload()
            self._state = State(self._index)

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
            return self._state.answer(clause, limit=limit, offset=offset, sort=sort, facets=facets, fold=fold)

    def terms(self, field: str, prefix: str = "", *, limit: int | None = None) -> list[tuple[str, int]]:
        """The terms with a prefix; see `SearchEngine.terms`."""
        with _damage_of(self._directory):
            return self._state.terms(field, prefix, limit)

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """How many entries have each term; see `SearchEngine.frequencies`."""
        with _damage_of(self._directory):
            return self._state.frequencies(field, terms)

    def count(self) -> int:
        """The number of committed entries."""
        return self._state.count()

    def displays(self, ids: Iterable[str]) -> dict[str, Display]:
        """What is shown of the entries with these ids."""
        with _damage_of(self._directory):
            return self._state.displays(ids)

    def faults(self, *, quick: bool = False) -> Iterator[str]:
        """What is wrong with files, records and texts; see `SearchEngine.faults`."""
        damaged = [*taught.faults(self._directory), *file_faults(self._directory)]
        yield from damaged
        if quick or damaged:
            return
        with _damage_of(self._directory):
            found = list(record_faults(self._state))
        yield from found

    def close(self) -> None:
        """Frees files and lock; uncommitted changes are dropped."""
        if self._writer is not None:
            with suppress(*_DAMAGE):  # what made us close says what is wrong with the disk
                self._writer.rollback()
            with suppress(*_DAMAGE):
                self._writer.wait_merging_threads()
            self._writer = None
        self._compounds_file.close()

    def _writing(self) -> IndexWriter:
        if self._writer is None:
            try:
                self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise OSError(f"{self._directory}: {error}"[:300]) from error
                raise ArchiveLocked(f"{self._directory}: another run is writing to the index; try later") from error
        return self._writer


@contextmanager
def _written_to(directory: Path) -> Iterator[None]:
    """Tantivy says of a disk that fails only that a thread of its has ended; the disk itself says why."""
    try:
        yield
    except ValueError as error:
        with TemporaryFile(dir=directory) as probe:
            probe.write(bytes(_PROBE))
            probe.flush()
            os.fsync(probe.fileno())
        raise OSError(f"{directory}: {error}"[:300]) from error


def _is_large_merge(sizes: Sequence[int]) -> bool:
    """Whether the merge that Tantivy begins would keep somebody waiting, and may still be put off."""
    small = [size for size in sizes if size < _LAYER]
    return len(small) >= _MERGED and sum(small) > _QUICKLY_MERGED and len(sizes) < _MOST_SEGMENTS


def _sync_all(directory: Path) -> None:
    for path in directory.iterdir():
        sync(path)
    sync(directory)
