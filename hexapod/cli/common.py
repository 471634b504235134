"""Shared by several commands: exit statuses, reading a case, printing findings, writing documents."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hexapod.case.field_types import DATE, TIME_ZONE, why_refused
from hexapod.case.files import load_case, parse_case, save_case
from hexapod.case.model import Case
from hexapod.checks.case_entries import findings_at
from hexapod.checks.findings import Finding, Verdict, grouped, worst_verdict
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue
from hexapod.plan.make_plan import Plan, Refusal, make_plan
from hexapod.preoperative.end_error import USUAL_GOAL, Goal
from hexapod.text.field_kinds import PAPERS
from hexapod.text.languages import LANGUAGES

OK, REFUSED, WRONG = 0, 1, 2


def read_case_named(name: str) -> Case:
    """The case in a file, or from standard input when the name is `-`."""
    return parse_case(sys.stdin.buffer.read()) if name == "-" else load_case(name)


def read_bytes_named(name: str) -> bytes:
    """The bytes of a file, or of standard input when the name is `-`.  Raises HexapodError when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise HexapodError(f"{name} cannot be read: {error.strerror or error}.") from error


def status_of(verdict: Verdict) -> int:
    """The exit status of a verdict."""
    return REFUSED if verdict == "refused" else OK


def finding_lines(findings: Sequence[Finding]) -> list[str]:
    """Findings for a terminal, those of one kind shown once."""
    return [
        f"  {group.worst.verdict.upper()} {group.worst.code} (hexapod {group.worst.level + 1}): {group.message}"
        for group in grouped(findings)
    ]


def calendar_date(text: str) -> datetime.date:
    """A date given as an argument.  Raises ArgumentTypeError with what to type."""
    try:
        if not DATE.fullmatch(text):
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date of the calendar written YYYY-MM-DD") from None


def add_today(command: argparse.ArgumentParser) -> None:
    """Add `--today`, the date against which the day 0 of a case is checked."""
    command.add_argument(
        "--today",
        metavar="DATE",
        type=calendar_date,
        help="the date on which the case is looked at, YYYY-MM-DD; that of this computer when left out",
    )


def found_on(plan: Plan | Refusal, today: datetime.date | None) -> tuple[list[Finding], Verdict]:
    """The findings of a plan, those that depend on today's date included, and the verdict of all of them."""
    findings = [*plan.findings, *findings_at(plan.case, today or _today())]
    return findings, worst_verdict(findings)


def _today() -> datetime.date:
    return datetime.date.today()


def print_json(value: Any) -> None:
    """Print a JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1))


def add_which_hexapod(parser: argparse.ArgumentParser) -> None:
    """The two options that say which hexapod of a case is meant."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--level", metavar="N", type=int, default=None, help="the hexapod, counted from 0 as in files")
    which.add_argument("--hexapod", metavar="N", type=int, default=None, help="the hexapod, counted from 1")


def which_hexapod(arguments: argparse.Namespace, case: Case) -> int:
    """The index of the hexapod that is meant, counted from 0; the first when none is named.

    Raises:
        HexapodError: the case has none of that number.
    """
    count = len(case.levels)
    if arguments.hexapod is not None and not 1 <= arguments.hexapod <= count:
        numbers = "one hexapod: --hexapod 1" if count == 1 else f"hexapods --hexapod 1 to --hexapod {count}"
        raise HexapodError(f"The case has {numbers}; there is no hexapod {arguments.hexapod}.")
    return arguments.hexapod - 1 if arguments.hexapod is not None else arguments.level or 0


def check_new_file(path: Path | None) -> None:
    """Raises HexapodError when a file to be written exists: nothing is overwritten."""
    if path is not None and os.path.lexists(path):
        raise HexapodError(f"{path} exists: give another name, nothing is overwritten.")


def save_new_case(case: Case, path: Path) -> None:
    """Write a case to a new file.  Raises HexapodError when it cannot be written."""
    try:
        save_case(case, path)
    except OSError as error:
        raise HexapodError(f"{path} cannot be written: {error.strerror or error}.") from error


if TYPE_CHECKING:
    from hexapod.documents.document_set import Document
    from hexapod.library import Records
    from hexapod.library.models import StoredPlan

SIGNING = (
    "To print without it, sign the plan: take the case into the library (`library add CASE`), plan and sign it in the "
    "app (`make app`), then run `python -m hexapod library documents CASE --out DIR`."
)


def add_print_words(command: argparse.ArgumentParser) -> None:
    """Add the options about documents: language, paper, folder."""
    command.add_argument(
        "--language", choices=tuple(LANGUAGES), default="en", help="what the patient reads; en when left out"
    )
    command.add_argument("--paper", choices=tuple(PAPERS), default="a4", help="a4 when left out")
    command.add_argument("--strut-tables", action="store_true", help="on the sheet also a table for each strut")
    command.add_argument("--force", action="store_true", help="overwrite files of the same names in DIR")
    add_goal(command)


def add_goal(command: argparse.ArgumentParser) -> None:
    """Add the word that says how near to the intended end is near enough; `Goal.checked(*arguments.goal)` reads it."""
    command.add_argument(
        "--goal",
        nargs=2,
        type=float,
        default=(USUAL_GOAL.deg, USUAL_GOAL.mm),
        metavar=("DEG", "MM"),
        help=f"near enough to the intended end (default {USUAL_GOAL.deg:g} {USUAL_GOAL.mm:g})",
    )


def add_documents(command: argparse.ArgumentParser) -> None:
    """Add the arguments of `library documents`."""
    command.add_argument("case", metavar="CASE")
    command.add_argument("--out", metavar="DIR", type=Path, required=True, help="write the documents there")
    add_print_words(command)
    command.add_argument(
        "--time-zone",
        metavar="PLACE",
        type=_zone,
        default=os.environ.get(TIME_ZONE),
        help=f"of the calendar, such as Europe/Madrid, for a case that names none; {TIME_ZONE} when left out",
    )
    command.add_argument(
        "--fhir-patient",
        metavar="REFERENCE",
        default="",
        help="the patient on the hospital's server, such as Patient/123: also write the plan as a FHIR R4 bundle",
    )
    command.add_argument(
        "--dicom-patient",
        metavar="NUMBER",
        default="",
        help="the patient's number in the archive of images: also write the PDFs as DICOM objects",
    )
    before = command.add_mutually_exclusive_group()
    before.add_argument(
        "--earlier-calendar",
        metavar="FILE",
        type=Path,
        help="calendar of an earlier plan that no library holds: its entries that no longer apply are cancelled",
    )
    before.add_argument(
        "--no-earlier-calendar",
        action="store_true",
        help="the patient has no calendar of the earlier plan that no library holds",
    )


def _zone(text: str) -> str:
    if why := why_refused(text):
        raise argparse.ArgumentTypeError(why)
    return text


def print_signed(records: Records, key: str, arguments: argparse.Namespace, catalogue: Catalogue) -> int:
    """Write the documents of a case's signed plan, and keep their fingerprints in the library.

    Raises:
        HexapodError: no plan of the case is signed and followed, or the installed program does not make it again.
    """
    from hexapod.documents.document_set import PrintOptions, documents, public_address
    from hexapod.library import DocumentRecord
    from hexapod.library.models import acknowledgements_of

    signed = _signed_plan(records.plans.of(key), arguments.case)
    again = records.plans.reproduce(key, signed.number)
    if not again.same:
        raise HexapodError(f"Nothing was written. {again.sentence} Plan and sign the case anew in the app.")
    case = parse_case(records.versions.file(key, signed.version))
    assert signed.sign_off is not None, "a signed plan has a signature"
    given = arguments.earlier_calendar is not None or arguments.no_earlier_calendar
    if case.derived_from is not None and not given and not records.sheets.holds(case.derived_from):
        raise HexapodError(
            "Nothing was written. This plan continues one that the library does not hold, and the patient may have its "
            "calendar: give that .ics file with --earlier-calendar, so that what fell away is cancelled, or say "
            "--no-earlier-calendar."
        )
    if case.time_zone is None and arguments.time_zone is None:
        raise HexapodError(
            f"Nothing was written. The calendar needs a time zone: give --time-zone, such as Europe/Madrid, or set "
            f"{TIME_ZONE}."
        )
    visits = tuple(records.visits.of(key))
    options = PrintOptions(
        arguments.language,
        arguments.paper,
        acknowledgements_of(signed.cautions),
        bytes_of(arguments.earlier_calendar),
        signed.sign_off,
        signed.elsewhere,
        records.sheets.earlier(key, signed.number, case.derived_from),
        arguments.time_zone,
        public_address(),
        arguments.strut_tables,
        records.films.named_in(key, case, visits),
        arguments.fhir_patient,
        arguments.dicom_patient,
        visits,
        Goal.checked(*arguments.goal),
    )
    made = documents(make_plan(case, catalogue), options)
    listed = [DocumentRecord(one.name, hashlib.sha256(one.content()).hexdigest()) for one in made]
    # Recorded before the files are written, so that the library knows every document that can be handed out.
    if new := [one for one in listed if one not in signed.documents]:
        records.plans.record_documents(key, signed.number, new)
    write_documents(case, made, arguments)
    if case.start_date < signed.sign_off.at[:10]:
        tell(f"This plan was signed on {signed.sign_off.at[:10]}; its day 0, {case.start_date}, was past by then.")
    return OK


def _signed_plan(plans: Sequence[StoredPlan], name: str) -> StoredPlan:
    for plan in plans:
        if plan.state == "signed":
            return plan
    last = f"its last plan is {plans[-1].state}" if plans else "it has no plan yet"
    raise HexapodError(
        f"Nothing was written: case {name} has no signed plan, {last}. Open the case in the app (`make app`), plan it, "
        "acknowledge its warnings and sign it. Drafts are written by `python -m hexapod plan FILE --out DIR`."
    )


def write_documents(case: Case, made: Sequence[Document], arguments: argparse.Namespace) -> None:
    """Write documents to the folder of `--out`, and name other documents of the limb found there.

    Raises:
        HexapodError: as `deliver`.
    """
    from hexapod.documents.document_set import deliver, of_other_plans

    for path in deliver(made, arguments.out, force=arguments.force):
        tell(f"wrote {path}")
    if others := of_other_plans(case, made, arguments.out):
        tell(f"{arguments.out} also holds other documents of this limb: {', '.join(others)}. Do not mix them.")


def tell(sentence: str) -> None:
    """Print a sentence on standard error, apart from the results."""
    print(sentence, file=sys.stderr)


def bytes_of(path: Path | None) -> bytes | None:
    """The bytes of a file, None without a path.  Raises HexapodError when it cannot be read."""
    try:
        return None if path is None else path.read_bytes()
    except OSError as error:
        raise HexapodError(f"{path} cannot be read: {error.strerror or error}.") from error
