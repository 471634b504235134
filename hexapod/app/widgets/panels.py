"""What can only be read: sentences in boxes, findings, and the schedule as a table; texts made fit for the page.

Every text is escaped, and every number is as the plan has it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import streamlit as st
from pydantic import ValidationError

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import session
from hexapod.case.level_parts import Deformity, Mounting
from hexapod.checks.findings import FindingGroup
from hexapod.hardware.models import marked_name
from hexapod.plan.make_plan import LevelPlan, Plan, Row
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.case_sentences import deformity_sentences, mounting_sentence, movement_sentences, not_displaced
from hexapod.text.field_kinds import SIDES
from hexapod.text.milestones import docking_words, has_docking, has_regenerate, length_words, level_sentences
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

_FINDING = {"refused": "Refused", "caution": "Warning", "ok": "Note"}
_MARKS = re.compile(r"[\\`*_\[\]~$:<]")
# By planned day and strut.
Exchanges = dict[tuple[int, int], Exchange]


def deformity_lines() -> list[str]:
    """The deformity of the level being edited, as soon as the reference is chosen and the words can be read."""
    level = session.level()
    # Of a construct whose stages are still to be chosen: it is there to transport.
    chosen = [stage["kind"] for stage in level["stages"] if stage["kind"] is not None]
    transports = "transport" in chosen or (d.is_construct(session.draft()) and "correct_to" not in chosen)
    nothing = not_displaced(level["indication"], transports=transports, coupled=d.follows(level))
    return _sentences(partial(deformity_sentences, docks=d.follows(level)), "deformity", Deformity, [nothing])


def mounting_lines() -> list[str]:
    """The mounting of the level being edited."""
    return _sentences(lambda *said: [mounting_sentence(*said)], "mounting", Mounting, [])


def movement_lines(outcome: Outcome, index: int) -> list[str]:
    """How the moving fragment of a level will travel, from the plan of these very entries."""
    return movement_sentences(outcome.plan.levels[index].course) if isinstance(outcome.plan, Plan) else []


def show(title: str, lines: list[str], otherwise: str) -> None:
    """A panel of sentences, or the one that says why there are none.  It is always there, so nothing moves."""
    body = "".join(f"<li>{unbroken(line)}</li>" for line in lines)
    body = f"<ul>{body}</ul>" if lines else f'<p class="hx-none">{escape(otherwise)}</p>'
    st.html(f'<section class="hx-readback" aria-label="{escape(title)}"><h3>{escape(title)}</h3>{body}</section>')


def _sentences(sentences: Any, part: str, model: Any, nothing: list[str]) -> list[str]:
    reading = session.opened().reading
    path = ("levels", session.level()["uid"], part)
    level = reading.document["levels"][session.level_index()]
    if level.get("reference") is None:
        return []
    if any(trouble.path[:3] == path for trouble in reading.troubles):
        return ["Not yet: an entry is to be completed or corrected."]
    if part not in level:
        return ["Not entered yet."]
    try:
        words = model.model_validate(level.get(part) or {})
    except ValidationError:
        return []
    return sentences(words.words(), level["reference"]) or nothing


def finding_html(group: FindingGroup, where: str = "") -> str:
    """What it is, its code in small print, and the message; `where` stands before the code."""
    worst = group.worst
    return (
        f'<div class="hx-finding hx-{worst.verdict}"><b>{_FINDING[worst.verdict]}</b> '
        f"<span>{escape(where)}{escape(worst.code)}</span><p>{escape(group.message)}</p></div>"
    )


def limb_name(limb: Mapping[str, str | None]) -> str:
    """Side and bone in capitals, with what is missing said.

    >>> limb_name({"side": "left", "bone": "tibia"}), limb_name({"side": None, "bone": "tibia"})
    ('LEFT TIBIA', 'SIDE? TIBIA')
    """
    return f"{SIDES.get(limb['side'] or '', 'SIDE?')} {(limb['bone'] or 'bone?').upper()}"


def plain(text: str) -> str:
    r"""A text of a case for the label of a button, where Streamlit would read it as Markdown.

    >>> print(plain("![x](y) _a_"))
    !\[x\](y) \_a\_
    """
    return _MARKS.sub(r"\\\g<0>", text)


def unbroken(text: str) -> str:
    """A sentence as HTML in which a size keeps its unit on its line.

    >>> unbroken("5 mm < 6 deg")
    '5&nbsp;mm &lt; 6&nbsp;deg'
    """
    return escape(text).replace(" mm", "&nbsp;mm").replace(" deg", "&nbsp;deg")


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
    heads = [*(["Hexapod"] if several else []), "Strut", "From", "To", "Old reads, mm", "Fit at, mm", "Possible"]
    head = "".join(f'<th scope="col">{one}</th>' for one in ("Date", *heads))
    rows = "".join(_changeout(level, one, heads) for level, one in found)
    return (
        '<div class="hx-changeouts" role="region" tabindex="0" aria-label="Strut change-outs">'
        f'<table class="hx-troubles"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _changeout(level: LevelPlan, one: Exchange, heads: list[str]) -> str:
    """A row: in the morning of its day; why it has to be is told by the pointer.  On a phone a cell says its head."""
    first, last = (level.rows[day].date for day in (one.first_day, one.last_day))
    possible = "that day only" if first == last else f"{_date(first)} to {_date(last)}"
    cells = [
        *([escape(level.name)] if "Hexapod" in heads else []),
        f'<span class="hx-strut hx-strut-{one.strut}"><span class="hx-disc">{one.strut}</span></span>',
        escape(marked_name(one.old)),
        f"<b>{escape(marked_name(one.new))}</b>",
        number(one.old_reads_mm),
        f"<b>{number(one.new_reads_mm)}</b>",
        possible,
    ]
    date = f'<b>{_date(level.rows[one.planned_day].date)}</b><br/><span class="hx-soft">day {one.planned_day}</span>'
    cells_html = "".join(f'<td data-head="{head}">{cell}</td>' for head, cell in zip(heads, cells, strict=True))
    return f'<tr title="{escape(one.reason)}"><th scope="row">{date}</th>{cells_html}</tr>'


def _date(date: datetime.date) -> str:
    return f"{date:%a} {date.isoformat()}"


def milestones_html(level: LevelPlan) -> str:
    """Docking, regenerate and time in the frame, or nothing when the plan has none of them."""
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
    cells += "".join(f'<td class="hx-gap" data-head="{gap.head}">{gap.words(row)}</td>' for gap in gaps)
    return (
        f'<tr{stage} data-day="{row.day}"><th scope="row">{row.day}</th><td class="hx-date">{_date(row.date)}</td>'
        f'<td class="hx-stage">{escape(row.stage)}</td>{cells}</tr>'
    )


def _mark(exchange: Exchange | None) -> str:
    if exchange is None:
        return ""
    return f'<span class="hx-exchange" title="for {escape(marked_name(exchange.new))}">change-out</span>'
