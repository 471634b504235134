"""The schedule as a table that can only be read: every text escaped, every number as the plan has it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from hexapod.app.widgets.panels import unbroken
from hexapod.plan.make_plan import LevelPlan, Plan, Row
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.milestones import docking_words, has_docking, has_regenerate, length_words, level_sentences
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

# By planned day and strut.
Exchanges = dict[tuple[int, int], Exchange]


@dataclass(frozen=True)
class _Gap:
    """A column that only some levels have."""

    head: str
    there: Callable[[LevelPlan], bool]
    words: Callable[[Row], str]


_GAPS = (
    _Gap("Docking, mm", has_docking, lambda row: docking_words(row.docking_mm)),
    _Gap("Regenerate, mm", has_regenerate, lambda row: length_words(row.regenerate_mm)),
)


def schedule_html(level: LevelPlan) -> str:
    """The table of one level: a row a day, settings in mm at the end of the day, change-outs marked.

    The browser marks the row of the day that is looked at (`browser_scripts.one_day`).
    """
    exchanges = {(exchange.planned_day, exchange.strut): exchange for exchange in level.exchanges}
    heads = "".join(
        f'<th scope="col" class="hx-strut hx-strut-{strut}"><span class="hx-disc">{strut}</span>'
        f'<span class="hx-colour">{look.name}</span></th>'
        for strut, look in STRUT_LOOKS.items()
    )
    gaps = [gap for gap in _GAPS if gap.there(level)]
    heads += "".join(f'<th scope="col" class="hx-gap">{gap.head}</th>' for gap in gaps)
    rows, before = [], ""
    for row in level.rows:
        rows.append(_row(row, exchanges, gaps, new_stage=row.stage != before))
        before = row.stage
    return (
        '<div class="hx-scroll" role="region" tabindex="0" aria-label="Schedule, settings in mm">'
        '<table class="hx-schedule"><caption>Settings in mm that the six scales shall read at the end of each day'
        '</caption><thead><tr><th scope="col">Day</th><th scope="col">Date</th><th scope="col">Stage</th>'
        f"{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def changeouts_html(plan: Plan) -> str:
    """All strut change-outs of a plan in one table by date, or that there is none."""
    several = len(plan.levels) > 1
    found = sorted(
        ((level, one) for level in plan.levels for one in level.exchanges),
        key=lambda pair: (pair[1].planned_day, pair[0].name, pair[1].strut),
    )
    if not found:
        return '<p class="hx-line hx-hint hx-sign">No strut is changed out.</p>'
    heads = [
        "Date",
        *(["Hexapod"] if several else []),
        "Strut",
        "From",
        "To",
        "Old reads, mm",
        "Fit at, mm",
        "Possible",
    ]
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    rows = "".join(_changeout(level, one, several=several) for level, one in found)
    return (
        '<div class="hx-changeouts" role="region" tabindex="0" aria-label="Strut change-outs">'
        f'<table class="hx-troubles"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _changeout(level: LevelPlan, one: Exchange, *, several: bool) -> str:
    """A row: in the morning of its day; why it has to be is told by the pointer."""
    first, last = (level.rows[day].date for day in (one.first_day, one.last_day))
    possible = "that day only" if first == last else f"{_date(first)} to {_date(last)}"
    cells = [
        *([escape(level.name)] if several else []),
        f'<span class="hx-strut hx-strut-{one.strut}"><span class="hx-disc">{one.strut}</span></span>',
        escape(one.old.name),
        f"<b>{escape(one.new.name)}</b>",
        number(one.old_reads_mm),
        f"<b>{number(one.new_reads_mm)}</b>",
        possible,
    ]
    date = f'<b>{_date(level.rows[one.planned_day].date)}</b><br/><span class="hx-soft">day {one.planned_day}</span>'
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr title="{escape(one.reason)}"><th scope="row">{date}</th>{told}</tr>'


def _date(date: datetime.date) -> str:
    return f"{date:%a} {date.isoformat()}"


def milestones_html(level: LevelPlan) -> str:
    """Docking, new bone and time in the frame, or nothing when the plan has none of them."""
    lines = "".join(f"<li>{unbroken(sentence)}</li>" for sentence in level_sentences(level))
    return (
        f'<ul class="hx-milestones" aria-label="Docking, time in the frame and clearances">{lines}</ul>'
        if lines
        else ""
    )


def _row(row: Row, exchanges: Exchanges, gaps: list[_Gap], *, new_stage: bool) -> str:
    stage = ' class="hx-stage-start"' if new_stage else ""
    cells = "".join(
        f"<td>{number(setting)}{_mark(exchanges.get((row.day, strut)))}</td>"
        for strut, setting in enumerate(row.settings_mm, start=1)
    )
    cells += "".join(f'<td class="hx-gap">{gap.words(row)}</td>' for gap in gaps)
    return (
        f'<tr{stage} data-day="{row.day}"><th scope="row">{row.day}</th><td class="hx-date">{_date(row.date)}</td>'
        f'<td class="hx-stage">{escape(row.stage)}</td>{cells}</tr>'
    )


def _mark(exchange: Exchange | None) -> str:
    if exchange is None:
        return ""
    return f'<span class="hx-exchange" title="for {escape(exchange.new.name)}">change-out</span>'
