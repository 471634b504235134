"""Which sheet is in force: the code of this one, and the one that it replaces, with the readings of day 0 by both."""

from __future__ import annotations

import io
from typing import Any

import segno

from hexapod.documents.document_set import PrintOptions
from hexapod.documents.patient_sheet.days import STRUTS
from hexapod.plan.make_plan import Plan
from hexapod.plan.sign_off import EarlierPlan, sheet_code
from hexapod.text.language import Language, scale_places

ROUTE = "/in-force/"
# The name by which the template asks for the picture.
PICTURE = "code.svg"


def code_data(options: PrintOptions, words: Language) -> dict[str, Any]:
    """The code of a signed sheet with what it is for; nothing for a draft."""
    if options.signature is None:
        return {"code": "", "code_says": "", "code_picture": ""}
    code = sheet_code(options.signature)
    if options.public_address:
        told = words.say("Is this sheet still in force? Point the camera of a telephone here.")
    else:
        told = words.say("Is this sheet still in force? The clinic can tell by this code.")
    return {"code": words.say("Code {code}", code=code), "code_alone": code, "code_says": told, "code_picture": PICTURE}


def code_picture(options: PrintOptions) -> dict[str, bytes]:
    """The QR code as a picture: the address that tells whether the sheet is in force, or the code for the clinic."""
    if options.signature is None:
        return {}
    code = sheet_code(options.signature)
    held = f"{options.public_address.rstrip('/')}{ROUTE}{code}" if options.public_address else code
    drawn = io.BytesIO()
    # Level M stands a fold or a stain (ISO/IEC 18004: 15 % of the words).
    segno.make_qr(held, error="m").save(drawn, kind="svg", border=4, xmldecl=False)
    return {PICTURE: drawn.getvalue()}


def replaced_data(plan: Plan, level: int, options: PrintOptions, words: Language) -> dict[str, Any]:
    """What every page says of the sheet before, and both sheets' readings of day 0; empty for a first sheet."""
    if not options.earlier:
        if plan.case.derived_from is None:
            return {"replaces": "", "readings": []}
        return {"replaces": words.say("Replaces every earlier sheet of this frame. Destroy those."), "readings": []}
    before = options.earlier[-1]
    date = words.long_date(before.case.first_day)
    if before.code:
        told = words.say("Replaces the sheet of {date} (code {code}). Destroy that one.", date=date, code=before.code)
    else:
        told = words.say("Replaces the sheet of {date}. Destroy that one.", date=date)
    return {"replaces": told, "readings": _readings(plan, level, before, words)}


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

    def told(name: str, six: Any) -> list[str]:
        return [name, *(words.number(six[k], scale_places(today.struts[k])) for k in STRUTS)]

    return [
        told(words.say("by the old sheet"), old[-1]["settings_mm"]),
        told(words.say("by this sheet"), today.settings_mm),
    ]
