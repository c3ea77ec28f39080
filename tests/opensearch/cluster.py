"""A real OpenSearch cluster on loopback, one JVM for each node, so that each can be killed, paused and started again.

with Cluster(folder, nodes=3) as cluster:
    cluster.kill(0)
    cluster.wait_for("yellow", nodes=2)
    cluster.start(0)
"""

import os
import random
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.opensearch import http
from tests.opensearch.jars import Jars, provide

START_SECONDS = 180  # for a cluster to come up on a busy machine; alone, a node takes 5
STOP_SECONDS = 30
PAUSE = 0.2  # seconds between two looks

# Below those that systems give to whoever connects (from 32768 on Linux, from 49152 elsewhere), so that a node which is
# started again finds its port free.
PORTS = range(20_000, 32_000)

# A node starts in half of the processor's time (3.5 s for 7.2), as most of its code runs once.
QUICK = ("-XX:TieredStopAtLevel=1",)

SECURITY = "org.opensearch.security.OpenSearchSecurityPlugin"

# The runner leaves out a module whose class it does not find, without a word.
MODULES = ("CommonAnalysisPlugin", "MapperExtrasPlugin", "Netty4Plugin", "PainlessPlugin", "ReindexPlugin")


@dataclass
class Node:
    """One node: its ports, its folder, and its process while it runs."""

    name: str
    home: Path
    port: int
    transport: int
    scheme: str = "http"
    process: subprocess.Popen[bytes] | None = None
    guard: subprocess.Popen[bytes] | None = None  # while it is paused

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def told(self) -> str:
        """The end of what it logged."""
        file = self.home / "node.log"
        return file.read_text(errors="replace")[-3000:] if file.exists() else "no log"


@dataclass
class Cluster:
    """Nodes that know each other; started when it is entered, ended when it is left."""

    folder: Path
    count: int = 1
    heap: str = "512m"
    settings: Mapping[str, str] = field(default_factory=dict)  # beside and over those below; of every node
    java: tuple[str, ...] = QUICK  # further options of the JVM; none for whoever measures
    tls: ssl.SSLContext | None = None  # how it is spoken to, where `settings` have it want TLS
    nodes: list[Node] = field(init=False)

    def __post_init__(self) -> None:
        ports = _free_ports(2 * self.count)
        scheme = "https" if self.tls else "http"
        self.nodes = [
            Node(f"n{number}", self.folder / f"n{number}", ports.pop(), ports.pop(), scheme)
            for number in range(self.count)
        ]

    @property
    def urls(self) -> list[str]:
        """Where its nodes answer, in their order."""
        return [node.url for node in self.nodes]

    @property
    def url(self) -> str:
        """Where the first node answers."""
        return self.nodes[0].url

    def __enter__(self) -> Self:
        jars = provide(security=self.tls is not None)
        try:
            for number in range(self.count):
                self._launch(number, jars)
            self.wait_for("green")
            self._have_modules()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self, number: int) -> None:
        """Starts a node that has ended, with its data and ports of before; `wait_for` it."""
        self._launch(number, provide(security=self.tls is not None))

    def stop(self, number: int) -> None:
        """Ends a node in an orderly way."""
        node = self.nodes[number]
        self.resume(number)
        if node.process and node.process.stdin:
            node.process.stdin.close()
            try:
                node.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill(number)

    def kill(self, number: int) -> None:
        """What a power cut or the system's lack of memory does to a node: kill -9."""
        process = self._process(number)
        process.kill()
        process.wait()
        if process.stdin:
            process.stdin.close()
        self._release(number)

    def pause(self, number: int) -> None:
        """What a long collection of garbage or a cut line does: the node holds its connections and says nothing."""
        process = self._process(number)
        process.send_signal(signal.SIGSTOP)
        # A paused node does not see that the tests were killed: this one does, and ends it.
        guard = ("sh", "-c", f"read nothing; kill -KILL {process.pid}")
        self.nodes[number].guard = subprocess.Popen(guard, stdin=subprocess.PIPE)

    def resume(self, number: int) -> None:
        """Lets a paused node go on; nothing when it is not paused."""
        if self.nodes[number].guard:
            self._process(number).send_signal(signal.SIGCONT)
            self._release(number)

    def close(self) -> None:
        """Ends all nodes, at once."""
        for number, node in enumerate(self.nodes):
            if node.runs:
                self.kill(number)

    def call(self, method: str, path: str, body: object = None, *, node: int = 0, seconds: float = 60) -> Any:
        """What a node answers to a request of the test's own, past everything that is tested."""
        return http.call(self.nodes[node].url, method, path, body, seconds=seconds, tls=self.tls)

    def manager(self, *, node: int = 0) -> int:
        """The number of the node that is the cluster manager, as another one says."""
        name = self.call("GET", "/_cat/cluster_manager?format=json", node=node)[0]["node"]
        return [each.name for each in self.nodes].index(name)

    def wait_for(self, status: str = "green", *, node: int = 0, nodes: int | None = None) -> None:
        """Returns when a node says that the cluster has this health (or better) and so many nodes."""
        until = time.monotonic() + START_SECONDS
        path = f"/_cluster/health?wait_for_status={status}&wait_for_nodes={nodes or self.count}&timeout=2s"
        while time.monotonic() < until:
            if not self.nodes[node].runs:
                raise AssertionError(f"node {node} has ended:\n{self.nodes[node].told()}")
            try:
                if not self.call("GET", path, node=node, seconds=10)["timed_out"]:
                    return
            except (OSError, http.Refusal):
                time.sleep(PAUSE)
        raise AssertionError(f"the cluster did not get {status}:\n" + "\n".join(each.told() for each in self.nodes))

    def _launch(self, number: int, jars: Jars) -> None:
        node = self.nodes[number]
        assert not node.runs, f"{node.name} is running"
        node.home.mkdir(parents=True, exist_ok=True)
        stated = (f"{key}={value}" for key, value in (self._common(node) | dict(self.settings)).items())
        command = (
            "java", f"-Xms{self.heap}", f"-Xmx{self.heap}", "-XX:+UseSerialGC", "-XX:-UsePerfData",
            f"-Djava.io.tmpdir={node.home}", "-Dio.netty.noUnsafe=true", "-Dlog4j2.disable.jmx=true",
            "-Dlog4j.shutdownHookEnabled=false", f"-Dbackfile.plugins={SECURITY if self.tls else ''}", *self.java,
            "-cp", jars.class_path, "NodeMain", str(node.home), *stated,
        )  # fmt: skip
        with (node.home / "node.log").open("ab") as log:
            node.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=node.home)

    def _common(self, node: Node) -> dict[str, str]:
        settings = {
            "cluster.name": f"backfile-{os.getpid()}-{self.nodes[0].port}",
            "node.name": node.name,
            "network.host": "127.0.0.1",
            "http.port": str(node.port),
            "transport.port": str(node.transport),
            "node.roles": "cluster_manager,data,ingest",
            "action.auto_create_index": "false",
            "action.destructive_requires_name": "true",
            "bootstrap.memory_lock": "false",
            "cluster.routing.allocation.disk.threshold_enabled": "false",  # how full the tester's disk is, is no matter
            # The serial collector leaves garbage lie until there is no room, which the breaker would take for use.
            "indices.breaker.total.use_real_memory": "false",
        }
        if self.count == 1:
            return settings | {"discovery.type": "single-node"}
        return settings | {
            "discovery.type": "zen",
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{each.transport}" for each in self.nodes),
            "cluster.initial_cluster_manager_nodes": ",".join(each.name for each in self.nodes),
            "discovery.initial_state_timeout": "0s",
        }

    def _have_modules(self) -> None:
        told = self.call("GET", "/_nodes/plugins")["nodes"].values()
        names = {each["classname"].rpartition(".")[2] for node in told for each in node["plugins"] + node["modules"]}
        assert set(MODULES) <= names, f"left out by the runner: {sorted(set(MODULES) - names)}"

    def _process(self, number: int) -> subprocess.Popen[bytes]:
        process = self.nodes[number].process
        assert process is not None, f"node {number} was never started"
        return process

    def _release(self, number: int) -> None:
        node = self.nodes[number]
        if node.guard:
            node.guard.kill()
            node.guard.wait()
            if node.guard.stdin:
                node.guard.stdin.close()
            node.guard = None


def _free_ports(number: int) -> list[int]:
    found: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == number:
            break
    return found
