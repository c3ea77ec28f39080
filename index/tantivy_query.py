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
from index.entry import KEYS, NAMES, TITLE, TITLE_FORMS
from index.records import SEARCHED
from index.tantivy_files import BESIDE, FIRST_DAY, LAST_DAY
from index.written import encoded, key

# Variants of a word that are weighted one by one, the most frequent ones of a prefix or of near spellings. What has
# none of them is found, and worth the least. With 16, prefixes had .86 of the first ten, with 400 .998 as quickly.
_MOST_WEIGHTED = 400
_MOST_NAMED = 16  # terms that are looked for one by one when it only counts whether there is any; more are one set
# What an occurrence in a title is worth beside one in the text: what K1 leaves of a frequency of 3 beside one of 1.
_TITLE_WORTH = 1.6
# Exact phrases that a phrase with alternatives and gaps may be written out as; for more, the texts are looked at.
MOST_PHRASES = 64


class Translation:
    """Clauses of one state of an index as queries."""

    def __init__(self, schema: Schema, searcher: Searcher) -> None:
        self._schema = schema
        self._searcher = searcher
        self._rarities: dict[tuple[tuple[Variant, ...], tuple[str, ...]], dict[str, float]] = {}
        self._verified: dict[Phrase, Query] = {}
        self._languages: dict[str, int] = {}

    def query(self, clause: Clause) -> Query:  # noqa: PLR0911  (one return per kind of clause)
        """What finds the entries that match."""
        match clause:
            case Word():
                return self._word(clause)
            case Phrase():
                found = [] if self._too_many(clause) else list(self._phrases(clause))
                return any_of([*found, *([self._verified[clause]] if clause in self._verified else [])])
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
        found: Any = self._searcher.search(unscored(query), limit=1)
        return int(found.count)

    def having(self, field: str, term: str) -> int:
        """How many entries have a term, as it is written, in a field or beside its words."""
        return self.count(any_of([self._term(kept, term) for kept in _kept_in(field)]))

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
        """The phrases in a clause that are to be looked for in texts as well, or only there."""
        match clause:
            case Phrase():
                if self._too_many(clause) or self._has_beside(clause):
                    yield clause
            case And(clauses) | Or(clauses):
                for part in clauses:
                    yield from self.unwritten(part)
            case Not(inner) | Placed(inner, _, _):
                yield from self.unwritten(inner)

    def candidates(self, phrase: Phrase) -> Query:
        """Entries in whose texts a phrase is to be looked for: they have its words in one field, wherever.

        Where it can be written out, only those that have one of its words beside another one.
        """
        found = []
        for field in phrase.fields:
            query = self._all(tuple(Word(place, (field,)) for place in phrase.places))
            if not self._too_many(phrase):
                terms = [encoded(variant.term) for place in phrase.places for variant in place]
                query = both(query, self._among(BESIDE[field], terms)) if field in BESIDE else Query.empty_query()
            found.append(query)
        return any_of(found)

    def _too_many(self, phrase: Phrase) -> bool:
        return _written_out(phrase.places, phrase.slop) > MOST_PHRASES

    def _has_beside(self, phrase: Phrase) -> bool:
        """Whether any of its words stands beside another one in some entry."""
        terms = [encoded(variant.term) for place in phrase.places for variant in place]
        fields = [BESIDE[field] for field in phrase.fields if field in BESIDE]
        return len(phrase.places) > 1 and any(
            self._searcher.doc_freq(field, term) for field in fields for term in terms
        )

    def verify(self, phrase: Phrase, ids: Sequence[str]) -> None:
        """Takes note of which entries have a phrase, of those that `candidates` found."""
        self._verified[phrase] = unscored(self._filter("id", tuple(ids)))

    # --- Words

    def _rarity(self, language: str, terms: Sequence[str], fields: Sequence[str]) -> float:
        total = self._speaking(language) if language else self._searcher.num_docs
        having = any_of([self._any_term(field, terms) for field in fields if field in SEARCHED])
        return ranking.rarity(total, self.count(having))

    def _speaking(self, language: str) -> int:
        """How many entries are in a language."""
        known = self._languages.get(language)
        if known is None:
            known = self._languages[language] = self.count(self._filter("lang", (language,)))
        return known

    def _any_term(self, field: str, terms: Sequence[str]) -> Query:
        """Entries with any of the terms in a field, or beside its words."""
        written = [encoded(term) for term in terms]
        return any_of([self._among(each, written) for each in _kept_in(field)])

    def _among(self, field: str, terms: Sequence[str]) -> Query:
        if len(terms) > _MOST_NAMED:
            return Query.term_set_query(self._schema, field, list(terms))
        there = [term for term in terms if self._searcher.doc_freq(field, term)]
        return any_of([self._term(field, term) for term in there])

    def _word(self, word: Word) -> Query:
        fields = [field for field in word.fields if field in SEARCHED]
        if not (fields and word.variants):
            return Query.empty_query()
        rarities = self.rarities(word.variants, word.fields)
        variants: Sequence[Variant] = word.variants
        found: list[Query] = []
        if len(variants) > _MOST_WEIGHTED:
            found += [unscored(self._any_term(field, [variant.term for variant in variants])) for field in fields]
            variants = sorted(variants, key=lambda variant: self._frequency(fields, variant), reverse=True)
        found += [query for variant in variants[:_MOST_WEIGHTED] if (query := self._variant(variant, fields, rarities))]
        if len(found) < 2:
            return found[0] if found else Query.empty_query()
        return Query.disjunction_max_query(found)

    def _frequency(self, fields: Sequence[str], variant: Variant) -> int:
        return max(self._searcher.doc_freq(field, encoded(variant.term)) for field in fields)

    def _variant(self, variant: Variant, fields: Sequence[str], rarities: Mapping[str, float]) -> Query | None:
        term, worth = encoded(variant.term), variant.weight * rarities[variant.language]
        queries = []
        for field in fields:
            boost = worth * _worth(field)
            for kept in _kept_in(field):
                if not (having := self._searcher.doc_freq(kept, term)):
                    continue
                query = self._term(kept, term)
                if field in NAMES or field in KEYS:
                    queries.append(Query.const_score_query(query, boost / (1 + ranking.K1)))
                else:
                    queries.append(Query.boost_query(query, boost / _native_rarity(self._searcher.num_docs, having)))
        return any_of(queries) if queries else None

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
        worth = sum(
            max(variant.weight * self.rarities(place, phrase.fields)[variant.language] for variant in place)
            for place in phrase.places
        )
        gaps = list(_gaps(len(phrase.places) - 1, phrase.slop))
        for field in fields:
            boost = worth * _worth(field)
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
        if field not in KEYS:
            return self._any_term(field, values)
        written = [key(value) for value in values]
        return self._term(field, written[0]) if len(written) == 1 else self._among(field, written)

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


def _kept_in(field: str) -> tuple[str, ...]:
    return (field, BESIDE[field]) if field in BESIDE else (field,)


def _worth(field: str) -> float:
    return _TITLE_WORTH if field in {TITLE, TITLE_FORMS} else ranking.BOOST.get(field, 1.0)


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
