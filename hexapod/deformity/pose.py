"""Words to poses, and back: the deformity (conventions section 3), points, and the reference ring (section 5)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Fragment, Side, internal_turn, lateral_x, moving_end
from hexapod.errors import HexapodError
from hexapod.geometry.transforms import Array, pose, swing, swings, turn_about_z, turns_about_z, unit_quaternion


class BeyondWords(HexapodError):
    """A pose that the words cannot tell: the moving fragment's axis is tilted by 90 deg or more."""

    def __init__(self, index: int) -> None:
        super().__init__("The moving fragment is tilted by 90 deg or more: no angulation on a radiograph describes it.")
        self.index = index


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


def deformity_poses(numbers: ArrayLike, side: Side, reference: Fragment) -> Array:
    """`deformity_pose` (..., 4, 4) of many deformities at once: signed numbers (..., 6) in the order of `DEFORMITY`.

    In deg and mm, positive for the first word of each pair; every angulation below 80 deg either way.

    >>> T = deformity_poses([[-10, 0, 0, 0, 0, 0]], "right", "proximal")       # 10 deg varus, as in deformity_pose
    >>> (T[0] @ [0, 0, -300, 1]).round(2)[:3].tolist()
    [52.09, 0.0, -295.44]
    """
    numbers = np.asarray(numbers, float)
    lat, far = lateral_x(side), moving_end(reference)
    ap, lateral, twist = np.moveaxis(np.radians(numbers[..., :3]), -1, 0)
    axis = np.stack([lat * np.tan(ap), np.tan(lateral), np.full_like(ap, far)], axis=-1)
    R = swings([0.0, 0.0, far], axis) @ turns_about_z(_twist_sign(side, reference) * twist)
    return pose(R, numbers[..., 3:] * [lat, 1.0, -far])


def deformity_words(T_ref_mov: Array, side: Side, reference: Fragment) -> dict[str, float]:
    """The deformity (4, 4) in words, zeros left out; the inverse of `deformity_pose` inside its limits.

    Raises:
        BeyondWords: the moving fragment is tilted by 90 deg or more.
    """
    return deformity_words_by_day(T_ref_mov[None], side, reference)[0]


def deformity_words_by_day(T_ref_mov: Array, side: Side, reference: Fragment) -> list[dict[str, float]]:
    """`deformity_words` of every pose (n, 4, 4).

    Raises:
        BeyondWords: with `index`, the first pose in which the moving fragment is tilted by 90 deg or more.

    Source: conventions section 3; the twist of a swing-twist product is that of the quaternion's w and z alone
    (docs/kinematics.md).
    """
    numbers, beyond = deformity_numbers(T_ref_mov, side, reference)
    if beyond.any():
        raise BeyondWords(int(np.argmax(beyond)))
    return [w.words_of(row, w.DEFORMITY) for row in numbers.tolist()]


def deformity_numbers(T_ref_mov: Array, side: Side, reference: Fragment) -> tuple[Array, NDArray[np.bool_]]:
    """The deformities of poses (n, 4, 4) as signed numbers (n, 6) in deg and mm, in the order of `DEFORMITY`.

    With them a mark (n,) where they mean nothing: the moving fragment is tilted by 90 deg or more.
    """
    lat, far = lateral_x(side), moving_end(reference)
    R, p = T_ref_mov[:, :3, :3], T_ref_mov[:, :3, 3]
    axis = far * R[:, :, 2]
    beyond = ~(far * axis[:, 2] > 0.0)
    quaternion = unit_quaternion(R)
    twist = 2.0 * np.arctan2(quaternion[:, 3], quaternion[:, 0])
    numbers = (
        np.degrees(np.arctan2(lat * axis[:, 0], far * axis[:, 2])),
        np.degrees(np.arctan2(axis[:, 1], far * axis[:, 2])),
        _twist_sign(side, reference) * np.degrees(np.arctan2(np.sin(twist), np.cos(twist))),
        lat * p[:, 0],
        p[:, 1],
        -far * p[:, 2],
    )
    return np.stack(numbers, axis=1), beyond


def _twist_sign(side: Side, reference: Fragment) -> float:
    """Sign about +z of an internal rotation: the words name the distal fragment, which may be the fixed one."""
    return internal_turn(side) * -moving_end(reference)


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
    """Height in mm along the bone, proximal positive, from `{"distal_mm": 10}` or `{"proximal_mm": 10}`.

    Raises:
        HexapodError: both words, an unknown word, or a size outside its limits.
    """
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
