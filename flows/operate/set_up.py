"""All that `backfile deploy` and `backfile up` do on a server."""

from collections.abc import Iterator

from prefect.client.orchestration import SyncPrefectClient

from backfile.config import Archive, load
from flows.operate.check import Deployment
from flows.operate.deploy import Done, deploy
from flows.operate.guard import guard


def set_up(
    client: SyncPrefectClient, archive: Archive, plan: tuple[Deployment, ...], *, pool: str | None = None
) -> Iterator[Done]:
    """Work pool, deployments, schedules, automations and notices, as the files of the archive say."""
    yield from deploy(client, archive, plan, pool=pool)
    yield from guard(client, archive, load(archive).notify)
