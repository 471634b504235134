"""Readings of a visit beside a plan, on the scales of the struts that are on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hexapod.geometry.transforms import Array
from hexapod.hardware.models import RANGE_TOLERANCE_MM, Strut
from hexapod.plan.make_plan import Row

Kind = Literal[
    "on-schedule",
    "behind",
    "ahead",
    "some-turned",
    "misread",
    "wrong-way",
    "exchanged",
    "not-turned",
    "numbered-clockwise",
    "increments-swapped",
    "scales-shifted",
    "unexplained",
]

# How much further-fetched (in units of a day's distance) a story becomes by one more day.
COST_OF_A_DAY = 0.05
# What many days cost at most.
MOST_COST_OF_DAYS = 1.0


@dataclass(frozen=True)
class Story:
    """One story that fits: its kind, what happened (no full stop), the plan's day, struts 1 to 6, and its cost.

    `adjustments_done` counts the adjustments of that day that all struts have done, None when all are.
    """

    kind: Kind
    happened: str
    day: int
    struts: tuple[int, ...]
    cost: float
    adjustments_done: int | None = None


@dataclass(frozen=True)
class PlannedMoment:
    """The plan at one moment: the evening of `day`, or (`done` of them) between its adjustments; six settings in mm."""

    day: int
    done: int | None
    settings_mm: Array
    cost: float


@dataclass(frozen=True)
class Compared:
    """Readings beside a plan, all in mm on the scales of the struts that are on, whatever models the plan has that day.

    `evenings_mm` (n, 6) and `doses_mm` (n, m, 6) are the plan's lengths as these scales would show them; `half_mm` (6,)
    half a graduation; `read_mm` (6,) the readings; `today` the day of the plan on which they were taken.
    """

    rows: tuple[Row, ...]
    evenings_mm: Array
    doses_mm: Array
    half_mm: Array
    today: int
    struts: tuple[Strut, ...]
    read_mm: Array

    def near(self, planned_mm: Array) -> NDArray[np.bool_]:
        """Which of six settings (..., 6) the readings are, within half a graduation, ends included."""
        return self.near_of(self.read_mm, planned_mm)

    def near_of(self, read_mm: Array, planned_mm: Array) -> NDArray[np.bool_]:
        """`near` of other readings than those taken."""
        return np.asarray(abs(read_mm - planned_mm) <= self.half_mm + RANGE_TOLERANCE_MM)

    def nearest_first(self) -> list[int]:
        """All days by their distance from today; of two as near the earlier first, since missed days are commoner."""
        return sorted(range(len(self.rows)), key=lambda day: (abs(day - self.today), day))

    def named(self, day: int) -> str:
        """A day with its date."""
        return f"day {day} ({self.rows[day].date.isoformat()})"

    def row_named(self, state: PlannedMoment) -> str:
        """Whose readings a state has, in words."""
        row = "today's row" if state.day == self.today else f"the row of {self.named(state.day)}"
        return row if state.done is None else f"{row} after {state.done} of its adjustments"

    @cached_property
    def states(self) -> list[PlannedMoment]:
        """All moments of the plan that differ, nearest to today first; of equal ones the evening, then the nearest."""
        doses = self.doses_mm.shape[1]
        moments = [PlannedMoment(day, None, self.evenings_mm[day], self.distance(day)) for day in range(len(self.rows))]
        moments += [
            PlannedMoment(day, done, self.doses_mm[day, done - 1], self.distance(day - 1 + done / doses) + 0.2)
            for day in range(1, len(self.rows))
            for done in range(1, doses)
        ]
        kept: dict[bytes, PlannedMoment] = {}
        for state in sorted(moments, key=lambda one: (one.done is not None, one.cost)):
            kept.setdefault(np.round(state.settings_mm, 9).tobytes(), state)
        return sorted(kept.values(), key=lambda one: one.cost)

    @cached_property
    def settings_mm(self) -> Array:
        """Settings (n, 6) of all states."""
        return np.array([state.settings_mm for state in self.states])

    @cached_property
    def off(self) -> list[tuple[PlannedMoment, NDArray[np.bool_]]]:
        """All states but the one that the readings are, each with the struts (6,) that are off."""
        off = ~self.near(self.settings_mm)
        return [(self.states[number], off[number]) for number in np.flatnonzero(off.any(axis=-1))]

    def distance(self, day: float) -> float:
        """How far a day is from today; the evening before is as likely as today's, for a visit in the morning."""
        return 0.5 * min(abs(day - self.today), abs(day - self.today + 1) + 0.2)

    def begins(self, state: PlannedMoment) -> tuple[NDArray[np.int_], Array]:
        """Evenings from which something may have gone wrong until a state, likeliest first, and what each costs.

        A stage that begins may reverse a strut, so its start comes first; then that day alone; then the whole
        treatment; then so many days, which is less likely than a strut that stood still for twice as many.  There are
        none on day 0.
        """
        day = state.day if state.done is None else state.day - 1
        starts, costs = ([], []) if state.done is None else ([day], [0.0])
        if day > 0:
            starts, costs = [*starts, self._stage_starts[day], day - 1, 0], [*costs, 0.0, 0.1, 0.2]
        many = np.arange(day - 2, 0, -1)
        dearer = 2.0 + np.minimum(COST_OF_A_DAY * (day - many), MOST_COST_OF_DAYS)
        return np.concatenate([starts, many]).astype(int), np.concatenate([costs, dearer])

    def since(self, state: PlannedMoment, start: int) -> str:
        """In words, from which evening on until a state."""
        day = state.day if state.done is None else state.day - 1
        if day > 0 and start == self._stage_starts[day]:
            return f"since stage '{self.rows[start + 1].stage}' began, after day {start}"
        days = state.day - start
        return f"on day {state.day}" if days == 1 else f"for {days} days, after day {start}" if start else "since day 0"

    @cached_property
    def _stage_starts(self) -> list[int]:
        """For every day the evening before the stage that moved last until then, itself on day 0."""
        still = (self.evenings_mm[1:] == self.evenings_mm[:-1]).all(axis=-1)
        stages = [row.stage for row in self.rows]
        moved, other = [0], [0]  # the last evening with other settings, and the last one in another stage
        for day in range(1, len(self.rows)):
            moved.append(moved[-1] if still[day - 1] else day - 1)
            other.append(other[-1] if stages[day - 1] == stages[day] else day - 1)
        return [
            other[start] if stages[start] == stages[min(start + 1, day)] else start for day, start in enumerate(moved)
        ]
