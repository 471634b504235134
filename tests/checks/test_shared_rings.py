"""H-26: the ring that two hexapods share, told from above and from below.

The upper hexapod's rings stand 120 mm apart, so with its proximal ring 47 mm above its point the distal one is 73 mm
below.  The lower one counts from a point 88 mm further down, and has its proximal ring 15 mm above: 73 mm below, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hexapod import Plan, load_case, make_plan, read_case
from hexapod.checks.ring_places import apart_by_both
from hexapod.hardware.catalogue import load_catalogue
from hexapod.trajectory.frame_trajectory import Junction, junctions
from tests.checks.construct_cases import APART_120, Level, findings, level, plan
from tests.follow_up.test_replan import renewed

CODES = ("segment.ring_apart", "segment.ring_two_places", "segment.ring_unsaid")
SIDES = pytest.mark.parametrize("side", ["right", "left"])
# The lower reference ring by its reference fragment: the proximal ring at 15, or the distal ring 120 mm below it.
UPPER = {"proximal": {"proximal_mm": 47}, "distal": {"distal_mm": 73}}
LOWER = {"proximal": {"proximal_mm": 15}, "distal": {"distal_mm": 105}}
REFERENCES = pytest.mark.parametrize(("above", "below"), [("proximal", "proximal"), ("distal", "proximal"), ("proximal", "distal"), ("distal", "distal")])  # fmt: skip


def pair(above: str = "proximal", below: str = "proximal", *, segment: Any = None, **lower: Any) -> tuple[Level, Level]:
    """Two hexapods on one ring; `segment` adds to 88 mm distal and one ring shared; `lower` changes the lower one."""
    mounting = LOWER[below] | lower.pop("mounting", {})
    place = {"distal_mm": 88, "ring": "shared"} | (segment or {})
    place = {key: value for key, value in place.items() if value is not None}
    return level(above, UPPER[above]), level(below, mounting, segment=place, **lower)


def found(made: Plan) -> list[tuple[str, str, int, float | None]]:
    return [
        (one.code, one.verdict, one.level, None if one.value is None else round(one.value, 1))
        for one in findings(made, *CODES)
    ]


def told(made: Plan) -> str:
    (one,) = findings(made, *CODES)
    return one.message


@pytest.mark.hazard("H-26")
@SIDES
@REFERENCES
@pytest.mark.parametrize("couple", [False, True])
def test_one_ring_told_alike_from_both_sides_is_ok(side: str, above: str, below: str, couple: bool) -> None:
    upper, lower = pair(above, below, **({"couple": "keep-length"} if couple else {}))
    assert found(plan(upper, lower, side=side)) == []


@pytest.mark.hazard("H-26")
@SIDES
@REFERENCES
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"distal_mm": 90.9}, []),
        ({"distal_mm": 91.1}, [("segment.ring_apart", "caution", 1, 3.1)]),
        ({"lateral_mm": 4}, [("segment.ring_apart", "caution", 1, 4.0)]),
        ({"anterior_mm": 9.9}, [("segment.ring_apart", "caution", 1, 9.9)]),
        ({"medial_mm": 10.1}, [("segment.ring_two_places", "refused", 1, 10.1)]),
        ({"distal_mm": 30}, [("segment.ring_two_places", "refused", 1, 58.0)]),
    ],
)
@pytest.mark.some(2)
def test_a_segment_told_wrongly(
    side: str, above: str, below: str, words: dict[str, float], expected: list[Any]
) -> None:
    made = plan(*pair(above, below, segment=words), side=side)
    assert found(made) == expected
    if expected:
        ((word, size),) = words.items()
        right = "88 mm distal" if word == "distal_mm" else "0 mm"
        off, where = (size - 88, "distal") if word == "distal_mm" else (size, word.removesuffix("_mm"))
        there = f"{abs(off):.1f} mm {where if off > 0 else 'proximal'}"
        assert f"the entries of hexapod 2 put it {there} against those of hexapod 1." in told(made)
        assert f"if the segment of hexapod 2 were {right}" in told(made)
        assert f"instead of {size:g} mm {word.removesuffix('_mm')}" in told(made)


@pytest.mark.hazard("H-26")
@SIDES
@pytest.mark.parametrize("below", ["proximal", "distal"])
@pytest.mark.parametrize(
    ("words", "deg", "what"),
    [
        ({"external_rotation_deg": 1.9}, None, ""),
        ({"external_rotation_deg": 3}, "segment.ring_apart", "3.0 deg in external rotation"),
        ({"internal_rotation_deg": 6}, "segment.ring_two_places", "6.0 deg in internal rotation"),
    ],
)
def test_axes_turned_against_each_other(
    side: str, below: str, words: dict[str, float], deg: str | None, what: str
) -> None:
    """A turn about the ring's own axis leaves its centre where it is, whichever ring the mounting names."""
    made = plan(*pair("proximal", below, mounting=words), side=side)
    assert [one.code for one in findings(made, *CODES)] == ([] if deg is None else [deg])
    if deg is not None:
        ((word, size),) = words.items()
        assert f"the entries of hexapod 2 put it {what} against those of hexapod 1" in told(made)
        now = f"{size:g} deg {word.removesuffix('_deg').replace('_', ' ')}"
        assert f"the mounting of hexapod 2 were 0 deg (axial rotation) instead of {now}" in told(made)
        assert findings(made, *CODES)[0].unit == "deg"


@pytest.mark.hazard("H-26")
def test_a_tilted_ring_is_told_as_tilt() -> None:
    made = plan(*pair(mounting={"leans_medial_deg": 4}))
    assert found(made) == [("segment.ring_apart", "caution", 1, 4.0)]
    assert "4.0 deg of tilt" in told(made)
    assert "the mounting of hexapod 2 were 0 deg (tilt on the AP view) instead of 4 deg leans medial" in told(made)


@pytest.mark.hazard("H-26")
def test_the_one_reading_that_explains_it_is_named() -> None:
    upper, lower = pair()
    readings = list(upper["frame"]["settings_mm"])
    readings[2] = 134.515
    upper["frame"]["settings_mm"] = readings
    (one,) = findings(plan(upper, lower), *CODES)
    assert "They would if the reading of strut 3 of hexapod 1 were" in one.message
    assert "instead of 134.515 mm" in one.message
    value = one.message.partition("hexapod 1 were ")[2].partition(" mm")[0]
    assert float(value) == pytest.approx(144.5, abs=0.6)


@pytest.mark.hazard("H-26")
def test_the_known_moment_of_each_hexapod_counts() -> None:
    """The upper one read at the end of 9 mm of lengthening: its distal ring is 9 mm nearer to its own point, at 64."""
    upper, lower = pair()
    upper |= {"stages": [{"name": "lengthen", "correct_to": {"long_mm": 9}, "days": 12}]}
    assert found(plan(upper, lower)) == []
    upper["frame"] |= {"settings_at": "end"}
    assert found(plan(upper, lower)) == [("segment.ring_apart", "caution", 1, 9.0)]
    lower["segment"] |= {"distal_mm": 79}
    assert found(plan(upper, lower)) == []


@pytest.mark.hazard("H-26")
def test_the_deformity_turns_what_the_moving_ring_tells() -> None:
    """9 mm short at the start and read there: the ring is 9 mm lower on the fragment, which stands 9 mm higher."""
    upper, lower = pair()
    upper |= {"deformity": {"short_mm": 9}}
    assert found(plan(upper, lower)) == [("segment.ring_apart", "caution", 1, 9.0)]
    assert "the deformity of hexapod 1 were 0 mm (axial translation) instead of 9 mm short" in told(plan(upper, lower))
    lower["segment"] |= {"distal_mm": 97}
    assert found(plan(upper, lower)) == []


@pytest.mark.hazard("H-26")
def test_two_models_are_two_rings() -> None:
    upper, lower = pair()
    lower["frame"] |= {"proximal_ring": {"model": "generic-full-155"}}
    made = plan(upper, lower)
    assert [one.code for one in findings(made, *CODES)] == ["segment.ring_two_places"]
    models = "Southampton ring 155 mm as the distal ring above, Generic full ring 155 mm as the proximal ring below"
    assert models in told(made)


def joints_of(name: str, end: str) -> dict[str, Any]:
    ring = load_catalogue().ring(name)
    return {"joints_mm": (ring.proximal_joints_mm if end == "proximal" else ring.distal_joints_mm).round(3).tolist()}


@pytest.mark.hazard("H-26")
@pytest.mark.parametrize("who", ["above", "below", "both"])
def test_a_ring_given_by_its_joints_is_compared_too(who: str) -> None:
    upper, lower = pair()
    if who in ("above", "both"):
        upper["frame"] |= {"distal_ring": joints_of("southampton-155", "distal")}
    if who in ("below", "both"):
        lower["frame"] |= {"proximal_ring": joints_of("southampton-155", "proximal")}
    assert found(plan(upper, lower)) == []
    lower["segment"] |= {"distal_mm": 92}
    assert found(plan(upper, lower)) == [("segment.ring_apart", "caution", 1, 4.0)]


@pytest.mark.hazard("H-26")
def test_joints_on_another_circle_are_another_ring() -> None:
    """93.8 mm above; the joints below on 105 mm, 11.2 mm more.  Both rings stand where they should."""
    upper, lower = pair(below="proximal")
    wide = [
        [value * 105.0 / 93.8 for value in point] for point in joints_of("southampton-155", "proximal")["joints_mm"]
    ]
    lower["frame"] |= {"proximal_ring": {"joints_mm": wide}}
    made = plan(upper, lower)
    assert found(made) == [("segment.ring_two_places", "refused", 1, 11.2)]
    assert "a circle of 93.8 mm above and 105.0 mm below" in told(made)


@pytest.mark.hazard("H-26")
@pytest.mark.parametrize(("distal_mm", "expected"), [(88, True), (112.9, True), (113.1, False), (63.1, True), (62.9, False)])  # fmt: skip
def test_rings_of_which_nothing_is_said_are_asked_for_when_near(distal_mm: float, expected: bool) -> None:
    """88 is the same place, so 112.9 is 24.9 mm apart."""
    made = plan(*pair(segment={"ring": None, "distal_mm": distal_mm}))
    assert [one[:3] for one in found(made)] == ([("segment.ring_unsaid", "caution", 1)] if expected else [])
    assert not expected or f"stand {abs(distal_mm - 88):.1f} mm apart" in told(made)


@pytest.mark.hazard("H-26")
@pytest.mark.parametrize(("off_mm", "refused"), [(0, True), (6.5, True), (7.5, False), (20, False)])
def test_separate_rings_do_not_pass_through_each_other(off_mm: float, refused: bool) -> None:
    """Bodies 8 mm thick may overlap by 1 mm before they are said to."""
    made = plan(*pair(segment={"ring": "separate", "distal_mm": 88 + off_mm}))
    assert [one[:3] for one in found(made)] == ([("segment.ring_two_places", "refused", 1)] if refused else [])
    assert not refused or "pass through each other on day 0" in told(made)


@pytest.mark.hazard("H-26")
@SIDES
def test_rings_that_meet_on_the_way_are_found_on_their_day(side: str) -> None:
    """The segment goes up by 1 mm a day.  Its second ring, at 23 below the point, comes within 7 mm of the upper
    hexapod's proximal ring at 47 when it has gone 63 mm: on day 64."""
    up = [{"name": "up", "transport": {"proximal_mm": 75}, "days": 75}]
    upper = level("proximal", {"proximal_mm": 47}, stages=up)
    lower = level("proximal", {"proximal_mm": 65}, segment={"distal_mm": 88, "ring": "separate"})
    *order, one = findings(plan(upper, lower, side=side), *CODES)
    assert [other.code for other in order] == ["segment.ring_apart"]  # 50 mm up among the struts from the first day
    assert (one.code, one.verdict, one.level) == ("segment.ring_two_places", "refused", 1)
    assert one.day in (63, 64)
    assert "The proximal ring of hexapod 1 (one) and the proximal ring of hexapod 2 (one)" in one.message
    # Nothing said of the segment's ring: it is told and asked for, and the plan stands.
    lower["segment"] = {"distal_mm": 88}
    (one,) = findings(plan(upper, lower, side=side), *CODES)
    assert (one.code, one.verdict) == ("segment.ring_unsaid", "caution")
    assert "Then enter `ring` of the segment of hexapod 2" in one.message
    lower |= {"mounting": {"proximal_mm": 50}, "segment": {"distal_mm": 88, "ring": "separate"}}
    assert [one[:2] for one in found(plan(upper, lower, side=side))] == [("segment.ring_apart", "caution")]


@pytest.mark.hazard("H-26")
def test_the_two_rings_of_one_hexapod_do_not_pass_through_each_other() -> None:
    """Lengths of 144.515 mm at 120 mm make sqrt(144.515^2 - 120^2 + 5^2) = 80.684 mm at 5 mm: bodies of 8 mm overlap."""
    one = level("proximal", {"proximal_mm": 60})
    one["frame"] |= {"settings_mm": [80.684] * 6}
    made = plan(one)
    frame = made.frames[0]
    assert frame is not None
    assert frame.T_prox_dist[0, 2, 3] == pytest.approx(-5.0, abs=0.05)
    (told_once,) = findings(made, "segment.ring_two_places")
    assert "The two rings pass through each other on day 0" in told_once.message
    one["frame"] |= {"settings_mm": [APART_120] * 6}
    assert found(plan(one)) == []


def stacked(change: Callable[[list[Level]], Any], name: str = "tibia_stacked_transport") -> Plan:
    value = json.loads(Path(f"sample_cases/{name}.json").read_text("utf-8"))
    change(value["levels"])
    return make_plan(read_case(value))


@pytest.mark.hazard("H-26")
def test_the_segment_of_the_stacked_transport_30_for_70() -> None:
    made = stacked(lambda levels: levels[1]["segment"].update(distal_mm=30))
    assert made.verdict == "refused"
    assert found(made) == [("segment.ring_two_places", "refused", 1, 40.0)]
    assert "the segment of hexapod 2 were 70 mm distal instead of 30 mm distal" in told(made)
    unsaid = stacked(lambda levels: (levels[1]["segment"].pop("ring"), levels[1]["segment"].update(distal_mm=55)))
    assert [one[:2] for one in found(unsaid)] == [("segment.ring_unsaid", "caution")]
    assert unsaid.levels[0].rows


@pytest.mark.hazard("H-26")
def test_an_entry_that_spoils_another_fragment_explains_nothing() -> None:
    """The middle hexapod's mounting is told 20 mm wrong: both its rings are, and only it mends both fragments."""
    made = stacked(lambda levels: levels[1]["mounting"].update(proximal_mm=38), "tibia_trifocal")
    assert [one[:3] for one in found(made)] == [
        ("segment.ring_two_places", "refused", 1),
        ("segment.ring_two_places", "refused", 2),
    ]
    for one in findings(made, *CODES):
        entry = "They would if the mounting of hexapod 2 were 18 mm proximal instead of 38 mm proximal. Check"
        assert entry in one.message


@pytest.mark.hazard("H-26")
def test_hexapods_on_their_own_calendar_share_a_ring_too() -> None:
    """Two hexapods without a coupled one: both mountings are known, 96 mm above and 92 mm below."""
    made = stacked(lambda levels: levels[1]["segment"].update(distal_mm=192), "tibia_two_levels")
    assert found(made) == [("segment.ring_apart", "caution", 1, 4.0)]
    for entry in (
        "the segment of hexapod 2 were 188 mm distal instead of 192 mm distal",
        "the mounting of hexapod 1 were 100 mm distal instead of 96 mm distal",
        "the mounting of hexapod 2 were 96 mm proximal instead of 92 mm proximal",
    ):
        assert entry in told(made)
    assert found(stacked(lambda levels: levels[1].pop("segment"), "tibia_two_levels")) == []


@pytest.mark.hazard("H-26")
@pytest.mark.parametrize(
    ("name", "day", "level_read"),
    [("tibia_stacked_transport", 30, 1), ("tibia_trifocal", 40, 1), ("tibia_two_levels", 12, 0)],
)
def test_a_re_plan_keeps_the_ring_where_it_was(name: str, day: int, level_read: int) -> None:
    """The rings have not left their fragments: what rounded readings say of the bone, the mountings found with it say."""
    case = load_case(f"sample_cases/{name}.json")
    before = [apart_by_both(one).mm for one in junctions_of(make_plan(case))]
    new = renewed(case, day, level=level_read)
    made = make_plan(new)
    assert not findings(made, *CODES, "ring.other_fragment", "ring.one_fragment")
    after = [apart_by_both(one).mm for one in junctions_of(made)]
    assert after == pytest.approx(before, abs=1e-4)
    for old, level_now in zip(case.document["levels"], new.document["levels"], strict=True):
        assert old.get("segment") == level_now.get("segment")


@pytest.mark.hazard("H-26")
def test_a_deformity_measured_anew_that_moves_a_shared_ring_is_told() -> None:
    """The segment measured 5 mm away from where the readings of its upper hexapod put it: both cannot be."""
    case = load_case("sample_cases/tibia_stacked_transport.json")
    words = make_plan(case).levels[0].rows[30].remaining
    new = renewed(case, 30, deformity=words | {"posterior_mm": words.get("posterior_mm", 0.0) + 5.0})
    assert [one[:3] for one in found(make_plan(new))] == [("segment.ring_apart", "caution", 1)]
    assert "the deformity of hexapod 1 were" in told(make_plan(new))


def junctions_of(made: Plan) -> list[Junction]:
    return list(junctions([one.frame for one in made.levels]))


@pytest.mark.hazard("H-26")
def test_separate_rings_out_of_order_along_the_limb() -> None:
    """The segment told as 30 instead of 70 mm puts the lower hexapod's ring 40 mm up among the struts above."""
    document = json.loads(Path("sample_cases/tibia_stacked_transport.json").read_text("utf-8"))
    document["levels"][1]["segment"] = {"distal_mm": 30, "ring": "separate"}
    made = make_plan(read_case(document))
    (one,) = (finding for finding in made.findings if finding.code.startswith("segment."))
    assert (one.code, one.verdict, made.verdict) == ("segment.ring_apart", "caution", "caution")
    assert one.value == pytest.approx(40.0, abs=0.2)
    assert "40.0 mm proximal of the distal ring of hexapod 1" in one.message
