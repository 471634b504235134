"""Exports that another library can import and export again unchanged; imports and backups."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hexapod.case.canonical_json import canonical
from hexapod.library.calls.access import Access, records_with_content
from hexapod.library.calls.audit import AUDIT, CONTENTS, Verification, everything
from hexapod.library.calls.films import film_pixels, kept_films
from hexapod.library.errors import ImportRefused, NotSaved, Unreadable
from hexapod.library.storage.contents import IMPORTED, AuditEntry, read_head, unpacked, value_of
from hexapod.library.storage.tables import RECORDS, AuditRow, ContentRow, FilmPixelsRow, LibraryEventRow
from hexapod.library.storage.transactions import ReadTransaction, last_entry
from hexapod.library.transfer import archive
from hexapod.library.transfer.archive import ArchiveReader, ArchiveWriter
from hexapod.library.transfer.backup import back_up
from hexapod.library.transfer.importing import Imported, take_case, take_library

# Entry, table, row and sealed content of every record.
Lines = Generator[tuple[AuditEntry, str, dict[str, Any], dict[str, Any] | None]]
# Lines are collected in memory up to this size, then on the disk.
SPOOL_BYTES = 20_000_000


@dataclass(frozen=True)
class Transfer:
    """Exports, imports and backups, for one user."""

    _access: Access

    def export_case(self, case: str, *, films: bool = False) -> bytes:
        """One case with all of its records as a zip: versions, drafts, plans, sign-offs, visits, notes, audit.

        The pixels of radiographs kept with it are in it only with `films`.
        """
        out = io.BytesIO()
        with self._access.looking_at(case, "plan") as tx:
            manifest = _write(out, "case", _case_lines(tx, case), _films(tx, case) if films else ())
        with self._access.writing("plan") as written:
            content = canonical({"manifest_sha256": manifest})
            written.record(LibraryEventRow, "case.exported", case, content, kind="exported", case_key=case)
        return out.getvalue()

    def export_library(self, file: BinaryIO, *, films: bool = False) -> str:
        """Write the whole library with its chain into a file; later changes are not in it.

        The pixels of radiographs are in it only with `films`.

        Returns its head, which proves at the import that it is this very library; empty for an empty one.
        """
        with self._access.reading("administer") as tx:
            last = last_entry(tx.connection)
            manifest = _write(file, "library", _all_lines(tx), _films(tx) if films else ())
        with self._access.writing("administer") as written:
            content = canonical({"manifest_sha256": manifest})
            written.record(LibraryEventRow, "library.exported", "library", content, kind="exported", case_key=None)
        return last.head if last else ""

    def import_file(self, file: BinaryIO, head: str | None = None) -> Imported:
        """Import all of an export, or nothing.

        A case keeps its key, its authors and times; the audit trail records who imported it.  A whole library goes into
        an empty one only, and keeps its chain, so that printed heads are found in it.

        Anybody who can write a file can write signatures, roles and a matching chain into it.  So plans signed in a
        library count as signed elsewhere and are drafts, and its roles are not granted, unless `head` proves that it is
        the library that was exported.

        Args:
            file: what `export_case` or `export_library` has written.
            head: of a whole library, as `export_library` gave it; it must come by another channel than the file.

        Raises:
            ImportRefused: not an export, damaged, altered, a zip bomb; the case is here already or was erased here, its
                id is that of another case; a library into one that has entries, or one with another head.
            LibraryError: a text that is no head.
            NotSaved: the database cannot keep it.
        """
        wanted = None if head is None else read_head(head)
        with self._access.reading("administer"):
            taken = ArchiveReader(file)
        try:
            with self._access.writing("administer") as tx:
                if taken.kind == "library":
                    return take_library(tx, taken, wanted)
                if wanted is not None:
                    raise ImportRefused(
                        "This is the export of a case, and a head is that of a library: leave the head out."
                    )
                return take_case(tx, taken)
        except NotSaved as error:
            if isinstance(error.__cause__, IntegrityError):
                raise ImportRefused(
                    "The records of this export contradict each other: nothing was imported."
                ) from error
            raise

    def backup(self, path: Path, *, force: bool = False) -> Verification:
        """Copy an SQLite library at one moment, while it is in use; returns the check of the copy.

        Raises:
            LibraryError: a file of that name exists and `force` is off, it cannot be written, or the copy has faults;
                then no file was written.
            LibraryRefused: the library is on PostgreSQL; the message gives the command to run.
        """
        with self._access.reading("administer"):
            url = self._access.store.url
        return back_up(url, path, force=force)


def origins(tx: ReadTransaction, case: str) -> list[dict[str, Any]]:
    """The audit entries that the records of an imported case had in their first library, in order."""
    found = records_with_content(
        tx, LibraryEventRow, LibraryEventRow.case_key == case, LibraryEventRow.kind == "imported"
    )
    return [entry for _, raw in found for entry in value_of(raw)["entries"]]


def _case_lines(tx: ReadTransaction, case: str) -> Lines:
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


def _all_lines(tx: ReadTransaction) -> Lines:
    with everything(tx) as entries:
        for sequence, rows in entries:
            entry = [row for table, row in rows if table == AUDIT]
            contents = [row for table, row in rows if table == CONTENTS]
            found = [(table, row) for table, row in rows if table not in (AUDIT, CONTENTS)]
            if len(entry) != 1 or len(found) != 1:
                raise Unreadable(f"The library is damaged at entry {sequence}: run `python -m hexapod audit verify`.")
            yield AuditEntry(**entry[0]), *found[0], contents[0] if contents else None


def _films(tx: ReadTransaction, case: str | None = None) -> Iterator[tuple[str, bytes]]:
    """Path and picture of every radiograph kept, with one case or all, one at a time in memory."""
    keys = select(FilmPixelsRow.case_key).distinct().order_by(FilmPixelsRow.case_key)
    for key in [case] if case else list(tx.connection.execute(keys).scalars()):
        for sha256 in kept_films(tx, key):
            yield archive.film_name(key, sha256), film_pixels(tx, key, sha256)


def _write(
    file: BinaryIO,
    kind: archive.Kind,
    lines: Lines,
    films: Iterable[tuple[str, bytes]],
) -> str:
    writer = ArchiveWriter(file, kind)
    for name, png in films:
        writer.add(name, png)
    with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as gathered, closing(lines):
        for entry, table, row, content in lines:
            line = {"entry": asdict(entry), "table": table, "row": row, "salt": None, "content": None, "file": None}
            del row["entry"]
            if content is not None:
                raw = unpacked(content["coding"], content["body"])
                line["salt"] = content["salt"].hex()
                if (path := archive.file_name(table, row)) is not None:
                    line["file"] = path
                    writer.add(path, raw)
                else:
                    line["content"] = raw.decode("utf-8")
            gathered.write(archive.line_of(line))
        writer.add_lines(gathered)
    return writer.close()
