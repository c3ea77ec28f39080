"""Answers clauses over posting lists: for engines that only keep them and leave the thinking to us.

An engine that evaluates by itself (Tantivy, a cluster) has no use for this module; it defines what is to come out.
Documents are numbers, from 0 on. First the set of matches is found, then only the matches are scored.
"""

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import truediv

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
from index.sets import MANY, NEVER, Sets, terms_of
from index.shelf import NO_DAY, Shelf


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
        copies = Counter(map(shelf.groups().__getitem__, found))
    total = len(copies) if fold else len(found)
    if limit < 1:
        return Answer(matches=(), total=total, facets=counted)
    folded = shelf.groups() if fold else ()
    scores, order = _ordered(evaluation, shelf, clause, found, sort=sort, needed=offset + limit, total=total, fold=fold)
    chosen = list(islice(order, offset, offset + limit))
    matches = tuple(
        Match(shelf.id(document), scores.get(document, 0.0), copies[folded[document]] - 1 if fold else 0)
        for document in chosen
    )
    return Answer(matches=matches, total=total, facets=counted)


def _ordered(  # noqa: PLR0913  (what `answer` knows)
    evaluation: "Evaluation",
    shelf: Shelf,
    clause: Clause,
    found: set[int],
    *,
    sort: Sort,
    needed: int,
    total: int,
    fold: bool,
) -> tuple[Mapping[int, float], Iterable[int]]:
    """Scores, and the documents in order, one of each group with `fold`: the first `needed` of `total` at least."""
    sure = needed * _FURTHER if fold else needed
    best = evaluation.best(clause, found, sure) if sort == "score" and sure < len(found) else None
    if best is not None:
        ranks = {document: -score for document, score in best.items()}
        first = list(islice(_ranked(shelf, ranks, needed), sure))
        if fold:
            first = list(_first_of_groups(first, shelf.groups()))
        if len(first) >= min(needed, total):
            return best, first
    scores = evaluation.scores(clause, found)
    if sort == "best":
        scores = _freshened(shelf, scores)
    order = _in_order(shelf, found, scores, sort, needed)
    return scores, _first_of_groups(order, shelf.groups()) if fold else order


class Evaluation(Sets):
    """One clause over one shelf; keeps what it has found out, for clauses that occur twice."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__(shelf)
        self._rare: dict[tuple[tuple[Variant, ...], tuple[str, ...]], dict[str, float]] = {}
        self._norms: dict[tuple[str, str], _Norms] = {}

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

    def best(self, clause: Clause, documents: set[int], needed: int) -> dict[int, float] | None:
        """The scores of some of the documents, the `needed` best and all that equal the last of them among these.

        None where there is no quicker way than to score all of them.
        """
        match clause:
            case Word():
                return self._best_by_word(clause, documents, needed)
            case And(clauses):
                scoring = [part for part in clauses if not isinstance(part, Filter | DateRange | Not)]
                return self.best(scoring[0], documents, needed) if len(scoring) == 1 else None
            case Or(clauses) if len(clauses) > 1:
                return self._best_by_any(clause, documents, needed)
            case Placed(inner, _, _):
                best = self.best(inner, documents, max(needed, ranking.PLACED))
                return None if best is None else self._with_places(clause, best)
            case _:
                return None

    def _word_scores(self, word: Word, documents: set[int]) -> dict[int, float]:
        best: dict[int, float] = {}
        for factor, found in self._frequencies(word, documents):
            scored = {document: factor * tf / (ranking.K1 + tf) for document, tf in found.items()}
            best = _higher(best, scored) if best else scored
        return best

    def _best_by_word(self, word: Word, documents: set[int], needed: int) -> dict[int, float]:
        """As `best`: of what has one variant the best ones are those that have it most often."""
        if len(word.variants) > MANY:
            return self._best_of_many(word, documents, needed)
        best: dict[int, float] = {}
        chosen: set[int] = set()
        frequencies = self._frequencies(word, documents)
        for _, found in frequencies:
            chosen.update(_highest(found, needed))
        for factor, found in frequencies:
            having = chosen & found.keys()
            scored = {document: factor * (tf := found[document]) / (ranking.K1 + tf) for document in having}
            best = _higher(best, scored) if best else scored
        return best

    def _best_of_many(self, word: Word, documents: set[int], needed: int) -> dict[int, float]:
        """The same for many variants: only what may be among the best is looked at variant by variant.

        No document is worth more than one that has in each field the variant that it has most often there.
        """
        self.gather(word)
        most: dict[int, float] = {}
        for (factor, language), terms in self._alike(word).items():
            often = {field: self._most_often(field, terms) for field in word.fields}
            found = self._weighted(often, documents, language)
            scored = {document: factor * tf / (ranking.K1 + tf) for document, tf in found.items()}
            most = _higher(most, scored) if most else scored
        first = set(_highest(most, needed))
        best = self._word_scores(word, first)
        least = min(heapq.nlargest(needed, best.values()), default=0.0)
        others = {document for document, score in most.items() if score >= least} - first
        return best | self._word_scores(word, others)

    def _alike(self, word: Word) -> dict[tuple[float, str], list[str]]:
        """The terms that scores have the same factor for, by this and their language."""
        rarities = self._rarities(word.variants, word.fields)
        alike: dict[tuple[float, str], list[str]] = {}
        for variant in word.variants:
            factor = variant.weight * rarities[variant.language]
            alike.setdefault((factor, variant.language), []).append(variant.term)
        return alike

    def _most_often(self, field: str, terms: Iterable[str]) -> dict[int, float]:
        """How often documents have in a field that of the terms which they have most often."""
        counts = [self._shelf.counts(field, term) for term in terms]
        found: dict[int, float] = dict.fromkeys(set().union(*counts), 1)
        for each in counts:
            for document, number in each.items():
                if number > 1 and number > found[document]:
                    found[document] = number
        return found

    def _frequencies(self, word: Word, documents: set[int]) -> list[tuple[float, dict[int, float]]]:
        """What factors scores have, and for each of them BM25F's frequency of the best of the variants that have it."""
        self.gather(word)
        frequencies = []
        for (factor, language), terms in self._alike(word).items():
            best: dict[int, float] = {}
            for term in terms:
                occurrences = {field: self._shelf.counts(field, term, documents) for field in word.fields}
                found = self._weighted(occurrences, documents, language)
                best = _higher(best, found) if best else found
            frequencies.append((factor, best))
        return frequencies

    def _phrase_scores(self, phrase: Phrase, documents: set[int]) -> dict[int, float]:
        occurrences = self.occurrences(phrase)
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
                for document in self.within(part, documents):
                    shares[document] = shares.get(document, 0.0) + weight
        if clause.coordination and (whole := sum(weights)):
            return {d: score * (shares[d] / whole) ** clause.coordination for d, score in scores.items()}
        return scores

    def _best_by_any(self, clause: Or, documents: set[int], needed: int) -> dict[int, float]:
        """As `best`: what has none of the rarest words is looked at only while it may come before what has."""
        weights = clause.weights or (1.0,) * len(clause.clauses)
        parts = sorted(
            ((self._most(part), weight, part) for part, weight in zip(clause.clauses, weights, strict=True)),
            key=lambda part: part[0],
            reverse=True,
        )
        scores: dict[int, float] = {}
        left = documents
        for number, (_, _, rarest) in enumerate(parts):
            share = sum(weight for _, weight, _ in parts[number:]) / (sum(weights) or 1.0)
            most = sum(each for each, _, _ in parts[number:]) * share**clause.coordination
            if len(scores) >= needed and heapq.nlargest(needed, scores.values())[-1] > most:
                break
            here = left & self.matches(rarest)
            left = left - here
            scores |= self._or_scores(clause, here)
        return scores

    def _most(self, clause: Clause) -> float:
        """What the score of no document is above."""
        match clause:
            case Word(variants, fields):
                rarities = self._rarities(variants, fields)
                return max((variant.weight * rarities[variant.language] for variant in variants), default=0.0)
            case Phrase(places, fields, _):
                return sum(self._most(Word(place, fields)) for place in places)
            case And(clauses) | Or(clauses):
                return sum(map(self._most, clauses))
            case Placed(inner, _, _):
                return float("inf") if self._most(inner) else 0.0
            case Filter() | DateRange() | Not():
                return 0.0

    def _placed_scores(self, placed: Placed, documents: set[int]) -> dict[int, float]:
        return self._with_places(placed, self.scores(placed.clause, documents))

    def _with_places(self, placed: Placed, scores: dict[int, float]) -> dict[int, float]:
        """The scores, those of the best ones with what their places are worth."""
        ranks = {document: -score for document, score in scores.items()}
        best = list(islice(_ranked(self._shelf, ranks, ranking.PLACED), ranking.PLACED))
        found: dict[int, list[placing.Occurrence]] = {document: [] for document in best}
        for number, word in enumerate(placed.words):
            rarities = self._rarities(word.variants, word.fields)
            for variant in word.variants:
                value = variant.weight * rarities[variant.language]
                having = self._shelf.counts(TEXT, variant.term, best)
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
            boost = ranking.BOOST.get(ranked, 1.0)
            chosen, numbers = _of(occurrences, documents)
            boosted: Iterable[float] = numbers if boost == 1 else [boost * number for number in numbers]
            if ranking.B.get(ranked):
                lengths = map(self._shelf.lengths(ranked).__getitem__, chosen)
                boosted = map(truediv, boosted, map(self._norm(ranked, language).__getitem__, lengths))
            found = dict(zip(chosen, boosted, strict=True))
            sums = _sum(sums, found) if sums else found
        return sums

    def _norm(self, field: str, language: str) -> "_Norms":
        known = self._norms.get((field, language))
        if known is None:
            b = ranking.B[field]
            known = self._norms[field, language] = _Norms(b, self._shelf.average_length(field, language))
        return known

    def _rarities(self, variants: tuple[Variant, ...], fields: tuple[str, ...]) -> dict[str, float]:
        """For each language how rare the entries are that have any of the variants in it."""
        known = self._rare.get((variants, fields))
        if known is None:
            known = self._rare[variants, fields] = self._rarities_of(variants, fields)
        return known

    def _rarities_of(self, variants: tuple[Variant, ...], fields: tuple[str, ...]) -> dict[str, float]:
        having: dict[str, list[Variant]] = {}
        for variant in variants:
            having.setdefault(variant.language, []).append(variant)
        return {
            language: ranking.rarity(
                self._shelf.number([("lang", language)]) if language else len(self._shelf.live()),
                self._shelf.number(terms_of(found, fields)),
            )
            for language, found in having.items()
        }


class _Norms(dict[int, float]):
    """Length of a field → what occurrences in it are divided by, made when first met: there are few lengths."""

    def __init__(self, b: float, average: float) -> None:
        super().__init__()
        self._b, self._slope = b, b / average

    def __missing__(self, length: int) -> float:
        made = self[length] = 1 - self._b + self._slope * length
        return made


def _added(scores: Iterable[dict[int, float]]) -> dict[int, float]:
    total: dict[int, float] = {}
    for scored in scores:
        if not total:
            total = scored
            continue
        for document, score in scored.items():
            total[document] = total.get(document, 0.0) + score
    return total


def _sum(one: dict[int, float], other: dict[int, float]) -> dict[int, float]:
    """One of the two, with what the other has added."""
    if len(other) > len(one):
        one, other = other, one
    for document, number in other.items():
        one[document] = one.get(document, 0.0) + number
    return one


def _of(occurrences: Mapping[int, float], documents: set[int]) -> tuple[Collection[int], Collection[float]]:
    """Those of the occurrences that are in some of the documents: where, and how many."""
    if len(documents) < len(occurrences):
        chosen = [document for document in documents if document in occurrences]
    elif occurrences.keys() <= documents:
        return occurrences.keys(), occurrences.values()
    else:
        chosen = [document for document in occurrences if document in documents]
    return chosen, list(map(occurrences.__getitem__, chosen))


def _highest(numbers: Mapping[int, float], needed: int) -> Collection[int]:
    """Whose numbers are the `needed` highest, and those with the same number as the last of these."""
    if len(numbers) <= needed:
        return numbers.keys()
    bound = heapq.nlargest(needed, numbers.values())[-1]
    return {document for document, number in numbers.items() if number >= bound}


def _higher(one: dict[int, float], other: dict[int, float]) -> dict[int, float]:
    """One of the two, with what the other has more of, or alone."""
    if len(other) > len(one):
        one, other = other, one
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
        return _ranked(shelf, {d: sign * days[d] if days[d] != NO_DAY else NEVER for d in documents}, needed)
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
