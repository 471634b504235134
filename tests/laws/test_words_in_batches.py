"""Many deformities and mountings at once: signs by literal facts, and the same as one by one."""

import numpy as np
import pytest

from hexapod.deformity.pose import deformity_numbers, deformity_pose, deformity_poses, ring_mount, ring_mounts
from hexapod.deformity.quantities import DEFORMITY, DEFORMITY_SD, MOUNTING, MOUNTING_SD, signed_numbers, words_of
from tests.laws.builder import REFERENCES, SIDES

pytestmark = pytest.mark.hazard("H-02")


def test_ten_deg_varus_takes_an_ankle_to_the_midline() -> None:
    """300 mm away it lies 52.09 mm medial: at +x of a right limb, at -x of a left one."""
    numbers = [signed_numbers({"varus_deg": 10}, DEFORMITY), signed_numbers({"short_mm": 9}, DEFORMITY)]
    for side, x in (("right", 52.09), ("left", -52.09)):
        T = deformity_poses(numbers, side, "proximal")
        assert (T[0] @ [0, 0, -300, 1])[0] == pytest.approx(x, abs=0.005)
        assert T[1, :3, 3].tolist() == [0.0, 0.0, 9.0]


def test_a_ring_turned_outwards_looks_to_its_own_side() -> None:
    """A quarter turn outwards: the front of a right ring looks to the right, -x; that of a left one to +x."""
    numbers = [signed_numbers({"external_rotation_deg": 90, "medial_mm": 4, "distal_mm": 60}, MOUNTING)]
    for side, front, medial in (("right", -1.0, 4.0), ("left", 1.0, -4.0)):
        T = ring_mounts(numbers, side)[0]
        assert (T[:3, :3] @ [0, -1, 0]).tolist() == pytest.approx([front, 0.0, 0.0], abs=1e-12)
        assert T[:3, 3].tolist() == [medial, 0.0, -60.0]


@pytest.mark.parametrize("side", SIDES)
def test_as_one_by_one(side: str) -> None:
    random = np.random.default_rng(1)
    for reference in REFERENCES:
        numbers = random.uniform(-1.0, 1.0, (50, 6)) * [75, 75, 179, 90, 90, 90]
        T = deformity_poses(numbers, side, reference)
        each = [deformity_pose(words_of(one, DEFORMITY), side, reference) for one in numbers]
        assert np.abs(T - each).max() < 1e-12
        found, beyond = deformity_numbers(T, side, reference)
        assert not beyond.any()
        assert np.abs(found - numbers).max() < 1e-9
    numbers = random.uniform(-1.0, 1.0, (50, 6)) * [90, 90, 90, 179, 44, 44]
    each = [ring_mount(words_of(one, MOUNTING), side) for one in numbers]
    assert np.abs(ring_mounts(numbers, side) - each).max() < 1e-12


def test_the_sd_stand_in_the_order_of_the_words() -> None:
    assert tuple(one.pair for one in DEFORMITY_SD) == DEFORMITY
    assert tuple(one.pair for one in MOUNTING_SD) == MOUNTING
    assert all(one.key.endswith(one.pair.unit) for one in (*DEFORMITY_SD, *MOUNTING_SD))
