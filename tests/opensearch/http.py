"""Requests of a test's own to a server, with nothing of what is tested in between."""

import json
import ssl
import urllib.error
import urllib.request
from typing import Any


class Refusal(Exception):
    """An answer that is an error: its status and what was said."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status}: {said[:500]}")
        self.status = status
        self.said = said


def call(
    url: str, method: str, path: str, body: object = None, *, seconds: float = 60, tls: ssl.SSLContext | None = None
) -> Any:
    """The answer as JSON; the body is sent as JSON, or as it is where it is bytes (NDJSON).

    Raises:
        Refusal: the server says no.
        OSError: it says nothing.
    """
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    kind = "application/x-ndjson" if isinstance(body, bytes) else "application/json"
    request = urllib.request.Request(url + path, data, {"Content-Type": kind}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=seconds, context=tls) as answer:
            said = answer.read()
    except urllib.error.HTTPError as error:
        with error:
            raise Refusal(error.code, error.read().decode(errors="replace")) from None
    return json.loads(said) if said else None
