"""The main job as a Prefect flow: one line around each step of backfile.pipeline.ingest."""

from collections import Counter
from datetime import datetime
from math import ceil
from pathlib import Path

from prefect import State, flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed

from backfile.batching import batches
from backfile.config import find_archive
from backfile.errors import BackfileError, WrongUse
from backfile.ownership import keep_to_oneself
from backfile.pipeline.ingest import Ingest, Report, Shards, begin
from backfile.pipeline.listing import Batch, Selection
from backfile.pipeline.listing import since as moment
from flows.operate.machines import Machines
from flows.report import counts, failures, logged_to, plain, plainly, summary

# A task run costs Prefect 30 to 60 ms of CPU and 20 KB of its database, and thousands of them in one flow run make a
# server on SQLite answer 503 (measured). So a million files (4,000 batches) are 200 tasks too.
MAX_TASKS = 200
WAIT_SECONDS = 3600.0  # while another run writes; the daily run of a laptop's archive takes minutes


@flow(name="ingest", persist_result=False)
def ingest(  # noqa: PLR0913  # its parameters
    archive: str | None = None,
    sources: list[str] | None = None,
    wait_seconds: float = WAIT_SECONDS,
    since: str | None = None,
    *,
    retry_failed: bool = False,
    check: bool = False,
    confirm_gone: bool = False,
    shards: int = 0,
    shard_deployment: str = "ingest-shard/manual",
) -> State[None]:
    """Read what is new or changed into an archive, clean it, index it, and leave a report.

    It may be stopped at any time, and running it twice changes nothing. It ends as Completed, as
    CompletedWithFailures when some inputs could not be read, or as Failed with one line that says why.

    Args:
        archive: Directory of the archive. Empty: the worker's $BACKFILE_ARCHIVE, else the nearest parent folder of
            its working directory that has a backfile.toml.
        sources: Names of sources in backfile.toml. Empty: all of them.
        wait_seconds: How long to wait while another run writes to the archive. 0: not at all, -1: for ever.
        since: Read only files modified since: 2024-11-20, 20.11.2024, 2w (two weeks ago). Empty: all of them.
        retry_failed: Read again the files in which something failed.
        check: Compare the bytes of every file, whatever its size and time say.
        confirm_gone: Believe it when most files of a source are not there any more. For a run by hand, not a schedule.
        shards: How many other runs read and clean for this one, on machines with a worker (docs/cluster.md). 0: none.
        shard_deployment: Flow and deployment that they are runs of.
    """
    keep_to_oneself()
    try:
        after = moment(since, now=datetime.now().astimezone()) if since else None
        selection = Selection(check=check, retry=retry_failed, since=after, gone=confirm_gone)
        place = find_archive(Path(archive) if archive else None)
        machines = Machines(shard_deployment, str(place.directory), shards, get_run_logger()) if shards > 0 else None
        open_to = Shards(machines.tend) if machines else None
        with (
            begin(place, only=sources or (), wait=wait_seconds, selection=selection, shards=open_to) as run,
            logged_to(place.log_file),
        ):
            if not run.sources:
                raise WrongUse(f"{place.config_file} names no source; say `backfile ingest PATH`")
            report = _work(run, machines)
    except BackfileError as error:
        return Failed(message=plain(str(error)))
    _leave(report)
    name = "CompletedWithFailures" if report.failed else "Completed"
    return Completed(name=name, message=summary(report))


def _work(run: Ingest, machines: Machines | None) -> Report:
    """All steps of a run; each batch of references is a task, one after the other, as the store has one writer."""
    log = get_run_logger()
    plan = plainly(run.plan)()
    log.info("%d batches to read, %d bytes", len(plan.batches), plan.size)
    if machines:
        machines.want(plan.size)
    shares = list(batches(plan.batches, ceil(len(plan.batches) / MAX_TASKS) or 1))
    for part, share in enumerate(shares, 1):
        log.info("part %d of %d: %s", part, len(shares), read(run, share, part=part, parts=len(shares)))
    if machines:
        machines.dismiss()
    learn(run)
    clean_again(run)
    compare(run)
    update_index(run)
    return plainly(run.finish)()


# Never cached: a cached task is not run again when its output, the archive, is gone. Never persisted: a persisted
# result is unpickled. Never tried again: an input that cannot be read is a failure of its own, not of the batch.
@task(name="read", task_run_name="read {part} of {parts}", cache_policy=NO_CACHE, persist_result=False)
@plainly
def read(run: Ingest, share: list[Batch], *, part: int, parts: int) -> dict[str, int]:  # noqa: ARG001  # its name
    """Read, extract, clean and store some batches; how many documents came to which state."""
    states: Counter[str] = Counter()
    for batch in share:
        states += run.read(batch).states
    return dict(states)


@task(name="learn", task_run_name="learn", cache_policy=NO_CACHE, persist_result=False)
@plainly
def learn(run: Ingest) -> int:
    """Decide which lines recur beyond doubt; the number of lines newly taken."""
    return run.learn()


@task(name="clean again", task_run_name="clean again", cache_policy=NO_CACHE, persist_result=False)
@plainly
def clean_again(run: Ingest) -> int:
    """Clean what other rules cleaned; the number of articles that changed."""
    return run.clean_again()


@task(name="compare", task_run_name="compare", cache_policy=NO_CACHE, persist_result=False)
@plainly
def compare(run: Ingest) -> int:
    """Find the near copies among the articles; the number of those that came into another group by it."""
    return run.compare()


@task(name="index", task_run_name="index", cache_policy=NO_CACHE, persist_result=False)
@plainly
def update_index(run: Ingest) -> int:
    """Bring the index up to the store; the number of articles that were added."""
    return run.index()


def _leave(report: Report) -> None:
    """The report as two artifacts, whose pages show the latest run first and keep the earlier ones."""
    where = plain(report.archive)
    create_table_artifact(counts(report), key="ingest-report", description=f"{where}: {summary(report)}")
    create_table_artifact(
        failures(report),
        key="ingest-failures",
        description=f"{where}: what was not taken in, up to 100; `backfile status --problems` lists all",
    )
