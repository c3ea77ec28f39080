"""Back to the index that was there before the last rebuild, for engines on servers, which keep it."""

from collections.abc import Callable
from contextlib import closing

from backfile.batching import batches
from backfile.config import Archive
from backfile.pipeline.verifying import AT_ONCE, ids_in
from backfile.store import ArchiveLock, Store, open_store
from index import directory
from index.engine import RemoteEngine

Progress = Callable[[int], None]


def roll_back(
    archive: Archive,
    *,
    wait: float = 0,
    waiting: Callable[[str], None] = lambda _: None,
    progress: Progress = lambda _: None,
) -> int:
    """Has searches read the older index; the number of articles that it lacks as they are now.

    These wait for the next ingest, which also takes out what left the archive meanwhile. `waiting` is given one line,
    who is waited for, when it has to wait.

    Raises:
        ArchiveLocked: another run writes, and did not end within `wait` seconds (-1 waits for ever).
        WrongUse: no older index is kept, as none was made, or its engine keeps none.
    """
    lock = ArchiveLock(archive.lock_file, archive.store, wait=wait, waiting=waiting)
    with lock, closing(open_store(archive.store, lock=lock)) as store:
        directory.roll_back(archive.index_directory, servers=archive.cluster)
        return _note_differences(store, archive, progress)


def _note_differences(store: Store, archive: Archive, progress: Progress) -> int:
    with directory.open_reader(archive.index_directory, servers=archive.cluster) as index:
        lacking: list[str] = []
        for batch in batches(store.articles(), AT_ONCE):
            there = index.revisions([each.article.id for each in batch]) if isinstance(index, RemoteEngine) else {}
            lacking += (each.article.id for each in batch if there.get(each.article.id) != each.revision)
            progress(len(batch))
        surplus = [name for batch in batches(ids_in(index), AT_ONCE) for name in set(batch) - store.known_ids(batch)]
    store.mark_waiting(lacking, surplus)
    return len(lacking)
