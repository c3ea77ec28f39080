"""Clauses as OpenSearch's queries: which entries match exactly, and in about which order.

The server decides what matches; its positions are ours, so that phrases need no second look. Its own score (BM25 field
by field) only chooses the entries that are worth scoring exactly; so that it comes near, each term is weighted by how
rare the word is that it belongs to, instead of by how rare it is itself (index/opensearch_statistics.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from math import log
from typing import Any, Protocol

from backfile.errors import QueryError
from index import ranking
from index.engine import And, Clause, DateRange, Filter, Not, Or, Phrase, Placed, Variant, Word
from index.entry import KEYS, NAMES, TITLE, TITLE_FORMS
from index.opensearch_documents import FIRST_DAY, LAST_DAY
from index.records import SEARCHED
from index.written import encoded, key

Query = dict[str, Any]

NOTHING: Query = {"match_none": {}}
ALL: Query = {"constant_score": {"filter": {"match_all": {}}, "boost": 0.0}}

# A cluster takes 1,024 terms in a query as it comes (`indices.query.bool.max_clause_count`), a set of terms being one.
MOST_LEAVES = 1_000
_MOST_OF_A_SET = 60_000  # terms; an index takes 65,536 (`index.max_terms_count`)
_MOST_WEIGHTED = 400  # variants of a word that are weighted one by one, as in the Tantivy engine
_TITLE_WORTH = 1.6  # what an occurrence in a title is worth beside one in the text, likewise
_LEAST = 1e-6  # a boost must not be 0 where its score is to be added


class Statistics(Protocol):
    """What is known of the words of a query before it is asked."""

    @property
    def entries(self) -> int:
        """How many there are."""

    def rarities(self, variants: tuple[Variant, ...], fields: tuple[str, ...]) -> Mapping[str, float]:
        """For each language how rare the entries are that have any of the variants in it."""

    def frequency(self, field: str, term: str) -> int:
        """How many entries have a term in a field."""


def words_of(clause: Clause) -> Iterator[Word]:
    """The words of a clause whose rarities count, those of phrases included."""
    match clause:
        case Word():
            yield clause
        case Phrase(places, fields, _):
            for place in places:
                yield Word(place, fields)
        case And(clauses) | Or(clauses):
            for part in clauses:
                yield from words_of(part)
        case Placed(inner, words, _):
            yield from words_of(inner)
            yield from words
        case Not() | Filter() | DateRange():
            pass


def any_term(fields: Sequence[str], terms: Sequence[str]) -> Query:
    """Entries with any of the terms in any of the fields; no score."""
    sets = [_among(field, [written_in(field, term) for term in terms]) for field in fields if field in SEARCHED]
    return any_of(sets) if terms and sets else NOTHING


def written_in(field: str, term: str) -> str:
    """A term as a field has it."""
    return key(term) if field in KEYS else encoded(term)


def check(clause: Clause) -> None:
    """Raises QueryError when a clause has more words than a server takes."""
    least, _ = _leaves(clause)
    if least > MOST_LEAVES:
        raise QueryError(f"the query asks for {least:,} terms; a server takes {MOST_LEAVES:,} at once")


def translated(clause: Clause, statistics: Statistics) -> Query:
    """What finds the entries that match; of a clause that was checked."""
    return _Translation(clause, statistics).query(clause)


class _Translation:
    def __init__(self, clause: Clause, statistics: Statistics) -> None:
        self._statistics = statistics
        least, words = _leaves(clause)
        self._weighted = min(_MOST_WEIGHTED, (MOST_LEAVES - least) // words) if words else 0

    def query(self, clause: Clause) -> Query:  # noqa: PLR0911  (one return per kind of clause)
        match clause:
            case Word():
                return self._word(clause)
            case Phrase():
                return self._phrase(clause)
            case Filter(field, values):
                return _unscored(_filter(field, values))
            case DateRange(first, last):
                return _unscored(_dated(first, last))
            case And(clauses):
                return self._all(clauses)
            case Or(clauses):
                return any_of([self.query(part) for part in clauses])
            case Not(Not(inner)):
                return _unscored(self.query(inner))
            case Not(inner):
                return {"bool": {"must_not": [self.query(inner)], "filter": [ALL]}}
            case Placed(inner, _, _):
                return self.query(inner)

    def _all(self, clauses: Sequence[Clause]) -> Query:
        """One `bool` for all that is nested without need: a server takes twenty in each other."""
        parts: dict[str, list[Query]] = {}
        for clause in _flattened(clauses):
            match clause:
                case Not(inner):
                    parts.setdefault("must_not", []).append(self.query(inner))
                case Filter() | DateRange():
                    parts.setdefault("filter", []).append(self.query(clause))
                case _:
                    parts.setdefault("must", []).append(self.query(clause))
        if parts.keys() <= {"must_not"}:
            parts["filter"] = [ALL]
        return {"bool": parts}

    # --- Words

    def _word(self, word: Word) -> Query:
        fields = [field for field in word.fields if field in SEARCHED]
        if not (fields and word.variants):
            return NOTHING
        rarities = self._statistics.rarities(word.variants, word.fields)
        variants: Sequence[Variant] = word.variants
        found: list[Query] = []
        if len(variants) > self._weighted // len(fields):
            found.append(any_term(fields, [variant.term for variant in variants]))
            variants = sorted(variants, key=lambda variant: self._frequency(fields, variant), reverse=True)
            variants = variants[: self._weighted // len(fields)]
        found += [query for variant in variants if (query := self._variant(variant, fields, rarities))]
        return found[0] if len(found) == 1 else {"dis_max": {"queries": found}} if found else NOTHING

    def _frequency(self, fields: Sequence[str], variant: Variant) -> int:
        return max(self._statistics.frequency(field, variant.term) for field in fields)

    def _variant(self, variant: Variant, fields: Sequence[str], rarities: Mapping[str, float]) -> Query | None:
        worth = variant.weight * rarities[variant.language]
        queries: list[Query] = []
        for field in fields:
            if not (having := self._statistics.frequency(field, variant.term)):
                continue
            boost = max(worth * _worth(field), _LEAST)
            term = encoded(variant.term)
            if field in NAMES or field in KEYS:
                worth_it = {"filter": {"term": {field: term}}, "boost": boost / (1 + ranking.K1)}
                queries.append({"constant_score": worth_it})
            else:
                queries.append({"term": {field: {"value": term, "boost": boost / self._native_rarity(having)}}})
        return any_of(queries) if queries else None

    def _native_rarity(self, having: int) -> float:
        """What the server multiplies the score of a term with."""
        return log(1 + (max(self._statistics.entries, having) - having + 0.5) / (having + 0.5))

    # --- Phrases

    def _phrase(self, phrase: Phrase) -> Query:
        if len(phrase.places) == 1:
            return self._word(Word(phrase.places[0], phrase.fields))
        fields = [field for field in phrase.fields if field in SEARCHED]
        if not (phrase.places and fields and all(phrase.places)):
            return NOTHING
        worth = sum(
            max(variant.weight * rarities[variant.language] for variant in place)
            for place in phrase.places
            for rarities in (self._statistics.rarities(place, phrase.fields),)
        )
        return any_of([self._phrase_in(phrase, field, worth) for field in fields])

    def _phrase_in(self, phrase: Phrase, field: str, worth: float) -> Query:
        native = sum(
            self._native_rarity(self._statistics.frequency(field, variant.term))
            for place in phrase.places
            for variant in place
        )
        boost = max(worth * _worth(field) / native, _LEAST)
        places = [_place(field, place) for place in phrase.places]
        return {"span_near": {"clauses": places, "slop": phrase.slop, "in_order": True, "boost": boost}}


# --- Filters ------------------------------------------------------------------------------------------------------


def days(field: str, first: int | None, last: int | None) -> Query:
    """Entries with a day in a field that is within a range, both ends inclusive."""
    ends = {name: day for name, day in (("gte", first), ("lte", last)) if day is not None}
    return {"range": {field: ends}} if ends else {"exists": {"field": field}}


def _dated(first: int | None, last: int | None) -> Query:
    return {"bool": {"filter": [days(FIRST_DAY, None, last), days(LAST_DAY, first, None)]}}


def _filter(field: str, values: Sequence[str]) -> Query:
    if field not in SEARCHED or not values:
        return NOTHING
    return _among(field, [written_in(field, value) for value in values])


def _among(field: str, terms: Sequence[str]) -> Query:
    if len(terms) == 1:
        return _unscored({"term": {field: terms[0]}})
    sets = [terms[start : start + _MOST_OF_A_SET] for start in range(0, len(terms), _MOST_OF_A_SET)]
    return any_of([_unscored({"terms": {field: list(some)}}) for some in sets])


def _unscored(query: Query) -> Query:
    return {"constant_score": {"filter": query, "boost": 0.0}}


# --- Combinations -------------------------------------------------------------------------------------------------


def any_of(queries: Sequence[Query]) -> Query:
    """Entries that match any of the queries, their scores added; no `bool`, as a server takes few in each other."""
    if len(queries) == 1:
        return queries[0]
    return {"dis_max": {"queries": list(queries), "tie_breaker": 1.0}} if queries else NOTHING


def both(one: Query, other: Query) -> Query:
    """Entries that match both, scored by the first."""
    return {"bool": {"must": [one], "filter": [other]}}


def _flattened(clauses: Sequence[Clause]) -> Iterator[Clause]:
    for clause in clauses:
        match clause:
            case And(inner) | Placed(And(inner), _, _) | Not(Not(And(inner))):
                yield from _flattened(inner)
            case Not(Or(inner)):
                yield from _flattened([Not(part) for part in inner])
            case Not(Not(inner)):
                yield from _flattened([inner])
            case _:
                yield clause


def _place(field: str, place: Sequence[Variant]) -> Query:
    terms: list[Query] = [{"span_term": {field: encoded(variant.term)}} for variant in place]
    return terms[0] if len(terms) == 1 else {"span_or": {"clauses": terms}}


def _leaves(clause: Clause) -> tuple[int, int]:  # noqa: PLR0911  (one return per kind of clause)
    """How many terms and sets of terms a clause is, at least, and how many words' variants may be named besides."""
    match clause:
        case Word(_, fields):
            return len(fields), 1
        case Phrase((place,), fields, _):
            return _leaves(Word(place, fields))
        case Phrase(places, fields, _):
            return len(fields) * sum(len(place) for place in places), 0
        case And(clauses) | Or(clauses):
            counts = [_leaves(part) for part in clauses]
            return sum(least for least, _ in counts), sum(words for _, words in counts)
        case Not(inner) | Placed(inner, _, _):
            return _leaves(inner)
        case Filter(_, values):
            return 1 + len(values) // _MOST_OF_A_SET, 0
        case DateRange():
            return 2, 0


def _worth(field: str) -> float:
    return _TITLE_WORTH if field in {TITLE, TITLE_FORMS} else ranking.BOOST.get(field, 1.0)
