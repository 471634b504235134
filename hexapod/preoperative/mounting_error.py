"""How far a wrong mounting would lead the bone astray (hazard H-06): mounting is the commonest source of residue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.case.entered_sd import mounting_sds
from hexapod.deformity.pose import BeyondWords, deformity_words, ring_mount
from hexapod.deformity.quantities import MOUNTING, Pair
from hexapod.errors import HexapodError
from hexapod.geometry.transforms import Array, turn_angle
from hexapod.trajectory.frame_trajectory import FrameCourse, bone_moved


@dataclass(frozen=True)
class Sensitivity:
    """What happens when the reference ring really sits otherwise than entered, by `size` in the direction of `word`.

    At the end of the plan the moving fragment is `off_mm` from where it should be at its corresponding point, and
    turned by `off_deg`; `remaining` is the deformity then, in words, None when words cannot tell it.
    """

    quantity: str
    word: str
    size: float
    unit: str
    off_mm: float
    off_deg: float
    remaining: dict[str, float] | None


def mounting_sensitivity(frame: FrameCourse) -> tuple[Sensitivity, ...]:
    """For each of the six quantities of the mounting an error of its SD in its worse direction, the worst first.

    The frame is bolted to the bone on day 0 and goes through the planned motion, whatever was entered; only the bone's
    place in it is another one.

    Source: docs/kinematics.md, section 9.
    """
    setup = frame.setup
    T_ring_mring = setup.T_prox_dist(frame.T_prox_dist[[0, -1]])
    found = []
    for pair, sd in zip(MOUNTING, mounting_sds(setup.level), strict=True):
        both = [_astray(frame, T_ring_mring, pair, sign * sd) for sign in (1.0, -1.0)]
        found.append(max((one for one in both if one is not None), key=_badness))
    return tuple(sorted(found, key=_badness, reverse=True))


def _astray(frame: FrameCourse, T_ring_mring: Array, pair: Pair, error: float) -> Sensitivity | None:
    """The effect of one error; None when the mounting would then be one that words cannot tell."""
    setup, level = frame.setup, frame.setup.level
    entered = level.mounting_words
    others = {word: value for word, value in entered.items() if word not in (pair.positive, pair.negative)}
    try:
        T_ref_ring = ring_mount(others | pair.say(pair.signed(entered) + error), setup.side)
    except HexapodError:
        return None
    T_end = bone_moved(T_ref_ring, T_ring_mring[0], T_ring_mring[1], frame.course.T_ref_mov[0])
    T_intended = frame.course.T_ref_mov[-1]
    try:
        remaining = deformity_words(T_end, setup.side, setup.reference)
    except BeyondWords:
        remaining = None
    return Sensitivity(
        quantity=pair.quantity,
        word=(pair.positive if error > 0.0 else pair.negative).rpartition("_")[0],
        size=abs(error),
        unit=pair.unit,
        off_mm=float(np.linalg.norm(T_end[:3, 3] - T_intended[:3, 3])),
        off_deg=float(np.degrees(turn_angle(T_end[:3, :3] @ T_intended[:3, :3].T))),
        remaining=remaining,
    )


def _badness(one: Sensitivity) -> float:
    """mm and deg added: 60 mm from the osteotomy a degree is about a millimetre.  Rounded against noise."""
    return round(one.off_mm + one.off_deg, 6)
