"""Which format an input has, told by its content; the suffix of its name breaks ties."""

import re
from collections.abc import Mapping
from pathlib import PurePath

from backfile.errors import Reason, UnreadableInput
from backfile.readers import csv
from backfile.readers.encoding import sample
from backfile.readers.place import Columns
from backfile.readers.records import is_article, parse, recognised

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "a PDF document"),
    (0, b"\x89PNG\r\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF8", "a GIF image"),
    (8, b"WEBP", "a WebP image"),
    (0, b"II*\0", "a TIFF image"),
    (0, b"MM\0*", "a TIFF image"),
    (4, b"ftyp", "a video or HEIC image"),
    (0, b"\x00\x00\x01\x00", "an icon"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document or Outlook message"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"WARC/", "a web archive (WARC)"),
    (0, b"MZ\x90\0", "a Windows program"),
    (0, b"\x7fELF", "a program"),
    (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"\xca\xfe\xba\xbe", "a program"),
    (0, b"ID3", "a sound file"),
    (0, b"OggS", "a sound file"),
    (0, b"wOFF", "a font"),
    (0, b"wOF2", "a font"),
    (0, b"!BDN", "an Outlook mailbox (PST)"),
    (0, b"bplist00", "a property list (Safari web archive)"),
)
_PROGRAM_SUFFIXES: Mapping[str, str] = {
    ".css": "a style sheet",
    ".js": "a script",
    ".mjs": "a script",
    ".map": "a source map",
    ".svg": "an SVG image",
}
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_MAX_CONTROLS = 0.02  # of the characters; random bytes have a tenth, OCR with page marks one in a thousand

# What every message of an mbox begins with: the sender (or "-") and the date as C's ctime writes it; some programs
# write it as in a Date header. "From the beginning, on Mon …" has no time.
FROM_LINE = re.compile(
    rb"From (?:[^\n]{0,400}? )?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2}),? "
    rb"[^\n]{0,40}?\d{1,2}:\d\d"
)

_HEADER = re.compile(r"([!-9;-~]{1,80}):(?:[ \t]|\r?\n|$)")
_ENVELOPE = {"from", "subject", "date", "to", "message-id", "mime-version", "received", "return-path", "sender"}
_ENVELOPE |= {"content-type", "delivered-to", "reply-to", "list-id", "list-unsubscribe", "dkim-signature"}
_TRANSPORT = {"received", "return-path", "mime-version", "message-id", "delivered-to", "dkim-signature"}
_MHTML = re.compile(r"^(?:Snapshot-Content-Location:|From: ?[\"<]*Saved by )", re.MULTILINE | re.IGNORECASE)
_MHTML_SUFFIXES = {".mht", ".mhtml"}
_RELATED = re.compile(r"^Content-Type:\s*multipart/related", re.MULTILINE | re.IGNORECASE)

_JSON = re.compile(
    r'\s*(?:(?:\[\s*)*\{\s*(?:"(?:[^"\\]|\\.){0,300}"\s*:|\}\s*(?:[,\]]|\Z))'
    r'|\[\s*\]\s*\Z|\[\s*"(?:[^"\\]|\\.){0,300}"\s*,\s*"|\[\s*-?\d+(?:\.\d+)?\s*,\s*-?\d)',
    re.DOTALL,
)
_PAGE_START = re.compile(
    # The header block that `wget --save-headers` puts above a page, a declaration, comments.
    r"\s*(?:HTTP/\d(?:\.\d)? \d{3}[^\n]{0,200}\n(?:[!-9;-~]{1,80}:[^\n]{0,8192}\n){1,100}\r?\n\s*)?"
    r"(?:<\?xml[^>]{0,300}>\s*)?(?:<!--.{0,5000}?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|article|meta|title|link|script|style|main|section|div|p|h[1-6]|table|span|a)\b",
    re.IGNORECASE | re.DOTALL,
)
_PAGE_PARTS = re.compile(
    r"<(?:!doctype html|/?html|/?head|/?body|/?article|meta|/?title|/?p|/?div|br)\b[^<>]*>", re.IGNORECASE
)
_PAGE_SUFFIXES = {".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp"}
_TAGS_PER_CHARACTER = 1 / 200  # a page without its head has one in 50; an article that explains HTML one in 500
_XML_ROOT = re.compile(r"\s*(?:<\?xml[^>]{0,300}>|<(rss|feed|rdf:RDF|urlset|sitemapindex|svg)\b)", re.IGNORECASE)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE)

_TABLE_SUFFIXES = {".csv", ".tsv", ".tab"}
_LINE_SUFFIXES = {".jsonl", ".ndjson", ".jl", ".jsonlines"}
_CONTENT = {"text", "html", "title", "teaser"}
_COLUMN_NAME_LENGTH = 60


def detect(head: bytes, *, name: str, whole: bool, columns: Columns) -> str:
    """The name of the format that an input beginning with `head` has.

    `whole`: the head is all of it. `columns`: the user's, by which a table may be known.

    Raises:
        UnreadableInput: no reader knows it.
    """
    suffix = PurePath(name).suffix.lower()
    check_magic(head)
    text = sample(head)
    if not text.strip("\ufeff \t\r\n\0\f"):
        raise UnreadableInput(Reason.EMPTY, "nothing but blanks" if head else "an empty file")
    if len(_CONTROLS.findall(text)) > len(text) * _MAX_CONTROLS:
        raise UnreadableInput(Reason.UNSUPPORTED, "binary data")
    return _mail_format(text, suffix) or _marked_up(text, suffix, columns, whole=whole) or _plain(text, suffix, columns)


def check_magic(head: bytes) -> None:
    """Refuse what begins with bytes that no text begins with.

    Raises:
        UnreadableInput: a document, image, program … that no reader knows.
    """
    for at, magic, kind in _MAGIC:
        if head.startswith(magic, at):
            raise UnreadableInput(Reason.UNSUPPORTED, kind)
    if b"%PDF-" in head[:1024]:
        raise UnreadableInput(Reason.UNSUPPORTED, "a PDF document")


def _mail_format(text: str, suffix: str) -> str | None:
    begin = text.lstrip("\ufeff\r\n")
    if FROM_LINE.match(begin[:1000].encode("utf-8", "replace")) and _header_names(begin.partition("\n")[2]):
        return "mbox"
    if _is_mhtml(begin, suffix):
        return "mhtml"
    return "mail" if _is_mail(text, suffix) else None


def _is_mhtml(text: str, suffix: str) -> bool:
    """Whether the text is a page saved as one file: its headers say so, or its name does and they do not differ."""
    names = _header_names(text)
    if not names & {"content-type", "mime-version"}:
        return False
    head = text[:5000].replace("\r\n", "\n").partition("\n\n")[0]
    return (
        suffix in _MHTML_SUFFIXES
        or _MHTML.search(head) is not None
        or ("from" not in names and _RELATED.search(head) is not None)
    )


def _marked_up(text: str, suffix: str, columns: Columns, *, whole: bool) -> str | None:
    """JSON or HTML, when the text begins as such."""
    if _JSON.match(text):
        return _json_or_lines(text, suffix, columns, whole=whole)
    if _PAGE_START.match(text):
        return "html"
    if _XML_ROOT.match(text):
        kind = "a feed (RSS or Atom)" if _FEED.search(text[:5000]) else "an XML file"
        raise UnreadableInput(Reason.UNSUPPORTED, kind)
    return None


def _plain(text: str, suffix: str, columns: Columns) -> str:
    """A table, a page that begins with text, or text."""
    if delimiter := _table(text, suffix, columns):
        return "tsv" if delimiter == "\t" else "csv"
    if _is_page(text, suffix):
        return "html"
    if suffix in _PROGRAM_SUFFIXES:
        raise UnreadableInput(Reason.UNSUPPORTED, _PROGRAM_SUFFIXES[suffix])
    return "jsonl" if suffix in _LINE_SUFFIXES else "text"


def _is_mail(text: str, suffix: str) -> bool:
    """Whether the text begins with a header block. An article that quotes one begins with something else."""
    names = _header_names(text)
    known = names & _ENVELOPE
    if suffix in {".eml", ".mail", ".emlx"}:
        found = len(known) > 0
    else:
        found = ("from" in known and len(known & {"subject", "date"}) > 0) or (
            len(known) > 1 and bool(known & _TRANSPORT)
        )
    return found


def _header_names(text: str) -> set[str]:
    """The names of the header block that the text begins with; none if a line of it is no header."""
    names: set[str] = set()
    for line in text.lstrip("\ufeff\r\n").split("\n"):
        if not line.strip():
            break
        if line[0] in " \t" and names:
            continue
        match = _HEADER.match(line)
        if match is None:
            return names if len(names & _ENVELOPE) > 3 and names & _TRANSPORT else set()
        names.add(match[1].lower())
    return names


def _json_or_lines(text: str, suffix: str, columns: Columns, *, whole: bool) -> str:
    if suffix in _LINE_SUFFIXES:
        return "jsonl"
    lines = text.split("\n") if whole else text.split("\n")[:-1]
    lines = [line for line in lines[:20] if line.strip()]
    objects = [value for line in lines if isinstance(value := _parsed(line), dict)]
    if len(lines) == 1 and whole:
        return "jsonl" if objects and suffix != ".json" and is_article(objects[0], columns) else "json"
    return "jsonl" if len(lines) > 1 and len(objects) * 2 >= len(lines) else "json"


def _parsed(line: str) -> object:
    if not line.lstrip().startswith("{"):
        return None
    try:
        return parse(line.strip().encode("utf-8", "replace"))
    except UnreadableInput:
        return None


def _is_page(text: str, suffix: str) -> bool:
    tags = len(_PAGE_PARTS.findall(text))
    return tags > 0 if suffix in _PAGE_SUFFIXES else tags > 4 and tags > len(text) * _TAGS_PER_CHARACTER


def _table(text: str, suffix: str, columns: Columns) -> str | None:
    """The delimiter of a table whose header names known columns; None if it is none.

    A sentence with commas is no header, and a list of words has no rows. A file that is named as a table needs less.
    """
    text = csv.without_sep_line(text)
    named_so = suffix in _TABLE_SUFFIXES
    delimiter = csv.delimiter_of(text, columns)
    names = csv.header_names(text, delimiter) if delimiter else []
    fields = {recognised(name) for name in names} - {None}
    by_user = bool(columns) and set(columns.values()) <= set(names)
    if by_user or (fields & _CONTENT and len(fields) > (0 if named_so else 1)):
        tidy = all(len(name) <= _COLUMN_NAME_LENGTH and not name.endswith((".", "?", "!")) for name in names)
        if named_so or (tidy and _has_rows(text, delimiter or ",", len(names))):
            return delimiter
    return _named_table(text, suffix) if named_so else None


def _named_table(text: str, suffix: str) -> str | None:
    """The delimiter of a table that is known by its suffix alone: of one column, or none that is known."""
    first = text.strip("\r\n\ufeff").partition("\n")[0].strip(' \r"')
    if recognised(first) in {"text", "html"}:
        return ","
    lines = text.split("\n")[:2]
    for delimiter in csv.DELIMITERS:
        if len(lines) == 2 and 0 < lines[0].count(delimiter) == lines[1].count(delimiter):
            shown = ", ".join(csv.header_names(text, delimiter))[:120]
            raise UnreadableInput(
                Reason.UNSUPPORTED, f"a table of which no column is known ({shown}); `map` says which is which"
            )
    return "\t" if suffix == ".tsv" and "\t" in first else None


def _has_rows(text: str, delimiter: str, cells: int) -> bool:
    """Whether rows follow the header: lines with as many cells, or with quotes."""
    rows = text.strip("\r\n").split("\n")[1:4]
    return any(row.count(delimiter) >= cells - 1 or '"' in row for row in rows)
