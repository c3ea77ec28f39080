"""What a server does with bulk requests, as far as order, versions and loss go: for the tests of timing and order only.

Everything that it is made to say was said by a real one first; the tests of faults ask that.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from index.opensearch_errors import RequestFailed

CONFLICT = "version_conflict_engine_exception"
REJECTED = "rejected_execution_exception"

Item = Mapping[str, Any]


def error(status: int, kind: str, reason: str = "") -> Item:
    """What stands in an answer about a document that was not taken."""
    return {"status": status, "error": {"type": kind, "reason": reason}}


@dataclass(frozen=True)
class Operation:
    """One action of a request."""

    delete: bool
    index: str
    id: str
    version: int
    kind: str  # of version
    source: bytes | None

    @property
    def key(self) -> tuple[str, str]:
        return self.index, self.id


def parsed(body: bytes) -> list[Operation]:
    """The actions of a request, as a server reads them."""
    assert body.endswith(b"\n")
    lines = iter(body.split(b"\n")[:-1])
    found = []
    for line in lines:
        ((verb, meta),) = json.loads(line).items()
        source = next(lines) if verb == "index" else None
        found.append(
            Operation(verb == "delete", meta["_index"], meta["_id"], meta["version"], meta["version_type"], source)
        )
    return found


@dataclass
class Documents:
    """Documents by index and id, under external versions; tombstones are kept for ever."""

    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    living: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def perform(self, operation: Operation) -> Item:
        """Does it, and says what a server says."""
        there = self.versions.get(operation.key, -1)
        if there > operation.version or (there == operation.version and operation.kind == "external"):
            return error(409, CONFLICT, f"[{operation.id}]: version conflict")
        self.versions[operation.key] = operation.version
        if operation.source is None:
            return {"status": 200 if self.living.pop(operation.key, None) is not None else 404}
        self.living[operation.key] = operation.source
        return {"status": 201}


@dataclass
class BulkServer:
    """A `Sender`: asks `say` about each request and document, which may leave the word to the server (None)."""

    say_all: Callable[[int], RequestFailed | None] = lambda number: None  # about the request with this number, from 0
    say: Callable[[int, Operation], Item | None] = lambda number, operation: None
    documents: Documents = field(default_factory=Documents)
    requests: list[list[Operation]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def bulk(self, body: bytes) -> Mapping[str, Any]:
        """Answers, or fails as a whole."""
        number, operations = len(self.requests), parsed(body)
        self.requests.append(operations)
        self.sizes.append(len(body))
        if failure := self.say_all(number):
            raise failure
        return self.answer(operations, [self.say(number, each) for each in operations])

    def answer(self, operations: list[Operation], said: list[Item | None]) -> Mapping[str, Any]:
        """Does what nothing was said about; an answer in the server's form."""
        items = [
            {
                "delete" if each.delete else "index": {
                    "_index": each.index,
                    "_id": each.id,
                    **(item or self.documents.perform(each)),
                }
            }
            for each, item in zip(operations, said, strict=True)
        ]
        return {"took": 1, "errors": any("error" in next(iter(item.values())) for item in items), "items": items}
