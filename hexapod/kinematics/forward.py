"""Forward kinematics: the pose whose six strut lengths are the given ones, followed from a known pose in safe steps."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hexapod.errors import GeometryError, NoPose, SingularFrame
from hexapod.geometry.transforms import Array, as_numbers, check_pose, pose, rotation_from_vector
from hexapod.kinematics.batch_newton import BLOCK, Newton
from hexapod.kinematics.inverse import STRUTS, centred, check_joints, condition, condition_of, jacobian, rigid_lengths

# Lengths are met to this (mm): a thousandth of the promise of 1e-9 mm at the pose, above rounding for 1 m frames.
FIT_MM = 1e-11
# The first Newton step after an advance turns by at most this (rad, shifts counted in rho) ...
STEP_LIMIT = 0.1
# ... and the next one shrinks to this share of it (Deuflhard 2004, section 2.1: Newton then stays on the path).
CONTRACTION_LIMIT = 0.25
# A part of the way this small that still cannot be made is a singular position (the square root of rounding).
LEAST_ADVANCE = 1e-7
CORRECTIONS = 8


@dataclass(frozen=True)
class Tracked:
    """Where following ended: poses (n, 4, 4), the share of the way made (n,), 1 where the lengths were reached.

    `worst_condition` (n,) is the largest condition number met at the places where it stopped on its way.
    """

    T_prox_dist: Array
    share: Array
    worst_condition: Array


def follow(proximal: Array, distal: Array, lengths_mm: Array, near: Array) -> Tracked:
    """Follow the lengths linearly from those of `near` (n, 4, 4) to `lengths_mm` (n, 6), mm.

    Source: conventions section 7 (continuation); Allgower and Georg, Numerical Continuation Methods, chapter 2.
    """
    T = near.copy()
    first = rigid_lengths(proximal, distal, near)
    share = np.zeros(len(T))
    start = jacobian(proximal, distal, near)
    side, worst = np.sign(np.linalg.det(start)), condition_of(start)
    advance = np.full(len(T), 0.25)
    while (lanes := np.flatnonzero((share < 1.0) & (advance >= LEAST_ADVANCE))).size:
        aim = np.minimum(share[lanes] + advance[lanes], 1.0)
        goal = np.where(
            (aim == 1.0)[:, None],
            lengths_mm[lanes],
            first[lanes] + aim[:, None] * (lengths_mm[lanes] - first[lanes]),
        )
        moved, met, there = _correct(proximal, distal, goal, T[lanes])
        met[met] = np.sign(np.linalg.det(there[met])) == side[lanes[met]]  # else it has leapt over a singular position
        T[lanes[met]], share[lanes[met]] = moved[met], aim[met]
        worst[lanes[met]] = np.maximum(worst[lanes[met]], condition_of(there[met]))
        advance[lanes] *= np.where(met, 2.0, 0.25)
    return Tracked(T, share, worst)


def _correct(proximal: Array, distal: Array, goal: Array, T: Array) -> tuple[Array, Array, Array]:
    """Newton with a pivoted solver: poses after it, which met their goal without a doubtful step, and the Jacobians
    there (but for the last digits)."""
    centre, rho = distal.mean(axis=0), centred(distal)[1]
    before = np.full(len(T), np.inf)
    met, sure = np.zeros(len(T), bool), np.ones(len(T), bool)
    for correction in range(CORRECTIONS):
        miss = goal - rigid_lengths(proximal, distal, T)
        met = sure & (abs(miss).max(axis=1) <= FIT_MM * np.maximum(1.0, goal.max(axis=1) / 1000.0))
        rows = jacobian(proximal, distal, T)
        sure &= np.isfinite(rows).all(axis=(1, 2))
        U, values, Vt = np.linalg.svd(np.where(sure[:, None, None], rows, np.eye(6)))
        sure &= values[:, -1] > 0.0
        values = np.where(values > 0.0, values, np.inf)
        step = np.einsum("nki,nk,njk,nj->ni", Vt, 1.0 / values, U, miss)
        size = np.linalg.norm(step, axis=1) / rho
        sure &= size <= (STEP_LIMIT if correction == 0 else np.maximum(CONTRACTION_LIMIT * before, 1e-12))
        sure |= met
        turn = rotation_from_vector(step[:, 3:] / rho)
        R = turn @ T[:, :3, :3]
        shifted = T[:, :3, :3] @ centre + T[:, :3, 3] + step[:, :3]
        moved = pose(R, shifted - R @ centre)
        T = np.where(sure[:, None, None], moved, T)  # a lane that has met its goal gains its last digits
        if (met | ~sure).all():
            break
        before = size
    return T, met, rows


Mask = NDArray[np.bool_]

# A pose is returned only when its own lengths, by the independent inverse, agree with the given ones to this (mm).
RESIDUAL_MM = 1e-9
# Struts that miss their lengths by as much as the worst, to this (mm), count as equal: the lowest number is named.
TIE_MM = 1e-3
# Frames whose matrices (some 20 kB each) are kept.
FRAMES = 16
# Frames with readings whose own poses (0.5 kB each) are kept.
OWN_POSES = 256
# Above this condition number a starting pose has no definite neighbourhood in double precision.
NUMERICALLY_SINGULAR = 1e8


def ring_pose(
    proximal_joints_mm: ArrayLike, distal_joints_mm: ArrayLike, lengths_mm: ArrayLike, *, near: ArrayLike
) -> Array:
    """Poses (..., 4, 4) of the distal ring in the proximal ring's axes whose strut lengths are `lengths_mm` (..., 6).

    Several poses can fit six lengths.  The one returned is reached from `near` by following the lengths, without
    passing a singular position; to start from the neutral frame use `own_pose`.

    Args:
        proximal_joints_mm, distal_joints_mm: (6, 3), struts 1 to 6, each in its own ring's axes, mm.
        lengths_mm: (..., 6) joint-to-joint lengths, mm.
        near: starting pose (4, 4), or one for each row (..., 4, 4).

    Raises:
        GeometryError: a shape, a matrix or a length has no meaning.
        SingularFrame: `near` itself is a singular position.
        NoPose: no pose was reached, with the worst strut; nothing is returned for the other rows.
    """
    proximal = check_joints(proximal_joints_mm, "proximal_joints_mm")
    distal = check_joints(distal_joints_mm, "distal_joints_mm")
    lengths, shape = _check_lengths(lengths_mm)
    start = as_numbers(near, "near")
    if start.shape != (4, 4) or not len(lengths):
        start = check_pose(start, "near")
    if not len(lengths):
        return np.empty((*shape, 4, 4))
    if start.ndim > 2 and start.shape[:-2] != shape:
        raise GeometryError(f"near, of shape {start.shape}, does not go with lengths of shape {(*shape, STRUTS)}.")
    return _near(proximal, distal, lengths, start, shape)


def near_pose(proximal_joints_mm: Array, distal_joints_mm: Array, lengths_mm: Array, near: Array) -> Array:
    """`ring_pose` near poses (..., 4, 4) that our own sums have made, without looking whether they are rigid."""
    lengths, shape = _check_lengths(lengths_mm)
    return _near(proximal_joints_mm, distal_joints_mm, lengths, near, shape)


def _near(proximal: Array, distal: Array, lengths: Array, start: Array, shape: tuple[int, ...]) -> Array:
    """Poses (*shape, 4, 4) of lengths (n, 6) near one pose (4, 4) or near one for each (*shape, 4, 4)."""
    newton, first_start = _prepared(proximal.tobytes(), distal.tobytes(), start.reshape(-1, 4, 4)[0].tobytes())
    starts = start.reshape(-1, 4, 4) if start.ndim > 2 else np.broadcast_to(first_start, (len(lengths), 4, 4))
    T, sure = newton.solve(lengths, None if start.ndim == 2 else starts)
    if not sure.all():
        T[~sure] = starts[~sure]  # placeholders until followed, so that the check below sees only numbers
    for first in range(0, len(T), BLOCK):
        block = slice(first, first + BLOCK)
        miss = rigid_lengths(proximal, distal, T[block])
        np.subtract(miss, lengths[block], out=miss)
        if not np.abs(miss, out=miss).max() <= RESIDUAL_MM:
            sure[block] &= (miss <= RESIDUAL_MM).all(axis=1)
    if not sure.all():
        lanes = np.flatnonzero(~sure)
        _refuse_singular(proximal, distal, starts[lanes])
        T[lanes] = _followed(proximal, distal, lengths[lanes], starts[lanes], lanes, shape).T_prox_dist
    return T.reshape((*shape, 4, 4))


@functools.lru_cache(maxsize=FRAMES)
def _prepared(*frame: bytes) -> tuple[Newton, Array]:
    """Newton's matrices of a frame around a start that is not singular, and this start, exactly rigid; a frame is asked
    about many times over."""
    proximal, distal, near = (
        np.frombuffer(part).reshape(-1, side) for part, side in zip(frame, (3, 3, 4), strict=True)
    )
    start = check_pose(near, "near")
    _refuse_singular(proximal, distal, start[None])
    return Newton(proximal, distal, start), start


def own_pose(proximal_joints_mm: ArrayLike, distal_joints_mm: ArrayLike, lengths_mm: ArrayLike) -> Array:
    """The frame's own poses (..., 4, 4): reached by following the lengths (..., 6) from the neutral frame.

    Raises:
        GeometryError: a joint or a length has no meaning.
        SingularFrame: the neutral frame is itself singular.
        NoPose: the lengths cannot be reached, with the worst strut.

    Source: conventions section 7.
    """
    T, _ = own_pose_and_way(proximal_joints_mm, distal_joints_mm, lengths_mm)
    return T


def own_pose_and_way(
    proximal_joints_mm: ArrayLike, distal_joints_mm: ArrayLike, lengths_mm: ArrayLike
) -> tuple[Array, Array]:
    """As `own_pose`, with the largest condition number (...) met on the way from the neutral frame, ends included."""
    proximal = check_joints(proximal_joints_mm, "proximal_joints_mm")
    distal = check_joints(distal_joints_mm, "distal_joints_mm")
    lengths, shape = _check_lengths(lengths_mm)
    if not shape:
        T, worst = _own_pose_of_one(proximal.tobytes(), distal.tobytes(), lengths.tobytes())
        return T.copy(), worst.copy()
    return _own_poses(proximal, distal, lengths, shape)


@functools.lru_cache(maxsize=OWN_POSES)
def _own_pose_of_one(*frame: bytes) -> tuple[Array, Array]:
    """`own_pose_and_way` of one frame, which is asked about at every edit of a case that leaves joints and readings as
    they are; what the caller gets is a copy."""
    proximal, distal, lengths = (np.frombuffer(part) for part in frame)
    return _own_poses(proximal.reshape(STRUTS, 3), distal.reshape(STRUTS, 3), lengths[None], ())


def _own_poses(proximal: Array, distal: Array, lengths: Array, shape: tuple[int, ...]) -> tuple[Array, Array]:
    starts = neutral_pose(proximal, distal, lengths)
    _refuse_singular(proximal, distal, starts)
    followed = _followed(proximal, distal, lengths, starts, np.arange(len(lengths)), shape)
    return followed.T_prox_dist.reshape((*shape, 4, 4)), followed.worst_condition.reshape(shape)


def own_poses_found(
    proximal_joints_mm: ArrayLike, distal_joints_mm: ArrayLike, lengths_mm: Array
) -> tuple[Array, Mask]:
    """As `own_pose` for lengths (n, 6), but with a mark (n,) of the rows that have a pose, instead of an error.

    For judging many guesses of which most are wrong; the poses of unmarked rows mean nothing.
    """
    proximal = check_joints(proximal_joints_mm, "proximal_joints_mm")
    distal = check_joints(distal_joints_mm, "distal_joints_mm")
    starts, tall = _neutral(proximal, distal, lengths_mm)
    tall &= (lengths_mm > 0.0).all(axis=1)
    tall[tall] = condition(proximal, distal, starts[tall]) < NUMERICALLY_SINGULAR
    T = starts.copy()
    found = tall.copy()
    followed = follow(proximal, distal, lengths_mm[tall], starts[tall])
    T[tall], found[tall] = followed.T_prox_dist, followed.share == 1.0
    return T, found


def neutral_pose(proximal_joints_mm: ArrayLike, distal_joints_mm: ArrayLike, lengths_mm: ArrayLike) -> Array:
    """Neutral poses (..., 4, 4): rings parallel, coaxial, fronts aligned, the distal ring below, at the height where
    the mean squared length is that of `lengths_mm` (..., 6).

    Raises:
        NoPose: the lengths are too short for the joints at any height.
    """
    proximal = check_joints(proximal_joints_mm, "proximal_joints_mm")
    distal = check_joints(distal_joints_mm, "distal_joints_mm")
    lengths, shape = _check_lengths(lengths_mm)
    T, tall = _neutral(proximal, distal, lengths)
    if not tall.all():
        row = int(np.flatnonzero(~tall)[0])
        apart = distal - proximal
        least = np.sqrt(max((apart**2).sum(axis=1).mean() - apart[:, 2].mean() ** 2, 0.0))
        why = "are too short for these rings at any distance"
        raise _no_pose(why, lengths[row], lengths[row] - least, [row], shape)
    return T.reshape((*shape, 4, 4))


def _neutral(proximal: Array, distal: Array, lengths: Array) -> tuple[Array, Mask]:
    """Neutral poses (n, 4, 4) of lengths (n, 6), and which (n,) exist: mean |d - h z - p|^2 = h^2 - 2 h m + c."""
    apart = distal - proximal
    m, c = apart[:, 2].mean(), (apart**2).sum(axis=1).mean()
    root = m * m - c + (lengths**2).mean(axis=1)
    tall = root > 0.0
    T = np.tile(np.eye(4), (len(lengths), 1, 1))
    T[:, 2, 3] = -(m + np.sqrt(np.where(tall, root, 0.0)))
    return T, np.asarray(tall)


def _check_lengths(lengths_mm: ArrayLike) -> tuple[Array, tuple[int, ...]]:
    lengths = as_numbers(lengths_mm, "lengths_mm")
    if lengths.ndim == 0 or lengths.shape[-1] != STRUTS:
        raise GeometryError(f"lengths_mm must hold six lengths in its last axis, not the shape {lengths.shape}.")
    if not np.isfinite(lengths).all():
        raise GeometryError("lengths_mm must be finite.")
    rows, shape = lengths.reshape(-1, STRUTS), lengths.shape[:-1]
    if not (rows > 0.0).all():
        row = int(np.flatnonzero(~(rows > 0.0).all(axis=1))[0])
        raise _no_pose(
            "must all be above 0 mm", rows[row], np.minimum(rows[row], 0.0) - (rows[row] <= 0.0), [row], shape
        )
    return rows, shape


def _refuse_singular(proximal: Array, distal: Array, starts: Array) -> None:
    if not (condition(proximal, distal, starts) < NUMERICALLY_SINGULAR).all():
        raise SingularFrame(
            "The frame is singular where the search starts: its rings can move with all six struts locked. "
            "Check that each strut joins neighbouring tabs of the two rings."
        )


def _followed(
    proximal: Array, distal: Array, lengths: Array, starts: Array, rows: NDArray[np.intp], shape: tuple[int, ...]
) -> Tracked:
    """The way to `lengths`, followed from `starts`; `rows` are their places in the caller's batch, for the message."""
    followed = follow(proximal, distal, lengths, starts)
    lost = np.flatnonzero(followed.share < 1.0)
    if lost.size:
        k = int(lost[0])
        miss = lengths[k] - rigid_lengths(proximal, distal, followed.T_prox_dist[k])
        share = 100.0 * followed.share[k]
        why = f"fit no pose: the way to them meets a singular position after {share:.0f} %"
        raise _no_pose(why, lengths[k], miss, [int(row) for row in rows[lost]], shape)
    return followed


def _no_pose(why: str, lengths: Array, miss: Array, rows: list[int], shape: tuple[int, ...]) -> NoPose:
    where = [tuple(int(i) for i in np.unravel_index(row, shape)) if shape else () for row in rows]
    worst = int(np.argmax(abs(miss) >= abs(miss).max() - TIE_MM))
    at = f" (row {', '.join(map(str, where[0]))})" if shape else ""
    return NoPose(
        f"The lengths {', '.join(f'{length:.2f}' for length in lengths)} mm{at} {why}. Strut {worst + 1} is farthest "
        f"off, by {miss[worst]:+.2f} mm: check its reading first.",
        index=where[0],
        worst_strut=worst + 1,
        residual_mm=float(miss[worst]),
        where=where,
    )
