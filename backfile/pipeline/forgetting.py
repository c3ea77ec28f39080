"""Forgetting for good: out of the store, then out of the index, then out of the bytes of both.

The store's transaction decides. Whatever stops the rest, the next ingest sees that it is to be done and does it.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from backfile.config import Archive, Settings, load
from backfile.errors import ArchiveLocked
from backfile.pipeline import copying, indexing, learning, recleaning, stories
from backfile.store import ArchiveLock, Store, open_store

log = logging.getLogger(__name__)

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done."""

    articles: int
    documents: int  # that left with all they gave
    left: int  # articles that the archive still has


def forget(
    archive: Archive,
    ids: Sequence[str],
    *,
    wait: float = 0,
    waiting: Callable[[str], None] = lambda _: None,
    progress: Progress = lambda _: None,
) -> Forgotten:
    """Take articles out of an archive for good, and keep them out.

    `waiting` is given one line, who is waited for, when it has to wait.

    Raises:
        ArchiveLocked: another run writes; or, after it was done, somebody reads what is to be overwritten.
    """
    settings = load(archive)
    lock = ArchiveLock(archive.lock_file, archive.store, wait=wait, waiting=waiting)
    with lock, closing(open_store(archive.store, lock=lock)) as store:
        count = store.forget(ids)
        learning.learn(store, settings.learn)
        recleaning.clean_all_again(store, settings, learning.cleaners(store, settings.sources))
        copying.compare(store)
        stories.describe(store)
        left = purge(store, archive.index_directory, settings, progress=progress)
    return Forgotten(len(ids), count, left)


def finish(store: Store, path: Path, settings: Settings, *, progress: Progress = lambda _: None) -> None:
    """Do what a `forget` that was stopped left; what readers prevent is left to the next run."""
    try:
        purge(store, path, settings, progress=progress)
    except ArchiveLocked as error:
        log.warning("%s", error)


def purge(store: Store, path: Path, settings: Settings, *, progress: Progress = lambda _: None) -> int:
    """Leave nothing in the archive's files of what was forgotten; the number of articles in the index made anew.

    The index is made anew, as its segments and what it learned of words have parts of what was deleted; then the store
    is written anew.

    Raises:
        ArchiveLocked: somebody reads; what is left is done by the next ingest.
    """
    count = indexing.rebuild(store, path, settings, progress=progress, keep_older=False)
    if not store.scrub():
        raise ArchiveLocked(
            "forgotten, and not found any more; but somebody reads the archive, so that the words still stand in the "
            "database's log: the next `backfile ingest` takes them out"
        )
    store.note_purged()
    return count
