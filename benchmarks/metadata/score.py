"""What a benchmark of statements has in common: a task, and what was right of how many."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Reader = Callable[[Sequence[Row]], dict[str, Any]]  # rows in, what was read of each by its id


class BadTable(Exception):
    """The file is no table of any task, or a row of it lacks what its task needs."""


@dataclass
class Score:
    """What was right, of how many, by measure; and the rows that were wrong."""

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)  # a line each: id, statement, expected, read

    def count(self, measure: str, right: object, of: int = 1) -> None:
        """One more row for the measure; or `right` of `of`."""
        self.right[measure] += int(right) if isinstance(right, int) else bool(right)
        self.of[measure] += of

    def share(self, measure: str) -> float:
        """From 0 to 1; 0 where nothing was asked."""
        return self.right[measure] / self.of[measure] if self.of[measure] else 0.0


@dataclass(frozen=True)
class Task:
    """One kind of statement: which columns its files have, how backfile and peers read it, what is right."""

    name: str
    columns: frozenset[str]
    ours: Reader
    peers: Mapping[str, Reader]
    score: Callable[[Sequence[Row], Mapping[str, Any]], Score]
