"""The term dictionary of a segment: terms in order, in compressed blocks, with what is rare beside them.

Whoosh's own is a hash table with an object, a pickle and four calls per term: half of the time of a commit and half of
the index. Here a block of neighbouring terms is one compressed piece, with their posting lists where these are short,
and a table that is read at once says with which term each block begins. Longer posting lists stand in a file of their
own, in the order of their terms.
"""

import json
import struct
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, islice
from typing import Any

from whoosh.codec.base import FieldWriter, TermsReader

from index.whoosh_postings import NO_POSTINGS, PostingList, unpacked

TERMS, POSTINGS = ".trm", ".pst"  # how the files end

# Terms in a block. 64 make the index of 10,000 articles 3 % larger, 256 a look-up a third slower.
_BLOCK = 128
# Posting lists up to so many bytes stand in the block itself: terms of one or two articles, as two in three are.
_INLINE = 24
_COMPRESSION = 1  # zlib level: 3 saves 2 % of these files for a third more time
_FEW = 8  # terms that are looked for one by one in a block; of more all are compared at once
_CACHED = 512  # blocks of a segment that are kept as they were read, at some 5 kB

_HEAD = struct.Struct("<IQ")  # terms in the block, where their longer posting lists begin
_TAIL = struct.Struct("<QI")  # where the table stands, and its length


class BlockWriter(FieldWriter):  # type: ignore[misc]
    """Writes a segment's terms with their posting lists, field by field."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._terms_file = segment.create_file(storage, TERMS)
        self._posts_file = segment.create_file(storage, POSTINGS)
        self._written = 0  # bytes of posting lists
        self._table: dict[str, list[tuple[str, int, int]]] = {}
        self.is_closed = False

    def put_field(self, field: str, terms: Iterable[tuple[str, int, bytes]]) -> None:
        """A field's terms, in code point order: in how many documents, and the posting list."""
        blocks = self._table.setdefault(field, [])
        left = iter(terms)
        while block := list(islice(left, _BLOCK)):
            blocks.append(self._put_block(*zip(*block, strict=True)))

    def _put_block(self, terms: Sequence[str], numbers: Sequence[int], lists: Sequence[bytes]) -> tuple[str, int, int]:
        begin = self._written
        names = [term.encode("utf-8", "surrogatepass") for term in terms]
        sizes = list(map(len, lists))
        table = array("I", [*map(len, names), *numbers, *sizes])
        near = [found for found in lists if len(found) <= _INLINE]
        block = b"".join((_HEAD.pack(len(names), begin), table.tobytes(), *names, *near))
        far = b"".join([found for found in lists if len(found) > _INLINE])
        self._posts_file.write(far)
        self._written += len(far)
        at = self._terms_file.tell()
        data = zlib.compress(block, _COMPRESSION)
        self._terms_file.write(data)
        return names[0].hex(), at, len(data)

    def close(self) -> None:
        """Writes the table and ends the files."""
        at = self._terms_file.tell()
        table = zlib.compress(json.dumps(self._table).encode())
        self._terms_file.write(table)
        self._terms_file.write(_TAIL.pack(at, len(table)))
        self._terms_file.close()
        self._posts_file.close()
        self.is_closed = True


class _Block:
    """Some neighbouring terms of a field."""

    def __init__(self, data: bytes) -> None:
        self._data = zlib.decompress(data)
        number, self._far = _HEAD.unpack_from(self._data)
        end = _HEAD.size + 12 * number
        table: array[int] = array("I", self._data[_HEAD.size : end])
        self.numbers, self._sizes = table[number : 2 * number], table[2 * number :]
        self._ends = list(accumulate(table[:number], initial=end))

    @cached_property
    def terms(self) -> list[bytes]:
        data = self._data
        return [data[begin:end] for begin, end in zip(self._ends, self._ends[1:], strict=False)]

    @cached_property
    def _begins(self) -> list[int]:
        """Where each posting list begins, in the block or in the file of postings."""
        near, far = self._ends[-1], self._far
        begins = []
        for size in self._sizes:
            if size <= _INLINE:
                begins.append(near)
                near += size
            else:
                begins.append(far)
                far += size
        return begins

    def postings(self, at: int, posts_file: Any) -> PostingList:
        """The postings of one of the terms."""
        begin, size = self._begins[at], self._sizes[at]
        data = self._data[begin : begin + size] if size <= _INLINE else posts_file.get(begin, size)
        return unpacked(self.numbers[at], data)

    def lists(self, posts_file: Any) -> Iterator[tuple[bytes, int, bytes]]:
        """All terms, each with the number of documents and its posting list as bytes; the file is read once."""
        far = posts_file.get(self._far, sum(size for size in self._sizes if size > _INLINE))
        ways = zip(self.terms, self.numbers, self._begins, self._sizes, strict=True)
        for term, number, begin, size in ways:
            if size <= _INLINE:
                yield term, number, self._data[begin : begin + size]
            else:
                yield term, number, far[begin - self._far : begin - self._far + size]


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
        self._table: dict[str, list[tuple[str, int, int]]] = json.loads(zlib.decompress(terms_file.get(at, size)))
        self._fields: dict[str, _Field] = {}  # those that somebody asked for
        self._blocks: dict[int, _Block] = {}

    def frequency_of(self, field: str, term: bytes) -> int:
        """In how many documents a term is, deleted ones included."""
        found = self._find(field, term)
        return found[0].numbers[found[1]] if found else 0

    def frequencies_of(self, field: str, terms: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
        """Those of many terms that there are, each with how many documents have it; `terms` in ascending order."""
        return ((term, block.numbers[at]) for term, block, at in self._found(field, terms))

    def all_postings_of(self, field: str, terms: Sequence[bytes]) -> Iterator[tuple[bytes, PostingList]]:
        """Those of many terms that there are, each with its postings; `terms` in ascending order."""
        return ((term, block.postings(at, self._posts_file)) for term, block, at in self._found(field, terms))

    def _found(self, field: str, terms: Sequence[bytes]) -> Iterator[tuple[bytes, _Block, int]]:
        """Where terms stand, block by block: most of many terms that are asked for are in none."""
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

    def postings_of(self, field: str, term: bytes) -> PostingList:
        """The postings of a term; none for an unknown one."""
        found = self._find(field, term)
        return found[0].postings(found[1], self._posts_file) if found else NO_POSTINGS

    def numbers_with(self, field: str, prefix: bytes) -> Iterator[tuple[bytes, int]]:
        """The terms with a prefix in their order, each with the number of documents."""
        place = self._field(field)
        if not place.firsts:
            return
        first = max(0, bisect_right(place.firsts, prefix) - 1)
        for at, size in place.spans[first:]:
            block = self._block(at, size)
            start = bisect_left(block.terms, prefix)
            if start == len(block.terms):
                continue
            if not block.terms[-1].startswith(prefix):
                end = start
                while block.terms[end].startswith(prefix):
                    end += 1
                yield from zip(block.terms[start:end], block.numbers[start:end], strict=True)
                return
            yield from zip(block.terms[start:], block.numbers[start:], strict=True)

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
