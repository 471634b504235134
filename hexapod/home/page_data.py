"""What a phone is given of a plan: days, settings and signs, no name of anybody; and the page's sentences."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from hexapod.documents.patient_sheet.days import STRUTS, visit_days
from hexapod.documents.patient_sheet.tables import visit_at
from hexapod.home.judge import on_day
from hexapod.home.messages import LONGEST_NOTE
from hexapod.library import HomePost
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.plan.plan_file import adjustment_times
from hexapod.text.language import (
    AFTER_CHANGE_OUT,
    MISSED,
    Language,
    language,
    missed_or_stuck,
    scale_places,
    usual_danger_signs,
)
from hexapod.text.languages import LANGUAGES, NOTICE, translatable
from hexapod.text.strut_looks import STRUT_LOOKS

FORMAT = "hexapod-home/1"
# The five questions on the pin sites; the last one is of the signs that cannot wait.
QUESTIONS = (
    translatable("Is the skin round a pin or wire red, swollen or hot?"),
    translatable("Is there thick or coloured discharge?"),
    translatable("Is a pin, wire, bolt or strut loose or broken?"),
    translatable("Do you have a fever?"),
    translatable("Are fingers or toes numb, tingling, cold or blue, or can they not be moved?"),
)


def plan_data(plan: Plan, posts: Sequence[HomePost]) -> dict[str, Any]:
    """The plan as a page shows it, and how far it is by what was sent (docs/home.md)."""
    visits, levels = visit_days(plan), plan.levels
    judged = [one.report for one in posts if one.report.told in ("right", "stop")]
    return {
        "format": FORMAT,
        "state": "in force",
        "first": plan.case.start_date,
        "last": max(level.last.date for level in levels).isoformat(),
        "contact": plan.case.clinic.contact or "",
        "visit_at": plan.case.clinic.visit_time or "",
        "danger": plan.case.clinic.danger_signs or "",
        "levels": [_level(level, visits, named=len(levels) > 1) for level in levels],
        "done": [[one.level, one.date.isoformat(), one.done] for one in judged if one.done is not None],
        "held": [k for k in range(len(levels)) if [one.told for one in judged if one.level == k][-1:] == ["stop"]],
    }


def _level(level: LevelPlan, visits: frozenset[int], *, named: bool) -> dict[str, Any]:
    times = [f"{time:%H:%M}" for time in adjustment_times(level.entered)]
    return {
        "name": level.name if named else "",
        "times": times,
        "days": [_day(level, row.date, row.day, at_clinic=row.day in visits) for row in level.rows],
    }


def _day(level: LevelPlan, date: datetime.date, day: int, *, at_clinic: bool) -> dict[str, Any]:
    today, struts = on_day(level, date), level.rows[day].struts
    moments = today.moments_mm
    if not any(one.turns for one in today.adjustments):
        moments = moments[:1]
    return {
        "date": date.isoformat(),
        "day": day,
        "visit": at_clinic,
        "moments": [list(six) for six in moments],
        "ways": [[_sign(one.longer_mm[k]) for k in STRUTS] for one in today.adjustments][: len(moments) - 1],
        "scales": [[one.min_mm, one.max_mm, one.graduation_mm, scale_places(one)] for one in struts],
    }


def _sign(longer_mm: float) -> int:
    return (longer_mm > 0.0) - (longer_mm < 0.0)


def words_data(code: str) -> dict[str, Any]:
    """The sentences of the page in a language; what stands in braces is put in by the page."""
    words = language(code)
    same_day, at_once = usual_danger_signs(words)
    return _sentences(words) | {
        "code": code,
        "languages": LANGUAGES,
        "mark": words.number(0.5)[1],
        "struts": [
            {"name": words.say("Strut {strut} ({colour})", strut=k, colour=words.say(one.name))}
            | {"shade": one.shade, "ink": one.ink}
            for k, one in STRUT_LOOKS.items()
        ],
        "questions": [words.say(one) for one in QUESTIONS],
        "same_day": same_day,
        "at_once": at_once,
        "visit": words.say(AFTER_CHANGE_OUT),
        "visit_at": visit_at(words, "{time}"),
        "missed": words.say(MISSED),
        "notice": words.say(NOTICE),
        "longest_note": LONGEST_NOTE,
    }


def missed_data(plan: Plan, code: str) -> str:
    """What the clinic says of missed times and stuck struts, in its own words or ours."""
    return missed_or_stuck(plan.case, language(code))


def _sentences(words: Language) -> dict[str, str]:
    say = words.say
    return {
        "title": say("Adjusting your frame"),
        "language": say("Language"),
        "part": say("Frame part {n} of {all}: {name}", n="{n}", all="{all}", name="{name}"),
        "day": say("Day {day} of the plan.", day="{day}"),
        "begins": say("The plan begins on {date}.", date="{date}"),
        "turn_at": say("Turn the struts: {time}", time="{time}"),
        "next_at": say("Next adjustment: {time}", time="{time}"),
        "nothing": say("Turn no strut today."),
        "all_done": say("All of today is done."),
        "before": say("Before you turn, the scales must read:"),
        "they_do": say("Yes, they read these numbers"),
        "otherwise": say("No, a scale reads otherwise"),
        "changed": say("The clinic has changed the struts"),
        "until": say("Turn until the scale reads"),
        "was": say("Before: {reading}", reading="{reading}"),
        "longer": say("longer"),
        "shorter": say("shorter"),
        "done": say("Done"),
        "later": say("Later"),
        "my_scale": say("My scale reads …"),
        "read_all": say("Read all six scales"),
        "not_reported": say("Earlier times of today were not reported here. Read all six scales."),
        "between": say("Type what the scale reads, from {low} to {high}.", low="{low}", high="{high}"),
        "send": say("Send"),
        "back": say("Back"),
        "right": say("Correct."),
        "left": say("Kept for later. Turn these struts before the next adjustment."),
        "stop": say("Do not turn further. Call the clinic."),
        "again": say("Read all six scales again"),
        "kept": say("Kept on this phone. It is sent as soon as there is a network."),
        "pins": say("Pin sites and pain"),
        "yes": say("Yes"),
        "no": say("No"),
        "pain": say("Pain now, from 0 (none) to 10 (the worst)"),
        "note": say("Note for the clinic. Write no names."),
        "answer_all": say("Answer every question first."),
        "thanks": say("The clinic can see your answers. Nobody watches them all the time: if you need help, call."),
        "stopped": say("Stopped. Do not use this page to turn struts. Call the clinic."),
        "alone": say("No contact with the clinic for more than a day: this plan may have been stopped or replaced."),
        "ended": say("The plan is at its end. Turn no strut unless the clinic says so."),
        "no_link": say("Open this page by the code on your sheet."),
        "no_network": say("No network: this page cannot be opened for the first time now."),
        "unreviewed": "" if words.reviewed_by else say("No clinician has reviewed the wording of this page."),
    }
