"""A server before the server: real TLS with whatever certificate a test gives it, or whatever a test wants said."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

Talk = Callable[[socket.socket], None]
Change = Callable[[bytes], bytes]  # of a piece of what is said


def _as_it_is(data: bytes) -> bytes:
    return data


def forwarding(url: str, asked: Change = _as_it_is, answered: Change = _as_it_is) -> Talk:
    """Hands on every byte to the server of that address, and back, changed as the test wants it."""
    parts = urlsplit(url)

    def talk(client: socket.socket) -> None:
        with socket.create_connection((parts.hostname or "", parts.port or 80)) as server:
            back = threading.Thread(target=_pump, args=(server, client, answered), daemon=True)
            back.start()
            _pump(client, server, asked)
            back.join()

    return talk


def saying(answer: bytes) -> Talk:
    """Answers every request, whose body is not waited for, with these bytes, and ends the connection."""

    def talk(client: socket.socket) -> None:
        client.recv(1 << 16)
        client.sendall(answer)

    return talk


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """An answer in HTTP."""
    lines = [f"HTTP/1.1 {status}", "content-type: application/json", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def tls(certificate: tuple[Path, Path], *, clients: Path | None = None) -> ssl.SSLContext:
    """How a server speaks TLS; `clients` is the authority of certificates that clients must have."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    return context


@contextmanager
def serving(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server on loopback that talks so with every client."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, talk, context), daemon=True).start()
        yield f"{'https' if context else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)  # else `accept` waits for ever


def _serve(listening: socket.socket, talk: Talk, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_attend, args=(client, talk, context), daemon=True).start()


def _attend(client: socket.socket, talk: Talk, context: ssl.SSLContext | None) -> None:
    with client, suppress(OSError):
        spoken = context.wrap_socket(client, server_side=True) if context else client
        with spoken:
            talk(spoken)


def _pump(one: socket.socket, other: socket.socket, changed: Change) -> None:
    with suppress(OSError):
        while data := one.recv(1 << 16):
            other.sendall(changed(data))
    with suppress(OSError):
        other.shutdown(socket.SHUT_RDWR)
