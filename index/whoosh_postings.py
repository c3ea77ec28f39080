"""Postings of the Whoosh engine: gathered by number while articles come in, grouped by term when a segment is written.

An occurrence is one 64-bit number, the document in its upper half and the position in its lower one, in an array of the
word it is one of. So taking an article in runs through its words in compiled code, and an occurrence takes eight bytes.
A term's posting list is bytes: a head that says how wide numbers are, the documents, how often each has the term unless
each has it once, and all positions in one row. Nothing in it is pickled.
"""

import struct
import sys
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, count
from operator import attrgetter

from index.entry import KEYS, NAMES, REMOVED, TEXT, TEXT_FORMS, TITLE, TITLE_FORMS
from index.words import Vocabulary, Words

POSITIONED = frozenset({TITLE, TEXT, REMOVED, *NAMES})
COUNTED = frozenset({TITLE_FORMS, TEXT_FORMS, *KEYS})
_FORMS_OF = {TITLE: TITLE_FORMS, TEXT: TEXT_FORMS}  # fields whose exact forms and parts are kept as well

_HALF = 32  # bits of a position in an occurrence
_MASK = (1 << _HALF) - 1
_SHORT = 1 << 16
# Where the lower 16 bits of position and document stand in an occurrence, seen as four numbers of 16 bits.
_POSITION, _DOCUMENT = (0, 2) if sys.byteorder == "little" else (3, 1)
_ODD = int(sys.byteorder != "little")  # the upper 16 bits stand behind the lower ones, or before them

# Width of the numbers of a posting list, two bits each in its head.
_WIDTHS = ("", "B", "H", "I")
_ALL_ONE = 0  # of counts: none is written
_IDS, _COUNTS, _PLACES = 0, 2, 4  # which bits of the head
_SIZES = {"B": 1, "H": 2, "I": 4}


@dataclass(frozen=True)
class PostingList:
    """All postings of a term in one segment, deleted documents included."""

    ids: Sequence[int]  # ascending
    counts: Sequence[int]  # occurrences in each
    positions: Sequence[int] = ()  # those of the first document, then those of the second …; none in `COUNTED` fields

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(self.counts))

    def places(self, document: int) -> Sequence[int] | None:
        """Where the term stands in a document; None when that does not have it."""
        at = bisect_left(self.ids, document)
        if at == len(self.ids) or self.ids[at] != document:
            return None
        return self.positions[self._ends[at] - self.counts[at] : self._ends[at]]


NO_POSTINGS = PostingList((), ())


# --- Bytes --------------------------------------------------------------------------------------------------------


def packed(found: PostingList) -> bytes:
    """A posting list as bytes; `unpacked` makes the same of them."""
    ids = _narrow(found.ids)
    counts = array("B") if len(found.ids) == sum(found.counts) else _narrow(found.counts)
    places = _narrow(found.positions) if found.positions else array("B")
    head = _width(ids) << _IDS | _width(counts) << _COUNTS | _width(places) << _PLACES
    return b"".join((bytes((head,)), ids.tobytes(), counts.tobytes(), places.tobytes()))


def _width(numbers: "array[int]") -> int:
    return _WIDTHS.index(numbers.typecode) if numbers else 0


def _narrow(numbers: Sequence[int]) -> "array[int]":
    """The numbers in the narrowest array that holds them."""
    most = max(numbers)
    return array("B" if most < 1 << 8 else "H" if most < _SHORT else "I", numbers)


def packed_keys(keys: "array[int]", *, positioned: bool, short: bool) -> tuple[int, bytes]:
    """The posting list of occurrences in ascending order: in how many documents, and its bytes.

    `short` says that documents and positions are known to fit into 16 bits; else they are looked through.
    """
    if len(keys) == 1 and not keys[0] & _WIDE:  # two terms in three
        document, position = keys[0] >> _HALF, keys[0] & _MASK
        return 1, _ONE_PLACE.pack(_ONE_PLACE_HEAD, document, position) if positioned else _ONE_ID.pack(
            _ONE_ID_HEAD, document
        )
    numbers: array[int] = array("H", keys.tobytes())
    if not short and (any(numbers[1 - _ODD :: 4]) or any(numbers[3 - _ODD :: 4])):
        found = _posting_list(keys, positioned=positioned)
        return len(found.ids), packed(found)
    ids = numbers[_DOCUMENT::4]
    places = numbers[_POSITION::4].tobytes() if positioned else b""
    head = _SHORT_PLACES if positioned else _SHORT_IDS
    if len(dict.fromkeys(ids)) == len(ids):
        return len(ids), head[_ALL_ONE] + ids.tobytes() + places
    counted = Counter(ids)
    counts = _narrow(list(counted.values()))
    return len(counted), head[_width(counts)] + array("H", counted).tobytes() + counts.tobytes() + places


_SHORT_IDS = tuple(bytes((2 << _IDS | width << _COUNTS,)) for width in range(4))
_SHORT_PLACES = tuple(bytes((head[0] | 2 << _PLACES,)) for head in _SHORT_IDS)


_WIDE = (_MASK ^ (_SHORT - 1)) << _HALF | (_MASK ^ (_SHORT - 1))  # the bits of numbers that 16 bits do not hold
_ONE_ID, _ONE_PLACE = struct.Struct("=BH"), struct.Struct("=BHH")
_ONE_ID_HEAD, _ONE_PLACE_HEAD = _SHORT_IDS[_ALL_ONE][0], _SHORT_PLACES[_ALL_ONE][0]


def _posting_list(keys: "array[int]", *, positioned: bool) -> PostingList:
    counted = Counter(key >> _HALF for key in keys)
    positions = [key & _MASK for key in keys] if positioned else ()
    return PostingList(list(counted), list(counted.values()), positions)


def unpacked(number: int, data: bytes) -> PostingList:
    """The posting list of a term that so many documents have. Raises `ValueError` for bytes that are none."""
    if not data:
        raise ValueError("a posting list is empty")
    head = data[0]
    id_code, count_code, place_code = (_WIDTHS[head >> shift & 3] for shift in (_IDS, _COUNTS, _PLACES))
    at = 1 + number * _SIZES.get(id_code, 0)
    ids = _numbers(id_code, data[1:at])
    counts: Sequence[int]
    if count_code:
        end = at + number * _SIZES[count_code]
        counts = _numbers(count_code, data[at:end])
        at = end
    else:
        counts = array("B", b"\1") * number
    positions = _numbers(place_code, data[at:])
    if len(ids) != number or len(counts) != number or (place_code and len(positions) != sum(counts)):
        raise ValueError("a posting list is not as long as it says")
    return PostingList(ids, counts, positions)


def _numbers(code: str, data: bytes) -> "array[int]":
    if not code:
        if data:
            raise ValueError("a posting list is longer than it says")
        return array("B")
    return array(code, data)


# --- Gathering ----------------------------------------------------------------------------------------------------

_Rows = defaultdict[int, "array[int]"]  # number in the vocabulary → occurrences
_Names = Sequence[tuple[str, ...]]  # number in the vocabulary → terms


def _no_keys() -> "array[int]":
    return array("Q")


class Pool:
    """The occurrences of the documents of one segment."""

    def __init__(self) -> None:
        self.size = 0  # occurrences held
        self._short = True  # whether all documents and positions fit into 16 bits
        self._words: dict[str, dict[Vocabulary, _Rows]] = {}
        self._terms: dict[str, defaultdict[str, array[int]]] = {}

    def add_words(self, field: str, document: int, words: Words) -> None:
        """The words of one field of one document, which comes behind all others."""
        rows = self._words.setdefault(field, {}).setdefault(words.vocabulary, defaultdict(_no_keys))
        keys = count(document << _HALF)
        deque(map(array.append, map(rows.__getitem__, words.places), keys), maxlen=0)
        self._note(document, len(words.places))
        for position, stem in words.beside:
            self._put(field, document, stem, (position,))

    def add_terms(self, field: str, document: int, postings: Mapping[str, Sequence[int]]) -> None:
        """The terms of one field of one document with their positions."""
        for term, positions in postings.items():
            self._put(field, document, term, positions)
            self._note(document, positions[-1])

    def _put(self, field: str, document: int, term: str, positions: Sequence[int]) -> None:
        terms = self._terms.setdefault(field, defaultdict(_no_keys))
        terms[term].extend(document << _HALF | position for position in positions)
        self.size += len(positions)

    def _note(self, document: int, length: int) -> None:
        self.size += length
        if document >= _SHORT or length >= _SHORT:
            self._short = False

    def fields(self) -> Iterator[tuple[str, Iterator[tuple[str, int, bytes]]]]:
        """Each field with its terms in code point order: in how many documents, and the list. Empties the pool."""
        for field in sorted(self._words.keys() | self._terms.keys()):
            words, groups = self._words.pop(field, {}), _Groups(self._terms.pop(field, {}))
            _gather(groups, words, attrgetter("stems"))
            if field in _FORMS_OF:
                _gather(groups, words, attrgetter("parts"))
            yield field, self._lists(field, groups)
            if field in _FORMS_OF:
                groups = {}
                _gather(groups, words, attrgetter("forms"))
                yield _FORMS_OF[field], self._lists(_FORMS_OF[field], groups)
        self.size, self._short = 0, True

    def _lists(self, field: str, groups: "_Groups") -> Iterator[tuple[str, int, bytes]]:
        positioned, short = field in POSITIONED, self._short
        for term in sorted(groups):
            rows = groups.pop(term)
            keys = rows if isinstance(rows, array) else array("Q", sorted(chain.from_iterable(rows)))
            yield term, *packed_keys(keys, positioned=positioned, short=short)


_Groups = dict[str, "array[int] | list[array[int]]"]  # term → the occurrences of the one or several words it stands for


def _gather(groups: _Groups, words: Mapping[Vocabulary, _Rows], names_of: Callable[[Vocabulary], _Names]) -> None:
    """Puts the occurrences of words to the terms that stand for them."""
    for vocabulary, rows in words.items():
        names = names_of(vocabulary)
        for number, keys in rows.items():
            for term in names[number]:
                if term in groups:
                    _join(groups, term, keys)
                else:
                    groups[term] = keys


def _join(groups: _Groups, term: str, keys: "array[int]") -> None:
    known = groups[term]
    if isinstance(known, list):
        known.append(keys)
    else:
        groups[term] = [known, keys]


# --- Merging ------------------------------------------------------------------------------------------------------


def moved(lists: Iterable[tuple[PostingList, Sequence[int]]]) -> PostingList:
    """The posting lists of one term of several segments as one; each with the new number of its documents, -1 for none.

    New numbers ascend from segment to segment.
    """
    ids: list[int] = []
    counts: list[int] = []
    positions: list[int] = []
    for found, numbers in lists:
        begin = 0
        for document, occurrences in zip(found.ids, found.counts, strict=True):
            number = numbers[document]
            if number >= 0:
                ids.append(number)
                counts.append(occurrences)
                positions.extend(found.positions[begin : begin + occurrences])
            begin += occurrences
    return PostingList(ids, counts, positions)
