"""What a strut must reach on every day, which models can, and the change-outs from one model to another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Strut, shown_name

# A reserve counts as kept within this (mm): far below what a scale shows, far above rounding of lengths.
RESERVE_TOLERANCE_MM = 1e-6


def keeps_reserve(left_mm: float, asked_mm: float) -> bool:
    """Whether at least `asked_mm` of strut travel remains: exactly as much is enough, NaN is not."""
    return left_mm >= least_kept(asked_mm)


def least_kept(asked_mm: float) -> float:
    """The least strut travel remaining in mm that counts as `asked_mm`."""
    return asked_mm - RESERVE_TOLERANCE_MM


@dataclass(frozen=True)
class Exchange:
    """One exchange, done on the morning of `planned_day` at the length of the evening before, or any day of its window.

    `old_reads_mm` and `new_reads_mm` are the two scales at that moment; `reserve_mm` is the strut travel remaining
    then.
    """

    strut: int
    old: Strut
    new: Strut
    first_day: int
    last_day: int
    planned_day: int
    reason: str
    old_reads_mm: float
    new_reads_mm: float
    reserve_mm: float

    @property
    def resets(self) -> bool:
        """Whether the strut stays and only its acute part is reset, at the same length."""
        return self.old.acute is not None and self.old.model == self.new.model


@dataclass(frozen=True)
class StrutNeeds:
    """What one strut must reach.

    `evenings_mm` (n,) are the exact lengths of every evening, `doses_mm` (n, m) those after every dose of every day.
    `fitted` is the model whose readings were given, `given` those readings by day, `held` the day that a holding day
    repeats.  `choices` are the models it may be exchanged for; `at_end` tells that the fitted model is the last one
    instead of the first, `free` that it is neither: any model may stand at either end.
    """

    fitted: Strut
    evenings_mm: Array
    doses_mm: Array
    given: Mapping[int, float]
    held: Mapping[int, int]
    choices: Sequence[Strut]
    at_end: bool = False
    free: bool = False

    @property
    def days(self) -> int:
        """The last day."""
        return len(self.evenings_mm) - 1

    def readings(self, strut: Strut) -> Array:
        """A model's readings (n, m) after each dose, the evening's last: rounded, repeated, or as given."""
        table = strut.nearest_marks(strut.settings(self.doses_mm))
        for day, reading in self.given.items():
            # The same length on another model's scale, as exactly as it was read.
            reads = reading if strut.name == self.fitted.name else strut.setting(self.fitted.length(reading))
            table[day, 0 if day == 0 else -1 :] = reads
        for day, repeated in self.held.items():
            table[day] = table[repeated, -1]
        return table

    @cached_property
    def reached(self) -> list[list[bool]]:
        """Which models reach every reading of which days."""
        return [np.all(strut.reads_all(self.readings(strut)), axis=1).tolist() for strut in self.choices]

    @cached_property
    def until(self) -> list[list[int]]:
        """The last day through which each model reaches without a break from each day on; the day before if not."""
        return runs(self.reached)

    @cached_property
    def morning_mm(self) -> Array:
        """The exact length on the morning of every day: that of the evening before (NaN on day 0)."""
        return np.concatenate([[math.nan], self.evenings_mm[:-1]])

    @cached_property
    def joins(self) -> list[list[bool]]:
        """Which models can be put in on the morning of which days, at the length of the evening before."""
        return [
            strut.reads_all(strut.nearest_marks(strut.settings(self.morning_mm))).tolist() for strut in self.choices
        ]

    @cached_property
    def scale_left(self) -> list[list[float]]:
        """Strut travel remaining in mm at the nearer end of each model on the morning of each day (NaN on day 0)."""
        left = []
        for strut in self.choices:
            setting = strut.settings(self.morning_mm)
            left.append(np.minimum(setting - strut.min_mm, strut.max_mm - setting).tolist())
        return left

    def reserve(self, old: int, new: int, day: int) -> float:
        """The least strut travel remaining in mm at either end of either model when they are exchanged that morning."""
        return min(self.scale_left[old][day], self.scale_left[new][day])

    @property
    def fitted_number(self) -> int:
        """The fitted model's place among the choices."""
        return [strut.name for strut in self.choices].index(self.fitted.name)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The models (numbers among the choices) that may stand on day 0."""
        free = self.at_end or self.free
        return tuple(m for m, strut in enumerate(self.choices) if free or strut.name == self.fitted.name)

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """The models that may stand on the last day."""
        free = not self.at_end or self.free
        return tuple(m for m, strut in enumerate(self.choices) if free or strut.name == self.fitted.name)

    def fitted_reaches_all(self) -> bool:
        """Whether no exchange is needed because the fitted model reaches every day."""
        return not self.free and bool(self.fitted.reads_all(self.readings(self.fitted)).all())


def runs(reached: Sequence[Sequence[bool]]) -> list[list[int]]:
    """For each row of marks by day: from each day on, the last day of the unbroken run; the day before if it is off."""
    table = []
    for marks in reached:
        lasts, last = [0] * len(marks), len(marks) - 1
        for day in range(len(marks) - 1, -1, -1):
            if not marks[day]:
                last = day - 1
            lasts[day] = last
        table.append(lasts)
    return table


def list_exchanges(needs: StrutNeeds, models: Sequence[int], strut: int) -> list[Exchange]:
    """The exchanges of strut 1 to 6 in its models by day, each with the days on which it could be done."""
    exchanges = []
    for day, (first, last) in windows(needs, models).items():
        old, new = models[day - 1], models[day]
        was, now = needs.choices[old], needs.choices[new]
        exchanges.append(
            Exchange(
                strut=strut,
                old=was,
                new=now,
                first_day=first,
                last_day=last,
                planned_day=day,
                reason=_reason(needs, old, new, day),
                old_reads_mm=float(needs.readings(was)[day - 1, -1]),
                new_reads_mm=float(needs.readings(now)[day - 1, -1]),
                reserve_mm=needs.reserve(old, new, day),
            )
        )
    return exchanges


def windows(needs: StrutNeeds, models: Sequence[int]) -> dict[int, tuple[int, int]]:
    """For the day of every exchange of a strut, the first and last day on which it could be done instead."""
    changes = [day for day in range(1, len(models)) if models[day] != models[day - 1]]
    found = {}
    for before, day, after in zip([0, *changes], changes, [*changes[1:], len(models)], strict=False):
        old, new = models[day - 1], models[day]
        first = last = day
        while first - 1 > before and needs.reached[new][first - 1] and needs.joins[new][first - 1]:
            first -= 1
        while last + 1 < after and needs.reached[old][last] and needs.joins[new][last + 1]:
            last += 1
        found[day] = (first, last)
    return found


def settle_visits(
    all_needs: Sequence[StrutNeeds], all_models: Sequence[list[int]], open_days: Sequence[int], reserve_mm: float
) -> list[list[int]]:
    """The same exchanges, each visit moved in turn to the open day that leaves most scale to its own exchanges.

    An exchange that leaves `reserve_mm` of scale keeps leaving it, whatever another one of its visit would gain; of the
    days left, one on which most of them do comes first.
    """
    models = [list(one) for one in all_models]
    visits = sorted({day for needs, one in zip(all_needs, models, strict=True) for day in windows(needs, one)})
    for visit in visits:
        group = [k for k, one in enumerate(models) if 0 < visit < len(one) and one[visit] != one[visit - 1]]
        spans = [windows(all_needs[k], models[k])[visit] for k in group]
        days = [day for day in open_days if max(a for a, _ in spans) <= day <= min(b for _, b in spans)]
        pairs = [(all_needs[k], models[k][visit - 1], models[k][visit]) for k in group]
        left = {day: [needs.reserve(old, new, day) for needs, old, new in pairs] for day in (*days, visit)}
        kept = {day: [keeps_reserve(one, reserve_mm) for one in left[day]] for day in left}
        held = [day for day in days if all(now or not was for was, now in zip(kept[visit], kept[day], strict=True))]
        best = max(held, key=lambda day: (sum(kept[day]), min(left[day])))
        for k, (_, old, new) in zip(group, pairs, strict=True):
            models[k][min(best, visit) : max(best, visit)] = [new if best < visit else old] * abs(best - visit)
    return models


def _reason(needs: StrutNeeds, old: int, new: int, day: int) -> str:
    """Why a strut cannot stay as it is."""
    was = needs.choices[old]
    beyond = needs.until[old][day] + 1
    if beyond > needs.days:
        return f"the frame is to end with {shown_name(needs.choices[new])}"
    readings = needs.readings(was)[beyond]
    reading = float(readings[int(np.argmax(np.maximum(was.min_mm - readings, readings - was.max_mm)))])
    return f"on day {beyond} it would have to read {reading:g} mm; {was.range_text()}"
