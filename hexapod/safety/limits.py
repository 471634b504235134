"""The limits of the checks, as data: value, unit, verdict, source and hazard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "caution", "refused"]
RANK: dict[Verdict, int] = {"ok": 0, "caution": 1, "refused": 2}

# Comparisons with a limit allow this share for rounding: 20 mm in 10 fixed days is 2.0 mm a day, not more.
RELATIVE_TOLERANCE = 1e-9

ILIZAROV = "Ilizarov 1989 part II: 0.5 mm/day often consolidates early, 2.0 harms soft tissue, 1.0 is best"


@dataclass(frozen=True)
class Limit:
    """One limit of one check."""

    value: float
    unit: str
    verdict: Verdict
    hazard: str
    source: str

    def exceeded_by(self, value: float) -> bool:
        """Whether `value` is above the limit; not a number counts as above."""
        return not value <= self.value * (1.0 + RELATIVE_TOLERANCE)

    def undercut_by(self, value: float) -> bool:
        """Whether `value` is below the limit; not a number counts as below."""
        return not value >= self.value * (1.0 - RELATIVE_TOLERANCE)


RATE_LOW = Limit(0.5, "mm/day", "caution", "H-07", ILIZAROV)
RATE_HIGH = Limit(1.0, "mm/day", "caution", "H-07", ILIZAROV)
RATE_STRONG = Limit(1.5, "mm/day", "caution", "H-07", "PMC3008908: 9.1-fold risk of insufficient regenerate")
RATE_TOO_FAST = Limit(2.0, "mm/day", "refused", "H-07", ILIZAROV)
DOSE_SUM = Limit(3.0, "mm/day", "caution", "H-32", "this project's judgement, docs/safety/README.md: to and fro counts")
NEAR_SINGULAR = Limit(10.0, "condition", "caution", "H-10", "conventions section 7: ordinary frames have 2 to 5")
SINGULAR = Limit(100.0, "condition", "refused", "H-10", "conventions section 7")

LATENCY = Limit(5.0, "days", "caution", "H-07", "Oxford and Baltimore patient information; Makhdom/ACPOC: 5 to 7 days")
DOCKING_RATE = Limit(0.25, "mm/day", "caution", "H-07", "usual practice")
DOCKED = Limit(1.0, "mm", "caution", "H-07", "this project's judgement: a film shows no less")
DOCKING_COMPRESSION = Limit(5.0, "mm", "caution", "H-11", "this project's judgement: 0.25 mm/day for 20 days")
TRANSPORT_ABOVE = {
    bone: Limit(
        mm, "mm", "caution", "H-07", "internal transport protocol, BTO 2020: 30 to 40 mm tibia, 40 to 60 mm femur"
    )
    for bone, mm in (("tibia", 30.0), ("femur", 40.0))
}
CHILD_ARM_RATE = Limit(1.0, "mm/day", "caution", "H-07", "Farr, JBJS 2016: below 1 mm/day except the humerus")
OUTCOME_DEG = Limit(5.0, "deg", "caution", "H-06", "maloutcome limits, researchsquare rs-135713")
OUTCOME_MM = Limit(10.0, "mm", "caution", "H-06", "maloutcome limits, researchsquare rs-135713")

# What makes a frame believable (H-04).  Our own judgement of what a surgeon builds: wide enough for any frame put on by
# hand, narrow enough that a reading wrong by a few centimetres falls outside.
HAND_BUILT = "this project's judgement, docs/safety/README.md"
MOVING_RING_LEAN = Limit(15.0, "deg", "caution", "H-04", HAND_BUILT)
MOVING_RING_TURN = Limit(20.0, "deg", "caution", "H-04", HAND_BUILT)
MOVING_RING_OFF_CENTRE = Limit(0.6, "of its inner radius", "caution", "H-04", HAND_BUILT)
POSE_OFF_PLAN_MM = Limit(20.0, "mm", "caution", "H-04", HAND_BUILT)
POSE_OFF_PLAN_DEG = Limit(15.0, "deg", "caution", "H-04", HAND_BUILT)

# How deep the bone ends may stand in each other (H-11).  Our own judgement: a cut is not flat to a millimetre, and
# soft callus gives way by as much; nothing measured says where bone begins to catch.
BONE_OVERLAP = Limit(1.0, "mm", "caution", "H-11", HAND_BUILT)
# Least distances (H-09).  The skin rule is the field's.  The others are our own: two struts of one tab of the generic
# rings have joints 15 mm apart and bodies 12 mm thick, so 3 mm is how they are built; a strut nearer than 20 mm to the
# bone is nearer than 20 mm to the skin of any limb; the joints of the generic rings stand 6 mm off the faces, so those
# of two rings meet at 12 mm, and 3 mm more lets them turn.
SKIN = "boneschool.com: ring to skin at least 20 mm all round"
BUILT_TO_MOVE = "this project's judgement, docs/safety/README.md"
RING_TO_SKIN = Limit(20.0, "mm", "caution", "H-09", SKIN)
STRUT_TO_SKIN = Limit(20.0, "mm", "caution", "H-09", SKIN)
STRUT_TO_BONE = Limit(20.0, "mm", "caution", "H-09", BUILT_TO_MOVE)
STRUT_TO_STRUT = Limit(2.0, "mm", "caution", "H-09", BUILT_TO_MOVE)
RING_TO_RING = Limit(15.0, "mm", "caution", "H-09", BUILT_TO_MOVE)


def check_nesting() -> None:
    """Raises ValueError unless the limits of one quantity stand in the order in which they grow worse."""
    ladders = [
        [RATE_LOW, RATE_HIGH, RATE_STRONG, RATE_TOO_FAST],
        [NEAR_SINGULAR, SINGULAR],
    ]
    for ladder in ladders:
        values = [limit.value for limit in ladder]
        if values != sorted(set(values)) or len({limit.unit for limit in ladder}) != 1:
            raise ValueError(f"limits out of order: {ladder}")
