"""From the store to the index: what is pending is added, what left is forgotten, and all of it can be done again."""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from backfile.config import Archive, Limits, load, set_engine
from backfile.disk import replace_text
from backfile.errors import IndexUnusable
from backfile.pipeline import filling
from backfile.pipeline.builders import Builders, builders
from backfile.store import ArchiveLock, Store, open_store
from index import directory
from index.engine import SearchEngine

log = logging.getLogger(__name__)

# How many times as many articles an archive has as when compounds were learned, until they are learned again and the
# index is made anew. At 4 all this costs a third more than indexing each article once.
GROWTH = 4
STAMP = "stamp"  # a file in the index's directory


Progress = Callable[[int], None]


def update(store: Store, path: Path, *, engine: str, limits: Limits, progress: Progress = lambda _: None) -> int:
    """Bring the index up to the store; the number of articles that were added.

    Where these are many, as many processes as `limits` allow analyse them.
    An index that is missing, damaged, of another version or engine, or that cannot be the one that was acknowledged, is
    made again from the store. So is one whose archive has outgrown what it learned compounds from; where there are no
    articles in it yet it learns first, and takes them in step by step.
    """
    with builders(limits) as processes:
        return _update(store, path, engine, processes, progress)


def _update(store: Store, path: Path, engine: str, processes: Builders, progress: Progress) -> int:
    try:
        with directory.open_writer(path, engine=engine) as writer:
            sound, empty = _sound(store, path, writer.count()), not writer.count()
            if sound and not (store.pending_count() or store.withdrawn()):
                return 0
            if sound and not _outgrown(store, writer):
                return _bring_up(store, path, writer, processes, progress)
    except IndexUnusable as error:
        log.warning("the index is made anew: %s", error)
        return _rebuild(store, path, engine, processes, progress)
    if not (sound and empty):
        log.info("the index is made anew, as it is not that of this archive, or the archive has outgrown it")
        return _rebuild(store, path, engine, processes, progress)
    directory.rebuild(path, (), engine=engine, compounds=filling.learned(store, processes))
    with directory.open_writer(path, engine=engine) as writer:
        return _bring_up(store, path, writer, processes, progress)


def _bring_up(store: Store, path: Path, writer: SearchEngine, processes: Builders, progress: Progress) -> int:
    stamp = _new_stamp(store, path)
    added = 0
    forgotten = store.withdrawn()
    writer.delete(forgotten)  # in one commit with what may take their place, or a search in between finds neither
    with closing(filling.added(writer, store.pending, store.pending_count(), processes)) as portions:
        for stored in portions:
            writer.commit()
            store.mark_indexed(stored, forgotten)
            forgotten = []
            added += len(stored)
            progress(len(stored))
    if forgotten:
        writer.commit()
        store.mark_indexed([], forgotten)
    store.accept_stamp(stamp)
    return added


def rebuild(store: Store, path: Path, *, engine: str, limits: Limits, progress: Progress = lambda _: None) -> int:
    """Make the index anew beside the old one, which answers until it is replaced; the number of articles in it."""
    with builders(limits) as processes:
        return _rebuild(store, path, engine, processes, progress)


def _rebuild(store: Store, path: Path, engine: str, processes: Builders, progress: Progress) -> int:
    number = store.counts()["articles"]
    compounds = filling.learned(store, processes)
    # Whatever happens the processes end before the new index is put in place, or taken away: they write into it.
    with directory.renewed(path, engine=engine, compounds=compounds) as writer, closing(processes):
        with closing(filling.added(writer, store.packed, number, processes)) as portions:
            for stored in portions:
                if filling.comes_in_segments(writer, number, processes):
                    writer.commit()  # nobody sees it, but segments are merged when there are many
                progress(len(stored))
        writer.commit()
        count = writer.count()
    stamp = _new_stamp(store, path)  # not before: the old index may be of another store
    store.mark_all_indexed()
    store.accept_stamp(stamp)
    return count


def reindex(
    archive: Archive,
    *,
    engine: str | None = None,
    wait: float = 0,
    waiting: Callable[[str], None] = lambda _: None,
    progress: Progress = lambda _: None,
) -> int:
    """Make an archive's index anew, as its configuration says; the number of articles in it.

    With `engine` the archive moves to that one, and its configuration says so from then on.
    `waiting` is given one line, who is waited for, when it has to wait.

    Raises:
        ArchiveLocked: another run writes, and did not end within `wait` seconds (-1 waits for ever).
        ArchiveMissing: nothing was ingested yet.
        EngineMissing: the engine is not installed.
    """
    limits = load(archive).limits
    with ArchiveLock(archive.lock_file, archive.store, wait=wait, waiting=waiting) as lock:
        store = open_store(archive.store, lock=lock)
        try:
            with _moving(archive, engine) as chosen:
                return rebuild(store, archive.index_directory, engine=chosen, limits=limits, progress=progress)
        finally:
            store.close()


@contextmanager
def _moving(archive: Archive, engine: str | None) -> Iterator[str]:
    """The engine to make the index with; the configuration names it meanwhile, and afterwards unless that fails.

    It is written first: a run that is killed leaves an index of the old engine, which answers searches, and the next
    ingest makes the new one. The other way round the next ingest would undo the move.
    """
    before = load(archive).engine
    chosen = engine or before
    directory.require(chosen)
    if chosen != before:
        set_engine(archive, chosen)
    try:
        yield chosen
    except BaseException:
        if chosen != before:
            set_engine(archive, before)
        raise


def _outgrown(store: Store, writer: SearchEngine) -> bool:
    return store.indexed_count() + store.pending_count() > GROWTH * writer.compounds.articles


def _sound(store: Store, path: Path, count: int) -> bool:
    """Whether it is the index that this store filled, with what it had and no more than a stopped run may have left."""
    acknowledged = store.indexed_count()
    most = acknowledged + store.pending_count() + len(store.withdrawn())
    return acknowledged <= count <= most and (count == 0 or bears_stamp(store, path))


def bears_stamp(store: Store, path: Path) -> bool:
    """Whether the index in a directory is one that this store filled."""
    return _stamp(path) in store.stamps()


def _new_stamp(store: Store, path: Path) -> str:
    """A new stamp on the index, so that a store or an index from a backup is told by it.

    Stopped anywhere until `accept_stamp`, the index bears one that the store expects: the old one or the new one.
    """
    stamp = secrets.token_hex(16)
    store.expect_stamp(stamp)
    replace_text(path / STAMP, stamp)
    return stamp


def _stamp(path: Path) -> str | None:
    try:
        return (path / STAMP).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
