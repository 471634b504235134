"""Links to the pages of plans at home, and what is sent from there.  Spelled out here, as the first tables are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hexapod.library.storage.migrations import append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make both tables with their triggers."""
    _table("home_links", sa.Column("kind", sa.Text(), nullable=False), sa.Column("link_sha256", sa.Text()))
    op.create_index("ix_home_links_case_key", "home_links", ["case_key"])
    op.create_index("ix_home_links_link_sha256", "home_links", ["link_sha256"])
    append_only.closed_by_erasure("home_links")
    append_only.never_changed("home_links")
    append_only.never_removed("home_links", ["entry"])
    once = sa.UniqueConstraint("case_key", "plan", "post_id")
    _table("home_posts", sa.Column("post_id", sa.Text(), nullable=False), once)
    op.create_index("ix_home_posts_case_key", "home_posts", ["case_key"])
    append_only.closed_by_erasure("home_posts")
    append_only.never_changed("home_posts")
    append_only.never_removed("home_posts", ["entry"], ["case_key", "plan", "post_id"])


def _table(name: str, *more: sa.Column[str] | sa.UniqueConstraint) -> None:
    op.create_table(
        name,
        sa.Column("entry", NUMBER, sa.ForeignKey("audit.sequence"), primary_key=True, autoincrement=False),
        sa.Column("done_at", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("sealed_sha256", sa.Text(), nullable=True),
        sa.Column("case_key", sa.Text(), sa.ForeignKey("cases.case_key"), nullable=False),
        sa.Column("plan", NUMBER, nullable=False),
        *more,
        sa.ForeignKeyConstraint(["case_key", "plan"], ["plans.case_key", "plans.number"]),
        sqlite_strict=True,
    )
