"""Answers clauses over posting lists: for engines that only keep them and leave the thinking to us.

An engine that evaluates by itself (Tantivy, a cluster) has no use for this module; it defines what is to come out.
Documents are numbers, from 0 on. First the set of matches is found, then only the matches are scored.
"""

import heapq
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol

from index import placing, ranking
from index.engine import (
    And,
    Answer,
    Clause,
    DateRange,
    Facet,
    Filter,
    Match,
    Not,
    Or,
    Phrase,
    Placed,
    Sort,
    Variant,
    Word,
)
from index.entry import TEXT

NO_DAY = 0  # in place of the ordinal of an entry without date; date.toordinal begins at 1


class Shelf(Protocol):
    """Posting lists and values by document, deleted documents left out."""

    def live(self) -> set[int]:
        """The numbers of all documents; the caller does not change the set."""

    def counts(self, field: str, term: str) -> Mapping[int, float]:
        """Document → occurrences of the term in the field."""

    def gather(self, field: str, terms: Iterable[str]) -> None:
        """Is told that `counts` of all of these terms will be asked for."""

    def positions(self, field: str, term: str, document: int) -> Sequence[int]:
        """Where the term stands in a document that has it, ascending."""

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


def answer(  # noqa: PLR0913  (mirrors SearchEngine.search)
    shelf: Shelf,
    clause: Clause,
    *,
    limit: int,
    offset: int,
    sort: Sort,
    facets: Sequence[Facet],
    fold: bool,
) -> Answer:
    """What `SearchEngine.search` promises, from a shelf."""
    evaluation = Evaluation(shelf)
    found = evaluation.matches(clause)
    counted: dict[str, dict[str, int]] = {facet: dict(_count(shelf, found, facet)) for facet in facets}
    copies: Counter[int] = Counter()
    if fold:
        groups = shelf.groups()
        copies = Counter(groups[document] for document in found)
    total = len(copies) if fold else len(found)
    if limit < 1:
        return Answer(matches=(), total=total, facets=counted)
    scores = evaluation.scores(clause, found)
    if sort == "best":
        scores = _freshened(shelf, scores)
    order = _in_order(shelf, found, scores, sort, offset + limit)
    page = _first_of_groups(order, shelf.groups()) if fold else order
    chosen = list(islice(page, offset, offset + limit))
    folded = shelf.groups() if fold else ()
    matches = tuple(
        Match(shelf.id(document), scores.get(document, 0.0), copies[folded[document]] - 1 if fold else 0)
        for document in chosen
    )
    return Answer(matches=matches, total=total, facets=counted)


class Evaluation:
    """One clause over one shelf; keeps what it has found out, for clauses that occur twice."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._found: dict[Clause, set[int]] = {}
        self._phrases: dict[Phrase, dict[str, dict[int, int]]] = {}
        self._rare: dict[tuple[tuple[Variant, ...], tuple[str, ...]], dict[str, float]] = {}

    def matches(self, clause: Clause) -> set[int]:
        """The documents that match; not to be changed by the caller."""
        known = self._found.get(clause)
        if known is None:
            known = self._found[clause] = self._matches(clause)
        return known

    def scores(self, clause: Clause, documents: set[int]) -> dict[int, float]:
        """The score of those of the documents to which the clause gives one."""
        match clause:
            case Word():
                return self._word_scores(clause, documents)
            case Phrase():
                return self._phrase_scores(clause, documents)
            case And(clauses):
                return _added(self.scores(part, documents) for part in clauses)
            case Or():
                return self._or_scores(clause, documents)
            case Placed():
                return self._placed_scores(clause, documents)
            case Filter() | DateRange() | Not():
                return {}

    def _matches(self, clause: Clause) -> set[int]:  # noqa: PLR0911  (one return per kind of clause)
        match clause:
            case Word(variants, fields):
                self._gather(clause)
                counts = [self._shelf.counts(field, variant.term) for variant in variants for field in fields]
                return set().union(*counts)
            case Phrase():
                return set().union(*self._occurrences(clause).values())
            case Filter(field, values):
                return set().union(*(self._shelf.counts(field, value) for value in values))
            case DateRange(first, last):
                return self._dated(first, last)
            case And(clauses):
                return self._all(clauses)
            case Or(clauses):
                return set().union(*(self.matches(part) for part in clauses))
            case Not(part):
                return self._shelf.live() - self.matches(part)
            case Placed(inner, _, _):
                return self.matches(inner)

    def _gather(self, word: Word) -> None:
        if len(word.variants) > _MANY:
            for field in word.fields:
                self._shelf.gather(field, [variant.term for variant in word.variants])

    def _all(self, clauses: tuple[Clause, ...]) -> set[int]:
        wanted = sorted((self.matches(part) for part in clauses if not isinstance(part, Not)), key=len)
        found = set.intersection(*wanted) if wanted else set(self._shelf.live())
        for part in clauses:
            if isinstance(part, Not) and found:
                found = found - self.matches(part.clause)
        return found

    def _dated(self, first: int | None, last: int | None) -> set[int]:
        low, high = first or NO_DAY + 1, last if last is not None else _NEVER
        begin, end = self._shelf.days()
        live = self._shelf.live()
        days = enumerate(zip(begin, end, strict=True))
        return {document for document, (a, b) in days if a <= high and b >= low and a != NO_DAY} & live

    def _word_scores(self, word: Word, documents: set[int]) -> dict[int, float]:
        self._gather(word)
        rarities = self._rarities(word.variants, word.fields)
        frequencies: dict[tuple[float, str], dict[int, float]] = {}  # by factor and language: those of the best variant
        for variant in word.variants:
            alike = variant.weight * rarities[variant.language], variant.language
            occurrences = {field: self._shelf.counts(field, variant.term) for field in word.fields}
            found = self._weighted(occurrences, documents, variant.language)
            known = frequencies.get(alike)
            frequencies[alike] = _higher(known, found) if known else found
        best: dict[int, float] = {}
        for (factor, _), found in frequencies.items():
            scored = {document: factor * tf / (ranking.K1 + tf) for document, tf in found.items()}
            best = _higher(best, scored) if best else scored
        return best

    def _phrase_scores(self, phrase: Phrase, documents: set[int]) -> dict[int, float]:
        occurrences = self._occurrences(phrase)
        frequencies = self._weighted(occurrences, documents, phrase.places[0][0].language)
        factor = 0.0
        for place in phrase.places:
            rarities = self._rarities(place, phrase.fields)
            factor += max(variant.weight * rarities[variant.language] for variant in place)
        return {document: factor * tf / (ranking.K1 + tf) for document, tf in frequencies.items()}

    def _or_scores(self, clause: Or, documents: set[int]) -> dict[int, float]:
        weights = clause.weights or (1.0,) * len(clause.clauses)
        scores: dict[int, float] = {}
        shares: dict[int, float] = {}
        for part, weight in zip(clause.clauses, weights, strict=True):
            for document, score in self.scores(part, documents).items():
                scores[document] = scores.get(document, 0.0) + score
            if clause.coordination:
                for document in self.matches(part) & documents:
                    shares[document] = shares.get(document, 0.0) + weight
        if clause.coordination and (whole := sum(weights)):
            return {d: score * (shares[d] / whole) ** clause.coordination for d, score in scores.items()}
        return scores

    def _placed_scores(self, placed: Placed, documents: set[int]) -> dict[int, float]:
        scores = self.scores(placed.clause, documents)
        ranks = {document: -score for document, score in scores.items()}
        best = list(islice(_ranked(self._shelf, ranks, ranking.PLACED), ranking.PLACED))
        found: dict[int, list[placing.Occurrence]] = {document: [] for document in best}
        for number, word in enumerate(placed.words):
            rarities = self._rarities(word.variants, word.fields)
            for variant in word.variants:
                value = variant.weight * rarities[variant.language]
                having = self._shelf.counts(TEXT, variant.term)
                for document in best:
                    if document in having:
                        places = self._shelf.positions(TEXT, variant.term, document)
                        found[document].extend((place, number, value) for place in places)
        for document in best:
            scores[document] += placing.worth(found[document], placed.places)
        return scores

    def _weighted(
        self, counts: Mapping[str, Mapping[int, float]], documents: set[int], language: str
    ) -> dict[int, float]:
        """BM25F's frequency: occurrences in all fields, each by its boost and its length."""
        sums: dict[int, float] = {}
        for field, occurrences in counts.items():
            if not occurrences:
                continue
            ranked = ranking.RANKED_AS.get(field, field)
            boost, b = ranking.BOOST.get(ranked, 1.0), ranking.B.get(ranked, 0.0)
            chosen = _of(occurrences, documents)
            if not b:
                for document, number in chosen:
                    sums[document] = sums.get(document, 0.0) + boost * number
                continue
            lengths, slope = self._shelf.lengths(ranked), b / self._shelf.average_length(ranked, language)
            if not sums:
                sums = {d: boost * number / (1 - b + slope * lengths[d]) for d, number in chosen}
                continue
            for document, number in chosen:
                tf = boost * number / (1 - b + slope * lengths[document])
                sums[document] = sums.get(document, 0.0) + tf
        return sums

    def _rarities(self, variants: tuple[Variant, ...], fields: tuple[str, ...]) -> dict[str, float]:
        """For each language how rare the entries are that have any of the variants in it."""
        known = self._rare.get((variants, fields))
        if known is None:
            known = self._rare[variants, fields] = self._rarities_of(variants, fields)
        return known

    def _rarities_of(self, variants: tuple[Variant, ...], fields: tuple[str, ...]) -> dict[str, float]:
        having: dict[str, list[Mapping[int, float]]] = {}
        for variant in variants:
            found = having.setdefault(variant.language, [])
            found.extend(counts for field in fields if (counts := self._shelf.counts(field, variant.term)))
        return {
            language: ranking.rarity(
                len(self._shelf.counts("lang", language) if language else self._shelf.live()),
                len(counts[0]) if len(counts) == 1 else len(set().union(*counts)),
            )
            for language, counts in having.items()
        }

    def _occurrences(self, phrase: Phrase) -> dict[str, dict[int, int]]:
        known = self._phrases.get(phrase)
        if known is None:
            known = self._phrases[phrase] = {field: dict(self._in_field(phrase, field)) for field in phrase.fields}
        return known

    def _in_field(self, phrase: Phrase, field: str) -> Iterator[tuple[int, int]]:
        counts = self._shelf.counts
        having = [set().union(*(counts(field, variant.term) for variant in place)) for place in phrase.places]
        documents = sorted(set.intersection(*having)) if having else []
        if phrase.slop:
            for document in documents:
                positions = [self._places(field, place, document) for place in phrase.places]
                if number := sum(_reaches(start, positions, phrase.slop) for start in positions[0]):
                    yield document, number
            return
        rarest_first = sorted(range(len(having)), key=lambda number: len(having[number]))
        for document in documents:
            if number := self._runs(phrase, field, document, rarest_first):
                yield document, number

    def _runs(self, phrase: Phrase, field: str, document: int, order: Sequence[int]) -> int:
        """How often a document has the words in a row; looked at in this order, until there is no start left."""
        starts: set[int] = set()
        for number in order:
            here = self._places(field, phrase.places[number], document)
            begins = {place - number for place in here}
            starts = starts & begins if number != order[0] else begins
            if not starts:
                return 0
        return len(starts)

    def _places(self, field: str, place: tuple[Variant, ...], document: int) -> Sequence[int]:
        if len(place) == 1:
            return self._shelf.positions(field, place[0].term, document)
        found = [
            self._shelf.positions(field, variant.term, document)
            for variant in place
            if document in self._shelf.counts(field, variant.term)
        ]
        return found[0] if len(found) == 1 else sorted(set().union(*found))


_MANY = 8  # variants of a word that are gathered together
_NEVER = 1 << 30  # behind the last day that a date can have


def _reaches(start: int, places: Sequence[Sequence[int]], slop: int) -> bool:
    at = start
    for positions in places[1:]:
        following = bisect_right(positions, at)
        if following == len(positions):
            return False
        at = positions[following]
    return at - start - (len(places) - 1) <= slop


def _added(scores: Iterable[dict[int, float]]) -> dict[int, float]:
    total: dict[int, float] = {}
    for scored in scores:
        if not total:
            total = scored
            continue
        for document, score in scored.items():
            total[document] = total.get(document, 0.0) + score
    return total


def _of(occurrences: Mapping[int, float], documents: set[int]) -> Iterable[tuple[int, float]]:
    """Those of the occurrences that are in some of the documents."""
    if len(documents) < len(occurrences):
        return [(document, occurrences[document]) for document in documents if document in occurrences]
    if occurrences.keys() <= documents:
        return occurrences.items()
    return [(document, number) for document, number in occurrences.items() if document in documents]


def _higher(one: dict[int, float], other: dict[int, float]) -> dict[int, float]:
    for document, score in other.items():
        if score > one.get(document, 0.0):
            one[document] = score
    return one


def _freshened(shelf: Shelf, scores: Mapping[int, float]) -> dict[int, float]:
    """The scores times what it is worth to be new."""
    days = shelf.days()[0]
    newest = max((days[document] for document in scores), default=NO_DAY)
    return {
        document: score * (ranking.recency(newest - days[document]) if days[document] != NO_DAY else 1.0)
        for document, score in scores.items()
    }


def _count(shelf: Shelf, documents: set[int], facet: Facet) -> Counter[str]:
    return Counter(value for document in documents for value in shelf.values(document, facet))


def _in_order(shelf: Shelf, documents: set[int], scores: Mapping[int, float], sort: Sort, needed: int) -> Iterator[int]:
    """The documents in order; about `needed` are going to be asked for."""
    if sort in {"score", "best"}:
        ranks = {document: -score for document, score in scores.items()}
        if len(ranks) < len(documents):
            ranks = dict.fromkeys(documents, 0.0) | ranks
        return _ranked(shelf, ranks, needed)
    if sort in {"date", "-date"}:
        days = shelf.days()[0]
        sign = 1 if sort == "date" else -1
        return _ranked(shelf, {d: sign * days[d] if days[d] != NO_DAY else _NEVER for d in documents}, needed)
    labels = {document: shelf.label(document, sort) for document in documents}
    return iter(sorted(documents, key=lambda d: (not labels[d], labels[d], shelf.id(d))))


def _ranked(shelf: Shelf, ranks: Mapping[int, float], needed: int) -> Iterator[int]:
    """By rank, ties by id; ids are looked up only of what comes to stand among the first that are asked for."""
    while 0 < needed < len(ranks):
        bound = heapq.nsmallest(needed, ranks.values())[-1]
        first = [document for document, rank in ranks.items() if rank <= bound]
        yield from sorted(first, key=lambda document: (ranks[document], shelf.id(document)))
        ranks = {document: rank for document, rank in ranks.items() if rank > bound}
        needed *= _FURTHER
    yield from sorted(ranks, key=lambda document: (ranks[document], shelf.id(document)))


_FURTHER = 8  # times as many are put in order next, when copies are folded into those that were


def _first_of_groups(order: Iterable[int], groups: Sequence[int]) -> Iterator[int]:
    seen: set[int] = set()
    for document in order:
        if groups[document] not in seen:
            seen.add(groups[document])
            yield document
