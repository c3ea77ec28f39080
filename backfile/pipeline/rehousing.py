"""An archive's store, moved into a database or back into a file: copied, compared, and then named by its settings."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from backfile.config import Archive, set_store
from backfile.database import Database
from backfile.disk import sync
from backfile.errors import ArchiveError, WrongUse
from backfile.pipeline.workplace import workplace
from backfile.store import ArchiveLock, Store, open_store, row_count, transfer
from backfile.store.store_lock import StoreLock

REHOUSING = ".backfile-rehousing-"  # a folder for what is half done
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rehoused:
    """What was moved."""

    articles: int
    rows: int
    left: str  # where the old store is, which nobody uses any more


def rehouse(  # noqa: PLR0913
    archive: Archive,
    target: Path | Database,
    *,
    wait: float = 0,
    waiting: Callable[[str], None] = lambda _: None,
    begun: Progress = lambda _: None,
    progress: Progress = lambda _: None,
) -> Rehoused:
    """Move the store of an archive; wherever that is stopped, the old one still is the archive's.

    Args:
        archive: Its configuration is changed when all is copied and was compared.
        target: Where nothing is yet.
        wait: Seconds to wait for another run that writes; -1 for ever.
        waiting: Is given one line, who is waited for.
        begun: Is told how many rows there are.
        progress: Is told of rows that were copied.

    Raises:
        ArchiveLocked: another run writes.
        WrongUse: the store is there already, or something else is.
    """
    source = archive.store
    if source == target:
        raise WrongUse(f"the store is in {target} already")
    with ExitStack() as held:
        lock = held.enter_context(ArchiveLock(archive.lock_file, source, wait=wait, waiting=waiting))
        store = held.enter_context(closing(open_store(source, lock=lock)))
        transfer.refuse_filled(target)
        begun(row_count(store))
        if isinstance(target, Database):
            held.enter_context(_locked(target))
            moved = transfer.transfer(store, target, progress)
            _check(target, store)
        else:
            moved = _into_file(archive, store, target, progress)
        set_store(archive, target)
    return Rehoused(moved["articles"].rows, sum(each.rows for each in moved.values()), str(source))


def _locked(target: Database) -> "ExitStack":
    held = ExitStack()
    lock = StoreLock(target)
    held.callback(lock.close)
    if lock.acquire(0):
        return held
    with held:
        raise WrongUse(f"{target} is in use by {lock.holder() or 'another run'}")


def _into_file(archive: Archive, store: Store, target: Path, progress: Progress) -> dict[str, transfer.Moved]:
    """Made beside, and given its name when it is whole and on the disk."""
    with workplace(archive.directory, REHOUSING) as place:
        made = place / target.name
        moved = transfer.transfer(store, made, progress)
        _check(made, store)
        sync(made)
        made.rename(target)
        sync(archive.directory)
    return moved


def _check(target: Path | Database, store: Store) -> None:
    """Raises ArchiveError unless a store is sound, opened anew, and counts what the old one counts."""
    with closing(open_store(target)) as made:
        faults = made.check()
        if not faults and made.counts() != store.counts():
            faults = ["it counts otherwise than the old one"]
    if faults:
        raise ArchiveError(f"{target}: what was copied cannot be used: {faults[0]}")
