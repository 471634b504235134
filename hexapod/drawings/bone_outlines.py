"""The outlines of a fragment on a film: its shaft from the cut and the end that its bone has, as seen in that view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.deformity.sides import Fragment, Side, lateral_x, moving_end, other
from hexapod.drawings.bone_end_shapes import (
    BESIDE_MM,
    BESIDE_RADII,
    LARGEST,
    SMALLEST,
    USUAL_RADIUS_MM,
    Part,
    Station,
    end_parts,
)
from hexapod.drawings.level_geometry import Shaft
from hexapod.drawings.radiograph_views import cut_rise
from hexapod.geometry.transforms import Array

# A joint end takes at most this share of a fragment, so that its cut always stands on a piece of shaft.
END_SHARE = 0.8
# A fragment between two levels.
SHAFT_ONLY = Part((Station(0.0),), to_cut=True)


@dataclass(frozen=True)
class _Size:
    """How big the end of a fragment is drawn: `along` the bone and `across` it, against the usual adult bone."""

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
    """Outlines (n, 2) in mm on the film, back to front: together they are the fragment.

    `inner`: it lies between two levels and has no joint end.  `on_ulna`: the ulna of a forearm is on the axis.
    `sketch`: the diameter is not known, and the end is that of the usual adult bone.  Each cross-section stands where
    it is; its width is that of its ellipse across the fragment's axis as the film shows it.
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
    part: Part, beside: float, shaft: Shaft, fragment: Fragment, side: Side, axes: list[int], size: _Size
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
        from_axis[2] += at_cut * float(shaft.lean @ from_axis[:2])
        middle = (start + R @ from_axis)[axes]
        ap, deep = (
            size.radius_mm if width is None else width * size.across
            for width in (station.across_ap, station.across_lateral)
        )
        half = float(np.hypot(ap * (edge @ R[axes, 0]), deep * (edge @ R[axes, 1])))
        rise = at_cut * cut_rise(shaft, axes, half * edge)
        rows.append((middle + half * edge + rise, middle - half * edge - rise))
    return np.array([left for left, _ in rows] + [right for _, right in reversed(rows)])


def _heights(part: Part, size: _Size) -> list[tuple[Station, float]]:
    """The stations of a part with their heights (mm) from the cut outwards, from the one nearest to the cut."""
    if part.from_cut:
        rows = [(station, station.inwards * size.along) for station in part.stations]
        return [*rows, (part.stations[-1], size.length_mm)] if part.to_end else rows
    rows = [(station, size.length_mm - station.inwards * size.along) for station in part.stations]
    return [(part.stations[0], 0.0), *rows] if part.to_cut else rows
