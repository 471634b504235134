"""Distances of struts, bone, limb and rings: by hand, against dense sampling, and over a motion."""

import math

import numpy as np
import pytest

from hexapod.collision.closest_approach import (
    CERTAIN_TO_MM,
    DistanceAt,
    MotionBounds,
    least_distance,
    segment_to_segment,
    turning_place,
)
from hexapod.collision.solids import Annulus, Cone, ring_to_cone, ring_to_ring, segment_to_cone
from hexapod.geometry.transforms import Array, invert, pose, rotation_from_vector

RING = Annulus(90.0, 106.0, 4.0)  # generic-full-180
SMALL = Annulus(60.0, 76.0, 4.0)
# The searches end at 1e-7 mm; the samplings below shrink their grids to a hundredth of that.
TOLERANCE_MM = 1e-6


def segments(a: list[float], b: list[float], c: list[float], d: list[float]) -> float:
    p, q, r, s = (np.array([point], float) for point in (a, b, c, d))
    return float(segment_to_segment(p, q - p, r, s - r)[0])


def limb(start: list[float], end: list[float], start_radius: float, end_radius: float) -> Cone:
    return Cone.between(np.array([start], float), np.array([end], float), start_radius, end_radius)


def strut_to_limb(a: list[float], b: list[float], cone: Cone) -> float:
    p, q = np.array([a], float), np.array([b], float)
    return float(segment_to_cone(p, q - p, cone)[0])


def rings(a: Annulus, b: Annulus, vector_deg: list[float], place: list[float]) -> float:
    T = pose(rotation_from_vector(np.radians([vector_deg])), np.array([place]))
    return float(ring_to_ring(a, b, T)[0])


# --- by hand -----------------------------------------------------------------------------------------------------------


def test_segments_by_hand() -> None:
    assert segments([0, 0, 0], [10, 0, 0], [5, -5, 5], [5, 5, 5]) == pytest.approx(5)  # crossing, 5 above
    assert segments([0, 0, 0], [10, 0, 0], [13, 4, 0], [20, 4, 0]) == pytest.approx(5)  # ends 3 and 4 apart
    assert segments([0, 0, 0], [10, 0, 0], [2, 7, 0], [30, 7, 0]) == pytest.approx(7)  # side by side
    assert segments([0, 0, 0], [10, 0, 0], [4, 0, 6], [4, 0, 20]) == pytest.approx(6)  # an end above a middle
    assert segments([0, 0, 0], [10, 0, 0], [5, -1, 0], [5, 1, 0]) == pytest.approx(0, abs=1e-12)  # they cross
    assert segments([0, 0, 0], [0, 0, 0], [3, 4, 0], [3, 4, 0]) == pytest.approx(5)  # two points


def test_a_strut_beside_a_tapering_limb_by_hand() -> None:
    # The limb is 60 mm thick (radius) at z 0 and 40 at z -150, slope 2/15.  A strut 100 mm from its axis, from z -10 to
    # -140, is nearest at its top, where the limb is 60 - 10 * 2/15 = 58.667: 41.333 / sqrt(1 + (2/15)^2) = 40.9708.
    tapering = limb([0, 0, 0], [0, 0, -150], 60, 40)
    assert strut_to_limb([100, 0, -10], [100, 0, -140], tapering) == pytest.approx(40.9708, abs=1e-4)
    # Told from the other end it is the same limb.
    other = limb([0, 0, -150], [0, 0, 0], 40, 60)
    assert strut_to_limb([100, 0, -10], [100, 0, -140], other) == pytest.approx(40.9708, abs=1e-4)
    # A strut across, above the wide end: 100 mm from the axis, 30 above; beside the limb that goes on: 100 - 60.
    assert strut_to_limb([100, -50, 30], [100, 50, 30], tapering) == pytest.approx(40)
    # Through the limb.
    assert strut_to_limb([100, 0, -75], [-100, 0, -75], tapering) == 0


def test_a_strut_nearest_to_the_rim_of_the_wide_end_by_hand() -> None:
    # Radius 60 at z 0, 0.1 at z -60: the cone falls off by 45 deg.  A point 10 beside and 5 below the rim: sqrt(125);
    # a strut through it, square to that direction, has no nearer point.
    steep = limb([0, 0, 0], [0, 0, -60], 60, 0.1)
    point, along = np.array([70.0, 0, -5]), np.array([5.0, 0, 10])
    assert strut_to_limb(list(point - 2 * along), list(point + along), steep) == pytest.approx(math.sqrt(125), abs=1e-7)


@pytest.mark.parametrize(
    ("start", "end", "radii", "expected"),
    [
        ([0, 0, 0], [0, 0, -150], (60, 60), 30.0),  # in the middle: 90 - 60
        ([12, 0, 0], [12, 0, -150], (60, 60), 18.0),  # 12 mm off the middle
        ([0, 0, 0], [0, 0, -150], (60, 40), 30.0),  # the wide end of a tapering limb is at this ring
        # The narrow end: 4 mm towards the wide end the limb is 40.5333 thick: 49.4667 / sqrt(1 + (2/15)^2).
        ([0, 0, 0], [0, 0, -150], (40, 60), 49.0327),
        # A ring that leans 30 deg: its hole is 90 cos 30 wide seen along the limb, less 4 sin 30 of its edges.
        ([0, 0, 0], [75, 0, -129.9038106], (40, 40), 35.9423),
        ([0, 0, 0], [0, 0, -150], (90, 90), 0.0),  # touching all round
        ([0, 0, 0], [0, 0, -150], (95, 60), 0.0),  # thicker than the hole
        ([40, 0, 0], [40, 0, -150], (60, 40), 0.0),  # pressed against one side
        ([130, 0, 0], [130, 0, -150], (10, 10), 0.0),  # beside the ring, where no limb can be
    ],
)
def test_a_ring_round_the_limb_by_hand(
    start: list[float], end: list[float], radii: tuple[float, float], expected: float
) -> None:
    assert ring_to_cone(RING, limb(start, end, *radii))[0] == pytest.approx(expected, abs=1e-4)


def test_two_rings_by_hand() -> None:
    assert rings(RING, RING, [0, 0, 0], [0, 0, -150]) == pytest.approx(142)  # 150 less twice 4
    assert rings(RING, RING, [0, 0, 33], [0, 0, -150]) == pytest.approx(142)  # its own spin changes nothing
    # The small ring's edge (76) lies below the hole of the large one (90): sqrt(142^2 + 14^2).
    assert rings(RING, SMALL, [0, 0, 0], [0, 0, -150]) == pytest.approx(142.6885, abs=1e-4)
    # Tilted 10 deg, its edge rises by 106 sin 10 + 4 cos 10 = 22.3459, below the flat of the other: 150 - 4 - that.
    assert rings(RING, RING, [0, 10, 0], [0, 0, -150]) == pytest.approx(123.6541, abs=1e-4)
    assert rings(RING, RING, [0, 0, 0], [0, 0, -6]) == 0  # one in the other
    assert rings(RING, RING, [40, 0, 0], [0, 0, -20]) == 0
    # Two links of a chain do not touch: the second upright, the first through its hole.
    assert rings(RING, RING, [90, 0, 0], [98, 0, 0]) > 80
    # Side by side, the second upright and across: round sides pass each other crosswise, 300 - 106 - 106.
    assert rings(RING, RING, [90, 0, 0], [300, 0, 0]) == pytest.approx(88)


# --- against dense sampling --------------------------------------------------------------------------------------------


def limb_distance(points: Array, start: Array, end: Array, start_radius: float, end_radius: float) -> Array:
    """Distances (m, g) of points (m, g, 3) to the outline ray, slope, ray of a limb, in its half plane."""
    length = np.linalg.norm(end - start, axis=1)[:, None]
    axis = (end - start) / length
    away = points - start[:, None]
    s = np.einsum("mgi,mi->mg", away, axis)
    r = np.linalg.norm(away - s[..., None] * axis[:, None], axis=-1)
    thick = np.where(s < 0, start_radius, np.where(s > length, end_radius, start_radius + (end_radius - start_radius) * s / length))  # fmt: skip
    fall = end_radius - start_radius
    along = np.clip((s * length + (r - start_radius) * fall) / (length**2 + fall**2), 0, 1)
    three = [
        np.hypot(np.maximum(s, 0), r - start_radius),
        np.hypot(np.minimum(s - length, 0), r - end_radius),
        np.hypot(s - along * length, r - start_radius - along * fall),
    ]
    return np.where(r <= thick, 0.0, np.minimum.reduce(three))


def ring_distance(points: Array, ring: Annulus) -> Array:
    r = np.hypot(points[..., 0], points[..., 1])
    beside = np.maximum(0, np.maximum(ring.inner_mm - r, r - ring.outer_mm))
    return np.hypot(beside, np.maximum(0, abs(points[..., 2]) - ring.half_mm))


def sampled(distance, boxes: list[tuple[float, float]], count: int, starts: int, grid: tuple[int, ...]) -> Array:
    """The least of `distance(parameters (count, g, k))` over boxes: a dense grid, then shrinking grids round its best."""
    low, high = np.array(boxes).T
    axes = [np.linspace(a, b, n) for (a, b), n in zip(boxes, grid, strict=True)]
    first = np.stack([part.ravel() for part in np.meshgrid(*axes, indexing="ij")], axis=1)
    values = distance(np.broadcast_to(first, (count, *first.shape)))
    best, rows = values.min(axis=1), np.arange(count)
    local = np.stack([part.ravel() for part in np.meshgrid(*[np.linspace(-1, 1, 7)] * len(boxes))], axis=1)
    for _ in range(starts):
        centre = first[values.argmin(axis=1)]
        near = abs(first[None, :, 0] - centre[:, None, 0]) < 0.08 * (high[0] - low[0])
        values = np.where(near, np.inf, values)
        size = (high - low) / (np.array(grid) - 1)
        for _ in range(36):
            trial = np.clip(centre[:, None] + local * size, low, high)
            found = distance(trial)
            centre, best = trial[rows, found.argmin(axis=1)], np.minimum(best, found.min(axis=1))
            size = size * 0.6
    return np.asarray(best, float)


def test_segments_against_sampling() -> None:
    rng = np.random.default_rng(4)
    a, u, b, v = rng.normal(size=(4, 120, 3)) * 100
    v[:20] = u[:20] * rng.uniform(-2, 2, size=(20, 1))  # parallel
    v[20:40] = u[20:40] + 1e-6 * v[20:40]  # nearly so

    def distance(share: Array) -> Array:
        gap = a[:, None] + share[..., :1] * u[:, None] - b[:, None] - share[..., 1:] * v[:, None]
        return np.asarray(np.linalg.norm(gap, axis=-1))

    best = sampled(distance, [(0, 1), (0, 1)], 120, 1, (41, 41))
    exact = segment_to_segment(a, u, b, v)
    assert (exact <= best + 1e-12).all()
    # A shrinking grid creeps along the valley of nearly parallel segments.
    assert abs(exact - best)[40:].max() < 1e-4
    assert abs(exact - best)[:40].max() < 1e-2


@pytest.mark.parametrize("radii", [(60.0, 35.0), (30.0, 55.0), (45.0, 45.0)])
def test_struts_and_limbs_against_sampling(radii: tuple[float, float]) -> None:
    rng = np.random.default_rng(5)
    start, end = rng.normal(size=(2, 200, 3)) * 80
    cone = Cone.between(start, end, *radii)
    point, along = rng.normal(size=(2, 200, 3)) * 150
    along[:20] = cone.axis[:20] * 90  # beside the axis
    exact = segment_to_cone(point, along, cone)
    best = sampled(
        lambda share: limb_distance(point[:, None] + share * along[:, None], start, end, *radii),
        [(0, 1)],
        200,
        2,
        (800,),
    )
    assert (exact > 0).sum() > 100
    assert (exact == 0).sum() > 5
    assert abs(exact - best).max() < TOLERANCE_MM


@pytest.mark.parametrize(
    ("lean", "off", "radii"),
    [(0.05, 12, (60.0, 40.0)), (0.4, 18, (60.0, 40.0)), (0.4, 18, (40.0, 55.0)), (0.7, 30, (30.0, 30.0))],
)
def test_rings_round_limbs_against_sampling(lean: float, off: float, radii: tuple[float, float]) -> None:
    rng = np.random.default_rng(6)
    start = np.column_stack([rng.normal(size=(80, 2)) * off, np.zeros(80)])
    start = start[np.hypot(start[:, 0], start[:, 1]) < RING.inner_mm]
    down = -rotation_from_vector(rng.normal(size=(len(start), 3)) * lean)[:, :, 2]
    end = start + down * rng.uniform(60, 250, size=(len(start), 1))

    def distance(place: Array) -> Array:
        angle, radius, height = place[..., 0], place[..., 1], place[..., 2]
        points = np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=-1)
        return limb_distance(points, start, end, *radii)

    box = [(-0.1, 2 * math.pi), (RING.inner_mm, RING.outer_mm), (-RING.half_mm, RING.half_mm)]
    best = sampled(distance, box, len(start), 4, (120, 4, 5))
    exact = ring_to_cone(RING, Cone.between(start, end, *radii))
    assert (exact > 0).any()
    assert (exact <= best + TOLERANCE_MM).all()
    assert np.quantile(best - exact, 0.95) < TOLERANCE_MM
    assert (best - exact).max() < 1e-2  # where the sampling itself ends in a neighbouring hollow


@pytest.mark.parametrize(("lean", "apart"), [(0.1, 140), (0.4, 110), (1.5, 160), (1.5, 60)])
def test_rings_against_sampling(lean: float, apart: float) -> None:
    rng = np.random.default_rng(7)
    shift = np.column_stack([rng.normal(size=(60, 2)) * 20, -apart - 10 * rng.random(60)])
    T_a_b = pose(rotation_from_vector(rng.normal(size=(60, 3)) * lean), shift)
    T_b_a = invert(T_a_b)

    def distance(place: Array) -> Array:
        angle, radius, height = place[..., 0], place[..., 1], place[..., 2]
        points = np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=-1)
        return ring_distance(np.einsum("mij,mgj->mgi", T_b_a[:, :3, :3], points) + T_b_a[:, None, :3, 3], SMALL)

    box = [(-0.1, 2 * math.pi), (RING.inner_mm, RING.outer_mm), (-RING.half_mm, RING.half_mm)]
    best = sampled(distance, box, 60, 3, (120, 5, 5))
    exact = ring_to_ring(RING, SMALL, T_a_b)
    assert (exact <= best + TOLERANCE_MM).all()
    assert np.quantile(best - exact, 0.9) < TOLERANCE_MM
    assert (best - exact).max() < 0.1  # rings that touch at a point, which the sampling only comes near to


# --- over a motion -----------------------------------------------------------------------------------------------------


def bounds(speed: list[list[float]], thickness: list[float], acceleration: float = 0.0) -> MotionBounds:
    values = np.array(speed, float)
    return MotionBounds(values, np.full(values.shape, acceleration), np.array(thickness, float))


def test_a_least_distance_between_two_evenings() -> None:
    # Two axes pass 5 mm from each other on day 3.4 at 10 mm a day, bodies 2 mm thick in all: 3 mm are left.  On the
    # evenings before and after they are sqrt(4^2 + 5^2) - 2 = 4.403 and sqrt(6^2 + 5^2) - 2 = 5.810 apart.
    def passing(times: Array, _: Array) -> Array:
        return np.hypot(10.0 * (times - 3.4), 5.0) - 2.0

    assert passing(np.arange(8.0), np.zeros(8)).min() == pytest.approx(4.4031, abs=1e-4)
    least, time = least_distance(passing, bounds([[10.0]] * 7, [2.0]))
    assert least[0] == pytest.approx(3.0, abs=CERTAIN_TO_MM)
    assert time[0] == pytest.approx(3.4, abs=0.04)  # 5 mm away, 0.01 mm is passed in a thirtieth of a day


def test_several_pairs_each_with_its_own_least() -> None:
    when, near = np.array([0.5, 2.25, 4.9]), np.array([1.0, 20.0, 300.0])

    def passing(times: Array, pairs: Array) -> Array:
        return np.asarray(np.hypot(3.0 * (times - when[pairs]), near[pairs]))

    least, time = least_distance(passing, bounds([[3.0] * 3] * 6, [0.0] * 3))
    assert least == pytest.approx(near, abs=CERTAIN_TO_MM)
    assert abs(time - when).max() < 0.8  # 300 mm away, 0.01 mm is passed in eight tenths of a day


def test_no_doubt_is_left_of_a_distance_that_is_asked_for() -> None:
    """Within what is certain of 20 mm, but below it between the quarters of a day, or above it at all times."""

    def dipping(least_mm: float) -> DistanceAt:
        return lambda times, _: np.asarray(least_mm + 0.4 * (times - 2.6) ** 2)

    for least_mm, when_not_asked in ((19.997, 20.001), (19.999_99, 20.003_99), (20.000_5, 20.004_5)):
        unasked, _ = least_distance(dipping(least_mm), bounds([[2.1]] * 5, [0.0], 0.8))
        assert unasked[0] == pytest.approx(when_not_asked, abs=1e-9)
        found, time = least_distance(dipping(least_mm), bounds([[2.1]] * 5, [0.0], 0.8), np.array([20.0]))
        assert (found[0] < 20.0) == (least_mm < 20.0)
        assert least_mm <= found[0] <= unasked[0]
        assert time[0] == pytest.approx(2.6, abs=0.11)


def test_axes_that_cross_are_found_and_end_the_search() -> None:
    asked: list[int] = []

    def crossing(times: Array, _: Array) -> Array:
        asked.append(len(times))
        return np.asarray(abs(7.0 * (times - 2.37)) - 12.0)

    least, time = least_distance(crossing, bounds([[7.0]] * 5, [12.0]))
    assert least[0] == pytest.approx(-12.0, abs=CERTAIN_TO_MM)
    assert time[0] == pytest.approx(2.37, abs=2e-3)
    assert sum(asked) < 200


def test_the_earliest_of_equal_distances_is_named() -> None:
    def held(times: Array, _: Array) -> Array:
        return np.asarray(30.0 - np.minimum(times, 4.0) + 1e-12 * np.sin(1e3 * times))

    least, time = least_distance(held, bounds([[1.0]] * 10, [0.0]))
    assert least[0] == pytest.approx(26.0)
    assert time[0] == 4.0


def test_touching_bodies_need_no_search() -> None:
    asked: list[int] = []

    def touching(times: Array, _: Array) -> Array:
        asked.append(len(times))
        return np.maximum(3.0 - times, 0.0)

    least, time = least_distance(touching, bounds([[1.0]] * 9, [0.0]))
    assert (least[0], time[0], asked) == (0.0, 3.0, [10])


def test_still_days_are_not_measured_again() -> None:
    asked: list[float] = []

    def still(times: Array, _: Array) -> Array:
        asked.extend(times.tolist())
        return np.full(len(times), 8.0)

    assert least_distance(still, bounds([[0.0]] * 90, [0.0]))[0][0] == 8.0
    assert asked == [0.0]


def test_no_smaller_distance_than_the_certain_one_in_random_motions() -> None:
    rng = np.random.default_rng(8)
    for _ in range(30):
        p, v, a = rng.normal(size=(3, 3)) * [[8.0], [4.0], [1.5]]

        def at(times: Array, p: Array = p, v: Array = v, a: Array = a) -> Array:
            t = times[:, None] - 2.5
            return np.asarray(np.linalg.norm(p + v * t + 0.5 * a * t**2, axis=1) - 1.0)

        fastest = np.linalg.norm(v) + 2.5 * np.linalg.norm(a)
        least, time = least_distance(
            lambda t, _, at=at: at(t), bounds([[fastest]] * 5, [1.0], float(np.linalg.norm(a)))
        )
        dense = at(np.linspace(0, 5, 20001)).min()
        assert least[0] - CERTAIN_TO_MM <= dense
        assert dense <= least[0] + 1e-6
        assert at(time)[0] == pytest.approx(least[0], abs=1e-6)


def test_a_turning_place_is_found_or_an_end() -> None:
    middle = np.array([0.3, -1.0, 2.0, 0.999])
    found = turning_place(lambda x: x - middle, np.zeros(4), np.ones(4))
    assert found == pytest.approx([0.3, 0.0, 1.0, 0.999], abs=1e-3)
