"""follow_up: readings taken on a date beside the row that the plan has for it, and what explains the difference.

The calendar says which struts the plan has on a day, not which are on the frame: those can be said, and are asked for
when the readings belong to a day on the other side of an exchange.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexapod.checks.findings import Finding
from hexapod.errors import HexapodError
from hexapod.follow_up.pose_from_readings import check_question, pose_by_readings
from hexapod.follow_up.reading_explanation import Explanation, explain, shown_on
from hexapod.follow_up.struts_at_visit import Asked, struts_on, which_struts
from hexapod.geometry.transforms import Array, turn_angle
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.hardware.models import Strut
from hexapod.plan.make_plan import LevelPlan, Plan, Refusal, Row
from hexapod.trajectory.frame_trajectory import FrameCourse


@dataclass(frozen=True)
class FollowUp:
    """What six readings on a date say about one level of a plan, `level` counted from 0.

    `intended` is the row that should be true on `date` (the last one when `days_after_the_end` is above 0) and
    `planned_mm` its settings on the scales of `struts`.  These are the models on which `settings_mm` were read: those
    that were said (`struts_said`), else the plan's by the explanation.  `asked` is there when it must be said which are
    on before anything goes on.  `T_ref_mov` (4, 4) is the pose by these readings,
    `remaining` its words, `off_mm` and `off_deg` how far it is from the intended pose at the corresponding point and in
    angle.  They are None when no pose fits (`remaining` also when no words tell it); then a finding says why.
    """

    plan: Plan
    level: int
    date: datetime.date
    settings_mm: tuple[float, ...]
    intended: Row
    days_after_the_end: int
    planned_mm: tuple[float, ...]
    struts: tuple[Strut, ...]
    struts_said: bool
    asked: Asked | None
    T_ref_mov: Array | None
    remaining: dict[str, float] | None
    off_mm: float | None
    off_deg: float | None
    explanation: Explanation
    findings: tuple[Finding, ...]

    @property
    def planned(self) -> LevelPlan:
        """The plan of the level."""
        return self.plan.levels[self.level]


def follow_up(
    plan: Plan | Refusal,
    date: datetime.date,
    settings_mm: tuple[float, ...],
    level: int = 0,
    catalogue: Catalogue | None = None,
    struts: Sequence[str] | None = None,
) -> FollowUp:
    """Readings (six, mm, struts 1 to 6) taken on a date, on level `level` counted from 0, against a plan.

    `struts` says which models are on the frame, six names in order (`own` for a strut of the case file's own):
    exchanged early, not yet, or other models than planned.  Without it the readings are on the scales of the struts
    that the plan has on that day; when only those of another day explain them, on those, and `asked` says so.
    No clock is read: a date after today is for the caller to refuse.

    Raises:
        HexapodError: a level or readings as in `pose_now`, models that are none, a date before day 0, or a refusal.
    """
    case = plan.case
    check_question(case, level, settings_mm)
    if isinstance(plan, Refusal):
        raise HexapodError("The plan of this case is refused, so no day has readings: run `check` on it to see why.")
    planned = plan.levels[level]
    if date < case.first_day:
        raise HexapodError(
            f"{date.isoformat()} is before day 0 of the plan, {case.start_date}: give that date or a later one."
        )
    day = (date - case.first_day).days
    intended = planned.rows[min(day, len(planned.rows) - 1)]
    if struts is None:
        on, explanation, asked = which_struts(planned, intended.day, settings_mm)
    else:
        on, asked = struts_on(planned.setup.struts, struts, catalogue or load_catalogue()), None
        explanation = explain(planned, intended.day, settings_mm, on)
    now = pose_by_readings(_frame_with(planned, on), settings_mm)
    off_mm = off_deg = None
    if now.T_ref_mov is not None:
        off_mm = float(np.linalg.norm(now.T_ref_mov[:3, 3] - intended.pose[:3, 3]))
        off_deg = float(np.degrees(turn_angle(now.T_ref_mov[:3, :3] @ intended.pose[:3, :3].T)))
    return FollowUp(
        plan=plan,
        level=level,
        date=date,
        settings_mm=settings_mm,
        intended=intended,
        days_after_the_end=day - intended.day,
        planned_mm=shown_on(on, intended.struts, intended.settings_mm),
        struts=on,
        struts_said=struts is not None,
        asked=asked,
        T_ref_mov=now.T_ref_mov,
        remaining=now.remaining,
        off_mm=off_mm,
        off_deg=off_deg,
        explanation=explanation,
        findings=now.findings,
    )


def _frame_with(level: LevelPlan, struts: tuple[Strut, ...]) -> FrameCourse:
    """The frame of a level with the struts that are fitted now; it is bolted to the bone where it always was."""
    course = replace(level.course, setup=replace(level.setup, struts=struts))
    return replace(level.frame, course=course)
