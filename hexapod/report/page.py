"""What the template `common.typ` puts on every page: whose document it is, of which plan, and the notice."""

from __future__ import annotations

from typing import Any

from hexapod.report.identity import Identity
from hexapod.report.language import Language
from hexapod.report.notice import NOTICE
from hexapod.report.options import Paper

# Sides and bones as a patient reads them, to be looked up in the patient's language.
LIMBS = {
    ("right", "tibia"): "RIGHT TIBIA",
    ("left", "tibia"): "LEFT TIBIA",
    ("right", "femur"): "RIGHT FEMUR",
    ("left", "femur"): "LEFT FEMUR",
    ("right", "humerus"): "RIGHT HUMERUS",
    ("left", "humerus"): "LEFT HUMERUS",
    ("right", "forearm"): "RIGHT FOREARM",
    ("left", "forearm"): "LEFT FOREARM",
    ("right", "foot"): "RIGHT FOOT",
    ("left", "foot"): "LEFT FOOT",
}


def page_data(whose: Identity, title: str, paper: Paper, language: Language) -> dict[str, Any]:
    """The data of every template, to which a document adds its own."""
    dates = language.say(
        "{first} to {last}", first=language.short_date(whose.first_day), last=language.short_date(whose.last_day)
    )
    return {
        "title": f"{title}, {whose.case_id}, {whose.plan}",
        "lang": language.code,
        "paper": paper,
        "identity": {
            "side": language.say(LIMBS[whose.side, whose.bone]),
            "place": whose.level,
            "case": whose.case_id,
            "plan": language.say("Plan {fingerprint}", fingerprint=whose.plan),
            "dates": dates,
            "software": whose.software,
        },
        "words": {
            "page": language.say("page {page} of {pages}", page="{page}", pages="{pages}"),
            "notice": language.say(NOTICE),
        },
    }
