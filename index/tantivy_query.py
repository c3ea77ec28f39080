"""Clauses as Tantivy's queries: which entries match exactly, and in about which order.

Tantivy decides what matches. Its own score (BM25 field by field, lengths rounded, k1 and b fixed) only chooses the
entries that are worth scoring exactly; so that it comes near, each term is weighted by how rare the word is that it
belongs to, instead of by how rare it is itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import comb, log, prod
from typing import Any

from tantivy import FieldType, Occur, Query, Schema, Searcher

from index import ranking
from index.engine import And, Clause, DateRange, Filter, Not, Or, Phrase, Placed, Variant, Word
from index.entry import KEYS, NAMES
from index.tantivy_files import FIRST_DAY, LAST_DAY, SEARCHED, encoded, key

# Variants of a word that are weighted one by one; more (a prefix, near spellings) are looked for as one set.
_MOST_WEIGHTED = 16
# Exact phrases that a phrase with alternatives and gaps may be written out as; for more, the texts are looked at.
MOST_PHRASES = 64


class Translation:
    """Clauses of one state of an index as queries."""

    def __init__(self, schema: Schema, searcher: Searcher) -> None:
        self._schema = schema
        self._searcher = searcher
        self._rarities: dict[tuple[tuple[Variant, ...], tuple[str, ...]], dict[str, float]] = {}
        self._verified: dict[Phrase, Query] = {}

    def query(self, clause: Clause) -> Query:  # noqa: PLR0911  (one return per kind of clause)
        """What finds the entries that match."""
        match clause:
            case Word():
                return self._word(clause)
            case Phrase():
                return self._verified.get(clause) or any_of(list(self._phrases(clause)))
            case Filter(field, values):
                return unscored(self._filter(field, values))
            case DateRange(first, last):
                return unscored(self._dated(first, last))
            case And(clauses):
                return self._all(clauses)
            case Or(clauses):
                return any_of([self.query(part) for part in clauses])
            case Not(inner):
                return self._all((Not(inner),))
            case Placed(inner, _, _):
                return self.query(inner)

    def count(self, query: Query) -> int:
        """How many entries match."""
        found: Any = self._searcher.search(query, limit=1)
        return int(found.count)

    def rarities(self, variants: tuple[Variant, ...], fields: tuple[str, ...]) -> dict[str, float]:
        """For each language how rare the entries are that have any of the variants in it."""
        known = self._rarities.get((variants, fields))
        if known is None:
            terms: dict[str, list[str]] = {}
            for variant in variants:
                terms.setdefault(variant.language, []).append(variant.term)
            known = {language: self._rarity(language, found, fields) for language, found in terms.items()}
            self._rarities[variants, fields] = known
        return known

    def days(self, field: str, first: int | None, last: int | None) -> Query:
        """Entries with a day in a field that is within a range, both ends inclusive."""
        return Query.range_query(self._schema, field, FieldType.Integer, first, last)

    def whole(self, field: str, value: str) -> Query:
        """Entries with this whole value, as it is written, in a field of values."""
        return Query.term_query(self._schema, field, value, index_option="basic")

    def unwritten(self, clause: Clause) -> Iterator[Phrase]:
        """The phrases in a clause that would be too many if they were written out."""
        match clause:
            case Phrase(places, _, slop):
                if _written_out(places, slop) > MOST_PHRASES:
                    yield clause
            case And(clauses) | Or(clauses):
                for part in clauses:
                    yield from self.unwritten(part)
            case Not(inner) | Placed(inner, _, _):
                yield from self.unwritten(inner)

    def candidates(self, phrase: Phrase) -> Query:
        """Entries that have the words of a phrase in one field, wherever."""
        per_field = (self._all(tuple(Word(place, (field,)) for place in phrase.places)) for field in phrase.fields)
        return any_of(list(per_field))

    def verify(self, phrase: Phrase, ids: Sequence[str]) -> None:
        """Takes note of which entries have a phrase, of those that `candidates` found."""
        self._verified[phrase] = unscored(self._filter("id", tuple(ids)))

    # --- Words

    def _rarity(self, language: str, terms: Sequence[str], fields: Sequence[str]) -> float:
        total = self.count(self._filter("lang", (language,))) if language else self._searcher.num_docs
        having = any_of([self._any_term(field, terms) for field in fields if field in SEARCHED])
        return ranking.rarity(total, self.count(having))

    def _any_term(self, field: str, terms: Sequence[str]) -> Query:
        if len(terms) > _MOST_WEIGHTED:
            return Query.term_set_query(self._schema, field, [encoded(term) for term in terms])
        return any_of([self._term(field, encoded(term)) for term in terms])

    def _word(self, word: Word) -> Query:
        fields = [field for field in word.fields if field in SEARCHED]
        if not (fields and word.variants):
            return Query.empty_query()
        rarities = self.rarities(word.variants, word.fields)
        if len(word.variants) > _MOST_WEIGHTED:
            return self._many(word.variants, fields, rarities)
        found = [query for variant in word.variants if (query := self._variant(variant, fields, rarities))]
        if len(found) < 2:
            return found[0] if found else Query.empty_query()
        return Query.disjunction_max_query(found)

    def _variant(self, variant: Variant, fields: Sequence[str], rarities: Mapping[str, float]) -> Query | None:
        term, worth = encoded(variant.term), variant.weight * rarities[variant.language]
        queries = []
        for field in fields:
            having = self._searcher.doc_freq(field, term)
            if not having:
                continue
            query, boost = self._term(field, term), worth * _boost(field)
            if field in NAMES or field in KEYS:
                queries.append(Query.const_score_query(query, boost / (1 + ranking.K1)))
            else:
                queries.append(Query.boost_query(query, boost / _native_rarity(self._searcher.num_docs, having)))
        return any_of(queries) if queries else None

    def _many(self, variants: Sequence[Variant], fields: Sequence[str], rarities: Mapping[str, float]) -> Query:
        """Many variants: those of one weight as one set, an entry that has one of them worth as much as any other."""
        sets: dict[float, list[str]] = {}
        for variant in variants:
            sets.setdefault(variant.weight * rarities[variant.language], []).append(variant.term)
        found = []
        for worth, terms in sets.items():
            for field in fields:
                score = worth * _boost(field) / (_boost(field) + ranking.K1)
                found.append(Query.const_score_query(self._any_term(field, terms), score))
        return Query.disjunction_max_query(found)

    def _term(self, field: str, term: str) -> Query:
        option = "position" if field not in KEYS else "basic"
        return Query.term_query(self._schema, field, term, index_option=option)

    # --- Phrases

    def _phrases(self, phrase: Phrase) -> Iterator[Query]:
        """A phrase as exact phrases in single fields, one for each choice of alternatives and of gaps."""
        fields = [field for field in phrase.fields if field in SEARCHED]
        if not phrase.places:
            return
        if len(phrase.places) == 1:
            yield self._word(Word(phrase.places[0], phrase.fields))
            return
        if _written_out(phrase.places, phrase.slop) > MOST_PHRASES:
            yield self.candidates(phrase)
            return
        worth = sum(
            max(variant.weight * self.rarities(place, phrase.fields)[variant.language] for variant in place)
            for place in phrase.places
        )
        gaps = list(_gaps(len(phrase.places) - 1, phrase.slop))
        for field in fields:
            boost = worth * _boost(field)
            for chosen in product(*phrase.places):
                terms = [encoded(variant.term) for variant in chosen]
                having = [self._searcher.doc_freq(field, term) for term in terms]
                if not all(having):
                    continue
                native = sum(_native_rarity(self._searcher.num_docs, number) for number in having)
                for offsets in gaps:
                    words: list[Any] = list(zip(offsets, terms, strict=True))
                    query = Query.phrase_query(self._schema, field, words)
                    yield Query.boost_query(query, boost / native)

    # --- Filters

    def _filter(self, field: str, values: Sequence[str]) -> Query:
        if field not in SEARCHED or not values:
            return Query.empty_query()
        written = [key(value) for value in values] if field in KEYS else [encoded(value) for value in values]
        if len(written) == 1:
            return self._term(field, written[0])
        return Query.term_set_query(self._schema, field, written)

    def _dated(self, first: int | None, last: int | None) -> Query:
        dated = Query.exists_query(FIRST_DAY)
        ranges = [dated]
        if last is not None:
            ranges.append(self.days(FIRST_DAY, None, last))
        if first is not None:
            ranges.append(self.days(LAST_DAY, first, None))
        return Query.boolean_query([(Occur.Must, query) for query in ranges])

    # --- Combinations

    def _all(self, clauses: Sequence[Clause]) -> Query:
        parts = []
        for clause in clauses:
            match clause:
                case Not(inner):
                    parts.append((Occur.MustNot, self.query(inner)))
                case _:
                    parts.append((Occur.Must, self.query(clause)))
        if all(occur is Occur.MustNot for occur, _ in parts):
            parts.append((Occur.Must, unscored(Query.all_query())))
        return Query.boolean_query(parts)


def any_of(queries: Sequence[Query]) -> Query:
    """Entries that match any of the queries, their scores added."""
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, query) for query in queries]) if queries else Query.empty_query()


def both(one: Query, other: Query) -> Query:
    """Entries that match both, scored by the first."""
    return Query.boolean_query([(Occur.Must, one), (Occur.Must, unscored(other))])


def without(one: Query, other: Query) -> Query:
    """Entries that match the first and not the other."""
    return Query.boolean_query([(Occur.Must, one), (Occur.MustNot, other)])


def unscored(query: Query) -> Query:
    """The same entries, no score."""
    return Query.const_score_query(query, 0.0)


def _boost(field: str) -> float:
    return ranking.BOOST.get(ranking.RANKED_AS.get(field, field), 1.0)


def _native_rarity(entries: int, having: int) -> float:
    """What Tantivy multiplies the score of a term with."""
    return log(1 + (max(entries, having) - having + 0.5) / (having + 0.5))


def _written_out(places: Sequence[Sequence[Variant]], slop: int) -> int:
    """As how many exact phrases a phrase can be written, at least."""
    return prod(len(place) for place in places) * comb(slop + len(places) - 1, max(len(places) - 1, 0))


def _gaps(number: int, slop: int) -> Iterator[tuple[int, ...]]:
    """The offsets of the words of a phrase: `number` gaps between them that are `slop` wide at most altogether."""

    def following(offsets: tuple[int, ...], room: int) -> Iterator[tuple[int, ...]]:
        if len(offsets) > number:
            yield offsets
            return
        for gap in range(room + 1):
            yield from following((*offsets, offsets[-1] + 1 + gap), room - gap)

    return following((0,), slop)
