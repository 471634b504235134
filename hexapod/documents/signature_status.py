"""Whether a document is signed: DRAFT and what that means, or who has signed, when, and the head of the audit trail.

Only the documents of a signed plan come without the word DRAFT, and each of them carries the head: a trail made anew as
a whole shows by it (hazard H-14).
"""

from __future__ import annotations

import datetime
from typing import Any

from hexapod.documents.sanitise import one_line
from hexapod.errors import HexapodError
from hexapod.plan.sign_off import Signature
from hexapod.text.language import Language
from hexapod.text.safety_notice import DRAFT, NOT_SIGNED


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
