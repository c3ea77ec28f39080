"""How the Tantivy engine keeps entries: fields, terms as UTF-8, and a record of where the words of an entry stand.

Tantivy indexes terms with positions and finds sets of entries by them, but it does not hand positions or counts out. So
each entry keeps a record of its own words, from which the best matches are scored as exactly as by any other engine. In
a record a word is three bytes of a checksum: two words of one entry have the same ones in one of fifty thousand
questions, which may then rank it a place too high; whether an entry matches is never answered from records alone.
"""

import json
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from tantivy import Document, Index, PreTokenizedString, Schema, SchemaBuilder, TextAnalyzerBuilder, Token, Tokenizer

from index.engine import FACETS, Sort
from index.entry import KEYS, NAMES, REMOVED, TEXT, TEXT_FORMS, TITLE, TITLE_FORMS, WORD_FIELDS, Display, Entry
from index.evaluate import NO_DAY
from index.folding import fold_key
from index.labels import facet_values

SCHEMA_VERSION = 1  # raise it whenever files written before can no longer be read

POSITIONED = (TITLE, TEXT, REMOVED, *NAMES)
COUNTED = (TITLE_FORMS, TEXT_FORMS)
SEARCHED = frozenset({*WORD_FIELDS, *KEYS})
RANKED = (TITLE, TEXT, REMOVED)  # by length
LENGTHS = {field: f"length_{field}" for field in RANKED}
COUNTS = {facet: f"facet_{facet}" for facet in FACETS}
LABELS: Mapping[Sort, str] = {"source": "label_source", "title": "label_title"}
FIRST_DAY, LAST_DAY, GROUP, RECORD, DISPLAY = "first_day", "last_day", "group", "record", "display"

_WORDS, _WHOLE = "words", "raw"  # names of tokenizers; Tantivy brings the second
_DISPLAY_COMPRESSION = 6  # zlib level, as in the Whoosh engine
_MOST_OF_LABEL = 10_000  # characters that titles are sorted by; Tantivy leaves out terms of more than 65,530 bytes
_MOST_OF_KEY = 30_000  # bytes; a longer value is known by its beginning and its checksum


# --- Fields -------------------------------------------------------------------------------------------------------


def schema() -> Schema:
    """The fields of an index."""
    builder = SchemaBuilder()
    for name in POSITIONED:
        builder.add_text_field(name, tokenizer_name=_WORDS, index_option="position")
    for name in COUNTED:
        builder.add_text_field(name, tokenizer_name=_WORDS, index_option="freq")
    for name in KEYS:
        builder.add_text_field(name, tokenizer_name=_WHOLE, index_option="basic", fast=name == "id")
    for name in (*COUNTS.values(), *LABELS.values()):
        builder.add_text_field(name, tokenizer_name=_WHOLE, index_option="basic", fast=True)
    for name in (FIRST_DAY, LAST_DAY):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in (GROUP, *LENGTHS.values()):
        builder.add_integer_field(name, fast=True)
    for name in (RECORD, DISPLAY):
        builder.add_bytes_field(name, stored=True)
    return builder.build()


def prepared(index: Index) -> Index:
    """The index with its tokenizer; it reads anew only when it is told to."""
    index.register_tokenizer(_WORDS, TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    index.config_reader(reload_policy="manual")
    return index


# --- Terms --------------------------------------------------------------------------------------------------------

# Tantivy's terms are UTF-8, which has no lone surrogates (names of files that cannot be decoded have them). They are
# written with a sign of the private area, which itself is written with it, so that code point order stays as it is.
_SIGN = "\ue000"
_NO_UTF8 = re.compile("[\ud800-\udfff\ue000]")
_WRITTEN = re.compile(f"{_SIGN}([0-9a-f]{{4}})")


def encoded(text: str) -> str:
    """Text as Tantivy keeps it."""
    return text if text.isascii() else _NO_UTF8.sub(lambda found: f"{_SIGN}{ord(found.group()):04x}", text)


def decoded(text: str) -> str:
    """What `encoded` was given."""
    return text if text.isascii() else _WRITTEN.sub(lambda found: chr(int(found.group(1), 16)), text)


def key(value: str) -> str:
    """A whole value as a term."""
    kept = encoded(value)
    if len(kept) * 4 <= _MOST_OF_KEY or len(raw := kept.encode()) <= _MOST_OF_KEY:
        return kept
    return f"{kept[: _MOST_OF_KEY // 8]}{_SIGN}{blake2b(raw, digest_size=16).hexdigest()}"


@lru_cache(maxsize=200_000)
def mark(term: str) -> bytes:
    """What stands for a term in records; never three zeros, which stand for no word."""
    return (zlib.crc32(term.encode("utf-8", "surrogatepass")) % 0xFFFFFF + 1).to_bytes(_WIDTH, "little")


# --- Records ------------------------------------------------------------------------------------------------------

_WIDTH = 3
_HEAD = struct.Struct("<IIqIIII")  # first and last day, group, lengths, bytes of the id
_SECTION = struct.Struct("<BI")  # number of the field, bytes
_SPARSE = struct.Struct(f"<I{_WIDTH}s")  # place and mark
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

    def places(self, field: str, marked: bytes) -> list[int]:
        """Where a word stands in a field with positions; for others only the number of places counts."""
        number = _NUMBERS.get(field, _BESIDE - 1)
        row = self.marks.get(number, b"")
        found = []
        at = row.find(marked)
        while at >= 0:
            if at % _WIDTH:
                at = row.find(marked, at + 1)
            else:
                found.append(at // _WIDTH)
                at = row.find(marked, at + _WIDTH)
        beside = self.marks.get(number + _BESIDE)
        if beside is not None and marked in beside:
            found = sorted({*found, *(place for place, other in _SPARSE.iter_unpack(beside) if other == marked)})
        return found

    def count(self, field: str, marked: bytes) -> int:
        """How often a word occurs in a field."""
        return len(self.places(field, marked))

    def occurrences(self, field: str) -> Iterator[bytes]:
        """The mark of every word of a field, as often as it occurs."""
        number = _NUMBERS.get(field, _BESIDE - 1)
        row = self.marks.get(number, b"")
        yield from (row[at : at + _WIDTH] for at in range(0, len(row), _WIDTH))
        yield from (other for _, other in _SPARSE.iter_unpack(self.marks.get(number + _BESIDE, b"")))


def record_of(raw: bytes) -> Record:
    """What `_record` wrote; raises struct.error and ValueError for anything else."""
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


def _record(entry: Entry, words: Mapping[str, Sequence[Mapping[str, Sequence[int]]]], group: int) -> bytes:
    id_ = entry.id.encode("utf-8", "surrogatepass")
    lengths = entry.lengths()
    head = (entry.first_day or NO_DAY, entry.last_day or NO_DAY, group, *(lengths[field] for field in RANKED), len(id_))
    made = [_HEAD.pack(*head), id_]

    def section(number: int, marks: bytes) -> None:
        if marks:
            made.extend((_SECTION.pack(number, len(marks)), marks))

    for field, postings in words.items():
        if field in COUNTED:
            section(_NUMBERS[field], b"".join(mark(t) * len(at) for each in postings for t, at in each.items()))
            continue
        row, beside = _rows(postings, dense=field in RANKED)
        section(_NUMBERS[field], row)
        section(_NUMBERS[field] + _BESIDE, beside)
    for field in KEYS:
        section(_NUMBERS[field], b"".join(mark(value) for value in entry.keys.get(field, ())))
    return b"".join(made)


def _rows(postings: Iterable[Mapping[str, Sequence[int]]], *, dense: bool) -> tuple[bytes, bytes]:
    """Marks in the order of places, and apart with their places those for which there is no room in it."""
    places = [(term, positions) for each in postings for term, positions in each.items() if positions]
    last = max((positions[-1] for _, positions in places), default=-1)
    row = bytearray(_WIDTH * (last + 1) if dense else 0)
    beside = []
    for term, positions in places:
        marked = mark(term)
        for place in positions:
            at = _WIDTH * place
            if dense and not any(row[at : at + _WIDTH]):
                row[at : at + _WIDTH] = marked
            else:
                beside.append(_SPARSE.pack(place, marked))
    return bytes(row), b"".join(beside)


# --- Documents ----------------------------------------------------------------------------------------------------


def document(entry: Entry) -> Document:
    """An entry as Tantivy takes it in."""
    made = Document()
    words: dict[str, list[Mapping[str, Sequence[int]]]] = {}
    for field, postings in entry.word_fields():
        words.setdefault(field, []).append(postings)
    for field, found in words.items():
        _add_words(made, field, found)
    for field, values in entry.keys.items():
        for value in values:
            made.add_text(field, key(value))
    _add_display(made, entry.display)
    group = _group(entry.display.copy_group)
    numbers = {GROUP: group, **{LENGTHS[field]: length for field, length in entry.lengths().items() if length}}
    if entry.first_day is not None and entry.last_day is not None:
        numbers |= {FIRST_DAY: entry.first_day, LAST_DAY: entry.last_day}
    for field, number in numbers.items():
        made.add_integer(field, number)
    made.add_bytes(RECORD, _record(entry, words, group))
    return made


def display_of(raw: bytes) -> Display:
    """What is shown of an entry."""
    values: dict[str, Any] = json.loads(zlib.decompress(raw))
    for name in ("authors", "tags"):
        values[name] = tuple(values[name])
    return Display(**values)


def _add_words(made: Document, field: str, found: Iterable[Mapping[str, Sequence[int]]]) -> None:
    if field in COUNTED:
        made.add_text(field, " ".join(" ".join([encoded(t)] * len(at)) for each in found for t, at in each.items()))
        return
    # Term by term: Tantivy wants the places of each term to ascend, not those of all.
    words = ((encoded(term), places) for each in found for term, places in each.items())
    tokens = [Token(word, place, 0, 0) for word, places in words for place in places]
    if tokens:
        made.add_pre_tokenized_text(field, PreTokenizedString("", tokens))


def _add_display(made: Document, display: Display) -> None:
    for facet in FACETS:
        for value in facet_values(display, facet):
            made.add_text(COUNTS[facet], key(value))
    for field, label in ((LABELS["source"], display.source), (LABELS["title"], display.title or "")):
        if folded := fold_key(label):
            made.add_text(field, encoded(folded[:_MOST_OF_LABEL]))
    shown = {name: getattr(display, name) for name in Display.__slots__}
    made.add_bytes(DISPLAY, zlib.compress(json.dumps(shown).encode(), _DISPLAY_COMPRESSION))


def _group(name: str) -> int:
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
