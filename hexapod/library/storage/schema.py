"""The tables of a library: created or migrated on opening, and compared with those of a new library."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Inspector, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from hexapod.about import SOFTWARE
from hexapod.library.errors import LibraryRefused
from hexapod.library.storage.database import (
    BEGIN_OPTION,
    LOCK_WAIT_S,
    SQLITE,
    is_sqlite,
    outside_transactions,
    why_not_opened,
)

MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE = "hexapod_schema"
# SQLite's mark of the program that a file belongs to: "hxpd".
APPLICATION_ID = 0x68787064
# One number of PostgreSQL for all writers of a library: the eight bytes of "hexapod1".
WRITER_LOCK = int.from_bytes(b"hexapod1", "big")
# Pause between two attempts to switch a new file to write-ahead logging (s); SQLite does not wait there by itself.
RETRY_S = 0.02


def bring_up_to_date(engine: Engine, clock: Callable[[], str], migrations: Path = MIGRATIONS) -> bool:
    """Make or migrate the tables in one transaction; of two programs that start together, one does it.

    True when there was no library yet and this call made it.

    Raises:
        LibraryRefused: the database is newer than this program, holds something else, or cannot be reached.
    """
    try:
        with engine.connect() as connection:
            if _current(connection, migrations):
                return False
        if engine.dialect.name == "sqlite":
            _write_ahead(engine)
        _load_alembic()
        with engine.connect().execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"}) as connection, connection.begin():
            lock_writers(connection)
            if _current(connection, migrations):
                return False
            made = not inspect(connection).get_table_names()
            _migrate(connection, clock, migrations)
            return made
    except DBAPIError as error:
        reason, advice = why_not_opened(error)
        raise LibraryRefused(f"The library cannot be opened: {reason}. {advice}") from error


def lock_writers(connection: Connection) -> None:
    """Allow one writer at a time: in PostgreSQL by a lock until the end of the transaction, in SQLite by itself."""
    if not is_sqlite(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})


def _current(connection: Connection, migrations: Path) -> bool:
    """Whether the tables are those of this program; False when they have to be made or migrated."""
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        if tables:
            names = ", ".join(sorted(tables)[:5])
            raise LibraryRefused(
                f"The database is not a library of cases: it has the tables {names}. Name an empty database, or the "
                f"right one, in HEXAPOD_DATABASE_URL."
            )
        return False
    revision = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    known = revisions(migrations)
    if revision not in known:
        software = connection.execute(
            text("SELECT software FROM schema_history ORDER BY at DESC, revision DESC")
        ).scalar()
        raise LibraryRefused(
            f"The library was updated by {software} (tables {revision}; {SOFTWARE} knows {known[-1]}). Nothing was "
            f"changed: install {software} or newer."
        )
    return bool(revision == known[-1])


def revisions(migrations: Path = MIGRATIONS) -> list[str]:
    """The migrations that this program knows, oldest first: the numbers in the file names."""
    return sorted(file.name[1:5] for file in (migrations / "versions").glob("m[0-9][0-9][0-9][0-9]_*.py"))


def _write_ahead(engine: Engine) -> None:
    """Switch to write-ahead logging, which lets others read during a write; the file keeps the setting."""
    end = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            return outside_transactions(engine, "PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise LibraryRefused("The library cannot be opened: another program is using it. Try again.") from None
            time.sleep(RETRY_S)


def _load_alembic() -> None:
    """Load what only migrations need, before the lock: on a busy computer that takes longer than others wait for it."""
    import alembic.config
    import alembic.runtime.environment
    import alembic.script  # noqa: F401


def _migrate(connection: Connection, clock: Callable[[], str], migrations: Path) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    steps = EnvironmentContext(config, script, fn=lambda revision, _: script._upgrade_revs("head", revision))
    with steps:
        steps.configure(connection=connection, version_table=VERSION_TABLE)
        steps.run_migrations()
    done = {row[0] for row in connection.execute(text("SELECT revision FROM schema_history"))}
    for revision in revisions(migrations):
        if revision not in done:
            connection.execute(
                text("INSERT INTO schema_history (revision, software, at) VALUES (:revision, :software, :at)"),
                {"revision": revision, "software": SOFTWARE, "at": clock()},
            )
    if is_sqlite(connection):
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")


def schema_faults(connection: Connection) -> Iterator[str]:
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
    """As for SQLite: everything that guards the records, word for word, and that nothing redirects statements."""
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
