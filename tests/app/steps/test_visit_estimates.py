"""A visit as a measurement: what was measured again is kept, weighed against the rest, and gone on from when chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from hexapod.app.draft.draft_model import another_visit
from hexapod.case.model import Case
from hexapod.deformity.pose import deformity_words
from hexapod.deformity.quantities import DEFORMITY, MOUNTING, Pair
from hexapod.estimation.contradictions import MOUNTING_NAMES
from hexapod.estimation.follow_up_estimate import estimate_visits, replan_estimated
from hexapod.estimation.observations import MeasuredVisits, read_visits
from hexapod.follow_up.replan import Wishes
from hexapod.hardware.catalogue import load_catalogue
from hexapod.library import Readings, Visit
from hexapod.plan.make_plan import Plan
from hexapod.preoperative.end_error import Goal
from hexapod.text.follow_up_text import (
    DOUBTFUL,
    contradiction_sentence,
    estimate_rows,
    estimate_sentences,
    hardware_lines,
    unnoticed_sentences,
    what_changed,
)
from hexapod.text.numbers import number
from hexapod.text.preoperative_text import GAUGE
from tests.app.driver import Form
from tests.app.steps.test_follow_up import _date, _on_day, _records, _signed, _six, _told, _visit

pytestmark = pytest.mark.hazard("H-06")
GO_ON, RECORD = "visit-go-on", "visit-record"
CHOICE = "The plan goes on from"
LAST, ALL = "last", "all"


def _measured(plan: Plan, day: int, **off: float) -> dict[str, float]:
    """What the plan has on a day, to a tenth, with some quantities off by so much."""
    row, setup = plan.levels[0].rows[day], plan.levels[0].setup
    words = {word: round(size, 1) for word, size in deformity_words(row.pose, setup.side, setup.reference).items()}
    for word, by in off.items():
        words[word] = round(words.get(word, 0.0) + by, 1)
    return {word: size for word, size in words.items() if size}


def _type_words(form: Form, pairs: tuple[Pair, ...], names: Sequence[str], words: dict[str, float]) -> Form:
    """Every quantity with its direction, 0 for those not in `words`, in one go."""
    groups = {one.label: one for one in form.at.button_group}
    for pair, name in zip(pairs, names, strict=True):
        word = next((word for word in (pair.positive, pair.negative) if word in words), None)
        if word is not None:
            groups[f"{name} now: direction"].set_value(word)
        form.field(f"{name[0].upper()}{name[1:]} now, {pair.unit}").input(number(words[word]) if word else "0")
    return form.run()


def _type_deformity(form: Form, words: dict[str, float]) -> Form:
    return _type_words(form, DEFORMITY, [pair.quantity for pair in DEFORMITY], words)


def _file(case: Case, *visits: dict[str, Any]) -> MeasuredVisits:
    return read_visits({"format": "hexapod-visits/1", "visits": list(visits)})


def _value(case: Case, plan: Plan, day: int, words: dict[str, float], **more: Any) -> dict[str, Any]:
    return {"date": _date(case, day).isoformat(), "settings_mm": list(_six(plan, day)), "deformity": words} | more


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> tuple[str, Case, Plan]:
    key, case, plan = _signed()
    _on_day(monkeypatch, case, 14)
    return key, case, plan


def test_a_new_deformity_is_weighed_against_the_rest_and_the_user_chooses(followed: tuple[str, Case, Plan]) -> None:
    key, case, plan = followed
    words = _measured(plan, 14, varus_deg=1.5)
    form = _visit(key, case, 14, _six(plan, 14))
    assert not form.at.get("button_group") or CHOICE not in {one.label for one in form.at.button_group}
    form = _type_deformity(form, words)
    visits = _file(case, _value(case, plan, 14, words))
    told = _told(form)
    last, fit = (estimate_visits(plan, 0, visits, use, Goal()) for use in (LAST, ALL))
    for one in (last, fit):
        assert all(sentence in told for sentence in estimate_sentences(one))
        assert all(
            f'<td>{row.size} {row.word}</td><td class="hx-date">{row.sd}</td>' in told for row in estimate_rows(one)
        )
    assert all(sentence in told for sentence in what_changed(last, fit))
    assert unnoticed_sentences(fit)[0] in told
    # The ring's rotation matters most here, and what of it does not matter is said.
    assert GAUGE in estimate_sentences(fit)
    # One fit takes the angulation back towards what the readings and the entries say.
    assert abs(last.estimate.deformity[0]) > abs(fit.estimate.deformity[0]) + 0.3
    # Nothing is taken before somebody chooses.
    assert "choose above what the plan goes on from" in told
    assert GO_ON not in {button.key for button in form.at.button}
    form.choose(CHOICE, ALL)
    wanted = replan_estimated(plan, 0, visits, fit.estimate, Wishes(), load_catalogue())
    form.press(GO_ON)
    assert form.document == wanted.document
    assert form.document["estimated_from"] == list(visits.sha256)
    assert form.document["levels"][0]["deformity_sd"].keys() == {
        "ap_angulation_deg", "lateral_angulation_deg", "axial_rotation_deg",
        "ap_translation_mm", "lateral_translation_mm", "axial_translation_mm",
    }  # fmt: skip
    assert "Mounting and deformity are those of one fit of all measurements" in " ".join(
        form.case.draft["decided"]["lines"]
    )


@pytest.mark.slow
def test_the_other_choices_are_the_last_measurement_and_the_readings(followed: tuple[str, Case, Plan]) -> None:
    key, case, plan = followed
    words = _measured(plan, 14, varus_deg=1.5)
    form = _type_deformity(_visit(key, case, 14, _six(plan, 14)), words)
    visits = _file(case, _value(case, plan, 14, words))
    last = estimate_visits(plan, 0, visits, LAST, Goal())
    wanted = replan_estimated(plan, 0, visits, last.estimate, Wishes(), load_catalogue())
    form.choose(CHOICE, "readings")
    assert form.at.button(key=GO_ON)
    form.choose(CHOICE, LAST).press(GO_ON)
    assert form.document == wanted.document
    assert form.document["levels"][0]["deformity"]["varus_deg"] == pytest.approx(words["varus_deg"])


def test_what_was_measured_is_asked_for_whole_and_with_the_readings(followed: tuple[str, Case, Plan]) -> None:
    key, case, plan = followed
    form = _visit(key, case, 14, _six(plan, 14)).type("AP angulation now, deg", "12")
    told = _told(form)
    assert "What all measurements say" not in told
    assert form.at.button(key=RECORD).disabled
    form.choose("AP angulation now: direction", "varus_deg")
    assert form.at.button(key=RECORD).disabled  # the other five are still to be typed
    form = _type_deformity(form, {"varus_deg": 12.0}).type("SD of the AP angulation now, deg", "0")
    assert form.at.button(key=RECORD).disabled
    form.type("SD of the AP angulation now, deg", "0.4")
    assert not form.at.button(key=RECORD).disabled
    for field in form.at.text_input:
        if field.label.startswith("Strut ") and field.label.endswith("), mm"):
            field.input("")
    form.run()
    assert "What all measurements say" not in _told(form)
    assert form.at.button(key=RECORD).disabled


def test_a_visit_is_kept_with_what_was_measured_and_counts_at_the_next_one(
    followed: tuple[str, Case, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, case, plan = followed
    first = _measured(plan, 10, varus_deg=1.0)
    measured = {"deformity": first, "deformity_sd": {"ap_angulation_deg": 0.4}}
    visit = Visit(_date(case, 10), (Readings(0, _six(plan, 10), None, measured),))
    _records().visits.add(key, 1, visit)
    (kept,) = _records().visits.of(key)
    assert kept.visit.readings[0].measured == measured
    # A visit with readings alone is told against it, too: the bone was measured twice.
    form = _visit(key, case, 14, _six(plan, 14))
    visits = _file(
        case,
        _value(case, plan, 10, first, deformity_sd={"ap_angulation_deg": 0.4}),
        {"date": _date(case, 14).isoformat(), "settings_mm": list(_six(plan, 14))},
    )
    told = _told(form)
    assert "deformity measured: " in told
    fit = estimate_visits(plan, 0, visits, ALL, Goal())
    assert all(f'<td>{row.size} {row.word}</td><td class="hx-date">{row.sd}</td>' in told for row in estimate_rows(fit))
    assert len(fit.estimate.chain.observations.moments) == 3
    # Recorded, it is one measurement, not two.
    form.press(RECORD)
    assert all(
        f'<td>{row.size} {row.word}</td><td class="hx-date">{row.sd}</td>' in _told(form) for row in estimate_rows(fit)
    )


@pytest.mark.slow
def test_contradicting_measurements_are_named_and_taken_only_on_a_persons_word(
    followed: tuple[str, Case, Plan],
) -> None:
    key, case, plan = followed
    words = _measured(plan, 14, varus_deg=9.0)
    form = _type_deformity(_visit(key, case, 14, _six(plan, 14)), words)
    fit = estimate_visits(plan, 0, _file(case, _value(case, plan, 14, words)), ALL, Goal())
    assert fit.estimate.doubtful
    assert fit.contradictions
    told = _told(form)
    assert all(contradiction_sentence(one, fit.visits) in told for one in fit.contradictions)
    assert "Measure it again." in told
    form.choose(CHOICE, ALL)
    assert DOUBTFUL in _told(form)
    assert GO_ON not in {button.key for button in form.at.button}
    box = next(one for one in form.at.checkbox if one.label.startswith("These measurements were looked at again"))
    box.check()
    form.run()
    assert form.at.button(key=GO_ON)
    # The word was given for these measurements alone.
    form.type("AP angulation now, deg", number(words["varus_deg"] + 1.0))
    assert GO_ON not in {button.key for button in form.at.button}


@pytest.mark.slow
def test_a_mounting_measured_again_is_a_measurement_too(followed: tuple[str, Case, Plan]) -> None:
    key, case, plan = followed
    form = _visit(key, case, 14, _six(plan, 14))
    words = {"lateral_mm": 4.0, "posterior_mm": 11.0, "proximal_mm": 38.0, "internal_rotation_deg": 4.0,
             "leans_posterior_deg": 2.0}  # fmt: skip
    form = _type_words(form, MOUNTING, MOUNTING_NAMES, words)
    visits = _file(case, {"date": _date(case, 14).isoformat(), "settings_mm": list(_six(plan, 14)), "mounting": words})
    fit = estimate_visits(plan, 0, visits, ALL, Goal())
    assert all(
        f'<td>{row.size} {row.word}</td><td class="hx-date">{row.sd}</td>' in _told(form) for row in estimate_rows(fit)
    )
    form.choose(CHOICE, ALL).press(GO_ON)
    # Between 6 entered and 4 measured, both equally sure.
    assert form.document["levels"][0]["mounting"]["lateral_mm"] == pytest.approx(5.0, abs=0.05)


@pytest.mark.slow
def test_hardware_of_which_no_data_are_published_is_weighed_too(followed: tuple[str, Case, Plan]) -> None:
    key, case, plan = followed
    words = _measured(plan, 14, varus_deg=1.5)
    form = _type_deformity(_visit(key, case, 14, _six(plan, 14)), words).choose(CHOICE, ALL)
    assert "Hardware, against its data" not in _told(form)
    form.type("SD of the joint radius, mm", "20")
    assert "Correct the SD of the hardware." in _told(form)
    assert GO_ON not in {button.key for button in form.at.button}
    form.type("SD of the joint radius, mm", "2")
    value = {"format": "hexapod-visits/1", "hardware_sd": {"joint_radius_mm": 2}}
    fit = estimate_visits(plan, 0, read_visits(value | {"visits": [_value(case, plan, 14, words)]}), ALL, Goal())
    assert all(line.strip() in _told(form) for line in (*hardware_lines(fit.estimate), *estimate_sentences(fit)))
    form.press(GO_ON)
    written = form.document["levels"][0]["mounting_sd"]["ap_offset_mm"]
    assert written == pytest.approx(fit.estimate.sd[0], abs=1e-6)
    assert "data of the hardware count as unsure: joint radius +/- 2 mm." in " ".join(
        form.case.draft["decided"]["lines"]
    )
    # The frame is the same at the next visit.
    following = another_visit(form.case.draft)
    assert following["hardware_sd"]["joint_radius_mm"] == "2"
    assert following["date"] == ""
