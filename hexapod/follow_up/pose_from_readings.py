"""pose_now: what six readings taken during treatment mean, by the frame of a case."""

from __future__ import annotations

from dataclasses import dataclass

from hexapod.case.model import Case, no_such_hexapod
from hexapod.checks import readings, singularity, struts
from hexapod.checks.findings import Finding
from hexapod.deformity.pose import BeyondWords, deformity_words
from hexapod.errors import HexapodError, NoPose, SingularFrame
from hexapod.geometry.transforms import Array
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.kinematics.forward import own_pose
from hexapod.kinematics.inverse import strut_lengths
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import FrameCourse, bone_pose, fit_frame
from hexapod.trajectory.level_setup import set_up

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
