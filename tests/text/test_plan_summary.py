"""What a treatment amounts to, in facts written down by hand from the samples and their plans."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.checks.clearances import LIMITS
from hexapod.kinematics.inverse import condition
from hexapod.text.plan_summary import Extreme, PlanDay, PlanSummary, brief, compared, summary_lines, summary_of

SAMPLES = Path(__file__).resolve().parents[2] / "sample_cases"


def _effect(stem: str) -> PlanSummary:
    case = hexapod.load_case(SAMPLES / f"{stem}.json")
    return summary_of(hexapod.make_plan(case))


def _told(effect: PlanSummary, levels: int = 1) -> dict[str, str]:
    return {line.name: line.text for line in summary_lines(effect, levels=levels)}


def test_a_transport_of_60_mm_at_1_mm_a_day() -> None:
    """Latency 7 days, 60 days of transport, 2 mm of compression at 0.25 mm a day, 204 days of rest; day 0 is 9 February."""
    effect = _effect("tibia_transport")
    assert effect.last == PlanDay(7 + 60 + 8 + 204, datetime.date(2026, 2, 9) + datetime.timedelta(days=279))
    assert effect.last_adjustment == PlanDay(75, datetime.date(2026, 4, 25))
    assert [one.reached for one in effect.dockings] == [PlanDay(67, datetime.date(2026, 4, 17))]
    assert [visit.date for visit in effect.visits] == [datetime.date(2026, 2, 23), datetime.date(2026, 2, 26)]
    assert effect.exchanges == 6
    assert effect.fastest is not None
    assert effect.fastest.value == pytest.approx(1.0)
    assert (effect.fastest.what, effect.fastest.on.day) == ("corresponding point", 8)
    # Neighbouring struts: joints 15 mm apart on one tab, struts 12 mm thick.
    assert effect.nearest["frame"].value == pytest.approx(3.0)
    assert effect.days_in_frame is None
    assert (effect.verdict, effect.finding) == ("ok", "")


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_number_is_that_of_the_plan(path: Path) -> None:
    case = hexapod.load_case(path)
    plan = hexapod.make_plan(case)
    effect = summary_of(plan)
    assert effect.verdict == plan.verdict
    rows = [row for level in plan.levels for row in level.rows]
    if not rows:
        assert effect == PlanSummary("refused", effect.finding, effect.warnings)
        assert effect.finding
        return
    assert effect.last is not None
    assert (effect.last.day, effect.last.date) == max((row.day, row.date) for row in rows)
    exchanges = [exchange for level in plan.levels for exchange in level.exchanges]
    assert effect.exchanges == len(exchanges)
    assert [visit.day for visit in effect.visits] == sorted({exchange.planned_day for exchange in exchanges})
    dates = {row.day: row.date for row in rows}
    assert all(visit.date == dates[visit.day] for visit in effect.visits)
    docked = [level.docking_day for level in plan.levels if level.docking_day is not None]
    assert [one.reached.day for one in effect.dockings if one.reached] == docked
    in_frame = [level.expected_days_in_frame for level in plan.levels if level.expected_days_in_frame]
    assert effect.days_in_frame == (max(in_frame) if in_frame else None)
    frames = plan.frames
    assert effect.conditioning is not None
    assert effect.conditioning.value == pytest.approx(
        max(condition(*one.setup.joints_mm, one.T_prox_dist).max() for one in frames)
    )
    arcs = [part.arcs_mm.max() for frame in frames for part in frame.course.stages]
    assert effect.fastest is not None
    assert effect.fastest.value == pytest.approx(max(arcs))
    moved = [
        level.rows[k].day
        for level in plan.levels
        for k in range(1, len(level.rows))
        if not np.allclose(level.rows[k].pose, level.rows[k - 1].pose)
    ]
    assert effect.last_adjustment is not None
    assert effect.last_adjustment.day == max(moved)
    for kinds, to in ((("strut_strut", "ring_ring"), "frame"), (("strut_bone",), "bone"), (("strut_limb", "ring_limb"), "skin")):  # fmt: skip
        near = [p.distance_mm for lv in plan.levels for p in lv.clearances.pairs if p.kind in kinds]
        assert (to in effect.nearest) == bool(near)
        assert not near or effect.nearest[to].value == pytest.approx(min(near), abs=2e-6)  # type: ignore[index]


def test_every_kind_of_pair_is_near_something_that_is_told() -> None:
    from hexapod.text.plan_summary import NEIGHBOURS

    assert NEIGHBOURS.keys() == LIMITS.keys()


@pytest.mark.hazard("H-08")
def test_of_a_refused_plan_nothing_but_the_refusal_is_told() -> None:
    effect = _effect("refused_strut_travel")
    told = _told(effect)
    assert told.pop("Status") == "REFUSED"
    assert set(told.values()) == {"none: refused"}
    assert brief(effect) == "REFUSED"
    assert effect.finding.startswith("Strut 1 would have to read 289 mm")


def test_levels_are_named_where_there_are_several() -> None:
    told = _told(_effect("tibia_stacked_transport"), levels=2)
    assert told["Docking"] == "day 68, Sat 20 Jun 2026 (docking site)"
    assert (
        told["Fastest structure at risk or bone edge"] == "0.98 mm a day: corresponding point (proximal tibia), day 8"
    )
    assert told["Visits for strut change-outs"] == "1: day 17, Thu 30 Apr 2026"
    assert told["Time in the frame"] == "about 279 days, by the external fixation index"


def _some(**changed: Any) -> PlanSummary:
    def moment(day: int) -> PlanDay:
        return PlanDay(day, datetime.date(2026, 1, 1) + datetime.timedelta(days=day))

    effect = PlanSummary(
        verdict="caution",
        finding="x",
        last=moment(100),
        last_adjustment=moment(50),
        visits=(moment(20), moment(34)),
        exchanges=3,
        days_in_frame=120.0,
        fastest=Extreme(1.0, "nerve", "a", moment(9)),
        nearest={"bone": Extreme(12.0, "strut 2 and the bone", "a", moment(3))},
        conditioning=Extreme(4.0, "", "a", moment(7)),
    )
    return dataclasses.replace(effect, **changed)


@pytest.mark.parametrize(
    ("changed", "name", "difference"),
    [
        ({"verdict": "ok"}, "Status", "better"),
        ({"verdict": "refused"}, "Status", "worse"),
        ({"last": PlanDay(88, datetime.date(2026, 3, 30))}, "Days of treatment", "12 days fewer"),
        ({"last_adjustment": PlanDay(52, datetime.date(2026, 2, 22))}, "Last adjustment", "2 days later"),
        ({"visits": ()}, "Visits for strut change-outs", "2 fewer"),
        ({"exchanges": 5}, "Strut change-outs", "2 more"),
        ({"days_in_frame": 100.0}, "Time in the frame", "20 days fewer"),
        ({"days_in_frame": None}, "Time in the frame", "differs"),
        ({"fastest": Extreme(0.75, "nerve", "a", PlanDay(9, datetime.date(2026, 1, 10)))}, "Fastest structure at risk or bone edge", "0.25 mm a day slower"),
        ({"fastest": Extreme(1.001, "nerve", "a", PlanDay(9, datetime.date(2026, 1, 10)))}, "Fastest structure at risk or bone edge", "under 0.01 mm a day faster"),
        ({"nearest": {"bone": Extreme(9.5, "x", "a", PlanDay(3, datetime.date(2026, 1, 4)))}}, "Minimum clearance to the bone", "2.5 mm nearer"),
        ({"nearest": {}}, "Minimum clearance to the bone", "differs"),
        ({"conditioning": Extreme(5.5, "", "a", PlanDay(7, datetime.date(2026, 1, 8)))}, "Singularity index (condition number; caution above 10; lower is better)", "1.5 higher: worse"),
        ({"conditioning": Extreme(4.0, "", "a", PlanDay(8, datetime.date(2026, 1, 9)))}, "Singularity index (condition number; caution above 10; lower is better)", "the same, another day or place"),
    ],
)  # fmt: skip
def test_a_difference_is_told_in_words(changed: dict[str, Any], name: str, difference: str) -> None:
    rows = {row.name: row.difference for row in compared(_some(), _some(**changed))}
    assert rows.pop(name) == difference
    if changed.get("verdict") != "refused":
        assert set(rows.values()) == {"the same"}


@pytest.mark.parametrize(
    ("stem", "told"),
    [
        ("tibia_fracture", "no index applies: no regenerate grows"),
        ("foot_equinus", "no index applies: no regenerate grows"),
        ("tibia_malrotation", "no external fixation index entered"),
    ],
)
def test_an_index_is_asked_for_only_where_a_regenerate_grows(stem: str, told: str) -> None:
    assert _told(_effect(stem))["Time in the frame"] == told
