"""The identity on every page, file and event: case, plan, signature or DRAFT, and the safety notice.

It keeps documents from being confused.  Only the documents of a signed plan come without the word DRAFT, and each of
them carries the head of the audit trail, which reveals a trail that was rebuilt as a whole (hazard H-14).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from hexapod.about import LABEL
from hexapod.deformity.quantities import Side
from hexapod.documents.sanitise import one_line
from hexapod.errors import HexapodError
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import plan_sha256, short_fingerprint
from hexapod.plan.sign_off import Signature
from hexapod.text.field_kinds import Paper
from hexapod.text.language import Language
from hexapod.text.languages import DRAFT, NOT_SIGNED, NOTICE, translatable


@dataclass(frozen=True)
class DocumentIdentity:
    """Whose document it is, of which plan, and for which dates; `levels` are the names of the levels that it covers."""

    case_id: str
    title: str
    side: Side
    bone: str
    levels: tuple[str, ...]
    case_sha256: str
    plan_sha256: str
    software: str
    first_day: datetime.date
    last_day: datetime.date

    @property
    def plan(self) -> str:
        """The plan ID in its short form."""
        return short_fingerprint(self.plan_sha256)

    @property
    def level(self) -> str:
        """The names of the levels in one line."""
        return ", ".join(self.levels)


def identity(plan: Plan, level: int | None = None) -> DocumentIdentity:
    """The identity of a document on one level, counted from 0, or on the whole case."""
    case = plan.case
    covered = plan.levels if level is None else (plan.levels[level],)
    return DocumentIdentity(
        case_id=case.id,
        title=case.title,
        side=case.limb.side,
        bone=case.limb.bone,
        levels=tuple(one.name for one in covered),
        case_sha256=plan.case_sha256,
        plan_sha256=plan_sha256(plan),
        software=plan.software,
        first_day=case.first_day,
        last_day=max(one.last.date for one in covered),
    )


def standing_words(signature: Signature | None, language: Language) -> str:
    """The line of every document that tells whether it is signed."""
    if signature is None:
        return f"{draft_mark(language)}. {language.say(NOT_SIGNED)}"
    moment = signed_at(signature)
    return language.say(
        "Signed by {name} on {date}, {time} UTC. Audit trail: {head}.",
        name=one_line(signature.name),
        date=language.long_date(moment.date()),
        time=language.time(moment.time()),
        head=signature.head,
    )


def draft_mark(language: Language) -> str:
    """The word for a draft, followed by that of the language where it has another.

    >>> from hexapod.text.language import language
    >>> draft_mark(language("en")), draft_mark(language("de"))
    ('DRAFT', 'DRAFT · ENTWURF')
    """
    own = language.say(DRAFT)
    return DRAFT if own == DRAFT else f"{DRAFT} · {own}"


def signed_at(signature: Signature) -> datetime.datetime:
    """When it was signed, UTC.

    Raises:
        HexapodError: the time is not one of the audit trail.
    """
    try:
        moment = datetime.datetime.fromisoformat(signature.at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise HexapodError(f"“{signature.at}” is no time of a signature: give one such as 2026-03-02T08:00:00Z.")
    return moment.astimezone(datetime.UTC)


def standing_data(signature: Signature | None, language: Language) -> dict[str, Any]:
    """What the template `common.typ` needs of it; `across` are the words over the page, none when it is signed."""
    own = language.say(DRAFT)
    across = [] if signature is not None else [DRAFT] if own == DRAFT else [DRAFT, own]
    return {"across": across, "words": standing_words(signature, language)}


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
    whose: DocumentIdentity, title: str, paper: Paper, language: Language, signature: Signature | None
) -> dict[str, Any]:
    """The data common to all templates; a document adds its own.  Without a signature it is a draft."""
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
            "plan": language.say("Plan ID {plan}", plan=whose.plan),
            "dates": dates,
            "software": LABEL,
        },
        "standing": standing_data(signature, language),
        "words": {
            "page": language.say("page {page} of {pages}", page="{page}", pages="{pages}"),
            "notice": language.say(NOTICE),
        },
    }
