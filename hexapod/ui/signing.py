"""What the library knows of the plan on the page, and how it is issued, signed and stopped."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from hexapod.case.files import case_text
from hexapod.errors import HexapodError
from hexapod.records import Plan
from hexapod.report.options import Acknowledgement
from hexapod.ui import saving, session, shelf, who
from hexapod.ui.outcome import Outcome, work_out

_CHANGED = "An entry was changed at the same moment: nothing was written down. Look at the plan again."
_ENDED = {"superseded": "replaced by a later plan", "stopped": "stopped"}


def look(outcome: Outcome) -> None:
    """At every run: find the plan of these very entries among those of the library, and how many plans there are."""
    state = st.session_state
    state.update(recorded=None, in_force=None, visits=0)
    if not session.token():
        return
    try:
        records = shelf.records()
        plans = records.plans(session.token())
        if not plans:
            return
        of_case = {v.number for v in records.versions(session.token()) if _same_case(outcome, v.case_sha256)}
        state["visits"] = len(records.follow_ups(session.token()))
    except HexapodError as error:
        state["said"] = f"The library does not answer. {error}"
        return
    mine = [one for one in plans if one.plan_sha256 == outcome.prescribed and one.version in of_case]
    state["recorded"] = mine[-1] if mine else None
    state["in_force"] = next((one for one in plans if one.state == "signed"), None)


def recorded() -> Plan | None:
    """The plan of these very entries as the library has it, None when it was not issued."""
    return st.session_state["recorded"]


def in_force() -> Plan | None:
    """The signed plan that the patient follows, whatever the entries on the page say now."""
    return st.session_state["in_force"]


def visits() -> int:
    """How many visits were recorded."""
    return st.session_state["visits"]


def state_words(outcome: Outcome) -> str:
    """The banner's words on signing."""
    plan, followed = recorded(), in_force()
    if plan is not None and plan.sign_off is not None:
        ended = _ENDED.get(plan.state)
        return f"Signed by {plan.sign_off.name}" + (f", {ended}" if ended else "")
    if followed is not None:
        return f"Draft · signed: plan {followed.number}"
    if outcome.plan is None or outcome.plan.verdict == "refused":
        return "Draft"
    return "Draft, issued" if plan is not None else "Draft, not signed"


def issue(prescribed: str, accepted: Sequence[Acknowledgement]) -> None:
    """Callback: write the plan of the page down in the library, with the cautions that were accepted and why."""
    state = st.session_state
    state["called"] = True
    if not session.token() and not state["unsaved"]:
        saving.keep()
    saving.look()
    outcome = work_out(session.draft())
    if state["unsaved"] or state["newer"]:
        state["said"] = "Nothing was issued: first decide about the entries that are not saved or not the newest."
        return
    if outcome.plan is None or outcome.case is None or outcome.prescribed != prescribed:
        state["said"] = _CHANGED
        return
    try:
        records, case = shelf.records(), session.token()
        versions = records.versions(case)
        base = versions[-1].number if versions else 0
        version = records.save_version(case, base, case_text(outcome.case).encode("utf-8"))
        plan = records.issue_plan(case, version.number, outcome.plan)
        open_ones = {(one.code, one.level) for one in plan.cautions if one.by is None}
        for one in accepted:
            if (one.code, one.level) in open_ones:
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
    if work_out(session.draft()).prescribed != prescribed:
        state["said"] = _CHANGED
        return
    name = (who.signature() or str(state.get(name_key, ""))).strip()
    if not name:
        state["said"] = "Type your name to sign with."
        return
    try:
        signed = shelf.records().sign(session.token(), number, prescribed, name)
    except HexapodError as error:
        state["said"] = f"The plan was not signed. {error}"
        return
    state.update(papers=None, said=f"Plan {number} is signed by {signed.name}. Audit trail: {signed.head}.")


def stop(number: int, reason_key: str) -> None:
    """Callback: say that a signed plan is no longer followed."""
    state = st.session_state
    state["called"] = True
    try:
        shelf.records().stop(session.token(), number, str(state.get(reason_key, "")))
    except HexapodError as error:
        state["said"] = f"The plan was not stopped. {error}"
        return
    state.update(papers=None, said=f"Plan {number} is stopped: it is no longer followed.")


def _told(user: str, accepted: Acknowledgement) -> str:
    """The reason; led by the name typed where that is not the user's own."""
    return accepted.reason if accepted.by == user else f"{accepted.by}: {accepted.reason}"


def _same_case(outcome: Outcome, case_sha256: str) -> bool:
    return outcome.case is not None and outcome.case.sha256 == case_sha256
