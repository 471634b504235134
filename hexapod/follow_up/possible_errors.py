"""What may have happened before a visit: for each kind of story the readings that it leaves, beside those taken.

A story is one mistake or one habit, such as a strut that was not turned for some days.  Each kind is a generator in the
table `KINDS`; it yields every story of its kind that fits within half a graduation on every strut, with a cost that
tells how far-fetched it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from hexapod.follow_up.reading_comparison import COST_OF_A_DAY, MOST_COST_OF_DAYS, Compared, Kind, PlannedMoment, Story
from hexapod.hardware.models import RANGE_TOLERANCE_MM

# A number misread by one in its tens, mm: the slip that long scales with a number at every centimetre invite.
MISREAD_MM = 10.0
# A pointer read at its wrong edge, or an eye beside the scale, mm: every scale reads so much high or low.
SHIFT_MM = 1.0
# So many struts off together are a story of these struts; above that it is one of all six.
MOST_STRUTS = 3
# So many days lie at most between the end of days turned wrongly or not at all and the day of the readings, where the
# struts were turned by the plan's steps since; and so many such days there are at most.
LATEST_DAYS = 14
# A story of all six struts is about a day at most so many days from today.
FARTHEST_DAYS = 30
# How much further-fetched (in units of a day's distance) a story becomes by one more strut.
COST_OF_A_STRUT = 1.5
# A story of all six struts, or of more than are told one by one, costs as much as a little over one more strut.
COST_OF_ALL = 2.0
# How far-fetched a mistake is before its days and struts are counted, in the same unit: this project's judgement, the
# commoner mistake the smaller.
COST: dict[Kind, float] = {
    "some-turned": 1.0,
    "wrong-way": 3.0,
    "exchanged": 4.0,
    "not-turned": 4.2,
    "numbered-clockwise": 4.5,
    "increments-swapped": 5.0,
    "scales-shifted": 5.0,
}
# The same for days turned wrongly or not at all, with the right steps since.
COST_OF_WRONG_DAYS = 7.0
# All six struts.
ALL = np.ones(6, bool)


def _some_turned(compared: Compared) -> Iterator[Story]:
    """Some struts have more of a day's adjustments done than others."""
    evenings, doses = compared.evenings_mm, compared.doses_mm
    steps_mm = np.concatenate([evenings[:-1, None], doses[1:]], axis=1)  # of day 1 on: the evening before, every dose
    near = compared.near(steps_mm)
    last = near.shape[1] - 1
    for number in np.flatnonzero(near.any(axis=1).all(axis=-1)):
        day, fits = int(number) + 1, near[number]
        # Readings between two of its adjustments are the plan's own; those of the evening before and of the evening
        # side by side are a story even then.
        planned = bool(fits.all(axis=-1).any())
        spans = [(0, last)] if planned else [(low, high) for low in range(last) for high in range(low + 1, last + 1)]
        spans = [
            (low, high)
            for low, high in spans
            if (fits[[0, last]] if planned else fits[low : high + 1]).any(axis=0).all()
            and not fits[low].all()
            and not fits[high].all()
        ]
        if day > compared.today or not spans:
            continue
        low, high = min(spans, key=lambda ends: (ends[1] - ends[0], -ends[1]))
        ahead = _struts(~fits[low])
        waiting = _struts(~fits[high])
        of = "today's adjustments" if day == compared.today else f"the adjustments of {compared.named(day)}"
        done = of if low == 0 and high == last else f"{of} up to number {high}" if last > 1 else of
        yet = "" if low == 0 else f" beyond number {low}"
        happened = f"{struts_named(ahead)} did {done}, and {struts_named(waiting)} not yet{yet}"
        cost = COST["some-turned"] + compared.distance(day) + COST_OF_A_DAY * (high - low)
        yield Story("some-turned", happened, day, waiting, cost, adjustments_done=low)


def _one_or_few(compared: Compared) -> Iterator[tuple[PlannedMoment, NDArray[np.bool_]]]:
    """States that fit but for one to three struts, and which are off (6,)."""
    for state, off in compared.off:
        if np.count_nonzero(off) <= MOST_STRUTS:
            yield state, off


def _misread(compared: Compared) -> Iterator[Story]:
    """One strut misread by 10 mm."""
    for state, off in _one_or_few(compared):
        k = int(np.argmax(off))
        apart_mm = abs(float(compared.read_mm[k] - state.settings_mm[k]))
        if off.sum() == 1 and abs(apart_mm - MISREAD_MM) <= compared.half_mm[k] + RANGE_TOLERANCE_MM:
            happened = (
                f"strut {k + 1} was misread by 10: {compared.read_mm[k]:g} mm, where {compared.row_named(state)} has "
                f"{state.settings_mm[k]:g} mm; the others agree"
            )
            yield Story("misread", happened, state.day, (k + 1,), 2.0 + state.cost, state.done)


def _wrong_way(compared: Compared) -> Iterator[Story]:
    """One to three struts, or all, turned the wrong way: on a day, for days, since a stage began or since day 0."""
    for state, off in compared.off:
        few = np.count_nonzero(off) <= MOST_STRUTS
        if not few and abs(state.day - compared.today) > FARTHEST_DAYS:
            continue
        starts, costs = compared.begins(state)
        if not len(starts):
            continue
        starts_mm = compared.evenings_mm[starts]
        mirrored = compared.near(2.0 * starts_mm - state.settings_mm)
        fits = (mirrored | ~off).all(axis=-1) if few else mirrored.all(axis=-1)
        for number in np.flatnonzero(fits)[:1]:
            yield _turned_wrongly(compared, state, off, int(starts[number]), float(costs[number]))
        if not fits.any() and state.done is None:
            yield from _earlier(compared, state, off if few else ALL, "wrong-way", 2.0)


def _turned_wrongly(compared: Compared, state: PlannedMoment, off: NDArray[np.bool_], start: int, cost: float) -> Story:
    since = compared.since(state, start)
    few = off.sum() <= MOST_STRUTS
    struts = _struts(off) if few else tuple(range(1, 7))
    cost += COST["wrong-way"] + state.cost + (COST_OF_A_STRUT * (len(struts) - 1) if few else COST_OF_ALL)
    if not few:
        happened = (
            f"all struts were turned the wrong way {since}; turned the right way, all six would be those of "
            f"{compared.row_named(state)}"
        )
        return Story("wrong-way", happened, state.day, struts, cost, state.done)
    k = struts[0] - 1
    if len(struts) == 1:
        happened = (
            f"strut {k + 1} was turned the wrong way {since}: from {compared.evenings_mm[start, k]:g} mm to "
            f"{compared.read_mm[k]:g} mm, where {compared.row_named(state)} has {state.settings_mm[k]:g} mm; the "
            f"others agree"
        )
    else:
        happened = f"{_were(struts)} turned the wrong way {since}; the others are those of {compared.row_named(state)}"
    return Story("wrong-way", happened, state.day, struts, cost, state.done)


def _not_turned(compared: Compared) -> Iterator[Story]:
    """One to three struts not turned for some days."""
    evenings_near = compared.near(compared.evenings_mm)
    for state, off in _one_or_few(compared):
        last = state.day - 1
        if last < 0:
            continue
        stands = evenings_near[: last + 1][:, off].all(axis=-1)
        struts = _struts(off)
        if stands.any():
            read_mm, rows_mm = compared.read_mm[off], compared.evenings_mm[: last + 1][:, off]
            apart_mm = np.where(stands, abs(rows_mm - read_mm).max(axis=-1).round(9), np.inf)
            since = last - int(np.argmin(apart_mm[::-1]))  # the last of the evenings that fit best
            days = state.day - since
            happened = (
                f"{_were(struts)} not turned for {days} day{'s' * (days > 1)}, since the evening of "
                f"{compared.named(since)}; the others are those of {compared.row_named(state)}"
            )
            cost = COST["not-turned"] + state.cost + COST_OF_A_STRUT * (len(struts) - 1)
            cost += min(COST_OF_A_DAY * days, MOST_COST_OF_DAYS)
            yield Story("not-turned", happened, state.day, struts, cost, state.done)
        elif state.done is None:
            yield from _earlier(compared, state, off, "not-turned", 1.0)


def _earlier(
    compared: Compared, state: PlannedMoment, off: NDArray[np.bool_], kind: Kind, times: float
) -> Iterator[Story]:
    """Struts wrong on some earlier days, and turned by the plan's steps since: off by `times` the way of those days."""
    if not (off.sum() == 1 or 0 <= compared.today - state.day <= 1):
        return
    off_mm = (state.settings_mm - compared.read_mm)[off]
    for end in range(state.day - 1, max(state.day - LATEST_DAYS, 1) - 1, -1):
        starts = list(range(end - 1, max(end - LATEST_DAYS, 0) - 1, -1))
        ways_mm = times * (compared.evenings_mm[end, off] - compared.evenings_mm[starts][:, off])
        fits = (abs(ways_mm - off_mm) <= compared.half_mm[off] + RANGE_TOLERANCE_MM).all(axis=-1)
        for number in np.flatnonzero(fits)[:1]:
            days, struts = int(number) + 1, _struts(off)
            what = "turned the wrong way" if kind == "wrong-way" else "not turned"
            happened = (
                f"{_were(struts)} {what} for {days} day{'s' * (days > 1)} until day {end}, and turned by the plan's "
                f"steps since; without that, all six would be those of "
                f"{compared.row_named(state)}"
            )
            few = COST_OF_A_STRUT * (len(struts) - 1) if len(struts) <= MOST_STRUTS else COST_OF_ALL
            cost = COST_OF_WRONG_DAYS + few + state.cost + COST_OF_A_DAY * (days + state.day - end)
            yield Story(kind, happened, state.day, struts, cost)
            return


def _struts(off: NDArray[np.bool_]) -> tuple[int, ...]:
    """Numbers (1 to 6) of the struts that are off."""
    return tuple(int(k) + 1 for k in np.flatnonzero(off))


def _were(struts: tuple[int, ...]) -> str:
    return "all struts were" if len(struts) == 6 else f"{struts_named(struts)} {'was' if len(struts) == 1 else 'were'}"


def _exchanged(compared: Compared) -> Iterator[Story]:
    """The readings of two struts exchanged."""
    for state, off in _one_or_few(compared):
        for i, j, order in _pairs(off):
            if compared.near_of(compared.read_mm[order], state.settings_mm).all():
                happened = (
                    f"the readings or the adjustments of struts {i + 1} and {j + 1} were exchanged; the other way "
                    f"round, all six are those of {compared.row_named(state)}"
                )
                cost = COST["exchanged"] + state.cost
                yield Story("exchanged", happened, state.day, (i + 1, j + 1), cost, state.done)


def _pairs(off: NDArray[np.bool_]) -> Iterator[tuple[int, int, NDArray[np.int_]]]:
    """Pairs of struts (from 0) among which are all that are off, and the order of six in which they are exchanged."""
    for i, j in itertools.combinations(range(6), 2):
        if off[[i, j]].sum() == off.sum():
            order = np.arange(6)
            order[[i, j]] = j, i
            yield i, j, order


def _increments_swapped(compared: Compared) -> Iterator[Story]:
    """Two struts turned by each other's steps: on a day, for some days, since a stage began or since day 0."""
    for state, off in _one_or_few(compared):
        starts, costs = compared.begins(state)
        if not len(starts):
            continue
        starts_mm = compared.evenings_mm[starts]
        steps_mm = state.settings_mm - starts_mm
        for i, j, order in _pairs(off):
            fits = np.flatnonzero(compared.near(starts_mm + steps_mm[:, order]).all(axis=-1))
            for number in fits[:1]:
                since = compared.since(state, int(starts[number]))
                happened = (
                    f"struts {i + 1} and {j + 1} were each turned by the other's steps {since}; the others are those "
                    f"of {compared.row_named(state)}"
                )
                yield Story(
                    "increments-swapped",
                    happened,
                    state.day,
                    (i + 1, j + 1),
                    COST["increments-swapped"] + float(costs[number]) + state.cost,
                    state.done,
                )


def _scales_shifted(compared: Compared) -> Iterator[Story]:
    """All six scales read 1 mm high or low."""
    for by_mm, word in ((SHIFT_MM, "high"), (-SHIFT_MM, "low")):
        for number in np.flatnonzero(compared.near(compared.settings_mm + by_mm).all(axis=-1)):
            state = compared.states[number]
            happened = (
                f"all six scales were read {SHIFT_MM:g} mm too {word}; without that they are those of "
                f"{compared.row_named(state)}"
            )
            cost = COST["scales-shifted"] + state.cost
            yield Story("scales-shifted", happened, state.day, (1, 2, 3, 4, 5, 6), cost, state.done)


def _numbered_clockwise(compared: Compared) -> Iterator[Story]:
    """The readings listed in the other direction around the ring, from any strut."""
    as_read = compared.near(compared.settings_mm).all(axis=-1)
    for first in range(6):
        order = [(first - k) % 6 for k in range(6)]
        fits = compared.near_of(compared.read_mm[order], compared.settings_mm).all(axis=-1) & ~as_read
        for number in np.flatnonzero(fits)[:1]:
            state = compared.states[number]
            listed = ", ".join(str(k + 1) for k in order)
            happened = (
                f"the struts were counted clockwise and the readings listed from strut {first + 1} ({listed}); in the "
                f"plan's order, all six are those of {compared.row_named(state)}"
            )
            cost = COST["numbered-clockwise"] + state.cost + (0.0 if first in (0, 5) else 0.5)
            yield Story("numbered-clockwise", happened, state.day, (1, 2, 3, 4, 5, 6), cost, state.done)


# Every kind of story that the plan's own rows do not tell, with its generator.
KINDS: dict[Kind, Callable[[Compared], Iterator[Story]]] = {
    "some-turned": _some_turned,
    "misread": _misread,
    "wrong-way": _wrong_way,
    "exchanged": _exchanged,
    "not-turned": _not_turned,
    "numbered-clockwise": _numbered_clockwise,
    "increments-swapped": _increments_swapped,
    "scales-shifted": _scales_shifted,
}


def struts_named(struts: tuple[int, ...]) -> str:
    """Struts in words.

    >>> struts_named((3,)), struts_named((1, 4, 6))
    ('strut 3', 'struts 1, 4 and 6')
    """
    if len(struts) == 1:
        return f"strut {struts[0]}"
    return f"struts {', '.join(map(str, struts[:-1]))} and {struts[-1]}"
