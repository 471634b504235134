"""Deformity in words to the pose of the moving fragment, and back (conventions section 3)."""

from __future__ import annotations

import math

import numpy as np

from hexapod.clinical import words as w
from hexapod.clinical.sides import Fragment, Side, internal_turn, lateral_x, moving_end
from hexapod.errors import HexapodError
from hexapod.geometry.transforms import Array, pose, swing, turn_about_z


class BeyondWords(HexapodError):
    """A pose that the words cannot tell: the moving fragment's axis is tilted by 90 deg or more."""


def deformity_pose(words: w.Words, side: Side, reference: Fragment) -> Array:
    """Pose `T_ref_mov` (4, 4), mm, of a deformity given in words such as `{"varus_deg": 9, "short_mm": 9}`.

    Raises:
        HexapodError: both words of a pair, an unknown word, or a size outside its limits.

    Source: conventions section 3; the tilt is the exact oblique plane of Sangeorzan, Judd and Sangeorzan,
    J Biomech 22 (1989) 1271.

    >>> T = deformity_pose({"varus_deg": 10}, "right", "proximal")
    >>> (T @ [0, 0, -300, 1]).round(2)[:3].tolist()      # an ankle 300 mm away lies medial: +x of a right limb
    [52.09, 0.0, -295.44]
    """
    w.check_words(words, w.DEFORMITY)
    lat, far = lateral_x(side), moving_end(reference)
    ap = math.radians(w.AP_ANGULATION.signed(words))
    lateral = math.radians(w.LATERAL_ANGULATION.signed(words))
    axis = np.array([lat * math.tan(ap), math.tan(lateral), far])
    twist = _twist_sign(side, reference) * math.radians(w.AXIAL_ROTATION.signed(words))
    R = swing([0.0, 0.0, far], axis) @ turn_about_z(twist)
    translation = [
        lat * w.AP_TRANSLATION.signed(words),
        w.LATERAL_TRANSLATION.signed(words),
        -far * w.AXIAL_TRANSLATION.signed(words),
    ]
    return pose(R, translation)


def deformity_words(T_ref_mov: Array, side: Side, reference: Fragment) -> dict[str, float]:
    """The deformity (4, 4) in words, zeros left out; the inverse of `deformity_pose` inside its limits.

    Raises:
        BeyondWords: the moving fragment is tilted by 90 deg or more.
    """
    lat, far = lateral_x(side), moving_end(reference)
    R, p = T_ref_mov[:3, :3], T_ref_mov[:3, 3]
    axis = R @ [0.0, 0.0, far]
    if not far * axis[2] > 0.0:
        raise BeyondWords("The moving fragment is tilted by 90 deg or more: no angulation on a film describes it.")
    twist = swing([0.0, 0.0, far], axis).T @ R
    turn = math.degrees(math.atan2(twist[1, 0] - twist[0, 1], twist[0, 0] + twist[1, 1]))
    return (
        w.AP_ANGULATION.say(math.degrees(math.atan2(lat * axis[0], far * axis[2])))
        | w.LATERAL_ANGULATION.say(math.degrees(math.atan2(axis[1], far * axis[2])))
        | w.AXIAL_ROTATION.say(_twist_sign(side, reference) * turn)
        | w.AP_TRANSLATION.say(lat * p[0])
        | w.LATERAL_TRANSLATION.say(p[1])
        | w.AXIAL_TRANSLATION.say(-far * p[2])
    )


def _twist_sign(side: Side, reference: Fragment) -> float:
    """Sign about +z of an internal rotation: the words name the distal fragment, which may be the one held still."""
    return internal_turn(side) * -moving_end(reference)
