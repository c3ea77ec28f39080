"""One committed state of a Tantivy index, searched: sets by Tantivy, order by us.

By score, matches come in blocks: the `BLOCK` that Tantivy thinks best, the next ones, and so on. Each block is scored
exactly and put in order; an entry that Tantivy puts behind the first block does not come before one that is in it. By
date and label the order is exact throughout.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tantivy import DocAddress, Index, Order, Query, Searcher

from index.engine import And, Answer, Clause, Facet, Match, Phrase, Sort
from index.entry import KEYS, Display
from index.evaluate import Evaluation
from index.records import SEARCHED, Record
from index.scores import Table, has_forms, has_scores, ranked
from index.shelf import NO_DAY
from index.tantivy_files import (
    BESIDE,
    COUNTS,
    DISPLAY,
    FIRST_DAY,
    GROUP,
    LABELS,
    LENGTHS,
    RECORD,
    display_of,
    record_in,
)
from index.tantivy_query import Translation, both, without
from index.written import decoded, encoded, key

# Matches that are scored exactly at a time. Exact forms are counted in displayed texts, which takes ten times as long
# as in records.
BLOCK = 160
_BLOCK_OF_FORMS = 48
_TIED = 32  # matches by id that are scored as well, when the last ones of a block are worth the same
# For `best`: days back from the newest match, of each of which the best matches are looked at as well.
_RECENT = (30, 90, 180, 360, 720)
_MOST_PLACES = 10_000
_MOST_BUCKETS = 60_000  # of an aggregation; Tantivy refuses more than 65,000


class State:
    """A snapshot; commits of others do not change it."""

    def __init__(self, index: Index) -> None:
        self._searcher: Searcher = index.searcher()
        self._queries = Translation(index.schema, self._searcher)
        self._averages: dict[tuple[str, str], float] = {}
        self._places: dict[str, DocAddress] = {}  # of the entries whose records were read last

    def count(self) -> int:
        """The number of entries."""
        return int(self._searcher.num_docs)

    def terms(self, field: str, prefix: str, limit: int | None) -> list[tuple[str, int]]:
        """See `SearchEngine.terms`."""
        if field not in SEARCHED:
            return []
        found = dict(self._with_prefix(field, prefix, limit))
        if field in BESIDE:
            for term, number in self._with_prefix(BESIDE[field], prefix, limit):
                found[term] = self._queries.having(field, term) if term in found else number
        return [(decoded(term), found[term]) for term in sorted(found)[:limit]]

    def _with_prefix(self, field: str, prefix: str, limit: int | None) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = self._searcher.terms_with_prefix(field, encoded(prefix), limit=limit)
        if limit is not None and len(found) >= limit:  # it gives the most frequent ones
            found = self._searcher.terms_with_prefix(field, encoded(prefix))
        return found

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """See `SearchEngine.frequencies`."""
        if field not in SEARCHED:
            return {}
        written, beside, ask = key if field in KEYS else encoded, BESIDE.get(field), self._searcher.doc_freq
        found = {}
        for term in terms:
            kept = written(term)
            number = ask(field, kept)
            if beside is not None and (more := ask(beside, kept)):
                number = self._queries.having(field, kept) if number else more
            if number:
                found[term] = number
        return found

    def displays(self, ids: Iterable[str]) -> dict[str, Display]:
        """See `SearchEngine.displays`."""
        found = {}
        for id_ in ids:
            address = self._places.get(id_)
            if address is None:
                hits = self._searcher.search(self._queries.whole("id", key(id_)), limit=1, count=False).hits
                address = hits[0][1] if hits else None
            if address is not None:
                found[id_] = self.display_at(address)
        return found

    def record(self, address: DocAddress) -> Record:
        """The record of an entry."""
        found = record_in(self._stored(address, RECORD))
        if len(self._places) >= _MOST_PLACES:
            self._places.clear()
        self._places[found.id] = address
        return found

    def table(self, records: Sequence[Record]) -> Table:
        """Entries of which the records were read, for evaluation."""
        return Table(self.average_length, records, lambda record: self.displays([record.id])[record.id])

    def average_length(self, field: str, language: str) -> float:
        """The average length over the entries of a language ("" for any) that have the field; 1 if none has."""
        known = self._averages.get((field, language))
        if known is None:
            asked = self._queries.query(And(())) if not language else self._language(language)
            found = self._searcher.aggregate(asked, {"length": {"avg": {"field": LENGTHS[field]}}})
            known = self._averages[field, language] = float(found["length"]["value"] or 1.0)
        return known

    def answer(  # noqa: PLR0913  (mirrors SearchEngine.search)
        self, clause: Clause, *, limit: int, offset: int, sort: Sort, facets: Sequence[Facet], fold: bool
    ) -> Answer:
        """What `SearchEngine.search` promises."""
        for phrase in self._queries.unwritten(clause):
            self._verify(phrase)
        query = self._queries.query(clause)
        total = self._queries.count(query)
        counted: dict[str, Mapping[str, int]] = {facet: self._counted(query, facet) for facet in facets}
        groups = self._groups(query, total) if fold and total else {}
        if fold:
            total -= sum(number - 1 for number in groups.values())
        if limit < 1 or not total:
            return Answer(matches=(), total=total, facets=counted)
        order = _Search(self._searcher, self, self._queries, clause, query)
        matches = []
        seen: set[int] = set()
        place = 0
        for score, record in order.matches(sort, offset + limit):
            if fold and record.group in seen:
                continue
            seen.add(record.group)
            if place >= offset:
                matches.append(Match(record.id, score, groups.get(record.group, 1) - 1 if fold else 0))
            place += 1
            if place == offset + limit:
                break
        return Answer(matches=tuple(matches), total=total, facets=counted)

    def addresses(self) -> Iterator[DocAddress]:
        """All entries."""
        if self.count():
            for _, address in self._searcher.search(Query.all_query(), limit=self.count(), count=False).hits:
                yield address

    def display_at(self, address: DocAddress) -> Display:
        """What is shown of an entry."""
        return display_of(self._stored(address, DISPLAY))

    def _stored(self, address: DocAddress, field: str) -> bytes:
        value: Any = self._searcher.doc(address).get_first(field)
        return bytes(value)

    def _language(self, language: str) -> Query:
        return self._queries.whole("lang", key(language))

    def _counted(self, query: Query, facet: Facet) -> dict[str, int]:
        field = COUNTS[facet]
        try:
            wanted = {"values": {"terms": {"field": field, "size": _MOST_BUCKETS, "segment_size": 1 << 24}}}
            found = self._searcher.aggregate(query, wanted)["values"]
            if not found["sum_other_doc_count"]:
                return {decoded(bucket["key"]): bucket["doc_count"] for bucket in found["buckets"]}
        except ValueError:  # more buckets than it allows
            pass
        return {
            decoded(value): number for value, number in self._searcher.terms_with_prefix(field, "", query) if number
        }

    def _groups(self, query: Query, total: int) -> dict[int, int]:
        """The groups that several of the matches belong to, with how many."""
        wanted = {"terms": {"field": GROUP, "size": _MOST_BUCKETS, "segment_size": 1 << 24, "min_doc_count": 2}}
        try:
            found = self._searcher.aggregate(query, {"groups": wanted})["groups"]
            if not found["sum_other_doc_count"]:
                return {int(bucket["key"]): bucket["doc_count"] for bucket in found["buckets"]}
        except ValueError:  # more buckets than it allows
            pass
        hits = self._searcher.search(query, limit=total, count=False).hits
        counts = Counter(self._searcher.fast_field_values(GROUP, [address for _, address in hits]))
        return {int(group): number for group, number in counts.items() if group is not None and number > 1}

    def _verify(self, phrase: Phrase) -> None:
        """Looks for a phrase in the texts that have its words."""
        query = self._queries.candidates(phrase)
        number = self._queries.count(query)
        hits = self._searcher.search(query, limit=number, count=False).hits if number else []
        found: list[str] = []
        for start in range(0, len(hits), BLOCK):
            table = self.table([self.record(address) for _, address in hits[start : start + BLOCK]])
            found += (table.id(document) for document in Evaluation(table).matches(phrase))
        self._queries.verify(phrase, found)


class _Search:
    """The matches of one clause in an order, as many as are asked for."""

    def __init__(self, searcher: Searcher, state: State, queries: Translation, clause: Clause, query: Query) -> None:
        self._searcher = searcher
        self._state = state
        self._queries = queries
        self._clause = clause
        self._query = query
        self._block = _BLOCK_OF_FORMS if has_forms(clause) else BLOCK

    def matches(self, sort: Sort, needed: int) -> Iterator[tuple[float, Record]]:
        """Scores and records in order, all of them; about `needed` are going to be asked for."""
        if sort in {"score", "best"} and has_scores(self._clause):
            return self._by_score(newest=self._newest() if sort == "best" else NO_DAY)
        return self._by_value(sort, needed)

    # --- By score

    def _by_score(self, *, newest: int) -> Iterator[tuple[float, Record]]:
        done: set[str] = set()
        least = float("inf")
        for number, (block, more) in enumerate(self._blocks(newest)):
            records = [record for address in block if (record := self._state.record(address)).id not in done]
            chosen = {record.id for record in records}
            others = {record.id: record for address in more if (record := self._state.record(address)).id not in chosen}
            found = self._scored([*records, *others.values()], newest=newest, placed=not number)
            if others:  # what is worse than all of the block waits for its turn
                bound = min(score for score, record in found if record.id in chosen)
                found = [(score, record) for score, record in found if score >= bound]
            done.update(record.id for _, record in found)
            for score, record in found:
                least = min(least, score)  # a later block may have one that Tantivy thought too little of
                yield least, record

    def _blocks(self, newest: int) -> Iterator[tuple[list[DocAddress], list[DocAddress]]]:
        """Addresses, best first, in blocks; and with the first one others that may be as good."""
        block = self._block
        hits = self._top(block + 1)
        more = self._recent(newest) if newest != NO_DAY else []
        if len(hits) > block and hits[block][0] == hits[block - 1][0]:  # ties go by id, of which Tantivy knows nothing
            more += self._first(self._query, "id", _TIED)
        yield [address for _, address in hits[:block]], more
        start = block
        while hits := self._top(block, start) if len(hits) >= block else []:
            yield [address for _, address in hits], []
            start += block

    def _top(self, number: int, start: int = 0) -> list[tuple[float, DocAddress]]:
        found: Any = self._searcher.search(self._query, limit=number, offset=start, count=False).hits
        return list(found)

    def _recent(self, newest: int) -> list[DocAddress]:
        found = []
        for back in _RECENT:
            query = both(self._query, self._queries.days(FIRST_DAY, newest - back, None))
            found += [address for _, address in self._searcher.search(query, limit=BLOCK // 2, count=False).hits]
        return found

    def _newest(self) -> int:
        hits = self._valued(both(self._query, Query.exists_query(FIRST_DAY)), FIRST_DAY, 1, Order.Desc)
        return int(hits[0][0]) if hits else NO_DAY

    def _scored(
        self, records: Sequence[Record], *, newest: int = NO_DAY, placed: bool = True
    ) -> list[tuple[float, Record]]:
        table = self._state.table(records)
        return ranked(records, self._clause, table, self._queries, newest=newest, placed=placed)

    # --- By value

    def _by_value(self, sort: Sort, needed: int) -> Iterator[tuple[float, Record]]:
        """In the order of a column, what has no value in it last, ties by id."""
        given = 0
        while True:
            # Again from the start and twice as far, when folding or a long list asks for more.
            addresses = self._ordered(sort, needed)
            records = [self._state.record(address) for address in addresses]
            scores = self._scores_of(records[given:])
            yield from ((scores.get(record.id, 0.0), record) for record in records[given:])
            if len(records) < needed:
                return
            given, needed = len(records), needed * 2

    def _ordered(self, sort: Sort, needed: int) -> list[DocAddress]:
        if sort in {"score", "best"}:
            return self._first(self._query, "id", needed)
        field = FIRST_DAY if sort in {"date", "-date"} else LABELS[sort]
        having = Query.exists_query(field)
        found = self._with_value(both(self._query, having), field, needed, Order.Desc if sort == "-date" else Order.Asc)
        if len(found) < needed:
            found += self._first(without(self._query, having), "id", needed - len(found))
        return found

    def _with_value(self, query: Query, field: str, needed: int, order: Any) -> list[DocAddress]:
        hits = self._valued(query, field, needed + 1, order)
        last = hits[needed][0] if len(hits) > needed else None
        values: dict[Any, list[DocAddress]] = {}
        for value, address in hits:
            if value != last:
                values.setdefault(value, []).append(address)
        found: list[DocAddress] = []
        for tied in values.values():
            found += tied if len(tied) == 1 else sorted(tied, key=lambda address: self._state.record(address).id)
        if last is not None and len(found) < needed:  # of those that are equal at the end the first by id
            found += self._first(both(query, self._equal(field, last)), "id", needed - len(found))
        return found

    def _equal(self, field: str, value: Any) -> Query:
        if field == FIRST_DAY:
            return self._queries.days(field, value, value)
        return self._queries.whole(field, value)

    def _first(self, query: Query, field: str, number: int) -> list[DocAddress]:
        return [address for _, address in self._valued(query, field, number, Order.Asc)]

    def _valued(self, query: Query, field: str, number: int, order: Any) -> list[tuple[Any, DocAddress]]:
        found: Any = self._searcher.search(query, limit=number, count=False, order_by_field=field, order=order).hits
        return list(found)

    def _scores_of(self, records: Sequence[Record]) -> dict[str, float]:
        """What they are worth among the best of all matches, so that places count for the same ones as by score."""
        if not (records and has_scores(self._clause)):
            return {}
        best = [self._state.record(address) for _, address in self._top(BLOCK)]
        every = {record.id: record for record in (*best, *records)}
        return {record.id: score for score, record in self._scored(list(every.values()))}
