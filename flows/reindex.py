"""The rebuilding of the index as a Prefect flow."""

from pathlib import Path

from prefect import State, flow
from prefect.states import Completed, Failed

from backfile.config import find_archive
from backfile.errors import BackfileError
from backfile.ownership import keep_to_oneself
from backfile.pipeline import indexing
from flows.report import logged_to, plain, plainly


@flow(name="reindex", persist_result=False)
def reindex(archive: str | None = None, wait_seconds: float = 3600.0) -> State[None]:
    """Make the search index anew from the store. Search answers from the old one until the new one is complete.

    Args:
        archive: Directory of the archive. Empty: the worker's $BACKFILE_ARCHIVE, else the nearest parent folder of
            its working directory that has a backfile.toml.
        wait_seconds: How long to wait while another run writes to the archive. 0: not at all, -1: for ever.
    """
    keep_to_oneself()
    try:
        place = find_archive(Path(archive) if archive else None)
        with logged_to(place.log_file):
            count = plainly(indexing.reindex)(place, wait=wait_seconds)
    except BackfileError as error:
        return Failed(message=plain(str(error)))
    return Completed(message=f"articles in the index: {count:,}")
