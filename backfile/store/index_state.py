"""What the index has, lacks and must forget."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa

from backfile.batching import batches
from backfile.errors import Reason
from backfile.outcome import PackedStored
from backfile.store.article_rows import ArticleRows
from backfile.store.connected import ROWS, among
from backfile.store.tables import articles, documents, stamps, withdrawn

_NONE: Mapping[str, str] = {}
_REFUSED = (documents.c.state == "failed") & (documents.c.reason == Reason.REFUSED.value)
WEIGHT = 16 << 20  # bytes of packed articles; 2,000 usual ones have 5 MB


class IndexState(ArticleRows):
    """Written after the commit of the index, so that a stopped run leaves too much to do, never too little."""

    def pending(self, size: int, *, weight: int = WEIGHT) -> Iterator[list[PackedStored]]:
        """The articles that the index lacks, in lists of about `size`, and of not much more than `weight` bytes.

        The articles of a document stand in one list, so that `mark_indexed` can be said of it as a whole.
        """
        waiting = sa.select(documents.c.id).where(documents.c.state == "stored").order_by(documents.c.id)
        return _in_lists(self._by_document(waiting, documents.c.id), size, weight)

    def packed(self, size: int, *, language: str | None = None, weight: int = WEIGHT) -> Iterator[list[PackedStored]]:
        """Every article, or every one in a language, in lists as `pending` gives them."""
        chosen = sa.true() if language is None else articles.c.language == language
        numbers = sa.select(articles.c.document_id).where(chosen).distinct().order_by(articles.c.document_id)
        return _in_lists(self._by_document(numbers, articles.c.document_id, chosen), size, weight)

    def _by_document(
        self, query: sa.Select[tuple[int]], column: sa.Column[int], chosen: sa.ColumnElement[bool] | None = None
    ) -> Iterator[list[PackedStored]]:
        """The articles of each of the documents that a query gives, a few hundred documents fetched at a time.

        Of these articles only the `chosen` ones.
        """
        last = 0
        while True:
            with self._engine.connect() as connection:
                numbers = connection.scalars(query.where(column > last).limit(ROWS)).all()
                found = self._packed_articles(connection, numbers, chosen) if numbers else []
            if not numbers:
                return
            last = numbers[-1]
            for _, group in groupby(found, attrgetter("document")):
                yield list(group)

    def withdrawn(self) -> list[str]:
        """The ids that the index must forget."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sa.select(withdrawn.c.article_id)))

    def mark_indexed(
        self, stored: Sequence[PackedStored], forgotten: Sequence[str] = (), refused: Mapping[str, str] = _NONE
    ) -> dict[str, str]:
        """Note that the index has the articles and has forgotten the others; call it after the index's own commit.

        What it would not have (article → reason) makes its document a failed one, until it changes or the index is made
        anew. Gives the places of these documents, each with the reason.
        """
        with self._transaction() as connection:
            for numbers in batches({each.document for each in stored}, ROWS):
                connection.execute(documents.update().where(among(documents.c.id, numbers)).values(state="indexed"))
            for names in batches(forgotten, ROWS):
                connection.execute(withdrawn.delete().where(withdrawn.c.article_id.in_(names)))
            return _mark_refused(connection, refused)

    def mark_all_indexed(self, refused: Mapping[str, str] = _NONE) -> dict[str, str]:
        """Note that the index was made anew: it has every article but the refused ones, and nothing else.

        As for `mark_indexed`.
        """
        with self._transaction() as connection:
            there = (documents.c.state == "stored") | _REFUSED
            connection.execute(documents.update().where(there).values(state="indexed", reason=None, detail=None))
            connection.execute(withdrawn.delete())
            return _mark_refused(connection, refused)

    def mark_waiting(self, ids: Iterable[str], gone: Iterable[str] = ()) -> None:
        """Note that the index lacks these articles as they are now, and has others that it must forget."""
        mine = sa.select(articles.c.document_id)
        with self._transaction() as connection:
            for names in batches(ids, ROWS):
                numbers = mine.where(articles.c.id.in_(names))
                connection.execute(documents.update().where(documents.c.id.in_(numbers)).values(state="stored"))
            for names in batches(gone, ROWS):
                connection.execute(withdrawn.delete().where(withdrawn.c.article_id.in_(names)))
                connection.execute(withdrawn.insert(), [{"article_id": each} for each in names])

    def stamps(self) -> set[str]:
        """The stamps that the index may bear: of the last run that wrote to it, or of one that was stopped."""
        with self._engine.connect() as connection:
            return set(connection.scalars(sa.select(stamps.c.stamp)))

    def expect_stamp(self, stamp: str) -> None:
        """Note a stamp that the index is about to bear."""
        with self._transaction() as connection:
            connection.execute(stamps.insert().values(stamp=stamp))

    def accept_stamp(self, stamp: str) -> None:
        """Note that the index bears this stamp, and that no other is right."""
        with self._transaction() as connection:
            connection.execute(stamps.delete().where(stamps.c.stamp != stamp))

    def indexed_count(self) -> int:
        """How many articles the index has, as far as was acknowledged."""
        return self._count("indexed")

    def pending_count(self) -> int:
        """How many articles the index lacks."""
        return self._count("stored")

    def refused_count(self) -> int:
        """How many articles there are in documents of which the index would not have an article."""
        return self._count_where(_REFUSED)

    def _count(self, state: str) -> int:
        return self._count_where(documents.c.state == state)

    def _count_where(self, condition: sa.ColumnElement[bool]) -> int:
        with self._engine.connect() as connection:
            query = sa.select(sa.func.count()).select_from(articles).join(documents)
            return int(connection.scalar(query.where(condition)) or 0)


def _mark_refused(connection: sa.Connection, refused: Mapping[str, str]) -> dict[str, str]:
    told: dict[str, str] = {}
    for name, reason in refused.items():
        document = sa.select(articles.c.document_id).where(articles.c.id == name).scalar_subquery()
        values = {"state": "failed", "reason": Reason.REFUSED.value, "detail": f"{name}: {reason}"}
        mine = documents.c.id == document
        connection.execute(documents.update().where(mine).values(**values))
        if uri := connection.scalar(sa.select(documents.c.uri).where(mine)):
            told[uri] = values["detail"]
    return told


def _in_lists(given: Iterable[list[PackedStored]], size: int, weight: int) -> Iterator[list[PackedStored]]:
    held: list[PackedStored] = []
    weighs = 0
    for one in given:
        held += one
        weighs += sum(each.size for each in one)
        if len(held) >= size or weighs >= weight:
            yield held
            held, weighs = [], 0
    if held:
        yield held
