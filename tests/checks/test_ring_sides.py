"""H-31: a ring on the wrong fragment.  Rings 120 mm apart, so every number below is a sum."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hexapod import load_case, make_plan, read_case
from tests.checks.construct_cases import Level, findings, level, plan

SAMPLES = sorted(Path("sample_cases").glob("*.json"))
CODES = ("ring.other_fragment", "ring.one_fragment")
# Away from the other fragment, and towards it, by the reference fragment.
AWAY = {"proximal": "proximal_mm", "distal": "distal_mm"}
TOWARDS = {"proximal": "distal_mm", "distal": "proximal_mm"}
SIDES = pytest.mark.parametrize("side", ["right", "left"])
REFERENCES = pytest.mark.parametrize("reference", ["proximal", "distal"])


def found(one: Level, side: str = "right") -> list[tuple[str, str, float]]:
    return [
        (finding.code, finding.verdict, round(finding.value or 0.0, 2))
        for finding in findings(plan(one, side=side), *CODES)
    ]


@pytest.mark.hazard("H-31")
@SIDES
@REFERENCES
def test_a_reference_ring_told_to_the_wrong_side_is_a_caution(side: str, reference: str) -> None:
    """40 mm towards the other fragment; the other ring stands 160 mm from the corresponding point, where it belongs."""
    one = level(reference, {TOWARDS[reference]: 40, "lateral_mm": 5})
    assert found(one, side) == [("ring.other_fragment", "caution", 40.0)]
    (told,) = findings(plan(one, side=side), *CODES)
    other = {"proximal": "distal", "distal": "proximal"}[reference]
    assert f"The centre of the {reference} ring, which is bolted to the {reference} fragment" in told.message
    assert f"lies 40.0 mm {other} of the corresponding point (no osteotomy is given), on the {other}" in told.message
    assert f"with 40 mm {reference} both rings would lie on their own fragments" in told.message


@pytest.mark.hazard("H-31")
@SIDES
@REFERENCES
@pytest.mark.parametrize(
    ("mm", "expected"),
    [
        (119, []),
        (119.9, []),  # nearly at the corresponding point
        (121, [("ring.other_fragment", "caution", 1.0)]),
        (149, [("ring.other_fragment", "caution", 29.0)]),
        (151, [("ring.one_fragment", "refused", 31.0)]),
        (300, [("ring.one_fragment", "refused", 180.0)]),
    ],
)
def test_a_reference_ring_too_far_takes_the_other_ring_along(
    side: str, reference: str, mm: float, expected: list[Any]
) -> None:
    """The moving ring stands 120 mm nearer to the other fragment than the reference ring."""
    got = found(level(reference, {AWAY[reference]: mm}), side)
    assert [one[:2] for one in got] == [one[:2] for one in expected]
    # The lengths are known to 0.001 mm.
    assert [one[2] for one in got] == pytest.approx([one[2] for one in expected], abs=0.02)


@pytest.mark.hazard("H-31")
@REFERENCES
def test_both_rings_far_on_the_other_fragment_are_refused_unless_the_opposite_word_explains_it(reference: str) -> None:
    """110 mm the other way would put both rings right (120 apart); 160 mm would leave the other one 40 mm wrong."""
    assert found(level(reference, {TOWARDS[reference]: 110})) == [("ring.other_fragment", "caution", 110.0)]
    assert found(level(reference, {TOWARDS[reference]: 160})) == [("ring.one_fragment", "refused", 160.0)]


@pytest.mark.hazard("H-31")
@REFERENCES
def test_the_osteotomy_counts_where_it_is_given(reference: str) -> None:
    """A ring 10 mm beyond the corresponding point is right when the bone is cut 15 mm beyond it, and wrong by 5 mm when
    it stands 10 mm away from it and the bone is cut at 15."""
    towards, away = TOWARDS[reference], AWAY[reference]
    bone = {"diameter_mm": 28, "osteotomy": {towards: 15}}
    assert found(level(reference, {towards: 10}, bone=bone)) == []
    assert found(level(reference, {towards: 18}, bone=bone)) == [("ring.other_fragment", "caution", 3.0)]
    bone = {"diameter_mm": 28, "osteotomy": {away: 15}}
    assert found(level(reference, {away: 10}, bone=bone)) == [("ring.other_fragment", "caution", 5.0)]
    assert "of the osteotomy" in findings(plan(level(reference, {away: 10}, bone=bone)), *CODES)[0].message


@pytest.mark.hazard("H-31")
@REFERENCES
def test_each_ring_is_measured_on_its_own_fragment(reference: str) -> None:
    """20 mm short, the fragments overlap and the reference one reaches to the origin; 20 mm too long, it reaches to the
    corresponding point, 20 mm beyond the origin.  The moving ring is measured on the moving fragment: 120 mm from a
    reference ring at 110, it is 10 mm on its own side of the origin, and 10 mm on the other side of the corresponding
    point when that stands 20 mm beyond."""
    away, towards = AWAY[reference], TOWARDS[reference]
    assert found(level(reference, {away: 1}, deformity={"short_mm": 20})) == []
    assert found(level(reference, {towards: 1}, deformity={"short_mm": 20})) == [
        ("ring.other_fragment", "caution", 1.0)
    ]
    assert found(level(reference, {towards: 19}, deformity={"long_mm": 20})) == []
    assert found(level(reference, {towards: 21}, deformity={"long_mm": 20})) == [
        ("ring.other_fragment", "caution", 1.0)
    ]
    ((code, _, mm),) = found(level(reference, {away: 110}, deformity={"long_mm": 20}))
    assert (code, mm) == ("ring.other_fragment", pytest.approx(10.0, abs=0.02))
    assert found(level(reference, {away: 130}, deformity={"short_mm": 20})) == []


@pytest.mark.hazard("H-31")
@REFERENCES
def test_settings_known_at_the_end_say_where_the_moving_ring_is_then(reference: str) -> None:
    """The rings stand 120 mm apart at the end of 30 mm of lengthening, the reference ring 100 mm from the origin: the
    moving ring is then 20 mm beyond the origin and 10 mm short of the corresponding point, on the wrong side of it.
    Known at the start, it is 20 mm beyond the corresponding point, where it belongs."""
    longer = [{"name": "lengthen", "correct_to": {"long_mm": 30}, "days": 40}]
    one = level(reference, {AWAY[reference]: 100}, stages=longer, at="start")
    assert found(one) == []
    got = found(level(reference, {AWAY[reference]: 100}, stages=longer, at="end"))
    assert [kind[:2] for kind in got] == [("ring.other_fragment", "caution")]
    assert got[0][2] == pytest.approx(10.0, abs=0.02)


@pytest.mark.hazard("H-31")
@REFERENCES
def test_the_gap_of_a_defect_is_no_fragment(reference: str) -> None:
    """Ends 60 mm apart on day 0: a ring 50 mm beyond its own end is wrong, but not on the other fragment yet."""
    bone = {"diameter_mm": 28, "gap_mm": 60}
    # The moving ring 50 mm beyond the corresponding point; the reference fragment ends 60 mm further on.
    got = found(level(reference, {AWAY[reference]: 170}, bone=bone))
    assert [one[:2] for one in got] == [("ring.other_fragment", "caution")]
    assert got[0][2] == pytest.approx(50.0, abs=0.02)


@pytest.mark.hazard("H-31")
def test_the_tilt_of_the_fragments_does_not_matter() -> None:
    """Along its own fragment's axis the reference ring is 40 mm beyond the corresponding point in any deformity."""
    one = level("proximal", {"distal_mm": 40}, deformity={"varus_deg": 20, "apex_posterior_deg": 10, "medial_mm": 7})
    assert found(one, "left")[0] == ("ring.other_fragment", "caution", 40.0)


MISTYPED = {
    "format": "hexapod-case/1",
    "id": "left-tibia",
    "limb": {"side": "left", "bone": "tibia"},
    "start_date": "2027-01-15",
    "clinic_days": ["mon", "thu"],
    "levels": [
        {
            "name": "tibia",
            "reference": "proximal",
            "frame": {
                "proximal_ring": {"model": "tsf-full-155"},
                "distal_ring": {"model": "tsf-full-155"},
                "struts": ["tsf-medium"] * 6,
                "settings_mm": [140] * 6,
                "settings_at": "start",
            },
            "mounting": {"posterior_mm": 10, "distal_mm": 40},
            "deformity": {"varus_deg": 12, "apex_anterior_deg": 5, "short_mm": 10},
            "bone": {"diameter_mm": 28},
            "limits": {"mm_per_day": 1},
            "stages": [{"name": "latency", "hold_days": 7}, {"name": "correct", "correct_to": {}}],
        }
    ],
}


@pytest.mark.hazard("H-31")
def test_a_mounting_typed_distal_instead_of_proximal() -> None:
    """Cut at the corresponding point, which belongs at the origin: 40 mm."""
    made = make_plan(read_case(MISTYPED))
    (told,) = findings(made, *CODES)
    assert (told.code, told.verdict, made.verdict) == ("ring.other_fragment", "caution", "caution")
    assert told.value == pytest.approx(40.0, abs=1e-9)
    assert "40.0 mm distal of the osteotomy" in told.message
    right: dict[str, Any] = json.loads(json.dumps(MISTYPED))
    right["levels"][0]["mounting"] = {"posterior_mm": 10, "proximal_mm": 40}
    assert not findings(make_plan(read_case(right)), *CODES)
    right["levels"][0]["mounting"] = {"proximal_mm": 300}
    assert [one.code for one in findings(make_plan(read_case(right)), *CODES)] == ["ring.one_fragment"]


@pytest.mark.hazard("H-31")
def test_a_mounting_that_nobody_entered_is_not_judged() -> None:
    """That it is missing is told by a finding of its own; a mounting of zero that was entered is judged."""
    bone = {"diameter_mm": 28, "osteotomy": {"proximal_mm": 15}}
    one = level("proximal", {}, bone=bone)
    assert found(one) == [("ring.other_fragment", "caution", 15.0)]
    del one["mounting"]
    assert found(one) == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_sample_has_a_ring_on_the_wrong_fragment(path: Path) -> None:
    assert not findings(make_plan(load_case(path)), *CODES, "segment.ring_apart", "segment.ring_unsaid")
