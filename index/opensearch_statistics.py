"""How often words are, asked for all of a query at once: so the server's order comes near ours, and ours is exact."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from index import ranking
from index.engine import Clause, Variant, Word
from index.entry import KEYS
from index.opensearch_documents import LENGTHS, VOCABULARY
from index.opensearch_query import MOST_LEAVES, any_of, any_term, words_of, written_in
from index.records import RANKED, SEARCHED
from index.written import decoded

_MOST_LANGUAGES = 10_000
_MOST_FIELDS = 4  # that a word is looked for in at once: three, and one more
_FEW = 128  # terms that are counted each by itself: of more it is faster to go through all terms of the entries
_AT_ONCE = 10_000  # terms whose frequencies are asked for together; a server gives 65,535 buckets at most

Variants = tuple[tuple[Variant, ...], tuple[str, ...]]  # with the fields that they are looked for in


class Asking(Protocol):
    """A state of an index."""

    def ask(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a search."""


class Statistics:
    """Of one state of an index; what was asked once is known."""

    def __init__(self, state: Asking) -> None:
        self._state = state
        self._rarities: dict[Variants, dict[str, float]] = {}
        self._frequencies: dict[str, dict[str, int]] = {}
        self._whole: dict[str, Any] | None = None

    @property
    def entries(self) -> int:
        """How many there are."""
        return int(self._all()["hits"]["total"]["value"])

    def average_length(self, field: str, language: str) -> float:
        """The average length over the entries of a language ("" for any) that have the field; 1 if none has."""
        row = self._languages().get(language) if language else self._all()["aggregations"]
        return float((row and row[LENGTHS[field]]["value"]) or 1.0)

    def languages(self) -> dict[str, int]:
        """How many entries there are of each."""
        return {language: int(row["doc_count"]) for language, row in self._languages().items()}

    def rarities(self, variants: tuple[Variant, ...], fields: tuple[str, ...]) -> dict[str, float]:
        """For each language how rare the entries are that have any of the variants in it."""
        if (variants, fields) not in self._rarities:
            self._learn([Word(variants, fields)])
        return self._rarities[variants, fields]

    def frequency(self, field: str, term: str) -> int:
        """How many entries have a term in a field."""
        known = self._frequencies.setdefault(field, {})
        if term not in known:
            known[term] = self.frequencies(field, [term]).get(term, 0)
        return known[term]

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """See `SearchEngine.frequencies`."""
        asked = list(dict.fromkeys(terms))
        found: dict[str, int] = {}
        for start in range(0, len(asked) if field in SEARCHED else 0, _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            answer = self._state.ask(
                {
                    "size": 0,
                    "track_total_hits": False,
                    "query": any_term([field], some),
                    "aggs": {"terms": _counted(field, some)},
                }
            )
            found |= _numbers(answer["aggregations"]["terms"], field, some)
        return found

    def prepare(self, clause: Clause) -> None:
        """Asks for all that a clause will want to know, at once."""
        self._learn(words_of(clause))

    def _learn(self, words: Iterable[Word]) -> None:
        new = {(word.variants, word.fields): word for word in words}
        new = {variants: word for variants, word in new.items() if variants not in self._rarities}
        if not new:
            return
        groups = {
            (variants, language): any_term(word.fields, terms)
            for variants, word in new.items()
            for language, terms in _by_language(word).items()
        }
        terms: dict[str, list[str]] = {}
        for word in new.values():
            for field in word.fields:
                if field in SEARCHED and field not in KEYS:
                    terms.setdefault(field, []).extend(variant.term for variant in word.variants)
        terms = {field: list(dict.fromkeys(asked)) for field, asked in terms.items()}
        queries, step = list(groups.values()), MOST_LEAVES // _MOST_FIELDS
        having = [
            number
            for start in range(0, len(queries), step)
            for number in self._count(queries[start : start + step], terms if not start else {})
        ]
        self._rarities.update((variants, {}) for variants in new)
        for (variants, language), number in zip(groups, having, strict=True):
            self._rarities[variants][language] = ranking.rarity(self._spoken(language), number)

    def _count(self, groups: Sequence[dict[str, Any]], terms: Mapping[str, Sequence[str]]) -> list[int]:
        aggregations: dict[str, Any] = {f"group {number}": {"filter": query} for number, query in enumerate(groups)}
        once = {field: some for field, some in terms.items() if some and len(some) <= _AT_ONCE}
        aggregations |= {f"terms {field}": _counted(field, some) for field, some in once.items()}
        found = self._state.ask(
            {"size": 0, "track_total_hits": False, "query": any_of(list(groups)), "aggs": aggregations}
        )["aggregations"]
        for field, some in terms.items():
            told = found.get(f"terms {field}")
            numbers = self.frequencies(field, some) if told is None else _numbers(told, field, some)
            self._frequencies.setdefault(field, {}).update({term: numbers.get(term, 0) for term in some})
        return [int(found[f"group {number}"]["doc_count"]) for number in range(len(groups))]

    def _spoken(self, language: str) -> int:
        if not language:
            return self.entries
        return self.languages().get(language, 0)

    def _languages(self) -> dict[str, Any]:
        rows = self._all()["aggregations"]["languages"]["buckets"]
        return {decoded(row["key"]): row for row in rows}

    def _all(self) -> dict[str, Any]:
        """Numbers of entries and lengths: servers keep the answer for each shard that did not change."""
        if self._whole is None:
            averages: dict[str, Any] = {LENGTHS[field]: {"avg": {"field": LENGTHS[field]}} for field in RANKED}
            languages = {"terms": {"field": "lang", "size": _MOST_LANGUAGES}, "aggs": averages}
            self._whole = self._state.ask(
                {"size": 0, "track_total_hits": True, "aggs": {"languages": languages, **averages}}
            )
        return self._whole


def _by_language(word: Word) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for variant in word.variants:
        found.setdefault(variant.language, []).append(variant.term)
    return found


def _counted(field: str, terms: Sequence[str]) -> dict[str, Any]:
    """How many entries have each of the terms, as an aggregation whose answer `_numbers` reads."""
    kept = [written_in(field, term) for term in terms]
    if len(terms) <= _FEW:
        return {"filters": {"filters": [{"term": {field: term}} for term in kept]}}
    return {"terms": {"field": VOCABULARY[field], "include": kept, "size": len(kept), "shard_size": len(kept)}}


def _numbers(counted: Mapping[str, Any], field: str, terms: Sequence[str]) -> dict[str, int]:
    buckets = counted["buckets"]
    if len(terms) <= _FEW:
        return {term: number for term, each in zip(terms, buckets, strict=True) if (number := int(each["doc_count"]))}
    having = {bucket["key"]: int(bucket["doc_count"]) for bucket in buckets}
    return {term: having[kept] for term in terms if (kept := written_in(field, term)) in having}
