"""plan_outcomes: thousands of variations of one case planned at once, for what their settings and ends are.

Every reading is that of `make_plan`, which plans one case with all its checks; here nothing is judged.  Left out:
doses within a day, change-outs (the readings are those on the scales of the struts that are fitted, which a change-out
does not alter as long as its family has its marks at the same lengths), other hexapods than the one that varies, and a
hexapod that compensates with return stages.

Every pose on a stage's path is a sum of four matrices (geometry/pose_path.py), so the vector along each strut is a sum
of four vectors, made once for each variation.  Derivation: docs/kinematics.md, section 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hexapod.case.model import Case, DrivenLevel, no_such_hexapod
from hexapod.deformity.pose import deformity_poses, ring_mounts
from hexapod.deformity.quantities import DEFORMITY, MOUNTING, signed_numbers
from hexapod.errors import HexapodError, NoPose, SingularFrame
from hexapod.geometry.pose_path import MATRICES, Days, Mask, Paths
from hexapod.geometry.transforms import Array, invert
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.kinematics.forward import NUMERICALLY_SINGULAR, neutral_pose, own_poses_found, ring_pose
from hexapod.kinematics.inverse import STRUTS, condition, rigid_lengths
from hexapod.trajectory.bone_variations import BoneCourses, CoupledCourses, DrivenCourses, within_limits
from hexapod.trajectory.frame_trajectory import bone_moved
from hexapod.trajectory.level_setup import LevelSetup, set_up

# Variations planned together: the arrays of sixty days (2 MB) stay in the cache of common processors.
TOGETHER = 256
# Marks of two models of a series at the same lengths are equal to this (mm).
SAME_MARK_MM = 1e-6


@dataclass(frozen=True)
class Outcomes:
    """What the plans of n variations come to.  Rows that cannot be planned (`planned` false) hold no numbers.

    `start_settings_mm` and `end_settings_mm` (n, 6) are the readings of day 0 and of the last day;
    `T_ring_mring_start` and `T_ring_mring_end` (n, 4, 4) where the frame then stands by them; `T_ref_mov_end` (n, 4, 4)
    the deformity that the end leaves when every entry is right, so by rounding alone.  `settings_mm` (n, days + 1, 6),
    when asked for, has those of every evening, NaN after the last day; `days` (n,) is that day.
    """

    planned: Mask
    start_settings_mm: Array
    end_settings_mm: Array
    T_ring_mring_start: Array
    T_ring_mring_end: Array
    T_ref_mov_end: Array
    days: Days | None = None
    settings_mm: Array | None = None

    def bone_left(self, T_ref_ring: Array, T_ref_mov: Array, T_ring_mring_start: Array | None = None) -> Array:
        """`T_ref_mov` (n, 4, 4) at the end when on day 0 ring and bone really stood like this (n or 1, 4, 4).

        `T_ring_mring_start` where the frame did, when its readings were wrong.  Source: docs/kinematics.md, section 9.
        """
        start = self.T_ring_mring_start if T_ring_mring_start is None else T_ring_mring_start
        return bone_moved(T_ref_ring, start, self.T_ring_mring_end, T_ref_mov)


def plan_outcomes(
    case: Case,
    deformities: ArrayLike | None = None,
    mountings: ArrayLike | None = None,
    settings: ArrayLike | None = None,
    *,
    level: int = 0,
    evenings: bool = False,
    catalogue: Catalogue | None = None,
) -> Outcomes:
    """Plans of one case with other numbers: the end only, or with every evening.

    Args:
        deformities, mountings: (n, 6) or (6,) signed numbers in deg and mm, in the order of `DEFORMITY` and `MOUNTING`
            and positive for the first word of each pair; None as in the case.
        settings: (n, 6) or (6,) readings in mm at the moment that the case says; None as in the case.
        level: the hexapod that varies, counted from 0; the others are as in the case.
        evenings: whether the settings of every evening are wanted, too.

    A variation is not planned when its sizes are beyond their limits or no pose fits its settings, when a stage would
    turn by half a circle, and (with `evenings`) when it would last too long.  What only the checks of `make_plan`
    refuse is planned.

    Raises:
        HexapodError: arrays of another shape, a number that is not finite, no such level, or what is left out above.
    """
    catalogue = catalogue or load_catalogue()
    if not 0 <= level < len(case.levels):
        raise HexapodError(no_such_hexapod(case, level))
    entered = case.levels[level]
    rows = [
        _rows(
            signed_numbers(entered.deformity_words, DEFORMITY) if deformities is None else deformities, "deformities"
        ),
        _rows(signed_numbers(entered.mounting_words, MOUNTING) if mountings is None else mountings, "mountings"),
        _rows(entered.frame.settings_mm if settings is None else settings, "settings"),
    ]
    count = max(map(len, rows))
    if any(len(one) not in (1, count) for one in rows):
        raise HexapodError("deformities, mountings and settings must have as many rows, or one.")
    setup = set_up(case, level, catalogue)
    _check_marks(setup, catalogue)
    T, found = own_poses(setup, rows[2])
    driven = entered if isinstance(entered, DrivenLevel) else None
    planner = DrivenCourses(setup, driven.stages) if driven else CoupledCourses(case, level, catalogue)
    within = within_limits(rows[0], DEFORMITY) & within_limits(rows[1], MOUNTING) & found
    parts = []
    for first in range(0, count, TOGETHER):
        block = slice(first, min(first + TOGETHER, count))
        n = block.stop - block.start
        some = [one if len(one) == 1 else one[block] for one in (*rows, T, within)]
        deformity, mounting, settings_mm, own, good = (np.broadcast_to(one, (n, *one.shape[1:])) for one in some)
        parts.append(_planned(planner, deformity, mounting, settings_mm, own, good, evenings))
    return _joined(parts)


def _rows(numbers: ArrayLike, name: str) -> Array:
    try:
        table = np.atleast_2d(np.asarray(numbers, float))
    except (ValueError, TypeError) as error:
        raise HexapodError(f"{name} must be numbers, six in a row.") from error
    if table.ndim != 2 or table.shape[1] != STRUTS or not np.isfinite(table).all():
        raise HexapodError(f"{name} must be finite numbers, six in a row, not of shape {table.shape}.")
    return table


def _check_marks(setup: LevelSetup, catalogue: Catalogue) -> None:
    for number, fitted in enumerate(setup.struts, 1):
        for other in catalogue.exchangeable(fitted):
            apart = (other.scale_offset_mm - fitted.scale_offset_mm) / fitted.graduation_mm
            same = other.graduation_mm == fitted.graduation_mm and other.scale_direction == fitted.scale_direction
            if not same or abs(apart - round(apart)) * fitted.graduation_mm > SAME_MARK_MM:
                raise HexapodError(
                    f"Strut {number}: {fitted.name} and {other.name} have their marks at different lengths, so what a "
                    f"change-out would read cannot be told for many plans at once. Plan them one by one."
                )


def own_poses(setup: LevelSetup, settings_mm: Array) -> tuple[Array, Mask]:
    """Poses `T_ring_mring` (n, 4, 4) that settings (n, 6) in mm have on the fitted struts, and which (n,) have one."""
    lengths = _lengths(setup, settings_mm)
    try:
        near = neutral_pose(*setup.joints_mm, lengths)
    except NoPose:
        T, found = own_poses_found(*setup.joints_mm, lengths)
        return setup.T_prox_dist(T), found
    return _poses_near(setup, settings_mm, setup.T_prox_dist(near), np.ones(len(lengths), bool))


def _lengths(setup: LevelSetup, settings_mm: Array) -> Array:
    """Lengths (n, 6) of settings on the fitted struts."""
    direction = np.array([float(strut.scale_direction) for strut in setup.struts])
    return np.asarray(direction * settings_mm + [strut.scale_offset_mm for strut in setup.struts])


def _marks(setup: LevelSetup, lengths_mm: Array) -> Array:
    """The readings (..., 6) of lengths, rounded to the marks of the fitted struts."""
    columns = [strut.nearest_marks(strut.settings(lengths_mm[..., k])) for k, strut in enumerate(setup.struts)]
    return np.stack(columns, axis=-1)


def _planned(
    planner: DrivenCourses | CoupledCourses,
    numbers: Array,
    mountings: Array,
    given: Array,
    own: Array,
    good: Mask,
    evenings: bool,
) -> Outcomes:
    """Outcomes of variations by their deformities and mountings (n, 6), readings (n, 6) and own poses (n, 4, 4)."""
    setup = planner.setup
    T_ref_ring = ring_mounts(np.where(good[:, None], mountings, 0.0), setup.side)
    courses = planner.courses(
        deformity_poses(np.where(good[:, None], numbers, 0.0), setup.side, setup.reference), evenings
    )
    known, other = (courses.T_start, courses.T_end) if setup.known == 0 else (courses.T_end, courses.T_start)
    T_mov_mring, T_ring_ref = invert(known) @ T_ref_ring @ own, invert(T_ref_ring)
    good = good & courses.good
    if courses.still:
        settings, T = given, own
    else:
        exact = T_ring_ref @ other @ T_mov_mring
        settings = _marks(setup, rigid_lengths(*setup.joints_mm, setup.T_prox_dist(exact)))
        T, found = _poses_near(setup, settings, exact, good)
        good = good & found
    start, end = (given, settings) if setup.known == 0 else (settings, given)
    T_start, T_end = (own, T) if setup.known == 0 else (T, own)
    out = Outcomes(good, start, end, T_start, T_end, T_ref_ring @ T_end @ invert(T_mov_mring))
    if evenings:
        days, table = _every_evening(setup, courses, T_ring_ref, T_mov_mring, start, given)
        out = replace(out, days=days, settings_mm=table)
    blank = {
        field.name: np.where(good.reshape(-1, *[1] * (value.ndim - 1)), value, 0 if value.dtype.kind == "i" else np.nan)
        for field in fields(out)
        if field.name != "planned" and (value := getattr(out, field.name)) is not None
    }
    return replace(out, **blank)


def _poses_near(setup: LevelSetup, settings_mm: Array, near: Array, good: Mask) -> tuple[Array, Mask]:
    """Poses `T_ring_mring` (n, 4, 4) of settings (n, 6) near others, and which (n,) have one."""
    T, rows = near.copy(), np.flatnonzero(good)
    starts, lengths = setup.T_prox_dist(near), _lengths(setup, settings_mm)
    while rows.size:
        try:
            T[rows] = setup.T_prox_dist(ring_pose(*setup.joints_mm, lengths[rows], near=starts[rows]))
        except NoPose as error:
            rows = np.delete(rows, [row for (row,) in error.where])
        except SingularFrame:
            rows = rows[condition(*setup.joints_mm, starts[rows]) < NUMERICALLY_SINGULAR]
        else:
            break
    found = np.zeros(len(T), bool)
    found[rows] = True
    return T, found


def _every_evening(
    setup: LevelSetup, courses: BoneCourses, T_ring_ref: Array, T_mov_mring: Array, start_mm: Array, given_mm: Array
) -> tuple[Days, Array]:
    """The last days (n,) and the settings (n, d, 6) of every evening."""
    rows = np.arange(len(start_mm))
    last_days = courses.parts[-1].last_day
    table = np.full((len(rows), int(last_days.max(initial=0)) + 1, STRUTS), np.nan)
    if courses.poses is not None:
        T_ring_mring = T_ring_ref[:, None] @ courses.poses @ T_mov_mring[:, None]
        lengths = rigid_lengths(*setup.joints_mm, setup.T_prox_dist(T_ring_mring))
        table[...] = _marks(setup, lengths)
    table[:, 0] = start_mm
    for part in courses.parts:
        step = np.arange(1, int(part.days.max(initial=0)) + 1)
        row, day = np.nonzero(step <= part.days[:, None])
        evening = part.first_day[row] + day + 1
        if part.holds:
            table[row, evening] = table[row, part.first_day[row]]
        elif part.paths is not None:
            lengths = _lengths_on(setup, part.paths, T_ring_ref, T_mov_mring, step / np.maximum(part.days, 1)[:, None])
            table[row, evening] = _marks(setup, lengths)[row, day]
    if setup.known == -1:
        day = np.arange(table.shape[1])
        row, evening = np.nonzero((day >= courses.moved_last()[:, None]) & (day <= last_days[:, None]))
        table[row, evening] = given_mm[row]
    return last_days, table


def _lengths_on(setup: LevelSetup, paths: Paths, T_ring_ref: Array, T_mov_mring: Array, s: Array) -> Array:
    """Lengths (n, d, 6) at parameters `s` (n, d) of a stage."""
    proximal, distal = setup.joints_mm
    moving, fixed = (distal, proximal) if setup.reference == "proximal" else (proximal, distal)
    matrices = T_ring_ref[:, None] @ paths.matrices() @ T_mov_mring[:, None]
    vectors = matrices[:, :, :3] @ np.column_stack([moving, np.ones(STRUTS)]).T
    vectors[:, 0] -= fixed.T
    along = paths.weights(np.minimum(s, 1.0)) @ vectors.reshape(len(s), MATRICES, 3 * STRUTS)
    squares = along**2
    return np.sqrt(squares[..., :STRUTS] + squares[..., STRUTS : 2 * STRUTS] + squares[..., 2 * STRUTS :])


def _joined(parts: Sequence[Outcomes]) -> Outcomes:
    """The blocks as one; tables of evenings as wide as the longest."""
    widest = max(0 if part.settings_mm is None else part.settings_mm.shape[1] for part in parts)
    joined: dict[str, Any] = {}
    for field in fields(Outcomes):
        values = [getattr(part, field.name) for part in parts]
        if field.name == "settings_mm":
            values = [None if one is None else _as_wide(one, widest) for one in values]
        joined[field.name] = None if values[0] is None else np.concatenate(values)
    return Outcomes(**joined)


def _as_wide(table: Array, evenings: int) -> Array:
    return np.pad(table, ((0, 0), (0, evenings - table.shape[1]), (0, 0)), constant_values=np.nan)
