"""Whether the index is what the store says: every stored article in it once, as it is shown, and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields
from pathlib import Path

from backfile.batching import batches
from backfile.config import Archive
from backfile.pipeline import indexing
from backfile.store import ArchiveLock, Store, StoredArticle, open_store
from index import directory
from index.directory import ServersOf
from index.engine import Filter, SearchEngine
from index.entry import Display, display_of

AT_ONCE = 500  # articles compared in one step
MOST_TOLD = 50  # differences that are named one by one; the rest is counted

Progress = Callable[[int], None]


class Differences:
    """What was compared, and what came out of it."""

    def __init__(self) -> None:
        self.articles = 0  # in the store
        self.waiting = 0  # of these, not indexed yet: the next ingest does
        self.told: list[str] = []  # differences between store and index, `MOST_TOLD` at most
        self.untold = 0  # more of them
        self.damage: list[str] = []  # what is wrong with the index itself

    @property
    def none(self) -> bool:
        """Whether the index is what it ought to be."""
        return not self.told and not self.damage

    def add(self, told: str) -> None:
        """Name a difference, or count it when enough were named."""
        if len(self.told) < MOST_TOLD:
            self.told.append(told)
        else:
            self.untold += 1


def verify(
    archive: Archive,
    *,
    quick: bool = False,
    wait: float = 0,
    waiting: Callable[[str], None] = lambda _: None,
    progress: Progress = lambda _: None,
) -> Differences:
    """Compare an archive's index with its store while nobody writes; `quick` leaves the posting lists unread.

    `waiting` is given one line, who is waited for, when it has to wait.

    Raises:
        ArchiveLocked: another run writes, and did not end within `wait` seconds (-1 waits for ever).
        ArchiveMissing: nothing was ingested yet.
        IndexUnusable: there is no index that can be opened.
    """
    lock = ArchiveLock(archive.lock_file, archive.store, wait=wait, waiting=waiting)
    with lock, closing(open_store(archive.store, lock=lock)) as store:
        return compare(store, archive.index_directory, quick=quick, progress=progress, servers=archive.cluster)


def compare(
    store: Store,
    path: Path,
    *,
    quick: bool = False,
    progress: Progress = lambda _: None,
    servers: ServersOf = directory.no_servers,
) -> Differences:
    """As `verify`, for a store that is open and to which nobody writes."""
    found = Differences()
    with directory.open_reader(path, servers=servers) as index:
        found.damage.extend(index.faults(quick=quick))
        if found.damage:
            return found  # what a damaged index says of articles is worth nothing
        if index.count() and not indexing.bears_stamp(store, path):
            found.add(f"{path}: was filled from another store")
        there = sum(_compared(index, batch, found, progress) for batch in batches(store.articles(), AT_ONCE))
        if index.count() != there:
            before = len(found.told) + found.untold
            _name_surplus(store, index, found)
            if len(found.told) + found.untold == before and set(store.withdrawn()).isdisjoint(ids_in(index)):
                found.add(f"{path}: has {index.count():,} entries where {there:,} were found by their ids")
    return found


def _compared(index: SearchEngine, batch: list[StoredArticle], found: Differences, progress: Progress) -> int:
    """How many of the articles are in the index."""
    shown = index.displays(each.article.id for each in batch)
    for each in batch:
        if each.state != "indexed":
            found.waiting += 1
        elif (display := shown.get(each.article.id)) is None:
            found.add(f"{each.article.id}: is not in the index")
        elif display != (due := display_of(each.article, copy_group=each.copy_group)):
            found.add(f"{each.article.id}: has another {', '.join(_differing(display, due))} in the index")
    found.articles += len(batch)
    progress(len(batch))
    return len(shown)


def _differing(display: Display, due: Display) -> list[str]:
    return [each.name for each in fields(Display) if getattr(display, each.name) != getattr(due, each.name)]


def _name_surplus(store: Store, index: SearchEngine, found: Differences) -> None:
    """Name what is in the index twice, or although it is not in the store."""
    leaving = set(store.withdrawn())
    for batch in batches(ids_in(index), AT_ONCE):
        kept = store.known_ids(batch)
        for name in batch:
            if name not in kept:
                if name not in leaving:
                    found.add(f"{name}: is in the index and not in the store")
            elif (number := index.search(Filter("id", (name,)), limit=1).total) > 1:
                found.add(f"{name}: is in the index {number} times")


def ids_in(index: SearchEngine) -> Iterator[str]:
    """The ids of all entries."""
    for batch in batches((term for term, _ in index.terms("id")), AT_ONCE):
        yield from index.displays(batch)
