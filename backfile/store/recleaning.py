"""Changed rules clean again from the store, without a source."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import sqlalchemy as sa

from backfile import records
from backfile.article import Article, Rejection
from backfile.errors import REJECTIONS
from backfile.outcome import PackedArticle
from backfile.store.article_rows import ArticleRows
from backfile.store.connected import ROWS
from backfile.store.subject_rows import SubjectRows
from backfile.store.tables import articles, documents, extractions, inputs, sites, traces
from backfile.store.text_rows import TextRows
from backfile.store.values import Cleaned, StoredArticle


class Recleaning(ArticleRows, TextRows, SubjectRows):
    """Extractions that another rule set cleaned."""

    def outdated(self, source: str, rules: str) -> Iterator[list[Cleaned]]:
        """The extractions of a source that another rule set cleaned, in lists of a bounded size."""
        columns = (extractions, documents.c.uri, documents.c.key, sites.c.name.label("site"))
        query = sa.select(*columns).join_from(extractions, documents).join(inputs)
        query = query.outerjoin(traces, traces.c.document_id == documents.c.id).outerjoin(sites)
        # By the index of fingerprints, where `!=` would read every row.
        before = sa.select(extractions.c.id).where(extractions.c.rules < rules)
        behind = sa.select(extractions.c.id).where(extractions.c.rules > rules)
        query = query.where(inputs.c.source == source, extractions.c.id.in_(before.union_all(behind)))
        query = query.order_by(extractions.c.id)
        last = 0
        while True:
            with self._engine.connect() as connection:
                rows = connection.execute(query.where(extractions.c.id > last).limit(ROWS)).all()
            if not rows:
                return
            last = rows[-1].id
            yield [
                Cleaned(
                    row.id,
                    row.document_id,
                    row.uri,
                    row.key or "",
                    row.story,
                    row.site or "",
                    records.extraction_from(row.payload, story=row.story, extractor=row.extractor),
                )
                for row in rows
            ]

    def write_cleaned(
        self,
        verdicts: Sequence[tuple[Cleaned, Article | Rejection]],
        *,
        rules: str,
        pack: Callable[[Article], PackedArticle] = records.packed_article,
    ) -> int:
        """Write what changed rules made of stored extractions; the number of articles that came out otherwise.

        `pack` makes of an article what is stored of it.
        """
        changed = 0
        with self._transaction() as connection:
            held = self._records(connection, [cleaned.extraction_id for cleaned, _ in verdicts])
            for cleaned, verdict in verdicts:
                before = held.get(cleaned.extraction_id)
                if self._same(before, verdict):
                    if before is None:
                        self._note(connection, cleaned, verdict)
                    continue
                changed += 1
                self._exchange(connection, cleaned, before, pack(verdict) if isinstance(verdict, Article) else verdict)
            ids = [cleaned.extraction_id for cleaned, _ in verdicts]
            connection.execute(extractions.update().where(extractions.c.id.in_(ids)).values(rules=rules))
        return changed

    @staticmethod
    def _same(before: StoredArticle | None, verdict: Article | Rejection) -> bool:
        if isinstance(verdict, Rejection):
            return before is None or verdict.reason not in REJECTIONS  # a fault takes no article away
        return before is not None and before.article == replace(verdict, provenance=dict(verdict.provenance))

    def _exchange(
        self,
        connection: sa.Connection,
        cleaned: Cleaned,
        before: StoredArticle | None,
        verdict: PackedArticle | Rejection,
    ) -> None:
        if before is not None:
            self._withdraw(connection, [before.article.id])
        if isinstance(verdict, PackedArticle):
            revision = before.revision + 1 if before else 1
            self._put_articles(connection, [(cleaned.document_id, cleaned.extraction_id, verdict, revision)])
            self._put_subjects(connection, [verdict])
            if verdict.signature:
                self._put_texts(connection, {verdict.content_hash: verdict.signature})
            values = {"state": "stored", "reason": None, "detail": None}
            connection.execute(documents.update().where(documents.c.id == cleaned.document_id).values(values))
        else:
            self._note(connection, cleaned, verdict)

    @staticmethod
    def _note(connection: sa.Connection, cleaned: Cleaned, verdict: Article | PackedArticle | Rejection) -> None:
        """Write the verdict beside the document, unless it is a fault or another story of it is an article."""
        if not isinstance(verdict, Rejection) or verdict.reason not in REJECTIONS:
            return
        left = sa.select(sa.func.count()).where(articles.c.document_id == cleaned.document_id)
        if not connection.scalar(left):
            values = {"state": "rejected", "reason": verdict.reason, "detail": verdict.detail or None}
            connection.execute(documents.update().where(documents.c.id == cleaned.document_id).values(values))

    def _records(self, connection: sa.Connection, extraction_ids: Sequence[int]) -> dict[int, StoredArticle]:
        query = sa.select(articles.c.id, articles.c.extraction_id).where(articles.c.extraction_id.in_(extraction_ids))
        places = {row.id: row.extraction_id for row in connection.execute(query)}
        found = self._stored(connection, articles.c.id, list(places))
        return {places[each.article.id]: each for each in found}
