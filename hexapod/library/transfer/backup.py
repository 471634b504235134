"""Backup and restore of an SQLite library; PostgreSQL has its own tools."""

from __future__ import annotations

import hashlib
import os
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from hexapod.case.canonical_json import canonical
from hexapod.library.calls.audit import Verification, verify
from hexapod.library.errors import LibraryError, LibraryRefused
from hexapod.library.storage.database import SQLITE, library_url, sqlite_file
from hexapod.library.storage.library_files import BESIDE, into_place, must_be_new, temporary
from hexapod.library.storage.roles import ANYONE, Actor
from hexapod.library.storage.schema import APPLICATION_ID
from hexapod.library.storage.tables import LibraryEventRow
from hexapod.library.storage.transactions import Clock, open_store, system_clock, utc_text


def back_up(url: URL, path: Path, *, force: bool) -> Verification:
    """Copy an SQLite library at one moment, while it is in use; returns the check of the copy.  Raises as `backup`."""
    source = sqlite_file(url)
    if source is None:
        raise LibraryRefused(f"PostgreSQL makes its own backups: run  {pg_dump(url, path)}")
    if not force:
        must_be_new(path, "give another name, or --force to write over it")
    with temporary(path) as copy:
        _copy(source, copy)
        found = check_file(copy)
        if found.faults:
            raise LibraryError(f"The library has faults, no backup was written: {found.faults[0]}.")
        into_place(copy, path)
    return found


def restore_library(
    file: Path, url: str | None = None, *, force: bool = False, by: str = ANYONE.name, clock: Clock = system_clock
) -> Path | None:
    """Put a backup in the place of the library; returns where the old file is kept, None when there was none.

    For the command line: anybody who may write the library's file could do the same by hand.  The audit trail records
    `by` whom it was restored.

    Raises:
        LibraryError: the backup has faults, there are records already and `force` is off, or a program has them open.
        LibraryRefused: the library is on PostgreSQL, or the backup is not a library; the message says what to do.
    """
    address = library_url(url)
    place = sqlite_file(address)
    if place is None:
        raise LibraryRefused(
            f"PostgreSQL restores its own backups, into an empty database: {pg_restore(address, file)}"
        )
    if not file.is_file():
        raise LibraryError(f"{file} is not there.")
    with temporary(place) as copy:
        _copy(file, copy)
        if faults := check_file(copy).faults:
            raise LibraryError(f"{file} has faults and was not restored: {faults[0]}.")
        kept = _set_aside(place, force, utc_text(clock()))
        into_place(copy, place)
    with file.open("rb") as opened:
        content = canonical({"file_sha256": hashlib.file_digest(opened, "sha256").hexdigest()})
    store = open_store(address, clock)
    try:
        with store.writing(Actor(by, frozenset({"administrator"})), "administer") as tx:
            tx.record(LibraryEventRow, "library.restored", "library", content, kind="restored", case_key=None)
    finally:
        store.close()
    return kept


def check_file(file: Path) -> Verification:
    """Check a copy of an SQLite library that nobody uses: the file itself, and every record.

    Raises:
        LibraryError: the file is damaged.
        LibraryRefused: it is not a library, or newer than this program.
    """
    try:
        with closing(sqlite3.connect(file)) as connection:
            (mark,) = connection.execute("PRAGMA application_id").fetchone()
            (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise LibraryRefused(f"This is not a library of cases: {error}.") from error
    if mark != APPLICATION_ID:
        raise LibraryRefused("This is not a library of cases: another program made it.")
    if answer != "ok":
        raise LibraryError(f"The file is damaged: {answer}.")
    store = open_store(URL.create(SQLITE, database=str(file)), system_clock)
    try:
        with store.reading(ANYONE, "administer") as tx:
            found = verify(tx)
    finally:
        store.close()
    _fold(file)
    return found


def pg_dump(url: URL, path: Path) -> str:
    """The command that backs up a PostgreSQL library while it is in use; it asks for the password itself."""
    return f"pg_dump --format=custom --file={shlex.quote(str(path))} {shlex.quote(_bare(url))}"


def pg_restore(url: URL, path: Path) -> str:
    """The command that restores such a backup."""
    return f"pg_restore --exit-on-error --dbname={shlex.quote(_bare(url))} {shlex.quote(str(path))}"


def _bare(url: URL) -> str:
    without = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return without.render_as_string(hide_password=False)


def _copy(source: Path, copy: Path) -> None:
    """SQLite's own copy of one moment, in a single step; others may write in the meantime."""
    try:
        readable = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
        with closing(readable) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            raise LibraryRefused(f"{source} is not a library of cases, or is damaged: {error}.") from error
        raise LibraryError(f"{source} cannot be copied to {copy.parent}: {error}.") from error


def _fold(file: Path) -> None:
    """Bring a library that nobody uses into a single file.  Raises sqlite3.Error when somebody uses it."""
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()


def _set_aside(place: Path, force: bool, now: str) -> Path | None:
    """Rename the library that is there; returns its new name."""
    if not os.path.lexists(place):
        return None
    try:
        with closing(sqlite3.connect(place, timeout=0)) as connection:
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            entries = connection.execute("SELECT count(*) FROM audit").fetchone()[0] if tables else 0
        used = entries > 0
        if used and not force:
            raise LibraryError(f"{place} has {entries} entries: give --force to set it aside and restore the backup.")
        _fold(place)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise LibraryError(f"{place} is open in another program: stop the app before you restore.") from error
        if not force:  # damaged, or something else
            raise LibraryError(f"{place} cannot be read ({error}): give --force to set it aside.") from error
    kept = place.with_name(f"{place.name}.before-restore-{now[:19].replace(':', '')}")
    if os.path.lexists(kept):
        raise LibraryError(f"{kept} exists: move it away first.")
    for ending in ("", *BESIDE):
        beside = Path(f"{place}{ending}")
        if beside.exists():
            beside.rename(f"{kept}{ending}")
    return kept
