"""What a server's refusal or silence is called: one line for people, and what a program needs to decide.

A server repeats in its answers what it was sent, articles and queries with it (`Preview of field's value: …`). So no
answer is quoted: only its status, the kind of its error and, of a refused user, the missing permissions.
"""

import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backfile.errors import ServiceUnavailable

_KIND = re.compile(r"[\w.-]{1,80}")
_MISSING = re.compile(r"no permissions for \[([\w:/*.\[\]>, -]{1,300})\] and User")
_SECONDS = re.compile(r"\d{1,6}")
_DOCS = "docs/opensearch.md"


class RequestFailed(ServiceUnavailable):
    """A request that was answered as a whole with something other than success, or not at all."""

    def __init__(
        self,
        status: int | None,
        kind: str = "",
        reason: str = "",
        *,
        retry_after: float | None = None,
        told: str = "",
    ) -> None:
        super().__init__(told or f"OpenSearch: {status or 'no answer'} {kind}".rstrip())
        self.status = status  # None: no answer came; what became of the request is unknown
        self.kind = kind  # the server's word for it, `circuit_breaking_exception`, or the client's
        self.reason = reason  # the server's sentence; not for people, as it may quote a document
        self.retry_after = retry_after  # seconds, when it asked for them


class NotAllowed(ServiceUnavailable):
    """The servers do not know the user, or do not let it do this; no later attempt changes that."""


class NotTrusted(ServiceUnavailable):
    """The servers did not prove who they are, so nothing was sent to them; no later attempt changes that."""


class OtherServer(ServiceUnavailable):
    """What answers there is no OpenSearch, or one that is too old."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Why there was no answer from one server."""

    url: str
    why: str
    sent: bool  # whether it may have got the request, and done what it says
    distrusted: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What one server answered."""

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)  # names in lower case
    body: bytes = field(repr=False)


def refusal(answer: Answer, request: str, who: str) -> ServiceUnavailable:
    """The error for an answer that is none of success; `request` is what people are told was asked for."""
    kind, reason = _error_in(answer.body)
    status, url = answer.status, answer.url
    if status == 401:
        return NotAllowed(f"OpenSearch at {url} does not let in {who} (401); {_DOCS} says where credentials belong")
    if status == 403 and kind in {"", "security_exception"}:
        missing = _MISSING.search(answer.body.decode(errors="replace"))  # it may stand at a shard
        lacks = f"the permission {missing[1]} is missing" if missing else "a permission is missing"
        return NotAllowed(f"OpenSearch does not let {who} {request}: {lacks} (403); {_DOCS} lists what is needed")
    asked = answer.headers.get("retry-after", "")
    return RequestFailed(
        status,
        kind,
        reason,
        retry_after=float(asked) if _SECONDS.fullmatch(asked) else None,
        told=f"OpenSearch at {url} answers {request} with {status}{f', {kind}' if kind else ''}{_meaning(kind)}",
    )


_PARTS = "not all parts of the index answered, and what the others have would be a part, and is not shown"
_MEANING = {
    "search_phase_execution_exception": _PARTS,
    "no_shard_available_action_exception": _PARTS,
    "cluster_manager_not_discovered_exception": "too few servers see each other to have a manager",
    "circuit_breaking_exception": "the servers have too little memory for it",
    "rejected_execution_exception": "the servers have too much to do at the moment",
    "process_cluster_event_timeout_exception": "the servers have too much to do at the moment",
}
_MEANING["master_not_discovered_exception"] = _MEANING["cluster_manager_not_discovered_exception"]  # its older name


def _meaning(kind: str) -> str:
    return f": {_MEANING[kind]}" if kind in _MEANING else ""


def unreachable(silences: list[Silence]) -> ServiceUnavailable:
    """The error when no server answered."""
    each = "; ".join(f"{silence.url}: {silence.why}" for silence in silences)
    if any(silence.distrusted for silence in silences):
        return NotTrusted(f"OpenSearch is not spoken to: {each}")
    if not all(silence.sent for silence in silences):
        each += "; does it run there, as `urls` under [opensearch] says?"
    return RequestFailed(None, "unreachable", told=f"OpenSearch cannot be reached: {each}")


def _error_in(body: bytes) -> tuple[str, str]:
    """Kind and sentence of the error in an answer; empty where it has none, as a proxy's."""
    try:
        told: Any = json.loads(body)
        error = told["error"]
        if isinstance(error, str):  # of the security plugin, or of paths that do not exist
            return "", error
        kind, reason = error.get("type"), error.get("reason")
        roots = error.get("root_cause")
        if kind == "search_phase_execution_exception" and isinstance(roots, list) and roots:
            kind, reason = roots[0].get("type"), roots[0].get("reason")  # what the shards said
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return "", ""
    named = _KIND.fullmatch(kind) if isinstance(kind, str) else None
    return named[0] if named else "", reason if isinstance(reason, str) else ""


# OpenSSL's numbers (x509_vfy.h) for what people can do something about.
_CERTIFICATE = {
    9: "its certificate is not valid yet; is the clock of this machine right?",
    10: "its certificate has expired",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
    **dict.fromkeys(
        (2, 18, 19, 20, 21),
        "nobody known here vouches for its certificate; name the authority's: `ca` under [opensearch]",
    ),
}
_PLAIN = ("wrong version number", "record layer failure", "http request", "packet length too long")
_OURS_WANTED = ("certificate required", "bad certificate", "unknown ca", "certificate expired")
_NOTHING_COMMON = ("protocol version", "unsupported protocol", "handshake failure", "no shared cipher", "no ciphers")


def distrust(error: ssl.SSLError) -> str | None:
    """Why no encrypted connection came about; None: one did, and the request may have been sent before it failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATE.get(error.verify_code, f"its certificate is not valid: {error.verify_message}")
    reason = (error.reason or "").replace("_", " ").lower()
    if any(words in reason for words in _PLAIN):
        return "it does not speak TLS; is it http://?"
    if any(words in reason for words in _OURS_WANTED):
        return f"it wants another certificate of ours: `client_cert` and `client_key` under [opensearch] ({reason})"
    if any(words in reason for words in _NOTHING_COMMON):
        return f"it speaks no TLS that is taken here, 1.2 or newer ({reason})"
    return None
