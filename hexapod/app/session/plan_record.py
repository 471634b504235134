"""What the library knows of the plan on the page; how it is finalised, signed, stopped and revised."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace

from hexapod.app.draft import typed_text
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.draft_model import another_visit
from hexapod.app.draft.outcome import Outcome, work_out
from hexapod.app.session import entries, library_access, session, unsaved
from hexapod.app.session.acknowledgements import open_cautions
from hexapod.app.session.entries import action
from hexapod.app.session.session import OfLibrary, OpenCase
from hexapod.app.sign_in import user as who
from hexapod.app.widgets import browser_scripts
from hexapod.case.files import case_text, parse_case
from hexapod.case.model import Case
from hexapod.checks.findings import grouped
from hexapod.errors import HexapodError
from hexapod.library import CaseRecord, StoredPlan
from hexapod.plan.make_plan import Plan as MadePlan
from hexapod.plan.make_plan import Refusal
from hexapod.plan.sign_off import Acknowledgement
from hexapod.text.numbers import number as shown_number

_NEW_TO_CONFIRM = "Nothing was signed: what stands above in colour is new. Read it, then sign."
_NO_NAME = "Type your name to sign with."
_CHANGED = "An entry was changed at the same moment: nothing was written down. Look at the plan again."
BEFORE = "That button was of a case no longer shown: nothing was done."
UNDECIDED = "first decide about the entries that are not saved or not the newest."
FINALISE, SIGN, SIGN_NOW = "issue", "sign", "sign-now"
REVISE, CONTINUE = "revise", "continue-visit"
_ENDED = {"superseded": "replaced by a later plan", "stopped": "stopped"}


def look(outcome: Outcome) -> None:
    """At every run: find the plan of these very entries among those of the library, and how many plans there are.

    What was known before stays until the new is: a run may be ended in between, and a click finds what it left.
    """
    case, unanswered = session.opened(), ""
    found, locked = OfLibrary(), case.locked
    try:
        if case.token and case.record is not None and not case.unanswered:
            found = _found(case.record, outcome, case)
            followed = found.in_force
            revises = case.draft.get("revises")
            locked = followed.number if followed is not None and revises != followed.number else 0
        elif not case.token:
            locked = 0
    except HexapodError as error:
        unanswered = entries.NO_ANSWER.format(error)
    with session.turn():
        case.of_library, case.locked, case.unanswered = found, locked, unanswered or case.unanswered


def _found(record: CaseRecord, outcome: Outcome, case: OpenCase) -> OfLibrary:
    of_case = {one.number for one in record.versions if outcome.case and one.case_sha256 == outcome.case.sha256}
    mine = [one for one in record.plans if one.plan_sha256 == outcome.prescribed and one.version in of_case]
    # Entries of a plan of before, or of one signed in another library: issued and signed anew to be followed.
    ended = bool(mine) and (mine[-1].state == "superseded" or mine[-1].taken_in)
    found = OfLibrary(
        recorded=mine[-1] if mine and not ended else None,
        in_force=next((one for one in record.plans if one.state == "signed"), None),
        replaced=mine[-1] if ended else None,
        continued=next((one for one in record.plans if one.number == case.follows), None),
        visits=len(record.visits),
        version=record.versions[-1].number if record.versions else 0,
        same_id=record.same_id,
    )
    if outcome.case is None or outcome.plan is None or (found.in_force and found.recorded == found.in_force):
        return found
    # Whether the plan on the page goes on from what was read last; asked again only when something is another.
    of = (case.token, outcome.prescribed, record.mark, typed_text.today())
    known = case.of_library
    if known.of == of:
        return replace(found, of=of, continuing=known.continuing)
    plans = library_access.records().plans
    return replace(found, of=of, continuing=plans.continuing(case.token, outcome.plan, of[-1]))


def state_words(outcome: Outcome) -> str:
    """The banner's words on signing."""
    plan, followed = session.of_library().recorded, session.of_library().in_force
    if session.opened().unanswered:
        return "Whether it is signed is not known"
    if plan is not None and plan.sign_off is not None:
        ended = _ENDED.get(plan.state)
        return f"Signed by {plan.sign_off.name}" + (f", {ended}" if ended else "")
    if followed is not None:
        return f"Draft · signed: plan {followed.number}"
    if not isinstance(outcome.plan, MadePlan):
        return "Draft"
    return "Draft, finalised" if plan is not None else "Draft, not signed"


# Of a plan, the cautions that are accepted as the fields say at this very moment: none while something is missing.
AcceptedOf = Callable[[MadePlan | Refusal], Sequence[Acknowledgement]]


@action
def finalise(prescribed: str, accepted_of: AcceptedOf) -> None:
    """Callback: write the plan of the page down in the library, with the cautions that are accepted and why."""
    _finalise(prescribed, accepted_of, FINALISE)


@action
def finalise_and_sign(prescribed: str, accepted_of: AcceptedOf, name_key: str, shown: tuple[str, ...]) -> None:
    """Callback: `finalise` and `sign` at once, for whoever may do both; nothing of it without a name."""
    if not _name_typed(name_key):
        session.opened().refuse(SIGN_NOW, _NO_NAME)
        return
    number = _finalise(prescribed, accepted_of, SIGN_NOW)
    if number is not None:
        sign(number, prescribed, name_key, shown)


def _finalise(prescribed: str, accepted_of: AcceptedOf, place: str) -> int | None:
    """The number of the plan in the library; None where it was refused, which is told at `place`."""
    state = session.opened()
    seen = state.of_library.version
    if session.is_of_before():
        state.refuse(place, BEFORE)
        return None
    if not session.token() and not state.unsaved:
        entries.save()
    unsaved.look()
    outcome = work_out(session.draft())
    if state.unsaved or state.newer:
        state.refuse(place, f"Nothing was finalised: {UNDECIDED}")
        return None
    if outcome.plan is None or outcome.case is None or outcome.prescribed != prescribed:
        state.refuse(place, _CHANGED)
        return None
    try:
        # Before anything is written down: what the fields say now, not what they said when the button was drawn.
        accepted = {(one.code, one.level): one for one in accepted_of(outcome.plan)}
        if not accepted.keys() >= {tuple(one) for one in open_cautions(outcome.plan, session.of_library().recorded)}:
            state.refuse(
                place, "Nothing was finalised: a warning is not acknowledged any more. Look at the warnings again."
            )
            return None
        records, case = library_access.records(), session.token()
        if findings := records.plans.continuing(case, outcome.plan, typed_text.today()).findings:
            state.refuse(place, "Nothing was finalised. " + " ".join(group.message for group in grouped(findings)))
            return None
        version = records.versions.save(case, seen, case_text(outcome.case).encode("utf-8"))
        plan = records.plans.issue(case, version.number, outcome.plan)
        for caution in plan.cautions:
            if caution.by is None and (one := accepted.get((caution.code, caution.level))):
                records.plans.acknowledge(case, plan.number, one.code, one.level, _reason(records.actor.name, one))
    except HexapodError as error:
        state.refuse(place, f"The plan was not finalised. {error}")
        return None
    state.message = f"Plan {plan.number} is finalised: version {version.number} of the case."
    return plan.number


@action
def sign(number: int, prescribed: str, name_key: str, shown: tuple[str, ...]) -> None:
    """Callback: sign the plan on the page by its plan ID.

    `shown` are the sentences that stood beside the button, such as that day 0 is past: signing confirms them.
    """
    state = session.opened()
    unsaved.look()
    if session.is_of_before():
        state.refuse(SIGN, BEFORE)
        return
    if state.unsaved or state.newer or state.unanswered:
        state.refuse(SIGN, f"Nothing was signed: {UNDECIDED}")
        return
    outcome = work_out(session.draft())
    if outcome.prescribed != prescribed or outcome.case is None or outcome.plan is None:
        state.refuse(SIGN, _CHANGED)
        return
    try:
        records = library_access.records()
        name = _name_typed(name_key)
        if not name:
            state.refuse(SIGN, _NO_NAME)
            return
        known = records.plans.load(session.token(), number)
        if known.state == "signed" and known.plan_sha256 == prescribed and known.sign_off is not None:
            # A second click, or somebody else was quicker: it is signed, whoever did it.
            signed = known.sign_off
        elif records.plans.continuing(session.token(), outcome.plan, typed_text.today()).sentences != shown:
            state.refuse(SIGN, _NEW_TO_CONFIRM)
            return
        else:
            signed = records.plans.sign(session.token(), number, prescribed, name, typed_text.today())
    except HexapodError as error:
        state.refuse(SIGN, f"The plan was not signed. {error}")
        return
    state.plan_documents = None
    if _visit_is_of_before(outcome.case):
        state.new_fields()
        entries.change(lambda draft: draft.update(visit=another_visit(draft)))
    state.message = f"Plan {number} is signed by {signed.name}. Audit trail: {signed.head}."


def _name_typed(name_key: str) -> str:
    """The name to sign with: of whoever signed in, or typed."""
    return (who.signature() or str(session.typed(name_key) or "")).strip()


def _visit_is_of_before(case: Case) -> bool:
    """Whether what is typed of a visit led to this plan, or is older: the next visit begins with empty fields."""
    draft = session.draft()
    month_first = draft["dates_typed"] == typed_text.MONTH_FIRST
    try:
        date = typed_text.date_text(draft["visit"]["date"], month_first=month_first)
    except typed_text.NotANumber:
        return False
    return bool(date) and datetime.date.fromisoformat(date) <= case.first_day


@action
def stop(case: str, number: int, reason_key: str) -> None:
    """Callback: say that a signed plan of a case is no longer followed."""
    state = session.opened()
    if session.is_of_before() or case != session.token():
        state.refuse(stop_place(number), BEFORE)
        return
    try:
        records = library_access.records()
        if records.plans.load(case, number).state != "stopped":
            records.plans.stop(case, number, str(session.typed(reason_key, "")))
    except HexapodError as error:
        state.refuse(stop_place(number), f"The plan was not stopped. {error}")
        return
    state.plan_documents = None
    state.message = f"Plan {number} is stopped: it is no longer followed."


def stop_place(number: int) -> str:
    """The key of the button that stops a plan."""
    return f"stop-{number}"


def _reason(user: str, accepted: Acknowledgement) -> str:
    """The reason; led by the name typed where that is not the user's own."""
    return accepted.reason if accepted.by == user else f"{accepted.by}: {accepted.reason}"


def _still_in_force(number: int) -> StoredPlan | None:
    """The plan whose button was pressed; None, having refused, unless it is the one in force of the case shown."""
    followed = session.of_library().in_force
    if not session.is_of_before() and followed is not None and followed.number == number:
        return followed
    session.opened().refuse(REVISE, BEFORE)
    return None


@action
def revise(number: int) -> None:
    """Callback: open the entries of a signed plan as a draft beside it; the plan stays in force as it was signed."""
    state = session.opened()
    if _still_in_force(number) is None:
        return
    entries.change(lambda draft: draft.update(revises=number))
    if not state.unsaved:
        state.message = (
            f"A draft is begun beside plan {number}. Plan {number} stays in force, with its documents and visits, "
            "until another plan is signed."
        )


@action
def back_to_signed(number: int) -> None:
    """Callback: the entries of the signed plan again, closed; those of the draft stay among earlier entries."""
    state = session.opened()
    followed = _still_in_force(number)
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
        state.message = f"These are the entries of plan {number} again. Those of the draft are revision {before}."


@action
def continue_from(visit_number: int) -> None:
    """Callback: put the readings of a visit into the step Follow-up, where the plan goes on from them."""
    state = session.opened()
    visited = session.of_library().continuing.visit
    if session.is_of_before() or visited is None or visited.number != visit_number:
        state.refuse(CONTINUE, BEFORE)
        return
    visit, followed = visited.visit, session.of_library().in_force
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
    if struts := {str(one.level): one.struts for one in visit.readings if one.struts}:
        typed["struts"] = {level: {str(k): model for k, model in enumerate(six)} for level, six in struts.items()}
    typed |= {"next": visit.next_visit.isoformat() if visit.next_visit else ""}
    entries.change(lambda draft: draft.update(visit=another_visit(draft) | typed))
    state.follows, session.current().step = None if begun else visited.plan, "follow-up"
    state.new_fields()
    browser_scripts.ask_for(CONTINUE)
    state.message = (
        f"These are the readings of visit {visit_number}. Below them is how the plan goes on from there: choose, "
        "look at it and take it."
    )
