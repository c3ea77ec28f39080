"""What a run that found nothing left to do was made with"""

import sqlalchemy as sa
from alembic import op

from backfile.store.columns import words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store of the version before up to this one."""
    op.create_table(
        "settled",
        sa.Column("token", words(64), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_settled")),
    )
