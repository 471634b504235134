"""Small case files for the laws: the frame F of tests/oracles/hand_numbers.md, two 180 mm rings, all struts reading 150."""

from collections.abc import Sequence
from typing import Any

import hexapod
from hexapod.plan.make_plan import LevelPlan
from hexapod.trajectory.frame_trajectory import FrameCourse

Words = dict[str, float]
SIDES = ("right", "left")
REFERENCES = ("proximal", "distal")
CORRECT: dict[str, Any] = {"name": "correct", "correct_to": {}}


def case_of(
    side: str,
    reference: str,
    *,
    deformity: Words | None = None,
    stages: Sequence[dict[str, Any]] = (CORRECT,),
    at: str = "start",
    settings: Sequence[float] = (150, 150, 150, 150, 150, 150),
    graduation: float = 1,
    start_date: str = "2026-03-02",
    **more: Any,
) -> dict[str, Any]:
    """A case with one level on frame F; `more` are further keys of the level."""
    return {
        "format": "hexapod-case/1",
        "id": "law",
        "limb": {"side": side, "bone": "tibia"},
        "start_date": start_date,
        "levels": [
            {
                "name": "level",
                "reference": reference,
                "frame": {
                    "proximal_ring": {"model": "generic-full-180"},
                    "distal_ring": {"model": "generic-full-180"},
                    "struts": [{"min_mm": 50, "max_mm": 400, "graduation_mm": graduation} for _ in range(6)],
                    "settings_mm": list(settings),
                    "settings_at": at,
                },
                "mounting": {},
                "deformity": deformity or {},
                "stages": [dict(stage) for stage in stages],
                **more,
            }
        ],
    }


def construct_of(upper: dict[str, Any], lower: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A case with two levels on frame F that have the same point; the lower one follows.  `keys` are of the upper one.

    Where the lower one's rings are nobody says: at the same point they would stand in those of the upper one.
    """
    case = case_of("right", "proximal", **keys)
    case["levels"][0] |= {"name": "upper"} | upper
    follower = case_of("right", "proximal")["levels"][0] | {"name": "lower", "segment": {}, "couple": "keep-length"}
    del follower["stages"]
    follower.pop("mounting", None)
    case["levels"].append(follower | lower)
    return case


def plan_of(side: str, reference: str, **keys: Any) -> hexapod.Plan:
    """The plan of `case_of`."""
    return hexapod.make_plan(hexapod.read_case(case_of(side, reference, **keys)))


def level_of(side: str, reference: str, **keys: Any) -> LevelPlan:
    """Its only level; the plan must not be refused."""
    plan = plan_of(side, reference, **keys)
    assert plan.verdict != "refused", [finding.message for finding in plan.findings]
    return plan.levels[0]


def moving_days(frame: FrameCourse | None) -> int:
    """Days of a level's last stage, by its frame; a refusal has it too."""
    assert frame is not None
    return frame.course.stages[-1].days
