"""Files of the library on the disk: guarded while a program has them open, and renamed only once they are complete.

A database file that is deleted, moved or overwritten while a program has it open still accepts writes, which are
then lost.  So around every transaction device and inode of the file and of its journal are compared; and when the
file was written to, which SQLite does only when it empties the journal, the entries that it had must still be in it.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from hexapod.case.files import settle_folder
from hexapod.library.errors import LibraryError, Unreadable

JOURNAL = "-wal"
# What SQLite keeps beside a file that is in use.
BESIDE = ("-wal", "-shm", "-journal")
# A file beside the library: when libraries were made there, a line each.  It stays when the library is deleted.
MADE = ".made"
GONE = "the library's file was deleted, moved, replaced or overwritten while the program was running"
NEWEST_ENTRY = "SELECT sequence, sha256 FROM audit ORDER BY sequence DESC LIMIT 1"
_STOP = "Do not close this page: what is on screen is still there. Stop the program"
# How long emptying the journal may leave the file between two states (s): the copying of some megabytes, on a share.
EMPTYING_S, LOOK_AGAIN_S = 5.0, 0.02


class _OtherLibrary(Exception):
    """A file that holds another library."""


class FileGuard:
    """What the file was when it was opened, and which entries of the audit trail must be in it.

    The guard keeps a connection of its own, so that SQLite never removes the journal, and so that the contents can
    still be copied out when the file has lost its name.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._keeper = sqlite3.connect(file, check_same_thread=False)
        first = self._keeper.execute("SELECT at FROM audit ORDER BY sequence LIMIT 1").fetchone()  # opens the journal
        self.first_entry_at: str | None = first[0] if first else None
        last = self._keeper.execute(NEWEST_ENTRY).fetchone()
        self._opened = self._now()
        # Entries by number: those of this program, and the newest that was seen in the file without its journal.
        self._entries: dict[int, str] = dict([last] if last else [])
        self._in_file, self._written = 0, _written(file)
        # If a program was stopped while it emptied the journal, the file alone may not be readable yet: then nothing
        # is known of it until the next check.
        self._continues_known_entries()
        self._told: str | None = None
        self._one_at_a_time = threading.Lock()

    def changed(self) -> str | None:
        """Advice when the file is no longer the one that was opened, None while it is.  Advice once given stays."""
        with self._one_at_a_time:
            if self._told is None and self._now() != self._opened:
                self._told = self._rescued()
            if self._told is None and not self._keeps_its_entries():
                self._told = f"{_STOP}, put the right file back or restore the last backup, and start it again."
            return self._told

    def has(self, sequence: int, sha256: str) -> None:
        """Note an entry that was committed."""
        with self._one_at_a_time:
            self._entries[sequence] = sha256

    def must_be_the_same(self) -> None:
        """Raises Unreadable when the file is no longer the one that was opened."""
        if advice := self.changed():
            raise Unreadable(f"The library cannot be read: {GONE}. {advice}")

    def close(self) -> None:
        """Close the guard's own connection."""
        self._keeper.close()

    def _now(self) -> list[tuple[int, int] | None]:
        return [_identity(self._file), _identity(self._file.with_name(self._file.name + JOURNAL))]

    def _keeps_its_entries(self) -> bool:
        """Whether the file, written to since the last look, still holds the entries it had.

        While SQLite is emptying the journal the file may be between two states: then it is looked at again.
        """
        until = time.monotonic() + EMPTYING_S
        while (written := _written(self._file)) != self._written:
            if self._continues_known_entries() and _written(self._file) == written:
                self._written = written
            elif time.monotonic() > until:
                return False
            else:
                time.sleep(LOOK_AGAIN_S)
        return True

    def _continues_known_entries(self) -> bool:
        """Whether the file, with and without its journal, continues the entries that are known."""
        try:
            # As it lies on the disk: what the journal still holds is not in the file yet.
            in_file = self._newest("immutable=1")
            whole = self._newest("mode=ro")
        except (sqlite3.Error, _OtherLibrary):
            return False
        if in_file[0] < self._in_file or whole[0] < max(self._entries, default=0):
            return False
        # Each entry's hash covers the one before, so older entries need no further look.
        self._in_file = in_file[0]
        self._entries = {number: sha for number, sha in self._entries.items() if number >= in_file[0]}
        self._entries |= dict([one for one in (in_file, whole) if one[0]])
        return True

    def _newest(self, how: str) -> tuple[int, str]:
        """Number and hash of the newest entry that a newly opened file shows; 0 when it has none.

        Raises:
            sqlite3.Error: it cannot be read.
            _OtherLibrary: of the entries that are known the newest one that it could hold is another.
        """
        with closing(sqlite3.connect(f"{self._file.absolute().as_uri()}?{how}", uri=True)) as found:
            newest, sha256 = found.execute(NEWEST_ENTRY).fetchone() or (0, "")
            due = max((number for number in self._entries if number <= newest), default=0)
            ours = found.execute("SELECT sha256 FROM audit WHERE sequence = ?", (due,)).fetchone()
        if due and ours != (self._entries[due],):
            raise _OtherLibrary
        return newest, sha256

    def _rescued(self) -> str:
        """Copy what has been saved so far to a new file, and say where it is."""
        name = f"{self._file.stem}.rescued-{time.strftime('%Y%m%dT%H%M%S')}{self._file.suffix}"
        copy = self._file.with_name(name)
        try:
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(copy)) as target:
                self._keeper.backup(target)
                # A new file in the same place takes over the journal: then there may be nothing sound left to copy.
                if target.execute("PRAGMA integrity_check").fetchone() != ("ok",) or not _has_records(target):
                    raise sqlite3.DatabaseError("the copy is damaged")
        except (OSError, sqlite3.Error):
            with suppress(OSError):
                copy.unlink()
            return f"{_STOP}, put the file back or restore the last backup, and start it again."
        return (
            f"{_STOP}. Everything saved so far was copied to {name} in the library's folder: check what is in the "
            f"library's place now, run  python -m hexapod restore {name} --force  or put the right file back, and "
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


def _written(file: Path) -> tuple[int, int, int] | None:
    """When a file was written to last (ns, by both of its times), and its size; None when there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size


def is_noted(file: Path) -> bool:
    """Whether the time when a library's file was made is noted beside it."""
    return file.with_name(file.name + MADE).exists()


def note_made(file: Path, now: str) -> None:
    """Note the time at which a new library's file was made in a file beside it."""
    marks = os.open(file.with_name(file.name + MADE), os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with open(marks, "a", encoding="utf-8") as made:
        made.write(f"{now}\n")


def replacement_warning(file: Path) -> str | None:
    """A warning when the library at a place is not the first one made there, None otherwise."""
    marks = file.with_name(file.name + MADE)
    try:
        times = marks.read_text("utf-8").split()
    except OSError:
        return None
    if len(times) < 2:
        return None
    return (
        f"THIS IS A NEW LIBRARY, made at {times[-1][:16].replace('T', ' ')} UTC: the previous one (made "
        f"{times[-2][:16].replace('T', ' ')} UTC) was no longer in its place. If nobody did this on purpose, stop, "
        f"look for the old file, and restore the last backup. If it was intended, delete {marks.name} in the library's "
        f"folder, and this warning goes away."
    )


def must_be_new(path: Path, advice: str) -> None:
    """Raises LibraryError when there is a file of that name."""
    if os.path.lexists(path):
        raise LibraryError(f"{path} exists: {advice}.")


@contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """A private file in the same folder, removed at the end unless it was moved into place."""
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
        for ending in ("", *BESIDE, MADE):
            Path(f"{name}{ending}").unlink(missing_ok=True)


def into_place(copy: Path, path: Path) -> None:
    """Give the finished file its name; file and name are on the disk when this returns, as far as the system allows."""
    try:
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        copy.replace(path)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror or error}.") from error
    settle_folder(path.parent)
