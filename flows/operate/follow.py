"""Runs: those that were, those that are, one that is started and followed to its end."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.client.schemas.objects import FlowRun, State, StateType, WorkerStatus
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort, LogSort

from backfile.config import Archive
from backfile.errors import WrongUse
from flows.operate.deploy import deployments_of, full_name
from flows.report import plain

PAUSE = 1.0  # seconds between two looks
UNTAKEN = 60.0  # seconds after which somebody who waits is told that no worker has taken the run
PAGE = 200  # what a server gives at once
FINAL = frozenset({StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED})
_ENDED_WELL, _PARTLY, _FAILED, _CRASHED, _CANCELLED = 0, 3, 4, 5, 130


@dataclass(frozen=True, slots=True)
class Run:
    """A run as people see it; what came from outside is plain."""

    id: str
    name: str
    deployment: str
    state: str  # Prefect's name: Completed, CompletedWithFailures, Running, Late …
    state_type: str  # COMPLETED, RUNNING, SCHEDULED …
    message: str
    scheduled: bool  # by a schedule, not by hand
    expected: datetime | None
    started: datetime | None
    ended: datetime | None
    seconds: float

    @property
    def begins(self) -> datetime | None:
        """When it began, or is to begin."""
        return self.started or self.expected

    def to_json(self) -> dict[str, object]:
        """Its JSON form; times in ISO 8601."""
        times = {name: each.isoformat() if each else None for name, each in self._times().items()}
        plain_values = {name: getattr(self, name) for name in ("id", "name", "deployment", "state", "state_type")}
        return {**plain_values, "message": self.message, "scheduled": self.scheduled, **times, "seconds": self.seconds}

    def _times(self) -> dict[str, datetime | None]:
        return {"expected": self.expected, "started": self.started, "ended": self.ended}


def runs(client: SyncPrefectClient, archive: Archive, *, limit: int, future: bool = False) -> list[Run]:
    """The latest runs of the archive, the newest first; `future`: also those that a schedule has planned."""
    names = {each.id: full_name(client, each) for each in deployments_of(client, archive)}
    if not names:
        return []
    found: list[Run] = []
    offset = 0
    while len(found) < limit:
        page = client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=list(names))),
            sort=FlowRunSort.EXPECTED_START_TIME_DESC,
            limit=PAGE,
            offset=offset,
        )
        found += [_run(each, names) for each in page if future or not _is_planned(each)]
        offset += len(page)
        if len(page) < PAGE:
            break
    return found[:limit]


def _is_planned(run: FlowRun) -> bool:
    expected = run.expected_start_time
    return run.state_type == StateType.SCHEDULED and expected is not None and expected > datetime.now(UTC)


def _run(run: FlowRun, names: dict[UUID, str]) -> Run:
    return Run(
        id=str(run.id),
        name=plain(run.name),
        deployment=names.get(run.deployment_id, "") if run.deployment_id else "",
        state=plain(run.state_name or "unknown"),
        state_type=run.state_type.value if run.state_type else "UNKNOWN",
        message=plain((run.state.message or "") if run.state else ""),
        scheduled=bool(run.auto_scheduled),
        expected=run.expected_start_time,
        started=run.start_time,
        ended=run.end_time,
        seconds=round(run.total_run_time.total_seconds(), 1),
    )


def changes(client: SyncPrefectClient, archive: Archive, *, limit: int) -> Iterator[Run]:
    """The latest runs, the oldest first, and from then on each one whose state changes, without end."""
    seen: dict[str, str] = {}
    while True:
        for run in reversed(runs(client, archive, limit=limit)):
            if seen.get(run.id) != run.state:
                seen[run.id] = run.state
                yield run
        time.sleep(2 * PAUSE)


def choose(client: SyncPrefectClient, archive: Archive, wanted: str) -> DeploymentResponse:
    """The deployment that is meant: `ingest/manual`, or `ingest` for the one of that flow without a schedule.

    Raises:
        WrongUse: there is none; names those that there are.
    """
    named = {full_name(client, each): each for each in deployments_of(client, archive)}
    if wanted in named:
        return named[wanted]
    of_flow = [each for name, each in named.items() if name.partition("/")[0] == wanted]
    if of_flow:
        return min(of_flow, key=lambda each: len(each.schedules))
    known = ", ".join(sorted(named)) or "none; `backfile deploy` makes them"
    raise WrongUse(f"no deployment {wanted!r} works on this archive; there are: {known}")


def start(client: SyncPrefectClient, deployment: DeploymentResponse, parameters: dict[str, Any]) -> FlowRun:
    """A new run, as soon as a worker takes it."""
    return client.create_flow_run_from_deployment(deployment.id, parameters=parameters)


def cancel(client: SyncPrefectClient, archive: Archive, wanted: str) -> list[str]:
    """Cancel a run that has not ended, by its name or id; with a deployment's name all of its runs that are late.

    A worker ends the process of one that it has. What no worker has any more is cancelled at once.

    Raises:
        WrongUse: there is none.
    """
    named = {each.id: each for each in deployments_of(client, archive)}
    late = _unended(client, list(named)) if named else []
    of_deployment = [each.id for each in named.values() if full_name(client, each) == wanted]
    found = [run for run in late if wanted in {run.name, str(run.id)}]
    found = found or [run for run in late if run.deployment_id in of_deployment and not _is_taken(run)]
    if not found:
        going = ", ".join(run.name for run in late) or "none"
        raise WrongUse(f"no run {wanted!r} of this archive waits or runs; there are: {going}")
    return [_cancelled(client, run, named) for run in found]


def _unended(client: SyncPrefectClient, ids: list[UUID]) -> list[FlowRun]:
    """The runs of deployments whose time has come and that have not ended."""
    types = [each for each in StateType if each not in FINAL]
    found: list[FlowRun] = []
    while page := client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=ids)),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=types)),
            expected_start_time=FlowRunFilterExpectedStartTime.model_validate({"before_": datetime.now(UTC)}),
        ),
        limit=PAGE,
        offset=len(found),
    ):
        found += page
    return found


def _is_taken(run: FlowRun) -> bool:
    return run.state_type != StateType.SCHEDULED


def _cancelled(client: SyncPrefectClient, run: FlowRun, named: dict[UUID, DeploymentResponse]) -> str:
    pool = named[run.deployment_id].work_pool_name if run.deployment_id else None
    workers = client.read_workers_for_work_pool(pool) if pool else []
    has_worker = any(each.status == WorkerStatus.ONLINE for each in workers)
    if run.state_type == StateType.RUNNING and has_worker:
        client.set_flow_run_state(run.id, State(type=StateType.CANCELLING, message="cancelled by hand"))
        return f"{run.name} is being cancelled; what it stored is kept"
    # What hangs as Pending or Cancelling is in nobody's hands, and a server would refuse the step.
    client.set_flow_run_state(run.id, State(type=StateType.CANCELLED, message="cancelled by hand"), force=True)
    return f"{run.name} is cancelled"


def follow(client: SyncPrefectClient, run: FlowRun, say: Callable[[str], None]) -> int:
    """Say what the run says and which states it comes to, until its end; the exit code for its end."""
    state, logged, began, told = "", 0, time.monotonic(), False
    while True:
        now = client.read_flow_run(run.id)
        logged = _tell_logs(client, run, logged, say)
        if now.state_name != state:
            state = now.state_name or ""
            message = plain((now.state.message or "") if now.state else "")
            say(f"{plain(state)}{f': {message}' if message else ''}")
        if now.state_type in FINAL:
            _tell_logs(client, run, logged, say)
            return exit_code(now)
        if not told and now.state_type == StateType.SCHEDULED and time.monotonic() - began > UNTAKEN:
            told = True
            say("no worker has taken it yet; `backfile up` runs one, `backfile doctor` says more")
        time.sleep(PAUSE)


def _tell_logs(client: SyncPrefectClient, run: FlowRun, seen: int, say: Callable[[str], None]) -> int:
    """Say the lines that came after the first `seen`; how many there are now."""
    of_run = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id]))
    while lines := client.read_logs(of_run, limit=PAGE, offset=seen, sort=LogSort.TIMESTAMP_ASC):
        for line in lines:
            say(f"  {line.timestamp.astimezone():%H:%M:%S} {plain(line.message)}")
        seen += len(lines)
    return seen


def exit_code(run: FlowRun) -> int:
    """As `backfile ingest` ends: 0 done, 3 some inputs failed, 4 not done, 5 killed, 130 stopped."""
    if run.state_name == "CompletedWithFailures":
        return _PARTLY
    ends = {StateType.COMPLETED: _ENDED_WELL, StateType.FAILED: _FAILED, StateType.CANCELLED: _CANCELLED}
    return ends.get(run.state_type or StateType.CRASHED, _CRASHED)


def unfinished(client: SyncPrefectClient) -> list[FlowRun]:
    """Every run on the server that a worker has and that has not ended."""
    filters = {"type": {"any_": [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]}}
    return client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate({"state": filters}), limit=PAGE)
