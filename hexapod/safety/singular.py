"""H-10: a frame near a singular position, where the rings become loose or unpredictable."""

from __future__ import annotations

import math

import numpy as np

from hexapod.planning.frame import FrameCourse
from hexapod.planning.setup import LevelSetup
from hexapod.safety import limits
from hexapod.safety.findings import Finding


def check_condition(frame: FrameCourse) -> list[Finding]:
    """The condition of the Jacobian on every day, judged at the intended pose."""
    conditions = frame.conditions()
    day = int(np.argmax(conditions))
    worst = float(conditions[day])
    if limits.SINGULAR.exceeded_by(worst):
        return [_singular(frame.setup.index, day, worst)]
    if limits.NEAR_SINGULAR.exceeded_by(worst):
        limit = limits.NEAR_SINGULAR
        text = (
            f"On day {day} the frame comes near a singular position (condition {worst:.1f}; ordinary frames have 2 to "
            f"5): small errors of the struts become large errors of the bone. Consider another ring distance or a "
            f"staged path."
        )
        return [
            Finding(
                "frame.near_singular",
                limit.verdict,
                frame.setup.index,
                text,
                day=day,
                value=worst,
                limit=limit.value,
                unit=limit.unit,
            )
        ]
    return []


def neutral_singular(setup: LevelSetup) -> list[Finding]:
    """The neutral frame itself is singular: no reading of its struts can be trusted."""
    return [_singular(setup.index, None, None)]


def _singular(level: int, day: int | None, value: float | None) -> Finding:
    value = value if value is not None and math.isfinite(value) else None
    where = "even with its rings parallel and aligned" if day is None else f"on day {day}"
    # Beyond this the number tells nothing more: rounding alone decides it.
    told = "" if value is None else " (condition above 1000)" if value > 1000.0 else f" (condition {value:.0f})"
    return Finding(
        "frame.singular",
        limits.SINGULAR.verdict,
        level,
        f"The frame is singular {where}{told}: its rings can move with all six struts locked. Check that each strut "
        f"joins neighbouring tabs of the two rings, or choose other rings, another ring distance or a staged path.",
        day=day,
        value=value,
        limit=limits.SINGULAR.value,
        unit=limits.SINGULAR.unit,
    )
