"""What `backfile doctor` says of a Prefect server that answers: is all there that runs need, and as the file says."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from prefect import __version__
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import WorkerStatus
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound

from backfile.config import Archive, Settings
from backfile.pipeline.checkup.finding import Finding
from flows.operate import change, guard
from flows.operate.check import Deployment
from flows.operate.deploy import deployments_of, full_name
from flows.operate.differ import differing
from flows.operate.home import Home
from flows.operate.overdue import overdue

# A server plans runs when it is told of a schedule, and looks again every minute. One that has planned nothing for a
# schedule that stands this long never will.
PLANNED_WITHIN = timedelta(minutes=3)

_DEPLOY = "backfile deploy"
_RESUME = "backfile deploy --resume"


def judge(
    client: SyncPrefectClient, archive: Archive, plan: Sequence[Deployment], settings: Settings
) -> Iterator[Finding]:
    """Its version, this archive's deployments, schedules and workers, and runs that are late, stuck or failed."""
    yield _version(client)
    deployments = {full_name(client, each): each for each in deployments_of(client, archive)}
    if not deployments:
        yield Finding("fault", "deployments", "none works on this archive", _DEPLOY)
        return
    yield _deployments(archive, plan, deployments)
    yield from _schedules(client, archive, plan, deployments)
    manned = True
    for finding in _pools(client, deployments):
        manned = manned and finding.level == "ok"
        yield finding
    yield _zombies(client)
    yield from _notices(client, archive, settings)
    yield from overdue(client, deployments, manned=manned)


def _version(client: SyncPrefectClient) -> Finding:
    version = client.api_version()
    if version == __version__:
        return Finding("ok", "server", f"{client.api_url} answers, Prefect {version}")
    told = f"it has Prefect {version}, this program {__version__}; start the server again after an update, or:"
    return Finding("warn", "server", told, f"pip install prefect=={version}")


def _deployments(archive: Archive, plan: Sequence[Deployment], there: dict[str, DeploymentResponse]) -> Finding:
    wanted = {each.full_name: each for each in plan}
    told = [f"{name} is missing" for name in sorted(wanted.keys() - there.keys())]
    other = {name: differing(archive, wanted[name], there[name]) for name in sorted(wanted.keys() & there.keys())}
    told += [f"{name} has other {', '.join(parts)} than prefect.yaml says" for name, parts in other.items() if parts]
    told += [
        f"{name} is not in prefect.yaml"
        for name, each in sorted(there.items())
        if name not in wanted and each.schedules
    ]
    if told:
        return Finding("warn", "deployments", "; ".join(told), _DEPLOY)
    return Finding("ok", "deployments", ", ".join(sorted(there)))


def _schedules(
    client: SyncPrefectClient, archive: Archive, plan: Sequence[Deployment], there: dict[str, DeploymentResponse]
) -> Iterator[Finding]:
    """When the next runs are; a schedule that is paused on purpose is no fault while another one is active."""
    rows = [row for row in change.rows(client, archive, tuple(plan)) if row.state in {"active", "paused"}]
    active, paused = ([row for row in rows if row.state == state] for state in ("active", "paused"))
    since = {
        (name, each.slug): max(filter(None, (each.updated, deployment.updated)), default=None)
        for name, deployment in there.items()
        for each in deployment.schedules
    }
    for row in active:
        told = f"{row.deployment} {row.slug}, {row.when}"
        if row.next:
            yield Finding("ok", "next run", f"{told}: {row.next.astimezone():%Y-%m-%d %H:%M %Z}")
        elif (moment := since.get((row.deployment, row.slug))) and datetime.now(UTC) - moment < PLANNED_WITHIN:
            yield Finding("ok", "next run", f"{told}: the server has not planned it yet")
        else:
            told = f"{told}: the server plans none; stop it, see to the versions above, and start it again"
            place = Home(archive)
            own = str(client.api_url).rstrip("/") == place.api(place.read())
            yield Finding("fault", "next run", told, "backfile up" if own else "prefect server start")
    if paused:
        told = f"paused: {', '.join(f'{row.deployment} {row.slug}' for row in paused)}"
        resume = f"backfile schedule resume {paused[0].slug}"
        yield Finding("ok", "schedules", told) if active else Finding("warn", "schedules", told, resume)
    elif not active:
        yield Finding("warn", "schedules", "none: nothing runs by itself", "backfile schedule add 'daily 06:15'")


def _pools(client: SyncPrefectClient, deployments: dict[str, DeploymentResponse]) -> Iterator[Finding]:
    if without := sorted(name for name, each in deployments.items() if not each.work_pool_name):
        yield Finding("fault", "pool", f"was removed: {', '.join(without)} cannot run", _DEPLOY)
    for name in sorted({each.work_pool_name for each in deployments.values() if each.work_pool_name}):
        try:
            pool = client.read_work_pool(name)
        except ObjectNotFound:
            yield Finding("fault", f"pool {name}", "it is not there", _DEPLOY)
            continue
        online = [each for each in client.read_workers_for_work_pool(name) if each.status == WorkerStatus.ONLINE]
        if pool.is_paused:
            yield Finding("fault", f"pool {name}", "is paused: no run begins", _RESUME)
        elif not online:
            told = "no worker takes its runs"
            yield Finding("fault", f"pool {name}", told, f"prefect worker start --pool {name} --type process")
        else:
            yield Finding("ok", f"pool {name}", f"{len(online)} worker{'' if len(online) == 1 else 's'}")


def _zombies(client: SyncPrefectClient) -> Finding:
    found = client.read_automations_by_name(guard.ZOMBIES)
    if len(found) == 1 and found[0].enabled:
        return Finding("ok", "automation", f"runs that were killed are ended after {guard.SILENCE.seconds} s")
    told = f"{'is switched off' if found else 'is missing'}: a run that is killed would hold its place for ever"
    return Finding("warn", "automation", told, _RESUME if len(found) == 1 else _DEPLOY)


def _notices(client: SyncPrefectClient, archive: Archive, settings: Settings) -> Iterator[Finding]:
    """Whether who is to be told of failed runs would be."""
    for name, wanted in guard.notices(archive, settings.notify).items():
        found = client.read_automations_by_name(name)
        if bool(found) != wanted:
            yield Finding("warn", "notify", "[notify] in backfile.toml was changed since the last deploying", _DEPLOY)
        elif found and not found[0].enabled:
            yield Finding("warn", "notify", f"the automation “{name}” is switched off", _RESUME)
