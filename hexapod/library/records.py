"""The library: opened once for a program, used by one person at a time through `as_user`."""

from __future__ import annotations

from types import TracebackType

from hexapod.hardware.catalogue import Catalogue
from hexapod.library.calls.access import Access, RoleList
from hexapod.library.calls.audit import AuditTrail
from hexapod.library.calls.cases import Cases
from hexapod.library.calls.clinic import Defaults
from hexapod.library.calls.drafts import Drafts, Versions
from hexapod.library.calls.films import Films
from hexapod.library.calls.home import Home
from hexapod.library.calls.outcomes import CaseOutcomes
from hexapod.library.calls.plans import Plans
from hexapod.library.calls.ring_catalogue import MeasuredRings
from hexapod.library.calls.sheets import Sheets
from hexapod.library.calls.visits import Visits
from hexapod.library.storage.database import LOCK_WAIT_S, library_url, sqlite_file
from hexapod.library.storage.library_files import replacement_warning
from hexapod.library.storage.roles import ANYONE, Actor
from hexapod.library.storage.transactions import Clock, Store, open_store, system_clock
from hexapod.library.transfer.transfer import Transfer


class Records:
    """The records as one user may use them: one attribute for each kind, whose calls check the user's permission."""

    def __init__(self, store: Store, actor: Actor, catalogue: Catalogue | None) -> None:
        access = Access(store, actor, catalogue)
        self.actor = actor
        self.cases = Cases(access)
        self.drafts = Drafts(access)
        self.versions = Versions(access)
        self.plans = Plans(access)
        self.sheets = Sheets(access)
        self.films = Films(access)
        self.visits = Visits(access)
        self.home = Home(access)
        self.outcomes = CaseOutcomes(access)
        self.rings = MeasuredRings(access)
        self.clinic = Defaults(access)
        self.roles = RoleList(access)
        self.audit = AuditTrail(access)
        self.transfer = Transfer(access)


class Library:
    """An open library.  Its records are reached as a user, through `as_user`."""

    def __init__(self, store: Store, where: str, catalogue: Catalogue | None) -> None:
        self._store, self._catalogue = store, catalogue
        self.where = where

    def as_user(self, actor: Actor) -> Records:
        """The library as this person may use it."""
        return Records(self._store, actor, self._catalogue)

    def warnings(self) -> tuple[str, ...]:
        """Warnings for every user: the library replaced an earlier one at this place, or the clock was set back.

        Raises:
            Unreadable: the database does not answer.
        """
        file = sqlite_file(self._store.url)
        with self._store.reading(ANYONE, "look") as tx:
            found = (None if file is None else replacement_warning(file), self._store.clock_set_back(tx))
        return tuple(filter(None, found))

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
    return Library(open_store(address, clock, lock_wait_s), address.render_as_string(hide_password=True), catalogue)
