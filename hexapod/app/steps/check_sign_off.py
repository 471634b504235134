"""What is told of a plan before it is signed: its findings, how exact its end is (H-06); and the signature.

Below every warning stands the field for the reason that acknowledges it.  Who may sign finalises and signs at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape

import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.typed_text import GOAL, typed_goal
from hexapod.app.session import library_access, plan_record, session, step_status
from hexapod.app.session.acknowledgements import (
    Answers,
    Caution,
    acknowledgements_of,
    caution_name,
    cautions_of,
    count_of,
    missing,
    open_cautions,
)
from hexapod.app.session.entries import action
from hexapod.app.sign_in import user
from hexapod.app.widgets import panels
from hexapod.app.widgets.fields import text_field
from hexapod.app.widgets.panels import finding_html
from hexapod.app.widgets.viewer_scene import jump_of
from hexapod.checks.findings import Finding, FindingGroup, grouped
from hexapod.library import StoredPlan
from hexapod.plan.make_plan import LevelPlan, Plan, Refusal
from hexapod.plan.sign_off import Acknowledgement
from hexapod.preoperative.end_error import GOAL_SOURCE, USUAL_GOAL, EndError, Goal, end_error
from hexapod.text.preoperative_text import NOTHING, cause_rows, end_error_sentences, sensitivity_rows

TITLE = "How exact the end will be"
SAME_ID = (
    "The library has another case with the id {}. Each limb has one id: open that case, or give this one another id in "
    "step Limb."
)


def answers_now(plan: Plan | Refusal) -> Answers:
    """What the fields say at this moment, kept for when they are not on the page."""
    answers = session.opened().answers
    by = user.signature() or session.typed(name_key(answers), answers.by)
    to = {}
    for caution in cautions_of(plan):
        to[caution] = session.typed(_key(answers, "reason", caution), answers.reason(caution))
    session.opened().answers = answers = replace(answers, by=by, to=to)
    return answers


def show_dated(outcome: Outcome) -> None:
    """What today's date adds.  It is not part of the plan, so nobody acknowledges it: its answer is the date itself."""
    for group in grouped(outcome.dated):
        st.html(finding_html(group))


def show_findings(plan: Plan | Refusal, answers: Answers, finalised: StoredPlan | None) -> None:
    """Those of one kind together.  Of a finalised plan it is told who has acknowledged a warning, and why."""
    case, groups = plan.case, grouped(plan.findings)
    if not groups:
        st.html('<p class="hx-finding hx-ok">No warnings: no limit of this program is broken on any day.</p>')
        return
    cautions, left = cautions_of(plan), open_cautions(plan, finalised)
    if isinstance(plan, Plan):  # why a plan is refused is said by the line above
        st.subheader(_counted(groups, len(left)), anchor=False)
    for number, group in enumerate(groups):
        worst = group.worst
        where = f"{case.levels[worst.level].name} · " if len(case.levels) > 1 else ""
        with st.container(key=f"finding-{number}", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(finding_html(group, where))
            if isinstance(plan, Plan) and jump_of(worst) is not None:  # a refused plan has no preview to go to
                st.button(f"Show day {worst.day}", key=f"jump-{number}", on_click=_jump, args=(worst,))
        caution = Caution(worst.code, worst.level)
        if caution in left:
            _caution(answers, caution)
        elif finalised is not None and worst.verdict == "caution" and caution in cautions:
            _accepted(finalised, caution)
    if left and user.signature() is None:
        with st.container(key="acknowledged-by", width=420):
            key = session.seed(name_key(answers), answers.by)
            st.text_input(
                "Your name, for the warnings and the signature",
                key=key,
                autocomplete="off",
                disabled=library_access.closed(key),
            )


def _counted(groups: list[FindingGroup], left: int) -> str:
    """How many warnings and notes there are, as the list below has them, and whether something is to be done."""
    counts: Counter[str] = Counter(group.worst.verdict for group in groups)
    warnings, notes = counts["caution"], counts["ok"]
    counted = []
    if warnings:
        done = " to acknowledge" if left == warnings else f", {left} to acknowledge" if left else ", acknowledged"
        counted.append(f"{count_of(warnings, 'warning')}{done}")
    return ", ".join([*counted, *([count_of(notes, "note")] if notes else [])])


@action
def _jump(finding: Finding) -> None:
    """Callback: the preview goes to the finding's level and day and shows its two bodies."""
    state, levels = session.current(), session.draft()["levels"]
    state.jumps += 1
    jump = jump_of(finding, state.jumps)
    if jump is not None and finding.level < len(levels) and not session.is_of_before():
        state.case.level = levels[finding.level]["uid"]
        state.case.jump = (state.case.level, jump)


def _caution(answers: Answers, caution: Caution) -> None:
    with st.container(key=f"caution-{caution.level}-{caution.code.replace('.', '-')}"):
        reason = session.seed(_key(answers, "reason", caution), answers.reason(caution))
        st.text_input(
            f"Reason for {caution_name(caution)}",
            key=reason,
            disabled=library_access.closed(reason),
            placeholder="I acknowledge this warning, because …",
            autocomplete="off",
            label_visibility="collapsed",
        )


def _accepted(finalised: StoredPlan, caution: Caution) -> None:
    for one in finalised.cautions:
        if (one.code, one.level) == (caution.code, caution.level) and one.by is not None:
            text = f"Acknowledged by {one.by}: {one.reason}"
            st.html(f'<p class="hx-row">{escape(text)}</p>')


def name_key(answers: Answers) -> str:
    """Name of the field of who acknowledges the warnings."""
    return _key(answers, "by")


def _key(answers: Answers, what: str, caution: Caution | None = None) -> str:
    """Name of a field: of this round of answers only, so that nothing said to one plan is taken for another."""
    return "-".join(("answer", answers.ticket, what, *([] if caution is None else [caution.code, str(caution.level)])))


def show_end_error(plan: Plan, index: int) -> None:
    """How exact the end of a level will be, by the goal chosen; what it is due to is closed until somebody asks."""
    goal, troubles = typed_goal(session.draft())
    sentences, found = _judged(plan, index, goal)
    panels.show(TITLE, sentences, "")
    if found is not None:
        goal_fields(Outcome(troubles, None, None))
    with st.expander("What it is due to, and what to measure again"):
        if found is not None:
            st.html(causes_html(found))
        _wrong_mounting(plan.levels[index])


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs={Plan: lambda plan: plan.case_sha256})
def _judged(plan: Plan, index: int, goal: Goal) -> tuple[list[str], EndError | None]:
    """Sentences and numbers of a level, remembered by the ID of its entries, which covers the SD too."""
    level = plan.levels[index]
    return end_error_sentences(level, goal), end_error(level, goal)


def goal_fields(outcome: Outcome) -> None:
    """How near to the intended end is near enough; a new case starts with the clinic's."""
    with st.expander("Goal: near enough to the intended end", key="goal"):
        st.caption(GOAL_SOURCE)
        with st.container(key="goal-fields", horizontal=True, gap="small"):
            for label, unit, usual in (
                ("To end within an angle of, deg", "deg", USUAL_GOAL.deg),
                ("To end within a distance of, mm", "mm", USUAL_GOAL.mm),
            ):
                with st.container(key=f"goal-{unit}", width=260):
                    text_field(
                        outcome, (*GOAL, unit), label, placeholder=f"{usual:g}", hint=f"Empty: {usual:g} {unit}."
                    )


def causes_html(found: EndError) -> str:
    """The entries as a table, that with the largest share first."""
    rows = "".join(
        f"<tr><td>{escape(row.name)}</td><td>{escape(row.sd)}</td><td>{escape(row.share)}</td><td>{row.halved}</td></tr>"
        for row in cause_rows(found)
    )
    return (
        '<table class="hx-troubles"><thead><tr><th scope="col">Entry</th><th scope="col">SD</th>'
        '<th scope="col">Share of the error at the end</th>'
        f'<th scope="col">With half this SD, of 100 cases within {escape(found.judged_by.text)}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _wrong_mounting(level: LevelPlan) -> None:
    rows = sensitivity_rows(level)
    sentences = [f"{row.ring} than entered: the bone ends {row.off} off" for row in rows if row.off != NOTHING]
    if len(sentences) < len(rows):
        sentences.append("Otherwise nothing changes at the end.")
    panels.show("If the ring really sits otherwise by one SD, the worst first", sentences, "")


def show(outcome: Outcome, plan: Plan, answers: Answers) -> None:
    """What can be done with the plan on the page next."""
    st.subheader("Signature", anchor=False)
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
    for sentence in session.of_library().continuing.sentences:
        _line(sentence, "missing")
    with st.container(key="signature"):
        if recorded is None or open_cautions(plan, recorded):
            _finalise(outcome, plan, answers, recorded)
        elif recorded.state == "draft":
            _sign(outcome, recorded, answers)
        else:
            _signed(recorded)
        if followed is not None and followed != recorded:
            _stop(followed)


def _accepted_now(plan: Plan | Refusal) -> tuple[Acknowledgement, ...]:
    """What the fields say at this very moment."""
    return acknowledgements_of(open_cautions(plan, session.of_library().recorded), answers_now(plan))


def _finalise(outcome: Outcome, plan: Plan, answers: Answers, recorded: StoredPlan | None) -> None:
    lacking = missing(open_cautions(plan, recorded), answers)
    replaced = session.of_library().replaced
    if recorded is not None:
        _line(
            f"Plan {recorded.number} was finalised by {recorded.by}, but not all of its warnings were acknowledged: "
            "give the reasons that are left, and finalise it once more.",
            "missing",
        )
    elif replaced is not None and replaced.elsewhere is not None and replaced.taken_in:
        _line(
            f"These are the entries of plan {replaced.number}, which {replaced.elsewhere.name} signed in another "
            f"library, on {_when(replaced.elsewhere.at)}. Nobody has signed it here: check it as your own and sign it.",
            "missing",
        )
    elif replaced is not None:
        _line(
            f"These are the entries of plan {replaced.number}, which is no longer followed: {replaced.ended}. To have "
            "it followed again, sign it anew.",
            "missing",
        )
    if lacking:
        _line(f"Before: {'; '.join(lacking)}.", "missing")
    if session.of_library().same_id:
        _line(SAME_ID.format(session.draft()["id"]), "wrong")
    refused = bool(session.of_library().continuing.findings or session.of_library().same_id)
    closed = bool(lacking) or refused or not library_access.may_enter()
    if library_access.may("sign"):
        sentences = session.of_library().continuing.sentences
        by = name_key(answers) if open_cautions(plan, recorded) else ""
        with _name_row(answers, by) as key:
            st.button(
                "Sign this plan",
                key="sign-now",
                type="primary",
                disabled=closed,
                on_click=plan_record.finalise_and_sign,
                args=(outcome.prescribed, _accepted_now, key, sentences),
            )
        step_status.beside(plan_record.SIGN_NOW)
        _signature_lines(sentences)
    st.button(
        "Finalise for signature by somebody else" if library_access.may("sign") else "Finalise for signature",
        key="issue",
        type="tertiary" if library_access.may("sign") else "primary",
        disabled=closed,
        on_click=plan_record.finalise,
        args=(outcome.prescribed, _accepted_now),
    )
    step_status.beside(plan_record.FINALISE)


def _sign(outcome: Outcome, plan: StoredPlan, answers: Answers) -> None:
    finalised = f"Plan {plan.number} was finalised by {plan.by} on {_when(plan.at)}."
    if not library_access.may("sign"):
        _line(finalised)
        _line("You may not sign: ask a signer.")
        return
    found = session.of_library().continuing
    with _name_row(answers) as key:
        st.button(
            f"Sign plan {plan.number}",
            key="sign",
            type="primary",
            on_click=plan_record.sign,
            args=(plan.number, outcome.prescribed, key, found.sentences),
            disabled=bool(found.findings) or not library_access.may_change(),
        )
    step_status.beside(plan_record.SIGN)
    _line(finalised)
    _signature_lines(found.sentences)


@contextmanager
def _name_row(answers: Answers, above: str = "") -> Iterator[str]:
    """The name to sign with, whose field's key comes back, with room for the button beside it.

    `above` is the key of the field where the name is typed for the warnings: it is not asked for twice.
    """
    known = user.signature() or (answers.by.strip() if above else None)
    key = above or session.widget_key(("sign", "as", answers.case_sha256))
    with st.container(key="sign-row", horizontal=True, vertical_alignment="bottom"):
        if known is None:
            st.text_input(
                "Your name, as it shall stand below the plan",
                key=key,
                autocomplete="off",
                width=420,
                disabled=library_access.closed(key),
            )
        elif known:
            _line(f"You sign as {known}.")
        yield key


def _signature_lines(sentences: tuple[str, ...]) -> None:
    """What a signature says."""
    confirmed = " What stands above in colour is confirmed by it." if sentences else ""
    _line(
        "By signing you say: side, level, deformity, mounting and strut readings are those of this patient." + confirmed
    )


def _signed(plan: StoredPlan) -> None:
    signed = plan.sign_off
    if signed is None:
        return
    _line(
        f"Plan {plan.number} was signed by {signed.name} on {_when(signed.at)} (signed in as {signed.by}). "
        f"Audit trail {signed.head}."
    )
    if plan.state != "signed":
        again = "To follow it again, change an entry, such as the title, and sign it anew."
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
