"""The product's plan beside the scalar reckoning's, quantity by quantity."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from scalar_chain import Hexapod, hexapod_of
from scalar_coupling import plan_case
from scalar_frame import condition_of
from scalar_rigid import chain, from_lists, inverse

from hexapod import Plan, Refusal, make_plan, read_case
from hexapod.kinematics.inverse import condition
from hexapod.plan.make_plan import LevelPlan
from hexapod.trajectory.frame_trajectory import FrameCourse

Case = dict[str, Any]
Row = dict[str, Any]


@dataclass
class Differences:
    """Largest differences over whatever was compared; settings, doses, dates and days are compared for equality."""

    length_mm: float = 0.0
    position_mm: float = 0.0
    rotation: float = 0.0
    remaining: float = 0.0
    arc_mm: float = 0.0
    refitted_mm: float = 0.0
    condition: float = 0.0

    def widen(self, other: "Differences") -> None:
        """Take in another comparison."""
        for name in (field.name for field in fields(self)):
            setattr(self, name, max(getattr(self, name), getattr(other, name)))


UNITS = {
    "length_mm": "strut length, mm",
    "position_mm": "position of the moving fragment, mm",
    "rotation": "its rotation matrix, entries",
    "remaining": "remaining deformity, mm or deg",
    "arc_mm": "longest daily path of a tracked point, mm",
    "refitted_mm": "strut length of the pose given for the rounded settings, mm",
    "condition": "condition number, relative",
}


def compared(case: Case) -> tuple[Plan | Refusal, Differences]:
    """The product's plan, and how far it is from the scalar reckoning's.

    Raises:
        AssertionError: a day, date, stage, setting or dose is not the same.
    """
    plan, found = make_plan(read_case(case)), Differences()
    for index, (frame, scalar) in enumerate(zip(plan.frames, plan_case(case), strict=True)):
        for level in plan.levels[index : index + 1]:
            _compare_rows(level, scalar["rows"], found)
            _compare_rounded(case, index, level, scalar["rows"], found)
        if "stages" in case["levels"][index]:  # a coupled level has no stages of its own
            assert frame is not None
            _compare_frame(case, index, frame, scalar, found)
    return plan, found


def moved_too_far_by_marks(plan: Plan | Refusal) -> bool:
    """Whether a plan is refused for nothing but what whole marks make of it: a few random cases are."""
    codes = {finding.code for finding in plan.findings if finding.verdict == "refused"}
    return codes == {"rate.rounded_too_fast"}


def _compare_rows(level: LevelPlan, rows: list[Row], found: Differences) -> None:
    assert len(level.rows) == len(rows), f"{len(level.rows) - 1} days, not {len(rows) - 1}"
    for ours, theirs in zip(level.rows, rows, strict=True):
        day = theirs["day"]
        assert (ours.day, ours.date.isoformat(), ours.stage) == (day, theirs["date"], theirs["stage"])
        assert list(ours.settings_mm) == theirs["settings_mm"], f"settings of day {day}"
        assert [list(dose) for dose in ours.doses_mm] == theirs["doses_mm"], f"doses of day {day}"
        T = np.array(theirs["pose"])
        _grow(found, "length_mm", np.subtract(ours.lengths_mm, theirs["lengths_mm"]))
        _grow(found, "position_mm", ours.pose[:3, 3] - T[:3, 3])
        _grow(found, "rotation", ours.pose[:3, :3] - T[:3, :3])
        for word in {*ours.remaining, *theirs["remaining"]}:  # a word on one side only counts with its whole size
            _grow(found, "remaining", ours.remaining.get(word, 0.0) - theirs["remaining"].get(word, 0.0))


def _frame_of(case: Case, index: int, rows: list[Row]) -> Hexapod:
    """The scalar frame of a level, bolted on at the moment when its scales were read."""
    at_end = case["levels"][index]["frame"]["settings_at"] == "end"
    known = from_lists(rows[-1 if at_end else 0]["pose"])
    return hexapod_of(case["levels"][index], case["limb"]["side"], known)


def _compare_rounded(case: Case, index: int, level: LevelPlan, rows: list[Row], found: Differences) -> None:
    """Put the pose that the product gives for rounded settings back through scalar inverse kinematics."""
    frame = _frame_of(case, index, rows)
    for row in level.rows:
        lengths = [reading.length(s) for reading, s in zip(frame.readings, row.settings_mm, strict=True)]
        _grow(found, "refitted_mm", np.subtract(frame.lengths(from_lists(row.pose_rounded.tolist())), lengths))


def _compare_frame(case: Case, index: int, made: FrameCourse, scalar: dict[str, Any], found: Differences) -> None:
    """Days, arcs and conditions, which a refused plan has too."""
    stages = made.course.stages
    assert [part.days for part in stages] == scalar["stage_days"]
    for part, arcs in zip(stages, scalar["worst_arc_mm"], strict=True):
        if arcs:
            _grow(found, "arc_mm", part.arcs_mm.max(axis=0) - np.array(list(arcs.values())))
    poses = [from_lists(row["pose"]) for row in scalar["rows"]]
    frame = _frame_of(case, index, scalar["rows"])
    for day in (0, len(poses) // 2, len(poses) - 1):
        ring_mring = chain(frame.ring_ref, poses[day], frame.mov_mring)
        prox_dist = ring_mring if frame.reference == "proximal" else inverse(ring_mring)
        theirs = condition_of(frame.proximal, frame.distal, prox_dist)
        _grow(found, "condition", condition(*made.setup.joints_mm, made.T_prox_dist[day]) / theirs - 1.0)


def _grow(found: Differences, quantity: str, difference: Any) -> None:
    setattr(found, quantity, max(getattr(found, quantity), float(np.max(np.abs(difference)))))
