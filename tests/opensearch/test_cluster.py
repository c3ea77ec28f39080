"""The server that tests are given is a real one, and goes away with them."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.living import is_there
from tests.opensearch import fixtures, http, jars
from tests.opensearch.cluster import STOP_SECONDS, Cluster
from tests.opensearch.fixtures import Server

ROOT = Path(__file__).parents[2]
Start = Callable[..., Cluster]


def test_the_server_is_opensearch(opensearch: Server) -> None:
    version = opensearch.call("GET", "/")["version"]

    assert version["distribution"] == "opensearch"


def test_names_of_one_test_are_taken_away_behind_it(opensearch: Server) -> None:
    opensearch.call("PUT", f"/{opensearch.prefix}a")
    opensearch.call("PUT", f"/_index_template/{opensearch.prefix}t", {"index_patterns": [f"{opensearch.prefix}*"]})

    opensearch.clear()

    assert opensearch.indices() == []
    with pytest.raises(http.Refusal, match="404"):
        opensearch.call("GET", f"/_index_template/{opensearch.prefix}t")


def test_a_cluster_of_three_goes_on_without_its_manager_and_takes_it_back(clusters: Start) -> None:
    cluster = clusters(3)
    cluster.call("PUT", "/kept", {"settings": {"number_of_replicas": 2}})
    cluster.call("PUT", "/kept/_doc/1?refresh=true&wait_for_active_shards=3", {"a": 1})
    dead = cluster.manager()
    other = (dead + 1) % 3

    cluster.kill(dead)
    cluster.wait_for("yellow", node=other, nodes=2)

    assert cluster.manager(node=other) != dead
    assert cluster.call("GET", "/kept/_doc/1", node=other)["_source"] == {"a": 1}

    cluster.start(dead)
    cluster.wait_for("green", node=dead)

    assert cluster.call("GET", "/kept/_doc/1", node=dead)["_source"] == {"a": 1}


def test_a_node_that_is_stopped_keeps_its_data_and_a_paused_one_says_nothing(clusters: Start) -> None:
    cluster = clusters(settings={"http.max_content_length": "1mb"})
    cluster.call("PUT", "/kept")
    cluster.call("PUT", "/kept/_doc/1", {"a": 1})

    cluster.pause(0)
    with pytest.raises(OSError, match="timed out"):
        cluster.call("GET", "/kept/_doc/1", seconds=1)
    cluster.resume(0)

    assert cluster.call("GET", "/kept/_doc/1")["found"]
    with pytest.raises(http.Refusal, match="413"):
        cluster.call("PUT", "/kept/_doc/2", {"a": "x" * (1 << 20)})

    cluster.stop(0)
    cluster.start(0)
    cluster.wait_for("yellow")

    assert cluster.call("GET", "/kept/_doc/1")["found"]


@pytest.mark.parametrize("paused", [False, True])
def test_nodes_end_when_the_tests_are_killed(opensearch_url: str, tmp_path: Path, *, paused: bool) -> None:
    script = f"""
        from pathlib import Path
        from tests.opensearch.cluster import Cluster
        import os, signal
        with Cluster(Path({str(tmp_path)!r})) as cluster:
            if {paused}:
                cluster.pause(0)
            print(cluster.nodes[0].process.pid, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == -signal.SIGKILL, done.stderr
    assert _ends(int(done.stdout))


def _ends(pid: int) -> bool:
    until = time.monotonic() + STOP_SECONDS
    while is_there(pid) and time.monotonic() < until:
        time.sleep(0.1)
    return not is_there(pid)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(jars.NotToBeHad, match="not installed: java, javac, mvn"):
        jars.provide()


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_jars_that_cannot_be_had_skip_a_test_or_fail_it_under_ci(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for program in jars.PROGRAMS:
        (tmp_path / program).write_text("#!/bin/sh\necho no line to the outside\nexit 1\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(jars, "TARGET", tmp_path / "target")

    with pytest.raises(outcome, match="mvn failed: no line to the outside"):
        fixtures.have_jars()
