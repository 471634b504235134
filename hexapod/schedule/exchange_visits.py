"""Which struts are changed out on which mornings: the fewest visits, then change-outs, then most travel remaining.

Exact.  Visits are decided one after another from the first day on.  Between two visits nothing changes, so all that
matters of the past is, for each strut, with how few exchanges each model can stand in it; a past that is no better in
any of these numbers than an earlier one is forgotten.  The number of visits grows until one past reaches the last day;
then the exchanges allowed are as few, and last the reserve demanded is as large, as still reaches it.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hexapod.schedule.strut_exchanges import StrutNeeds, least_kept, runs

NEVER = math.inf
# For each model, with how few exchanges it can stand in a strut on a day; NEVER when it cannot.
Counts = tuple[float, ...]
# How a strut came to a model: with how many exchanges, minus their least reserve, and the model from each visit on.
Way = tuple[int, float, tuple[int, ...]]


@dataclass(frozen=True)
class Past:
    """What the visits so far leave open: the day of the last one (0 before the first), the counts of every strut."""

    day: int
    counts: tuple[Counts, ...]
    visits: tuple[int, ...]


def plan_visits(all_needs: Sequence[StrutNeeds], open_days: Sequence[int], reserve_mm: float) -> list[list[int] | None]:
    """The model of every strut on every day (numbers among its choices); None where no sequence reaches every day.

    Of the plans with visits on open days only, those with the fewest visits; of these, those with the fewest exchanges;
    of these, one whose least reserve is largest.  Struts that can be exchanged with `reserve_mm` of strut travel
    remaining on both models are; the others are exchanged with less.
    """
    horizon = max(needs.days for needs in all_needs) + 1
    open_days = [day for day in open_days if day < horizon]
    models: list[list[int] | None] = []
    searches: dict[int, StrutSearch] = {}
    for number, needs in enumerate(all_needs):
        models.append(None)
        if needs.fitted_reaches_all():
            models[number] = [needs.fitted_number] * (needs.days + 1)
            continue
        search = StrutSearch(needs, horizon)
        for least in (reserve_mm, -math.inf):
            search = search.bounded(NEVER, least)
            if search.fewest(open_days) < NEVER:
                searches[number] = search
                break
    if searches:
        visits, least = JointSearch(list(searches.values()), open_days).best()
        for number, search in searches.items():
            models[number] = search.bounded(NEVER, max(search.least, least)).models(visits)
    return models


def reset_alone(needs: StrutNeeds, open_days: Sequence[int], reserve_mm: float) -> StrutNeeds:
    """Of a two-part strut its own model alone, where resetting the acute part does with as few change-outs.

    A reset needs no other strut.  Where other sizes save a visit, or leave `reserve_mm` where it does not, they count.
    """
    if needs.fitted.acute is None or needs.free or needs.fitted_reaches_all():
        return needs
    own = replace(needs, choices=[one for one in needs.choices if one.model == needs.fitted.model])
    days = [day for day in open_days if day <= needs.days]
    alone, best = (StrutSearch(one, needs.days + 1).bounded(NEVER, reserve_mm).fewest(days) for one in (own, needs))
    return own if alone < NEVER and alone <= best else needs


class StrutSearch:
    """The moves of one strut that need at most `budget` exchanges and leave at least `least` mm of scale at each.

    Days go up to a horizon beyond the last day of all struts, which only the models that may stand at the end reach.
    """

    def __init__(self, needs: StrutNeeds, horizon: int) -> None:
        self.needs, self.horizon = needs, horizon
        more = horizon - needs.days
        self.reached = [[*reached, *[m in needs.ends] * more] for m, reached in enumerate(needs.reached)]
        self.until = runs(self.reached)
        self.joins = np.array([[*joins, *[False] * more] for joins in needs.joins])
        self.fixed_marks = np.concatenate([self.reached, self.joins])
        self.scale_left = np.array(needs.scale_left)
        self._bound(NEVER, -math.inf)

    def _bound(self, budget: float, least: float) -> None:
        self.budget, self.least = budget, least
        # By model and day: whether its scale leaves enough to be taken off, and to be put in.
        self.enough = np.zeros((len(self.reached), self.horizon + 1), bool)
        days = self.needs.days + 1
        self.enough[:, :days] = self.scale_left >= least_kept(least)
        self.leaves, self.enters = self.enough.tolist(), (self.enough & self.joins).tolist()
        self.known: dict[tuple[Counts, int, int], Counts] = {}

    def bounded(self, budget: float, least: float) -> StrutSearch:
        """The same strut with other bounds."""
        other = copy.copy(self)
        other._bound(budget, least)
        return other

    def marks(self) -> NDArray[np.bool_]:
        """By model and day (rows, days): what is reached, what can be put in, and what leaves enough scale."""
        return np.concatenate([self.fixed_marks, self.enough])

    def first(self) -> Counts:
        """The counts on day 0."""
        starts = self.needs.starts
        return tuple(0 if m in starts and reached[0] else NEVER for m, reached in enumerate(self.reached))

    def visit(self, counts: Counts, since: int, day: int) -> Counts:
        """The counts after a visit on the morning of `day`, from those since an earlier one."""
        key = (counts, since, day)
        if key not in self.known:
            alive = [(m, c) for m, c in enumerate(counts) if c < NEVER and self.until[m][since] >= day - 1]
            after = []
            for new, reached in enumerate(self.reached):
                ways = [c + (m != new) for m, c in alive if reached[day] and (m == new or self._swaps(m, new, c, day))]
                after.append(min(ways, default=NEVER))
            self.known[key] = tuple(after)
        return self.known[key]

    def _swaps(self, old: int, new: int, count: float, day: int) -> bool:
        return count < self.budget and self.leaves[old][day] and self.enters[new][day]

    def lasts(self, counts: Counts, since: int) -> int:
        """The last day that some model reaches without another visit."""
        return max((self.until[m][since] for m, count in enumerate(counts) if count < NEVER), default=-1)

    def fewest(self, open_days: Sequence[int]) -> float:
        """The fewest exchanges of this strut alone, with a visit on every open day."""
        counts, since = self.first(), 0
        for day in open_days:
            counts, since = self.visit(counts, since, day), day
        return min(
            (c for m, c in enumerate(counts) if c < NEVER and self.until[m][since] == self.horizon), default=NEVER
        )

    def models(self, visits: Sequence[int]) -> list[int]:
        """The model of every day, exchanged on some of the visits: fewest exchanges, then the largest least reserve.

        Source: dynamic programming over the visits.
        """
        ways: dict[int, Way] = {m: (0, -math.inf, (m,)) for m, count in enumerate(self.first()) if count < NEVER}
        days = [0, *visits]
        for since, day in itertools.pairwise(days):
            after: dict[int, Way] = {}
            for (m, way), (new, reached) in itertools.product(ways.items(), enumerate(self.reached)):
                count, short, past = way
                if self.until[m][since] < day - 1 or not reached[day]:
                    continue
                if new == m:
                    way = (count, short, (*past, new))
                elif self._swaps(m, new, count, day):
                    way = (count + 1, max(short, -self.needs.reserve(m, new, day)), (*past, new))
                else:
                    continue
                after[new] = min(way, after.get(new, way))
            ways = after
        _, _, chosen = min(way for m, way in ways.items() if self.until[m][days[-1]] == self.horizon)
        spans = zip(chosen, itertools.pairwise([*days, self.horizon]), strict=True)
        return [m for m, span in spans for _ in range(*span)][: self.needs.days + 1]


class JointSearch:
    """All struts that need exchanges, on one calendar of visits."""

    def __init__(self, struts: Sequence[StrutSearch], open_days: Sequence[int]) -> None:
        self.struts, self.open_days = struts, open_days
        self.alone = [strut.fewest(open_days) for strut in struts]
        self.days: dict[float, list[int]] = {}

    def best(self) -> tuple[tuple[int, ...], float]:
        """The days of the visits, and the reserve in mm that every exchange then leaves."""
        free = [NEVER] * len(self.struts)
        first = self._search(free, -math.inf, len(self.open_days))
        assert first is not None  # a visit on every open day would do
        visits = len(first)
        for more in itertools.count():
            works = [budgets for budgets in self._shares(more) if self._search(budgets, -math.inf, visits) is not None]
            if works:
                break
        values = sorted({reserve for strut in self.struts for reserve in self._reserves(strut)})
        low, high = 0, len(values) - 1
        best: tuple[tuple[int, ...], float] = ((), -math.inf)
        while low <= high:
            middle = (low + high) // 2
            tried = (self._search(budgets, values[middle], visits) for budgets in works)
            found = next((days for days in tried if days is not None), None)
            if found is None:
                high = middle - 1
            else:
                low, best = middle + 1, (found, values[middle])
        return best

    def _shares(self, more: int) -> Iterator[list[float]]:
        """Every way of giving out `more` exchanges beyond those that each strut needs alone."""
        for share in itertools.combinations_with_replacement(range(len(self.alone)), more):
            yield [count + share.count(k) for k, count in enumerate(self.alone)]

    def _reserves(self, strut: StrutSearch) -> Iterator[float]:
        """Every reserve that an exchange of a strut can leave."""
        for old, new in itertools.permutations(range(len(strut.reached)), 2):
            yield from (strut.needs.reserve(old, new, day) for day in self.open_days if strut.joins[new][day])

    def _search(self, budgets: Sequence[float], least: float, at_most: int) -> tuple[int, ...] | None:
        """The days of the fewest visits that carry every strut to its end in its budget and with the reserve."""
        struts = [s.bounded(budget, max(s.least, least)) for s, budget in zip(self.struts, budgets, strict=True)]
        pasts = [Past(0, tuple(strut.first() for strut in struts), ())]
        if least not in self.days:
            self.days[least] = self._days_that_differ(struts)
        days = self.days[least]
        for _ in range(at_most + 1):
            for past in pasts:
                if _lasts(struts, past) == struts[0].horizon:
                    return past.visits
            pasts = self._after_a_visit(struts, pasts, days)
        return None

    def _days_that_differ(self, struts: Sequence[StrutSearch]) -> list[int]:
        """The first open day of every run of days on which each model of each strut can do the same.

        A visit later in the run can do nothing more: a model that is reached all through is there on its first day,
        one that is not can only be left on it, and two exchanges of a strut within a run are as good as one.
        """
        marks = np.concatenate([strut.marks() for strut in struts])
        run = np.concatenate([[0], np.cumsum((marks[:, 1:] != marks[:, :-1]).any(axis=0))])
        first: dict[int, int] = {}
        for day in self.open_days:
            first.setdefault(int(run[day]), day)
        return list(first.values())

    @staticmethod
    def _after_a_visit(struts: Sequence[StrutSearch], pasts: Sequence[Past], days: Sequence[int]) -> list[Past]:
        """The pasts with one visit more on one of the days, the worse ones forgotten."""
        found = []
        for past in pasts:
            until = _lasts(struts, past)
            for day in days:
                if past.day < day <= until + 1:
                    counts = tuple(s.visit(c, past.day, day) for s, c in zip(struts, past.counts, strict=True))
                    found.append(Past(day, counts, (*past.visits, day)))
        kept: list[Past] = []
        for past in sorted(found, key=lambda past: past.visits[::-1]):
            possible = all(min(counts) < NEVER for counts in past.counts)
            if possible and not any(_as_good(struts, other, past) for other in kept):
                kept.append(past)
        return kept


def _lasts(struts: Sequence[StrutSearch], past: Past) -> int:
    """The last day that every strut reaches without another visit."""
    return min(strut.lasts(counts, past.day) for strut, counts in zip(struts, past.counts, strict=True))


def _as_good(struts: Sequence[StrutSearch], past: Past, other: Past) -> bool:
    """Whether a past, left alone until the day of a later one, has no larger count in anything."""
    return all(
        count == NEVER or (before <= count and strut.until[m][past.day] >= other.day)
        for strut, befores, counts in zip(struts, past.counts, other.counts, strict=True)
        for m, (before, count) in enumerate(zip(befores, counts, strict=True))
    )
