"""How many days a motion takes, and on which dates: numbers 21 to 25 of hand_numbers.md."""

import datetime
from itertools import pairwise

import numpy as np
import pytest

from tests.laws.builder import REFERENCES, SIDES, level_of, moving_days, plan_of

DAY = datetime.timedelta(days=1)


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize(
    ("deformity", "mm_per_day", "days"),
    [
        ({"short_mm": 15}, 1.0, 15),
        ({"short_mm": 15}, 0.75, 20),
        ({"short_mm": 2}, 0.25, 8),
        ({"short_mm": 6}, 0.1, 60),
        ({"short_mm": 10}, 0.3, 34),
        ({"short_mm": 10.01}, 1.0, 11),
        ({"medial_mm": 3, "posterior_mm": 4}, 1.0, 5),
        ({"short_mm": 0.4}, 1.0, 1),
        ({}, 1.0, 1),
    ],
)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_straight_ways(side: str, reference: str, deformity: dict[str, float], mm_per_day: float, days: int) -> None:
    """15 mm at 1 mm a day are 15 days, not one more; 3 and 4 mm at once are 5 mm of way."""
    level = level_of(side, reference, deformity=deformity, limits={"mm_per_day": mm_per_day})
    assert moving_days(level.frame) == days == level.rows[-1].day


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize("side", SIDES)
def test_rim_points_are_counted_by_arc_not_by_chord(side: str) -> None:
    """90 deg at 14 mm from the axis: 14 pi / 2 = 21.99 mm of arc, 22 days; the chord of 19.80 mm would give 20."""
    turn = {
        "deformity": {"external_rotation_deg": 45},
        "stages": [{"name": "turn", "correct_to": {"internal_rotation_deg": 45}}],
        "limits": {"deg_per_day": None},
    }
    frame = plan_of(side, "proximal", bone={"diameter_mm": 28}, **turn).frames[0]
    assert moving_days(frame) == 22
    part = frame.course.stages[-1]
    assert part.arcs_mm[:, 0] == pytest.approx(0.0, abs=1e-12)
    assert part.arcs_mm[:, 1:] == pytest.approx(np.full((22, 8), 0.999597), abs=1e-6)
    # Without a bone nothing that is tracked moves: the limit of the rotation decides alone, where there is one.
    assert moving_days(plan_of(side, "proximal", **turn).frames[0]) == 1
    assert moving_days(plan_of(side, "proximal", **turn | {"limits": {}}).frames[0]) == 45


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize("side", SIDES)
def test_the_rim_is_tracked_where_the_cut_is(side: str) -> None:
    """Varus 10 and 10 mm lateral: corrected, the far end swings lateral by 60 sin 10 = 10.42 mm while all goes medial.

    A cut 60 mm distal of the corresponding point then hardly moves, and the point's own 10 mm are 10 days; a cut 60 mm
    proximal of it goes 20.42 mm medial and 0.91 mm up, 20.44 mm: 21 days.
    """

    def days(cut: dict[str, float]) -> int:
        bone = {"diameter_mm": 0.01, "osteotomy": cut}
        bowed, above = {"varus_deg": 10, "lateral_mm": 10}, {"proximal_mm": 90}
        return moving_days(level_of(side, "proximal", deformity=bowed, bone=bone, mounting=above).frame)

    assert days({"distal_mm": 60}) == 10
    assert days({"proximal_mm": 60}) == 21


@pytest.mark.hazard("H-07")
@pytest.mark.hazard("H-12")
def test_every_single_day_is_counted_by_arc_too() -> None:
    """The cycloid of number 23 in a twentieth of its size: 1.1716 mm in all, so two days at 0.865 mm a day would be enough
    for an even motion.  Of two days the second has an arc of 17.3418 / 20 = 0.8671 mm, beyond the limit, so it takes 3.

    Its chord, from 20 (sin a - a, cos a) / 20 at 45 deg to 90 deg, is 17.234 / 20 = 0.8617 mm and would pass.
    """
    nerve = {"name": "nerve", "at": {"medial_mm": 1.5707963, "posterior_mm": 1.0}, "limit_mm_per_day": 0.865}
    turn = {"internal_rotation_deg": 90, "medial_mm": 1.5707963}
    common = {"deformity": turn, "structures_at_risk": [nerve], "limits": {"deg_per_day": None}}
    assert moving_days(plan_of("right", "proximal", **common).frames[0]) == 3


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize(
    ("level_limits", "stage_limits", "days"),
    [
        ({"deg_per_day": 0.75}, None, 14),
        ({"deg_per_day": 2.0}, None, 5),
        ({"deg_per_day": 2.0}, {"deg_per_day": 1.0}, 10),
        ({"deg_per_day": 2.0}, {"mm_per_day": 0.5}, 5),
        ({}, None, 5),
        (None, None, 5),
        ({"mm_per_day": 1.5}, None, 5),
        ({"deg_per_day": None}, None, 1),
        ({"deg_per_day": None}, {"deg_per_day": 4.0}, 3),
        ({"deg_per_day": None}, {"mm_per_day": 0.5}, 1),
        ({"deg_per_day": 0.75}, {"deg_per_day": None}, 1),
        ({}, {"deg_per_day": None, "mm_per_day": 0.5}, 1),
    ],
)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_turns_by_the_angular_limit(
    side: str, reference: str, level_limits: dict | None, stage_limits: dict | None, days: int
) -> None:
    """10 deg at 0.75 deg a day are 13.33, so 14 days.  A stage's own limit stands above the level's, key by key.

    Without the key it is 2 deg a day, 5 days; by null there is none, and nothing that is tracked moves: a single day.
    """
    stage = {"name": "turn", "correct_to": {}} | ({"limits": stage_limits} if stage_limits else {})
    turn = {"external_rotation_deg": 10}
    assert moving_days(plan_of(side, reference, deformity=turn, limits=level_limits, stages=[stage]).frames[0]) == days


@pytest.mark.hazard("H-07")
@pytest.mark.parametrize(
    ("level_limits", "stage_limits", "days"),
    [({}, None, 12), ({"mm_per_day": 0.5}, None, 24), ({"mm_per_day": 0.5}, {"mm_per_day": 1.2}, 10)],
)
def test_limits_in_mm_default_level_stage(level_limits: dict, stage_limits: dict | None, days: int) -> None:
    stage = {"name": "move", "correct_to": {}} | ({"limits": stage_limits} if stage_limits else {})
    level = level_of("right", "proximal", deformity={"short_mm": 12}, limits=level_limits, stages=[stage])
    assert moving_days(level.frame) == days


@pytest.mark.hazard("H-12")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_structure_at_risk_sets_the_pace(side: str, reference: str) -> None:
    """9 deg at 40 mm from the axis: 6.2832 mm of arc, at its own 0.5 mm a day 12.57, so 13 days.

    With 1.0 mm a day for everything it would be 7 days, and 5 mm from the axis (0.79 mm) a single day.
    """
    deformity = {"external_rotation_deg": 9}

    def days(at: dict[str, float], own: float | None) -> int:
        nerve = {"name": "nerve", "at": at} | ({"limit_mm_per_day": own} if own else {})
        limits = {"deg_per_day": None}
        plan = plan_of(side, reference, deformity=deformity, structures_at_risk=[nerve], limits=limits)
        return moving_days(plan.frames[0])

    assert days({"lateral_mm": 40}, 0.5) == 13
    assert days({"medial_mm": 40}, 0.5) == 13
    assert days({"lateral_mm": 40}, None) == 7
    assert days({"lateral_mm": 5}, None) == 1
    # Along the axis of the turn it stays where it is.
    assert days({"proximal_mm": 40}, 0.5) == 1


@pytest.mark.hazard("H-12")
@pytest.mark.parametrize(("own", "days"), [(0.5, 89), (None, 45)])
def test_a_way_that_starts_slowly_is_paced_by_its_fastest_day(own: float | None, days: int) -> None:
    """A point on a cycloid: 80 (1 - cos(a/2)) of way, 23.43 mm in all; its last day decides, not the mean day of 47."""
    nerve = {"name": "nerve", "at": {"medial_mm": 31.415927, "posterior_mm": 20}}
    common = {
        "deformity": {"internal_rotation_deg": 90, "medial_mm": 31.415927},
        "at": "end",
        "structures_at_risk": [nerve | ({"limit_mm_per_day": own} if own else {})],
    }
    assert moving_days(plan_of("right", "proximal", **common).frames[0]) == days


@pytest.mark.hazard("H-12")
def test_arcs_of_the_way_that_starts_slowly() -> None:
    """In two days: 80 (cos 22.5 - cos 45) = 17.3418 mm on the second one; the corresponding point makes 15.708 a day."""
    plan = plan_of(
        "right",
        "proximal",
        deformity={"internal_rotation_deg": 90, "medial_mm": 31.415927},
        at="end",
        structures_at_risk=[{"name": "nerve", "at": {"medial_mm": 31.415927, "posterior_mm": 20}}],
        stages=[{"name": "correct", "correct_to": {}, "days": 2}],
    )
    arcs = plan.frames[0].course.stages[0].arcs_mm
    assert arcs[:, 0] == pytest.approx([15.7080, 15.7080], abs=1e-4)
    assert arcs[1, 1] == pytest.approx(17.3418, abs=1e-4)
    assert arcs[:, 1].sum() == pytest.approx(23.4315, abs=1e-4)
    assert plan.verdict == "refused"
    assert {"rate.too_fast"} <= {finding.code for finding in plan.findings}


@pytest.mark.hazard("H-12")
def test_a_structure_rides_with_the_moving_fragment_from_where_it_lay_at_the_start() -> None:
    """Right, varus 10: the nerve at lateral 30, 0 high, moves with the bone: 30 mm x 10 deg of arc = 5.236 mm, 6 days."""
    nerve = {"name": "nerve", "at": {"lateral_mm": 30}, "limit_mm_per_day": 1.0}
    level = level_of("right", "proximal", deformity={"varus_deg": 10}, structures_at_risk=[nerve])
    assert moving_days(level.frame) == 6
    assert level.frame is not None
    first, last = level.rows[0].pose, level.rows[-1].pose
    place = level.frame.setup.tracked.places_mov_mm[1]
    assert first[:3, :3] @ place + first[:3, 3] == pytest.approx([-30.0, 0.0, 0.0], abs=1e-12)
    # Out of varus the far end swings lateral, and what lies on the lateral side of the turn rises.
    assert last[:3, :3] @ place + last[:3, 3] == pytest.approx([-29.5442, 0.0, 5.2094], abs=1e-4)


@pytest.mark.hazard("H-16")
@pytest.mark.parametrize(
    ("start", "day", "date"),
    [
        ("2028-02-27", 2, "2028-02-29"),
        ("2028-02-27", 3, "2028-03-01"),
        ("2026-02-27", 2, "2026-03-01"),
        ("2100-02-27", 2, "2100-03-01"),
        ("2000-02-28", 1, "2000-02-29"),
        ("2026-12-30", 1, "2026-12-31"),
        ("2026-12-30", 2, "2027-01-01"),
        ("2026-04-29", 2, "2026-05-01"),
        ("2026-03-28", 2, "2026-03-30"),
        ("2028-02-29", 0, "2028-02-29"),
        ("2027-12-31", 60, "2028-02-29"),
    ],
)
def test_dates_are_those_of_the_calendar(start: str, day: int, date: str) -> None:
    level = level_of("right", "proximal", start_date=start, stages=[{"name": "hold", "hold_days": 60}])
    assert level.rows[0].date.isoformat() == start
    assert level.rows[day].date.isoformat() == date
    assert level.rows[day].day == day
    assert all(b.date - a.date == DAY for a, b in pairwise(level.rows))


@pytest.mark.hazard("H-16")
def test_latency_comes_before_the_first_adjustment() -> None:
    """Seven days of latency from 24 February 2028: the first turn is made on day 8, 3 March."""
    stages = [{"name": "latency", "hold_days": 7}, {"name": "distract", "correct_to": {}}]
    rows = level_of("right", "proximal", deformity={"short_mm": 4}, start_date="2028-02-24", stages=stages).rows
    changed = [row for before, row in pairwise(rows) if row.lengths_mm != before.lengths_mm]
    assert [row.date.isoformat() for row in changed] == ["2028-03-03", "2028-03-04", "2028-03-05", "2028-03-06"]
    assert [row.stage for row in rows] == ["start"] + ["latency"] * 7 + ["distract"] * 4
