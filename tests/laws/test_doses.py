"""The doses of a day, chosen together: what holds of them whatever the case, and how much less the bone wobbles.

The frame is that of hand_numbers.md, number 14, if nothing else is said.
"""

from __future__ import annotations

import copy
import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.checks.dose_accuracy import RealTravel, real_travel, turned_poses
from hexapod.follow_up.reading_explanation import PLANNED, explain
from hexapod.schedule.doses import choose_doses
from hexapod.schedule.strut_settings import Schedule, make_schedules
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import fit_frame
from hexapod.trajectory.level_setup import set_up
from tests.golden.scenarios import scenarios
from tests.laws.builder import REFERENCES, SIDES, case_of, level_of

Document = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted(path.stem for path in (ROOT / "sample_cases").glob("*.json"))
BENT = {"varus_deg": 8, "apex_anterior_deg": 5, "internal_rotation_deg": 9, "medial_mm": 4, "short_mm": 6}
NERVE = {"name": "nerve", "at": {"lateral_mm": 30, "posterior_mm": 20, "proximal_mm": 15}}


def sample(name: str) -> Document:
    document: Document = json.loads((ROOT / "sample_cases" / f"{name}.json").read_text("utf-8"))
    return document


def schedules_of(document: Document, change: Any = None) -> list[Schedule]:
    """The schedules of all levels with every dose rounded for itself; `change` alters the setup of a level."""
    case, catalogue = hexapod.read_case(document), hexapod.load_catalogue()
    setups = [set_up(case, index, catalogue) for index in range(len(case.levels))]
    frames = [fit_frame(course) for course in bone_courses([change(one) if change else one for one in setups])]
    last = max(frame.course.days for frame in frames)
    return make_schedules(frames, catalogue, range(1, last + 1), case.exchange_reserve_mm)


def lengths_mm(schedule: Schedule) -> np.ndarray[Any, Any]:
    """Joint-to-joint lengths (n, m + 1, 6) before every day and after each of its doses."""
    readings = np.concatenate([schedule.mornings_mm[:, None], schedule.doses_mm], axis=1)
    direction = np.array([[strut.scale_direction for strut in models] for models in schedule.models])[:, None]
    return (
        direction * readings
        + np.array([[strut.scale_offset_mm for strut in models] for models in schedule.models])[:, None]
    )


def travelled(schedule: Schedule) -> RealTravel:
    return real_travel(schedule.frame.setup, turned_poses(schedule))


def turned_back(schedule: Schedule) -> int:
    """How often a strut turns away from its evening."""
    found = 0
    for day in range(1, len(schedule.doses_mm)):
        way = [schedule.mornings_mm[day], *schedule.doses_mm[day]]
        for k in range(6):
            steps = [later[k] - earlier[k] for earlier, later in itertools.pairwise(way)]
            found += any(step > 1e-9 for step in steps) and any(step < -1e-9 for step in steps)
    return found


def check_guarantee(separate: Schedule) -> None:
    """Evenings as they were; one way only; doses on marks less than one off; no point travels farther in a day."""
    chosen = choose_doses(separate)
    assert (chosen.settings_mm == separate.settings_mm).all()
    assert (chosen.doses_mm[:, -1] == separate.settings_mm).all()
    assert (chosen.models, chosen.exchanges) == (separate.models, separate.exchanges)
    assert turned_back(chosen) == 0
    marks = np.array([[strut.graduation_mm for strut in models] for models in chosen.models])
    exact, given = separate.frame.dose_lengths_mm, chosen.doses_mm == separate.settings_mm[:, None]
    off = abs(lengths_mm(chosen)[:, 1:] - exact) / marks[:, None]
    moved = abs(chosen.doses_mm - separate.mornings_mm[:, None]) > 1e-9
    assert off[~given & moved].max(initial=0.0) < 1.0
    for day, models in enumerate(chosen.models):
        for k, strut in enumerate(models):
            assert strut.reads_all(chosen.doses_mm[day, :, k]).all()
    before, after = travelled(separate), travelled(chosen)
    turning = (
        np.array(
            [
                turned_back(
                    replace(separate, doses_mm=separate.doses_mm[[0, d]], mornings_mm=separate.mornings_mm[[0, d]])
                )
                for d in range(1, len(marks))
            ]
        )
        > 0
    )
    assert (after.sum_mm.max(axis=1) <= before.sum_mm.max(axis=1) + 1e-6)[~turning].all()
    assert after.sum_mm.max() <= before.sum_mm.max() + 1e-6


@pytest.mark.hazard("H-17")
@pytest.mark.hazard("H-32")
@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.startswith("refused")])
def test_guarantee_on_the_samples(name: str) -> None:
    for schedule in schedules_of(sample(name)):
        check_guarantee(schedule)


@pytest.mark.hazard("H-32")
@pytest.mark.parametrize(
    ("side", "reference", "at", "often", "mark"),
    [
        (side, reference, at, often, mark)
        for (side, reference, at), (often, mark) in zip(
            itertools.cycle(itertools.product(SIDES, REFERENCES, ("start", "end"))),
            [
                (2, 1),
                (3, 1),
                (4, 1),
                (5, 0.5),
                (6, 1),
                (7, 0.25),
                (8, 1),
                (9, 0.5),
                (10, 1),
                (11, 0.1),
                (12, 1),
                (12, 0.25),
            ],
        )
    ],
)
def test_guarantee_for_two_to_twelve_adjustments(side: str, reference: str, at: str, often: int, mark: float) -> None:
    keys: Document = {"deformity": BENT, "at": at, "adjustments_per_day": often, "graduation": mark}
    for settings in ([150.0] * 6, [150.3, 148.1, 151.7, 149.2, 150.9, 147.4]):
        (schedule,) = schedules_of(case_of(side, reference, settings=settings, structures_at_risk=[NERVE], **keys))
        check_guarantee(schedule)


@pytest.mark.hazard("H-32")
def test_a_whole_millimetre_day_hardly_goes_to_and_fro() -> None:
    """The sample that made 4.35 mm of a day of 1 mm, single doses of 1.63 mm; all but the doses stays."""
    (separate,) = schedules_of(sample("tibia_varus"))
    before, after = travelled(separate), travelled(choose_doses(separate))
    assert before.sum_mm.max() == pytest.approx(4.35, abs=0.005)
    assert before.single_mm.max() == pytest.approx(1.63, abs=0.005)
    assert after.sum_mm.max() == pytest.approx(2.01, abs=0.005)
    assert after.single_mm.max() == pytest.approx(1.16, abs=0.005)
    assert (after.evening_mm == before.evening_mm).all()


@pytest.mark.hazard("H-32")
def test_each_way_alike_in_a_neutral_frame() -> None:
    """Lengthening a neutral frame turns all six struts alike, at the same dose, on either side and reference."""
    for side, reference in itertools.product(SIDES, REFERENCES):
        level = level_of(side, reference, deformity={"short_mm": 8}, adjustments_per_day=4)
        for row in level.rows:
            assert all(len(set(dose)) == 1 for dose in row.doses_mm)


@pytest.mark.hazard("H-32")
@pytest.mark.parametrize("words", [{"short_mm": 8, "apex_anterior_deg": 9}, {"apex_anterior_deg": 9}])
@pytest.mark.parametrize("often", [3, 4])
def test_noise_in_an_entry_changes_no_dose(words: dict[str, float], often: int) -> None:
    """Bending a symmetric frame to the front, left and right struts are as good as each other: a millionth of a
    micrometre, far below what can be measured, must not decide between them."""
    keys: Document = {"adjustments_per_day": often, "limits": {"deg_per_day": 1}, "bone": {"diameter_mm": 28}}
    doses = []
    for noise in (0.0, 1e-12, -1e-12, 1e-11, 1e-10, -1e-10):
        near = {word: size + noise for word, size in words.items()}
        doses.append([row.doses_mm for row in level_of("right", "proximal", deformity=near, **keys).rows])
    assert doses[1:] == doses[:1] * 5


@pytest.mark.hazard("H-32")
@pytest.mark.parametrize(("direction", "offset"), [(1, 40.0), (-1, 300.0), (1, 12.25), (-1, 301.5)])
def test_other_scales_make_the_same_doses(direction: int, offset: float) -> None:
    """The doses are lengths between marks that stand at the same lengths, whatever the numbers on the scale are."""
    document = case_of("left", "distal", deformity=BENT, adjustments_per_day=4, graduation=0.25)
    (plain,) = schedules_of(document)
    other = copy.deepcopy(document)
    read = [(mm - offset) * direction for mm in other["levels"][0]["frame"]["settings_mm"]]
    other["levels"][0]["frame"]["settings_mm"] = read

    def renamed(setup: Any) -> Any:
        ends = (-1000.0, 1000.0)
        scales = {"min_mm": ends[0], "max_mm": ends[1], "scale_direction": direction, "scale_offset_mm": offset}
        return replace(setup, struts=tuple(replace(strut, **scales) for strut in setup.struts))

    for strut in other["levels"][0]["frame"]["struts"]:
        strut |= {"min_mm": 1, "max_mm": 999}
    (shifted,) = schedules_of(other, renamed)
    check_guarantee(shifted)
    assert lengths_mm(choose_doses(shifted))[1:] == pytest.approx(lengths_mm(choose_doses(plain))[1:], abs=1e-9)


@pytest.mark.hazard("H-08")
@pytest.mark.hazard("H-32")
@pytest.mark.parametrize("name", ["exchange-longer", "exchange-shorter"])
def test_exchanges_are_left_alone_and_doses_are_on_the_model_of_their_day(name: str) -> None:
    document = copy.deepcopy(scenarios()[name].case)
    once = hexapod.make_plan(hexapod.read_case(document))
    for level in document["levels"]:
        level["adjustments_per_day"] = 5
    often = hexapod.make_plan(hexapod.read_case(document))
    for a, b in zip(once.levels, often.levels, strict=True):
        assert [(e.strut, e.new.name) for e in a.exchanges] == [(e.strut, e.new.name) for e in b.exchanges]
        assert [row.settings_mm for row in a.rows if row.models] == [row.settings_mm for row in b.rows]
    for schedule in schedules_of(document):
        assert schedule.exchanges
        check_guarantee(schedule)


@pytest.mark.hazard("H-32")
@pytest.mark.parametrize("name", ["tibia_varus", "foot_ankle"])
def test_a_day_done_in_part_is_known_by_its_doses(name: str) -> None:
    """Readings after a dose are that day's, or its eve's or its evening's where nothing is to be turned between."""
    (level,) = hexapod.make_plan(hexapod.read_case(sample(name))).levels
    for before, row in itertools.pairwise(level.rows):
        for number, dose in enumerate(row.doses_mm, 1):
            found = explain(level, row.day, dose)
            if dose in (before.settings_mm, row.settings_mm):
                assert found.kind in PLANNED
            else:
                assert found.kind == "on-schedule"
                assert found.adjustments_done is not None
                assert row.doses_mm[found.adjustments_done - 1] == dose
                assert found.adjustments_done >= number
