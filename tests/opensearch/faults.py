"""A load of documents while a real server fails in one way or another: what was sent, acknowledged and found.

What was acknowledged is noted from the answers themselves as they pass, beside the bulk loop and not by it. What is
found is asked of the server when all is over, past everything that is tested.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from backfile.errors import BackfileError
from backfile.servers import servers
from index.opensearch_bulk import Action, Bulk, Limits, Refused, RequestFailed, Sender
from index.opensearch_client import Client, connect
from tests.opensearch.cluster import Cluster

INDEX = "load-2024.03"
START = Callable[..., Cluster]
QUICK = Limits(first_pause=0.05, longest_pause=5.0, patience=120.0)

# So that a node which is silent is noticed in some 10 s and not in the usual 40.
WATCHFUL = {
    "cluster.fault_detection.follower_check.timeout": "3s",
    "cluster.fault_detection.follower_check.retry_count": "2",
    "cluster.fault_detection.leader_check.timeout": "3s",
    "cluster.fault_detection.leader_check.retry_count": "2",
    "cluster.publish.timeout": "5s",
}
_WORDS = [f"wort{number}" for number in range(2_000)]


def documents(number: int, length: int = 4_000, *, first: int = 0, version: int = 1) -> Iterator[Action]:
    """Documents of about so many bytes, as long as an article is with its terms."""
    chance = random.Random(first)
    for each in range(first, first + number):
        text = " ".join(chance.choices(_WORDS, k=length // 8))
        yield Action(INDEX, f"{each}", version, json.dumps({"t": text, "n": each}).encode())


def make_index(cluster: Cluster, *, shards: int = 1, replicas: int = 0) -> None:
    """The index that is loaded into."""
    cluster.call(
        "PUT",
        f"/{INDEX}?wait_for_active_shards=all",
        {
            "settings": {"number_of_shards": shards, "number_of_replicas": replicas},
            "mappings": {"dynamic": "strict", "properties": {"t": {"type": "text"}, "n": {"type": "integer"}}},
        },
    )


def client_of(cluster: Cluster) -> Client:
    """Our client, on all nodes."""
    table = {"urls": cluster.urls, "prefix": "load"}
    return connect(servers(table, "[opensearch]", beside=cluster.folder))


@dataclass
class Witness:
    """A `Sender` that notes what was sent and what was acknowledged, and lets something happen in between."""

    sender: Sender
    at: int = 0  # acknowledged documents, after which
    happens: Callable[[], object] = lambda: None  # … this is done, once, by a thread of its own
    sent: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, int] = field(default_factory=dict)  # id → version
    said: Counter[str] = field(default_factory=Counter)  # answers other than success
    lock: threading.Lock = field(default_factory=threading.Lock)
    event: threading.Thread | None = None

    def bulk(self, body: bytes) -> Any:
        """Sends it."""
        lines = body.split(b"\n")[:-1:2]  # no deletes here
        ids = [json.loads(line)["index"]["_id"] for line in lines]
        with self.lock:
            self.sent.update(ids)
        try:
            answer = self.sender.bulk(body)
        except RequestFailed as failure:
            with self.lock:
                self.said[f"{failure.status or 'no answer'} {failure.kind}"] += 1
            raise
        with self.lock:
            self._note(answer)
            if len(self.acknowledged) >= self.at and self.event is None:
                self.event = threading.Thread(target=self.happens)
                self.event.start()
        return answer

    def _note(self, answer: Any) -> None:
        for item in answer["items"]:
            said = item["index"]
            if said["status"] < 300:
                self.acknowledged[said["_id"]] = said["_version"]
            else:
                self.said[f"{said['status']} {said['error']['type']}"] += 1


@dataclass
class Outcome:
    """A line of the table of faults."""

    given: int  # documents
    witness: Witness
    refused: list[Refused]
    error: BackfileError | None  # what ended it
    seconds: float
    found: dict[str, int] = field(default_factory=dict)  # id → version

    @property
    def lost(self) -> list[str]:
        """Ids of documents that were acknowledged and are not found."""
        return [id_ for id_, version in self.witness.acknowledged.items() if self.found.get(id_, -1) < version]

    @property
    def ended(self) -> str:
        """How it ended, for the table."""
        return f"{type(self.error).__name__}: {self.error}" if self.error else "complete"


def load(
    cluster: Cluster, actions: Iterable[Action], *, given: int, limits: Limits = QUICK, at: int = 0,
    happens: Callable[[], object] = lambda: None,
) -> Outcome:  # fmt: skip
    """Sends the documents; when `at` of them are acknowledged, something happens."""
    with client_of(cluster) as client:
        witness = Witness(client, at, happens)
        refused: list[Refused] = []
        error = None
        began = time.monotonic()
        try:
            refused.extend(Bulk(witness, limits).send(actions))
        except BackfileError as raised:
            error = raised
        took = time.monotonic() - began
        if witness.event:
            witness.event.join()
    return Outcome(given, witness, refused, error, took)


def look(cluster: Cluster, outcome: Outcome, *, node: int = 0) -> Outcome:
    """Notes what is found: by a search, not by id, as a reader would."""
    cluster.call("POST", f"/{INDEX}/_refresh", node=node)
    query = {"size": 10_000, "_source": False, "version": True, "track_total_hits": True}
    hits = cluster.call("POST", f"/{INDEX}/_search?allow_partial_search_results=false", query, node=node)["hits"]
    assert len(hits["hits"]) == hits["total"]["value"], "more documents than a page of the test has"
    outcome.found = {hit["_id"]: hit["_version"] for hit in hits["hits"]}
    return outcome


# --- Faults -------------------------------------------------------------------------------------------------------


def write_queue(start: START) -> Outcome:
    """One thread writes, one request waits: the pieces of every request for five shards turn each other away."""
    cluster = start(settings={"thread_pool.write.size": "1", "thread_pool.write.queue_size": "1"})
    make_index(cluster, shards=5)
    return look(cluster, load(cluster, documents(4_000), given=4_000))


def indexing_pressure(start: START) -> Outcome:
    """No more than half a megabyte may be on its way into the indices; a request has two."""
    cluster = start(settings={"indexing_pressure.memory.limit": "512kb"})
    make_index(cluster)
    return look(cluster, load(cluster, documents(3_000), given=3_000))


def too_long(start: START) -> Outcome:
    """Requests of a megabyte at most, and two documents that are longer."""
    cluster = start(settings={"http.max_content_length": "1mb"})
    make_index(cluster)
    actions = [*documents(2_000), *documents(2, 1_200_000, first=2_000), *documents(1_000, first=2_002)]
    return look(cluster, load(cluster, actions, given=3_002))


def circuit_breaker(start: START) -> Outcome:
    """A heap of 128 MB of which a fifth may be used by requests; two of ours have 15 MB each."""
    settings = {"indices.breaker.total.limit": "20%"}
    cluster = start(heap="128m", settings=settings)
    make_index(cluster)
    limits = Limits(documents=2_000, bytes=15_000_000, held_documents=4_000, held_bytes=45_000_000, first_pause=0.05)
    return look(cluster, load(cluster, documents(1_200, 50_000), given=1_200, limits=limits))


def flood_stage(start: START) -> tuple[Outcome, Outcome]:
    """A disk over the watermark while documents come, and the same load again when an operator has seen to it."""
    cluster = start()
    make_index(cluster)

    def block(*, on: bool) -> None:
        cluster.call("PUT", f"/{INDEX}/_settings", {"index.blocks.read_only_allow_delete": True if on else None})

    first = load(cluster, documents(6_000), given=6_000, at=1_500, happens=lambda: block(on=True))
    block(on=False)
    look(cluster, first)
    second = load(cluster, documents(6_000), given=6_000)
    return first, look(cluster, second)


def killed_node(start: START, *, manager: bool) -> Outcome:
    """Kill -9 of one node of three, with one replica; the cluster manager, or one that is not."""
    cluster = start(3, settings=WATCHFUL)
    make_index(cluster, shards=3, replicas=1)
    chosen = cluster.manager()
    if not manager:
        chosen = (chosen + 1) % 3
    outcome = load(cluster, documents(6_000), given=6_000, at=1_500, happens=lambda: cluster.kill(chosen))
    other = (chosen + 1) % 3
    cluster.wait_for("yellow", node=other, nodes=2)
    return look(cluster, outcome, node=other)


def paused_node(start: START) -> Outcome:
    """A node that holds its connections and says nothing, for as long as the load takes."""
    cluster = start(3, settings=WATCHFUL)
    make_index(cluster, shards=3, replicas=1)
    chosen = (cluster.manager() + 1) % 3
    outcome = load(cluster, documents(6_000), given=6_000, at=1_500, happens=lambda: cluster.pause(chosen))
    cluster.resume(chosen)
    cluster.wait_for("green", node=(chosen + 1) % 3)
    return look(cluster, outcome, node=(chosen + 1) % 3)


def restarted(start: START) -> Outcome:
    """The only node is killed by kill -9 and started again."""
    cluster = start()
    make_index(cluster)

    def restart() -> None:
        cluster.kill(0)
        cluster.start(0)

    outcome = load(cluster, documents(6_000), given=6_000, at=1_500, happens=restart, limits=Limits())
    cluster.wait_for("yellow")
    return look(cluster, outcome)


def gone(start: START) -> Outcome:
    """The only node is killed by kill -9 and stays away until all is over."""
    cluster = start()
    make_index(cluster)
    limits = Limits(first_pause=0.05, longest_pause=1.0)
    outcome = load(cluster, documents(6_000), given=6_000, at=1_500, happens=lambda: cluster.kill(0), limits=limits)
    cluster.start(0)
    cluster.wait_for("yellow")
    return look(cluster, outcome)
