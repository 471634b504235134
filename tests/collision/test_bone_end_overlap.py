"""Overlap of the bone ends against figures worked out by hand; bones of 28 mm, so of radius 14."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from hexapod.collision.bone_end_overlap import overlap_depths_mm
from hexapod.deformity.pose import deformity_pose
from hexapod.errors import GeometryError
from hexapod.geometry.transforms import Array, pose, rotation_from_vector

FAR = {"proximal": -1.0, "distal": 1.0}
SIDES = ("right", "left")
REFERENCES = ("proximal", "distal")
# Half the fifth digit of the figures below.
FIGURE = 5e-5
# Two ways to the same number in double precision.
ROUNDING = 1e-12


def depth(
    words: dict[str, float],
    *,
    cut: dict[str, float] | None = None,
    side: str = "right",
    reference: str = "proximal",
    height: float = 0.0,
    apart: float = 0.0,
) -> float:
    """Depth in mm with the moving fragment in the deformity `words`, cut when it was in the deformity `cut`."""
    T, T_cut = (deformity_pose(given, side, reference) for given in (words, cut or {}))  # type: ignore[arg-type]
    depths = overlap_depths_mm(
        T[None], T_cut, diameter_mm=28.0, cut_height_mm=height, far=FAR[reference], apart_mm=apart
    )
    assert depths.shape == (1,)
    return float(depths[0])


@pytest.mark.hazard("H-11")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, 0.0),
        ({"short_mm": 5}, 5.0),
        ({"long_mm": 5}, 0.0),
        ({"medial_mm": 10}, 0.0),  # one face slides on the other
        ({"external_rotation_deg": 40}, 0.0),
        ({"short_mm": 5, "external_rotation_deg": 40}, 5.0),
        ({"short_mm": 5, "lateral_mm": 20}, 5.0),  # the two discs still share 8 mm
        ({"short_mm": 5, "lateral_mm": 28.1}, 0.0),  # side by side
        ({"short_mm": 5, "lateral_mm": 20, "anterior_mm": 20}, 0.0),  # 28.3 mm apart
        ({"varus_deg": 10}, 2.43107),  # the medial rim rises by 14 sin 10 into the reference fragment
        ({"valgus_deg": 10}, 2.43107),
        ({"apex_anterior_deg": 10}, 2.43107),
        # The reference plane, 2 mm above the moving plane's middle, at the moving wall: 14 tan 10 - 2 / cos 10.
        ({"varus_deg": 10, "long_mm": 2}, 0.43772),
        ({"varus_deg": 10, "long_mm": 3}, 0.0),
        # Moved 8 mm to the rising side: at the reference fragment's wall, 6 mm from the middle, it stands 6 tan 10 deep.
        ({"varus_deg": 10, "medial_mm": 8}, 1.05796),
        ({"varus_deg": 10, "medial_mm": 14.1}, 0.0),  # the rising half is beside the reference fragment
        # Moved 20 mm the other way: the reference plane is cut by the moving fragment's wall, 14 tan 10 deep.
        ({"varus_deg": 10, "lateral_mm": 20}, 2.46858),
        ({"varus_deg": 10, "lateral_mm": 28.3}, 0.0),
    ],
)
def test_depths_by_hand(side: str, reference: str, words: dict[str, float], expected: float) -> None:
    """Right and left, either reference: both ends of a varus bone lie medial, so its medial rims meet."""
    assert depth(words, side=side, reference=reference) == pytest.approx(expected, abs=FIGURE)


@pytest.mark.hazard("H-11")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_the_cut_of_a_bent_bone_is_no_overlap_until_it_moves(side: str, reference: str) -> None:
    """Cut in 10 deg of varus, square to the moving fragment, the reference fragment ends in an oblique ellipse. Straight
    again, its lateral rim stands 14 tan 10 = 2.469 mm below the middle. With 3 mm more length nothing touches."""
    where = {"side": side, "reference": reference}
    bent = {"varus_deg": 10.0}
    assert depth(bent, cut=bent, **where) == pytest.approx(0.0, abs=ROUNDING)  # type: ignore[arg-type]
    assert depth({}, cut=bent, **where) == pytest.approx(2.46858, abs=FIGURE)  # type: ignore[arg-type]
    assert depth({"long_mm": 3.0}, cut=bent, **where) == 0.0  # type: ignore[arg-type]
    # Displaced in the plane of the cut nothing opens; 5 mm further away on the reference axis the planes part.
    assert depth({**bent, "long_mm": 5.0}, cut=bent, **where) == 0.0  # type: ignore[arg-type]


@pytest.mark.hazard("H-11")
def test_a_cut_away_from_the_corresponding_point_moves_with_the_tilt() -> None:
    """30 mm below the corresponding point the middle of the cut swings by 30 sin 10 = 5.209 mm medial and rises by
    30 (1 - cos 10) = 0.456 mm. At the reference wall, 14 - 5.209 = 8.791 mm from it: 0.456 + 8.791 tan 10 = 2.006 mm.
    """
    assert depth({"varus_deg": 10}, height=-30.0) == pytest.approx(2.00578, abs=FIGURE)


@pytest.mark.hazard("H-11")
@pytest.mark.parametrize("reference", REFERENCES)
def test_ends_that_were_apart_come_together_first(reference: str) -> None:
    assert depth({"short_mm": 5}, apart=3.0, reference=reference) == pytest.approx(2.0, abs=ROUNDING)
    assert depth({"short_mm": 3}, apart=3.0, reference=reference) == pytest.approx(0.0, abs=ROUNDING)


ANGLE = np.linspace(0.0, 2.0 * np.pi, 20_000, endpoint=False)
# Neighbouring points of a rim are 14 * 2 pi / 20000 = 0.0044 mm apart; planes tilted by 60 deg make 0.015 of it.
SAMPLING = 0.02


def random_poses(seed: int, count: int, turn: float, far: float) -> Array:
    """Poses around straight bones that overlap by 2 mm, turned by `turn` rad and moved by 8 mm (standard deviations)."""
    rng = np.random.default_rng(seed)
    away = rng.normal(scale=8.0, size=(count, 3)) - [0.0, 0.0, 2.0 * far]
    return pose(rotation_from_vector(rng.normal(scale=turn, size=(count, 3))), away)


def sampled_depth(T: Array, T_cut: Array, height: float, far: float) -> float:
    """A plain second way: the deepest point of a face is on its own rim or on the other's wall; both are sampled."""
    circle = 14.0 * np.stack([np.cos(ANGLE), np.sin(ANGLE)], axis=1)
    cut_normal, cut_middle = T_cut[:3, 2], T_cut[:3, :3] @ [0.0, 0.0, height] + T_cut[:3, 3]
    R, p = T[:3, :3], T[:3, 3]

    def on_plane(normal: Array, middle: Array) -> Array:
        z = middle[2] - (circle - middle[:2]) @ normal[:2] / normal[2]
        return np.column_stack([circle, z])

    moving_rim = np.column_stack([circle, np.full(len(circle), height)]) @ R.T + p
    moving_at_wall = on_plane(R[:, 2], R @ [0.0, 0.0, height] + p)
    reference_rim = on_plane(cut_normal, cut_middle)
    reference_at_wall = on_plane(R.T @ cut_normal, R.T @ (cut_middle - p)) @ R.T + p
    depths = [0.0]
    for points in (moving_rim, moving_at_wall, reference_rim, reference_at_wall):
        in_mov = (points - p) @ R
        within = np.hypot(*points[:, :2].T) <= 14.0 + ROUNDING
        within &= np.hypot(*in_mov[:, :2].T) <= 14.0 + ROUNDING
        behind_moving, behind_cut = far * (in_mov[:, 2] - height), -far * (points - cut_middle) @ cut_normal
        depths += [*np.maximum(behind_moving, behind_cut)[within]]
    return max(depths)


@pytest.mark.parametrize("far", [-1.0, 1.0])
@pytest.mark.parametrize("turn", [0.0, 0.05, 0.3])
def test_never_below_a_dense_sample_and_hardly_above(far: float, turn: float) -> None:
    T, T_cut = random_poses(5, 40, turn, far), random_poses(6, 1, turn, far)[0]
    T_cut[:3, 3] = 0.0
    depths = overlap_depths_mm(T, T_cut, diameter_mm=28.0, cut_height_mm=7.0, far=far)
    sampled = np.array([sampled_depth(one, T_cut, 7.0, far) for one in T])
    assert (depths > 0.0).sum() >= 10
    assert (depths == 0.0).sum() >= 3
    assert (depths >= sampled - ROUNDING).all()
    assert depths == pytest.approx(sampled, abs=SAMPLING)


def test_a_corner_of_two_rims_is_found_to_the_last_digits() -> None:
    """Both rims bound the deepest point: a general optimiser finds the same depth on one of the two faces."""
    T = deformity_pose({"varus_deg": 12, "medial_mm": 8, "anterior_mm": 15}, "left", "proximal")
    T_back = np.linalg.inv(T)
    # Of a face's own point w (2,), in the other fragment's axes, the depth is up (+z) or down.
    best = []
    for T_other, up in ((T, 1.0), (T_back, -1.0)):

        def point(w: Array, T_other: Array = T_other) -> Array:
            return np.asarray(T_other[:3, :3] @ [w[0], w[1], 0.0] + T_other[:3, 3], float)

        def within_own(w: Array) -> float:
            return float(196.0 - w @ w)

        def within_other(w: Array, point: Any = point) -> float:
            return float(196.0 - point(w)[:2] @ point(w)[:2])

        reached = minimize(
            lambda w, point=point, up=up: -up * point(w)[2],
            -T_other[:2, :2].T @ T_other[:2, 3] / 2.0,
            constraints=[{"type": "ineq", "fun": within_own}, {"type": "ineq", "fun": within_other}],
            options={"ftol": 1e-12, "maxiter": 500},
        )
        assert reached.success
        assert max(within_own(reached.x), within_other(reached.x)) < 1e-6  # a corner: both bind
        best.append(-reached.fun)
    found = overlap_depths_mm(T[None], np.eye(4), diameter_mm=28.0, cut_height_mm=0.0, far=-1.0)[0]
    assert found == pytest.approx(max(best), abs=1e-8)
    other = overlap_depths_mm(T_back[None], np.eye(4), diameter_mm=28.0, cut_height_mm=0.0, far=1.0)[0]
    assert found == pytest.approx(other, abs=1e-9)  # seen from the other fragment it is the same overlap


def test_fragments_beyond_a_right_angle_have_no_common_cut() -> None:
    T = pose(rotation_from_vector([np.radians(100.0), 0.0, 0.0]), [0.0, 0.0, 0.0])
    with pytest.raises(GeometryError, match="90 deg or more"):
        overlap_depths_mm(T[None], T, diameter_mm=28.0, cut_height_mm=0.0, far=-1.0)
    # On the way such a pose is just one more: it has a depth, whatever it means.
    assert np.isfinite(overlap_depths_mm(T[None], np.eye(4), diameter_mm=28.0, cut_height_mm=0.0, far=-1.0)).all()
