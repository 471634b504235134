"""Leg lengths, poses and deformity angles that other people published, through our kinematics."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
from outside import DATA, Array, joints, moved, outside, poses

from hexapod import SingularFrame, ring_pose, strut_lengths
from hexapod.deformity.pose import deformity_pose
from hexapod.kinematics.inverse import condition

# File, key of its lengths, tolerance: how far the source printed them.
PRINTED_LENGTHS = [
    ("flamisell_ik", "leg_lengths", 6e-9),
    ("linuxcnc_home", "leg_lengths", 3e-4),
    ("linuxcnc_home", "leg_lengths_compiled", 6e-11),
    ("mcl745_home_singular", "leg_lengths", 6e-5),
    ("nasa_cdsl_formdata", "leg_lengths", 0.002),
    ("soton_gdp47_tsf", "leg_lengths", 1e-4),
    ("yeok_ik_yaw30", "leg_lengths", 6e-9),
]
# A pose found again from lengths printed to d may be off by d times the condition number; ordinary frames have 2 to 10.
LOSS_OF_A_POSE = 20.0
SINGULAR = 100.0


def stated_tolerances(name: str) -> list[float]:
    stated = outside(name)["tolerance"]
    return list(stated.values()) if isinstance(stated, dict) else stated if isinstance(stated, list) else [stated]


def start_beside(T: Array, lengths: Array) -> Array:
    size = float(np.mean(lengths))
    return moved(T, (0.01 * size, -0.01 * size, 0.005 * size), 0.02)


@pytest.mark.parametrize(("name", "key", "tolerance"), PRINTED_LENGTHS)
def test_strut_lengths_are_those_printed(name: str, key: str, tolerance: float) -> None:
    assert tolerance in stated_tolerances(name)
    lengths = strut_lengths(*joints(name), poses(name))
    assert lengths == pytest.approx(np.array(outside(name)["expected"][key]), abs=tolerance, rel=0.0)


def test_every_file_of_lengths_is_used() -> None:
    used = {name for name, _, _ in PRINTED_LENGTHS} | {"mcl745_fk_newton", "uvic_hexapod_formdata2025"}
    others = {"sangeorzan_single_cut", "example_plan", "example_case"}
    here = {path.stem for path in DATA.glob("*.json")}
    assert here == used | others


def test_leg_vectors_of_flamisell() -> None:
    base, platform = joints("flamisell_ik")
    T = poses("flamisell_ik")[0]
    vectors = np.array(outside("flamisell_ik")["expected"]["leg_vectors"][0])
    assert platform @ T[:3, :3].T + T[:3, 3] - base == pytest.approx(vectors, abs=6e-9, rel=0.0)
    assert strut_lengths(base, platform, T) == pytest.approx(np.linalg.norm(vectors, axis=1), abs=2e-8, rel=0.0)


@pytest.mark.parametrize(("pose", "tolerance"), [(0, 0.0006), (1, 0.02)])
def test_hexapod_with_a_far_centre_of_rotation(pose: int, tolerance: float) -> None:
    name = "uvic_hexapod_formdata2025"
    assert tolerance == outside(name)["tolerance"][pose]
    lengths = strut_lengths(*joints(name), poses(name)[pose])
    assert lengths == pytest.approx(np.array(outside(name)["expected"]["leg_lengths"][pose]), abs=tolerance, rel=0.0)


@pytest.mark.parametrize("name", ["flamisell_ik", "linuxcnc_home", "nasa_cdsl_formdata"])
@pytest.mark.hazard("H-18")
def test_printed_lengths_lead_back_to_the_printed_pose(name: str) -> None:
    keys = [key for found, key, _ in PRINTED_LENGTHS if found == name]
    tolerance = {key: tol for found, key, tol in PRINTED_LENGTHS if found == name}[keys[-1]]
    T = poses(name)[0]
    lengths = np.array(outside(name)["expected"][keys[-1]][0])
    found = ring_pose(*joints(name), lengths, near=start_beside(T, lengths))
    rho = float(np.linalg.norm(joints(name)[1], axis=1).mean())
    assert found[:3, 3] == pytest.approx(T[:3, 3], abs=LOSS_OF_A_POSE * tolerance, rel=0.0)
    assert found[:3, :3] == pytest.approx(T[:3, :3], abs=LOSS_OF_A_POSE * tolerance / rho, rel=0.0)


@pytest.mark.parametrize("k", range(6))
def test_lengths_of_the_newton_report(k: int) -> None:
    numbers = outside("mcl745_fk_newton")
    lengths = strut_lengths(*joints("mcl745_fk_newton"), poses("mcl745_fk_newton")[k])
    tolerance = numbers["tolerance"]["leg_length_mm_from_printed_pose"]
    assert lengths == pytest.approx(np.array(numbers["leg_lengths"][k]), abs=tolerance, rel=0.0)


@pytest.mark.hazard("H-18")
def test_poses_of_the_newton_report_followed_one_after_another() -> None:
    """The report's own steps: from its start pose Ry(20 deg) Rx(20 deg), 300 mm up, legs 2, 3 and 6 grow by 0 to 5 %.

    Its frame has a condition of 1500 to 2000, so the printed lengths (4 decimals) are too coarse to start from.
    """
    numbers = outside("mcl745_fk_newton")
    c, s = math.cos(math.radians(20.0)), math.sin(math.radians(20.0))
    T = np.array([[c, s * s, s * c, 0.0], [0.0, c, -s, 0.0], [-s, c * s, c * c, 300.0], [0.0, 0.0, 0.0, 1.0]])
    first = strut_lengths(*joints("mcl745_fk_newton"), T)
    for k, printed in enumerate(numbers["poses"]):
        grown = first * (1.0 + k / 100.0 * np.array([0, 1, 1, 0, 0, 1]))
        assert grown == pytest.approx(np.array(numbers["leg_lengths"][k]), abs=6e-5, rel=0.0)
        T = ring_pose(*joints("mcl745_fk_newton"), grown, near=T)
        assert T[:3, 3] == pytest.approx(np.array(printed["t"]), abs=numbers["tolerance"]["t_mm"], rel=0.0), k
        assert T[:3, :3] == pytest.approx(np.array(printed["R"]), abs=numbers["tolerance"]["R"], rel=0.0), k


def singular_frames() -> Iterator[tuple[str, Array]]:
    yield "mcl745_home_singular", poses("mcl745_home_singular")[0]
    yield "soton_gdp47_tsf", poses("soton_gdp47_tsf")[0]
    home = np.eye(4)
    home[2, 3] = 500.0
    yield "soton_gdp47_tsf", home


@pytest.mark.parametrize("case", list(singular_frames()), ids=["mcl745 home", "soton tilted", "soton parallel"])
@pytest.mark.hazard("H-10")
@pytest.mark.hazard("H-18")
def test_singular_frames_are_recognised(case: tuple[str, Array]) -> None:
    name, T = case
    assert condition(*joints(name), T) > SINGULAR
    assert condition(*joints(name), moved(T, (0.01, 0.0, 0.01), 1e-4)) > SINGULAR
    with pytest.raises(SingularFrame, match="singular"):
        ring_pose(*joints(name), strut_lengths(*joints(name), T), near=T)


@pytest.mark.hazard("H-10")
def test_hexagons_with_equal_corners_joined_are_refused_also_when_turned() -> None:
    # By 30 deg of turn this frame leaves the exactly singular position, but not by much.
    assert SINGULAR < condition(*joints("yeok_ik_yaw30"), poses("yeok_ik_yaw30")[0]) < 1e8


@pytest.mark.parametrize("name", ["flamisell_ik", "linuxcnc_home", "nasa_cdsl_formdata"])
@pytest.mark.hazard("H-10")
def test_sound_frames_are_not_called_singular(name: str) -> None:
    assert condition(*joints(name), poses(name)[0]) < 10.0


@pytest.mark.parametrize("k", range(3))
@pytest.mark.hazard("H-02")
def test_oblique_plane_and_single_axis_of_sangeorzan(k: int) -> None:
    """Sangeorzan, Judd and Sangeorzan's single cut.

    Their C is the angle on the AP film, S on the lateral film, T the torsion; A is the tilt in the oblique plane, which
    stands at alpha from the AP film; beta is the one rotation that does it all, about the axis at the given azimuth and
    elevation (an angle from the long axis).  Their long axis points distally and their azimuth is counted from the
    lateral film, so their axis (azimuth, elevation) is ours at (azimuth - 90 deg, 180 deg - elevation).
    """
    numbers, tolerance = outside("sangeorzan_single_cut")["cases"][k], outside("sangeorzan_single_cut")["tolerance"][k]
    C, S, T = numbers["C_deg"], numbers["S_deg"], numbers["T_deg"]
    words = {
        "valgus_deg" if C > 0 else "varus_deg": abs(C),
        "apex_posterior_deg" if S > 0 else "apex_anterior_deg": abs(S),
        "internal_rotation_deg" if T > 0 else "external_rotation_deg": abs(T),
    }
    R = deformity_pose(words, "left", "proximal")[:3, :3]
    down = R @ [0.0, 0.0, -1.0]
    assert math.atan2(math.hypot(down[0], down[1]), -down[2]) == pytest.approx(numbers["A_rad"], abs=tolerance)
    assert math.atan2(-down[1], down[0]) == pytest.approx(numbers["alpha_rad"], abs=tolerance)
    sine = np.array([R[2, 1] - R[1, 2], R[0, 2] - R[2, 0], R[1, 0] - R[0, 1]]) / 2.0
    beta = math.atan2(float(np.linalg.norm(sine)), (float(np.trace(R)) - 1.0) / 2.0)
    assert beta == pytest.approx(numbers["beta_rad"], abs=tolerance)
    axis = sine / np.linalg.norm(sine)
    azimuth = math.atan2(axis[1], axis[0]) + math.pi / 2.0
    assert math.remainder(azimuth - numbers["azimuth_rad"], 2.0 * math.pi) == pytest.approx(0.0, abs=tolerance)
    assert math.acos(-axis[2]) == pytest.approx(numbers["elevation_rad"], abs=tolerance)
