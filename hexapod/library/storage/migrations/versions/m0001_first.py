"""The first tables.  Spelled out here, not taken from the models: the models move on, this step does not."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from hexapod.library.storage.migrations import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Column = sa.Column[Any]
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table, index and trigger."""
    append_only.make_functions("hexapod_refuse", "hexapod_refuse_unless_erased", "hexapod_refuse_after_erasure")
    _table("schema_history", _text("revision", primary_key=True), _text("software"), _text("at"))
    _table(
        "audit",
        _number("sequence", primary_key=True, autoincrement=False),
        *(_text(name) for name in ("at", "actor", "action", "subject", "payload_sha256")),
        _text("previous_sha256", unique=True),
        _text("sha256", unique=True),
        indexes=["subject"],
    )
    _record("cases", _text("case_key", unique=True), unique=[["case_key"]])
    _table(
        "contents",
        _entry(),
        _of_case(nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        _text("coding"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        indexes=["case_key"],
    )
    _case_record("versions", _number("number"), _number("base", nullable=True), _text("case_sha256"), unique=["number"])
    _case_record("drafts", _number("revision"), unique=["revision"])
    _case_record(
        "plans",
        _number("number"),
        _number("version"),
        *(_text(name) for name in ("plan_sha256", "plan_file_sha256", "software", "verdict")),
        sa.ForeignKeyConstraint(["case_key", "version"], ["versions.case_key", "versions.number"]),
        unique=["number"],
    )
    _plan_record("document_lists")
    _plan_record("acknowledgements", _text("code"), _number("level"), unique=["plan", "code", "level"])
    _plan_record("sign_offs", _text("plan_sha256"), unique=["plan"])
    _plan_record("plan_events", _text("kind"), unique=["plan"])
    _plan_record("follow_ups", _number("number"), unique=["number"])
    _case_record("notes")
    _case_record("case_events", _text("kind"), _text("ground", nullable=True))
    _record("roles", _text("user_name"), _text("role"), _text("kind"), indexes=["user_name"])
    _record("library_events", _text("kind"), _of_case(nullable=True), indexes=["case_key"])
    _list_of_cases()
    for table in ("schema_history", "audit", "contents"):
        append_only.never_changed(table)
    append_only.never_removed("schema_history", ["revision"])
    append_only.never_removed("audit", ["sequence"], ["sha256"], ["previous_sha256"])
    append_only.removed_only_with_erasure("contents")
    append_only.never_replaced("contents", ["entry"])
    append_only.closed_by_erasure("contents")


def _list_of_cases() -> None:
    texts = ("case_id", "title", "side", "bone", "state", "surgeon", "words")
    _table(
        "case_list",
        _text("case_key", primary_key=True),
        *(_text(name) for name in texts),
        *(_number(name) for name in ("revision", "version", "plan", "draft_newer")),
        *(_text(name, nullable=True) for name in ("first_day", "last_day", "last_follow_up")),
        _text("changed_at"),
        _text("changed_by"),
        indexes=["case_id", "state", "changed_at"],
    )
    keys = [_text(name, primary_key=True) for name in ("case_key", "kind", "day")]
    _table("case_dates", *keys, indexes=["day"])


def _plan_record(name: str, *columns: Any, unique: list[str] | None = None) -> None:
    plan = sa.ForeignKeyConstraint(["case_key", "plan"], ["plans.case_key", "plans.number"])
    _case_record(name, _number("plan"), *columns, plan, unique=unique)


def _case_record(name: str, *columns: Any, unique: list[str] | None = None) -> None:
    keys = [["case_key", *unique]] if unique else []
    constraints = [sa.UniqueConstraint(*key) for key in keys]
    _record(name, _of_case(), *columns, *constraints, unique=keys, indexes=["case_key"])
    append_only.closed_by_erasure(name)


def _record(name: str, *columns: Any, unique: list[list[str]] | None = None, indexes: list[str] | None = None) -> None:
    seal = _text("sealed_sha256", nullable=True)
    _table(name, _entry(), _text("done_at"), _text("done_by"), seal, *columns, indexes=indexes)
    append_only.never_changed(name)
    append_only.never_removed(name, ["entry"], *(unique or []))


def _table(name: str, *columns: Any, indexes: list[str] | None = None) -> None:
    op.create_table(name, *columns, sqlite_strict=True)  # SQLite otherwise keeps any type in any column
    for column in indexes or []:
        op.create_index(f"ix_{name}_{column}", name, [column])


def _entry() -> Column:
    return _number("entry", sa.ForeignKey("audit.sequence"), primary_key=True, autoincrement=False)


def _of_case(*, nullable: bool = False) -> Column:
    return _text("case_key", sa.ForeignKey("cases.case_key"), nullable=nullable)


def _text(name: str, *constraints: Any, **options: Any) -> Column:
    return sa.Column(name, sa.Text(), *constraints, **({"nullable": False} | options))


def _number(name: str, *constraints: Any, **options: Any) -> Column:
    return sa.Column(name, NUMBER, *constraints, **({"nullable": False} | options))
