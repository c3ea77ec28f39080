"""How the Tantivy engine keeps entries: fields, terms as UTF-8, and a record of where the words of an entry stand.

Tantivy indexes terms with positions and finds sets of entries by them, but it does not hand positions or counts out. So
each entry keeps a record of its own stems, from which the best matches are scored as exactly as by any other engine;
exact forms are counted in the text that is displayed. In a record a word is three bytes of a checksum: two words of one
entry have the same ones in one of fifty thousand questions, which may then rank it a place too high; whether an entry
matches is never answered from records alone, but for phrases with words that share their place with another.
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
from weakref import WeakKeyDictionary

from tantivy import (
    Document,
    Filter,
    Index,
    PreTokenizedString,
    Schema,
    SchemaBuilder,
    TextAnalyzerBuilder,
    Token,
    Tokenizer,
)

from index.engine import FACETS, Sort
from index.entry import KEYS, NAMES, REMOVED, TEXT, TEXT_FORMS, TITLE, TITLE_FORMS, WORD_FIELDS, Display, Entry
from index.folding import fold_key
from index.labels import facet_values
from index.shelf import NO_DAY
from index.words import Vocabulary, Words

SCHEMA_VERSION = 2  # raise it whenever files written before can no longer be read

POSITIONED = (TITLE, TEXT, REMOVED, *NAMES)
FORMS = {TITLE: TITLE_FORMS, TEXT: TEXT_FORMS}
COUNTED = frozenset(FORMS.values())
SEARCHED = frozenset({*WORD_FIELDS, *KEYS})
RANKED = (TITLE, TEXT, REMOVED)  # by length
# What stands at a place of these beside the usual stem: other stems of a word, hyphenated words as a whole, parts of
# compounds. In fields of their own, as Tantivy counts places by itself only where each has one word.
BESIDE = {field: f"{field}_beside" for field in RANKED}
LENGTHS = {field: f"length_{field}" for field in RANKED}
COUNTS = {facet: f"facet_{facet}" for facet in FACETS}
LABELS: Mapping[Sort, str] = {"source": "label_source", "title": "label_title"}
FIRST_DAY, LAST_DAY, GROUP, RECORD, DISPLAY = "first_day", "last_day", "group", "record", "display"

_NO_WORD = "\ue000"  # at a place without a stem; no term is written so, see `encoded`
_WORDS, _WHOLE = "words", "raw"  # names of tokenizers; Tantivy brings the second
_DISPLAY_COMPRESSION = 3  # zlib level, as in the Whoosh engine
_MOST_OF_LABEL = 10_000  # characters that titles are sorted by; Tantivy leaves out terms of more than 65,530 bytes
_MOST_OF_KEY = 30_000  # bytes; a longer value is known by its beginning and its checksum


# --- Fields -------------------------------------------------------------------------------------------------------


def schema() -> Schema:
    """The fields of an index."""
    builder = SchemaBuilder()
    for name in POSITIONED:
        builder.add_text_field(name, tokenizer_name=_WORDS, index_option="position")
    for name in (*FORMS.values(), *BESIDE.values()):
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
    words = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.custom_stopword([_NO_WORD])).build()
    index.register_tokenizer(_WORDS, words)
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


@lru_cache(maxsize=50_000)  # of what stands beside others, and in queries
def mark(term: str) -> bytes:
    """What stands for a term in records; never three zeros, which stand for no word."""
    return (zlib.crc32(term.encode("utf-8", "surrogatepass")) % 0xFFFFFF + 1).to_bytes(_WIDTH, "little")


# --- Words --------------------------------------------------------------------------------------------------------


class _Written:
    """The words of a vocabulary as they are written, by number: made once for each, joined for each text."""

    def __init__(self) -> None:
        self.mains: list[str] = []  # the usual stem of each place
        self.marks: list[bytes] = []  # of these
        self.forms: list[str] = []
        self.beside: dict[int, tuple[str, ...]] = {}  # other stems, and parts of compounds, where there are any

    def grow(self, vocabulary: Vocabulary) -> None:
        """Takes in what the vocabulary was given since."""
        for number in range(len(self.mains), len(vocabulary.stems)):
            main, *others = vocabulary.stems[number] or (None,)
            self.mains.append(_NO_WORD if main is None else encoded(main))
            self.marks.append(bytes(_WIDTH) if main is None else mark(main))
            self.forms.append(" ".join(map(encoded, vocabulary.forms[number])))
            if others or vocabulary.parts[number]:
                self.beside[number] = (*others, *vocabulary.parts[number])


_KNOWN: WeakKeyDictionary[Vocabulary, _Written] = WeakKeyDictionary()


def _written(vocabulary: Vocabulary) -> _Written:
    known = _KNOWN.get(vocabulary)
    if known is None:
        known = _KNOWN[vocabulary] = _Written()
    if len(known.mains) < len(vocabulary.stems):
        known.grow(vocabulary)
    return known


def _beside(words: Words) -> list[tuple[int, str]]:
    """What shares its place with a usual stem: place and term, as often as it occurs."""
    known = _written(words.vocabulary).beside
    having = known.keys() & set(words.places)
    found = [(at, term) for at, number in enumerate(words.places) if number in having for term in known[number]]
    return [*found, *words.beside] if having or words.beside else []


# --- Records ------------------------------------------------------------------------------------------------------

_WIDTH = 3
_HEAD = struct.Struct("<IIqIIII")  # first and last day, group, lengths, bytes of the id
_SECTION = struct.Struct("<BI")  # number of the field, bytes
_SPARSE = struct.Struct(f"<I{_WIDTH}s")  # place and mark
_FIELDS = (*WORD_FIELDS, *KEYS)
_NUMBERS = {field: number for number, field in enumerate(_FIELDS)}
_BESIDE = 128  # added to a field's number: words that share their place with another, or stand far apart
_RECORD_COMPRESSION = 1  # zlib level


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
            if at % _WIDTH:
                at = row.find(marked, at + 1)
            else:
                found.append(at // _WIDTH)
                at = row.find(marked, at + _WIDTH)
        beside = self.marks.get(number + _BESIDE)
        if beside is not None and marked in beside:
            found = sorted({*found, *_sparse_places(beside, marked)})
        return found


def _sparse_places(row: bytes, marked: bytes) -> Iterator[int]:
    """Where a mark stands in a row of places and marks."""
    before = _SPARSE.size - _WIDTH
    at = row.find(marked)
    while at >= 0:
        if at % _SPARSE.size == before:
            yield int.from_bytes(row[at - before : at], "little")
        at = row.find(marked, at + 1)


def record_of(raw: bytes) -> Record:
    """What `_record` wrote; raises struct.error, zlib.error and ValueError for anything else."""
    raw = zlib.decompress(raw)
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


def _record(entry: Entry, beside: Mapping[str, Sequence[tuple[int, str]]], group: int) -> bytes:
    id_ = entry.id.encode("utf-8", "surrogatepass")
    lengths = entry.lengths()
    head = (entry.first_day or NO_DAY, entry.last_day or NO_DAY, group, *(lengths[field] for field in RANKED), len(id_))
    made = [_HEAD.pack(*head), id_]

    def section(number: int, marks: bytes) -> None:
        if marks:
            made.extend((_SECTION.pack(number, len(marks)), marks))

    for field, words in entry.words():
        section(_NUMBERS[field], b"".join(map(_written(words.vocabulary).marks.__getitem__, words.places)))
        section(_NUMBERS[field] + _BESIDE, b"".join(_SPARSE.pack(at, mark(term)) for at, term in beside[field]))
    for field, postings in entry.names.items():
        sparse = (_SPARSE.pack(at, mark(term)) for term, places in postings.items() for at in places)
        section(_NUMBERS[field] + _BESIDE, b"".join(sparse))
    for field in KEYS:
        section(_NUMBERS[field], b"".join(mark(value) for value in entry.keys.get(field, ())))
    return zlib.compress(b"".join(made), _RECORD_COMPRESSION)


# --- Documents ----------------------------------------------------------------------------------------------------


def document(entry: Entry) -> Document:
    """An entry as Tantivy takes it in."""
    made = Document()
    beside: dict[str, Sequence[tuple[int, str]]] = {}
    for field, words in entry.words():
        found = beside[field] = _beside(words)
        if words.places:
            _add_words(made, field, words, found)
    for field, postings in entry.names.items():
        _add_postings(made, field, postings)
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
    made.add_bytes(RECORD, _record(entry, beside, group))
    return made


def display_of(raw: bytes) -> Display:
    """What is shown of an entry."""
    values: dict[str, Any] = json.loads(zlib.decompress(raw))
    for name in ("authors", "tags"):
        values[name] = tuple(values[name])
    return Display(**values)


def _add_words(made: Document, field: str, words: Words, beside: Iterable[tuple[int, str]]) -> None:
    """A text cut at blanks, one word for each place, so that Tantivy counts places; what shares one stands apart."""
    written = _written(words.vocabulary)
    made.add_text(field, " ".join(map(written.mains.__getitem__, words.places)))
    if field in FORMS:
        made.add_text(FORMS[field], " ".join(map(written.forms.__getitem__, words.places)))
    if beside:
        made.add_text(BESIDE[field], " ".join(encoded(term) for _, term in beside))


def _add_postings(made: Document, field: str, postings: Mapping[str, Sequence[int]]) -> None:
    # Term by term: Tantivy wants the places of each term to ascend, not those of all.
    tokens = [Token(encoded(term), place, 0, 0) for term, places in postings.items() for place in places]
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
    written = json.dumps(shown, ensure_ascii=False).encode("utf-8", "surrogatepass")
    made.add_bytes(DISPLAY, zlib.compress(written, _DISPLAY_COMPRESSION))


def _group(name: str) -> int:
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
