"""The vocabulary: what flows from a reader to the index, one frozen value at each step.

    Document  →  Extraction  →  Article
    a reader     lines and      the lines that are the article's own, its metadata,
    yields it    witnesses      and a Removal for every span that was taken out

Offsets are characters, never bytes. Nobody changes a value; `dataclasses.replace` makes a new one.
"""

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from backfile.errors import Reason

Role = Literal["text", "heading", "item", "quote", "caption", "table", "byline"]
Precision = Literal["year", "month", "day", "minute", "second"]
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Witness:
    """One statement about an article, made by its container, its markup or its text."""

    field: str  # title, author, published, updated, fetched, publisher, url, language, tag, place, id, list-id …
    value: str  # as stated; nothing is normalised here
    origin: str  # who said so: "json-ld", "meta:og:title", "header:Date", "column:headline", "text:line 1", "config"


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader yields: one item, decoded, and what its container said about it."""

    uri: str  # where the bytes are: path, "mbox-path#<message-id>", "export.jsonl#line=812", "bundle.zip!/a.html"
    member: str  # where in its input the item stands, stable over runs: "" for a whole file, else "812", "a.html", …
    html: str | None = None
    text: str | None = None  # plain text; a mail may carry both
    key: str | None = None  # what the container says identifies the item: an export's own id, a message id, a feed guid
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """What a reader yields in place of a document it cannot read; the items after it are still read."""

    uri: str
    member: str
    reason: Reason
    detail: str  # one line for people; no content of the item but what names the place


@dataclass(frozen=True, slots=True)
class Line:
    """One extracted line: a paragraph, heading, list item or row of a table, without a line break in it."""

    text: str
    role: Role = "text"


@dataclass(frozen=True, slots=True)
class Extraction:
    """A document, or one story of a digest, as lines with roles and all statements about it, before any rule."""

    lines: tuple[Line, ...]
    witnesses: tuple[Witness, ...] = ()
    story: int = 0  # place in its document; 0 for the document itself, 1… for the stories of a digest
    extractor: str = ""  # who made the lines, and in which version: "trafilatura/2.3.1-fast+page/3", "text/2"

    def said(self, name: str) -> Iterator[Witness]:
        """The statements about one field, in the order they were made."""
        return (witness for witness in self.witnesses if witness.field == name)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an extracted line that is still in the article: `lines[line].text[start:start + len(text)] == text`."""

    line: int  # index into the extraction's lines
    start: int  # characters
    text: str
    role: Role = "text"

    @property
    def end(self) -> int:
        """The first character behind the span."""
        return self.start + len(self.text)

    def without(self, start: int, end: int) -> tuple["Span", ...]:
        """The span's one or two remaining parts when its characters `start:end` (offsets in its text) are taken out."""
        parts = (
            Span(self.line, self.start, self.text[:start], self.role),
            Span(self.line, self.start + end, self.text[end:], self.role),
        )
        return tuple(part for part in parts if part.text.strip())


@dataclass(frozen=True, slots=True)
class Removal:
    """One span of an extracted line that is not text of the article."""

    line: int  # index into the extraction's lines
    start: int  # characters of the extracted line
    end: int
    text: str
    kind: str  # boilerplate, credit, title, byline, dateline, date, tags, …
    rule: str  # the rule's id, "newsletter-footer/2"


@dataclass(frozen=True, slots=True)
class Rejection:
    """A rule's verdict that this is no article; kept in the store, not indexed."""

    reason: Reason
    confidence: float  # 0 to 1; what it means: docs/rules.md
    rule: str = ""  # filled in by the caller
    what: str = ""  # what the page is instead: front-page, login, error …; "" when nothing is known

    @property
    def detail(self) -> str:
        """What stands beside the reason in the store: `login 0.97 login-page/1`, or the rule alone.

        >>> Rejection(Reason.NOT_ARTICLE, 0.96875, "login-page/1", "login").detail
        'login 0.97 login-page/1'
        """
        return f"{self.what} {self.confidence:.2f} {self.rule}" if self.what else self.rule


@dataclass(frozen=True, slots=True)
class Article:
    """One news item; the one value that flows through the rules.

    `body` is what a rule may shorten; what it took out is recorded by the caller as `removed`. The other fields are
    those of the JSON form, described in docs/article.md.
    """

    id: str  # "<source>/<key>"
    source: str
    uri: str
    body: tuple[Span, ...]
    parent: str | None = None
    url: str | None = None
    title: str | None = None  # None when there is none; never a file name
    authors: tuple[str, ...] = ()  # persons only
    agencies: tuple[str, ...] = ()  # dpa, AFP, Reuters …
    publisher: str | None = None
    published: str | None = None  # ISO 8601, cut at its precision
    published_precision: Precision | None = None
    date_conflict: tuple[str, ...] = ()  # statements that disagree with `published`
    updated: str | None = None  # as `published`
    fetched: str | None = None  # when it was saved or received
    language: str = "und"  # BCP 47 primary tag
    tags: tuple[str, ...] = ()
    place: tuple[str, ...] = ()  # of the dateline
    removed: tuple[Removal, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)  # field → who said so
    # What the page says it is and what it looks like (witnesses of the field `page`, titles and addresses as stated):
    # for rules that tell whether this is an article. In no JSON form, and no part of what makes two articles equal.
    signs: tuple[Witness, ...] = field(default=(), compare=False, repr=False)
    # Languages beside the main one that a part of the extracted lines is in, so that their rules run too. As `signs`.
    spoken: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """What is kept of each extracted line, in order; lines of which nothing is kept are left out."""
        kept: dict[int, str] = {}
        for span in self.body:
            kept[span.line] = kept.get(span.line, "") + span.text
        return tuple(text for line in kept.values() if (text := line.strip()))

    @property
    def text(self) -> str:
        """The article's own words: paragraphs separated by one blank line, the headline not repeated."""
        return "\n\n".join(self.paragraphs)

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of the text with case and spacing folded: equal for exact copies of one text."""
        return content_hash(self.text)

    def to_json(self) -> dict[str, Json]:
        """The JSON form: one line of `show --json`, `export` and `clean --json`."""
        return {
            "id": self.id,
            "parent": self.parent,
            "source": self.source,
            "uri": self.uri,
            "url": self.url,
            "title": self.title,
            "authors": list(self.authors),
            "agencies": list(self.agencies),
            "publisher": self.publisher,
            "published": self.published,
            "published_precision": self.published_precision,
            "date_conflict": list(self.date_conflict),
            "updated": self.updated,
            "fetched": self.fetched,
            "language": self.language,
            "tags": list(self.tags),
            "place": list(self.place),
            "text": self.text,
            "removed": [
                {"line": r.line, "start": r.start, "end": r.end, "text": r.text, "kind": r.kind, "rule": r.rule}
                for r in self.removed
            ],
            "provenance": dict(self.provenance),
            "content_hash": self.content_hash,
        }


def content_hash(text: str) -> str:
    """SHA-256 (hex) of `text` in NFKC, case-folded, with every run of white space as one blank."""
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()
