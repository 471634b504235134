"""Heads of the audit trail kept outside of the library: with the newest one, nothing can be cut off unseen.

The chain shows every alteration of an entry that has another one after it.  What no chain can show by itself is that
its last entries were cut off, or that somebody made all of it anew; a head written down elsewhere does
(`audit verify --head HEAD`).
"""

from __future__ import annotations

import datetime
from pathlib import Path

from hexapod.library.errors import LibraryError

SYSLOG = "syslog"


def keep_head(head: str, where: str, *, daily: bool) -> None:
    """Add a line with the time (UTC) and the head to a file, or to the system's log.

    With `daily` a file gets a line only when it has none of today (UTC) yet.

    Raises:
        LibraryError: it cannot be written, or this system has no log of that kind.
    """
    now = datetime.datetime.now(datetime.UTC)
    line = f"{now:%Y-%m-%dT%H:%M:%SZ} {head or 'none yet'}"
    try:
        if where == SYSLOG:
            _to_syslog(f"hexapod audit head {line}")
            return
        file = Path(where)
        kept = file.read_text("utf-8").splitlines() if file.exists() else []
        if not (daily and kept and kept[-1].startswith(f"{now:%Y-%m-%d}")):
            with file.open("a", encoding="utf-8") as heads:
                heads.write(f"{line}\n")
    except (OSError, UnicodeDecodeError) as error:
        raise LibraryError(f"The head cannot be kept in {where}: {error}.") from error


def _to_syslog(line: str) -> None:
    try:
        import syslog
    except ImportError:
        raise LibraryError("This system has no syslog: give --to the name of a file.") from None
    syslog.openlog("hexapod", facility=syslog.LOG_AUTH)
    syslog.syslog(syslog.LOG_NOTICE, line)
