"""A store as a file that is copied while it is in use, and a file that came from elsewhere."""

import sqlite3
from contextlib import closing
from pathlib import Path

from backfile.errors import ArchiveError
from backfile.store import sqlite
from backfile.store.tables import metadata

PAGES = 4_096  # copied in one step


def snapshot(file: Path, copy: Path) -> None:
    """Copy the store as it is at this moment, whoever writes to it meanwhile.

    SQLite's own online backup, within one reading transaction: it neither waits for a writer nor begins again when one
    has committed.
    """
    try:
        with (
            closing(sqlite3.connect(file, timeout=sqlite.BUSY_TIMEOUT, isolation_level=None)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it sees no commit
            source.backup(target, pages=PAGES)
    except sqlite3.DatabaseError as error:
        raise sqlite.told(file, error) from error


def suspicious(file: Path) -> str:
    """What stands in a store's schema that no backfile makes, such as a trigger, which is a program; "" when nothing.

    Raises:
        ArchiveError: it is no database.
    """
    known = {*metadata.tables, "alembic_version"}
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            rows = connection.execute("SELECT type, name, tbl_name FROM sqlite_master").fetchall()
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"its store cannot be read: {error}") from error
    for kind, name, table in rows:
        if kind not in {"table", "index"} or table not in known:
            return f"the {kind} {name}"
    return ""
