"""Talks to the servers of an OpenSearch cluster: one deadline for each request, and one line for people when it fails.

Nothing is sent again but what can be: what no server can have got, and what only reads.
"""

import json
import logging
import sys
import time
from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import Any

from backfile.credentials import credentials
from backfile.servers import Servers
from index.engine import Closing
from index.opensearch_errors import (
    Answer,
    NotAllowed,
    NotTrusted,
    OtherServer,
    RequestFailed,
    Silence,
    refusal,
    unreachable,
)
from index.opensearch_node import Node, Params, Request, tls

__all__ = ["Client", "NotAllowed", "NotTrusted", "OtherServer", "Params", "RequestFailed", "Servers", "connect"]

log = logging.getLogger(__name__)

OLDEST = (2, 4)  # the first with points in time, by which results are paged
BULK_SECONDS = 120.0  # a server itself waits for up to 60 until it can write
_FIRST = 0.5  # of the time that is left, before another server is asked
_AT_WORK = 0.9  # of the time for an answer; the rest is for the way, and for what all shards' answers are made one of
_RETIRED = 30.0  # seconds for which a server that did not answer is asked last


class Client(Closing):
    """The servers of one cluster. May be used by several threads."""

    def __init__(self, nodes: list[Node], who: str, seconds: float) -> None:
        self._nodes = nodes
        self._who = who  # for people
        self._seconds = seconds  # for one request, where nothing else is said
        self._turn = count()
        self._silent: dict[str, float] = {}  # server → when it did not answer

    def __repr__(self) -> str:
        """Where it speaks to, and nothing else."""
        return f"Client({', '.join(node.url for node in self._nodes)})"

    def __getstate__(self) -> object:
        """Raises, as what is pickled is stored somewhere."""
        raise TypeError("a client holds credentials and is not written down")

    @property
    def search_seconds(self) -> float:
        """What a server may take for what only reads, so that its answer comes before another one is asked."""
        return self._seconds * _AT_WORK * (_FIRST if len(self._nodes) > 1 else 1)

    def close(self) -> None:
        """Ends its connections."""
        for node in self._nodes:
            node.close()

    def get(self, path: str, params: Params | None = None) -> dict[str, Any]:
        """What stands there."""
        return self._send(Request("GET", path, None, params or {}, again=True))

    def exists(self, path: str) -> bool:
        """Whether something stands there."""
        try:
            self._send(Request("HEAD", path, again=True))
        except RequestFailed as error:
            if error.status == 404:
                return False
            raise
        return True

    def put(self, path: str, body: object = None, params: Params | None = None) -> dict[str, Any]:
        """The answer to what is put there."""
        return self._send(Request("PUT", path, body, params or {}))

    def post(self, path: str, body: object = None, params: Params | None = None) -> dict[str, Any]:
        """The answer to what is asked to be done."""
        return self._send(Request("POST", path, body, params or {}))

    def delete(self, path: str, body: object = None, params: Params | None = None) -> dict[str, Any]:
        """The answer to its being taken away."""
        return self._send(Request("DELETE", path, body, params or {}))

    def search(
        self, path: str, body: object, params: Params | None = None, *, seconds: float | None = None
    ) -> dict[str, Any]:
        """As `post`, for what only reads (`/INDEX/_search`, `_count`, `_msearch` …): another server may be asked."""
        return self._send(Request("POST", path, body, params or {}, again=True), seconds)

    def bulk(self, body: bytes, params: Params | None = None) -> dict[str, Any]:
        """The answer to lines of actions and documents, which are sent once; it says what became of each."""
        return self._send(Request("POST", "/_bulk", body, params or {}), BULK_SECONDS)

    def _send(self, request: Request, seconds: float | None = None) -> dict[str, Any]:
        """The answer, an object of JSON; empty where there is none.

        A server that cannot have got the request is passed over. What one may have got and does not answer goes to the
        next one only where that can do no harm, after half of the time that is left.

        Raises:
            RequestFailed: an answer that is none of success, or none in time.
            NotAllowed, NotTrusted: no later attempt changes it.
        """
        content, headers = request.content()
        until = time.monotonic() + (seconds or self._seconds)
        silences: list[Silence] = []
        nodes = self._order()
        for number, node in enumerate(nodes):
            left = until - time.monotonic()
            if left <= 0:
                break
            is_last = number == len(nodes) - 1
            answer = node.ask(request, content, headers, left * _FIRST if request.again and not is_last else left)
            if isinstance(answer, Answer):
                self._silent.pop(node.url, None)
                return self._checked(answer, request)
            log.info("%s: %s: %s", request, answer.url, answer.why)
            self._silent[node.url] = time.monotonic()
            silences.append(answer)
            if answer.sent and not request.again:
                break
        raise unreachable(silences)

    def _order(self) -> list[Node]:
        """All servers, another one first each time; those that did not answer lately come last."""
        first = next(self._turn) % len(self._nodes)
        lately = time.monotonic() - _RETIRED
        turned = self._nodes[first:] + self._nodes[:first]
        return sorted(turned, key=lambda node: self._silent.get(node.url, lately) > lately)

    def _checked(self, answer: Answer, request: Request) -> dict[str, Any]:
        if not 200 <= answer.status < 300:
            raise refusal(answer, str(request), self._who)
        if not answer.body:
            return {}
        try:
            told = json.loads(answer.body)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise OtherServer(f"what answers at {answer.url} is no OpenSearch: it sends no object of JSON")
        return told


def connect(servers: Servers) -> Client:
    """A client of these servers, of which one has answered and is new enough.

    Raises:
        ConfigError: credentials or certificates are not as they have to be.
        RequestFailed: no server answers.
        NotAllowed, NotTrusted, OtherServer: it is not the one that is wanted, or does not want us.
    """
    for url in servers.urls:
        if not url.is_private:
            _warn(f"{url} is spoken to without encryption: everybody in between can read articles and passwords")
    context = tls(servers) if any(url.scheme == "https" for url in servers.urls) else None
    who = credentials(servers)
    client = Client([Node(url, context, who.header) for url in servers.urls], who.told, servers.seconds)
    try:
        _check(client.get("/"), str(servers.urls[0]))
    except BaseException:
        client.close()
        raise
    return client


@cache
def _warn(text: str) -> None:
    """Tells people, once in a process, whatever is done with logs."""
    sys.stderr.write(f"backfile: {text}\n")


def _check(told: Mapping[str, Any], url: str) -> None:
    version = told.get("version")
    number = version.get("number") if isinstance(version, dict) else None
    if not isinstance(version, dict) or not isinstance(number, str):
        raise OtherServer(f"what answers at {url} is no OpenSearch")
    if version.get("distribution") != "opensearch":
        raise OtherServer(f"what answers at {url} is no OpenSearch, but version {number[:20]!r} of something like it")
    parts = number.split(".")
    if [int(part) if part.isdecimal() else 0 for part in parts[:2]] < list(OLDEST):
        raise OtherServer(f"OpenSearch {'.'.join(map(str, OLDEST))} or newer is needed; at {url} is {number[:20]!r}")
