"""What the template `common.typ` puts on every page: whose document it is, of which plan, if signed, and the notice."""

from __future__ import annotations

from typing import Any

from hexapod.documents.identity import Identity
from hexapod.documents.print_options import Paper
from hexapod.documents.signature_status import draft_mark, standing_data
from hexapod.plan.sign_off import Signature
from hexapod.text.language import Language
from hexapod.text.safety_notice import NOTICE
from hexapod.text.translatable import translatable

# Sides and bones as a patient reads them, to be looked up in the patient's language.
LIMBS = {
    ("right", "tibia"): translatable("RIGHT TIBIA"),
    ("left", "tibia"): translatable("LEFT TIBIA"),
    ("right", "femur"): translatable("RIGHT FEMUR"),
    ("left", "femur"): translatable("LEFT FEMUR"),
    ("right", "humerus"): translatable("RIGHT HUMERUS"),
    ("left", "humerus"): translatable("LEFT HUMERUS"),
    ("right", "forearm"): translatable("RIGHT FOREARM"),
    ("left", "forearm"): translatable("LEFT FOREARM"),
    ("right", "foot"): translatable("RIGHT FOOT"),
    ("left", "foot"): translatable("LEFT FOOT"),
}


# The most letters of a level's name in the head of every page.  Whole names stand in the document.
NAME_LETTERS = 240


def shortened(text: str, most: int) -> str:
    """A free text in at most so many letters.

    >>> shortened("distal tibia", 12), shortened("distal tibia", 8)
    ('distal tibia', 'distal…')
    """
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def page_data(
    whose: Identity, title: str, paper: Paper, language: Language, signature: Signature | None
) -> dict[str, Any]:
    """The data of every template, to which a document adds its own; without a signature it is a draft."""
    dates = language.say(
        "{first} to {last}", first=language.short_date(whose.first_day), last=language.short_date(whose.last_day)
    )
    mark = f"{draft_mark(language)}: " if signature is None else ""
    return {
        "title": f"{mark}{title}, {whose.case_id}, {whose.plan}",
        "lang": language.code,
        "paper": paper,
        "identity": {
            "side": language.say(LIMBS[whose.side, whose.bone]),
            "place": ", ".join(shortened(name, NAME_LETTERS) for name in whose.levels),
            "case": whose.case_id,
            "plan": language.say("Plan {fingerprint}", fingerprint=whose.plan),
            "dates": dates,
            "software": whose.software,
        },
        "standing": standing_data(signature, language),
        "words": {
            "page": language.say("page {page} of {pages}", page="{page}", pages="{pages}"),
            "notice": language.say(NOTICE),
        },
    }
