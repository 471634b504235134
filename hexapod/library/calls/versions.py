"""Versions of a case: the exact bytes of its file, numbered and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from hexapod.case.files import parse_case
from hexapod.library import models
from hexapod.library.calls import case_index
from hexapod.library.calls.access import Access, content_of, one, with_content
from hexapod.library.errors import Conflict, NotThere, Refused, Unreadable
from hexapod.library.storage.contents import value_of
from hexapod.library.storage.tables import CaseListRow, VersionRow
from hexapod.library.storage.transactions import ReadTransaction, WriteTransaction


@dataclass(frozen=True)
class Versions:
    """Versions of cases, for one user."""

    _access: Access

    def save(self, case: str, base: int, file: bytes) -> models.Version:
        """Save a case file as the next version; `base` is the version it was made from, 0 for none.

        Saving the same bytes again returns the version that has them.

        Raises:
            CaseError: not a case file.
            Conflict: somebody has saved a later version; the message says who and when.
            Refused: another case of the library has this id, or the case is archived.
            NotThere, NotSaved: as for a draft.
        """
        with self._access.changing(case) as tx:
            return save_version(tx, case, base, file)

    def of(self, case: str) -> tuple[models.Version, ...]:
        """All versions of a case, oldest first."""
        with self._access.looking_at(case) as tx:
            return all_versions(tx, case)

    def file(self, case: str, number: int | None = None) -> bytes:
        """The bytes of a version's case file, those of the last version when no number is given."""
        with self._access.looking_at(case) as tx:
            return version_file(tx, case, number)[1]


def save_version(tx: WriteTransaction, case: str, base: int, file: bytes) -> models.Version:
    """Record a version in a transaction that has the case already."""
    parsed = parse_case(file)
    last = _row(tx, case)
    if last is not None and last.number in (base, base + 1) and content_of(last) == file:
        return _version(last)
    if (last.number if last else 0) != base:
        if last is None:
            raise NotThere(f"Version {base} of this case is not in the library: open the case again.")
        raise Conflict("version", last.done_by, last.done_at, last.number)
    if case_with_id(tx, parsed.id, besides=case) is not None:
        raise Refused(
            f"The library has another case with the id {parsed.id}. Each limb has one id: open that case, or give this "
            f"one another id."
        )
    number = base + 1
    columns = {"number": number, "base": base or None, "case_sha256": parsed.sha256}
    tx.record(VersionRow, "version.saved", case, file, case_key=case, **columns)
    case_index.refresh(tx, case)
    return models.Version(case, number, base or None, parsed.sha256, tx.actor.name, tx.now)


def all_versions(tx: ReadTransaction, case: str) -> tuple[models.Version, ...]:
    """All versions of a case, oldest first."""
    question = select(VersionRow.__table__).where(VersionRow.case_key == case).order_by(VersionRow.number)
    return tuple(_version(row) for row in tx.connection.execute(question))


def version_file(tx: ReadTransaction, case: str, number: int | None = None) -> tuple[models.Version, bytes]:
    """A version with its bytes, checked against the recorded SHA-256.

    Raises:
        NotThere: no such version.
        Unreadable: the bytes are not those that were saved.
    """
    row = _row(tx, case, number)
    if row is None:
        raise NotThere("This case has no such version in the library.")
    file = content_of(row)
    if parse_case(file).sha256 != row.case_sha256:
        raise Unreadable(
            f"Version {row.number} is not as it was saved: run `python -m hexapod audit verify` before anything else."
        )
    return _version(row), file


def _row(tx: ReadTransaction, case: str, number: int | None = None) -> Row[Any] | None:
    question = with_content(VersionRow, case).order_by(VersionRow.number.desc())
    return one(tx, question if number is None else question.where(VersionRow.number == number))


def case_with_id(tx: ReadTransaction, case_id: str, besides: str = "") -> str | None:
    """The key of the case whose last version has this id, other than the one named."""
    mine = (CaseListRow.case_id == case_id, CaseListRow.version > 0, CaseListRow.case_key != besides)
    found = one(tx, select(CaseListRow.case_key).where(*mine))
    if found is None:
        return None
    # The list only finds the case; the records decide, so an altered list leads nowhere.
    last = _row(tx, found.case_key)
    if last is None or value_of(content_of(last))["id"] != case_id:
        raise Unreadable(
            f"In the list of cases the id {case_id} belongs to another case than in the records: run `python -m "
            f"hexapod audit verify` before anything else, then `python -m hexapod library rebuild-list`."
        )
    return str(found.case_key)


def _version(row: Row[Any]) -> models.Version:
    return models.Version(row.case_key, row.number, row.base, row.case_sha256, row.done_by, row.done_at)
