"""The audit trail: head, verification against every record, history of a case, CSV, heads kept elsewhere."""

from __future__ import annotations

import csv
import datetime
import heapq
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import select

from hexapod.films.film_file import is_picture_of
from hexapod.library.calls.access import Access
from hexapod.library.calls.case_index import row_from_records
from hexapod.library.errors import LibraryError, Unreadable
from hexapod.library.storage import contents
from hexapod.library.storage.contents import AuditEntry, seal_sha256, unpacked
from hexapod.library.storage.schema import schema_faults
from hexapod.library.storage.tables import (
    RECORDS,
    AuditRow,
    CaseDateRow,
    CaseEventRow,
    CaseListRow,
    CaseRow,
    ContentRow,
    FilmPixelsRow,
    FilmRow,
)
from hexapod.library.storage.transactions import ReadTransaction, last_entry

SYSLOG = "syslog"
# Sockets of the system log on Linux, macOS and the BSDs.
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
        """Verify entries, records and contents, the list and the tables; `printed` are heads that must be in the chain.

        Heads are on signed documents, and where `audit head` has written them.  Without a head from elsewhere nothing
        shows that the last entries were removed, or that the whole chain was rebuilt.

        Raises:
            LibraryError: a text that is not a head.
        """
        with self._access.reading("look") as tx:
            found = verify(tx, printed)
            return replace(found, faults=(*found.faults, *faults_outside_records(tx, whole=not found.faults)))

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
            with tx.connection.execute(question, execution_options=STREAMED) as rows:
                for row in rows.mappings():
                    writer.writerow([_csv_safe(str(row[name])) for name in names])
                    count += 1
        return count


def _csv_safe(cell: str) -> str:
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


def _has_listener(address: str) -> bool:
    """Whether a program listens at a local socket."""
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
    # The call below does not report a line that nobody receives.
    if not any(map(_has_listener, SYSLOG_SOCKETS)):
        raise LibraryError("No syslog accepts lines on this system, nothing was kept: give a file name after --to.")
    syslog.openlog("hexapod", facility=syslog.LOG_AUTH)
    syslog.syslog(syslog.LOG_NOTICE, line)


# Rows fetched at a time, so that a library of any size is checked in little memory.
STREAMED = {"yield_per": 500}
AUDIT, CONTENTS = "audit", "contents"
REBUILD = "run `python -m hexapod library rebuild-list`"


@dataclass(frozen=True)
class Fault:
    """A fault at an entry, by its number; without a number it is in the list of cases, the tables or the triggers."""

    sequence: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.sequence is None else f"entry {self.sequence}: {self.what}"


@dataclass(frozen=True)
class Verification:
    """The result of a check: the number of entries, the head, and every fault."""

    entries: int
    head: str
    faults: tuple[Fault, ...]


def verify(tx: ReadTransaction, printed: Sequence[str] = ()) -> Verification:
    """Check all records against the chain; `printed` are heads on signed documents, which must be in this chain."""
    heads = dict(map(contents.read_head, printed))
    erased = set(tx.connection.execute(select(CaseEventRow.case_key).where(CaseEventRow.kind == "erased")).scalars())
    faults: list[Fault] = []
    last: contents.AuditEntry | None = None
    count = 0
    with everything(tx) as entries:
        for sequence, rows in entries:
            say = _fault_recorder(faults, sequence)
            entry = next((contents.AuditEntry(**row) for table, row in rows if table == AUDIT), None)
            if entry is None:
                say(f"has no entry in the audit trail, but a row in {' and '.join(table for table, _ in rows)}")
                continue
            _check_link(entry, last, say)
            _check_record(entry, [one for one in rows if one[0] != AUDIT], erased, say)
            if sequence in heads and not entry.sha256.startswith(heads.pop(sequence)):
                say(f"is not the printed one: this chain has {entry.head} there")
            last, count = entry, count + 1
    faults += _film_faults(tx, erased)
    faults += [
        Fault(sequence, f"was printed as {sequence}-{digits}, and is missing") for sequence, digits in heads.items()
    ]
    return Verification(count, last.head if last else "", tuple(faults))


def _fault_recorder(faults: list[Fault], sequence: int) -> Callable[[str], None]:
    return lambda what: faults.append(Fault(sequence, what))


def _check_link(entry: contents.AuditEntry, last: contents.AuditEntry | None, say: Callable[[str], None]) -> None:
    expected = last.sequence + 1 if last else 1
    if entry.sequence != expected:
        missing = f"{expected}" if entry.sequence == expected + 1 else f"{expected} to {entry.sequence - 1}"
        say(f"follows a gap: entry {missing} was removed")
    elif entry.previous_sha256 != (last.sha256 if last else contents.NOTHING_BEFORE):
        say("does not continue the entry before it: one of the two was replaced or moved")
    if contents.entry_sha256(entry) != entry.sha256:
        say("was altered: its hash does not match its contents")


def _check_record(
    entry: contents.AuditEntry, rows: list[tuple[str, dict[str, Any]]], erased: set[str], say: Callable[[str], None]
) -> None:
    def tell(what: str) -> None:
        say(f"{entry.action} of {entry.subject}: {what}")

    records = [(table, row) for table, row in rows if table != CONTENTS]
    sealed = [row for table, row in rows if table == CONTENTS]
    if len(records) != 1:
        text = "its record was removed" if not records else f"has {len(records)} records instead of one"
        tell(text)
        return
    table, row = records[0]
    if contents.payload_sha256(table, row) != entry.payload_sha256:
        tell(f"its record in {table} was altered")
        return
    case = row.get("case_key")
    if row["sealed_sha256"] is None:
        if sealed:
            tell(f"contents were added to its record in {table}")
    elif not sealed:
        if case not in erased:
            tell("its contents were removed, and no erasure is recorded")
    elif case in erased:
        tell("the case was erased, but its contents are still there")
    elif sealed[0]["case_key"] != case or _seal(sealed[0]) != row["sealed_sha256"]:
        tell("its contents were altered")


def _film_faults(tx: ReadTransaction, erased: set[str]) -> Iterator[Fault]:
    """Pixels of radiographs that are not as they were kept, are missing, or are there without a record."""
    kept: dict[tuple[str, str], int] = {}
    records = select(FilmRow.entry, FilmRow.case_key, FilmRow.pixels_sha256, FilmRow.kind).order_by(FilmRow.entry)
    for row in tx.connection.execute(records):
        if row.kind == "kept" and row.case_key not in erased:
            kept[row.case_key, row.pixels_sha256] = row.entry
        else:
            kept.pop((row.case_key, row.pixels_sha256), None)
    # One picture at a time: each has some megabytes.
    with tx.connection.execute(select(FilmPixelsRow.__table__), execution_options={"yield_per": 1}) as pictures:
        for row in pictures:
            entry = kept.pop((row.case_key, row.pixels_sha256), None)
            if entry is None:
                yield Fault(None, f"a radiograph of {row.case_key} is there without a record that it is kept")
            elif not is_picture_of(row.body, row.pixels_sha256):
                yield Fault(entry, f"radiograph.kept of {row.case_key}: its pixels were altered")
    for (case, _), entry in kept.items():
        yield Fault(entry, f"radiograph.kept of {case}: its pixels were removed, and no removal is recorded")


def _seal(row: dict[str, Any]) -> str:
    try:
        return seal_sha256(unpacked(row["coding"], row["body"]), row["salt"])
    except Unreadable:
        return "damaged"


@contextmanager
def everything(tx: ReadTransaction) -> Iterator[Iterator[tuple[int, list[tuple[str, dict[str, Any]]]]]]:
    """Number and rows, with their tables, of every entry; only a few rows are in memory at a time.

    Whatever ends the look at them, the server is told that no more rows are wanted.
    """
    with ExitStack() as open_results:

        def rows(table: str, model: Any, key: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
            question = select(model.__table__).order_by(getattr(model, key))
            result = open_results.enter_context(tx.connection.execute(question, execution_options=STREAMED))
            for row in result.mappings():
                yield row[key], table, dict(row)

        streams = [rows(AUDIT, AuditRow, "sequence"), rows(CONTENTS, ContentRow, "entry")]
        streams += [rows(table, model, "entry") for table, model in RECORDS.items()]
        yield (
            (sequence, [(table, row) for _, table, row in found])
            for sequence, found in groupby(heapq.merge(*streams, key=itemgetter(0)), key=itemgetter(0))
        )


def faults_outside_records(tx: ReadTransaction, *, whole: bool) -> tuple[Fault, ...]:
    """Faults outside the records: in list, dates, tables and triggers; list only if records are `whole`."""
    lists = _list_faults(tx) if whole else ()
    return tuple(Fault(None, fault) for fault in (*lists, *schema_faults(tx.connection)))


def _list_faults(tx: ReadTransaction) -> Iterator[str]:
    erased = select(CaseEventRow.case_key).where(CaseEventRow.kind == "erased")
    made = dict(
        tx.connection.execute(select(CaseRow.case_key, CaseRow.done_by).where(CaseRow.case_key.not_in(erased))).all()
    )
    listed = {one["case_key"]: dict(one) for one in tx.connection.execute(select(CaseListRow.__table__)).mappings()}
    dates: dict[str, dict[str, set[str]]] = {}
    for case, kind, day in tx.connection.execute(select(CaseDateRow.case_key, CaseDateRow.kind, CaseDateRow.day)):
        dates.setdefault(case, {}).setdefault(kind, set()).add(day)
    for case, by in made.items():
        row, days = row_from_records(tx, case, by)
        other = [name for name, value in row.items() if listed.get(case, {}).get(name) != value]
        if case not in listed:
            yield f"the list: case {case} is missing; {REBUILD}"
        elif other:
            yield f"the list: {', '.join(other)} of case {case} is not as in the records; {REBUILD}"
        due = {kind: found for kind, found in days.items() if found}
        if dates.pop(case, {}) != due:
            yield f"the list: the dates of case {case} are not those of the records; {REBUILD}"
    for case in sorted(listed.keys() - made.keys() | dates.keys()):
        yield f"the list: it has a case {case} that is not in the records; {REBUILD}"
