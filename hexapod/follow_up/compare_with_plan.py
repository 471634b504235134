"""follow_up: readings taken on a date beside the row that the plan has for it, and what explains the difference.

The calendar says which struts the plan has on a day, not which are on the frame: those can be said, and are asked for
when the readings belong to a day on the other side of an exchange.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexapod.case.model import Case, no_such_hexapod
from hexapod.checks import readings, singularity, struts
from hexapod.checks.findings import Finding
from hexapod.deformity.pose import BeyondWords, deformity_words
from hexapod.errors import HexapodError, NoPose, SingularFrame
from hexapod.follow_up.reading_explanation import Asked, Explanation, explain, shown_on, struts_on, which_struts
from hexapod.geometry.transforms import Array, turn_angle
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.hardware.models import Strut
from hexapod.kinematics.forward import own_pose
from hexapod.kinematics.inverse import strut_lengths
from hexapod.plan.make_plan import LevelPlan, Plan, Refusal, Row
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import FrameCourse, bone_pose, fit_frame
from hexapod.trajectory.level_setup import set_up


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


# A scale shows whole millimetres up to this; more is a slip of the keyboard.
LARGEST_READING_MM = 1000.0


@dataclass(frozen=True)
class PoseNow:
    """The moving fragment by six readings: pose `T_ref_mov`, the deformity in words, the miss of the lengths in mm.

    Pose, words and miss are None when no pose fits; then a finding says why.
    """

    T_ref_mov: Array | None
    remaining: dict[str, float] | None
    residual_mm: float | None
    findings: tuple[Finding, ...]


def pose_now(case: Case, level: int, settings_mm: tuple[float, ...], catalogue: Catalogue | None = None) -> PoseNow:
    """What readings (six, mm, struts 1 to 6) mean now on level `level`, counted from 0.

    Raises:
        HexapodError: a level that the case does not have, or readings that no scale shows.
        CaseError: as `make_plan`.
    """
    check_question(case, level, settings_mm)
    catalogue = catalogue or load_catalogue()
    course = bone_courses([set_up(case, index, catalogue) for index in range(len(case.levels))])[level]
    setup = course.setup
    try:
        frame = fit_frame(course)
    except SingularFrame:
        odd = singularity.neutral_singular(setup)
    except NoPose as error:
        odd = readings.no_pose(course, error)
    else:
        return pose_by_readings(frame, settings_mm)
    return PoseNow(None, None, None, (*struts.check_given_readings(setup, settings_mm), *odd))


def check_question(case: Case, level: int, settings_mm: tuple[float, ...]) -> None:
    """Raises HexapodError for a level that the case does not have, and for readings that no scale shows."""
    if not 0 <= level < len(case.levels):
        raise HexapodError(no_such_hexapod(case, level))
    if len(settings_mm) != 6 or not all(0.0 <= reading <= LARGEST_READING_MM for reading in settings_mm):
        raise HexapodError("Give six readings in mm, struts 1 to 6, each 0 to 1000, such as 142 150 139 147 155 144.")


def pose_by_readings(frame: FrameCourse, settings_mm: tuple[float, ...]) -> PoseNow:
    """What readings (six, mm) on the scales of `frame.setup.struts` mean, by a frame already bolted to the bone.

    Raises:
        HexapodError: readings that give no length of a strut.
    """
    setup = frame.setup
    found = struts.check_given_readings(setup, settings_mm)
    lengths = setup.lengths_of(settings_mm)
    try:
        T_prox_dist = own_pose(*setup.joints_mm, lengths)
    except NoPose as error:
        return PoseNow(None, None, None, (*found, *readings.no_pose_now(frame, error, settings_mm)))
    except HexapodError as error:
        raise HexapodError(f"These readings give no length of a strut: {error}") from error
    residual = float(max(abs(strut_lengths(*setup.joints_mm, T_prox_dist) - lengths)))
    T_ref_mov = bone_pose(setup, frame.T_mov_mring, T_prox_dist)
    found += readings.check_readings_now(frame, settings_mm, T_prox_dist)
    try:
        remaining = deformity_words(T_ref_mov, setup.side, setup.reference)
    except BeyondWords as error:
        odd = readings.implausible(setup, f"{str(error)[0].lower()}{str(error)[1:-1]}", "Read all six scales again.")
        return PoseNow(T_ref_mov, None, residual, (*found, odd))
    return PoseNow(T_ref_mov, remaining, residual, tuple(found))
