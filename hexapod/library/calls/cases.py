"""The list of cases: searched, sorted, a page at a time."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, or_, select

from hexapod.case.level_parts import Bone
from hexapod.deformity.quantities import Side
from hexapod.library import models
from hexapod.library.calls.case_index import EXCHANGE, VISIT, rebuild
from hexapod.library.calls.user_calls import UserCalls
from hexapod.library.errors import Refused
from hexapod.library.models import CaseState
from hexapod.library.storage.contents import storable
from hexapod.library.storage.tables import CaseDateRow, CaseListRow

Due = Literal["visit", "exchange", "follow-up overdue"]
Sort = Literal["changed", "id", "surgeon", "state", "next visit", "next exchange", "last follow-up"]

# A page is read by people and sent to a browser; whoever needs more rows needs an export.
LARGEST_PAGE = 500


class FindingCalls(UserCalls):
    """The calls on the list."""

    def find(
        self,
        text: str = "",
        *,
        side: Side | None = None,
        bone: Bone | None = None,
        state: CaseState | None = None,
        surgeon: str | None = None,
        due: Due | None = None,
        days: int = 7,
        sort: Sort = "changed",
        descending: bool | None = None,
        limit: int = 50,
        offset: int = 0,
        today: datetime.date | None = None,
    ) -> models.Page:
        """A page of the cases that match all conditions; archived ones only when `state` asks for them.

        Every word of `text` is in the id, the title or the surgeon's name.  `due` asks for cases with a visit or a
        strut exchange up to `days` days after `today` (the computer's date when left out), those overdue included, or
        for signed plans in progress without a recorded follow-up for `days` days.  A visit or an exchange is
        overdue when its day is past and no follow-up was recorded on that day or later.  What is overdue comes first;
        then the latest changes, unless `sort` and `descending` say otherwise.
        """
        if not 0 < limit <= LARGEST_PAGE or offset < 0 or days < 0:
            raise Refused(f"A page has 1 to {LARGEST_PAGE} cases, and days are counted from 0.")
        day = today or self.today()
        where = [CaseListRow.words.contains(word, autoescape=True) for word in storable(text).casefold().split()]
        where += [column == wanted for column, wanted in ((CaseListRow.side, side), (CaseListRow.bone, bone)) if wanted]
        where += [CaseListRow.surgeon == surgeon] if surgeon else []
        where += [CaseListRow.state == state] if state else [CaseListRow.state != "archived"]
        where += [] if due is None else _due(due, day, days)
        exchange, visit = _next(EXCHANGE, day), _next(VISIT, None)
        missed = _missed((VISIT, EXCHANGE), day)
        keys: dict[Sort, Any] = {
            "changed": CaseListRow.changed_at,
            "id": func.lower(CaseListRow.case_id),
            "surgeon": func.lower(CaseListRow.surgeon),
            "state": CaseListRow.state,
            "next visit": visit,
            "next exchange": exchange,
            "last follow-up": CaseListRow.last_follow_up,
        }
        down = sort == "changed" if descending is None else descending
        order = keys[sort].desc() if down else keys[sort].asc()
        question = (
            select(
                CaseListRow.__table__,
                exchange.label("exchange"),
                visit.label("visit"),
                missed.label("missed"),
                _missed((EXCHANGE,), day).label("missed_exchange"),
            )
            .where(*where)
            .order_by(missed.is_(None), order.nulls_last(), CaseListRow.case_key)
        )
        with self._reading("look") as tx:
            total = tx.connection.execute(select(func.count()).select_from(CaseListRow).where(*where)).scalar_one()
            rows = tx.connection.execute(question.limit(limit).offset(offset)).all()
        return models.Page(tuple(_listed(row, day) for row in rows), total)

    def surgeons(self) -> tuple[str, ...]:
        """The surgeons who look after cases on the list."""
        with self._reading("look") as tx:
            question = select(CaseListRow.surgeon).distinct().order_by(CaseListRow.surgeon)
            return tuple(tx.connection.execute(question).scalars())

    def rebuild_list(self) -> int:
        """Rebuild the list from the records; returns the number of cases."""
        with self._writing("administer") as tx:
            return rebuild(tx)


def _due(due: Due, day: datetime.date, days: int) -> list[ColumnElement[bool]]:
    if due == "follow-up overdue":
        latest = (day - datetime.timedelta(days=days)).isoformat()
        seen = func.coalesce(CaseListRow.last_follow_up, CaseListRow.first_day)
        running = (CaseListRow.first_day <= day.isoformat(), CaseListRow.last_day >= day.isoformat())
        return [CaseListRow.state == "signed", *running, seen < latest]
    last = (day + datetime.timedelta(days=days)).isoformat()
    coming = (CaseDateRow.day >= day.isoformat(), CaseDateRow.day <= last)
    mine = (CaseDateRow.case_key == CaseListRow.case_key, CaseDateRow.kind == due)
    return [or_(exists().where(*mine, *coming), exists().where(*mine, *_is_missed(day)))]


def _is_missed(day: datetime.date) -> tuple[ColumnElement[bool], ...]:
    """Whether a date of the list is past, and the patient was not seen on it or later."""
    return (
        CaseDateRow.day < day.isoformat(),
        CaseDateRow.day > func.coalesce(CaseListRow.last_follow_up, ""),
        CaseListRow.state != "archived",
    )


def _missed(kinds: tuple[str, ...], day: datetime.date) -> ScalarSelect[str | None]:
    """The first date of these kinds that a case has missed."""
    question = select(func.min(CaseDateRow.day)).where(
        CaseDateRow.case_key == CaseListRow.case_key, CaseDateRow.kind.in_(kinds), *_is_missed(day)
    )
    return question.correlate(CaseListRow).scalar_subquery()


def _next(kind: str, day: datetime.date | None) -> ScalarSelect[str | None]:
    """The first date of a kind that a case has, on or after a day."""
    question = select(func.min(CaseDateRow.day)).where(
        CaseDateRow.case_key == CaseListRow.case_key, CaseDateRow.kind == kind
    )
    if day is not None:
        question = question.where(CaseDateRow.day >= day.isoformat())
    return question.correlate(CaseListRow).scalar_subquery()


def _listed(row: Any, today: datetime.date) -> models.Listed:
    def date(text: str | None) -> datetime.date | None:
        return datetime.date.fromisoformat(text) if text else None

    missed = date(row.missed)
    return models.Listed(
        case=row.case_key,
        case_id=row.case_id,
        title=row.title,
        side=row.side,
        bone=row.bone,
        state=row.state,
        surgeon=row.surgeon,
        revision=row.revision,
        version=row.version,
        plan=row.plan,
        draft_newer=bool(row.draft_newer),
        first_day=date(row.first_day),
        last_day=date(row.last_day),
        last_follow_up=date(row.last_follow_up),
        next_exchange=date(row.exchange),
        next_visit=date(row.visit),
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        overdue_days=(today - missed).days if missed else 0,
        overdue_exchange=date(row.missed_exchange),
    )
