"""What the patient's sheet and the calendar say alike: visits, missed times, usual stages, readings of a scale."""

from __future__ import annotations

import datetime

from hexapod.case.model import Case
from hexapod.hardware.models import Strut
from hexapod.text.language import Language
from hexapod.text.languages import translatable
from hexapod.text.numbers import number

# Stands wherever a strut is changed: nobody may turn the old strut to the numbers of the new one.
AFTER_CHANGE_OUT = translatable(
    "Only after the clinic has changed the strut or struts. If the visit has not taken place, turn nothing. The clinic "
    "tells you which of today's lines to do."
)
MISSED = translatable("If you missed a time or a day, turned wrongly, or a strut cannot be turned")

# Usual names of stages, as protocols and sample cases have them, and the words that a patient reads.
USUAL_STAGES = {
    "latency": translatable("latency"),
    "rest": translatable("rest"),
    "distract": translatable("distraction"),
    "distraction": translatable("distraction"),
    "lengthen": translatable("distraction"),
    "lengthening": translatable("distraction"),
    "correct": translatable("correction"),
    "correction": translatable("correction"),
    "reduce": translatable("setting of the bone"),
    "open the joint": translatable("opening of the joint"),
    "hold": translatable("rest"),
    "transport": translatable("transport"),
    "docking": translatable("docking"),
    "consolidation": translatable("consolidation"),
}
# The language in which a case is typed, as far as anybody knows.
AS_TYPED = "en"
# The most letters of a stage's name in the narrow column of the dates, where a longer one would fill a page.
STAGE_LETTERS = 200


def missed_or_stuck(case: Case, words: Language) -> str:
    """What to do when a time was missed, a strut turned wrongly or stuck: the clinic's own text, or ours."""
    return case.clinic.missed_or_stuck or words.say(
        "Do not catch up on your own and do not use force. Leave all struts as they are and call the clinic."
    )


def stage_words(stage: str, words: Language) -> str:
    """A stage's name for the patient: as typed in English; else a usual one translated, and a free one left out."""
    if words.code == AS_TYPED:
        return stage if len(stage) <= STAGE_LETTERS else stage[: STAGE_LETTERS - 1].rstrip() + "…"
    usual = USUAL_STAGES.get(stage.strip().lower())
    return "" if usual is None else words.say(usual)


def scale_places(strut: Strut) -> int:
    """How many decimals a reading of this strut is printed with: as many as its marks need."""
    return len(number(strut.graduation_mm).partition(".")[2])


def sheet_standing(state: str, on: datetime.date | None, words: Language) -> str:
    """Whether a sheet is in force, for who holds it: `state` is in force, replaced, stopped (since `on`) or unknown."""
    if state == "in force":
        return words.say("This sheet is in force.")
    if on is not None and state == "replaced":
        date = words.long_date(on)
        return words.say("This sheet was replaced on {date}. Destroy it and follow the new one.", date=date)
    if on is not None and state == "stopped":
        date = words.long_date(on)
        return words.say("This sheet was stopped on {date}. Turn no strut and call the clinic.", date=date)
    return words.say(
        "No sheet with this code is known here. Check the code, and ask the clinic before you turn anything."
    )
