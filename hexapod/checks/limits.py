"""The limits of the checks, as data: value, unit, status, source and hazard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from hexapod.case.level_parts import Indication
from hexapod.case.model import DEFAULT_DEG_PER_DAY, DEFAULT_RATES, Level
from hexapod.checks.findings import Limit

ILIZAROV = "Ilizarov 1989 part II: 0.5 mm/day often consolidates early, 2.0 harms soft tissue, 1.0 is best"
RATE_LOW = Limit(0.5, "mm/day", "caution", "H-07", ILIZAROV)
RATE_HIGH = Limit(1.0, "mm/day", "caution", "H-07", ILIZAROV)
RATE_STRONG = Limit(1.5, "mm/day", "caution", "H-07", "PMC3008908: 9.1-fold risk of insufficient regenerate")
RATE_TOO_FAST = Limit(2.0, "mm/day", "refused", "H-07", ILIZAROV)
# How fast a fragment may turn whatever its case allows (H-23).  Our own judgement: at the rim of a bone of 30 mm 3 deg
# are 0.8 mm and 5 deg 1.3 mm, at a nerve 35 mm from the axis 1.8 and 3.1 mm.
TURN_USUAL = Limit(
    DEFAULT_DEG_PER_DAY, "deg/day", "caution", "H-23", "conventions section 8: the limit when a case gives none"
)
TURN_HIGH = Limit(3.0, "deg/day", "caution", "H-23", "case format: turn.high")
TURN_TOO_FAST = Limit(5.0, "deg/day", "refused", "H-23", "case format: turn.too_fast")
# A strut that changes more than this moves its corner of the ring by more than any bone between the rings bears.
STRUT_STEP_HIGH = Limit(4.0, "mm/day", "caution", "H-23", "case format: strut.step_high")
STRUT_STEP_TOO_FAR = Limit(8.0, "mm/day", "refused", "H-23", "case format: strut.step_too_far")
# A stage that turns by less than this moves the rim of any bone by less than its rounding does.
TURN_UNJUDGED = Limit(1.0, "deg", "caution", "H-23", "case format: rate.unjudged")
# What hexapods do together (H-29) is judged as what one does.
COMBINED = Limit(1.0, "mm/day", "caution", "H-29", ILIZAROV)
COMBINED_TOO_FAST = Limit(2.0, "mm/day", "refused", "H-29", ILIZAROV)
START_AGO = Limit(1.0, "years", "caution", "H-16", "this project's judgement: no frame is put on that late")
START_AHEAD = Limit(3.0, "years", "caution", "H-16", "this project's judgement: no operation is planned that early")
DOSE_SUM = Limit(3.0, "mm/day", "caution", "H-32", "this project's judgement, docs/safety/README.md: to and fro counts")
NEAR_SINGULAR = Limit(10.0, "condition", "caution", "H-10", "conventions section 7: ordinary frames have 2 to 5")
SINGULAR = Limit(100.0, "condition", "refused", "H-10", "conventions section 7")

LATENCY = Limit(5.0, "days", "caution", "H-07", "Oxford and Baltimore patient information; Makhdom/ACPOC: 5 to 7 days")
DOCKING_RATE = Limit(0.25, "mm/day", "caution", "H-07", "usual practice")
DOCKED = Limit(1.0, "mm", "caution", "H-07", "this project's judgement: a radiograph shows no less")
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
# What a stage may add to a quantity of the deformity before it has to be meant (H-25).
NO_INCREASE = "this project's judgement: half of what careful measurement of a radiograph tells"
INCREASE_DEG = Limit(0.5, "deg", "caution", "H-25", NO_INCREASE)
INCREASE_MM = Limit(0.5, "mm", "caution", "H-25", NO_INCREASE)

# What makes a frame believable (H-04).  Our own judgement of what a surgeon builds: wide enough for any frame put on by
# hand, narrow enough that a reading wrong by a few centimetres falls outside.
HAND_BUILT = "this project's judgement, docs/safety/README.md"
MOVING_RING_TILT = Limit(15.0, "deg", "caution", "H-04", HAND_BUILT)
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

# Rings of a construct (H-26) and the fragments that they sit on (H-31).  Our own judgement: a place measured on
# radiographs is good to some 3 mm and 2 deg; what differs by 10 mm or 5 deg was not measured of the same ring.
TWO_SOURCES = "this project's judgement, docs/safety/README.md"
SHARED_RING_MM = Limit(3.0, "mm", "caution", "H-26", TWO_SOURCES)
SHARED_RING_DEG = Limit(2.0, "deg", "caution", "H-26", TWO_SOURCES)
RING_TWICE_MM = Limit(10.0, "mm", "refused", "H-26", TWO_SOURCES)
RING_TWICE_DEG = Limit(5.0, "deg", "refused", "H-26", TWO_SOURCES)
RINGS_NOT_STATED = Limit(25.0, "mm", "caution", "H-26", TWO_SOURCES)
# Rings measured so may overlap by this without passing through each other.
RINGS_THROUGH = Limit(1.0, "mm", "refused", "H-26", TWO_SOURCES)
RING_BEYOND_OSTEOTOMY = Limit(0.0, "mm", "caution", "H-31", "a ring sits on the fragment that it is bolted to")
RINGS_ON_ONE_FRAGMENT = Limit(30.0, "mm", "refused", "H-31", TWO_SOURCES)

# A strut lower than this against a ring holds the frame less firmly (H-10), whatever its joints allow (H-09).
STRUT_TO_RING = Limit(35.0, "deg", "caution", "H-10", "Barker, Orthop Proc 2013;95-B SUPP_23:13: falls markedly there")


@dataclass(frozen=True)
class Pace:
    """The daily limits for one indication, with their status and source.

    `working` values were set by this project until somebody brings a source. `rate_low`, `rate_strong`, `rate_child`
    and `latency` are None where no callus has to grow: nothing is then too slow, nor too soon.
    """

    status: Literal["published", "working"]
    source: str
    turn_usual: Limit
    rate_high: Limit
    rate_too_fast: Limit
    turn_high: Limit
    turn_too_fast: Limit
    strut_step_high: Limit
    strut_step_too_far: Limit
    combined: Limit
    combined_too_fast: Limit
    dose_sum: Limit
    rate_low: Limit | None = None
    rate_strong: Limit | None = None
    rate_child: Limit | None = None
    latency: Limit | None = None

    @property
    def usual(self) -> str:
        """The words before a limit in a caution."""
        return "usual" if self.status == "published" else "working limit of"

    @property
    def working_values(self) -> str:
        """The values that wait for a source, in one line."""
        rate, turn, step = self.rate_high, self.turn_high, self.strut_step_high
        return (
            f"rate {rate.value:g} and {self.rate_too_fast.value:g} {rate.unit}, rotation {turn.value:g} and "
            f"{self.turn_too_fast.value:g} {turn.unit}, strut {step.value:g} and {self.strut_step_too_far.value:g} "
            f"{step.unit}"
        )


def _working(
    indication: Indication,
    *,
    rate: tuple[float, float],
    turn: tuple[float, float],
    strut: tuple[float, float],
    dose_sum: float,
    source: str,
) -> Pace:
    """Working values of an indication: caution above the first, refused above the second of each pair."""

    def pair(values: tuple[float, float], unit: str, hazard: str) -> tuple[Limit, Limit]:
        caution, refused = values
        return Limit(caution, unit, "caution", hazard, source), Limit(refused, unit, "refused", hazard, source)

    rate_high, rate_too_fast = pair(rate, "mm/day", "H-07")
    turn_high, turn_too_fast = pair(turn, "deg/day", "H-23")
    step_high, step_too_far = pair(strut, "mm/day", "H-23")
    combined, combined_too_fast = pair(rate, "mm/day", "H-29")
    return Pace(
        "working",
        source,
        Limit(DEFAULT_RATES[indication][1], "deg/day", "caution", "H-23", source),
        rate_high,
        rate_too_fast,
        turn_high,
        turn_too_fast,
        step_high,
        step_too_far,
        combined,
        combined_too_fast,
        Limit(dose_sum, "mm/day", "caution", "H-32", source),
    )


# The limits of every indication.  To and fro within a day may sum up to three times what is usual (`dose_sum`).
PACES: Mapping[Indication, Pace] = MappingProxyType(
    {
        "osteotomy": Pace(
            "published",
            ILIZAROV,
            TURN_USUAL,
            RATE_HIGH,
            RATE_TOO_FAST,
            TURN_HIGH,
            TURN_TOO_FAST,
            STRUT_STEP_HIGH,
            STRUT_STEP_TOO_FAR,
            COMBINED,
            COMBINED_TOO_FAST,
            DOSE_SUM,
            RATE_LOW,
            RATE_STRONG,
            CHILD_ARM_RATE,
            LATENCY,
        ),
        "fracture": _working(
            "fracture",
            rate=(5.0, 15.0),
            turn=(6.0, 15.0),
            strut=(10.0, 20.0),
            dose_sum=15.0,
            source="working value of this project; reduced in 2.9 and 5.1 days (s12891-022-05172-5), 3.3 and 5.3 days "
            "(s13018-021-02820-9)",
        ),
        "joint": _working(
            "joint",
            rate=(1.0, 3.0),
            turn=(3.0, 5.0),
            strut=(6.0, 12.0),
            dose_sum=3.0,
            source="working value of this project; no cut, so the structures that cross the joint set the pace",
        ),
    }
)


def pace_of(level: Level) -> Pace:
    """The daily limits for a level, by its indication."""
    return PACES[level.indication]
