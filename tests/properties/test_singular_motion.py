"""Random flat frames whose motion meets a singular position between two evenings: none passes, and none is invented."""

import math
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.checks.singularity import worst_condition_of
from hexapod.kinematics.inverse import jacobian
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import FrameCourse, fit_frame, ring_course
from hexapod.trajectory.level_setup import set_up

CATALOGUE = hexapod.load_catalogue()
OWN = {"min_mm": 20, "max_mm": 600, "graduation_mm": 1}
SIZES = (105, 130, 155, 180, 205, 230)
FRAMES = 40
STEPS = 200  # of a day, at which the plain search below looks


def flat_case(dice: np.random.Generator) -> dict[str, Any]:
    """A frame whose rings stand close together at the end, and that turns a long way in a few days."""

    def word(one: str, other: str, least: int, most: int) -> dict[str, float]:
        return {(one if dice.random() < 0.5 else other): float(dice.integers(least, most))}

    size = int(dice.choice(SIZES))
    ring = {"model": f"generic-full-{size}"}
    # The two joints of a strut stand this far apart even when the rings lie in one plane.
    beside = 2 * (size / 2 + 10) * math.sin(math.radians(30) - math.asin(7.5 / (size / 2 + 10)))
    level = {
        "name": "flat",
        "reference": str(dice.choice(["proximal", "distal"])),
        "frame": {
            "proximal_ring": ring,
            "distal_ring": ring,
            "struts": [OWN] * 6,
            "settings_mm": [round(beside * dice.uniform(1.02, 1.2))] * 6,
            "settings_at": "end",
        },
        "deformity": word("varus_deg", "valgus_deg", 10, 35)
        | word("apex_anterior_deg", "apex_posterior_deg", 5, 25)
        | word("internal_rotation_deg", "external_rotation_deg", 10, 45)
        | word("medial_mm", "lateral_mm", 0, 10),
        "mounting": {"proximal_mm": 40.0},
        "stages": [
            {"name": "wait", "hold_days": 2},
            {"name": "go", "correct_to": {}, "days": int(dice.integers(8, 20))},
        ],
        "limits": {"deg_per_day": None},
        "adjustments_per_day": int(dice.integers(1, 5)),
    }
    return case_of([level], str(dice.choice(["left", "right"])))


def case_of(levels: list[dict[str, Any]], side: str = "right") -> dict[str, Any]:
    limb = {"side": side, "bone": "tibia"}
    return {"format": "hexapod-case/1", "id": "flat", "limb": limb, "start_date": "2026-03-02", "levels": levels}


def frames_of(case: hexapod.case.model.Case) -> list[FrameCourse]:
    setups = [set_up(case, index, CATALOGUE) for index in range(len(case.levels))]
    return [fit_frame(course) for course in bone_courses(setups)]


def plainly(frame: FrameCourse, course: Course) -> tuple[float, list[int]]:
    """The worst condition at very many times, and the days on which the determinant changes its sign."""
    times = np.linspace(0.0, course.days, course.days * STEPS + 1)
    rows = jacobian(*frame.setup.joints_mm, ring_course(frame.setup, course.intended_at(times), frame.T_mov_mring))
    values, sign = np.linalg.svd(rows, compute_uv=False), np.sign(np.linalg.det(rows))
    changes = times[1:][sign[1:] * sign[:-1] < 0.0]
    return float((values[:, 0] / values[:, -1]).max()), [math.ceil(time - 1e-9) for time in changes]


@pytest.mark.hazard("H-10")
def test_no_flat_frame_passes_a_singular_position_unsaid() -> None:
    dice = np.random.default_rng(7)
    fitted = crossed = near = 0
    for _ in range(FRAMES):
        case = hexapod.read_case(flat_case(dice))
        try:
            (frame,) = frames_of(case)
        except (hexapod.NoPose, hexapod.SingularFrame):
            continue
        fitted += 1
        plan = hexapod.make_plan(case)
        found = {finding.code: finding for finding in plan.findings}
        worst, days = plainly(frame, frame.course)
        assert worst_condition_of(frame).condition >= worst * (1.0 - 1e-3) or worst < 10.0
        if days or worst > 100.0:
            crossed += 1
            assert plan.verdict == "refused"
            assert not days or found["frame.singular"].day == days[0]
        elif worst < 99.0:
            assert "frame.singular" not in found
            assert ("frame.near_singular" in found) == (worst > 10.0) or 9.99 < worst < 10.01
            near += worst > 10.0
    assert crossed >= 5
    assert near >= 1
    assert fitted >= 30
