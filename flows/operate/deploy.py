"""What a server must know to run an archive's flows: said to it again and again, it stays the same.

Prefect's own `deploy` leaves schedules active that are gone from the file (#23097). Here each thing is known by its
name, and what the file does not have is taken away.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions, DeploymentSchedule
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule
from prefect.exceptions import ObjectNotFound, ScriptError
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from prefect.utilities.templating import apply_values
from pydantic import ValidationError

from backfile.config import ENVIRONMENT, Archive
from backfile.errors import ConfigError, WrongUse
from flows.operate.check import TAG, Deployment, Schedule

POOL_TYPE = "process"
PAGE = 200  # deployments that are asked for at once, the most a server gives

# What an interval is counted from where the file does not say: else each deploying would begin it anew.
_ANCHOR = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that stands on the server now."""

    what: str  # pool, deployment, schedule, automation
    name: str
    told: str


def deployments_of(client: SyncPrefectClient, archive: Archive) -> list[DeploymentResponse]:
    """The deployments that work on this archive, by name."""
    found: list[DeploymentResponse] = []
    while len(page := client.read_deployments(deployment_filter=_OURS, limit=PAGE, offset=len(found))) == PAGE:
        found += page
    return sorted((each for each in found + page if _archive_of(each) == str(archive.directory)), key=lambda d: d.name)


_OURS = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))


def _archive_of(deployment: DeploymentResponse) -> str | None:
    value = (deployment.parameters or {}).get("archive")
    return value if isinstance(value, str) else None


def deploy(
    client: SyncPrefectClient, archive: Archive, plan: tuple[Deployment, ...], *, pool: str | None
) -> Iterator[Done]:
    """Bring the server to what the plan says; what was done, step by step. `pool` takes the place of the plan's pools.

    Raises:
        ConfigError: a flow cannot be loaded, or Prefect refuses a value.
        WrongUse: a deployment of that name works on another archive.
    """
    plan = tuple(replace(each, pool=pool) for each in plan) if pool else plan
    for name in sorted({each.pool for each in plan}):
        yield _pool(client, name)
    flow_ids: dict[str, UUID] = {}
    for each in plan:
        existing = _existing(client, archive, each)
        if each.flow not in flow_ids:
            flow_ids[each.flow] = client.create_flow_from_name(each.flow)
        yield from _deployment(client, archive, each, existing, flow_ids[each.flow])
    names = {each.full_name for each in plan}
    for old in deployments_of(client, archive):
        yield from _retired(client, old, names)


def _pool(client: SyncPrefectClient, name: str) -> Done:
    try:
        found = client.read_work_pool(name)
    except ObjectNotFound:
        client.create_work_pool(WorkPoolCreate(name=name, type=POOL_TYPE))
        return Done("pool", name, f"made, of type {POOL_TYPE}")
    return Done("pool", name, f"there already, of type {found.type}{', paused' if found.is_paused else ''}")


def reopen(client: SyncPrefectClient, name: str) -> Done:
    """Have a pool that was paused give out runs again."""
    client.update_work_pool(name, WorkPoolUpdate(is_paused=False))
    return Done("pool", name, "gives out runs")


def _existing(client: SyncPrefectClient, archive: Archive, wanted: Deployment) -> DeploymentResponse | None:
    try:
        found = client.read_deployment_by_name(wanted.full_name)
    except ObjectNotFound:
        return None
    other = _archive_of(found)
    if other not in {None, "", str(archive.directory)}:
        raise WrongUse(
            f"{wanted.full_name} on this server works on the archive {other}; write the file of this one with "
            "`backfile deploy --copy`, give its deployments other names there, and deploy again"
        )
    return found


def _deployment(
    client: SyncPrefectClient,
    archive: Archive,
    wanted: Deployment,
    existing: DeploymentResponse | None,
    flow_id: UUID,
) -> Iterator[Done]:
    before = {each.slug: each for each in (existing.schedules if existing else ())}
    parameters = filled(wanted.parameters, archive)
    schedules = [_schedule(each, before.get(each.slug), wanted.full_name) for each in wanted.schedules]
    try:
        client.create_deployment(
            flow_id,
            wanted.name,
            entrypoint=wanted.entrypoint,
            pull_steps=[],
            parameters=parameters,
            parameter_openapi_schema=_schema(wanted),
            enforce_parameter_schema=wanted.strict_parameters,
            description=wanted.description,
            tags=list(wanted.tags),
            work_pool_name=wanted.pool,
            work_queue_name=wanted.queue,
            job_variables=filled(wanted.job_variables, archive),
            concurrency_limit=wanted.limit,
            concurrency_options=_options(wanted),
            schedules=schedules,
        )
    except ValidationError as error:
        raise ConfigError(f"{wanted.full_name}: {_told(error)}") from error
    limit = f", at most {wanted.limit} at a time" if wanted.limit else ""
    yield Done("deployment", wanted.full_name, ("changed" if existing else "made") + limit)
    for schedule in schedules:
        yield Done("schedule", f"{wanted.full_name} {schedule.slug}", words(schedule.schedule, active=schedule.active))
    for slug in before.keys() - {each.slug for each in wanted.schedules}:
        yield Done("schedule", f"{wanted.full_name} {slug or 'without a slug'}", "removed: it is not in the file")


def _retired(client: SyncPrefectClient, old: DeploymentResponse, names: set[str]) -> Iterator[Done]:
    """A deployment of this archive that is gone from the file runs no more by itself. Its runs can still be seen."""
    name = full_name(client, old)
    if name in names:
        return
    for schedule in old.schedules:
        client.delete_deployment_schedule(old.id, schedule.id)
        yield Done("schedule", f"{name} {schedule.slug or ''}".strip(), "removed: its deployment is not in the file")


def full_name(client: SyncPrefectClient, deployment: DeploymentResponse) -> str:
    """`ingest/scheduled`."""
    return f"{client.read_flow(deployment.flow_id).name}/{deployment.name}"


def filled(values: Mapping[str, Any], archive: Archive) -> dict[str, Any]:
    """The values with `{{ $BACKFILE_ARCHIVE }}` and other variables of the environment in their places."""
    before = os.environ.get(ENVIRONMENT)
    os.environ[ENVIRONMENT] = str(archive.directory)  # where Prefect looks for it
    try:
        return apply_values(dict(values), dict(os.environ))
    finally:
        del os.environ[ENVIRONMENT]
        if before is not None:
            os.environ[ENVIRONMENT] = before


def _schema(wanted: Deployment) -> dict[str, Any]:
    try:
        flow: Flow[..., Any] = load_flow_from_entrypoint(wanted.entrypoint, use_placeholder_flow=False)
    except (ImportError, AttributeError, ScriptError, ValueError, TypeError) as error:
        raise ConfigError(f"{wanted.full_name}: {wanted.entrypoint} is no flow that can be loaded: {error}") from error
    if flow.name != wanted.flow:
        raise ConfigError(f"{wanted.full_name}: the flow of {wanted.entrypoint} is named {flow.name!r}")
    schema: dict[str, Any] = parameter_schema(flow).model_dump_for_openapi()
    return schema


def _options(wanted: Deployment) -> ConcurrencyOptions | None:
    if not wanted.limit or not wanted.strategy:
        return None
    strategy = ConcurrencyLimitStrategy(wanted.strategy)
    if wanted.grace is None:
        return ConcurrencyOptions(collision_strategy=strategy)
    return ConcurrencyOptions(collision_strategy=strategy, grace_period_seconds=wanted.grace)


def _schedule(wanted: Schedule, before: DeploymentSchedule | None, name: str) -> DeploymentScheduleCreate:
    """The schedule for the server; one that was paused there stays so, unless the file says whether it is active."""
    active = wanted.active if wanted.active is not None else before.active if before else True
    try:
        return DeploymentScheduleCreate(
            schedule=rhythm(wanted), active=active, parameters=dict(wanted.parameters), slug=wanted.slug
        )
    except (ValidationError, ValueError) as error:
        raise ConfigError(f"{name}: schedule {wanted.slug}: {_told(error)}") from error


def rhythm(wanted: Schedule) -> CronSchedule | IntervalSchedule | RRuleSchedule:
    """Prefect's word for when; raises ValueError (pydantic's is one) when it makes no sense."""
    match wanted.rhythm:
        case "cron":
            more = {} if wanted.day_or is None else {"day_or": wanted.day_or}
            return CronSchedule(cron=str(wanted.value), timezone=wanted.timezone, **more)
        case "interval":
            anchor = datetime.fromisoformat(wanted.anchor) if wanted.anchor else _ANCHOR
            return IntervalSchedule(
                interval=timedelta(seconds=float(wanted.value)), anchor_date=anchor, timezone=wanted.timezone
            )
        case "rrule":
            return RRuleSchedule(rrule=str(wanted.value), timezone=wanted.timezone)


def words(schedule: object, *, active: bool | None) -> str:
    """When it runs, for people: `15 6 * * * (Europe/Berlin)`."""
    match schedule:
        case CronSchedule():
            told = schedule.cron
        case IntervalSchedule():
            told = f"every {schedule.interval}"
        case RRuleSchedule():
            told = schedule.rrule
        case _:
            told = "by no schedule"
    zone = getattr(schedule, "timezone", None) or "UTC"
    return f"{told} ({zone}){', paused' if active is False else ''}"


def _told(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(str(each["msg"]).removeprefix("Value error, ") for each in error.errors())
    return str(error)
