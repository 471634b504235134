"""What can be chosen for the printed documents; none of it changes the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hexapod.plan.sign_off import Acknowledgement, Signature

Paper = Literal["a4", "letter"]
PAPERS: dict[Paper, str] = {"a4": "A4", "letter": "US Letter"}


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
