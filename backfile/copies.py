"""What is said of two texts that are copies: the words that the store, the transforms and the terminal share."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from enum import StrEnum


class Relation(StrEnum):
    """How two articles are of one, as far as their text tells. The same story in other words is no copy."""

    IDENTICAL = "identical"  # one text, letter case and spacing aside
    NEAR_COPY = "near copy"  # cut, extended, edited, with another headline


@dataclass(frozen=True, slots=True)
class Signature:
    """By what near copies of a text are found: a sample of its shingles, and its numbers."""

    version: int  # signatures of two versions are not compared
    level: int  # every 2^level-th shingle is in it
    key_level: int  # every 2^key_level-th shingle is a key, too
    shingles: tuple[int, ...]  # 63 bits each, in the order of the text, no two alike
    number_level: int  # every 2^number_level-th number is in it
    numbers: tuple[int, ...]  # hashes of 32 bits, ascending, no two alike
    running: bool  # whether it has running text; lists and tables have none

    @property
    def keys(self) -> list[int]:
        """The shingles by which it is found, in order."""
        rest = (1 << self.key_level) - 1
        return [each for each in self.shingles if not each & rest]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two near copies have of each other."""

    share: float  # of the one's shingles that stand in the other, 0 to 1
    share_back: float  # of the other's that stand in the one
    folded: bool  # whether search shows the two as one

    @property
    def reversed(self) -> "Likeness":
        """The same, said of the other."""
        return Likeness(self.share_back, self.share, self.folded)


# Two signatures, and the keys that both have and that are evidence → near copies, or None. Said of the two in the other
# order it says the same, reversed; it depends on nothing but what it is given, and fewer keys make no near copies.
Judge = Callable[[Signature, Signature, Set[int]], Likeness | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How signatures are made and compared."""

    version: int  # rises when signatures or decisions come out otherwise
    most: int  # texts that may have a key; one that more of them have is no evidence
    least: int  # shared keys below which the judge is not asked
    judge: Judge


@dataclass(frozen=True, slots=True)
class Copy:
    """An article that is a copy of the one that was asked about."""

    id: str
    relation: Relation
    publisher: str | None
    published: str | None  # ISO 8601, cut at its precision
    title: str | None
    share: float  # how much of the one that was asked about stands in it, 0 to 1
    share_back: float  # how much of it stands in the one that was asked about
    folded: bool  # whether search shows the two as one
