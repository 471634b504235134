"""Strut exchanges: which model each strut has on each day when one model cannot reach all its lengths."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from hexapod.hardware.models import Strut

# On the day of an exchange both struts should have this much scale left (mm), so that the visit can move a day.
RESERVE_MM = 3.0


@dataclass(frozen=True)
class Exchange:
    """One exchange, done on the morning of `planned_day` at the reading of the evening before."""

    strut: int
    old: Strut
    new: Strut
    first_day: int
    last_day: int
    planned_day: int


@dataclass(frozen=True)
class StrutNeeds:
    """What one strut must reach.

    `evenings_mm` are the exact lengths of every evening, `doses_mm` those after every dose of every day.  `fitted` is
    the model whose readings were given, `given` those readings by day, `held` the day that a holding day repeats.
    """

    fitted: Strut
    evenings_mm: list[float]
    doses_mm: list[list[float]]
    given: Mapping[int, float]
    held: Mapping[int, int]

    def reaches(self, strut: Strut, day: int) -> bool:
        """Whether a model's scale has every reading of a day."""
        return all(strut.reads(reading) for reading in self.readings(strut, day))

    def readings(self, strut: Strut, day: int) -> list[float]:
        """A model's readings of a day after each dose, the evening's last: rounded, repeated, or as given."""
        if day in self.held:
            return self.readings(strut, self.held[day])[-1:] * len(self.doses_mm[day])
        marks = [strut.nearest_mark(strut.setting(length)) for length in self.doses_mm[day]]
        if day in self.given:  # the same length on another model's scale, as exactly as it was read
            given = self.given[day]
            if strut.name != self.fitted.name:
                given = strut.setting(self.fitted.length(given))
            return [given] if day == 0 else [*marks[:-1], given]
        return marks

    def joins(self, strut: Strut, day: int) -> bool:
        """Whether a model can be put in on the morning of a day, at the length of the evening before."""
        return day > 0 and strut.reads(strut.nearest_mark(strut.setting(self.evenings_mm[day - 1])))

    def reserve(self, old: Strut, new: Strut, day: int) -> float:
        """The least scale left in mm at either end of either strut when they are exchanged that morning."""
        length = self.evenings_mm[day - 1]
        ends = [(strut.setting(length) - strut.min_mm, strut.max_mm - strut.setting(length)) for strut in (old, new)]
        return min(min(pair) for pair in ends)


def models_by_day(needs: StrutNeeds, fitted_at_end: bool, choices: list[Strut]) -> list[Strut] | None:
    """The model of every day with the fewest exchanges, then the largest reserve (up to 3 mm); None when none reaches.

    The fitted model is the one of day 0, or of the last day when `fitted_at_end`.
    """
    fitted = needs.fitted
    days = len(needs.evenings_mm)
    if all(needs.reaches(fitted, day) for day in range(days)):
        return [fitted] * days
    best: list[dict[str, tuple[tuple[int, float], str | None]]] = []
    by_name = {strut.name: strut for strut in choices}
    for day in range(days):
        today: dict[str, tuple[tuple[int, float], str | None]] = {}
        for strut in choices:
            if not needs.reaches(strut, day):
                continue
            ways: list[tuple[tuple[int, float], str | None]] = []
            if day == 0 and (fitted_at_end or strut.name == fitted.name):
                ways.append(((0, 0.0), None))
            elif day > 0:
                for name, ((count, spent), _) in best[-1].items():
                    if name == strut.name:
                        ways.append(((count, spent), name))
                    elif needs.joins(strut, day):
                        reserve = needs.reserve(by_name[name], strut, day)
                        ways.append(((count + 1, spent - min(reserve, RESERVE_MM)), name))
            if ways:
                today[strut.name] = min(ways)
        best.append(today)
    ends = {name: cost for name, (cost, _) in best[-1].items() if not fitted_at_end or name == fitted.name}
    if not ends:
        return None
    last: str | None = min(ends, key=lambda end: ends[end])
    models = []
    for day in range(days - 1, -1, -1):
        assert last is not None
        models.append(by_name[last])
        last = best[day][last][1]
    return models[::-1]


def list_exchanges(needs: StrutNeeds, models: list[Strut], strut: int) -> list[Exchange]:
    """The exchanges of strut 1 to 6 in a list of models by day, each with the days on which it could be done."""
    changes = [day for day in range(1, len(models)) if models[day].name != models[day - 1].name]
    exchanges = []
    for number, day in enumerate(changes):
        old, new = models[day - 1], models[day]
        before = changes[number - 1] if number else 0
        after = changes[number + 1] if number + 1 < len(changes) else math.inf
        first = last = day
        while first - 1 > before and needs.reaches(new, first - 1) and needs.joins(new, first - 1):
            first -= 1
        while last + 1 < min(after, len(models)) and needs.reaches(old, last) and needs.joins(new, last + 1):
            last += 1
        exchanges.append(Exchange(strut, old, new, first, last, day))
    return exchanges
