"""Articles and their removals as rows: put in, taken out, and put together again."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from backfile import records
from backfile.batching import batches
from backfile.outcome import PackedArticle, PackedStored
from backfile.store.connected import ROWS, Connected, among, insert
from backfile.store.tables import articles, documents, extractions, removals, texts, withdrawn
from backfile.store.values import StoredArticle


class ArticleRows(Connected):
    """What the other parts read and write articles with."""

    def _put_articles(self, connection: sa.Connection, rows: Sequence[tuple[int, int, PackedArticle, int]]) -> None:
        """Insert articles, given as (document, extraction, article, revision), and their removals."""
        found = [
            (
                article.id,
                document,
                extraction,
                article.source,
                article.language,
                article.published,
                article.published_precision,
                article.content_hash,
                revision,
                article.record,
            )
            for document, extraction, article, revision in rows
        ]
        insert(connection, articles, found)
        insert(connection, removals, [(article.id, *each) for _, _, article, _ in rows for each in article.removals])
        for batch in batches((article.id for _, _, article, _ in rows), ROWS):
            connection.execute(withdrawn.delete().where(withdrawn.c.article_id.in_(batch)))

    def _withdraw(self, connection: sa.Connection, ids: Sequence[str]) -> None:
        """Delete articles, and note that the index must forget them."""
        for batch in batches(ids, ROWS):
            connection.execute(articles.delete().where(articles.c.id.in_(batch)))
            connection.execute(withdrawn.delete().where(withdrawn.c.article_id.in_(batch)))
            connection.execute(withdrawn.insert(), [{"article_id": each} for each in batch])

    def _stored(self, connection: sa.Connection, column: sa.Column[Any], values: Sequence[Any]) -> list[StoredArticle]:
        return [each for batch in batches(values, ROWS) for each in self._stored_articles(connection, column, batch)]

    def _stored_articles(
        self, connection: sa.Connection, column: sa.Column[Any], values: Sequence[Any]
    ) -> list[StoredArticle]:
        query = (
            sa.select(
                articles.c.id,
                articles.c.record,
                articles.c.revision,
                documents.c.state,
                extractions.c.payload,
                extractions.c.story,
                extractions.c.extractor,
                texts.c.copy_group,
            )
            .join_from(articles, extractions)
            .join(documents, documents.c.id == articles.c.document_id)
            .outerjoin(texts, texts.c.content_hash == articles.c.content_hash)
            .where(column.in_(values))
            .order_by(articles.c.id)
        )
        rows = connection.execute(query).all()
        cut = self._removals(connection, [row.id for row in rows])
        stored = []
        for row in rows:
            extraction = records.extraction_from(row.payload, story=row.story, extractor=row.extractor)
            article = records.article_from(row.record, extraction.lines, cut[row.id])
            stored.append(
                StoredArticle(article, extraction.lines, row.state, row.revision, extraction.witnesses, row.copy_group)
            )
        return stored

    def _packed_articles(
        self, connection: sa.Connection, numbers: Sequence[int], chosen: sa.ColumnElement[bool] | None = None
    ) -> list[PackedStored]:
        """The articles of these documents, or the `chosen` ones of them, document by document, as they lie there."""
        query = (
            sa.select(
                articles.c.id,
                articles.c.document_id,
                articles.c.record,
                articles.c.revision,
                extractions.c.payload,
                sa.func.coalesce(texts.c.copy_group, articles.c.content_hash).label("copy_group"),
            )
            .join_from(articles, extractions)
            .outerjoin(texts, texts.c.content_hash == articles.c.content_hash)
            .where(among(articles.c.document_id, numbers), sa.true() if chosen is None else chosen)
            .order_by(articles.c.document_id, articles.c.id)
        )
        rows = connection.execute(query).all()
        cut = self._removals(connection, [row.id for row in rows])
        return [
            PackedStored(
                row.id, row.document_id, row.record, row.payload, tuple(cut[row.id]), row.copy_group, row.revision
            )
            for row in rows
        ]

    @staticmethod
    def _removals(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[tuple[int, int, int, str, str]]]:
        """What was taken out of each of the articles, in order of place."""
        cut: dict[str, list[tuple[int, int, int, str, str]]] = {name: [] for name in ids}
        for names in batches(ids, ROWS):  # documents may have given several
            taken = sa.select(removals).where(removals.c.article_id.in_(names))
            for row in connection.execute(taken.order_by(removals.c.article_id, removals.c.line, removals.c.start)):
                cut[row.article_id].append((row.line, row.start, row.end, row.kind, row.rule))
        return cut
