"""From the store to the index: what is pending is added, what left is forgotten, and all of it can be done again."""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from backfile.config import Archive, Settings, load, set_engine
from backfile.disk import replace_text
from backfile.errors import IndexUnusable
from backfile.pipeline import filling
from backfile.pipeline.builders import Builders, builders
from backfile.store import ArchiveLock, Store, open_store
from index import directory
from index.engine import RemoteEngine, SearchEngine

log = logging.getLogger(__name__)

# How many times as many articles an archive has as when compounds were learned, until they are learned again and the
# index is made anew. At 4 all this costs a third more than indexing each article once.
GROWTH = 4
STAMP = "stamp"  # a file in the index's directory


Progress = Callable[[int], None]
Refused = Callable[[Mapping[str, str]], None]


@dataclass(frozen=True, slots=True)
class _Told:
    """Who hears of what is done."""

    progress: Progress
    refused: Refused = lambda _: None


class _Chosen(TypedDict):
    engine: str
    servers: directory.ServersOf


def update(
    store: Store,
    path: Path,
    settings: Settings,
    *,
    progress: Progress = lambda _: None,
    refused: Refused = lambda _: None,
) -> int:
    """Bring the index up to the store; the number of articles that were added.

    Where these are many, as many processes as the limits allow analyse them. What the index's servers would not have is
    a failure of its document, which `refused` is told with its place and the reason.
    An index that is missing, damaged, of another version or engine, or that cannot be the one that was acknowledged, is
    made again from the store. So is one whose archive has outgrown what it learned compounds from; where there are no
    articles in it yet it learns first, and takes them in step by step.
    """
    with builders(settings.limits) as processes:
        return _update(store, path, settings, processes, _Told(progress, refused))


def _update(store: Store, path: Path, settings: Settings, processes: Builders, told: "_Told") -> int:
    chosen: _Chosen = {"engine": settings.engine, "servers": settings.cluster}
    try:
        with directory.open_writer(path, **chosen) as writer:
            acknowledged, count = store.indexed_count(), writer.count()
            sound, empty = _sound(store, path, acknowledged, count), not count
            if sound and not (store.pending_count() or store.withdrawn()):
                return 0
            if sound and not _outgrown(store, acknowledged, writer):
                return _bring_up(store, path, writer, processes, told)
    except IndexUnusable as error:
        log.warning("the index is made anew: %s", error)
        return _rebuild(store, path, settings, processes, told)
    if not (sound and empty):
        log.info("the index is made anew, as it is not that of this archive, or the archive has outgrown it")
        return _rebuild(store, path, settings, processes, told)
    directory.rebuild(path, (), compounds=filling.learned(store, processes), keep_older=False, **chosen)
    with directory.open_writer(path, **chosen) as writer:
        return _bring_up(store, path, writer, processes, told)


def _bring_up(store: Store, path: Path, writer: SearchEngine, processes: Builders, told: "_Told") -> int:
    stamp = _new_stamp(store, path)
    added = 0
    forgotten = store.withdrawn()
    writer.delete(forgotten)  # in one commit with what may take their place, or a search in between finds neither
    with closing(filling.added(writer, store.pending, store.pending_count(), processes)) as portions:
        for stored in portions:
            writer.commit()
            refused = _refused(writer)
            told.refused(store.mark_indexed(stored, forgotten, refused))
            forgotten = []
            added += len(stored) - len(refused)
            told.progress(len(stored))
    if forgotten:
        writer.commit()
        store.mark_indexed([], forgotten)
    store.accept_stamp(stamp)
    return added


def rebuild(
    store: Store, path: Path, settings: Settings, *, progress: Progress = lambda _: None, keep_older: bool = True
) -> int:
    """Make the index anew beside the old one, which answers until it is replaced; the number of articles in it.

    What is on servers is kept to go back to, unless `keep_older` says no.
    """
    with builders(settings.limits) as processes:
        return _rebuild(store, path, settings, processes, _Told(progress), keep_older=keep_older)


def _rebuild(  # noqa: PLR0913  (what `update` has at hand)
    store: Store, path: Path, settings: Settings, processes: Builders, told: "_Told", *, keep_older: bool = True
) -> int:
    number = store.counts()["articles"]
    compounds = filling.learned(store, processes)
    new = directory.renewed(
        path, engine=settings.engine, compounds=compounds, servers=settings.cluster, keep_older=keep_older
    )
    refused: dict[str, str] = {}
    # Whatever happens the processes end before the new index is put in place, or taken away: they write into it.
    with new as writer, closing(processes):
        with closing(filling.added(writer, store.packed, number, processes)) as portions:
            for stored in portions:
                if filling.comes_in_segments(writer, number, processes):
                    writer.commit()  # nobody sees it, but segments are merged when there are many
                refused |= _refused(writer)
                told.progress(len(stored))
        writer.commit()
        refused |= _refused(writer)
        count = writer.count()
    stamp = _new_stamp(store, path)  # not before: the old index may be of another store
    told.refused(store.mark_all_indexed(refused))
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
    with ArchiveLock(archive.lock_file, archive.store, wait=wait, waiting=waiting) as lock:
        store = open_store(archive.store, lock=lock)
        try:
            with _moving(archive, engine) as chosen:
                return rebuild(store, archive.index_directory, chosen, progress=progress)
        finally:
            store.close()


@contextmanager
def _moving(archive: Archive, engine: str | None) -> Iterator[Settings]:
    """The settings to make the index with; the file has the engine meanwhile, and afterwards unless that fails.

    It is written first: a run that is killed leaves an index of the old engine, which answers searches, and the next
    ingest makes the new one. The other way round the next ingest would undo the move.
    """
    before = load(archive)
    chosen = replace(before, engine=engine or before.engine)
    directory.require(chosen.engine, servers=chosen.cluster)
    if chosen.engine != before.engine:
        set_engine(archive, chosen.engine)
    try:
        yield chosen
    except BaseException:
        if chosen.engine != before.engine:
            set_engine(archive, before.engine)
        raise


def _refused(writer: SearchEngine) -> Mapping[str, str]:
    return writer.refused() if isinstance(writer, RemoteEngine) else {}


def _outgrown(store: Store, acknowledged: int, writer: SearchEngine) -> bool:
    return acknowledged + store.pending_count() > GROWTH * writer.compounds.articles


def _sound(store: Store, path: Path, acknowledged: int, count: int) -> bool:
    """Whether it is the index that this store filled, with what it had and no more than a stopped run may have left."""
    # A document of which one article was refused is no indexed one, and has others that the index took.
    most = acknowledged + store.pending_count() + store.refused_count() + len(store.withdrawn())
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
