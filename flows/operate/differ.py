"""Where a deployment on a server is not what `prefect.yaml` says: somebody changed the file, or the server."""

from prefect.client.schemas.responses import DeploymentResponse

from backfile.config import Archive
from flows.operate.check import Deployment
from flows.operate.deploy import filled, rhythm


def differing(archive: Archive, wanted: Deployment, there: DeploymentResponse) -> list[str]:
    """The names of what differs. Not looked at is the pool, which `deploy --pool` chooses."""
    limit = there.global_concurrency_limit.limit if there.global_concurrency_limit else None
    options = there.concurrency_options
    pairs = {
        "entrypoint": (wanted.entrypoint, there.entrypoint),
        "parameters": (filled(wanted.parameters, archive), there.parameters or {}),
        "job variables": (filled(wanted.job_variables, archive), there.job_variables or {}),
        "limit": (wanted.limit, limit),
        "collision strategy": (wanted.strategy, options.collision_strategy.value if options and limit else None),
        "schedules": (_wanted(wanted), _there(there)),
    }
    return [name for name, (one, other) in pairs.items() if one != other]


def _wanted(deployment: Deployment) -> dict[str | None, object]:
    return {each.slug: (rhythm(each), dict(each.parameters)) for each in deployment.schedules}


def _there(deployment: DeploymentResponse) -> dict[str | None, object]:
    return {each.slug: (each.schedule, each.parameters or {}) for each in deployment.schedules}
