"""Advice before surgery in the step Frame: the numbers of `advise`, put into the entries and taken back."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import hexapod
from hexapod import load_catalogue
from hexapod.app.draft.draft_model import STRUTS
from hexapod.app.draft.typed_text import NotANumber, heights_in
from hexapod.preoperative.frame_choice import choose_frame
from hexapod.preoperative.ring_distance import advise, case_with_advice
from hexapod.text.numbers import number
from tests.app.driver import Form

HEIGHTS = "Ring separations to try, mm"
LABELS = [
    f"Strut {k} ({colour}), mm" for k, colour in enumerate(("red", "orange", "yellow", "green", "blue", "violet"), 1)
]
FEW = "150 162,5; 170 40"


def _level(form: Form) -> Any:
    return form.case.draft["levels"][0]


def _asked(form: Form, heights: str = FEW) -> Form:
    return form.step("frame").type(HEIGHTS, heights).press("advise")


@pytest.mark.hazard("H-08")
@pytest.mark.parametrize("stem", ["tibia_varus", "tibia_chronic"])
def test_proposals_are_those_of_the_function_and_are_put_in_and_taken_back(form: Form, stem: str) -> None:
    _asked(form.sample(stem))
    before, case = copy.deepcopy(_level(form)), hexapod.read_case(form.document)
    options = advise(case, 0, [150.0, 162.5, 170.0, 40.0])
    good = [one for one in options if not one.why_not]
    assert good
    assert len(good) < len(options)
    rows = form.html.split("<tbody>")[-1].split("</tbody>")[0].split("<tr>")[1:]
    assert len(rows) == len(options)
    for row, option in zip(rows, options, strict=True):
        assert row.startswith(f'<th scope="row">{number(option.height_mm)}</th>')
        if option.why_not:
            assert "does not do" in row
            continue
        told = f"<td>{option.visits}</td><td>{len(option.exchanges)}</td><td>{option.worst_condition:.1f}</td>"
        assert told in row
        for model, setting in zip(option.models, option.settings_mm, strict=True):
            assert f"{load_catalogue().struts[model].label} {number(setting)}" in row
    last = good[-1]
    form.press(f"propose-{number(last.height_mm)}")
    assert form.document == case_with_advice(case, 0, last).document
    assert [form.field(label).value for label in LABELS] == [number(one) for one in last.known_settings_mm]
    # The proposals were of other entries: they are withdrawn.
    assert not [button for button in form.at.button if button.key.startswith("propose-")]
    form.press("advice-back")
    assert _level(form) == before
    form.press("advice-back")
    assert form.document == case_with_advice(case, 0, last).document


def test_a_frame_that_nobody_has_built_yet_is_advised_on(form: Form) -> None:
    form.sample("tibia_varus").step("frame")
    case = hexapod.read_case(form.document)
    for label in LABELS:
        form.field(label).input("")
    form.run()
    assert form.case.draft["levels"][0]["frame"]["settings_mm"] == {str(k): "" for k in STRUTS}
    _asked(form, "150")
    (option,) = advise(case, 0, [150.0])
    assert all(
        f"{load_catalogue().struts[model].label} {number(one)}" in form.html
        for model, one in zip(option.models, option.settings_mm, strict=True)
    )
    form.press("propose-150")
    assert form.document == case_with_advice(case, 0, option).document


@pytest.mark.parametrize(
    ("typed", "told"), [("-150", "a size has no sign"), ("150 mm", "is not a number"), ("0", "above 0")]
)
def test_a_distance_that_is_none_is_told(form: Form, typed: str, told: str) -> None:
    form.sample("tibia_varus").step("frame").type(HEIGHTS, typed)
    button = form.at.button(key="advise")
    assert told in (form.html if button.disabled else form.press("advise").html)


def test_nothing_is_proposed_before_the_rest_is_entered(form: Form) -> None:
    form.step("frame")
    assert form.at.button(key="advise").disabled
    assert "Everything else of the case comes first" in form.html


def test_distances_are_read_strictly() -> None:
    assert heights_in("150 162,5;170") == [150.0, 162.5, 170.0]
    assert heights_in(" ") is None
    with pytest.raises(NotANumber):
        heights_in("150,160,170")


@pytest.mark.hazard("H-08")
def test_frames_are_compared_with_a_picture_each_and_one_is_put_in(form: Form) -> None:
    form.sample("refused_strut_travel").step("frame").type(HEIGHTS, "200")
    case, before = hexapod.read_case(form.document), copy.deepcopy(_level(form))
    form.press("choose-frame")
    (first, *others) = choose_frame(case, 0, [200.0]).proposals
    table = next(one.value for one in form.at.markdown if 'aria-label="Frames"' in one.value)
    assert table.count("<svg") == 1 + len(others)
    assert f"<td>{len(first.option.exchanges)}</td><td>{first.steepness_deg:.0f}</td>" in table
    form.press("frame-1")
    assert form.document == first.case.document
    form.press("advice-back")
    assert _level(form) == before
