"""How the Tantivy engine keeps entries: its fields, and an entry as a document with its record (index/records.py)."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
from index.entry import KEYS, NAMES, REMOVED, TEXT, TITLE, Display, Entry
from index.folding import fold_key
from index.labels import facet_values
from index.records import FORMS, RANKED, Record, group_of, record, record_of
from index.words import Words
from index.written import NO_WORD, beside_of, encoded, key, written_of

SCHEMA_VERSION = 2  # raise it whenever files written before can no longer be read

POSITIONED = (TITLE, TEXT, REMOVED, *NAMES)
# What stands at a place of these beside the usual stem: other stems of a word, hyphenated words as a whole, parts of
# compounds. In fields of their own, as Tantivy counts places by itself only where each has one word.
BESIDE = {field: f"{field}_beside" for field in RANKED}
LENGTHS = {field: f"length_{field}" for field in RANKED}
COUNTS = {facet: f"facet_{facet}" for facet in FACETS}
LABELS: Mapping[Sort, str] = {"source": "label_source", "title": "label_title"}
FIRST_DAY, LAST_DAY, GROUP, RECORD, DISPLAY = "first_day", "last_day", "group", "record", "display"

_WORDS, _WHOLE = "words", "raw"  # names of tokenizers; Tantivy brings the second
_RECORD_COMPRESSION, _DISPLAY_COMPRESSION = 1, 3  # zlib levels
_MOST_OF_LABEL = 10_000  # characters that titles are sorted by; Tantivy leaves out terms of more than 65,530 bytes


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
    words = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.custom_stopword([NO_WORD])).build()
    index.register_tokenizer(_WORDS, words)
    index.config_reader(reload_policy="manual")
    return index


# --- Documents ----------------------------------------------------------------------------------------------------


def document(entry: Entry) -> Document:
    """An entry as Tantivy takes it in."""
    made = Document()
    beside: dict[str, Sequence[tuple[int, str]]] = {}
    for field, words in entry.words():
        found = beside[field] = beside_of(words, parts=field != REMOVED)
        if words.places:
            _add_words(made, field, words, found)
    for field, postings in entry.names.items():
        _add_postings(made, field, postings)
    for field, values in entry.keys.items():
        for value in values:
            made.add_text(field, key(value))
    _add_display(made, entry.display)
    group = group_of(entry.display.copy_group)
    numbers = {GROUP: group, **{LENGTHS[field]: length for field, length in entry.lengths().items() if length}}
    if entry.first_day is not None and entry.last_day is not None:
        numbers |= {FIRST_DAY: entry.first_day, LAST_DAY: entry.last_day}
    for field, number in numbers.items():
        made.add_integer(field, number)
    made.add_bytes(RECORD, zlib.compress(record(entry, beside, group), _RECORD_COMPRESSION))
    return made


def _add_words(made: Document, field: str, words: Words, beside: Iterable[tuple[int, str]]) -> None:
    """A text cut at blanks, one word for each place, so that Tantivy counts places; what shares one stands apart."""
    written = written_of(words.vocabulary)
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
    made.add_bytes(DISPLAY, display_bytes(display))


# --- What is kept of an entry as bytes ----------------------------------------------------------------------------


def record_in(raw: bytes) -> Record:
    """The record that was kept; raises struct.error, zlib.error and ValueError for anything else."""
    return record_of(zlib.decompress(raw))


def display_bytes(display: Display) -> bytes:
    """What is shown of an entry, to be kept."""
    shown = {name: getattr(display, name) for name in Display.__slots__}
    written = json.dumps(shown, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return zlib.compress(written, _DISPLAY_COMPRESSION)


def display_of(raw: bytes) -> Display:
    """What `display_bytes` was given."""
    values: dict[str, Any] = json.loads(zlib.decompress(raw))
    for name in ("authors", "tags"):
        values[name] = tuple(values[name])
    return Display(**values)
