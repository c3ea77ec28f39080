"""A proxy before a cluster that lets in who has its API key, as hosted services have one."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Gate:
    """Where it answers, and what came by: let in or not."""

    url: str
    passed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@contextmanager
def gate(url: str, key: str, context: ssl.SSLContext) -> Iterator[Gate]:
    """A gate before the server of that address; it speaks TLS, and hands on all but the key."""
    parts = urlsplit(url)

    class Keeper(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # one connection for many requests, as real ones have it

        def handle(self) -> None:
            with suppress(ConnectionError, ssl.SSLError):
                super().handle()

        def attend(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            told = f"{self.command} {self.path}"
            if self.headers.get_all("authorization") != [f"ApiKey {key}"]:
                made.refused.append(told)
                self.answer(401, "application/json", b'{"error": "unauthorized"}')
                return
            made.passed.append(told)
            server = HTTPConnection(parts.hostname or "", parts.port, timeout=120)
            kind = {"content-type": self.headers["content-type"]} if "content-type" in self.headers else {}
            server.request(self.command, self.path, body or None, kind)
            said = server.getresponse()
            self.answer(said.status, said.getheader("content-type", "application/json"), said.read())
            server.close()

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = attend  # noqa: N815  # http.server's names

        def answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Keeper) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        made = Gate(f"https://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()
