"""What posting lists are kept on, as `index.evaluate` sees it: documents are numbers, from 0 on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from index.engine import Facet, Sort

HALF = 32  # bits of a place in what `Shelf.occurrences` gives
NO_DAY = 0  # in place of the ordinal of an entry without date; date.toordinal begins at 1


class Shelf(Protocol):
    """Posting lists and values by document, deleted documents left out."""

    def live(self) -> set[int]:
        """The numbers of all documents; the caller does not change the set."""

    def counts(self, field: str, term: str, among: Collection[int] | None = None) -> Mapping[int, float]:
        """Document → occurrences of the term in the field; those of documents that are not `among` may be left out."""

    def documents(self, field: str, term: str) -> Collection[int]:
        """The documents that have the term in the field."""

    def number(self, terms: Collection[tuple[str, str]], *, exact: bool = True) -> int:
        """How many documents have any of the terms, each with its field; if not `exact`, not more than that."""

    def gather(self, field: str, terms: Iterable[str]) -> None:
        """Is told that all of these terms will be asked for."""

    def positions(self, field: str, term: str, document: int) -> Sequence[int]:
        """Where the term stands in a document that has it, ascending."""

    def occurrences(self, field: str, term: str, documents: Collection[int]) -> Iterable[int]:
        """Where the term stands in those of the documents that have it, each place as `document << HALF | place`."""

    def standing(self, field: str, term: str, places: Collection[int]) -> Iterable[int]:
        """Those of some places, written the same way, at which the term stands."""

    def lengths(self, field: str) -> Sequence[int]:
        """The length of the field by document number."""

    def average_length(self, field: str, language: str) -> float:
        """The average length over the documents of a language ("" for any) that have the field; 1 if none has."""

    def days(self) -> tuple[Sequence[int], Sequence[int]]:
        """First and last day by document number; `NO_DAY` for none."""

    def groups(self) -> Sequence[int]:
        """A number by document number that copies have in common."""

    def id(self, document: int) -> str:
        """The id of the entry."""

    def label(self, document: int, sort: Sort) -> str:
        """The folded source or title; empty if there is none."""

    def values(self, document: int, facet: Facet) -> tuple[str, ...]:
        """The values of a facet."""
