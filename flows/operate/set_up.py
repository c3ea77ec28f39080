"""All that `backfile deploy` and `backfile up` do on a server."""

from collections.abc import Iterator

from prefect.client.orchestration import SyncPrefectClient

from backfile.config import Archive, load
from flows.operate.check import Deployment
from flows.operate.deploy import Done, deploy, reopen
from flows.operate.guard import guard, switch_on


def set_up(
    client: SyncPrefectClient,
    archive: Archive,
    plan: tuple[Deployment, ...],
    *,
    pool: str | None = None,
    resume: bool = False,
) -> Iterator[Done]:
    """Work pool, deployments, schedules, automations and notices, as the files of the archive say.

    `pool` takes the place of the plan's pools. `resume` undoes it when a pool or an automation was switched off.
    """
    notify = load(archive).notify
    yield from deploy(client, archive, plan, pool=pool)
    yield from guard(client, archive, notify)
    if resume:
        for name in sorted({pool or each.pool for each in plan}):
            yield reopen(client, name)
        yield from switch_on(client, archive, notify)
