"""What was sent from the page at home, beside the plan: readings, how they were judged and why, pin sites and pain."""

from __future__ import annotations

from html import escape

import streamlit as st

from hexapod.app.session import library_access
from hexapod.case.model import Case
from hexapod.home.due import kind_text, signs_text
from hexapod.library import HomePost
from hexapod.text.numbers import number

# The newest on the page; an export has all.
MOST_SHOWN = 100
ANSWERS = {
    "right": "right",
    "stop": "told to stop and call",
    "later": "left for later",
    "answers": "",
}
_HEADS = ("Day", "From home", "Read, mm", "Planned, mm", "What it means", "Pain", "Note", "Arrived")


def show(token: str, case: Case) -> None:
    """The table; nothing while nothing was sent.

    Raises:
        HexapodError: the library does not answer.
    """
    posts = library_access.records().home.of(token) if token else ()
    if not posts:
        return
    st.subheader("From home", anchor=False)
    more = len(posts) - MOST_SHOWN
    if more > 0:
        st.html(f'<p class="hx-line hx-hint">The newest {MOST_SHOWN} of {len(posts)}.</p>')
    rows = "".join(_row(one, several=len(case.levels) > 1) for one in reversed(posts[-MOST_SHOWN:]))
    heads = "".join(f'<th scope="col">{name}</th>' for name in _HEADS)
    st.html(
        '<div class="hx-visits-scroll" role="region" tabindex="0" aria-label="From home"><table class="hx-visits">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(post: HomePost, *, several: bool) -> str:
    report = post.report
    where = f"hexapod {report.level + 1}, " if several and report.level is not None else ""
    stop = report.told == "stop"
    text = f"{where}{ANSWERS[report.told]}" or "answers"
    meaning = f"<b>{escape(kind_text(post))}</b><br>{escape(report.why)}" if stop else escape(signs_text(post))
    cells = (
        f'<b class="hx-overdue">{text}</b>' if stop else text,
        _six(report.settings_mm, report.planned_mm),
        _six(report.planned_mm),
        meaning,
        "" if report.pain is None else str(report.pain),
        escape(report.note),
        f"plan {post.plan}<br>{post.arrived[:10]} {post.arrived[11:16]} UTC",
    )
    body = "".join(f'<td data-head="{head}">{cell}</td>' for head, cell in zip(_HEADS[1:], cells, strict=True))
    return f'<tr><th scope="row">{report.at.replace("T", " ")}</th>{body}</tr>'


def _six(six: tuple[float, ...], planned: tuple[float, ...] = ()) -> str:
    """Six readings; those that are not the planned ones stand out."""
    off = [bool(planned) and read != planned[k] for k, read in enumerate(six)]
    return ", ".join(f"<b>{number(read)}</b>" if off[k] else number(read) for k, read in enumerate(six))
