"""Pixels of radiographs, and what happened to them.  Spelled out here, as the first tables are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hexapod.library.storage.migrations import append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make both tables with their triggers."""
    append_only.make_functions("hexapod_refuse_while_radiograph_kept")
    op.create_table(
        "radiographs",
        sa.Column("entry", NUMBER, sa.ForeignKey("audit.sequence"), primary_key=True, autoincrement=False),
        sa.Column("done_at", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("sealed_sha256", sa.Text(), nullable=True),
        sa.Column("case_key", sa.Text(), sa.ForeignKey("cases.case_key"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pixels_sha256", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sqlite_strict=True,
    )
    op.create_index("ix_radiographs_case_key", "radiographs", ["case_key"])
    append_only.closed_by_erasure("radiographs")
    append_only.never_changed("radiographs")
    append_only.never_removed("radiographs", ["entry"])
    op.create_table(
        "radiograph_pixels",
        sa.Column("case_key", sa.Text(), sa.ForeignKey("cases.case_key"), primary_key=True),
        sa.Column("pixels_sha256", sa.Text(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sqlite_strict=True,
    )
    append_only.closed_by_erasure("radiograph_pixels")
    append_only.never_changed("radiograph_pixels")
    append_only.removed_only_when_recorded("radiograph_pixels")
    append_only.never_replaced("radiograph_pixels", ["case_key", "pixels_sha256"])
