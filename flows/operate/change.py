"""The schedules as they stand on a server, and switching them on and off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort

from backfile.config import Archive
from backfile.errors import WrongUse
from flows.operate.check import Deployment
from flows.operate.deploy import deployments_of, full_name, rhythm, words


@dataclass(frozen=True, slots=True)
class Row:
    """A schedule as `backfile schedule list` shows it."""

    deployment: str
    slug: str | None
    when: str  # 15 6 * * * (Europe/Berlin)
    state: str  # active, paused, not deployed, not in the file
    next: datetime | None  # when it runs next, as far as the server has planned it

    def to_json(self) -> dict[str, object]:
        """Its JSON form."""
        told: dict[str, object] = {"deployment": self.deployment, "slug": self.slug, "when": self.when}
        return {**told, "state": self.state, "next": self.next.isoformat() if self.next else None}


def rows(client: SyncPrefectClient, archive: Archive, plan: tuple[Deployment, ...]) -> list[Row]:
    """Every schedule, in the file or on the server."""
    wanted = {(each.full_name, schedule.slug): schedule for each in plan for schedule in each.schedules}
    found = list(_there(client, archive, set(wanted)))
    there = {(row.deployment, row.slug) for row in found}
    for (name, slug), schedule in wanted.items():
        if (name, slug) not in there:
            found.append(Row(name, slug, words(rhythm(schedule), active=True), "not deployed", None))
    return sorted(found, key=lambda row: (row.deployment, row.slug or ""))


def _there(client: SyncPrefectClient, archive: Archive, wanted: set[tuple[str, str]]) -> Iterator[Row]:
    for deployment in deployments_of(client, archive):
        name = full_name(client, deployment)
        planned = _planned(client, deployment) if deployment.schedules else []
        for schedule in deployment.schedules:
            active = schedule.active and not deployment.paused
            state = "active" if active else "paused"
            if (name, schedule.slug) not in wanted:
                state = "not in the file"
            runs = (each for each in planned if each.created_by and each.created_by.id == schedule.id)
            first = next(runs, None) if active else None
            moment = first.expected_start_time if first else None
            yield Row(name, schedule.slug, words(schedule.schedule, active=True), state, moment)


def _planned(client: SyncPrefectClient, deployment: DeploymentResponse) -> list[FlowRun]:
    scheduled = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
    return client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
        flow_run_filter=FlowRunFilter(state=scheduled),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=100,
    )


def switch(client: SyncPrefectClient, archive: Archive, slug: str, *, active: bool) -> str:
    """Pause or resume the schedule of that slug; the name of its deployment.

    Raises:
        WrongUse: none of the archive's deployments has it, or several do.
    """
    deployments = deployments_of(client, archive)
    found = [(each, schedule) for each in deployments for schedule in each.schedules if schedule.slug == slug]
    if len(found) != 1:
        known = ", ".join(sorted({s.slug or "" for each in deployments for s in each.schedules})) or "none"
        raise WrongUse(
            f"{'several schedules have' if found else 'no schedule has'} the slug {slug!r}; there are: {known}"
        )
    deployment, schedule = found[0]
    client.update_deployment_schedule(deployment.id, schedule.id, active=active)
    return full_name(client, deployment)
