"""Two-part struts: constant, acute part (locked) and gradual part (turned), by hand and through a whole plan.

The frame is that of `tests/checks/test_clearance.py`: with six struts of 150 mm the joints of its rings are 122.385 mm
apart along the bone and 86.729 mm sideways.
"""

import datetime
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.app.draft.conversion import draft_of, read_draft
from hexapod.documents.patient_sheet.document import TWO_SCALES, scale_sentences
from hexapod.documents.patient_sheet.tables import exchange
from hexapod.errors import CaseError, CatalogueError
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.replan import replan
from hexapod.hardware.catalogue import load_catalogue
from hexapod.hardware.models import AcutePart, Strut
from hexapod.schedule.exchange_visits import reset_alone
from hexapod.schedule.strut_exchanges import Exchange, StrutNeeds
from hexapod.text.case_sentences import exchange_sentence, exchange_sentences
from hexapod.text.language import language
from tests.checks.test_clearance import case_of

DISTRACT: dict[str, Any] = {"name": "distract", "transport": {"distal_mm": 20}, "days": 20}
FAR: dict[str, Any] = {"name": "distract", "transport": {"distal_mm": 50}, "days": 50}


def planned(strut: str, reading: float, stage: dict[str, Any] = DISTRACT) -> hexapod.Plan:
    plan = hexapod.make_plan(hexapod.read_case(case_of(stage, struts=[strut] * 6, settings=reading)))
    assert isinstance(plan, hexapod.Plan), [finding.message for finding in plan.findings]
    return plan


@pytest.mark.hazard("H-36")
def test_the_length_is_constant_and_acute_and_gradual_part() -> None:
    # 115 mm with both scales at 0, locked at 30, turned to 5.
    strut = load_catalogue().strut("generic-two-part-medium@30")
    assert (strut.length(5.0), strut.setting(150.0)) == (150.0, 5.0)
    assert (strut.name, strut.model) == ("generic-two-part-medium@30", "generic-two-part-medium")
    assert strut.label == "Generic two-part medium strut, acute part 30 mm"
    assert strut.reads(40.0)
    assert not strut.reads(41.0)


@pytest.mark.hazard("H-36")
def test_no_length_comes_out_of_a_strut_whose_acute_part_is_unknown() -> None:
    assert math.isnan(load_catalogue().struts["generic-two-part-medium"].length(5.0))


@pytest.mark.hazard("H-36")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("generic-two-part-medium", "say what its acute part is locked at (0 to 30 mm by 1 mm)"),
        ("generic-two-part-medium@x", "say what its acute part is locked at"),
        ("generic-two-part-medium@1_0", "say what its acute part is locked at"),
        ("generic-two-part-medium@31", "cannot be locked at 31 mm: it reads 0 to 30 mm by 1 mm"),
        ("generic-two-part-medium@7.5", "cannot be locked at 7.5 mm"),
        ("generic-medium@7", "has no acute part: give the model alone"),
    ],
)
def test_an_acute_part_is_never_guessed(name: str, told: str) -> None:
    case = hexapod.read_case(case_of(DISTRACT, struts=["generic-medium"] * 5 + [name]))
    with pytest.raises(CaseError) as error:
        hexapod.make_plan(case)
    assert told in str(error.value)
    assert "levels[0].frame.struts[5]" in str(error.value)


@pytest.mark.hazard("H-36")
def test_settings_are_those_of_the_gradual_part() -> None:
    plan = planned("generic-two-part-medium@30", 5)
    # 20 mm on: sqrt(86.729^2 + 142.385^2) = 166.72 mm, less 115 and 30: 21.72 mm.
    last = plan.levels[0].last
    assert last.lengths_mm == pytest.approx([math.hypot(86.729, 142.385)] * 6, abs=2e-3)
    assert last.settings_mm == (22.0,) * 6
    assert last.models == ("generic-two-part-medium@30",) * 6
    whole = planned("generic-medium", 150)
    for row, other in zip(plan.levels[0].rows, whole.levels[0].rows, strict=True):
        assert row.lengths_mm == pytest.approx(other.lengths_mm, abs=1e-9)
        assert row.settings_mm == tuple(reading - 145.0 for reading in other.settings_mm)


@pytest.mark.hazard("H-08")
def test_the_acute_part_is_reset_where_that_saves_a_change_out() -> None:
    # From 150 mm (locked at 0, turned to 35) the gradual part ends at 155 mm; 50 mm on the struts are 193 mm long.
    plan = planned("generic-two-part-medium@0", 35, {**FAR, "transport": {"distal_mm": 30}, "days": 30})
    exchanges = plan.levels[0].exchanges
    assert {one.strut for one in exchanges} == set(range(1, 7))
    assert len({one.planned_day for one in exchanges}) == 1
    for one in exchanges:
        assert one.resets
        assert one.new.length(one.new_reads_mm) == one.old.length(one.old_reads_mm)
    told = exchange_sentences(plan.levels[0])[0]
    assert "reset Generic two-part medium strut, acute part 0 mm, to acute part" in told
    assert "so that the length stays" in told
    told = exchange(exchanges[0], "38", "8", language("en"))
    assert told.startswith("CLINIC VISIT: the locked part of this strut is reset in the morning")
    assert told.endswith("The scale reads 38 mm before and 8 mm after.")


@pytest.mark.hazard("H-08")
@pytest.mark.parametrize(("locked_mm", "told"), [(10.0, "stays"), (10.5, "the nearest mark, 0.5 mm shorter")])
def test_a_reset_between_marks_says_by_how_much_the_length_changes(locked_mm: float, told: str) -> None:
    # Turned to 27 the strut is 157 mm long; locked at 10.5 its nearest mark to 16.5 is told as 16: 156.5 mm.
    strut = Strut("a", "f", 0.0, 42.0, 1.0, acute=AcutePart(130.0, 0.0, 10.5, 0.5))
    old, new = strut.locked_at(0.0), strut.locked_at(locked_mm)
    reads_mm = math.floor(27.0 - locked_mm)
    assert told in exchange_sentence(Exchange(1, old, new, 1, 27, 9, "why", 27.0, reads_mm, 15.0))


@pytest.mark.hazard("H-08")
def test_a_longer_model_is_fitted_where_no_reset_reaches() -> None:
    # 193 mm at the end: a medium strut is 185 mm long at most.
    plan = planned("generic-two-part-medium@30", 5, FAR)
    assert {one.new.model for one in plan.levels[0].exchanges} == {"generic-two-part-long"}
    assert not any(one.resets for one in plan.levels[0].exchanges)
    row = plan.levels[0].last
    lengths = [strut.length(reading) for strut, reading in zip(row.struts, row.settings_mm, strict=True)]
    assert lengths == pytest.approx(row.lengths_mm, abs=0.5 + 1e-9)


@pytest.mark.hazard("H-08")
@pytest.mark.parametrize(("last_mm", "models"), [(150.0, {"a"}), (175.0, {"a", "b"})])
def test_a_reset_comes_before_another_size_unless_it_takes_more_visits(last_mm: float, models: set[str]) -> None:
    # Locked at 0 strut a reaches 140 mm, at 30 170 mm; strut b reaches 180 mm, and with more travel remaining.
    a = Strut("a", "f", 0.0, 40.0, 1.0, acute=AcutePart(100.0, 0.0, 30.0, 30.0))
    b = Strut("b", "f", 0.0, 80.0, 1.0, acute=AcutePart(100.0, 0.0, 30.0, 30.0))
    choices = [strut.locked_at(mark) for strut in (a, b) for mark in (0.0, 30.0)]
    lengths = np.arange(110.0, last_mm + 1.0)
    needs = StrutNeeds(choices[0], lengths, lengths[:, None], {0: 10.0}, {}, choices)
    left = reset_alone(needs, range(1, len(lengths)), 3.0)
    assert {one.model for one in left.choices} == models


@pytest.mark.hazard("H-36")
def test_a_re_plan_goes_on_with_the_acute_part_of_now() -> None:
    plan = planned("generic-two-part-medium@0", 35, {**FAR, "transport": {"distal_mm": 30}, "days": 30})
    day = plan.levels[0].exchanges[0].planned_day + 2
    row = plan.levels[0].rows[day]
    assert row.models != plan.levels[0].rows[0].models
    found = follow_up(plan, datetime.date(2026, 3, 2) + datetime.timedelta(days=day), row.settings_mm)
    assert found.explanation.kind == "on-schedule"
    new = replan(found)
    assert tuple(new.levels[0].frame.struts) == row.models
    goes_on = hexapod.make_plan(new)
    assert isinstance(goes_on, hexapod.Plan)
    assert goes_on.levels[0].last.settings_mm == plan.levels[0].last.settings_mm


def test_the_patient_is_told_which_scale_to_read() -> None:
    whole, parts = planned("generic-medium", 150), planned("generic-two-part-medium@30", 5)
    assert TWO_SCALES in scale_sentences([(1, parts.levels[0].setup.struts[0])], language("en"))
    assert TWO_SCALES not in scale_sentences([(1, whole.levels[0].setup.struts[0])], language("en"))


def test_the_entry_of_the_acute_part() -> None:
    document = case_of(DISTRACT, struts=["generic-two-part-medium@30"] * 6, settings=5)
    draft = draft_of(document)
    strut = draft["levels"][0]["frame"]["every_strut"]
    assert (strut["model"], strut["acute_mm"]) == ("generic-two-part-medium", "30")
    assert read_draft(draft).document == document
    strut["acute_mm"] = "12"
    assert read_draft(draft).document["levels"][0]["frame"]["struts"] == ["generic-two-part-medium@12"] * 6
    strut["acute_mm"] = ""
    (trouble,) = read_draft(draft).troubles
    assert trouble.missing
    assert trouble.path[-2:] == ("every_strut", "acute_mm")
    strut["model"] = "generic-medium"
    assert not read_draft(draft).troubles


OWN = """
family = "ours"
title = "Ours"
status = "user"
source = "measured"

[struts.common]
scale_direction = -1
scale_offset_mm = 0.0
body_diameter_mm = 12.0
max_lean_deg = 60.0

[[struts.series]]
name = "ours-{size}"
graduation_mm = 0.5
sizes = { medium = [0.0, 40.0] }

[struts.series.acute]
constants_mm = { medium = 140.0 }
graduation_mm = 0.5
sizes = { medium = [10.0, 30.0] }
"""


def test_a_gradual_scale_that_counts_down(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(OWN)
    assert load_catalogue(tmp_path / "ours.toml").strut("ours-medium@12.5").length(20.0) == 132.5


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("medium = 140.0", "medium = 20.0", "constants_mm = .* must make every length of it 0 mm or more"),
        ("medium = 140.0", "short = 140.0", "medium: is required"),
        ("[10.0, 30.0]", "[30.0, 10.0]", "smaller reading first"),
        ("ours-{size}", "ours@{size}", "must not have @"),
        ("constants_mm", "constant_mm", "did you mean constants_mm"),
    ],
)
def test_mistakes_in_a_file_are_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    (tmp_path / "ours.toml").write_text(OWN.replace(old, new))
    with pytest.raises(CatalogueError, match=told):
        load_catalogue(tmp_path / "ours.toml")
