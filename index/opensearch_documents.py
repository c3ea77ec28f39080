"""An entry as a document of OpenSearch, the mapping it must obey, and the index that it belongs into.

All terms are ours. A text goes in cut at blanks, what shares a place (alternative stems, hyphenated words as a whole,
parts of compounds) joined by a sign that the server's analyzer cuts at without counting a place, so that positions are
those of every other engine. The terms of an entry stand beside, once each, as a column: of them the vocabulary is
listed. What scores comes back as bytes of our own (index/records.py), what is displayed as it is; a server compresses
both.
"""

import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from backfile.errors import IndexUnusable
from index import ranking
from index.engine import FACETS, Sort
from index.entry import KEYS, NAMES, REMOVED, WORD_FIELDS, Display, Entry
from index.folding import fold_key
from index.labels import facet_values
from index.opensearch_words import forms_of, stems_of
from index.records import FORMS, RANKED, Record, group_of, record, record_of
from index.written import NO_WORD, SEPARATOR, beside_of, decoded, encoded, key

SCHEMA_VERSION = 2  # raise it whenever documents written before can no longer be read

VOCABULARY = {field: f"{field}_terms" for field in WORD_FIELDS} | {field: field for field in KEYS}
LENGTHS = {field: f"length_{field}" for field in RANKED}
COUNTS = {facet: f"facet_{facet}" for facet in FACETS}
LABELS: Mapping[Sort, str] = {"source": "label_source", "title": "label_title"}
FIRST_DAY, LAST_DAY, GROUP, RECORD, DISPLAY = "first_day", "last_day", "group", "record", "display"
FLOOR = "floor"  # of a deleted entry: what its version has to be above of, should it come back

# A term of more than 32,766 bytes makes Lucene refuse the document. Keys and labels are cut before; should one escape,
# it is left out of the index by the server (characters, of up to four bytes).
_IGNORED_ABOVE = 8_191
_MOST_OF_LABEL = 8_000  # characters that titles are sorted by
_NAME_GAP = 100  # places between two values of a field, as in `entry`
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LONGEST_PLACE = 20_000  # characters of all that shares one; a word has 120, and a dozen alternatives


# --- Mapping ------------------------------------------------------------------------------------------------------


def mappings() -> dict[str, Any]:
    """The fields of an index; a document with any other is refused."""
    fields: dict[str, Any] = {}
    for field in RANKED:
        fields[field] = {"type": "text", "analyzer": "places", "similarity": f"of_{field}"}
    for field in FORMS.values():
        ranked = ranking.RANKED_AS[field]
        fields[field] = {
            "type": "text",
            "analyzer": "words",
            "similarity": f"of_{ranked}",
            "index_options": "freqs",
        }
    for field in NAMES:
        fields[field] = {"type": "text", "analyzer": "words", "norms": False, "position_increment_gap": _NAME_GAP}
    for field in WORD_FIELDS:
        fields[VOCABULARY[field]] = {"type": "keyword", "index": False, "ignore_above": _IGNORED_ABOVE}
    for field in (*KEYS, *COUNTS.values(), *LABELS.values()):
        fields[field] = {"type": "keyword", "ignore_above": _IGNORED_ABOVE}
    for field in (FIRST_DAY, LAST_DAY, *LENGTHS.values()):
        fields[field] = {"type": "integer"}
    for field in (GROUP, FLOOR):
        fields[field] = {"type": "long"}
    fields[RECORD] = {"type": "binary"}
    fields[DISPLAY] = {"type": "object", "enabled": False}  # is not looked into
    return {"dynamic": "strict", "_source": {"includes": [RECORD, DISPLAY]}, "properties": fields}


def analysis() -> dict[str, Any]:
    """The settings by which the server cuts what we have analysed."""
    return {
        "tokenizer": {"blanks": {"type": "whitespace", "max_token_length": _LONGEST_PLACE}},
        "filter": {
            "nothing": {"type": "stop", "stopwords": [NO_WORD]},
            "alike": {"type": "pattern_capture", "preserve_original": False, "patterns": [f"([^{SEPARATOR}]+)"]},
        },
        "analyzer": {
            "places": {"type": "custom", "tokenizer": "blanks", "filter": ["nothing", "alike"]},
            "words": {"type": "custom", "tokenizer": "blanks"},
        },
    }


def similarities() -> dict[str, Any]:
    """How the server scores single fields: as nearly as it can to `ranking`."""
    return {f"of_{field}": {"type": "BM25", "k1": ranking.K1, "b": ranking.B[field]} for field in RANKED}


# --- Names --------------------------------------------------------------------------------------------------------

UNDATED = "undated"
# Every index costs a cluster memory, and by default it has no more than 1,000 a node. Articles from before are few.
MONTHS_FROM, MONTHS_TO = 1990, 2100
YEARS_FROM = 1600


def address(id_: str) -> str:
    """The `_id` of an entry: that of the server may have no more than 512 bytes."""
    return sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()


def period(published: str | None) -> str:
    """The last part of the name of the index that an entry belongs into: 2024.03, 2024 or undated.

    >>> [period(day) for day in ("2024-03-01T10:00+01:00", "2024-03", "2024", "1925-03-01", "0204-03-01", None)]
    ['2024.03', '2024.03', '2024', '1925', 'undated', 'undated']
    """
    if published is None:
        return UNDATED
    year, month = published[:4], published[5:7]
    if not (year.isdecimal() and year.isascii() and YEARS_FROM <= int(year) <= MONTHS_TO):
        return UNDATED
    if int(year) < MONTHS_FROM or not (month.isdecimal() and month.isascii()):
        return year
    return f"{year}.{month}"


# --- Documents ----------------------------------------------------------------------------------------------------


def source_of(entry: Entry) -> bytes:
    """The JSON of an entry."""
    made: dict[str, Any] = {}
    texts: list[bytes] = []  # fields with their JSON
    beside: dict[str, Sequence[tuple[int, str]]] = {}
    for field, words in entry.words():
        parts = field != REMOVED
        beside[field] = beside_of(words, parts=parts)
        if words.places:
            texts += _members(field, *stems_of(words, parts=parts))
        if words.places and field in FORMS:
            texts += _members(FORMS[field], *forms_of(words))
    for field, postings in entry.names.items():
        made[field] = list(_values(postings))
        made[VOCABULARY[field]] = [encoded(term) for term in postings]
    for field, values in entry.keys.items():
        made[field] = [key(value) for value in values]
    _add_display(made, entry.display)
    group = group_of(entry.display.copy_group)
    made[GROUP] = group
    made |= {LENGTHS[field]: length for field, length in entry.lengths().items() if length}
    if entry.first_day is not None and entry.last_day is not None:
        made |= {FIRST_DAY: entry.first_day, LAST_DAY: entry.last_day}
    made[RECORD] = b64encode(record(entry, beside, group)).decode("ascii")
    return b"".join((_json(made)[:-1].encode(), *texts, b"}"))


# What a document that is not as we wrote it makes the reading of it raise.
DAMAGE = (ValueError, struct.error, LookupError, TypeError, AttributeError)


def record_in(hit: Mapping[str, Any]) -> Record:
    """The record of a document that was found; raises one of `DAMAGE`."""
    return record_of(b64decode(hit["_source"][RECORD]))


def display_in(hit: Mapping[str, Any]) -> Display:
    """What is shown of a document that was found; raises one of `DAMAGE`."""
    values: dict[str, Any] = {
        name: tuple(map(decoded, value)) if isinstance(value, list) else value and decoded(value)
        for name, value in hit["_source"][DISPLAY].items()
    }
    return Display(**values)


@contextmanager
def trusted() -> Iterator[None]:
    """For reading what was found: `IndexUnusable` when it is not as it was written."""
    try:
        yield
    except DAMAGE as error:
        told = f"a document on the servers cannot be read ({type(error).__name__}: {error})"
        raise IndexUnusable(f"{told[:200]}; run `backfile index rebuild`") from error


def _members(field: str, text: bytes, terms: bytes) -> tuple[bytes, bytes]:
    """A text and its column, as members of an object that has others before them."""
    return b',"%b":%b' % (field.encode(), text), b',"%b":%b' % (VOCABULARY[field].encode(), terms)


def _values(postings: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """A field of names as its values again: what stands side by side, with an empty one for every gap more."""
    places = sorted((place, encoded(term)) for term, found in postings.items() for place in found)
    value: list[str] = []
    last = -1
    for place, term in places:
        if place > last + 1:
            yield " ".join(value)
            yield from [""] * ((place - last - 1) // _NAME_GAP - 1)
            value = []
        value.append(term)
        last = place
    yield " ".join(value)


def _add_display(made: dict[str, Any], display: Display) -> None:
    for facet in FACETS:
        if values := facet_values(display, facet):
            made[COUNTS[facet]] = [key(value) for value in values]
    for field, label in ((LABELS["source"], display.source), (LABELS["title"], display.title or "")):
        if folded := fold_key(label):
            made[field] = encoded(folded[:_MOST_OF_LABEL])
    shown = ((name, getattr(display, name)) for name in Display.__slots__)
    made[DISPLAY] = {
        name: [encoded(each) for each in value] if isinstance(value, tuple) else value and encoded(value)
        for name, value in shown
    }
