"""Blocks of a report: headings, paragraphs, lists, tables and pictures, as data for the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hexapod.case.model import Case, Level
from hexapod.text.case_fields import key_in_words
from hexapod.text.field_kinds import NUMBERS, CaseField
from hexapod.text.numbers import number

Block = dict[str, Any]
# A cell is one text, or several that stand beneath each other.
Cell = str | Sequence[str]
Align = Literal["left", "right", "center"]
# A column as wide as its content, or one of those that share what is left.
AUTO, SHARE = "auto", "share"
NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, its width (`auto`, `share` or mm) and where its content stands.

    In a `lead` column the first text of every cell stands out.
    """

    head: str
    width: str | float = AUTO
    align: Align = "left"
    lead: bool = False


@dataclass(frozen=True)
class Across:
    """A row of a table that is one text over all columns."""

    text: str


Row = Sequence[Cell] | Across


def heading(text: str, depth: int = 1, *, new_page: bool = False) -> Block:
    """A heading, which is also a bookmark; depth 1 begins a part of the report."""
    return {"kind": "heading", "text": text, "depth": depth, "new-page": new_page}


def paragraph(text: str, *, strong: bool = False, sticky: bool = False) -> Block:
    """A paragraph; a sticky one stays on the page of what follows it."""
    return {"kind": "text", "text": text, "strong": strong, "sticky": sticky}


def points(texts: Sequence[str]) -> list[Block]:
    """A list, or nothing when there is nothing to list."""
    return [{"kind": "list", "items": list(texts)}] if texts else []


def table(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    small: bool = False,
    whole: bool = False,
    firm: bool = False,
) -> Block:
    """A table with a heading on every page.

    `small` is for long ones, `whole` for short ones that stay on one page; `firm` keeps each row on one page.
    """
    cells = [
        {"across": row.text} if isinstance(row, Across) else {"cells": [_lines(cell) for cell in row]} for row in rows
    ]
    heads = [
        {"head": column.head, "width": column.width, "align": column.align, "lead": column.lead} for column in columns
    ]
    return {"kind": "table", "columns": heads, "rows": cells, "small": small, "whole": whole, "firm": firm}


def pairs(rows: Sequence[tuple[str, Cell]], heads: tuple[str, str] = ("Entry", "Value")) -> Block:
    """A table of names and what they are."""
    return table([Column(heads[0], 45.0), Column(heads[1], SHARE)], rows)


def side_by_side(left: Block, right: Block) -> Block:
    """Two blocks beside each other."""
    return {"kind": "beside", "left": left, "right": right}


def picture(name: str, alt: str, caption: str) -> Block:
    """A picture by its name; `alt` describes it for those who cannot see it."""
    return {"kind": "picture", "name": name, "alt": alt, "caption": caption}


def _lines(cell: Cell) -> list[str]:
    return [cell] if isinstance(cell, str) else list(cell)


# Numbers that stand in a row with other entries.
IN_OTHER_ROWS = frozenset(
    {
        "exchange_reserve_mm", "bone.diameter_mm", "bone.gap_mm", "limb_girth_mm.proximal", "limb_girth_mm.distal",
        "limits.mm_per_day", "limits.deg_per_day", "adjustments_per_day", "so_far.latency_days", "so_far.rest_days",
        "so_far.first_gap_mm", "so_far.largest_gap_mm", "so_far.overlap_mm",
    }
)  # fmt: skip


def number_rows(entries: Case | Level, rows: tuple[CaseField, ...]) -> list[tuple[str, str]]:
    """The numbers of a case or level that are given and have no row of another form, by the table of fields."""
    found = []
    for row in rows:
        if row.kind in NUMBERS and row.key not in IN_OTHER_ROWS:
            value: Any = entries
            for part in row.path:
                value = getattr(value, part, None)
            if value is not None:
                name, unit = key_in_words(row.path[-1])
                found.append((f"{name[0].upper()}{name[1:]}", row.pattern.format(f"{number(value)} {unit}".rstrip())))
    return found
