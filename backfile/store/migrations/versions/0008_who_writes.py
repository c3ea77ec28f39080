"""Who holds the lock of a store that several machines can reach"""

import sqlalchemy as sa
from alembic import op

from backfile.store.columns import words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store of the version before up to this one."""
    op.create_table(
        "writers",
        sa.Column("token", words(32), nullable=False),
        sa.Column("backend", sa.Integer(), nullable=False),
        sa.Column("who", words(200), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_writers")),
    )
