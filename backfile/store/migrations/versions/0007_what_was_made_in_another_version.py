"""By which version texts were signed, lines counted and articles described; each run looks for others"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store of the version before up to this one."""
    for table in ("texts", "traces", "subjects"):
        op.create_index(op.f(f"ix_{table}_version"), table, ["version"])
