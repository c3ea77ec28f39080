"""A page saved as one file, MHTML: the page itself of the parts of a MIME message; frames and pictures are left.

| program | what tells |
|---|---|
| Chrome, Edge, Opera | `From: <Saved by Blink>`, `Snapshot-Content-Location`, a `Content-Location` at each part |
| Firefox with UnMHT, old Internet Explorer | `From: <Saved by …>`, `Content-Location` at the first part |
| Word ("single file web page") | no sender; `Content-Location: file:///…`, which is no address |
"""

from collections.abc import Iterator
from email.message import Message
from typing import BinaryIO

from backfile.article import Witness
from backfile.errors import Reason
from backfile.readers import mail, saved
from backfile.readers.html import without_files
from backfile.readers.place import Columns, Item, Place
from backfile.readers.text import whole


def read(stream: BinaryIO, place: Place, _columns: Columns) -> Iterator[Item]:
    """The page as one document, with its address and the time it was saved."""
    headers, pages = mail.pages(whole(stream).lstrip(b"\r\n"))
    page = _root(headers, pages)
    if page is None:
        yield place.failure(Reason.EMPTY, "an MHTML file without a page")
        return
    own, html = page
    yield place.document(html=without_files(html), witnesses=_statements(headers, own, html))


def _root(
    headers: "Message[str, str]", pages: list[tuple["Message[str, str]", str]]
) -> tuple["Message[str, str]", str] | None:
    """The page that the message is about: the one it names as its start, else the first with text."""
    start = str(headers.get_param("start", "") or "").strip("<> ")
    written = [each for each in pages if each[1].strip()]
    named = (each for each in written if start and str(each[0].get("Content-ID") or "").strip("<> ") == start)
    return next(named, written[0] if written else None)


def _statements(headers: "Message[str, str]", own: "Message[str, str]", html: str) -> Iterator[Witness]:
    told = list(saved.statements(html))
    addresses = (headers.get("Snapshot-Content-Location"), own.get("Content-Location"), headers.get("Content-Location"))
    stated = (mail.header_text(str(each)) for each in addresses if each)
    if url := next((each for each in stated if each.startswith(("http://", "https://"))), None):
        yield Witness("url", url, saved.ORIGIN)
        told = [each for each in told if each.field != "url"]
    if date := headers.get("Date"):
        yield Witness("fetched", mail.header_text(str(date)), saved.ORIGIN)
        told = [each for each in told if each.field != "fetched"]
    yield from told
