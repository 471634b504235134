"""The outcome of a treatment, recorded when the frame is removed: typed at the end of the step Follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import get_args

import streamlit as st

from hexapod.app.session import library_access, session, step_status
from hexapod.app.session.entries import action
from hexapod.case.model import Case
from hexapod.errors import HexapodError
from hexapod.follow_up.treatment_outcome import TreatedFor, read_outcome
from hexapod.library.calls.outcomes import RecordedOutcome
from hexapod.text import outcome_lines
from hexapod.text.numbers import number
from hexapod.text.outcome_lines import outcome_from_lines

BUTTON = "record-outcome"
DATES = {
    "applied": "Frame applied",
    "osteotomy": "Osteotomy",
    "consolidated": "Judged consolidated",
    "removed": "Frame removed",
}
LINES = {
    "alignment": (
        "Alignment: measure, before, planned, reached; a line each, - for unknown; MAD positive to medial",
        outcome_lines.ALIGNMENT,
    ),
    "complications": ("Complications by Paley: date, grade, kind, note; a line each", outcome_lines.COMPLICATION),
    "proms": ("Totals of questionnaires: moment, instrument, total; a line each", outcome_lines.PROM),
}
# What is shown of a recorded outcome: column of the results, label, unit.
FIGURES = (
    ("frame_days", "in the frame", "days"),
    ("external_fixation_index", "external fixation index", "days/cm"),
    ("healing_index", "healing index", "days/cm"),
    ("distraction_index", "distraction index", "days/cm"),
    ("off_deg", "planned to reached", "deg"),
    ("off_mm", "planned to reached", "mm"),
    ("plans", "signed plans", ""),
    ("visits", "visits", ""),
)


def show(key: str, case: Case) -> None:
    """What was recorded, and the fields for it, folded.

    Raises:
        HexapodError: the library does not answer.
    """
    found = library_access.records().outcomes.of(key) if key else ()
    if not found and not library_access.may_change():
        return
    with st.expander("Outcome at removal of the frame"):
        if found:
            _recorded(found)
        if not library_access.may_change():
            return
        _fields(case)
        label = "Record a corrected outcome" if found else "Record outcome"
        st.button(label, key=BUTTON, on_click=_record, args=(len(case.levels),), disabled=not key)
        step_status.beside(BUTTON)


def _recorded(found: Sequence[RecordedOutcome]) -> None:
    last = found[-1]
    lines = [
        f"{label} {number(float(size))} {unit}".strip()
        for name, label, unit in FIGURES
        if isinstance(size := last.row[name], int | float)
    ]
    st.html(
        f'<p class="hx-line"><b>Outcome {last.number}</b>, recorded by {escape(last.by)} on {last.at[:10]}: '
        f"{escape('; '.join(lines))}.</p>"
    )


def _fields(case: Case) -> None:
    st.html(
        '<p class="hx-line hx-hint">Leave empty what was not measured. Days, indices and the difference from the plan '
        "are computed from the signed plans and these dates.</p>"
    )
    st.selectbox("Treated for", get_args(TreatedFor), index=None, key=_key("treated_for"))
    for name, label in DATES.items():
        st.text_input(f"{label}, YYYY-MM-DD", key=_key(name))
    st.text_input("Length gained, mm, measured on the radiograph of the removal", key=_key("gained_mm"))
    for index, level in enumerate(case.levels):
        label = f"Deformity left, deg and mm, hexapod {index + 1} ({level.name})"
        st.text_input(label, key=_key(f"reached-{index}"), placeholder=f"{outcome_lines.DEFORMITY}; 0 for none")
    for name, (label, example) in LINES.items():
        st.text_area(label, key=_key(name), placeholder=example, height=68)


def _key(name: str) -> str:
    return session.widget_key(("outcome", name))


@action
def _record(hexapods: int) -> None:
    """Callback: read what is typed, and record it."""
    case = session.opened()
    typed = {name: str(session.typed(_key(name)) or "") for name in ("treated_for", *DATES, "gained_mm", *LINES)}
    ends = [str(session.typed(_key(f"reached-{index}")) or "") for index in range(hexapods)]
    try:
        outcome = read_outcome(outcome_from_lines(typed, ends))
        found = library_access.records().outcomes.record(session.token(), outcome)
    except HexapodError as error:
        case.refuse(BUTTON, str(error))
        return
    case.message = f"Outcome {found.number} recorded."
