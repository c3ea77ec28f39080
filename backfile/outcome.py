"""What the rules made of a document, in the compact form that goes between processes and into the store."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from backfile.article import Rejection
from backfile.copies import Signature
from backfile.stories import About


@dataclass(frozen=True, slots=True)
class PackedArticle:
    """An article as the store keeps it; what can be rebuilt from its extraction is left out."""

    id: str
    source: str
    language: str
    published: str | None
    published_precision: str | None
    content_hash: str
    record: bytes  # as `records.article_record` makes it
    removals: tuple[tuple[int, int, int, str, str], ...]  # line, start, end, kind, rule
    signature: Signature | None = None  # of its text; None: the step that compares texts makes it
    about: About | None = None  # None: the step that describes articles makes it


@dataclass(frozen=True, slots=True)
class Result:
    """What the rules made of one extraction; `records.result` packs it."""

    story: int
    extractor: str
    payload: bytes  # of the extraction, as `records.extraction_payload` makes it
    verdict: PackedArticle | Rejection


@dataclass(frozen=True, slots=True)
class PackedStored:
    """An article as it lies in the store, with the extraction that it was made of: all that an index is made from.

    `records.outline_of` unpacks it.
    """

    id: str
    document: int  # that gave it, and may have given others
    record: bytes  # as `records.article_record` makes it
    payload: bytes  # of the extraction, as `records.extraction_payload` makes it
    removals: tuple[tuple[int, int, int, str, str], ...]  # line, start, end, kind, rule; in order of place
    copy_group: str | None = None  # what search folds it with has the same; None: to be told by its text
    revision: int = 0  # rises with every change that an index must see; 0: not told

    @property
    def size(self) -> int:
        """Bytes, but for a few."""
        return len(self.record) + len(self.payload)


@dataclass(frozen=True, slots=True)
class Traces:
    """What a document adds to the counts of recurring lines."""

    site: str  # whose furniture it may have
    version: int  # of the keys
    sketch: bytes  # by what a copy of the article is known
    places: Mapping[int, int]  # key of a line → where it stands
    hidden: Collection[int] = ()  # keys of lines that other rules take first, so that learning them changes nothing
