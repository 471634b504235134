"""A ring measured in the step Frame: distances typed, kept for the clinic, put into the frame with its date."""

from __future__ import annotations

import itertools
import math

import pytest

import hexapod
from hexapod.app.draft import ring_draft
from hexapod.app.draft.draft_model import blank_draft
from hexapod.library import ANYONE, open_library
from tests.app.driver import Form

pytestmark = pytest.mark.hazard("H-19")
RING = hexapod.load_catalogue().ring("generic-full-155").proximal_joints_mm
PAIRS = list(itertools.combinations(range(1, 7), 2))


def test_a_ring_is_measured_kept_put_in_and_no_longer_said_to_be_measured_once_a_joint_is_typed() -> None:
    form = Form(case="new").sample("tibia_varus").step("frame")
    for a, b in PAIRS:
        apart = math.dist(RING[a - 1], RING[b - 1]) + 6.0 + 5.0 * ((a, b) == (2, 5))
        form.field(f"{a} to {b}, mm").input(f"{apart:.2f}")
    form.field("Diameter of the bolts, mm").input("6")
    form.field("Height of the joints, mm").input("-10")
    form.type("Name of the ring", "R 155/a").choose("It is used as", "proximal")
    assert "the distance of struts 2 and 5. Measure it again." in form.html
    assert "joint radius 87.5" in form.html
    form.press("ring-keep")
    with open_library() as library:
        (kept,) = library.as_user(ANYONE).rings.all()
    assert (kept.name, kept.used_as, len(kept.distances_mm)) == ("R 155/a", "proximal", 15)
    assert max(math.dist(found, real) for found, real in zip(kept.joints_mm, RING, strict=True)) < 0.02
    form.press("use-proximal-R 155/a")
    entry = form.document["levels"][0]["frame"]["proximal_ring"]
    assert entry["measured"] == {"ring": "R 155/a", "on": "2026-11-02"}
    assert entry["joints_mm"] == [list(point) for point in kept.joints_mm]
    assert "Data: measured on 2026-11-02." in form.html
    plan = hexapod.make_plan(hexapod.read_case(form.document))
    assert plan.frames[0].setup.proximal_ring.provenance["joints"].status == "measured"
    ring = form.case.draft["levels"][0]["frame"]["proximal_ring"]
    ring["joints"] = ring["joints"].replace("-10", "-9.5")
    assert "measured" not in form.run().document["levels"][0]["frame"]["proximal_ring"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"1-2": "1O"}, "1O"),
        ({"1-2": "14.9"}, "say too little"),
        ({"1-2": "0,5", "1-3": "150", "3-4": "15", "2-4": "150"}, "at least 1"),
    ],
)
def test_what_cannot_be_a_ring_says_what_to_type(typed: dict[str, str], says: str) -> None:
    draft = blank_draft()
    draft["calibration"] |= {"ring": "proximal"}
    draft["calibration"]["distances_mm"] |= typed
    found = ring_draft.made(draft)
    assert found.ring is None
    assert says in found.troubles[0].sentence


def test_a_name_that_no_file_could_hold_is_refused() -> None:
    assert ring_draft.name_trouble("R 155/a") == ""
    assert "letter" in ring_draft.name_trouble('a"b')
    assert "letter" in ring_draft.name_trouble("")
