"""How far an input that grows was read, and when its bytes were last looked at"""

import sqlalchemy as sa
from alembic import op

from backfile.store.columns import words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store of the version before up to this one."""
    with op.batch_alter_table("inputs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("checked", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("mark", words(), nullable=True))
