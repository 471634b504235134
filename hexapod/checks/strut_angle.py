"""H-09: a strut that leans further from a ring's normal than its joint can follow."""

from __future__ import annotations

import numpy as np

from hexapod.checks.findings import Finding
from hexapod.checks.limits import RELATIVE_TOLERANCE
from hexapod.geometry.transforms import Array, transform_points
from hexapod.trajectory.frame_trajectory import FrameCourse

CODE = "strut.lean"


def strut_leans(frame: FrameCourse) -> Array:
    """Angles (2, n, 6) in deg between each strut and the normal of the proximal and of the distal ring, each evening.

    The normal is the one towards the other ring, so a strut of a neutral frame leans by the same angle at both ends.
    """
    proximal, distal = frame.setup.joints_mm
    T = frame.T_prox_dist
    along = transform_points(T, distal) - proximal  # from proximal to distal, in proximal ring axes
    down = -along[..., 2], -np.einsum("nki,ni->nk", along, T[:, :3, 2])
    cosines = np.array(down) / np.linalg.norm(along, axis=-1)
    leans: Array = np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0)))  # rounding can take a cosine above 1
    return leans


def check_lean(frame: FrameCourse) -> list[Finding]:
    """`strut.lean`: one caution per strut that leans too far on either ring, on its worst evening.

    The limit is the strut's own, from the catalogue; a strut without one is not judged.
    """
    leans = strut_leans(frame)
    found = []
    for number, strut in enumerate(frame.setup.struts, 1):
        limit = strut.max_lean_deg
        if limit is None:
            continue
        of_strut = leans[:, :, number - 1].T  # so that of equal leans the first evening is named
        day, ring = np.unravel_index(int(np.argmax(of_strut)), of_strut.shape)
        worst = float(of_strut[day, ring])
        if worst <= limit * (1.0 + RELATIVE_TOLERANCE):
            continue
        name = ("proximal", "distal")[ring]
        found.append(
            Finding(
                CODE,
                "caution",
                frame.setup.index,
                f"Strut {number} leans {worst:.1f} deg from the normal of the {name} ring on day {day}; its joint "
                f"allows {limit:g} deg. Build the frame with its rings farther apart, or stage the path.",
                day=int(day),
                strut=number,
                value=worst,
                limit=limit,
                unit="deg",
            )
        )
    return found
