"""Who holds the lock of a store that several machines can reach"""

import sqlalchemy as sa
from alembic import op

from backfile.store.columns import words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BYTES = (
    ("articles", "record", True),
    ("extractions", "payload", True),
    ("subjects", "terms", False),
    ("texts", "numbers", False),
    ("texts", "shingles", False),
    ("traces", "sketch", False),
)


def upgrade() -> None:
    """Bring a store of the version before up to this one."""
    op.create_table(
        "writers",
        sa.Column("token", words(32), nullable=False),
        sa.Column("backend", sa.Integer(), nullable=False),
        sa.Column("who", words(200), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_writers")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, column, is_packed in _BYTES:
            # Nobody looks for a row by them; and a sample of them in the server's statistics would outlive `forget`.
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
            if is_packed:  # by zlib: to pack it again would take time and no less room
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")
