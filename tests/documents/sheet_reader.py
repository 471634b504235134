"""The patient's sheet read back from its pages, by the places of letters and rules: what stands in which row and column."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.documents.printed import Page, Rule, Run

READING = re.compile(r"\d+(?:[.,]\d+)?")
TIME = re.compile(r"\d\d:\d\d")
SIGN = re.compile(r"[▲▼]+")
# Thicknesses (pt) of the rules between blocks, between the rows of a list, and between the lines of a day.
BLOCK_RULE, ROW_RULE, LINE_RULE = 1.1, 0.6, 0.4
ROUND_PT = 0.06


@dataclass(frozen=True)
class Line:
    """A time of the day with the six readings and signs beneath the six numbers of the head."""

    time: str
    readings: tuple[str, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A block of the table by date; `left` is its date column from top to bottom."""

    page: int
    left: tuple[str, ...]
    text: str
    lines: tuple[Line, ...] = ()
    rest: tuple[str, ...] = ()
    put_in: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A row of the list of one strut: readings with signs, as many as times; one for a pause."""

    page: int
    weekday: str
    date: str
    day: int
    text: str
    cells: tuple[tuple[str, str], ...]


def heads_by_date(page: Page) -> list[Run]:
    """The numbers 1 to 6 in the head of the table by date, if the page has one."""
    for first in page.runs:
        if first.text == "1" and first.bold:
            row = sorted(
                (run for run in page.runs if abs(run.y - first.y) < 0.5 and run.size == first.size),
                key=lambda run: run.x,
            )
            if [run.text for run in row] == list("123456"):
                return row
    return []


def blocks_by_date(pages: Sequence[Page]) -> list[Block]:
    found = []
    for number, page in enumerate(pages):
        if heads := heads_by_date(page):
            found += list(_blocks(number, page, heads))
    return found


def _blocks(number: int, page: Page, heads: Sequence[Run]) -> Iterator[Block]:
    wide = (heads[5].middle - heads[0].middle) / 5
    struts_from = heads[0].middle - wide / 2
    rules = _rules(page, BLOCK_RULE, page.width / 2)
    thin = list(_rules(page, LINE_RULE, page.width / 2))
    date_until = min((rule.x for rule in thin), default=struts_from - 70) + 1

    def column(run: Run) -> int:
        return int((run.middle - struts_from) // wide)

    for top, bottom in itertools.pairwise(rules):
        inside = _between(page.runs, top.y, bottom.y)
        left = [run for run in inside if run.x < date_until and run.right < struts_from]
        if not any(re.search(r"\d", run.text) and run.bold for run in left):
            continue  # the row that tells the end
        cuts = [rule.y for rule in thin if bottom.y < rule.y < top.y and rule.x < date_until]
        parts = [_between(inside, a, b) for a, b in zip([top.y, *cuts], [*cuts, bottom.y], strict=True)]
        above = [run for run in parts[0] if run not in left]
        first, inner = (parts[0], parts[1:]) if _has_time(parts[0]) else ([], parts[1:])
        lines = [_line([run for run in part if run not in left], column) for part in ([first] if first else []) + inner]
        above = [] if first else above
        six = {
            column(run): run.text for run in above if READING.fullmatch(run.text) and run.x > struts_from and not lines
        }
        yield Block(
            page=number,
            left=_dates(left),
            text=_joined(above),
            lines=tuple(lines),
            rest=() if lines else tuple(six[k] for k in range(6)),
            put_in=_put_in(above, page.width) if lines else {},
        )


def _has_time(runs: Sequence[Run]) -> bool:
    return any(TIME.fullmatch(run.text) for run in runs)


def _dates(runs: Sequence[Run]) -> tuple[str, ...]:
    """The date column in the order weekday, date, day number: the sheet has weekday and day number in one line."""
    told = [run.text for run in runs]
    for k, run in enumerate(runs[:-1]):
        after = runs[k + 1]
        if k + 2 < len(runs) and run.bold and after.bold and abs(run.y - after.y) < 0.5 and not runs[k + 2].bold:
            told[k + 1], told[k + 2] = told[k + 2], told[k + 1]
    return tuple(told)


def _line(runs: Sequence[Run], column: object) -> Line:
    assert callable(column)
    time = [run.text for run in runs if TIME.fullmatch(run.text)]
    readings = {column(run): run for run in runs if READING.fullmatch(run.text)}
    signs = {column(run): run.text for run in runs if SIGN.fullmatch(run.text)}
    assert len(time) == 1, runs
    assert sorted(readings) == list(range(6)), runs
    return Line(time[0], tuple(readings[k].text for k in range(6)), tuple(signs.get(k, "") for k in range(6)))


def _put_in(runs: Sequence[Run], width: float) -> dict[int, str]:
    """Of the struts that are changed, the reading at the right end of the row of its number."""
    numbers = [run for run in runs if re.fullmatch("[1-6]", run.text) and run.bold and run.x < width / 2]
    found = {}
    for number in numbers:
        row = [run for run in runs if abs(run.y - number.y) < 6 and READING.fullmatch(run.text) and run.x > width * 0.8]
        assert len(row) == 1, (number, row)
        found[int(number.text)] = row[0].text
    return found


def list_of_strut(pages: Sequence[Page], name: str) -> list[Entry]:
    """The running list of the strut whose name stands in the head of the table."""
    found = []
    for number, page in enumerate(pages):
        head = [run for run in page.runs if run.text == name and run.bold and run.size < 12]
        times = [run for run in page.runs if TIME.fullmatch(run.text) and run.bold and run.size == 9]
        if head and times and not heads_by_date(page):
            found += list(_entries(number, page, times))
    return found


def _entries(number: int, page: Page, times: Sequence[Run]) -> Iterator[Entry]:
    ends = sorted({round(run.right, 1) for run in times})
    rules = sorted(
        [*_rules(page, ROW_RULE, page.width / 2), *_rules(page, BLOCK_RULE, page.width / 2)], key=lambda rule: -rule.y
    )
    for top, bottom in itertools.pairwise(rules):
        inside = _between(page.runs, top.y, bottom.y)
        cells = [run for run in inside if READING.fullmatch(run.text) and min(abs(run.right - end) for end in ends) < 1]
        days = [
            run for run in inside if run.text.isdigit() and run.bold and run.right < ends[0] - 50 and run not in cells
        ]
        if not days:
            continue  # the row that tells the end
        assert len(days) == 1, inside
        row = sorted(
            (run for run in inside if run.right < days[0].x and abs(run.y - days[0].y) < 3), key=lambda run: run.x
        )
        assert len(row) == 2, row
        signs = [run for run in inside if SIGN.fullmatch(run.text)]
        yield Entry(
            page=number,
            weekday=row[0].text,
            date=row[1].text,
            day=int(days[0].text),
            text=_joined([run for run in inside if run not in cells and run not in signs]),
            cells=tuple((_sign_of(run, signs), run.text) for run in _reading_order(cells)),
        )


def _sign_of(cell: Run, signs: Sequence[Run]) -> str:
    """The sign just before a reading."""
    return "".join(run.text for run in signs if abs(run.y - cell.y) < 1 and -2 < cell.x - run.right < cell.size)


def _reading_order(cells: Sequence[Run]) -> list[Run]:
    """From the upper line to the lower, from left to right; baselines of one line differ by the sizes of its letters."""
    lines: list[list[Run]] = []
    for run in sorted(cells, key=lambda run: -run.y):
        if lines and abs(lines[-1][0].y - run.y) < 4:
            lines[-1].append(run)
        else:
            lines.append([run])
    return [run for line in lines for run in sorted(line, key=lambda run: run.x)]


def _rules(page: Page, thickness: float, least: float) -> list[Rule]:
    """The long rules of a thickness, from top to bottom, each once."""
    found = [rule for rule in page.rules if abs(rule.thickness - thickness) < ROUND_PT and rule.right - rule.x > least]
    return sorted({round(rule.y, 1): rule for rule in found}.values(), key=lambda rule: -rule.y)


def _between(runs: Sequence[Run], top: float, bottom: float) -> list[Run]:
    return sorted((run for run in runs if bottom < run.y < top), key=lambda run: (-run.y, run.x))


def _joined(runs: Sequence[Run]) -> str:
    text = " ".join(run.text for run in sorted(runs, key=lambda run: (-round(run.y), run.x)))
    return " ".join(text.replace("\u200b", "").split())
