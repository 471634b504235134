"""The charts of a hexapod on a screen: described in words, for a selected day too, in the colours of the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from html import escape

from hexapod.drawings.charts.axes import MARK, ON_MARK, SHADES
from hexapod.drawings.charts.day_charts import BANDS, TITLES, nearest_words
from hexapod.drawings.svg_marks import FAINT, INK, LINE, PALE
from hexapod.hardware.models import shown_name
from hexapod.plan.make_plan import LevelPlan, Row
from hexapod.plan.plan_file import FittedStrut, fitted_struts
from hexapod.text.case_sentences import at_a_gap, words_sentence
from hexapod.text.languages import STRUT_COLOURS
from hexapod.text.milestones import docking_words, has_docking, has_regenerate, length_words
from hexapod.text.numbers import number
from hexapod.trajectory.bone_trajectory import Rates


@dataclass(frozen=True)
class ChartWords:
    """What a chart shows as a whole, and on a day."""

    whole: str
    on_day: Callable[[int], str]


def rate_words(level: LevelPlan) -> ChartWords:
    """The rate of every tracked point: its maximum, and on a day."""
    rates = level.rates
    whole = [f"{one.name} at most {one.fastest[0]:.2f} mm a day, on day {one.fastest[1]}" for one in rates]
    return ChartWords(_listed(whole), lambda day: _listed([_rate_on(one, day) for one in rates]))


def _rate_on(rate: Rates, day: int) -> str:
    return f"{rate.name} {0.0 if day == 0 else rate.mm_per_day[day - 1]:.2f} mm"


def strut_words(level: LevelPlan) -> ChartWords:
    """First, last, least and largest reading of every strut, the ranges of its models, and its reading on a day."""
    whole = []
    for strut, colour in STRUT_COLOURS.items():
        readings = [row.settings_mm[strut - 1] for row in level.rows]
        models = " and ".join(_model(one) for one in fitted_struts(level, strut))
        whole.append(
            f"strut {strut} ({colour}) from {number(readings[0])} to {number(readings[-1])} mm, between "
            f"{number(min(readings))} and {number(max(readings))} mm, {models}"
        )
    return ChartWords(_listed(whole), lambda day: _listed(_readings(level.rows[day])))


def _readings(row: Row) -> list[str]:
    return [f"strut {strut} {number(reading)} mm" for strut, reading in enumerate(row.settings_mm, start=1)]


def _model(one: FittedStrut) -> str:
    scale = f"{number(one.model.min_mm)} to {number(one.model.max_mm)} mm"
    return f"{shown_name(one.model)} with a scale of {scale} on days {one.first_day} to {one.last_day}"


def deformity_words(level: LevelPlan) -> ChartWords:
    """The deformity left at the start, at the end and on a day."""
    first, last = level.rows[0], level.last
    whole = f"on day 0 {_left(level, first)}; on day {last.day} {_left(level, last)}"
    return ChartWords(_listed([whole]), lambda day: _listed([_left(level, level.rows[day])]))


def _left(level: LevelPlan, row: Row) -> str:
    gap = at_a_gap(level.entered)
    return words_sentence(row.remaining, "not displaced" if gap else "nothing left", gap=gap)


def gap_words(level: LevelPlan) -> ChartWords:
    """The distance to docking and the regenerate at the start, at the end and on a day."""
    first, last = level.rows[0], level.last
    whole = f"on day 0 {_gaps(level, first)}; on day {last.day} {_gaps(level, last)}"
    return ChartWords(_listed([whole]), lambda day: _listed([_gaps(level, level.rows[day])]))


def _gaps(level: LevelPlan, row: Row) -> str:
    parts = []
    if has_docking(level):
        way = docking_words(row.docking_mm)
        parts.append(way if way == "docked" else f"distance to docking {way} mm")
    if has_regenerate(level):
        parts.append(f"regenerate {length_words(row.regenerate_mm)} mm")
    return ", ".join(parts)


def clearance_words(level: LevelPlan) -> ChartWords:
    """The minimum clearance of every kind of pair in the whole motion and on a day."""
    shown = level.daily_clearances
    whole = [f"{TITLES[one.kind].lower()}: {nearest_words(one)}" for one in shown]
    return ChartWords(
        _listed(whole),
        lambda day: _listed(
            [f"{TITLES[one.kind].lower()} {one.least_mm[day]:.1f} mm ({one.pairs[day]})" for one in shown]
        ),
    )


def _listed(parts: list[str]) -> str:
    """Several parts as one sentence; empty for none."""
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


# The colours of the charts by what they are for: the page gives each its own, in light and in dark.  Those of the
# struts are not here: a strut has its colour everywhere.
ROLES = {
    INK: "ink",
    PALE: "pale",
    LINE: "line",
    FAINT: "faint",
    "#ffffff": "paper",
    BANDS[0]: "band-1",
    BANDS[1]: "band-2",
    MARK: "chosen",
    ON_MARK: "on-chosen",
    **{shade: f"series-{count}" for count, shade in enumerate(SHADES[1:], start=2)},
}
_ROOT = re.compile(r'^<svg xmlns="[^"]*" width="[^"]*" height="[^"]*" viewBox="([^"]*)">')
_COLOUR = re.compile(r'(fill|stroke)="(#[0-9a-f]{6})"')


def for_screen(drawing: bytes, description: str, kept: Collection[str] = ()) -> str:
    """An SVG of this package for a page: `description` is read out to those who cannot see it.

    Colours become `var(--chart-ROLE, the colour on paper)`; those in `kept`, such as the struts', stay.
    """
    body = drawing.decode("utf-8")
    found = _ROOT.match(body)
    assert found is not None, "a drawing of svg.py"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{found[1]}" role="img" aria-label="{escape(description)}">'
    )
    return head + "\n".join(_line(mark, kept) for mark in body[found.end() :].split("\n"))


def _line(mark: str, kept: Collection[str]) -> str:
    """A mark in the colours of the page; the number on a strut's disc keeps the ink that can be read on its colour."""
    themed, number, rest = mark.partition("<text") if mark.startswith("<circle") else (mark, "", "")
    return _COLOUR.sub(lambda found: found[0] if found[2] in kept else _themed(found), themed) + number + rest


def _themed(found: re.Match[str]) -> str:
    role = ROLES.get(found[2])
    return found[0] if role is None else f'{found[1]}="var(--chart-{role}, {found[2]})"'
