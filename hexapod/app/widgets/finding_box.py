"""A group of findings as a box: the same wherever findings stand on the page."""

from __future__ import annotations

from html import escape

from hexapod.text.grouped_findings import FindingGroup


def finding_html(group: FindingGroup, where: str = "") -> str:
    """Verdict, code and message; `where` stands before the code."""
    worst = group.worst
    return (
        f'<div class="hx-finding hx-{worst.verdict}"><b>{worst.verdict.upper()}</b> '
        f"<span>{escape(where)}{escape(worst.code)}</span><p>{escape(group.message)}</p></div>"
    )
