"""What a person is told before a command waits for another one that writes."""

from backfile.cli.output import note
from backfile.config import Archive
from backfile.errors import ArchiveError, ArchiveLocked
from backfile.store import ArchiveLock


def tell_of_writer(archive: Archive, wait: float) -> None:
    """Say who is writing and how long this waits, when it is to wait and somebody does."""
    if not wait:
        return
    try:
        with ArchiveLock(archive.lock_file):
            return
    except ArchiveLocked as error:
        note(f"{error}; waiting{f' up to {wait:,.0f} s' if wait > 0 else ''}")
    except ArchiveError:
        return  # whoever wants to write says so
