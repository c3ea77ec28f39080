"""The committed state of a Whoosh index as `index.evaluate` sees it: posting lists and values by document.

Posting lists are kept as they were read; where most of their documents are asked for, as dictionaries besides.
"""

import json
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain, islice
from typing import Any
from zlib import crc32

from whoosh.index import FileIndex

from index.engine import Facet, Sort
from index.entry import Display
from index.shelf import HALF
from index.whoosh_files import LENGTHS, terms_of
from index.whoosh_postings import COUNTED, NO_POSTINGS, POSITIONED, PostingList

LABEL_SEPARATOR = "\x1f"

# What is kept for the next queries: posting lists as they were read, a tenth of those of 100,000 articles; those of
# which all documents were asked for as dictionaries, at some 70 bytes a posting; how many documents have some terms.
_MOST_BYTES = 50_000_000
_MOST_HELD = 2_000_000
_MOST_NUMBERS = 20_000
_LEAST = 300  # bytes of a term without postings
_SEVERAL = 8  # terms of which it is not kept how many documents have any
_FAR_MORE = 8  # times as many postings as documents that are looked for, and a dictionary of them is not worth making


class WhooshShelf:
    """The committed state of an index as one row of documents, read when asked for."""

    def __init__(self, index: FileIndex) -> None:
        self._reader = index.reader()
        self._leaves = [(leaf, offset) for leaf, offset in self._reader.leaf_readers() if leaf.doc_count_all()]
        self._offsets = [offset for _, offset in self._leaves]
        self._size: int = self._reader.doc_count_all()
        self._deleted = frozenset(
            document + offset for leaf, offset in self._leaves for document in leaf.segment().deleted_docs()
        )
        self._counts: dict[tuple[str, str], Mapping[int, float]] = {}
        self._held = 0  # postings in it
        self._lists: dict[tuple[str, str], list[tuple[PostingList, int]]] = {}  # with where the segment begins
        self._size_of_lists = 0  # bytes
        self._numbers: dict[tuple[tuple[str, str], ...], int] = {}
        self._columns: dict[str, array[int]] = {}
        self._blobs: dict[tuple[int, str], Any] = {}
        self._displays: dict[int, Display] = {}

    @property
    def leaves(self) -> Sequence[Any]:
        """Whoosh's readers of the segments."""
        return [leaf for leaf, _ in self._leaves]

    def close(self) -> None:
        """Frees the files."""
        if not getattr(self._reader, "is_closed", False):
            self._reader.close()

    @cached_property
    def _live(self) -> set[int]:
        return set(range(self._size)) - self._deleted

    def live(self) -> set[int]:
        """See `Shelf.live`."""
        return self._live

    def counts(self, field: str, term: str, among: Collection[int] | None = None) -> Mapping[int, float]:
        """See `Shelf.counts`."""
        known = self._counts.get((field, term))
        if known is not None:
            return known
        lists = self._postings(field, term)
        if among is not None and len(among) * _FAR_MORE < sum(len(found.ids) for found, _ in lists):
            sought = sorted(among)
            return {document: found.counts[at] for found, _, document, at in _among(lists, sought)}
        counts: dict[int, float] = {}
        for found, offset in lists:
            counts.update(zip(_shifted(found.ids, offset), found.counts, strict=True))
        self._hold(field, term, counts)
        return counts

    def gather(self, field: str, terms: Iterable[str]) -> None:
        """See `Shelf.gather`."""
        encoded = sorted(_encoded(term) for term in terms if (field, term) not in self._counts)
        gathered: dict[bytes, dict[int, float]] = {term: {} for term in encoded}
        ascending = [(term, crc32(term)) for term in encoded]
        for leaf, offset in self._leaves:
            for term, found in terms_of(leaf).all_postings_of(field, ascending):
                gathered[term].update(zip(_shifted(found.ids, offset), found.counts, strict=True))
        for term, counts in gathered.items():
            self._hold(field, term.decode("utf-8", "surrogatepass"), counts)

    def _hold(self, field: str, term: str, counts: dict[int, float]) -> None:
        for document in self._deleted & counts.keys() if self._deleted else ():
            del counts[document]
        self._held += len(counts) + 1
        if self._held > _MOST_HELD:
            self._counts.clear()
            self._held = len(counts) + 1
        self._counts[field, term] = counts

    def documents(self, field: str, term: str) -> Collection[int]:
        """See `Shelf.documents`."""
        known = self._counts.get((field, term))
        if known is not None:
            return known.keys()
        lists = [_shifted(found.ids, offset) for found, offset in self._postings(field, term)]
        documents = lists[0] if len(lists) == 1 else list(chain.from_iterable(lists))
        return documents if not self._deleted else [each for each in documents if each not in self._deleted]

    def number(self, terms: Collection[tuple[str, str]], *, exact: bool = True) -> int:
        """See `Shelf.number`."""
        if not exact:
            return max((self._about(*term) for term in terms), default=0)
        if len(terms) > _SEVERAL:
            return len(set().union(*(self.documents(*term) for term in terms)))
        asked = tuple(terms)
        known = self._numbers.get(asked)
        if known is None:
            if len(self._numbers) >= _MOST_NUMBERS:
                self._numbers.clear()
            known = self._numbers[asked] = self._number(asked)
        return known

    def _about(self, field: str, term: str) -> int:
        """How many documents have a term, deleted ones included or not."""
        known = self._counts.get((field, term))
        return len(known) if known is not None else sum(len(found.ids) for found, _ in self._postings(field, term))

    def _number(self, terms: Sequence[tuple[str, str]]) -> int:
        rows: dict[int, list[Sequence[int]]] = {}
        for term in terms:
            for found, offset in self._postings(*term):
                rows.setdefault(offset, []).append(found.ids)
        number = 0
        for offset, lists in rows.items():
            gone = {document - offset for document in self._deleted}
            *others, longest = sorted(lists, key=len)
            more = set().union(*others)
            number += len(longest) + len(more) - len(more.intersection(longest) if more else more)
            number -= sum(any(_has(ids, document) for ids in lists) for document in gone)
        return number

    def _keep(self, field: str, term: str, lists: list[tuple[PostingList, int]]) -> None:
        size = _LEAST + sum(found.size for found, _ in lists)
        self._size_of_lists += size
        if self._size_of_lists > _MOST_BYTES:
            self._lists.clear()
            self._size_of_lists = size
        self._lists[field, term] = lists

    def positions(self, field: str, term: str, document: int) -> Sequence[int]:
        """See `Shelf.positions`."""
        for found, offset in reversed(self._postings(field, term)):
            if offset <= document:
                places = found.places(document - offset)
                if places is None:
                    break
                return places
        raise KeyError(document)

    def occurrences(self, field: str, term: str, documents: Collection[int]) -> Iterable[int]:
        """See `Shelf.occurrences`."""
        ascending = sorted(documents)
        keys: list[int] = []
        for found, offset, first, behind in _parts(self._postings(field, term), ascending):
            keys += found.occurrences(ascending[first:behind], offset)
        return keys

    def standing(self, field: str, term: str, places: Collection[int]) -> Iterable[int]:
        """See `Shelf.standing`."""
        ascending = sorted(places)
        keys: list[int] = []
        for found, offset in self._postings(field, term):
            first = bisect_left(ascending, offset << HALF)
            behind = bisect_left(ascending, (offset + found.ids[-1] + 1) << HALF, first)
            keys += found.standing(ascending[first:behind], offset)
        return keys

    def lengths(self, field: str) -> Sequence[int]:
        """See `Shelf.lengths`."""
        return self._column(LENGTHS[field])

    @lru_cache(maxsize=8)  # noqa: B019  (a shelf lives as long as its engine)
    def average_length(self, field: str, language: str) -> float:
        """See `Shelf.average_length`."""
        chosen = self.counts("lang", language) if language else self.live()
        lengths = [length for length in map(self.lengths(field).__getitem__, chosen) if length]
        return sum(lengths) / len(lengths) if lengths else 1.0

    def days(self) -> tuple[Sequence[int], Sequence[int]]:
        """See `Shelf.days`."""
        return self._column("first_day"), self._column("last_day")

    def groups(self) -> Sequence[int]:
        """See `Shelf.groups`."""
        return self._column("group")

    def id(self, document: int) -> str:
        """See `Shelf.id`."""
        return self._blob("entry_id", document).decode()

    def label(self, document: int, sort: Sort) -> str:
        """See `Shelf.label`."""
        return self._labels(document)[0 if sort == "source" else 1]

    def values(self, document: int, facet: Facet) -> tuple[str, ...]:
        """See `Shelf.values`."""
        _, _, language, source, publisher, year, *tags = self._labels(document)
        match facet:
            case "lang":
                return (language,)
            case "source":
                return (source,)
            case "publisher":
                return (publisher,) if publisher else ()
            case "year":
                return (year,) if year else ()
            case "tag":
                return tuple(tags)

    def display(self, document: int) -> Display:
        """What is shown of a document."""
        values: dict[str, Any] = json.loads(zlib.decompress(self._blob("display", document)))
        for name in ("authors", "tags"):
            values[name] = tuple(values[name])
        return Display(**values)

    def terms(self, field: str, prefix: str, limit: int | None) -> Iterator[tuple[str, int]]:
        """See `SearchEngine.terms`."""
        if field not in POSITIONED and field not in COUNTED:
            return
        begin = _encoded(prefix)
        found: dict[bytes, int] = {}
        for leaf, _ in self._leaves:
            known = islice(terms_of(leaf).numbers_with(field, begin), limit)
            if not found:
                found = dict(known)
                continue
            for term, number in known:
                found[term] = found.get(term, 0) + number
        for term in sorted(found)[:limit]:
            yield term.decode("utf-8", "surrogatepass"), found[term]

    def spelled(self, field: str, prefix: str, least: int) -> list[str]:
        """See `SpellingEngine.spelled`."""
        found: set[bytes] = set()
        for leaf, _ in self._leaves:
            for names in terms_of(leaf).names_with(field, _encoded(prefix)):
                found.update(names)
        return [name.decode("utf-8", "surrogatepass") for name in found if len(name) >= least]

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """See `SearchEngine.frequencies`."""
        encoded = {_encoded(term): term for term in terms}
        ascending = [(term, crc32(term)) for term in sorted(encoded)]
        found: dict[str, int] = {}
        for leaf, _ in self._leaves:
            for term, number in terms_of(leaf).frequencies_of(field, ascending):
                found[encoded[term]] = found.get(encoded[term], 0) + number
        return found

    def _postings(self, field: str, term: str) -> list[tuple[PostingList, int]]:
        known = self._lists.get((field, term))
        if known is None:
            encoded = _encoded(term)
            read = ((terms_of(leaf).postings_of(field, encoded), offset) for leaf, offset in self._leaves)
            known = [(found, offset) for found, offset in read if found is not NO_POSTINGS]
            self._keep(field, term, known)
        return known

    def _column(self, name: str) -> "array[int]":
        known = self._columns.get(name)
        if known is None:
            known = array("q" if name == "group" else "I")
            for leaf, _ in self._leaves:
                known.extend(leaf.column_reader(name, translate=False).load())
            self._columns[name] = known
        return known

    def _blob(self, name: str, document: int) -> bytes:
        number = bisect_right(self._offsets, document) - 1
        offset = self._offsets[number]
        reader = self._blobs.get((number, name))
        if reader is None:
            reader = self._blobs[number, name] = self._leaves[number][0].column_reader(name, translate=False)
        return bytes(reader[document - offset])

    def _labels(self, document: int) -> list[str]:
        return self._blob("labels", document).decode().split(LABEL_SEPARATOR)


def _encoded(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")


def _parts(
    lists: Iterable[tuple[PostingList, int]], documents: Sequence[int]
) -> Iterator[tuple[PostingList, int, int, int]]:
    """The posting lists of segments, each with which of some documents, ascending, may be in it: from, to before."""
    for found, offset in lists:
        first = bisect_left(documents, offset)
        yield found, offset, first, bisect_right(documents, offset + found.ids[-1], first)


def _among(
    lists: Iterable[tuple[PostingList, int]], documents: Sequence[int]
) -> Iterator[tuple[PostingList, int, int, int]]:
    """Those of some documents that a term is in: the list, its offset, the document, and its place in the list."""
    for found, offset, first, behind in _parts(lists, documents):
        for document, at in found.among(documents[first:behind], offset):
            yield found, offset, document, at


def _has(ids: Sequence[int], document: int) -> bool:
    at = bisect_left(ids, document)
    return at < len(ids) and ids[at] == document


def _shifted(ids: Sequence[int], offset: int) -> Sequence[int]:
    return [document + offset for document in ids] if offset else ids
