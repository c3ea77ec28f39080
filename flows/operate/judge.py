"""What `backfile doctor` says of a Prefect server that answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from prefect import __version__
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType, WorkerStatus
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound

from backfile.config import Archive
from flows.operate import check
from flows.operate.deploy import deployments_of, full_name
from flows.operate.follow import FINAL, Run, runs
from flows.operate.guard import ZOMBIES

Finding = tuple[str, str, str]

# A run starts 10 to 20 s after its time (measured); where a worker is, none waits longer than this.
LATE = timedelta(minutes=5)
# A worker takes seconds from Pending to Running. One that died in between leaves its run Pending for ever.
STUCK = timedelta(minutes=10)
# A run that is killed is ended by the automation after 90 s. What runs this long is alive, or the automation is off.
LONG = timedelta(hours=12)
_LOOKED_AT = 50  # runs


def judge(client: SyncPrefectClient, archive: Archive) -> Iterator[Finding]:
    """Its version, this archive's deployments, schedules and workers, and runs that are late, stuck or failed."""
    version = client.api_version()
    same = version == __version__
    told = (
        f"{client.api_url} answers, Prefect {version}"
        if same
        else f"it has Prefect {version}, this program {__version__}"
    )
    yield "ok" if same else "warn", "server", told
    deployments = deployments_of(client, archive)
    if not deployments:
        yield "fault", "deployments", "none works on this archive: backfile deploy"
        return
    yield from _deployments(client, archive, deployments)
    yield from _workers(client, deployments)
    yield from _automation(client)
    yield from _runs(runs(client, archive, limit=_LOOKED_AT))


def _deployments(
    client: SyncPrefectClient, archive: Archive, deployments: list[DeploymentResponse]
) -> Iterator[Finding]:
    there = {full_name(client, each): each for each in deployments}
    wanted = {each.full_name: each for each in check.read(check.place(archive))}
    missing = sorted(wanted.keys() - there.keys())
    told = f"{', '.join(missing)} missing: backfile deploy" if missing else ", ".join(sorted(there))
    yield "warn" if missing else "ok", "deployments", told
    active = [
        f"{name} {each.slug}" for name, d in there.items() for each in d.schedules if each.active and not d.paused
    ]
    asked = [f"{name} {each.slug}" for name, d in wanted.items() for each in d.schedules]
    paused = sorted(set(asked) - set(active))
    if paused:
        yield "warn", "schedules", f"paused or not deployed: {', '.join(paused)}; backfile schedule resume SLUG"
    if active:
        yield "ok", "schedules", ", ".join(sorted(active))
    elif not asked:
        yield "warn", "schedules", "none: backfile schedule add 'daily 06:15'"


def _workers(client: SyncPrefectClient, deployments: list[DeploymentResponse]) -> Iterator[Finding]:
    for name in sorted({each.work_pool_name for each in deployments if each.work_pool_name}):
        try:
            pool = client.read_work_pool(name)
        except ObjectNotFound:
            yield "fault", f"pool {name}", "it is not there: backfile deploy"
            continue
        online = [each for each in client.read_workers_for_work_pool(name) if each.status == WorkerStatus.ONLINE]
        if pool.is_paused:
            yield "fault", f"pool {name}", f"paused: prefect work-pool resume {name}"
        elif not online:
            yield "fault", f"pool {name}", f"no worker: backfile up, or prefect worker start --pool {name}"
        else:
            yield "ok", f"pool {name}", f"{len(online)} worker{'' if len(online) == 1 else 's'}"


def _automation(client: SyncPrefectClient) -> Iterator[Finding]:
    found = client.read_automations_by_name(ZOMBIES)
    if len(found) == 1 and found[0].enabled:
        yield "ok", "automation", "runs that were killed are ended after 90 s"
    else:
        yield "warn", "automation", "a run that is killed would hold its place for ever: backfile deploy"


def _runs(latest: list[Run]) -> Iterator[Finding]:
    now = datetime.now(UTC)
    for run in latest:
        wait = now - (run.begins or now)
        what = f"run {run.name}"
        if run.state_type == StateType.SCHEDULED.value and wait > LATE:
            told = f"{run.deployment} waits since {_time(run.expected)} as {run.state}; is a worker there?"
            yield "warn", what, f"{told} Else: prefect flow-run cancel {run.id}"
        elif run.state_type in {StateType.PENDING.value, StateType.CANCELLING.value} and wait > STUCK:
            yield "fault", what, f"{run.deployment} hangs as {run.state}: prefect flow-run delete {run.id}"
        elif run.state_type == StateType.RUNNING.value and wait > LONG:
            told = f"{run.deployment} runs since {_time(run.started)}"
            yield "warn", what, f"{told}; to stop it: prefect flow-run cancel {run.id}"
    ended = [run for run in latest if run.state_type in {each.value for each in FINAL}]
    if ended:
        last = ended[0]
        good = last.state_type == StateType.COMPLETED.value
        told = f"{last.deployment} {last.state} {_time(last.ended)}: {last.message}"
        yield "ok" if good else "warn", "last run", told if good else f"{told}; again: backfile run ingest --watch"


def _time(moment: datetime | None) -> str:
    return moment.astimezone().isoformat(" ", "minutes") if moment else "some time"
