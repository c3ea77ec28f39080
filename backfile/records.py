"""Extractions and articles as compressed JSON, for the store and between processes, and an article rebuilt from it.

Only JSON is ever read back; nothing in a store, or from a process that parsed what others wrote, is unpickled.
"""

import json
import zlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from backfile.article import Article, Extraction, Line, Rejection, Removal, Span, Witness, content_hash
from backfile.copies import Signature
from backfile.outcome import PackedArticle, PackedStored, Result
from backfile.stories import About

# Level 1: measured on 10,000 articles it takes a third of level 6's time for 8 % more bytes.
_LEVEL = 1
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # `json.dumps` makes one at each call
_LISTS = ("authors", "agencies", "date_conflict", "tags", "place")
# The JSON form without what is computed from the body or kept in rows of its own.
_RECORDED = (
    *("id", "parent", "source", "uri", "url", "title", "authors", "agencies", "publisher", "published"),
    *("published_precision", "date_conflict", "updated", "fetched", "language", "tags", "place"),
)


def packed(value: object) -> bytes:
    """`value` as compressed JSON."""
    return zlib.compress(_json(value).encode(), _LEVEL)


def unpacked(data: bytes) -> Any:  # JSON is what it is; the callers know the shape they wrote
    """The value that was packed."""
    return json.loads(zlib.decompress(data))


def extraction_payload(extraction: Extraction) -> bytes:
    """An extraction's lines and witnesses."""
    return packed(
        {
            "lines": [[line.text, line.role] for line in extraction.lines],
            "witnesses": [[each.field, each.value, each.origin] for each in extraction.witnesses],
        }
    )


def extraction_from(payload: bytes, *, story: int, extractor: str) -> Extraction:
    """The extraction that was packed."""
    table = unpacked(payload)
    return Extraction(
        tuple(Line(text, role) for text, role in table["lines"]),
        tuple(Witness(*each) for each in table["witnesses"]),
        story,
        extractor,
    )


def article_record(article: Article) -> bytes:
    """An article's JSON form without what its extraction and removals already say."""
    stated = {name: getattr(article, name) for name in _RECORDED}
    return packed({**stated, "provenance": dict(article.provenance)})


def packed_article(
    article: Article, text: str | None = None, signature: Signature | None = None, about: About | None = None
) -> PackedArticle:
    """An article as the store keeps it; `text` is `article.text` where the caller has it already."""
    return PackedArticle(
        article.id,
        article.source,
        article.language,
        article.published,
        article.published_precision,
        article.content_hash if text is None else content_hash(text),
        article_record(article),
        tuple((each.line, each.start, each.end, each.kind, each.rule) for each in article.removed),
        signature,
        about,
    )


def result(extraction: Extraction, verdict: PackedArticle | Article | Rejection) -> Result:
    """What the rules made of an extraction, packed."""
    packed_verdict = packed_article(verdict) if isinstance(verdict, Article) else verdict
    return Result(extraction.story, extraction.extractor, extraction_payload(extraction), packed_verdict)


def renamed(article: PackedArticle, before: str, now: str) -> PackedArticle:
    """The article of a document whose id is another one now; so is that of each story in it.

    >>> story = packed_article(Article("taz/1#0badcafe", "taz", "/a", (), parent="taz/1"))
    >>> again = renamed(story, "taz/1", "taz/2")
    >>> again.id, unpacked(again.record)["parent"]
    ('taz/2#0badcafe', 'taz/2')
    """
    record = unpacked(article.record)
    record["id"] = now + article.id.removeprefix(before)
    if record["parent"] == before:
        record["parent"] = now
    return replace(article, id=record["id"], record=packed(record))


def article_from(record: bytes, lines: tuple[Line, ...], removals: Iterable[tuple[int, int, int, str, str]]) -> Article:
    """The article of a record, its extracted lines, and its removals (line, start, end, kind, rule) in order."""
    removed = tuple(
        Removal(line, start, end, lines[line].text[start:end], kind, rule) for line, start, end, kind, rule in removals
    )
    return _article(record, kept(lines, removed), removed)


def _article(record: bytes, body: tuple[Span, ...], removed: tuple[Removal, ...]) -> Article:
    table: dict[str, Any] = unpacked(record)
    table |= {name: tuple(table[name]) for name in _LISTS}
    return Article(**table, body=body, removed=removed)


def outline_of(stored: PackedStored) -> tuple[Article, str]:
    """An article that lies in the store without its body, and its text: what an index is made of.

    There is no object per line: it takes two thirds of the time that the whole article does.
    """
    lines = [text for text, _ in unpacked(stored.payload)["lines"]]
    removed = tuple(
        Removal(line, start, end, lines[line][start:end], kind, rule)
        for line, start, end, kind, rule in stored.removals
    )
    return _article(stored.record, (), removed), _kept_text(lines, stored.removals)


def _kept_text(lines: list[str], removals: Iterable[tuple[int, int, int, str, str]]) -> str:
    """What no removal covers, as `Article.text` gives it; see `kept`."""
    cuts: dict[int, list[tuple[int, int]]] = {}
    for line, start, end, _, _ in removals:
        cuts.setdefault(line, []).append((start, end))
    for number, spans in cuts.items():
        starts, ends = [start for start, _ in spans], [end for _, end in spans]
        between = zip([0, *ends], [*starts, None], strict=True)
        lines[number] = "".join([lines[number][begin:end] for begin, end in between])
    return "\n\n".join(filter(None, map(str.strip, lines)))


def kept(lines: tuple[Line, ...], removed: tuple[Removal, ...]) -> tuple[Span, ...]:
    """The spans of the extracted lines that no removal covers."""
    cuts: dict[int, list[Removal]] = {}
    for removal in removed:
        cuts.setdefault(removal.line, []).append(removal)
    body: list[Span] = []
    for number, line in enumerate(lines):
        at = 0
        for removal in cuts.get(number, ()):
            body.extend(_span(number, line, at, removal.start))
            at = removal.end
        body.extend(_span(number, line, at, len(line.text)))
    return tuple(body)


def _span(number: int, line: Line, start: int, end: int) -> Iterable[Span]:
    if start < end:
        yield Span(number, start, line.text[start:end], line.role)
