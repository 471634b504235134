"""One sheet of the workbook: its cells and columns, identity and notice on top, frozen headings, print settings."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hexapod.about import LABEL
from hexapod.documents.identity import DocumentIdentity
from hexapod.documents.sanitise import looks_like_formula, one_line
from hexapod.text.field_kinds import Paper
from hexapod.text.languages import DRAFT, NOTICE
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

# The longest name of a sheet (UTF-16 units).
LONGEST_NAME = 31


@dataclass(frozen=True)
class ReadingCell:
    """A number of mm with as many digits behind the point as its scale has marks; `signed` shows + and -."""

    mm: float
    places: int
    signed: bool = False

    @property
    def shape(self) -> str:
        """Its format in a spreadsheet."""
        plain = "0" + ("." + "0" * self.places if self.places else "")
        return f"+{plain};-{plain};{plain}" if self.signed else plain


@dataclass(frozen=True)
class StrutCell:
    """The number of a strut in its colour."""

    strut: int


Cell = str | int | float | datetime.date | ReadingCell | StrutCell | None


@dataclass(frozen=True)
class SheetColumn:
    """A column: its heading, the strut whose colour it has, and the width in letters beyond which text is wrapped."""

    head: str
    strut: int | None = None
    widest: int = 40


@dataclass(frozen=True)
class Table:
    """A sheet: its kind and name, its identity, and a table."""

    kind: str
    name: str
    whose: DocumentIdentity
    columns: tuple[SheetColumn, ...]
    rows: Sequence[Sequence[Cell]]


def places(value: float) -> int:
    """How many digits stand behind the point of a reading.

    >>> places(142.0), places(0.25)
    (0, 2)
    """
    return len(number(value).partition(".")[2])


def sheet_name(kind: str, level: int | None = None, name: str = "") -> str:
    """The name of a sheet, valid and unlike any other: the kind, and for one level of several its number and name.

    >>> sheet_name("Schedule"), sheet_name("Schedule", 0, "a/b [c]"), len(sheet_name("Schedule", 1, "x" * 90))
    ('Schedule', 'Schedule 1 a b c', 31)
    """
    if level is None:
        return kind
    plain = "".join(" " if sign in "[]:*?/\\'" else sign for sign in one_line(name))
    cut = " ".join(f"{kind} {level + 1} {plain}".split()).encode("utf-16-le")[: 2 * LONGEST_NAME]
    return cut.decode("utf-16-le", "ignore").rstrip()


# Numbers of the paper sizes in a spreadsheet file.
PAPER_NUMBERS: Mapping[Paper, int] = {"a4": 9, "letter": 1}
# Spreadsheets know no earlier dates as dates; such a date, a typing error, is shown as text.
FIRST_YEAR = 1900
# The most that a cell holds (UTF-16 units); longer text is truncated and marked.
LONGEST_TEXT = 32000
# Height in points of one line of the notice, and how many letters fit on a line of a given width.
LINE_POINTS, LETTERS_PER_WIDTH = 14.0, 0.95
# Widths of columns in letters: room beside the longest entry, the button of the filter included, and the least.
ROOM, LEAST_WIDTH = 3, 8
# Margins in inches.
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
# On paper the word DRAFT stands large above every page, which begins lower then.
DRAFT_TOP, HEADER_MARGIN = 0.9, 0.3


@dataclass(frozen=True)
class SignatureLine:
    """Whether the workbook is a draft, and the line that tells it or who has signed."""

    draft: bool
    words: str


class Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book, self._made = book, dict[tuple[tuple[str, object], ...], Any]()

    def of(self, **look: object) -> Any:
        """The format with this look."""
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_size": 10, "valign": "top", **look})
        return self._made[key]


def add_table(book: Any, formats: Formats, table: Table, signing: SignatureLine, paper: Paper) -> None:
    """Add a sheet to a workbook."""
    sheet = book.add_worksheet(table.name)
    widths = [_width(column, index, table.rows) for index, column in enumerate(table.columns)]
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    head = _write_identity(sheet, formats, table, signing, sum(widths))
    for index, column in enumerate(table.columns):
        _write_text(sheet, head, index, column.head, formats, **_head_look(column))
    _set_height(sheet, head, [column.head for column in table.columns], widths)
    for row, cells in enumerate(table.rows, head + 1):
        for index, cell in enumerate(cells):
            _write(sheet, row, index, cell, formats)
        _set_height(sheet, row, cells, widths)
    last, right = head + len(table.rows), len(table.columns) - 1
    sheet.freeze_panes(head + 1, 0)
    sheet.autofilter(head, 0, max(last, head + 1), right)
    _set_print(sheet, table, signing, paper, head, last)


def _set_height(sheet: Any, row: int, cells: Sequence[Cell], widths: Sequence[float]) -> None:
    """Room for every line of a row: not every program makes it when it opens or prints a sheet."""
    texts = [(cell, width) for cell, width in zip(cells, widths, strict=True) if isinstance(cell, str)]
    lines = max((_lines(text, width) for text, width in texts), default=1)
    if lines > 1:
        sheet.set_row(row, LINE_POINTS * lines)


def _lines(text: str, width: float) -> int:
    """On how many lines a text stands in a column so many letters wide."""
    return sum(max(1, math.ceil(len(line) / (width * LETTERS_PER_WIDTH))) for line in text.split("\n"))


def _write_identity(sheet: Any, formats: Formats, table: Table, signing: SignatureLine, width: float) -> int:
    """Whose sheet it is, whether signed, and the notice; the row of the table's headings."""
    whose = table.whose
    mark = f"{DRAFT}: " if signing.draft else ""
    lines = [
        f"{mark}{table.kind}: {whose.side.upper()} {whose.bone.upper()}, {whose.level}",
        f"Case {whose.case_id}" + (f": {whose.title}" if whose.title else ""),
        f"Plan ID {whose.plan}, {LABEL}, {whose.first_day.isoformat()} to {whose.last_day.isoformat()}",
    ]
    for row, line in enumerate(lines):
        _write_text(sheet, row, 0, one_line(line), formats, bold=row == 0, font_size=14 if row == 0 else 10)
    _write_text(sheet, len(lines), 0, one_line(signing.words), formats, bold=True)
    notice = len(lines) + 1
    sheet.merge_range(notice, 0, notice, len(table.columns) - 1, "")
    _write_text(sheet, notice, 0, NOTICE, formats, text_wrap=True, italic=True)
    sheet.set_row(notice, LINE_POINTS * _lines(NOTICE, width))
    return notice + 1


def _set_print(sheet: Any, table: Table, signing: SignatureLine, paper: Paper, head: int, last: int) -> None:
    """Landscape, one page wide, identity, signature, notice and headings on every page, pages counted."""
    whose = table.whose
    sheet.set_landscape()
    sheet.set_paper(PAPER_NUMBERS[paper])
    sheet.set_margins(**MARGINS | ({"top": DRAFT_TOP} if signing.draft else {}))
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, head)
    sheet.print_area(0, 0, last, len(table.columns) - 1)
    if signing.draft:
        sheet.set_header(f'&C&"-,Bold"&24{DRAFT}', {"margin": HEADER_MARGIN})
    left = f"{whose.case_id}, {whose.side.upper()} {whose.bone.upper()}"
    sheet.set_footer(f"&L{left}&CPage &P of &N&RPlan ID {whose.plan}")


def _head_look(column: SheetColumn) -> dict[str, object]:
    look: dict[str, object] = {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#e6e9ee"}
    if column.strut is not None:
        colour = STRUT_LOOKS[column.strut]
        look |= {"bg_color": colour.shade, "font_color": colour.ink, "align": "center"}
    return look


def _width(column: SheetColumn, index: int, rows: Sequence[Sequence[Cell]]) -> float:
    longest = max([len(line) for line in column.head.split("\n")] + [len(_shown(row[index])) for row in rows])
    return max(LEAST_WIDTH, min(longest, column.widest) + ROOM)


def _shown(cell: Cell) -> str:
    """A cell as it will be read, for its width."""
    if isinstance(cell, ReadingCell):
        return f"{cell.mm:+.{cell.places}f}"
    return "" if cell is None else str(cell.strut if isinstance(cell, StrutCell) else cell)


def _write(sheet: Any, row: int, column: int, cell: Cell, formats: Formats) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, StrutCell):
        look = STRUT_LOOKS[cell.strut]
        shape = formats.of(bold=True, align="center", bg_color=look.shade, font_color=look.ink)
        sheet.write_number(row, column, cell.strut, shape)
    elif isinstance(cell, ReadingCell):
        shape = formats.of(num_format=cell.shape, align="right")
        sheet.write_number(row, column, float(number(cell.mm)), shape)
    elif isinstance(cell, datetime.date) and cell.year >= FIRST_YEAR:
        sheet.write_datetime(row, column, cell, formats.of(num_format="yyyy-mm-dd", align="left"))
    elif isinstance(cell, datetime.date):
        _write_text(sheet, row, column, cell.isoformat(), formats)
    elif isinstance(cell, str):
        _write_text(sheet, row, column, cell, formats, text_wrap=True)
    else:
        sheet.write_number(row, column, cell, formats.of(align="left"))


def _write_text(sheet: Any, row: int, column: int, text: str, formats: Formats, **look: object) -> None:
    """Text as text; what looks like a formula is marked, so that it stays text when the sheet is edited."""
    if len(text) > LONGEST_TEXT // 2:  # a sign takes one or two units
        text = f"{text[: LONGEST_TEXT // 2]} … (cut)"
    if looks_like_formula(text):
        look["quote_prefix"] = True
    sheet.write_string(row, column, text, formats.of(**look))
