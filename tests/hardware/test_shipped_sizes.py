"""Sizes of the shipped catalogue, read off it literally; sources that disagree are both told, the narrower is used."""

import pytest

from hexapod.hardware.catalogue import load_catalogue
from hexapod.hardware.models import unverified

ILIZAROV_MM = (80, 100, 110, 120, 130, 140, 150, 160, 180, 200, 220, 240)


@pytest.mark.hazard("H-19")
def test_the_rings_of_the_ilizarov_series() -> None:
    rings = [ring for ring in load_catalogue().rings.values() if ring.family == "ilizarov"]
    assert [(ring.name, 2.0 * ring.inner_radius_mm) for ring in rings] == [
        (f"ilizarov-full-{size}", float(size)) for size in ILIZAROV_MM
    ]
    for ring in rings:
        assert unverified(ring)
        assert "generic rule" in ring.provenance["joint_pair"].source
        assert "80 to 240 mm" in ring.provenance["inner_diameters_mm"].source
    # Joints on a circle of 70 + 10 mm, the two of the master tab 15 mm apart: 7.5 to the right, 79.648 to the front.
    assert load_catalogue().ring("ilizarov-full-140").proximal_joints_mm[1] == pytest.approx(
        [7.5, -79.648, -10], abs=1e-3
    )


@pytest.mark.hazard("H-19")
def test_of_ranges_that_disagree_the_narrower_is_used_and_both_are_told() -> None:
    catalogue = load_catalogue()
    long = catalogue.strut("tsf-long")
    assert (long.min_mm, long.max_mm) == (169.0, 283.0)
    told = long.provenance["range_mm"]
    assert told.status == "unverified"
    assert "169 to 283 mm or 169 to 289 mm" in told.source
    series = [strut.name for strut in catalogue.exchangeable(long)]
    assert series == ["tsf-xshort", "tsf-short", "tsf-medium", "tsf-long"]


@pytest.mark.hazard("H-19")
def test_the_half_rings_of_truelok_have_published_sizes_and_nothing_else() -> None:
    rings = [ring for ring in load_catalogue().rings.values() if ring.name.startswith("truelok-half")]
    assert [2.0 * ring.inner_radius_mm for ring in rings] == [80.0, 240.0]
    for ring in rings:
        assert ring.outline.arc_deg == 180.0
        assert ring.provenance["inner_diameters_mm"].status == "published"
        assert {ring.provenance[key].status for key in ("joint_pair", "tab_holes", "body_arc_deg")} == {"unverified"}
        # No joint beyond the two ends of the body, which are at y = 0.
        assert (ring.proximal_joints_mm[:, 1] < 0.0).all()
        assert (ring.distal_joints_mm[:, 1] > 0.0).all()
