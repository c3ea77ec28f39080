"""What every part of the store stands on: an engine, and transactions on it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from backfile.store.tables import settled

ROWS = 500  # fetched or bound in one statement; SQLite allows 32,766 variables, PostgreSQL 65,535


def among(column: sa.ColumnElement[int], numbers: Iterable[int]) -> sa.ColumnElement[bool]:
    """Whether a column's value is one of these. As literals: to bind thousands of them took longer than all else."""
    return column.op("IN", is_comparison=True)(sa.literal_column(f"({','.join(map(str, map(int, numbers)))})"))


class Connected:
    """A database that is open."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        """A transaction that may leave something to do for the next run."""
        with self._engine.begin() as connection:
            connection.execute(settled.delete())
            yield connection

    @staticmethod
    def _insert(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert many short rows, each with all columns in order, in types that the driver takes as they are.

        By the driver, where it takes tuples: to make them dictionaries and tuples again took most of the time.
        """
        if not rows:
            return
        statement = table.insert().compile(dialect=connection.dialect)
        if connection.dialect.positional:
            connection.exec_driver_sql(str(statement), list(rows))
        else:
            connection.execute(table.insert(), [dict(zip(table.columns.keys(), row, strict=True)) for row in rows])
