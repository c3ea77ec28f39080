"""HTML pages as saved by a browser, by wget or by SingleFile: one document a page."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from backfile.article import Witness
from backfile.errors import Reason
from backfile.readers.encoding import decode
from backfile.readers.place import Columns, Item, Place
from backfile.readers.text import whole

_DECLARATION_BYTES = 4096  # the standard looks at 1,024; "saved from" comments and old scripts push it further down
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)

# <!-- saved from url=(0042)https://… -->: Internet Explorer, Chrome, Edge; the number counts the address's characters.
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")
_SINGLE_FILE = re.compile(r"<!--\s*Page saved with SingleFile\s+url:\s*(\S+)(?:\s+saved date:\s*([^\n]{1,80}))?")
_COMMENT_CHARACTERS = 4096  # of the page in which such a comment is looked for


def read(stream: BinaryIO, place: Place, _columns: Columns) -> Iterator[Item]:
    """The page as one document, with the address that the browser wrote into it."""
    data = whole(stream)
    html = decode(data, declared_charset(data))
    if not html.strip():
        yield place.failure(Reason.EMPTY, "nothing but blanks")
    else:
        yield place.document(html=html, witnesses=_saved(html[:_COMMENT_CHARACTERS]))


def declared_charset(page: bytes) -> str | None:
    """The charset that a page says it has, as it says it."""
    head = page[:_DECLARATION_BYTES]
    match = _META_CHARSET.search(head) or _XML_ENCODING.search(head)
    return match[1].decode("ascii", "replace") if match else None


def _saved(head: str) -> Iterator[Witness]:
    if match := _SAVED_FROM.search(head):
        yield Witness("url", match[1], "saved-from")
    elif match := _SINGLE_FILE.search(head):
        yield Witness("url", match[1], "saved-from")
        if match[2]:
            yield Witness("fetched", match[2].strip(), "saved-from")
