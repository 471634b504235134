"""The tables of the patient's sheet: settings by date and strut by strut, and day 0 compared with the earlier sheet."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, TypeVar

from hexapod.documents.document_set import PrintOptions
from hexapod.documents.patient_sheet.days import STRUTS, Adjustment, Block, Day, Direction, Pause, sheet_days
from hexapod.hardware.models import Strut, shown_name
from hexapod.plan.make_plan import LevelPlan, Plan, Row
from hexapod.plan.plan_file import adjustment_times, fitted_struts
from hexapod.plan.sign_off import EarlierPlan
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.language import AFTER_CHANGE_OUT, Language, scale_places, stage_words
from hexapod.text.languages import translatable

# A sign always stands with its word: nothing depends on colour or the sign alone.
SIGNS = {Direction.LONGER: "▲", Direction.SHORTER: "▼", Direction.STAYS: "=", Direction.BOTH: "▲▼"}
TURN_WORDS = {
    Direction.LONGER: translatable("longer"),
    Direction.SHORTER: translatable("shorter"),
    Direction.STAYS: translatable("stays"),
    Direction.BOTH: translatable("both ways"),
}
# The family of struts that a case file describes itself (trajectory/level_setup.py).
OWN = "own"


def model_words(strut: Strut, words: Language) -> str:
    """A model by its name and range; a strut of the case file's own has no name that a patient could find on it."""
    low, high = words.number(strut.min_mm), words.number(strut.max_mm)
    if strut.family == OWN:
        return words.say("scale {low} to {high} mm", low=low, high=high)
    # It stands beneath the word strut, in a column of the page.
    model = shown_name(strut).removesuffix(" strut")
    return words.say("{model} (scale {low} to {high} mm)", model=model, low=low, high=high)


def day_words(row: Row, words: Language) -> str:
    """A day in full: `Tuesday 10 March 2026 (day 8)`."""
    return words.say("{date} (day {day})", date=words.date(row.date), day=row.day)


def marks(day: Day, words: Language) -> list[str]:
    """What is special about a day, in whole sentences."""
    sentences = []
    if day.first_turning:
        sentences.append(words.say("First adjustment day."))
    if day.docks:
        sentences.append(docking(words))
    if day.last_turning:
        sentences.append(words.say("Last adjustment day: after the last line of this day no strut is turned any more."))
    return sentences


def docking(words: Language) -> str:
    """What docking means for who turns the struts."""
    return words.say("Docking: by the evening of this day the bone ends should meet. Go on exactly as the table says.")


def rest(pause: Pause, words: Language) -> str:
    """What to do, or rather not to do, on days without turning."""
    if pause.first.day == 0:
        return words.say(
            "Starting position. Do not turn any strut on this day. If a scale does not read its number, ask the clinic "
            "before you turn anything."
        )
    if pause.over:
        return words.say(
            "Do not turn any strut from now on, unless the clinic gives you a new table. The scales keep reading:"
        )
    return words.say_many(
        "Do not turn any strut on this day. The scales keep reading:",
        "Pause of {n} days. Do not turn any strut until the pause is over. The scales keep reading:",
        pause.days,
    )


def rest_of_one(pause: Pause, words: Language) -> str:
    """The same in the list of one strut."""
    if pause.over and pause.first.day != 0:
        return words.say("Do not turn from now on. The scale keeps reading:")
    if pause.days == 1:
        return words.say("Do not turn. The scale keeps reading:")
    return words.say(
        "Pause up to and including {date}: do not turn. The scale keeps reading:", date=day_words(pause.last, words)
    )


def visit(words: Language, time: datetime.time | None = None) -> str:
    """What is done at the clinic, at its time where that is known, and what if not."""
    if time is not None:
        return visit_at(words, words.time(time))
    return words.say(
        "In the morning, before anything is turned, the clinic changes one or more struts. Do not change a strut "
        "yourself. If the visit cannot be on this day, turn nothing and call the clinic."
    )


def visit_at(words: Language, time: str) -> str:
    """The same where the time of the visit is known."""
    return words.say(
        "At {time} the clinic changes one or more struts. Turn nothing before that on this day, and do not change a "
        "strut yourself. If the visit cannot be on this day, turn nothing and call the clinic.",
        time=time,
    )


def after_visit(exchanges: Sequence[Exchange], words: Language, *, there: bool = False) -> str:
    """What must have been done before the day's lines count, and on which scale they are read.

    `there`: the clinic turns struts too, so that a line says what the scales read after the visit.
    """
    if not exchanges:  # the struts of another hexapod are changed
        return words.say(AFTER_CHANGE_OUT)
    struts = words.listed([str(one.strut) for one in exchanges])
    if there:  # what the scales read before the first line stands in a line of its own
        text = words.say_many(
            "The numbers below are for the new scale of strut {struts}.",
            "The numbers below are for the new scales of struts {struts}.",
            len(exchanges),
            struts=struts,
        )
        return f"{words.say(AFTER_CHANGE_OUT)} {text}"
    text = words.say_many(
        "The numbers below are for the new scale of strut {struts}. Before the first line it must read what it was "
        "set to.",
        "The numbers below are for the new scales of struts {struts}. Before the first line each must read what it "
        "was set to.",
        len(exchanges),
        struts=struts,
    )
    return f"{words.say(AFTER_CHANGE_OUT)} {text}"


def exchange(one: Exchange, old_reads: str, new_reads: str, words: Language) -> str:
    """A change-out in the list of its strut, in one sentence."""
    if one.resets:
        return words.say(
            "CLINIC VISIT: the locked part of this strut is reset in the morning, before it is turned ({model}). The "
            "scale reads {old_reads} mm before and {new_reads} mm after.",
            model=shown_name(one.new),
            old_reads=old_reads,
            new_reads=new_reads,
        )
    return words.say(
        "CLINIC VISIT: this strut is changed in the morning, before it is turned. The old one reads {old_reads} mm. "
        "The new one ({model}) is set to {new_reads} mm.",
        model=shown_name(one.new),
        old_reads=old_reads,
        new_reads=new_reads,
    )


def ending(level: LevelPlan, words: Language) -> str:
    """What holds after the last day."""
    return words.say(
        "End of this table: {date}. After that do not turn any strut unless the clinic gives you a new table.",
        date=day_words(level.last, words),
    )


Item = TypeVar("Item")
# In the list of one strut so many readings fit beside each other; of more, fewer do, each with its own time.
IN_ONE_LINE, IN_EACH_LINE = 4, 3


class Tables:
    """The tables of a level, in the words of a language; `of_frame` and `visit` as `sheet_days` has them."""

    def __init__(
        self,
        level: LevelPlan,
        words: Language,
        of_frame: frozenset[int] = frozenset(),
        visit_at: datetime.time | None = None,
    ) -> None:
        self.level, self.times, self.words, self.visit_at = level, adjustment_times(level.entered), words, visit_at
        self.days = sheet_days(level, self.times, of_frame, visit_at)
        self.models = [[one.model for one in fitted_struts(level, k + 1)] for k in STRUTS]
        # A column has as many decimals as its scale has marks for; exchanges keep the graduation (planning).
        self.places = [scale_places(models[0]) for models in self.models]

    def data(self, *, strut_by_strut: bool) -> dict[str, Any]:
        """What the template is given; with the lists of the struts only where they are asked for."""
        return {
            "labels": self._labels(),
            "blocks": [self._block(one, number) for number, one in enumerate(self.days)],
            "digits": max(len(self.reading(k, row.settings_mm[k])) for row in self.level.rows for k in STRUTS),
            "lists": [[self._row_of(k, one) for one in self.days] for k in STRUTS] if strut_by_strut else [],
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
            "reads": say("Target setting: what the scale of each strut must read, in mm"),
            "reads_one": say("Target setting: what the scale of this strut must read, in mm"),
            "that_day": say("over the whole day"),
            "until": say("up to and including"),
            "visit": say("CLINIC VISIT"),
            "one_strut": say(
                "The same settings as in the table by date, for this strut alone. At each time, set all six struts "
                "before you go on to the next time."
            ),
            "strut": say("Strut"),
            "old": say("Old strut, and what it reads"),
            "new": say("New strut"),
            "put_in": say("Set to (mm)"),
        }

    def _date(self, row: Row) -> dict[str, str]:
        words = self.words
        return {
            "weekday": words.weekday(row.date),
            "date": words.short_date(row.date),
            "narrow": words.narrow_date(row.date),
            "day": words.say("Day {day}", day=row.day),
            "number": str(row.day),
        }

    def _stage(self, row: Row) -> str:
        """The stage as the patient reads it; day 0 has a name of ours."""
        return self.words.say("starting position") if row.day == 0 else stage_words(row.stage, self.words)

    def _turn(self, turn: Direction) -> list[str]:
        return [SIGNS[turn], self.words.say(TURN_WORDS[turn])]

    def _cell(self, one: Adjustment, k: int) -> list[str]:
        """Sign, empty for a strut that is left alone, and reading."""
        stays = one.turns[k] is Direction.STAYS
        return ["" if stays else SIGNS[one.turns[k]], self.reading(k, one.readings_mm[k])]

    def _block(self, block: Block, number: int) -> dict[str, Any]:
        """A block of the table by date, which names its stage where that begins."""
        words = self.words
        before = self.days[number - 1] if number else None
        stage = self._stage(block.first)
        if before is not None and self._stage(before.first) == stage:
            stage = ""
        if isinstance(block, Pause):
            ends = [block.first] if block.days == 1 else [block.first, block.last]
            return {
                "dates": [self._date(row) for row in ends],
                "stage": stage,
                "marks": [docking(words)] * block.docks,
                "rest": rest(block, words),
                "readings": [self.reading(k, block.last.settings_mm[k]) for k in STRUTS],
            }
        return {
            "dates": [self._date(block.first)],
            "stage": stage,
            "marks": marks(block, words),
            "visit": self._visit(block),
            "lines": [
                {"time": words.time(one.time), "cells": [self._cell(one, k) for k in STRUTS]} for one in lines_of(block)
            ],
        }

    def _visit(self, day: Day) -> dict[str, Any] | None:
        """What is changed at the clinic, on this hexapod or on another one of the frame."""
        if not day.at_clinic:
            return None
        exchanges = sorted(day.exchanges, key=lambda one: one.strut)
        return {
            "says": visit(self.words, self.visit_at),
            "time": self.words.time(self.visit_at) if day.there and self.visit_at else "",
            "there": self._there(day),
            "set_there": self.words.say("At the clinic, after the change-out, the struts are set to:"),
            "after": after_visit(exchanges, self.words, there=day.there > 0),
            "exchanges": [self._exchange(one) for one in exchanges],
        }

    def _there(self, day: Day) -> list[str]:
        """What the clinic sets the struts to when adjustments of the day come before the visit; else empty."""
        return [self.reading(k, day.adjustments[day.there - 1].readings_mm[k]) for k in STRUTS] if day.there else []

    def _exchange(self, one: Exchange) -> dict[str, Any]:
        k = one.strut - 1
        return {
            "strut": k,
            "old": shown_name(one.old),
            "old_reads": self.words.say("{reading} mm", reading=self.reading(k, one.old_reads_mm)),
            "new": model_words(one.new, self.words),
            "new_reads": self.reading(k, one.new_reads_mm),
        }

    def _visit_of_one(self, k: int, day: Day) -> str:
        """The change-out of strut k, and on a visit day for every strut what must come first; empty on others."""
        sentences = [
            exchange(one, self.reading(k, one.old_reads_mm), self.reading(k, one.new_reads_mm), self.words)
            for one in day.exchanges
            if one.strut == k + 1
        ]
        if day.there:
            reads = self._there(day)[k]
            sentences.append(self.words.say("Then the clinic sets this strut to {reading} mm.", reading=reads))
        return " ".join([*sentences, self.words.say(AFTER_CHANGE_OUT)]) if day.at_clinic else ""

    def _row_of(self, k: int, block: Block) -> dict[str, Any]:
        """A block in the list of strut k."""
        words = self.words
        if isinstance(block, Pause):
            return {
                "date": self._date(block.first),
                "rest": rest_of_one(block, words),
                "reading": self.reading(k, block.last.settings_mm[k]),
            }
        return {
            "date": self._date(block.first),
            "visit": self._visit_of_one(k, block),
            "turn": self._turn(block.turns[k]),
            "cells": in_lines(
                [None if n < block.there else self._cell(one, k) for n, one in enumerate(block.adjustments)]
            ),
        }


def lines_of(day: Day) -> list[Adjustment]:
    """The adjustments of a day that have a line: those at home that turn a strut; the last one where none does.

    Where the clinic sets the struts at a visit, that line is the last of the day when nothing is turned after it.
    """
    return [one for one in day.adjustments[day.there :] if not one.idle] or ([] if day.there else [day.adjustments[-1]])


def in_lines(items: Sequence[Item | None]) -> list[list[Item | None]]:
    """The adjustments of a day in lines of equal width; the evening's stands at the very end.

    The first line is filled with None from the left.

    >>> in_lines([1, 2, 3]), in_lines([1, 2, 3, 4, 5])
    ([[1, 2, 3]], [[None, 1, 2], [3, 4, 5]])
    """
    wide = len(items) if len(items) <= IN_ONE_LINE else IN_EACH_LINE
    count = -(-len(items) // wide)
    filled = [*[None] * (count * wide - len(items)), *items]
    return [filled[start : start + wide] for start in range(0, len(filled), wide)]


def replaced_data(plan: Plan, level: int, options: PrintOptions, words: Language) -> dict[str, Any]:
    """What every page says of the sheet before, and both sheets' readings of day 0; empty for a first sheet."""
    if not options.earlier:
        if plan.case.derived_from is None:
            return {"replaces": "", "readings": []}
        return {"replaces": words.say("Replaces every earlier sheet of this frame. Destroy those."), "readings": []}
    before = options.earlier[-1]
    date = words.long_date(before.case.first_day)
    more = list(dict.fromkeys(words.long_date(one.case.first_day) for one in options.earlier))
    if options.signature is None:
        text = words.say("This draft replaces no sheet.")
    elif len(more) > 1:
        text = words.say("Replaces the sheets of {dates}. Destroy those.", dates=words.listed(more))
    elif before.code:
        text = words.say("Replaces the sheet of {date} (code {code}). Destroy that one.", date=date, code=before.code)
    else:
        text = words.say("Replaces the sheet of {date}. Destroy that one.", date=date)
    return {"replaces": text, "readings": _readings(plan, level, before, words)}


def _readings(plan: Plan, level: int, before: EarlierPlan, words: Language) -> list[list[str]]:
    """Two rows of six readings under a name: by the old sheet and by this one, on day 0 of this one."""
    mine = plan.levels[level]
    names = [one["name"] for one in before.file["levels"]]
    if names.count(mine.name) == 1:
        rows = before.file["levels"][names.index(mine.name)]["rows"]
    elif len(names) == len(plan.levels):
        rows = before.file["levels"][level]["rows"]
    else:
        return []
    today = mine.rows[0]
    old = [row for row in rows if row["date"] <= today.date.isoformat()]
    if not old:
        return []

    def readings_of(name: str, six: Any) -> list[str]:
        return [name, *(words.number(six[k], scale_places(today.struts[k])) for k in STRUTS)]

    return [
        readings_of(words.say("by the old sheet"), old[-1]["settings_mm"]),
        readings_of(words.say("by this sheet"), today.settings_mm),
    ]
