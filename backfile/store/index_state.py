"""What the index has, lacks and must forget."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from backfile.batching import batches
from backfile.store.article_rows import ArticleRows
from backfile.store.connected import ROWS
from backfile.store.tables import articles, documents, stamps, withdrawn
from backfile.store.values import StoredArticle


class IndexState(ArticleRows):
    """Written after the commit of the index, so that a stopped run leaves too much to do, never too little."""

    def pending(self, size: int) -> Iterator[list[StoredArticle]]:
        """The articles that the index lacks, in lists of about `size`; `mark_indexed` each, then ask for the next."""
        waiting = sa.select(documents.c.id).where(documents.c.state == "stored").order_by(documents.c.id).limit(size)
        last = 0
        while True:
            with self._engine.connect() as connection:
                ids = connection.scalars(waiting.where(documents.c.id > last)).all()
                batch = self._stored(connection, articles.c.document_id, ids)
            if not ids:
                return
            last = ids[-1]
            yield batch

    def withdrawn(self) -> list[str]:
        """The ids that the index must forget."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sa.select(withdrawn.c.article_id)))

    def mark_indexed(self, stored: Sequence[StoredArticle], forgotten: Sequence[str] = ()) -> None:
        """Note that the index has the articles and has forgotten the others; call it after the index's own commit."""
        with self._transaction() as connection:
            for batch in batches((each.article.id for each in stored), ROWS):
                mine = sa.select(articles.c.document_id).where(articles.c.id.in_(batch))
                connection.execute(documents.update().where(documents.c.id.in_(mine)).values(state="indexed"))
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
