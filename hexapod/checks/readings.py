"""Strut readings: mistyped or swapped (H-04), and continued by the plan after the last visit (H-28)."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hexapod.checks import limits
from hexapod.checks.findings import Finding
from hexapod.errors import NoPose
from hexapod.geometry.transforms import Array, swing, turn_angle
from hexapod.hardware.models import Strut, shown_name
from hexapod.kinematics.forward import own_poses_found
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.frame_trajectory import FrameCourse, moving_ring_mount
from hexapod.trajectory.level_setup import LevelSetup

# Says what is odd about a pose `T_prox_dist` (4, 4); empty when nothing is.
Judge = Callable[[Array], str]


@dataclass(frozen=True)
class Slip:
    """A single mistake that would explain the readings: what it is, and the readings without it."""

    sentence: str
    readings_mm: tuple[float, ...]


def no_pose(course: Course, error: NoPose) -> list[Finding]:
    """`readings.no_pose` (refused), with the slip that explains it if there is exactly one."""
    return [_no_pose(course.setup, error, course.setup.settings_mm, mounting_judge(course))]


def _no_pose(setup: LevelSetup, error: NoPose, readings_mm: tuple[float, ...], judge: Judge) -> Finding:
    return Finding(
        "readings.no_pose",
        "refused",
        setup.index,
        f"No position of the two rings fits the six readings. Strut {error.worst_strut} is farthest off. "
        f"{_hint(setup, readings_mm, judge)}",
        strut=error.worst_strut,
    )


def no_pose_rounded(setup: LevelSetup, error: NoPose) -> list[Finding]:
    """`readings.no_pose` for a schedule: the marks of the scales are too coarse for the frame."""
    day = error.index[0]
    text = (
        f"Rounded to whole marks, the readings of day {day} fit no position of the two rings: the scales are too "
        f"coarse. Use struts with a finer graduation."
    )
    return [Finding("readings.no_pose", "refused", setup.index, text, day=day, strut=error.worst_strut)]


def check_readings(frame: FrameCourse) -> list[Finding]:
    """`readings.implausible`: the readings put the moving ring where no surgeon would."""
    course = frame.course
    judge = mounting_judge(course)
    known = frame.setup.known
    odd = judge(frame.T_prox_dist[known])
    if not odd:
        return []
    return [implausible(frame.setup, odd, _hint(frame.setup, frame.setup.settings_mm, judge))]


def check_readings_now(frame: FrameCourse, readings_mm: tuple[float, ...], T_prox_dist: Array) -> list[Finding]:
    """`readings.implausible` for readings taken during treatment: far from every planned day."""
    judge = course_judge(frame)
    odd = judge(T_prox_dist)
    return [implausible(frame.setup, odd, _hint(frame.setup, readings_mm, judge))] if odd else []


def no_pose_now(frame: FrameCourse, error: NoPose, readings_mm: tuple[float, ...]) -> list[Finding]:
    """`readings.no_pose` for readings taken during treatment."""
    return [_no_pose(frame.setup, error, readings_mm, course_judge(frame))]


def course_judge(frame: FrameCourse) -> Judge:
    """Judges a frame by how far it is from the nearest planned day."""

    def judge(T_prox_dist: Array) -> str:
        away = frame.T_prox_dist
        shift = np.linalg.norm(away[:, :3, 3] - T_prox_dist[:3, 3], axis=1)
        turn = np.degrees(turn_angle(away[:, :3, :3] @ T_prox_dist[:3, :3].T))
        near = (shift <= limits.POSE_OFF_PLAN_MM.value) & (turn <= limits.POSE_OFF_PLAN_DEG.value)
        if near.any():
            return ""
        day = int(np.argmin(shift / limits.POSE_OFF_PLAN_MM.value + turn / limits.POSE_OFF_PLAN_DEG.value))
        return (
            f"the frame would be {shift[day]:.0f} mm and {turn[day]:.0f} deg away from its nearest planned day ({day})"
        )

    return judge


def implausible(setup: LevelSetup, odd: str, hint: str) -> Finding:
    """The finding for readings that fit a pose which is odd."""
    text = f"The six readings fit, but {odd}. {hint}"
    return Finding("readings.implausible", "caution", setup.index, text)


def mounting_judge(course: Course) -> Judge:
    """Judges a frame by how its moving ring would sit on the moving fragment."""
    setup = course.setup
    ring = setup.distal_ring if setup.reference == "proximal" else setup.proximal_ring
    front = np.linalg.multi_dot([setup.T_ref_ring[:3, :3], [0.0, -1.0, 0.0]])

    def judge(T_prox_dist: Array) -> str:
        if not T_prox_dist[2, 3] < 0.0:
            return "the distal ring would lie proximal of the proximal ring"
        T = moving_ring_mount(setup, course.T_ref_mov_known, setup.T_prox_dist(T_prox_dist))
        normal = T[:3, 2]
        lean = float(np.degrees(np.arccos(np.clip(normal[2], -1.0, 1.0))))
        if limits.MOVING_RING_TILT.exceeded_by(lean):
            return f"the moving ring would tilt {lean:.0f} deg on its own fragment"
        level_front = swing(normal, [0.0, 0.0, 1.0]) @ T[:3, :3] @ [0.0, -1.0, 0.0]
        turn = abs(_angle_seen_from_proximal(front, level_front))
        if limits.MOVING_RING_TURN.exceeded_by(turn):
            return f"the master tabs of the two rings would be {turn:.0f} deg apart round the bone"
        off = float(np.hypot(T[0, 3], T[1, 3]))
        if limits.MOVING_RING_OFF_CENTRE.exceeded_by(off / ring.inner_radius_mm):
            return f"the bone would pass {off:.0f} mm from the centre of the moving ring"
        return ""

    return judge


def _angle_seen_from_proximal(a: Array, b: Array) -> float:
    return float(np.degrees(np.arctan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])))


def _hint(setup: LevelSetup, readings_mm: tuple[float, ...], judge: Judge) -> str:
    """The one slip that explains the readings, or what to do when there is none or more than one."""
    slips = [slip for slip in single_slips(readings_mm) if _in_range(setup, slip.readings_mm)]
    lengths = np.array(
        [
            [strut.length(reading) for strut, reading in zip(setup.struts, slip.readings_mm, strict=True)]
            for slip in slips
        ]
    ).reshape(-1, 6)
    poses, found = own_poses_found(*setup.joints_mm, lengths)
    good = [slip for slip, T, fits in zip(slips, poses, found, strict=True) if fits and not judge(T)]
    if len(good) == 1:
        return f"Likely: {good[0].sentence}. Read the scales again."
    return "Read all six scales again, and check the struts' numbers, the mounting parameters and the deformity."


def _in_range(setup: LevelSetup, readings_mm: tuple[float, ...]) -> bool:
    return all(strut.reads(reading) for strut, reading in zip(setup.struts, readings_mm, strict=True))


def single_slips(readings_mm: tuple[float, ...]) -> list[Slip]:
    """Every list one slip away from the given one: two struts swapped, or one digit of one reading mistyped."""
    slips = []
    for i, j in itertools.combinations(range(len(readings_mm)), 2):
        if readings_mm[i] != readings_mm[j]:
            other = list(readings_mm)
            other[i], other[j] = other[j], other[i]
            slips.append(Slip(f"the readings of struts {i + 1} and {j + 1} are swapped", tuple(other)))
    for i, reading in enumerate(readings_mm):
        for meant in _one_digit_off(reading):
            sentence = f"strut {i + 1} reads {meant:g} mm, not {reading:g} mm (one digit mistyped)"
            slips.append(Slip(sentence, (*readings_mm[:i], meant, *readings_mm[i + 1 :])))
    return slips


def _one_digit_off(reading_mm: float) -> list[float]:
    """Readings whose whole millimetres differ from the given in one digit, or by two neighbouring digits exchanged."""
    whole = int(reading_mm)
    rest = reading_mm - whole
    digits = f"{whole:03d}"
    texts = {digits[:place] + digit + digits[place + 1 :] for place in range(len(digits)) for digit in "0123456789"} | {
        digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :] for place in range(len(digits) - 1)
    }
    return sorted(int(text) + rest for text in texts - {digits})


NOT_CONTINUED = "visit.not_continued"
# Differences of whole marks are compared with one mark: this (mm) is the noise of their subtraction, far below a mark.
TOLERANCE_MM = 1e-6


@dataclass(frozen=True)
class PlannedSettings:
    """Six settings (mm, struts 1 to 6) that a plan has on a date, on the scales of the struts fitted then.

    `day` counts from the plan's day 0; `struts` are struts 1 to 6.
    """

    date: datetime.date
    day: int
    settings_mm: tuple[float, ...]
    struts: tuple[Strut, ...]


@dataclass(frozen=True)
class MeasuredSettings:
    """Six readings (mm, struts 1 to 6) of one hexapod at a visit, on the scales of the struts that were on."""

    visit: int
    level: int
    date: datetime.date
    settings_mm: tuple[float, ...]
    struts: tuple[Strut, ...]


def check_continued(
    plan: Sequence[PlannedSettings], read: MeasuredSettings, followed: Sequence[PlannedSettings] = ()
) -> tuple[Finding, ...]:
    """Findings `visit.not_continued`, one a strut, where a plan does not have the frame that was measured (H-28).

    The evening that is compared is that of the visit's date: the last one of a plan that ends before, day 0 of one that
    begins later.  A frame may have moved between the visit and a later day 0, but only as a signed plan says:
    `followed` are all evenings and doses of such plans after the visit, and day 0 may be any of them as well as the
    readings.  Struts are compared by their joint-to-joint lengths, so those of other models too; one graduation of the
    coarser of the two scales is allowed.

    Args:
        plan: the evenings of the hexapod in their order, at least day 0.
        read: the last readings of this hexapod.
        followed: what signed plans have for it, of any dates; only those from the visit to day 0 count.
    """
    first, last = plan[0], plan[-1]
    compared = plan[min(max((read.date - first.date).days, 0), last.day)]
    if first.date > read.date and any(
        not _apart(compared, one.settings_mm, one.struts) for one in followed if read.date <= one.date <= first.date
    ):
        return ()
    return tuple(
        _finding(compared, read, strut, off_mm, allowed_mm)
        for strut, off_mm, allowed_mm in _apart(compared, read.settings_mm, read.struts)
    )


def _apart(
    row: PlannedSettings, settings_mm: Sequence[float], struts: Sequence[Strut]
) -> list[tuple[int, float, float]]:
    """Struts whose length differs by more than a graduation: strut, difference in mm (planned - read), graduation."""
    found = []
    pairs = zip(row.struts, row.settings_mm, struts, settings_mm, strict=True)
    for strut, (planned, planned_mm, fitted, read_mm) in enumerate(pairs, start=1):
        off_mm = planned.length(planned_mm) - fitted.length(read_mm)
        allowed_mm = max(planned.graduation_mm, fitted.graduation_mm)
        if not abs(off_mm) <= allowed_mm + TOLERANCE_MM:
            found.append((strut, off_mm, allowed_mm))
    return found


def _finding(row: PlannedSettings, read: MeasuredSettings, strut: int, off_mm: float, allowed_mm: float) -> Finding:
    planned, fitted = row.struts[strut - 1], read.struts[strut - 1]
    of_which = "that day" if row.date == read.date else "its last day" if row.date < read.date else "its day 0"
    scales = (
        f"{row.settings_mm[strut - 1]:g} mm"
        if planned.name == fitted.name
        else f"{row.settings_mm[strut - 1]:g} mm on {shown_name(planned)}, not {shown_name(fitted)}"
    )
    message = (
        f"Strut {strut} was read at {read.settings_mm[strut - 1]:g} mm at visit {read.visit} on "
        f"{read.date.isoformat()}; this plan has {scales} on {of_which} (day {row.day}, {row.date.isoformat()}), so "
        f"the strut would be {abs(off_mm):.4g} mm {'longer' if off_mm > 0.0 else 'shorter'} than it was measured. At "
        f"most one graduation, {allowed_mm:g} mm, may lie between. Continue from this visit instead: the "
        "new plan then starts at its readings."
    )
    return Finding(NOT_CONTINUED, "refused", read.level, message, row.day, strut, abs(off_mm), allowed_mm, "mm")
