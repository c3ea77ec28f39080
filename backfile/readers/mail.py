"""One mail: its HTML and its plain text, and what its headers say.

The standard library's parser takes twelve times a mail's size and recurses into each part, so the parts are cut here,
by their boundaries; it parses the header blocks only. Attachments are named (`attachment`) and passed over without
being decoded, but for the mail that a short note forwards as an attachment: that is the document.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import collapse_rfc2231_value, parseaddr
from typing import BinaryIO

from backfile.article import Witness
from backfile.errors import Reason, UnreadableInput
from backfile.readers import limits
from backfile.readers.encoding import decode
from backfile.readers.html import declared_charset
from backfile.readers.place import Columns, Item, Place, scrub
from backfile.readers.text import whole

_BLOCK_END = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_ENCODED_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(?<=\?=)[ \t\r\n]+(?==\?)")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(each for each in range(256) if each not in _BASE64)
_TEXT_TYPES = {"text/plain", "text/markdown", "text/x-markdown"}
_TAG = re.compile(r"<[^<>]{0,2000}>")
# Parts that belong to a mail's looks or seal: no attachments, unless they say so.
_SHOWN = ("image/", "text/", "application/pgp-signature", "application/pkcs7-sig", "application/x-pkcs7-sig")
MAX_NOTE = 600  # characters of what a forwarder writes above an attached mail; who writes more sends a letter
_SEALED_TYPES = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}


@dataclass(frozen=True, slots=True)
class _Part:
    headers: "Message[str, str]"
    body: bytes


def read(stream: BinaryIO, place: Place, _columns: Columns) -> Iterator[Item]:
    """The mail as one document."""
    yield parsed(whole(stream), place)


def parsed(data: bytes, place: Place, *, fragment: str | None = None, member: str = "") -> Item:
    """The document of one mail, or why there is none.

    `fragment` and `member` are given when the mail is one of many in `place`; the message id, where there is one, then
    takes the fragment's place.
    """
    try:
        mail = _part(data.lstrip(b"\r\n"))
        key = _message_id(mail.headers)
    except (MessageError, ValueError, RecursionError) as error:
        at = place if fragment is None else place.part(member, fragment)
        return at.failure(Reason.DAMAGED, f"the mail's headers cannot be parsed ({type(error).__name__})")
    at = place if fragment is None else place.part(member, f"<{key}>" if key else fragment)
    try:
        content = _read(mail)
        stated = [*_statements(mail.headers), *content.witnesses]
        if content.forwarded is not None and len(content.said()) <= MAX_NOTE:
            content, stated = _unwrapped(content, stated)
    except UnreadableInput as error:
        return at.failure(error.reason, error.detail)
    if not content.html and not content.text:
        told = "".join(f"; not read: {each.value}" for each in content.witnesses if each.field == "attachment")
        return at.failure(Reason.EMPTY, f"a mail without text ({mail.headers.get_content_type()}){told}")
    return at.document(html=content.html, text=content.text, key=key, witnesses=stated)


def pages(data: bytes) -> tuple["Message[str, str]", list[tuple["Message[str, str]", str]]]:
    """The headers of a message, and each of its HTML parts with its own headers, in their order.

    Raises:
        UnreadableInput: too many parts, or nested too deep; headers that cannot be parsed.
    """
    try:
        message = _part(data)
        parts = [part for part in _leaves(message) if _content_type(part) == "text/html"]
    except (MessageError, ValueError, RecursionError) as error:
        raise UnreadableInput(Reason.DAMAGED, f"its headers cannot be parsed ({type(error).__name__})") from error
    return message.headers, [(part.headers, _content(part, is_html=True)) for part in parts]


def header_text(value: str) -> str:
    """A header's value with its encoded words decoded and its folds opened.

    >>> header_text("=?utf-8?q?Br=C3=BCssel?= =?utf-8?q?_heute?=")
    'Brüssel heute'
    """
    value = _FOLD.sub(" ", value[: limits.MAX_HEADER_VALUE])
    if not value.isascii():
        value = decode(value.encode("utf-8", "surrogateescape"))
    return scrub(_decoded_words(_BETWEEN_WORDS.sub("", value))).strip()


def _decoded_words(value: str) -> str:
    """Words of one charset are joined before they are decoded: many programs cut within a character."""
    out: list[str] = []
    pending: tuple[str, bytes] = ("", b"")
    end = 0
    for match in _ENCODED_WORD.finditer(value):
        charset, data = match[1].lower(), _word_bytes(match[2], match[3])
        if match.start() > end or charset != pending[0]:
            out += [_decode_lenient(pending[1], pending[0]), value[end : match.start()]]
            pending = (charset, b"")
        pending = (charset, pending[1] + data)
        end = match.end()
    return "".join([*out, _decode_lenient(pending[1], pending[0]), value[end:]])


def _word_bytes(encoding: str, payload: str) -> bytes:
    data = payload.encode("ascii", "ignore")
    return _base64(data) if encoding in "bB" else quopri.decodestring(data.replace(b"_", b"=20"))


def _decode_lenient(data: bytes, charset: str | None) -> str:
    try:
        return decode(data, charset)
    except UnreadableInput:
        return data.decode("utf-8", "replace")


def _base64(data: bytes) -> bytes:
    """Base64 as it comes: with line breaks, without its padding, cut off in the middle."""
    letters = data.translate(None, _NOT_BASE64)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _part(data: bytes) -> _Part:
    match = _BLOCK_END.search(data)
    head, body = (data[: match.start()], data[match.end() :]) if match else (data, b"")
    headers = BytesHeaderParser(policy=compat32).parsebytes(head[: limits.MAX_HEADER_BYTES] + b"\n\n")
    return _Part(_bounded(headers), body)


def _bounded(headers: "Message[str, str]") -> "Message[str, str]":
    """The first headers, their values cut: the standard library looks into a value in the square of its length."""
    stated = list(headers.raw_items())
    if len(stated) <= limits.MAX_HEADERS and all(len(value) <= limits.MAX_HEADER_VALUE for _, value in stated):
        return headers
    bounded: Message[str, str] = Message()
    for name, value in stated[: limits.MAX_HEADERS]:
        bounded[name] = str(value)[: limits.MAX_HEADER_VALUE]
    return bounded


@dataclass(frozen=True, slots=True)
class _Content:
    """What a mail holds: its HTML parts and its plain parts, each joined in order; None where there is no text."""

    html: str | None
    text: str | None
    witnesses: tuple[Witness, ...]  # its attachments by name; how its plain text is wrapped
    forwarded: _Part | None  # the one mail that is attached to it

    def said(self) -> str:
        """Its words, roughly: enough to tell a note from a letter."""
        return self.text or _TAG.sub(" ", self.html or "")


def _read(mail: _Part) -> _Content:
    html: list[str] = []
    text: list[str] = []
    flowed: list[Witness] = []
    attached: list[_Part] = []
    for part in _leaves(mail):
        kind = _content_type(part)
        if part is not mail and (_is_attachment(part) or kind == "message/rfc822"):
            attached.append(part)
        elif kind == "text/html":
            html.append(_content(part, is_html=True))
        elif kind in _TEXT_TYPES:
            text.append(_content(part, is_html=False))
            flowed += _wrapping(part)
        elif part is not mail and not kind.startswith(_SHOWN):
            attached.append(part)
    pages = [page for page in html if page.strip()]
    plain = [part for part in text if part.strip()]
    mails = [part for part in attached if _content_type(part) == "message/rfc822"]
    witnesses = (*flowed[:1], *_named(attached))
    forwarded = mails[0] if len(mails) == 1 else None
    return _Content("\n".join(pages) or None, "\n\n".join(plain) or None, witnesses, forwarded)


def _wrapping(part: _Part) -> list[Witness]:
    """That the lines of a plain part flow (RFC 3676), as its type states it."""
    stated = header_text(str(part.headers.get("Content-Type") or ""))
    return [Witness("wrapping", stated, "header:Content-Type")] if "flowed" in stated.casefold() else []


def _named(parts: list[_Part]) -> Iterator[Witness]:
    """The attachments, by file name and type; of many the first ones, and how many there are."""
    for part in parts[: limits.MAX_ATTACHMENTS]:
        name = header_text(str(_file_name(part) or "")).replace("/", "_") or "without a name"
        yield Witness("attachment", f"{name} ({_content_type(part)})", "header:Content-Disposition")
    if len(parts) > limits.MAX_ATTACHMENTS:
        more = f"{len(parts) - limits.MAX_ATTACHMENTS} more"
        yield Witness("attachment", more, "header:Content-Disposition")


def _file_name(part: _Part) -> str | None:
    try:
        return part.headers.get_filename()
    except (MessageError, ValueError, LookupError, RecursionError, TypeError):
        return None


def _unwrapped(outer: _Content, stated: list[Witness]) -> tuple[_Content, list[Witness]]:
    """The attached mail in place of the one that forwards it; the note and the sender of that one stay as witnesses.

    A mail attached to an attached mail is an attachment.
    """
    assert outer.forwarded is not None
    data = _decoded(outer.forwarded)
    inner = _part(data.lstrip(b"\r\n"))
    content = _read(inner)
    if not content.html and not content.text:
        return outer, stated
    said = [
        Witness(each.field, each.value, each.origin.replace("header:", "forwarded:"))
        for each in _statements(inner.headers)
    ]
    kept = [Witness("forwarded-by", each.value, each.origin) for each in stated if each.field == "sender"]
    kept += [Witness("fetched", each.value, each.origin) for each in stated if each.field == "published"]
    if note := " ".join(outer.said().split()):
        kept.append(Witness("note", note, "mail"))
    others = [each for each in outer.witnesses if each.field == "attachment" and "(message/rfc822)" not in each.value]
    return content, [*said, *content.witnesses, *others, *kept]


def _leaves(mail: _Part) -> Iterator[_Part]:
    """The parts that are no multipart, in their order, attachments among them; what these hold is not opened."""
    count = 0
    waiting = [(mail, 0)]
    while waiting:
        part, depth = waiting.pop()
        count += 1
        kind = _content_type(part)
        if count > limits.MAX_PARTS:
            raise UnreadableInput(Reason.TOO_MANY, f"a mail of more than {limits.MAX_PARTS} parts")
        if kind in _SEALED_TYPES and "signed" not in str(part.headers.get_param("smime-type", "")):
            raise UnreadableInput(Reason.ENCRYPTED, "an encrypted mail")
        if depth and _is_attachment(part):
            yield part
            continue
        boundary = _boundary(part) if kind.startswith("multipart/") else None
        if boundary is not None:
            if depth >= limits.MAX_PART_DEPTH:
                raise UnreadableInput(Reason.TOO_DEEP, f"parts nested more than {limits.MAX_PART_DEPTH} deep")
            pieces = [_part(piece) for piece in _pieces(part.body, boundary)]
            waiting.extend((piece, depth + 1) for piece in reversed(pieces or [_Part(Message(), part.body)]))
        elif kind.startswith("multipart/"):
            yield _Part(Message(), part.body)  # without a boundary it is one text
        else:
            yield part


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the boundary's lines; the last piece may lack its end."""
    start: int | None = None
    for count, (begin, end, last) in enumerate(_boundary_lines(body, b"--" + boundary)):
        if count > limits.MAX_PARTS:
            raise UnreadableInput(Reason.TOO_MANY, f"a mail of more than {limits.MAX_PARTS} parts")
        if start is not None:
            yield body[start:begin]
        start = end
        if last:
            return
    if start is not None:
        yield body[start:]


def _boundary_lines(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each line that is the boundary begins and ends, and whether it says that it is the last one."""
    at = -1
    while (at := body.find(mark, at + 1)) >= 0:
        if at and body[at - 1] != ord("\n"):
            continue
        end = body.find(b"\n", at)
        end = len(body) if end < 0 else end + 1
        rest = body[at + len(mark) : end].rstrip()
        if rest in {b"", b"--"}:
            yield at, end, rest == b"--"


def _content_type(part: _Part) -> str:
    try:
        return part.headers.get_content_type()
    except (MessageError, ValueError, LookupError, RecursionError):
        return "text/plain"


def _boundary(part: _Part) -> bytes | None:
    try:
        boundary = part.headers.get_boundary()
    except (MessageError, ValueError, LookupError, RecursionError):
        return None
    return boundary.encode("utf-8", "surrogateescape") if boundary else None


def _is_attachment(part: _Part) -> bool:
    disposition = str(part.headers.get("Content-Disposition") or "").strip().lower()
    return disposition.startswith("attachment")


def _content(part: _Part, *, is_html: bool) -> str:
    data = _decoded(part)
    charset = _charset(part) or (declared_charset(data) if is_html else None)
    return scrub(decode(data, charset))


def _decoded(part: _Part) -> bytes:
    """The part's body without its transfer encoding."""
    how = str(part.headers.get("Content-Transfer-Encoding") or "").strip().lower()
    if how == "base64":
        return _base64(part.body)
    return quopri.decodestring(part.body) if how == "quoted-printable" else part.body


def _charset(part: _Part) -> str | None:
    try:
        stated = part.headers.get_param("charset")
        return collapse_rfc2231_value(stated) if stated else None
    except (MessageError, ValueError, LookupError, RecursionError, TypeError):
        return None


def _message_id(headers: "Message[str, str]") -> str | None:
    stated = header_text(str(headers.get("Message-ID") or ""))
    return stated.partition("<")[2].partition(">")[0].strip() or stated.strip("<> ") or None


def _statements(headers: "Message[str, str]") -> Iterator[Witness]:
    """What the headers say, as they say it, decoded."""
    if title := _header(headers, "Subject"):
        yield Witness("title", title, "header:Subject")
    if date := _header(headers, "Date"):
        yield Witness("published", date, "header:Date")
    name, address = _sender(headers)
    if name:
        yield Witness("author", name, "header:From")
    if address:
        yield Witness("sender", address, "header:From")
    if list_id := _header(headers, "List-Id"):
        yield Witness("list-id", list_id, "header:List-Id")
    if sign := _sign_of_newsletter(headers):
        yield Witness("mail-newsletter", "yes", f"header:{sign}")


def _header(headers: "Message[str, str]", name: str) -> str | None:
    value = _raw(headers, name)
    return None if value is None else header_text(value) or None


def _raw(headers: "Message[str, str]", name: str) -> str | None:
    """The first field of that name as its bytes are; `get` gives question marks for those that are not ASCII."""
    return next((str(value) for key, value in headers.raw_items() if key.lower() == name.lower()), None)


def _sender(headers: "Message[str, str]") -> tuple[str, str]:
    """Display name and address; split before the name is decoded, for it may hold commas and brackets."""
    value = _FOLD.sub(" ", (_raw(headers, "From") or "")[: limits.MAX_HEADER_VALUE])
    try:
        name, address = parseaddr(value)
    except (RecursionError, IndexError, ValueError):
        return "", ""
    return header_text(name), header_text(address)


def _sign_of_newsletter(headers: "Message[str, str]") -> str | None:
    for name in ("List-Unsubscribe", "List-Id"):
        if headers.get(name):
            return name
    return "Precedence" if str(headers.get("Precedence") or "").strip().lower() in {"bulk", "list"} else None
