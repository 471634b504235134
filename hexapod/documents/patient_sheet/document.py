"""The patient's sheet: a guide, the target settings by date and again strut by strut, and the code of the sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import segno

from hexapod.case.model import Case
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.identity import identity, page_data
from hexapod.documents.patient_sheet.days import STRUTS, Block, Day, Direction, visit_days
from hexapod.documents.patient_sheet.drawing import FrameDrawing, frame_drawing, scale_drawing
from hexapod.documents.patient_sheet.tables import (
    SIGNS,
    TURN_WORDS,
    Tables,
    day_words,
    ending,
    model_words,
    replaced_data,
)
from hexapod.documents.typeset import typeset
from hexapod.hardware.models import Strut
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import visit_time
from hexapod.plan.sign_off import sheet_code
from hexapod.text.language import MISSED, Language, danger_signs, language, missed_or_stuck
from hexapod.text.languages import translatable
from hexapod.text.milestones import coarse_mark_mm
from hexapod.text.strut_looks import STRUT_LOOKS

# The page that tells whether a sheet is in force, by the code printed on it.
ROUTE = "/in-force/"
# The name by which the template asks for the picture of the code.
PICTURE = "code.svg"
HOME_PICTURE = "home.svg"


def patient_sheet(plan: Plan, level: int, options: PrintOptions) -> bytes:
    """The patient's sheet of one level, counted from 0, as PDF; the same plan gives the same bytes.

    Raises:
        HexapodError: a text of the case has a character that is not in the font, or there is no such language.
    """
    data = sheet_data(plan, level, language(options.language), options)
    return typeset("patient_sheet/sheet.typ", data, code_picture(options))


def sheet_data(plan: Plan, level: int, words: Language, options: PrintOptions) -> dict[str, Any]:
    """Everything that the template shows, in one language: the template only lays it out."""
    page = page_data(identity(plan, level), words.say("Adjusting your frame"), options.paper, words, options.signature)
    page |= replaced_data(plan, level, options, words) | code_data(options, words)
    tables = Tables(plan.levels[level], words, visit_days(plan), visit_time(plan.case))
    struts = [_strut(number, tables, words) for number in STRUT_LOOKS]
    guided = guide(plan, level, tables, words) | _to_fill_in(plan, words)
    return page | {"struts": struts, "guide": guided} | tables.data(strut_by_strut=options.strut_tables)


def code_data(options: PrintOptions, words: Language) -> dict[str, Any]:
    """The code of a signed sheet with what it is for; nothing for a draft."""
    if options.signature is None:
        return {"code": "", "code_says": "", "code_picture": "", "home": ""}
    code = sheet_code(options.signature)
    if options.public_address:
        text = words.say("Is this sheet still in force? Point the camera of a telephone here.")
    else:
        text = words.say("Is this sheet still in force? The clinic can tell by this code.")
    home = words.say(
        "This plan on your phone: point its camera here. Whoever has this code sees the plan; show it to nobody."
    )
    picture = {"code_picture": PICTURE, "home": home if options.home_page else "", "home_picture": HOME_PICTURE}
    return {"code": words.say("Code {code}", code=code), "code_alone": code, "code_says": text} | picture


def code_picture(options: PrintOptions) -> dict[str, bytes]:
    """The QR code as a picture: the address that tells whether the sheet is in force, or the code for the clinic."""
    if options.signature is None:
        return {}
    code = sheet_code(options.signature)
    held = f"{options.public_address.rstrip('/')}{ROUTE}{code}" if options.public_address else code
    return {PICTURE: qr(held)} | ({HOME_PICTURE: qr(options.home_page)} if options.home_page else {})


def qr(held: str) -> bytes:
    """A QR code as SVG."""
    drawn = io.BytesIO()
    # Error correction level M survives a fold or a stain (ISO/IEC 18004: 15 % of the code words).
    segno.make_qr(held, error="m").save(drawn, kind="svg", border=4, xmldecl=False)
    return drawn.getvalue()


def _to_fill_in(plan: Plan, words: Language) -> dict[str, Any]:
    """What the clinic and the patient write on the sheet by hand."""
    return {
        "label": words.say("Patient label of the hospital"),
        "to_fill_in": [words.say("Weight bearing allowed:"), words.say("Next visit:")],
        "questions": words.say("My questions for the next visit"),
        "today": words.say("Your scales on {date}, in mm", date=words.long_date(plan.case.first_day)),
    }


def _strut(number: int, tables: Tables, words: Language) -> dict[str, Any]:
    """Number, colour, pattern and model by which a strut is recognised."""
    look = STRUT_LOOKS[number]
    colour = words.say(look.name)
    return {
        "number": str(number),
        "colour": colour,
        "name": words.say("Strut {strut} ({colour})", strut=number, colour=colour),
        "shade": look.shade,
        "ink": look.ink,
        "thickness": look.pattern.thickness,
        "dash": look.pattern.dash,
        "model": model_words(tables.models[number - 1][0], words),
    }


WAYS = {
    1: translatable("A larger number means a longer strut."),
    -1: translatable("Careful: a larger number means a SHORTER strut."),
}
TWO_SCALES = translatable(
    "Each strut has a locked part and a part that turns. The numbers of this sheet are those of the scale on the part "
    "that turns. Never loosen the locked part."
)
UNVERIFIED = "hardware.unverified"
ARM = ("humerus", "forearm")


def steps(words: Language) -> list[str]:
    """How to use the sheet, in the order of doing it."""
    return [
        words.say("Find today in the table by date. Check the day of the week, the date and the day number."),
        words.say(
            "Before turning, the scales must read the numbers of the line before. If not, turn nothing and call the "
            "clinic. The numbers in large print are for the last time of the day; do not turn to them earlier."
        ),
        words.say(
            "At each time that the table gives for the day, turn every strut that has an arrow in the line of that "
            "time until its scale reads the number in its column. Leave the struts without an arrow as they are."
        ),
        words.say(
            "To turn means: with the adjusting knob that the clinic has shown you. Never loosen or turn bolts, nuts or "
            "joints."
        ),
        words.say("Go by the number of the strut and by its scale, not by how far you have turned."),
        words.say(
            "If a number moves away from its target while you turn, stop, and turn back to where you began. If you "
            "notice it only later, turn nothing and call the clinic."
        ),
        words.say("Tick the box when all six scales read the numbers of that line."),
    ]


def signs(words: Language) -> list[tuple[str, str, str]]:
    """Sign, word and meaning of what a strut does."""
    meaning = {
        Direction.LONGER: words.say("turn to make the strut longer, until its scale reads the number"),
        Direction.SHORTER: words.say("turn to make the strut shorter, until its scale reads the number"),
    }
    return [(SIGNS[turn], words.say(TURN_WORDS[turn]), meaning[turn]) for turn in meaning]


def parts(plan: Plan, level: int, words: Language) -> list[str]:
    """Which part of the frame the sheet is for, and how many other sheets there are."""
    names = [one.name for one in plan.levels]
    if len(names) == 1:
        return [names[0]]
    text = words.say(
        "The frame has {n} parts, and each has a sheet of its own: {names}. Use all {n} sheets: at each time in the "
        "tables turn the struts of every part.",
        n=len(names),
        names=" · ".join(names),
    )
    return [words.say("This sheet is only for the frame part “{name}”.", name=names[level]), text]


CIRCLES = {
    "proximal": translatable(
        "Outer circle: the larger ring, nearer to the trunk. Inner circle: the smaller ring, farther from the trunk."
    ),
    "distal": translatable(
        "Outer circle: the larger ring, farther from the trunk. Inner circle: the smaller ring, nearer to the trunk."
    ),
    None: translatable(
        "Both rings are of one size. Outer circle: the ring nearer to the trunk. Inner circle: the ring farther from "
        "the trunk."
    ),
}


def how_seen(case: Case, drawn: FrameDrawing, words: Language) -> list[str]:
    """How to hold the drawing of the frame against the limb."""
    if case.limb.bone in ARM:
        along = words.say("Seen from above (proximal): as you look along the arm from the shoulder to the hand.")
    else:
        along = words.say("Seen from above (proximal): as you look along the leg from the hip to the foot.")
    return [along, words.say(CIRCLES[drawn.larger]), master_tab(drawn, words)]


def master_tab(drawn: FrameDrawing, words: Language) -> str:
    """Where the front of the frame is, by the struts beside its master tab."""
    proximal, distal = drawn.tabs
    if proximal is not None and distal is None:
        return words.say(
            "At the bottom of the drawing: the master tab, between struts {a} and {b} of the ring nearer to the trunk.",
            a=proximal[0],
            b=proximal[1],
        )
    if distal is not None and proximal is None:
        return words.say(
            "At the bottom of the drawing: the master tab, between struts {a} and {b} of the ring farther from the "
            "trunk.",
            a=distal[0],
            b=distal[1],
        )
    if proximal is not None and distal is not None:
        return words.say("The master tab of both rings is at the bottom of the drawing.")
    return words.say("The front of both rings is at the bottom of the drawing.")


def scale_sentences(struts: Sequence[tuple[int, Strut]], words: Language) -> list[str]:
    """What a mark is worth and which way the numbers run; strut by strut where they differ.

    `struts` are numbers, counted from 1, with the models that are fitted at any time.
    """
    marks = {(number, words.number(strut.graduation_mm)) for number, strut in struts}
    ways = {(number, WAYS[strut.scale_direction]) for number, strut in struts}
    two_parts = any(strut.acute is not None for _, strut in struts)
    return [
        *([words.say(TWO_SCALES)] if two_parts else []),
        *_by_strut([(n, words.say("From one mark to the next is {step} mm.", step=step)) for n, step in marks], words),
        *_by_strut([(n, words.say(way)) for n, way in ways], words),
        words.say("Look straight at the scale, not from the side."),
    ]


def coarse_scale(mark_mm: float, words: Language) -> str:
    """Why a strut is not turned at some times of the day and by a whole mark at others."""
    return words.say(
        "A scale with marks of {step} mm has no smaller steps, such as a quarter of a millimetre. So at some times of "
        "the day a strut is not turned, and at others by a whole mark. That is right: follow the table.",
        step=words.number(mark_mm),
    )


def _by_strut(by_strut: Sequence[tuple[int, str]], words: Language) -> list[str]:
    """Sentences that hold for all struts as they are, others preceded by the numbers of their struts."""
    sentences = {sentence: sorted(n for n, other in by_strut if other == sentence) for _, sentence in sorted(by_strut)}
    if len(sentences) == 1:
        return list(sentences)
    return [
        words.say_many(
            "Strut {struts}: {sentence}",
            "Struts {struts}: {sentence}",
            len(numbers),
            struts=words.listed([str(n) for n in numbers]),
            sentence=sentence,
        )
        for sentence, numbers in sentences.items()
    ]


def key_dates(plan: Plan, level: int, blocks: Sequence[Block], words: Language) -> list[tuple[str, str]]:
    """The days to know beforehand, in order: each with what happens."""
    mine = plan.levels[level]
    dates: list[tuple[int, str]] = [
        (0, words.say("starting position: check that your scales read the numbers of the table"))
    ]
    for block in blocks:
        if isinstance(block, Day):
            dates += [(block.first.day, words.say("first adjustment day"))] * block.first_turning
            dates += [(block.first.day, words.say("last adjustment day"))] * block.last_turning
    if mine.docking_day is not None:
        dates.append((mine.docking_day, words.say("docking: by the evening the bone ends should meet")))
    dates += _visits(plan, level, words)
    dates.append((mine.last.day, words.say("end of this table")))
    # A plan's levels run on one calendar, and the longest has a row for every day.
    calendar = max((one.rows for one in plan.levels), key=len)
    return [(day_words(calendar[day], words), what) for day, what in sorted(dates, key=lambda one: one[0])]


def _visits(plan: Plan, level: int, words: Language) -> list[tuple[int, str]]:
    """Clinic visits, those of the other parts of the frame too."""
    dates = []
    for index, one in enumerate(plan.levels):
        for day in sorted({exchange.planned_day for exchange in one.exchanges}):
            struts = [str(exchange.strut) for exchange in one.exchanges if exchange.planned_day == day]
            what = words.say_many(
                "CLINIC VISIT: strut {struts} is changed",
                "CLINIC VISIT: struts {struts} are changed",
                len(struts),
                struts=words.listed(struts),
            )
            if (time := visit_time(plan.case)) is not None:
                what = words.say("{what}, at {time}", what=what, time=words.time(time))
            if index != level:
                what = words.say("{what} (frame part “{name}”)", what=what, name=one.name)
            dates.append((day, what))
    return dates


def small_print(plan: Plan, level: int, words: Language) -> list[str]:
    """For the clinic: who has checked the wording, and whether the hardware data are verified."""
    name = words.own_name()
    if words.reviewed_by is None:
        sentences = [
            words.say("Language: {language}. No clinician has reviewed the wording of this sheet.", language=name)
        ]
    else:
        sentences = [
            words.say(
                "Language: {language}. The wording of this sheet was reviewed by {clinician}.",
                language=name,
                clinician=words.reviewed_by,
            )
        ]
    if any(finding.code == UNVERIFIED and finding.level == level for finding in plan.findings):
        sentences.append(
            words.say(
                "For the clinic: some data of these rings or struts are unverified. Check ring and strut data against "
                "the maker's manual before use."
            )
        )
    return sentences


def guide(plan: Plan, index: int, tables: Tables, words: Language) -> dict[str, Any]:
    """What the template shows before the tables of level `index`, counted from 0."""
    case, say, coarse = plan.case, words.say, coarse_mark_mm(plan.levels[index])
    drawn = frame_drawing(plan.levels[index].setup)
    return {
        "title": say("Adjusting your frame"),
        "parts": parts(plan, index, words),
        "steps_title": say("How to use this sheet"),
        "steps": steps(words),
        "times": say(
            "Turn the struts at: {times}. If a time has no line in the table on a day, turn nothing at that time.",
            times=words.listed([words.time(time) for time in tables.times]),
        ),
        "frame_title": say("Your frame"),
        "frame": drawn.struts,
        "tabs": [tab is not None for tab in drawn.tabs],
        "master_tab": say("master tab") if any(drawn.tabs) else "",
        "how_seen": how_seen(case, drawn, words),
        "struts_title": say("Your struts"),
        "scale_title": say("How to read a scale"),
        "scale_says": [
            *scale_sentences([(k + 1, strut) for k in STRUTS for strut in tables.models[k]], words),
            *([] if coarse is None else [coarse_scale(coarse, words)]),
        ],
        "scale": _scale(tables, words),
        "signs_title": say("What the signs mean"),
        "signs": signs(words),
        "tick": say("tick here when the line is done"),
        "dates_title": say("Important dates"),
        "dates": key_dates(plan, index, tables.days, words),
        "end": ending(tables.level, words),
        "help_title": say(MISSED),
        "help": missed_or_stuck(case, words),
        "danger_title": say("When to call at once"),
        "danger": danger_signs(case, words),
        "clinic": case.clinic.name or say("Your clinic"),
        "contact": case.clinic.contact or "",
        "telephone": say("Telephone:"),
        "small": small_print(plan, index, words),
    }


def _scale(tables: Tables, words: Language) -> dict[str, Any]:
    """The scale of strut 1 with its first reading, which the patient can look up on the frame at once."""
    first, strut = tables.level.rows[0], tables.models[0][0]
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
            date=day_words(first, words),
            reading=reading,
        ),
    }
