"""Runs, and counts of what the store holds."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from backfile.store import postgresql, sqlite, tables
from backfile.store.connected import Connected
from backfile.store.tables import articles, documents, extractions, inputs, removals, runs, withdrawn
from backfile.store.values import now


class Reports(Connected):
    """What `status`, `stats` and `doctor` show."""

    def begin_run(self) -> int:
        """The number of a new run."""
        with self._writing() as connection:  # a run by itself leaves nothing to do
            number = self._last(connection, runs) + 1
            connection.execute(runs.insert().values(id=number, started=now()))
        return number

    def end_run(self, run: int, report: Mapping[str, object], *, settled: str | None = None) -> None:
        """Keep a run's report. `settled`: what `settled` is asked for until the store is written to again."""
        with self._writing() as connection:
            values = {"finished": now(), "report": json.dumps(report, ensure_ascii=False)}
            connection.execute(runs.update().where(runs.c.id == run).values(values))
            if settled is not None:
                connection.execute(tables.settled.delete())
                connection.execute(tables.settled.insert().values(token=settled))

    def settled(self, token: str) -> bool:
        """Whether no step of a run has anything to do, if what the token stands for is still so."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(tables.settled.c.token)) == token

    def last_run(self) -> Mapping[str, Any] | None:
        """The newest run: started, finished, report; None before the first."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(runs).order_by(runs.c.id.desc()).limit(1)).first()
        if row is None:
            return None
        report = json.loads(row.report) if row.report else None
        return {"started": row.started, "finished": row.finished, "report": report}

    def article_count(self) -> int:
        """How many articles there are."""
        with self._engine.connect() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(articles)) or 0)

    def withdrawn_count(self) -> int:
        """How many ids the index must forget."""
        with self._engine.connect() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(withdrawn)) or 0)

    def counts(self) -> dict[str, Any]:
        """What `status` and `stats` show, by name: how many of what."""
        with self._engine.connect() as connection:

            def count(column: sa.ColumnElement[Any], *where: sa.ColumnElement[bool]) -> dict[str, int]:
                query = (
                    sa.select(column, sa.func.count()).where(*where).group_by(column).order_by(sa.func.count().desc())
                )
                return {str(value): number for value, number in connection.execute(query)}

            unfinished = sa.select(sa.func.count()).where(inputs.c.complete.is_(False), inputs.c.gone.is_(None))
            return {
                "inputs": connection.scalar(sa.select(sa.func.count()).select_from(inputs)),
                "gone": connection.scalar(sa.select(sa.func.count()).where(inputs.c.gone.is_not(None))),
                "unfinished": connection.scalar(unfinished),
                "documents": count(documents.c.state),
                "reasons": count(documents.c.reason, documents.c.reason.is_not(None)),
                "articles": connection.scalar(sa.select(sa.func.count()).select_from(articles)),
                "withdrawn": connection.scalar(sa.select(sa.func.count()).select_from(withdrawn)),
                "sources": count(articles.c.source),
                "languages": count(articles.c.language),
                "precision": count(sa.func.coalesce(articles.c.published_precision, "undated")),
                "years": count(sa.func.coalesce(sa.func.substr(articles.c.published, 1, 4), "undated")),
                "rules": count(removals.c.rule),
                "kinds": count(removals.c.kind),
            }

    def outdated_count(self, rules: Mapping[str, str]) -> int:
        """How many extractions were cleaned by another rule set than their source's (source → fingerprint)."""
        standing = sa.select(extractions.c.rules).distinct()
        with self._engine.connect() as connection:  # of a million this takes an index, the rest every row
            if set(connection.scalars(standing)) <= set(rules.values()) and len(set(rules.values())) == 1:
                return 0
        query = sa.select(inputs.c.source, extractions.c.rules, sa.func.count())
        query = query.select_from(extractions).join(documents).join(inputs)
        with self._engine.connect() as connection:
            rows = connection.execute(query.group_by(inputs.c.source, extractions.c.rules)).all()
        return sum(number for source, stands, number in rows if rules.get(source, stands) != stands)

    def size(self) -> int:
        """How many bytes a database has for it; 0 where it is a file, which says so itself."""
        return postgresql.size(self._engine) if self._in_postgresql else 0

    def weaknesses(self) -> list[str]:
        """How what was acknowledged could get lost all the same."""
        return postgresql.weaknesses(self._engine) if self._in_postgresql else []

    def check(self) -> list[str]:
        """What the database finds wrong with its own files; [] when it is sound."""
        return postgresql.integrity(self._engine) if self._in_postgresql else sqlite.integrity(self._engine)
