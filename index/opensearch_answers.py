"""What a server's answer to a bulk request means for each document of it, and what people are told of it.

The server answers for every document by itself, and the same status can mean opposite things: 429 is an overload that
passes, or a full disk that does not. What it says about a document may quote it (`Preview of field's value: …`), so
that nothing of that goes further but names of kinds and of fields.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from backfile.errors import BackfileError, DiskTrouble, IndexUnusable, ServiceUnavailable
from index.opensearch_actions import Action
from index.opensearch_errors import RequestFailed


class Sender(Protocol):
    """What a client offers to the bulk loop."""

    def bulk(self, body: bytes) -> Mapping[str, Any]:
        """Sends the lines once, never again by itself, and gives the answer to status 200.

        Raises:
            RequestFailed: any other status, or no answer.
            BackfileError: what no later attempt can change, such as credentials that are refused.
        """


class Meaning(Enum):
    """What becomes of a document."""

    TAKEN = "taken"  # written, or taken out, on all copies that are in step
    THERE = "there"  # the server has this version or a newer one; nothing to do
    AGAIN = "again"  # not now
    REFUSED = "refused"  # never: the document is not as the server wants it
    STOP = "stop"  # not the document's fault, and no waiting helps


@dataclass(frozen=True, slots=True)
class Verdict:
    """The server's answer about one document."""

    meaning: Meaning
    why: str = ""  # for people, without a word of the document
    stopped_by: BackfileError | None = None  # with STOP
    doubtful: bool = False  # with AGAIN: it may have been written on some copies


class NoBulkAnswer(ValueError):
    """The answer is not one to the request that was sent: a proxy's, or one that was cut."""


# About an index or the whole cluster, whatever the status: every further document would hear the same.
_BLOCKS = frozenset({"cluster_block_exception", "index_create_block_exception"})
_CLOSED = "index_closed_exception"
_MISSING = "index_not_found_exception"
_TOO_MANY_SHARDS = "validation_exception"  # documents are validated under other names
_CONFLICT = "version_conflict_engine_exception"

# The beginnings of the server's sentences that name a field of ours. Beginnings only: further on it may quote a text.
_FIELD = re.compile(
    r"(?:failed to parse field \[|mapping set to strict, dynamic introduction of \["
    r"|object mapping for \[|Document contains at least one immense term in field=\")([\w.]{1,80})"
)
_KIND = re.compile(r"[\w-]{1,80}")
_BLOCK = re.compile(r"\[(?:TOO_MANY_REQUESTS|FORBIDDEN)/\d+/([\w ,()/-]{1,100})\]")
_FLOOD = "flood-stage"


def verdicts(answer: Mapping[str, Any], actions: Sequence[Action]) -> list[Verdict]:
    """What the answer says about each document of the request, in its order.

    Raises:
        NoBulkAnswer: it is about other documents, or not such an answer at all.
    """
    items = answer.get("items") if isinstance(answer, Mapping) else None
    if not isinstance(items, list) or len(items) != len(actions):
        raise NoBulkAnswer
    return [_verdict(_said(item), action) for item, action in zip(items, actions, strict=True)]


_TAKEN = Verdict(Meaning.TAKEN)
_THERE = Verdict(Meaning.THERE)


def _said(item: object) -> Mapping[str, Any]:
    """What stands under the name of the action."""
    if not isinstance(item, Mapping) or len(item) != 1:
        raise NoBulkAnswer
    (said,) = item.values()
    if not isinstance(said, Mapping) or not isinstance(said.get("status"), int):
        raise NoBulkAnswer
    return said


def _verdict(said: Mapping[str, Any], action: Action) -> Verdict:
    if said.get("_id") != action.id:
        raise NoBulkAnswer
    status: int = said["status"]
    error = said.get("error")
    gone = action.source is None
    if error is None:  # 404 without an error: what was to be taken out was not there
        return _TAKEN if status < 300 or (gone and status == 404) else Verdict(Meaning.AGAIN, str(status))
    kind, reason = kind_of(error), _text(error, "reason")
    if (gone and kind == _MISSING) or (status == 409 and kind == _CONFLICT):
        return _THERE
    if stop := stopped_by(status, kind, reason, action.index):
        return Verdict(Meaning.STOP, kind, stop)
    if status in {409, 429} or status >= 500:
        return Verdict(Meaning.AGAIN, f"{status} {kind}", doubtful=status >= 500)
    return Verdict(Meaning.REFUSED, _about(error))


def told(failure: RequestFailed) -> str:
    """Status and kind of a failure, or why there was no answer; for a longer sentence."""
    return f"{failure.status} {failure.kind}".rstrip() if failure.status else str(failure)


def kind_of(error: object) -> str:
    """The server's word for an error."""
    found = _KIND.fullmatch(_text(error, "type"))
    return found[0] if found else "error"


def stopped_by(status: int, kind: str, reason: str, index: str = "") -> BackfileError | None:
    """The line for the operator when no waiting and no other document can help; else None."""
    where = f"the index {index}" if index else "the cluster"
    found: BackfileError | None = None
    if kind in _BLOCKS and status in {403, 429}:
        found = _blocked(where, reason)
    elif index and kind == _CLOSED:
        found = IndexUnusable(f"OpenSearch: {where} is closed; open it (`POST {index}/_open`), then run this again")
    elif index and kind == _MISSING:
        found = IndexUnusable(f"OpenSearch: {where} is gone; run `backfile index rebuild`")
    elif index and kind == _TOO_MANY_SHARDS:
        found = ServiceUnavailable(
            f"OpenSearch makes no index {index}: the cluster has as many shards as it may have"
            " (cluster.max_shards_per_node); add a node or remove indices, then run this again"
        )
    elif status in {401, 403}:
        found = ServiceUnavailable(
            f"OpenSearch does not let this user write to {where} ({status}, {kind}); it needs the permission `index`"
        )
    return found


def _blocked(where: str, reason: str) -> DiskTrouble:
    block = _BLOCK.search(reason)
    told = block[1] if block else "blocked"
    if _FLOOD in told:
        return DiskTrouble(
            f"OpenSearch takes no more documents into {where}: a node's disk is nearly full (flood-stage watermark)."
            " Free or add space on its nodes; the block goes when the disk is below the high watermark, or with"
            " `index.blocks.read_only_allow_delete: null`. What was acknowledged is kept; then run the command again"
        )
    return DiskTrouble(
        f"OpenSearch takes no documents into {where}: somebody, or a full disk, made it read-only ({told})."
        " Lift the block, then run the command again; what was acknowledged is kept"
    )


def _about(error: object) -> str:
    """Why a document was refused: kinds of errors, outermost first, and the field; not a word of the document."""
    kinds: list[str] = []
    field = ""
    while isinstance(error, Mapping) and len(kinds) < 4:
        if (kind := kind_of(error)) not in kinds:
            kinds.append(kind)
        if not field and (named := _FIELD.match(_text(error, "reason"))):
            field = f"field {named[1]}: "
        error = error.get("caused_by")
    return field + ", ".join(kinds or ["error"])


def _text(error: object, key: str) -> str:
    value = error.get(key) if isinstance(error, Mapping) else error if key == "reason" else ""
    return value if isinstance(value, str) else ""
