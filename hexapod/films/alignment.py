"""Alignment on one radiograph: joint angles to the mechanical and anatomical axes, and the mechanical axis deviation.

Joints by their names in the points: `hip` (femoral head), `trochanter` (tip), `knee`, or `distal_femur` and
`proximal_tibia` for its two joint lines, and `ankle`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hexapod.case.film_format import EDGES, View
from hexapod.case.level_parts import Bone
from hexapod.deformity.quantities import Fragment, Side, lateral_x
from hexapod.films import film_reading as e
from hexapod.films.film_reading import EDGES_SEEN, AxisLine, FilmPlane, ReadFilm, right_on_film
from hexapod.geometry.transforms import Array

READ, NOT_READ = "read", "not read in a source"
PALEY = "Paley, Principles of Deformity Correction, 2002; adults"
FEMORAL, TIBIAL = "distal_femur", "proximal_tibia"


@dataclass(frozen=True)
class _Limb:
    """The joints and the two fragment axes of a radiograph, for many variations of its points."""

    plane: FilmPlane
    edges: tuple[str, str]
    proximal: AxisLine | None
    distal: AxisLine | None

    def line(self, joint: str) -> tuple[Array, Array] | None:
        """The two ends of a joint line, first edge of the view first; the knee's own where its bones have none."""
        ends = [self.plane.at.get(f"joint.{joint}.{edge}") for edge in self.edges]
        if ends[0] is not None and ends[1] is not None:
            return ends[0], ends[1]
        return self.line("knee") if joint in (FEMORAL, TIBIAL) else None

    def centre(self, joint: str) -> Array | None:
        """The centre of a joint as placed, else the middle of its line."""
        placed = self.plane.at.get(f"joint.{joint}.centre")
        if placed is not None:
            return placed
        if joint in (FEMORAL, TIBIAL) and (knee := self.plane.at.get("joint.knee.centre")) is not None:
            return knee
        line = self.line(joint)
        return None if line is None else (line[0] + line[1]) / 2.0

    def towards(self, joint: str, edge: str) -> Array | None:
        """The direction along a joint line to one of its ends."""
        line = self.line(joint)
        if line is None:
            return None
        return line[0] - line[1] if edge == self.edges[0] else line[1] - line[0]

    def between(self, start: str, end: str) -> Array | None:
        """The direction from one joint centre to another."""
        a, b = self.centre(start), self.centre(end)
        return None if a is None or b is None else b - a


Ray = Callable[[_Limb], Array | None]


def _edge(joint: str, edge: str) -> Ray:
    return lambda limb: limb.towards(joint, edge)


def _axis(start: str, end: str) -> Ray:
    return lambda limb: limb.between(start, end)


def _shaft(fragment: Fragment, towards: Fragment) -> Ray:
    def ray(limb: _Limb) -> Array | None:
        line = limb.proximal if fragment == "proximal" else limb.distal
        return None if line is None else line.direction * (1.0 if towards == "proximal" else -1.0)

    return ray


@dataclass(frozen=True)
class JointAngle:
    """An angle between two rays from a joint, with the range of adults and its source.

    `joint` is where it lies; `bone` the bone whose fragments the anatomical axis is taken from, None for mechanical
    axes.
    """

    name: str
    view: View
    bone: Bone | None
    joint: str
    rays: tuple[Ray, Ray]
    usual_deg: float
    range_deg: tuple[float, float]
    status: str = READ
    source: str = PALEY

    def size(self, limb: _Limb) -> Array | None:
        """The angle, deg, of every variation of a limb."""
        return _between(*(ray(limb) for ray in self.rays))


JOINT_ANGLES = (
    JointAngle("mLPFA", "ap", None, "hip", (_axis("hip", "trochanter"), _axis("hip", FEMORAL)), 90, (85, 95)),
    JointAngle("mLDFA", "ap", None, FEMORAL, (_edge(FEMORAL, "lateral"), _axis(FEMORAL, "hip")), 88, (85, 90)),
    JointAngle("MPTA", "ap", None, TIBIAL, (_edge(TIBIAL, "medial"), _axis(TIBIAL, "ankle")), 87, (85, 90)),
    JointAngle("LDTA", "ap", None, "ankle", (_edge("ankle", "lateral"), _axis("ankle", TIBIAL)), 89, (86, 92)),
    JointAngle(
        "aMPFA", "ap", "femur", "trochanter", (_axis("trochanter", "hip"), _shaft("proximal", "distal")), 84, (80, 89)
    ),
    JointAngle(
        "aLDFA", "ap", "femur", FEMORAL, (_edge(FEMORAL, "lateral"), _shaft("distal", "proximal")), 81, (79, 83)
    ),
    JointAngle(
        "PDFA", "lateral", "femur", FEMORAL, (_edge(FEMORAL, "posterior"), _shaft("distal", "proximal")), 83, (79, 87)
    ),
    JointAngle(
        "PPTA",
        "lateral",
        "tibia",
        TIBIAL,
        (_edge(TIBIAL, "posterior"), _shaft("proximal", "distal")),
        81,
        (77, 84),
        NOT_READ,
    ),
    JointAngle(
        "ADTA",
        "lateral",
        "tibia",
        "ankle",
        (_edge("ankle", "anterior"), _shaft("distal", "proximal")),
        80,
        (78, 82),
        NOT_READ,
    ),
)
JLCA_RANGE_DEG = (0.0, 2.0)


def alignment(films: Sequence[ReadFilm], side: Side, reference: Fragment, bone: Bone | None) -> list[dict[str, Any]]:
    """An entry for every angle and distance determined by the joints on the radiographs, in the form of docs/films.md.

    Angles to anatomical axes are given where `bone` says whose fragments the axes are.
    """
    entries = []
    for film in films:
        for angle in JOINT_ANGLES:
            if angle.view == film.film.view and angle.bone in (None, bone):
                rays = _of(film, reference, angle.size)
                if entry := _entry(film, angle.name, rays, ("angle_deg", "angle_deg"), 0.0):
                    entries.append(entry | _usual(angle.usual_deg, angle.range_deg, angle.source, angle.status))
        if film.film.view == "ap":
            opening = _of(film, reference, _opening)
            if entry := _entry(film, "JLCA", opening, ("opens_medial_deg", "opens_lateral_deg"), 0.0):
                entries.append(entry | _usual(None, JLCA_RANGE_DEG, PALEY, NOT_READ))
            # The component along lateral of what is right on the film; given where the radiograph shows it.
            lateral = lateral_x(side) * math.cos(right_on_film(film.film))
            if film.film.scale is not None and abs(lateral) >= EDGES_SEEN:
                deviation = _of(film, reference, _deviation)
                words = ("lateral_mm", "medial_mm") if lateral > 0.0 else ("medial_mm", "lateral_mm")
                if entry := _entry(film, "MAD", deviation, words, 1.0):
                    entries.append(entry)
    return entries


@dataclass(frozen=True)
class DrawnAngle:
    """An angle of alignment on the plane of a film: its name, where it lies (2,) and its two unit rays (2,)."""

    name: str
    deg: float
    at: Array
    rays: tuple[Array, Array]


def drawn_angles(film: ReadFilm, reference: Fragment, bone: Bone | None) -> list[DrawnAngle]:
    """The alignment angles determined by the points of a radiograph, to be drawn on it."""
    limb, found = _limb(film, reference, film.nominal), []
    for angle in JOINT_ANGLES:
        at = limb.centre(angle.joint)
        if angle.view != film.film.view or angle.bone not in (None, bone) or at is None:
            continue
        one, other = (ray(limb) for ray in angle.rays)
        if one is not None and other is not None:
            rays = (one[0] / np.linalg.norm(one[0]), other[0] / np.linalg.norm(other[0]))
            deg = _between(one, other)
            assert deg is not None
            found.append(DrawnAngle(angle.name, float(deg[0]), at[0], rays))
    return found


def drawn_axes(film: ReadFilm, reference: Fragment) -> list[tuple[str, Array, Array]]:
    """Joint lines and mechanical axes by the points of a radiograph: a word, and two ends (2,) on its plane."""
    limb = _limb(film, reference, film.nominal)
    found = [
        ("", ends[0][0], ends[1][0])
        for joint in ("knee", FEMORAL, TIBIAL, "ankle")
        if f"joint.{joint}.{limb.edges[0]}" in limb.plane.at and (ends := limb.line(joint)) is not None
    ]
    for start, end in (("hip", FEMORAL), (TIBIAL, "ankle"), ("hip", "ankle")):
        one, other = limb.centre(start), limb.centre(end)
        if one is not None and other is not None:
            found.append(("mechanical axis of the limb" if (start, end) == ("hip", "ankle") else "", one[0], other[0]))
    return found


def _limb(film: ReadFilm, reference: Fragment, plane: FilmPlane) -> _Limb:
    axes = (plane.reference, plane.moving) if film.directed else (None, None)
    proximal, distal = axes if reference == "proximal" else reversed(axes)
    return _Limb(plane, EDGES[film.film.view], proximal, distal)


def _of(film: ReadFilm, reference: Fragment, size: Callable[[_Limb], Array | None]) -> Callable[[FilmPlane], Array]:
    """A size of the limb (k,) as one of the plane (k, 1); NaN where a point is missing."""

    def of_plane(plane: FilmPlane) -> Array:
        found = size(_limb(film, reference, plane))
        return np.full((plane.count, 1), np.nan) if found is None else found[:, None]

    return of_plane


def _entry(
    film: ReadFilm, name: str, size: Callable[[FilmPlane], Array], words: tuple[str, str], millimetres: float
) -> dict[str, Any]:
    """One entry by the words of a positive and a negative size; empty where the points do not determine it."""
    if not np.isfinite(size(film.nominal)[0, 0]):
        return {}
    found, covariances = film.read(size, np.array([millimetres]))
    floor = e.WORD_FLOOR_MM.value if millimetres else e.WORD_FLOOR_DEG.value
    signed = float(found[0])
    return {
        "name": name,
        "film": film.film.id,
        "word": words[0] if signed >= 0.0 else words[1],
        "size": abs(signed),
        "sd": math.hypot(covariances.sd(0), floor),
    }


def _usual(usual_deg: float | None, range_deg: tuple[float, float], source: str, status: str) -> dict[str, Any]:
    usual = {} if usual_deg is None else {"usual_deg": usual_deg}
    return {**usual, "range_deg": list(range_deg), "source": source, "status": status}


def _between(a: Array | None, b: Array | None) -> Array | None:
    """The angle between two rays, deg, 0 to 180."""
    if a is None or b is None:
        return None
    return np.asarray(np.degrees(np.arctan2(np.abs(_cross(a, b)), (a * b).sum(axis=-1))), float)


def _opening(limb: _Limb) -> Array | None:
    """The angle between the two joint lines of the knee, deg, positive where they open medially."""
    if not all(
        limb.plane.at.get(f"joint.{joint}.{edge}") is not None for joint in (FEMORAL, TIBIAL) for edge in limb.edges
    ):
        return None
    femoral, tibial = limb.towards(FEMORAL, "medial"), limb.towards(TIBIAL, "medial")
    up = next((ray for ends in ((TIBIAL, "hip"), ("ankle", TIBIAL)) if (ray := limb.between(*ends)) is not None), None)
    if up is None and limb.plane.reference is not None:
        up = limb.plane.reference.direction
    if femoral is None or tibial is None or up is None:
        return None
    apart = np.arctan2(_cross(tibial, femoral), (tibial * femoral).sum(axis=-1))
    return np.asarray(np.degrees(apart) * np.sign(_cross(tibial, up)), float)


def _deviation(limb: _Limb) -> Array | None:
    """How far the line from hip to ankle passes to the right of the knee's centre, as seen with the hip above."""
    hip, knee, ankle = (limb.centre(joint) for joint in ("hip", "knee", "ankle"))
    if knee is None:
        knee = limb.centre(TIBIAL)
    if hip is None or knee is None or ankle is None:
        return None
    along = (hip - ankle) / np.linalg.norm(hip - ankle, axis=-1)[:, None]
    return _cross(hip - knee, along)


def _cross(a: Array, b: Array) -> Array:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], float)
