"""A drawing made for paper, on the screen: as wide as there is room, in the colours of the page, told in words."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape

from hexapod.drawings.charts.axes import MARK, ON_MARK, SHADES
from hexapod.drawings.charts.strut_chart import BANDS
from hexapod.drawings.svg_marks import FAINT, INK, LINE, PALE

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


def for_screen(drawing: bytes, told: str, kept: Collection[str] = ()) -> str:
    """An SVG of this package for a page: `told` is what somebody hears who does not see it.

    Colours become `var(--chart-ROLE, the colour on paper)`; those in `kept`, such as the struts', stay.
    """
    body = drawing.decode("utf-8")
    found = _ROOT.match(body)
    assert found is not None, "a drawing of svg.py"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{found[1]}" role="img" aria-label="{escape(told)}">'
    return head + "\n".join(_line(mark, kept) for mark in body[found.end() :].split("\n"))


def _line(mark: str, kept: Collection[str]) -> str:
    """A mark in the colours of the page; the number on a strut's disc keeps the ink that can be read on its colour."""
    themed, number, rest = mark.partition("<text") if mark.startswith("<circle") else (mark, "", "")
    return _COLOUR.sub(lambda found: found[0] if found[2] in kept else _themed(found), themed) + number + rest


def _themed(found: re.Match[str]) -> str:
    role = ROLES.get(found[2])
    return found[0] if role is None else f'{found[1]}="var(--chart-{role}, {found[2]})"'
