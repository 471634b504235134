"""The address of the library, connections whose commits are on the disk, and database errors in plain words."""

from __future__ import annotations

import os
import sqlite3
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree

from hexapod.library.errors import LibraryRefused

URL_VARIABLE = "HEXAPOD_DATABASE_URL"
FOLDER_VARIABLE = "HEXAPOD_DATA_DIR"
FILE_NAME = "library.sqlite3"
SQLITE, POSTGRESQL = "sqlite", "postgresql"

# How long a write waits for another one (s): every write of ours takes milliseconds, and a person notices five seconds.
LOCK_WAIT_S = 5.0
# Until a server that does not answer counts as lost (s): the wait for a lock that it does answer about, and one more;
# and until a new connection does, at whichever of its addresses.  Both together stay below ten seconds, after which
# people click again.  One address alone is waited for shorter, so that the next has its turn; psycopg knows no less.
ANSWER_MORE_S = 1.0
CONNECT_WAIT_S = 3.0
ADDRESS_WAIT_S = 2
# Connections kept open, and more at a busy moment: one process serves some 60 people, of whom few write at once.
POOL_SIZE, POOL_MORE = 10, 20
# How a transaction that will write begins; SQLite must take the lock first, or two readers would block each other.
BEGIN_OPTION = "hexapod_begin"


def data_folder() -> Path:
    """The user's own folder for libraries and drafts: `HEXAPOD_DATA_DIR`, or where the system keeps such data."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    if named := os.environ.get("XDG_DATA_HOME"):
        return Path(named) / "hexapod"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "hexapod"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "hexapod"
    return Path.home() / ".local" / "share" / "hexapod"


def library_url(text: str | None = None) -> URL:
    """The address of the library: the one given, `HEXAPOD_DATABASE_URL`, or a SQLite file in the data folder.

    Raises:
        LibraryRefused: not an address of SQLite or PostgreSQL.
    """
    text = text or os.environ.get(URL_VARIABLE)
    if not text:
        return URL.create(SQLITE, database=str(data_folder() / FILE_NAME))
    try:
        url = make_url(text)
    except ArgumentError:
        raise LibraryRefused(f"{URL_VARIABLE} is not the address of a database. {_EXAMPLES}") from None
    if url.drivername in ("postgres", POSTGRESQL):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername == "postgresql+psycopg" or (url.drivername == SQLITE and url.database):
        return url
    raise LibraryRefused(f"{URL_VARIABLE} names {url.drivername}, which is not supported. {_EXAMPLES}")


_EXAMPLES = (
    "Write postgresql+psycopg://user:password@host/hexapod, or sqlite:////folder/library.sqlite3, or leave it out."
)


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite library, None for PostgreSQL."""
    return Path(url.database or "") if url.drivername == SQLITE else None


def make_engine(url: URL, lock_wait_s: float = LOCK_WAIT_S) -> Engine:
    """Connections to a library, set up so that a commit is on the disk when it returns.  None is opened yet.

    Raises:
        LibraryRefused: the folder of a SQLite file cannot be made, or the driver of PostgreSQL is not installed.
    """
    file = sqlite_file(url)
    options: dict[str, Any] = {"pool_size": POOL_SIZE, "max_overflow": POOL_MORE, "pool_timeout": lock_wait_s}
    if file is None:
        options |= {"pool_pre_ping": True, "isolation_level": "READ COMMITTED"}
        options |= {"connect_args": {"connect_timeout": ADDRESS_WAIT_S}}
    else:
        _make_private(file)
        options |= {"connect_args": {"timeout": lock_wait_s, "check_same_thread": False}}
    try:
        engine = create_engine(url, **options)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise LibraryRefused(
            "The driver of PostgreSQL is not installed: pip install -r requirements-postgres.txt"
        ) from error
    event.listen(engine, "connect", _sqlite_connected if file else _postgresql_connected(lock_wait_s))
    event.listen(engine, "begin", _begin)
    if file is None:
        event.listen(engine, "do_connect", _connector_with_time_limits(lock_wait_s + ANSWER_MORE_S))
    return engine


def is_sqlite(connection: Connection) -> bool:
    """Whether a connection leads to SQLite."""
    return connection.dialect.name == SQLITE


def outside_transactions(engine: Engine, statement: str) -> None:
    """Run an SQLite statement that cannot run inside a transaction.  Raises sqlite3.Error."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute(statement).fetchall()
    finally:
        connection.close()


def _make_private(file: Path) -> None:
    """Make folder and file, readable by their owner only, before anything is written into them."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise LibraryRefused(
            f"{file} cannot be opened for writing: {error.strerror or error}. Name another folder in {FOLDER_VARIABLE}."
        ) from error


def _sqlite_connected(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so, see _begin
    cursor = connection.cursor()
    # FULL: a commit waits for the disk.  secure_delete: erased contents are overwritten, not only forgotten.
    # recursive_triggers: rows that a REPLACE would remove are guarded too.
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _postgresql_connected(lock_wait_s: float) -> Any:
    def connected(connection: Any, _: Any) -> None:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO on")
            cursor.execute(f"SET lock_timeout TO {int(lock_wait_s * 1000)}")
        connection.autocommit = False

    return connected


def _connector_with_time_limits(answer_wait_s: float) -> Any:
    """Connect to PostgreSQL with a time limit on every step, so that a silent server does not hang the program."""
    import psycopg

    class TimeLimitedConnection(psycopg.Connection[Any]):
        """A connection that is closed when the server does not answer in time."""

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval=interval, timeout=timeout or answer_wait_s)
            except psycopg.OperationalError as error:
                if error.sqlstate is None:  # no error from the server itself: it is gone, or silent
                    self.pgconn.finish()
                raise

    def connect(_dialect: Any, _record: Any, words: Any, options: Any) -> Any:
        # psycopg waits for every address, and for the name server, in turn.
        waited = ThreadPoolExecutor(1)
        made = waited.submit(TimeLimitedConnection.connect, *words, **options)
        waited.shutdown(wait=False)
        try:
            return made.result(CONNECT_WAIT_S)
        except TimeoutError:
            made.add_done_callback(_close)
            raise psycopg.errors.ConnectionTimeout("no address of the server answers") from None

    return connect


def _close(made: Future[Any]) -> None:
    """Close a connection that was made after the wait had ended."""
    if made.exception() is None:
        made.result().close()


def _begin(connection: Connection) -> None:
    if is_sqlite(connection):
        connection.exec_driver_sql(connection.get_execution_options().get(BEGIN_OPTION, "BEGIN"))


# Prefixes of SQLite's error names, with what they mean and what to do.
_SQLITE = {
    "SQLITE_FULL": ("the disk is full", "Free some space, then save again; what is on screen is still there."),
    "SQLITE_IOERR": ("the disk cannot be written", "Check the disk or free some space, then save again."),
    "SQLITE_BUSY": (
        "another program is using the library",
        "Save again in a moment; if that does not help, close the other program that has the file open.",
    ),
    "SQLITE_LOCKED": ("another program is using the library", "Save again in a moment."),
    "SQLITE_READONLY": ("the library's file is read-only", "Ask for the right to write to its folder."),
    "SQLITE_CANTOPEN": ("the library's file cannot be opened", "Check that its folder exists and may be written to."),
    "SQLITE_NOTADB": ("the file is not a database", "Name the library's file, or restore a backup."),
    "SQLITE_CORRUPT": ("the library's file is damaged", "Stop, and restore the last backup."),
    "SQLITE_CONSTRAINT": ("the database refuses it", "The records are protected; tell whoever runs the library."),
}
# Prefixes of PostgreSQL's error codes.
_POSTGRESQL = {
    "53100": _SQLITE["SQLITE_FULL"],
    "55P03": _SQLITE["SQLITE_BUSY"],
    "40": ("somebody else was writing at the same moment", "Save again."),
    "42501": ("the database user may not write", "Ask for the right to write to the library."),
    "25006": ("the library is read-only", "Connect to the server that accepts writes."),
    "23": _SQLITE["SQLITE_CONSTRAINT"],
    "P0": _SQLITE["SQLITE_CONSTRAINT"],
}
_BUSY = ("too many people are using the library at this moment", "Save again in a moment.")
_LOST = ("the connection to the database is lost", "Check the network; what is on screen is still there. Save again.")
_NOT_REACHED = (
    "the server does not answer, or does not know the database, the user or the password",
    "Check HEXAPOD_DATABASE_URL, the network and the server.",
)


def reason_of(error: SQLAlchemyError) -> tuple[str, str]:
    """What went wrong, and what to do; neither text shows a password or part of a record."""
    if isinstance(error, NoneFree):
        return _BUSY
    origin = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(origin, sqlite3.Error):
        return _by_start(_SQLITE, getattr(origin, "sqlite_errorname", ""))
    code = getattr(origin, "sqlstate", None)
    if code is None or code.startswith(("08", "57P")):
        return _LOST
    return _by_start(_POSTGRESQL, code)


def why_not_opened(error: SQLAlchemyError) -> tuple[str, str]:
    """Why a library cannot be opened, and what to do; distinguishes an unreachable server from a lost connection."""
    reason = reason_of(error)
    return _NOT_REACHED if reason == _LOST else reason


def _by_start(table: dict[str, tuple[str, str]], code: str) -> tuple[str, str]:
    for start, reason in table.items():
        if code.startswith(start):
            return reason
    return f"the database reports {code or 'an error'}", "Save again; if it stays, tell whoever runs the library."
