"""A shard of the main job as a Prefect flow: reads and cleans for the `ingest` that another machine runs."""

from pathlib import Path

from prefect import State, flow
from prefect.states import Completed, Failed

from backfile.config import find_archive
from backfile.errors import BackfileError
from backfile.ownership import keep_to_oneself
from backfile.pipeline import shard
from flows.report import logged_to, plain, plainly

WAIT_SECONDS = 60.0  # for the run to begin that it is to work for, when somebody starts both


@flow(name="ingest-shard", persist_result=False)
def ingest_shard(archive: str | None = None, wait_seconds: float = WAIT_SECONDS) -> State[None]:
    """Read and clean for the `ingest` with shards that is in progress, until all is read.

    It may be stopped at any time: what it had begun is done by others.

    Args:
        archive: Directory of the archive, with its backfile.toml. Empty: the worker's $BACKFILE_ARCHIVE, else the
            nearest parent folder of its working directory that has a backfile.toml.
        wait_seconds: How long to wait for a run to begin. 0: not at all, -1: for ever.
    """
    keep_to_oneself()
    try:
        place = find_archive(Path(archive) if archive else None)
        with logged_to(shard.log_file(place)):
            done = plainly(shard.work)(place, wait=wait_seconds)
    except BackfileError as error:
        return Failed(message=plain(str(error)))
    return Completed(message=done.told() if done else "no run to take part in")
