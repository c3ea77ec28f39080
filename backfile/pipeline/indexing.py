"""From the store to the index: what is pending is added, what left is forgotten, and all of it can be done again."""

from collections.abc import Callable, Iterator
from pathlib import Path

from backfile.batching import batches
from backfile.config import Archive, load
from backfile.errors import IndexUnusable
from backfile.store import ArchiveLock, Store, open_store
from index import directory, entry

# Articles in one commit of the index. A commit is synced and may merge segments; thousands make that cost small, and a
# crash costs no more than adding them again.
COMMIT = 2_000


def update(store: Store, path: Path, *, engine: str, progress: Callable[[int], None] = lambda _: None) -> int:
    """Bring the index up to the store; the number of articles that were added.

    An index that is missing, damaged, of another version, or that has fewer articles than were acknowledged, is made
    again from the store.
    """
    if not _sound(store, path, engine):
        return rebuild(store, path, engine=engine, progress=progress)
    added = 0
    with directory.open_writer(path, engine=engine) as writer:
        forgotten = store.withdrawn()
        if forgotten:
            writer.delete(forgotten)
            writer.commit()
            store.mark_indexed([], forgotten)
        for stored in store.pending(COMMIT):
            writer.add([entry.analyse(each.article) for each in stored])
            writer.commit()
            store.mark_indexed(stored)
            added += len(stored)
            progress(len(stored))
    return added


def rebuild(store: Store, path: Path, *, engine: str, progress: Callable[[int], None] = lambda _: None) -> int:
    """Make the index anew beside the old one, which answers until it is replaced; the number of articles in it."""

    def entries() -> Iterator[list[entry.Entry]]:
        for stored in batches(store.articles(), COMMIT):
            yield [entry.analyse(each.article) for each in stored]
            progress(len(stored))

    store.mark_unindexed()
    count = directory.rebuild(path, entries(), engine=engine)
    store.mark_all_indexed()
    return count


def reindex(archive: Archive, *, wait: float = 0, progress: Callable[[int], None] = lambda _: None) -> int:
    """Make an archive's index anew, as its configuration says; the number of articles in it.

    Raises:
        ArchiveLocked: another run writes, and did not end within `wait` seconds (-1 waits for ever).
        ArchiveMissing: nothing was ingested yet.
    """
    engine = load(archive).engine
    with ArchiveLock(archive.lock_file, wait=wait):
        store = open_store(archive.store_file)
        try:
            return rebuild(store, archive.index_directory, engine=engine, progress=progress)
        finally:
            store.close()


def _sound(store: Store, path: Path, engine: str) -> bool:
    """Whether the index can be added to: it opens, is of this engine and version, and lacks nothing it had."""
    acknowledged = store.indexed_count()
    try:
        reader = directory.open_reader(path)
    except IndexUnusable:
        return acknowledged == 0 and not path.exists()
    try:
        return reader.count() >= acknowledged and directory.describe(path).get("engine") == engine
    finally:
        reader.close()
