"""The store as one object, and how it is opened."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from backfile.batching import batches
from backfile.database import Database
from backfile.errors import ArchiveMissing, WrongUse
from backfile.store import migrate, postgresql, sqlite, store_lock
from backfile.store.archive_lock import ArchiveLock
from backfile.store.connected import ROWS
from backfile.store.copies import Copies
from backfile.store.forgetting import Forgetting
from backfile.store.index_state import IndexState
from backfile.store.recleaning import Recleaning
from backfile.store.recurrence import Recurrence
from backfile.store.reports import Reports
from backfile.store.stories import Stories
from backfile.store.tables import articles, documents
from backfile.store.units import Units
from backfile.store.values import StoredArticle


class Store(Forgetting, Recleaning, Recurrence, Copies, Stories, IndexState, Reports, Units):
    """The truth about an archive. One writer at a time (the archive's lock sees to it), any number of readers.

    A chunk of documents is one transaction: what was acknowledged is on disk.
    """

    def article(self, article_id: str) -> StoredArticle:
        """The article of that id.

        Raises:
            WrongUse: there is none; names ids that begin or end alike.
        """
        with self._engine.connect() as connection:
            found = self._stored_articles(connection, articles.c.id, [article_id])
            if found:
                return found[0]
            alike = articles.c.id.icontains(article_id, autoescape=True)
            near = connection.scalars(sa.select(articles.c.id).where(alike).order_by(articles.c.id).limit(3)).all()
        hint = f"; did you mean {', '.join(near)}?" if near else "; `backfile search -l` lists ids"
        raise WrongUse(f"no article has the id {article_id!r}{hint}")

    def has_article(self, article_id: str) -> bool:
        """Whether there is an article of that id."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(articles.c.id).where(articles.c.id == article_id)) is not None

    def known_ids(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that an article has."""
        with self._engine.connect() as connection:
            query = sa.select(articles.c.id)
            return {
                name
                for batch in batches(ids, ROWS)
                for name in connection.scalars(query.where(articles.c.id.in_(batch)))
            }

    def articles_at(self, places: Collection[str], *, most: int = 4) -> list[str]:
        """Ids of articles that were read from one of these addresses or paths, `most` at most, in order."""
        query = sa.select(articles.c.id).join(documents, documents.c.id == articles.c.document_id)
        read = query.where(documents.c.uri.in_(places)).order_by(articles.c.id).limit(most)
        with self._engine.connect() as connection:
            return list(connection.scalars(read))

    def articles(self, source: str | None = None) -> Iterator[StoredArticle]:
        """Every article in the order of ids, a few hundred in memory at a time."""
        query = sa.select(articles.c.id).order_by(articles.c.id)
        if source is not None:
            query = query.where(articles.c.source == source)
        last = ""
        while True:
            with self._engine.connect() as connection:
                ids = connection.scalars(query.where(articles.c.id > last).limit(ROWS)).all()
                batch = self._stored_articles(connection, articles.c.id, ids)
            if not ids:
                return
            last = ids[-1]
            yield from batch

    def problems(self, state: str | None = None, limit: int | None = None) -> Iterator[Mapping[str, str]]:
        """The documents that gave no article, or not all that is in them: uri, state, reason, detail."""
        query = sa.select(documents.c.uri, documents.c.state, documents.c.reason, documents.c.detail)
        told = documents.c.reason.is_not(None) | documents.c.detail.is_not(None)
        query = query.where(told).order_by(documents.c.state, documents.c.uri).limit(limit)
        if state is not None:
            query = query.where(documents.c.state == state)
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                yield {name: value or "" for name, value in row._mapping.items()}  # noqa: SLF001  # documented API


def open_store(place: Path | Database, *, create: bool = False, lock: ArchiveLock | None = None) -> "Store":
    """The store in a SQLite file or a database of PostgreSQL, its schema brought up to this program's.

    `lock`: what the archive is held with by who is going to write; nothing is written once it is lost.

    Raises:
        ArchiveMissing: there is none, and `create` is not set.
        ArchiveError: it is damaged, no store, or made by a newer backfile.
        ServiceUnavailable: the server cannot be reached.
    """
    if isinstance(place, Database):
        return _in_database(place, create=create, lock=lock)
    if not create and not place.exists():
        raise ArchiveMissing(f"{place} is missing: nothing was ingested yet, or it was moved away")
    engine = sqlite.engine_for(place)
    with _let_go_when_unusable(engine):
        migrate.bring_up(engine)
    return Store(engine)


def _in_database(place: Database, *, create: bool, lock: ArchiveLock | None) -> "Store":
    engine = postgresql.engine_for(place)
    with _let_go_when_unusable(engine):
        if not create and migrate.is_empty(engine):
            raise ArchiveMissing(f"{place} holds no store: nothing was ingested yet, or it was moved away")
        migrate.bring_up(engine)
        if lock is None or lock.held is None:
            return Store(engine)
        lock.held.take_over(engine)
        token = lock.held.token
    return Store(engine, lambda connection: store_lock.enter(connection, place, token))


@contextmanager
def _let_go_when_unusable(engine: sa.Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        raise
