"""What most commands begin with: the archive, its settings, its store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backfile.cli.log import log_to
from backfile.config import Archive, find_archive
from backfile.store import Store, open_store


@contextmanager
def opened(option: Path | None) -> Iterator[tuple[Archive, Store]]:
    """The archive that the command works on, and its store for reading.

    Raises:
        ArchiveMissing: there is none, or nothing was ingested yet.
    """
    archive = find_archive(option)
    log_to(archive.log_file)
    store = open_store(archive.store)
    try:
        yield archive, store
    finally:
        store.close()
