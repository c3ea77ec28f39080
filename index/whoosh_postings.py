"""Postings of the Whoosh engine: gathered by number while articles come in, grouped by term when a segment is written.

An occurrence is one 64-bit number, the document in its upper half and the position in its lower one, in an array of the
word it is one of. So taking an article in runs through its words in compiled code, and an occurrence takes eight bytes.
A term's posting list is bytes: a head that says how wide numbers are, the documents, how often each has the term unless
each has it once, and all positions in one row. Nothing in it is pickled.
"""

import re
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, count
from operator import attrgetter

from index.entry import KEYS, NAMES, REMOVED, TEXT, TEXT_FORMS, TITLE, TITLE_FORMS
from index.shelf import HALF
from index.words import Vocabulary, Words

POSITIONED = frozenset({TITLE, TEXT, REMOVED, *NAMES})
COUNTED = frozenset({TITLE_FORMS, TEXT_FORMS, *KEYS})
_FORMS_OF = {TITLE: TITLE_FORMS, TEXT: TEXT_FORMS}  # fields whose exact forms and parts are kept as well

_MASK = (1 << HALF) - 1
_SHORT = 1 << 16
# Where the lower 16 bits of position and document stand in an occurrence, seen as four numbers of 16 bits.
_POSITION, _DOCUMENT = (0, 2) if sys.byteorder == "little" else (3, 1)

# Width of the numbers of a posting list, two bits each in its head.
_WIDTHS = ("", "B", "H", "I")
_WIDTH_OF = {"B": 1, "H": 2, "I": 3}  # 0 where none is written: counts that are all one, no positions
_IDS, _COUNTS, _PLACES = 0, 2, 4  # which bits of the head
_SIZES = {"B": 1, "H": 2, "I": 4}
_WIDE_SIZES = (0, 1, 2, 4)  # bytes of a number of each width


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

    def occurrences(self, documents: Iterable[int], offset: int) -> Iterator[int]:
        """Where the term stands in those of the documents that have it, as `evaluate.Shelf.occurrences` has it.

        Documents have numbers that are `offset` higher than here, and come in ascending order; so do the answers.
        """
        counts, ends, positions = self.counts, self._ends, self.positions
        for document, at in self.among(documents, offset):
            key, end = document << HALF, ends[at]
            for place in positions[end - counts[at] : end]:
                yield key | place

    def standing(self, places: Iterable[int], offset: int) -> Iterator[int]:
        """At which of some places, ascending, the term stands."""
        ids, counts, ends, positions = self.ids, self.counts, self._ends, self.positions
        at, last, known = 0, len(ids), -1
        here: Sequence[int] = ()
        for key in places:
            document = (key >> HALF) - offset
            if document != known:
                known, at = document, bisect_left(ids, document, at)
                if at == last:
                    return
                here = positions[ends[at] - counts[at] : ends[at]] if ids[at] == document else ()
            if key & _MASK in here:
                yield key

    def among(self, documents: Iterable[int], offset: int) -> Iterator[tuple[int, int]]:
        """Those of some documents, ascending, that have the term, each with its place in the list."""
        ids, at, last = self.ids, 0, len(self.ids)
        for document in documents:
            at = bisect_left(ids, document - offset, at)
            if at == last:
                return
            if ids[at] == document - offset:
                yield document, at

    @cached_property
    def size(self) -> int:
        """The bytes that it takes, nearly."""
        rows = (self.ids, self.counts, self.positions)
        return _OVERHEAD + sum(row.itemsize * len(row) for row in rows if isinstance(row, array))


_OVERHEAD = 500  # bytes of a posting list and what holds it

NO_POSTINGS = PostingList((), ())


# --- Bytes --------------------------------------------------------------------------------------------------------


def packed(found: PostingList) -> bytes:
    """A posting list as bytes; `unpacked` makes the same of them."""
    ids = _narrow(found.ids)
    counts = array("B") if len(found.ids) == sum(found.counts) else _narrow(found.counts)
    places = _narrow(found.positions) if found.positions else array("B")
    return _head(ids, counts, places) + ids.tobytes() + counts.tobytes() + places.tobytes()


def _head(ids: "array[int]", counts: "array[int]", places: "array[int]") -> bytes:
    return bytes((_width(ids) << _IDS | _width(counts) << _COUNTS | _width(places) << _PLACES,))


def _width(numbers: "array[int]") -> int:
    return _WIDTH_OF[numbers.typecode] if numbers else 0


def _narrow(numbers: Collection[int]) -> "array[int]":
    """The numbers in the narrowest array that holds them."""
    most = max(numbers)
    return array("B" if most < 1 << 8 else "H" if most < _SHORT else "I", numbers)


def packed_rows(rows: Sequence["array[int]"], *, positioned: bool, short: bool) -> Iterator[tuple[int, bytes]]:
    """The posting list of each row of occurrences in ascending order: in how many documents, and its bytes.

    `short` says that documents and positions are known to fit into 16 bits; else they are looked through.
    """
    data = b"".join(rows)
    wide = frozenset() if short or len(rows) == 1 else _wide(rows, data)  # one long text shall not widen all
    ids, places = _halves(data, short=short or len(rows) > 1)
    all_ids, all_places = ids.tobytes(), places.tobytes() if positioned else b""
    id_size, place_size = ids.itemsize, places.itemsize
    widths = _WIDTH_OF[ids.typecode] << _IDS | (_WIDTH_OF[places.typecode] << _PLACES if positioned else 0)
    head = _HEADS[widths]
    begin = 0
    for number, size in enumerate(map(len, rows)):
        end = begin + size
        if number in wide:
            yield from packed_rows([rows[number]], positioned=positioned, short=False)
            begin = end
            continue
        where = all_places[begin * place_size : end * place_size]
        counted = _counted(ids[begin:end]) if size > 1 else {}
        if not counted:  # two terms in three occur once
            yield size, head + all_ids[begin * id_size : end * id_size] + where
        else:
            counts = _narrow(counted.values())
            found = _HEADS[widths | _WIDTH_OF[counts.typecode] << _COUNTS] + array(ids.typecode, counted).tobytes()
            yield len(counted), found + counts.tobytes() + where
        begin = end


def _wide(rows: Sequence["array[int]"], data: bytes) -> frozenset[int]:
    """Which of the rows have numbers that 16 bits do not hold; `data` are all of them."""
    quarters = array("H", data)
    ends = list(accumulate(map(len, rows)))
    upper = (quarters[half ^ 1 :: 4].tobytes() for half in (_DOCUMENT, _POSITION))
    return frozenset(bisect_right(ends, found.start() // 2) for half in upper for found in _NOT_ZERO.finditer(half))


def _halves(data: bytes, *, short: bool) -> tuple["array[int]", "array[int]"]:
    """Documents and positions of occurrences: sliced as numbers of the width that will do, without a loop over them."""
    quarters = array("H", data)
    wide = [not short and any(quarters[half ^ 1 :: 4]) for half in (_DOCUMENT, _POSITION)]
    halves = array("I", data if any(wide) else b"")
    ids, places = (
        halves[half // 2 :: 2] if is_wide else quarters[half::4]
        for half, is_wide in zip((_DOCUMENT, _POSITION), wide, strict=True)
    )
    return ids, places


def _counted(ids: "array[int]") -> Mapping[int, int]:
    """How often each document has a term; empty when each has it once."""
    if len(ids) > _FEW:
        counted: dict[int, int] = Counter(ids)
    elif len(found := dict.fromkeys(ids, 1)) < len(ids):
        counted = dict(zip(found, map(ids.count, found), strict=True))
    else:
        return {}
    return counted if len(counted) < len(ids) else {}


_NOT_ZERO = re.compile(rb"[^\0]")
_HEADS = tuple(bytes((widths,)) for widths in range(1 << 6))
_FEW = 16  # of so few no Counter is made


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


def _no_keys() -> "array[int]":
    return array("Q")


class Pool:
    """The occurrences of the documents of one segment."""

    def __init__(self) -> None:
        self.size = 0  # occurrences held
        self._short = True  # whether all documents and positions fit into 16 bits
        self._words: dict[str, dict[Vocabulary, _Rows]] = {}
        self._terms: defaultdict[str, defaultdict[str, array[int]]] = defaultdict(lambda: defaultdict(_no_keys))

    def add_words(self, field: str, document: int, words: Words) -> None:
        """The words of one field of one document, which comes behind all others."""
        rows = self._words.setdefault(field, {}).setdefault(words.vocabulary, defaultdict(_no_keys))
        keys = count(document << HALF)
        deque(map(array.append, map(rows.__getitem__, words.places), keys), maxlen=0)
        self.size += len(words.places)
        self._short = self._short and len(words.places) <= _SHORT and document < _SHORT
        for position, stem in words.beside:
            self._put(field, document, stem, (position,))

    def add_terms(self, field: str, document: int, postings: Mapping[str, Sequence[int]]) -> None:
        """The terms of one field of one document with their positions."""
        for term, positions in postings.items():
            self._put(field, document, term, positions)
            self._short = self._short and positions[-1] < _SHORT and document < _SHORT

    def _put(self, field: str, document: int, term: str, positions: Sequence[int]) -> None:
        row = self._terms[field][term]
        for position in positions:
            row.append(document << HALF | position)
        self.size += len(positions)

    def fields(self) -> Iterator[tuple[str, Iterator[tuple[str, int, bytes]]]]:
        """Each field with its terms in code point order: in how many documents, and the list. Empties the pool."""
        for field in sorted(self._words.keys() | self._terms.keys()):
            gathered = _Gathered(self._words.pop(field, {}), self._terms.pop(field, {}), short=self._short)
            yield field, gathered.stems(positioned=field in POSITIONED, parts=field in _FORMS_OF)
            if field in _FORMS_OF:
                yield _FORMS_OF[field], gathered.forms()
        self.size, self._short = 0, True


_Groups = dict[str, "int | list[int]"]  # term → the row or rows of the one or several words it stands for


class _Gathered:
    """The occurrences of one field: a row for each of its words, and of its terms that are no words of a vocabulary."""

    def __init__(self, words: Mapping[Vocabulary, _Rows], terms: Mapping[str, "array[int]"], *, short: bool) -> None:
        self._rows = [*terms.values(), *chain.from_iterable(rows.values() for rows in words.values())]
        self._terms = list(terms)
        self._words = [(vocabulary, list(rows)) for vocabulary, rows in words.items()]
        self._short = short

    def stems(self, *, positioned: bool, parts: bool) -> Iterator[tuple[str, int, bytes]]:
        """The posting lists of terms and stems, and of the parts of compounds where they are wanted."""
        groups: _Groups = {term: row for row, term in enumerate(self._terms)}
        self._group(groups, attrgetter("stems"))
        if parts:
            self._group(groups, attrgetter("parts"))
        return self._lists(groups, positioned=positioned)

    def forms(self) -> Iterator[tuple[str, int, bytes]]:
        """Those of exact forms, without positions."""
        groups: _Groups = {}
        self._group(groups, attrgetter("forms"))
        return self._lists(groups, positioned=False)

    def _group(self, groups: _Groups, names_of: Callable[[Vocabulary], Sequence[tuple[str, ...]]]) -> None:
        first = len(self._terms)
        for vocabulary, numbers in self._words:
            names = names_of(vocabulary)
            for row, number in enumerate(numbers, first):
                for term in names[number]:
                    if term in groups:
                        _join(groups, term, row)
                    else:
                        groups[term] = row
            first += len(numbers)

    def _lists(self, groups: _Groups, *, positioned: bool) -> Iterator[tuple[str, int, bytes]]:
        names = sorted(groups)
        for begin in range(0, len(names), _AT_ONCE):
            terms = names[begin : begin + _AT_ONCE]
            rows = [self._row(which) for which in map(groups.__getitem__, terms)]
            lists = packed_rows(rows, positioned=positioned, short=self._short)
            for term, (number, found) in zip(terms, lists, strict=True):
                yield term, number, found

    def _row(self, which: int | list[int]) -> "array[int]":
        return self._rows[which] if isinstance(which, int) else _united([self._rows[each] for each in which])


def _join(groups: _Groups, term: str, row: int) -> None:
    known = groups[term]
    if isinstance(known, list):
        known.append(row)
    else:
        groups[term] = [known, row]


def _united(rows: list["array[int]"]) -> "array[int]":
    """The occurrences of several words in one row, in ascending order."""
    rows.sort(key=len)
    *others, longest = rows
    if sum(map(len, others)) * _FAR_MORE > len(longest):
        return array("Q", sorted(chain.from_iterable(rows)))
    found, at = array("Q"), 0
    for key in sorted(chain.from_iterable(others)):  # `us-` beside `us`: copied around what is to be put in
        place = bisect_left(longest, key, at)
        found += longest[at:place]
        found.append(key)
        at = place
    return found + longest[at:]


_AT_ONCE = 1_024  # terms whose occurrences stand in one row of bytes
_FAR_MORE = 16  # times as long as all others, and the longest row is copied instead of sorted


# --- Merging ------------------------------------------------------------------------------------------------------


Renumbering = Callable[[int], int]  # number of a document → its new one, -1 for none


def joined(lists: Sequence[tuple[int, bytes, Renumbering]]) -> tuple[int, bytes]:
    """Posting lists of one term in several segments as one: in how many documents, and its bytes.

    Each comes with the number of its documents; their new numbers ascend from list to list. Counts and positions are
    copied as they are, unless documents are left out. Raises `ValueError` for bytes that are no posting list.
    """
    ids: list[int] = []
    counts: list[tuple[int, bytes]] = []  # widths and numbers
    places: list[tuple[int, bytes]] = []
    for number, data, renumber in lists:
        head = data[0] if data else 0
        count_width, place_width = head >> _COUNTS & 3, head >> _PLACES & 3
        at = 1 + number * _WIDE_SIZES[head & 3]
        end = at + number * _WIDE_SIZES[count_width]
        found = _numbers(_WIDTHS[head & 3], data[1:at])
        occurrences = sum(_numbers(_WIDTHS[count_width], data[at:end])) if count_width else number
        if len(found) != number or len(data) - end != occurrences * _WIDE_SIZES[place_width]:
            raise ValueError("a posting list is not as long as it says")
        new = list(map(renumber, found))
        if -1 in new:
            _put_living(unpacked(number, data), new, ids, counts, places)
            continue
        if len(lists) == 1:  # two terms in three
            code = "H" if new[-1] < _SHORT else "I"
            return number, b"".join((bytes((head & ~3 | _WIDTH_OF[code],)), array(code, new).tobytes(), data[at:]))
        ids += new
        counts.append((count_width, data[at:end] if count_width else b"\1" * number))
        places.append((place_width, data[end:]))
    if not ids:
        return 0, b""
    code = "H" if ids[-1] < _SHORT else "I"
    count_width, counted = _side_by_side(counts) if any(width for width, _ in counts) else (0, b"")
    place_width, placed = _side_by_side(places)
    head = _WIDTH_OF[code] << _IDS | count_width << _COUNTS | place_width << _PLACES
    return len(ids), b"".join((bytes((head,)), array(code, ids).tobytes(), counted, placed))


def _side_by_side(rows: Sequence[tuple[int, bytes]]) -> tuple[int, bytes]:
    """Numbers of several widths (0 for single bytes) in one row: the width that they have there, and the row."""
    widths = {width for width, _ in rows}
    widest = max(widths, default=0)
    if len(widths) <= 1:
        return widest, b"".join([row for _, row in rows])
    code = _WIDTHS[widest]
    return widest, b"".join([array(code, array(_WIDTHS[width] or "B", row).tolist()).tobytes() for width, row in rows])


def _put_living(
    found: PostingList,
    new: Sequence[int],
    ids: list[int],
    counts: list[tuple[int, bytes]],
    places: list[tuple[int, bytes]],
) -> None:
    """Appends a posting list without the documents that have no new number."""
    kept_counts: list[int] = []
    positions: list[int] = []
    begin = 0
    for number, occurrences in zip(new, found.counts, strict=True):
        if number >= 0:
            ids.append(number)
            kept_counts.append(occurrences)
            positions.extend(found.positions[begin : begin + occurrences])
        begin += occurrences
    for rows, numbers in ((counts, kept_counts), (places, positions)):
        if numbers:
            narrow = _narrow(numbers)
            rows.append((_width(narrow), narrow.tobytes()))
