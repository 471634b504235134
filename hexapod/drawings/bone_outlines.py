"""Outlines of a fragment: its shaft and the end of its bone, enough to recognise the bone.

These are drawings, not anatomy to measure on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hexapod.deformity.quantities import Fragment, Side, lateral_x, moving_end, other
from hexapod.drawings.radiograph_views import Shaft, cut_rise
from hexapod.geometry.transforms import Array

# Radius of the shaft (mm) of the usual adult bone, at which the sizes below hold, and how far they shrink and grow.
USUAL_RADIUS_MM = {"tibia": 14.0, "femur": 15.0, "humerus": 12.0, "forearm": 7.0, "foot": 15.0}
SMALLEST, LARGEST = 0.55, 1.3
# Stations of a ball: its poles and as many rounds between them.
BALL_STATIONS = 7


@dataclass(frozen=True)
class Station:
    """A cross-section, an ellipse.  mm on the usual adult bone.

    `inwards` is how far it lies from the far end of the fragment towards the osteotomy (from the osteotomy outwards in
    a part `from_cut`); its middle lies `lateral` and `posterior` of the fragment's axis; half its width across the AP
    and across the lateral view, None where it is the shaft itself.
    """

    inwards: float
    lateral: float = 0.0
    posterior: float = 0.0
    across_ap: float | None = None
    across_lateral: float | None = None


@dataclass(frozen=True)
class EndPart:
    """Cross-sections in order; `to_cut`: a shaft from the osteotomy on; `to_end`: one that goes on to the far end."""

    stations: tuple[Station, ...]
    to_cut: bool = False
    from_cut: bool = False
    to_end: bool = False


def _shaft(*rows: tuple[float, ...]) -> EndPart:
    return EndPart(tuple(Station(*row) for row in rows), to_cut=True)


def _piece(*rows: tuple[float, ...], from_cut: bool = False) -> EndPart:
    return EndPart(tuple(Station(*row) for row in rows), from_cut=from_cut)


def _ball(
    inwards: float, lateral: float, posterior: float, across_ap: float, across_lateral: float, tall: float
) -> EndPart:
    turns = [math.pi * k / (BALL_STATIONS - 1) for k in range(BALL_STATIONS)]
    return EndPart(
        tuple(
            Station(
                inwards + tall * math.cos(turn),
                lateral,
                posterior,
                across_ap * math.sin(turn),
                across_lateral * math.sin(turn),
            )
            for turn in turns
        )
    )


# Of the second bone beside the first: the thin shaft of the fibula stands lateral and behind.
_FIBULA = (27.0, 14.0)
ENDS: dict[str, dict[Fragment, tuple[EndPart, ...]]] = {
    "tibia": {
        "proximal": (
            EndPart(
                (Station(22, *_FIBULA, 4, 4), Station(16, *_FIBULA, 10, 9), Station(8, *_FIBULA, 6, 6)), to_cut=True,
            ),
            _shaft(
                (56,), (38, 0, 2, 16, 17), (20, 0, 5, 29, 21), (10, 0, 6, 37, 25), (3, 0, 6, 38, 25), (0, 0, 6, 35, 22),
            ),
        ),
        "distal": (
            EndPart(
                (
                    Station(30, 25, 6, 4, 4), Station(10, 25, 5, 8, 8),
                    Station(-8, 25, 5, 7, 8), Station(-20, 24, 5, 3, 4),
                ),
                to_cut=True,
            ),
            _shaft((50,), (28, 0, 0, 15, 15), (12, -1, 0, 22, 18), (3, -1, 0, 25, 20), (0, -1, 0, 23, 18)),
            _piece((16, -15, -1, 7, 11), (4, -19, -1, 7, 12), (-8, -20, -1, 6, 10), (-14, -20, -1, 2.5, 5)),
        ),
    },
    "femur": {
        "proximal": (
            _piece((38, 4, 0, 18, 12), (8, -36, -5, 15, 12)),
            _shaft(
                (62,), (44, 2, 0, 19, 17), (26, 5, 0, 23, 18), (14, 11, 2, 14, 16), (6, 13, 3, 9, 11), (3, 13, 3, 3, 4),
            ),
            _ball(6, -40, -6, 23, 23, 23),
        ),
        "distal": (
            _shaft((70,), (44, 0, 1, 20, 16), (26, 0, 3, 36, 20), (16, 0, 4, 34, 18)),
            _ball(19, -21, 7, 18, 30, 20),
            _ball(19, 21, 7, 18, 30, 20),
        ),
    },
    "humerus": {
        "proximal": (
            _shaft(
                (52,), (34, 0, 0, 14, 14), (18, 2, 0, 20, 19), (8, 8, -1, 14, 15), (2, 9, -1, 9, 10), (0, 9, -1, 3, 4),
            ),
            _ball(17, -9, 5, 22, 22, 22),
        ),
        "distal": (
            _shaft((56,), (34, 0, 0, 14.5, 9.6), (19, -3, 0, 29, 9), (11, -2, -1, 25, 9), (5, -2, -2, 18, 7)),
            _ball(8, -12, -3, 10, 12, 13),
            _ball(9, 14, -6, 10, 10, 10),
            _ball(20, -30, 1, 7, 6, 8),
        ),
    },
    "foot": {
        "proximal": (
            EndPart(
                (
                    Station(0), Station(12, 0, 0, 22, 20), Station(26, 0, 0, 24, 20),
                    Station(44, 0, 0, 16, 15), Station(60, 0, 0, 14, 14),
                ),
                from_cut=True,
                to_end=True,
            ),
            _piece((-3, -21, -1, 3, 4), (12, -21, -1, 7, 11), (27, -21, -1, 3, 4), from_cut=True),
            _piece((-10, 22, 5, 3, 4), (8, 22, 5, 7, 9), (26, 22, 5, 3, 4), from_cut=True),
        ),
        "distal": (
            _piece(
                (14, 0, 34, 12, 14), (24, 0, 36, 17, 24), (36, 0, 34, 17, 26), (48, 0, 32, 15, 24), (54, 0, 30, 9, 18),
                from_cut=True,
            ),
            _piece((0,), (10, 0, 0, 20, 24), (24, 0, 4, 21, 32), (36, 0, 0, 20, 30), from_cut=True),
            _piece(
                (12, 0, -18, 18, 12), (24, 0, -36, 24, 32), (36, -2, -54, 28, 50), (46, -3, -62, 30, 56),
                (54, -3, -68, 28, 50),
                from_cut=True,
            ),
        ),
    },
}  # fmt: skip

# The two bones of the forearm, each about its own axis.
RADIUS: dict[Fragment, tuple[EndPart, ...]] = {
    "proximal": (_shaft((40,), (26, 0, 0, 6.3, 6.3), (19, 0, 0, 11, 11), (11, 0, 0, 11.5, 11.5), (9, 0, 0, 10, 10)),),
    "distal": (
        _shaft((40,), (16, 0, 0, 13, 10), (4, 0, 0, 16, 11), (0, 0, 0, 14, 9.5)),
        _piece((10, 8, 0, 6, 8), (0, 10.5, 0, 5, 7), (-8, 11, 0, 2, 3)),
    ),
}
ULNA: dict[Fragment, tuple[EndPart, ...]] = {
    "proximal": (
        _shaft(
            (46, 0, 2), (24, 0, 4, 11, 13), (10, 0, 10, 11, 8), (-4, 0, 10, 11, 9), (-10, 0, 8, 9, 8),
            (-14, 0, 6, 4, 4),
        ),
    ),
    "distal": (
        _shaft((40,), (14, 0, 0, 7.5, 7.5), (6, 0, 0, 9, 9), (3, 0, 0, 7.5, 7.5)),
        _piece((6, -6, 3, 3, 3), (-6, -6, 3, 1.5, 1.5)),
    ),
}  # fmt: skip
# How far the second bone of the forearm stands from the first: in radii of the shaft, and mm besides.
BESIDE_RADII, BESIDE_MM = 2.1, 6.0


def end_parts(bone: str, fragment: Fragment, *, on_ulna: bool = False) -> list[tuple[EndPart, bool, float]]:
    """The parts of a fragment's end, back to front: each with whether it is a second bone's, and which way that stands.

    The way is -1 for medial, +1 for lateral, 0 for the bone on the axis.  Palms forward, the radius lies lateral.
    """
    if bone != "forearm":
        return [(part, False, 0.0) for part in ENDS[bone][fragment]]
    first, second = (ULNA, RADIUS) if on_ulna else (RADIUS, ULNA)
    way = 1.0 if on_ulna else -1.0
    return [*((part, True, way) for part in second[fragment]), *((part, False, 0.0) for part in first[fragment])]


# A joint end takes at most this share of a fragment, so that its osteotomy always stands on a piece of shaft.
END_SHARE = 0.8
# A fragment between two levels.
SHAFT_ONLY = EndPart((Station(0.0),), to_cut=True)


@dataclass(frozen=True)
class _Size:
    """How large the end of a fragment is drawn, `along` and `across` the bone, relative to the usual adult bone."""

    along: float
    across: float
    radius_mm: float
    length_mm: float


def fragment_outlines(
    shaft: Shaft,
    fragment: Fragment,
    bone: str,
    side: Side,
    axes: list[int],
    *,
    inner: bool = False,
    on_ulna: bool = False,
    sketch: bool = False,
) -> list[Array]:
    """Outlines (n, 2) in mm on the radiograph, back to front: together they are the fragment.

    `inner`: it lies between two levels and has no joint end.  `on_ulna`: the ulna of a forearm is on the axis.
    `sketch`: the diameter is not known, and the end is that of the usual adult bone.  Each cross-section stands where
    it is; its width is that of its ellipse across the fragment's axis as the radiograph shows it.
    """
    start, end = shaft.axis_mm
    length = float(np.linalg.norm(end - start))
    ends = [(SHAFT_ONLY, False, 0.0)] if inner else end_parts(bone, fragment, on_ulna=on_ulna)
    across = 1.0 if sketch else float(np.clip(shaft.radius_mm / USUAL_RADIUS_MM[bone], SMALLEST, LARGEST))
    reach = max(station.inwards for part, _, _ in ends for station in part.stations)
    along = min(across, END_SHARE * length / reach) if reach > 0.0 else across
    size = _Size(along, across, shaft.radius_mm, length)
    return [_outline(part, beside, shaft, fragment, side, axes, size) for part, _, beside in ends]


def _outline(
    part: EndPart, beside: float, shaft: Shaft, fragment: Fragment, side: Side, axes: list[int], size: _Size
) -> Array:
    R, start = shaft.T_ref_frag[:3, :3], shaft.axis_mm[0]
    outwards = moving_end(other(fragment))
    lateral = lateral_x(side)
    shift = beside * (BESIDE_RADII * size.radius_mm + BESIDE_MM * size.across)
    seen_axis = (R[:, 2] * outwards)[axes]
    along = seen_axis / np.linalg.norm(seen_axis)
    edge = np.array([-along[1], along[0]])
    rows = []
    for station, height in _heights(part, size):
        from_axis = np.array([
            lateral * (station.lateral * size.across + shift),
            station.posterior * size.across,
            outwards * height,
        ])  # fmt: skip
        at_cut = 1.0 if height == 0.0 else 0.0
        from_axis[2] += at_cut * float(shaft.slope @ from_axis[:2])
        middle = (start + R @ from_axis)[axes]
        ap, deep = (
            size.radius_mm if width is None else width * size.across
            for width in (station.across_ap, station.across_lateral)
        )
        half = float(np.hypot(ap * (edge @ R[axes, 0]), deep * (edge @ R[axes, 1])))
        rise = at_cut * cut_rise(shaft, axes, half * edge)
        rows.append((middle + half * edge + rise, middle - half * edge - rise))
    return np.array([left for left, _ in rows] + [right for _, right in reversed(rows)])


def _heights(part: EndPart, size: _Size) -> list[tuple[Station, float]]:
    """The stations of a part with their heights (mm) from the osteotomy outwards, the nearest first."""
    if part.from_cut:
        rows = [(station, station.inwards * size.along) for station in part.stations]
        return [*rows, (part.stations[-1], size.length_mm)] if part.to_end else rows
    rows = [(station, size.length_mm - station.inwards * size.along) for station in part.stations]
    return [(part.stations[0], 0.0), *rows] if part.to_cut else rows
