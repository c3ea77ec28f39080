"""Exact scores of a few matches: their own records as posting lists, the statistics of the whole index."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from index.engine import And, Clause, Facet, Or, Phrase, Placed, Sort, Variant, Word
from index.entry import TITLE_FORMS, Display
from index.evaluate import Evaluation
from index.folding import fold_key
from index.marks import mark
from index.records import COUNTED, RANKED, Record


class Statistics(Protocol):
    """What is known of the whole index."""

    def rarities(self, variants: tuple[Variant, ...], fields: tuple[str, ...]) -> Mapping[str, float]:
        """For each language how rare the entries are that have any of the variants in it."""


class Scoring(Evaluation):
    """Scores of a few matches, with the rarities of the whole index."""

    def __init__(self, table: "Table", statistics: Statistics, *, placed: bool) -> None:
        super().__init__(table)
        self._statistics = statistics
        self._placed = placed

    def _rarities_of(self, variants: tuple[Variant, ...], fields: tuple[str, ...]) -> dict[str, float]:
        return dict(self._statistics.rarities(variants, fields))

    def _placed_scores(self, placed: Placed, documents: set[int]) -> dict[int, float]:
        return super()._placed_scores(placed, documents) if self._placed else self.scores(placed.clause, documents)


class Table:
    """Some entries by their records, as a shelf for `index.evaluate`."""

    def __init__(
        self,
        average: Callable[[str, str], float],
        records: Sequence[Record],
        display_of: Callable[[Record], Display],
    ) -> None:
        self._average = average  # length of a field in a language, over the whole index
        self._records = records
        self._display_of = display_of
        self._found: dict[tuple[str, str], dict[int, float]] = {}
        self._forms: dict[str, list[_Forms]] = {}
        self._displays: list[Display] | None = None
        self._by_language: dict[
            bytes, list[tuple[int, Record]]
        ] = {}  # mark of the language → entries with their number

    def live(self) -> set[int]:
        """All of them."""
        return set(range(len(self._records)))

    def counts(self, field: str, term: str) -> Mapping[int, float]:
        """Entry → occurrences."""
        known = self._found.get((field, term))
        if known is None:
            if field in COUNTED:
                counted = ((number, forms.count(term)) for number, forms in enumerate(self._forms_in(field)))
            else:
                marked = mark(term)
                having = (pair for pair in self._speaking(field, term) if pair[1].has(field, marked))
                counted = ((number, len(record.places(field, marked))) for number, record in having)
            known = self._found[field, term] = {number: count for number, count in counted if count}
        return known

    def gather(self, field: str, terms: Iterable[str]) -> None:
        """Counts forms text by text instead of one by one; those that are no mere run of letters count nothing then."""
        if field not in COUNTED:
            return
        found: dict[str, dict[int, float]] = {term: {} for term in terms if (field, term) not in self._found}
        asked: dict[str, set[str]] = {}  # by language
        for term in found:
            language, _, form = term.partition(":")
            asked.setdefault(language, set()).add(form)
        for number, forms in enumerate(self._forms_in(field)):
            for form in asked.get(forms.language, set()).intersection(forms.words):
                found[f"{forms.language}:{form}"][number] = forms.words.count(form)
        self._found.update(((field, term), counts) for term, counts in found.items())

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

    def _speaking(self, field: str, term: str) -> Iterable[tuple[int, Record]]:
        """The entries in whose language a term is, where it has one."""
        language, colon, _ = term.partition(":")
        if field not in RANKED or not colon:
            return enumerate(self._records)
        if not self._by_language:
            for number, record in enumerate(self._records):
                self._by_language.setdefault(record.marks_in("lang"), []).append((number, record))
        return self._by_language.get(mark(fold_key(language)), ())

    def _forms_in(self, field: str) -> Sequence["_Forms"]:
        known = self._forms.get(field)
        if known is None:
            if self._displays is None:
                self._displays = [self._display_of(record) for record in self._records]
            shown = ((each.language, each.title if field == TITLE_FORMS else each.text) for each in self._displays)
            known = self._forms[field] = [_Forms(language, text or "") for language, text in shown]
        return known


class _Forms:
    """The exact forms in what is displayed: nearly those that were indexed, as letters are only made small."""

    def __init__(self, language: str, text: str) -> None:
        self.language = fold_key(language)
        self._text = text.lower().replace("ß", "ss")
        self.words: list[str] = _RUN.findall(self._text)

    def count(self, term: str) -> int:
        """How often it has a term."""
        language, _, form = term.partition(":")
        if language != self.language:
            return 0
        return self.words.count(form) or (0 if form.isalnum() else self._text.count(form))


_RUN = re.compile(r"\w+")


def has_scores(clause: Clause) -> bool:
    """Whether a clause gives scores at all."""
    return any(True for _ in _scored_leaves(clause))


def has_forms(clause: Clause) -> bool:
    """Whether a clause asks for exact forms."""
    return any(isinstance(leaf, Word) and not COUNTED.isdisjoint(leaf.fields) for leaf in _scored_leaves(clause))


def _scored_leaves(clause: Clause) -> Iterator[Word | Phrase]:
    """The words and phrases of a clause that give scores."""
    match clause:
        case Word() | Phrase():
            yield clause
        case And(clauses) | Or(clauses):
            for each in clauses:
                yield from _scored_leaves(each)
        case Placed(inner, _, _):
            yield from _scored_leaves(inner)
        case _:
            pass
