"""The fast lane of forward kinematics: exact where it is sure, and sure only where following agrees."""

import json
from pathlib import Path

import numpy as np
import pytest

from hexapod import load_catalogue, ring_pose, strut_lengths
from hexapod.geometry.transforms import Array, pose, rotation_from_vector, shift, turn_about_z
from hexapod.kinematics import batch_newton
from hexapod.kinematics.batch_newton import Newton
from hexapod.kinematics.forward import follow
from hexapod.kinematics.inverse import ring_points

FRAMES = [(180, 155, 150.0), (80, 80, 110.0), (80, 80, 170.0), (230, 230, 150.0), (105, 80, 120.0)]


def frame(proximal: int, distal: int, height: float) -> tuple[Array, Array, Array]:
    """Joints of two rings and their neutral pose."""
    ring = load_catalogue().ring
    p, d = ring(f"generic-full-{proximal}").proximal_joints_mm, ring(f"generic-full-{distal}").distal_joints_mm
    return p, d, shift([0.0, 0.0, -height])


def moves(count: int, mm: float, deg: float, seed: int = 0) -> Array:
    """Random motions (count, 4, 4)."""
    random = np.random.default_rng(seed)
    axis = random.normal(size=(count, 3))
    turn = np.radians(deg) * random.uniform(0, 1, (count, 1)) * axis / np.linalg.norm(axis, axis=1, keepdims=True)
    return pose(rotation_from_vector(turn), random.uniform(-mm, mm, (count, 3)))


def assert_same(T: Array, expected: Array) -> None:
    assert abs(T[:, :3, 3] - expected[:, :3, 3]).max() <= 1e-10
    assert abs(T[:, :3, :3] - expected[:, :3, :3]).max() <= 1e-12
    assert (T[:, 3] == [0, 0, 0, 1]).all()


@pytest.mark.parametrize("sizes", FRAMES)
def test_every_pose_of_the_working_space_is_found_exactly(sizes: tuple[int, int, float]) -> None:
    p, d, neutral = frame(*sizes)
    T = neutral @ moves(3000, 40, 35)
    found, sure = Newton(p, d, neutral).solve(strut_lengths(p, d, T), None)
    assert sure.all()
    assert_same(found, T)


@pytest.mark.parametrize(("mm", "deg"), [(0, 0), (1, 1), (10, 10)])
def test_every_lane_may_start_at_its_own_pose(mm: float, deg: float) -> None:
    p, d, neutral = frame(180, 155, 150.0)
    T = neutral @ moves(500, 40, 35)
    starts = T @ moves(500, mm, deg, seed=1)
    found, sure = Newton(p, d, starts[0]).solve(strut_lengths(p, d, T), starts)
    assert sure.all()
    assert_same(found, T)


def test_a_typical_pose_with_lost_digits_gives_exact_poses() -> None:
    p, d, neutral = frame(180, 155, 150.0)
    T = neutral @ moves(50, 40, 35)
    found, sure = Newton(p, d, T[0].round(7)).solve(strut_lengths(p, d, T), None)
    assert_same(found[sure], T[sure])
    assert sure[0]


def test_lengths_without_a_pose_are_handed_back_and_disturb_no_other_lane() -> None:
    p, d, neutral = frame(180, 155, 150.0)
    T = neutral @ moves(5, 20, 20)
    lengths = strut_lengths(p, d, T)
    lengths[1, 2] += 400.0
    lengths[3] = 1e200
    found, sure = Newton(p, d, neutral).solve(lengths, None)
    assert sure.tolist() == [True, False, True, False, True]
    assert_same(found[sure], T[sure])


def test_a_pose_beyond_a_singular_one_is_handed_back() -> None:
    p, d, neutral = frame(180, 155, 150.0)
    starts = np.stack([neutral, neutral @ pose(turn_about_z(np.radians(130.0)), [0, 0, 0])])  # singular at 90 deg
    assert Newton(p, d, neutral).solve(strut_lengths(p, d, starts), starts)[1].tolist() == [True, False]


@pytest.mark.parametrize("other_guard", ["STEP_LIMIT", "CONTRACTION_LIMIT"])
def test_each_guard_alone_hands_back_a_far_start(monkeypatch: pytest.MonkeyPatch, other_guard: str) -> None:
    monkeypatch.setattr(batch_newton, other_guard, np.inf)
    p, d, neutral = frame(180, 155, 150.0)
    starts = neutral @ moves(200, 5, 5)
    T = starts @ pose(rotation_from_vector([1.2, 0.0, 0.0]), [0.0, 0.0, 0.0])
    assert not Newton(p, d, neutral).solve(strut_lengths(p, d, T), starts)[1].any()


def test_a_pose_put_into_the_unknowns_comes_back() -> None:
    p, d, neutral = frame(180, 155, 150.0)
    T = neutral @ moves(20, 80, 120)
    solver, state, back = (
        Newton(p, d, T[0]),
        batch_newton.Iterate(np.empty((batch_newton.STATE, 20))),
        np.empty((20, 4, 4)),
    )
    solver.set_pose(state, T)
    solver.pose_of(state, out=back.reshape(20, 16))
    assert_same(back, T)


@pytest.mark.parametrize("count", [1, batch_newton.FEW, batch_newton.FEW + 1, 500])
def test_systems_are_solved_for_any_number_of_lanes_and_for_more_right_sides(count: int) -> None:
    random = np.random.default_rng(0)
    matrices = np.eye(6) + random.uniform(-0.1, 0.1, (count, 6, 6))
    matrices[0] *= np.array([1.0, 1.0, -1.0, 1.0, 1.0, 1.0])
    first, second = random.normal(size=(2, count, 6))
    augmented = np.concatenate([matrices, first[:, :, None]], axis=2).transpose(1, 2, 0).astype(np.float32)
    systems = batch_newton.Systems(
        augmented.copy(), np.empty((6, count), np.float32), np.empty((5, 6, count), np.float32)
    )
    found = systems.eliminate().T.copy(), systems.substitute(second.T.astype(np.float32)).T
    for right, solution in zip((first, second), found, strict=True):
        assert abs(solution - np.linalg.solve(matrices, right[:, :, None])[:, :, 0]).max() <= 1e-5  # single precision
    assert (systems.determinant() > 0.0).tolist() == [False] + [True] * (count - 1)


@pytest.mark.parametrize("count", [3, batch_newton.FEW + 1])
def test_a_singular_system_is_no_solution(count: int) -> None:
    augmented = np.ones((6, 7, count), np.float32)
    systems = batch_newton.Systems(augmented, np.empty((6, count), np.float32), np.empty((5, 6, count), np.float32))
    with np.errstate(all="ignore"):
        assert not np.isfinite(systems.eliminate()).all(axis=0).any()
        assert not (systems.determinant() > 0.0).any()


def test_sure_lanes_agree_with_following_even_beyond_the_working_space() -> None:
    p, d, neutral = frame(80, 80, 110.0)
    lengths = strut_lengths(p, d, neutral @ moves(400, 80, 60))
    found, sure = Newton(p, d, neutral).solve(lengths, None)
    followed = follow(p, d, lengths, np.tile(neutral, (400, 1, 1)))
    assert 250 < sure.sum() < 400
    assert (followed.share[sure] == 1.0).all()
    assert abs(found[sure] - followed.T_prox_dist[sure]).max() <= 1e-9


def test_blocks_and_leftover_lanes_keep_out_of_each_others_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    p, d, neutral = frame(80, 80, 110.0)
    T = neutral @ moves(400, 40, 35)
    solver, lengths = Newton(p, d, neutral), strut_lengths(p, d, T)
    alone = np.concatenate([solver.solve(row[None], None)[0] for row in lengths])
    together = solver.solve(lengths, None)[0].copy()
    monkeypatch.setattr(batch_newton, "BLOCK", 90)
    for module in (batch_newton, batch_newton):
        monkeypatch.setattr(module, "SPACE", batch_newton.Space())
    in_blocks = solver.solve(lengths, None)[0].copy()
    monkeypatch.setattr(batch_newton.SPACE, "bytes", batch_newton.SPACE.bytes[:50_000])
    crowded = solver.solve(lengths, None)[0]
    for found in (alone, together, in_blocks, crowded):
        assert_same(found, T)


LEAPT = json.loads((Path(__file__).resolve().parents[1] / "data" / "flat_frames_leapt.json").read_text("utf-8"))


@pytest.mark.hazard("H-18")
@pytest.mark.parametrize("leapt", LEAPT)
def test_the_pose_is_the_one_that_following_reaches(leapt: dict[str, list]) -> None:
    """Flat frames in which Newton once leapt over two singular positions, 31 to 111 mm away from the right pose."""
    frame = leapt["proximal_joints_mm"], leapt["distal_joints_mm"]
    for pose_of in ("reached", "not_reached"):  # both have these lengths
        assert abs(strut_lengths(*frame, leapt[pose_of]) - leapt["lengths_mm"]).max() < 1e-9
    near = np.array(leapt["near"])
    one = ring_pose(*frame, leapt["lengths_mm"], near=near)
    many = ring_pose(*frame, np.tile(leapt["lengths_mm"], (60, 1)), near=np.tile(near, (60, 1, 1)))
    for T in (one, many[0], many[-1]):
        assert abs(T - np.array(leapt["reached"])).max() < 1e-9


def flat_frame(dice: np.random.Generator) -> tuple[Array, Array, Array, float]:
    """Joints of two rings 0.35 to 1 radius apart, their neutral pose, and the radius."""
    radius = dice.uniform(80.0, 240.0)
    other = radius * dice.uniform(0.87, 1.15)
    proximal = [tab + side * np.degrees(np.arcsin(7.5 / radius)) for tab in (0, 120, 240) for side in (-1, 1)]
    half = np.degrees(np.arcsin(7.5 / other))
    distal = [300 + half, 60 - half, 60 + half, 180 - half, 180 + half, 300 - half]
    neutral = shift([0.0, 0.0, -radius * dice.uniform(0.35, 1.0)])
    return ring_points(radius, proximal, -10.0), ring_points(other, distal, 10.0), neutral, radius


@pytest.mark.hazard("H-18")
def test_no_sure_pose_of_a_flat_frame_is_one_that_following_does_not_reach() -> None:
    dice = np.random.default_rng(3)
    sure_ones = 0
    for _ in range(12):
        p, d, neutral, radius = flat_frame(dice)
        axis = dice.normal(size=(100, 3))
        turn = np.radians(dice.uniform(50.0, 58.0, (100, 1))) * axis / np.linalg.norm(axis, axis=1, keepdims=True)
        T = neutral @ pose(rotation_from_vector(turn), dice.uniform(-0.25, 0.25, (100, 3)) * radius)
        found, sure = Newton(p, d, neutral).solve(strut_lengths(p, d, T), None)
        followed = follow(p, d, strut_lengths(p, d, T)[sure], np.tile(neutral, (int(sure.sum()), 1, 1)))
        assert (followed.share == 1.0).all()
        assert abs(found[sure] - followed.T_prox_dist).max(initial=0.0) < 1e-6
        sure_ones += int(sure.sum())
    assert sure_ones > 600
