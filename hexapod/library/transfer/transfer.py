"""One case or the whole library as a file that another library imports, and can export again unchanged."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, BinaryIO

from sqlalchemy import select

from hexapod.library.calls.audit_verify import AUDIT, CONTENTS, everything
from hexapod.library.calls.user_calls import UserCalls, must_be_there, records_with_content
from hexapod.library.errors import Unreadable
from hexapod.library.storage.audit_chain import IMPORTED, AuditEntry
from hexapod.library.storage.contents import canonical, unpacked, value_of
from hexapod.library.storage.tables import RECORDS, AuditRow, ContentRow, LibraryEventRow
from hexapod.library.storage.transactions import ReadTransaction, last_entry
from hexapod.library.transfer import archive
from hexapod.library.transfer.archive import ArchiveWriter

# Records whose contents are files of their own; all other contents are short, and are part of the record's line.
FILES = {"versions": "version", "plans": "plan", "library_events": "imported"}
# Lines are collected in memory up to this size, then on the disk.
SPOOL_BYTES = 20_000_000


class ExportCalls(UserCalls):
    """The calls that export."""

    def export_case(self, case: str) -> bytes:
        """One case with all of its records as a zip: versions, drafts, plans, sign-offs, visits, notes, audit."""
        out = io.BytesIO()
        with self._reading("plan") as tx:
            must_be_there(tx, case)
            manifest = _write(out, "case", _case_lines(tx, case))
        with self._writing("plan") as written:
            told = canonical({"manifest_sha256": manifest})
            written.record(LibraryEventRow, "case.exported", case, told, kind="exported", case_key=case)
        return out.getvalue()

    def export_library(self, file: BinaryIO) -> str:
        """Write the whole library with its chain into a file; later changes are not in it.

        Returns its head, which proves at the import that it is this very library; empty for an empty one.
        """
        with self._reading("administer") as tx:
            last = last_entry(tx.connection)
            manifest = _write(file, "library", _all_lines(tx))
        with self._writing("administer") as written:
            told = canonical({"manifest_sha256": manifest})
            written.record(LibraryEventRow, "library.exported", "library", told, kind="exported", case_key=None)
        return last.head if last else ""


def origins(tx: ReadTransaction, case: str) -> list[dict[str, Any]]:
    """The audit entries that the records of an imported case had in their first library, in order."""
    found = records_with_content(
        tx, LibraryEventRow, LibraryEventRow.case_key == case, LibraryEventRow.kind == "imported"
    )
    return [entry for _, raw in found for entry in value_of(raw)["entries"]]


def _case_lines(
    tx: ReadTransaction, case: str
) -> Iterator[tuple[AuditEntry, str, dict[str, Any], dict[str, Any] | None]]:
    """The case's records with the entries of the libraries in which they were made.

    Exports and imports belong to each library's own trail, and are not exported.
    """
    came_with = iter(origins(tx, case))
    found: list[tuple[int, str, dict[str, Any]]] = []
    for table, model in RECORDS.items():
        columns = model.__table__.c
        if model is not LibraryEventRow and "case_key" in columns:
            question = select(model.__table__).where(columns["case_key"] == case)
            found += [(row["entry"], table, dict(row)) for row in tx.connection.execute(question).mappings()]
    for number, table, row in sorted(found, key=lambda item: item[0]):
        entry = AuditEntry(
            **tx.connection.execute(select(AuditRow.__table__).where(AuditRow.sequence == number)).one()._mapping
        )
        if entry.action.startswith(IMPORTED):
            entry = AuditEntry(**next(came_with))
        content = (
            tx.connection.execute(select(ContentRow.__table__).where(ContentRow.entry == number)).mappings().first()
        )
        yield entry, table, row, dict(content) if content else None


def _all_lines(tx: ReadTransaction) -> Iterator[tuple[AuditEntry, str, dict[str, Any], dict[str, Any] | None]]:
    for sequence, rows in everything(tx):
        entry = [row for table, row in rows if table == AUDIT]
        contents = [row for table, row in rows if table == CONTENTS]
        found = [(table, row) for table, row in rows if table not in (AUDIT, CONTENTS)]
        if len(entry) != 1 or len(found) != 1:
            raise Unreadable(f"The library is damaged at entry {sequence}: run `python -m hexapod audit verify`.")
        yield AuditEntry(**entry[0]), *found[0], contents[0] if contents else None


def _write(
    file: BinaryIO,
    kind: archive.Kind,
    lines: Iterator[tuple[AuditEntry, str, dict[str, Any], dict[str, Any] | None]],
) -> str:
    writer = ArchiveWriter(file, kind)
    with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as gathered:
        for entry, table, row, content in lines:
            line = {"entry": asdict(entry), "table": table, "row": row, "salt": None, "content": None, "file": None}
            del row["entry"]
            if content is not None:
                raw = unpacked(content["coding"], content["body"])
                line["salt"] = content["salt"].hex()
                if (path := file_name(table, row)) is not None:
                    line["file"] = path
                    writer.add(path, raw)
                else:
                    line["content"] = raw.decode("utf-8")
            gathered.write(archive.line_of(line))
        writer.add_lines(gathered)
    return writer.close()


def file_name(table: str, row: dict[str, Any]) -> str | None:
    """The path of a record's contents in the zip, None when they are part of its line."""
    if table not in FILES or row.get("kind", "imported") != "imported" or row["case_key"] is None:
        return None
    return f"cases/{row['case_key']}/{FILES[table]}-{row.get('number', 1)}.json"
