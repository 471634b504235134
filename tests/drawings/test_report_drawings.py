"""The pictures of the clinician's report: sides and directions by literal facts, places by hand."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.case.files import read_case
from hexapod.drawings.charts.axes import Panel, ticks
from hexapod.drawings.charts.day_charts import deformity_chart, gap_chart, rate_chart, strut_chart
from hexapod.drawings.radiograph_views import placed_level, radiograph
from hexapod.drawings.report.frame_view import camera, frame_view
from hexapod.drawings.report.report_radiographs import radiograph_drawing
from hexapod.drawings.svg_marks import line, text
from hexapod.plan.make_plan import LevelPlan
from hexapod.plan.plan_file import fitted_struts
from hexapod.text.strut_looks import STRUT_LOOKS
from hexapod.trajectory.bone_trajectory import point_rates

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted(path for path in (ROOT / "sample_cases").glob("*.json") if "refused" not in path.name)
# Poses go through a few products of matrices: what is left of 16 digits, far below any drawing.
SAME_MM = 1e-6


def level_of(case: dict[str, Any], side: str, reference: str, deformity: dict[str, float], **more: Any) -> LevelPlan:
    """The plan of one level with a neutral frame, its ring square on the origin, cut at the origin."""
    case = copy.deepcopy(case)
    case["limb"]["side"] = side
    level = case["levels"][0]
    level |= {"reference": reference, "deformity": deformity, "mounting": {}, "bone": {"diameter_mm": 28}, **more}
    level["mounting"].setdefault("proximal_mm" if reference == "proximal" else "distal_mm", 60)
    level["frame"]["settings_mm"] = [150] * 6
    level["structures_at_risk"] = []
    level["stages"] = [{"name": "correct", "correct_to": {}}]
    plan = hexapod.make_plan(read_case(case))
    assert plan.levels[0].rows, plan.findings
    return plan.levels[0]


def lean(axis_mm: np.ndarray) -> float:
    """How far an axis goes to the right of the film for every mm along the bone, away from the cut."""
    across, up = axis_mm[1] - axis_mm[0]
    return float(across / abs(up))


# tan(10 deg) = 0.17633, tan(12 deg) = 0.21256, tan(13 deg) = 0.23087.
@pytest.mark.hazard("H-01", "H-02")
def test_varus_of_a_right_leg_leans_to_the_medial_side_of_the_film(case_dict: dict[str, Any]) -> None:
    shown = radiograph(level_of(case_dict, "right", "proximal", {"varus_deg": 10}), 0, "AP")
    assert (shown.left_word, shown.right_word) == ("lateral", "medial")
    assert lean(shown.fragments["distal"].axis_mm) == pytest.approx(+0.17633, abs=1e-5)
    assert lean(shown.fragments["proximal"].axis_mm) == 0.0


@pytest.mark.hazard("H-01", "H-02")
def test_varus_of_a_left_leg_is_its_mirror_image(case_dict: dict[str, Any]) -> None:
    shown = radiograph(level_of(case_dict, "left", "proximal", {"varus_deg": 10}), 0, "AP")
    assert (shown.left_word, shown.right_word) == ("medial", "lateral")
    assert lean(shown.fragments["distal"].axis_mm) == pytest.approx(-0.17633, abs=1e-5)


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize("side", ["right", "left"])
def test_procurvatum_has_its_apex_towards_anterior(case_dict: dict[str, Any], side: str) -> None:
    shown = radiograph(level_of(case_dict, side, "proximal", {"apex_anterior_deg": 12}), 0, "lateral")
    assert (shown.left_word, shown.right_word) == ("anterior", "posterior")
    # Both ends lie on the posterior side of the apex, or straight above it.
    assert lean(shown.fragments["distal"].axis_mm) == pytest.approx(+0.21256, abs=1e-5)


@pytest.mark.hazard("H-03")
def test_over_a_distal_reference_the_proximal_fragment_leans(case_dict: dict[str, Any]) -> None:
    shown = radiograph(level_of(case_dict, "left", "distal", {"valgus_deg": 13}), 0, "AP")
    assert shown.right_word == "lateral"
    assert lean(shown.fragments["proximal"].axis_mm) == pytest.approx(+0.23087, abs=1e-5)
    assert lean(shown.fragments["distal"].axis_mm) == 0.0
    assert shown.fragments["proximal"].axis_mm[1][1] > 0.0 > shown.fragments["distal"].axis_mm[1][1]


@pytest.mark.hazard("H-02")
def test_places_of_points_and_rings_are_those_entered(case_dict: dict[str, Any]) -> None:
    deformity = {"medial_mm": 7, "posterior_mm": 5, "short_mm": 9}
    mounting = {"lateral_mm": 4, "anterior_mm": 12, "proximal_mm": 60}
    level = level_of(case_dict, "right", "proximal", deformity, mounting=mounting)
    ap, lateral = radiograph(level, 0, "AP"), radiograph(level, 0, "lateral")
    assert ap.corresponding_mm == pytest.approx([+7.0, +9.0])
    assert lateral.corresponding_mm == pytest.approx([+5.0, +9.0])
    for shown, across in ((ap, -4.0), (lateral, -12.0)):
        ring = shown.rings_mm["proximal"]
        # generic-full-180: outer radius 106 mm, 8 mm thick, square to the bone.
        assert ring.min(axis=0) == pytest.approx([across - 106.0, 56.0], abs=0.3)
        assert ring.max(axis=0) == pytest.approx([across + 106.0, 64.0], abs=0.3)


def test_after_correction_the_fragments_are_in_line_and_what_was_short_is_a_gap(case_dict: dict[str, Any]) -> None:
    deformity = {"varus_deg": 10, "apex_anterior_deg": 12, "medial_mm": 3, "short_mm": 5}
    level = level_of(case_dict, "right", "proximal", deformity)
    for view in ("AP", "lateral"):
        shown = radiograph(level, level.rows[-1].day, view)  # type: ignore[arg-type]
        assert shown.corresponding_mm == pytest.approx([0.0, 0.0], abs=SAME_MM)
        assert lean(shown.fragments["distal"].axis_mm) == pytest.approx(0.0, abs=1e-9)
        assert shown.fragments["distal"].axis_mm[0] == pytest.approx([0.0, 0.0], abs=SAME_MM)
        # The cut went through the point 5 mm up and 3 mm medial, at 10 deg: it met the axis 5 - 3 tan 10 deg up.
        assert shown.fragments["proximal"].axis_mm[0] == pytest.approx([0.0, 4.471], abs=1e-3)


@pytest.mark.hazard("H-11")
@pytest.mark.parametrize(("reference", "far"), [("proximal", -1.0), ("distal", +1.0)])
def test_a_lengthened_bone_is_cut_where_its_ends_met_and_has_a_gap_at_the_end(
    case_dict: dict[str, Any], reference: str, far: float
) -> None:
    level = level_of(case_dict, "right", reference, {"short_mm": 20})
    moving = {"proximal": "distal", "distal": "proximal"}[reference]
    for view in ("AP", "lateral"):
        before, after = radiograph(level, 0, view), radiograph(level, level.rows[-1].day, view)  # type: ignore[arg-type]
        for shown, at_mm in ((before, -20.0 * far), (after, 0.0)):
            assert shown.fragments[moving].axis_mm[0] == pytest.approx([0.0, at_mm], abs=SAME_MM)  # type: ignore[index]
            assert shown.fragments[reference].axis_mm[0] == pytest.approx([0.0, -20.0 * far], abs=SAME_MM)  # type: ignore[index]


@pytest.mark.hazard("H-11")
def test_the_two_cuts_of_a_bent_bone_lie_on_one_line(case_dict: dict[str, Any]) -> None:
    level = level_of(case_dict, "right", "proximal", {"varus_deg": 10, "short_mm": 6})
    fragments = radiograph(level, 0, "AP").fragments
    corners = np.concatenate([fragments[name].outline_mm[[0, 3]] for name in ("proximal", "distal")])
    # Square to the distal axis, which leans by 10 deg to the viewer's right: it rises to the right, through 6 mm up.
    assert corners[:, 1] - 6.0 == pytest.approx(corners[:, 0] * 0.17633, abs=1e-3)
    assert corners[:, 0].max() > 5.0
    after = radiograph(level, level.rows[-1].day, "AP").fragments
    assert after["proximal"].outline_mm == pytest.approx(fragments["proximal"].outline_mm)


def words_at(drawing: bytes, words: str) -> list[float]:
    """How far to the right a text stands, each time."""
    return [float(x) for x in re.findall(rf'<text x="([\d.-]+)"[^>]*>{words}</text>', drawing.decode())]


@pytest.mark.hazard("H-01", "H-02")
@pytest.mark.parametrize(("side", "medial_is_right"), [("right", True), ("left", False)])
def test_the_drawing_names_the_sides_as_the_film_has_them(
    case_dict: dict[str, Any], side: str, medial_is_right: bool
) -> None:
    drawing = radiograph_drawing(level_of(case_dict, side, "proximal", {"varus_deg": 10}))
    medial, lateral = words_at(drawing, "MEDIAL"), words_at(drawing, "LATERAL")
    assert len(medial) == len(lateral) == 2
    assert all((m > k) == medial_is_right for m, k in zip(medial, lateral, strict=True))
    # The moving fragment is the grey shape; its far end (the second corner) is on the medial side of its cut (the first).
    shape = re.search(r'<path d="M([^"]+) Z" fill="#b9c3cc"', drawing.decode())
    assert shape
    corners = [[float(number) for number in corner.split()] for corner in shape[1].split(" L")]
    assert (corners[1][0] > corners[0][0]) == medial_is_right
    assert corners[1][1] > corners[0][1], "distal is down"
    assert words_at(drawing, "ANTERIOR")[0] < words_at(drawing, "POSTERIOR")[0]


@pytest.mark.hazard("H-01")
def test_the_frame_is_seen_from_in_front_and_from_its_lateral_side() -> None:
    for side, lateral, to_the_right in (("right", -1.0, False), ("left", +1.0, True)):
        eye = camera(side)  # type: ignore[arg-type]
        assert eye.nearness(np.array([0.0, -1.0, 0.0])) > 0.0, "anterior is -y"
        assert eye.nearness(np.array([lateral, 0.0, 0.0])) > 0.0
        assert eye.nearness(np.array([0.0, 0.0, 1.0])) > 0.0, "seen from above"
        assert (eye.flat(np.array([lateral, 0.0, 0.0]))[0] > 0.0) == to_the_right
        # The patient's left is on the right, as when facing the patient, and proximal is up.
        assert eye.flat(np.array([1.0, 0.0, 0.0]))[0] > 0.0
        assert eye.flat(np.array([0.0, 0.0, 1.0])) == pytest.approx([0.0, np.hypot(1.0, 0.55) / np.sqrt(1.5525)])


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_joints_drawn_are_as_far_apart_as_the_struts_are_long(path: Path) -> None:
    plan = hexapod.make_plan(hexapod.load_case(path))
    for level in plan.levels:
        for row in (level.rows[0], level.rows[len(level.rows) // 3], level.rows[-1]):
            proximal, distal = placed_level(level, row.pose).joints_mm()
            assert np.linalg.norm(proximal - distal, axis=1) == pytest.approx(row.lengths_mm, abs=SAME_MM)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_models_in_the_chart_are_those_of_every_day(path: Path) -> None:
    plan = hexapod.make_plan(hexapod.load_case(path))
    for level in plan.levels:
        for strut in STRUT_LOOKS:
            shown = [
                one.model.name for one in fitted_struts(level, strut) for _ in range(one.first_day, one.last_day + 1)
            ]
            assert shown == [row.models[strut - 1] for row in level.rows]


def test_nearer_parts_of_the_frame_are_drawn_later(case_dict: dict[str, Any]) -> None:
    drawing = frame_view(level_of(case_dict, "right", "proximal", {})).decode()
    first = drawing[: drawing.index("Last day")]
    # The tab (dark) of the proximal ring is its front: nearer than its back and than the bone above it.
    tab = first.index('fill="#10151c" stroke="#10151c"')
    back = first.index('fill="#d6dde3"')
    bone = first.index('fill="#f')
    assert back < tab
    assert bone < tab
    assert all(f">{strut}</text>" in first for strut in range(1, 7))


def test_a_setting_is_drawn_at_its_place(case_dict: dict[str, Any]) -> None:
    level = hexapod.make_plan(read_case(case_dict)).levels[0]
    drawing = strut_chart(level).decode()
    # Strut 1 stands at 163 mm on day 0.  Its panel is 33 mm high from 8.0 mm and shows 114 to 186 mm (120 to 180 and a
    # tenth of 60 about it): 8 + 33 * (186 - 163) / 72 = 18.54 mm.  It begins 9 mm from the left.
    assert re.search(r'<path d="M9 18\.54 L[^"]*" fill="none" stroke="#c8352b"', drawing)
    # The band of 120 to 180 mm: 8 + 33 * 6 / 72 = 10.75 mm to 8 + 33 * 66 / 72 = 38.25 mm.
    assert '<path d="M9 10.75 L56.67 10.75 L56.67 38.25 L9 38.25 Z"' in drawing
    assert "120 to 180 mm: Generic medium strut" in drawing


def test_rates_are_those_of_the_path(case_dict: dict[str, Any]) -> None:
    level = hexapod.make_plan(read_case(case_dict)).levels[0]
    assert level.frame is not None
    point, rim, nerve = point_rates(level.frame.course)
    # 7 days of latency, then 9 mm at 1 mm a day straight down: all points alike, on days 8 to 16.
    for rate in (point, rim, nerve):
        assert rate.mm_per_day[:7] == pytest.approx(0.0)
        assert rate.mm_per_day[7:16] == pytest.approx(1.0)
    assert np.isnan(point.limits_mm[:7]).all()
    assert point.limits_mm[7:16] == pytest.approx(1.0)
    assert point.limits_mm[16] == 0.75
    assert nerve.limits_mm[16] == 1.0, "a structure keeps its own limit"
    assert point.fastest == (pytest.approx(1.0), 8)
    drawing = rate_chart(level).decode()
    assert ">max. 1</text>" in drawing
    assert ">max. 0.75</text>" in drawing
    assert ">common peroneal nerve</text>" in drawing


def test_the_deformity_chart_tells_the_words(case_dict: dict[str, Any]) -> None:
    drawing = deformity_chart(hexapod.make_plan(read_case(case_dict)).levels[0]).decode()
    for words in ("AP angulation: varus", "lateral angulation: apex anterior", "axial translation: short"):
        assert f">{words}</text>" in drawing


def test_a_word_that_changes_is_told_with_its_days(case_dict: dict[str, Any]) -> None:
    case_dict["levels"][0]["stages"] = [
        {"name": "over", "correct_to": {"valgus_deg": 3}},
        {"name": "back", "correct_to": {}},
    ]
    level = hexapod.make_plan(read_case(case_dict)).levels[0]
    turns = next(row.day for row in level.rows if "valgus_deg" in row.remaining)
    drawing = deformity_chart(level).decode()
    assert f">AP angulation: varus to day {turns - 1}, then valgus</text>" in drawing


def test_docking_is_marked_on_its_day() -> None:
    plan = hexapod.make_plan(hexapod.load_case(ROOT / "sample_cases" / "tibia_stacked_transport.json"))
    opening, closing = (gap_chart(level) for level in plan.levels)
    assert opening is not None
    assert closing is not None
    assert b"regenerate: 62 mm at most" in opening
    assert b"docking, day 68" in closing
    assert b"60 mm on day 0, 2 mm compressed at the end" in closing


def test_no_gap_no_chart(case_dict: dict[str, Any]) -> None:
    del case_dict["levels"][0]["bone"]
    assert gap_chart(hexapod.make_plan(read_case(case_dict)).levels[0]) is None


def test_panel_and_ticks() -> None:
    panel = Panel(10.0, 20.0, 100.0, 50.0, 0.0, 50.0, 100.0, 200.0)
    assert (panel.x(25.0), panel.y(100.0), panel.y(200.0), panel.y(125.0)) == (60.0, 70.0, 20.0, 57.5)
    assert ticks(95.0, 180.0, 5) == [100.0, 120.0, 140.0, 160.0, 180.0]
    assert ticks(0.0, 0.9, 5) == [0.0, 0.2, 0.4, 0.6, 0.8]


def test_marks_hold_no_markup_and_no_negative_nought() -> None:
    assert text((-0.001, 1.0), '<b> & "c"\x07').endswith(">&lt;b&gt; &amp; &quot;c&quot; </text>")
    assert line([(-0.001, 1.234), (2.0, 3.0)]).startswith('<path d="M0 1.23 L2 3"')
