"""Open rings and foot plates: distances by literal facts, against full rings, and against places all over them."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hexapod.collision.open_rings import OpenRing, RingBody, body_to_body, body_to_cone
from hexapod.collision.solids import Annulus, Cone
from hexapod.geometry.transforms import Array, shift

# 16 mm wide and 8 mm thick, as generic rings of 180 mm: a full one, the anterior half, and a foot plate round the heel.
FULL = Annulus(90.0, 106.0, 4.0)
HALF = OpenRing(90.0, 106.0, 4.0, 180.0)
PLATE = OpenRing(90.0, 106.0, 4.0, 180.0, 70.0, 180.0)
CLOSED = OpenRing(90.0, 106.0, 4.0, 360.0)

pytestmark = pytest.mark.hazard("H-09")


def limb(x: float, y: float, radius: float) -> Cone:
    """An upright limb of one radius through the ring's plane at (x, y), mm."""
    return Cone.between(np.array([[x, y, 0.0]]), np.array([[x, y, -150.0]]), radius, radius)


def limb_distance(ring: RingBody, *place: float) -> float:
    return float(body_to_cone(ring, limb(*place))[0])


def ring_distance(a: RingBody, b: RingBody, T_a_b: Array) -> float:
    return float(body_to_body(a, b, T_a_b[None])[0])


@pytest.mark.parametrize(
    ("ring", "place", "expected"),
    [
        # Through the open part of the anterior half: its ends, at (+-90, 0), are nearest.
        (FULL, (0, 60, 40), 0.0),
        (HALF, (0, 60, 40), math.hypot(90, 60) - 40),
        (HALF, (0, 98, 2), math.hypot(90, 98) - 2),
        (HALF, (0, 200, 30), math.hypot(90, 200) - 30),
        # The same through the arc, and just before it.
        (HALF, (0, -98, 2), 0.0),
        (HALF, (0, -85, 2), 3.0),
        (HALF, (0, -112, 2), 4.0),
        (HALF, (0, 0, 60), 30.0),
        # Between the legs of the foot plate, in one of them, beside one, and before its tip at y = -70.
        (PLATE, (0, -50, 30), 60.0),
        (PLATE, (98, -50, 2), 0.0),
        (PLATE, (120, -50, 2), 12.0),
        (PLATE, (98, -80, 2), 8.0),
        (PLATE, (0, 85, 2), 3.0),
    ],
)
def test_limb_and_open_ring(ring: RingBody, place: tuple[float, float, float], expected: float) -> None:
    assert limb_distance(ring, *place) == pytest.approx(expected, abs=1e-6)


# The distal half ring of a foot opens anteriorly.
POSTERIOR = OpenRing(90.0, 106.0, 4.0, 180.0, 0.0, 180.0)
# A ring of 60 to 76 mm standing upright in the plane y = 0 of its own place.
UPRIGHT = np.eye(4)
UPRIGHT[:3, :3] = [[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]
SMALL = Annulus(60.0, 76.0, 4.0)


@pytest.mark.parametrize(
    ("a", "b", "T_a_b", "expected"),
    [
        (HALF, HALF, shift([0.0, 0.0, 20.0]), 12.0),
        # Two halves that face each other meet at their ends; moved apart they do not.
        (HALF, POSTERIOR, np.eye(4), 0.0),
        (HALF, POSTERIOR, shift([0.0, 7.0, 0.0]), 7.0),
        (HALF, POSTERIOR, shift([0.0, 30.0, 48.0]), math.hypot(30.0, 40.0)),
        # An upright ring at y = 70 has its sides at x = 60 to 76: within a full ring, free in the opening of a half.
        (FULL, SMALL, shift([0.0, 70.0, 0.0]) @ UPRIGHT, 0.0),
        (HALF, SMALL, shift([0.0, 70.0, 0.0]) @ UPRIGHT, math.hypot(90.0 - 76.0, 70.0 - 4.0)),
        (HALF, SMALL, shift([0.0, -70.0, 0.0]) @ UPRIGHT, 0.0),
        # A full ring above the foot plate, beside it, and above the tip of one leg alone.
        (PLATE, FULL, shift([0.0, 0.0, 30.0]), 22.0),
        (PLATE, FULL, shift([0.0, 200.0, 0.0]), 0.0),
        (PLATE, FULL, shift([0.0, 222.0, 0.0]), 10.0),
        (PLATE, SMALL, shift([98.0, -160.0, 0.0]), 14.0),
    ],
)
def test_ring_and_open_ring(a: RingBody, b: RingBody, T_a_b: Array, expected: float) -> None:
    assert ring_distance(a, b, T_a_b) == pytest.approx(expected, abs=1e-6)


def test_a_ring_of_360_deg_is_the_full_ring() -> None:
    rng = np.random.default_rng(20)
    T_a_b = poses(rng, 400)
    assert body_to_body(CLOSED, SMALL, T_a_b) == pytest.approx(body_to_body(FULL, SMALL, T_a_b), abs=1e-6)
    middle, far = rng.normal(size=(400, 3)) * [15, 15, 0], rng.normal(size=(400, 3)) * [30, 30, 20] - [0, 0, 150]
    limbs = Cone.between(middle, far, 60.0, 45.0)
    assert body_to_cone(CLOSED, limbs) == pytest.approx(body_to_cone(FULL, limbs), abs=1e-6)


def poses(rng: np.random.Generator, count: int) -> Array:
    """Poses up to 40 deg and 60 mm from each other, many of them through one another."""
    T = np.tile(np.eye(4), (count, 1, 1))
    T[:, :3, :3] = Rotation.from_rotvec(rng.normal(size=(count, 3)) * 0.4).as_matrix()
    T[:, :3, 3] = rng.normal(size=(count, 3)) * [40, 40, 60]
    return T


def places(ring: OpenRing) -> Array:
    """Places (n, 3) all along the edges of a body, a quarter of a millimetre apart."""
    lines = [edge.places(np.linspace(0.0, 1.0, math.ceil(4 * edge.length_mm))) for edge in ring.edges]
    return np.concatenate([np.stack(line, axis=1) for line in lines])


@pytest.mark.parametrize(("a", "b"), [(PLATE, OpenRing(60, 76, 4, 225, 0, 180)), (HALF, CLOSED)])
def test_no_place_of_an_open_ring_is_nearer(a: OpenRing, b: OpenRing) -> None:
    T_a_b = poses(np.random.default_rng(7), 60)
    found = body_to_body(a, b, T_a_b)
    of_a, of_b = places(a), places(b)
    for distance, T in zip(found, T_a_b, strict=True):
        in_b, in_a = (of_a - T[:3, 3]) @ T[:3, :3], of_b @ T[:3, :3].T + T[:3, 3]
        least = min(b.distance(*in_b.T).min(), a.distance(*in_a.T).min())
        # Places lie at most an eighth of a millimetre beside the nearest one, where distances are rounded off.
        assert distance <= least + 1e-9
        assert distance >= least - 0.125
