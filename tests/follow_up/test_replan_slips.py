"""After a slip of any hexapod of a construct the two ends of the limb come back to where the first plan has them.

Random readings that the plan does not explain, on the construct samples with readings known at the start or at the end;
and one slip in the numbers of its sheet.
"""

import datetime
import functools
import random

import numpy as np
import pytest

import hexapod
from hexapod.case.model import Case
from hexapod.checks.findings import RELATIVE_TOLERANCE
from hexapod.follow_up.compare_with_plan import follow_up
from hexapod.follow_up.remaining_stages import moment_read
from hexapod.follow_up.replan import Wishes, replan
from hexapod.follow_up.return_to_plan import RETURN
from hexapod.geometry.transforms import Array, turn_angle
from hexapod.plan.make_plan import Plan
from hexapod.trajectory.coupled_levels import construct
from tests.follow_up.test_compare_with_plan import PAIR, exchanged_case, on
from tests.follow_up.test_replan import SAMPLES

CONSTRUCTS = ("tibia_stacked_transport", "tibia_trifocal", "tibia_two_levels")
# A strut of a frame that has slipped reads up to so much else (mm), on quarters.
SLIP_MM = 6.0
SAME_MM, SAME_DEG = 1e-9, 1e-6


@functools.cache
def sample(name: str, settings_at: str) -> tuple[Case, Plan]:
    """A sample and its plan; `end` has the scales read on the last evening instead."""
    case = hexapod.load_case(SAMPLES / f"{name}.json")
    plan = hexapod.make_plan(case)
    if settings_at == "start":
        return case, plan
    document = case.document
    for written, level in zip(document["levels"], plan.levels, strict=True):
        last = level.rows[-1]
        written["frame"] |= {"settings_mm": list(last.settings_mm), "settings_at": "end", "struts": list(last.models)}
    case = hexapod.read_case(document)
    return case, hexapod.make_plan(case)


def ends(plan: Plan, day: int = -1) -> Array:
    """The last fragment in the axes of the first (4, 4) on an evening; a level that has ended stays."""
    frames = [frame for frame in plan.frames if frame is not None]
    poses = [frame.course.T_ref_mov[min(day, frame.course.days) if day >= 0 else -1] for frame in frames]
    return construct([frame.setup for frame in frames], poses)


def apart(one: Array, other: Array) -> tuple[float, float]:
    """How far two poses of the far end (4, 4) are from each other, mm and deg."""
    off_mm = float(np.linalg.norm(one[:3, 3] - other[:3, 3]))
    return off_mm, float(np.degrees(turn_angle(one[:3, :3] @ other[:3, :3].T)))


def keeps_limits(plan: Plan) -> bool:
    """Whether every point keeps its own limit on every day of every level."""
    return all(
        (part.arcs_mm <= part.limits_mm * (1.0 + RELATIVE_TOLERANCE)).all()
        for level in plan.levels
        if level.frame is not None
        for part in level.frame.course.stages
    )


@pytest.mark.hazard("H-06")
def test_a_slip_of_the_second_hexapod_in_its_numbers() -> None:
    """Day 30 of the sample: 1.9 deg and 3.6 mm off.  It returns in 4 days; then the rest of the plan, 250 days."""
    case, plan = sample("tibia_stacked_transport", "start")
    slipped = (157.25, 153.0, 161.75, 153.75, 154.25, 155.5)
    found = follow_up(plan, case.first_day + datetime.timedelta(days=30), slipped, 1)
    # Two struts might as well not have been turned for some days; the frame stands where it is read, whichever is true.
    assert (found.explanation.kind, found.off_mm, found.off_deg) == (
        "not-turned",
        pytest.approx(3.596, abs=1e-3),
        pytest.approx(1.894, abs=1e-3),
    )
    new = replan(found)
    again = hexapod.make_plan(new)
    assert (again.verdict, again.findings) == ("ok", ())
    assert [level.rows[-1].remaining for level in again.levels] == [
        pytest.approx({"medial_mm": 2, "long_mm": 62}, abs=1e-9),
        pytest.approx({"short_mm": 2}, abs=1e-9),
    ]
    assert [len(level.rows) for level in again.levels] == [1 + 4 + (279 - 30)] * 2
    assert {row.stage for level in again.levels for row in level.rows[1:5]} == {RETURN}
    far = [apart(ends(again, day), ends(plan)) for day in (0, 1, 2, 3, 4, 5, 100)]
    assert far[0] == (pytest.approx(3.592, abs=1e-3), pytest.approx(1.842, abs=1e-3))
    assert [deg for _, deg in far[1:5]] == pytest.approx([1.420, 0.947, 0.473, 0.0], abs=1e-3)
    assert max(max(pair) for pair in far[4:]) < SAME_DEG
    for before, after in zip(plan.levels, again.levels, strict=True):
        assert [row.settings_mm for row in after.rows[5:]] == [row.settings_mm for row in before.rows[31:]]


@pytest.mark.hazard("H-06")
@pytest.mark.parametrize("settings_at", ["start", "end"])
@pytest.mark.parametrize("name", CONSTRUCTS)
@pytest.mark.some(1)
def test_after_random_slips_the_ends_are_as_planned(name: str, settings_at: str) -> None:
    case, plan = sample(name, settings_at)
    dice = random.Random(f"{name} {settings_at}")
    off, planned, tried = [], 0, 0
    for level in range(len(case.levels)):
        for day in (0, 5, 30, 75, len(plan.levels[level].rows) + 3):
            row = plan.levels[level].rows[min(day, len(plan.levels[level].rows) - 1)]
            slips = [round(dice.uniform(-SLIP_MM, SLIP_MM) * 4) / 4 for _ in range(6)]
            read = tuple(now + slip for now, slip in zip(row.settings_mm, slips, strict=True))
            found = follow_up(plan, case.first_day + datetime.timedelta(days=day), read, level)
            if found.T_ref_mov is None:
                continue
            again = hexapod.make_plan(replan(found, Wishes(even_if_doubtful=True)))
            tried += 1
            off.append(apart(ends(again), ends(plan)))
            assert keeps_limits(again), (name, level, day)
            planned += again.verdict != "refused"
    print(
        f"{name}, {settings_at}: {tried} slips, off at the median {np.median(off, axis=0)}, at most {np.max(off, axis=0)}"
    )
    assert tried >= 8
    assert planned >= tried // 2
    assert np.max(off, axis=0) == pytest.approx([0.0, 0.0], abs=SAME_DEG)


@pytest.mark.hazard("H-05")
def test_the_struts_are_those_that_were_read_and_not_those_of_the_day_reached() -> None:
    """Readings of day 4, on short struts by the plan, taken on day 12 from the long ones that are on by then."""
    old = exchanged_case()
    plan = hexapod.make_plan(old, PAIR)
    found = follow_up(plan, on(12), (101.0,) * 6, catalogue=PAIR)  # 151 mm, read on the long scale
    assert plan.levels[0].rows[4].models == ("pair-short",) * 6
    now = moment_read(found, None)
    assert now.day == 4
    assert [strut.name for strut in now.struts] == ["pair-long"] * 6
    assert now.lengths_mm == pytest.approx([151.0] * 6)
