"""Whether letters on a page run into each other, or out of the page: what an eye would see at once."""

from __future__ import annotations

from collections.abc import Sequence

from tests.documents.printed import Page, Run

# The margins of every page, pt, with half a point for rounding.
MARGIN_PT = 14 / 25.4 * 72 - 0.5
# Nearer to the upper or lower edge (pt) no letter may stand: printers leave a border of 5 mm.
LEAST_PT = 15.0
# Shares of a letter's size above and below its baseline that are surely ink; overlap (pt) that no eye sees.
ABOVE, BELOW, UNSEEN_PT = 0.62, 0.12, 0.7


def trouble(pages: Sequence[Page]) -> list[str]:
    """What is cut off or printed over something else, in words; nothing where all is well."""
    told = []
    for number, page in enumerate(pages, 1):
        runs = [run for run in page.runs if run.text.strip(" \u200b")]
        beyond = [run for run in runs if run.x < MARGIN_PT or _end(run) > page.width - MARGIN_PT]
        beyond += [run for run in runs if not LEAST_PT < run.y < page.height - LEAST_PT]
        told += [f"page {number}: “{run.text}” leaves the page" for run in beyond]
        told += [f"page {number}: “{a.text}” over “{b.text}”" for a, b in _overlapping(runs)]
    return told


def _overlapping(runs: Sequence[Run]) -> list[tuple[Run, Run]]:
    ordered = sorted(runs, key=lambda run: -run.y)
    found = []
    for k, upper in enumerate(ordered):
        for lower in ordered[k + 1 :]:
            if lower.y + ABOVE * lower.size <= upper.y - BELOW * upper.size - 10:
                break
            across = min(_end(upper), _end(lower)) - max(upper.x, lower.x)
            down = min(upper.y + ABOVE * upper.size, lower.y + ABOVE * lower.size) - max(
                upper.y - BELOW * upper.size, lower.y - BELOW * lower.size
            )
            if across > UNSEEN_PT and down > UNSEEN_PT:
                found.append((upper, lower))
    return found


def _end(run: Run) -> float:
    """Where the ink ends: a space at the end of a line is not ink."""
    spaces = len(run.text) - len(run.text.rstrip())
    return run.right - spaces * 0.26 * run.size
