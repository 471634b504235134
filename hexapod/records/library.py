"""The library: opened once for a program, used by one person at a time through `as_user`."""

from __future__ import annotations

from types import TracebackType

from hexapod.hardware.catalogue import Catalogue
from hexapod.records.access import Actor
from hexapod.records.auditing import AuditCalls
from hexapod.records.database import LOCK_WAIT_S, library_url, make_engine
from hexapod.records.drafts import DraftCalls
from hexapod.records.finding import FindingCalls
from hexapod.records.keeping import KeepingCalls
from hexapod.records.role_calls import RoleCalls
from hexapod.records.schema import bring_up_to_date
from hexapod.records.signing import SigningCalls
from hexapod.records.store import Clock, Store, system_clock, utc_text
from hexapod.records.versions import VersionCalls
from hexapod.records.visits import VisitCalls


class Records(DraftCalls, VersionCalls, SigningCalls, VisitCalls, KeepingCalls, FindingCalls, RoleCalls, AuditCalls):
    """Everything that one user can do with the library; each call checks anew whether they may."""


class Library:
    """An open library.  It has no records to give: those are had as somebody, by `as_user`."""

    def __init__(self, store: Store, where: str, catalogue: Catalogue | None) -> None:
        self._store, self._catalogue = store, catalogue
        self.where = where

    def as_user(self, actor: Actor) -> Records:
        """The library as this person may use it."""
        return Records(self._store, actor, self._catalogue)

    def close(self) -> None:
        """Close every connection."""
        self._store.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_library(
    url: str | None = None,
    *,
    clock: Clock = system_clock,
    catalogue: Catalogue | None = None,
    lock_wait_s: float = LOCK_WAIT_S,
) -> Library:
    """Open the library at an address, at `HEXAPOD_DATABASE_URL`, or in the user's data folder; it is made when missing.

    `clock` tells the time of records, `catalogue` is the hardware that plans are made with, `lock_wait_s` how long a
    write waits for another one.  One library serves all threads of a program.

    Raises:
        LibraryRefused: the database is newer than this program, holds something else, or cannot be reached.
    """
    address = library_url(url)
    engine = make_engine(address, lock_wait_s)
    bring_up_to_date(engine, lambda: utc_text(clock()))
    return Library(Store(engine, clock), address.render_as_string(hide_password=True), catalogue)
