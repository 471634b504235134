"""Points and displacements in words, and the reference ring on its fragment (conventions section 5)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Side, internal_turn, lateral_x
from hexapod.geometry.transforms import Array, pose, swing, swings, turn_about_z, turns_about_z


def place(words: w.Words, side: Side) -> Array:
    """A point or displacement (3,) in mm, limb axes, from words such as `{"lateral_mm": 35, "proximal_mm": 10}`.

    Raises:
        HexapodError: both words of a pair, an unknown word, or a size outside its limits.

    >>> place({"medial_mm": 2, "anterior_mm": 3, "distal_mm": 40}, "left").tolist()
    [-2.0, -3.0, -40.0]
    """
    w.check_words(words, w.PLACE)
    return np.array(
        [
            lateral_x(side) * w.AP_TRANSLATION.signed(words),
            w.LATERAL_TRANSLATION.signed(words),
            w.ALONG_BONE.signed(words),
        ]
    )


def place_words(position_mm: Array, side: Side) -> dict[str, float]:
    """A point or displacement (3,) in mm, limb axes, in words, zeros left out; the inverse of `place`.

    >>> place_words(np.array([-2.0, 0.0, -40.0]), "left")
    {'medial_mm': 2.0, 'distal_mm': 40.0}
    """
    x, y, z = position_mm.tolist()
    return {
        **w.AP_TRANSLATION.say(lateral_x(side) * x),
        **w.LATERAL_TRANSLATION.say(y),
        **w.ALONG_BONE.say(z),
    }


def along_bone(words: w.Words) -> float:
    """Height in mm along the bone, proximal positive, from `{"distal_mm": 10}` or `{"proximal_mm": 10}`."""
    w.check_words(words, (w.ALONG_BONE,))
    return w.ALONG_BONE.signed(words)


def ring_mount(words: w.Words, side: Side) -> Array:
    """Pose `T_ref_ring` (4, 4) of the reference ring in reference axes, from mounting words.

    Raises:
        HexapodError: both words of a pair, an unknown word, or a size outside its limits.

    >>> T = ring_mount({"external_rotation_deg": 90}, "right")    # the front, turned outwards, looks to the right
    >>> (T[:3, :3] @ [0, -1, 0]).round(12) + 0.0
    array([-1.,  0.,  0.])
    """
    w.check_words(words, w.MOUNTING)
    normal = np.array(
        [
            lateral_x(side) * math.tan(math.radians(w.AP_TILT.signed(words))),
            math.tan(math.radians(w.LATERAL_TILT.signed(words))),
            1.0,
        ]
    )
    turn = internal_turn(side) * math.radians(w.AXIAL_ROTATION.signed(words))
    centre = place({word: size for word, size in words.items() if word in PLACE_WORDS}, side)
    return pose(swing([0.0, 0.0, 1.0], normal) @ turn_about_z(turn), centre)


def ring_mounts(numbers: ArrayLike, side: Side) -> Array:
    """`ring_mount` (..., 4, 4) of many mountings at once: signed numbers (..., 6) in the order of `MOUNTING`.

    In mm and deg, positive for the first word of each pair; every tilt below 45 deg either way.
    """
    numbers = np.asarray(numbers, float)
    lat = lateral_x(side)
    turn, ap, lateral = np.moveaxis(np.radians(numbers[..., 3:]), -1, 0)
    normal = np.stack([lat * np.tan(ap), np.tan(lateral), np.ones_like(ap)], axis=-1)
    R = swings([0.0, 0.0, 1.0], normal) @ turns_about_z(internal_turn(side) * turn)
    return pose(R, numbers[..., :3] * [lat, 1.0, 1.0])


PLACE_WORDS = frozenset(word for pair in w.PLACE for word in (pair.positive, pair.negative))
