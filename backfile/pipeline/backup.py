"""Backups: an archive in use as one file, and an archive of such a file.

The index is not in it. It is derived, and it is unpickled when it is opened: one that came with somebody's backup would
be somebody's program. Of 10,000 articles it would make the file twice as large, and it is made anew in half a
minute (docs/safety.md has the figures).
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from io import BufferedRandom
from pathlib import Path

from backfile.config import FILE_NAME, Archive, Settings, load
from backfile.disk import TROUBLE, make_folder, swap, sync
from backfile.errors import ArchiveError, BackfileError, DiskTrouble, WrongUse
from backfile.pipeline import container, indexing
from backfile.pipeline.container import Backup, BackupUnusable, Manifest, Member, Progress
from backfile.pipeline.workplace import workplace
from backfile.store import ArchiveLock, Store, open_store, snapshot, suspicious

BACKING_UP, RESTORING = WORKPLACES = (".backfile-backup-", ".backfile-restoring-")  # folders for what is half done
ROOM = 64 << 20  # bytes that are to stay free
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written and read again."""

    file: Path
    manifest: Manifest
    size: int  # bytes of the file


@dataclass(frozen=True, slots=True)
class Restored:
    """An archive that was made of a backup."""

    manifest: Manifest
    settings: Settings
    kept_aside: Path | None  # where the archive is that it took the place of
    forgotten: int  # articles of the backup that the replaced archive had forgotten, and that were left out


# --- writing ------------------------------------------------------------------------------------------------------


def back_up(archive: Archive, target: Path, *, progress: Progress = lambda _: None) -> Made:
    """Write a backup of an archive, which may be in use, and read it again; `target` may be a folder.

    Raises:
        ArchiveMissing: nothing was ingested yet.
        WrongUse: something that is no backup has that name; or the store is in a database.
    """
    now = datetime.now(UTC)
    if target.is_dir():
        target = target / f"{archive.directory.name}-{now:%Y-%m-%dT%H%M%S}.tar.zst"
    if target.exists():
        _refuse_other(target)
    with workplace(target.parent, BACKING_UP) as place:
        copied, beside = place / container.STORE, place / "backup"
        with _private(copied):
            snapshot(archive.store_file, copied)
        with closing(open_store(copied)) as store:
            articles = store.counts()["articles"]
        files = {FILE_NAME: archive.config_file, container.STORE: copied}
        members = tuple(_member(name, file) for name, file in files.items())
        manifest = Manifest(now.isoformat(timespec="seconds"), version("backfile"), articles, members)
        with _private(beside) as out:
            container.write(out, manifest, files, progress)
            out.flush()
            os.fsync(out.fileno())
        with container.opened(beside) as again:
            again.members(_read_only)
        beside.replace(target)
        sync(target.parent)
    return Made(target, manifest, target.stat().st_size)


def _refuse_other(target: Path) -> None:
    """Raises WrongUse unless there is a backup that may be replaced by a newer one."""
    try:
        with container.opened(target):
            return
    except (BackupUnusable, OSError):
        raise WrongUse(f"{target} is there and is no backup; name another file") from None


@contextmanager
def _private(file: Path) -> Iterator[BufferedRandom]:
    """A new file that only this user can read."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as out:
        yield out


def _member(name: str, file: Path) -> Member:
    with file.open("rb") as content:
        total = hashlib.file_digest(content, "sha256")
    return Member(name, file.stat().st_size, total.hexdigest())


def _read_only(_member: Member, chunks: Iterator[bytes]) -> None:
    for _ in chunks:
        pass


# --- reading ------------------------------------------------------------------------------------------------------


def articles_in(file: Path) -> int:
    """How many articles a backup says that it has; raises as `check` does when it is none at all."""
    with container.opened(file) as backup:
        return backup.manifest.articles


def check(file: Path) -> Manifest:
    """What is in a backup, after it was unpacked beside and looked at as a restore would.

    Raises:
        BackupUnusable: it is no backup, or cannot be restored; says why.
    """
    with _unpacked(file, Path(tempfile.gettempdir())) as (_, manifest):
        return manifest


def restore(
    file: Path, archive: Archive, *, replace: bool = False, index: bool = True, progress: Progress = lambda _: None
) -> Restored:
    """Make an archive of a backup, beside, and give it its place when it is complete.

    Args:
        file: the backup.
        archive: the place, where nothing is, or an empty folder.
        replace: whether an archive that is there is to be put aside; what it has forgotten stays forgotten.
        index: whether the index is made; else the next ingest does.
        progress: told of articles that were indexed.

    Raises:
        BackupUnusable: it cannot be restored; says why.
        WrongUse: something is there.
    """
    place = archive.directory
    there = place.exists() and (not place.is_dir() or any(place.iterdir()))
    if there and not (replace and archive.config_file.is_file()):
        way = "--replace puts it aside" if archive.config_file.is_file() else "name another folder"
        raise WrongUse(f"{place} is there and not empty; {way}")
    make_folder(place.parent)
    with ExitStack() as held:
        marks: list[tuple[str, str]] = []
        if there:
            held.enter_context(ArchiveLock(archive.lock_file))
            marks = _marks(archive)
        made, manifest = held.enter_context(_unpacked(file, place.parent))
        with closing(open_store(made.store_file)) as store:
            forgotten = _forget(store, marks)
            if index:
                settings = load(made)
                indexing.rebuild(store, made.index_directory, settings, progress=progress)
        aside = _put_in_place(made.directory, place, there=there)
    return Restored(manifest, load(archive), aside, forgotten)


def _marks(archive: Archive) -> list[tuple[str, str]]:
    """What an archive that is to be replaced has forgotten; nothing when it is too damaged to say."""
    with suppress(BackfileError), closing(open_store(archive.store)) as store:
        return store.forgotten_marks()
    return []


def _forget(store: Store, marks: list[tuple[str, str]]) -> int:
    """Forget in a store what was forgotten elsewhere; how many articles."""
    ids = store.adopt_forgotten(marks)
    if ids:
        store.forget(ids)
        store.scrub()  # nobody else has it open
    return len(ids)


def _put_in_place(made: Path, place: Path, *, there: bool) -> Path | None:
    """Give a directory its name; where the one that had it is now."""
    sync(made)
    if not there:
        made.rename(place)
        sync(place.parent)
        return None
    aside = place.with_name(f"{place.name}.replaced-{datetime.now(UTC):%Y-%m-%dT%H%M%S}")
    made.rename(aside)  # before, so that it is never the old one that has the name of what may be removed
    try:
        swap(aside, place)
    except BaseException:
        aside.rename(made)
        raise
    sync(place.parent)
    return aside


@contextmanager
def _unpacked(file: Path, beside: Path) -> Iterator[tuple[Archive, Manifest]]:
    """A backup as a directory of files that were checked; the directory is removed, unless it got another name."""
    try:
        with workplace(beside, RESTORING) as made:
            with container.opened(file) as backup:
                _refuse_too_large(backup, beside)
                backup.members(_writing_to(made))
            archive = Archive(made)
            _examine(archive, backup.manifest)
            yield archive, backup.manifest
    except OSError as error:
        if error.errno in TROUBLE:
            raise DiskTrouble(f"{beside}: {error.strerror}: {TROUBLE[error.errno]}") from error
        raise ArchiveError(f"{error.filename or beside}: {error.strerror}") from error


def _refuse_too_large(backup: Backup, beside: Path) -> None:
    free = shutil.disk_usage(beside).free
    if backup.manifest.size + ROOM > free:
        raise BackupUnusable(f"it needs {backup.manifest.size:,} bytes in {beside}, and {free:,} are free")


def _writing_to(directory: Path) -> Callable[[Member, Iterator[bytes]], None]:
    def write(member: Member, chunks: Iterator[bytes]) -> None:
        with _private(directory / member.name) as out:  # one of `container.MEMBERS`
            for chunk in chunks:
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())

    return write


def _examine(archive: Archive, manifest: Manifest) -> None:
    """Raises BackupUnusable unless configuration and store can be used."""
    load(archive)
    if archive.store != archive.store_file:
        raise BackupUnusable("its configuration has the store in a database, and a backup holds a file")
    if found := suspicious(archive.store_file):
        raise BackupUnusable(f"its store has what no backfile makes: {found}")
    with closing(open_store(archive.store)) as store:
        if faults := store.check():
            raise BackupUnusable(f"its store is damaged: {faults[0]}")
        if (number := store.counts()["articles"]) != manifest.articles:
            raise BackupUnusable(f"its store has {number:,} articles, and the manifest says {manifest.articles:,}")
