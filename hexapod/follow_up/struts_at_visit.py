"""Which struts are on the frame at a visit: as they are said, or as the readings leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hexapod.errors import CatalogueError, HexapodError
from hexapod.follow_up.possible_errors import struts_named
from hexapod.follow_up.reading_explanation import Explanation, explain
from hexapod.hardware.catalogue import Catalogue
from hexapod.hardware.models import Strut
from hexapod.plan.make_plan import LevelPlan

# How a strut of the case file's own is named, as in the rows of a plan.
OWN = "own"
# So many days around an exchange it may have been done early or late: there it is told when the readings fit with both.
NEAR_DAYS = 7
NEITHER = "The readings fit neither with the struts before the change-out nor with those after it"
EITHER = "The readings fit with the struts before the change-out and with those after it"


@dataclass(frozen=True)
class Fitted:
    """Six models that may be on, struts 1 to 6, and when the plan has them, in words."""

    models: tuple[str, ...]
    when: str


@dataclass(frozen=True)
class Asked:
    """The question which struts are on: why it is asked, and the likeliest answers.

    Nothing goes on without an answer where it is `needed`; else it is only told that the readings leave it open.
    """

    told: str
    answers: tuple[Fitted, ...]
    needed: bool = True


def struts_on(started: Sequence[Strut], names: Sequence[str], catalogue: Catalogue) -> tuple[Strut, ...]:
    """The struts of six names on a level that began with `started`; `own` is the case file's own in that place.

    Raises:
        HexapodError: not six names, `own` where the case has none, or a model that the catalogue does not have.
    """
    if len(names) != len(started):
        raise HexapodError(
            f"Give six models, struts 1 to 6, not {len(names)}; the case began with "
            f"{','.join(strut.name for strut in started)}."
        )
    found = []
    for number, (name, before) in enumerate(zip(names, started, strict=True), 1):
        if name == before.name:
            found.append(before)
            continue
        if name == OWN:
            raise HexapodError(
                f"Strut {number} cannot be {OWN}: the case has {before.name} there. Name a model of the catalogue."
            )
        try:
            found.append(catalogue.strut(name))
        except CatalogueError as error:
            raise HexapodError(f"Strut {number}: {error}") from error
    return tuple(found)


def which_struts(
    level: LevelPlan, today: int, settings_mm: tuple[float, ...]
) -> tuple[tuple[Strut, ...], Explanation, Asked | None]:
    """The struts that readings were most likely taken on when nobody said so, what explains them, and what is asked.

    The calendar's struts are taken, but where they explain nothing and those before or after the nearest exchange do,
    those.  It is asked when the day of the readings and today lie on both sides of an exchange.
    """
    scheduled = level.rows[today].struts
    found = explain(level, today, settings_mm)
    fitting: dict[int, tuple[tuple[Strut, ...], Explanation]] = {}
    for day in _beside(level, today):
        others = level.rows[day].struts
        if all(one.reads(mm) for one, mm in zip(others, settings_mm, strict=True)):
            other = explain(level, today, settings_mm, others)
            if other.kind != "unexplained":
                fitting[day] = others, other
    if found.kind == "unexplained" and fitting:
        day, (struts, other) = next(iter(fitting.items()))
        return struts, other, _asked(level, today, day, f"The readings fit only with the struts of day {day}")
    if found.day is None:
        near = [day for day in _beside(level, today) if abs(day - today) <= NEAR_DAYS]
        return scheduled, found, _asked(level, today, near[0], NEITHER, needed=False) if near else None
    if level.rows[found.day].models != level.rows[today].models:
        either = any(level.rows[day].models == level.rows[found.day].models for day in fitting)
        fits = EITHER if either else "The readings fit with the plan's struts of today"
        return scheduled, found, _asked(level, today, found.day, fits)
    near = [day for day in fitting if abs(day - today) <= NEAR_DAYS]
    return scheduled, found, _asked(level, today, near[0], EITHER, needed=False) if near else None


def _beside(level: LevelPlan, today: int) -> list[int]:
    """The nearest days before and after today on which the plan has other struts, the earlier first."""
    models, rows = level.rows[today].models, level.rows
    before = next((row.day for row in reversed(rows[:today]) if row.models != models), None)
    after = next((row.day for row in rows[today:] if row.models != models), None)
    return [day for day in (before, after) if day is not None]


def _asked(level: LevelPlan, today: int, day: int, fits: str, *, needed: bool = True) -> Asked:
    """The question; `day` has the other struts, on which the readings may have been taken."""
    first, last = sorted((day, today))
    changed = [one for one in level.exchanges if first < one.planned_day <= last]
    which = struts_named(tuple(sorted({one.strut for one in changed})))
    days = sorted({one.planned_day for one in changed})
    dated = " and ".join(f"{one} ({level.rows[one].date.isoformat()})" for one in days)
    between = f"between day {first} and day {last}; today is day {today}"
    rest = "Enter which struts are on the frame before going on." if needed else "Check which are on."
    told = f"The plan changes out {which} on day {dated}, {between}. {fits}. {rest}"
    done, not_yet = level.rows[last].models, level.rows[first].models
    answers = Fitted(done, f"changed out, as planned from day {days[-1]}"), Fitted(not_yet, "not yet changed out")
    return Asked(told, answers, needed)
