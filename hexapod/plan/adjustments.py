"""A level's adjustments one by one: when, which strut, its target setting, and whether it gets longer.

Whether a strut gets longer follows from its length, never from its reading: a scale may count down, and a new strut has
another scale.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from hexapod.case.model import Level
from hexapod.hardware.models import Strut
from hexapod.plan.make_plan import LevelPlan
from hexapod.schedule.strut_exchanges import Exchange

# Lengths are compared in whole nanometres (mm): no scale is finer, and sums of floats are off by far less.
LENGTH_DECIMALS = 6
STRUTS = range(1, 7)


@dataclass(frozen=True)
class FrameAdjustment:
    """One adjustment, `number` of `of` of a day; six entries for struts 1 to 6.

    `settings_mm` are the readings to reach, `before_mm` the readings before on the same scales, `longer_mm` by how much
    the struts get longer (negative: shorter).  `exchanged` tells the struts that were put in that morning.
    """

    day: int
    date: datetime.date
    stage: str
    number: int
    of: int
    time: datetime.time
    struts: tuple[Strut, ...]
    before_mm: tuple[float, ...]
    settings_mm: tuple[float, ...]
    exchanged: tuple[bool, ...]

    @cached_property
    def longer_mm(self) -> tuple[float, ...]:
        """By how much each strut gets longer in mm; negative when it gets shorter."""
        return tuple(
            round(strut.length(after) - strut.length(before), LENGTH_DECIMALS) + 0.0
            for strut, before, after in zip(self.struts, self.before_mm, self.settings_mm, strict=True)
        )

    @property
    def turns(self) -> bool:
        """Whether any strut is turned."""
        return any(self.longer_mm)


def turns(level: Level, plan: LevelPlan) -> tuple[FrameAdjustment, ...]:
    """All adjustments of a level's plan from day 1 on, those that turn nothing included."""
    return turns_at(plan, adjustment_times(level))


def turns_at(plan: LevelPlan, times: Sequence[datetime.time]) -> tuple[FrameAdjustment, ...]:
    """`turns` at the given times of a day."""
    return tuple(_turns(plan, times))


def _turns(plan: LevelPlan, times: Sequence[datetime.time]) -> Iterator[FrameAdjustment]:
    before: tuple[float, ...] = plan.rows[0].settings_mm if plan.rows else ()
    models = [models_by_day(plan, k) for k in STRUTS] if plan.rows else []
    for row in plan.rows[1:]:
        struts = tuple(_fitted(one, row.day) for one in models)
        new = exchanges_on(plan, row.day)
        before = tuple(new[k].new_reads_mm if k in new else reads for k, reads in enumerate(before, 1))
        exchanged = tuple(k in new for k in STRUTS)
        for number, (time, dose) in enumerate(zip(times, row.doses_mm, strict=True), 1):
            yield FrameAdjustment(
                row.day, row.date, row.stage, number, len(times), time, struts, before, dose, exchanged
            )
            before = dose


def exchanges_on(plan: LevelPlan, day: int) -> dict[int, Exchange]:
    """The exchanges of a day's morning by strut, 1 to 6."""
    return {exchange.strut: exchange for exchange in plan.exchanges if exchange.planned_day == day}


def models_by_day(plan: LevelPlan, strut: int) -> list[tuple[int, Strut]]:
    """The models of a strut, 1 to 6, each with the day from which it is fitted."""
    assert plan.frame is not None, "a plan with rows has its frame"
    mine = sorted((one for one in plan.exchanges if one.strut == strut), key=lambda one: one.planned_day)
    first = mine[0].old if mine else plan.frame.setup.struts[strut - 1]
    return [(0, first), *((one.planned_day, one.new) for one in mine)]


def struts_on(plan: LevelPlan, day: int) -> tuple[Strut, ...]:
    """The six struts that the frame has on a day, its exchanges of that morning done."""
    return tuple(_fitted(models_by_day(plan, k), day) for k in STRUTS)


def _fitted(models: Sequence[tuple[int, Strut]], day: int) -> Strut:
    return [strut for since, strut in models if since <= day][-1]


# The waking hours over which adjustments are spread when the case names no times, minutes after midnight.
FIRST_MINUTE, LAST_MINUTE = 8 * 60, 20 * 60
# Times that people can keep, minutes.
ROUND_TO_MINUTES = 5


def adjustment_times(level: Level) -> tuple[datetime.time, ...]:
    """The times of a day's adjustments: those of the case, else evenly from 08:00 to 20:00, a single one at 08:00."""
    if level.adjustment_times is not None:
        return tuple(datetime.time.fromisoformat(time) for time in level.adjustment_times)
    return spread(level.adjustments_per_day)


def spread(count: int) -> tuple[datetime.time, ...]:
    """`count` times evenly from 08:00 to 20:00.

    >>> [f"{time:%H:%M}" for time in spread(4)], [f"{time:%H:%M}" for time in spread(1)]
    (['08:00', '12:00', '16:00', '20:00'], ['08:00'])
    """
    step = (LAST_MINUTE - FIRST_MINUTE) / max(count - 1, 1)
    minutes = [round((FIRST_MINUTE + k * step) / ROUND_TO_MINUTES) * ROUND_TO_MINUTES for k in range(count)]
    return tuple(datetime.time(*divmod(minute, 60)) for minute in minutes)


@dataclass(frozen=True)
class FittedStrut:
    """A model on one place of the frame, from the evening of `first_day` to that of `last_day`."""

    model: Strut
    first_day: int
    last_day: int


def fitted_struts(level: LevelPlan, strut: int) -> list[FittedStrut]:
    """The models that strut 1 to 6 has, in order.  The level must have rows."""
    assert level.frame is not None
    last = level.rows[-1].day
    changes = sorted((one for one in level.exchanges if one.strut == strut), key=lambda one: one.planned_day)
    if not changes:
        return [FittedStrut(level.frame.setup.struts[strut - 1], 0, last)]
    models = [changes[0].old, *(one.new for one in changes)]
    firsts = [0, *(one.planned_day for one in changes)]
    lasts = [*(one.planned_day - 1 for one in changes), last]
    return [FittedStrut(*one) for one in zip(models, firsts, lasts, strict=True)]
