"""Cases as a whole: listing, search, archiving, assignment to a surgeon, notes and erasure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, delete, exists, func, or_, select, union_all

from hexapod.case.files import parse_case
from hexapod.case.level_parts import Bone
from hexapod.deformity.quantities import Side
from hexapod.library import models
from hexapod.library.calls import case_index
from hexapod.library.calls.access import Access, must_be_there, new_key, records_with_content
from hexapod.library.calls.case_index import EXCHANGE, VISIT, rebuild
from hexapod.library.calls.drafts import all_versions, case_with_id, save_version
from hexapod.library.calls.films import kept_films
from hexapod.library.calls.plans import stored_plans
from hexapod.library.calls.sheets import standing_of
from hexapod.library.calls.visits import recorded_visits
from hexapod.library.errors import Refused
from hexapod.library.models import CaseState
from hexapod.library.storage.contents import json_content, required_text, storable, value_of
from hexapod.library.storage.tables import (
    AcknowledgementRow,
    AuditRow,
    CaseDateRow,
    CaseEventRow,
    CaseListRow,
    CaseRow,
    ContentRow,
    DocumentListRow,
    DraftRow,
    FilmPixelsRow,
    FilmRow,
    FollowUpRow,
    NoteRow,
    PlanEventRow,
    PlanRow,
    SignOffRow,
    VersionRow,
)
from hexapod.library.storage.transactions import ReadTransaction
from hexapod.plan.sign_off import read_code

Due = Literal["visit", "exchange", "follow-up overdue"]
Sort = Literal["changed", "id", "surgeon", "state", "next visit", "next exchange", "last follow-up"]

# A page is read by people and sent to a browser; whoever needs more rows needs an export.
LARGEST_PAGE = 500


@dataclass(frozen=True)
class Cases:
    """Cases as a whole, for one user: add, list, archive, assign, annotate, erase."""

    _access: Access

    def add(self, file: bytes) -> models.Version:
        """Add a case file to the library as a new case; returns its first version.

        Raises:
            CaseError: not a case file.
            Refused: the library has another case of this id.
            NotSaved: the database cannot keep it.
        """
        parse_case(file)
        case = new_key()
        with self._access.writing("plan") as tx:
            tx.record(CaseRow, "case.made", case, case_key=case)
            case_index.case_made(tx, case)
            return save_version(tx, case, 0, file)

    def key_of(self, case_id: str) -> str | None:
        """The key of the case whose last version has this id, None when there is none."""
        with self._access.reading("look") as tx:
            return case_with_id(tx, case_id)

    def look(self, case: str, case_id: str = "", known: models.CaseRecord | None = None) -> models.CaseRecord:
        """The record of a case; a single query when nothing has changed since `known`, as every run of a page asks.

        `case_id` asks whether another case has this id.
        """
        same_id = and_(CaseListRow.case_id == case_id, CaseListRow.version > 0, CaseListRow.case_key != case)
        columns = {
            "revision": select(func.coalesce(func.max(DraftRow.revision), 0)).where(DraftRow.case_key == case),
            "same_id": select(CaseListRow.case_key).where(same_id).limit(1),
            "mark": _last_hash(case),
        }
        with self._access.reading("look") as tx:
            row = must_be_there(tx, case, *(one.scalar_subquery().label(name) for name, one in columns.items()))
            found = known
            if found is None or found.mark != row.mark:
                plans, visits, notes = stored_plans(tx, case), recorded_visits(tx, case), _notes(tx, case)
                films = kept_films(tx, case)
                found = models.CaseRecord(0, False, "", row.mark, all_versions(tx, case), plans, visits, notes, films)
            # The list only finds the case; the records decide.
            other = case_with_id(tx, case_id, besides=case) if row.same_id else None
        return replace(found, revision=row.revision, archived=bool(row.archived), same_id=other or "")

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

        Every word of `text` is in the id, the title or the surgeon's name; or `text` is the code of a patient's sheet.
        `due` asks for cases with a visit or a strut change-out up to `days` days after `today` (the computer's date by
        default), overdue ones included, or for signed plans in progress without a recorded follow-up for `days` days.
        A visit or change-out is overdue when its day is past and no follow-up was recorded on that day or later.
        Overdue cases come first, then the latest changes, unless `sort` and `descending` say otherwise.
        """
        if not 0 < limit <= LARGEST_PAGE or offset < 0 or days < 0:
            raise Refused(f"A page has 1 to {LARGEST_PAGE} cases, and days are counted from 0.")
        day = today or self._access.today()
        code = read_code(text)
        words = [] if code else storable(text).casefold().split()
        where = [CaseListRow.words.contains(word, autoescape=True) for word in words]
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
        with self._access.reading("look") as tx:
            if code is not None:
                found = standing_of(tx, code)
                where.append(CaseListRow.case_key == (found.case if found else ""))
                question = question.where(where[-1])
            total = tx.connection.execute(select(func.count()).select_from(CaseListRow).where(*where)).scalar_one()
            rows = tx.connection.execute(question.limit(limit).offset(offset)).all()
            signers = _signers(tx, [row.case_key for row in rows if row.state == "signed"])
        return models.Page(tuple(_listed(row, day, signers.get(row.case_key, "")) for row in rows), total)

    def surgeons(self) -> tuple[str, ...]:
        """The surgeons who look after cases on the list."""
        with self._access.reading("look") as tx:
            question = select(CaseListRow.surgeon).distinct().order_by(CaseListRow.surgeon)
            return tuple(tx.connection.execute(question).scalars())

    def rebuild_list(self) -> int:
        """Rebuild the list from the records; returns the number of cases."""
        with self._access.writing("administer") as tx:
            return rebuild(tx)

    def add_note(self, case: str, text: str) -> models.Note:
        """Keep a note.  Raises Refused for an empty one."""
        words = required_text(text, "The note is empty.")
        with self._access.changing(case) as tx:
            tx.record(NoteRow, "note.added", case, json_content(text=words), case_key=case)
            case_index.touch(tx, case)
        return models.Note(case, words, tx.actor.name, tx.now)

    def notes(self, case: str) -> tuple[models.Note, ...]:
        """All notes on a case, oldest first."""
        with self._access.looking_at(case) as tx:
            return _notes(tx, case)

    def archive(self, case: str, reason: str) -> None:
        """Remove a case from the usual list; its records stay unchanged.  Raises Refused without a reason."""
        self._event(case, "archived", reason, "case.archived")

    def bring_back(self, case: str, reason: str) -> None:
        """Put an archived case back on the list.  Raises Refused without a reason, or when it is not archived."""
        self._event(case, "brought back", reason, "case.brought-back")

    def is_archived(self, case: str) -> bool:
        """Whether a case is read-only until it is brought back; fast enough for every run of a page."""
        with self._access.reading("look") as tx:
            return bool(must_be_there(tx, case).archived)

    def assign(self, case: str, surgeon: str) -> None:
        """Assign a case to a surgeon; until then it belongs to whoever made it."""
        raw = json_content(surgeon=required_text(surgeon, "Say which surgeon looks after this case."))
        with self._access.changing(case) as tx:
            tx.record(CaseEventRow, "case.assigned", case, raw, case_key=case, kind="assigned", ground=None)
            case_index.refresh(tx, case)

    def erase(self, case: str, ground: str) -> models.Tombstone:
        """Remove the contents of a case for good; who, when, why and the SHA-256 of its files stay.

        `ground` is kept in readable form: it names the request or the law, never the patient.  Earlier backups and
        exports still hold the case.  The remaining rows and the audit trail hold no clinical contents.

        Raises:
            Refused: no ground is given.
            NotThere: the case is missing, or was erased before.
        """
        ask = "Give a ground for the erasure, such as the number of the request, and nothing that names the patient."
        why = required_text(ground, ask)
        with self._access.writing("administer") as tx:
            must_be_there(tx, case)
            tx.record(CaseEventRow, "case.erased", case, None, case_key=case, kind="erased", ground=why)
            tx.connection.execute(delete(ContentRow).where(ContentRow.case_key == case))
            tx.connection.execute(delete(FilmPixelsRow).where(FilmPixelsRow.case_key == case))
            case_index.forget(tx, case)
        self._access.store.settle()
        return next(stone for stone in self.tombstones() if stone.case == case)

    def tombstones(self) -> tuple[models.Tombstone, ...]:
        """What is kept of the erased cases."""
        with self._access.reading("look") as tx:
            found = select(CaseEventRow.__table__).where(CaseEventRow.kind == "erased").order_by(CaseEventRow.entry)
            return tuple(_tombstone(tx, row) for row in tx.connection.execute(found).all())

    def _event(self, case: str, kind: str, reason: str, action: str) -> None:
        raw = json_content(reason=required_text(reason, "Say in a few words why."))
        with self._access.writing("plan") as tx:
            archived = bool(must_be_there(tx, case).archived)
            if archived == (kind == "archived"):
                raise Refused(f"This case is {'archived already' if archived else 'not archived'}.")
            tx.record(CaseEventRow, action, case, raw, case_key=case, kind=kind, ground=None)
            case_index.refresh(tx, case)


def _tombstone(tx: ReadTransaction, row: Row[Any]) -> models.Tombstone:
    cases, plans = (
        tuple(tx.connection.execute(select(sha256).where(of == row.case_key).order_by(number)).scalars())
        for sha256, of, number in (
            (VersionRow.case_sha256, VersionRow.case_key, VersionRow.number),
            (PlanRow.plan_sha256, PlanRow.case_key, PlanRow.number),
        )
    )
    return models.Tombstone(row.case_key, row.done_at, row.done_by, row.ground or "", cases, plans)


def _notes(tx: ReadTransaction, case: str) -> tuple[models.Note, ...]:
    return tuple(
        models.Note(case, value_of(raw)["text"], row.done_by, row.done_at)
        for row, raw in records_with_content(tx, NoteRow, NoteRow.case_key == case)
    )


def _last_hash(case: str) -> Select[str]:
    """The hash of the last audit entry of versions, plans, visits, notes and radiographs of a case."""
    of_plans = (PlanRow, DocumentListRow, AcknowledgementRow, SignOffRow, PlanEventRow)
    tables = (VersionRow, *of_plans, FollowUpRow, NoteRow, FilmRow)
    entries = union_all(
        *(select(func.max(model.entry).label("entry")).where(model.case_key == case) for model in tables)
    )
    last = select(func.max(entries.subquery().c.entry)).scalar_subquery()
    return select(AuditRow.sha256).where(AuditRow.sequence == last)


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
    """Whether a date of the list is past without a visit on it or later."""
    return (
        CaseDateRow.day < day.isoformat(),
        CaseDateRow.day > func.coalesce(CaseListRow.last_follow_up, ""),
        CaseListRow.state != "archived",
    )


def _missed(kinds: tuple[str, ...], day: datetime.date) -> ScalarSelect[str | None]:
    """The first missed date of these kinds."""
    question = select(func.min(CaseDateRow.day)).where(
        CaseDateRow.case_key == CaseListRow.case_key, CaseDateRow.kind.in_(kinds), *_is_missed(day)
    )
    return question.correlate(CaseListRow).scalar_subquery()


def _next(kind: str, day: datetime.date | None) -> ScalarSelect[str | None]:
    """The first date of a kind on or after a day."""
    question = select(func.min(CaseDateRow.day)).where(
        CaseDateRow.case_key == CaseListRow.case_key, CaseDateRow.kind == kind
    )
    if day is not None:
        question = question.where(CaseDateRow.day >= day.isoformat())
    return question.correlate(CaseListRow).scalar_subquery()


def _signers(tx: ReadTransaction, cases: list[str]) -> dict[str, str]:
    """By case, the name of the last signature: that of its signed plan, as a later one replaces those before."""
    if not cases:
        return {}
    found = records_with_content(tx, SignOffRow, SignOffRow.case_key.in_(cases))
    return {row.case_key: value_of(raw)["name"] for row, raw in found}


def _listed(row: Any, today: datetime.date, signed_by: str) -> models.Listed:
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
        signed_by=signed_by,
    )
