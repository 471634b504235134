"""The first pages of the patient's sheet: how to use it, frame, scale, signs and dates, and where help is."""

from __future__ import annotations

from typing import Any

from hexapod.case.model import Case
from hexapod.documents.page_header import shortened
from hexapod.documents.patient_sheet import guide_text, table_text
from hexapod.documents.patient_sheet.days import STRUTS
from hexapod.documents.patient_sheet.drawing import frame_drawing, scale_drawing
from hexapod.documents.patient_sheet.tables import Tables
from hexapod.plan.make_plan import Plan
from hexapod.text.language import Language
from hexapod.text.point_travel import coarse_mark_mm
from hexapod.trajectory.level_setup import LevelSetup

# The most letters of the case's title: a longer one would fill the page.
TITLE_LETTERS = 600


def guide(case: Case, plan: Plan, index: int, tables: Tables, words: Language) -> dict[str, Any]:
    """What the template shows before the tables of level `index`, counted from 0."""
    say, coarse = words.say, coarse_mark_mm(plan.levels[index])
    return {
        "title": say("Adjusting your frame"),
        "case": shortened(case.title, TITLE_LETTERS),
        "parts": guide_text.parts(plan, index, words),
        "steps_title": say("How to use this sheet"),
        "steps": guide_text.steps(words),
        "times": say("Times of the day: {times}", times=words.listed([words.time(time) for time in tables.times])),
        "frame_title": say("Your frame"),
        "frame": frame_drawing(_setup(plan, index)),
        "master_tab": say("master tab"),
        "how_seen": guide_text.how_seen(case, words),
        "struts_title": say("Your struts"),
        "scale_title": say("How to read a scale"),
        "scale_says": [
            *guide_text.scale_sentences([(k + 1, strut) for k in STRUTS for _, strut in tables.models[k]], words),
            *([] if coarse is None else [guide_text.coarse_scale(coarse, words)]),
        ],
        "scale": _scale(tables, words),
        "signs_title": say("What the signs mean"),
        "signs": guide_text.signs(tables.days, words),
        "tick": say("tick here when the line is done"),
        "dates_title": say("Your dates"),
        "dates": guide_text.key_dates(plan, index, tables.days, words),
        "end": table_text.ending(tables.level, words),
        "help_title": say("If a day was missed, or a strut will not turn"),
        "help": guide_text.missed_or_stuck(case, words),
        "clinic": case.clinic.name or say("Your clinic"),
        "contact": case.clinic.contact or "",
        "telephone": say("Telephone:"),
        "small": guide_text.small_print(plan, index, words),
    }


def _setup(plan: Plan, index: int) -> LevelSetup:
    frame = plan.levels[index].frame
    assert frame is not None, "a level with rows has its frame"
    return frame.setup


def _scale(tables: Tables, words: Language) -> dict[str, Any]:
    """The scale of strut 1 with its first reading, which the patient can look up on the frame at once."""
    first, (_, strut) = tables.level.rows[0], tables.models[0][0]
    drawn = scale_drawing(strut, first.settings_mm[0])
    reading = tables.reading(0, first.settings_mm[0])
    ends = [words.say("shorter"), words.say("longer")]
    return {
        "marks": [[mark.place, words.number(mark.reading_mm) if mark.numbered else ""] for mark in drawn.marks],
        "place": drawn.place,
        "ends": ends if drawn.longer_to_the_right else ends[::-1],
        "reading": reading,
        "example": words.say(
            "Example: strut {strut} on {date} reads {reading} mm.",
            strut=1,
            date=table_text.day_words(first, words),
            reading=reading,
        ),
    }
