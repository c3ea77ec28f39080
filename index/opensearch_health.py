"""How the servers of an archive are, for people who look after them."""

from dataclasses import dataclass
from typing import Literal

from backfile.servers import Servers
from index.opensearch_client import connect

Status = Literal["green", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Health:
    """A cluster and what lies on it of one archive."""

    version: str  # of the server that was asked
    nodes: int
    status: Status  # yellow: copies are missing; red: articles are
    shards: int  # that are in use, copies among them
    missing: int  # that no node holds


def health(servers: Servers) -> Health:
    """How they are now.

    Raises:
        BackfileError: they cannot be reached, are other ones, or do not let us ask.
    """
    with connect(servers) as client:
        version = str(client.get("/")["version"]["number"])
        told = client.get(f"/_cluster/health/{servers.prefix}-g*", {"timeout": "0s", "expand_wildcards": "all"})
    return Health(version, told["number_of_nodes"], told["status"], told["active_shards"], told["unassigned_shards"])
