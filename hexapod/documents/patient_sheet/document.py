"""The patient's sheet: a guide, the target settings by date, and the same again strut by strut."""

from __future__ import annotations

from typing import Any

from hexapod.documents.document_set import Paper, PrintOptions
from hexapod.documents.identity import identity, page_data
from hexapod.documents.patient_sheet.guide import guide
from hexapod.documents.patient_sheet.tables import Tables, model_words
from hexapod.documents.typeset import typeset
from hexapod.plan.make_plan import Plan
from hexapod.plan.sign_off import Signature
from hexapod.text.language import Language, language
from hexapod.text.strut_looks import STRUT_LOOKS


def patient_sheet(plan: Plan, level: int, options: PrintOptions) -> bytes:
    """The patient's sheet of one level, counted from 0, as PDF."""
    words = language(options.language)
    return typeset("patient_sheet/sheet.typ", sheet_data(plan, level, words, options.paper, options.signature))


def sheet_data(
    plan: Plan, level: int, words: Language, paper: Paper, signature: Signature | None = None
) -> dict[str, Any]:
    """All that the template shows, in the words of a language: the template lays out and decides nothing."""
    page = page_data(identity(plan, level), words.say("Adjusting your frame"), paper, words, signature)
    tables = Tables(plan.levels[level], words)
    struts = [_strut(number, tables, words) for number in STRUT_LOOKS]
    return page | {"struts": struts, "guide": guide(plan, level, tables, words)} | tables.data()


def _strut(number: int, tables: Tables, words: Language) -> dict[str, Any]:
    """How a strut is told from the others."""
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
