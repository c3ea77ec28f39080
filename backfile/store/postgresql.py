"""The one place that knows PostgreSQL: how a database is opened so that what was committed is on disk."""

import os
import socket
import ssl
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event

from backfile.database import Database
from backfile.errors import ArchiveError, ConfigError
from backfile.store.postgresql_faults import StoreBusy, driver, refused, told
from backfile.store.tables import metadata

if TYPE_CHECKING:
    import psycopg
    from psycopg.adapt import Dumper

BUSY_TIMEOUT = 30  # seconds that writing a table anew waits for who reads it
CONNECT_TIMEOUT = 10  # seconds
OLDEST = 140_000  # version 14, the oldest that its makers still repaired when this was written
LONGEST_PASSWORD = 1_000  # characters
_MIGRATING = 0x6266_6D67  # an advisory lock of ours among those of other programs

# What a role's or a server's defaults must not decide. A run holds its lock for hours without a word; a machine that
# dies is noticed by the server after two minutes.
_SETTINGS = {
    "extra_float_digits": "1",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "jit": "off",  # statements are short, and to compile them took longer than to run them
    "lock_timeout": "0",
    "statement_timeout": "0",
    "tcp_keepalives_count": "6",
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
}


def engine_for(database: Database) -> sa.Engine:
    """An engine on a database; every commit that it acknowledges is on the server's disk.

    Raises:
        EngineMissing: psycopg is not installed.
    """
    driver()
    # Errors must not quote the text of articles into logs, and an address must not hold a password.
    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(database),
        execution_options={"database": database},
        hide_parameters=True,
        use_native_hstore=False,
    )

    @event.listens_for(engine, "handle_error")
    def translate(context: sa.engine.interfaces.ExceptionContext) -> None:
        """Gone, full, read-only, refused: no fault of ours. A transaction that it hits leaves nothing behind."""
        fault = context.original_exception
        if isinstance(fault, driver().Error):
            raise told(database, fault) from None

    return engine


def connect(database: Database) -> "psycopg.Connection[Any]":
    """A connection that is set up as a store needs it.

    Raises:
        ServiceUnavailable: the server cannot be reached, or does not let us in.
        ArchiveError: it is too old, or the database is none for a store.
    """
    module = driver()
    words: Mapping[str, str | int | None] = {
        "host": database.host,
        "port": database.port,
        "dbname": database.name,
        "user": database.user,
        "password": _password(database),
        "connect_timeout": CONNECT_TIMEOUT,
        "client_encoding": "UTF8",
        "gssencmode": "disable",  # it would come before TLS, and nobody would look at the server's certificate
        "application_name": who(),
        "options": " ".join(
            f"-c {key}={value}" for key, value in {**_SETTINGS, "search_path": database.schema}.items()
        ),
        **_tls(database),
    }
    try:
        connection: psycopg.Connection[Any] = module.connect(
            **{key: value for key, value in words.items() if value is not None}
        )
    except module.Error as error:
        raise refused(database, error) from None
    try:
        _set_up(database, connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, module.Error):
            raise told(database, error) from None
        raise
    return connection


def _set_up(database: Database, connection: "psycopg.Connection[Any]") -> None:
    asked = ("server_version_num", "server_encoding", "synchronous_commit")
    query = f"SELECT {', '.join(f'current_setting({name!r})' for name in asked)}, current_schema()"
    row = connection.execute(query).fetchone()
    assert row is not None
    version, encoding, durable, schema = row
    if int(version) < OLDEST:
        raise ArchiveError(
            f"{database}: PostgreSQL {OLDEST // 10_000} or newer is needed; this is {int(version) // 10_000}"
        )
    if encoding != "UTF8":
        raise ArchiveError(
            f"{database} keeps text as {encoding}, and news need UTF8: createdb --encoding=UTF8 --template=template0"
        )
    if schema is None:
        raise ArchiveError(f"{database}: there is no schema {database.schema}, or the role may not use it")
    if durable == "off":  # a role's default; what is acknowledged would be lost with the machine
        connection.execute("SET synchronous_commit = on")
    if int(version) >= 170_000:
        connection.execute("SET transaction_timeout = 0")
    connection.commit()
    for kind in _dumpers():
        connection.adapters.register_dumper(str, kind)


@lru_cache(maxsize=1)
def _dumpers() -> "tuple[type[Dumper], ...]":
    """How texts are sent: with U+FFFD for NUL, which SQLite takes and PostgreSQL has no place for."""
    from psycopg.adapt import Dumper  # noqa: PLC0415  # an extra
    from psycopg.pq import Format  # noqa: PLC0415

    class Words(Dumper):
        oid = 25  # text

        def dump(self, obj: str) -> bytes:
            return obj.encode().replace(b"\0", _NO_CHARACTER)

    class WordsAsBytes(Words):
        format = Format.BINARY

    return Words, WordsAsBytes


_NO_CHARACTER = "\ufffd".encode()


def _tls(database: Database) -> dict[str, str]:
    """How the server is known; where nobody names certificates, by those that this Python believes."""
    named = dict(database.tls)
    if named.get("sslmode") == "verify-full" and "sslrootcert" not in named:
        known = ssl.get_default_verify_paths().cafile
        if known and not Path("~/.postgresql/root.crt").expanduser().exists():
            named["sslrootcert"] = known
    return named


def _password(database: Database) -> str | None:
    file = database.password_file
    if file is None:
        return None  # libpq looks at $PGPASSWORD, $PGPASSFILE and ~/.pgpass
    try:
        with file.open(encoding="utf-8") as lines:
            found = os.fstat(lines.fileno())
            if found.st_mode & 0o077 or found.st_uid not in {os.geteuid(), 0}:
                raise ConfigError(f"{file}: others can read the password in it: chmod 600 {file}")
            return lines.readline(LONGEST_PASSWORD).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ConfigError(f"{file}, which store_password_file names: {reason}") from None


def who() -> str:
    """This process, as others are told; a server cuts it at 63 bytes."""
    return f"process {os.getpid()} on {socket.gethostname()}"[:63]


def copy_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Put in many rows, each with all columns in order, by COPY: a third of the time of statements."""
    names, kinds = _columns(table)
    driven = connection.connection.driver_connection
    assert driven is not None
    try:
        with driven.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(kinds)
            for row in rows:
                copy.write_row(row)
    except driver().Error as error:
        raise told(connection.get_execution_options()["database"], error) from None


@lru_cache(maxsize=64)  # more than there are tables
def _columns(table: sa.Table) -> tuple[str, list[str]]:
    """The columns of a table as COPY wants them: names, and what the server calls their types."""
    names = ", ".join(f'"{each.name}"' for each in table.columns)
    return names, [next(name for kind, name in _KINDS.items() if isinstance(each.type, kind)) for each in table.columns]


_KINDS: dict[type[sa.types.TypeEngine[Any]], str] = {  # a subclass before what it is one of
    sa.SmallInteger: "int2",
    sa.BigInteger: "int8",
    sa.Integer: "int4",
    sa.Boolean: "bool",
    sa.Float: "float8",
    sa.LargeBinary: "bytea",
    sa.String: "text",
}


def scrub(engine: sa.Engine) -> bool:
    """Write the tables anew without what was deleted; False when a reader keeps one for too long.

    What the server's log and its backups hold is up to who runs the server; docs/postgresql.md says so.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{round(BUSY_TIMEOUT * 1000)}ms'")
        try:
            for table in metadata.tables:
                connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {table}")
        except StoreBusy:
            return False
        finally:
            connection.exec_driver_sql("SET lock_timeout = 0")
    return True


def integrity(engine: sa.Engine) -> list[str]:
    """What can be found wrong with the tables; [] when they are sound. Every page of them is read."""
    with engine.connect() as connection:
        invalid = connection.scalars(sa.text(_INVALID)).all()
        faults = [f"the index {name} is not valid: REINDEX INDEX {name}" for name in invalid]
        for table in metadata.sorted_tables:
            long = (each for each in table.columns if isinstance(each.type, sa.LargeBinary))
            read = [sa.func.count(sa.func.md5(each)) for each in long]  # what is stored beside its row is read, too
            found = connection.execute(sa.select(sa.func.count(), *read).select_from(table)).one()
            if len(set(found)) > 1:
                faults.append(f"{table.name}: of {found[0]:,} rows some have lost their content")
        for key in (each for table in metadata.sorted_tables for each in table.foreign_keys):
            faults += _orphans(connection, key)
    return faults


def size(engine: sa.Engine) -> int:
    """Bytes of all tables, with their indexes."""
    with engine.connect() as connection:
        each = (f"pg_total_relation_size('{table}')" for table in metadata.tables)
        return int(connection.scalar(sa.text(f"SELECT {' + '.join(each)}")) or 0)


def weaknesses(engine: sa.Engine) -> list[str]:
    """Settings of the server with which it does not keep what it acknowledged."""
    with engine.connect() as connection:
        lost = [name for name in ("fsync", "full_page_writes") if _setting(connection, name) == "off"]
    return [f"the server runs with {name} = off: it may lose, or damage, what it acknowledged" for name in lost]


def _setting(connection: sa.Connection, name: str) -> str:
    return str(connection.scalar(sa.select(sa.func.current_setting(name))))


_INVALID = """
    SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace
"""


def _orphans(connection: sa.Connection, key: sa.ForeignKey) -> list[str]:
    column, there = key.parent, key.column.table.alias()
    held = sa.exists().where(there.c[key.column.name] == column)
    lost = sa.select(sa.func.count()).select_from(column.table).where(column.is_not(None), ~held)
    count = connection.scalar(lost)
    return [f"{column.table.name}: {count:,} rows point at missing rows of {key.column.table.name}"] if count else []


def await_migrations(connection: sa.Connection) -> None:
    """Keeps others from bringing the same store up at once, until the transaction ends."""
    connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_MIGRATING}, hashtext(current_schema()))"))
