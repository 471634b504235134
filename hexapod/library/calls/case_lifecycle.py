"""Calls on a case as a whole: archive, bring back, assign to a surgeon, arrange a visit, erase."""

from __future__ import annotations

import datetime

from sqlalchemy import delete, select

from hexapod.library import models
from hexapod.library.calls import case_index
from hexapod.library.calls.user_calls import UserCalls, must_be_open, must_be_there
from hexapod.library.errors import Refused
from hexapod.library.storage.contents import said, written
from hexapod.library.storage.tables import CaseEventRow, ContentRow, PlanRow, VersionRow


class KeepingCalls(UserCalls):
    """The calls on a case as a whole."""

    def archive(self, case: str, reason: str) -> None:
        """Take a case off the usual list; its records stay unchanged.  Raises Refused without a reason."""
        self._event(case, "archived", reason, "case.archived")

    def bring_back(self, case: str, reason: str) -> None:
        """Put an archived case back on the list.  Raises Refused without a reason, or when it is not archived."""
        self._event(case, "brought back", reason, "case.brought-back")

    def is_archived(self, case: str) -> bool:
        """Whether a case is read-only until it is brought back; quick enough to ask on every run of a page."""
        with self._reading("look") as tx:
            return must_be_there(tx, case) == "archived"

    def assign(self, case: str, surgeon: str) -> None:
        """Assign a case to a surgeon; until then it belongs to whoever made it."""
        raw = written(surgeon=said(surgeon, "Say which surgeon looks after this case."))
        with self._writing("plan") as tx:
            must_be_open(tx, case)
            tx.record(CaseEventRow, "case.assigned", case, raw, case_key=case, kind="assigned", ground=None)
            case_index.refresh(tx, case)

    def arrange_visit(self, case: str, day: datetime.date) -> None:
        """Set the day of the next visit, in place of an earlier one."""
        with self._writing("plan") as tx:
            must_be_open(tx, case)
            raw = written(day=day.isoformat())
            tx.record(CaseEventRow, "visit.arranged", case, raw, case_key=case, kind="visit arranged", ground=None)
            case_index.visit_arranged(tx, case, day)
            case_index.touch(tx, case)

    def erase(self, case: str, ground: str) -> models.Tombstone:
        """Remove the contents of a case for good; who, when, why and the SHA-256 of its files stay.

        `ground` stays readable, so it names the request or the law and never the patient.  Earlier backups and exports
        still hold the case.  The remaining rows and the audit trail hold no clinical contents.

        Raises:
            Refused: no ground is given.
            NotThere: the case is missing, or was erased before.
        """
        ask = "Give a ground for the erasure, such as the number of the request, and nothing that names the patient."
        why = said(ground, ask)
        with self._writing("administer") as tx:
            must_be_there(tx, case)
            tx.record(CaseEventRow, "case.erased", case, None, case_key=case, kind="erased", ground=why)
            tx.connection.execute(delete(ContentRow).where(ContentRow.case_key == case))
            case_index.forget(tx, case)
        self._store.settle()
        return next(stone for stone in self.tombstones() if stone.case == case)

    def tombstones(self) -> tuple[models.Tombstone, ...]:
        """What is kept of the erased cases."""
        with self._reading("look") as tx:
            found = select(CaseEventRow.__table__).where(CaseEventRow.kind == "erased").order_by(CaseEventRow.entry)
            return tuple(
                models.Tombstone(
                    case=row.case_key,
                    at=row.done_at,
                    by=row.done_by,
                    ground=row.ground or "",
                    case_sha256=tuple(
                        tx.connection.execute(
                            select(VersionRow.case_sha256)
                            .where(VersionRow.case_key == row.case_key)
                            .order_by(VersionRow.number)
                        ).scalars()
                    ),
                    plan_sha256=tuple(
                        tx.connection.execute(
                            select(PlanRow.plan_sha256).where(PlanRow.case_key == row.case_key).order_by(PlanRow.number)
                        ).scalars()
                    ),
                )
                for row in tx.connection.execute(found).all()
            )

    def _event(self, case: str, kind: str, reason: str, action: str) -> None:
        raw = written(reason=said(reason, "Say in a few words why."))
        with self._writing("plan") as tx:
            archived = must_be_there(tx, case) == "archived"
            if archived == (kind == "archived"):
                raise Refused(f"This case is {'archived already' if archived else 'not archived'}.")
            tx.record(CaseEventRow, action, case, raw, case_key=case, kind=kind, ground=None)
            case_index.refresh(tx, case)
