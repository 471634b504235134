"""H-29: what several hexapods move together in a day: the length of the whole construct, and what crosses them all.

The most proximal fragment is held.  Where a hexapod compensates for the others, the last fragment is followed through
the construct, whose points are then known; elsewhere the ways at the single hexapods are added, each in the axes of its
proximal fragment: they are parallel but for the deformity.  What rounded readings are off on day 0 is no motion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from hexapod.checks.findings import RELATIVE_TOLERANCE, Finding, Limit
from hexapod.checks.limits import Pace, pace_of
from hexapod.deformity.pose import place
from hexapod.deformity.quantities import moving_end
from hexapod.geometry.pose_path import daily_arcs
from hexapod.geometry.transforms import Array, invert, pose, transform_points
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.coupled_levels import construct

# Positions (n, 3) in mm at times (n,) in days.
PlacesAt = Callable[[Array], Array]


def check_combined(courses: Sequence[Course]) -> list[Finding]:
    """`rate.combined` (caution) and `rate.too_fast` (refused): hexapods that are each slow enough, and not together."""
    if len(courses) == 1:
        return []
    return [*_length(courses), *(one for name in _crossing(courses) for one in _structure(courses, name))]


def length_changes_mm(courses: Sequence[Course]) -> Array:
    """By how much (days,) in mm the whole construct grows on each day, negative where it shrinks."""
    days = _days(courses)
    if _compensates(courses):
        return np.asarray(-np.diff(_construct(courses, np.arange(days + 1.0))[:, 2, 3]))
    return np.asarray(sum(_own_change_mm(course, days) for course in courses))


def way_of_structure_mm(courses: Sequence[Course], name: str) -> Array:
    """How far (days,) in mm a structure that crosses all hexapods travels on each day, over all of them."""
    if _compensates(courses):
        return _arcs_mm(_through_construct(courses, name), _days(courses))
    single = [_at_hexapod(courses, course, name) for course in courses]
    return _arcs_mm(lambda times: np.asarray(sum(places_at(times) for places_at in single)), _days(courses))


def _length(courses: Sequence[Course]) -> list[Finding]:
    changes = length_changes_mm(courses)
    day, changed = _worst(abs(changes))
    pace = _pace(courses)
    limit = _broken(changed, pace.combined, pace)
    if limit is None:
        return []
    how = "longer" if changes[day - 1] > 0.0 else "shorter"
    own = [float(_own_change_mm(course, _days(courses))[day - 1]) for course in courses]
    rates = ", ".join(
        f"hexapod {k}: {abs(mm):.2f} mm {'longer' if mm > 0 else 'shorter'}" for k, mm in enumerate(own, 1)
    )
    return [_finding(limit, own, day, changed, f"the hexapods together make the limb {changed:.2f} mm {how} ({rates})")]


def _structure(courses: Sequence[Course], name: str) -> list[Finding]:
    day, way = _worst(way_of_structure_mm(courses, name))
    pace = _pace(courses)
    limit = _broken(way, Limit(_limit_mm(courses, name), "mm/day", "caution", "H-29", pace.source), pace)
    if limit is None:
        return []
    own = [float(_arcs_mm(_at_hexapod(courses, course, name), _days(courses))[day - 1]) for course in courses]
    text = f"the {name}, which runs past all hexapods, moves {way:.2f} mm over all of them"
    return [_finding(limit, own, day, way, text)]


def _limit_mm(courses: Sequence[Course], name: str) -> float:
    """The lowest limit that a structure has at a hexapod at which it is entered: its own, else the hexapod's."""
    return min(
        one.limit_mm_per_day or course.setup.level.stage_limits()[0]
        for course in courses
        for one in course.setup.level.structures_at_risk
        if one.name == name
    )


def _finding(limit: Limit, own_mm: Sequence[float], day: int, value: float, text: str) -> Finding:
    refused = limit.verdict == "refused"
    why = "harms soft tissue: refused" if refused else "is a caution"
    return Finding(
        "rate.too_fast" if refused else "rate.combined",
        limit.verdict,
        int(np.argmax(np.abs(own_mm))),
        f"On day {day} {text}; more than {limit.value:g} mm a day over all hexapods {why}. Let the hexapods move one "
        f"after the other, or give them lower maximum rates.",
        day=day,
        value=value,
        limit=limit.value,
        unit=limit.unit,
    )


def _crossing(courses: Sequence[Course]) -> list[str]:
    """Names of the structures that cross all hexapods, each once."""
    levels = [course.setup.level for course in courses]
    return list(dict.fromkeys(one.name for level in levels for one in level.structures_at_risk if one.crosses == "all"))


def _at_hexapod(courses: Sequence[Course], course: Course, name: str) -> PlacesAt:
    """Where a structure's point on the distal fragment of a hexapod is, in the axes of the proximal fragment.

    It is where it was entered at this hexapod; where it was not, as far beside the hexapod's point as at another.
    """
    setup = course.setup
    levels = [setup.level, *(other.setup.level for other in courses)]
    words = next(one.at.words() for level in levels for one in level.structures_at_risk if one.name == name)
    at_mm = place(words, setup.side)[None]
    on_distal_mm = transform_points(invert(setup.T_ref_mov_start), at_mm) if _held(course) else at_mm
    return lambda times: transform_points(_distal(course, times), on_distal_mm)[:, 0]


def _through_construct(courses: Sequence[Course], name: str) -> PlacesAt:
    """Where its point on the last fragment is, in the axes of the first."""
    last = courses[-1]
    at_last_mm = _at_hexapod(courses, last, name)(np.zeros(1))
    on_last_mm = transform_points(invert(_distal(last, np.zeros(1))), at_last_mm)[0]
    return lambda times: transform_points(_construct(courses, times), on_last_mm)[:, 0]


def _held(course: Course) -> bool:
    """Whether the proximal fragment is the reference."""
    return course.setup.reference == "proximal"


def _poses(course: Course, times: Array) -> Array:
    """`T_ref_mov` (n, 4, 4) that should be at times (n,); a hexapod that is done stays."""
    return course.intended_at(np.minimum(times, course.days))


def _distal(course: Course, times: Array) -> Array:
    """Poses (n, 4, 4) of the distal fragment in the axes of the proximal one."""
    T_ref_mov = _poses(course, times)
    return T_ref_mov if _held(course) else invert(T_ref_mov)


def _construct(courses: Sequence[Course], times: Array) -> Array:
    return construct([course.setup for course in courses], [_poses(course, times) for course in courses])


def _compensates(courses: Sequence[Course]) -> bool:
    return any(course.setup.level.coupled for course in courses)


def _days(courses: Sequence[Course]) -> int:
    return max(course.days for course in courses)


def _own_change_mm(course: Course, days: int) -> Array:
    """By how much (days,) in mm one hexapod makes the limb longer on each day, along its reference axis."""
    away = moving_end(course.setup.reference) * _poses(course, np.arange(days + 1.0))[:, 2, 3]
    return np.diff(away)


def _arcs_mm(places_at: PlacesAt, days: int) -> Array:
    """The lengths (days,) of the way of a point on each day."""

    def poses_at(times: Array) -> Array:
        return pose(np.eye(3), places_at(times))

    return daily_arcs(poses_at, np.zeros((1, 3)), days)[:, 0]


def _worst(daily: Array) -> tuple[int, float]:
    """The day of the largest of daily values (days,), the first of those that differ by rounding, and the value."""
    largest = float(daily.max())
    return int(np.argmax(daily >= largest * (1.0 - RELATIVE_TOLERANCE))) + 1, largest


def _pace(courses: Sequence[Course]) -> Pace:
    """The strictest of the limits of the hexapods: what they do together is borne by the most delicate of them."""
    return min((pace_of(course.setup.level) for course in courses), key=lambda pace: pace.combined_too_fast.value)


def _broken(value: float, caution: Limit, pace: Pace) -> Limit | None:
    return next((limit for limit in (pace.combined_too_fast, caution) if limit.exceeded_by(value)), None)
