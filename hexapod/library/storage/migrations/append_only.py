"""Triggers that refuse every change to a record, in both databases.  The steps call them with literal names."""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

REFUSED = "records of the library are never changed or removed"
ERASED = "this case was erased: nothing can be added to it"
NOT_ERASED = "contents are removed only with the erasure of their case"
NOT_REMOVED = "pixels are removed only with a record of it, or with the erasure of their case"

_ERASURE = "EXISTS (SELECT 1 FROM case_events WHERE case_key = {row}.case_key AND kind = 'erased')"
_OLD_ERASED, _NEW_ERASED = _ERASURE.format(row="OLD"), _ERASURE.format(row="NEW")

_LAST_OF_RADIOGRAPH = (
    "(SELECT kind FROM radiographs WHERE case_key = OLD.case_key AND pixels_sha256 = OLD.pixels_sha256 "
    "ORDER BY entry DESC LIMIT 1)"
)
_KEPT = f"(COALESCE({_LAST_OF_RADIOGRAPH}, '') = 'kept' AND NOT {_OLD_ERASED})"

# Every function is made once; the triggers of PostgreSQL call them.
FUNCTIONS = {
    "hexapod_refuse": f"RAISE EXCEPTION '{REFUSED}';",
    "hexapod_refuse_unless_erased": f"IF NOT {_OLD_ERASED} THEN RAISE EXCEPTION '{NOT_ERASED}'; END IF; RETURN OLD;",
    "hexapod_refuse_while_radiograph_kept": f"IF {_KEPT} THEN RAISE EXCEPTION '{NOT_REMOVED}'; END IF; RETURN OLD;",
    "hexapod_refuse_after_erasure": f"IF {_NEW_ERASED} THEN RAISE EXCEPTION '{ERASED}'; END IF; RETURN NEW;",
}

# The triggers of PostgreSQL by the end of their names: when, for each what, and which function.
TRIGGERS = {
    "unchanged": ("BEFORE UPDATE", "ROW", "hexapod_refuse"),
    "kept_whole": ("BEFORE TRUNCATE", "STATEMENT", "hexapod_refuse"),
    "kept": ("BEFORE DELETE", "ROW", "hexapod_refuse"),
    "kept_until_erased": ("BEFORE DELETE", "ROW", "hexapod_refuse_unless_erased"),
    "kept_until_removed": ("BEFORE DELETE", "ROW", "hexapod_refuse_while_radiograph_kept"),
    "closed": ("BEFORE INSERT", "ROW", "hexapod_refuse_after_erasure"),
}


def function_body(name: str) -> str:
    """The body of a function of PostgreSQL, as the database keeps it."""
    return f" BEGIN {FUNCTIONS[name]} END "


def trigger_definition(table: str, name: str) -> str:
    """What makes a trigger of PostgreSQL, in the words in which the database returns it."""
    when, each, function = TRIGGERS[name]
    return f"CREATE TRIGGER {table}_{name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"


def make_functions(*names: str) -> None:
    """The functions that triggers of PostgreSQL need; nothing in SQLite."""
    if _is_postgresql():
        for name in names:
            op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${function_body(name)}$$")


def never_changed(table: str) -> None:
    """No row of the table is ever updated, nor all of them removed at once."""
    if _is_postgresql():
        op.execute(trigger_definition(table, "unchanged"))
        op.execute(trigger_definition(table, "kept_whole"))
    else:
        _abort(table, "unchanged", "BEFORE UPDATE", "1", REFUSED)


def never_removed(table: str, *keys: Sequence[str]) -> None:
    """No row of the table is ever deleted or replaced."""
    if _is_postgresql():
        op.execute(trigger_definition(table, "kept"))
    else:
        _abort(table, "kept", "BEFORE DELETE", "1", REFUSED)
    never_replaced(table, *keys)


def never_replaced(table: str, *keys: Sequence[str]) -> None:
    """No row takes the place of one with the same key: SQLite's INSERT OR REPLACE removes that one unseen."""
    if not _is_postgresql():
        same = " OR ".join("(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in keys)
        _abort(table, "not_replaced", "BEFORE INSERT", f"EXISTS (SELECT 1 FROM {table} WHERE {same})", REFUSED)


def removed_only_with_erasure(table: str) -> None:
    """Rows of a table may go once the erasure of their case is recorded."""
    if _is_postgresql():
        op.execute(trigger_definition(table, "kept_until_erased"))
    else:
        _abort(table, "kept_until_erased", "BEFORE DELETE", f"NOT {_OLD_ERASED}", NOT_ERASED)


def removed_only_when_recorded(table: str) -> None:
    """Pixels of a radiograph may go once their removal, or the erasure of their case, is recorded."""
    if _is_postgresql():
        op.execute(trigger_definition(table, "kept_until_removed"))
    else:
        _abort(table, "kept_until_removed", "BEFORE DELETE", _KEPT, NOT_REMOVED)


def closed_by_erasure(table: str) -> None:
    """Nothing is added to an erased case: its contents go with the erasure, or never."""
    if _is_postgresql():
        op.execute(trigger_definition(table, "closed"))
    else:
        _abort(table, "closed", "BEFORE INSERT", _NEW_ERASED, ERASED)


def _abort(table: str, name: str, when: str, condition: str, message: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{name} {when} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
