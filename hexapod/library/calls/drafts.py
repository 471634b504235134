"""Drafts: saved at every change; every save is kept, and none is overwritten."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from hexapod.library import models
from hexapod.library.calls import case_index
from hexapod.library.calls.access import (
    Access,
    content_of,
    is_key,
    must_be_open,
    must_be_there,
    one,
    status,
    with_content,
)
from hexapod.library.calls.case_identity import changes, identity_of_case, identity_of_draft
from hexapod.library.errors import AsksFirst, Conflict, NotThere, Refused
from hexapod.library.storage.tables import CaseRow, DraftRow, FollowUpRow, PlanRow, VersionRow
from hexapod.library.storage.transactions import ReadTransaction

# A draft holds the texts of a case file and little more, and that has at most a megabyte.
LARGEST_DRAFT_BYTES = 1_000_000


@dataclass(frozen=True)
class Drafts:
    """Drafts of cases, for one user."""

    _access: Access

    def save(self, case: str, base_revision: int, text: str, confirmed: bool = False) -> int:
        """Save a draft (a JSON object); returns its revision.  When this returns, the draft is on the disk.

        `base_revision` is the revision that was edited, 0 for a new case, whose key is made by `new_key()`.  Saving
        the same text again keeps the revision, so a save whose answer was lost can be repeated.  Before a case has a
        version, the list shows the texts `id`, `title`, `limb.side` and `limb.bone` of the draft.  `confirmed` allows
        a change of side, reference or hardware in a case that has a plan or a visit.

        Raises:
            AsksFirst: such a change is not confirmed; the message says what it means.
            Conflict: somebody has saved a later revision; the message says who and when.
            NotSaved: the database cannot keep it.
            NotThere, Refused: the case was erased or archived, or the text is not a draft.
        """
        words = _checked(text)
        with self._access.writing("plan") as tx:
            if base_revision == 0 and is_key(case) and status(tx, case) == "missing":
                tx.record(CaseRow, "case.made", case, case_key=case)
                case_index.case_made(tx, case)
            treated = must_be_open(tx, case, _treated(case)).treated
            last = _last(tx, case)
            if last is not None and last.revision in (base_revision, base_revision + 1) and last.text == text:
                return last.revision
            if last is not None and last.revision != base_revision:
                raise Conflict("revision", last.by, last.at, last.revision)
            if last is None and base_revision:
                raise NotThere(f"Revision {base_revision} of this draft is not in the library: open the case again.")
            if treated and not confirmed and (told := _another_frame(tx, case, last, words)):
                raise AsksFirst(told)
            revision = base_revision + 1
            tx.record(DraftRow, "draft.saved", case, text.encode("utf-8"), case_key=case, revision=revision)
            case_index.draft_saved(tx, case, revision, words)
        return revision

    def load(self, case: str, revision: int | None = None) -> models.Draft | None:
        """The draft as last saved, or an earlier save of it; None when there is none."""
        with self._access.reading("look") as tx:
            must_be_there(tx, case)
            return _last(tx, case, revision)

    def saves(self, case: str, limit: int = 50) -> tuple[models.Save, ...]:
        """The last saves of the draft, newest first; `draft` returns each of them by its revision."""
        with self._access.reading("look") as tx:
            must_be_there(tx, case)
            question = select(DraftRow.revision, DraftRow.done_by, DraftRow.done_at).where(DraftRow.case_key == case)
            found = tx.connection.execute(question.order_by(DraftRow.revision.desc()).limit(limit))
            return tuple(models.Save(row.revision, row.done_by, row.done_at) for row in found)

    def revision(self, case: str) -> int:
        """The revision of the last save, 0 when there is none; quick enough to ask on every run of a page."""
        with self._access.reading("look") as tx:
            must_be_there(tx, case)
            found = one(
                tx, select(DraftRow.revision).where(DraftRow.case_key == case).order_by(DraftRow.revision.desc())
            )
            return found.revision if found else 0


def _treated(case: str) -> ColumnElement[bool]:
    """Whether the case has a plan or a visit."""
    either = (exists().where(model.case_key == case) for model in (PlanRow, FollowUpRow))
    return or_(*either).label("treated")


def _another_frame(tx: ReadTransaction, case: str, last: models.Draft | None, value: dict[str, Any]) -> tuple[str, ...]:
    """Changes of limb and hardware since the last save, of a case that has a plan or a visit."""
    now = identity_of_draft(value)
    if last is not None:
        return changes(identity_of_draft(json.loads(last.text)), now)
    version = one(tx, with_content(VersionRow, case).order_by(VersionRow.number.desc()))
    return changes(identity_of_case(json.loads(content_of(version)), now), now) if version is not None else ()


def _last(tx: ReadTransaction, case: str, revision: int | None = None) -> models.Draft | None:
    question = with_content(DraftRow, case).order_by(DraftRow.revision.desc())
    row = one(tx, question if revision is None else question.where(DraftRow.revision == revision))
    if row is None:
        return None
    return models.Draft(case, row.revision, content_of(row).decode("utf-8"), row.done_by, row.done_at)


def _checked(text: str) -> dict[str, Any]:
    """The draft's value.  Raises Refused for anything else."""
    try:
        raw = text.encode("utf-8")
        value = json.loads(text)
    except (UnicodeEncodeError, ValueError, RecursionError) as error:
        raise Refused(f"A draft is JSON text: {error}.") from error
    if len(raw) > LARGEST_DRAFT_BYTES:
        raise Refused(f"The draft has {len(raw)} bytes; at most {LARGEST_DRAFT_BYTES} are kept.")
    if not isinstance(value, dict):
        raise Refused("A draft is a JSON object in braces { }.")
    return value
