"""The tables of the patient's sheet as the template shows them: every setting by date, and again strut by strut."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, TypeVar

from hexapod.documents.page_header import shortened
from hexapod.documents.patient_sheet import table_text
from hexapod.documents.patient_sheet.days import STRUTS, Adjustment, Block, Day, Pause, Turn, sheet_days
from hexapod.plan.adjustments import models_by_day
from hexapod.plan.make_plan import LevelPlan, Row
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.language import Language
from hexapod.text.numbers import number

Item = TypeVar("Item")
# The most letters of a stage's name in the narrow column of the dates, where a longer one would fill a page.
STAGE_LETTERS = 200
# In the list of one strut so many readings fit beside each other; of more, fewer do, each with its own time.
IN_ONE_LINE, IN_EACH_LINE = 4, 3


class Tables:
    """The tables of a level with rows, in the words of a language."""

    def __init__(self, level: LevelPlan, times: Sequence[datetime.time], words: Language) -> None:
        self.level, self.times, self.words = level, times, words
        self.days = sheet_days(level, times)
        self.models = [models_by_day(level, k + 1) for k in STRUTS]
        # A column has as many decimals as its scale has marks for; exchanges keep the graduation (planning).
        self.places = [len(number(models[0][1].graduation_mm).partition(".")[2]) for models in self.models]

    def data(self) -> dict[str, Any]:
        """What the template is given."""
        return {
            "labels": self._labels(),
            "blocks": [self._block(one) for one in self.days],
            "lists": [[self._row_of(k, one) for one in self.days] for k in STRUTS],
            "times": in_lines([self.words.time(time) for time in self.times]),
        }

    def reading(self, k: int, reading_mm: float) -> str:
        """A reading of strut k, counted from 0, with the decimals of its column."""
        return self.words.number(reading_mm, self.places[k])

    def _labels(self) -> dict[str, str]:
        say = self.words.say
        return {
            "by_date": say("Table by date"),
            "date": say("Date"),
            "day": say("Day"),
            "time": say("Time"),
            "reads": say("Setting to reach: what the scale of each strut shall read, in mm"),
            "reads_one": say("Setting to reach: what the scale of this strut shall read, in mm"),
            "that_day": say("this day"),
            "to_reach": say("setting to reach"),
            "idle": say("nothing to turn"),
            "until": say("up to and including"),
            "visit": say("CLINIC VISIT"),
            "one_strut": say(
                "The same settings as in the table by date, for this strut alone. At each time, do all six struts "
                "before "
                "you go on to the next time."
            ),
            "strut": say("Strut"),
            "old": say("Old strut, and what it reads"),
            "new": say("New strut"),
            "put_in": say("Put in at"),
        }

    def _date(self, row: Row) -> dict[str, str]:
        words = self.words
        return {
            "weekday": words.weekday(row.date),
            "date": words.long_date(row.date),
            "short": words.short_date(row.date),
            "day": words.say("Day {day}", day=row.day),
            "number": str(row.day),
        }

    def _stage(self, row: Row) -> str:
        """The stage: in the surgeon's words, but for day 0, which has ours."""
        return self.words.say("start") if row.day == 0 else shortened(row.stage, STAGE_LETTERS)

    def _turn(self, turn: Turn) -> list[str]:
        return [table_text.SIGNS[turn], self.words.say(table_text.TURN_WORDS[turn])]

    def _cell(self, one: Adjustment, k: int) -> list[str]:
        """Sign, empty for a strut that is left alone, and reading."""
        stays = one.turns[k] is Turn.STAYS
        return ["" if stays else table_text.SIGNS[one.turns[k]], self.reading(k, one.readings_mm[k])]

    def _block(self, block: Block) -> dict[str, Any]:
        """A block of the table by date."""
        words = self.words
        if isinstance(block, Pause):
            ends = [block.first] if len(block.rows) == 1 else [block.first, block.last]
            return {
                "dates": [self._date(row) for row in ends],
                "stage": self._stage(block.first),
                "marks": [table_text.docking(words)] * block.docks,
                "rest": table_text.rest(block, words),
                "readings": [self.reading(k, block.last.settings_mm[k]) for k in STRUTS],
            }
        return {
            "dates": [self._date(block.row)],
            "stage": self._stage(block.row),
            "marks": table_text.marks(block, words),
            "visit": self._visit(block),
            "turns": [self._turn(turn) for turn in block.turns],
            "lines": [
                {"time": words.time(one.time), "idle": one.idle, "cells": [self._cell(one, k) for k in STRUTS]}
                for one in block.adjustments
            ],
        }

    def _visit(self, day: Day) -> dict[str, Any] | None:
        """What is changed at the clinic."""
        if not day.exchanges:
            return None
        exchanges = sorted(day.exchanges, key=lambda one: one.strut)
        return {
            "says": table_text.visit(self.words),
            "after": table_text.after_visit(exchanges, self.words),
            "exchanges": [self._exchange(one) for one in exchanges],
        }

    def _exchange(self, one: Exchange) -> dict[str, Any]:
        k = one.strut - 1
        return {
            "strut": k,
            "old": one.old.name,
            "old_reads": self.words.say("{reading} mm", reading=self.reading(k, one.old_reads_mm)),
            "new": table_text.model_words(one.new, self.words),
            "new_reads": self.reading(k, one.new_reads_mm),
        }

    def _row_of(self, k: int, block: Block) -> dict[str, Any]:
        """A block in the list of strut k."""
        words = self.words
        if isinstance(block, Pause):
            return {
                "date": self._date(block.first),
                "rest": table_text.rest_of_one(block, words),
                "reading": self.reading(k, block.last.settings_mm[k]),
            }
        return {
            "date": self._date(block.row),
            "visit": [
                table_text.exchange(one, self.reading(k, one.old_reads_mm), self.reading(k, one.new_reads_mm), words)
                for one in block.exchanges
                if one.strut == k + 1
            ],
            "turn": self._turn(block.turns[k]),
            "cells": in_lines([self._cell(one, k) for one in block.adjustments]),
        }


def in_lines(items: Sequence[Item]) -> list[list[Item | None]]:
    """The adjustments of a day in lines of equal width; the evening's stands at the very end.

    The first line is filled with None from the left.

    >>> in_lines([1, 2, 3]), in_lines([1, 2, 3, 4, 5])
    ([[1, 2, 3]], [[None, 1, 2], [3, 4, 5]])
    """
    wide = len(items) if len(items) <= IN_ONE_LINE else IN_EACH_LINE
    count = -(-len(items) // wide)
    filled = [*[None] * (count * wide - len(items)), *items]
    return [filled[start : start + wide] for start in range(0, len(filled), wide)]
