"""The documents of a plan, made once when they are asked for and held as long as nothing changes.

Of an issued or signed plan the library keeps names and fingerprints before any can be saved.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from hexapod.app.session import library_access
from hexapod.documents.document_set import Document, Paper, PrintOptions, documents
from hexapod.errors import HexapodError
from hexapod.library import DocumentRecord, StoredPlan
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import plan_sha256
from hexapod.plan.sign_off import Acknowledgement, Signature


@dataclass(frozen=True)
class Choices:
    """How the documents shall be printed, and the calendar, by its file's name, that the new one replaces."""

    language: str = "en"
    paper: Paper = "a4"
    calendar_name: str = ""
    calendar: bytes | None = None

    def options(
        self,
        acknowledgements: tuple[Acknowledgement, ...],
        signature: Signature | None = None,
        elsewhere: Signature | None = None,
    ) -> PrintOptions:
        """The options of the documents."""
        return PrintOptions(self.language, self.paper, acknowledgements, self.calendar, signature, elsewhere)


@dataclass(frozen=True)
class MadeDocument:
    """A document with its bytes, or with the sentence why it could not be made."""

    document: Document
    content: bytes | None
    trouble: str = ""


@dataclass(frozen=True)
class PlanDocuments:
    """All documents but the case file, and what they were made of; `trouble` is told when there can be none.

    Without a signature they are drafts.  `unrecorded` says why the library does not know of them.
    """

    case_sha256: str
    plan_sha256: str
    choices: Choices
    acknowledgements: tuple[Acknowledgement, ...]
    made: tuple[MadeDocument, ...]
    trouble: str = ""
    signature: Signature | None = None
    unrecorded: str = ""


def make_documents(
    plan: Plan,
    choices: Choices,
    acknowledgements: tuple[Acknowledgement, ...],
    signature: Signature | None = None,
    elsewhere: Signature | None = None,
) -> PlanDocuments:
    """Make every document; one that cannot be made keeps none of the others back."""
    made: tuple[MadeDocument, ...] = ()
    trouble = ""
    try:
        found = documents(plan, choices.options(acknowledgements, signature, elsewhere))
        made = tuple(_made(document) for document in found if document.kind != "case")
    except HexapodError as error:
        trouble = str(error)
    return PlanDocuments(plan.case_sha256, plan_sha256(plan), choices, acknowledgements, made, trouble, signature)


def _made(document: Document) -> MadeDocument:
    try:
        return MadeDocument(document, document.content())
    except HexapodError as error:
        return MadeDocument(document, None, str(error))


def keep_record(papers: PlanDocuments, plan: StoredPlan, case: str) -> PlanDocuments:
    """The documents, once the library has their fingerprints with this plan of the case of this key.

    When that fails it is told.  Signed ones are then taken away: whatever is handed out signed is known to the library.
    """
    made = [(one.document.name, one.content) for one in papers.made if one.content is not None]
    listed = [DocumentRecord(name, hashlib.sha256(content).hexdigest()) for name, content in made]
    new = [one for one in listed if one not in plan.documents]
    try:
        if new:
            library_access.records().plans.record_documents(case, plan.number, new)
    except HexapodError as error:
        told = f"The library could not keep the fingerprints of these documents. {error}"
        if papers.signature is None:
            return replace(papers, unrecorded=told)
        return replace(papers, made=(), unrecorded=f"{told} Signed documents are not handed out without that.")
    return papers
