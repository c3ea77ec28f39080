"""Exact scores of a few matches: their own records as posting lists, the statistics of the whole index."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from index.engine import Facet, Placed, Sort, Variant
from index.evaluate import Evaluation
from index.tantivy_files import Record, mark
from index.tantivy_query import Translation

MANY = 24  # words of one field asked of a table; for more, all words of it are counted once


class Scoring(Evaluation):
    """Scores of a few matches, with the rarities of the whole index."""

    def __init__(self, table: "Table", queries: Translation, *, placed: bool) -> None:
        super().__init__(table)
        self._queries = queries
        self._placed = placed

    def _rarities_of(self, variants: tuple[Variant, ...], fields: tuple[str, ...]) -> dict[str, float]:
        return self._queries.rarities(variants, fields)

    def _placed_scores(self, placed: Placed, documents: set[int]) -> dict[int, float]:
        return super()._placed_scores(placed, documents) if self._placed else self.scores(placed.clause, documents)


class Table:
    """Some entries by their records, as a shelf for `index.evaluate`."""

    def __init__(self, average: Callable[[str, str], float], records: Sequence[Record]) -> None:
        self._average = average  # length of a field in a language, over the whole index
        self._records = records
        self._asked: Counter[str] = Counter()
        self._found: dict[tuple[str, str], dict[int, float]] = {}
        self._inverted: dict[str, dict[bytes, dict[int, float]]] = {}

    def live(self) -> set[int]:
        """All of them."""
        return set(range(len(self._records)))

    def counts(self, field: str, term: str) -> Mapping[int, float]:
        """Entry → occurrences."""
        known = self._found.get((field, term))
        if known is None:
            known = self._found[field, term] = self._counts(field, mark(term))
        return known

    def gather(self, field: str, terms: Iterable[str]) -> None:
        """Nothing is to be done."""

    def positions(self, field: str, term: str, document: int) -> Sequence[int]:
        """Where a term stands."""
        return self._records[document].places(field, mark(term))

    def lengths(self, field: str) -> Sequence[int]:
        """By entry."""
        return [record.lengths.get(field, 0) for record in self._records]

    def average_length(self, field: str, language: str) -> float:
        """That of the whole index."""
        return self._average(field, language)

    def days(self) -> tuple[Sequence[int], Sequence[int]]:
        """By entry."""
        return [record.first_day for record in self._records], [record.last_day for record in self._records]

    def groups(self) -> Sequence[int]:
        """By entry."""
        return [record.group for record in self._records]

    def id(self, document: int) -> str:
        """The id of an entry."""
        return self._records[document].id

    def label(self, document: int, sort: Sort) -> str:
        """Not known here."""
        raise NotImplementedError(f"{sort} of {self.id(document)}: the index orders by labels itself")

    def values(self, document: int, facet: Facet) -> tuple[str, ...]:
        """Not known here."""
        raise NotImplementedError(f"{facet} of {self.id(document)}: the index counts facets itself")

    def _counts(self, field: str, marked: bytes) -> dict[int, float]:
        self._asked[field] += 1
        if self._asked[field] > MANY:
            return dict(self._all_counts(field).get(marked, {}))
        found = ((number, record.count(field, marked)) for number, record in enumerate(self._records))
        return {number: count for number, count in found if count}

    def _all_counts(self, field: str) -> dict[bytes, dict[int, float]]:
        known = self._inverted.get(field)
        if known is None:
            known = self._inverted[field] = {}
            for number, record in enumerate(self._records):
                for marked, count in Counter(record.occurrences(field)).items():
                    known.setdefault(marked, {})[number] = count
        return known
