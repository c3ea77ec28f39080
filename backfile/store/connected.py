"""What every part of the store stands on: an engine, and transactions on it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import sqlalchemy as sa

from backfile.store import postgresql
from backfile.store.tables import settled

ROWS = 500  # fetched or bound in one statement; SQLite allows 32,766 variables, PostgreSQL 65,535


def among(column: sa.ColumnElement[int], numbers: Iterable[int]) -> sa.ColumnElement[bool]:
    """Whether a column's value is one of these. As literals: to bind thousands of them took longer than all else."""
    listed = ",".join(map(str, map(int, numbers))) or "NULL"  # PostgreSQL knows no empty list
    return column.op("IN", is_comparison=True)(sa.literal_column(f"({listed})"))


Entering = Callable[[sa.Connection], None]


class Connected:
    """A database that is open.

    Args:
        engine: on it.
        enter: begins each transaction that writes; raises when others may write by now.
    """

    def __init__(self, engine: sa.Engine, enter: Entering | None = None) -> None:
        self._engine = engine
        self._enter = enter
        self._given: dict[sa.Table, int] = {}  # the highest number of a row that was ever there, as far as we looked

    @property
    def engine(self) -> sa.Engine:
        """What it stands on, for who copies all of it."""
        return self._engine

    @property
    def _in_postgresql(self) -> bool:
        return bool(self._engine.dialect.name == "postgresql")

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """A transaction that writes."""
        with self._engine.begin() as connection:
            if self._enter is not None:
                self._enter(connection)
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        """A transaction that may leave something to do for the next run."""
        with self._writing() as connection:
            connection.execute(settled.delete())
            yield connection

    def _last(self, connection: sa.Connection, table: sa.Table) -> int:
        """The highest number of a row of the table; the next ones are given by who asks, as the store has one writer.

        None is given twice while the store is open, so that what a row is called does not depend on what was taken
        out meanwhile, nor on what went into one transaction. To have the database number rows and to ask for the
        numbers took as long as to insert them.
        """
        there = connection.scalar(sa.select(sa.func.max(table.c.id))) or 0
        self._given[table] = max(there, self._given.get(table, 0))
        return self._given[table]


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert many short rows, each with all columns in order, in types that the driver takes as they are.

    By the driver, where it takes tuples: to make them dictionaries and tuples again took most of the time.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        postgresql.copy_rows(connection, table, rows)
    else:
        connection.exec_driver_sql(_inserting(table, connection.dialect), list(rows))


@lru_cache(maxsize=64)  # more than there are tables
def _inserting(table: sa.Table, dialect: sa.Dialect) -> str:
    """The statement that inserts whole rows; to compile it takes as long as to insert a hundred."""
    return str(table.insert().compile(dialect=dialect))
