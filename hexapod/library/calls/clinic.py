"""What the clinic keeps for every new case: its days, name, telephone, time zone, language, paper, usual times."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Row, select

from hexapod.library.calls.access import Access, content, one
from hexapod.library.errors import Refused
from hexapod.library.models import ClinicDefaults
from hexapod.library.storage.contents import json_content, refuse_invisible, value_of
from hexapod.library.storage.tables import LibraryEventRow
from hexapod.library.storage.transactions import ReadTransaction

KIND, ACTION = "clinic", "clinic.kept"  # an import knows the kind, too
# The entries of a clinic are a page of text at most.
LARGEST_CHARACTERS = 50_000


@dataclass(frozen=True)
class Defaults:
    """The clinic's defaults, for one user.  Every save is a record of its own; the last one holds."""

    _access: Access

    def kept(self) -> ClinicDefaults | None:
        """The defaults in force; None as long as none were kept."""
        with self._access.reading("look") as tx:
            row = _last(tx)
            if row is None:
                return None
            return ClinicDefaults(value_of(content(tx, row.entry))["text"], row.entry, row.done_by, row.done_at)

    def keep(self, base: int, text: str) -> int:
        """Keep a text, as a draft is written, in place of the defaults with the entry `base`, 0 for the first.

        Returns the number of its entry.  The same text again is not kept twice.

        Raises:
            Refused: the text is too long or holds an invisible character; or somebody has kept others meanwhile, and
                the message says who and when.
            NotPermitted, NotSaved: as for a draft.
        """
        if len(text) > LARGEST_CHARACTERS:
            raise Refused(f"The clinic's entries have {len(text)} characters; at most {LARGEST_CHARACTERS} are kept.")
        refuse_invisible(text, "An entry of the clinic")
        with self._access.writing("plan") as tx:
            row = _last(tx)
            if row is not None and value_of(content(tx, row.entry))["text"] == text:
                return int(row.entry)
            if row is not None and row.entry != base:
                at = row.done_at[:16].replace("T", " ")
                raise Refused(
                    f"{row.done_by} changed the clinic’s defaults at {at} UTC: look at them, and change them again."
                )
            content_kept = json_content(text=text)
            return tx.record(LibraryEventRow, ACTION, "library", content_kept, kind=KIND, case_key=None).sequence


def _last(tx: ReadTransaction) -> Row[tuple[int, str, str]] | None:
    columns = select(LibraryEventRow.entry, LibraryEventRow.done_by, LibraryEventRow.done_at)
    return one(tx, columns.where(LibraryEventRow.kind == KIND).order_by(LibraryEventRow.entry.desc()))
