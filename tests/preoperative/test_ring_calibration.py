"""Rings measured with a calliper: joints, their SD, and which distance was misread."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hexapod import load_catalogue
from hexapod.cli.main import main
from hexapod.errors import CaseError
from hexapod.preoperative.ring_calibration import MeasuredRing, calibrate, read_calibration

PAIRS = list(itertools.combinations(range(1, 7), 2))


def told(joints: Any, pairs: Any = PAIRS, ring: str = "proximal", sd: float = 0.3, **more: Any) -> dict[str, Any]:
    apart = [[a, b, math.dist(joints[a - 1][:2], joints[b - 1][:2])] for a, b in pairs]
    return {"format": "hexapod-calibration/1", "ring": ring, "distances_mm": apart, "sd_mm": sd} | more


def measured(document: dict[str, Any]) -> MeasuredRing:
    return calibrate(read_calibration(json.dumps(document).encode()))


def joints_of(ring: str) -> Any:
    model = load_catalogue().ring("generic-full-180")
    return model.proximal_joints_mm if ring == "proximal" else model.distal_joints_mm


@pytest.mark.parametrize("ring", ["proximal", "distal"])
def test_exact_distances_give_the_joints_with_the_front_by_the_numbering_of_the_struts(ring: str) -> None:
    real = joints_of(ring)
    found = measured(told(real, ring=ring, height_mm=float(real[0][2])))
    assert found.joints_mm == pytest.approx(real, abs=1e-9)
    assert found.suspect == ()
    assert found.three_tabs
    assert found.chi2_dof < 1e-12


def test_literal_distances_of_a_ring_of_100_mm() -> None:
    """Half angle 5 deg on a radius of 100 mm: 17.431 mm across a tab, 2 x 100 x sin 60 = 173.205 mm tab to tab."""
    across, between = 200 * math.sin(math.radians(5)), 200 * math.sin(math.radians(60))
    document = told(joints_of("proximal"), [])
    document["distances_mm"] = [[1, 2, across], [3, 4, across], [5, 6, across], [1, 3, between], [2, 4, between]]
    found = measured(document)
    assert (found.joint_radius_mm, found.half_angle_deg) == pytest.approx((100.0, 5.0), abs=1e-9)
    assert found.joints_mm[0] == pytest.approx((-100 * math.sin(math.radians(5)), -100 * math.cos(math.radians(5)), 0))
    assert found.joints_mm[2, 0] > 80, "strut 3 stands on the patient's left of a ring seen from proximal: +x"


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("by", [5.0, -5.0])
def test_a_single_distance_misread_by_5_mm_is_found(pair: tuple[int, int], by: float) -> None:
    rng = np.random.default_rng(1)
    real = joints_of("proximal")
    document = told(real)
    for one in document["distances_mm"]:
        one[2] += rng.normal(0.0, 0.3) + by * ((one[0], one[1]) == pair)
    found = measured(document)
    assert found.suspect == (pair,)
    assert np.linalg.norm(found.joints_mm[:, :2] - real[:, :2], axis=1).max() < 1.0


def test_a_ring_without_three_equal_tabs_is_found_as_free_joints() -> None:
    real = np.array(joints_of("distal"))
    real[3, :2] += (6.0, -4.0)
    found = measured(told(real, ring="distal"))
    assert not found.three_tabs
    assert found.suspect == ()
    apart = [math.dist(found.joints_mm[a - 1][:2], found.joints_mm[b - 1][:2]) for a, b in PAIRS]
    assert apart == pytest.approx([math.dist(real[a - 1][:2], real[b - 1][:2]) for a, b in PAIRS], abs=1e-8)
    assert np.linalg.norm(found.joints_mm[:, :2] - real[:, :2], axis=1).max() < 4.0, "in ring axes, not mirrored"


def test_standard_deviations_are_those_of_repeated_measurements() -> None:
    """400 rings measured with 0.3 mm: radius and half angle scatter as declared; so do joints."""
    rng, real = np.random.default_rng(2), joints_of("proximal")
    found = []
    for _ in range(400):
        document = told(real)
        for one in document["distances_mm"]:
            one[2] += rng.normal(0.0, 0.3)
        found.append(measured(document))
    tabs = [one for one in found if one.three_tabs and not one.suspect]
    assert len(tabs) > 390
    assert np.std([one.joint_radius_mm for one in tabs]) == pytest.approx(tabs[0].radius_sd_mm, rel=0.15)
    assert np.std([one.half_angle_deg for one in tabs]) == pytest.approx(tabs[0].half_angle_sd_deg, rel=0.15)
    off = np.array([one.joints_mm[:, :2] - real[:, :2] for one in tabs])
    assert np.sqrt((off**2).mean(axis=(0, 2))) == pytest.approx(tabs[0].sd_mm, rel=0.15)
    assert np.mean([one.chi2_dof for one in tabs]) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    "numbers", [(2, 3, 4, 5, 6, 1), (2, 1, 4, 3, 6, 5)], ids=["one off", "changed places in each tab"]
)
def test_struts_counted_wrongly_are_refused(numbers: tuple[int, ...]) -> None:
    real = joints_of("proximal")
    with pytest.raises(CaseError, match="Count the struts as they are"):
        measured(told([real[k - 1] for k in numbers]))


@pytest.mark.parametrize(("real", "said"), [("proximal", "distal"), ("distal", "proximal")])
def test_the_distances_of_the_other_ring_are_refused(real: str, said: str) -> None:
    with pytest.raises(CaseError, match=f'say "{real}"'):
        measured(told(joints_of(real), ring=said))


def test_the_file_is_read_as_strictly_as_a_case() -> None:
    for raw, says in ((b"[" * 100_000, "nested too deeply"), (b'{"ring": "distal", "ring": "proximal"}', "ring")):
        with pytest.raises(CaseError, match=says):
            read_calibration(raw)


def test_distances_that_contradict_each_other_do_not_agree() -> None:
    document = told(joints_of("proximal"))
    for number in (0, 4, 8, 12):
        document["distances_mm"][number][2] += 6.0
    assert not measured(document).agrees


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        ({"format": "hexapod-calibration/2"}, "format", "hexapod-calibration/1"),
        ({"ring": "middle"}, "ring", "proximal"),
        ({"sd_mm": 0}, "sd_mm", "0.001"),
        ({"distances_mm": [[1, 2, 1e-300], [1, 3, 100.0], [3, 4, 15.0]]}, "distances_mm[0][2]", "at least 1"),
        ({"distances_mm": [[1, 1, 15.0]]}, "distances_mm[0]", "twice"),
        ({"distances_mm": [[1, 2, 15.0], [2, 1, 15.1]]}, "distances_mm[1]", "again"),
        ({"distances_mm": [[1, 7, 15.0]]}, "distances_mm[0][1]", "6"),
        ({"distances_mm": [[1, 2, -3.0]]}, "distances_mm[0][2]", "1"),
        ({"distances_mm": [[1, 2, 15.0], [3, 4, 15.0]]}, "distances_mm", "all 15"),
        ({"distance_mm": []}, "distance_mm", "distances_mm"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(change: dict[str, Any], place: str, says: str) -> None:
    with pytest.raises(CaseError) as refused:
        measured(told(joints_of("proximal")) | change)
    assert refused.value.problems[0].path == place
    assert says in str(refused.value)


def test_the_command_prints_the_joints_and_refuses_what_contradicts_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "ring.json"
    document = told(joints_of("proximal"))
    document["distances_mm"][3][2] += 5.0
    file.write_text(json.dumps(document), "utf-8")
    assert main(["calibrate", str(file), "--format", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["joints_mm", "sd_mm", "joint_radius_mm", "half_angle_deg", "chi2_dof", "suspect"]
    assert printed["suspect"] == [[1, 5]]
    assert np.array(printed["joints_mm"])[:, :2] == pytest.approx(joints_of("proximal")[:, :2], abs=1e-9)
    assert main(["calibrate", str(file)]) == 0
    text = capsys.readouterr().out
    assert "Left out as misread: the distance of struts 1 and 5." in text
    assert '"proximal_ring": {"joints_mm": [[' in text
    for number in (0, 7, 12):
        document["distances_mm"][number][2] += 6.0
    file.write_text(json.dumps(document), "utf-8")
    assert main(["calibrate", str(file)]) == 1
    assert "contradict each other" in capsys.readouterr().out
    assert main(["calibrate", str(tmp_path / "none.json")]) == 2


# Conventions section 4: the angle of the tab of each strut, and on which side of it the joint is.
TABS = {
    "proximal": ((0, -1), (0, 1), (120, -1), (120, 1), (240, -1), (240, 1)),
    "distal": ((300, 1), (60, -1), (60, 1), (180, -1), (180, 1), (300, -1)),
}


def ring_of(ring: str, radius_mm: float, half_deg: float) -> list[tuple[float, float]]:
    angles = [math.radians(tab + side * half_deg) for tab, side in TABS[ring]]
    return [(radius_mm * math.sin(angle), -radius_mm * math.cos(angle)) for angle in angles]


FEW = [(1, 3), (1, 6), (2, 6), (3, 5), (4, 5), (4, 6)]


def test_few_distances_that_fit_either_way_are_taken_as_numbered() -> None:
    """These six say almost nothing of which joint of a tab is left: a right ring was once refused for its noise."""
    rng, real = np.random.default_rng(5), ring_of("distal", 96.3, 11.5)
    for _ in range(10):
        document = told(real, FEW, "distal")
        for one in document["distances_mm"]:
            one[2] += rng.normal(0.0, 0.3)
        assert measured(document).half_angle_deg == pytest.approx(11.5, abs=1.0)


def test_a_misreading_that_two_distances_explain_names_both_and_is_not_used() -> None:
    pairs = [(1, 5), (2, 4), (2, 6), (3, 4), (3, 5), (4, 5)]
    document = told(ring_of("proximal", 83.25, 10.24), pairs)
    document["distances_mm"][3][2] += 5.0
    found = measured(document | {"sd_mm": 0.1})
    assert (3, 4) in found.suspect
    assert len(found.suspect) == 2
    assert not found.agrees


def test_a_distance_that_no_other_checks_is_named() -> None:
    """One distance across a tab and three between tabs: only the first tells the half angle, and nothing checks it."""
    found = measured(told(joints_of("proximal"), [(1, 2), (1, 3), (3, 5), (1, 5)]))
    assert found.unchecked == ((1, 2),)
    assert measured(told(joints_of("proximal"), PAIRS)).unchecked == ()
