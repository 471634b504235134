"""A ring measured with a calliper: its joints by least squares from distances between their centres, with their SD.

Two shapes are tried: three tabs 120 deg apart with two joints each, as makers build them (joint radius and half angle),
and six free joints in one plane.  The first is taken when the distances allow it; a single distance that is misread is
found as the one without which the rest agrees.

Source: weighted least squares with inner constraints (the frame of a free network), as in textbooks of adjustment.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError

from hexapod.case.field_types import Count, Strict
from hexapod.case.files import parse_value
from hexapod.case.validation_messages import case_error
from hexapod.errors import CaseError, Problem
from hexapod.geometry.transforms import Array
from hexapod.hardware.catalogue import joint_angles_deg
from hexapod.kinematics.inverse import STRUTS

FORMAT = "hexapod-calibration/1"
# Distances that agree are worse than this in one of a thousand measurements; a model that says less is not believed.
UNLIKELY = 1e-3
# The misfit (chi-square of one degree of freedom) that so rare a chance adds: an explanation less worse is no worse.
BEYOND_DOUBT = 10.8
# A calliper reaches no ring beyond this (mm).
LONGEST_MM = 1000.0
# Joint centres stand farther apart than this (mm), and a calliper in a hand is no better than this SD.
SHORTEST_MM, FINEST_SD_MM = 1.0, 1e-3
# A tab with joints farther from its middle (deg) would meet the next; makers' have 3 to 15.  Below 0 the two joints of
# a tab have changed places.
WIDEST_HALF_DEG = 25.0
# Gauss-Newton starts within some mm of the answer and doubles its digits at every step.
MOST_STEPS, SETTLED_MM = 50, 1e-11
# Half angles are tried from this start (deg); makers' lie between 3 and 15.
START_HALF_DEG = 6.0
# A misreading that must not stay hidden (mm), and how many SD of the misfit it has to stand out by.
MISREAD_MM, STANDS_OUT = 5.0, 5.0
# Below this share of the largest singular value, distances do not fix the joints.
LOOSE = 1e-9

Pair = tuple[int, int]
Joint = Annotated[int, Field(ge=1, le=STRUTS)]
Distance = Annotated[tuple[Joint, Joint, Annotated[float, Field(ge=SHORTEST_MM, le=LONGEST_MM)]], Count(3, 3)]
MOST_DISTANCES = STRUTS * (STRUTS - 1) // 2


class Calibration(Strict):
    """The file: distances in mm between joint centres of two struts, 1 to 6, each with the same standard deviation.

    `height_mm` is that of the joints in ring axes (conventions section 4): positive towards proximal.
    """

    format: Literal["hexapod-calibration/1"]
    ring: Literal["proximal", "distal"]
    distances_mm: Annotated[tuple[Distance, ...], Count(1, MOST_DISTANCES)]
    sd_mm: Annotated[float, Field(ge=FINEST_SD_MM, le=10.0)]
    height_mm: Annotated[float, Field(ge=-LONGEST_MM, le=LONGEST_MM)] = 0.0


@dataclass(frozen=True)
class MeasuredRing:
    """What the distances say of a ring, mm and deg, in ring axes with the front as the numbering of struts has it.

    `joints_mm` (6, 3); `sd_mm` of each joint's place in the plane, per coordinate; `chi2_dof` the misfit per degree of
    freedom; `suspect` pairs of struts whose distance was left out as misread, then those without which the rest agrees
    as well; `unchecked` pairs of which 5 mm of misreading would not be noticed, because too few others tell the same;
    `agrees` whether the rest fits the shape as well as its SD says, and there is no doubt what was misread;
    `three_tabs` which shape was taken.
    """

    joints_mm: Array
    sd_mm: tuple[float, ...]
    joint_radius_mm: float
    half_angle_deg: float
    radius_sd_mm: float
    half_angle_sd_deg: float
    chi2_dof: float
    suspect: tuple[Pair, ...]
    unchecked: tuple[Pair, ...]
    agrees: bool
    three_tabs: bool


def read_calibration(raw: bytes) -> Calibration:
    """The distances in the bytes of a file.

    Raises:
        CaseError: no JSON, another format, or a value that makes no sense, each with what to type instead.
    """
    return calibration_of(parse_value(raw))


def calibration_of(value: Any) -> Calibration:
    """The distances in the value of a file.  Raises CaseError as `read_calibration`."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        shown = json.dumps(value.get("format") if isinstance(value, dict) else None, ensure_ascii=False)
        raise CaseError([Problem("format", shown, f'must be "{FORMAT}": no other format is read.')])
    try:
        calibration = Calibration.model_validate(value)
    except ValidationError as error:
        raise case_error(error, value, Calibration) from error
    seen: set[Pair] = set()
    for number, (a, b, _) in enumerate(calibration.distances_mm):
        pair, place = (min(a, b), max(a, b)), f"distances_mm[{number}]"
        if a == b:
            raise CaseError([Problem(place, f"[{a}, {b}, …]", "names one strut twice: give two different struts.")])
        if pair in seen:
            raise CaseError([Problem(place, f"[{a}, {b}, …]", "gives a distance again: give the mean of both once.")])
        seen.add(pair)
    return calibration


def calibrate(given: Calibration) -> MeasuredRing:
    """The ring that the distances were taken on.

    Raises:
        CaseError: too few distances to say where the joints are, or those of another ring or numbering.
    """
    measured = {(min(a, b) - 1, max(a, b) - 1): mm for a, b, mm in given.distances_mm}
    tabs = _Tabs(given.ring)
    first = None
    # The fewest misread distances first, and among them three tabs first.
    for left_out in range(_Tabs.most_misread + 1):
        for fit in _fits(tabs, measured, given.sd_mm, left_out):
            if fit.agrees:
                return _numbered_right(_ring(fit, tabs, given), given)
            first = first or fit
    if first is None:
        shown = f"{len(measured)} distances"
        raise CaseError([Problem("distances_mm", shown, "say too little: give all 15, or at least 4 across the ring.")])
    return _ring(first, tabs, given)


def _numbered_right(ring: MeasuredRing, given: Calibration) -> MeasuredRing:
    """The ring, unless its joints stand where those of another ring, or of other numbers, would.

    Raises:
        CaseError: the joints are not two by two beside the tabs of this ring.
    """
    if 0.0 < ring.half_angle_deg <= WIDEST_HALF_DEG:
        return ring
    other = "distal" if given.ring == "proximal" else "proximal"
    message = (
        "does not go with these distances: struts of one tab would not stand beside each other. Count the struts as "
        f'they are on the frame (1 and 2 at the master tab of the proximal ring), or say "{other}".'
    )
    raise CaseError([Problem("ring", json.dumps(given.ring), message)])


class _Tabs:
    """Three tabs: two unknowns, joint radius in mm and half angle in rad."""

    # One distance more than unknowns is enough; with all 15, two misread ones are found beyond doubt.
    unknowns, least_over, most_misread = 2, 1, 2

    def __init__(self, ring: Literal["proximal", "distal"]) -> None:
        self.tab_rad, self.side = np.radians(joint_angles_deg(ring)[:, 0]), joint_angles_deg(ring)[:, 1]

    def starts(self, measured: Mapping[Pair, float]) -> list[Array]:
        """Joints beside their tab, and with the two of each tab in each other's places."""
        half = np.radians(START_HALF_DEG)
        spans = [mm / _chord(self.angles(half), *pair) for pair, mm in measured.items()]
        return [np.array([float(np.median(spans)), sign * half]) for sign in (1.0, -1.0)]

    def angles(self, half_rad: float) -> Array:
        return np.asarray(self.tab_rad + self.side * half_rad)

    def joints(self, x: Array) -> Array:
        """Joints (6, 2) from their unknowns; angles as in conventions section 4."""
        angles = self.angles(x[1])
        return np.asarray(x[0] * np.stack([np.sin(angles), -np.cos(angles)], axis=1))

    def slopes(self, x: Array) -> Array:
        """How the joints (6, 2) answer to each unknown, (12, 2)."""
        angles = self.angles(x[1])
        radial = np.stack([np.sin(angles), -np.cos(angles)], axis=1)
        around = x[0] * self.side[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        return np.stack([radial.ravel(), around.ravel()], axis=1)


class _Joints:
    """Six free joints in a plane: twelve unknowns, of which shift and rotation (three) are given by no distance."""

    # So free a shape bends to several misread distances, and to one unless there are some more than unknowns.
    unknowns, least_over, most_misread = 9, 3, 1

    def __init__(self, tabs: _Tabs) -> None:
        self.tabs = tabs

    def starts(self, measured: Mapping[Pair, float]) -> list[Array]:
        """Joints as three tabs have them."""
        return [self.tabs.joints(x).ravel() for x in self.tabs.starts(measured)]

    def joints(self, x: Array) -> Array:
        return x.reshape(STRUTS, 2)

    def slopes(self, _: Array) -> Array:
        return np.eye(2 * STRUTS)


Shape = _Tabs | _Joints


@dataclass(frozen=True)
class _Fit:
    """A shape fitted to distances: its unknowns, their covariance, what is left, and what was left out.

    `redundancy` is the share of an error of each distance (of `pairs`) that stays visible in the misfit, 0 to 1;
    `or_else` what might have been left out instead.
    """

    shape: Shape
    x: Array
    covariance: Array
    chi2: float
    dof: int
    pairs: tuple[Pair, ...]
    redundancy: Array
    left_out: tuple[Pair, ...] = ()
    or_else: tuple[tuple[Pair, ...], ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether what is left is what the SD makes likely."""
        return chance_above(self.chi2, self.dof) >= UNLIKELY


def chance_above(chi2: float, dof: int) -> float:
    """The chance that chi-square with so many degrees of freedom exceeds a value."""
    from scipy.special import chdtrc  # only a calibration needs it, and commands start faster without

    return float(chdtrc(dof, chi2))


def _fit(shape: Shape, measured: Mapping[Pair, float], sd_mm: float) -> _Fit | None:
    """The best fit from any of the shape's starts; None where the distances do not fix it."""
    if len(measured) < shape.unknowns:
        return None
    fits = [fit for start in shape.starts(measured) if (fit := _settled(shape, start, measured, sd_mm)) is not None]
    # Few distances may fit with the joints of every tab in each other's places, too: as they are numbered comes first.
    return min(fits, key=lambda fit: (not fit.agrees, 0.0 if fit.agrees else fit.chi2), default=None)


def _settled(shape: Shape, x: Array, measured: Mapping[Pair, float], sd_mm: float) -> _Fit | None:
    """Gauss-Newton from a start; None where it does not settle."""
    pairs, measured_mm = list(measured), np.array(list(measured.values()))
    for _ in range(MOST_STEPS):
        if not np.isfinite(x).all():
            return None
        distances, J = _distances(shape, x, pairs)
        U, s, Vt = np.linalg.svd(J, full_matrices=False)
        kept = s > LOOSE * s[0]
        if kept.sum() < shape.unknowns:
            return None
        # The shortest step leaves shift and rotation of free joints as they are.
        V, s, U = Vt[kept].T, s[kept], U[:, kept]
        step = V @ ((U.T @ (measured_mm - distances)) / s)
        x = x + step
        if np.abs(step).max() <= SETTLED_MM * max(1.0, float(np.abs(x).max())):
            break
    else:
        return None
    distances, _ = _distances(shape, x, pairs)
    off = (measured_mm - distances) / sd_mm
    covariance = sd_mm**2 * (V / s**2) @ V.T
    redundancy = 1.0 - (U**2).sum(axis=1)
    return _Fit(shape, x, covariance, float(off @ off), len(pairs) - shape.unknowns, tuple(pairs), redundancy)


def _distances(shape: Shape, x: Array, pairs: Sequence[Pair]) -> tuple[Array, Array]:
    """Distances (n,) between joints, and how they answer to the unknowns (n, unknowns)."""
    joints, slopes = shape.joints(x), shape.slopes(x)
    apart = np.array([joints[a] - joints[b] for a, b in pairs])
    distances = np.linalg.norm(apart, axis=1)
    J = np.zeros((len(pairs), 2 * STRUTS))
    for row, ((a, b), unit) in enumerate(zip(pairs, apart / distances[:, None], strict=True)):
        J[row, 2 * a : 2 * a + 2], J[row, 2 * b : 2 * b + 2] = unit, -unit
    return distances, J @ slopes


def _fits(tabs: _Tabs, measured: Mapping[Pair, float], sd_mm: float, left_out: int) -> Iterator[_Fit]:
    """Each shape fitted to all distances but so many, those without which the rest agrees best."""
    for shape in (tabs, _Joints(tabs)):
        found = [
            replace(fit, left_out=gone)
            for gone in itertools.combinations(measured, left_out)
            if left_out <= shape.most_misread
            and (fit := _fit(shape, {pair: mm for pair, mm in measured.items() if pair not in gone}, sd_mm))
            and fit.dof >= shape.least_over
        ]
        if found:
            best = min(found, key=lambda one: one.chi2)
            others = [one for one in found if one is not best and one.agrees and one.chi2 < best.chi2 + BEYOND_DOUBT]
            yield replace(best, or_else=tuple(one.left_out for one in others))


def _ring(fit: _Fit, tabs: _Tabs, given: Calibration) -> MeasuredRing:
    joints, slopes = fit.shape.joints(fit.x), fit.shape.slopes(fit.x)
    covariance = slopes @ fit.covariance @ slopes.T
    if isinstance(fit.shape, _Joints):
        R, shift = _onto(joints, tabs)
        joints = joints @ R.T + shift
        turn = np.kron(np.eye(STRUTS), R)
        covariance = turn @ covariance @ turn.T
    size, size_slopes = _size(joints, tabs)
    radius_sd, half_sd = np.sqrt(np.diag(size_slopes @ covariance @ size_slopes.T))
    least_share = (STANDS_OUT * given.sd_mm / MISREAD_MM) ** 2
    each = np.diag(covariance).reshape(STRUTS, 2).mean(axis=1)
    return MeasuredRing(
        joints_mm=np.column_stack([joints, np.full(STRUTS, given.height_mm)]),
        sd_mm=tuple(float(sd) for sd in np.sqrt(each)),
        joint_radius_mm=size[0],
        half_angle_deg=float(np.degrees(size[1])),
        radius_sd_mm=float(radius_sd),
        half_angle_sd_deg=float(np.degrees(half_sd)),
        chi2_dof=fit.chi2 / fit.dof,
        suspect=tuple((a + 1, b + 1) for a, b in dict.fromkeys(itertools.chain(fit.left_out, *fit.or_else))),
        unchecked=tuple(
            (a + 1, b + 1) for (a, b), share in zip(fit.pairs, fit.redundancy, strict=True) if share < least_share
        ),
        agrees=fit.agrees and not fit.or_else,
        three_tabs=isinstance(fit.shape, _Tabs),
    )


def _onto(joints: Array, tabs: _Tabs) -> tuple[Array, Array]:
    """Rotation (2, 2) and shift (2,) that put free joints into ring axes, by least squares onto three tabs."""
    middle = joints - joints.mean(axis=0)
    radius = float(np.linalg.norm(middle, axis=1).mean())
    aim = tabs.joints(np.array([radius, np.radians(START_HALF_DEG)]))
    aim = aim - aim.mean(axis=0)
    # In a plane: the angle whose tangent is the sum of cross products over the sum of dot products.
    angle = np.arctan2(float((middle[:, 0] * aim[:, 1] - middle[:, 1] * aim[:, 0]).sum()), float((middle * aim).sum()))
    R = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return R, -R @ joints.mean(axis=0)


def _size(joints: Array, tabs: _Tabs) -> tuple[tuple[float, float], Array]:
    """Mean radius in mm and mean half angle in rad of joints (6, 2) in ring axes, with their slopes (2, 12)."""
    radii = np.linalg.norm(joints, axis=1)
    angles = np.arctan2(joints[:, 0], -joints[:, 1])
    beside = (angles - tabs.tab_rad + np.pi) % (2.0 * np.pi) - np.pi
    radial = joints / radii[:, None]
    # (-y, x) turned: how the angle from the front grows when a joint moves in the plane.
    around = np.stack([-joints[:, 1], joints[:, 0]], axis=1) / radii[:, None] ** 2
    slopes = np.stack([radial.ravel(), (tabs.side[:, None] * around).ravel()]) / STRUTS
    return (float(radii.mean()), float((tabs.side * beside).mean())), slopes


def _chord(angles: Array, a: int, b: int) -> float:
    """The distance of two joints on a circle of radius 1."""
    return float(2.0 * abs(np.sin(0.5 * (angles[a] - angles[b]))))


def ring_document(ring: MeasuredRing) -> dict[str, Any]:
    """What `hexapod calibrate --format json` prints."""
    return {
        "joints_mm": ring.joints_mm.tolist(),
        "sd_mm": list(ring.sd_mm),
        "joint_radius_mm": ring.joint_radius_mm,
        "half_angle_deg": ring.half_angle_deg,
        "chi2_dof": ring.chi2_dof,
        "suspect": [list(pair) for pair in ring.suspect],
    }
