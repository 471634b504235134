"""Two bone ends at an osteotomy: two cylinders, each ending in its plane, and how deep one stands in the other."""

from __future__ import annotations

import numpy as np

from hexapod.errors import GeometryError
from hexapod.geometry.transforms import Array, transform_points

# Steps of the bisection.  The weight is then known to 2^-40, the depth to its square: below all rounding.
BISECTIONS = 40


def reference_face(T_ref_mov_cut: Array, cut_height_mm: float, far: float, apart_mm: float) -> tuple[float, Array]:
    """The plane in which the reference fragment ends, as `overlap_depths_mm` has it, in reference axes.

    Its height on the axis in mm, and its lean (2,): by how much it rises per mm along x and along y.

    Raises:
        GeometryError: fragments tilted by 90 deg or more at the osteotomy: no plane ends both.

    >>> import numpy as np                             # a bone 40 mm short, cut at the origin: the ends touch 40 mm up
    >>> from hexapod.geometry.transforms import shift
    >>> height, lean = reference_face(shift([0.0, 0.0, 40.0]), 0.0, -1.0, 0.0)
    >>> float(height), lean.tolist()
    (40.0, [-0.0, -0.0])
    """
    normal_ref = T_ref_mov_cut[:3, 2]
    if not normal_ref[2] > 0.0:
        raise GeometryError("The fragments are tilted by 90 deg or more at the osteotomy: no osteotomy ends both.")
    centre = transform_points(T_ref_mov_cut, np.array([[0.0, 0.0, cut_height_mm]]))[0]
    level_mm = normal_ref @ centre - far * apart_mm
    return float(level_mm / normal_ref[2]), np.asarray(-normal_ref[:2] / normal_ref[2], float)


def overlap_depths_mm(
    T_ref_mov: Array,
    T_ref_mov_cut: Array,
    *,
    diameter_mm: float,
    cut_height_mm: float,
    far: float,
    apart_mm: float = 0.0,
) -> Array:
    """How deep (n,) in mm the ends of the two fragments overlap at poses (n, 4, 4); 0 where they do not.

    The osteotomy is one plane, made at pose `T_ref_mov_cut` (4, 4), square to the moving fragment's axis at the height
    `cut_height_mm` on it. The moving fragment is a cylinder about z of its axes beyond the plane, on the side `far` (-1
    below a proximal reference, +1 above a distal one). The reference fragment is a cylinder of the same diameter about
    z of the reference axes, on the other side of the plane; it ends `apart_mm` before the plane when the two were apart
    at the osteotomy. A circle on the moving fragment, the reference fragment's end is then an ellipse if the two axes
    were tilted.

    The depth is the largest distance by which a point of one end face that is within the other's cylinder lies
    behind the other's end face. Sides that touch like crossed sticks, with no end face within the other, do not count.

    Exact but for rounding (1e-9 mm); it never understates, because every weight of `_deepest` gives an upper bound.

    Raises:
        GeometryError: fragments tilted by 90 deg or more at the osteotomy: no plane ends both.

    Source: docs/safety/README.md; the model is this project's own.
    """
    R_cut = T_ref_mov_cut[:3, :3]
    normal_ref = R_cut[:, 2]
    middle_mm, lean = reference_face(T_ref_mov_cut, cut_height_mm, far, apart_mm)
    radius = diameter_mm / 2.0
    height = np.array([[0.0, 0.0, cut_height_mm]])
    level_mm = middle_mm * normal_ref[2]
    R = T_ref_mov[:, :3, :3]
    to_mov = np.swapaxes(R, 1, 2)

    # The moving fragment's face, a disc, in reference axes.
    centre_ref = transform_points(T_ref_mov, height)[:, 0]
    spread_ref = R[:, :, :2]
    mov_behind = far * (level_mm - centre_ref @ normal_ref)
    mov_slope = -far * np.einsum("i,nij->nj", normal_ref, spread_ref)

    # The reference fragment's face in moving axes: over the disc x, y its plane stands at level + lean . (x, y).
    middle_ref = np.array([0.0, 0.0, middle_mm])
    centre_mov = np.einsum("nij,nj->ni", to_mov, middle_ref - T_ref_mov[:, :3, 3])
    spread_mov = to_mov @ np.vstack([np.eye(2), lean])
    ref_behind = far * (centre_mov[:, 2] - cut_height_mm)
    ref_slope = far * spread_mov[:, 2, :]

    # Both at once, in radii.
    deepest = _deepest(
        np.concatenate([mov_behind, ref_behind]) / radius,
        np.concatenate([mov_slope, ref_slope]),
        np.concatenate([centre_ref[:, :2], centre_mov[:, :2]]) / radius,
        np.concatenate([spread_ref[:, :2, :], spread_mov[:, :2, :]]),
    )
    return np.asarray(radius * deepest.reshape(2, -1).max(axis=0), float)


def _deepest(behind: Array, slope: Array, offset: Array, spread: Array) -> Array:
    """Largest `behind + slope . w` (m,) over |w| <= 1 with |offset + spread w| <= 1; 0 where negative or no such w.

    Arguments (m,), (m, 2), (m, 2), (m, 2, 2), in radii: the highest point of a tilted disc w within a round pillar.
    The sum of the two conditions with weights 1 - mu and mu is an ellipse that holds every w that keeps both, so its
    highest point is an upper bound; the least of these bounds is the answer (duality; both conditions are convex).
    The bound falls with mu while the ellipse's highest point breaks the pillar's condition by more than the disc's.
    Source: Boyd and Vandenberghe, Convex Optimization, 2004, section 5.2.3; the sign is the derivative of the dual.
    """
    deepest = behind + np.linalg.norm(slope, axis=1)
    todo = np.flatnonzero(deepest > 0.0)
    weighted = _weighted(slope[todo], offset[todo], spread[todo])
    # Most faces are settled without a search: their own deepest point is within the other's cylinder.
    search = ~(_highest(weighted, np.zeros(len(todo)))[1] <= 0.0)
    todo, weighted = todo[search], weighted[:, search]
    if not len(todo):
        return np.where(deepest > 0.0, deepest, 0.0)
    low, high = np.zeros(len(todo)), np.ones(len(todo))
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        excess = _highest(weighted, middle)[1]
        # Not a number: this ellipse is empty, so no point keeps both, and the search ends on it.
        low, high = np.where(excess < 0.0, low, middle), np.where(excess > 0.0, high, middle)
    deepest[todo] = behind[todo] + _highest(weighted, 0.5 * (low + high))[0]
    return np.where(deepest > 0.0, deepest, 0.0)


def _weighted(slope: Array, offset: Array, spread: Array) -> Array:
    """What `_highest` needs, as rows (8, m): slope, then |offset + spread w|^2 as a quadratic in w."""
    xx, xy, yy = (np.einsum("mi,mi->m", spread[:, :, i], spread[:, :, k]) for i, k in ((0, 0), (0, 1), (1, 1)))
    x, y = np.einsum("mij,mi->jm", spread, offset)
    return np.stack([slope[:, 0], slope[:, 1], xx, xy, yy, x, y, (offset**2).sum(axis=1)])


def _highest(weighted: Array, mu: Array) -> tuple[Array, Array]:
    """Of the ellipse of weight `mu` (m,): `slope . w` of its highest point, and by how much more that point breaks the
    pillar's condition than the disc's.  Both are NaN where the ellipse is empty."""
    gx, gy, xx, xy, yy, x, y, offset_squared = weighted
    # (w - c)^T Q (w - c) <= size, with Q = (1 - mu) 1 + mu spread^T spread and Q c = -mu spread^T offset.
    qxx, qxy, qyy = 1.0 - mu + mu * xx, mu * xy, 1.0 - mu + mu * yy
    det = qxx * qyy - qxy**2
    cx, cy = mu * (qxy * y - qyy * x) / det, mu * (qxy * x - qxx * y) / det
    size = 1.0 - mu * (offset_squared + cx * x + cy * y)
    vx, vy = (qyy * gx - qxy * gy) / det, (qxx * gy - qxy * gx) / det
    steepness = gx * vx + gy * vy
    level = steepness == 0.0  # parallel faces: every point is as high
    reach = np.where(level, 0.0, np.sqrt(np.where(size < 0.0, np.nan, size) / np.where(level, 1.0, steepness)))
    reach = np.where(size < 0.0, np.nan, reach)
    wx, wy = cx + reach * vx, cy + reach * vy
    excess = offset_squared + 2.0 * (x * wx + y * wy) + (xx - 1.0) * wx**2 + 2.0 * xy * wx * wy + (yy - 1.0) * wy**2
    return gx * wx + gy * wy, excess
