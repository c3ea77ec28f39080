"""What a person is told at the command line when servers are slow, partly there, or gone; and that nothing is lost."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.opensearch.cluster import Cluster
from tests.opensearch.fixtures import Server
from tests.opensearch.served import SUBJECTS, Served, ids

ALL = ids(range(1, len(SUBJECTS) + 1))
Start = Callable[..., Cluster]


def archive_on(cluster: Cluster, tmp_path: Path, **section: object) -> Served:
    return Served(tmp_path / "served", {"urls": cluster.urls, "prefix": "news", "replicas": 0, **section})


def finding(served: Served, about: str) -> str:
    """The line of `doctor` about something."""
    lines = served.run("doctor", code=None).out.splitlines()
    return next(" ".join(line.split()) for line in lines if line.split()[1:2] == [about])


def test_servers_that_go_in_the_middle_cost_a_line_and_nothing_else(clusters: Start, tmp_path: Path) -> None:
    cluster = clusters()
    served = archive_on(cluster, tmp_path, seconds=4)
    served.run("ingest")

    assert served.search("Rat") == ALL
    assert finding(served, "servers").startswith("ok servers OpenSearch 2.19.1, 1 node, green: ")

    cluster.pause(0)
    said = served.run("search", "Rat", code=5)
    cluster.resume(0)

    assert said.out == ""
    assert said.error == f"backfile: OpenSearch cannot be reached: {cluster.url}: no answer within 4 s\n"

    cluster.kill(0)
    (served.pile / "9.txt").write_text("Bahnhof wird gebaut\n\n" + "Der Bahnhof von Niederau wird neu gebaut. " * 9)
    does_it_run = "does it run there, as `urls` under [opensearch] says?"
    gone = f"OpenSearch cannot be reached: {cluster.url}: connection refused; {does_it_run}"
    for words in (("search", "Rat"), ("ingest",), ("index", "verify"), ("index", "rebuild"), ("like", "pile/1.html")):
        said = served.run(*words, code=5)
        assert said.error.splitlines()[-1] == f"backfile: {gone}"
        assert "Traceback" not in said.error
    assert finding(served, "servers") == f"fault servers {gone}"
    assert gone in served.run("status").out

    cluster.start(0)
    cluster.wait_for("yellow")
    served.run("ingest")

    assert served.search("Rat") == ALL
    assert served.search("Bahnhof") == {"pile/9.txt"}
    assert "Traceback" not in served.log()


def test_a_part_is_never_shown_as_the_whole(clusters: Start, tmp_path: Path) -> None:
    cluster = clusters(3)
    served = archive_on(cluster, tmp_path, seconds=60)
    served.run("ingest")
    assert served.search("Rat") == ALL
    kept = {shard["node"] for shard in cluster.call("GET", "/_cat/shards/news-*?format=json")}
    assert kept == {"n0", "n1", "n2"}  # else the node that is paused would not be missed
    number = (cluster.manager() + 1) % 3
    left = [url for each, url in enumerate(cluster.urls) if each != number]

    cluster.pause(number)
    served.configure(urls=left, seconds=8)
    said = served.run("search", "Rat", code=5)

    assert said.out == ""
    assert said.error.count("\n") == 1

    cluster.kill(number)
    cluster.wait_for("red", node=(number + 1) % 3, nodes=2)
    said = served.run("search", "Rat", code=5)

    assert said.out == ""
    assert re.search(r"[1-9] of 9 shards are held by no node; what the others have would be a part", said.error)
    assert said.error.count("\n") == 1
    assert finding(served, "servers").startswith("fault servers OpenSearch 2.19.1, 2 nodes, red: ")

    cluster.start(number)
    cluster.wait_for("green")

    assert served.search("Rat") == ALL


def test_copies_without_a_node_are_told(opensearch: Server, tmp_path: Path) -> None:
    served = Served(tmp_path / "served", {"urls": [opensearch.url], "prefix": opensearch.prefix.rstrip("-")})
    served.run("ingest")

    assert served.search("Rat") == ALL
    assert "yellow" in finding(served, "servers")
    assert "copies have no node to lie on; add one, or set replicas under [opensearch]" in finding(served, "servers")


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"urls": ["https://eva:geheim@search.example.org"]}, "an address holds no user, password or key"),
        ({"urls": ["http://search.example.org:9200"]}, "in the clear; write https://"),
        ({"user": "eva"}, "there is no password for the user 'eva'"),
        ({"user": "eva", "password_file": "/none"}, "/none (password_file): No such file or directory"),
    ],
)
def test_a_configuration_that_cannot_be_is_told_in_a_line(
    tmp_path: Path, section: dict[str, object], told: str
) -> None:
    served = Served(tmp_path / "served", {"urls": ["http://127.0.0.1:9"], "prefix": "news", **section})

    said = served.run("ingest", code=2)

    assert told in said.error
    assert said.error.count("\n") == 1
    assert "geheim" not in said.error
