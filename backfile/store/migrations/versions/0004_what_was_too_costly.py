"""Under which rules and limits a document was too costly to parse"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store of the version before up to this one."""
    op.add_column("documents", sa.Column("tried", sa.String(length=16)))
