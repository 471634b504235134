"""The state of a plan and of a case, by their records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from hexapod.library.calls.access import content, content_of, one, records_with_content
from hexapod.library.errors import NotThere
from hexapod.library.models import CaseState, PlanCaution, PlanState
from hexapod.library.storage.audit_chain import IMPORTED
from hexapod.library.storage.contents import value_of
from hexapod.library.storage.tables import (
    AcknowledgementRow,
    AuditRow,
    ContentRow,
    DraftRow,
    PlanEventRow,
    PlanRow,
    SignOffRow,
    VersionRow,
    taken_over_until,
)
from hexapod.library.storage.transactions import ReadTransaction

# Keys of a draft that are no entries of the case: a visit being recorded, or a revision just begun, does not make the
# draft newer than its version.
BESIDE_THE_CASE = ("visit", "revises")


def plan_states(tx: ReadTransaction, case: str) -> dict[int, PlanState]:
    """The state of every plan of a case, by number."""
    ends = select(PlanEventRow.plan, PlanEventRow.kind).where(PlanEventRow.case_key == case)
    ended = {row.plan: row.kind for row in tx.connection.execute(ends)}
    # A signature that came with an import was not given here: the plan is a draft until it is signed here.
    given = (
        select(SignOffRow.plan).join(AuditRow, AuditRow.sequence == SignOffRow.entry).where(SignOffRow.case_key == case)
    )
    here = (~AuditRow.action.startswith(IMPORTED), SignOffRow.entry > taken_over_until())
    signed = set(tx.connection.execute(given.where(*here)).scalars())
    numbers = tx.connection.execute(
        select(PlanRow.number).where(PlanRow.case_key == case).order_by(PlanRow.number)
    ).scalars()
    return {number: plan_state(number in signed, ended.get(number)) for number in numbers}


def row_of(tx: ReadTransaction, case: str, number: int) -> Row[Any]:
    """The record of a plan.  Raises NotThere."""
    row = one(tx, select(PlanRow.__table__).where(PlanRow.case_key == case, PlanRow.number == number))
    if row is None:
        raise NotThere(f"This case has no plan {number} in the library.")
    return row


def plan_state(signed: bool, ended: str | None) -> PlanState:
    """The state of one plan."""
    if ended == "superseded":
        return "superseded"
    if ended == "stopped":
        return "stopped"
    return "signed" if signed else "draft"


def case_state(
    *, archived: bool, states: Mapping[int, PlanState], current: bool, verdict: str | None, open_cautions: bool
) -> CaseState:
    """The state of a case.

    A case with a signed plan is signed, whatever is being drafted.  `current` means that the last plan was made from
    the last entries; `ready` means that it can be signed as it is.
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
    said = {(row.code, row.level): (row.done_by, row.done_at, value_of(raw)["reason"]) for row, raw in found}
    return cautions_of(value_of(content(tx, plan_entry)), said)


def cautions_of(
    plan: Mapping[str, Any], said: Mapping[tuple[str, int], tuple[str, str, str]]
) -> tuple[PlanCaution, ...]:
    """The warnings of a plan file in its order, those of one code and hexapod together."""
    messages: dict[tuple[str, int], list[str]] = {}
    for finding in plan["findings"]:
        if finding["verdict"] == "caution":
            messages.setdefault((finding["code"], finding["level"]), []).append(finding["message"])
    return tuple(
        PlanCaution(code, level, tuple(told), *said.get((code, level), (None, None, None)))
        for (code, level), told in messages.items()
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
