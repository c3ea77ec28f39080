"""The schema's version: a store is brought up to this program's, never opened when it is newer."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from backfile.errors import ArchiveError, ArchiveNewer
from backfile.store import postgresql

HEAD = "0009"  # the newest file in migrations/versions; a test compares


def version(connection: sa.Connection) -> str | None:
    """The schema version that stands in the store, None in an empty one.

    Raises:
        ArchiveError: it is not empty, and no store.
    """
    seen = sa.inspect(connection)
    if not seen.has_table("alembic_version"):
        if connection.dialect.name == "postgresql" and (names := seen.get_table_names()):
            raise ArchiveError(
                f"the database holds tables of something else ({names[0]}): name an empty one, or a schema"
            )
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if found is not None and not found.isdecimal():
        raise ArchiveError("the database is that of another program: name an empty one, or a schema of its own")
    return found


def is_empty(engine: sa.Engine) -> bool:
    """Whether nothing was ever stored there."""
    with engine.connect() as connection:
        return version(connection) is None


def bring_up(engine: sa.Engine) -> None:
    """Run the migrations that the store has not seen.

    Raises:
        ArchiveNewer: the store was made by a newer backfile.
    """
    with engine.connect() as connection:
        found = version(connection)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise ArchiveNewer(f"the store has schema {found}, this backfile knows {HEAD} and older: update backfile")

    with engine.connect() as connection, making(connection):
        pass


@contextmanager
def making(connection: sa.Connection) -> Iterator[None]:
    """A transaction in which the schema is brought up, and what else is done within."""
    from alembic import command  # noqa: PLC0415  # only a new or an old store pays for the import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "backfile.store:migrations")
    with connection.begin():
        if connection.dialect.name == "sqlite":  # its driver would commit each table by itself
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            postgresql.await_migrations(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        yield
