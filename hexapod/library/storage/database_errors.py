"""Why a database did not do what it should, in words for whoever stands at the screen."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree

# Beginnings of SQLite's own names of errors, with what they mean and what to do.
_SQLITE = {
    "SQLITE_FULL": ("the disk is full", "Free some space, then save again; what is on screen is still there."),
    "SQLITE_IOERR": ("the disk cannot be written", "Check the disk or free some space, then save again."),
    "SQLITE_BUSY": (
        "another program holds the library",
        "Save again in a moment; if that does not help, look for a second program that has the file open.",
    ),
    "SQLITE_LOCKED": ("another program holds the library", "Save again in a moment."),
    "SQLITE_READONLY": ("the library's file may only be read", "Ask for the right to write to its folder."),
    "SQLITE_CANTOPEN": ("the library's file cannot be opened", "Check that its folder exists and may be written to."),
    "SQLITE_NOTADB": ("the file is not a database", "Name the library's file, or restore a backup."),
    "SQLITE_CORRUPT": ("the library's file is damaged", "Stop, and restore the last backup."),
    "SQLITE_CONSTRAINT": ("the database refuses it", "The records are protected; tell whoever runs the library."),
}
# Beginnings of PostgreSQL's codes of errors.
_POSTGRESQL = {
    "53100": _SQLITE["SQLITE_FULL"],
    "55P03": _SQLITE["SQLITE_BUSY"],
    "40": ("somebody else was writing at the same moment", "Save again."),
    "42501": ("the database's user may not write", "Ask for the right to write to the library."),
    "25006": ("the library may only be read", "Connect to the server that takes writes."),
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
    """What went wrong, and what to do; neither holds anything of a password or a record."""
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
    """Why a library cannot be opened: a server that was never reached has not been lost."""
    told = reason_of(error)
    return _NOT_REACHED if told == _LOST else told


def _by_start(table: dict[str, tuple[str, str]], code: str) -> tuple[str, str]:
    for start, told in table.items():
        if code.startswith(start):
            return told
    return f"the database reports {code or 'an error'}", "Save again; if it stays, tell whoever runs the library."
