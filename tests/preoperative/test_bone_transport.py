"""Hexapods derived from what is measured on the limb: where each bone end is on the last day, by literal numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.errors import HexapodError
from hexapod.preoperative.bone_transport import Construct, TransportMeasures, transport_construct

SAMPLES = Path(__file__).resolve().parents[2] / "sample_cases"
# 60 mm without bone, a segment of 70 mm cut off 47 mm below the first ring: the distal fragment begins at 177 mm.
ANTEGRADE = TransportMeasures(
    "antegrade",
    defect_mm=60.0,
    segments_mm=(70.0,),
    rings_mm=(102.0, 155.0),
    osteotomy_mm=47.0,
    ring="generic-full-180",
    series="generic-fine-{size}",
    diameter_mm=30.0,
    index_days_per_cm=45.0,
    bone="tibia",
)
RETROGRADE = replace(ANTEGRADE, direction="retrograde", rings_mm=(155.0, 102.0))
BOTH = replace(
    ANTEGRADE,
    direction="both",
    defect_mm=65.0,
    segments_mm=(65.0, 78.0),
    rings_mm=(102.0, 155.0, 102.0),
    osteotomy_mm=50.0,
    first_mm=40.0,
)


def _planned(measured: TransportMeasures, side: str = "left") -> tuple[Construct, hexapod.Plan]:
    construct = transport_construct(measured)
    document: dict[str, Any] = {
        "format": "hexapod-case/1",
        "id": "transport",
        "limb": {"side": side, "bone": "tibia"},
        "start_date": "2026-04-13",
        "levels": construct.levels,
    }
    plan = hexapod.make_plan(hexapod.read_case(document))
    assert isinstance(plan, hexapod.Plan), [finding.message for finding in plan.findings]
    return construct, plan


def _ends(plan: hexapod.Plan) -> list[list[float]]:
    """The corresponding point of every hexapod from its origin on the last evening, mm: x left, y posterior, z up."""
    return [np.round(level.last.pose[:3, 3], 6).tolist() for level in plan.levels]


def test_antegrade_the_segment_goes_down_and_the_ankle_stays() -> None:
    construct, plan = _planned(ANTEGRADE)
    above, below = _ends(plan)
    assert above == [0.0, 0.0, -62.0]  # 60 mm of defect and 2 mm of compression, distally
    assert below == [0.0, 0.0, 2.0]  # the docking ends pressed 2 mm into each other
    # Leading end 47 + 70 + 62 = 179 mm below ring 1; the distal fragment 2 mm above that, where it began: 177 mm.
    assert 47.0 + 70.0 - above[2] - below[2] == 177.0
    assert construct.docks_at_mm == 177.0
    assert (construct.docking_day, plan.levels[1].docking_day) == (67, 67)
    assert plan.levels[1].rows[67].docking_mm == 0.0
    assert [row.docking_mm for row in (plan.levels[1].rows[0], plan.levels[1].last)] == [60.0, -2.0]
    # 62 mm of regenerate at 45 days/cm are 279 days.
    assert plan.levels[0].last.regenerate_mm == pytest.approx(62.0)
    assert len(plan.levels[0].rows) - 1 == 279
    # Six equal struts are rounded together, so that an evening is up to a mark beyond 1 mm: nothing else is told.
    assert {finding.code for finding in plan.findings} == {"rate.rounded"}


def test_retrograde_is_antegrade_upside_down() -> None:
    construct, plan = _planned(RETROGRADE)
    docking, driven = _ends(plan)
    assert docking == [0.0, 0.0, 2.0]
    assert driven == [0.0, 0.0, 62.0]
    # Osteotomy 257 - 47 = 210 mm below ring 1, leading end at 140, the proximal fragment ends at 80, where it docks.
    assert [(piece.top_mm, piece.bottom_mm) for piece in construct.pieces] == [
        (None, 80.0),
        (140.0, 210.0),
        (210.0, None),
    ]
    assert construct.docks_at_mm == 80.0
    assert [level["name"] for level in construct.levels] == ["docking site", "distal tibia"]
    assert construct.levels[1]["mounting"] == {"distal_mm": 47.0}
    assert construct.levels[0]["mounting"] == {"proximal_mm": 80.0}
    assert construct.levels[1]["segment"] == {"distal_mm": 70.0, "ring": "shared"}


def test_two_segments_meet_where_the_proximal_one_has_gone_forty_of_sixty_five() -> None:
    construct, plan = _planned(BOTH)
    assert _ends(plan) == [[0.0, 0.0, -42.0], [0.0, 0.0, 2.0], [0.0, 0.0, 25.0]]
    # Osteotomy 50, segment to 115, which travels 40 mm: docks at 155; the distal one from 180 to 258 comes up 25 mm.
    assert construct.docks_at_mm == 155.0
    assert [(piece.top_mm, piece.bottom_mm, piece.travel_mm) for piece in construct.pieces] == [
        (None, 50.0, 0.0),
        (50.0, 115.0, 40.0),
        (180.0, 258.0, -25.0),
        (258.0, None, 0.0),
    ]
    # Ring 4 stands at 359 mm, 101 mm below the distal osteotomy.
    assert construct.levels[2]["mounting"] == {"distal_mm": 101.0}
    assert construct.levels[2]["segment"] == {"distal_mm": 78.0, "ring": "shared"}
    # 65 mm at 1 mm a day: together, so that both regenerates grow more slowly.
    assert construct.docking_day == 72
    assert [level["limits"]["mm_per_day"] for level in construct.levels] == [0.62, 1.0, 0.39]
    assert len({len(level.rows) for level in plan.levels}) == 1


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize(("side", "medial"), [("left", -1.0), ("right", 1.0)])
@pytest.mark.parametrize("measured", [ANTEGRADE, RETROGRADE])
def test_what_lies_beside_is_made_up_for(measured: TransportMeasures, side: str, medial: float) -> None:
    construct, plan = _planned(
        replace(measured, beside={"medial_mm": 3.0, "posterior_mm": 1.0}, ring_offset={"posterior_mm": 13.0}), side
    )
    assert not [finding.message for finding in plan.findings if finding.code.startswith("segment")]
    docking = 1 if measured.direction == "antegrade" else 0
    first, last = (plan.levels[docking].rows[day].pose[:3, 3] for day in (0, -1))
    # The distal end lies medial and posterior of the proximal one by so much on day 0, and straight below it at the end.
    assert first == pytest.approx([3.0 * medial, 1.0, -60.0], abs=1e-9)
    assert last == pytest.approx([0.0, 0.0, 2.0], abs=1e-9)
    moved = construct.levels[1 - docking]["stages"][1]["transport"]
    antegrade = {"distal_mm": 60.0, "medial_mm": 3.0, "posterior_mm": 1.0}
    assert moved == (antegrade if docking else {"proximal_mm": 60.0, "lateral_mm": 3.0, "anterior_mm": 1.0})


def test_the_sample_of_a_stacked_transport_comes_out() -> None:
    sample = hexapod.load_case(SAMPLES / "tibia_stacked_transport.json").document["levels"]
    made = transport_construct(replace(ANTEGRADE, beside={"medial_mm": 2.0})).levels
    assert [level["name"] for level in made] == ["proximal tibia", sample[1]["name"]]
    for level, of_sample in zip(made, sample, strict=True):
        for key in ("reference", "deformity", "limits", "adjustments_per_day"):
            assert level[key] == of_sample[key], key
        assert level["frame"]["struts"] == of_sample["frame"]["struts"]
        assert level.get("couple") == of_sample.get("couple")
        assert level["mounting"]["proximal_mm"] == of_sample["mounting"]["proximal_mm"]
    assert made[1]["segment"]["distal_mm"] == sample[1]["segment"]["distal_mm"]
    assert made[0]["stages"][:2] == sample[0]["stages"][:2]
    assert made[0]["stages"][2] == sample[0]["stages"][2]


def test_settings_are_the_marks_nearest_to_parallel_rings_in_line() -> None:
    # Joints on circles of 100 mm, 52 deg apart less twice the half angle of 4.301 deg, and 102 - 20 mm in height.
    across = 200.0 * np.sin(np.radians(30.0 - np.degrees(np.arcsin(0.075))))
    frame = transport_construct(ANTEGRADE).levels[0]["frame"]
    assert frame["settings_mm"] == [round(4.0 * float(np.hypot(across, 82.0))) / 4.0] * 6


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"rings_mm": (30.0, 155.0)}, "Ring 2 .* would stand 17 mm proximal of the segment"),
        ({"rings_mm": (125.0, 155.0)}, "Ring 2 .* would stand 8 mm distal of the segment"),
        ({"rings_mm": (102.0, 70.0)}, "Ring 3 .* would stand 5 mm proximal of the distal fragment"),
        ({"rings_mm": (102.0,)}, "has 1 segment and 3 rings"),
        ({"defect_mm": 0.0}, "The defect must be above 0"),
        ({"defect_mm": float("nan")}, "The defect must be above 0"),
        ({"compression_mm": -1.0}, "compression must be 0 mm or more"),
        ({"series": "generic-fine"}, "no struts of the series"),
        ({"rings_mm": (102.0, 500.0)}, "Rings 500 mm apart need struts .* mm long"),
        ({"index_days_per_cm": 200.0}, "at most 730 days"),
    ],
)
def test_what_cannot_be_is_said(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(HexapodError, match=told):
        transport_construct(replace(ANTEGRADE, **changed))


def test_a_share_of_the_proximal_segment_beyond_the_defect_is_refused() -> None:
    with pytest.raises(HexapodError, match="above 0 and less than the defect, 65 mm"):
        transport_construct(replace(BOTH, first_mm=65.0))


@pytest.mark.hazard("H-30")
def test_a_limb_wider_than_the_rings_is_refused_once_its_girth_is_told() -> None:
    """600 mm round are 191 mm across, more than the 180 mm of the rings; 500 mm are 159 mm, which leaves 10 mm."""
    for girth, verdict in ((600.0, "refused"), (500.0, "caution")):
        levels = transport_construct(replace(ANTEGRADE, girth_mm=girth)).levels
        document = {
            "format": "hexapod-case/1",
            "id": "transport",
            "limb": {"side": "left", "bone": "tibia"},
            "start_date": "2026-04-13",
            "levels": levels,
        }
        assert hexapod.make_plan(hexapod.read_case(document)).verdict == verdict
