"""What a unit of work is that several machines share, in words that go through the store, and its limits."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from backfile.pipeline import places
from backfile.pipeline.places import Place

# A unit is claimed by one shard at a time. To claim and to finish it are two transactions, of some milliseconds; a
# page takes 25 ms to clean and a record 10, so that some dozens of documents make that cost small, and what is in
# hand when the last units are being done is little.
UNIT_INPUTS = 64
UNIT_BYTES = 2 << 20
# A file of a format that can be cut is read in ranges of a unit's size when it is larger than so many bytes.
CUT_FROM = 3 * UNIT_BYTES // 2
COORDINATOR = "coordinator"  # who has the units that the run itself reads


@dataclass(frozen=True, slots=True)
class Part:
    """An input of a unit, or a range of one."""

    place: Place
    growth: list[Any]  # how it is to be read: `tasks.growth_stated`
    again: bool  # it is read for what failed in it


def stated(parts: Sequence[Part]) -> str:
    """Parts as text, in ASCII whatever their names are."""
    told = [[*_place_stated(each.place), each.growth, each.again] for each in parts]
    return json.dumps(told, separators=(",", ":"))


def parts_from(text: str) -> tuple[Part, ...]:
    """The parts that `stated` wrote down."""
    return tuple(_parts(json.loads(text)))


def _place_stated(place: Place) -> list[object]:
    return [place.name, place.size, place.modified, place.regular]


def _parts(told: list[list[Any]]) -> Iterator[Part]:
    for name, size, modified, regular, growth, again in told:
        yield Part(Place(name, places.shown(name), size, modified, regular), growth, again)
