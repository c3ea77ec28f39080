"""HTML pages as saved by a browser, by wget or by SingleFile: one document a page."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from backfile.article import Witness
from backfile.errors import Reason
from backfile.readers import saved
from backfile.readers.encoding import decode
from backfile.readers.place import Columns, Item, Place
from backfile.readers.text import whole

_DECLARATION_BYTES = 4096  # the standard looks at 1,024; "saved from" comments and old scripts push it further down
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)

# Pictures and fonts that SingleFile and newsletters write into the page: most of its bytes, and no text.
LONG_DATA = 256  # characters of a data: address; a longer one holds a file
_DATA = re.compile(rf"(data:[\w.+/;=-]{{0,100}},)[\w+/=%.~!*-]{{{LONG_DATA},}}", re.ASCII)


def read(stream: BinaryIO, place: Place, _columns: Columns) -> Iterator[Item]:
    """The page as one document, with what the program that saved it wrote into it."""
    data = whole(stream)
    html, fields = saved.without_header_block(without_files(decode(data, declared_charset(data))))
    if not html.strip():
        yield place.failure(Reason.EMPTY, "nothing but blanks")
    else:
        yield place.document(html=html, witnesses=_witnesses(html, fields))


def declared_charset(page: bytes) -> str | None:
    """The charset that a page says it has, as it says it."""
    head = page[:_DECLARATION_BYTES]
    match = _META_CHARSET.search(head) or _XML_ENCODING.search(head)
    if match:
        return match[1].decode("ascii", "replace")
    stated = _HEADER_CHARSET.search(head.decode("ascii", "replace")) if head.lstrip().startswith(b"HTTP/") else None
    return stated[1] if stated else None


def without_files(page: str) -> str:
    """The page without the files that are written into it as `data:` addresses."""
    return _DATA.sub(r"\1", page) if "data:" in page else page


def _witnesses(html: str, fields: dict[str, str]) -> Iterator[Witness]:
    found = list(saved.statements(html))
    yield from found
    if "date" in fields and not any(witness.field == "fetched" for witness in found):
        yield Witness("fetched", fields["date"], saved.ORIGIN)
