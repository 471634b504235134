"""What stands in the calendar: adjustments, clinic visits, and the days on which something ends, in words.

Each entry's UID is made from the case's id, limb, level, date, kind and number of the adjustment, never from the plan:
the entry of a new plan for the same adjustment has the UID of the old one and replaces it.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from hexapod.case.model import Case
from hexapod.documents.calendar.text import Words
from hexapod.plan.adjustments import Turn, turns
from hexapod.plan.make_plan import LevelPlan, Plan

Kind = Literal["adjustment", "exchange", "last-turn", "docking", "end"]
# The family of our UIDs (RFC 9562, version 5): a fixed number that makes them differ from everyone else's.
FAMILY = uuid.UUID("6f1f4c52-6f0b-5f3a-9c39-0c6c1d1f8e70")


@dataclass(frozen=True)
class Entry:
    """One entry: a date for a whole day, a local date and time else; `settings_mm` are the six readings to reach."""

    uid: str
    kind: Kind
    level: str
    start: datetime.date | datetime.datetime
    summary: str
    description: str
    settings_mm: tuple[float, ...] = ()

    @property
    def day(self) -> datetime.date:
        """The date of the entry."""
        return self.start.date() if isinstance(self.start, datetime.datetime) else self.start


def entries(case: Case, plan: Plan, words: Words) -> list[Entry]:
    """All entries of a plan, by level and date; those of the whole case last."""
    made: list[Entry] = []
    names = [level.name for level in plan.levels]
    for index, (level, planned) in enumerate(zip(case.levels, plan.levels, strict=True)):
        key = [planned.name, names[:index].count(planned.name)]
        made += _level_entries(case, key, planned, [turn for turn in turns(level, planned) if turn.turns], words)
    made += _visits(case, plan, words)
    end = max(level.rows[-1].date for level in plan.levels)
    made.append(Entry(uid(case, [], "end", end, draft=words.draft), "end", "", end, *words.end()))
    return made


def uid(
    case: Case, level: list[object], kind: Kind, day: datetime.date, number: int = 0, *, draft: bool = False
) -> str:
    """The UID of an entry; `level` is the level's name and how many before it have the same, empty for all levels.

    A draft's entries have others than those of a signed plan: no phone replaces one by the other.
    """
    told = [case.id, case.limb.side, case.limb.bone, level, kind, day.isoformat(), number]
    told += ["draft"] if draft else []
    return f"{uuid.uuid5(FAMILY, json.dumps(told))}@hexapod"


def _level_entries(case: Case, key: list[object], plan: LevelPlan, turned: list[Turn], words: Words) -> Iterator[Entry]:
    for turn in turned:
        start = datetime.datetime.combine(turn.date, turn.time)
        mark = uid(case, key, "adjustment", turn.date, turn.number, draft=words.draft)
        yield Entry(mark, "adjustment", plan.name, start, *words.adjustment(plan.name, turn), turn.settings_mm)
    if turned:
        last = turned[-1]
        mark = uid(case, key, "last-turn", last.date, draft=words.draft)
        yield Entry(mark, "last-turn", plan.name, last.date, *words.last_turn(plan.name, last), last.settings_mm)
    if plan.docking_day is not None:
        day = plan.rows[plan.docking_day].date
        mark = uid(case, key, "docking", day, draft=words.draft)
        yield Entry(mark, "docking", plan.name, day, *words.docking(plan.name))


def _visits(case: Case, plan: Plan, words: Words) -> Iterator[Entry]:
    """One entry for each day at the clinic, with the exchanges of all levels."""
    days = sorted({level.rows[one.planned_day].date for level in plan.levels for one in level.exchanges})
    for day in days:
        done = [
            (level.name, one)
            for level in plan.levels
            for one in level.exchanges
            if level.rows[one.planned_day].date == day
        ]
        mark = uid(case, [], "exchange", day, draft=words.draft)
        yield Entry(mark, "exchange", "", day, *words.visit(done))
