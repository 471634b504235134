"""How exact the end of a plan will be (hazard H-06), and how far a wrong mounting would lead the bone astray.

Every entry is drawn with its SD: deformity, mounting and the readings of day 0.  The frame is fixed to the bone as it
then really stands, and ends on the marks of the last evening.  No linear model stands between; shares alone are taken
from one.  Derivation: docs/kinematics.md, section 11.  Mounting is the commonest source of residue, and is told by
itself, entry by entry.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel

from hexapod.case.model import Level
from hexapod.deformity.pose import BeyondWords, deformity_poses, deformity_words, ring_mount, ring_mounts
from hexapod.deformity.quantities import (
    DEFORMITY,
    DEFORMITY_SD,
    MOUNTING,
    MOUNTING_SD,
    READING_SD_MARKS,
    MeasurementSd,
    Pair,
    sds,
    signed_numbers,
)
from hexapod.errors import HexapodError
from hexapod.geometry.transforms import Array, cross, invert, pose, rotation_from_vector, turn_angle
from hexapod.kinematics.inverse import STRUTS, centred, jacobian
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.trajectory.frame_trajectory import FrameCourse, bone_moved
from hexapod.trajectory.level_setup import LevelSetup

# A size taken over from radiographs is shown, and typed, to two decimals (mm or deg).
TAKEN_OVER = 0.005
# Ends drawn for the chance: its SD is then 0.5 of 100 cases at most.  For what a better measurement would bring a part
# of them, the same with and without, so that the difference is known better than either.
DRAWN, COMPARED = 10_000, 4000
# The bounds hold with this chance, each for itself.
LIKELY = 0.9
# A goal that is kept this often is reached: what would help is then told for the strict one.
REACHED = 0.95
# Readings of a frame in one cause.
READINGS_KEY = "reading_sd_mm"
# The largest goal that means anything: a bone at a right angle, and the largest length of a case file.
MOST_DEG, MOST_MM = 90.0, 1000.0


def deformity_sds(level: Level) -> list[float]:
    """SDs of the deformity in the order of `DEFORMITY`, deg and mm.

    The case's own (`deformity_sd`), else those of radiographs where the entry was taken from them, else the usual ones.
    """
    return _sds(level, "deformity", level.deformity_sd, level.deformity_words, DEFORMITY_SD)


def mounting_sds(level: Level) -> list[float]:
    """SDs of the mounting in the order of `MOUNTING`, mm and deg, as those of the deformity."""
    return _sds(level, "mounting", level.mounting_sd, level.mounting_words, MOUNTING_SD)


def _sds(
    level: Level, part: str, own: BaseModel | None, entered: Mapping[str, float], table: tuple[MeasurementSd, ...]
) -> list[float]:
    given = {} if own is None else own.model_dump(exclude_none=True)
    return sds(table, _on_radiographs(level, part, entered, table) | given)


def _on_radiographs(
    level: Level, part: str, entered: Mapping[str, float], table: tuple[MeasurementSd, ...]
) -> dict[str, float]:
    """SDs by their keys of what was taken over from radiographs and still stands so."""
    found = {}
    for result in level.measured_with.results if level.measured_with is not None else ():
        for one in table:
            words = {f"{part}.{word}": word for word in (one.pair.positive, one.pair.negative)}
            size = entered.get(words.get(result.word, ""))
            stands = size is not None and abs(size - result.size) <= TAKEN_OVER
            if result.taken and result.sd and stands:
                found[one.key] = result.sd
    return found


@dataclass(frozen=True)
class Goal:
    """How near to the intended end is near enough: the oblique angle between the axes, and the corresponding point.

    Rotation is left out: it is not seen on radiographs.
    """

    deg: float = 5.0
    mm: float = 5.0

    @staticmethod
    def checked(deg: float, mm: float) -> Goal:
        """The goal of two numbers.  Raises HexapodError for those that nothing can be within."""
        if not (0.0 < deg <= MOST_DEG and 0.0 < mm <= MOST_MM):
            raise HexapodError("A goal is above 0 and at most 90 deg and 1000 mm: type --goal 5 5, or --goal 2 3.")
        return Goal(deg, mm)

    @property
    def text(self) -> str:
        """In words.

        >>> STRICT_GOAL.text
        '2 deg and 3 mm'
        """
        return f"{self.deg:g} deg and {self.mm:g} mm"

    def kept(self, deg: Array, mm: Array) -> float:
        """The share of ends with angles and distances (n,) that are within it."""
        return float(((deg <= self.deg) & (mm <= self.mm)).mean())


USUAL_GOAL, STRICT_GOAL = Goal(), Goal(2.0, 3.0)
GOAL_SOURCE = "5 deg is where reports begin to count a poor outcome (researchsquare rs-135713); 5 mm is half of theirs."


@dataclass(frozen=True)
class Cause:
    """What an entry's error does: `key` of its SD in the case file, in which part of it, and the SD in mm or deg.

    Its `share` is that of the end's variance, angle and distance each counted in the goal's; `within_goal_halved` is
    the chance with half the SD.
    """

    part: str
    key: str
    sd: float
    share: float
    within_goal_halved: float


@dataclass(frozen=True)
class EndError:
    """What will be left at the end beyond what is intended.

    `within_goal` and `within_strict` are chances of `goal` and of the strict one; `deg_90` and `mm_90` what angle and
    distance stay below with 90 % chance; `causes` the entries, that with the largest share first, judged by
    `judged_by`: the goal, or the strict one where the goal is as good as reached.
    """

    goal: Goal
    within_goal: float
    within_strict: float
    deg_90: float
    mm_90: float
    judged_by: Goal
    causes: tuple[Cause, ...]


def end_error(level: LevelPlan, goal: Goal = USUAL_GOAL, named: int | None = None) -> EndError | None:
    """How exact the end of a level's plan will be; None when its mounting or its deformity was never entered.

    `causes` are only the first `told`, when it is given: each takes thousands of ends.
    """
    if level.entered.mounting is None or level.entered.deformity is None:
        return None
    ends = _Ends(level)
    deg, mm = ends.left(_normal() * ends.sd)
    judged_by = goal if goal.kept(deg, mm) < REACHED else STRICT_GOAL
    return EndError(
        goal=goal,
        within_goal=goal.kept(deg, mm),
        within_strict=STRICT_GOAL.kept(deg, mm),
        deg_90=likely_bound(deg),
        mm_90=likely_bound(mm),
        judged_by=judged_by,
        causes=_causes(ends, judged_by, judged_by.kept(deg, mm), judged_by.kept(deg[:COMPARED], mm[:COMPARED]), named),
    )


def likely_bound(values: Array) -> float:
    """What values (n,) stay below with `LIKELY` chance, between the two nearest of them.

    As numpy's quantile, which would load its masked arrays, a twentieth of a start.
    """
    place = LIKELY * (len(values) - 1)
    k = int(place)
    below, above = np.partition(values, (k, k + 1))[k : k + 2].tolist()
    return float(below + (above - below) * (place - k))


@functools.cache
def _normal() -> Array:
    """Draws (n, 18) of independent normal numbers, the same on every run."""
    return np.random.default_rng(19).standard_normal((DRAWN, len(DEFORMITY) + len(MOUNTING) + STRUTS))


class _Ends:
    """The end of a level's plan as a function of the errors (n, 18) of deformity, mounting and the six readings."""

    def __init__(self, level: LevelPlan) -> None:
        setup, entered = level.setup, level.entered
        self.setup = setup
        self.deformity = np.array(signed_numbers(entered.deformity_words, DEFORMITY))
        self.mounting = np.array(signed_numbers(entered.mounting_words, MOUNTING))
        reading = entered.reading_sd_mm
        marks = [
            READING_SD_MARKS * strut.graduation_mm if reading is None else reading for strut in level.rows[0].struts
        ]
        self.sd = np.array([*deformity_sds(entered), *mounting_sds(entered), *marks])
        first, last = level.rows[0], level.last
        self.T_start, self.T_end = (_frame(level, row.pose_rounded) for row in (first, last))
        self.intended = last.pose
        self.per_mm = _motion_per_mm(setup, self.T_start)

    def off(self, errors: Array) -> Array:
        """The end (n, 2, 3) of the moving fragment: its axis, and its corresponding point in mm."""
        side, reference = self.setup.side, self.setup.reference
        T_ref_mov = deformity_poses(self.deformity + errors[:, :6], side, reference)
        T_ref_ring = ring_mounts(self.mounting + errors[:, 6:12], side)
        moved = errors[:, 12:] @ self.per_mm.T
        # What was read as these lengths was this much longer: the frame really stood so.
        T_start = pose(rotation_from_vector(moved[:, :3]), moved[:, 3:]) @ self.T_start
        frame = T_ref_ring @ self.T_end
        columns = T_ref_mov[:, :, 2:]
        for T in (invert(T_ref_ring), invert(T_start), frame):
            columns = T @ columns
        return np.asarray(columns[:, :3].swapaxes(1, 2))

    def left(self, errors: Array) -> tuple[Array, Array]:
        """The angle (n,) in deg between the axes and the distance (n,) in mm from the intended end."""
        found = self.off(errors)
        return left_of(found[:, 0], found[:, 1], self.intended)

    def slopes(self) -> Array:
        """How axis (in deg) and corresponding point (in mm) answer (6, 18) to an SD of each error."""
        step = np.diag(self.sd) * 0.01  # far below any curvature, far above rounding
        ends = self.off(np.concatenate([step, -step])).reshape(2, len(self.sd), 6)
        units = np.repeat([np.degrees(1.0), 1.0], 3)[:, None]
        return np.asarray(units * (ends[0] - ends[1]).T / 0.02)


def left_of(axes: Array, points_mm: Array, T_intended: Array) -> tuple[Array, Array]:
    """Angles (n,) in deg and distances (n,) in mm of ends from the intended one (4, 4).

    An end is the axis (n, 3) of the moving fragment and its corresponding point (n, 3): rotation is left out.
    """
    axis = T_intended[:3, 2]
    across = np.linalg.norm(cross(axes, np.broadcast_to(axis, axes.shape)), axis=1)
    deg = np.degrees(np.arctan2(across, axes @ axis))
    return np.asarray(deg, float), np.asarray(np.linalg.norm(points_mm - T_intended[:3, 3], axis=1), float)


def _frame(level: LevelPlan, T_ref_mov: Array) -> Array:
    """`T_ring_mring` (4, 4) where the plan has the bone."""
    return np.asarray(invert(level.setup.T_ref_ring) @ T_ref_mov @ level.frame.T_mov_mring)


def _motion_per_mm(setup: LevelSetup, T_ring_mring: Array) -> Array:
    """Turn (3, rad) and shift (3, mm) of the moving ring about and along the reference ring's axes for each mm of
    the six lengths (6, 6), first order."""
    proximal, distal = setup.joints_mm
    moving, fixed = (distal, proximal) if setup.reference == "proximal" else (proximal, distal)
    rows = jacobian(fixed, moving, T_ring_mring)
    inverse = np.linalg.inv(rows)
    _, rho = centred(moving)
    centre = T_ring_mring[:3, :3] @ moving.mean(axis=0) + T_ring_mring[:3, 3]
    turn: Array = np.asarray(inverse[3:] / rho, float)
    return np.concatenate([turn, inverse[:3] - cross(turn.T, np.broadcast_to(centre, turn.T.shape)).T])


def _causes(ends: _Ends, goal: Goal, before: float, fewer: float, named: int | None) -> tuple[Cause, ...]:
    """The causes of an error that is within the goal with the chance `before`, or `fewer` by the first draws."""
    scaled = ends.slopes() / np.repeat([goal.deg, goal.mm], 3)[:, None]
    variance = (scaled**2).sum(axis=0)
    total = float(variance.sum())
    normal = _normal()[:COMPARED] * ends.sd
    columns = [("deformity", one.key, [k]) for k, one in enumerate(DEFORMITY_SD)]
    columns += [("mounting", one.key, [len(DEFORMITY) + k]) for k, one in enumerate(MOUNTING_SD)]
    columns.append(("frame", READINGS_KEY, list(range(len(DEFORMITY) + len(MOUNTING), len(ends.sd)))))
    shares = [float(variance[places].sum()) / total if total > 0.0 else 0.0 for _, _, places in columns]
    found = []
    for number in sorted(range(len(columns)), key=lambda number: -shares[number])[:named]:
        (part, key, places), share = columns[number], shares[number]
        halved, after = normal.copy(), fewer
        halved[:, places] *= 0.5
        if share > 0.0:
            after = goal.kept(*ends.left(halved))
        found.append(Cause(part, key, float(ends.sd[places[0]]), share, min(before + after - fewer, 1.0)))
    return tuple(found)


def accuracy_document(plan: Plan, goal: Goal) -> dict[str, Any]:
    """What `hexapod accuracy --format json` prints; `end` is null where `end_error` is None."""
    levels = []
    for level in plan.levels:
        found = end_error(level, goal)
        levels.append({"name": level.name, "end": None if found is None else asdict(found)})
    return {
        "format": "hexapod-accuracy/1",
        "case_id": plan.case.id,
        "case_sha256": plan.case_sha256,
        "software": plan.software,
        "strict_goal": asdict(STRICT_GOAL),
        "levels": levels,
    }


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
