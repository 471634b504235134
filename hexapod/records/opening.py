"""From an address to a store whose tables are those of this program."""

from __future__ import annotations

from sqlalchemy import URL

from hexapod.records.database import LOCK_WAIT_S, make_engine
from hexapod.records.schema import bring_up_to_date
from hexapod.records.store import Clock, Store, utc_text


def open_store(url: URL, clock: Clock, lock_wait_s: float = LOCK_WAIT_S) -> Store:
    """Connect, and make or move the tables.  Raises LibraryRefused; then no connection stays open."""
    engine = make_engine(url, lock_wait_s)
    try:
        bring_up_to_date(engine, lambda: utc_text(clock()))
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, clock)
