"""What is sent to a server: a document to be put in, or taken out, and its lines in a bulk request."""

from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii as quoted

MAX_ID_BYTES = 512  # the server's own limit; one id over it makes it refuse the whole request
MAX_VERSION = 2**63 - 1  # likewise


@dataclass(frozen=True, slots=True)
class Action:
    """One document to be put into an index, or taken out of it."""

    index: str  # a concrete index, no alias
    id: str  # at most 512 bytes in UTF-8
    version: int  # what is newer on the server stays; an index action after a delete needs a higher one
    source: bytes | None = field(repr=False)  # JSON in UTF-8 on one line; None takes the document out


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that the server will not have, however often it is asked."""

    id: str
    reason: str  # for people; nothing of the document's content


def fault(action: Action, *, most_bytes: int) -> str:
    """Why a document is not even sent: the server would refuse its neighbours with it, or keep what cannot be read."""
    source = action.source or b""
    found = ""
    if not 1 <= len(action.id.encode("utf-8", "surrogatepass")) <= MAX_ID_BYTES:
        found = f"an id has 1 to {MAX_ID_BYTES} bytes"
    elif not 0 <= action.version <= MAX_VERSION:
        found = f"{action.version} is no version"
    elif len(source) > most_bytes:
        found = f"too large: {len(source):,} bytes, the limit is {most_bytes:,}"
    elif b"\n" in source:
        found = "its JSON is more than one line"
    elif not _is_text(source):
        found = "not UTF-8"
    return found


def _is_text(source: bytes) -> bool:
    try:
        source.decode()
    except UnicodeDecodeError:
        return False
    return True


def size(action: Action) -> int:
    """The bytes that it takes in a request."""
    return len(line(action, doubted=True)) + len(action.source or b"") + 2


def line(action: Action, *, doubted: bool) -> bytes:
    """What is to be done with the document.

    Equal versions are taken for a delete, as a document that is taken out has the version that it was put in with, and
    for what may have been written by a request without an answer: a conflict would say nothing about copies and disk.
    """
    verb = "index" if action.source is not None else "delete"
    kind = "external_gte" if doubted or action.source is None else "external"
    return (
        f'{{"{verb}":{{"_index":{quoted(action.index)},"_id":{quoted(action.id)}'
        f',"version":{action.version},"version_type":"{kind}"}}}}'
    ).encode()
