"""Pictures on the pages: radiographs of the level, small drawings of what is measured, charts of the Check step."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from hexapod.app.draft.typed_text import Trouble
from hexapod.app.session import session
from hexapod.deformity.quantities import Fragment
from hexapod.drawings.charts.day_charts import clearance_chart, deformity_chart, gap_chart, rate_chart, strut_chart
from hexapod.drawings.charts.descriptions import (
    ChartWords,
    clearance_words,
    deformity_words,
    for_screen,
    gap_words,
    rate_words,
    strut_words,
)
from hexapod.drawings.entry.measure_drawings import measure_drawing
from hexapod.drawings.entry.radiographs import entry_radiographs, inner_fragments
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.strut_looks import STRUT_LOOKS

STYLE = Path(__file__).parents[1] / "drawings.css"


def style() -> None:
    """The colours and sizes of all drawings: once on every page."""
    st.html(STYLE)


def films(
    limb: Mapping[str, Any],
    level: Mapping[str, Any],
    *,
    unread: Collection[str] = (),
    inner: Collection[Fragment] = (),
) -> None:
    """AP and lateral film of a level as far as it has been entered.

    `limb` and `level` are parts of `read_draft(draft).document`; `unread` comes from `unread_keys`, `inner` from
    `inner_fragments`.
    """
    show(films_html(limb, level, unread=unread, inner=inner))


def radiographs_of_level() -> None:
    """The films as far as the entries say, whatever else of the case is still missing or wrong."""
    reading, index = session.opened().reading, session.level_index()
    levels = reading.document["levels"]
    films(
        reading.document["limb"],
        levels[index],
        unread=unread_keys(reading.troubles, index),
        inner=inner_fragments(levels, index),
    )


def measure(quantity: str, *, side: str | None, reference: str | None, bone: str | None) -> None:
    """The small drawing of what is measured, for this side and this reference."""
    show(measure_html(quantity, side=side, reference=reference, bone=bone))


def show(html: str) -> None:
    """A picture on the page.  `st.html` takes every SVG out of what it shows; Markdown with HTML does not.

    In Markdown a block of HTML ends at an empty line, and what follows would be read as Markdown: there is one line.
    Streamlit looks for the names of icons, `:material/home:`, before anything else: no colon is left to begin one.
    """
    st.markdown(" ".join(html.splitlines()).replace(":", "&#58;"), unsafe_allow_html=True)


def films_html(
    limb: Mapping[str, Any],
    level: Mapping[str, Any],
    *,
    unread: Collection[str] = (),
    inner: Collection[Fragment] = (),
) -> str:
    """What `films` shows.  Its films take the same room whatever is drawn, so that nothing moves while typing."""
    shown = entry_radiographs(limb, level, unread=unread, inner=inner)
    notes = "".join(f"<li>{escape(note)}</li>" for note in shown.notes)
    if not shown.radiographs:
        return f'<section class="hx-films hx-nofilm" aria-label="Radiographs as entered"><ul>{notes}</ul></section>'
    key = "".join(f"<li>{one.mark}<span>{escape(one.words)}</span></li>" for one in shown.key)
    unseen = f"<p>{escape(shown.unseen)}</p>" if shown.unseen else ""
    list_html = f'<ul class="hx-undrawn">{notes}</ul>' if notes else ""
    return (
        f'<section class="hx-films" aria-label="Radiographs as entered"><div>{"".join(shown.radiographs)}</div>{unseen}'
        f'<ul class="hx-keys">{key}</ul>{list_html}</section>'
    )


def measure_html(quantity: str, *, side: str | None, reference: str | None, bone: str | None) -> str:
    """What `measure` shows."""
    drawing = measure_drawing(quantity, side=side, reference=reference, bone=bone)
    return f'<div class="hx-measure">{drawing}</div>'


def unread_keys(troubles: Iterable[Trouble], index: int) -> frozenset[str]:
    """Keys inside level `index` whose entry has no meaning yet, for the pictures to say so instead of taking zero."""
    start = f"levels[{index}]."
    return frozenset(one.key.removeprefix(start) for one in troubles if not one.missing and one.key.startswith(start))


@dataclass(frozen=True)
class Chart:
    """A chart: its heading, what is seen, who draws it, who tells it in words, and the colours that it keeps."""

    heading: str
    caption: str
    draw: Callable[[LevelPlan, int | None], bytes | None]
    tell: Callable[[LevelPlan], ChartWords]
    kept: tuple[str, ...] = ()


CHARTS = (
    Chart(
        "Rate",
        "How far each tracked point moves a day. Broad grey lines: the limits. Numbers above: the stages.",
        rate_chart,
        rate_words,
    ),
    Chart(
        "Strut travel",
        "The reading of every evening. Grey bands: the range of the model fitted on these days.",
        strut_chart,
        strut_words,
        tuple(look.shade for look in STRUT_LOOKS.values()),
    ),
    Chart(
        "Deformity remaining",
        "What remains every evening, as a magnitude; the words tell its direction. Lengthening and transport count as "
        "translations, so these grow where they are planned.",
        deformity_chart,
        deformity_words,
    ),
    Chart(
        "Docking and regenerate",
        "Distance to docking and length of the regenerate every evening.",
        gap_chart,
        gap_words,
    ),
    Chart(
        "Clearances",
        "The least distance of each day, of all pairs of a kind. Grey: nearer than the limit. 0 or less: they touch.",
        clearance_chart,
        clearance_words,
    ),
)
# Greys are the page's own ink, so that they are right on any ground; the colours of series are two sets.
CHART_STYLE = """
.hx-charts { --chart-ink: currentColor;
  --chart-pale: color-mix(in srgb, currentColor 72%, transparent);
  --chart-line: color-mix(in srgb, currentColor 42%, transparent);
  --chart-faint: color-mix(in srgb, currentColor 14%, transparent);
  --chart-band-1: color-mix(in srgb, currentColor 10%, transparent);
  --chart-band-2: color-mix(in srgb, currentColor 18%, transparent); }
@supports (color: light-dark(#000, #fff)) { .hx-charts {
  --chart-paper: light-dark(#ffffff, #0e1117);
  --chart-series-2: light-dark(#2269b8, #6fb1f5); --chart-series-3: light-dark(#a3301f, #ff9384);
  --chart-series-4: light-dark(#1b6b37, #67cf8b); --chart-series-5: light-dark(#7f4bb0, #cba2f2);
  --chart-series-6: light-dark(#8a5a00, #eebc5c);
  --chart-chosen: light-dark(#b3005e, #ff8cc6); --chart-on-chosen: light-dark(#ffffff, #2b0016); } }
.hx-charts figure { margin: 0 0 2rem; overflow-x: auto; }
.hx-charts [role=heading] { margin: 0 0 0.25rem; font-weight: 600; font-size: 1.1rem; }
.hx-charts svg { display: block; width: 100%; min-width: 44rem; max-width: 72rem; height: auto; }
.hx-charts svg text { font-family: inherit; }
.hx-charts figcaption { font-size: 0.9rem; margin-top: 0.25rem; max-width: 72rem; }
"""


def charts_html(level: LevelPlan, chosen_day: int = 0) -> str:
    """All charts of a level; the day that is looked at is marked in each, and told beneath it.

    To be put on the page by `show_svg`: `st.html` takes drawings out.  Texts of the case are escaped in it.  What
    every day has is in it, so that the browser shows another day without asking (`browser_scripts.one_day`).
    """
    figures = [_figure(level, chosen_day, chart) for chart in CHARTS]
    whole = f'<div class="hx-charts"><style>{CHART_STYLE}</style>{"".join(figures)}</div>'
    return " ".join(whole.split())


def _figure(level: LevelPlan, day: int, chart: Chart) -> str:
    drawing = chart.draw(level, day)
    if drawing is None:
        return ""
    words = chart.tell(level)
    drawn = for_screen(drawing, f"{chart.heading} by day. {words.whole}", chart.kept)
    # Not h4: Streamlit would put a link to itself beside it.
    head = f'<div role="heading" aria-level="4">{chart.heading}</div>'
    descriptions = [words.on_day(row.day) for row in level.rows]
    days = escape(json.dumps([None if k and one == descriptions[k - 1] else one for k, one in enumerate(descriptions)]))
    chosen = f"<br/><b>Day {day}:</b> <span>{escape(descriptions[day])}</span>"
    return f'<figure data-days="{days}">{head}{drawn}<figcaption>{chart.caption}{chosen}</figcaption></figure>'
