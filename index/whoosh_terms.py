"""The term dictionary of a segment: terms in order, in compressed blocks, with what is rare beside them.

Whoosh's own is a hash table with an object, a pickle and four calls per term: half of the time of a commit and half of
the index. Here a block of neighbouring terms is one compressed piece, with their posting lists where these are short,
and a table that is read at once says with which term each block begins. Longer posting lists stand in a file of their
own, in the order of their terms. Names of terms are a piece for themselves, so that what only looks for some (prefixes,
near spellings) unpacks nothing else; for fields of exact forms there is a checksum of each besides, as of a thousand
spellings that a word may have five are there.
"""

import json
import struct
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from whoosh.codec.base import FieldWriter, TermsReader

from index.entry import TEXT_FORMS, TITLE_FORMS
from index.whoosh_postings import NO_POSTINGS, PostingList, unpacked

TERMS, POSTINGS = ".trm", ".pst"  # how the files end

# Terms in a block. 64 make the index of 10,000 articles 3 % larger, 256 a look-up a third slower.
_BLOCK = 128
# Posting lists up to so many bytes stand in the block itself: terms of one or two articles, as two in three are.
_INLINE = 24
_COMPRESSION = 1  # zlib level: 3 saves 2 % of these files for a third more time
_FEW = 8  # terms that are looked for one by one in a block; of more all are compared at once
_CACHED = 512  # blocks of a segment that are kept as they were read, at some 5 kB

_HEAD = struct.Struct("<IIQ")  # bytes of the names, terms in the block, where their longer posting lists begin
_APART = b"\xff"  # between names; in no UTF-8
_CHECKED = frozenset({TITLE_FORMS, TEXT_FORMS})  # fields with checksums of their terms
_TAIL = struct.Struct("<QI")  # where the table stands, and its length


class BlockWriter(FieldWriter):  # type: ignore[misc]
    """Writes a segment's terms with their posting lists, field by field."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._terms_file = segment.create_file(storage, TERMS)
        self._posts_file = segment.create_file(storage, POSTINGS)
        self._written = 0  # bytes of posting lists
        self._table: dict[str, list[tuple[str, int, int]]] = {}
        self._sums: dict[str, tuple[int, int]] = {}  # where the checksums of a field stand
        self.is_closed = False

    def put_field(self, field: str, terms: Iterable[tuple[str, int, bytes]]) -> None:
        """A field's terms, in code point order: in how many documents, and the posting list."""
        blocks = self._table.setdefault(field, [])
        sums: array[int] = array("I")
        left = iter(terms)
        while block := list(islice(left, _BLOCK)):
            terms_here, numbers, lists = zip(*block, strict=True)
            names = [term.encode("utf-8", "surrogatepass") for term in terms_here]
            blocks.append(self._put_block(names, numbers, lists))
            if field in _CHECKED:
                sums.extend(map(zlib.crc32, names))
        if sums:
            self._sums[field] = self._terms_file.tell(), len(sums)
            self._terms_file.write(array("I", sorted(sums)).tobytes())
            self._terms_file.write(_marked(sums))

    def _put_block(
        self, names: Sequence[bytes], numbers: Sequence[int], lists: Sequence[bytes]
    ) -> tuple[str, int, int]:
        begin = self._written
        sizes = list(map(len, lists))
        near = [found for found in lists if len(found) <= _INLINE]
        far = b"".join([found for found in lists if len(found) > _INLINE])
        near_sizes = bytes(size if size <= _INLINE else 0 for size in sizes)
        far_sizes = array("I", [size if size > _INLINE else 0 for size in sizes])
        block = b"".join((array("I", numbers).tobytes(), far_sizes.tobytes(), near_sizes, *near))
        self._posts_file.write(far)
        self._written += len(far)
        at = self._terms_file.tell()
        packed_names = zlib.compress(_APART.join(names), _COMPRESSION)
        data = _HEAD.pack(len(packed_names), len(names), begin) + packed_names + zlib.compress(block, _COMPRESSION)
        self._terms_file.write(data)
        return names[0].hex(), at, len(data)

    def close(self) -> None:
        """Writes the table and ends the files."""
        at = self._terms_file.tell()
        table = zlib.compress(json.dumps([self._table, self._sums]).encode())
        self._terms_file.write(table)
        self._terms_file.write(_TAIL.pack(at, len(table)))
        self._terms_file.close()
        self._posts_file.close()
        self.is_closed = True


def _marked(sums: Sequence[int]) -> bytes:
    """A bit for each of so many possible ends of checksums: whether there is one. A look rejects 15 others of 16."""
    size = _bits_for(len(sums))
    marks = bytearray(size)
    for end in [sum_ & (size - 1) for sum_ in sums]:
        marks[end] = 1
    packed = 0
    for bit in range(8):
        packed |= int.from_bytes(marks[bit::8], "little") << bit
    return packed.to_bytes(size // 8, "little")


def _bits_for(number: int) -> int:
    return max(8, 1 << (16 * number - 1).bit_length())


def _has(ascending: Sequence[int], number: int) -> bool:
    at = bisect_left(ascending, number)
    return at < len(ascending) and ascending[at] == number


class _Block:
    """Some neighbouring terms of a field; unpacked as far as somebody asks."""

    def __init__(self, data: bytes) -> None:
        size, self._number, self._far = _HEAD.unpack_from(data)
        self._names, self._packed = data[_HEAD.size : _HEAD.size + size], data[_HEAD.size + size :]

    @cached_property
    def terms(self) -> list[bytes]:
        return zlib.decompress(self._names).split(_APART)

    def range_with(self, prefix: bytes) -> tuple[int, int]:
        """From which term to before which they have a prefix."""
        start = bisect_left(self.terms, prefix)
        return start, bisect_right(self.terms, prefix, start, key=lambda term: term[: len(prefix)])

    @cached_property
    def _data(self) -> bytes:
        return zlib.decompress(self._packed)

    @cached_property
    def numbers(self) -> "array[int]":
        return array("I", self._data[: 4 * self._number])

    @cached_property
    def _far_sizes(self) -> "array[int]":
        return array("I", self._data[4 * self._number : 8 * self._number])

    @cached_property
    def _near_sizes(self) -> bytes:
        return self._data[8 * self._number : 9 * self._number]

    def postings(self, at: int, posts_file: Any) -> PostingList:
        """The postings of one of the terms."""
        return unpacked(self.numbers[at], self._list(at, posts_file))

    def _list(self, at: int, posts_file: Any) -> bytes:
        if size := self._near_sizes[at]:
            begin = 9 * self._number + sum(self._near_sizes[:at])
            return self._data[begin : begin + size]
        found: bytes = posts_file.get(self._far + sum(self._far_sizes[:at]), self._far_sizes[at])
        return found

    def lists(self, posts_file: Any) -> Iterator[tuple[bytes, int, bytes]]:
        """All terms, each with the number of documents and its posting list as bytes; the file is read once."""
        data, far = self._data, posts_file.get(self._far, sum(self._far_sizes))
        near_at, far_at = 9 * self._number, 0
        ways = zip(self.terms, self.numbers, self._near_sizes, self._far_sizes, strict=True)
        for term, number, near_size, far_size in ways:
            if near_size:
                yield term, number, data[near_at : near_at + near_size]
                near_at += near_size
            else:
                yield term, number, far[far_at : far_at + far_size]
                far_at += far_size


class _Field:
    """Where the blocks of a field stand."""

    def __init__(self, blocks: list[tuple[str, int, int]]) -> None:
        self.firsts = [bytes.fromhex(first) for first, _, _ in blocks]
        self.spans = [(at, size) for _, at, size in blocks]


class BlockReader(TermsReader):  # type: ignore[misc]
    """Reads what `BlockWriter` wrote."""

    def __init__(self, terms_file: Any, length: int, posts_file: Any) -> None:
        self._terms_file = terms_file
        self._posts_file = posts_file
        at, size = _TAIL.unpack(terms_file.get(length - _TAIL.size, _TAIL.size))
        table: tuple[dict[str, list[tuple[str, int, int]]], dict[str, tuple[int, int]]]
        table = json.loads(zlib.decompress(terms_file.get(at, size)))
        self._table, self._sums_at = table
        self._sums: dict[str, tuple[array[int], bytes]] = {}
        self._fields: dict[str, _Field] = {}  # those that somebody asked for
        self._blocks: dict[int, _Block] = {}

    def frequency_of(self, field: str, term: bytes) -> int:
        """In how many documents a term is, deleted ones included."""
        found = self._find(field, term)
        return found[0].numbers[found[1]] if found else 0

    def frequencies_of(self, field: str, terms: Sequence[tuple[bytes, int]]) -> Iterator[tuple[bytes, int]]:
        """Those of many terms that there are, each with how many documents have it.

        The terms come in ascending order, with their checksums (CRC-32).
        """
        return ((term, block.numbers[at]) for term, block, at in self._found(field, terms))

    def all_postings_of(self, field: str, terms: Sequence[tuple[bytes, int]]) -> Iterator[tuple[bytes, PostingList]]:
        """Those of many terms that there are, each with its postings; terms as for `frequencies_of`."""
        return ((term, block.postings(at, self._posts_file)) for term, block, at in self._found(field, terms))

    def _found(self, field: str, sought: Sequence[tuple[bytes, int]]) -> Iterator[tuple[bytes, _Block, int]]:
        """Where terms stand, block by block: most of many terms that are asked for are in none."""
        terms = self._likely(field, sought)
        place = self._field(field)
        at, number = 0, len(terms)
        while at < number:
            following = bisect_right(place.firsts, terms[at])
            end = bisect_left(terms, place.firsts[following], at) if following < len(place.firsts) else number
            if following:
                block = self._block(*place.spans[following - 1])
                known, asked = block.terms, terms[at:end]
                if len(asked) > _FEW:
                    asked = sorted(frozenset(asked).intersection(known))
                for term in asked:
                    place_in = bisect_left(known, term)
                    if place_in < len(known) and known[place_in] == term:
                        yield term, block, place_in
            at = end

    def _likely(self, field: str, terms: Sequence[tuple[bytes, int]]) -> Sequence[bytes]:
        """Those of many terms that there are, and hardly any others, where that can be told without reading a block."""
        if len(terms) <= _FEW or field not in self._sums_at:
            return [term for term, _ in terms]
        known = self._sums.get(field)
        if known is None:
            at, number = self._sums_at[field]
            sums = array("I", self._terms_file.get(at, 4 * number))
            known = self._sums[field] = sums, self._terms_file.get(at + 4 * number, _bits_for(number) // 8)
        sums, marks = known
        ends = len(marks) - 1
        likely = [(term, sum_) for term, sum_ in terms if marks[sum_ >> 3 & ends] >> (sum_ & 7) & 1]
        return [term for term, sum_ in likely if _has(sums, sum_)]

    def names_with(self, field: str, prefix: bytes) -> Iterator[Sequence[bytes]]:
        """The terms with a prefix in their order, block by block."""
        for block, inner in self._with_prefix(field, prefix):
            yield block.terms if inner else block.terms[slice(*block.range_with(prefix))]

    def postings_of(self, field: str, term: bytes) -> PostingList:
        """The postings of a term; none for an unknown one."""
        found = self._find(field, term)
        return found[0].postings(found[1], self._posts_file) if found else NO_POSTINGS

    def numbers_with(self, field: str, prefix: bytes) -> Iterator[tuple[bytes, int]]:
        """The terms with a prefix in their order, each with the number of documents."""
        for block, _ in self._with_prefix(field, prefix):
            start, end = block.range_with(prefix)
            yield from zip(block.terms[start:end], block.numbers[start:end], strict=True)

    def _with_prefix(self, field: str, prefix: bytes) -> Iterator[tuple[_Block, bool]]:
        """The blocks that may have terms with a prefix, each with whether it has no others."""
        place = self._field(field)
        first = max(0, bisect_right(place.firsts, prefix) - 1)
        end = first + 1
        while end < len(place.firsts) and place.firsts[end].startswith(prefix):
            end += 1
        for number in range(first, min(end, len(place.firsts))):
            yield self._block(*place.spans[number]), first < number < end - 1

    def all_lists(self, field: str) -> Iterator[tuple[bytes, int, bytes]]:
        """The terms of a field in their order, each with the number of documents and its posting list as bytes."""
        for at, size in self._field(field).spans:
            yield from _Block(self._terms_file.get(at, size)).lists(self._posts_file)

    def all_postings(self, field: str) -> Iterator[tuple[bytes, PostingList]]:
        """The terms of a field in their order with all their postings; no block is kept."""
        for at, size in self._field(field).spans:
            block = _Block(self._terms_file.get(at, size))
            for number, term in enumerate(block.terms):
                yield term, block.postings(number, self._posts_file)

    def _field(self, name: str) -> _Field:
        known = self._fields.get(name)
        if known is None:
            known = self._fields[name] = _Field(self._table.get(name, []))
        return known

    def _find(self, field: str, term: bytes) -> tuple[_Block, int] | None:
        place = self._field(field)
        which = bisect_right(place.firsts, term) - 1
        if which < 0:
            return None
        block = self._block(*place.spans[which])
        at = bisect_left(block.terms, term)
        return (block, at) if at < len(block.terms) and block.terms[at] == term else None

    def _block(self, at: int, size: int) -> _Block:
        known = self._blocks.get(at)
        if known is None:
            if len(self._blocks) >= _CACHED:
                del self._blocks[next(iter(self._blocks))]
            known = self._blocks[at] = _Block(self._terms_file.get(at, size))
        return known

    def indexed_field_names(self) -> Iterable[str]:
        """The fields that have terms."""
        return self._table

    def close(self) -> None:
        """Frees the files."""
        self._terms_file.close()
        self._posts_file.close()

    # What Whoosh's own search would ask; nobody here does.

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._find(*term) is not None

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """As `frequency_of`, by Whoosh's name."""
        return self.frequency_of(fieldname, text)

    def _unused(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    cursor = terms = terms_from = items = items_from = term_info = frequency = matcher = _unused
