"""What can be chosen for the printed documents; none of it changes the plan."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hexapod.errors import HexapodError
from hexapod.plan import Plan

Paper = Literal["a4", "letter"]
PAPERS: dict[Paper, str] = {"a4": "A4", "letter": "US Letter"}
# The languages of what a patient reads, by code, each in its own words.
LANGUAGES = {"en": "English", "es": "Español", "fr": "Français", "de": "Deutsch", "pt": "Português"}


@dataclass(frozen=True)
class Acknowledgement:
    """Who has accepted a caution, and why: `code` and `level` are those of the finding."""

    code: str
    level: int
    by: str
    reason: str
    on: datetime.date | None = None


@dataclass(frozen=True)
class Signature:
    """Who has signed a plan: the name signed with, the user `by`, when (`at`, UTC as in the audit trail), which plan.

    `head` is the head of the library's audit trail with this signature as its last entry.
    """

    name: str
    by: str
    at: str
    plan_sha256: str
    head: str


@dataclass(frozen=True)
class PrintOptions:
    """Language and paper of the documents, what is told of the cautions, and who has signed: without, all are drafts.

    `earlier_calendar` is the calendar file of the plan that this one replaces: a signed plan's calendar cancels what
    fell away from it.  `signed_elsewhere` is a signature that the plan had in another library, from which the case was
    taken in: it is told, and does not make the documents signed ones.
    """

    language: str = "en"
    paper: Paper = "a4"
    acknowledgements: tuple[Acknowledgement, ...] = ()
    earlier_calendar: bytes | None = None
    signature: Signature | None = None
    signed_elsewhere: Signature | None = None


def acknowledgements(plan: Plan, said: Sequence[tuple[str, str, str]]) -> tuple[Acknowledgement, ...]:
    """Cautions acknowledged by code, name and reason, for every level that has them.

    Raises:
        HexapodError: a code that is no caution of this plan.
    """
    cautions = sorted({(finding.code, finding.level) for finding in plan.findings if finding.verdict == "caution"})
    found = []
    for code, by, reason in said:
        levels = [level for known, level in cautions if known == code]
        if not levels:
            have = ", ".join(sorted({known for known, _ in cautions})) or "none"
            raise HexapodError(f"{code} is no caution of this plan; it has {have}.")
        if not by.strip() or not reason.strip():
            raise HexapodError(f"{code} is acknowledged by a name and with a reason; neither can be empty.")
        found += [Acknowledgement(code, level, by.strip(), reason.strip()) for level in levels]
    return tuple(found)
