"""The outcome of a treatment is typed in the step Follow-up, and stands among the clinic's results."""

from __future__ import annotations

import pytest

from hexapod.library import ANYONE, open_library
from tests.app.driver import Form
from tests.home.treatment import Clock, signed

pytestmark = pytest.mark.hazard("H-22")


def test_an_outcome_is_typed_recorded_and_shown_among_the_results() -> None:
    records = open_library(clock=Clock()).as_user(ANYONE)
    case = signed(records)
    form = Form(case=case, step="follow-up")
    form.at.selectbox(key=f"{form.case.sheet}|outcome|treated_for").set_value("deformity")
    for label, text in {
        "Frame applied, YYYY-MM-DD": "2026-02-20",
        "Frame removed, YYYY-MM-DD": "2026-03-03",
        "Length gained, mm, measured on the radiograph of the removal": "20 mm",
    }.items():
        form.field(label).input(text)
    form.press("record-outcome")
    assert "Length gained: 20 mm is no number." in form.html
    form.field("Length gained, mm, measured on the radiograph of the removal").input("20")
    form.press("record-outcome")
    (found,) = records.outcomes.of(case)
    assert found.row["external_fixation_index"] == 5.5  # 11 days for 2 cm
    assert "<b>Outcome 1</b>" in form.html
    assert "external fixation index 5.5 days/cm" in form.html
    assert form.field("Frame applied, YYYY-MM-DD").value == "2026-02-20"
    form.press("go-to-list")
    assert "<td>5.5</td>" in form.html
    assert "Median by treated for: deformity: 5.5 (n 1)." in form.html
