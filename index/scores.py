"""Exact scores of a few matches: their own records as posting lists, the statistics of the whole index."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from index import ranking
from index.engine import And, Clause, Facet, Or, Phrase, Placed, Sort, Variant, Word
from index.entry import TITLE_FORMS, Display
from index.evaluate import Evaluation
from index.folding import fold_key
from index.marks import mark
from index.records import COUNTED, RANKED, Record
from index.shelf import HALF, NO_DAY


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

    def counts(self, field: str, term: str, among: Collection[int] | None = None) -> Mapping[int, float]:
        """Entry → occurrences."""
        del among
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
        beginnings = {language: _beginning_of(forms) for language, forms in asked.items()}
        for number, forms in enumerate(self._forms_in(field)):
            if forms.language in asked:
                words = forms.beginning(beginnings[forms.language])
                for form in asked[forms.language].intersection(words):
                    found[f"{forms.language}:{form}"][number] = words.count(form)
        self._found.update(((field, term), counts) for term, counts in found.items())

    def positions(self, field: str, term: str, document: int) -> Sequence[int]:
        """Where a term stands."""
        return self._records[document].places(field, mark(term))

    def documents(self, field: str, term: str) -> Collection[int]:
        """The entries that have it."""
        return self.counts(field, term).keys()

    def number(self, terms: Collection[tuple[str, str]], *, exact: bool = True) -> int:
        """How many of these have any of them."""
        del exact
        return len(set().union(*(self.documents(field, term) for field, term in terms)))

    def occurrences(self, field: str, term: str, documents: Collection[int]) -> Iterable[int]:
        """Where it stands in several."""
        having = self.counts(field, term)
        return (d << HALF | place for d in documents if d in having for place in self.positions(field, term, d))

    def standing(self, field: str, term: str, places: Collection[int]) -> Iterable[int]:
        """At which of these places."""
        return {*places}.intersection(self.occurrences(field, term, self.documents(field, term)))

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

    @cached_property
    def _words(self) -> list[str]:
        return _RUN.findall(self._text)

    def beginning(self, letters: str) -> Sequence[str]:
        """The words that begin with some letters; found by these, in a tenth of the time that all words take."""
        if not letters:
            return self._words
        text, behind = self._text, 0
        words = []
        while (at := text.find(letters, behind)) >= 0:
            run = _RUN.match(text, at)
            behind = max(run.end() if run else 0, at + len(letters))
            if run and not (at and _RUN.match(text, at - 1)):
                words.append(run.group())
        return words

    def count(self, term: str) -> int:
        """How often it has a term."""
        language, _, form = term.partition(":")
        if language != self.language or form not in self._text:
            return 0
        return self.beginning(form).count(form) or (0 if form.isalnum() else self._text.count(form))


def _beginning_of(words: Collection[str]) -> str:
    """The letters that all of them begin with."""
    first, last = min(words), max(words)
    return first[: next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


_RUN = re.compile(r"\w+")


def ranked(  # noqa: PLR0913  (what is scored, by what, and how)
    records: Sequence[Record],
    clause: Clause,
    table: Table,
    statistics: Statistics,
    *,
    newest: int = NO_DAY,
    placed: bool = True,
) -> list[tuple[float, Record]]:
    """The records of `table` with their scores, best first, ties by id.

    With `newest`, the day of the newest match, scores are times `ranking.recency`; without `placed`, where words stand
    counts for nothing.
    """
    scores = Scoring(table, statistics, placed=placed).scores(clause, set(range(len(records))))
    found = []
    for number, record in enumerate(records):
        score = scores.get(number, 0.0)
        if NO_DAY not in {newest, record.first_day}:
            score *= ranking.recency(newest - record.first_day)
        found.append((score, record))
    return sorted(found, key=lambda each: (-each[0], each[1].id))


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
