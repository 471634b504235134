"""What the patient does on each day: turn, leave the struts alone, or see the clinic.  A plan read as a list of blocks.

Whether a strut gets longer or shorter is told by its length: its scale may count down, and after an exchange it is
another scale.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hexapod.hardware.models import Strut
from hexapod.plan import LevelPlan, Row
from hexapod.planning.exchanges import Exchange

# Lengths (mm) nearer to each other than this are the same: readings are printed with at most six decimals.
SAME_LENGTH_MM = 5e-7
STRUTS = range(6)


class Turn(StrEnum):
    """What a strut does: over one adjustment, or over a day of several."""

    LONGER = "longer"
    SHORTER = "shorter"
    STAYS = "stays"
    BOTH = "both ways"


@dataclass(frozen=True)
class Adjustment:
    """One of the day's times: what the six scales shall read afterwards, mm, and what each strut does to get there."""

    time: datetime.time
    readings_mm: tuple[float, ...]
    turns: tuple[Turn, ...]

    @property
    def idle(self) -> bool:
        """Whether no strut is turned."""
        return all(turn is Turn.STAYS for turn in self.turns)


@dataclass(frozen=True)
class Day:
    """A day with something to do: its adjustments, and the exchanges done at the clinic before them."""

    row: Row
    adjustments: tuple[Adjustment, ...]
    exchanges: tuple[Exchange, ...]
    first_turning: bool
    last_turning: bool
    docks: bool

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What each strut does from morning to evening."""
        return tuple(_over_the_day([one.turns[k] for one in self.adjustments]) for k in STRUTS)


@dataclass(frozen=True)
class Pause:
    """Days of one stage, one after another, on which no strut is turned; day 0 stands alone."""

    rows: tuple[Row, ...]
    docks: bool

    @property
    def first(self) -> Row:
        """The first day."""
        return self.rows[0]

    @property
    def last(self) -> Row:
        """The last day."""
        return self.rows[-1]


Block = Day | Pause


def sheet_days(level: LevelPlan, times: Sequence[datetime.time]) -> tuple[Block, ...]:
    """The blocks of a level with rows, in order and without a gap; `times` are those of a day's adjustments."""
    adjusted = [_adjustments(level, row, times) for row in level.rows]
    turning = [row.day for row in level.rows if not all(one.idle for one in adjusted[row.day])]
    visits = {exchange.planned_day for exchange in level.exchanges}
    blocks: list[Block] = []
    for busy, rows in itertools.groupby(level.rows, lambda row: row.day in visits or row.day in turning):
        if not busy:
            blocks += _pauses(level, tuple(rows))
            continue
        blocks += [
            Day(
                row=row,
                adjustments=adjusted[row.day],
                exchanges=tuple(one for one in level.exchanges if one.planned_day == row.day),
                first_turning=row.day in turning[:1],
                last_turning=row.day in turning[-1:],
                docks=row.day == level.docking_day,
            )
            for row in rows
        ]
    return tuple(blocks)


def models_by_day(level: LevelPlan, index: int) -> list[tuple[int, Strut]]:
    """The models of strut `index`, counted from 0, each with the day from which it is fitted."""
    assert level.frame is not None, "a level with rows has its frame"
    mine = sorted((one for one in level.exchanges if one.strut == index + 1), key=lambda one: one.planned_day)
    first = mine[0].old if mine else level.frame.setup.struts[index]
    return [(0, first), *((one.planned_day, one.new) for one in mine)]


def fitted_strut(level: LevelPlan, index: int, day: int) -> Strut:
    """The model of strut `index`, counted from 0, once the exchanges of a day are done."""
    return [strut for since, strut in models_by_day(level, index) if since <= day][-1]


def _adjustments(level: LevelPlan, row: Row, times: Sequence[datetime.time]) -> tuple[Adjustment, ...]:
    if row.day == 0:
        return ()
    struts = [fitted_strut(level, k, row.day) for k in STRUTS]
    before = list(level.rows[row.day - 1].settings_mm)
    for exchange in level.exchanges:
        if exchange.planned_day == row.day:
            before[exchange.strut - 1] = exchange.new_reads_mm
    told = []
    for time, readings in zip(times, row.doses_mm, strict=True):
        turns = [
            _turn(strut.length(was), strut.length(now))
            for strut, was, now in zip(struts, before, readings, strict=True)
        ]
        told.append(Adjustment(time, readings, tuple(turns)))
        before = list(readings)
    return tuple(told)


def _turn(before_mm: float, after_mm: float) -> Turn:
    if abs(after_mm - before_mm) < SAME_LENGTH_MM:
        return Turn.STAYS
    return Turn.LONGER if after_mm > before_mm else Turn.SHORTER


def _over_the_day(turns: Sequence[Turn]) -> Turn:
    """One word for a day: a strut that goes there and back has not stayed.

    >>> _over_the_day([Turn.STAYS, Turn.LONGER, Turn.LONGER]), _over_the_day([Turn.LONGER, Turn.SHORTER])
    (<Turn.LONGER: 'longer'>, <Turn.BOTH: 'both ways'>)
    """
    told = {turn for turn in turns if turn is not Turn.STAYS}
    if len(told) > 1:
        return Turn.BOTH
    return told.pop() if told else Turn.STAYS


def _pauses(level: LevelPlan, rows: Sequence[Row]) -> list[Pause]:
    """Runs of days cut where the stage changes, after day 0, and round the day of docking."""
    runs = itertools.groupby(rows, lambda row: (row.day == 0, row.day == level.docking_day, row.stage))
    return [Pause(tuple(run), docks) for (_, docks, _), run in runs]
