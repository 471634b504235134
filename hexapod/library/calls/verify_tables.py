"""What stands beside the chain and no fingerprint covers: the list of cases, its dates, tables and triggers.

The list leads people to cases, and the triggers keep records from being changed; both can be made anew from what is
certain, and are compared with that.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, create_engine, inspect, select, text
from sqlalchemy.pool import StaticPool

from hexapod.library.calls.audit_verify import Fault
from hexapod.library.calls.case_index import by_the_records
from hexapod.library.storage.database import SQLITE, is_sqlite
from hexapod.library.storage.schema import bring_up_to_date
from hexapod.library.storage.tables import Base, Case, CaseEvent, Listed, ListedDate
from hexapod.library.storage.transactions import Reading

REBUILD = "run `python -m hexapod library rebuild-list`"


def faults_beside(tx: Reading, *, whole: bool) -> tuple[Fault, ...]:
    """Everything wrong with list, dates, tables and triggers; only `whole` records can be compared with a list."""
    lists = _list_faults(tx) if whole else ()
    return tuple(Fault(None, told) for told in (*lists, *_schema_faults(tx.connection)))


def _list_faults(tx: Reading) -> Iterator[str]:
    erased = select(CaseEvent.case_key).where(CaseEvent.kind == "erased")
    made = dict(tx.connection.execute(select(Case.case_key, Case.done_by).where(Case.case_key.not_in(erased))).all())
    listed = {one["case_key"]: dict(one) for one in tx.connection.execute(select(Listed.__table__)).mappings()}
    dates: dict[str, dict[str, set[str]]] = {}
    for case, kind, day in tx.connection.execute(select(ListedDate.case_key, ListedDate.kind, ListedDate.day)):
        dates.setdefault(case, {}).setdefault(kind, set()).add(day)
    for case, by in made.items():
        row, days = by_the_records(tx, case, by)
        other = [name for name, value in row.items() if listed.get(case, {}).get(name) != value]
        if case not in listed:
            yield f"the list: case {case} is missing; {REBUILD}"
        elif other:
            yield f"the list: {', '.join(other)} of case {case} is not what the records have; {REBUILD}"
        due = {kind: found for kind, found in days.items() if found}
        if dates.pop(case, {}) != due:
            yield f"the list: the dates of case {case} are not those of the records; {REBUILD}"
    for case in sorted(listed.keys() - made.keys() | dates.keys()):
        yield f"the list: it has a case {case} that is not in the records; {REBUILD}"


def _schema_faults(connection: Connection) -> Iterator[str]:
    """Tables and triggers beside those of a library made this very moment in memory."""
    memory = create_engine(f"{SQLITE}://", poolclass=StaticPool)
    try:
        bring_up_to_date(memory, lambda: "")
        with memory.connect() as fresh:
            right = _sqlite_schema(fresh)
            yield from (
                _sqlite_faults(connection, right) if is_sqlite(connection) else _postgresql_faults(connection, right)
            )
    finally:
        memory.dispose()


def _sqlite_schema(connection: Connection) -> dict[tuple[str, str], str]:
    """What makes every table, index and trigger, by kind and name."""
    question = text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(row.type, row.name): " ".join(row.sql.split()) for row in connection.execute(question)}


def _sqlite_faults(connection: Connection, right: dict[tuple[str, str], str]) -> Iterator[str]:
    found = _sqlite_schema(connection)
    for kind, name in sorted(right.keys() | found.keys()):
        if (kind, name) not in found:
            yield f"the {kind} {name} was removed: records can be altered unseen; restore the last backup"
        elif (kind, name) not in right:
            yield f"there is a {kind} {name} that this program has not made"
        elif found[kind, name] != right[kind, name]:
            yield f"the {kind} {name} was altered; restore the last backup"


def _postgresql_faults(connection: Connection, right: dict[tuple[str, str], str]) -> Iterator[str]:
    """The same triggers there, but that rows are never replaced unseen and tables can be emptied at once."""
    # Needed only here, and slow to import.
    from hexapod.library.storage.migrations.append_only import _FUNCTIONS

    names = {name for kind, name in right if kind == "trigger" and not name.endswith("_not_replaced")}
    names |= {name.removesuffix("_unchanged") + "_kept_whole" for name in names if name.endswith("_unchanged")}
    question = text("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal")
    found = {row.tgname: row.tgenabled for row in connection.execute(question)}
    for name in sorted(names | found.keys()):
        if name not in found:
            yield f"the trigger {name} was removed: records can be altered unseen; restore the last backup"
        elif name not in names:
            yield f"there is a trigger {name} that this program has not made"
        elif found[name] not in ("O", b"O", "A", b"A"):
            yield f"the trigger {name} is switched off: records can be altered unseen"
    functions = connection.execute(text("SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'hexapod%'"))
    bodies = {row.proname: row.prosrc for row in functions}
    for function, body in _FUNCTIONS.items():
        if body not in bodies.get(function, ""):
            yield f"the function {function} was altered: records can be altered unseen"
    tables = inspect(connection)
    for table in Base.metadata.sorted_tables:
        wanted, there = set(table.columns.keys()), {column["name"] for column in tables.get_columns(table.name)}
        if wanted != there:
            yield f"the table {table.name} has other columns: {', '.join(sorted(wanted ^ there))}"
