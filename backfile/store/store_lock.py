"""The lock of a store in PostgreSQL: one run may write, on whichever machine it was started."""

import secrets
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from backfile.database import Database
from backfile.errors import ServiceUnavailable
from backfile.store.postgresql import connect, who
from backfile.store.postgresql_faults import driver, told
from backfile.store.tables import writers

if TYPE_CHECKING:
    import psycopg

POLL = 0.2  # seconds between two looks at a lock that another one holds
_LOCK = 0x6266_696C  # "bfil": our advisory locks among those of other programs


class StoreLock:
    """The advisory lock of a store: held by a connection of its own, and freed by the server when that one ends.

    A connection may end, by the network or by the server, while the run that holds it goes on and another run takes
    the lock. So who writes is also a row in the store, `writers`, that the next one replaces; each transaction that
    writes begins with `enter`, which finds that row no more, or finds that the connection behind it is gone. To replace
    the row, the next one has to wait for the transactions that have begun: it sees them whole or not at all.
    """

    def __init__(self, database: Database) -> None:
        self.token = secrets.token_hex(16)
        self._database = database
        self._connection = connect(database)
        self._connection.autocommit = True

    def acquire(self, wait: float, waiting: Callable[[str], None] = lambda _: None) -> bool:
        """Whether the lock is ours now; `wait` is in seconds, -1 for ever, and `waiting` is told who is waited for."""
        until = time.monotonic() + wait
        told = False
        while not self._said("SELECT pg_try_advisory_lock(%s::int, %s::int)", _LOCK, _number(self._database))[0]:
            if wait >= 0 and time.monotonic() >= until:
                return False
            if not told:
                waiting(self.holder() or "another run")
                told = True
            time.sleep(POLL)
        return True

    def holder(self) -> str | None:
        """Who holds the lock; None: nobody, or it cannot be told."""
        return _holder(self._connection, self._database)

    def close(self) -> None:
        """Free the lock, at once: of a connection that just ends the server hears later, and refuses the next run."""
        with suppress(driver().Error):  # it is lost already, or the server is
            self._connection.execute("SELECT pg_advisory_unlock_all()")
        self._connection.close()

    def take_over(self, engine: sa.Engine) -> None:
        """Take the place of who wrote before, once what that one began has ended."""
        (backend,) = self._said("SELECT pg_backend_pid()")
        with engine.begin() as connection:
            connection.execute(writers.delete())
            connection.execute(writers.insert().values(token=self.token, backend=backend, who=who()))
            enter(connection, self._database, self.token)

    def _said(self, query: str, *values: object) -> tuple[Any, ...]:
        try:
            row = self._connection.execute(query, values).fetchone()
        except driver().Error as error:
            raise told(self._database, error) from None
        return row or (None,)


_HELD = """
    SELECT {what} FROM pg_locks AS held {more} WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 2
    AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND held.classid = {lock}::bigint::oid AND held.objid = {number}::bigint::oid
"""


def enter(connection: sa.Connection, database: Database, token: str) -> None:
    """Begin to write under the lock of that token; all who do so write one after the other.

    Raises:
        ServiceUnavailable: the lock is lost.
    """
    held = _HELD.format(what="1", more="", lock=_LOCK, number=_number(database))
    mine = "SELECT 1 FROM writers AS one WHERE one.token = :token AND EXISTS"
    query = sa.text(f"{mine} ({held} AND held.pid = one.backend) FOR NO KEY UPDATE OF one")
    if connection.scalar(query, {"token": token}) is None:
        raise ServiceUnavailable(
            f"{database}: the connection that holds the archive's lock ended, and others may write by now; this run "
            "stops. What was acknowledged is kept, and the next run carries on"
        )


def holder(database: Database) -> str | None:
    """Who writes to a store; None when nobody does."""
    connection = connect(database)
    try:
        return _holder(connection, database)
    finally:
        connection.close()


def _holder(connection: "psycopg.Connection[Any]", database: Database) -> str | None:
    more = "JOIN pg_stat_activity AS one ON one.pid = held.pid"
    query = _HELD.format(what="one.application_name", more=more, lock=_LOCK, number=_number(database))
    try:
        row = connection.execute(query).fetchone()
    except driver().Error as error:
        raise told(database, error) from None
    return str(row[0]) if row else None


def _number(database: Database) -> int:
    """The lock of one schema among those of its database."""
    return zlib.crc32(database.schema.encode()) & 0x7FFF_FFFF
