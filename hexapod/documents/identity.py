"""What every page, file and event carries, so that no table can be taken for another one (hazard H-14)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from hexapod.case.model import Case
from hexapod.deformity.sides import Side
from hexapod.plan.fingerprint import plan_sha256, short_fingerprint
from hexapod.plan.make_plan import Plan


@dataclass(frozen=True)
class Identity:
    """Whose document it is, of which plan, and for which dates; `levels` are the names of the levels that it covers."""

    case_id: str
    title: str
    side: Side
    bone: str
    levels: tuple[str, ...]
    case_sha256: str
    plan_sha256: str
    software: str
    first_day: datetime.date
    last_day: datetime.date

    @property
    def plan(self) -> str:
        """The short form of the plan's fingerprint."""
        return short_fingerprint(self.plan_sha256)

    @property
    def level(self) -> str:
        """The names of the levels in one line."""
        return ", ".join(self.levels)


def identity(case: Case, plan: Plan, level: int | None = None) -> Identity:
    """The identity of a document on one level, counted from 0, or on the whole case.  The plan must have rows."""
    covered = plan.levels if level is None else (plan.levels[level],)
    return Identity(
        case_id=case.id,
        title=case.title,
        side=case.limb.side,
        bone=case.limb.bone,
        levels=tuple(one.name for one in covered),
        case_sha256=plan.case_sha256,
        plan_sha256=plan_sha256(plan),
        software=plan.software,
        first_day=case.first_day,
        last_day=max(one.rows[-1].date for one in covered),
    )
