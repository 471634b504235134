"""Rings measured in the clinic: its own catalogue, version by version.  Spelled out here, as the first tables are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hexapod.library.storage.migrations import append_only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table with its triggers."""
    op.create_table(
        "measured_rings",
        sa.Column("entry", NUMBER, sa.ForeignKey("audit.sequence"), primary_key=True, autoincrement=False),
        sa.Column("done_at", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("sealed_sha256", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.UniqueConstraint("name", "number"),
        sqlite_strict=True,
    )
    append_only.never_changed("measured_rings")
    append_only.never_removed("measured_rings", ["entry"], ["name", "number"])
