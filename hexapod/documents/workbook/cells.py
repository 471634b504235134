"""What the sheets of the workbook are made of: cells, columns, tables, and their names."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from hexapod.documents.identity import Identity
from hexapod.documents.sanitise import one_line
from hexapod.text.numbers import number

# A sheet's name holds no more (UTF-16 units).
LONGEST_NAME = 31


@dataclass(frozen=True)
class Reading:
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


Cell = str | int | float | datetime.date | Reading | StrutCell | None


@dataclass(frozen=True)
class Column:
    """A column: its heading, the strut whose colour it has, and the width in letters beyond which text is wrapped."""

    head: str
    strut: int | None = None
    widest: int = 40


@dataclass(frozen=True)
class Table:
    """A sheet: what it tells, its name, whose it is, and a table."""

    kind: str
    name: str
    whose: Identity
    columns: tuple[Column, ...]
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
