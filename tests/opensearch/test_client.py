"""What the client makes of servers that answer, refuse, are silent, broken, or other ones."""

import pickle
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backfile.errors import ServiceUnavailable
from backfile.servers import servers
from index import opensearch_node
from index.opensearch_client import Client, NotAllowed, NotTrusted, OtherServer, RequestFailed, connect
from tests.opensearch import proxy
from tests.opensearch.certificates import Authority
from tests.opensearch.cluster import Cluster
from tests.opensearch.fixtures import Server

WORD = "Korbesel"  # of an article; must be in no error
ROOT = b'{"version": {"distribution": "opensearch", "number": "2.19.1"}}'


def client_of(*urls: str, seconds: int = 30, **options: object) -> Client:
    return connect(
        servers({"urls": list(urls), "prefix": "x", "seconds": seconds, **options}, "test", beside=Path("/"))
    )


@pytest.fixture
def client(opensearch: Server) -> Any:
    with client_of(opensearch.url) as made:
        yield made


def test_what_is_put_is_there_until_it_is_taken_away(client: Client, opensearch: Server) -> None:
    index = f"/{opensearch.prefix}a"
    client.put(index, {"mappings": {"dynamic": "strict", "properties": {"word": {"type": "keyword"}}}})
    lines = b'{"index": {"_index": "%sa", "_id": "1"}}\n{"word": "%s"}\n' % (opensearch.prefix.encode(), WORD.encode())

    assert client.exists(index)
    assert client.bulk(lines, {"refresh": True})["errors"] is False
    found = client.search(f"{index}/_search", {"query": {"term": {"word": WORD}}}, {"track_total_hits": True})
    assert found["hits"]["total"] == {"value": 1, "relation": "eq"}
    assert client.get(f"{index}/_doc/1")["_source"] == {"word": WORD}
    client.delete(index)
    assert not client.exists(index)


ODD = {"mappings": {"properties": {WORD: {"type": WORD}}}}


@pytest.mark.parametrize(
    ("ask", "status", "kind"),
    [
        (lambda client, index: client.get(f"{index}/_doc/1"), 404, "index_not_found_exception"),
        (lambda client, index: client.search("/_search", {"query": {WORD: {}}}), 400, "parsing_exception"),
        (lambda client, index: client.put(f"{index}A"), 400, "invalid_index_name_exception"),
        (lambda client, index: client.put(index, ODD), 400, "mapper_parsing_exception"),
    ],
)
def test_a_refusal_is_one_line_with_nothing_of_what_was_sent(
    client: Client, opensearch: Server, ask: Callable[[Client, str], object], status: int, kind: str
) -> None:
    with pytest.raises(RequestFailed) as error:
        ask(client, f"/{opensearch.prefix}a")

    assert (error.value.status, error.value.kind, error.value.exit_code) == (status, kind, 5)
    assert str(error.value).startswith(f"OpenSearch at {opensearch.url} answers ")
    assert WORD not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_server_that_is_not_there_is_told_with_its_address() -> None:
    with pytest.raises(ServiceUnavailable) as error:
        client_of("http://127.0.0.1:9", "https://nobody.invalid:9200")

    assert "http://127.0.0.1:9: connection refused" in str(error.value)
    assert "https://nobody.invalid:9200: there is no such host" in str(error.value)
    assert "`urls` under [opensearch]" in str(error.value)


def test_another_server_is_asked_when_one_is_not_there(opensearch: Server) -> None:
    with client_of("http://127.0.0.1:9", opensearch.url) as client:
        for number in range(4):
            client.put(f"/{opensearch.prefix}{number}")  # was not sent to who is not there

    assert len(opensearch.indices()) == 4


def test_a_paused_node_costs_a_search_half_of_its_time_and_a_write_all_of_it(
    opensearch: Server, clusters: Callable[..., Cluster]
) -> None:
    cluster = clusters()
    with client_of(cluster.url, opensearch.url, seconds=4) as client:
        cluster.pause(0)
        answers = [client.search("/_search", {"size": 0}) for _ in range(4)]
        assert all(not answer["timed_out"] for answer in answers)

    cluster.resume(0)
    with client_of(cluster.url, seconds=1) as client:
        cluster.pause(0)
        with pytest.raises(RequestFailed, match=r"no answer within 1 s$") as error:
            client.put("/a", {"mappings": {}})
        assert error.value.status is None
        with pytest.raises(RequestFailed, match="no answer within"):
            client.post("/a/_doc", {"text": "x" * (8 << 20)})  # more than the system keeps for it
        cluster.resume(0)


def test_what_one_server_may_have_got_goes_to_no_other_but_for_a_search() -> None:
    asked: list[bytes] = []

    def talk(client: socket.socket) -> None:
        said = client.recv(1 << 16)
        if said.startswith(b"GET / "):
            client.sendall(proxy.http("200 OK", ROOT))
        else:
            asked.append(said[:4])  # and ends the connection

    with proxy.serving(talk) as one, proxy.serving(talk) as other, client_of(one, other) as client:
        for ask in (client.put, client.post, client.delete, client.get, lambda path: client.search(path, {})):
            asked.clear()
            with pytest.raises(RequestFailed, match="the connection ended without an answer") as error:
                ask("/x-a/_search")
            assert error.value.status is None
            assert len(asked) == (2 if ask not in (client.put, client.post, client.delete) else 1)
        asked.clear()
        with pytest.raises(RequestFailed):
            client.bulk(b"{}\n")
        assert asked == [b"POST"]


BEGUN = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "status": (b"HTTP/1.1 200 O", b"K"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "header": (BEGUN + b"x: ", b"y"),
    "body": (BEGUN + b"content-length: 1000000\r\n\r\n", b" "),
    "size of a chunk": (BEGUN + b"transfer-encoding: chunked\r\n\r\n", b"0"),
    "chunks": (BEGUN + b"transfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
}


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("part", DRIPS)
def test_an_answer_that_never_ends_ends_in_time(tmp_path: Path, part: str, *, encrypted: bool) -> None:
    begun, drop = DRIPS[part]
    authority = Authority(tmp_path)
    context = proxy.tls(authority.issue("node", ("127.0.0.1",))) if encrypted else None
    waited_for: list[str] = []

    def drip(client: socket.socket) -> None:
        client.recv(1 << 16)
        client.sendall(begun)
        for _ in range(600):
            client.sendall(drop)
            time.sleep(0.1)
        waited_for.append("the last drop")

    with proxy.serving(drip, context) as url, pytest.raises(RequestFailed, match="no answer within 1 s"):
        client_of(url, seconds=1, ca=str(authority.file))

    assert waited_for == []


def test_an_answer_that_is_too_long_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensearch_node, "LONGEST_ANSWER", 1 << 20)
    answer = proxy.http("200 OK", b" " * (1 << 20) + ROOT)

    with proxy.serving(proxy.saying(answer)) as url, pytest.raises(RequestFailed, match="an answer of more than 1 MB"):
        client_of(url)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (proxy.http("200 OK", b"<html>"), "is no OpenSearch: it sends no object of JSON"),
        (proxy.http("200 OK", b"[" * 100_000), "is no OpenSearch"),
        (proxy.http("200 OK", b"[]"), "is no OpenSearch"),
        (proxy.http("200 OK", b'{"version": "1"}'), "is no OpenSearch"),
        (proxy.http("200 OK", b'{"version": {"number": "8.17.0"}}'), "is no OpenSearch, but version '8.17.0'"),
        (proxy.http("200 OK", ROOT.replace(b"2.19.1", b"2.3.9")), "OpenSearch 2.4 or newer is needed"),
        (proxy.http("200 OK", ROOT.replace(b"2.19.1", b"1.3.20")), "OpenSearch 2.4 or newer is needed"),
        (proxy.http("301 Moved", b"", "location: http://127.0.0.1:9/"), "answers GET / with 301"),
        (proxy.http("404 Not Found", b"<html>Korbesel"), "answers GET / with 404"),
        (proxy.http("503 Service Unavailable", b"OpenSearch Security not initialized."), "answers GET / with 503"),
        (proxy.http("401 Unauthorized", b"Korbesel"), "does not let in nobody (401)"),
        (proxy.http("403 Forbidden", b"Korbesel"), "does not let nobody GET /: a permission is missing (403)"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "the connection ended without an answer"),
        (b"", "the connection ended without an answer"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", "the connection ended without an answer"),
    ],
)
def test_what_is_no_opensearch_is_told_in_a_line(answer: bytes, told: str) -> None:
    with proxy.serving(proxy.saying(answer)) as url, pytest.raises(ServiceUnavailable) as error:
        client_of(url)

    assert told in str(error.value)
    assert WORD not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_newer_opensearch_is_taken() -> None:
    with proxy.serving(proxy.saying(proxy.http("200 OK", ROOT.replace(b"2.19.1", b"3.1.0-SNAPSHOT")))) as url:
        client_of(url).close()


@pytest.mark.parametrize(("header", "seconds"), [("retry-after: 7", 7.0), ("retry-after: Sun, 06 Nov", None)])
def test_how_long_a_server_wants_to_be_left_alone_is_known(header: str, seconds: float | None) -> None:
    body = b'{"error": {"type": "circuit_breaking_exception", "reason": "Korbesel"}}'
    answer = proxy.http("429 Too Many Requests", body, header)

    with proxy.serving(proxy.saying(answer)) as url, pytest.raises(RequestFailed) as error:
        client_of(url)

    assert (error.value.status, error.value.kind, error.value.retry_after) == (
        429,
        "circuit_breaking_exception",
        seconds,
    )


def test_a_block_of_an_index_is_no_missing_permission() -> None:
    body = b'{"error": {"type": "cluster_block_exception", "reason": "index [x] blocked by: [FORBIDDEN/8/...];"}}'

    with proxy.serving(proxy.saying(proxy.http("403 Forbidden", body))) as url, pytest.raises(RequestFailed) as error:
        client_of(url)

    assert (error.value.status, error.value.kind) == (403, "cluster_block_exception")


def test_the_network_in_the_clear_is_told_loudly_once(capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with pytest.raises(ServiceUnavailable, match="there is no such host"):
            client_of("http://nobody.invalid:9200", unencrypted=True)

    said = "backfile: http://nobody.invalid:9200 is spoken to without encryption: everybody in between can read"
    assert capfd.readouterr().err.count(said) == 1


def test_a_client_is_not_written_down() -> None:
    with proxy.serving(proxy.saying(proxy.http("200 OK", ROOT))) as url, client_of(url) as client:
        with pytest.raises(TypeError, match="credentials"):
            pickle.dumps(client)
        assert repr(client) == f"Client({url})"


def test_errors_say_what_to_do_with_them() -> None:
    assert {issubclass(each, ServiceUnavailable) for each in (NotAllowed, NotTrusted, OtherServer, RequestFailed)} == {
        True
    }
