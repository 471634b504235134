"""What is sent from home, judged at once: the patient is told `right` or `stop`, the clinic sees which and why.

Readings are right when they are those of the plan at the moment at which they were taken: not an adjustment behind,
not one ahead.  All else stops the patient, whatever the likeliest explanation is.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from hexapod.errors import HexapodError
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.hardware.models import RANGE_TOLERANCE_MM
from hexapod.home.messages import AnswersPost, DosePost, Post, ReadingsPost
from hexapod.library import HomeReport
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.plan.plan_file import FrameAdjustment, adjustment_times, turns_at

Six = tuple[float, ...]


@dataclass(frozen=True)
class Today:
    """A hexapod on a day: its adjustments, and what its scales read before the first and after each (mm)."""

    adjustments: tuple[FrameAdjustment, ...]
    moments_mm: tuple[Six, ...]
    half_mm: Six

    def counts(self, settings_mm: Sequence[float]) -> list[int]:
        """After how many of the adjustments the scales read so, within half a mark; none when after no one."""
        return [count for count, planned in enumerate(self.moments_mm) if self.near(settings_mm, planned)]

    def near(self, settings_mm: Sequence[float], planned_mm: Sequence[float]) -> bool:
        """Whether six readings are those planned, within half a mark."""
        sixes = zip(settings_mm, planned_mm, self.half_mm, strict=True)
        return all(abs(read - planned) <= half + RANGE_TOLERANCE_MM for read, planned, half in sixes)


def on_day(level: LevelPlan, date: datetime.date) -> Today:
    """A hexapod on a date of its plan; after its own last day, as on that day's evening."""
    day = min((date - level.rows[0].date).days, level.last.day)
    row = level.rows[day]
    mine = tuple(one for one in turns_at(level, adjustment_times(level.entered)) if one.date == date)
    first = mine[0].before_mm if mine else row.settings_mm
    half = tuple(strut.graduation_mm / 2.0 for strut in row.struts)
    return Today(mine, (first, *(one.settings_mm for one in mine)), half)


def due(times: Sequence[datetime.time], now: datetime.time) -> tuple[int, int]:
    """How many adjustments must be done at a time of the day, and how many may be.

    One may be done from half way between the time before and its own, the first from midnight on; it must be done when
    the next one's time comes, for then nobody catches up on it without the clinic.

    >>> eight, two, eight_pm = datetime.time(8), datetime.time(14), datetime.time(20)
    >>> [due([eight, two, eight_pm], datetime.time(hour)) for hour in (7, 10, 11, 14, 17, 20, 23)]
    [(0, 1), (0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (2, 3)]
    """
    if not times:
        return 0, 0
    at, first, *later = (_minutes(time) for time in (now, *times))
    half_ways = [(before + mine) / 2.0 for before, mine in itertools.pairwise((first, *later))]
    return sum(at >= one for one in later), 1 + sum(at >= one for one in half_ways)


def _minutes(time: datetime.time) -> int:
    return time.hour * 60 + time.minute


def judge(plan: Plan, post: Post) -> HomeReport:
    """What a message says, judged against the plan.

    Raises:
        HexapodError: the message is about a day, a hexapod, an adjustment or a reading that the plan does not have.
    """
    moment = post.moment
    last = max(level.last.date for level in plan.levels)
    if not plan.case.first_day <= moment.date() <= last:
        raise HexapodError("This message is of a day that the plan does not have.")
    if isinstance(post, AnswersPost):
        return HomeReport(
            moment.date(),
            post.at,
            "answers",
            post.model_dump(mode="json"),
            signs=tuple(post.signs),
            pain=post.pain,
            note=post.note,
        )
    if post.level >= len(plan.levels):
        raise HexapodError("The plan has no such hexapod.")
    today = on_day(plan.levels[post.level], moment.date())
    if isinstance(post, ReadingsPost):
        return _readings(plan, post, today, tuple(post.settings_mm))
    adjustment, settings_mm = _after(post, today)
    if any(one.said == "later" for one in post.struts) and today.near(
        settings_mm, tuple(_left(post, adjustment, k) for k in range(6))
    ):
        planned = adjustment.settings_mm
        content = post.model_dump(mode="json")
        return HomeReport(moment.date(), post.at, "later", content, post.level, settings_mm, planned)
    return _readings(plan, post, today, settings_mm, adjustment.settings_mm)


def _after(post: DosePost, today: Today) -> tuple[FrameAdjustment, Six]:
    """The adjustment of a message, and what six scales read when it is done as it was said."""
    if post.number > len(today.adjustments):
        raise HexapodError("The plan has no such adjustment on that day.")
    adjustment = today.adjustments[post.number - 1]
    turned = [k for k, longer in enumerate(adjustment.longer_mm, 1) if longer]
    if sorted(one.strut for one in post.struts) != turned:
        raise HexapodError("The plan turns other struts at that time.")
    if any((one.said == "reads") != (one.reads_mm is not None) for one in post.struts):
        raise HexapodError("A scale that reads otherwise comes with its reading, and no other does.")
    settings = [_left(post, adjustment, k) for k in range(6)]
    for one in post.struts:
        if one.reads_mm is not None:
            settings[one.strut - 1] = one.reads_mm
    return adjustment, tuple(settings)


def _left(post: DosePost, adjustment: FrameAdjustment, index: int) -> float:
    """What a scale reads when its strut was turned as planned, or left for later."""
    later = any(one.strut == index + 1 and one.said == "later" for one in post.struts)
    return (adjustment.before_mm if later else adjustment.settings_mm)[index]


def _readings(
    plan: Plan, post: DosePost | ReadingsPost, today: Today, settings_mm: Six, planned_mm: Six = ()
) -> HomeReport:
    """Six readings judged by the follow-up's explanation, and by what was due at that time of the day."""
    moment = post.moment
    found = follow_up(plan, moment.date(), settings_mm, post.level)
    must, may = due([one.time for one in today.adjustments], moment.time())
    counts = today.counts(settings_mm)
    right = [count for count in counts if must <= count <= may]
    explanation = found.explanation
    kind, why = str(explanation.kind), explanation.sentence
    if right:
        kind, why = "on-schedule", "On schedule."
    elif counts:
        kind = "behind" if max(counts) < must else "ahead"
        why = (
            f"{'Behind' if kind == 'behind' else 'Ahead'} within the day: at {moment:%H:%M} the adjustments up to "
            f"number {must} were due and none after number {may}; the readings are those after number {max(counts)}."
        )
    elif found.asked is not None:
        why = f"{why} {found.asked.sentence}"
    done = max(right) if right else None
    near = today.moments_mm[min(max(must, done or 0), len(today.moments_mm) - 1)]
    return HomeReport(
        moment.date(),
        post.at,
        "right" if right else "stop",
        post.model_dump(mode="json"),
        post.level,
        settings_mm,
        planned_mm or near,
        kind,
        why,
        explanation.struts if not right else (),
        done=done,
    )
