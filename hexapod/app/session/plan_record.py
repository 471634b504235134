"""What the library knows of the plan on the page, and how it is issued, signed and stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from hexapod.app.draft import date_input
from hexapod.app.draft.outcome import Outcome, work_out
from hexapod.app.session import answer, autosave, change_watch, library_access, session
from hexapod.app.session.acknowledgements import open_cautions
from hexapod.app.sign_in import user as who
from hexapod.case.files import case_text
from hexapod.errors import HexapodError
from hexapod.library import Continuing, Records, StoredPlan
from hexapod.plan.make_plan import Plan as MadePlan
from hexapod.plan.make_plan import Refusal
from hexapod.plan.sign_off import Acknowledgement
from hexapod.text.grouped_findings import grouped

_CHANGED = "An entry was changed at the same moment: nothing was written down. Look at the plan again."
_BEFORE = "That button was of a case no longer shown: nothing was done."
_UNDECIDED = "first decide about the entries that are not saved or not the newest."
ISSUE, SIGN = "issue", "sign"
_ENDED = {"superseded": "replaced by a later plan", "stopped": "stopped"}


def look(outcome: Outcome) -> None:
    """At every run: find the plan of these very entries among those of the library, and how many plans there are.

    What was known before stays until the new is: a run may be ended in between, and a click finds what it left.
    """
    state = st.session_state
    found: dict[str, Any] = dict.fromkeys(("recorded", "in_force", "replaced", "seen", "continued", "continuing"))
    found |= {"visits": 0, "version": 0, "same_id": ""}
    if not session.token():
        state.update(found | {"locked": 0})
        return
    try:
        records = library_access.records()
        plans = records.plans.of(session.token())
        versions = records.versions.of(session.token())
        of_case = {v.number for v in versions if _same_case(outcome, v.case_sha256)}
        found["version"] = versions[-1].number if versions else 0
        found["visits"] = len(records.visits.of(session.token()))
        found["seen"] = change_watch.seen(state.get("in library", 0), state["archived"], plans, found["visits"])
        found["same_id"] = _same_id(records)
        mine = [one for one in plans if one.plan_sha256 == outcome.prescribed and one.version in of_case]
        if mine and (mine[-1].state == "superseded" or mine[-1].taken_in):
            # Entries of a plan of before, or of one signed in another library: issued and signed anew to be followed.
            found["replaced"] = mine[-1]
        elif mine:
            found["recorded"] = mine[-1]
        followed = found["in_force"] = next((one for one in plans if one.state == "signed"), None)
        found["continued"] = next((one for one in plans if one.number == state.get("follows")), None)
        if followed is None or found["recorded"] != followed:
            found["continuing"] = _continuing(records, outcome, found["seen"])
    except HexapodError as error:
        state.update(found | {"recorded": None, "in_force": None, "continuing": None})
        state["unanswered"] = f"The library does not answer: what it has of this case is not known. {error}"
        return
    found["locked"] = followed.number if followed is not None and _revises() != followed.number else 0
    state.update(found)


def _revises() -> int | None:
    revises: int | None = session.draft().get("revises")
    return revises


def _same_id(records: Records) -> str:
    """The key of another case of the library with the id of this one, empty when there is none."""
    case_id = session.draft()["id"].strip()
    other = records.cases.key_of(case_id) if case_id else None
    return other if other is not None and other != session.token() else ""


def _continuing(records: Records, outcome: Outcome, seen: change_watch.Seen) -> Continuing | None:
    """Whether the plan on the page goes on from what was read last; asked again only when something is another."""
    if outcome.case is None or outcome.plan is None:
        return None
    of = (session.token(), outcome.prescribed, seen, date_input.today())
    known: tuple[object, Continuing] | None = st.session_state.get("continuing of")
    if known is None or known[0] != of:
        known = (of, records.plans.continuing(session.token(), outcome.case, outcome.plan, of[-1]))
        st.session_state["continuing of"] = known
    return known[1]


def continuing() -> Continuing:
    """Whether the plan of the page goes on from the visits recorded; nothing is against one that is in force."""
    return st.session_state.get("continuing") or Continuing()


def same_id() -> str:
    """The key of another case of the library that has the id of this one, empty when there is none."""
    return str(st.session_state.get("same_id") or "")


def continued() -> StoredPlan | None:
    """The plan whose visit somebody asked to continue from, where it is not the one that is followed now."""
    plan: StoredPlan | None = st.session_state.get("continued")
    return plan


def recorded() -> StoredPlan | None:
    """The plan of these very entries as the library has it, None when it was not issued."""
    plan: StoredPlan | None = st.session_state["recorded"]
    return plan


def in_force() -> StoredPlan | None:
    """The signed plan that the patient follows, whatever the entries on the page say now."""
    plan: StoredPlan | None = st.session_state["in_force"]
    return plan


def replaced() -> StoredPlan | None:
    """The plan of these very entries that a later one has replaced, or that was signed in another library only."""
    plan: StoredPlan | None = st.session_state["replaced"]
    return plan


def visits() -> int:
    """How many visits were recorded."""
    return int(st.session_state["visits"])


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
    if not isinstance(outcome.plan, MadePlan):
        return "Draft"
    return "Draft, issued" if plan is not None else "Draft, not signed"


def issue(prescribed: str, accepted_of: Callable[[MadePlan | Refusal], Sequence[Acknowledgement]]) -> None:
    """Callback: write the plan of the page down in the library, with the cautions that are accepted and why.

    `accepted_of` tells them as the fields say at this very moment, none while something is missing.
    """
    state, seen = st.session_state, st.session_state["version"]
    state["called"] = True
    if session.is_of_before():
        state.update(answer.refusal(ISSUE, _BEFORE))
        return
    if not session.token() and not state["unsaved"]:
        autosave.keep()
    autosave.look()
    outcome = work_out(session.draft())
    if state["unsaved"] or state["newer"]:
        state.update(answer.refusal(ISSUE, f"Nothing was issued: {_UNDECIDED}"))
        return
    if outcome.plan is None or outcome.case is None or outcome.prescribed != prescribed:
        state.update(answer.refusal(ISSUE, _CHANGED))
        return
    try:
        # Before anything is written down: what the fields say now, not what they said when the button was drawn.
        accepted = {(one.code, one.level): one for one in accepted_of(outcome.plan)}
        if not accepted.keys() >= {tuple(one) for one in open_cautions(outcome.plan, recorded())}:
            st.session_state.update(
                answer.refusal(
                    ISSUE, "Nothing was issued: a caution is not acknowledged any more. Look at the findings again."
                )
            )
            return
        records, case = library_access.records(), session.token()
        if findings := records.plans.continuing(case, outcome.case, outcome.plan, date_input.today()).findings:
            st.session_state.update(
                answer.refusal(ISSUE, "Nothing was issued. " + " ".join(group.message for group in grouped(findings)))
            )
            return
        version = records.versions.save(case, seen, case_text(outcome.case).encode("utf-8"))
        plan = records.plans.issue(case, version.number, outcome.plan)
        for caution in plan.cautions:
            if caution.by is None and (one := accepted.get((caution.code, caution.level))):
                records.plans.acknowledge(case, plan.number, one.code, one.level, _told(records.actor.name, one))
    except HexapodError as error:
        state.update(answer.refusal(ISSUE, f"The plan was not issued. {error}"))
        return
    state["said"] = (
        f"Plan {plan.number} is issued: version {version.number} of the case, fingerprint {prescribed[:12]}."
    )


def sign(number: int, prescribed: str, name_key: str, shown: tuple[str, ...]) -> None:
    """Callback: sign the plan on the page by its fingerprint.

    `shown` are the sentences that stood beside the button, such as that day 0 is past: signing confirms them.
    """
    state = st.session_state
    state["called"] = True
    autosave.look()
    if session.is_of_before():
        state.update(answer.refusal(SIGN, _BEFORE))
        return
    if state["unsaved"] or state["newer"] or state["unanswered"]:
        state.update(answer.refusal(SIGN, f"Nothing was signed: {_UNDECIDED}"))
        return
    outcome = work_out(session.draft())
    if outcome.prescribed != prescribed or outcome.case is None or outcome.plan is None:
        state.update(answer.refusal(SIGN, _CHANGED))
        return
    try:
        records = library_access.records()
        name = (who.signature() or str(state.get(name_key, ""))).strip()
        if not name:
            state.update(answer.refusal(SIGN, "Type your name to sign with."))
            return
        known = records.plans.load(session.token(), number)
        if known.state == "signed" and known.plan_sha256 == prescribed and known.sign_off is not None:
            # A second click, or somebody else was quicker: it is signed, whoever did it.
            signed = known.sign_off
        elif records.plans.continuing(session.token(), outcome.case, outcome.plan, date_input.today()).told != shown:
            state.update(answer.refusal(SIGN, _CHANGED))
            return
        else:
            signed = records.plans.sign(session.token(), number, prescribed, name, date_input.today())
    except HexapodError as error:
        state.update(answer.refusal(SIGN, f"The plan was not signed. {error}"))
        return
    state["papers"] = None
    state["said"] = f"Plan {number} is signed by {signed.name}. Audit trail: {signed.head}."


def stop(case: str, number: int, reason_key: str) -> None:
    """Callback: say that a signed plan of a case is no longer followed."""
    state = st.session_state
    state["called"] = True
    if session.is_of_before() or case != session.token():
        state.update(answer.refusal(stop_place(number), _BEFORE))
        return
    try:
        records = library_access.records()
        if records.plans.load(case, number).state != "stopped":
            records.plans.stop(case, number, str(state.get(reason_key, "")))
    except HexapodError as error:
        state.update(answer.refusal(stop_place(number), f"The plan was not stopped. {error}"))
        return
    state["papers"] = None
    state["said"] = f"Plan {number} is stopped: it is no longer followed."


def stop_place(number: int) -> str:
    """The key of the button that stops a plan."""
    return f"stop-{number}"


def _told(user: str, accepted: Acknowledgement) -> str:
    """The reason; led by the name typed where that is not the user's own."""
    return accepted.reason if accepted.by == user else f"{accepted.by}: {accepted.reason}"


def _same_case(outcome: Outcome, case_sha256: str) -> bool:
    return outcome.case is not None and outcome.case.sha256 == case_sha256
