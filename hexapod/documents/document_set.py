"""The documents of a plan, made here for command line and app alike, so that both give the same bytes; into a folder.

Modules that typeset, draw or write spreadsheets are imported only when a document is made.
"""

from __future__ import annotations

import functools
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hexapod.case.files import case_text, write_together
from hexapod.case.model import Case
from hexapod.documents.sanitise import case_file_name, document_name, limb_start
from hexapod.errors import HexapodError
from hexapod.plan.make_plan import Plan, Refusal
from hexapod.plan.plan_file import plan_sha256
from hexapod.plan.sign_off import Acknowledgement, EarlierPlan, Signature
from hexapod.preoperative.end_error import USUAL_GOAL, Goal
from hexapod.text.field_kinds import Paper

if TYPE_CHECKING:
    from hexapod.library.models import RecordedVisit


@dataclass(frozen=True)
class PrintOptions:
    """Language and paper of the documents, acknowledged cautions, and the signature; without it all are drafts.

    `earlier` are the plans of this limb that were signed before, oldest first, as the library has them: the calendar of
    a signed plan cancels entries of theirs that it does not have, and its sheet replaces the last one's.
    `earlier_calendar` is the calendar file of a plan that no library holds.  `time_zone` is that of the clinic, for a
    case that names none.
    `stopped_at` (UTC) is since when the last of the `earlier` plans, which is this one, is stopped: its calendar
    then cancels every entry from that day on, and all else is a draft.
    `home_page` is the address of the plan's page at home with its link, empty for a plan that has none.
    `public_address` is where `/in-force/CODE` is answered for the code of a sheet, empty where it is nowhere.
    `films` are the pictures (PNG) of radiographs that the library keeps, by SHA-256: the report prints them.
    `fhir_patient` and `dicom_patient` are the patient as the hospital's systems have it: with one of them, a signed
    plan comes as a FHIR bundle, or its PDFs as DICOM objects too.  `visits` are those recorded: the bundle has
    them, and the report prints what was measured on their radiographs.
    `goal` is how near to the intended end is near enough, for the report.
    `strut_tables` adds to the sheet the same settings strut by strut.  `signed_elsewhere` is a signature that the plan
    had in another library, from which the case was imported: it is printed, but the documents remain drafts.
    """

    language: str = "en"
    paper: Paper = "a4"
    acknowledgements: tuple[Acknowledgement, ...] = ()
    earlier_calendar: bytes | None = None
    signature: Signature | None = None
    signed_elsewhere: Signature | None = None
    earlier: tuple[EarlierPlan, ...] = ()
    time_zone: str | None = None
    public_address: str = ""
    strut_tables: bool = False
    films: Mapping[str, bytes] = field(default_factory=dict)
    fhir_patient: str = ""
    dicom_patient: str = ""
    visits: tuple[RecordedVisit, ...] = ()
    goal: Goal = USUAL_GOAL
    home_page: str = ""
    stopped_at: str = ""


Kind = Literal[
    "sheet", "report", "workbook", "schedule", "schedule-long", "calendar", "plan", "case", "fhir", "dicom", "all"
]


@dataclass(frozen=True)
class Document:
    """A document that can be made: `level` counts from 0, None is the whole case; `content()` makes its bytes."""

    kind: Kind
    level: int | None
    title: str
    name: str
    mime: str
    content: Callable[[], bytes]


def documents(plan: Plan | Refusal, options: PrintOptions | None = None) -> tuple[Document, ...]:
    """All documents of a plan, patient's first: drafts, unless the options have a signature.

    Making one of them twice gives the same bytes.

    Raises:
        HexapodError: the plan is refused, or the signature is that of another plan.
    """
    options = options or PrintOptions()
    if isinstance(plan, Refusal):
        raise HexapodError("The plan is refused: there is no schedule, so there is nothing to print.")
    signature = options.signature
    if signature is not None and signature.plan_sha256 != plan_sha256(plan):
        raise HexapodError("The signature is that of another plan: sign this plan, or print the plan that was signed.")

    def one(
        kind: Kind, level: int | None, title: str, variant: str, ending: str, make: Callable[[], bytes]
    ) -> Document:
        name = document_name(plan, kind + variant, ending, level, draft=signature is None and "cancels" not in variant)
        where = f", {plan.levels[level].name}" if level is not None and len(plan.levels) > 1 else ""
        return Document(kind, level, title + where, name, MIME[ending], functools.cache(make))

    levels = range(len(plan.levels))
    printed = f"-{options.language}-{options.paper}"
    made = [one("sheet", k, "Patient sheet (PDF)", printed, "pdf", partial(_sheet, plan, k, options)) for k in levels]
    made += [
        one(
            "calendar",
            None,
            "Calendar that cancels the reminders" if options.stopped_at else "Calendar",
            f"-{'cancels-' * bool(options.stopped_at)}{options.language}",
            "ics",
            partial(_calendar, plan, options),
        ),
        one(
            "report",
            None,
            "Clinician's report (PDF)",
            f"-{options.paper}",
            "pdf",
            partial(_report, plan, options),
        ),
        one("workbook", None, "Workbook (XLSX)", "", "xlsx", partial(_workbook, plan, options)),
    ]
    made += [
        one("schedule", k, "Schedule, a row a day (CSV)", "", "csv", partial(_wide, plan, k, options)) for k in levels
    ]
    made += [
        one("schedule-long", None, "Schedule, a row a setting (CSV)", "", "csv", partial(_long, plan, options)),
        one("plan", None, "Plan file (JSON)", "", "json", partial(_plan_file, plan)),
    ]
    if signature is not None and (options.fhir_patient or options.dicom_patient):
        made += _for_the_record(plan, signature, [each for each in made if each.mime == MIME["pdf"]], options, one)
    return (*made, case_document(plan.case))


def _for_the_record(
    plan: Plan, signature: Signature, pdfs: Sequence[Document], options: PrintOptions, one: Callable[..., Document]
) -> Iterator[Document]:
    """The signed plan for the hospital's systems, as far as the patient's reference there was typed."""
    from hexapod.documents.hospital_record.dicom_pdf import dicom_pdf
    from hexapod.documents.hospital_record.fhir_bundle import PrintedFile, fhir_bundle

    def printed(document: Document) -> PrintedFile:
        return PrintedFile(document.title, document.name, document.content())

    def bundle() -> bytes:
        files = [printed(each) for each in pdfs]
        return fhir_bundle(plan, signature, options.fhir_patient, files, options.visits, options.earlier)

    def encapsulated(number: int) -> bytes:
        return dicom_pdf(plan, signature, options.dicom_patient, printed(pdfs[number]), number + 1)

    if options.fhir_patient:
        yield one("fhir", None, "FHIR R4 bundle (JSON)", "", "json", bundle)
    if options.dicom_patient:
        for number, each in enumerate(pdfs):
            title = f"{each.title.partition(' (')[0]} (DICOM)"
            yield one("dicom", each.level, title, f"-{each.kind}", "dcm", partial(encapsulated, number))


def case_document(case: Case) -> Document:
    """The case file: what was entered.  It is there also for a plan that is refused."""
    content = functools.cache(partial(_case_file, case))
    return Document("case", None, "Case file (JSON)", case_file_name(case), MIME["json"], content)


def zipped(plan: Plan, files: Mapping[str, bytes], *, draft: bool) -> Document:
    """Files of a plan by their names, in one ZIP: the same files give the same bytes."""

    def content() -> bytes:
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w") as archive:
            for name, one in files.items():
                # The earliest time of the zip format: no clock is read.
                archive.writestr(zipfile.ZipInfo(name), one)
        return whole.getvalue()

    name = document_name(plan, "documents", "zip", draft=draft)
    return Document("all", None, "All documents (ZIP)", name, MIME["zip"], functools.cache(content))


MIME = {
    "zip": "application/zip",
    "pdf": "application/pdf",
    "ics": "text/calendar",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "json": "application/json",
    "dcm": "application/dicom",
}


def _sheet(plan: Plan, level: int, options: PrintOptions) -> bytes:
    from hexapod.documents.patient_sheet.document import patient_sheet

    return patient_sheet(plan, level, options)


def _report(plan: Plan, options: PrintOptions) -> bytes:
    from hexapod.documents.clinician_report.document import clinician_report

    return clinician_report(plan, options)


def _workbook(plan: Plan, options: PrintOptions) -> bytes:
    from hexapod.documents.workbook.document import workbook

    return workbook(plan, options)


def _calendar(plan: Plan, options: PrintOptions) -> bytes:
    from hexapod.documents.calendar.document import calendar

    return calendar(plan, options)


def _wide(plan: Plan, level: int, options: PrintOptions) -> bytes:
    from hexapod.documents.schedule_csv import schedule_csv

    return schedule_csv(plan, level, options.signature).encode("utf-8")


def _long(plan: Plan, options: PrintOptions) -> bytes:
    from hexapod.documents.schedule_csv import schedule_long_csv

    return schedule_long_csv(plan, options.signature).encode("utf-8")


def _plan_file(plan: Plan) -> bytes:
    from hexapod.plan.plan_file import plan_file

    return plan_file(plan)


def _case_file(case: Case) -> bytes:
    return case_text(case).encode("utf-8")


# Environment variable with the address of the app on the internet: the QR code of sheets leads there.
PUBLIC_ADDRESS = "HEXAPOD_PUBLIC_ADDRESS"
# Environment variable with the address of the page at home; without it no plan has one.
HOME_ADDRESS = "HEXAPOD_HOME_ADDRESS"
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?|http://localhost(:[0-9]{1,5})?")


def public_address() -> str:
    """The address under which the app answers `/in-force/CODE`, as the clinic has set it; empty where it has none.

    Raises:
        HexapodError: it is not an `https://` address.
    """
    return _address(PUBLIC_ADDRESS)


def home_address() -> str:
    """The address under which patients reach the page at home, as the clinic has set it; empty where it has none.

    Raises:
        HexapodError: as for `public_address`.
    """
    return _address(HOME_ADDRESS)


def _address(variable: str) -> str:
    address = os.environ.get(variable, "").strip().rstrip("/")
    if address and not _ADDRESS.fullmatch(address):
        raise HexapodError(f"{variable} is {address}: give https:// with the name of the server and nothing behind.")
    return address


def deliver(documents: Sequence[Document], folder: Path, *, force: bool = False) -> list[Path]:
    """Write every document into `folder`, which is made when it is missing; their paths.

    All are made before the first is written, and they get their names together when all are on the disk.  A file that
    is there already with these very bytes is left as it is.

    Raises:
        HexapodError: a file of that name holds something else and `force` is off, or the folder cannot be written or is
            full.  Nothing has been written then.
    """
    contents = {folder / document.name: document.content() for document in documents}
    assert len(contents) == len(documents), "every document has a name of its own"
    try:
        _make(folder)
        different = {path: content for path, content in contents.items() if not _holds(path, content)}
        there = [path.name for path in different if path.exists()]
        if there and not force:
            raise HexapodError(
                f"{folder} has files of these names with other content: {', '.join(there)}. Nothing was written. "
                "Name another folder, or give --force to overwrite them."
            )
        write_together(different)
    except OSError as error:
        why = f"{error.filename or folder}: {error.strerror or error}"
        raise HexapodError(f"The documents cannot be written. {why}. Name a folder that can be written to.") from error
    return list(contents)


def _make(folder: Path) -> None:
    for part in (folder, *folder.parents):
        if part.exists() and not part.is_dir():
            raise HexapodError(f"{part} is a file, not a folder: give --out the name of a folder. Nothing was written.")
    folder.mkdir(parents=True, exist_ok=True)


def _holds(path: Path, content: bytes) -> bool:
    """Whether a file is there with these very bytes."""
    if path.is_dir():
        raise HexapodError(f"{path} is a folder where a file should be: rename it. Nothing was written.")
    return path.exists() and path.read_bytes() == content


def of_other_plans(case: Case, documents: Sequence[Document], folder: Path) -> list[str]:
    """Names of files in a folder that belong to this limb by their name but not to these documents.

    They belong to an older plan or other options, and should not be handed out by mistake.
    """
    mine = {document.name for document in documents}
    start = limb_start(case)
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(start) and path.name not in mine)
