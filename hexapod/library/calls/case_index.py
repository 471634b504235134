"""The state of plans and cases, and the list of cases, which is updated in the same transaction as the records."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Row, delete, exists, insert, select, update

from hexapod.library.calls.access import content, content_of, newest, one, records_with_content, with_content
from hexapod.library.errors import NotThere
from hexapod.library.models import CaseState, PlanCaution, PlanState
from hexapod.library.storage.contents import IMPORTED, storable, value_of
from hexapod.library.storage.tables import (
    AcknowledgementRow,
    AuditRow,
    CaseDateRow,
    CaseEventRow,
    CaseListRow,
    CaseRow,
    ContentRow,
    DraftRow,
    FollowUpRow,
    PlanEventRow,
    PlanRow,
    SignOffRow,
    VersionRow,
    unproved_until,
)
from hexapod.library.storage.transactions import ReadTransaction, WriteTransaction

# Keys of a draft that are no entries of the case: a visit being recorded, or a revision just begun, does not make the
# draft newer than its version.
BESIDE_THE_CASE = ("visit", "goal", "revises")


def plan_states(tx: ReadTransaction, case: str) -> dict[int, PlanState]:
    """The state of every plan of a case, by number."""
    # A signature that came with an import does not count here: the plan is a draft until it is signed here.
    of_plan = (SignOffRow.case_key == case, SignOffRow.plan == PlanRow.number, AuditRow.sequence == SignOffRow.entry)
    here = (~AuditRow.action.startswith(IMPORTED), SignOffRow.entry > unproved_until())
    end = select(PlanEventRow.kind).where(PlanEventRow.case_key == case, PlanEventRow.plan == PlanRow.number)
    question = select(PlanRow.number, exists().where(*of_plan, *here), end.scalar_subquery())
    rows = tx.connection.execute(question.where(PlanRow.case_key == case).order_by(PlanRow.number))
    return {number: cast(PlanState, ended or ("signed" if signed else "draft")) for number, signed, ended in rows}


def row_of(tx: ReadTransaction, case: str, number: int) -> Row[Any]:
    """The record of a plan.  Raises NotThere."""
    row = one(tx, select(PlanRow.__table__).where(PlanRow.case_key == case, PlanRow.number == number))
    if row is None:
        raise NotThere(f"This case has no plan {number} in the library.")
    return row


def case_state(
    *, archived: bool, states: Mapping[int, PlanState], current: bool, verdict: str | None, open_cautions: bool
) -> CaseState:
    """The state of a case.

    A case with a signed plan is signed, even while a new draft is edited.  `current` means that the last plan was made
    from the last entries; `ready` means that it can be signed as it is.
    """
    if archived:
        return "archived"
    if "signed" in states.values():
        return "signed"
    if not current or not states:
        return "draft"
    last = states[max(states)]
    if last in ("stopped", "superseded"):
        return last
    if verdict == "refused":
        return "refused"
    return "caution" if open_cautions else "ready"


def cautions(tx: ReadTransaction, case: str, plan: int, plan_entry: int) -> tuple[PlanCaution, ...]:
    """The warnings of a plan, by code and hexapod, with who acknowledged them."""
    found = records_with_content(
        tx, AcknowledgementRow, AcknowledgementRow.case_key == case, AcknowledgementRow.plan == plan
    )
    accepted = {(row.code, row.level): (row.done_by, row.done_at, value_of(raw)["reason"]) for row, raw in found}
    return cautions_of(value_of(content(tx, plan_entry)), accepted)


def cautions_of(
    plan: Mapping[str, Any], acknowledged: Mapping[tuple[str, int], tuple[str, str, str]]
) -> tuple[PlanCaution, ...]:
    """The warnings of a plan file in its order, those of one code and hexapod together."""
    messages: dict[tuple[str, int], list[str]] = {}
    for finding in plan["findings"]:
        if finding["verdict"] == "caution":
            messages.setdefault((finding["code"], finding["level"]), []).append(finding["message"])
    return tuple(
        PlanCaution(code, level, tuple(texts), *acknowledged.get((code, level), (None, None, None)))
        for (code, level), texts in messages.items()
    )


def draft_of_version(tx: ReadTransaction, case: str) -> tuple[int, dict[str, Any] | None]:
    """Entry number of the last version, 0 for none, and the entries of the draft that it was made from, if any."""
    version = select(VersionRow.entry).where(VersionRow.case_key == case).order_by(VersionRow.number.desc()).limit(1)
    entry = version.subquery()
    drafts = select(DraftRow.entry).where(DraftRow.case_key == case, DraftRow.entry < entry.c.entry)
    before = drafts.order_by(DraftRow.revision.desc()).limit(1).scalar_subquery()
    question = select(entry.c.entry, before.label("draft"), ContentRow.coding, ContentRow.body)
    row = one(tx, question.outerjoin(ContentRow, ContentRow.entry == before))
    if row is None:
        return 0, None
    return row.entry, None if row.draft is None else entries_of_case(value_of(content_of(row)))


def entries_of_case(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a draft that are entries of the case."""
    return {name: value for name, value in draft.items() if name not in BESIDE_THE_CASE}


SHOWN = ("case_id", "title", "side", "bone")
VISIT, EXCHANGE = "visit", "exchange"
# A draft may hold any text in place of its id; the list shows one line of it.
LONGEST_SHOWN = 200


def case_made(tx: WriteTransaction, case: str) -> None:
    """Put a new case on the list, without texts as yet."""
    tx.connection.execute(insert(CaseListRow), _bare(case, tx.actor.name) | _changed(tx))


def draft_saved(tx: WriteTransaction, case: str, revision: int, value: Mapping[str, Any]) -> None:
    """Update the list after a save of the draft; fast, because every changed entry is saved."""
    known = tx.connection.execute(select(CaseListRow.__table__).where(CaseListRow.case_key == case)).mappings().one()
    version, then = draft_of_version(tx, case)
    newer = not version or then != entries_of_case(value)
    if known["draft_newer"] and not newer:
        refresh(tx, case)
        return
    changes: dict[str, Any] = {"revision": revision, "draft_newer": int(newer)}
    if not known["version"]:
        changes |= _words_of_draft(value)
    if newer and known["state"] not in ("signed", "archived"):
        changes["state"] = "draft"
    _update(tx, case, known, changes)


def visited(tx: WriteTransaction, case: str, date: datetime.date, next_visit: datetime.date | None) -> None:
    """Update the list after a follow-up was recorded."""
    known = tx.connection.execute(select(CaseListRow.last_follow_up).where(CaseListRow.case_key == case)).scalar_one()
    last = max(filter(None, (known, date.isoformat())))
    tx.connection.execute(update(CaseListRow).where(CaseListRow.case_key == case).values(last_follow_up=last))
    if next_visit is not None:
        visit_arranged(tx, case, next_visit)
    touch(tx, case)


def visit_arranged(tx: WriteTransaction, case: str, day: datetime.date) -> None:
    """Set the day of the next visit, in place of any arranged before."""
    _set_dates(tx, case, VISIT, {day.isoformat()})


def refresh(tx: WriteTransaction, case: str) -> None:
    """Update a case on the list from its versions, plans and events; follow-ups and visits stay as listed."""
    known = tx.connection.execute(select(CaseListRow.__table__).where(CaseListRow.case_key == case)).mappings().one()
    row, exchanges = _derived(tx, case)
    _update(tx, case, known, row)
    _set_dates(tx, case, EXCHANGE, exchanges)


def forget(tx: WriteTransaction, case: str) -> None:
    """Remove an erased case from the list."""
    for model in (CaseListRow, CaseDateRow):
        tx.connection.execute(delete(model).where(model.case_key == case))


def rebuild(tx: WriteTransaction) -> int:
    """Rebuild the whole list from the records; returns the number of cases."""
    for model in (CaseListRow, CaseDateRow):
        tx.connection.execute(delete(model))
    erased = select(CaseEventRow.case_key).where(CaseEventRow.kind == "erased")
    made = tx.connection.execute(select(CaseRow.case_key, CaseRow.done_by).where(CaseRow.case_key.not_in(erased))).all()
    for case, by in made:
        rebuild_row(tx, case, by)
    return len(made)


def rebuild_row(tx: WriteTransaction, case: str, made_by: str) -> None:
    """Rebuild the row of a case on the list from all of its records."""
    row, dates = row_from_records(tx, case, made_by)
    tx.connection.execute(insert(CaseListRow), row)
    for kind, days in dates.items():
        _set_dates(tx, case, kind, days)


def row_from_records(tx: ReadTransaction, case: str, made_by: str) -> tuple[dict[str, Any], dict[str, set[str]]]:
    """The row of a case on the list by all of its records, and the days of every kind of date."""
    row, exchanges = _derived(tx, case)
    changed = _last_change(tx, case)
    row |= {"changed_at": changed[0], "changed_by": changed[1]}
    follow_ups = records_with_content(tx, FollowUpRow, FollowUpRow.case_key == case)
    visits = {found.entry: value_of(raw) for found, raw in follow_ups}
    of_visits = CaseEventRow.case_key == case, CaseEventRow.kind == "visit arranged"
    # The date given last counts, whether at a visit or between visits.
    arranged = {entry: visit["next_visit"] for entry, visit in visits.items() if visit["next_visit"]}
    arranged |= {found.entry: value_of(raw)["day"] for found, raw in records_with_content(tx, CaseEventRow, *of_visits)}
    last_follow_up = max((visit["date"] for visit in visits.values()), default=None)
    whole = _bare(case, made_by) | row | {"last_follow_up": last_follow_up}
    whole["words"] = _words(whole)
    return whole, {EXCHANGE: exchanges, VISIT: {arranged[max(arranged)]} if arranged else set()}


def listed_id(tx: ReadTransaction, case: str) -> str:
    """The id of a case that has a version, an empty text otherwise."""
    found = one(tx, select(CaseListRow.case_id).where(CaseListRow.case_key == case, CaseListRow.version > 0))
    return found.case_id if found else ""


def _derived(tx: ReadTransaction, case: str) -> tuple[dict[str, Any], set[str]]:
    """The row's columns except those on follow-ups, and the days of the signed plan's exchanges."""
    row: dict[str, Any] = {"first_day": None, "last_day": None}
    version = one(tx, with_content(VersionRow, case).order_by(VersionRow.number.desc()))
    draft = one(tx, with_content(DraftRow, case).order_by(DraftRow.revision.desc()))
    if version is not None:
        row |= _words_of_case(value_of(content_of(version)))
    elif draft is not None:
        row |= _words_of_draft(value_of(content_of(draft)))
    draft_newer = draft is not None and (
        version is None
        or (
            draft.entry > version.entry
            and draft_of_version(tx, case)[1] != entries_of_case(value_of(content_of(draft)))
        )
    )
    row |= {"revision": draft.revision if draft else 0, "version": version.number if version else 0}
    row |= {"draft_newer": int(draft_newer)}
    states = plan_states(tx, case)
    plan = newest(tx, PlanRow, case)
    row["plan"] = plan.number if plan else 0
    open_cautions = False
    if plan is not None and plan.verdict == "caution" and states[plan.number] == "draft":
        open_cautions = any(caution.by is None for caution in cautions(tx, case, plan.number, plan.entry))
    events = list(records_with_content(tx, CaseEventRow, CaseEventRow.case_key == case))
    row["state"] = case_state(
        archived=next((found.kind for found, _ in reversed(events) if found.kind in ("archived", "brought back")), "")
        == "archived",
        states=states,
        current=plan is not None and version is not None and plan.version == version.number and not draft_newer,
        verdict=plan.verdict if plan else None,
        open_cautions=open_cautions,
    )
    assigned = [value_of(raw)["surgeon"] for found, raw in events if found.kind == "assigned"]
    if assigned:
        row["surgeon"] = assigned[-1]
    exchanges: set[str] = set()
    signed = [number for number, state in states.items() if state == "signed"]
    if signed:
        followed = value_of(content(tx, row_of(tx, case, signed[-1]).entry))
        row["first_day"], row["last_day"], exchanges = _days(followed)
    return row, exchanges


def _days(plan: Mapping[str, Any]) -> tuple[str, str, set[str]]:
    """First and last day of a plan file, and the days of its exchanges."""
    days = sorted({row["date"] for level in plan["levels"] for row in level["rows"]})
    first = datetime.date.fromisoformat(days[0])
    swaps = {swap["planned_day"] for level in plan["levels"] for swap in level["swaps"]}
    return days[0], days[-1], {(first + datetime.timedelta(days=day)).isoformat() for day in swaps}


def _words_of_case(document: Mapping[str, Any]) -> dict[str, str]:
    title, limb = storable(document.get("title") or ""), document["limb"]
    return {"case_id": document["id"], "title": title, "side": limb["side"], "bone": limb["bone"]}


def _words_of_draft(value: Mapping[str, Any]) -> dict[str, str]:
    limb = value.get("limb")
    limb = limb if isinstance(limb, dict) else value  # drafts before `hexapod-draft/3` have side and bone at the top
    found = (value.get("id"), value.get("title"), limb.get("side"), limb.get("bone"))
    return {
        name: storable(text)[:LONGEST_SHOWN] if isinstance(text, str) else ""
        for name, text in zip(SHOWN, found, strict=True)
    }


def _bare(case: str, surgeon: str) -> dict[str, Any]:
    texts = dict.fromkeys((*SHOWN, "words", "changed_at", "changed_by"), "")
    numbers = dict.fromkeys(("revision", "version", "plan", "draft_newer"), 0)
    return {"case_key": case, "state": "draft", "surgeon": surgeon} | texts | numbers


def _update(tx: WriteTransaction, case: str, known: Mapping[Any, Any], changes: dict[str, Any]) -> None:
    """Change columns of a row, the text that is searched, and who changed the case."""
    changes["words"] = _words({**known, **changes})
    tx.connection.execute(update(CaseListRow).where(CaseListRow.case_key == case).values(changes | _changed(tx)))


def _words(row: Mapping[Any, Any]) -> str:
    """The text that a search looks through."""
    return " ".join((row["case_id"], row["title"], row["surgeon"])).casefold()


def touch(tx: WriteTransaction, case: str) -> None:
    """Record that this user has changed the case now."""
    tx.connection.execute(update(CaseListRow).where(CaseListRow.case_key == case).values(_changed(tx)))


def _changed(tx: WriteTransaction) -> dict[str, str]:
    return {"changed_at": tx.now, "changed_by": tx.actor.name}


def _last_change(tx: ReadTransaction, case: str) -> tuple[str, str]:
    """When and by whom the case was last changed, by its records."""
    row = tx.connection.execute(
        select(AuditRow.at, AuditRow.actor)
        .where(AuditRow.subject == case, AuditRow.action.not_in(("case.exported", "home.reported")))
        .order_by(AuditRow.sequence.desc())
        .limit(1)
    ).one()
    return row.at, row.actor


def _set_dates(tx: WriteTransaction, case: str, kind: str, days: set[str]) -> None:
    tx.connection.execute(delete(CaseDateRow).where(CaseDateRow.case_key == case, CaseDateRow.kind == kind))
    if days:
        tx.connection.execute(
            insert(CaseDateRow), [{"case_key": case, "kind": kind, "day": day} for day in sorted(days)]
        )
