"""What the index has, lacks and must forget."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa

from backfile.batching import batches
from backfile.outcome import PackedStored
from backfile.store.article_rows import ArticleRows
from backfile.store.connected import ROWS, among
from backfile.store.tables import articles, documents, stamps, withdrawn

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

    def mark_indexed(self, stored: Sequence[PackedStored], forgotten: Sequence[str] = ()) -> None:
        """Note that the index has the articles and has forgotten the others; call it after the index's own commit."""
        with self._transaction() as connection:
            for numbers in batches({each.document for each in stored}, ROWS):
                connection.execute(documents.update().where(among(documents.c.id, numbers)).values(state="indexed"))
            for names in batches(forgotten, ROWS):
                connection.execute(withdrawn.delete().where(withdrawn.c.article_id.in_(names)))

    def mark_all_indexed(self) -> None:
        """Note that the index was made anew: it has every article and nothing else."""
        with self._transaction() as connection:
            connection.execute(documents.update().where(documents.c.state == "stored").values(state="indexed"))
            connection.execute(withdrawn.delete())

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

    def _count(self, state: str) -> int:
        with self._engine.connect() as connection:
            query = sa.select(sa.func.count()).select_from(articles).join(documents)
            return int(connection.scalar(query.where(documents.c.state == state)) or 0)


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
