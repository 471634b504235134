"""A level of a case made ready for planning: words turned into poses, names into hardware."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hexapod.case.level_parts import BoneAtOsteotomy, OwnStrut, RingEntry
from hexapod.case.model import Case, Level
from hexapod.deformity.pose import along_bone, deformity_pose, place, ring_mount
from hexapod.deformity.quantities import Fragment, Side
from hexapod.errors import CaseError, CatalogueError, Problem
from hexapod.geometry.transforms import Array, invert
from hexapod.hardware.catalogue import Catalogue
from hexapod.hardware.models import Provenance, Ring, Strut, measured_ring, ring_of_joints

# Edge of the bone at the osteotomy: a tracked point every 45 deg from +x in moving axes (conventions section 8).
RIM_POINTS = 8
CORRESPONDING_POINT = "corresponding point"


@dataclass(frozen=True)
class TrackedPoints:
    """Points that ride on the moving fragment: names, places (k, 3) in moving axes in mm, own limits in mm/day."""

    names: tuple[str, ...]
    places_mov_mm: Array
    own_limits: tuple[float | None, ...]

    def limits(self, mm_per_day: float) -> Array:
        """Limits (k,) in mm a day in a stage whose general limit is `mm_per_day`."""
        return np.array([mm_per_day if own is None else own for own in self.own_limits])


@dataclass(frozen=True)
class LevelSetup:
    """Everything of a level that does not depend on the day.  Poses 4x4, mm."""

    index: int
    level: Level
    side: Side
    proximal_ring: Ring
    distal_ring: Ring
    struts: tuple[Strut, ...]
    T_ref_ring: Array
    T_ref_mov_start: Array
    tracked: TrackedPoints

    @property
    def reference(self) -> Fragment:
        """The fragment that is fixed."""
        return self.level.reference

    @property
    def settings_mm(self) -> tuple[float, ...]:
        """The six settings that the case gives, mm."""
        return self.level.frame.settings_mm

    @property
    def known(self) -> Literal[0, -1]:
        """The evening on which these settings are known: the first (0) or the last (-1)."""
        return 0 if self.level.frame.settings_at == "start" else -1

    @property
    def T_ref_mov_course(self) -> Array:
        """The pose (4, 4) from which its course starts: that of `course_from`, else where it is."""
        course_from = self.level.course_from
        if course_from is None:
            return self.T_ref_mov_start
        return deformity_pose(course_from.words(), self.side, self.reference)

    @property
    def joints_mm(self) -> tuple[Array, Array]:
        """Joints (6, 3) of the proximal and of the distal ring, each in its own axes."""
        return self.proximal_ring.proximal_joints_mm, self.distal_ring.distal_joints_mm

    def lengths_of(self, settings_mm: tuple[float, ...]) -> Array:
        """Joint-to-joint lengths (6,) of six settings on the fitted struts."""
        return np.array([strut.length(setting) for strut, setting in zip(self.struts, settings_mm, strict=True)])

    def T_prox_dist(self, T_ring_mring: Array) -> Array:
        """Poses of the distal in the proximal ring's axes from those of the moving in the reference ring's, or back."""
        return T_ring_mring if self.reference == "proximal" else invert(T_ring_mring)


def set_up(case: Case, index: int, catalogue: Catalogue) -> LevelSetup:
    """Level `index` of a case, counted from 0.

    Raises:
        CaseError: hardware that the catalogue does not have, with the path of the key.
    """
    level = case.levels[index]
    frame, side = level.frame, case.limb.side
    path = f"levels[{index}].frame"
    T_ref_mov = deformity_pose(level.deformity_words, side, level.reference)
    return LevelSetup(
        index=index,
        level=level,
        side=side,
        proximal_ring=_ring(frame.proximal_ring, "proximal", catalogue, f"{path}.proximal_ring.model"),
        distal_ring=_ring(frame.distal_ring, "distal", catalogue, f"{path}.distal_ring.model"),
        struts=tuple(_strut(entry, catalogue, f"{path}.struts[{number}]") for number, entry in enumerate(frame.struts)),
        T_ref_ring=ring_mount(level.mounting_words, side),
        T_ref_mov_start=T_ref_mov,
        tracked=_tracked(level, side, T_ref_mov),
    )


def _ring(entry: RingEntry, used_as: Fragment, catalogue: Catalogue, path: str) -> Ring:
    if entry.joints_mm is not None:
        joints, measured = np.array(entry.joints_mm, float), entry.measured
        return (
            ring_of_joints(joints)
            if measured is None
            else measured_ring(joints, measured.ring, datetime.date.fromisoformat(measured.on))
        )
    assert entry.model is not None
    try:
        ring = catalogue.ring(entry.model)
    except CatalogueError as error:
        raise CaseError([Problem(path, f'"{entry.model}"', str(error))]) from error
    if ring.used_as not in (None, used_as):
        message = f"was measured as a {ring.used_as} ring: its joints as a {used_as} ring are not known. Measure it so."
        raise CaseError([Problem(path, f'"{entry.model}"', message)])
    return ring


def _strut(entry: str | OwnStrut, catalogue: Catalogue, path: str) -> Strut:
    if isinstance(entry, OwnStrut):
        own = {"range_mm": Provenance("user", "range given in the case file")}
        return Strut("own", "own", entry.min_mm, entry.max_mm, entry.graduation_mm, provenance=own)
    try:
        return catalogue.strut(entry)
    except CatalogueError as error:
        raise CaseError([Problem(path, f'"{entry}"', str(error))]) from error


def _tracked(level: Level, side: Side, T_ref_mov: Array) -> TrackedPoints:
    names: list[str] = [CORRESPONDING_POINT]
    places: list[Array] = [np.zeros(3)]
    limits: list[float | None] = [None]
    # The surfaces of a joint glide: what its rotation stretches is beside the bones, and entered as such.
    if level.bone is not None and level.indication != "joint":
        for number, point in enumerate(_rim(level.bone)):
            names.append(f"bone edge at {number * 360 // RIM_POINTS} deg")
            places.append(point)
            limits.append(None)
    T_mov_ref = invert(T_ref_mov)
    for structure in level.structures_at_risk:
        names.append(structure.name)
        places.append(T_mov_ref[:3, :3] @ place(structure.at.words(), side) + T_mov_ref[:3, 3])
        limits.append(structure.limit_mm_per_day)
    return TrackedPoints(tuple(names), np.array(places), tuple(limits))


def _rim(bone: BoneAtOsteotomy) -> list[Array]:
    height, radius = along_bone(bone.osteotomy.words()), bone.diameter_mm / 2.0
    angles = [number * 2.0 * math.pi / RIM_POINTS for number in range(RIM_POINTS)]
    return [np.array([radius * math.cos(angle), radius * math.sin(angle), height]) for angle in angles]
