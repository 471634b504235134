"""make_plan: from a case to its plan.  The one door for app, command line and tests."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

import numpy as np

from hexapod.case.model import Case
from hexapod.clinical.deformity import BeyondWords, deformity_words_by_day
from hexapod.errors import CaseError, NoPose, Problem, SingularFrame
from hexapod.geometry.transforms import Array, turn_angle
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.planning.course import Course, bone_course
from hexapod.planning.exchanges import Exchange
from hexapod.planning.frame import FrameCourse, fit_frame
from hexapod.planning.schedule import Schedule, make_schedule
from hexapod.planning.setup import set_up
from hexapod.safety import hardware, rates, readings, singular, travel
from hexapod.safety.findings import Finding, worst_verdict
from hexapod.safety.limits import Verdict

VERSION = "0.1.0"
SOFTWARE = f"hexapod {VERSION}"


@dataclass(frozen=True)
class Row:
    """One day of a level: what the scales shall read that evening, and where the bone then is.

    Lengths, settings and doses in mm, struts 1 to 6 in order; poses are `T_ref_mov` (4, 4); `rounding_mm` and
    `rounding_deg` tell how far the rounded frame is from the intended pose at the corresponding point, and in angle.
    """

    day: int
    date: datetime.date
    stage: str
    lengths_mm: tuple[float, ...]
    settings_mm: tuple[float, ...]
    doses_mm: tuple[tuple[float, ...], ...]
    models: tuple[str, ...]
    pose: Array
    pose_rounded: Array
    remaining: dict[str, float]
    rounding_mm: float
    rounding_deg: float


@dataclass(frozen=True)
class LevelPlan:
    """The plan of one level; `frame` and `schedule` are there for reports and the preview, rows for everyone."""

    name: str
    rows: tuple[Row, ...]
    exchanges: tuple[Exchange, ...]
    frame: FrameCourse | None


@dataclass(frozen=True)
class Plan:
    """A plan for one case, identified by the fingerprint of the case.  Refused plans have no rows."""

    case_id: str
    case_sha256: str
    software: str
    verdict: Verdict
    levels: tuple[LevelPlan, ...]
    findings: tuple[Finding, ...]


def make_plan(case: Case, catalogue: Catalogue | None = None) -> Plan:
    """The plan of a case: same case, same plan; no clock, disk or session is read.

    Raises:
        CaseError: input that makes no sense (hardware not in the catalogue, a stage above 730 days, a date beyond the
            calendar).  Input that is possible but unsafe is a finding of the plan.
    """
    catalogue = catalogue or load_catalogue()
    levels, findings = [], []
    for index in range(len(case.levels)):
        level, found = _plan_level(case, index, catalogue)
        levels.append(level)
        findings += found
    verdict = worst_verdict(findings)
    if verdict == "refused":
        levels = [replace(level, rows=(), exchanges=()) for level in levels]
    return Plan(case.id, case.sha256, SOFTWARE, verdict, tuple(levels), tuple(findings))


def _plan_level(case: Case, index: int, catalogue: Catalogue) -> tuple[LevelPlan, list[Finding]]:
    setup = set_up(case, index, catalogue)
    course = bone_course(setup)
    _check_calendar(case, course)
    given = travel.check_given_readings(setup, setup.level.frame.settings_mm)
    found = [*given, *rates.check_rates(course), *hardware.check_hardware(setup)]
    bare = LevelPlan(setup.level.name, (), (), None)
    try:
        frame = fit_frame(course)
    except SingularFrame:
        return bare, found + singular.neutral_singular(setup)
    except NoPose as error:
        return bare, found + readings.no_pose(course, error)
    found += [*readings.check_readings(frame), *singular.check_condition(frame)]
    schedule = make_schedule(frame, catalogue)
    found += travel.check_travel(schedule, already={finding.strut for finding in given})
    bare = replace(bare, frame=frame)
    if worst_verdict(found) == "refused":
        return bare, found
    try:
        T_rounded = frame.bone_poses(schedule.rounded_lengths_mm())
    except NoPose as error:
        return bare, found + readings.no_pose_rounded(setup, error)
    found += rates.check_rounded_rates(schedule, T_rounded)
    rows = _rows(case, course, schedule, T_rounded)
    return LevelPlan(setup.level.name, rows, schedule.exchanges, frame), found


def _rows(case: Case, course: Course, schedule: Schedule, T_rounded: Array) -> tuple[Row, ...]:
    frame = schedule.frame
    apart = T_rounded[:, :3, 3] - course.T_ref_mov[:, :3, 3]
    off_mm = np.linalg.norm(apart, axis=1).tolist()
    R = course.T_ref_mov[:, :3, :3]
    off_deg = np.degrees(turn_angle(T_rounded[:, :3, :3] @ R.swapaxes(1, 2))).tolist()
    lengths, settings, doses = frame.lengths_mm.tolist(), schedule.settings_mm.tolist(), schedule.doses_mm.tolist()
    names = course.stage_names()
    remaining = _remaining(course)
    return tuple(
        Row(
            day=day,
            date=case.first_day + datetime.timedelta(days=day),
            stage=names[day],
            lengths_mm=tuple(lengths[day]),
            settings_mm=tuple(settings[day]),
            doses_mm=tuple(map(tuple, doses[day])) if day else (),
            models=tuple(strut.name for strut in schedule.models[day]),
            pose=course.T_ref_mov[day],
            pose_rounded=T_rounded[day],
            remaining=remaining[day],
            rounding_mm=off_mm[day],
            rounding_deg=off_deg[day],
        )
        for day in range(course.days + 1)
    )


def _remaining(course: Course) -> list[dict[str, float]]:
    """The deformity left on every evening, in words."""
    setup = course.setup
    try:
        return deformity_words_by_day(course.T_ref_mov, setup.side, setup.reference)
    except BeyondWords as error:
        stage = course.stage_names()[error.index]
        message = f"passes on day {error.index} through a position without words: {error} Put a stage in between."
        raise CaseError([Problem(f"levels[{setup.index}].stages", f'"{stage}"', message)]) from error


def _check_calendar(case: Case, course: Course) -> None:
    if (datetime.date.max - case.first_day).days < course.days:
        message = f"the plan of {course.days} days would end after the year 9999: give an earlier date."
        raise CaseError([Problem("start_date", f'"{case.start_date}"', message)])
