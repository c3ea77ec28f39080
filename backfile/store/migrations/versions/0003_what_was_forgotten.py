"""What was forgotten for good, and must not come in again"""

import sqlalchemy as sa
from alembic import op

from backfile.store.columns import words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store of the version before up to this one."""
    op.create_table(
        "forgotten",
        sa.Column("mark", words(64), nullable=False),
        sa.Column("since", words(32), nullable=False),
        sa.Column("purged", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_forgotten")),
    )
