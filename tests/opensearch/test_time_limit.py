"""How long a search may take is what `seconds` says, and the servers are told so; what was cut off is no result."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backfile import servers as configured
from backfile.errors import ServiceUnavailable
from index import opensearch_server
from index.opensearch_client import Client, connect
from tests.opensearch import proxy
from tests.opensearch.fixtures import Server


@contextmanager
def overheard(
    server: Server, seconds: int, *, servers: int, cut_off: bool = False
) -> Iterator[tuple[Client, list[int]]]:
    """A client that is given so many seconds and addresses, and the limits that the searches come with, in ms."""
    limits: list[int] = []

    def asked(data: bytes) -> bytes:
        limits.extend(int(each) for each in re.findall(rb'"timeout":"(\d+)ms"', data))
        return data

    def answered(data: bytes) -> bytes:
        return data.replace(b'"timed_out":false', b'"timed_out":true ') if cut_off else data

    with proxy.serving(proxy.forwarding(server.url, asked, answered)) as url:
        table = {"urls": [url] * servers, "prefix": server.prefix, "seconds": seconds}
        with connect(configured.servers(table, "test", beside=Path("/"))) as client:
            yield client, limits


@pytest.mark.parametrize(("seconds", "servers", "limit"), [(30, 1, 27_000), (30, 3, 13_500), (1, 2, 450)])
def test_the_servers_end_a_search_before_nobody_waits_for_it(
    opensearch: Server, seconds: int, servers: int, limit: int
) -> None:
    opensearch.call("PUT", f"/{opensearch.prefix}a")
    with overheard(opensearch, seconds, servers=servers) as (client, limits):
        found = opensearch_server.Server(client).search({"size": 1}, target=f"{opensearch.prefix}a")

    assert found["timed_out"] is False
    assert limits == [limit]


def test_a_search_that_the_servers_cut_off_says_what_to_raise(opensearch: Server) -> None:
    opensearch.call("PUT", f"/{opensearch.prefix}a")
    with (
        overheard(opensearch, 30, servers=1, cut_off=True) as (client, _),
        pytest.raises(ServiceUnavailable, match=r"cut the search off.* raise `seconds` under \[opensearch\]"),
    ):
        opensearch_server.Server(client).search({"size": 1}, target=f"{opensearch.prefix}a")
