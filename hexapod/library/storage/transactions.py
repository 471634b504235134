"""Transactions: the only way to the tables.  Each checks the user's role and adds an audit entry to every record."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, insert, select
from sqlalchemy.exc import SQLAlchemyError

from hexapod.library.errors import LibraryRefused, NotSaved, Unreadable
from hexapod.library.storage import contents
from hexapod.library.storage.contents import Sealed, seal
from hexapod.library.storage.database import (
    BEGIN_OPTION,
    LOCK_WAIT_S,
    make_engine,
    outside_transactions,
    reason_of,
    sqlite_file,
)
from hexapod.library.storage.library_files import GONE, FileGuard, is_noted, note_made
from hexapod.library.storage.roles import Actor, Permission, Role, check
from hexapod.library.storage.schema import bring_up_to_date, lock_writers
from hexapod.library.storage.tables import AuditRow, ContentRow, Record

Clock = Callable[[], datetime.datetime]
# Network time corrects a clock by less than this (s); a larger jump was made by a person or a dead battery.
CLOCK_JUMP_S = 120.0
# Environment variable with the number of the entry up to which the clock is known to have been ahead.
RIGHT_AFTER_VARIABLE = "HEXAPOD_CLOCK_RIGHT_AFTER"
BEFORE_ALL = "1970-01-01T00:00:00.000000Z"


class ReadTransaction:
    """A view of the library at one moment, for an actor who may read it; `roles` are those valid then."""

    def __init__(self, connection: Connection, actor: Actor, roles: frozenset[Role]) -> None:
        self.connection, self.actor, self.roles = connection, actor, roles


class WriteTransaction(ReadTransaction):
    """A transaction that adds records: all of them are kept, or none."""

    def __init__(self, connection: Connection, actor: Actor, roles: frozenset[Role], now: str) -> None:
        super().__init__(connection, actor, roles)
        self.now = now
        self._last: contents.AuditEntry | None = None

    def record(
        self, model: type[Record], action: str, subject: str, content: bytes | None = None, **columns: Any
    ) -> contents.AuditEntry:
        """Add one record, its contents and its audit entry."""
        row = {"done_at": self.now, "done_by": self.actor.name} | columns
        return self.take_over(model, action, subject, None if content is None else seal(content), row)

    def take_over(
        self, model: type[Record], action: str, subject: str, sealed: Sealed | None, row: dict[str, Any]
    ) -> contents.AuditEntry:
        """Add a record whose row already has its time and author, such as one from another library."""
        row = row | {"sealed_sha256": sealed.sha256 if sealed else None}
        last = self._last or last_entry(self.connection)
        sequence, previous = (last.sequence + 1, last.sha256) if last else (1, contents.NOTHING_BEFORE)
        payload = contents.payload_sha256(model.__tablename__, row)
        made = contents.entry(sequence, self.now, self.actor.name, action, subject, payload, previous)
        write_entry(self.connection, made, model, row, sealed)
        self._last = made
        return made

    @property
    def written(self) -> contents.AuditEntry | None:
        """The last entry that this transaction added."""
        return self._last

    @property
    def head(self) -> contents.AuditEntry | None:
        """The last entry of the chain in this transaction."""
        return self._last or last_entry(self.connection)


def write_entry(
    connection: Connection,
    entry: contents.AuditEntry,
    model: type[Record],
    row: dict[str, Any],
    sealed: Sealed | None,
) -> None:
    """Insert a given entry with its record and contents."""
    connection.execute(insert(AuditRow), vars(entry))
    connection.execute(insert(model), row | {"entry": entry.sequence})
    if sealed is not None:
        kept = {"salt": sealed.salt, "coding": sealed.coding, "body": sealed.body}
        connection.execute(insert(ContentRow), kept | {"entry": entry.sequence, "case_key": row.get("case_key")})


def last_entry(connection: Connection) -> contents.AuditEntry | None:
    """The head of the chain, None in an empty library."""
    row = connection.execute(select(AuditRow.__table__).order_by(AuditRow.sequence.desc()).limit(1)).first()
    return contents.AuditEntry(**row._mapping) if row else None


class Store:
    """A database with the library's tables.  Every transaction names its user and the permission it needs."""

    def __init__(self, engine: Engine, clock: Clock, guard: FileGuard | None) -> None:
        self._engine, self._clock, self._guard = engine, clock, guard
        # How far the trail was read for its latest entry, and number and time of that one.
        self._read_to, self._latest_entry = _clock_right_after(), (0, BEFORE_ALL)

    @contextmanager
    def reading(self, actor: Actor, permission: Permission) -> Iterator[ReadTransaction]:
        """A view that later writes do not change.

        Raises:
            NotPermitted: the actor may not do this.
            Unreadable: the database does not answer, or its file is no longer the one that was opened.
        """
        if self._guard is not None:
            self._guard.must_be_the_same()
        options = {} if self._engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        try:
            with self._engine.connect().execution_options(**options) as connection, connection.begin():
                roles = check(connection, actor, permission)
                yield ReadTransaction(connection, actor, roles)
        except SQLAlchemyError as error:
            reason, _ = reason_of(error)
            raise Unreadable(f"The library cannot be read: {reason}. Try again in a moment.") from error

    @contextmanager
    def writing(self, actor: Actor, permission: Permission) -> Iterator[WriteTransaction]:
        """A transaction that is on the disk when the block ends, or not there at all.

        Raises:
            NotPermitted: the actor may not do this.
            NotSaved: the database cannot keep it, or its file is no longer the one that was opened.
        """
        self._must_be_saved()
        options = {BEGIN_OPTION: "BEGIN IMMEDIATE"}
        try:
            with self._engine.connect().execution_options(**options) as connection, connection.begin():
                lock_writers(connection)
                roles = check(connection, actor, permission)
                transaction = WriteTransaction(connection, actor, roles, self.now())
                yield transaction
        except SQLAlchemyError as error:
            raise NotSaved(*reason_of(error)) from error
        if self._guard is not None and transaction.written is not None:
            self._guard.has(transaction.written.sequence, transaction.written.sha256)
        self._must_be_saved()

    def _must_be_saved(self) -> None:
        """Raises NotSaved when the file is no longer the one that was opened: nobody would find the records again."""
        if self._guard is not None and (advice := self._guard.changed()):
            raise NotSaved(GONE, advice)

    @property
    def url(self) -> URL:
        """The address of the database."""
        return self._engine.url

    def now(self) -> str:
        """The time in UTC, to the microsecond, always of the same length."""
        return utc_text(self._clock())

    def clock_set_back(self, tx: ReadTransaction) -> str | None:
        """A warning when the clock is behind any entry of the audit trail, None otherwise.

        A clock that once ran ahead leaves an entry of a day to come: entries up to the number in
        `HEXAPOD_CLOCK_RIGHT_AFTER` do not count.
        """
        (number, latest), now = self._latest(tx), self._clock()
        if (datetime.datetime.fromisoformat(latest) - now).total_seconds() <= CLOCK_JUMP_S:
            return None
        return (
            f"THE CLOCK WAS SET BACK: this computer says {_minute(utc_text(now))} UTC, and entry {number} of the "
            f"library was made at {_minute(latest)} UTC. Set the clock right: until then no plan can be signed, and "
            f"the times of what is saved are wrong. If the clock is right, and it had run ahead then, start the "
            f"program with {RIGHT_AFTER_VARIABLE}={number}."
        )

    def _latest(self, tx: ReadTransaction) -> tuple[int, str]:
        """Number and time of the latest entry that counts; only what is new since the last call is read."""
        rows = select(AuditRow.sequence, AuditRow.at).where(AuditRow.sequence > self._read_to)
        for number, at in tx.connection.execute(rows):
            self._read_to, self._latest_entry = number, max((number, at), self._latest_entry, key=lambda one: one[1])
        return self._latest_entry

    def today(self) -> datetime.date:
        """The date at the place where the program runs."""
        return self._clock().astimezone().date()

    def today_at_the_latest(self) -> datetime.date:
        """The date where it is latest: at UTC+14, for users whose day has begun before that of the server."""
        return self._clock().astimezone(datetime.timezone(datetime.timedelta(hours=14))).date()

    def settle(self) -> None:
        """Move what was written from the journal into the main file, where the database has a journal."""
        if self._engine.dialect.name == "sqlite":
            outside_transactions(self._engine, "PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection."""
        if self._guard is not None:
            self._guard.close()
        self._engine.dispose()


def _clock_right_after() -> int:
    """Raises LibraryRefused when the variable does not hold the number of an entry."""
    text = os.environ.get(RIGHT_AFTER_VARIABLE, "0").strip()
    if not text.isdecimal():
        raise LibraryRefused(f"{RIGHT_AFTER_VARIABLE} is “{text}”: give the number of an entry of the audit trail.")
    return int(text)


def utc_text(moment: datetime.datetime) -> str:
    """A moment as the records hold it.

    >>> utc_text(datetime.datetime(2026, 3, 2, 8, 5, tzinfo=datetime.UTC))
    '2026-03-02T08:05:00.000000Z'
    """
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


def system_clock() -> datetime.datetime:
    """The computer's clock."""
    return datetime.datetime.now(datetime.UTC)


def open_store(url: URL, clock: Clock, lock_wait_s: float = LOCK_WAIT_S) -> Store:
    """Connect, and make or migrate the tables.  Raises LibraryRefused; then no connection stays open."""
    engine, file = make_engine(url, lock_wait_s), sqlite_file(url)
    try:
        made = bring_up_to_date(engine, lambda: utc_text(clock()))
        if file is None:
            return Store(engine, clock, None)
        if made:
            note_made(file, utc_text(clock()))
        guard = FileGuard(file)
        if not made and guard.first_entry_at is not None and not is_noted(file):
            note_made(file, guard.first_entry_at)  # it was restored, copied here, or made by an earlier version
        return Store(engine, clock, guard)
    except BaseException:
        engine.dispose()
        raise
