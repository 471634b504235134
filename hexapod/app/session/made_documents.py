"""The documents of a plan, made once when they are asked for, held as long as nothing changes, and whose they are.

Of an issued or signed plan the library keeps names and fingerprints before any can be saved.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from hexapod.app.session import library_access
from hexapod.app.sign_in import user
from hexapod.documents.document_set import Document, PrintOptions, documents, public_address
from hexapod.errors import HexapodError
from hexapod.library import DocumentRecord, RecordedVisit, Records, StoredPlan
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import plan_sha256
from hexapod.plan.sign_off import Acknowledgement, EarlierPlan, Signature
from hexapod.preoperative.end_error import USUAL_GOAL, Goal
from hexapod.text.field_kinds import Paper

# Files remembered, the latest: a hundred bytes each.  One that is forgotten is handed out to nobody.
MOST = 50_000
_of: OrderedDict[bytes, set[tuple[str, str]]] = OrderedDict()
_lock = threading.Lock()


class Withdrawn(HexapodError):
    """What is asked for is no longer what the page showed."""


@dataclass(frozen=True)
class Choices:
    """How the documents shall be printed, and in which time zone the calendar is.

    `calendar` is the file, with its name, of a plan that no library holds; `answered` once it was said whether there is
    one.  Language and paper are those of the clinic unless `for_patient`.  `fhir_patient` and `dicom_patient` are the
    patient in the hospital's systems, empty where nothing goes there.  `goal` is that of the step Check.  `home` is the
    plan ID and the address, with its link, of a page at home that was made here.
    """

    language: str = "en"
    paper: Paper = "a4"
    calendar_name: str = ""
    calendar: bytes | None = None
    time_zone: str | None = None
    answered: bool = False
    strut_tables: bool = False
    for_patient: bool = False
    fhir_patient: str = ""
    dicom_patient: str = ""
    goal: Goal = USUAL_GOAL
    home: tuple[str, str] = ("", "")

    def options(
        self,
        acknowledgements: tuple[Acknowledgement, ...],
        signature: Signature | None = None,
        elsewhere: Signature | None = None,
        earlier: tuple[EarlierPlan, ...] = (),
        films: Mapping[str, bytes] = MappingProxyType({}),
        visits: tuple[RecordedVisit, ...] = (),
    ) -> PrintOptions:
        """The options of the documents."""
        return PrintOptions(
            self.language,
            self.paper,
            acknowledgements,
            self.calendar,
            signature,
            elsewhere,
            earlier,
            self.time_zone,
            public_address(),
            self.strut_tables,
            films,
            self.fhir_patient,
            self.dicom_patient,
            visits,
            self.goal,
            self.home[1] if signature is not None and signature.plan_sha256 == self.home[0] else "",
        )


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
    earlier: tuple[EarlierPlan, ...] = (),
    key: str = "",
    stopped_at: str = "",
) -> PlanDocuments:
    """Make every document; one that cannot be made keeps none of the others back.

    `key` is that of the case in the library, whose radiographs the report prints where they are kept; `stopped_at`
    (UTC) is since when the plan is stopped, which is then the last of `earlier`.
    """
    made: tuple[MadeDocument, ...] = ()
    trouble = ""
    try:
        records = library_access.records()
        visits = records.visits.of(key) if key else ()
        films = records.films.named_in(key, plan.case, visits) if key else {}
        options = choices.options(acknowledgements, signature, elsewhere, earlier, films, visits)
        found = documents(plan, replace(options, stopped_at=stopped_at))
        made = tuple(_made(document) for document in found if document.kind != "case")
    except HexapodError as error:
        trouble = str(error)
    return PlanDocuments(plan.case_sha256, plan_sha256(plan), choices, acknowledgements, made, trouble, signature)


def _made(document: Document) -> MadeDocument:
    try:
        return MadeDocument(document, document.content())
    except HexapodError as error:
        return MadeDocument(document, None, str(error))


def keep_record(plan_documents: PlanDocuments, plan: StoredPlan, case: str) -> PlanDocuments:
    """The documents, once the library has their fingerprints with this plan of the case of this key.

    When that fails it is told.  Signed ones are then taken away: whatever is handed out signed is known to the library.
    """
    made = [(one.document.name, one.content) for one in plan_documents.made if one.content is not None]
    listed = [DocumentRecord(name, hashlib.sha256(content).hexdigest()) for name, content in made]
    new = [one for one in listed if one not in plan.documents]
    try:
        if new:
            library_access.records().plans.record_documents(case, plan.number, new)
    except HexapodError as error:
        message = f"The library could not keep which documents these are. {error}"
        if plan_documents.signature is None:
            return replace(plan_documents, unrecorded=message)
        return replace(
            plan_documents, made=(), unrecorded=f"{message} Signed documents are not handed out without that."
        )
    return plan_documents


def must_still_be(records: Records, case: str, plan: StoredPlan | None, revision: int) -> None:
    """Make sure, when a document is asked for, that what it says of its plan is still so.

    Args:
        records: the library for the user who is shown the document.
        case: key of the case.
        plan: the plan as it was when the page was drawn, None when it was not issued.
        revision: of the entries that the plan is of.

    Raises:
        Withdrawn: the plan was signed, stopped or replaced since, or the entries of an unsigned one have changed.
        LibraryError: the library does not answer, or not this user.
    """
    if plan is not None:
        now = records.plans.load(case, plan.number)
        if (now.state, now.sign_off) != (plan.state, plan.sign_off):
            raise Withdrawn(f"Plan {plan.number} is {now.state} now: load the page anew.")
        if plan.state == "signed":
            return
    if records.drafts.revision(case) != revision:
        raise Withdrawn("The entries of this case were changed in another window: load the page anew.")


def keep(content: bytes, whose: str, case: str) -> bytes:
    """Remember for whom and for which case (its key, empty for one that is in no library) a content was made; it."""
    mark = hashlib.sha256(content).digest()
    with _lock:
        _of.setdefault(mark, set()).add((whose, case))
        _of.move_to_end(mark)
        while len(_of) > MOST:
            _of.popitem(last=False)
    return content


def when_pressed(make: Callable[[], bytes], case: str) -> Callable[[], bytes]:
    """What a download button calls once it is pressed, perhaps long after its page was drawn.

    Streamlit calls it without saying who is there: so it asks first whether the sign-in of its page still lasts, and
    makes nothing, and records nothing, when it does not.

    Args:
        make: makes the content, for the user of the page.
        case: key of the case, empty for one that is in no library.

    Raises:
        NotSignedIn: the page itself has nobody.
    """
    lasts, name = user.lasting(), user.actor().name

    def pressed() -> bytes:
        lasts()
        return keep(make(), name, case)

    return pressed


def cases_of(content: bytes, whose: str) -> set[str]:
    """The cases for which a content was made for a user; none when it was not made for them."""
    with _lock:
        found = _of.get(hashlib.sha256(content).digest(), set())
        return {case for name, case in found if name == whose}
