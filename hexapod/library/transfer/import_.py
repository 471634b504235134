"""An export taken in: a case beside the others, or a whole library, chain and all, into an empty one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from sqlalchemy.exc import IntegrityError

from hexapod.case.characters import unseen
from hexapod.library.calls import case_index
from hexapod.library.calls.audit_verify import verify
from hexapod.library.calls.user_calls import Desk, status
from hexapod.library.calls.versions import case_with_id
from hexapod.library.errors import ImportRefused, NotSaved
from hexapod.library.storage import audit_chain
from hexapod.library.storage.audit_chain import IMPORTED, Entry
from hexapod.library.storage.contents import Sealed, canonical, seal
from hexapod.library.storage.tables import RECORDS, LibraryEvent, OfCase
from hexapod.library.storage.transactions import Writing, last_entry, write_entry
from hexapod.library.transfer.archive import Kind, ParcelReader
from hexapod.library.transfer.export import file_name
from hexapod.library.transfer.import_checks import check_content, check_plans, check_row


@dataclass(frozen=True)
class Imported:
    """What was taken in: a case or a library, the key of the case, and how many records."""

    kind: Kind
    case: str | None
    records: int


@dataclass(frozen=True)
class _Line:
    """One record of an export, checked by itself."""

    entry: Entry
    table: str
    row: dict[str, Any]
    sealed: Sealed | None
    raw: bytes | None


class ImportCalls(Desk):
    """The call that takes in."""

    def import_file(self, file: BinaryIO) -> Imported:
        """Take in an export; all of it, or nothing.

        A case keeps its key, its authors and times; the audit trail says who took it in.  A whole library goes into an
        empty one only, and keeps its chain, so that heads printed before are found in it.

        Raises:
            ImportRefused: not an export, damaged, altered, a bomb; the case is here already or was erased here, its id
                is that of another case; a library into one that has entries.
            NotSaved: the database cannot keep it.
        """
        with self._reading("administer"):
            parcel = ParcelReader(file)
        try:
            with self._writing("administer") as tx:
                if parcel.kind == "library":
                    return _take_library(tx, parcel)
                return _take_case(tx, parcel)
        except NotSaved as error:
            if isinstance(error.__cause__, IntegrityError):
                raise ImportRefused(
                    "The records of this export contradict each other: nothing was taken in."
                ) from error
            raise


def _take_case(tx: Writing, parcel: ParcelReader) -> Imported:
    taken: list[dict[str, Any]] = []
    case, made_by = "", ""
    for line in _lines(parcel):
        if not issubclass(RECORDS[line.table], OfCase) and (line.table != "cases" or case):
            raise ImportRefused(f"{line.table} do not belong into the export of a case.")
        if not case:
            case, made_by = _new_case(tx, line), line.row["done_by"]
        if line.row["case_key"] != case or line.entry.subject != case or line.row.get("kind") == "erased":
            raise ImportRefused("The export of a case holds records of another one.")
        check_content(line.table, line.row, line.raw)
        tx.take_over(RECORDS[line.table], IMPORTED + line.entry.action, case, line.sealed, line.row)
        taken.append(asdict(line.entry))
    if not taken:
        raise ImportRefused("The export holds no case.")
    parcel.all_taken()
    told = canonical({"manifest_sha256": parcel.manifest_sha256, "entries": taken})
    tx.record(LibraryEvent, "case.imported", case, told, kind="imported", case_key=case)
    check_plans(tx, case)
    case_index.list_anew(tx, case, made_by)
    case_id = case_index.listed_id(tx, case)
    if case_id and case_with_id(tx, case_id, besides=case) is not None:
        raise ImportRefused(f"The library has another case with the id {case_id}.")
    return Imported("case", case, len(taken))


def _new_case(tx: Writing, line: _Line) -> str:
    if line.table != "cases":
        raise ImportRefused("The export of a case begins with the case.")
    case = str(line.row["case_key"])
    found = status(tx, case)
    if found == "erased":
        raise ImportRefused("This case was erased here: it is not taken in again.")
    if found != "missing" or line.entry.subject != case:
        raise ImportRefused("This case is in the library already.")
    return case


def _take_library(tx: Writing, parcel: ParcelReader) -> Imported:
    if last_entry(tx.connection) is not None:
        raise ImportRefused(
            "This library has entries already, and a whole library goes into an empty one only: name an empty database "
            "in HEXAPOD_DATABASE_URL, or import single cases."
        )
    count = 0
    for line in _lines(parcel):
        if line.raw is not None:
            check_content(line.table, line.row, line.raw)
        write_entry(tx.connection, line.entry, RECORDS[line.table], line.row, line.sealed)
        count += 1
    parcel.all_taken()
    if faults := verify(tx).faults:
        raise ImportRefused(f"The audit trail of this export is broken, nothing was taken in: {faults[0]}.")
    case_index.rebuild(tx)
    return Imported("library", None, count)


def _lines(parcel: ParcelReader) -> Iterator[_Line]:
    """Every line, with types, fingerprints and seal as they must be."""
    for value in parcel.lines():
        try:
            entry = _entry(value["entry"])
            table, row = value["table"], value["row"]
            check_row(table, row)
            whole = audit_chain.entry_sha256(entry) == entry.sha256
            fits = whole and audit_chain.payload_sha256(table, row) == entry.payload_sha256
            raw = _raw(parcel, value, table, row)
            salt = None if value["salt"] is None else bytes.fromhex(value["salt"])
        except (KeyError, TypeError, ValueError) as error:
            raise ImportRefused(f"The export holds a record that is none: {error}.") from error
        if not fits:
            raise ImportRefused(f"Entry {entry.sequence} of the export was altered.")
        sealed = None
        if raw is not None:
            sealed = seal(raw, salt)
            if sealed.sha256 != row["sealed_sha256"]:
                raise ImportRefused(f"The contents of entry {entry.sequence} of the export were altered.")
        yield _Line(entry, table, row, sealed, raw)


def _entry(value: dict[str, Any]) -> Entry:
    """The audit entry of a line.  Raises TypeError or ValueError unless it is one, every value of its type."""
    entry = Entry(**value)
    texts = [item for name, item in vars(entry).items() if name != "sequence"]
    if type(entry.sequence) is not int or not all(isinstance(text, str) and not unseen(text) for text in texts):
        raise ValueError("a value of its audit entry is not of its type")
    return entry


def _raw(parcel: ParcelReader, value: dict[str, Any], table: str, row: dict[str, Any]) -> bytes | None:
    if value.keys() != {"entry", "table", "row", "salt", "content", "file"}:
        raise ValueError("it has other keys")
    path, text = value["file"], value["content"]
    if (path is None and text is None) != (value["salt"] is None):
        raise ValueError("its seal is incomplete")
    if path is not None or (text is not None and file_name(table, row) is not None):
        if text is not None or path != file_name(table, row):
            raise ValueError(f"{path} is not its place")
        return parcel.content(path)
    return None if text is None else str(text).encode("utf-8")
