"""The charts of the Check step, read back from their drawings as an eye would: by the figures of their axes."""

from __future__ import annotations

import functools
import itertools
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from hexapod.app.widgets.drawings import CHARTS, charts_html
from hexapod.deformity import quantities as w
from hexapod.text.strut_looks import STRUT_LOOKS
from hexapod.trajectory.bone_trajectory import point_rates
from tests.documents.plain_case import PLANNED, document, planned, sample, text_of

SVG = "{http://www.w3.org/2000/svg}"
# Places are printed to a hundredth of a millimetre of the drawing.
ROUND_MM = 0.006
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Read:
    """A panel: its lines by colour as days and values, the day that is marked, and how far rounding goes."""

    lines: list[tuple[str, Points]]
    marked: float | None
    day: float
    value: float


def drawings(html: str) -> dict[str, ET.Element]:
    """The drawings by heading; the whole is well-formed."""
    whole = ET.fromstring(html)
    return {str(figure[0].text): figure for figure in whole.iter("figure")}


def numbers(path: str) -> Points:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def panels(figure: ET.Element) -> list[Read]:
    marks = list(figure.iter())
    paths = [mark for mark in marks if mark.tag == f"{SVG}path"]
    texts = [mark for mark in marks if mark.tag == f"{SVG}text"]
    frames = [
        numbers(path.attrib["d"])
        for path in paths
        if path.attrib["d"].endswith("Z") and path.attrib["fill"] == "none" and "--chart-line" in path.attrib["stroke"]
    ]
    return [_panel(frame, paths, texts) for frame in frames]


def _panel(frame: Points, paths: Sequence[ET.Element], texts: Sequence[ET.Element]) -> Read:
    (left, top), (right, bottom) = frame[0], frame[2]
    at = [
        (float(text.attrib["x"]), float(text.attrib["y"]), str(text.text), text.attrib["text-anchor"]) for text in texts
    ]
    values = [(y - 0.85, float(told)) for x, y, told, anchor in at if anchor == "end" and abs(x - left + 1) < 0.02
              and top - 1 < y < bottom + 1.5]  # fmt: skip
    days = [(x, float(told)) for x, y, told, anchor in at if anchor == "middle" and abs(y - bottom - 3.5) < 0.02
            and left - 0.02 <= x <= right + 0.02]  # fmt: skip
    day, day_mm = _scale(days)
    value, value_mm = _scale(values)
    lines, marked = [], None
    for path in paths:
        points, stroke = numbers(path.attrib["d"]), path.attrib.get("stroke", "")
        inside = all(left - 0.05 <= x <= right + 0.05 and top - 0.05 <= y <= bottom + 0.7 for x, y in points)
        if not inside or path.attrib["d"].endswith("Z"):
            continue
        if "--chart-chosen" in stroke:
            assert points[0][0] == points[1][0]
            marked = day(points[0][0])
        elif "stroke-width" in path.attrib and len(points) > 2:
            lines.append((stroke, [(day(x), value(y)) for x, y in points]))
    return Read(lines, marked, ROUND_MM * day_mm * 6, ROUND_MM * value_mm * 4)


def _scale(told: list[tuple[float, float]]) -> tuple[functools.partial[float], float]:
    """From places to what the figures say, and how much a millimetre is."""
    (a, first), (b, last) = told[0], told[-1]
    share = (last - first) / (b - a)
    return functools.partial(_at, a, first, share), abs(share)


def _at(place: float, value: float, share: float, mm: float) -> float:
    return value + (mm - place) * share


def same(read: Read, line: Points, days: Sequence[float], values: Sequence[float]) -> None:
    assert [day for day, _ in line] == pytest.approx(list(days), abs=read.day)
    assert [value for _, value in line] == pytest.approx(list(values), abs=read.value)


def levels() -> list[tuple[str, int]]:
    """Every level of every sample, counted in its file: nothing is planned before a test runs."""
    return [(name, level) for name in PLANNED for level in range(len(json.loads(text_of(name))["levels"]))]


@pytest.mark.hazard("H-09")
@pytest.mark.parametrize(("name", "number"), levels())
def test_what_is_drawn_is_what_the_plan_has_on_every_day(name: str, number: int) -> None:
    level = sample(name)[1].levels[number]
    assert level.frame is not None
    chosen = len(level.rows) // 3
    drawn = drawings(charts_html(level, chosen))
    days = [row.day for row in level.rows]

    (read,) = panels(drawn["Rate"])
    rates = point_rates(level.frame.course)
    assert len(read.lines) == len(rates)
    for (_, line), rate in zip(read.lines, rates, strict=True):
        evenings = [day for last in days[1:] for day in (last - 1, last)]
        same(read, line, evenings, [value for value in rate.mm_per_day for _ in range(2)])

    six = panels(drawn["Strut travel"])
    for strut, read in enumerate(six, start=1):
        own = [line for stroke, line in read.lines if stroke == STRUT_LOOKS[strut].shade]
        exchanged = sorted(one.planned_day for one in level.exchanges if one.strut == strut)
        starts = [0, *exchanged]
        assert len(own) == len(starts), "one line for each model"
        for line, first, until in zip(own, starts, [*exchanged, len(days)], strict=True):
            same(read, line, days[first:until], [row.settings_mm[strut - 1] for row in level.rows[first:until]])

    angles = (w.AP_ANGULATION, w.LATERAL_ANGULATION, w.AXIAL_ROTATION)
    shifts = (w.AP_TRANSLATION, w.LATERAL_TRANSLATION, w.AXIAL_TRANSLATION)
    for read, pairs in zip(panels(drawn["Deformity remaining"]), (angles, shifts), strict=True):
        for (_, line), pair in zip(read.lines, pairs, strict=True):
            left = [
                abs(row.remaining.get(pair.positive, 0.0) - row.remaining.get(pair.negative, 0.0)) for row in level.rows
            ]
            same(read, line, days, left)

    found = level.daily_clearances
    for read, one in zip(panels(drawn["Clearances"]), found, strict=True):
        ((_, line),) = read.lines
        same(read, line, days, one.least_mm)

    gaps = [[row.docking_mm for row in level.rows], [row.regenerate_mm for row in level.rows]]
    shown = [[mm or 0.0 for mm in gap] for gap in gaps if any(mm is not None for mm in gap)]
    assert ("Docking and regenerate" in drawn) == bool(shown)
    if shown:
        (read,) = panels(drawn["Docking and regenerate"])
        for (_, line), gap in zip(read.lines, shown, strict=True):
            same(read, line, days, gap)

    for figure in drawn.values():
        for read in panels(figure):
            assert read.marked == pytest.approx(chosen, abs=read.day)
        assert f"Day {chosen}:" in "".join(figure.itertext())


def test_every_chart_is_told_in_words_and_the_day_with_its_values() -> None:
    _, plan = sample("tibia_varus")
    told = drawings(charts_html(plan.levels[0], 10))
    assert list(told) == [chart.heading for chart in CHARTS]
    for heading, figure in told.items():
        (drawing,) = figure.iter(f"{SVG}svg")
        assert drawing.attrib["role"] == "img"
        assert drawing.attrib["aria-label"].startswith(f"{heading} by day. ")
        assert figure[-1].tag == "figcaption"
        assert "width" not in drawing.attrib, "as wide as the page has room"
    words = {heading: "".join(figure[-1].itertext()) for heading, figure in told.items()}
    # The same day stands in the patient's sheet: 158, 161, 124, 140, 153, 167.
    assert "Day 10: Strut 1 158 mm; strut 2 161 mm; strut 3 124 mm; strut 4 140 mm" in words["Strut travel"]
    labels = {heading: next(figure.iter(f"{SVG}svg")).attrib["aria-label"] for heading, figure in told.items()}
    assert "Strut 1 (red) from 155 to 159 mm, between 155 and 164 mm, Generic medium strut with a scale of 120 to 180 mm on days 0 to 90" in labels["Strut travel"]  # fmt: skip
    assert "on day 90 nothing left." in labels["Deformity remaining"]
    assert "Strut to strut: limit 2 mm; minimum 3.0 mm on day 0, struts 5 and 6" in labels["Clearances"]


def test_every_day_is_in_the_page_for_the_browser_to_show() -> None:
    _, plan = sample("tibia_varus")
    level = plan.levels[0]
    for heading, figure in drawings(charts_html(level)).items():
        told = json.loads(figure.attrib["data-days"])
        assert len(told) == len(level.rows)
        assert told[0] == "".join(figure[-1].find("span").itertext())
        marks = [mark for mark in figure.iter(f"{SVG}g") if "data-day" in mark.attrib]
        assert marks, heading
        assert {mark.attrib["data-day"] for mark in marks} == {"0"}, heading
    # The same day stands in the patient's sheet.
    struts = json.loads(drawings(charts_html(level))["Strut travel"].attrib["data-days"])
    assert (
        struts[10] == "Strut 1 158 mm; strut 2 161 mm; strut 3 124 mm; strut 4 140 mm; strut 5 153 mm; strut 6 167 mm."
    )
    assert struts[1] is None, "as on the day before"


def test_texts_of_the_case_stay_texts() -> None:
    value = document("tibia_varus")
    name = 'n"><script>x</script> :red[a] $x^2$ **b**\n\n# head'
    value["levels"][0]["structures_at_risk"][0]["name"] = name
    html = charts_html(planned(value)[1].levels[0], 3)
    assert "<script" not in html
    assert "\n" not in html, "an empty line would end the block, and Markdown begin"
    (drawing,) = drawings(html)["Rate"].iter(f"{SVG}svg")
    assert " ".join(name.split())[:20] in drawing.attrib["aria-label"]


def test_the_numbers_of_struts_keep_their_ink_and_struts_their_colours() -> None:
    _, plan = sample("tibia_varus")
    figure = drawings(charts_html(plan.levels[0]))["Strut travel"]
    discs = [mark for mark in figure.iter() if mark.tag in (f"{SVG}circle", f"{SVG}text")]
    inks = {
        str(text.text): (disc.attrib["fill"], text.attrib["fill"])
        for disc, text in itertools.pairwise(discs)
        if disc.tag == f"{SVG}circle"
    }
    assert inks == {str(strut): (look.shade, look.ink) for strut, look in STRUT_LOOKS.items()}
