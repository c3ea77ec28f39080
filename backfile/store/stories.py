"""What articles are about, and who else has the same terms. One article of each copy group stands for all of it.

Which one that is depends on the articles of the group alone: the best dated, of these the one with most terms. Whatever
touches a group unsettles it in the transaction that does; `settle` puts it right.
"""

import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import repeat
from operator import rshift

import sqlalchemy as sa

from backfile.batching import batches
from backfile.store.article_rows import ArticleRows
from backfile.store.connected import ROWS, among, insert
from backfile.store.subject_rows import SubjectRows
from backfile.store.tables import articles, documents, subjects, telling, texts
from backfile.store.values import StoredArticle
from backfile.stories import About, Subject

_GROUP_BITS = 13
GROUPS = 1 << _GROUP_BITS  # settled in one transaction; each of these goes through all pages of `telling`, so not few
LISTED = 50_000  # terms handed to the database at a time
MONTH = 31  # days; what is dated no better stands among the undated, where every window finds it
UNDATED = 0

_group_now = sa.func.coalesce(texts.c.copy_group, articles.c.content_hash)


class Stories(ArticleRows, SubjectRows):
    """Written after the copies were compared, read by who asks for a story."""

    def forget_subjects(self, version: int) -> None:
        """Take away what is known of articles that are gone, are others now, or were described in another version."""
        # Not `!=`, which would read every row.
        stale = subjects.c.article_id.is_(None) | (subjects.c.version < version) | (subjects.c.version > version)
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
        if self.all_described():
            return
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

    def describe(self, described: Iterable[tuple[StoredArticle, About]]) -> None:
        """Write what articles are about."""
        with self._transaction() as connection:
            self._insert_subjects(
                connection,
                [
                    (one.article.id, one.copy_group or one.article.content_hash, one.article.language, about)
                    for one, about in described
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
                members = self._members(connection, names)
                groups: dict[str, list[sa.Row[tuple[object, ...]]]] = {}
                for row in members:
                    groups.setdefault(row.copy_group, []).append(row)
                chosen = {min(group, key=_standing).id for group in groups.values()}
                self._unlist(connection, [row for row in members if row.listed and row.id not in chosen])
                self._list(connection, [row for row in members if not row.listed and row.id in chosen])
                self._mark_subjects(connection, [row.id for row in members if not row.settled], settled=True)

    def _follow_groups(self) -> None:
        """Note which articles are in another copy group now.

        Looked at are those that are to be settled, as nobody has seen what they are copies of, and those that the index
        lacks, as a group that changes brings its articles there.
        """
        waiting = (
            sa.select(subjects.c.id)
            .join_from(subjects, articles)
            .join(documents, documents.c.id == articles.c.document_id)
        )
        new = sa.select(subjects.c.id).where(subjects.c.settled.is_(False))
        query = sa.select(subjects.c.id, subjects.c.copy_group, _group_now.label("now")).join_from(subjects, articles)
        query = query.outerjoin(texts, texts.c.content_hash == articles.c.content_hash)
        query = query.where(subjects.c.id.in_(new.union(waiting.where(documents.c.state == "stored"))))
        moving = subjects.update().where(subjects.c.id == sa.bindparam("moved"))
        with self._transaction() as connection:
            moved = connection.execute(query.where(subjects.c.copy_group != _group_now)).all()
            if moved:
                groups = [{"moved": row.id, "copy_group": row.now} for row in moved]
                connection.execute(moving.values(copy_group=sa.bindparam("copy_group")), groups)
            self._unsettle(connection, {name for row in moved for name in (row.copy_group, row.now)})

    @staticmethod
    def _members(connection: sa.Connection, names: Sequence[str]) -> list[sa.Row[tuple[object, ...]]]:
        """What is known of all articles of some copy groups."""
        columns = ("id", "article_id", "copy_group", "begins", "ends", "terms", "size", "listed", "settled")
        query = sa.select(*(subjects.c[name] for name in columns))
        members: list[sa.Row[tuple[object, ...]]] = []
        for batch in batches(names, ROWS):
            members += connection.execute(query.where(subjects.c.copy_group.in_(batch))).all()
        return members

    @staticmethod
    def _unsettle(connection: sa.Connection, names: Collection[str]) -> None:
        for batch in batches(names, ROWS):
            connection.execute(subjects.update().where(subjects.c.copy_group.in_(batch)).values(settled=False))

    def _list(self, connection: sa.Connection, rows: Sequence[sa.Row[tuple[object, ...]]]) -> None:
        """Write the terms of articles, in the order in which they stand: a page of many is gone to once."""
        rows = sorted(rows, key=lambda row: (_from(row), row.id))
        # A term and the number of its row as one number: sorted in less time than tuples, in a third of the room.
        entries = [term << _GROUP_BITS | number for number, row in enumerate(rows) for term in _terms(row)]
        entries.sort()
        days, ids = [_from(row) for row in rows], [row.id for row in rows]
        for batch in batches(entries, LISTED):
            numbers = [entry & (GROUPS - 1) for entry in batch]
            terms = map(rshift, batch, repeat(_GROUP_BITS))
            told = zip(terms, map(days.__getitem__, numbers), map(ids.__getitem__, numbers), strict=False)
            insert(connection, telling, list(told))
        self._mark_subjects(connection, ids, listed=True)

    def _unlist(self, connection: sa.Connection, rows: Sequence[sa.Row[tuple[object, ...]]]) -> None:
        listed = [{"t": term, "b": _from(row), "s": row.id} for row in rows if row.listed for term in _terms(row)]
        if listed:
            mine = (telling.c.term == sa.bindparam("t")) & (telling.c.begins == sa.bindparam("b"))
            connection.execute(telling.delete().where(mine, telling.c.subject_id == sa.bindparam("s")), listed)
        self._mark_subjects(connection, [row.id for row in rows if row.listed], listed=False)

    @staticmethod
    def _mark_subjects(connection: sa.Connection, ids: Sequence[int], **values: bool) -> None:
        for batch in batches(ids, GROUPS):
            connection.execute(subjects.update().where(among(subjects.c.id, batch)).values(values))

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


def _terms(row: sa.Row[tuple[object, ...]]) -> set[int]:
    return set(struct.unpack(f"<{row.size}q", row.terms[: 8 * row.size]))
