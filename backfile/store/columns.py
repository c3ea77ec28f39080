"""Types of columns that mean the same in every database."""

import sqlalchemy as sa


def words(length: int | None = None) -> sa.types.TypeEngine[str]:
    """Text that is sorted by code points everywhere, whatever the language of a server is.

    `length` says how long the longest ones are that we write. SQLite keeps it as a note; PostgreSQL would refuse a
    longer one, where it is better kept, and gains nothing by it.
    """
    kind: sa.types.TypeEngine[str] = sa.Text() if length is None else sa.String(length)
    return kind.with_variant(sa.Text(collation="C"), "postgresql")
