"""Under which rules and limits a document was too costly to parse"""

import sqlalchemy as sa
from alembic import op

from backfile.store.columns import words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store of the version before up to this one."""
    op.add_column("documents", sa.Column("tried", words(16)))
    costly = sa.text("tried IS NOT NULL")  # a few rows of many, looked for in each run
    op.create_index(op.f("ix_documents_tried"), "documents", ["tried"], sqlite_where=costly, postgresql_where=costly)
