"""Step 5: findings above everything, the entries read back, the frame in motion, the schedule, files to take away."""

from __future__ import annotations

from html import escape

import streamlit as st

from hexapod.case.model import Case
from hexapod.plan import Plan
from hexapod.report.sentences import deformity_sentences, mounting_sentence
from hexapod.report.summary import grouped
from hexapod.ui import readback, session
from hexapod.ui.downloads import File, case_file, schedule_file
from hexapod.ui.outcome import Outcome
from hexapod.ui.pages.level_choice import level_choice
from hexapod.ui.scene import frame_scene
from hexapod.ui.schedule import exchanges_html, milestones_html, schedule_html
from hexapod.ui.steps import trouble_lines
from hexapod.ui.viewer import ViewerNotBuiltError, frame_viewer


def show(outcome: Outcome) -> None:
    """The whole step.  Without a plan of these very entries there is no schedule, no preview and no file."""
    level_choice()
    if outcome.plan is None or outcome.case is None:
        _no_plan(outcome)
        return
    case, plan, index = outcome.case, outcome.plan, session.level_index()
    if plan.verdict == "refused":
        st.html('<p class="hx-refusal">Refused: no schedule was made. Change what the findings name.</p>')
    open_names = _findings(outcome, case, plan)
    _files(case, plan, index, open_names)
    _readback(outcome, case, index)
    if plan.levels[index].rows:
        level = plan.levels[index]
        if level.exchanges:
            st.subheader("Strut exchanges", anchor=False)
            st.html(exchanges_html(level))
        with st.container(key="shown"):
            left, right = st.columns([2, 3], gap="medium")
        with left:
            day = _preview(case, plan, index)
        with right:
            st.subheader("Schedule", anchor=False)
            st.html(schedule_html(level, day) + milestones_html(level))


def _no_plan(outcome: Outcome) -> None:
    what = "Some entries have to be corrected" if outcome.state == "wrong" else "Some entries are missing"
    lines = "".join(
        f"<tr><td>{escape(step)}</td><td>{escape(place)}</td><td>{escape(sentence)}</td></tr>"
        for step, place, sentence in trouble_lines(session.draft(), outcome.troubles)
    )
    st.html(
        f'<section class="hx-noplan"><h2>No schedule was made</h2><p>{what}:</p><table class="hx-troubles"><thead><tr>'
        f'<th scope="col">Step</th><th scope="col">Entry</th><th scope="col">What to do</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></section>"
    )


def _findings(outcome: Outcome, case: Case, plan: Plan) -> list[str]:
    """All findings, those of one kind together; every kind of caution with a box of its own.

    Returns the names of the cautions not yet acknowledged.
    """
    st.subheader("Findings", anchor=False)
    if not plan.findings:
        st.html('<p class="hx-finding hx-ok">No findings: no limit of this program is broken on any day.</p>')
        return []
    known = session.acknowledged(outcome)
    waiting = []
    for group in grouped(plan.findings):
        worst = group.worst
        where = f"{case.levels[worst.level].name} · " if len(case.levels) > 1 else ""
        st.html(
            f'<div class="hx-finding hx-{worst.verdict}"><b>{worst.verdict.upper()}</b> '
            f"<span>{escape(where)}{escape(worst.code)}</span><p>{escape(group.message)}</p></div>"
        )
        if worst.verdict == "caution" and plan.verdict != "refused":
            name = f"{worst.level}|{worst.code}"
            key = f"ack-{plan.case_sha256}-{name}"
            st.session_state[key] = name in known
            st.checkbox(
                f"I have read this caution and take it into account: {worst.code} (level {worst.level + 1})",
                key=key,
                on_change=session.acknowledge,
                args=(plan.case_sha256, name, key),
            )
            if name not in known:
                waiting.append(worst.code)
    return waiting


def _files(case: Case, plan: Plan, index: int, waiting: list[str]) -> None:
    with st.container(key="files", horizontal=True, vertical_alignment="center"):
        if plan.verdict == "refused":
            st.html('<p class="hx-line hx-hint">Only the case file can be saved: there is no schedule.</p>')
        elif waiting:
            st.html(
                '<p class="hx-line hx-missing">The schedule can be saved when every caution above is acknowledged: '
                f"{escape(', '.join(waiting))}.</p>"
            )
        else:
            _button("Save the schedule (CSV)", schedule_file(case, plan, index), "primary")
        _button("Save the case file", case_file(case), "secondary")


def _button(label: str, file: File, kind: str) -> None:
    st.download_button(
        label,
        data=file.content,
        file_name=file.name,
        mime=file.mime,
        key=f"save-{file.name}",
        help=file.name,
        on_click="ignore",
        type=kind,
    )


def _readback(outcome: Outcome, case: Case, index: int) -> None:
    level = case.levels[index]
    with st.container(key="split"):
        left, right = st.columns(2, gap="medium")
    with left:
        said = deformity_sentences(level.deformity.words(), level.reference) or ["No deformity: the bone is straight."]
        mounted = mounting_sentence(level.mounting.words(), level.reference)
        held = f"The {level.reference} fragment is the reference" + (
            " and is held still." if not level.coupled else "; it moves as the other levels say."
        )
        readback.show("What was entered", [held, *said, mounted], "")
    with right:
        readback.show("How the bone will move", readback.movement_lines(outcome, index), "Nothing moves: no schedule.")


def _preview(case: Case, plan: Plan, index: int) -> int | None:
    scene = frame_scene(case, plan, index)
    if scene is None:
        return None
    st.subheader("Preview", anchor=False)
    try:
        return frame_viewer(scene, key=f"viewer-{session.token()}-{session.level()['uid']}")
    except ViewerNotBuiltError as error:
        st.html(f'<p class="hx-line hx-missing">{escape(str(error))}</p>')
        return None
