"""Check the library: every record and its contents against the chain, and what no hash covers against both.

The chain does not cover the list of cases, its dates, the tables and the triggers.  The list leads people to cases, and
the triggers keep records from being changed.  Both can be rebuilt from the records, and are compared with that.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Inspector, create_engine, inspect, select, text
from sqlalchemy.pool import StaticPool

from hexapod.library.calls.case_index import by_the_records
from hexapod.library.errors import Unreadable
from hexapod.library.storage import audit_chain
from hexapod.library.storage.contents import seal_sha256, unpacked
from hexapod.library.storage.database import SQLITE, is_sqlite
from hexapod.library.storage.schema import bring_up_to_date
from hexapod.library.storage.tables import (
    RECORDS,
    AuditRow,
    CaseDateRow,
    CaseEventRow,
    CaseListRow,
    CaseRow,
    ContentRow,
)
from hexapod.library.storage.transactions import ReadTransaction

# Rows fetched at a time, so that a library of any size is checked in little memory.
STREAMED = {"yield_per": 500}
AUDIT, CONTENTS = "audit", "contents"
REBUILD = "run `python -m hexapod library rebuild-list`"


@dataclass(frozen=True)
class Fault:
    """One fault, at the number of an entry; without a number it is in the list of cases, the tables or the triggers."""

    sequence: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.sequence is None else f"entry {self.sequence}: {self.what}"


@dataclass(frozen=True)
class Verification:
    """The result of a check: the number of entries, the head, and every fault."""

    entries: int
    head: str
    faults: tuple[Fault, ...]


def verify(tx: ReadTransaction, printed: Sequence[str] = ()) -> Verification:
    """Check all records against the chain; `printed` are heads on signed documents, which must be in this chain."""
    heads = dict(map(audit_chain.read_head, printed))
    erased = set(tx.connection.execute(select(CaseEventRow.case_key).where(CaseEventRow.kind == "erased")).scalars())
    faults: list[Fault] = []
    last: audit_chain.AuditEntry | None = None
    count = 0
    for sequence, rows in everything(tx):
        say = _speaker(faults, sequence)
        entry = next((audit_chain.AuditEntry(**row) for table, row in rows if table == AUDIT), None)
        if entry is None:
            say(f"has no entry in the audit trail, but a row in {' and '.join(table for table, _ in rows)}")
            continue
        _check_link(entry, last, say)
        _check_record(entry, [one for one in rows if one[0] != AUDIT], erased, say)
        if sequence in heads and not entry.sha256.startswith(heads.pop(sequence)):
            say(f"is not the printed one: this chain has {entry.head} there")
        last, count = entry, count + 1
    faults += [
        Fault(sequence, f"was printed as {sequence}-{digits}, and is missing") for sequence, digits in heads.items()
    ]
    return Verification(count, last.head if last else "", tuple(faults))


def _speaker(faults: list[Fault], sequence: int) -> Callable[[str], None]:
    return lambda what: faults.append(Fault(sequence, what))


def _check_link(entry: audit_chain.AuditEntry, last: audit_chain.AuditEntry | None, say: Callable[[str], None]) -> None:
    expected = last.sequence + 1 if last else 1
    if entry.sequence != expected:
        missing = f"{expected}" if entry.sequence == expected + 1 else f"{expected} to {entry.sequence - 1}"
        say(f"follows a gap: entry {missing} was removed")
    elif entry.previous_sha256 != (last.sha256 if last else audit_chain.NOTHING_BEFORE):
        say("does not continue the entry before it: one of the two was replaced or moved")
    if audit_chain.entry_sha256(entry) != entry.sha256:
        say("was altered: its hash does not match its contents")


def _check_record(
    entry: audit_chain.AuditEntry, rows: list[tuple[str, dict[str, Any]]], erased: set[str], say: Callable[[str], None]
) -> None:
    records = [(table, row) for table, row in rows if table != CONTENTS]
    contents = [row for table, row in rows if table == CONTENTS]
    if len(records) != 1:
        told = "its record was removed" if not records else f"has {len(records)} records instead of one"
        say(f"{entry.action} of {entry.subject}: {told}")
        return
    table, row = records[0]
    if audit_chain.payload_sha256(table, row) != entry.payload_sha256:
        say(f"{entry.action} of {entry.subject}: its record in {table} was altered")
        return
    case = row.get("case_key")
    if row["sealed_sha256"] is None:
        if contents:
            say(f"{entry.action} of {entry.subject}: contents were added to its record in {table}")
    elif not contents:
        if case not in erased:
            say(f"{entry.action} of {entry.subject}: its contents were removed, and no erasure is recorded")
    elif case in erased:
        say(f"{entry.action} of {entry.subject}: the case was erased, but its contents are still there")
    elif contents[0]["case_key"] != case or _seal(contents[0]) != row["sealed_sha256"]:
        say(f"{entry.action} of {entry.subject}: its contents were altered")


def _seal(row: dict[str, Any]) -> str:
    try:
        return seal_sha256(unpacked(row["coding"], row["body"]), row["salt"])
    except Unreadable:
        return "damaged"


def everything(tx: ReadTransaction) -> Iterator[tuple[int, list[tuple[str, dict[str, Any]]]]]:
    """The rows of every entry number, by table, holding only a few rows in memory."""

    def rows(table: str, model: Any, key: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
        question = select(model.__table__).order_by(getattr(model, key))
        for row in tx.connection.execute(question, execution_options=STREAMED).mappings():
            yield row[key], table, dict(row)

    streams = [rows(AUDIT, AuditRow, "sequence"), rows(CONTENTS, ContentRow, "entry")]
    streams += [rows(table, model, "entry") for table, model in RECORDS.items()]
    for sequence, found in groupby(heapq.merge(*streams, key=itemgetter(0)), key=itemgetter(0)):
        yield sequence, [(table, row) for _, table, row in found]


def faults_beside(tx: ReadTransaction, *, whole: bool) -> tuple[Fault, ...]:
    """Every fault of list, dates, tables and triggers; the list is compared only with `whole` records."""
    lists = _list_faults(tx) if whole else ()
    return tuple(Fault(None, told) for told in (*lists, *_schema_faults(tx.connection)))


def _list_faults(tx: ReadTransaction) -> Iterator[str]:
    erased = select(CaseEventRow.case_key).where(CaseEventRow.kind == "erased")
    made = dict(
        tx.connection.execute(select(CaseRow.case_key, CaseRow.done_by).where(CaseRow.case_key.not_in(erased))).all()
    )
    listed = {one["case_key"]: dict(one) for one in tx.connection.execute(select(CaseListRow.__table__)).mappings()}
    dates: dict[str, dict[str, set[str]]] = {}
    for case, kind, day in tx.connection.execute(select(CaseDateRow.case_key, CaseDateRow.kind, CaseDateRow.day)):
        dates.setdefault(case, {}).setdefault(kind, set()).add(day)
    for case, by in made.items():
        row, days = by_the_records(tx, case, by)
        other = [name for name, value in row.items() if listed.get(case, {}).get(name) != value]
        if case not in listed:
            yield f"the list: case {case} is missing; {REBUILD}"
        elif other:
            yield f"the list: {', '.join(other)} of case {case} is not as in the records; {REBUILD}"
        due = {kind: found for kind, found in days.items() if found}
        if dates.pop(case, {}) != due:
            yield f"the list: the dates of case {case} are not those of the records; {REBUILD}"
    for case in sorted(listed.keys() - made.keys() | dates.keys()):
        yield f"the list: it has a case {case} that is not in the records; {REBUILD}"


def _schema_faults(connection: Connection) -> Iterator[str]:
    """Tables and triggers that differ from those of a new library, made in memory for the comparison."""
    memory = create_engine(f"{SQLITE}://", poolclass=StaticPool)
    try:
        bring_up_to_date(memory, lambda: "")
        with memory.connect() as fresh:
            yield from (
                _sqlite_faults(connection, _sqlite_schema(fresh))
                if is_sqlite(connection)
                else _postgresql_faults(connection, fresh)
            )
    finally:
        memory.dispose()


def _sqlite_schema(connection: Connection) -> dict[tuple[str, str], str]:
    """The SQL of every table, index and trigger, by kind and name."""
    question = text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(row.type, row.name): " ".join(row.sql.split()) for row in connection.execute(question)}


def _sqlite_faults(connection: Connection, right: dict[tuple[str, str], str]) -> Iterator[str]:
    found = _sqlite_schema(connection)
    for kind, name in sorted(right.keys() | found.keys()):
        if (kind, name) not in found:
            yield f"the {kind} {name} was removed: records can be altered unseen; restore the last backup"
        elif (kind, name) not in right:
            yield f"there is a {kind} {name} that this program did not make"
        elif found[kind, name] != right[kind, name]:
            yield f"the {kind} {name} was altered; restore the last backup"


def _postgresql_faults(connection: Connection, fresh: Connection) -> Iterator[str]:
    """As for SQLite: everything that guards the records, word for word, and nothing between a statement and a table."""
    triggers = {
        name for kind, name in _sqlite_schema(fresh) if kind == "trigger" and not name.endswith("_not_replaced")
    }
    yield from _trigger_faults(connection, triggers)
    yield from _table_faults(inspect(connection), inspect(fresh))
    for table, rule in connection.execute(text("SELECT tablename, rulename FROM pg_rules WHERE " + _OURS)):
        yield f"there is a rule {rule} on {table} that this program did not make: records can be lost unseen"
    hidden = "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace"
    for table in connection.execute(text(hidden)).scalars():
        yield f"rows of the table {table} can be hidden: row-level security is switched on"
    if connection.execute(text("SHOW session_replication_role")).scalar() != "origin":
        yield "the triggers are switched off for this user or database: records can be altered unseen"


_OURS = "schemaname = current_schema()"
_TRIGGERS = """
    SELECT relname, tgname, tgenabled, pg_get_triggerdef(pg_trigger.oid, true) AS definition,
           proname, prosrc, lanname, proconfig
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    JOIN pg_language ON pg_language.oid = prolang
    WHERE NOT tgisinternal ORDER BY relname, tgname
"""


def _trigger_faults(connection: Connection, names: set[str]) -> Iterator[str]:
    """Triggers by their whole definition, and the functions that they call by their whole bodies."""
    # Needed only here, and slow to import.
    from hexapod.library.storage.migrations.append_only import FUNCTIONS, TRIGGERS, function_body, trigger_definition

    wanted = {}
    for name in names | {f"{one.removesuffix('_unchanged')}_kept_whole" for one in names if one.endswith("_unchanged")}:
        kind = next(kind for kind in TRIGGERS if name.endswith(f"_{kind}"))
        table = name.removesuffix(f"_{kind}")
        wanted[table, name] = trigger_definition(table, kind)
    found = {(row.relname, row.tgname): row for row in connection.execute(text(_TRIGGERS))}
    for table, name in sorted(wanted.keys() | found.keys()):
        row = found.get((table, name))
        if row is None:
            yield f"the trigger {name} was removed: records can be altered unseen; restore the last backup"
        elif (table, name) not in wanted:
            yield f"there is a trigger {name} on {table} that this program did not make"
        elif row.definition != wanted[table, name]:
            yield f"the trigger {name} was altered: records can be altered unseen; restore the last backup"
        elif row.tgenabled not in ("O", b"O", "A", b"A"):
            yield f"the trigger {name} is switched off: records can be altered unseen"
    called = {(row.proname, row.prosrc, row.lanname, tuple(row.proconfig or ())) for row in found.values()}
    right = {(name, function_body(name), "plpgsql", ()) for name in FUNCTIONS}
    for name in sorted({name for name, *_ in called - right}):
        yield f"the function {name} was altered: records can be altered unseen; restore the last backup"


def _table_faults(there: Inspector, right: Inspector) -> Iterator[str]:
    """Columns, keys, unique columns and references that differ from a new library."""
    made = set(there.get_table_names())
    for table in sorted(right.get_table_names()):
        if table not in made:
            yield f"the table {table} was removed or is not a table; restore the last backup"
            continue
        columns, wanted = ({one["name"]: one["nullable"] for one in of.get_columns(table)} for of in (there, right))
        if columns.keys() != wanted.keys():
            yield f"the table {table} has other columns: {', '.join(sorted(columns.keys() ^ wanted.keys()))}"
        elif columns != wanted or _keys(there, table) != _keys(right, table):
            yield f"the table {table} has lost or gained a rule on its contents; restore the last backup"


def _keys(of: Inspector, table: str) -> set[tuple[Any, ...]]:
    """Primary key, unique columns and foreign keys of a table."""
    foreign = of.get_foreign_keys(table)
    return {
        ("primary", *of.get_pk_constraint(table)["constrained_columns"]),
        *(("unique", *one["column_names"]) for one in of.get_unique_constraints(table)),
        *(("of", *one["constrained_columns"], one["referred_table"], *one["referred_columns"]) for one in foreign),
    }
