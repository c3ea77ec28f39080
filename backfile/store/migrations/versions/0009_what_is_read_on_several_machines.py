"""What is read on several machines: units of work, who has which, and what they gave; the terms of a run."""

import sqlalchemy as sa
from alembic import op

from backfile.store.columns import words

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store of the version before up to this one."""
    op.add_column("runs", sa.Column("terms", words(), nullable=True))
    op.create_table(
        "briefs",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", words(64), nullable=False),
        sa.Column("rules", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_briefs_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "source", name=op.f("pk_briefs")),
    )
    op.create_table(
        "units",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", words(64), nullable=False),
        sa.Column("parts", words(), nullable=False),
        sa.Column("shard", words(128), nullable=True),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_units_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "number", name=op.f("pk_units")),
    )
    op.create_table(
        "deliveries",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run", "unit"],
            ["units.run", "units.number"],
            name=op.f("fk_deliveries_run_unit"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run", "unit", "number", name=op.f("pk_deliveries")),
    )
    op.create_table(
        "shards",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", words(128), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_shards_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "name", name=op.f("pk_shards")),
    )
