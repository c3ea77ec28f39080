"""Runs that are late, stuck, or ended otherwise than they should."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort

from backfile.pipeline.checkup.finding import Finding
from flows.operate.follow import FINAL
from flows.report import plain

# A run starts 10 to 20 s after its time (measured); where a worker is, none waits longer than this.
LATE = timedelta(minutes=5)
# A worker takes seconds from Pending to Running. One that died in between leaves its run Pending for ever.
STUCK = timedelta(minutes=10)
# A run that is killed is ended by the automation after 90 s. What runs this long is alive, or the automation is off.
LONG = timedelta(hours=12)
PAGE = 200  # what a server gives at once
_TAKEN = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


def overdue(
    client: SyncPrefectClient, deployments: dict[str, DeploymentResponse], *, manned: bool
) -> Iterator[Finding]:
    """Look at each deployment's runs.

    Args:
        client: Of the server.
        deployments: Those of the archive, by full name.
        manned: Whether a worker is there for all of them.
    """
    now = datetime.now(UTC)
    for name, deployment in sorted(deployments.items()):
        taken = _runs(client, deployment, _TAKEN)
        for run in taken:
            yield from _hanging(name, run, now, manned=manned)
        waiting = _runs(client, deployment, [StateType.SCHEDULED], before=now - LATE)
        if waiting:
            yield _late(name, waiting, busy=bool(taken))
        yield from _last(name, deployment, client)


def _hanging(name: str, run: FlowRun, now: datetime, *, manned: bool) -> Iterator[Finding]:
    since = (run.state.timestamp if run.state else None) or run.start_time or run.expected_start_time or now
    told = f"{name} is {run.state_name} since {_time(since)}"
    cancel = f"backfile runs --cancel {run.name}"
    about = f"run {run.name}"
    if run.state_type != StateType.RUNNING:
        if now - since > STUCK:
            yield Finding("fault", about, f"{told}, and nobody takes it further; it keeps others from running", cancel)
    elif not manned and now - since > LATE:
        yield Finding("fault", about, f"{told}, and no worker is there that could have it", cancel)
    elif now - since > LONG:
        yield Finding("warn", about, f"{told}; if that is too long:", cancel)
    else:
        yield Finding("ok", about, told)


def _late(name: str, waiting: list[FlowRun], *, busy: bool) -> Finding:
    """Runs whose time has passed; behind one that runs they wait for their turn."""
    first, number = waiting[0], len(waiting)
    runs = f"{first.name} waits" if number == 1 else f"{number}{' or more' if number == PAGE else ''} runs wait"
    told = f"{runs} since {_time(first.expected_start_time)}"
    if busy:
        return Finding("ok", name, f"{told} for the one before to end")
    told = f"{told} and should have begun; with a worker they do. To do without:"
    return Finding("warn", name, told, f"backfile runs --cancel {first.name if number == 1 else name}")


def _last(name: str, deployment: DeploymentResponse, client: SyncPrefectClient) -> Iterator[Finding]:
    """How the deployment's last run ended that did; somebody's stopping it is no fault."""
    ended = _runs(client, deployment, sorted(FINAL), latest=True)
    if not ended:
        return
    last = ended[0]
    told = f"{last.state_name} {_time(last.end_time)}: {plain((last.state.message or '') if last.state else '')}"
    good = last.state_type in {StateType.COMPLETED, StateType.CANCELLED}
    yield Finding("ok" if good else "warn", name, f"last run {told}", None if good else f"backfile run {name} --watch")


def _runs(
    client: SyncPrefectClient,
    deployment: DeploymentResponse,
    states: list[StateType],
    *,
    before: datetime | None = None,
    latest: bool = False,
) -> list[FlowRun]:
    """A deployment's runs in these states, by the time they were expected; of the latest one only."""
    expected = FlowRunFilterExpectedStartTime.model_validate({"before_": before}) if before else None
    return client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states)), expected_start_time=expected
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_DESC if latest else FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=1 if latest else PAGE,
    )


def _time(moment: datetime | None) -> str:
    return moment.astimezone().isoformat(" ", "minutes") if moment else "some time"
