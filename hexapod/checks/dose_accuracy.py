"""H-32: what the marks of the scales make of the motion: how far tracked points really travel, and what is too far.

What is handed out is readings on marks.  Poses are found for the readings before every day and after each of its doses;
between two of them nobody knows the way, since struts are turned one after another, so a point counts with the chord,
the least that it has travelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hexapod.checks.findings import RELATIVE_TOLERANCE, Finding, Limit
from hexapod.checks.limits import pace_of
from hexapod.errors import NoPose
from hexapod.geometry.transforms import Array, transform_points
from hexapod.kinematics.forward import near_pose
from hexapod.schedule.strut_settings import Schedule
from hexapod.trajectory.frame_trajectory import bone_pose, ring_course
from hexapod.trajectory.level_setup import LevelSetup

# Steps that a scale must be able to do before finer ones are of no use (mm): the finest of the catalogue.
FINE_MM = 0.25


@dataclass(frozen=True)
class RealTravel:
    """How far tracked points really travel, in mm: `evening_mm` (days, k) from one evening to the next, `doses_mm`
    (days, m, k) in each dose; row 0 is day 1.  An exchange is no dose: the first one begins after it."""

    evening_mm: Array
    doses_mm: Array

    @property
    def single_mm(self) -> Array:
        """The longest single dose (days, k) of every day."""
        return np.asarray(self.doses_mm.max(axis=1))

    @property
    def sum_mm(self) -> Array:
        """All doses (days, k) of every day together."""
        return np.asarray(self.doses_mm.sum(axis=1))


def turned_poses(schedule: Schedule) -> Array:
    """Poses `T_ref_mov` (n, m + 1, 4, 4) that the readings of a schedule really give, before every day and after each
    of its m doses; the last of a day is its evening's.

    Raises:
        NoPose: readings that no pose near the intended one has; `index` begins with the day.
    """
    frame = schedule.frame
    setup, course = frame.setup, frame.course
    readings = np.concatenate([schedule.mornings_mm[:, None], schedule.doses_mm], axis=1)
    T_before = course.T_ref_mov[np.maximum(np.arange(course.days + 1) - 1, 0), None]
    near = ring_course(setup, np.concatenate([T_before, course.dose_poses], axis=1), frame.T_mov_mring)
    T_prox_dist = near_pose(*setup.joints_mm, schedule.lengths_of(readings), near)
    return bone_pose(setup, frame.T_mov_mring, T_prox_dist)


def real_travel(setup: LevelSetup, T_ref_mov_turned: Array) -> RealTravel:
    """How far the tracked points of a level travel through poses (n, m + 1, 4, 4) such as `turned_poses` gives."""
    places = transform_points(T_ref_mov_turned, setup.tracked.places_mov_mm)
    return RealTravel(
        evening_mm=np.linalg.norm(np.diff(places[:, -1], axis=0), axis=-1),
        doses_mm=np.linalg.norm(np.diff(places[1:], axis=1), axis=-1),
    )


def check_real_travel(setup: LevelSetup, travel: RealTravel) -> list[Finding]:
    """`rate.rounded_too_fast` and `rate.dose_sum` of every tracked point, on its worst day.

    With one adjustment a day both are of the same motion: a point then has the graver of the two.
    """
    found: list[Finding] = []
    pace = pace_of(setup.level)
    longest = max(float(table.max()) for table in (travel.evening_mm, travel.single_mm))
    if longest <= pace.rate_too_fast.value and float(travel.sum_mm.max()) <= pace.dose_sum.value:
        return []
    for k, name in enumerate(setup.tracked.names):
        refused = list(_too_fast(setup, travel, k, name))
        found += refused
        if not refused or setup.level.adjustments_per_day > 1:
            found += _sum(setup, travel, k, name)
    return found


def coarsest_mark_mm(setup: LevelSetup) -> float:
    """The coarsest graduation of the level's struts; exchanges are for models of the same one."""
    return max(strut.graduation_mm for strut in setup.struts)


def _too_fast(setup: LevelSetup, travel: RealTravel, k: int, name: str) -> Iterator[Finding]:
    mark, too_fast = coarsest_mark_mm(setup), pace_of(setup.level).rate_too_fast
    limit = Limit(too_fast.value + mark / 2.0, "mm/day", "refused", "H-32", too_fast.source)
    evening, single = (_worst(table[:, k]) for table in (travel.evening_mm, travel.single_mm))
    alone = setup.level.adjustments_per_day > 1 and single[0] > evening[0]
    (value, day), way = (single, "in a single dose") if alone else (evening, "from one evening to the next")
    if not limit.exceeded_by(value):
        return
    yield Finding(
        "rate.rounded_too_fast",
        limit.verdict,
        setup.index,
        f"Read on marks of {mark:g} mm, the {name} really moves {value:.2f} mm {way} on day {day}; more than "
        f"{too_fast.value:g} mm and half a mark harms soft tissue: refused. "
        f"{_remedy(setup, mark, of_doses=alone)}",
        day=day,
        value=value,
        limit=limit.value,
        unit=limit.unit,
    )


def _sum(setup: LevelSetup, travel: RealTravel, k: int, name: str) -> Iterator[Finding]:
    value, day = _worst(travel.sum_mm[:, k])
    limit = pace_of(setup.level).dose_sum
    if not limit.exceeded_by(value):
        return
    mark = coarsest_mark_mm(setup)
    yield Finding(
        "rate.dose_sum",
        limit.verdict,
        setup.index,
        f"Read on marks of {mark:g} mm, the doses of day {day} move the {name} {value:.2f} mm in all, each way counted "
        f"(from evening to evening {travel.evening_mm[day - 1, k]:.2f} mm); at most {limit.value:g} mm a day is "
        f"acceptable. {_remedy(setup, mark, of_doses=True)}",
        day=day,
        value=value,
        limit=limit.value,
        unit=limit.unit,
    )


def _remedy(setup: LevelSetup, mark: float, *, of_doses: bool) -> str:
    """What to do: finer scales where there are any, another number of adjustments (evenings stay as they are), days."""
    remedies = [f"struts with {FINE_MM:g} mm scales"] if mark > FINE_MM else []
    if of_doses and setup.level.adjustments_per_day > 1:
        remedies.append(f"another number of adjustments a day than {setup.level.adjustments_per_day}")
    remedies.append("a lower maximum rate, so that the stage takes more days")
    return f"Use {', or '.join(remedies)}."


def _worst(of_days_mm: Array) -> tuple[float, int]:
    """The longest travel and its day, of equal ones the first; NaN counts as infinite."""
    known = np.where(np.isnan(of_days_mm), np.inf, of_days_mm)
    step = int(np.argmax(known >= known.max() * (1.0 - RELATIVE_TOLERANCE)))
    return float(known[step]), step + 1


def no_pose_of_doses(setup: LevelSetup, error: NoPose) -> list[Finding]:
    """`readings.no_pose` for the doses of a day."""
    day = error.index[0]
    text = (
        f"Rounded to marks of {coarsest_mark_mm(setup):g} mm, the readings within day {day} fit no position of the two "
        f"rings: the scales are too coarse. Use struts with a finer graduation."
    )
    return [Finding("readings.no_pose", "refused", setup.index, text, day=day, strut=error.worst_strut)]
