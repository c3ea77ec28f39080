"""Connections to one server of a cluster: TLS that is verified, what is sent, what comes back in time.

The client library makes connections; its own ways of sending again, of logging and of raising are not used, as they
send again what may have been done, log whole articles, and put answers into errors. It is imported here only.
"""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import urllib3
from opensearchpy.connection import Urllib3HttpConnection
from urllib3 import exceptions

from backfile.credentials import refuse_shared
from backfile.errors import ConfigError
from backfile.servers import Address, Servers
from index.opensearch_errors import Answer, Silence, distrust

CONNECT_SECONDS = 5.0  # until a server takes a connection
LONGEST_ANSWER = 256 << 20  # bytes; a page of 10,000 texts has some 50 MB
_CHUNK = 1 << 16
_LARGE = 1 << 16  # bytes of a request that take time to be sent
_CONNECTIONS = 8  # to one server that are kept

# A server that wants a certificate of ours may say so too late to be heard.
_ENDED_TLS = "the encrypted connection ended without an answer; does it want a `client_cert`, as under [opensearch]?"

Params = Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a server."""

    method: str
    path: str
    body: object = field(default=None, repr=False)  # bytes are sent as they are, lines of JSON; else it is made JSON
    params: Params = field(default_factory=dict, repr=False)
    again: bool = False  # whether it may be sent to another server when one may have got it and does not answer

    def __str__(self) -> str:
        """For people: without what is asked for."""
        return f"{self.method} {self.path}"

    @property
    def target(self) -> str:
        """The path with its parameters."""
        words = {key: str(value).lower() if isinstance(value, bool) else value for key, value in self.params.items()}
        path = quote(self.path, safe="/*,")
        return f"{path}?{urlencode(words)}" if words else path

    def content(self) -> tuple[bytes | None, dict[str, str]]:
        """The bytes to send and their type, as headers."""
        if self.body is None:
            return None, {}
        if isinstance(self.body, bytes):
            return self.body, {"content-type": "application/x-ndjson"}
        text = json.dumps(self.body, allow_nan=False, separators=(",", ":"))
        return text.encode(), {"content-type": "application/json"}


def tls(servers: Servers) -> ssl.SSLContext:
    """How TLS is spoken: the server's certificate and name are always looked at."""
    try:
        context = ssl.create_default_context(cafile=servers.ca)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"{servers.ca} (ca): {_why(error)}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if servers.client_cert:
        key = servers.client_key or servers.client_cert
        refuse_shared(key, "client_key" if servers.client_key else "client_cert")
        try:
            context.load_cert_chain(servers.client_cert, key, password=lambda: b"")  # nobody is asked at a terminal
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"{servers.client_cert}, {key} (client_cert, client_key): {_why(error)}; wanted: a certificate and its "
                "key, without a password, in PEM"
            ) from None
    return context


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return "it is no certificate in PEM" if not error.reason else error.reason.replace("_", " ").lower()
    return error.strerror or type(error).__name__


class Node(Urllib3HttpConnection):
    """Connections to one server. The library makes them; what goes over them is ours."""

    def __init__(self, url: Address, context: ssl.SSLContext | None, authorization: str | None) -> None:
        self.url = str(url)
        self._folder = url.folder
        super().__init__(
            host=url.host,
            port=url.port,
            use_ssl=url.scheme == "https",
            ssl_context=context if url.scheme == "https" else None,
            headers={"authorization": authorization} if authorization else None,
            opaque_id="backfile",  # by which operators know us in the logs of slow queries
            pool_maxsize=_CONNECTIONS,
        )
        self.headers.pop("content-type")
        self.headers["accept"] = "application/json"

    def ask(
        self, request: Request, content: bytes | None, headers: Mapping[str, str], seconds: float
    ) -> Answer | Silence:
        """The answer, or why there is none in so many seconds."""
        until = time.monotonic() + seconds
        # The library sends within the time that a connection may take to be made; what is large needs more.
        connecting = seconds if content and len(content) > _LARGE else min(seconds, CONNECT_SECONDS)
        try:
            response = self.pool.urlopen(
                request.method,
                self._folder + request.target,
                content,
                headers={**self.headers, **headers},
                retries=False,
                redirect=False,
                timeout=urllib3.Timeout(connect=connecting, read=seconds),
                pool_timeout=seconds,
                preload_content=False,
            )
            body = _whole(response, until)
        except _TooLong:
            return Silence(self.url, f"an answer of more than {LONGEST_ANSWER >> 20} MB", sent=True)
        except (exceptions.HTTPError, OSError) as error:
            return self._silence(error, seconds)
        return Answer(self.url, response.status, {name.lower(): text for name, text in response.headers.items()}, body)

    def _silence(self, error: Exception, seconds: float) -> Silence:
        causes = _causes(error)
        broken = next((each for each in causes if isinstance(each, ssl.SSLError)), None)
        if broken:
            told = distrust(broken)
            return Silence(self.url, told or _ENDED_TLS, sent=told is None, distrusted=told is not None)
        match error:
            case exceptions.NameResolutionError():
                return Silence(self.url, "there is no such host", sent=False)
            case exceptions.NewConnectionError():
                return Silence(self.url, _words(causes), sent=False)
            case exceptions.ConnectTimeoutError():
                return Silence(self.url, "it takes no connection", sent=False)
        if any(isinstance(each, exceptions.TimeoutError | TimeoutError) for each in causes):
            return Silence(self.url, f"no answer within {seconds:.0f} s", sent=True)
        return Silence(self.url, _words(causes), sent=True)


class _TooLong(Exception):
    """More was answered than is taken."""


def _whole(response: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """The body, and the connection given back; ended where it is not whole."""
    try:
        body = _read(response, until)
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return body


def _read(response: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """The whole body, if it comes in time."""
    chunks: list[bytes] = []
    size = 0
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock = getattr(response.connection, "sock", None)
        if sock is not None:
            sock.settimeout(left)
        chunk = response.read1(_CHUNK)
        if not chunk:
            return b"".join(chunks)
        size += len(chunk)
        if size > LONGEST_ANSWER:
            raise _TooLong
        chunks.append(chunk)


def _words(causes: list[BaseException]) -> str:
    """The system's words for it."""
    said = next((each.strerror for each in causes if isinstance(each, OSError) and each.strerror), None)
    return said.lower() if said else "the connection ended without an answer"


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it was made of, outermost first."""
    found: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting and len(found) < 20:
        each = waiting.pop(0)
        if each in found:
            continue
        found.append(each)
        within = [*each.args, each.__cause__, each.__context__, getattr(each, "reason", None)]
        waiting += [one for one in within if isinstance(one, BaseException)]
    return found
