"""By what a document is known again: its digest, its name within its input, the key of its id."""

import hashlib
import re

from backfile.article import Document, Failure

# Longer keys (some URLs carry whole sessions) are cut and end in a digest. OpenSearch allows 512 bytes for an id.
MAX_KEY = 300  # characters
MOST_TOLD = 500  # characters of a line that `status --problems` prints
_LIKE_A_STORY = re.compile(r"#[0-9a-f]{8}\Z")  # how the ids of a digest's stories end, and no document's
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def digest(document: Document) -> str:
    """SHA-256 (hex) of all that a reader gave but the place: equal when there is nothing new to clean."""
    total = hashlib.sha256()
    for part in (document.key, document.html, document.text):
        total.update(b"\0" if part is None else b"\1" + part.encode("utf-8", "surrogatepass") + b"\0")
    for each in document.witnesses:
        total.update(f"{each.field}\0{each.value}\0{each.origin}\0".encode("utf-8", "surrogatepass"))
    return total.hexdigest()


def member_name(item: Document | Failure) -> str:
    """Where the item stands in its input: an id or address of its own, so that a new line above it changes nothing."""
    if isinstance(item, Failure):
        return item.member
    if item.key:
        return _plain(f"id={item.key}")
    url = next((each.value for each in item.witnesses if each.field == "url"), None)
    return _plain(f"url={url}") if url and item.member else item.member


def _plain(text: str) -> str:
    """`text` with U+FFFD for NUL, which not every database takes."""
    return text.replace("\0", "\ufffd")


def left_out(document: Document) -> str:
    """What of a document was not read, as one line for people: the attachments of a mail; "" when nothing."""
    names = [each.value for each in document.witnesses if each.field == "attachment"]
    return _plain(f"attachments not read: {', '.join(names)}"[:MOST_TOLD]) if names else ""


def key(said: str | None, place: str, member: str) -> str:
    """What identifies a document within its source: what is said, else its place: the path, and the member."""
    found = said or (f"{place}#{member}" if member else place)
    found = _UNPRINTABLE.sub("_", found).strip("_") or "_"
    if len(found) > MAX_KEY or _LIKE_A_STORY.search(found):
        found = f"{found[:MAX_KEY]}~{short(found)}"
    return found


def short(text: str) -> str:
    """Eight hex digits that tell two long texts apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
