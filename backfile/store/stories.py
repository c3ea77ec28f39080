"""What articles are about, and who else has the same terms. One article of each copy group stands for all of it.

Which one that is depends on the articles of the group alone: the best dated, of these the one with most terms. Whatever
touches a group unsettles it in the transaction that does; `settle` puts it right.
"""

import struct
from collections.abc import Collection, Iterable, Iterator, Sequence

import sqlalchemy as sa

from backfile.batching import batches
from backfile.store.article_rows import ArticleRows
from backfile.store.connected import ROWS
from backfile.store.tables import articles, documents, subjects, telling, texts
from backfile.store.values import StoredArticle
from backfile.stories import Subject

GROUPS = 2_000  # copy groups settled in one transaction
MONTH = 31  # days; what is dated no better stands among the undated, where every window finds it
UNDATED = 0

_group_now = sa.func.coalesce(texts.c.copy_group, articles.c.content_hash)


class Stories(ArticleRows):
    """Written after the copies were compared, read by who asks for a story."""

    def forget_subjects(self, version: int) -> None:
        """Take away what is known of articles that are gone, are others now, or were described in another version."""
        stale = subjects.c.article_id.is_(None) | (subjects.c.version != version)
        while True:
            with self._transaction() as connection:
                rows = connection.execute(sa.select(subjects).where(stale).limit(ROWS)).all()
                if not rows:
                    return
                self._unlist(connection, rows)
                connection.execute(subjects.delete().where(subjects.c.id.in_([row.id for row in rows])))
                self._unsettle(connection, {row.copy_group for row in rows})

    def undescribed(self, size: int) -> Iterator[list[StoredArticle]]:
        """The articles of which it is not known what they are about; `describe` each list, then ask for the next."""
        query = sa.select(articles.c.id).outerjoin(subjects).where(subjects.c.id.is_(None)).order_by(articles.c.id)
        last = ""
        while True:
            with self._engine.connect() as connection:
                ids = connection.scalars(query.where(articles.c.id > last).limit(size)).all()
                if not ids:
                    return
                batch = self._stored(connection, articles.c.id, ids)
            last = ids[-1]
            yield batch

    def describe(self, described: Sequence[Subject], version: int) -> None:
        """Write what articles are about."""
        with self._transaction() as connection:
            connection.execute(
                subjects.insert(),
                [
                    {
                        "article_id": each.article_id,
                        "copy_group": each.copy_group,
                        "version": version,
                        "language": each.language,
                        "begins": each.begins,
                        "ends": each.ends,
                        "terms": each.terms,
                        "size": each.size,
                        "listed": False,
                        "settled": False,
                    }
                    for each in described
                ],
            )

    def settle(self) -> None:
        """Have one article of each copy group stand for it, and nothing else."""
        self._follow_groups()
        unsettled = sa.select(subjects.c.copy_group).where(subjects.c.settled.is_(False)).distinct().limit(GROUPS)
        while True:
            with self._transaction() as connection:
                names = connection.scalars(unsettled).all()
                if not names:
                    return
                mine = subjects.c.copy_group.in_(names)
                members = connection.execute(sa.select(subjects).where(mine)).all()
                groups: dict[str, list[sa.Row[tuple[object, ...]]]] = {}
                for row in members:
                    groups.setdefault(row.copy_group, []).append(row)
                chosen = {min(group, key=_standing).id for group in groups.values()}
                self._unlist(connection, [row for row in members if row.listed and row.id not in chosen])
                self._list(connection, [row for row in members if not row.listed and row.id in chosen])
                connection.execute(subjects.update().where(mine).values(settled=True))

    def _follow_groups(self) -> None:
        """Note which articles are in another copy group now. They are to be indexed anew, and these are looked at."""
        query = sa.select(subjects.c.id, subjects.c.copy_group, _group_now.label("now")).join_from(subjects, articles)
        query = query.join(documents, documents.c.id == articles.c.document_id)
        query = query.outerjoin(texts, texts.c.content_hash == articles.c.content_hash)
        query = query.where(documents.c.state == "stored", subjects.c.copy_group != _group_now)
        with self._transaction() as connection:
            moved = connection.execute(query).all()
            for row in moved:
                connection.execute(subjects.update().where(subjects.c.id == row.id).values(copy_group=row.now))
            self._unsettle(connection, {name for row in moved for name in (row.copy_group, row.now)})

    @staticmethod
    def _unsettle(connection: sa.Connection, names: Collection[str]) -> None:
        for batch in batches(names, ROWS):
            connection.execute(subjects.update().where(subjects.c.copy_group.in_(batch)).values(settled=False))

    @staticmethod
    def _list(connection: sa.Connection, rows: Sequence[sa.Row[tuple[object, ...]]]) -> None:
        entries: list[tuple[int, int, int]] = []
        for row in rows:
            begins, subject_id = _from(row), row.id
            entries += [(term, begins, subject_id) for term in _terms(row)]
        entries.sort()
        if entries:
            _insert(connection, entries)
        for batch in batches((row.id for row in rows), ROWS):
            connection.execute(subjects.update().where(subjects.c.id.in_(batch)).values(listed=True))

    @staticmethod
    def _unlist(connection: sa.Connection, rows: Sequence[sa.Row[tuple[object, ...]]]) -> None:
        for row in rows:
            if row.listed:
                mine = telling.c.term.in_(_terms(row)) & (telling.c.begins == _from(row))
                connection.execute(telling.delete().where(mine, telling.c.subject_id == row.id))
        for batch in batches((row.id for row in rows), ROWS):
            connection.execute(subjects.update().where(subjects.c.id.in_(batch)).values(listed=False))

    # --- what is asked

    def described_count(self) -> int:
        """How many articles are described, copies counted once."""
        with self._engine.connect() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).where(subjects.c.listed)) or 0)

    def standing_for(self, article_id: str) -> str | None:
        """The article that stands for the copy group of another, or for itself; None: it was not described yet."""
        group = sa.select(subjects.c.copy_group).where(subjects.c.article_id == article_id)
        query = sa.select(subjects.c.article_id).where(subjects.c.copy_group.in_(group), subjects.c.listed)
        with self._engine.connect() as connection:
            return connection.scalar(query)

    def stood_for(self, ids: Collection[str]) -> dict[str, list[str]]:
        """For each article that stands for a copy group, the ids of all in it, in order."""
        mine = subjects.alias()
        query = sa.select(subjects.c.article_id.label("standing"), mine.c.article_id)
        query = query.join_from(subjects, mine, mine.c.copy_group == subjects.c.copy_group).order_by(mine.c.article_id)
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            for batch in batches(ids, ROWS):
                for row in connection.execute(query.where(subjects.c.article_id.in_(batch))):
                    if row.article_id is not None:
                        found.setdefault(row.standing, []).append(row.article_id)
        return found

    def standing(self) -> Iterator[str]:
        """The articles that stand for a copy group, in order of ids."""
        query = sa.select(subjects.c.article_id).where(subjects.c.listed).order_by(subjects.c.article_id)
        last = ""
        while True:
            with self._engine.connect() as connection:
                ids = connection.scalars(query.where(subjects.c.article_id > last).limit(ROWS)).all()
            if not ids:
                return
            yield from ids
            last = ids[-1]

    def subjects(self, ids: Iterable[str]) -> Iterator[Subject]:
        """What some articles are about."""
        names = tuple(Subject.__dataclass_fields__)
        columns = [subjects.c[name] for name in names]
        with self._engine.connect() as connection:
            for batch in batches(ids, ROWS):
                for row in connection.execute(sa.select(*columns).where(subjects.c.article_id.in_(batch))):
                    yield Subject(*row)

    def term_counts(self, terms: Collection[int]) -> dict[int, int]:
        """How many articles have each term, copies counted once; what none has is left out."""
        query = sa.select(telling.c.term, sa.func.count()).group_by(telling.c.term)
        counts: dict[int, int] = {}
        with self._engine.connect() as connection:
            for batch in batches(terms, ROWS):
                counts.update(
                    (term, number) for term, number in connection.execute(query.where(telling.c.term.in_(batch)))
                )
        return counts

    def sharing(self, terms: Collection[int], days: tuple[int, int] | None, *, least: int, most: int) -> list[str]:
        """The articles that have `least` of the terms or more; with most of them first, `most` at the most.

        `days` are the first and the last that count; what is undated counts always. None: every day.
        """
        shared = sa.func.count()
        query = sa.select(telling.c.subject_id, shared.label("shared")).where(telling.c.term.in_(terms))
        if days is not None:
            first, last = days
            query = query.where((telling.c.begins == UNDATED) | telling.c.begins.between(first - MONTH, last))
        found = query.group_by(telling.c.subject_id).having(shared >= least).subquery()
        named = sa.select(subjects.c.article_id).join(found, found.c.subject_id == subjects.c.id)
        named = named.order_by(found.c.shared.desc(), subjects.c.article_id).limit(most)
        with self._engine.connect() as connection:
            return [name for name in connection.scalars(named) if name is not None]


def _standing(row: sa.Row[tuple[object, ...]]) -> tuple[int, int, str]:
    """Who stands for a copy group: the best dated to a day, a month, a year; then who tells most."""
    days = None if row.begins is None or row.ends is None else row.ends - row.begins + 1
    dated = 3 if days is None else 2 if days > MONTH else 1 if days > 1 else 0
    return dated, -row.size, row.article_id or ""


def _from(row: sa.Row[tuple[object, ...]]) -> int:
    """Where its terms stand in the order of days."""
    return UNDATED if row.begins is None or row.ends - row.begins >= MONTH else row.begins


def _insert(connection: sa.Connection, entries: Sequence[tuple[int, int, int]]) -> None:
    """List terms. By far the most rows of a store: they are handed to the driver as they are, where it takes tuples."""
    statement = telling.insert().compile(dialect=connection.dialect)
    if statement.positional:
        connection.exec_driver_sql(str(statement), list(entries))
    else:
        names = ("term", "begins", "subject_id")
        connection.execute(telling.insert(), [dict(zip(names, entry, strict=True)) for entry in entries])


def _terms(row: sa.Row[tuple[object, ...]]) -> tuple[int, ...]:
    return struct.unpack(f"<{row.size}q", row.terms[: 8 * row.size])
