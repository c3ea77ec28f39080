"""Which lines of a document other rules take before what is learned of them could"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store of the version before up to this one."""
    # Of what is stored nobody knows it yet: it counts as touched until it is cleaned again.
    op.add_column("occurrences", sa.Column("hidden", sa.Boolean(), server_default="0", nullable=False))
