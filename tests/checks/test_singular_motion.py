"""The condition of a frame between its evenings: a singular position that is passed there, or nearly."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.checks.singularity import worst_condition, worst_condition_of
from hexapod.geometry.transforms import turn_about_z
from hexapod.kinematics.inverse import jacobian
from hexapod.trajectory.frame_trajectory import FrameCourse, ring_course

ROOT = Path(__file__).resolve().parents[2]
CROSSED = json.loads((ROOT / "tests" / "data" / "singular_crossed.json").read_text("utf-8"))
WIDE = [{"min_mm": 20, "max_mm": 600, "graduation_mm": 1}] * 6
ONE_DAY = np.array([1.0])


def one_number(f: Any) -> Any:
    """Jacobians that are the identity but for one entry, a function of the time."""

    def jacobians_at(times: np.ndarray) -> np.ndarray:
        rows = np.tile(np.eye(6), (len(times), 1, 1))
        rows[:, 2, 2] = f(times)
        return rows

    return jacobians_at


@pytest.mark.hazard("H-10")
def test_the_worst_of_a_day_is_found_where_no_evening_shows_it() -> None:
    # 0.27 on both evenings (condition 3.7), 0.02 at noon (condition 50)
    dip = one_number(lambda t: (t - 0.5) ** 2 + 0.02)
    worst, time = worst_condition(dip, ONE_DAY, 2.0 * ONE_DAY, harmless=10.0)
    assert worst == pytest.approx(50.0, rel=1e-3)
    assert time == pytest.approx(0.5, abs=0.01)
    # a few hundredths of a day wide
    narrow = one_number(lambda t: 0.5 - 0.48 * np.exp(-(((t - 0.337) / 0.02) ** 2)))
    worst, time = worst_condition(narrow, 21.0 * ONE_DAY, 2400.0 * ONE_DAY, harmless=10.0)
    assert (worst, time) == (pytest.approx(50.0, rel=1e-3), pytest.approx(0.337, abs=1e-3))


@pytest.mark.hazard("H-10")
@pytest.mark.parametrize(
    ("f", "day"),
    [
        (lambda t: 0.7 - t, 0),  # the sign changes between evening 0 and 1
        (lambda t: 1.6 - t, 1),
        (lambda t: 4.0 * (t - 1.3) * (t - 1.4), 1),  # twice between two evenings, and back
        (lambda t: (t - 0.55) ** 2, 0),  # touched, not passed
        (lambda t: 1.0 - t, 0),  # on an evening
    ],
)
def test_a_singular_position_within_a_day_is_beyond_any_limit(f: Any, day: int) -> None:
    worst, time = worst_condition(one_number(f), np.full(2, 8.0), np.full(2, 8.0), harmless=10.0)
    assert worst > 1000.0
    assert np.isinf(worst) or f(0.0) * f(2.0) > 0.0 or f(1.0) == 0.0  # the sign tells it at once
    assert np.ceil(time - 1e-9) == day + 1


def test_a_harmless_motion_is_measured_on_its_evenings_only() -> None:
    asked = []

    def jacobians_at(times: np.ndarray) -> np.ndarray:
        asked.append(len(times))
        return one_number(lambda t: 0.5 + 0.01 * t)(times)

    assert worst_condition(jacobians_at, np.full(30, 0.01), np.full(30, 0.001), harmless=10.0) == (2.0, 0.0)
    assert asked == [31]


@pytest.mark.hazard("H-10")
def test_a_position_passed_between_two_evenings_is_refused_with_its_day() -> None:
    plan = hexapod.make_plan(hexapod.read_case(CROSSED))
    (found,) = [finding for finding in plan.findings if finding.code == "frame.singular"]
    assert (found.verdict, found.day, plan.verdict) == ("refused", 12, "refused")
    assert "day 12" in found.message
    assert not any(level.rows for level in plan.levels)


@pytest.mark.hazard("H-10")
@pytest.mark.parametrize("doses", [1, 5, 12])
@pytest.mark.parametrize("days", [7, 14, 60])
def test_it_is_refused_at_any_pace(doses: int, days: int) -> None:
    case = copy.deepcopy(CROSSED)
    case["levels"][0]["adjustments_per_day"] = doses
    case["levels"][0]["stages"][1]["days"] = days
    found = {finding.code: finding for finding in hexapod.make_plan(hexapod.read_case(case)).findings}
    # 12 of 7 and 14 days in a hold of 7: between 4/14 and 5/14 of the way
    day = found["frame.singular"].day
    assert day is not None
    assert 4 / 14 - 1 / days < (day - 7) / days < 5 / 14 + 1 / days


def quarter_turn(case_dict: dict[str, Any], reference: str, way_deg: tuple[float, float], days: int) -> dict[str, Any]:
    """A neutral frame that turns about its own axis, from one angle to another: singular at exactly 90 deg."""
    level = case_dict["levels"][0]
    level |= {"reference": reference, "mounting": {}, "structures_at_risk": [], "limits": {"deg_per_day": None}}
    level.pop("bone", None)
    level["frame"] |= {"struts": WIDE, "settings_mm": [200] * 6, "settings_at": "end"}
    start, end = way_deg
    level["deformity"] = {"internal_rotation_deg": start}
    level["stages"] = [
        {"name": "turn", "correct_to": {"internal_rotation_deg": end} if end else {}, "days": days},
        {"name": "back", "correct_to": {}, "days": 40},
    ]
    return case_dict


@pytest.mark.hazard("H-10")
@pytest.mark.parametrize("reference", ["proximal", "distal"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_quarter_turn_is_singular_on_the_day_that_passes_it(
    case_dict: dict[str, Any], reference: str, side: str
) -> None:
    # 98.5 to 68.5 deg in 10 days: 89.5 at the end of day 3, 92.5 at the end of day 2.
    case_dict["limb"]["side"] = side
    plan = hexapod.make_plan(hexapod.read_case(quarter_turn(case_dict, reference, (98.5, 68.5), 10)))
    found = {finding.code: finding for finding in plan.findings}
    assert (found["frame.singular"].day, found["frame.singular"].verdict) == (3, "refused")


def test_the_jacobian_of_a_quarter_turn_has_no_inverse() -> None:
    ring = hexapod.load_catalogue().ring("generic-full-180")
    T = np.eye(4)
    T[:3, :3], T[2, 3] = turn_about_z(np.pi / 2), -150.0
    assert abs(np.linalg.det(jacobian(ring.proximal_joints_mm, ring.distal_joints_mm, T))) < 1e-12


def frames_of(name: str) -> list[FrameCourse]:
    case = hexapod.load_case(ROOT / "sample_cases" / f"{name}.json")
    return [frame for frame in hexapod.make_plan(case).frames if frame is not None]


@pytest.mark.hazard("H-10")
@pytest.mark.parametrize("name", ["tibia_stacked_transport", "tibia_trifocal", "tibia_varus"])
def test_no_moment_of_a_sample_is_worse_than_is_told(name: str) -> None:
    for frame in frames_of(name):
        times = np.linspace(0.0, frame.course.days, 20 * frame.course.days + 1)
        T = ring_course(frame.setup, frame.course.poses_at(times), frame.T_mov_mring)
        values = np.linalg.svd(jacobian(*frame.setup.joints_mm, T), compute_uv=False)
        told = worst_condition_of(frame)
        # Below 10 the evenings are told; between them it is hardly more.
        assert told.condition >= (values[:, 0] / values[:, -1]).max() * (1.0 - 1e-3)


def coupled_pair(case_dict: dict[str, Any], tilt_deg: float) -> dict[str, Any]:
    """An ordinary hexapod that straightens a bone, and a flat one below that gives way to it."""
    upper = case_dict["levels"][0]
    upper |= {"reference": "proximal", "deformity": {"varus_deg": tilt_deg, "external_rotation_deg": tilt_deg}}
    upper |= {"mounting": {"proximal_mm": 60}, "structures_at_risk": [], "limits": {"deg_per_day": None}}
    upper.pop("bone", None)
    upper["frame"] |= {"struts": WIDE, "settings_mm": [200] * 6, "settings_at": "end"}
    upper["stages"] = [{"name": "straighten", "correct_to": {}, "days": 12}]
    lower = copy.deepcopy(CROSSED["levels"][0])
    for key in ("stages", "limits", "bone"):
        lower.pop(key)
    lower["frame"]["settings_at"] = "start"
    lower |= {"name": "lower", "couple": "keep-length", "deformity": {}, "segment": {"distal_mm": 150}}
    lower["limits"] = {"deg_per_day": None}
    case_dict["levels"] = [upper, lower]
    return case_dict


@pytest.mark.hazard("H-10")
def test_the_own_motion_of_a_coupled_hexapod_is_judged(case_dict: dict[str, Any]) -> None:
    plan = hexapod.make_plan(hexapod.read_case(coupled_pair(case_dict, 28.0)))
    found = [finding for finding in plan.findings if finding.code == "frame.singular"]
    assert [finding.level for finding in found] == [1]
    frame = plan.frames[1]
    assert frame is not None
    assert found[0].day not in (None, 0)


@pytest.mark.hazard("H-10")
def test_the_way_from_where_readings_put_the_level_is_judged() -> None:
    """A level that goes on from `course_from` makes its first adjustment from where it really is.

    The determinant is zero at 0.686 of the deformity: the readings lie beyond it, the course begins before it.
    """

    def found(deformity: float, course_from: float | None) -> dict[str, int | None]:
        case = copy.deepcopy(CROSSED)
        level = case["levels"][0]
        words = level["deformity"]
        level["stages"] = [{"name": "rest", "correct_to": {}, "days": 60}]
        level["deformity"] = {key: round(size * deformity, 6) for key, size in words.items()}
        if course_from is not None:
            level["course_from"] = {key: round(size * course_from, 6) for key, size in words.items()}
        findings = hexapod.make_plan(hexapod.read_case(case)).findings
        return {finding.code: finding.day for finding in findings if finding.code.startswith("frame.")}

    assert found(0.65, None) == {"frame.near_singular": 0}
    assert found(0.66, 0.65) == {"frame.near_singular": 0}
    assert found(0.70, 0.65) == {"frame.singular": 1}


@pytest.mark.hazard("H-10")
@pytest.mark.parametrize(("turned_deg", "told"), [(89.8, True), (60.0, False)])
def test_readings_reached_from_a_nearly_singular_neutral_frame_have_no_definite_pose(
    case_dict: dict[str, Any], turned_deg: float, told: bool
) -> None:
    """A distal ring bolted on a quarter turn round, then turned back: it stands soundly, but is reached from nowhere."""
    ring = hexapod.load_catalogue().ring("generic-full-180")
    joints = ring.distal_joints_mm @ turn_about_z(np.radians(turned_deg)).T
    level = case_dict["levels"][0]
    level["frame"]["proximal_ring"] = {"model": "generic-full-180"}
    level["frame"]["distal_ring"] = {"joints_mm": joints.tolist()}
    T = np.eye(4)
    T[:3, :3], T[2, 3] = turn_about_z(np.radians(-turned_deg)), -150.0
    readings = hexapod.strut_lengths(ring.proximal_joints_mm, joints, T).round()
    level["frame"] |= {"struts": WIDE, "settings_mm": readings.tolist()}
    level |= {"deformity": {}, "stages": [{"name": "stand", "hold_days": 3}], "structures_at_risk": []}
    found = {finding.code: finding for finding in hexapod.make_plan(hexapod.read_case(case_dict)).findings}
    assert ("frame.singular" in found) == told
    if told:
        assert found["frame.singular"].day is None
        assert found["frame.singular"].verdict == "refused"
