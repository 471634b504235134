"""The tables of a library: made or updated when it is opened; a database with other tables is refused."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from hexapod.about import SOFTWARE
from hexapod.library.errors import LibraryRefused
from hexapod.library.storage.database import BEGIN_OPTION, LOCK_WAIT_S, is_sqlite, outside_transactions, why_not_opened

MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE = "hexapod_schema"
# SQLite's mark of the program that a file belongs to: "hxpd".
APPLICATION_ID = 0x68787064
# One number of PostgreSQL for all writers of a library: the eight bytes of "hexapod1".
WRITER_LOCK = int.from_bytes(b"hexapod1", "big")
# Between two tries to switch a new file to its journal (s); SQLite does not wait by itself there.
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


def _migrate(connection: Connection, clock: Callable[[], str], migrations: Path) -> None:
    # Needed only here, and slow to import.
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
