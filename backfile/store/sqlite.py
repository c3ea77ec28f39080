"""The one place that knows SQLite: how its file is opened so that what was committed is on disk."""

import errno
import os
import sqlite3
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

from backfile.disk import TROUBLE
from backfile.errors import ArchiveError, BackfileError, DiskTrouble

BUSY_TIMEOUT = 30  # seconds that a reader waits for a writer's commit


def engine_for(file: Path) -> sa.Engine:
    """An engine on `file`: write-ahead log, foreign keys, every commit synced (NORMAL may lose the last ones)."""
    # Errors must not quote the text of articles into logs.
    engine = sa.create_engine(f"sqlite:///{file}", connect_args={"timeout": BUSY_TIMEOUT}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def set_up(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        for statement in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL", "cache_size = -65536"):
            cursor.execute(f"PRAGMA {statement}")
        cursor.close()

    @event.listens_for(engine, "handle_error")
    def translate(context: sa.engine.interfaces.ExceptionContext) -> None:
        """Disk full, read-only, damaged: no fault of ours. A transaction that it hits leaves nothing behind."""
        fault = context.original_exception
        if isinstance(fault, sqlite3.DatabaseError) and type(fault) in _OUTSIDE:
            raise told(file, fault) from fault

    return engine


_OUTSIDE = {sqlite3.OperationalError, sqlite3.DatabaseError}  # not those of a wrong statement or value
_TROUBLE = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EROFS,
}


def told(file: Path, fault: sqlite3.DatabaseError) -> BackfileError:
    """The error as one line for people: of the disk, or of the file."""
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # the primary one
    if code == sqlite3.SQLITE_CANTOPEN and file.exists():  # what could not be made is the log beside it
        if os.statvfs(file.parent).f_flag & os.ST_RDONLY:
            code = sqlite3.SQLITE_READONLY
        elif os.access(file.parent, os.W_OK):
            code = sqlite3.SQLITE_FULL
    trouble = _TROUBLE.get(code)
    return (
        DiskTrouble(f"{file}: {fault}: {TROUBLE[trouble]}")
        if trouble
        else ArchiveError(f"{file} cannot be used: {fault}")
    )


def scrub(engine: sa.Engine) -> bool:
    """Write the file anew without its free pages, and empty the log; False when a reader keeps the log."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM")
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    return not busy


def integrity(engine: sa.Engine) -> list[str]:
    """What SQLite finds wrong with the file; [] when it is sound."""
    with engine.connect() as connection:
        found = connection.scalars(sa.text("PRAGMA quick_check(20)")).all()
        broken = connection.execute(sa.text("PRAGMA foreign_key_check")).fetchmany(20)
    faults = [str(each) for each in found if each != "ok"]
    return faults + [f"{row[0]}: row {row[1]} points at a missing row of {row[2]}" for row in broken]
