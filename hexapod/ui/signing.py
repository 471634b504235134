"""What the library knows of the plan on the page, and how it is issued, signed and stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from hexapod.case.files import case_text
from hexapod.errors import HexapodError
from hexapod.plan import Plan as MadePlan
from hexapod.records import Plan
from hexapod.report.options import Acknowledgement
from hexapod.ui import saving, session, shelf, watching, who
from hexapod.ui.cautions import open_cautions
from hexapod.ui.outcome import Outcome, work_out

_CHANGED = "An entry was changed at the same moment: nothing was written down. Look at the plan again."
_BEFORE = "That button was of a case no longer shown: nothing was done."
_UNDECIDED = "first decide about the entries that are not saved or not the newest."
_ENDED = {"superseded": "replaced by a later plan", "stopped": "stopped"}


def look(outcome: Outcome) -> None:
    """At every run: find the plan of these very entries among those of the library, and how many plans there are."""
    state = st.session_state
    state.update(recorded=None, in_force=None, replaced=None, visits=0, version=0, seen=None)
    if not session.token():
        return
    try:
        records = shelf.records()
        plans = records.plans(session.token())
        versions = records.versions(session.token())
        of_case = {v.number for v in versions if _same_case(outcome, v.case_sha256)}
        state["version"] = versions[-1].number if versions else 0
        state["visits"] = len(records.follow_ups(session.token()))
        state["seen"] = watching.seen(state.get("in library", 0), state["archived"], plans, state["visits"])
    except HexapodError as error:
        state["unanswered"] = f"The library does not answer: what it has of this case is not known. {error}"
        return
    mine = [one for one in plans if one.plan_sha256 == outcome.prescribed and one.version in of_case]
    if mine and (mine[-1].state == "superseded" or mine[-1].taken_in):
        # Entries of a plan of before, or of one signed in another library: issued and signed anew to be followed.
        state["replaced"] = mine[-1]
    elif mine:
        state["recorded"] = mine[-1]
    state["in_force"] = next((one for one in plans if one.state == "signed"), None)


def recorded() -> Plan | None:
    """The plan of these very entries as the library has it, None when it was not issued."""
    return st.session_state["recorded"]


def in_force() -> Plan | None:
    """The signed plan that the patient follows, whatever the entries on the page say now."""
    return st.session_state["in_force"]


def replaced() -> Plan | None:
    """The plan of these very entries that a later one has replaced, or that was signed in another library only."""
    return st.session_state["replaced"]


def visits() -> int:
    """How many visits were recorded."""
    return st.session_state["visits"]


def state_words(outcome: Outcome) -> str:
    """The banner's words on signing."""
    plan, followed = recorded(), in_force()
    if st.session_state["unanswered"]:
        return "Whether it is signed is not known"
    if plan is not None and plan.sign_off is not None:
        ended = _ENDED.get(plan.state)
        return f"Signed by {plan.sign_off.name}" + (f", {ended}" if ended else "")
    if followed is not None:
        return f"Draft · signed: plan {followed.number}"
    if outcome.plan is None or outcome.plan.verdict == "refused":
        return "Draft"
    return "Draft, issued" if plan is not None else "Draft, not signed"


def issue(prescribed: str, accepted_of: Callable[[MadePlan], Sequence[Acknowledgement]]) -> None:
    """Callback: write the plan of the page down in the library, with the cautions that are accepted and why.

    `accepted_of` tells them as the fields say at this very moment, none while something is missing.
    """
    state, seen = st.session_state, st.session_state["version"]
    state["called"] = True
    if session.is_of_before():
        state["said"] = _BEFORE
        return
    if not session.token() and not state["unsaved"]:
        saving.keep()
    saving.look()
    outcome = work_out(session.draft())
    if state["unsaved"] or state["newer"]:
        state["said"] = f"Nothing was issued: {_UNDECIDED}"
        return
    if outcome.plan is None or outcome.case is None or outcome.prescribed != prescribed:
        state["said"] = _CHANGED
        return
    try:
        # Before anything is written down: what the fields say now, not what they said when the button was drawn.
        accepted = {(one.code, one.level): one for one in accepted_of(outcome.plan)}
        if not accepted.keys() >= {tuple(one) for one in open_cautions(outcome.plan, recorded())}:
            state["said"] = "Nothing was issued: a caution is not acknowledged any more. Look at the findings again."
            return
        records, case = shelf.records(), session.token()
        version = records.save_version(case, seen, case_text(outcome.case).encode("utf-8"))
        plan = records.issue_plan(case, version.number, outcome.plan)
        for caution in plan.cautions:
            if caution.by is None and (one := accepted.get((caution.code, caution.level))):
                records.acknowledge(case, plan.number, one.code, one.level, _told(records.actor.name, one))
    except HexapodError as error:
        state["said"] = f"The plan was not issued. {error}"
        return
    state["said"] = (
        f"Plan {plan.number} is issued: version {version.number} of the case, fingerprint {prescribed[:12]}."
    )


def sign(number: int, prescribed: str, name_key: str) -> None:
    """Callback: sign the plan on the page by its fingerprint."""
    state = st.session_state
    state["called"] = True
    saving.look()
    if session.is_of_before():
        state["said"] = _BEFORE
        return
    if state["unsaved"] or state["newer"] or state["unanswered"]:
        state["said"] = f"Nothing was signed: {_UNDECIDED}"
        return
    if work_out(session.draft()).prescribed != prescribed:
        state["said"] = _CHANGED
        return
    try:
        records = shelf.records()
        name = (who.signature() or str(state.get(name_key, ""))).strip()
        if not name:
            state["said"] = "Type your name to sign with."
            return
        known = records.plan(session.token(), number)
        if known.state == "signed" and known.plan_sha256 == prescribed and known.sign_off is not None:
            # A second click, or somebody else was quicker: it is signed, whoever did it.
            signed = known.sign_off
        else:
            signed = records.sign(session.token(), number, prescribed, name)
    except HexapodError as error:
        state["said"] = f"The plan was not signed. {error}"
        return
    state.update(papers=None, said=f"Plan {number} is signed by {signed.name}. Audit trail: {signed.head}.")


def stop(case: str, number: int, reason_key: str) -> None:
    """Callback: say that a signed plan of a case is no longer followed."""
    state = st.session_state
    state["called"] = True
    if session.is_of_before() or case != session.token():
        state["said"] = _BEFORE
        return
    try:
        records = shelf.records()
        if records.plan(case, number).state != "stopped":
            records.stop(case, number, str(state.get(reason_key, "")))
    except HexapodError as error:
        state["said"] = f"The plan was not stopped. {error}"
        return
    state.update(papers=None, said=f"Plan {number} is stopped: it is no longer followed.")


def _told(user: str, accepted: Acknowledgement) -> str:
    """The reason; led by the name typed where that is not the user's own."""
    return accepted.reason if accepted.by == user else f"{accepted.by}: {accepted.reason}"


def _same_case(outcome: Outcome, case_sha256: str) -> bool:
    return outcome.case is not None and outcome.case.sha256 == case_sha256
