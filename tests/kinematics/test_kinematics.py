"""Kinematics: shapes, refusals, singular frames, and the Jacobian against differences."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

import hexapod
from hexapod.geometry.transforms import check_pose, pose, rotation_from_vector, swing, turn_about_z
from hexapod.kinematics import batch_newton
from hexapod.kinematics.batch_newton import Newton
from hexapod.kinematics.forward import OWN_POSES, neutral_pose, own_pose_and_way, own_poses_found
from hexapod.kinematics.inverse import centred, condition, jacobian, ring_points
from tests.amount import amount

CATALOGUE = hexapod.load_catalogue()
P = CATALOGUE.ring("generic-full-180").proximal_joints_mm
D = CATALOGUE.ring("generic-full-155").distal_joints_mm
NEUTRAL = pose(np.eye(3), [0, 0, -150])


def some_poses(count: int) -> np.ndarray:
    rng = np.random.default_rng(5)
    shift = np.array([0, 0, -150]) + rng.uniform(-30, 30, (count, 3))
    return pose(rotation_from_vector(rng.uniform(-0.3, 0.3, (count, 3))), shift)


@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 2), (2, 0), (0,)])
def test_any_leading_shape_goes_there_and_back(shape: tuple[int, ...]) -> None:
    T = some_poses(int(np.prod(shape))).reshape((*shape, 4, 4))
    lengths = hexapod.strut_lengths(P, D, T)
    assert lengths.shape == (*shape, 6)
    found = hexapod.ring_pose(P, D, lengths, near=NEUTRAL)
    assert found.shape == (*shape, 4, 4)
    assert np.allclose(found, T, rtol=0, atol=1e-9)


def test_one_start_for_each_row() -> None:
    T = some_poses(50)
    near = T @ pose(rotation_from_vector(np.full(3, 0.02)), [1, -1, 2])
    assert np.allclose(hexapod.ring_pose(P, D, hexapod.strut_lengths(P, D, T), near=near), T, rtol=0, atol=1e-9)


def test_batches_larger_than_a_block_are_the_same_as_single_rows() -> None:
    T = some_poses(9001)
    lengths = hexapod.strut_lengths(P, D, T)
    assert np.allclose(lengths[8999], hexapod.strut_lengths(P, D, T[8999]), rtol=0, atol=1e-12)
    assert np.allclose(hexapod.ring_pose(P, D, lengths, near=NEUTRAL), T, rtol=0, atol=1e-9)


def test_near_is_required_and_must_be_a_pose() -> None:
    lengths = hexapod.strut_lengths(P, D, NEUTRAL)
    with pytest.raises(TypeError, match="near"):
        hexapod.ring_pose(P, D, lengths)  # type: ignore[call-arg]
    for spoil, told in (
        (np.eye(3), "4x4"),
        (np.diag([1, 1, -1, 1.0]), "mirror"),
        (np.diag([2, 1, 1, 1.0]), "rigid"),
        (np.full((4, 4), np.nan), "finite"),
        (np.eye(4)[::-1], "last row"),
    ):
        with pytest.raises(hexapod.GeometryError, match=told):
            hexapod.ring_pose(P, D, lengths, near=spoil)


@pytest.mark.parametrize(
    ("proximal", "lengths", "told"),
    [
        (P[:5], [150] * 6, "six points"),
        (P * np.nan, [150] * 6, "finite"),
        (P, [150] * 5, "six lengths"),
        (P, [150] * 5 + [0], "above 0"),
        (P, [150] * 5 + [np.inf], "finite"),
    ],
)
def test_meaningless_input_is_refused(proximal: np.ndarray, lengths: list[float], told: str) -> None:
    with pytest.raises(hexapod.GeometryError, match=told):
        hexapod.ring_pose(proximal, D, lengths, near=NEUTRAL)


@pytest.mark.hazard("H-18")
def test_no_pose_names_row_and_worst_strut() -> None:
    good = hexapod.strut_lengths(P, D, some_poses(4))
    bad = good.copy()
    bad[2, 4] += 300
    with pytest.raises(hexapod.NoPose) as refused:
        hexapod.ring_pose(P, D, bad, near=NEUTRAL)
    assert refused.value.index == (2,)
    assert refused.value.where == ((2,),)
    assert refused.value.worst_strut == 5
    assert "Strut 5" in str(refused.value)
    with pytest.raises(hexapod.NoPose) as refused:
        hexapod.own_pose(P, D, bad[2])
    assert refused.value.worst_strut == 5


@pytest.mark.hazard("H-18")
def test_lengths_too_short_for_any_height() -> None:
    with pytest.raises(hexapod.NoPose, match="too short"):
        hexapod.own_pose(P, D, [20.0] * 6)


@pytest.mark.hazard("H-10")
def test_a_singular_start_is_said_not_answered() -> None:
    same = CATALOGUE.ring("generic-full-180").proximal_joints_mm
    lengths = hexapod.strut_lengths(same, same, NEUTRAL)
    assert condition(same, same, NEUTRAL) > 1e8
    with pytest.raises(hexapod.SingularFrame, match="neighbouring tabs"):
        hexapod.ring_pose(same, same, lengths, near=NEUTRAL)
    with pytest.raises(hexapod.SingularFrame):
        hexapod.own_pose(same, same, lengths)


def test_an_own_pose_asked_again_is_the_same_and_no_array_is_shared() -> None:
    """What a caller does to its own arrays changes no later answer; other readings and other joints are others."""
    one, other = hexapod.strut_lengths(P, D, some_poses(2))
    first, worst = own_pose_and_way(P, D, one)
    kept, way = first.copy(), worst.copy()
    first[...], worst[...] = 7.0, 7.0
    again = own_pose_and_way(P, D, one)
    assert np.array_equal(again[0], kept)
    assert np.array_equal(again[1], way)
    lengths, joints = one.copy(), P.copy()
    hexapod.own_pose(joints, D, lengths)
    lengths[...], joints[:, 2] = other, P[:, 2] + 10.0
    assert np.allclose(hexapod.own_pose(P, D, lengths), some_poses(2)[1], rtol=0, atol=1e-9)
    assert np.allclose(hexapod.own_pose(joints, D, one)[:3, 3] - kept[:3, 3], [0, 0, 10.0], rtol=0, atol=1e-9)
    assert np.allclose(hexapod.own_pose(P, D, [one, one])[1], kept, rtol=0, atol=1e-12)


@pytest.mark.brief
def test_own_poses_asked_at_once_are_those_asked_one_by_one() -> None:
    """More of them than are kept, by several threads."""
    questions = amount(600, OWN_POSES + 60)
    lengths = hexapod.strut_lengths(P, D, some_poses(OWN_POSES + 40))
    expected = hexapod.own_pose(P, D, lengths)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda row: hexapod.own_pose(P, D, lengths[row % len(lengths)]), range(questions)))
    assert all(np.allclose(T, expected[row % len(lengths)], rtol=0, atol=1e-12) for row, T in enumerate(found))


def test_guesses_are_marked_one_by_one() -> None:
    lengths = np.vstack([hexapod.strut_lengths(P, D, some_poses(2)), [[10.0] * 6], [[400, 90, 90, 90, 90, 90.0]]])
    T, found = own_poses_found(P, D, lengths)
    assert found.tolist() == [True, True, False, False]
    assert np.allclose(T[:2], some_poses(2), rtol=0, atol=1e-9)


def test_jacobian_is_the_derivative_of_the_lengths() -> None:
    T = some_poses(1)[0]
    centre, rho = D.mean(axis=0), centred(D)[1]
    step = 1e-4  # mm, and rad times rho: best for second differences of lengths of 150 mm
    for column in range(6):
        small = np.zeros(6)
        small[column] = step
        ends = []
        for sign in (-1, 1):
            turn = rotation_from_vector(sign * small[3:] / rho)
            R = turn @ T[:3, :3]
            shifted = T[:3, :3] @ centre + T[:3, 3] + sign * small[:3]
            ends.append(hexapod.strut_lengths(P, D, pose(R, shifted - R @ centre)))
        slope = (ends[1] - ends[0]) / (2 * step)
        assert np.allclose(jacobian(P, D, T)[:, column], slope, rtol=0, atol=1e-8)


def test_condition_of_an_ordinary_frame_and_of_a_quarter_turn() -> None:
    assert 2 < condition(P, D, NEUTRAL) < 5
    assert condition(P, D, pose(turn_about_z(np.pi / 2), [0, 0, -150])) > 100


def test_condition_does_not_depend_on_the_unit_of_length() -> None:
    T = some_poses(3)
    scaled = T.copy()
    scaled[:, :3, 3] /= 25.4
    assert np.allclose(condition(P / 25.4, D / 25.4, scaled), condition(P, D, T), rtol=1e-12)


def test_neutral_height_fits_the_mean_squared_length() -> None:
    lengths = np.array([140.0, 150, 160, 150, 145, 155])
    T = neutral_pose(P, D, lengths)
    assert np.array_equal(T[:3, :3], np.eye(3))
    assert (T[0, 3], T[1, 3]) == (0, 0)
    assert T[2, 3] < 0
    assert (hexapod.strut_lengths(P, D, T) ** 2).mean() == pytest.approx((lengths**2).mean(), rel=1e-14)


def test_the_front_is_at_minus_y_and_angles_run_counter_clockwise_seen_from_proximal() -> None:
    assert ring_points(100, 0, 5).tolist() == [0, -100, 5]
    assert ring_points(100, 90, 0).round(9).tolist() == [100, 0, 0]  # patient's left
    assert ring_points(100, 180, 0).round(9).tolist() == [0, 100, 0]  # back


def test_swing_takes_one_direction_to_another_the_shortest_way() -> None:
    R = swing([0, 0, 1], [1, 0, 1])
    assert np.allclose(R @ [0, 0, 1], np.array([1, 0, 1]) / np.sqrt(2))
    assert np.allclose(R @ [0, 1, 0], [0, 1, 0])
    assert np.array_equal(swing([0, 0, 2], [0, 0, 1]), np.eye(3))
    with pytest.raises(hexapod.GeometryError, match="opposite"):
        swing([0, 0, 1], [0, 0, -1])


def test_check_pose_lets_a_batch_pass() -> None:
    assert check_pose(some_poses(3), "T").shape == (3, 4, 4)


def test_starts_that_do_not_go_with_the_lengths_are_refused_by_an_error_of_ours() -> None:
    lengths = hexapod.strut_lengths(P, D, some_poses(3))
    with pytest.raises(hexapod.GeometryError, match="does not go with"):
        hexapod.ring_pose(P, D, lengths, near=some_poses(2))
    with pytest.raises(hexapod.GeometryError, match="rows of equal length"):
        hexapod.strut_lengths([[1, 2], [3]], D, NEUTRAL)


def test_joints_all_in_one_place_are_singular() -> None:
    point = np.tile([1.0, 2.0, 3.0], (6, 1))
    assert condition(P, point, NEUTRAL) == np.inf
    with pytest.raises(hexapod.SingularFrame):
        hexapod.ring_pose(P, point, [150.0] * 6, near=NEUTRAL)


@pytest.mark.parametrize("decimals", [2, 3, 4, 16])
def test_lengths_are_those_of_the_very_matrix_given(decimals: int) -> None:
    # |T d - p| in plain words, also for a matrix that lost its last digits in print
    T = some_poses(3000)
    T[::2] = T[::2].round(decimals)
    plain = np.linalg.norm(np.einsum("nij,kj->nki", T[:, :3, :3], D) + T[:, None, :3, 3] - P, axis=-1)
    assert abs(hexapod.strut_lengths(P, D, T) - plain).max() < 1e-12


def test_two_joints_in_one_place_are_no_distance_apart() -> None:
    shift = np.array([317.123, 211.7, 99.3])
    assert abs(hexapod.strut_lengths(P + shift, P, pose(np.eye(3), shift))).max() < 1e-12


NOT_POSES = [
    (np.diag([1.3, 0.7, np.sqrt(0.82), 1.0]), "rigid"),  # its squares add up to 3, as those of a rotation do
    (np.diag([1.0, 1.0, -1.0, 1.0]), "mirror"),
    (np.diag([1.1, 1.0, 1.0, 1.0]), "rigid"),
    (np.diag([1.0, 1.0, 1.0, 2.0]), "last row"),
    (np.eye(4) + 0.001 * np.eye(4, k=-3), "last row"),
    (np.full((4, 4), np.nan), "finite"),
    (np.eye(3), "4x4"),
    ([[1, 2], [3]], "rows of equal length"),
]


@pytest.mark.hazard("H-18")
@pytest.mark.parametrize(("wrong", "told"), NOT_POSES)
def test_no_door_takes_a_matrix_that_is_no_pose(wrong: np.ndarray, told: str) -> None:
    with pytest.raises(hexapod.GeometryError, match=told):
        hexapod.strut_lengths(P, D, wrong)
    with pytest.raises(hexapod.GeometryError, match=told):
        hexapod.ring_pose(P, D, [150.0] * 6, near=wrong)
    if getattr(wrong, "shape", ()) == (4, 4):
        batch = np.stack([NEUTRAL, wrong, NEUTRAL])
        for lengths in ([150.0] * 6, [[150.0] * 6] * 3):
            with pytest.raises(hexapod.GeometryError):
                hexapod.ring_pose(P, D, lengths, near=batch)
        with pytest.raises(hexapod.GeometryError, match=told):
            hexapod.strut_lengths(P, D, batch)


@pytest.mark.hazard("H-18")
def test_threads_at_once_do_not_write_into_each_others_work() -> None:
    """Every thread has a frame, lengths and a number of rows of its own, and finds what it found alone: at once, and not
    only because the check of the lengths sends it a second, longer way."""
    rings = [80, 105, 130, 155, 180, 205, 230, 155]
    tasks = []
    for number, size in enumerate(rings):
        p = CATALOGUE.ring(f"generic-full-{size}").proximal_joints_mm
        T = some_poses(400 + 150 * number)
        tasks.append((p, D, hexapod.strut_lengths(p, D, T), T))

    def solve(number: int) -> float:
        p, d, lengths, T = tasks[number % len(tasks)]
        found, sure = Newton(p, d, NEUTRAL).solve(lengths, None)
        assert sure.sum() > 0.95 * len(T)
        return float(abs(found - T)[sure].max())

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # the threads take turns as often as they can
    try:
        with ThreadPoolExecutor(max_workers=len(tasks)) as pool:
            worst = max(pool.map(solve, range(12 * len(tasks))))
    finally:
        sys.setswitchinterval(interval)
    assert worst < 1e-9


@pytest.mark.hazard("H-18")
def test_every_thread_has_working_memory_of_its_own() -> None:
    both_there = Barrier(2)

    def memory(_: int) -> np.ndarray:
        taken = batch_newton.SPACE.bytes
        both_there.wait()  # neither thread ends before the other has its memory
        return taken

    with ThreadPoolExecutor(max_workers=2) as pool:
        one, other = pool.map(memory, range(2))
    assert not np.shares_memory(one, other)
    assert not np.shares_memory(one, batch_newton.SPACE.bytes)
