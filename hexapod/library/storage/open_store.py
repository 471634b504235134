"""From an address to a store whose tables are those of this program."""

from __future__ import annotations

from sqlalchemy import URL

from hexapod.library.storage.database import LOCK_WAIT_S, make_engine, sqlite_file
from hexapod.library.storage.library_files import FileGuard, note_made
from hexapod.library.storage.schema import bring_up_to_date
from hexapod.library.storage.transactions import Clock, Store, utc_text


def open_store(url: URL, clock: Clock, lock_wait_s: float = LOCK_WAIT_S) -> Store:
    """Connect, and make or move the tables.  Raises LibraryRefused; then no connection stays open."""
    engine, file = make_engine(url, lock_wait_s), sqlite_file(url)
    try:
        made = bring_up_to_date(engine, lambda: utc_text(clock()))
        if made and file is not None:
            note_made(file, utc_text(clock()))
        return Store(engine, clock, None if file is None else FileGuard(file))
    except BaseException:
        engine.dispose()
        raise
