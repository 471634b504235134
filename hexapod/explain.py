"""The likeliest explanation of six readings taken during treatment: the row of a day, or one slip away from it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hexapod.geometry.transforms import Array
from hexapod.hardware.catalogue import Catalogue
from hexapod.hardware.models import RANGE_TOLERANCE_MM, Strut
from hexapod.plan import LevelPlan, Row

Kind = Literal["on-schedule", "behind", "ahead", "misread", "wrong-way", "exchanged", "unexplained"]

# The readings are the plan's own, of today or of another day.
PLANNED: frozenset[Kind] = frozenset({"on-schedule", "behind", "ahead"})
# The readings are probably not what the scales show: nothing should be built on them before they are read again.
DOUBTFUL: frozenset[Kind] = frozenset({"misread", "exchanged"})
# A number misread by one in its tens, mm: the slip that long scales with a number at every centimetre invite.
MISREAD_MM = 10.0


@dataclass(frozen=True)
class Explanation:
    """Why six readings are what they are.

    `day` is the plan's day to which they belong (apart from the slip, if there is one), None when no day fits.
    `adjustments_done` counts the adjustments of that day that are done, None when all are.  `struts` (1 to 6) are those
    with the slip, or, when nothing explains the readings, those that are off.
    """

    kind: Kind
    told: str
    day: int | None
    struts: tuple[int, ...] = ()
    adjustments_done: int | None = None


@dataclass(frozen=True)
class _Compared:
    """Readings beside a plan, as lengths in mm, because exchanged struts may count on another scale.

    `evenings_mm` (n, 6) and `doses_mm` (n, m, 6) are what the rows' settings mean on that day's models; `half_mm` (6,)
    half a graduation; `settings_mm` the readings on `struts`, the models of day `today`.
    """

    rows: tuple[Row, ...]
    evenings_mm: Array
    doses_mm: Array
    half_mm: Array
    today: int
    struts: tuple[Strut, ...]
    settings_mm: tuple[float, ...]

    @property
    def read_mm(self) -> Array:
        """Lengths (6,) of the readings."""
        return _lengths(self.struts, self.settings_mm)

    def fit(self, read_mm: Array, planned_mm: Array) -> bool:
        """Whether six lengths are six others within half a graduation, ends included."""
        return bool((abs(read_mm - planned_mm) <= self.half_mm + RANGE_TOLERANCE_MM).all())

    def nearest_first(self) -> list[int]:
        """All days by their distance from today; of two as near the earlier first, since missed days are commoner."""
        return sorted(range(len(self.rows)), key=lambda day: (abs(day - self.today), day))

    def named(self, day: int) -> str:
        """A day with its date."""
        return f"day {day} ({self.rows[day].date.isoformat()})"


def explain(level: LevelPlan, today: int, settings_mm: tuple[float, ...], catalogue: Catalogue) -> Explanation:
    """What explains readings (six, mm, on the scales of the models of day `today`) by the rows of a level's plan.

    The first that fits of: today's row; today's row after some of its adjustments; the row of another day, nearest to
    today first; another day's row after some of its adjustments; then, for today and after it for every other day,
    nearest first: one strut misread by 10 mm, one strut turned the wrong way, two readings exchanged.  Half a
    graduation is the tolerance of every strut, everywhere.
    """
    compared = _compare(level, today, settings_mm, catalogue)
    for day in compared.nearest_first():
        if compared.fit(compared.read_mm, compared.evenings_mm[day]):
            if day == today - 1 or day == today:
                return _planned(compared, day, None)
            return _partly_done(compared, today) or _planned(compared, day, None)
    for day in compared.nearest_first():
        if found := _partly_done(compared, day):
            return found
    for day in compared.nearest_first():
        if slips := list(_slips(compared, day)):
            return _first_of(slips)
    return _unexplained(compared)


def fitted_struts(level: LevelPlan, day: int, catalogue: Catalogue) -> tuple[Strut, ...]:
    """The struts that the plan has on a day; a strut of the case file's own is never exchanged."""
    assert level.frame is not None
    started = level.frame.setup.struts
    names = level.rows[day].models
    return tuple(one if one.name == name else catalogue.strut(name) for one, name in zip(started, names, strict=True))


def _compare(level: LevelPlan, today: int, settings_mm: tuple[float, ...], catalogue: Catalogue) -> _Compared:
    struts = [fitted_struts(level, row.day, catalogue) for row in level.rows]
    doses = len(level.rows[-1].doses_mm) or 1
    return _Compared(
        rows=level.rows,
        evenings_mm=np.array([_lengths(struts[row.day], row.settings_mm) for row in level.rows]),
        doses_mm=np.array(
            [
                [_lengths(struts[row.day], dose) for dose in row.doses_mm or (row.settings_mm,) * doses]
                for row in level.rows
            ]
        ),
        half_mm=np.array([strut.graduation_mm / 2.0 for strut in struts[today]]),
        today=today,
        struts=struts[today],
        settings_mm=settings_mm,
    )


def _lengths(struts: tuple[Strut, ...], settings_mm: tuple[float, ...]) -> Array:
    return np.array([strut.length(setting) for strut, setting in zip(struts, settings_mm, strict=True)])


def _planned(compared: _Compared, day: int, done: int | None) -> Explanation:
    """The readings are those of a day, or those after `done` of its adjustments."""
    late = compared.today - day
    kind: Kind = "on-schedule" if late == 0 else "behind" if late > 0 else "ahead"
    days = f"{abs(late)} day{'s' if abs(late) > 1 else ''}"
    head = "On schedule" if late == 0 else f"{days} {kind}"
    which = compared.named(day)
    if done is not None:
        of = "today's adjustments" if late == 0 else f"the adjustments of {which}"
        return Explanation(kind, f"{head}: {of} are done up to number {done}.", day, adjustments_done=done)
    told = f"{head}: these are the readings of {which}"
    told += "." if late == 0 else f", not of {compared.named(compared.today)}."
    if late == 1:
        told += f" Before the adjustments of day {compared.today} are begun, that is right."
    return Explanation(kind, told, day)


def _partly_done(compared: _Compared, day: int) -> Explanation | None:
    """The readings are those after some but not all adjustments of a day; the nearest, and of equals the last one."""
    doses = compared.doses_mm[day][:-1]
    fitting = [number for number, dose in enumerate(doses, 1) if compared.fit(compared.read_mm, dose)]
    if not fitting:
        return None
    off = {number: float(abs(compared.read_mm - doses[number - 1]).max()) for number in fitting}
    done = max(fitting, key=lambda number: (-round(off[number], 9), number))
    return _planned(compared, day, done)


def _slips(compared: _Compared, day: int) -> Iterator[Explanation]:
    """Every single slip after which the readings are the row of a day."""
    row = compared.evenings_mm[day]
    which = "today's row" if day == compared.today else f"the row of {compared.named(day)}"
    off = abs(compared.read_mm - row) > compared.half_mm + RANGE_TOLERANCE_MM
    if off.sum() == 1:
        k = int(np.argmax(off))
        right = compared.struts[k].setting(float(row[k]))
        if abs(abs(compared.read_mm[k] - row[k]) - MISREAD_MM) <= compared.half_mm[k] + RANGE_TOLERANCE_MM:
            told = f"strut {k + 1} was misread by 10: {compared.settings_mm[k]:g} mm, where {which} has {right:g} mm"
            yield Explanation("misread", f"{told}; the others agree", day, (k + 1,))
        for start, since in _turned_since(compared, day):
            mirrored = 2.0 * compared.evenings_mm[start, k] - row[k]
            if abs(compared.read_mm[k] - mirrored) <= compared.half_mm[k] + RANGE_TOLERANCE_MM:
                from_mm = compared.struts[k].setting(float(compared.evenings_mm[start, k]))
                told = (
                    f"strut {k + 1} was turned the wrong way {since}: from {from_mm:g} mm to "
                    f"{compared.settings_mm[k]:g} mm, where {which} has {right:g} mm; the others agree"
                )
                yield Explanation("wrong-way", told, day, (k + 1,))
                break
    for i, j in itertools.combinations(range(len(compared.struts)), 2):
        swapped = list(compared.settings_mm)
        swapped[i], swapped[j] = swapped[j], swapped[i]
        if compared.fit(_lengths(compared.struts, tuple(swapped)), row):
            told = (
                f"the readings or the adjustments of struts {i + 1} and {j + 1} were exchanged; the other way round, "
                f"all six are those of {which}"
            )
            yield Explanation("exchanged", told, day, (i + 1, j + 1))


def _turned_since(compared: _Compared, day: int) -> Iterator[tuple[int, str]]:
    """Evenings from which a strut may have been turned the wrong way, likeliest first.

    A stage that begins may reverse a strut, so its start comes first; then today alone; then the whole treatment.
    """
    if day == 0:
        return
    start = day
    while start > 0 and (compared.evenings_mm[start] == compared.evenings_mm[day]).all():
        start -= 1  # through days that only held
    stage = compared.rows[start + 1].stage
    while start > 0 and compared.rows[start].stage == stage:
        start -= 1
    yield start, f"since stage '{stage}' began, after day {start}"
    yield day - 1, f"on day {day}"
    yield 0, "since day 0"


def _first_of(slips: list[Explanation]) -> Explanation:
    """The likeliest slip, naming the others that would do as well."""
    first, *others = slips
    told = f"Probably {first.told}."
    if others:
        told += f" It could also be: {'; or: '.join(other.told for other in others)}."
    told += " Read all six scales again." if first.kind in DOUBTFUL else " Read that strut again."
    return Explanation(first.kind, told, first.day, first.struts)


def _unexplained(compared: _Compared) -> Explanation:
    off_mm = np.array(compared.settings_mm) - [
        strut.setting(float(length))
        for strut, length in zip(compared.struts, compared.evenings_mm[compared.today], strict=True)
    ]
    struts = [k for k in range(len(off_mm)) if abs(off_mm[k]) > compared.half_mm[k] + RANGE_TOLERANCE_MM]
    listed = ", ".join(f"strut {k + 1} by {off_mm[k]:+g} mm" for k in struts)
    told = (
        f"None of the usual explanations fits: the frame has slipped, or several readings are wrong. Off the row of "
        f"{compared.named(compared.today)}: {listed}. Read all six scales again, and look whether every clamp holds."
    )
    return Explanation("unexplained", told, None, tuple(k + 1 for k in struts))
