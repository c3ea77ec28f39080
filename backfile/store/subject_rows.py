"""What articles are about, as rows."""

from collections.abc import Iterable

import sqlalchemy as sa

from backfile.outcome import PackedArticle
from backfile.store.connected import Connected, insert
from backfile.store.tables import articles, subjects
from backfile.stories import About


class SubjectRows(Connected):
    """Written in the transaction that writes the article, or behind it by who describes what has none."""

    def all_described(self) -> bool:
        """Whether it is known of every article what it is about: one row for each, so that to count is enough."""
        named = sa.select(sa.func.count(subjects.c.article_id)).where(subjects.c.article_id.is_not(None))
        with self._engine.connect() as connection:
            return connection.scalar(named) == connection.scalar(sa.select(sa.func.count()).select_from(articles))

    def _put_subjects(self, connection: sa.Connection, described: Iterable[PackedArticle]) -> None:
        """Insert what articles are about, where they say it.

        Each is a group of its own until the step that settles groups has seen it.
        """
        told = [(each.id, each.content_hash, each.language, each.about) for each in described if each.about]
        self._insert_subjects(connection, told)

    def _insert_subjects(self, connection: sa.Connection, described: Iterable[tuple[str, str, str, About]]) -> None:
        """Insert what articles are about, given as (article, copy group, language, about), as to be settled."""
        told = list(described)
        if not told:
            return
        first = self._last(connection, subjects) + 1
        rows = [
            (number, name, group, one.version, language, one.begins, one.ends, one.terms, one.size, False, False)
            for number, (name, group, language, one) in enumerate(told, first)
        ]
        insert(connection, subjects, rows)
