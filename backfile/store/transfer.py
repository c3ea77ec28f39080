"""Everything in one store, written into another one that has nothing yet, in whatever database either is."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from backfile.database import Database
from backfile.errors import ArchiveError, WrongUse
from backfile.store import migrate, postgresql, sqlite
from backfile.store.connected import ROWS, Connected, insert
from backfile.store.tables import briefs, deliveries, metadata, settled, shards, units, writers

# What is said of a store as it lies there, and would be wrong of another one.
_LEFT = {each.name for each in (briefs, deliveries, settled, shards, units, writers)}
TABLES = [each for each in metadata.sorted_tables if each.name not in _LEFT]  # what others point at first

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied of one table: how many rows, and the sum of all their digests, whatever order they come in."""

    rows: int
    digest: int


def row_count(store: Connected) -> int:
    """How many rows a transfer has to copy."""
    with store.engine.connect() as connection:
        return sum(connection.scalar(sa.select(sa.func.count()).select_from(each)) or 0 for each in TABLES)


def refuse_filled(place: Path | Database) -> None:
    """Raises WrongUse unless there is no store yet, nor anything else that would be in its way."""
    if isinstance(place, Path):
        if place.exists():
            raise WrongUse(f"{place} is there already: move it away, or remove it")
        return
    engine = postgresql.engine_for(place)
    try:
        with engine.connect() as connection:
            names = sa.inspect(connection).get_table_names()
    finally:
        engine.dispose()
    if names:
        raise WrongUse(f"{place} is not empty (it has a table {names[0]}): name an empty database, or an empty schema")


def transfer(source: Connected, target: Path | Database, progress: Progress = lambda _: None) -> dict[str, Moved]:
    """Make a store with all that stands in another one, in one transaction; what was copied of each table.

    Before it ends each table is read again where it came to, and compared.

    Raises:
        ArchiveError: what was written is not what was read; nothing is left of it.
    """
    engine = postgresql.engine_for(target) if isinstance(target, Database) else sqlite.engine_for(target)
    try:
        with _reading(source.engine) as here, engine.connect() as there, migrate.making(there):
            moved = {each.name: _copied(here, there, each, progress) for each in TABLES}
            for table in TABLES:
                wrote, read = moved[table.name], summed(_batches(there, table))
                if read != wrote:
                    raise ArchiveError(f"{table.name}: {wrote.rows:,} rows were written, and others are read")
        return moved
    finally:
        engine.dispose()


@contextmanager
def _reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One moment of a store, whoever writes meanwhile."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield connection


def _copied(here: sa.Connection, there: sa.Connection, table: sa.Table, progress: Progress) -> Moved:
    def written() -> Iterator[list[tuple[object, ...]]]:
        for batch in _batches(here, table):
            insert(there, table, batch)
            progress(len(batch))
            yield batch

    return summed(written())


def _batches(connection: sa.Connection, table: sa.Table) -> Iterator[list[tuple[object, ...]]]:
    """All rows of a table, some hundreds in memory at a time."""
    with connection.execution_options(yield_per=ROWS).execute(sa.select(table)) as found:
        for rows in found.partitions():
            yield [tuple(_plain(each) for each in row) for row in rows]


def _plain(value: object) -> object:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value  # as PostgreSQL would keep it


def summed(batches: Iterable[list[tuple[object, ...]]]) -> Moved:
    """How many rows, and their digests' sum."""
    count = total = 0
    for batch in batches:
        count += len(batch)
        total += sum(map(_digest, batch))
    return Moved(count, total % (1 << 128))


def _digest(row: tuple[object, ...]) -> int:
    said = hashlib.blake2b(digest_size=16)
    for value in row:
        data = value if isinstance(value, bytes) else repr(value).encode()
        said.update(f"{type(value).__name__} {len(data)}\n".encode())
        said.update(data)
    return int.from_bytes(said.digest())
