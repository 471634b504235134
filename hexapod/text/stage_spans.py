"""The days of the stages of a plan with their dates, as data and in words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from hexapod.plan.make_plan import LevelPlan


@dataclass(frozen=True)
class Span:
    """The days of a stage, counted from day 0 of the plan, and their dates."""

    first_day: int
    last_day: int
    first_date: datetime.date
    last_date: datetime.date


def spans(level: LevelPlan) -> list[Span]:
    """Days and dates of the stages of a level, in order, as planned."""
    days = [(part.first_day + 1, part.last_day) for part in level.stages if part.stage is not None]
    return [Span(first, last, level.rows[first].date, level.rows[last].date) for first, last in days]


def span_words(span: Span) -> str:
    """The days of a stage with their dates: how many, which, when.

    >>> span_words(Span(8, 16, datetime.date(2026, 3, 9), datetime.date(2026, 3, 17)))
    '9 days: day 8 to 16, Mon 9 Mar to Tue 17 Mar 2026'
    >>> span_words(Span(8, 8, datetime.date(2026, 3, 9), datetime.date(2026, 3, 9)))
    '1 day: day 8, Mon 9 Mar 2026'
    """
    count = span.last_day - span.first_day + 1
    last = f"{span.last_date:%a} {span.last_date.day} {span.last_date:%b %Y}"
    if count == 1:
        return f"1 day: day {span.first_day}, {last}"
    same_year = span.first_date.year == span.last_date.year
    first = f"{span.first_date:%a} {span.first_date.day} {span.first_date:%b}"
    first += "" if same_year else f" {span.first_date:%Y}"
    return f"{count} days: day {span.first_day} to {span.last_day}, {first} to {last}"
