"""From a signed plan to the next one: a draft beside it, its own entries again, or on from the readings of a visit."""

from __future__ import annotations

from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.draft_model import blank_visit
from hexapod.app.session import entries, library_access, plan_record, session
from hexapod.app.session.entries import action
from hexapod.app.session.plan_record import BEFORE, UNDECIDED
from hexapod.app.widgets import browser_scripts
from hexapod.case.files import parse_case
from hexapod.errors import HexapodError
from hexapod.library import StoredPlan
from hexapod.text.numbers import number as shown_number

REVISE, CONTINUE = "revise", "continue-visit"


def _in_force(number: int) -> StoredPlan | None:
    """The plan whose button was pressed; None, having refused, unless it is the one in force of the case shown."""
    followed = plan_record.in_force()
    if not session.is_of_before() and followed is not None and followed.number == number:
        return followed
    session.opened().refuse(REVISE, BEFORE)
    return None


@action
def revise(number: int) -> None:
    """Callback: open the entries of a signed plan as a draft beside it; the plan stays in force as it was signed."""
    state = session.opened()
    if _in_force(number) is None:
        return
    entries.change(lambda draft: draft.update(revises=number))
    if not state.unsaved:
        state.said = (
            f"A draft is begun beside plan {number}. Plan {number} stays in force, with its documents and visits, "
            "until another plan is issued and signed."
        )


@action
def back_to_signed(number: int) -> None:
    """Callback: the entries of the signed plan again, closed; those of the draft stay among earlier entries."""
    state = session.opened()
    followed = _in_force(number)
    if followed is None:
        return
    if state.unsaved or state.newer:
        state.refuse(REVISE, f"Nothing was changed: {UNDECIDED}")
        return
    try:
        case = parse_case(library_access.records().versions.file(session.token(), followed.version))
    except HexapodError as error:
        state.refuse(REVISE, f"Nothing was changed. {error}")
        return
    before = state.revision
    state.draft, state.level = draft_of(case.document) | {"visit": state.draft["visit"]}, ""
    state.new_fields()
    entries.save(confirmed=True)
    if not state.unsaved:
        state.said = f"These are the entries of plan {number} again. Those of the draft are revision {before}."


@action
def continue_from(visit_number: int) -> None:
    """Callback: put the readings of a visit into the step Follow-up, where the plan goes on from them."""
    state = session.opened()
    visited = plan_record.continuing().visit
    if session.is_of_before() or visited is None or visited.number != visit_number:
        state.refuse(CONTINUE, BEFORE)
        return
    visit, followed = visited.visit, plan_record.in_force()
    try:
        records = library_access.records()
        begun = (
            followed is not None
            and visit.date >= parse_case(records.versions.file(session.token(), followed.version)).first_day
        )
    except HexapodError as error:
        state.refuse(CONTINUE, str(error))
        return
    read = {
        str(one.level): {str(k): shown_number(value) for k, value in enumerate(one.settings_mm)}
        for one in visit.readings
    }
    typed = {"date": visit.date.isoformat(), "readings": read, "note": visit.note}
    if said := {str(one.level): one.struts for one in visit.readings if one.struts}:
        typed["struts"] = {level: {str(k): model for k, model in enumerate(six)} for level, six in said.items()}
    typed |= {"next": visit.next_visit.isoformat() if visit.next_visit else ""}
    entries.change(lambda draft: draft.update(visit=blank_visit() | typed))
    state.follows, session.current().step = None if begun else visited.plan, "follow-up"
    state.new_fields()
    browser_scripts.ask_for(CONTINUE)
    state.said = (
        f"These are the readings of visit {visit_number}. Below them is how the plan goes on from there: choose, "
        "look at it and take it."
    )
