"""A plan as a list of blocks for the patient: days to adjust, days to leave the struts alone, visits to the clinic.

Whether a strut gets longer or shorter is decided by its length: its scale may count down, and changes at a change-out.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hexapod.plan.make_plan import LevelPlan, Plan, Row
from hexapod.plan.plan_file import before_the_visit, turns_at
from hexapod.schedule.strut_exchanges import Exchange

STRUTS = range(6)


class Direction(StrEnum):
    """What a strut does: over one adjustment, or over a day of several."""

    LONGER = "longer"
    SHORTER = "shorter"
    STAYS = "stays"
    BOTH = "both ways"


@dataclass(frozen=True)
class Adjustment:
    """One of the day's times: what the six scales shall read afterwards, mm, and what each strut does to get there.

    `idle`: no strut is turned.
    """

    time: datetime.time
    readings_mm: tuple[float, ...]
    turns: tuple[Direction, ...]
    idle: bool


@dataclass(frozen=True)
class Day:
    """A day (`first`) with something to do: its adjustments, and the exchanges done at the clinic before them.

    `turns` is what each strut does from morning to evening.  `at_clinic`: a strut of this hexapod or of another of the
    frame is changed on that day; then the first `there` of the adjustments come before the visit, and the clinic sets
    the struts to the last of them.
    """

    first: Row
    adjustments: tuple[Adjustment, ...]
    turns: tuple[Direction, ...]
    exchanges: tuple[Exchange, ...]
    first_turning: bool
    last_turning: bool
    docks: bool
    at_clinic: bool
    there: int = 0


@dataclass(frozen=True)
class Pause:
    """Days of one stage, one after another, on which no strut is turned; day 0 stands alone.

    `over`: no day with something to do follows.
    """

    first: Row
    last: Row
    days: int
    docks: bool
    over: bool


Block = Day | Pause


def visit_days(plan: Plan) -> frozenset[int]:
    """The days on which a strut of any hexapod of the frame is changed at the clinic."""
    return frozenset(exchange.planned_day for level in plan.levels for exchange in level.exchanges)


def sheet_days(
    level: LevelPlan,
    times: Sequence[datetime.time],
    of_frame: frozenset[int] = frozenset(),
    visit: datetime.time | None = None,
) -> tuple[Block, ...]:
    """The blocks of a level, in order and without a gap.

    `times` are those of a day's adjustments, `of_frame` the days on which any hexapod of the frame has a change-out,
    `visit` the clinic's time for it where that is known.
    """
    there = sum(before_the_visit(visit, time) for time in times)
    adjusted = _adjustments(level, times)
    turning = [day for day, adjustments in adjusted.items() if not all(one.idle for one in adjustments)]
    visits = {exchange.planned_day for exchange in level.exchanges}
    last_busy = max([*visits, *turning], default=-1)
    blocks: list[Block] = []
    for busy, rows in itertools.groupby(level.rows, lambda row: row.day in visits or row.day in turning):
        if not busy:
            blocks += _pauses(level, rows, last_busy)
            continue
        blocks += [
            Day(
                first=row,
                adjustments=tuple(adjusted[row.day]),
                turns=tuple(_over_the_day([one.turns[k] for one in adjusted[row.day]]) for k in STRUTS),
                exchanges=tuple(one for one in level.exchanges if one.planned_day == row.day),
                first_turning=row.day in turning[:1],
                last_turning=row.day in turning[-1:],
                docks=row.day == level.docking_day,
                at_clinic=row.day in visits or row.day in of_frame,
                there=there if row.day in visits or row.day in of_frame else 0,
            )
            for row in rows
        ]
    return tuple(blocks)


def _adjustments(level: LevelPlan, times: Sequence[datetime.time]) -> dict[int, list[Adjustment]]:
    """The adjustments of every day from day 1 on."""
    by_day: dict[int, list[Adjustment]] = {}
    for one in turns_at(level, times):
        ways = tuple(_way(longer_mm) for longer_mm in one.longer_mm)
        by_day.setdefault(one.day, []).append(Adjustment(one.time, one.settings_mm, ways, not one.turns))
    return by_day


def _way(longer_mm: float) -> Direction:
    return Direction.LONGER if longer_mm > 0.0 else Direction.SHORTER if longer_mm < 0.0 else Direction.STAYS


def _over_the_day(turns: Sequence[Direction]) -> Direction:
    """One word for a day: a strut that goes there and back has not stayed.

    >>> _over_the_day([Direction.STAYS, Direction.LONGER, Direction.LONGER])
    <Direction.LONGER: 'longer'>
    >>> _over_the_day([Direction.LONGER, Direction.SHORTER])
    <Direction.BOTH: 'both ways'>
    """
    directions = {turn for turn in turns if turn is not Direction.STAYS}
    if len(directions) > 1:
        return Direction.BOTH
    return directions.pop() if directions else Direction.STAYS


def _pauses(level: LevelPlan, rows: Iterable[Row], last_busy: int) -> Iterator[Pause]:
    """Runs of days cut where the stage changes, after day 0, and round the day of docking."""
    for (_, docks, _), found in itertools.groupby(
        rows, lambda row: (row.day == 0, row.day == level.docking_day, row.stage)
    ):
        run = list(found)
        yield Pause(run[0], run[-1], len(run), docks, run[0].day > last_busy)
