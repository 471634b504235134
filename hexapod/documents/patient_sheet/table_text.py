"""The words of the tables of the patient's sheet."""

from __future__ import annotations

from collections.abc import Sequence

from hexapod.documents.patient_sheet.days import Day, Pause, Turn
from hexapod.hardware.models import Strut
from hexapod.plan.make_plan import LevelPlan, Row
from hexapod.schedule.strut_exchanges import Exchange
from hexapod.text.language import Language
from hexapod.text.translatable import translatable

# A sign and its word stand together: neither colour nor the sign alone tells what to do.
SIGNS = {Turn.LONGER: "▲", Turn.SHORTER: "▼", Turn.STAYS: "=", Turn.BOTH: "▲▼"}
TURN_WORDS = {
    Turn.LONGER: translatable("longer"),
    Turn.SHORTER: translatable("shorter"),
    Turn.STAYS: translatable("stays"),
    Turn.BOTH: translatable("both ways"),
}
# The family of struts that a case file describes itself (trajectory/level_setup.py).
OWN = "own"


def model_words(strut: Strut, words: Language) -> str:
    """A model by its name and range; a strut of the case file's own has no name that a patient could find on it."""
    low, high = words.number(strut.min_mm), words.number(strut.max_mm)
    if strut.family == OWN:
        return words.say("scale {low} to {high} mm", low=low, high=high)
    return words.say("{model} (scale {low} to {high} mm)", model=strut.name, low=low, high=high)


def day_words(row: Row, words: Language) -> str:
    """A day in full: `Tuesday 10 March 2026 (day 8)`."""
    return words.say("{date} (day {day})", date=words.date(row.date), day=row.day)


def marks(day: Day, words: Language) -> list[str]:
    """What is special about a day, in whole sentences."""
    told = []
    if day.first_turning:
        told.append(words.say("First day of turning."))
    if day.docks:
        told.append(docking(words))
    if day.last_turning:
        told.append(words.say("Last day of turning: after the last line of this day no strut is turned any more."))
    return told


def docking(words: Language) -> str:
    """What docking means for who turns the struts."""
    return words.say("Docking: by the evening of this day the bone ends should meet. Go on exactly as the table says.")


def rest(pause: Pause, words: Language) -> str:
    """What to do, or rather not to do, on days without turning."""
    if pause.first.day == 0:
        return words.say(
            "The frame as it was fitted. Do not turn any strut on this day. If a scale does not read its number, "
            "ask the "
            "clinic before you turn anything."
        )
    return words.say_many(
        "Do not turn any strut on this day. The scales keep reading:",
        "Pause of {n} days. Do not turn any strut until the pause is over. The scales keep reading:",
        len(pause.rows),
    )


def rest_of_one(pause: Pause, words: Language) -> str:
    """The same in the list of one strut."""
    if len(pause.rows) == 1:
        return words.say("Do not turn. The scale keeps reading:")
    return words.say(
        "Pause up to and including {date}: do not turn. The scale keeps reading:", date=day_words(pause.last, words)
    )


def visit(words: Language) -> str:
    """What is done at the clinic, and what if not."""
    return words.say(
        "The clinic changes struts on the morning of this day, before anything is turned. Do not change a "
        "strut yourself. If the "
        "visit cannot be on this day, turn nothing and call the clinic."
    )


def after_visit(exchanges: Sequence[Exchange], words: Language) -> str:
    """On which scale the readings of the day are read."""
    return words.say_many(
        "The numbers below are for the new scale of strut {struts}.",
        "The numbers below are for the new scales of struts {struts}.",
        len(exchanges),
        struts=words.listed([str(one.strut) for one in exchanges]),
    )


def exchange(one: Exchange, old_reads: str, new_reads: str, words: Language) -> str:
    """An exchange in the list of its strut, in one sentence."""
    return words.say(
        "CLINIC VISIT: this strut is changed in the morning, before it is turned. The old one reads {old_reads} mm. "
        "The new one ({model}) is put in at {new_reads} mm.",
        model=one.new.name,
        old_reads=old_reads,
        new_reads=new_reads,
    )


def ending(level: LevelPlan, words: Language) -> str:
    """What holds after the last day."""
    return words.say(
        "End of this table: {date}. After that do not turn any strut unless the clinic gives you a new table.",
        date=day_words(level.rows[-1], words),
    )
