"""An index that cannot be made at the moment is asked for again, as documents are; a block is told at once."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from backfile.errors import DiskTrouble, ServiceUnavailable
from index.opensearch_client import connect
from index.opensearch_errors import RequestFailed
from index.opensearch_indices import Generation, Indices
from index.opensearch_pace import Limits
from index.opensearch_patience import patiently
from index.opensearch_server import Server
from tests.opensearch import fixtures
from tests.opensearch.cluster import Cluster
from tests.opensearch.made import servers_of

NAME = "news-g000001-2024.03"
BREAKER = "indices.breaker.total.limit"
BUSY = RequestFailed(429, "circuit_breaking_exception")
FLOOD = "index [news] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark];"
BLOCKED = RequestFailed(429, "cluster_block_exception", FLOOD)


class Asked:
    """A server that gives these answers, the last one for ever, and the time that passes only while it is waited."""

    def __init__(self, *answers: RequestFailed | None) -> None:
        self.answers = list(answers)
        self.times = 0
        self.now = 0.0

    def ask(self, limits: Limits | None = None) -> str:
        return patiently(self._answer, NAME, limits or Limits(), clock=lambda: self.now, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def _answer(self) -> str:
        self.times += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer:
            raise answer
        return "made"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_passes_is_waited_for_longer_each_time(status: int) -> None:
    server = Asked(*[RequestFailed(status)] * 4, None)

    assert server.ask() == "made"
    assert 0.75 <= server.now <= 1.5  # .1 + .2 + .4 + .8 s, made shorter by up to a half


@pytest.mark.parametrize("status", [400, 404, 409, 500, None])
def test_what_does_not_pass_is_asked_once(status: int | None) -> None:
    server = Asked(RequestFailed(status), None)

    with pytest.raises(RequestFailed):
        server.ask()
    assert server.times == 1


def test_it_ends_after_as_many_failures_as_documents_have() -> None:
    server = Asked(BUSY)

    with pytest.raises(RequestFailed, match="429 circuit_breaking_exception"):
        server.ask()
    assert server.times == Limits().failures


def test_it_ends_at_the_deadline() -> None:
    server = Asked(BUSY)

    with pytest.raises(RequestFailed):
        server.ask(replace(Limits(), patience=60.0, failures=1_000))
    assert server.now <= 60.0


def test_the_servers_word_on_when_to_come_back_is_kept() -> None:
    server = Asked(RequestFailed(503, retry_after=17.0), None)

    server.ask()
    assert server.now == 17.0


def test_a_full_disk_is_not_waited_for() -> None:
    server = Asked(BLOCKED)

    with pytest.raises(DiskTrouble, match="flood-stage"):
        server.ask()
    assert server.times == 1


def test_a_cluster_with_as_many_shards_as_it_may_have_is_told() -> None:
    with pytest.raises(ServiceUnavailable, match=r"cluster\.max_shards_per_node"):
        Asked(RequestFailed(400, "validation_exception")).ask()


def test_an_index_is_made_once_a_real_breaker_lets_it(
    clusters: Callable[..., Cluster], caplog: pytest.LogCaptureFixture
) -> None:
    cluster = clusters()
    servers = servers_of(fixtures.Server(cluster.url, "news-"))

    def limit(value: str | None) -> None:
        cluster.call("PUT", "/_cluster/settings", {"transient": {BREAKER: value}})

    with connect(servers) as client:
        indices = Indices(Server(client), Generation("news", "g000001"))
        indices.start(shards=1, replicas=0)
        limit("1b")
        relief = threading.Timer(1.0, limit, [None])
        relief.start()
        name = indices.need("2024.03", read=False)
        relief.join()

    assert "circuit_breaking_exception" in caplog.text
    assert name in cluster.call("GET", f"/{name}")
