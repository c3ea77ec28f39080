"""Articles that are taken out for good: with all that is known of them, and so that they do not come in again.

What is kept is a mark each of the id, of the document's digest and of the words: SHA-256 of them, so that the table
says what is to stay out and not what it was.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from backfile.article import content_hash
from backfile.batching import batches
from backfile.errors import Reason
from backfile.outcome import PackedArticle
from backfile.store import postgresql, sqlite
from backfile.store.connected import ROWS
from backfile.store.intake import Intake
from backfile.store.tables import articles, disabled, documents, extractions, forgotten
from backfile.store.values import Outcome, now


@dataclass(frozen=True, slots=True)
class Leaving:
    """An article that is to be forgotten, as a person recognises it."""

    id: str
    uri: str
    identical: bool  # it was not named, but has the words of one that was


class Forgetting(Intake):
    """Takes out, and keeps out."""

    def leaving(self, ids: Collection[str]) -> list[Leaving]:
        """The articles with these ids, those that are stories of these documents, and those with the same words."""
        with self._engine.connect() as connection:
            named: dict[str, tuple[str, str]] = {}
            columns = sa.select(articles.c.id, documents.c.uri, articles.c.content_hash).join(documents)
            for batch in batches(ids, ROWS):
                mine = articles.c.id.in_(batch) | documents.c.key.in_(batch)
                named |= {row.id: (row.uri, row.content_hash) for row in connection.execute(columns.where(mine))}
            words = {words for _, words in named.values()} - {content_hash("")}
            found = [Leaving(name, uri, identical=False) for name, (uri, _) in sorted(named.items())]
            for batch in batches(sorted(words), ROWS):
                rows = connection.execute(columns.where(articles.c.content_hash.in_(batch)).order_by(articles.c.id))
                found += [Leaving(row.id, row.uri, identical=True) for row in rows if row.id not in named]
        return found

    def forget(self, ids: Sequence[str]) -> int:
        """Take articles out with all that is known of them, and mark what must not come in again; how many documents.

        In one transaction. What is left in the file's free pages, and in the index, `scrub` and a rebuild take away.
        """
        with self._transaction() as connection:
            rows: list[sa.Row[tuple[str, str, int, int, str | None, str]]] = []
            for batch in batches(ids, ROWS):
                columns = (articles.c.id, articles.c.content_hash, articles.c.document_id, articles.c.extraction_id)
                query = sa.select(*columns, documents.c.key, documents.c.digest).join(documents)
                rows.extend(connection.execute(query.where(articles.c.id.in_(batch))))
            whole = self._emptied(connection, {row.document_id for row in rows}, ids)
            marks = {_mark("id", row.id) for row in rows}
            marks |= {_mark("text", row.content_hash) for row in rows if row.content_hash != content_hash("")}
            for row in rows:
                if row.document_id in whole:
                    marks |= {_mark("id", row.key or row.id), _mark("document", row.digest)}
            self._withdraw(connection, [row.id for row in rows])
            self._take_rows(connection, [row.extraction_id for row in rows], whole, {row.digest for row in rows})
            for batch in batches([row.id for row in rows], ROWS):
                connection.execute(disabled.delete().where(disabled.c.article_id.in_(batch)))
            self._mark(connection, marks)
        return len(whole)

    @staticmethod
    def _emptied(connection: sa.Connection, document_ids: Collection[int], ids: Collection[str]) -> set[int]:
        """Those of the documents that have no other article than these."""
        leaving, kept = set(ids), set()
        for batch in batches(document_ids, ROWS):
            query = sa.select(articles.c.document_id, articles.c.id).where(articles.c.document_id.in_(batch))
            kept |= {row.document_id for row in connection.execute(query) if row.id not in leaving}
        return set(document_ids) - kept

    def _take_rows(
        self, connection: sa.Connection, extraction_ids: Sequence[int], whole: Collection[int], digests: set[str]
    ) -> None:
        for batch in batches(extraction_ids, ROWS):
            connection.execute(extractions.delete().where(extractions.c.id.in_(batch)))
        for batch in batches(whole, ROWS):
            self._forget_traces(connection, batch)
            connection.execute(documents.delete().where(documents.c.id.in_(batch)))
        for named in batches(digests - {""}, ROWS):  # what came a second time says where the first one was
            twins = documents.c.digest.in_(named) & (documents.c.reason == Reason.DUPLICATE)
            values = {"reason": Reason.FORGOTTEN, "detail": None, "key": None}
            connection.execute(documents.update().where(twins).values(values))

    @staticmethod
    def _mark(connection: sa.Connection, marks: set[str]) -> None:
        known = _marked(connection, marks)
        rows = [{"mark": each, "since": now(), "purged": False} for each in sorted(marks - known)]
        if rows:
            connection.execute(forgotten.insert(), rows)
        for batch in batches(known, ROWS):  # it had come in again, or something went wrong the first time
            connection.execute(forgotten.update().where(forgotten.c.mark.in_(batch)).values(purged=False))

    def without_forgotten(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """The outcomes, rejected as forgotten, or without the stories that are, where that was decided."""
        if not self._has_forgotten():
            yield from outcomes
            return
        for batch in batches(outcomes, ROWS):
            with self._engine.connect() as connection:
                known = _marked(connection, {mark for each in batch for mark in _marks_of(each)})
            yield from (_refused(each, known) if known else each for each in batch)

    def _has_forgotten(self) -> bool:
        """Whether anything was ever forgotten; if not, no marks need to be made of what comes in."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(forgotten.c.mark).limit(1)) is not None

    def forgotten_marks(self) -> list[tuple[str, str]]:
        """Every mark, with the time since when."""
        with self._engine.connect() as connection:
            query = sa.select(forgotten.c.mark, forgotten.c.since).order_by(forgotten.c.mark)
            return [(row.mark, row.since) for row in connection.execute(query)]

    def adopt_forgotten(self, marks: Sequence[tuple[str, str]]) -> list[str]:
        """Keep out what another store keeps out (mark, since when); the ids of articles that are in and bear a mark."""
        with self._transaction() as connection:
            known = _marked(connection, {mark for mark, _ in marks})
            rows = [{"mark": mark, "since": since, "purged": True} for mark, since in marks if mark not in known]
            if rows:
                connection.execute(forgotten.insert(), rows)
            columns = (articles.c.id, articles.c.content_hash, documents.c.key, documents.c.digest)
            wanted = {mark for mark, _ in marks}
            found = connection.execute(sa.select(*columns).join(documents)) if marks else ()
            return [row.id for row in found if not wanted.isdisjoint(_marks_of_row(row))]

    def has_unpurged(self) -> bool:
        """Whether something was forgotten of which words may still stand in files of the archive."""
        with self._engine.connect() as connection:
            query = sa.select(forgotten.c.mark).where(forgotten.c.purged.is_(False)).limit(1)
            return connection.scalar(query) is not None

    def scrub(self) -> bool:
        """Write the files anew without what was deleted; False when a reader keeps that from being done."""
        return postgresql.scrub(self._engine) if self._in_postgresql else sqlite.scrub(self._engine)

    def note_purged(self) -> None:
        """Note that nothing is left of what was forgotten."""
        with self._transaction() as connection:
            connection.execute(forgotten.update().values(purged=True))


def _mark(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}\0{value}".encode("utf-8", "surrogatepass")).hexdigest()


def _marks_of_row(row: "sa.Row[tuple[str, str, str | None, str]]") -> Iterator[str]:
    yield _mark("id", row.id)
    yield _mark("id", row.key or row.id)
    yield _mark("text", row.content_hash)
    yield _mark("document", row.digest)


def _marked(connection: sa.Connection, marks: set[str]) -> set[str]:
    found: set[str] = set()
    for batch in batches(marks, ROWS):
        found.update(connection.scalars(sa.select(forgotten.c.mark).where(forgotten.c.mark.in_(batch))))
    return found


def _marks_of(outcome: Outcome) -> Iterator[str]:
    if outcome.digest:
        yield _mark("document", outcome.digest)
    if outcome.key:
        yield _mark("id", outcome.key)
    for article in outcome.articles:
        yield from _marks_of_article(article)


def _marks_of_article(article: PackedArticle) -> tuple[str, str]:
    return _mark("id", article.id), _mark("text", article.content_hash)


def _refused(outcome: Outcome, known: set[str]) -> Outcome:
    """The outcome without what is marked."""
    gone = {article.id for article in outcome.articles if not known.isdisjoint(_marks_of_article(article))}
    whole = {_mark("document", outcome.digest), _mark("id", outcome.key or "")}
    left = [each for each in outcome.articles if each.id not in gone]
    if known.isdisjoint(whole) and (left or not gone):
        kept = (
            each
            for each in outcome.results
            if not (isinstance(each.verdict, PackedArticle) and each.verdict.id in gone)
        )
        return replace(outcome, results=tuple(kept)) if gone else outcome
    return replace(outcome, key=None, results=(), traces=None, reason=Reason.FORGOTTEN, detail="", tried=None)
