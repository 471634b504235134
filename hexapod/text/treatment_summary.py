"""What a treatment amounts to: days, visits, exchanges, docking, and its worst day, as numbers to be compared."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np

from hexapod.case.model import Case
from hexapod.checks.collision_bodies import Kind
from hexapod.checks.limits import RELATIVE_TOLERANCE, Verdict
from hexapod.checks.singularity import worst_condition_of
from hexapod.collision.closest_approach import SAME_MM
from hexapod.plan.daily_rates import point_rates
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.text.grouped_findings import grouped
from hexapod.text.milestones import has_docking
from hexapod.text.point_travel import Longest, Travelled, travelled

Neighbour = Literal["frame", "bone", "skin"]
# Kinds of pairs of bodies, by what the frame comes near to: neighbouring struts are always near, and say little.
NEIGHBOURS: Mapping[Kind, Neighbour] = MappingProxyType(
    {"strut_strut": "frame", "ring_ring": "frame", "strut_bone": "bone", "strut_limb": "skin", "ring_limb": "skin"}
)


@dataclass(frozen=True)
class Moment:
    """A day of the plan and its date."""

    day: int
    date: datetime.date


@dataclass(frozen=True)
class Extreme:
    """The worst value of its kind: in mm a day, mm, or as a condition number; what it belongs to, level and day."""

    value: float
    what: str
    level: str
    on: Moment


@dataclass(frozen=True)
class Docking:
    """The docking of a level: the evening on which it is reached, or None with the way left in mm at the end."""

    level: str
    reached: Moment | None
    left_mm: float


@dataclass(frozen=True)
class Effect:
    """What a whole plan, all its levels, amounts to.  A refused plan has its verdict and its finding only.

    `finding` is the message of the worst finding, empty when there is none.  `last` is the last day of the plan,
    `last_adjustment` the last one on which something moves.  `visits` are the mornings on which struts are exchanged.
    `days_in_frame` is what the user's index makes likely, None where none was entered; `days_before` of these days were
    before day 0.  `fastest` is planned, `really_fastest` what the marks of the scales make of it from one evening to
    the next, and `doses_of_a_day` of all doses of a day together.  `nearest` are the least distances within the frame,
    to the bone and to the skin, as far as they could be judged.
    """

    verdict: Verdict
    finding: str
    last: Moment | None = None
    last_adjustment: Moment | None = None
    visits: tuple[Moment, ...] = ()
    exchanges: int = 0
    dockings: tuple[Docking, ...] = ()
    days_in_frame: float | None = None
    days_before: int = 0
    fastest: Extreme | None = None
    really_fastest: Extreme | None = None
    doses_of_a_day: Extreme | None = None
    nearest: Mapping[Neighbour, Extreme] = field(default_factory=dict)
    conditioning: Extreme | None = None


def effect_of(case: Case, plan: Plan) -> Effect:
    """What the plan of a case amounts to.

    Raises:
        ValueError: the plan is that of another case.
    """
    if plan.case_sha256 != case.sha256:
        raise ValueError("the plan is not that of this case")
    groups = grouped(plan.findings)
    finding = groups[0].message if groups else ""
    levels = [level for level in plan.levels if level.rows]
    if plan.verdict == "refused" or not levels:
        return Effect(plan.verdict, finding)

    def moment(day: int) -> Moment:
        return Moment(day, case.first_day + datetime.timedelta(days=day))

    exchanges = [exchange for level in levels for exchange in level.exchanges]
    moving = [part.last_day for level in levels if level.frame for part in level.frame.course.moving_stages()]
    in_frame = [level.expected_days_in_frame for level in levels if level.expected_days_in_frame is not None]
    return Effect(
        verdict=plan.verdict,
        finding=finding,
        last=moment(max(level.rows[-1].day for level in levels)),
        last_adjustment=moment(max(moving)) if moving else None,
        visits=tuple(moment(day) for day in sorted({exchange.planned_day for exchange in exchanges})),
        exchanges=len(exchanges),
        dockings=tuple(_docking(level, moment) for level in levels if has_docking(level)),
        days_in_frame=max(in_frame, default=None),
        days_before=case.days_before or 0,
        fastest=_worst([_fastest(level, moment) for level in levels]),
        really_fastest=_worst([_really(level, moment, lambda one: one.evening) for level in levels]),
        doses_of_a_day=_worst([_really(level, moment, lambda one: one.doses) for level in levels]),
        nearest=_nearest(levels, moment),
        conditioning=_worst([_conditioning(level, moment) for level in levels]),
    )


def _docking(level: LevelPlan, moment: Callable[[int], Moment]) -> Docking:
    left_mm = level.rows[-1].docking_mm or 0.0
    return Docking(level.name, None if level.docking_day is None else moment(level.docking_day), left_mm)


def _fastest(level: LevelPlan, moment: Callable[[int], Moment]) -> Extreme:
    """The tracked point that moves farthest on one day."""
    assert level.frame is not None
    rates = [(rate.name, *rate.fastest) for rate in point_rates(level.frame.course)]
    name, value, day = rates[_first_of_the_largest([value for _, value, _ in rates])]
    return Extreme(value, name, level.name, moment(day))


def _really(level: LevelPlan, moment: Callable[[int], Moment], longest: Callable[[Travelled], Longest]) -> Extreme:
    """The tracked point that really moves farthest on one day, by one way of counting."""
    found = travelled(level)
    one = found[_first_of_the_largest([longest(point).mm for point in found])]
    return Extreme(longest(one).mm, one.planned.name, level.name, moment(longest(one).day))


def _conditioning(level: LevelPlan, moment: Callable[[int], Moment]) -> Extreme:
    assert level.frame is not None
    worst = worst_condition_of(level.frame)
    return Extreme(worst.condition, "", level.name, moment(worst.day))


def _nearest(levels: list[LevelPlan], moment: Callable[[int], Moment]) -> dict[Neighbour, Extreme]:
    """The least distance to every neighbour, over all levels; of equal ones the first, on every machine."""
    found: dict[Neighbour, Extreme] = {}
    for level in levels:
        for pair in level.clearances.pairs if level.clearances else ():
            to = NEIGHBOURS[pair.kind]
            if to not in found or pair.distance_mm < found[to].value - SAME_MM:
                found[to] = Extreme(pair.distance_mm, pair.pair, level.name, moment(pair.day))
    return found


def _worst(extremes: list[Extreme]) -> Extreme:
    return extremes[_first_of_the_largest([one.value for one in extremes])]


def _first_of_the_largest(values: list[float]) -> int:
    """The first that is the largest but for rounding, on every machine; anything that is not a number comes first."""
    table = np.asarray(values, dtype=float)
    return int(np.argmax(~(table < table.max() * (1.0 - RELATIVE_TOLERANCE))))
