"""The engine on a real OpenSearch keeps the contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backfile.servers import Address, Servers
from index import opensearch
from index.engine import SearchEngine
from tests.index.contract import EngineContract
from tests.opensearch.fixtures import Server


@pytest.fixture
def servers(opensearch: Server) -> Servers:
    """The cluster of the test, under names of its own."""
    return servers_of(opensearch)


def servers_of(server: Server) -> Servers:
    """What a configuration says of a server of a test."""
    scheme, _, rest = server.url.partition("://")
    host, _, port = rest.partition(":")
    return Servers((Address(scheme, host, int(port)),), server.prefix.rstrip("-"), replicas=0)


class TestOpenSearchEngine(EngineContract):
    @pytest.fixture
    def empty(self, servers: Servers, tmp_path: Path) -> Iterator[SearchEngine]:
        place = tmp_path / "g000001"
        place.mkdir()
        with opensearch.create(place, servers) as engine:
            yield engine
