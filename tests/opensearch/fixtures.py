"""A real OpenSearch for whichever test asks: one node for all of a run, or a cluster of the test's own.

`BACKFILE_TEST_OPENSEARCH_URL` names a cluster to be used in place of the one node. Where Java, Maven or the jars cannot
be had, these tests are skipped and say why; where `CI` is set and the programs are there, that is a failure.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.opensearch import http
from tests.opensearch.cluster import Cluster
from tests.opensearch.jars import PROGRAMS, NotToBeHad, provide
from tests.opensearch.secured import Secured, secured

GIVEN = "BACKFILE_TEST_OPENSEARCH_URL"
FIXTURES = frozenset({"clusters", "opensearch", "opensearch_url", "secured_node"})


@dataclass(frozen=True, slots=True)
class Server:
    """A server, and the beginning of all names that a test may use there: what it left behind is removed."""

    url: str
    prefix: str

    def call(self, method: str, path: str, body: object = None) -> Any:
        """What the server answers to a request of the test's own."""
        return http.call(self.url, method, path, body)

    def count(self) -> int:
        """How many documents there are under the prefix, once what was written can be seen."""
        self.call("POST", f"/{self.prefix}*/_refresh")
        found: int = self.call("GET", f"/{self.prefix}*/_count")["count"]
        return found

    def indices(self) -> list[str]:
        """The names of the indices under the prefix, sorted."""
        return sorted(self.call("GET", f"/{self.prefix}*?expand_wildcards=all"))

    def clear(self) -> None:
        """Removes what begins with the prefix: indices with their aliases, templates."""
        for name in self.indices():
            self.call("DELETE", f"/{name}")
        for each in self.call("GET", "/_index_template")["index_templates"]:
            if each["name"].startswith(self.prefix):
                self.call("DELETE", f"/_index_template/{each['name']}")
        for each in self.call("GET", "/_component_template")["component_templates"]:
            if each["name"].startswith(self.prefix):
                self.call("DELETE", f"/_component_template/{each['name']}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for a server belongs to the tests that start servers, marked so or not."""
    for item in items:
        if isinstance(item, pytest.Function) and FIXTURES & set(item.fixturenames):
            item.add_marker(pytest.mark.server)


@pytest.fixture(scope="session")
def opensearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that all tests of a run share, without a slash at its end."""
    if given := os.environ.get(GIVEN):
        yield given.rstrip("/")
        return
    have_jars()
    with Cluster(tmp_path_factory.mktemp("opensearch")) as cluster:
        yield cluster.url


@pytest.fixture
def opensearch(opensearch_url: str) -> Iterator[Server]:
    """The server with names of the test's own, so that tests do not meet."""
    server = Server(opensearch_url, f"test-{uuid.uuid4().hex[:12]}-")
    yield server
    server.clear()


@pytest.fixture
def clusters(tmp_path: Path) -> Iterator[Callable[..., Cluster]]:
    """Starts a cluster of the test's own, which ends with the test: `clusters(nodes=3, heap="512m", settings={…})`."""
    have_jars()
    with ExitStack() as stack:

        def start(nodes: int = 1, *, heap: str = "512m", settings: dict[str, str] | None = None) -> Cluster:
            folder = tmp_path / f"cluster-{uuid.uuid4().hex[:6]}"
            return stack.enter_context(Cluster(folder, nodes, heap, settings or {}))

        yield start


@pytest.fixture(scope="session")
def secured_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A node with TLS, users and permissions that all tests of a run share."""
    have_jars(security=True)
    with secured(tmp_path_factory.mktemp("secured")) as node:
        yield node


def have_jars(*, security: bool = False) -> None:
    """Skips the test where there can be no node, or fails it where there ought to be one."""
    try:
        provide(security=security)
    except NotToBeHad as error:
        if os.environ.get("CI") and all(shutil.which(program) for program in PROGRAMS):
            pytest.fail(f"{error} (CI is set: not skipped)", pytrace=False)
        pytest.skip(str(error))
