"""The matches of a question in their order: sets and values by the server, scores by us.

By score, matches come in blocks: those that the server thinks best, the next ones, and so on. Each block is scored
exactly and put in order; an entry that the server puts behind the first block does not come before one that is in it.
By date and label the order is exact throughout.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from index import ranking
from index.engine import Clause, Facet, Match, Sort
from index.opensearch_documents import COUNTS, FIRST_DAY, GROUP, LABELS, RECORD, record_in, trusted
from index.opensearch_query import Query, check, translated
from index.opensearch_statistics import Statistics
from index.records import Record
from index.scores import Table, has_forms, has_scores, ranked
from index.shelf import NO_DAY
from index.written import decoded

# Matches that are scored exactly at a time: first, and at most where many are asked for. Exact forms are counted in
# displayed texts, which takes ten times as long as in records.
BLOCK, _MOST_IN_BLOCK = 160, 1_000
_BLOCK_OF_FORMS = 48
_PAGE = 1_000  # matches in one answer, where no scores are to be made
_MOST_BUCKETS = 60_000  # of one answer; a server gives 65,535
_MOST_REMEMBERED = 200_000  # matches of the last question; who pages through more has them found again


class Searched(Protocol):
    """A state of an index."""

    statistics: Statistics

    def ask(self, body: Mapping[str, Any], *, exact: bool = False) -> dict[str, Any]:
        """The answer to a search."""

    def pages(
        self, body: Mapping[str, Any], size: int, *, most: int, exact: bool = False, first: Sequence[Any] | None = None
    ) -> Iterator[list[Any]]:
        """The hits of a search with an order, page by page; the `first` page may be known."""

    def table(self, records: Sequence[Record]) -> Table:
        """Entries of which the records were read, for evaluation."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; two that are equal have one answer as long as the state is held."""

    clause: Clause
    sort: Sort
    facets: tuple[Facet, ...]
    fold: bool


@dataclass(slots=True)
class Listing:
    """What was found, and its order as far as it was asked for."""

    total: int
    facets: Mapping[str, Mapping[str, int]]
    order: Iterator[Match]
    ordered: bool  # whether there is an order to be asked for
    known: list[Match] = field(default_factory=list)

    def first(self, number: int) -> list[Match]:
        """The first matches."""
        self.known.extend(islice(self.order, max(0, number - len(self.known))))
        found = self.known[:number]
        if len(self.known) > _MOST_REMEMBERED:
            self.known, self.ordered = [], False
        return found


class Search:
    """One question to one state."""

    def __init__(self, state: Searched, asked: Asked) -> None:
        self._state = state
        self._asked = asked
        check(asked.clause)
        if has_scores(asked.clause):
            state.statistics.prepare(asked.clause)
        self._query = translated(asked.clause, state.statistics)
        self._copies: Mapping[int, int] = {}  # group → how many more of the matches are in it

    def listing(self, needed: int) -> Listing:
        """What was found; about `needed` matches are going to be asked for."""
        ordered = needed > 0
        first = self._page() if ordered and self._asked.sort == "score" and self._by_scores() else {"size": 0}
        found = self._state.ask({**self._counting(), **first}, exact=bool(first["size"]))
        total = int(found["hits"]["total"]["value"])
        aggregations = found.get("aggregations", {})
        facets: dict[str, dict[str, int]] = {
            facet: self._facet(facet, aggregations[f"facet {facet}"]) for facet in self._asked.facets
        }
        if self._asked.fold:
            groups = self._groups(aggregations["groups"])
            self._copies = {group: number - 1 for group, number in groups.items() if number > 1}
            total -= sum(self._copies.values())
        hits = found["hits"]["hits"] if first["size"] else None
        return Listing(total, facets, self._matches(needed, hits) if ordered and total else iter(()), ordered)

    # --- Counting

    def _counting(self) -> dict[str, Any]:
        wanted: dict[str, Any] = {f"facet {facet}": _values(COUNTS[facet], least=1) for facet in self._asked.facets}
        if self._asked.fold:
            wanted["groups"] = _values(GROUP, least=2)
        body = {"track_total_hits": True, "query": self._query}
        return {**body, "aggs": wanted} if wanted else body

    def _facet(self, facet: Facet, counted: Mapping[str, Any]) -> dict[str, int]:
        if _is_exact(counted):
            return {decoded(bucket["key"]): int(bucket["doc_count"]) for bucket in counted["buckets"]}
        return {decoded(value): number for value, number in self._all_values(COUNTS[facet])}

    def _groups(self, counted: Mapping[str, Any]) -> dict[int, int]:
        """The groups that several of the matches belong to, with how many."""
        if _is_exact(counted):
            return {int(bucket["key"]): int(bucket["doc_count"]) for bucket in counted["buckets"]}
        return {int(value): number for value, number in self._all_values(GROUP) if number > 1}

    def _all_values(self, field: str) -> Iterator[tuple[Any, int]]:
        """Every value of the matches with how many have it: where they are more than one answer holds."""
        after: dict[str, Any] = {}
        while True:
            wanted = {"size": _MOST_BUCKETS, "sources": [{"value": {"terms": {"field": field}}}], **after}
            body = {"size": 0, "track_total_hits": False, "query": self._query, "aggs": {"all": {"composite": wanted}}}
            found = self._state.ask(body)["aggregations"]["all"]
            yield from ((bucket["key"]["value"], int(bucket["doc_count"])) for bucket in found["buckets"])
            if len(found["buckets"]) < _MOST_BUCKETS:
                return
            after = {"after": found["after_key"]}

    # --- Order

    def _matches(self, needed: int, first: Sequence[Any] | None) -> Iterator[Match]:
        order = self._by_score(first) if self._by_scores() else self._by_value(needed)
        seen: set[int] = set()
        for score, record in order:
            if self._asked.fold:
                if record.group in seen:
                    continue
                seen.add(record.group)
            yield Match(record.id, score, self._copies.get(record.group, 0))

    def _by_scores(self) -> bool:
        return self._asked.sort in {"score", "best"} and has_scores(self._asked.clause)

    def _by_score(self, first: Sequence[Any] | None) -> Iterator[tuple[float, Record]]:
        newest = self._newest() if self._asked.sort == "best" else NO_DAY
        least = float("inf")
        for number, hits in enumerate(self._blocks(newest, first)):
            for score, record in self._scored(_records(hits), newest=newest, placed=not number):
                least = min(least, score)  # a later block may have one that the server thought too little of
                yield least, record

    def _blocks(self, newest: int, first: Sequence[Any] | None = None) -> Iterator[list[Any]]:
        body = self._page()
        if newest != NO_DAY:
            body["query"] = _freshened(self._query, newest)
        return self._state.pages(body, body["size"], most=_MOST_IN_BLOCK, exact=True, first=first)

    def _page(self) -> dict[str, Any]:
        """The first of those that the server thinks best."""
        size = _BLOCK_OF_FORMS if has_forms(self._asked.clause) else BLOCK
        return {"query": self._query, "sort": ["_score", {"id": "asc"}], "_source": [RECORD], "size": size}

    def _newest(self) -> int:
        body = {"size": 0, "track_total_hits": False, "query": self._query}
        found = self._state.ask({**body, "aggs": {"newest": {"max": {"field": FIRST_DAY}}}})
        return int(found["aggregations"]["newest"]["value"] or NO_DAY)

    def _by_value(self, needed: int) -> Iterator[tuple[float, Record]]:
        """In the order of a column, what has no value in it last, ties by id."""
        body = {"query": self._query, "sort": _order(self._asked.sort), "_source": [RECORD]}
        best: list[Record] | None = None
        for hits in self._state.pages(body, min(max(needed, 10), _PAGE), most=_PAGE):
            records = _records(hits)
            scores: dict[str, float] = {}
            if has_scores(self._asked.clause):
                # Among the best of all matches, so that places count for the same ones as by score.
                best = _records(next(self._blocks(NO_DAY))) if best is None else best
                every = {record.id: record for record in (*best, *records)}
                scores = {record.id: score for score, record in self._scored(list(every.values()))}
            yield from ((scores.get(record.id, 0.0), record) for record in records)

    def _scored(
        self, records: Sequence[Record], *, newest: int = NO_DAY, placed: bool = True
    ) -> list[tuple[float, Record]]:
        table = self._state.table(records)
        return ranked(records, self._asked.clause, table, self._state.statistics, newest=newest, placed=placed)


def _values(field: str, *, least: int) -> dict[str, Any]:
    """All values of a field with their numbers: every shard tells all that it has, so that none is missed."""
    return {"terms": {"field": field, "size": _MOST_BUCKETS, "shard_size": _MOST_OF_A_SHARD, "min_doc_count": least}}


_MOST_OF_A_SHARD = 1 << 20


def _is_exact(counted: Mapping[str, Any]) -> bool:
    return not (counted["sum_other_doc_count"] or counted["doc_count_error_upper_bound"])


def _records(hits: Sequence[Mapping[str, Any]]) -> list[Record]:
    """What was kept of the hits; one that is between two indices for a moment counts once."""
    with trusted():
        found = {record.id: record for record in map(record_in, hits)}
    return list(found.values())


def _order(sort: Sort) -> list[dict[str, Any]]:
    by_id = {"id": {"order": "asc"}}
    if sort in {"score", "best"}:
        return [by_id]
    if sort in {"date", "-date"}:
        return [{FIRST_DAY: {"order": "desc" if sort == "-date" else "asc", "missing": "_last"}}, by_id]
    return [{LABELS[sort]: {"order": "asc", "missing": "_last"}}, by_id]


def _freshened(query: Query, newest: int) -> Query:
    """The same matches, their scores times `ranking.recency`."""
    aging = {"origin": newest, "scale": ranking.RECENCY_HALF_LIFE, "decay": 0.5}
    dated = {"filter": {"exists": {"field": FIRST_DAY}}, "exp": {FIRST_DAY: aging}, "weight": ranking.RECENCY}
    functions = [{"weight": 1.0}, dated]
    return {"function_score": {"query": query, "functions": functions, "score_mode": "sum", "boost_mode": "multiply"}}
