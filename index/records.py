"""What an engine that hands out neither places nor counts keeps of each entry, to score it exactly.

Such an engine (Tantivy, a cluster) indexes terms with positions and finds sets of entries by them. So each entry keeps
a record of its own stems, from which the best matches are scored as exactly as by any other engine; exact forms are
counted in the text that is displayed. In a record a word is three bytes of a checksum: two words of one entry have the
same ones in one of fifty thousand questions, which may then rank it a place too high. Whether an entry matches is never
answered from records, but by Tantivy of phrases with words that share their place with another.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from index.entry import KEYS, REMOVED, TEXT, TEXT_FORMS, TITLE, TITLE_FORMS, WORD_FIELDS, Entry
from index.marks import WIDTH, mark
from index.shelf import NO_DAY
from index.written import written_of

FORMS = {TITLE: TITLE_FORMS, TEXT: TEXT_FORMS}
COUNTED = frozenset(FORMS.values())  # their occurrences are counted in the text that is displayed
SEARCHED = frozenset({*WORD_FIELDS, *KEYS})
RANKED = (TITLE, TEXT, REMOVED)  # by length

_HEAD = struct.Struct("<IIqIIII")  # first and last day, group, lengths, bytes of the id
_SECTION = struct.Struct("<BI")  # number of the field, bytes
_SPARSE = struct.Struct(f"<I{WIDTH}s")  # place and mark
_FIELDS = (*WORD_FIELDS, *KEYS)
_NUMBERS = {field: number for number, field in enumerate(_FIELDS)}
_BESIDE = 128  # added to a field's number: words that share their place with another, or stand far apart


@dataclass(frozen=True, slots=True)
class Record:
    """What the engine knows by itself of one entry."""

    id: str
    first_day: int  # `NO_DAY` when there is none
    last_day: int
    group: int  # copies have it in common
    lengths: Mapping[str, int]
    marks: Mapping[int, bytes]  # number of a field, or `_BESIDE` more → marks

    def marks_in(self, field: str) -> bytes:
        """All marks of a field of values."""
        return self.marks.get(_NUMBERS[field], b"")

    def has(self, field: str, marked: bytes) -> bool:
        """Whether it may have a word in a field: a quick look, before `places`."""
        number = _NUMBERS.get(field, _BESIDE - 1)
        return marked in self.marks.get(number, b"") or marked in self.marks.get(number + _BESIDE, b"")

    def places(self, field: str, marked: bytes) -> list[int]:
        """Where a word stands in a field with positions; for others only the number of places counts."""
        number = _NUMBERS.get(field, _BESIDE - 1)
        row = self.marks.get(number, b"")
        found = []
        at = row.find(marked)
        while at >= 0:
            if at % WIDTH:
                at = row.find(marked, at + 1)
            else:
                found.append(at // WIDTH)
                at = row.find(marked, at + WIDTH)
        beside = self.marks.get(number + _BESIDE)
        if beside is not None and marked in beside:
            found = sorted({*found, *_sparse_places(beside, marked)})
        return found


def _sparse_places(row: bytes, marked: bytes) -> Iterator[int]:
    """Where a mark stands in a row of places and marks."""
    before = _SPARSE.size - len(marked)
    at = row.find(marked)
    while at >= 0:
        if at % _SPARSE.size == before:
            yield int.from_bytes(row[at - before : at], "little")
        at = row.find(marked, at + 1)


def record_of(raw: bytes) -> Record:
    """What `record` wrote; raises struct.error and ValueError for most else."""
    first, last, group, title, text, removed, size = _HEAD.unpack_from(raw)
    at = _HEAD.size + size
    id_ = raw[_HEAD.size : at].decode("utf-8", "surrogatepass")
    marks: dict[int, bytes] = {}
    while at < len(raw):
        number, length = _SECTION.unpack_from(raw, at)
        at += _SECTION.size
        marks[number] = raw[at : at + length]
        at += length
    return Record(id_, first, last, group, {TITLE: title, TEXT: text, REMOVED: removed}, marks)


def record(entry: Entry, beside: Mapping[str, Sequence[tuple[int, str]]], group: int) -> bytes:
    """What is kept of an entry; `beside` has what shares its place with a usual stem, by field."""
    id_ = entry.id.encode("utf-8", "surrogatepass")
    lengths = entry.lengths()
    head = (entry.first_day or NO_DAY, entry.last_day or NO_DAY, group, *(lengths[field] for field in RANKED), len(id_))
    made = [_HEAD.pack(*head), id_]

    def section(number: int, marks: bytes) -> None:
        if marks:
            made.extend((_SECTION.pack(number, len(marks)), marks))

    for field, words in entry.words():
        section(_NUMBERS[field], b"".join(map(written_of(words.vocabulary).marks.__getitem__, words.places)))
        section(_NUMBERS[field] + _BESIDE, b"".join(_SPARSE.pack(at, mark(term)) for at, term in beside[field]))
    for field, postings in entry.names.items():
        sparse = (_SPARSE.pack(at, mark(term)) for term, places in postings.items() for at in places)
        section(_NUMBERS[field] + _BESIDE, b"".join(sparse))
    for field in KEYS:
        section(_NUMBERS[field], b"".join(mark(value) for value in entry.keys.get(field, ())))
    return b"".join(made)


def group_of(name: str) -> int:
    """The number that copies have in common."""
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
