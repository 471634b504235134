"""The audit trail for people: its head, its check, the history of a case, a CSV export, and heads kept elsewhere."""

from __future__ import annotations

import csv
import datetime
import socket
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TextIO

from sqlalchemy import select

from hexapod.library.calls.access import Access
from hexapod.library.calls.audit_verify import STREAMED, Verification, faults_beside, verify
from hexapod.library.errors import LibraryError
from hexapod.library.storage.audit_chain import AuditEntry
from hexapod.library.storage.tables import AuditRow
from hexapod.library.storage.transactions import last_entry

SYSLOG = "syslog"
# Where the system's log listens: Linux, macOS, the BSDs.
SYSLOG_SOCKETS = ("/dev/log", "/var/run/syslog", "/var/run/log")


@dataclass(frozen=True)
class AuditTrail:
    """The audit trail, for one user."""

    _access: Access

    def head(self) -> str:
        """The chain's head as it is printed, such as `1284-9f3a6c01d2e4b7aa`; empty in an empty library."""
        with self._access.reading("look") as tx:
            last = last_entry(tx.connection)
        return last.head if last else ""

    def verify(self, printed: Sequence[str] = ()) -> Verification:
        """Check entries, records and contents, the list and the tables; `printed` are heads that must be in the chain.

        Heads are on signed documents, and where `audit head` has written them.  Without a head from elsewhere nothing
        shows that the last entries were removed, or that the whole chain was rebuilt.

        Raises:
            LibraryError: a text that is not a head.
        """
        with self._access.reading("look") as tx:
            found = verify(tx, printed)
            return replace(found, faults=(*found.faults, *faults_beside(tx, whole=not found.faults)))

    def history(self, case: str) -> tuple[AuditEntry, ...]:
        """Every entry about a case, oldest first; an erased case keeps its history."""
        with self._access.reading("look") as tx:
            question = select(AuditRow.__table__).where(AuditRow.subject == case).order_by(AuditRow.sequence)
            return tuple(AuditEntry(**row._mapping) for row in tx.connection.execute(question))

    def write_csv(self, file: TextIO) -> int:
        """Write the audit trail as CSV (RFC 4180); returns the number of entries.

        Text that a spreadsheet could take for a formula starts with an apostrophe.
        """
        names = [field.name for field in fields(AuditEntry)]
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(names)
        count = 0
        with self._access.reading("administer") as tx:
            question = select(AuditRow.__table__).order_by(AuditRow.sequence)
            for row in tx.connection.execute(question, execution_options=STREAMED).mappings():
                writer.writerow([_harmless(str(row[name])) for name in names])
                count += 1
        return count


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def keep_head(head: str, where: str, *, daily: bool) -> None:
    """Add a line with the time (UTC) and the head to a file, or to the system's log.

    A head kept where nobody who can change the library can write shows whether entries were removed at the end, or the
    chain was rebuilt as a whole (`audit verify --head HEAD`).  With `daily` a file gets at most one line a day (UTC).

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


def _listened_to(address: str) -> bool:
    """Whether a program takes lines at a local socket."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_UNIX, kind) as asked:
            if asked.connect_ex(address) == 0:
                return True
    return False


def _to_syslog(line: str) -> None:
    try:
        import syslog
    except ImportError:
        raise LibraryError("This system has no syslog: give a file name after --to.") from None
    # The call below does not report that its line goes nowhere.
    if not any(map(_listened_to, SYSLOG_SOCKETS)):
        raise LibraryError("No syslog accepts lines on this system, nothing was kept: give a file name after --to.")
    syslog.openlog("hexapod", facility=syslog.LOG_AUTH)
    syslog.syslog(syslog.LOG_NOTICE, line)
