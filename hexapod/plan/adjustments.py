"""A level's adjustments one by one: when, which strut, its target setting, and whether it gets longer.

Whether a strut gets longer follows from its length, never from its reading: a scale may count down, and a new strut has
another scale.
"""

from __future__ import annotations

import datetime
import itertools
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


def turns(level: LevelPlan) -> tuple[FrameAdjustment, ...]:
    """All adjustments of a level's plan from day 1 on, including those at which no strut is turned."""
    return turns_at(level, adjustment_times(level.entered))


def turns_at(level: LevelPlan, times: Sequence[datetime.time]) -> tuple[FrameAdjustment, ...]:
    """`turns` at the given times of a day."""
    return tuple(_turns(level, times))


def _turns(level: LevelPlan, times: Sequence[datetime.time]) -> Iterator[FrameAdjustment]:
    before = level.rows[0].settings_mm
    for row in level.rows[1:]:
        new = exchanges_on(level, row.day)
        before = tuple(new[k].new_reads_mm if k in new else reads for k, reads in enumerate(before, 1))
        exchanged = tuple(k in new for k in STRUTS)
        for number, (time, dose) in enumerate(zip(times, row.doses_mm, strict=True), 1):
            yield FrameAdjustment(
                row.day, row.date, row.stage, number, len(times), time, row.struts, before, dose, exchanged
            )
            before = dose


def exchanges_on(level: LevelPlan, day: int) -> dict[int, Exchange]:
    """The change-outs on the morning of a day, by strut, 1 to 6."""
    return {exchange.strut: exchange for exchange in level.exchanges if exchange.planned_day == day}


@dataclass(frozen=True)
class FittedStrut:
    """A strut model in one position of the frame, from the evening of `first_day` to that of `last_day`."""

    model: Strut
    first_day: int
    last_day: int


def fitted_struts(level: LevelPlan, strut: int) -> list[FittedStrut]:
    """The models that strut 1 to 6 has, in order."""
    runs = itertools.groupby(level.rows, lambda row: row.struts[strut - 1])
    days = [(model, [row.day for row in run]) for model, run in runs]
    return [FittedStrut(model, run[0], run[-1]) for model, run in days]


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
