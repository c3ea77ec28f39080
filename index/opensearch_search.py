"""One state of the indices of an archive, held by the server and asked.

The state is held by the server (a point in time), so that all that a reader asks is answered from one, whoever writes
meanwhile; pages follow each other by the last hit's values (`search_after`), however deep. How matches come into their
order is decided in index/opensearch_order.py.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from backfile.batching import batches
from backfile.errors import ServiceUnavailable
from index.engine import Answer, Clause, Facet, Sort
from index.entry import Display
from index.opensearch_documents import DISPLAY, VOCABULARY, address, display_in, trusted
from index.opensearch_order import Asked, Listing, Search
from index.opensearch_query import ALL
from index.opensearch_server import Expired, Server
from index.opensearch_statistics import Statistics
from index.opensearch_vocabulary import alike, beginning
from index.records import Record
from index.scores import Table

_DISPLAYS = 500  # texts in one answer
LANGUAGE = "lang"  # the field of keys


_Found = TypeVar("_Found")


class State:
    """What a reader sees; it stays as it is until it is let go."""

    def __init__(self, server: Server, target: str) -> None:
        self._server = server
        self._target = target  # an alias, or the pattern of indices that have none yet
        self._held: str | None = None
        self._begun = False
        self._forget()

    def close(self) -> None:
        """Lets the state go; what is asked next is answered from the newest."""
        held, self._held, self._begun = self._held, None, False
        self._forget()
        if held is not None:
            self._server.release(held)

    def ask(self, body: Mapping[str, Any], *, exact: bool = False) -> dict[str, Any]:
        """The answer to a search."""
        if not self._begun:
            self._held = self._server.hold(self._target)
            self._begun = True
        if self._held is None:
            return self._server.search(body, target=self._target, exact=exact)
        return self._server.search({**Server.held(self._held), **body}, exact=exact)

    def count(self) -> int:
        """The number of entries."""
        return self._again(lambda: self.statistics.entries)

    def terms(self, field: str, prefix: str, limit: int | None) -> list[tuple[str, int]]:
        """See `SearchEngine.terms`."""
        if field not in VOCABULARY:
            return []
        if field == LANGUAGE:  # every search asks for them
            spoken = self._again(self._languages)
            return [(name, spoken[name]) for name in sorted(spoken) if name.startswith(prefix)][:limit]
        return self._again(lambda: beginning(self, field, prefix, limit))

    def alike(self, fields: Sequence[str], word: str, *, prefix: str, distance: int) -> set[str]:
        """See `AlikeEngine.alike`."""
        return self._again(lambda: alike(self, fields, word, prefix=prefix, distance=distance))

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """See `SearchEngine.frequencies`."""
        asked = list(terms)
        return self._again(lambda: self.statistics.frequencies(field, asked))

    def displays(self, ids: Iterable[str]) -> dict[str, Display]:
        """See `SearchEngine.displays`."""
        asked = list(dict.fromkeys(ids))
        return self._again(lambda: self._displays(asked))

    def answer(  # noqa: PLR0913  (mirrors SearchEngine.search)
        self, clause: Clause, *, limit: int, offset: int, sort: Sort, facets: Sequence[Facet], fold: bool
    ) -> Answer:
        """What `SearchEngine.search` promises."""
        return self._again(lambda: self._answer(Asked(clause, sort, tuple(facets), fold), limit, offset))

    def every(self) -> Iterator[Mapping[str, Any]]:
        """All documents as they are found, in the order of their ids."""
        for hits in self.pages({"query": ALL, "sort": [{"id": "asc"}, {"_index": "asc"}]}, _DISPLAYS, most=_DISPLAYS):
            yield from hits

    def table(self, records: Sequence[Record]) -> Table:
        """Entries of which the records were read, for evaluation."""
        shown: dict[str, Display] = {}

        def display(record: Record) -> Display:
            if not shown:
                shown.update(self._displays([each.id for each in records]))
            return shown[record.id]

        return Table(self.statistics.average_length, records, display)

    def _again(self, question: Callable[[], _Found]) -> _Found:
        """What a question comes to; asked a second time when the state that was held is gone."""
        try:
            return question()
        except Expired:
            self._held, self._begun = None, False
            self._forget()
        try:
            return question()
        except Expired as error:
            raise ServiceUnavailable("the server let a search go before it was answered; try again") from error

    def _forget(self) -> None:
        self.statistics = Statistics(self)
        self._last: tuple[Asked, Listing] | None = None

    def _languages(self) -> dict[str, int]:
        return self.statistics.languages()

    # --- One question

    def _answer(self, asked: Asked, limit: int, offset: int) -> Answer:
        listing = self._listing(asked, offset + limit if limit > 0 else 0)
        matches = listing.first(offset + limit)[offset:] if limit > 0 else []
        return Answer(matches=tuple(matches), total=listing.total, facets=listing.facets)

    def _listing(self, asked: Asked, needed: int) -> Listing:
        """The matches of a question; those of the last one are known, so that who pages has none found twice."""
        if self._last is None or self._last[0] != asked or not (needed <= 0 or self._last[1].ordered):
            self._last = asked, Search(self, asked).listing(needed)
        return self._last[1]

    # --- Display, and pages of hits

    def _displays(self, ids: Sequence[str]) -> dict[str, Display]:
        found = {}
        for some in batches(ids, _DISPLAYS):
            body = {"query": {"ids": {"values": [address(id_) for id_ in some]}}, "_source": [DISPLAY]}
            for hit in self.ask({**body, "size": 2 * len(some), "track_total_hits": False})["hits"]["hits"]:
                with trusted():
                    display = display_in(hit)
                found[display.id] = display
        return {id_: found[id_] for id_ in ids if id_ in found}

    def pages(
        self, body: Mapping[str, Any], size: int, *, most: int, exact: bool = False, first: Sequence[Any] | None = None
    ) -> Iterator[list[Any]]:
        """The hits of a search with an order, page by page; the `first` page may be known."""
        after: Mapping[str, Any] = {}
        if first is not None:
            yield list(first)
            if len(first) < size:
                return
            after = {"search_after": first[-1]["sort"]}
        while True:
            page = {**body, "size": size, "track_total_hits": False, **after}
            hits = self.ask(page, exact=exact)["hits"]["hits"]
            yield hits
            if len(hits) < size:
                return
            after = {"search_after": hits[-1]["sort"]}
            size = min(size * 2, most)
