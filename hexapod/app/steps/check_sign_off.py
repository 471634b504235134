"""Issue the plan, sign it, stop it: what the library writes down, each by a click of its own."""

from __future__ import annotations

from html import escape

import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import library_access, plan_record, session, step_status
from hexapod.app.session.acknowledgements import Answers, acknowledgements_of, missing, open_cautions
from hexapod.app.sign_in import user
from hexapod.app.steps import check_findings
from hexapod.app.widgets.panels import finding_html
from hexapod.checks.findings import grouped
from hexapod.library import StoredPlan
from hexapod.plan.make_plan import Plan, Refusal
from hexapod.plan.plan_file import short_fingerprint
from hexapod.plan.sign_off import Acknowledgement

SAME_ID = (
    "The library has another case with the id {}. Each limb has one id: open that case, or give this one another id in "
    "step Limb."
)


def show(outcome: Outcome, plan: Plan | Refusal, answers: Answers) -> None:
    """What can be done with the plan on the page next; nothing with a refused one."""
    st.subheader("Signature", anchor=False)
    if isinstance(plan, Refusal):
        _line("A refused plan cannot be signed: change what the findings name.")
        return
    recorded = session.of_library().recorded
    followed = session.of_library().in_force
    if followed is not None and followed != recorded:
        signed = followed.sign_off
        _line(
            f"The patient follows plan {followed.number}, signed by {signed.name if signed else 'nobody'}. It stays in "
            "force until another one is signed or it is stopped; its documents are in step Prescription."
        )
        st.button(
            f"Show the entries of plan {followed.number} again",
            key="back-to-signed",
            on_click=plan_record.back_to_signed,
            args=(followed.number,),
            disabled=not library_access.may_change(),
        )
        step_status.beside(plan_record.REVISE)
    _goes_on()
    with st.container(key="signature"):
        if recorded is None or open_cautions(plan, recorded):
            _issue(outcome, plan, answers, recorded)
        elif recorded.state == "draft":
            _sign(outcome, recorded)
        else:
            _signed(recorded)
        if followed is not None and followed != recorded:
            _stop(followed)


def _goes_on() -> None:
    """What stands against the plan, or has to be known before, by the visits that were recorded and by the date."""
    found = session.of_library().continuing
    for group in grouped(found.findings):
        st.html(finding_html(group))
    if found.visit is not None:
        on = found.visit.visit.date
        st.button(
            f"Continue from this visit: visit {found.visit.number} of {on.isoformat()}",
            key=plan_record.CONTINUE,
            type="primary",
            on_click=plan_record.continue_from,
            args=(found.visit.number,),
            disabled=not library_access.may_change(),
        )
        step_status.beside(plan_record.CONTINUE)
    for told in found.told:
        _line(told, "missing")


def _accepted_now(plan: Plan | Refusal) -> tuple[Acknowledgement, ...]:
    """What the fields say at this very moment."""
    return acknowledgements_of(open_cautions(plan, session.of_library().recorded), check_findings.answers_now(plan))


def _issue(outcome: Outcome, plan: Plan, answers: Answers, recorded: StoredPlan | None) -> None:
    lacking = missing(open_cautions(plan, recorded), answers)
    replaced = session.of_library().replaced
    if recorded is not None:
        _line(
            f"Plan {recorded.number} was issued by {recorded.by}, but not all of its cautions were acknowledged: give "
            "the reasons that are left, and issue it once more.",
            "missing",
        )
    elif replaced is not None and replaced.elsewhere is not None and replaced.taken_in:
        _line(
            f"These are the entries of plan {replaced.number}, which {replaced.elsewhere.name} signed in another "
            f"library, on {_when(replaced.elsewhere.at)}. Nobody has signed it here: check it as your own, "
            "issue it and sign it.",
            "missing",
        )
    elif replaced is not None:
        _line(
            f"These are the entries of plan {replaced.number}, which is no longer followed: {replaced.ended}. To have "
            "it followed again, issue and sign it anew.",
            "missing",
        )
    _line(
        "Issue the plan when it is what you want: the case, the plan and the reasons for its cautions are then written "
        "down in the library for good, to be signed."
    )
    if lacking:
        _line(f"Before: {'; '.join(lacking)}.", "missing")
    if session.of_library().same_id:
        _line(SAME_ID.format(session.draft()["id"]), "wrong")
    refused = bool(session.of_library().continuing.findings or session.of_library().same_id)
    st.button(
        f"Issue this plan ({short_fingerprint(outcome.prescribed)})",
        key="issue",
        type="primary",
        disabled=bool(lacking) or refused or not library_access.may_enter(),
        on_click=plan_record.issue,
        args=(outcome.prescribed, _accepted_now),
    )
    step_status.beside(plan_record.ISSUE)


def _sign(outcome: Outcome, plan: StoredPlan) -> None:
    _line(
        f"Plan {plan.number} was issued by {plan.by} on {_when(plan.at)}. Its documents say DRAFT until it is signed."
    )
    if not library_access.may("sign"):
        _line("You may not sign: ask a signer.")
        return
    key = f"sign-as-{session.token()}-{plan.number}"
    found = session.of_library().continuing
    known = user.signature()
    with st.container(key="sign-row", horizontal=True, vertical_alignment="bottom"):
        if known is None:
            st.text_input(
                "Your name, as it shall stand below the plan",
                key=key,
                autocomplete="off",
                width=420,
                disabled=library_access.closed(key),
            )
        else:
            _line(f"You sign as {known}.")
        st.button(
            f"Sign plan {plan.number}",
            key="sign",
            type="primary",
            on_click=plan_record.sign,
            args=(plan.number, outcome.prescribed, key, found.told),
            disabled=bool(found.findings) or not library_access.may_change(),
        )
    step_status.beside(plan_record.SIGN)
    confirmed = " What stands above in colour is confirmed by it." if found.told else ""
    told = "By signing you say: side, level, deformity, mounting and strut readings are those of this patient."
    _line(told + confirmed)


def _signed(plan: StoredPlan) -> None:
    signed = plan.sign_off
    if signed is None:
        return
    _line(
        f"Plan {plan.number} was signed by {signed.name} on {_when(signed.at)} (signed in as {signed.by}). "
        f"Fingerprint {plan.plan_sha256[:12]}, audit trail {signed.head}."
    )
    if plan.state != "signed":
        again = "To follow it again, change an entry, such as the title, then issue and sign it anew."
        _line(f"It is no longer followed: {plan.ended or plan.state}. {again}", "wrong")
        return
    _stop(plan)


def _stop(plan: StoredPlan) -> None:
    if not library_access.may("sign"):
        return
    with st.expander(f"Stop plan {plan.number}"):
        case = session.token()
        key = f"stop-{case}-{plan.number}"
        st.text_input("Why it is no longer followed", key=key, autocomplete="off", disabled=library_access.closed(key))
        st.button(
            f"Stop plan {plan.number}",
            key=f"stop-{plan.number}",
            on_click=plan_record.stop,
            args=(case, plan.number, key),
            disabled=not library_access.may_change(),
        )
        step_status.beside(plan_record.stop_place(plan.number))


def _when(at: str) -> str:
    return f"{at[:10]} at {at[11:16]} UTC"


def _line(text: str, kind: str = "hint") -> None:
    st.html(f'<p class="hx-line hx-{kind} hx-sign">{escape(text)}</p>')
