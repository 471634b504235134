"""Outcomes of treatments.  Spelled out here, as the first tables are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hexapod.library.storage.migrations import append_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table with its triggers."""
    op.create_table(
        "outcomes",
        sa.Column("entry", NUMBER, sa.ForeignKey("audit.sequence"), primary_key=True, autoincrement=False),
        sa.Column("done_at", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("sealed_sha256", sa.Text(), nullable=True),
        sa.Column("case_key", sa.Text(), sa.ForeignKey("cases.case_key"), nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.UniqueConstraint("case_key", "number"),
        sqlite_strict=True,
    )
    op.create_index("ix_outcomes_case_key", "outcomes", ["case_key"])
    append_only.closed_by_erasure("outcomes")
    append_only.never_changed("outcomes")
    append_only.never_removed("outcomes", ["entry"], ["case_key", "number"])
