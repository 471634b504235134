"""Files of the library on the disk: watched while a program has them open, and finished before they get their name.

A database file that is deleted, moved or overwritten while a program has it open goes on taking writes that nobody
will find again.  So device and inode of the file and of its journal are compared around every transaction.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from hexapod.case.files import settle_folder
from hexapod.library.errors import LibraryError, Unreadable

JOURNAL = "-wal"
# What SQLite keeps beside a file that is in use.
BESIDE = ("-wal", "-shm", "-journal")
# Beside the file: when libraries were made there, a line each.  It outlives a file that is deleted.
MADE = ".made"
GONE = "the library's file was deleted, moved or replaced while the program was running"


class FileGuard:
    """What the file was when it was opened.

    It keeps a connection of its own, so that SQLite never removes the journal, and so that what stood in the file can
    still be copied out when its name is gone.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._keeper = sqlite3.connect(file, check_same_thread=False)
        self._keeper.execute("SELECT count(*) FROM sqlite_master").fetchone()  # opens the journal, too
        self._opened = self._now()
        self._told: str | None = None

    def changed(self) -> str | None:
        """What to do, when the file is no longer the one that was opened; None while it is.  Once told, always told."""
        if self._told is None and self._now() != self._opened:
            self._told = self._rescued()
        return self._told

    def must_be_the_same(self) -> None:
        """Raises Unreadable when the file is no longer the one that was opened."""
        if advice := self.changed():
            raise Unreadable(f"The library cannot be read: {GONE}. {advice}")

    def close(self) -> None:
        """Close the guard's own connection."""
        self._keeper.close()

    def _now(self) -> list[tuple[int, int] | None]:
        return [_identity(self._file), _identity(self._file.with_name(self._file.name + JOURNAL))]

    def _rescued(self) -> str:
        """Copy out what was saved until now, and say where it is."""
        name = f"{self._file.stem}.rescued-{time.strftime('%Y%m%dT%H%M%S')}{self._file.suffix}"
        copy = self._file.with_name(name)
        then = "Do not close this page: what is on screen is still there. Stop the program"
        try:
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(copy)) as target:
                self._keeper.backup(target)
                # A new file in the old one's place takes over its journal: then nothing sound is left to copy.
                if target.execute("PRAGMA integrity_check").fetchone() != ("ok",) or not _has_records(target):
                    raise sqlite3.DatabaseError("the copy is damaged")
        except (OSError, sqlite3.Error):
            with suppress(OSError):
                copy.unlink()
            return f"{then}, put the file back or restore the last backup, and start it again."
        return (
            f"{then}. What was saved until now was copied to {name} in the library's folder: look at what stands in "
            f"the library's place, run  python -m hexapod restore {name} --force  or put the right file back, and "
            f"start the program again."
        )


def _has_records(copy: sqlite3.Connection) -> bool:
    return bool(copy.execute("SELECT count(*) FROM audit").fetchone()[0])


def _identity(file: Path) -> tuple[int, int] | None:
    """Device and inode of a file, None when there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def note_made(file: Path, now: str) -> None:
    """Keep beside a new library's file when it was made."""
    marks = os.open(file.with_name(file.name + MADE), os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with open(marks, "a", encoding="utf-8") as made:
        made.write(f"{now}\n")


def made_anew(file: Path) -> str | None:
    """A warning when the library at a place is not the first one that was made there."""
    marks = file.with_name(file.name + MADE)
    try:
        times = marks.read_text("utf-8").split()
    except OSError:
        return None
    if len(times) < 2:
        return None
    return (
        f"THIS LIBRARY WAS MADE ANEW at {times[-1][:16].replace('T', ' ')} UTC: the one of before (made "
        f"{times[-2][:16].replace('T', ' ')} UTC) was no longer in its place. If nobody did this on purpose, stop, "
        f"look for the old file, and restore the last backup. If it was meant, delete {marks.name} in the library's "
        f"folder, and this is said no more."
    )


def must_be_new(path: Path, advice: str) -> None:
    """Raises LibraryError when there is a file of that name."""
    if os.path.lexists(path):
        raise LibraryError(f"{path} exists: {advice}.")


@contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """A private file in the same folder, gone at the end unless it was put into place."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise LibraryError(f"{path.parent} cannot be written: {error.strerror or error}.") from error
    os.close(handle)
    try:
        yield Path(name)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        for ending in ("", *BESIDE):
            Path(f"{name}{ending}").unlink(missing_ok=True)


def into_place(copy: Path, path: Path) -> None:
    """Give the finished file its name, both on the disk when this returns, as far as the file system can promise it."""
    try:
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        copy.replace(path)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror or error}.") from error
    settle_folder(path.parent)
