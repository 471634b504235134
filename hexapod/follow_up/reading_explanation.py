"""The likeliest explanation of six readings taken during treatment, what else fits them, and which struts are on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexapod.errors import CatalogueError, HexapodError
from hexapod.follow_up.possible_errors import KINDS, struts_named
from hexapod.follow_up.reading_comparison import Compared, Kind, Story
from hexapod.geometry.transforms import Array
from hexapod.hardware.catalogue import Catalogue
from hexapod.hardware.models import Strut
from hexapod.plan.make_plan import LevelPlan

# The readings are the plan's own, of today or of another day.
PLANNED: frozenset[Kind] = frozenset({"on-schedule", "behind", "ahead"})
# The readings are probably not what the scales show: nothing should be built on them before they are read again.
DOUBTFUL: frozenset[Kind] = frozenset({"misread", "exchanged", "numbered-clockwise", "scales-shifted"})
# Readings of today's or yesterday's row are as the plan wants them on a day of a visit: nothing else is asked.
MORNING_DAYS = 1
# A mistake and so many missed days are still told beside readings of the plan's own, of a day as far away.
LATE_DAYS = 3
# Stories that are at most so much further-fetched (in units of a day's distance) are as likely as the first.
AS_LIKELY_COST = 4.0
# Those that are more than so much further-fetched are not told.
WORTH_TELLING_COST = 8.0


@dataclass(frozen=True)
class Explanation:
    """Why six readings are what they are.

    `told` is the sentence.  `day` is the plan's day to which they belong (apart from the slip, if there is one), None
    when no day fits.  `adjustments_done` counts the adjustments of that day that are done, None when all are.
    `struts` (1 to 6) are those with the slip, or, when nothing explains the readings, those that are off.
    `alternatives` fit as well, the likeliest first; they have none themselves.  `asks` says what must be settled before
    a new plan is built on these readings; empty when nothing is.
    """

    kind: Kind
    sentence: str
    day: int | None
    struts: tuple[int, ...] = ()
    adjustments_done: int | None = None
    alternatives: tuple[Explanation, ...] = ()
    asks: str = ""


def explain(
    level: LevelPlan,
    today: int,
    settings_mm: tuple[float, ...],
    struts: tuple[Strut, ...] | None = None,
) -> Explanation:
    """What explains readings (six, mm, on the scales of `struts`, else of the models of day `today`) by a level's plan.

    The plan's own readings come first: today's row; today's row after some of its adjustments; the row of another day,
    nearest to today first; another day's row after some of its adjustments.  Then comes the least
    far-fetched story (`possible_errors.KINDS`).  What else fits is among the `alternatives`, one for each kind and its
    struts.  The tolerance is half a graduation on every strut.
    """
    compared = _compare(level, today, settings_mm, struts)
    planned = _by_the_plan(compared)
    if planned is not None and planned.kind == "on-schedule" and planned.adjustments_done is None:
        return planned
    # A mistake, and turned beyond today as well, is told of nobody: such readings are to be taken again.
    found = [story for kind in KINDS.values() for story in kind(compared) if story.day <= today]
    if planned is not None:
        stories = _likeliest_first(story for story in found if _as_near(compared, story, planned))
        others = tuple(map(_as_alternative, stories))
        return replace(planned, alternatives=others, asks=_asks(compared, planned, stories))
    stories = _likeliest_first(found)
    if not stories:
        return _unexplained(compared)
    stories = [story for story in stories if story.cost <= stories[0].cost + WORTH_TELLING_COST]
    first = _probably(stories[0])
    others = tuple(map(_as_alternative, stories[1:]))
    as_likely = [story for story in stories[1:] if story.cost <= stories[0].cost + AS_LIKELY_COST]
    return replace(first, alternatives=others, asks=_asks(compared, first, as_likely))


def _compare(
    level: LevelPlan, today: int, settings_mm: tuple[float, ...], struts: tuple[Strut, ...] | None
) -> Compared:
    on = struts or level.rows[today].struts
    doses = len(level.last.doses_mm) or 1
    models = [row.struts for row in level.rows]
    doses_mm = [row.doses_mm or (row.settings_mm,) * doses for row in level.rows]
    return Compared(
        rows=level.rows,
        evenings_mm=_shown_by_day(on, models, np.array([[row.settings_mm] for row in level.rows]))[:, 0],
        doses_mm=_shown_by_day(on, models, np.array(doses_mm)),
        half_mm=np.array([strut.graduation_mm / 2.0 for strut in on]),
        today=today,
        struts=on,
        read_mm=np.array(settings_mm, float),
    )


def shown_on(on: tuple[Strut, ...], planned: tuple[Strut, ...], settings_mm: tuple[float, ...]) -> tuple[float, ...]:
    """Six settings in mm on the plan's struts as the struts that are `on` show the same lengths."""
    return tuple(
        setting if mine == theirs else mine.setting(theirs.length(setting))
        for mine, theirs, setting in zip(on, planned, settings_mm, strict=True)
    )


def _shown_by_day(on: tuple[Strut, ...], models: list[tuple[Strut, ...]], settings_mm: Array) -> Array:
    """`shown_on` of settings (n, m, 6) on the models of each day."""
    shown_mm = settings_mm.copy()
    for k, mine in enumerate(on):
        for theirs in {id(struts[k]): struts[k] for struts in models}.values():
            if theirs != mine:
                days = [day for day, struts in enumerate(models) if struts[k] is theirs]
                lengths_mm = theirs.scale_direction * settings_mm[days, :, k] + theirs.scale_offset_mm
                shown_mm[days, :, k] = mine.settings(lengths_mm)
    return shown_mm


def _by_the_plan(compared: Compared) -> Explanation | None:
    """The plan's own readings, None when they are none."""
    for day in compared.nearest_first():
        if compared.near(compared.evenings_mm[day]).all():
            if day == compared.today - 1 or day == compared.today:
                return _planned(compared, day, None)
            return _partly_done(compared, compared.today) or _planned(compared, day, None)
    for day in compared.nearest_first():
        if found := _partly_done(compared, day):
            return found
    return None


def _planned(compared: Compared, day: int, done: int | None) -> Explanation:
    """The readings are those of a day, or those after `done` of its adjustments."""
    late = compared.today - day
    kind: Kind = "on-schedule" if late == 0 else "behind" if late > 0 else "ahead"
    days = f"{abs(late)} day{'s' if abs(late) > 1 else ''}"
    head = "On schedule" if late == 0 else f"{days} {kind}"
    which = compared.named(day)
    if done is not None:
        of = "today's adjustments" if late == 0 else f"the adjustments of {which}"
        return Explanation(kind, f"{head}: {of} are done up to number {done}.", day, adjustments_done=done)
    text = f"{head}: these are the readings of {which}"
    text += "." if late == 0 else f", not of {compared.named(compared.today)}."
    if late == 1:
        text += f" Before the adjustments of day {compared.today} are begun, that is right."
    return Explanation(kind, text, day)


def _partly_done(compared: Compared, day: int) -> Explanation | None:
    """The readings are those after some but not all adjustments of a day; the nearest, and of equals the last one."""
    doses = compared.doses_mm[day][:-1]
    fitting = [number for number, dose in enumerate(doses, 1) if compared.near(dose).all()]
    if not fitting:
        return None
    off = {number: float(abs(compared.read_mm - doses[number - 1]).max()) for number in fitting}
    done = max(fitting, key=lambda number: (-round(off[number], 9), number))
    return _planned(compared, day, done)


def _likeliest_first(stories: Iterable[Story]) -> list[Story]:
    """Of the stories of one kind about the same struts only the least far-fetched, the least far-fetched first."""
    kept: dict[tuple[Kind, tuple[int, ...], str], Story] = {}
    for story in sorted(stories, key=lambda one: one.cost):
        # Clockwise from another strut, or read high instead of low, is another story of the same struts.
        other = story.happened.split(";")[0] if len(story.struts) == 6 and story.kind != "wrong-way" else ""
        kept.setdefault((story.kind, story.struts, other), story)
    return list(kept.values())


def _as_near(compared: Compared, story: Story, planned: Explanation) -> bool:
    """Whether a story beside the plan's own readings is about a day as near to today, and near: else it is two."""
    assert planned.day is not None
    far = min(max(MORNING_DAYS, abs(compared.today - planned.day)), LATE_DAYS)
    return compared.today - far <= story.day <= max(compared.today, planned.day)


def _probably(story: Story) -> Explanation:
    """A story as the explanation itself."""
    if story.kind == "some-turned":
        rest = "Look what is still to be turned today, then read all six scales again."
    elif story.kind in DOUBTFUL:
        rest = "Read all six scales again."
    elif len(story.struts) == 1:
        rest = "Read that strut again, and look whether its clamp holds."
    else:
        rest = "Read these struts again, and look whether their clamps hold."
    return Explanation(
        story.kind, f"Probably {story.happened}. {rest}", story.day, story.struts, story.adjustments_done
    )


def _as_alternative(story: Story) -> Explanation:
    text = f"{story.happened[0].upper()}{story.happened[1:]}."
    return Explanation(story.kind, text, story.day, story.struts, story.adjustments_done)


def _asks(compared: Compared, first: Explanation, others: list[Story]) -> str:
    """What must be settled before a new plan starts from the readings: empty when every story leads to the same one.

    Two things make a difference: whether the scales show these numbers at all (and the frame therefore has these
    lengths), and which stage the treatment has reached.  Readings of yesterday's or today's row are what a visit
    expects, so nothing is asked.  Those of another day are believed over two mistakes at once, and over scales read
    1 mm off, which is rarer and changes lengths by no more than that; but not over another mistake with such readings.
    """
    assert first.day is not None
    if first.kind in DOUBTFUL:
        return "The readings are probably wrong: read all six scales again."
    if first.kind in PLANNED:
        if _expected(compared, first.day):
            return ""
        others = [one for one in others if _expected(compared, one.day) and one.kind != "scales-shifted"]
    doubtful = next((story for story in others if story.kind in DOUBTFUL), None)
    if doubtful is not None:
        return f"It may also be that {doubtful.happened}: read all six scales again."
    if first.kind in PLANNED:
        return ""
    here = compared.rows[first.day].stage
    elsewhere = next((story for story in others if compared.rows[story.day].stage != here), None)
    if elsewhere is None:
        return ""
    return (
        f"It may also be that {elsewhere.happened}: then stage '{compared.rows[elsewhere.day].stage}' is reached and "
        f"not '{here}'. Look which adjustments were done."
    )


def _expected(compared: Compared, day: int) -> bool:
    """Whether readings of a day are what a visit expects: of today, or of yesterday in the morning."""
    return 0 <= compared.today - day <= MORNING_DAYS


def _unexplained(compared: Compared) -> Explanation:
    off_mm = compared.read_mm - compared.evenings_mm[compared.today]
    struts = np.flatnonzero(~compared.near(compared.evenings_mm[compared.today]))
    listed = ", ".join(f"strut {k + 1} by {off_mm[k]:+g} mm" for k in struts)
    text = (
        f"None of the usual explanations fits: the frame has slipped, or several readings are wrong. Off the row of "
        f"{compared.named(compared.today)}: {listed}. Read all six scales again, and look whether every clamp holds."
    )
    return Explanation("unexplained", text, None, tuple(int(k) + 1 for k in struts))


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

    sentence: str
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
    text = f"The plan changes out {which} on day {dated}, {between}. {fits}. {rest}"
    done, not_yet = level.rows[last].models, level.rows[first].models
    answers = Fitted(done, f"changed out, as planned from day {days[-1]}"), Fitted(not_yet, "not yet changed out")
    return Asked(text, answers, needed)
