"""What every part of the store stands on: an engine, and transactions on it."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

ROWS = 500  # fetched or bound in one statement; SQLite allows 32,766 variables, PostgreSQL 65,535


class Connected:
    """A database that is open."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with self._engine.begin() as connection:
            yield connection
