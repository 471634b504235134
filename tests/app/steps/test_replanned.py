"""After readings: one press shifts the calendar, and the page of a re-plan tells at its top what was decided."""

from __future__ import annotations

import json

import pytest

import hexapod
from hexapod.app.draft import draft_model as d
from hexapod.app.draft import storage
from hexapod.app.draft.conversion import draft_of
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.replan import replan
from tests.app.driver import Form
from tests.app.steps.test_follow_up import DATE, PAUSE, _date, _keys, _open, _records, _signed, _six, _told, _visit

LABELS = [
    (12, 9, "3 days behind: shift the calendar by 3 days"),
    (9, 10, "1 day ahead: bring the calendar forward by 1 day"),
]


def _labels(form: Form) -> dict[str, str]:
    return {button.key: button.label for button in form.at.button}


@pytest.mark.hazard("H-28")
@pytest.mark.parametrize(("today", "day", "label"), LABELS)
def test_one_press_shifts_the_calendar_and_the_next_page_tells_it(today: int, day: int, label: str) -> None:
    key, case, plan = _signed()
    form = _visit(key, case, today, _six(plan, day))
    assert _labels(form)["visit-shift"] == label
    new = replan(follow_up(plan, _date(case, today), _six(plan, day)))
    last, shifted = (made.levels[0].rows[-1].date for made in (plan, hexapod.make_plan(new)))
    assert (shifted - last).days == today - day
    form.press("visit-shift")
    assert form.session.step == "treatment"
    assert form.document == new.document
    told = _told(form)
    at = told.index("What was decided")
    for sentence in (
        f"goes on from plan 1 by the readings of {new.start_date}",
        follow_up(plan, _date(case, today), _six(plan, day)).explanation.sentence,
        "Nothing else was asked for",
        f"The treatment began on {case.start_date}: day 0 is its day {today}",
    ):
        assert sentence in told[at:], sentence
    folded = {one.label: one.proto.expanded for one in form.at.expander}
    assert folded["Continues the previous plan"] is False
    kept = _records().drafts.load(key)
    assert kept is not None
    assert storage.draft_in(kept.text)["decided"]["of"] == case.sha256  # and it is there when the case is opened again


def test_what_is_decided_otherwise_is_told_and_has_no_button_of_its_own() -> None:
    key, case, plan = _signed()
    form = _visit(key, case, 12, _six(plan, 9)).type(PAUSE, "3")
    assert "visit-shift" not in _keys(form)
    form.press("visit-go-on")
    assert "Asked for: a pause of 3 days first." in _told(form)


def test_readings_on_schedule_shift_nothing() -> None:
    key, case, plan = _signed()
    assert "visit-shift" not in _keys(_visit(key, case, 12, _six(plan, 12)))


@pytest.mark.hazard("H-06")
@pytest.mark.slow
def test_the_return_of_a_construct_is_told_and_can_be_taken_out() -> None:
    key, case, plan = _signed("tibia_stacked_transport")
    slipped = (157.25, 153.0, 161.75, 153.75, 154.25, 155.5)
    form = _open(key).type(DATE, _date(case, 30).isoformat())
    form.type("Hexapod 2, strut 1 (red), mm", " ".join(map(str, slipped)))
    new = replan(follow_up(plan, _date(case, 30), slipped, 1))
    form.press("visit-go-on")
    assert form.document == new.document
    assert "First the hexapods return to the plan in 4 days" in _told(form)


def test_a_draft_of_before_and_a_file_that_is_edited_keep_what_they_have() -> None:
    """A draft that an older program saved knows nothing of a first day; its other entries stay."""
    _, case, plan = _signed()
    new = replan(follow_up(plan, _date(case, 9), _six(plan, 9)))
    old = json.loads(storage.text_of(draft_of(new.document)))
    for name in ("treatment_started", "decided"):
        del old[name]
    for level in old["levels"]:
        del level["so_far"], level["return_stages"]
    opened = storage.draft_in(json.dumps(old | {"origin": None}))
    assert opened["treatment_started"] == ""
    assert opened["decided"] == d.blank_decided()
    assert opened["levels"][0]["so_far"] == d.blank_level()["so_far"]
