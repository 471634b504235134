"""Follow-ups with their readings, and the day of the next visit."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from hexapod.case.files import parse_case
from hexapod.follow_up.compare_with_plan import check_question
from hexapod.follow_up.reading_explanation import struts_on
from hexapod.library import models
from hexapod.library.calls import case_index
from hexapod.library.calls.access import Access, one, records_with_content
from hexapod.library.calls.case_index import row_of
from hexapod.library.calls.drafts import version_file
from hexapod.library.errors import Refused
from hexapod.library.storage.contents import LONGEST_TEXT, must_be_seen, value_of, written
from hexapod.library.storage.tables import CaseEventRow, FollowUpRow
from hexapod.library.storage.transactions import ReadTransaction
from hexapod.trajectory.level_setup import set_up


@dataclass(frozen=True)
class Visits:
    """Follow-ups of patients, for one user."""

    _access: Access

    def add(self, case: str, plan: int, visit: models.Visit) -> models.RecordedVisit:
        """Record a visit of a patient who follows a plan.

        Raises:
            Refused: the plan is refused, the date is before its day 0 or after today, a hexapod is read
                twice, or the next visit is not after this one.
            HexapodError: readings outside the scales, or of a hexapod that the case does not have; unknown struts.
        """
        with self._access.changing(case) as tx:
            self._check(tx, case, plan, visit)
            last = one(tx, select(func.max(FollowUpRow.number).label("number")).where(FollowUpRow.case_key == case))
            number = ((last.number if last else 0) or 0) + 1
            raw = written(**visit_value(visit))
            tx.record(FollowUpRow, "follow-up.recorded", case, raw, case_key=case, plan=plan, number=number)
            case_index.visited(tx, case, visit.date, visit.next_visit)
        return models.RecordedVisit(case, number, plan, visit, tx.actor.name, tx.now)

    def of(self, case: str) -> tuple[models.RecordedVisit, ...]:
        """All follow-ups of a case, in the order in which they were recorded."""
        with self._access.looking_at(case) as tx:
            return recorded_visits(tx, case)

    def arrange(self, case: str, day: datetime.date) -> None:
        """Set the day of the next visit, in place of an earlier one."""
        with self._access.changing(case) as tx:
            raw = written(day=day.isoformat())
            tx.record(CaseEventRow, "visit.arranged", case, raw, case_key=case, kind="visit arranged", ground=None)
            case_index.visit_arranged(tx, case, day)
            case_index.touch(tx, case)

    def _check(self, tx: ReadTransaction, case: str, plan: int, visit: models.Visit) -> None:
        row = row_of(tx, case, plan)
        if row.verdict == "refused":
            raise Refused(f"Plan {plan} is refused: it cannot have been followed.")
        parsed = parse_case(version_file(tx, case, row.version)[1])
        if visit.date < parsed.first_day:
            raise Refused(
                f"{visit.date.isoformat()} is before day 0 of the plan, {parsed.start_date}: give a later date."
            )
        if visit.date > self._access.store.today_at_the_latest():
            raise Refused(
                f"{visit.date.isoformat()} is after today, {self._access.today().isoformat()}: record a visit on its "
                f"day or later. To arrange one, give it as the next visit."
            )
        if visit.next_visit is not None and visit.next_visit <= visit.date:
            raise Refused(f"The next visit, {visit.next_visit.isoformat()}, must be after {visit.date.isoformat()}.")
        levels = [one.level for one in visit.readings]
        if len(levels) != len(set(levels)):
            raise Refused("A hexapod has two sets of readings: give six readings for each hexapod.")
        if max(len(visit.note), len(visit.answer)) > LONGEST_TEXT:
            raise Refused(f"The note of a visit has at most {LONGEST_TEXT} characters.")
        for name, text in (("note", visit.note), ("answer", visit.answer)):
            must_be_seen(text, f"The {name} of the visit")
        for readings in visit.readings:
            check_question(parsed, readings.level, readings.settings_mm)
            if readings.struts is not None:
                catalogue = self._access.hardware()
                struts_on(set_up(parsed, readings.level, catalogue).struts, readings.struts, catalogue)


def recorded_visits(tx: ReadTransaction, case: str) -> tuple[models.RecordedVisit, ...]:
    """All follow-ups of a case, in the order in which they were recorded."""
    return tuple(
        models.RecordedVisit(case, row.number, row.plan, visit_of(value_of(raw)), row.done_by, row.done_at)
        for row, raw in records_with_content(tx, FollowUpRow, FollowUpRow.case_key == case)
    )


def visit_value(visit: models.Visit) -> dict[str, Any]:
    """A visit as a JSON value with all of its keys."""
    return {
        "date": visit.date.isoformat(),
        "readings": [
            {
                "level": one.level,
                "settings_mm": list(one.settings_mm),
                "struts": None if one.struts is None else list(one.struts),
            }
            for one in visit.readings
        ],
        "note": visit.note,
        "next_visit": visit.next_visit.isoformat() if visit.next_visit else None,
        "answer": visit.answer,
    }


def visit_of(value: dict[str, Any]) -> models.Visit:
    """A visit from its JSON value; older ones have no struts.

    Raises KeyError, TypeError or ValueError for anything else.
    """
    if not (isinstance(value["note"], str) and isinstance(value["answer"], str)):
        raise TypeError("the note and answer of a visit are not texts")
    readings = tuple(
        models.Readings(int(one["level"]), tuple(map(float, one["settings_mm"])), _struts(one.get("struts")))
        for one in value["readings"]
    )
    next_visit = datetime.date.fromisoformat(value["next_visit"]) if value["next_visit"] else None
    return models.Visit(
        datetime.date.fromisoformat(value["date"]), readings, value["note"], next_visit, value["answer"]
    )


def _struts(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 6 or not all(isinstance(name, str) for name in value):
        raise TypeError("the struts of a visit are not six names")
    return tuple(value)
