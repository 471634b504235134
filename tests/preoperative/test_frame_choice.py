"""Which frame to build: what is proposed is what its plan has, in the order that is said, and nothing refused is."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

import hexapod
from hexapod.cli.main import main
from hexapod.hardware.catalogue import Catalogue
from hexapod.plan.make_plan import Plan
from hexapod.preoperative.frame_choice import FrameChoice, _changes, choose_frame
from hexapod.preoperative.ring_distance import advise, case_with_advice

SAMPLES = Path(__file__).resolve().parents[2] / "sample_cases"
HEIGHTS = [150.0, 200.0, 250.0]


def few(*diameters: int) -> Catalogue:
    """The generic struts of 1 mm and some generic rings."""
    whole = hexapod.load_catalogue()
    rings = {name: whole.rings[name] for name in (f"generic-full-{size}" for size in diameters)}
    struts = {name: one for name, one in whole.struts.items() if one.series == "generic-{size}"}
    return Catalogue(rings, struts)


@pytest.fixture(scope="module")
def choice() -> FrameChoice:
    return choose_frame(hexapod.load_case(SAMPLES / "tibia_chronic.json"), 0, HEIGHTS, few(155, 180, 205))


@pytest.mark.hazard("H-08")
def test_what_is_proposed_is_what_its_plan_has(choice: FrameChoice) -> None:
    assert choice.proposals
    for one in choice.proposals:
        plan = hexapod.make_plan(one.case)
        assert isinstance(plan, Plan)
        assert plan.verdict != "refused"
        level = plan.levels[0]
        assert len(level.exchanges) == len(one.option.exchanges)
        assert {level.frame.setup.proximal_ring.name, level.frame.setup.distal_ring.name} == set(one.rings)
        # The angle against a ring by hand: the sine is the rise of the strut along the ring's normal over its length.
        T, proximal, distal = level.frame.T_prox_dist, *level.frame.setup.joints_mm
        along = (T[:, :3, :3] @ distal.T).transpose(0, 2, 1) + T[:, None, :3, 3] - proximal
        lengths = np.linalg.norm(along, axis=-1)
        rises = np.abs(along[..., 2]), np.abs(np.einsum("nki,ni->nk", along, T[:, :3, 2]))
        lowest = min(np.degrees(np.arcsin(rise / lengths)).min() for rise in rises)
        assert one.steepness_deg == pytest.approx(lowest, abs=1e-9)


def test_the_best_is_that_of_trying_everything(choice: FrameChoice) -> None:
    """Each ring at each height by the older advice and its whole plan: fewest change-outs, then steepest."""
    document = hexapod.load_case(SAMPLES / "tibia_chronic.json").document
    found = []
    for ring in ("generic-full-155", "generic-full-180", "generic-full-205"):
        for which in ("proximal_ring", "distal_ring"):
            document["levels"][0]["frame"][which] = {"model": ring}
        case = hexapod.read_case(document)
        for option in advise(case, 0, HEIGHTS, few(155, 180, 205)):
            if not option.why_not and case_with_advice(case, 0, option):
                plan = hexapod.make_plan(case_with_advice(case, 0, option))
                if plan.verdict != "refused":
                    found.append((len(option.exchanges), ring, option.height_mm))
    best = choice.proposals[0]
    assert len(best.option.exchanges) == min(found)[0]
    assert (len(best.option.exchanges), best.rings[0], best.option.height_mm) in found
    ranks = [(len(one.option.exchanges), -round(one.steepness_deg / 0.5)) for one in choice.proposals]
    assert ranks == sorted(ranks)


def test_rings_smaller_than_those_of_the_case_are_tried_only_where_the_girth_is_told() -> None:
    document = hexapod.load_case(SAMPLES / "refused_strut_travel.json").document
    level = document["levels"][0]
    mine = level["frame"]["proximal_ring"]["model"]
    level.pop("limb_girth_mm", None)
    smaller = {one.rings[0] for one in choose_frame(hexapod.read_case(document), 0, HEIGHTS, few(155, 205)).proposals}
    assert smaller == {mine} == {"generic-full-205"}
    # A girth of 400 mm is a limb 127 mm wide, which a ring of 155 mm takes; one of 500 mm is 159 mm wide.
    for girth, rings in ((400, {"generic-full-155", "generic-full-205"}), (500, {"generic-full-205"})):
        level["limb_girth_mm"] = {"proximal": girth, "distal": girth}
        found = choose_frame(hexapod.read_case(document), 0, HEIGHTS, few(155, 205))
        assert {one.rings[0] for one in found.proposals} == rings
    assert any("larger ring" in told for told in found.why_not)


@pytest.mark.parametrize(
    ("lengths", "count"),
    [([100, 110, 120], 0), ([100, 125, 150], 1), ([100, 150, 200], 2), ([100, 150, 100], 2), ([100, 220], None)],
)
def test_change_outs_at_least(lengths: list[float], count: int | None) -> None:
    """Models for 90 to 125, 120 to 160 and 155 to 210 mm; one strut moves, five stand at 100 mm."""
    ends = np.array([[90.0, 125.0], [120.0, 160.0], [155.0, 210.0]])
    course = np.full((len(lengths), 6), 100.0)
    course[:, 2] = lengths
    assert _changes(course, ends) == count


def test_the_command_prints_them_and_writes_the_case_of_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, new = str(SAMPLES / "refused_strut_travel.json"), tmp_path / "new.json"
    arguments = ["advise", file, "--frames", "--heights", "200", "--format", "json", "--out", str(new)]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["format"] == "hexapod-frames/1"
    angles = [(len(one["exchanges"]), -round(one["lowest_strut_angle_deg"] / 0.5)) for one in told["frames"]]
    assert all(a <= b for a, b in itertools.pairwise(angles))
    frame = json.loads(new.read_text("utf-8"))["levels"][0]["frame"]
    assert frame["proximal_ring"] == {"model": told["frames"][0]["proximal_ring"]}
    assert hexapod.make_plan(hexapod.load_case(new)).verdict != "refused"
