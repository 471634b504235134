"""What the patient does on each day, in literal facts: longer and shorter go by length, whatever the scale says."""

from __future__ import annotations

import datetime
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import icalendar
import numpy as np
import pytest

import hexapod
from hexapod.documents.calendar.document import calendar
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.patient_sheet.days import Day, Direction, Pause, sheet_days, visit_days
from hexapod.documents.patient_sheet.document import how_seen
from hexapod.documents.patient_sheet.drawing import frame_drawing, scale_drawing
from hexapod.documents.patient_sheet.tables import Tables
from hexapod.hardware.models import Strut
from hexapod.plan.make_plan import LevelPlan, Row
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.language import language

UP = Strut("counts-up", "test", 100.0, 200.0, 1.0)
# Reads 300 less its length: the number falls while the strut grows.
DOWN = Strut("counts-down", "test", 100.0, 200.0, 1.0, scale_direction=-1, scale_offset_mm=300.0)
MORNING, EVENING = datetime.time(8), datetime.time(20)


def row(day: int, settings: list[float], doses: list[list[float]], stage: str = "lengthen") -> Row:
    doses_mm = tuple(tuple(dose) for dose in doses)
    date = datetime.date(2026, 3, 2) + datetime.timedelta(days=day)
    nothing: Any = np.eye(4)
    return Row(day, date, stage, (), tuple(settings), doses_mm, (UP,) * 6, nothing, nothing, {}, 0.0, 0.0, None, None)


def level(
    struts: list[Strut],
    rows: list[Row],
    *exchanges: Exchange,
    docking: int | None = None,
    times: tuple[str, ...] = ("08:00",),
) -> LevelPlan:
    frame, nothing = SimpleNamespace(setup=SimpleNamespace(level=SimpleNamespace(adjustment_times=times))), None
    made = []
    for one in rows:
        new = {exchange.strut: exchange.new for exchange in exchanges if exchange.planned_day <= one.day}
        made.append(replace(one, struts=tuple(new.get(k, strut) for k, strut in enumerate(struts, 1))))
    whole: Any = (tuple(made), exchanges, frame, nothing, nothing)
    return LevelPlan(*whole, docking_day=docking)


def exchange(strut: int, old: Strut, new: Strut, day: int, old_reads: float, new_reads: float) -> Exchange:
    return Exchange(strut, old, new, day, day, day, "test", old_reads, new_reads, 5.0)


def start(settings: list[float]) -> Row:
    return row(0, settings, [], "start")


@pytest.mark.hazard("H-02")
@pytest.mark.hazard("H-20")
def test_on_a_scale_that_counts_down_a_smaller_number_is_a_longer_strut() -> None:
    struts = [DOWN, DOWN, DOWN, UP, UP, UP]
    plan = level(struts, [start([150.0] * 6), row(1, [149, 151, 150, 149, 151, 150], [[149, 151, 150, 149, 151, 150]])])
    (_, day) = sheet_days(plan, [MORNING])
    assert isinstance(day, Day)
    assert day.turns == (
        Direction.LONGER,
        Direction.SHORTER,
        Direction.STAYS,
        Direction.SHORTER,
        Direction.LONGER,
        Direction.STAYS,
    )


@pytest.mark.hazard("H-08")
@pytest.mark.hazard("H-20")
def test_after_an_exchange_the_new_scale_counts_from_its_own_reading() -> None:
    """Strut 2 read 190 on the old scale; the new one is put in at 110, which is the same length, and then reads 109."""
    plan = level(
        [UP] * 6,
        [
            start([190.0] * 6),
            row(1, [190, 109, 190, 190, 190, 190], [[190, 110, 190, 190, 190, 190], [190, 109, 190, 190, 190, 190]]),
        ],
        exchange(2, UP, DOWN, 1, 190, 110),
    )
    (_, day) = sheet_days(plan, [MORNING, EVENING])
    assert isinstance(day, Day)
    assert [one.turns[1] for one in day.adjustments] == [Direction.STAYS, Direction.LONGER]
    assert day.turns == (
        Direction.STAYS,
        Direction.LONGER,
        Direction.STAYS,
        Direction.STAYS,
        Direction.STAYS,
        Direction.STAYS,
    )
    assert [one.idle for one in day.adjustments] == [True, False]
    assert [one.strut for one in day.exchanges] == [2]


def test_a_strut_that_goes_there_and_back_has_not_stayed() -> None:
    plan = level([UP] * 6, [start([150.0] * 6), row(1, [150.0] * 6, [[151, *[150.0] * 5], [150.0] * 6])])
    (_, day) = sheet_days(plan, [MORNING, EVENING])
    assert isinstance(day, Day)
    assert day.turns == (Direction.BOTH, *[Direction.STAYS] * 5)
    assert [one.turns[0] for one in day.adjustments] == [Direction.LONGER, Direction.SHORTER]


def still(day: int, stage: str, reading: float = 150.0) -> Row:
    return row(day, [reading] * 6, [[reading] * 6], stage)


def test_pauses_hold_whole_stages_and_break_for_the_clinic_and_for_docking() -> None:
    rows = [
        start([150.0] * 6),
        *(still(day, "latency") for day in (1, 2)),
        row(3, [151.0] * 6, [[151.0] * 6]),
        *(still(day, "wait", 151.0) for day in (4, 5, 6, 7, 8)),
        *(still(day, "consolidation", 151.0) for day in (9, 10)),
    ]
    plan = level([UP] * 6, rows, exchange(4, UP, UP, 5, 151, 151), docking=7)
    blocks = sheet_days(plan, [MORNING])
    told = [("day", one.first.day) if isinstance(one, Day) else (one.first.day, one.last.day) for one in blocks]
    assert told == [(0, 0), (1, 2), ("day", 3), (4, 4), ("day", 5), (6, 6), (7, 7), (8, 8), (9, 10)]
    assert [one.docks for one in blocks] == [False] * 6 + [True, False, False]
    turning = [one for one in blocks if isinstance(one, Day)]
    assert [(one.first_turning, one.last_turning) for one in turning] == [(True, True), (False, False)]
    assert all(isinstance(one, Pause) for one in (blocks[0], blocks[-1]))


@pytest.mark.hazard("H-05")
def test_the_frame_is_drawn_as_seen_from_proximal_with_the_master_tab_below() -> None:
    """Strut 1 just left of the tab, strut 2 just right of it, the rest counter-clockwise; distal ends a tab further."""
    from hexapod import load_catalogue

    ring = load_catalogue().ring("generic-full-180")
    setup: Any = SimpleNamespace(joints_mm=(ring.proximal_joints_mm, ring.distal_joints_mm))
    drawing = frame_drawing(setup)
    assert drawing.larger is None, "both rings are of one size"
    assert drawing.tabs == ((1, 2), None), "the distal ring has its tabs at 60, 180 and 300 deg"
    drawn = drawing.struts
    (left, low), _ = drawn[0]
    assert left < 0
    assert low < -0.9
    (right, low), _ = drawn[1]
    assert right > 0
    assert low < -0.9
    around = [float(np.degrees(np.arctan2(x, -y))) % 360 for (x, y), _ in [*drawn[1:], drawn[0]]]
    assert around == sorted(around)
    assert drawn[0][1][0] < -0.3, "strut 1 runs to the patient's right"
    assert drawn[1][1][0] > 0.3
    assert all(np.hypot(*far) < np.hypot(*near) for near, far in drawn)


@pytest.mark.hazard("H-05")
def test_the_larger_ring_is_the_outer_circle_whichever_it_is() -> None:
    from hexapod import load_catalogue

    small, large = (load_catalogue().ring(name) for name in ("generic-full-155", "generic-full-180"))
    english = language("en")
    for proximal, distal, larger, told in (
        (large, small, "proximal", "Outer circle: the larger ring, nearer to the trunk."),
        (small, large, "distal", "Outer circle: the larger ring, farther from the trunk."),
        (small, small, None, "Both rings are of one size. Outer circle: the ring nearer to the trunk."),
    ):
        setup: Any = SimpleNamespace(joints_mm=(proximal.proximal_joints_mm, distal.distal_joints_mm))
        drawing = frame_drawing(setup)
        assert drawing.larger == larger
        assert all((np.hypot(*far) > np.hypot(*near)) == (larger == "distal") for near, far in drawing.struts)
        leg: Any = SimpleNamespace(limb=SimpleNamespace(bone="tibia"))
        assert how_seen(leg, drawing, english)[1].startswith(told)


def test_a_scale_is_drawn_with_its_own_marks_and_its_own_direction() -> None:
    drawn = scale_drawing(UP, 155.0)
    assert [mark.reading_mm for mark in drawn.marks if mark.numbered] == [150.0, 155.0, 160.0]
    assert drawn.place == 0.5
    assert drawn.longer_to_the_right
    assert not scale_drawing(DOWN, 155.0).longer_to_the_right
    assert next(mark.reading_mm for mark in scale_drawing(UP, 102.0).marks) == 100.0
    fine = Strut("fine", "test", 100.0, 200.0, 0.25)
    assert [mark.reading_mm for mark in scale_drawing(fine, 117.5).marks if mark.numbered] == [
        116.0,
        117.0,
        118.0,
        119.0,
    ]
    between = scale_drawing(UP, 150.4)
    assert between.place == pytest.approx(0.5 + 0.4 / 18)


@pytest.mark.hazard("H-08")
@pytest.mark.hazard("H-20")
def test_the_new_strut_is_put_in_at_the_reading_of_its_own_scale() -> None:
    plan = level(
        [UP] * 6,
        [start([190.0] * 6), row(1, [190, 109, 190, 190, 190, 190], [[190, 109, 190, 190, 190, 190]])],
        exchange(2, UP, DOWN, 1, 190, 110),
    )
    data = Tables(plan, language("en")).data(strut_by_strut=True)
    (change,) = data["blocks"][1]["visit"]["exchanges"]
    assert (change["strut"], change["old"], change["old_reads"]) == (1, "counts-up", "190 mm")
    assert (change["new"], change["new_reads"]) == ("counts-down (scale 100 to 200 mm)", "110")
    told, first = data["lists"][1][1]["visit"], data["lists"][0][1]["visit"]
    assert first.startswith("Only after the clinic has changed the strut or struts."), "the struts that stay wait too"
    assert told.endswith(first)
    assert data["blocks"][1]["visit"]["after"].startswith(first)
    assert told.startswith("CLINIC VISIT: ")
    assert "The old one reads 190 mm. The new one (counts-down) is set to 110 mm." in told
    assert all(rows[1]["visit"] == first for k, rows in enumerate(data["lists"]) if k != 1)


@pytest.mark.hazard("H-20")
def test_lines_before_the_visit_are_no_doses_and_the_clinic_sets_the_struts_to_the_last_of_them() -> None:
    """Four adjustments at 08:00, 12:00, 16:00 and 20:00, struts changed at 13:00 on day 1: two lines are left."""
    doses = [[190.0 + k] * 6 for k in (1, 2, 3, 4)]
    rows, times = [start([190.0] * 6), row(1, doses[-1], doses)], ("08:00", "12:00", "16:00", "20:00")
    plan = level([UP] * 6, rows, exchange(2, UP, UP, 1, 190, 190), times=times)
    words = language("en")
    tables = Tables(plan, words, frozenset({1}), datetime.time(13)).data(strut_by_strut=True)
    block = tables["blocks"][1]
    assert [line["time"] for line in block["lines"]] == ["16:00", "20:00"]
    assert (block["visit"]["time"], block["visit"]["there"]) == ("13:00", ["192"] * 6)
    assert block["visit"]["says"].startswith("At 13:00 the clinic changes one or more struts. Turn nothing before that")
    assert "must read what it was set to" not in block["visit"]["after"]
    assert tables["lists"][0][1]["cells"][0] == [None, None, ["▲", "193"], ["▲", "194"]]
    assert "Then the clinic sets this strut to 192 mm." in tables["lists"][0][1]["visit"]
    at_eight = Tables(plan, words, frozenset({1}), datetime.time(8)).data(strut_by_strut=False)["blocks"][1]
    assert [line["time"] for line in at_eight["lines"]] == ["12:00", "16:00", "20:00"], "an appointment is no dose"
    early = Tables(plan, words, frozenset({1}), datetime.time(7, 59)).data(strut_by_strut=False)["blocks"][1]
    assert len(early["lines"]) == 4
    assert early["visit"]["there"] == []


@pytest.mark.hazard("H-20")
def test_a_visit_of_one_hexapod_is_a_visit_of_the_whole_frame() -> None:
    """Whoever turns one hexapod and not the other bends the limb: the other sheet says to wait for the clinic, too."""
    plan = hexapod.make_plan(hexapod.load_case("sample_cases/tibia_stacked_transport.json"))
    assert isinstance(plan, hexapod.Plan)
    (days,) = {frozenset(one.planned_day for one in level.exchanges) for level in plan.levels if level.exchanges}
    other = next(level for level in plan.levels if not level.exchanges)
    for day in Tables(other, language("en"), visit_days(plan)).days:
        if isinstance(day, Day):
            assert day.at_clinic is (day.first.day in days)
    told = [
        one["visit"]["after"]
        for one in Tables(other, language("en"), visit_days(plan)).data(strut_by_strut=False)["blocks"]
        if one.get("visit")
    ]
    assert len(told) == len(days)
    assert all(text.startswith("Only after the clinic has changed the strut or struts.") for text in told)
    found = icalendar.Calendar.from_ical(calendar(plan, PrintOptions())).walk("VEVENT")
    adjusted = [one for one in found if other.name in str(one["SUMMARY"]) and ", adjustment " in str(one["SUMMARY"])]
    waits = {
        one.decoded("DTSTART").date()
        for one in adjusted
        if "Only after the clinic has changed" in str(one["DESCRIPTION"])
    }
    assert waits == {other.rows[day].date for day in days}
