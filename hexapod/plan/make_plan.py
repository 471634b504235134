"""make_plan: from a case to its plan, for the app, the command line and the library alike."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hexapod.about import SOFTWARE
from hexapod.case.model import Case, Level
from hexapod.checks import (
    bone_ends,
    case_entries,
    daily_motion,
    deformity_change,
    dose_accuracy,
    readings,
    singularity,
    struts,
    timing,
)
from hexapod.checks.clearances import (
    ClearanceTable,
    DailyClearance,
    check_clearance,
    check_limb_in_rings,
    clearances,
    daily_clearances,
)
from hexapod.checks.collision_bodies import LimbShape, bodies_of
from hexapod.checks.combined_rates import check_combined
from hexapod.checks.findings import Finding, Verdict, worst_verdict
from hexapod.checks.ring_places import check_ring_sides
from hexapod.checks.shared_rings import check_rings
from hexapod.checks.struts import check_strut_angle
from hexapod.deformity.pose import BeyondWords, deformity_words_by_day
from hexapod.errors import CaseError, NoPose, Problem, SingularFrame
from hexapod.geometry.transforms import Array, turn_angle
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.hardware.models import Strut
from hexapod.schedule.doses import choose_doses
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.schedule.strut_settings import Schedule, make_schedules
from hexapod.trajectory import gaps
from hexapod.trajectory.bone_trajectory import Course, Rates, StageCourse, point_rates
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import FrameCourse, fit_frame
from hexapod.trajectory.level_setup import LevelSetup, set_up


@dataclass(frozen=True)
class Row:
    """One day of a level: what the scales shall read that evening, and where the bone then is.

    Lengths, settings and doses in mm, struts 1 to 6 in order; `struts` are those on the frame that evening; poses are
    `T_ref_mov` (4, 4); `rounding_mm` and `rounding_deg` tell how far the rounded frame is from the intended pose at the
    corresponding point, and in angle.  `docking_mm` is the distance to docking and `regenerate_mm` the length of the
    regenerate, where they apply.
    """

    day: int
    date: datetime.date
    stage: str
    lengths_mm: tuple[float, ...]
    settings_mm: tuple[float, ...]
    doses_mm: tuple[tuple[float, ...], ...]
    struts: tuple[Strut, ...]
    pose: Array
    pose_rounded: Array
    remaining: dict[str, float]
    rounding_mm: float
    rounding_deg: float
    docking_mm: float | None
    regenerate_mm: float | None

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the struts."""
        return tuple(strut.name for strut in self.struts)


@dataclass(frozen=True)
class LevelPlan:
    """The plan of one level: its rows, day 0 first, and the frame that follows the bone.

    `docking_day` is the first evening on which the docking site is reached; `expected_days_in_frame` what the user's
    index and the regenerate make likely, counted from the first day of the treatment, which is `days_before` day 0
    (None: unknown); `clearances` the least distance of every pair of bodies, and its day; `real_travel` how far the
    tracked points move by the readings of the scales.
    """

    rows: tuple[Row, ...]
    exchanges: tuple[Exchange, ...]
    frame: FrameCourse
    clearances: ClearanceTable
    real_travel: dose_accuracy.RealTravel
    docking_day: int | None = None
    expected_days_in_frame: float | None = None
    days_before: int | None = 0

    @property
    def setup(self) -> LevelSetup:
        """The level made ready: poses and hardware."""
        return self.frame.setup

    @property
    def entered(self) -> Level:
        """The level as the case has it."""
        return self.setup.level

    @property
    def name(self) -> str:
        """The level's name."""
        return self.entered.name

    @property
    def course(self) -> Course:
        """The intended motion of the bone."""
        return self.frame.course

    @property
    def stages(self) -> tuple[StageCourse, ...]:
        """The stages on the calendar."""
        return self.course.stages

    @property
    def last(self) -> Row:
        """The last row."""
        return self.rows[-1]

    @cached_property
    def rates(self) -> tuple[Rates, ...]:
        """How fast the tracked points move as planned, the bone's rim as one."""
        return tuple(point_rates(self.course))

    @cached_property
    def daily_clearances(self) -> tuple[DailyClearance, ...]:
        """The least distance of every kind of pair on every day."""
        return daily_clearances(self.frame, self.clearances)

    @property
    def limb(self) -> LimbShape | None:
        """The limb as the checks of clearances take it; None when its girth was not measured or it cannot be told."""
        return bodies_of(self.frame).limb

    @property
    def reference_end(self) -> tuple[float, Array] | None:
        """Where the reference fragment ends, as `gaps.reference_end` tells it."""
        return gaps.reference_end(self.course)


@dataclass(frozen=True)
class _Answer:
    """What planning a case has come to."""

    case: Case
    software: str
    findings: tuple[Finding, ...]

    @property
    def case_sha256(self) -> str:
        """The fingerprint of the case."""
        return self.case.sha256

    @property
    def verdict(self) -> Verdict:
        """The verdict of all findings."""
        return worst_verdict(self.findings)


@dataclass(frozen=True)
class Plan(_Answer):
    """A plan of a case: a level for each of the case's, in order, each with a row for every day."""

    levels: tuple[LevelPlan, ...]

    @property
    def frames(self) -> tuple[FrameCourse, ...]:
        """The frames of the levels."""
        return tuple(level.frame for level in self.levels)


@dataclass(frozen=True)
class Refusal(_Answer):
    """A case that is not planned, because what it asks for is unsafe: the findings say why.  It has no levels.

    `frames` are those of the case's levels as far as they fit the bone, None for each that does not: what is known of
    the motion all the same.
    """

    frames: tuple[FrameCourse | None, ...]
    levels: tuple[LevelPlan, ...] = ()


def make_plan(case: Case, catalogue: Catalogue | None = None) -> Plan | Refusal:
    """The plan of a case, or why it is refused: same case, same plan; no clock, disk or session is read.

    What today's date says of a case is no part of it: `hexapod.checks.case_entries.findings_at` tells that.

    Raises:
        CaseError: input that makes no sense (hardware not in the catalogue, a stage above 730 days, a date beyond the
            calendar).  Input that is possible but unsafe is a finding, and may be a refusal.
    """
    catalogue = catalogue or load_catalogue()
    setups = [set_up(case, index, catalogue) for index in range(len(case.levels))]
    levels = [_Making(case, course) for course in bone_courses(setups)]
    for level in levels:
        level.fit()
    fitted = [(level, level.frame) for level in levels if level.frame is not None]
    last = max(level.course.days for level in levels)
    open_days = [day for day in range(1, last + 1) if case.open_on(case.first_day + datetime.timedelta(days=day))]
    schedules = make_schedules([frame for _, frame in fitted], catalogue, open_days, case.exchange_reserve_mm)
    for (level, _), schedule in zip(fitted, schedules, strict=True):
        level.check_schedule(schedule, catalogue)
    frames = tuple(level.frame for level in levels)
    findings = [finding for level in levels for finding in level.findings]
    findings += check_rings(frames)
    findings += check_combined([level.course for level in levels])
    if worst_verdict(findings) == "refused":
        return Refusal(case, SOFTWARE, tuple(findings), frames)
    settled = [level.settled for level in levels if level.settled is not None]
    return Plan(case, SOFTWARE, tuple(findings), tuple(_level_plan(case, one) for one in settled))


@dataclass(frozen=True)
class _Settled:
    """The settings of a level that the checks let through, and what they really give."""

    schedule: Schedule
    T_rounded: Array
    remaining: list[dict[str, float]]
    clearances: ClearanceTable
    real_travel: dose_accuracy.RealTravel


class _Making:
    """A level on its way to a plan: what is known of it so far, and what the checks have found."""

    def __init__(self, case: Case, course: Course) -> None:
        _check_calendar(case, course)
        self.case, self.course = case, course
        self.frame: FrameCourse | None = None
        self.settled: _Settled | None = None
        self.given = struts.check_given_readings(course.setup, course.setup.settings_mm)
        self.findings = [
            *self.given,
            *daily_motion.check_rates(course),
            *daily_motion.check_turns(course),
            *daily_motion.check_unjudged(course),
            *bone_ends.check_bone_ends(course),
            *timing.check_growing_arm(course, case.limb),
            *timing.check_latency(course, case.limb, days_before=case.days_before),
            *timing.check_docking(course),
            *timing.check_defect(course, case.limb, days_before=case.days_before),
            *timing.check_time_in_frame(course, days_before=case.days_before),
            *case_entries.check_entered(course),
            *case_entries.check_indication(course),
            *deformity_change.check_increases(course),
            *deformity_change.check_outcome(course),
            *case_entries.check_hardware(course.setup),
            *check_limb_in_rings(course.setup),
        ]

    def fit(self) -> None:
        """Bolt the frame to the bone, and judge it."""
        try:
            self.frame = fit_frame(self.course)
        except SingularFrame:
            self.findings += singularity.neutral_singular(self.course.setup)
        except NoPose as error:
            if singularity.neutral_is_singular(self.course.setup):
                self.findings += singularity.neutral_singular(self.course.setup)
            else:
                self.findings += readings.no_pose(self.course, error)
        else:
            self.findings += [*readings.check_readings(self.frame), *singularity.check_condition(self.frame)]
            self.findings += [*check_ring_sides(self.frame), *daily_motion.check_strut_steps(self.frame)]
        self.findings += daily_motion.check_slow(self.course, self.frame)

    def check_schedule(self, schedule: Schedule, catalogue: Catalogue) -> None:
        """Judge the settings, and the poses that they really give."""
        self.findings += struts.check_travel(
            schedule, {finding.strut for finding in self.given}, catalogue.exchangeable
        )
        if worst_verdict(self.findings) == "refused":
            return
        schedule = choose_doses(schedule)
        setup, frame = self.course.setup, schedule.frame
        no_pose_of_doses: list[Finding] = []
        try:
            T_turned = dose_accuracy.turned_poses(schedule)
            T_rounded = T_turned[:, -1]
        except NoPose as of_doses:
            no_pose_of_doses = dose_accuracy.no_pose_of_doses(setup, of_doses)
            try:
                T_rounded = frame.bone_poses(schedule.lengths_of(schedule.settings_mm[:, None])[:, 0])
            except NoPose as error:
                self.findings += readings.no_pose_rounded(setup, error)
                return
        remaining = _remaining(self.course)
        near = clearances(frame, self.course.poses_at)
        self.findings += [*check_clearance(near, setup), *check_strut_angle(frame)]
        self.findings += struts.check_reserve(schedule, self.case.exchange_reserve_mm)
        self.findings += daily_motion.check_rounded_rates(schedule, T_rounded)
        if no_pose_of_doses:
            self.findings += no_pose_of_doses
            return
        real_travel = dose_accuracy.real_travel(setup, T_turned)
        self.findings += dose_accuracy.check_real_travel(setup, real_travel)
        self.settled = _Settled(schedule, T_rounded, remaining, near, real_travel)


def _level_plan(case: Case, settled: _Settled) -> LevelPlan:
    schedule, frame = settled.schedule, settled.schedule.frame
    return LevelPlan(
        rows=_rows(case, settled),
        exchanges=schedule.exchanges,
        frame=frame,
        clearances=settled.clearances,
        real_travel=settled.real_travel,
        docking_day=gaps.docking_day(frame.course),
        expected_days_in_frame=gaps.expected_days_in_frame(frame.course),
        days_before=case.days_before,
    )


def _rows(case: Case, settled: _Settled) -> tuple[Row, ...]:
    schedule, T_rounded, frame = settled.schedule, settled.T_rounded, settled.schedule.frame
    course = frame.course
    apart = T_rounded[:, :3, 3] - course.T_ref_mov[:, :3, 3]
    off_mm = np.linalg.norm(apart, axis=1).tolist()
    R = course.T_ref_mov[:, :3, :3]
    off_deg = np.degrees(turn_angle(T_rounded[:, :3, :3] @ R.swapaxes(1, 2))).tolist()
    lengths, settings = frame.lengths_mm.tolist(), schedule.settings_mm.tolist()
    by_dose = schedule.doses_mm.tolist()
    names = course.stage_names()
    docking, regenerate = gaps.docking_mm(course), gaps.regenerate_mm(course)
    return tuple(
        Row(
            day=day,
            date=case.first_day + datetime.timedelta(days=day),
            stage=names[day],
            lengths_mm=tuple(lengths[day]),
            settings_mm=tuple(settings[day]),
            doses_mm=tuple(map(tuple, by_dose[day])) if day else (),
            struts=schedule.models[day],
            pose=course.T_ref_mov[day],
            pose_rounded=T_rounded[day],
            remaining=settled.remaining[day],
            rounding_mm=off_mm[day],
            rounding_deg=off_deg[day],
            docking_mm=None if docking is None else float(docking[day]),
            regenerate_mm=None if regenerate is None else float(regenerate[day]),
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
        message = (
            f"passes on day {error.index} through a position for which no deformity can be given: {error} "
            f"Put a stage in between."
        )
        raise CaseError([Problem(f"levels[{setup.index}].stages", f'"{stage}"', message)]) from error


def _check_calendar(case: Case, course: Course) -> None:
    if (datetime.date.max - case.first_day).days < course.days:
        message = f"the plan of {course.days} days would end after the year 9999: give an earlier date."
        raise CaseError([Problem("start_date", f'"{case.start_date}"', message)])
