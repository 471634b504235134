"""Plans of a version: the plan file as it was stored, its documents, and whether the program still reproduces it."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import select

from hexapod.about import SOFTWARE
from hexapod.case.canonical_json import canonical
from hexapod.case.files import parse_case
from hexapod.case.model import Case
from hexapod.checks.findings import Verdict
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue
from hexapod.library import models
from hexapod.library.calls import case_index
from hexapod.library.calls.access import Access, content, must_be_there, newest, records_with_content
from hexapod.library.calls.case_index import cautions, plan_states, row_of
from hexapod.library.calls.drafts import version_file
from hexapod.library.calls.visits import PlanFile, continuing, sentence
from hexapod.library.errors import NotContinued, Refused, Unreadable
from hexapod.library.storage import contents
from hexapod.library.storage.contents import json_content, required_text, storable, value_of
from hexapod.library.storage.tables import (
    AcknowledgementRow,
    AuditRow,
    DocumentListRow,
    PlanEventRow,
    PlanRow,
    SignOffRow,
    VersionRow,
    unproved_until,
)
from hexapod.library.storage.transactions import ReadTransaction, WriteTransaction
from hexapod.plan.make_plan import Plan, Refusal, make_plan
from hexapod.plan.plan_file import plan_document, plan_file, plan_sha256
from hexapod.plan.sign_off import Signature

# Names and SHA-256 of a thousand documents; a plan has some twenty.
LARGEST_LIST_BYTES = 200_000


@dataclass(frozen=True)
class Plans:
    """Plans of cases, for one user: issue, compare with visits, acknowledge warnings, sign, stop."""

    _access: Access

    def issue(
        self, case: str, version: int, plan: Plan | Refusal, documents: Sequence[models.DocumentRecord] = ()
    ) -> models.StoredPlan:
        """Store the plan of the case's last version for signature, a refused one too, with the documents made from it.

        The same plan again returns the stored one, with the documents added; one that was signed in another
        library is stored again, to be signed here.

        Raises:
            NotContinued: on the date of the last visit the plan has other settings than the readings.
            Refused: the version is not the last one, or the plan is not that of its case.
            NotThere, NotSaved: as for a draft.
        """
        file = plan_file(plan)
        with self._access.changing(case) as tx:
            last_version = newest(tx, VersionRow, case)
            if last_version is None or last_version.number != version:
                raise Refused(f"Version {version} is not the last one of this case: plan the last version.")
            if last_version.case_sha256 != plan.case_sha256:
                raise Refused(
                    "The plan was made from other entries than those of this version: plan the version again."
                )
            last = newest(tx, PlanRow, case)
            if (
                last is not None
                and last.version == version
                and content(tx, last.entry) == file
                and not signed_elsewhere(tx, case, last.number)
            ):
                number = last.number
            else:
                self._check_continues(tx, case, version, json.loads(file))
                number = (last.number if last else 0) + 1
                _issue(tx, case, number, version, plan, file)
            if documents:
                _keep_documents(tx, case, number, documents)
            case_index.refresh(tx, case)
            return _stored_plan(tx, case, number)

    def continuing(self, case: str, plan: Plan | Refusal, today: datetime.date | None = None) -> models.Continuing:
        """Whether a new plan continues from the visits of a case; `issue` refuses one with findings.

        `today` is the date where the user is (the computer's when left out).
        """
        with self._access.looking_at(case) as tx:
            return self._continuing(tx, case, plan.case, lambda: plan_document(plan), today)

    def _continuing(
        self, tx: ReadTransaction, case: str, entries: Case, file: PlanFile, today: datetime.date | None
    ) -> models.Continuing:
        latest = self._access.store.today_at_the_latest()
        return continuing(tx, case, entries, file, self._access.hardware(), today or self._access.today(), latest)

    def _check_continues(
        self,
        tx: ReadTransaction,
        case: str,
        version: int,
        file: dict[str, Any],
        today: datetime.date | None = None,
    ) -> models.Continuing:
        """Raises NotContinued for a plan that does not continue from the last visit."""
        entries = parse_case(version_file(tx, case, version)[1])
        found = self._continuing(tx, case, entries, lambda: file, today)
        if found.findings:
            raise NotContinued(sentence(found))
        return found

    def record_documents(self, case: str, plan: int, documents: Sequence[models.DocumentRecord]) -> None:
        """Record names and SHA-256 of documents made from a plan, such as those printed after signing.

        Of an archived case, too: what is handed out of it is kept, and changes nothing of it.
        """
        with self._access.writing("plan") as tx:
            must_be_there(tx, case)
            row_of(tx, case, plan)
            _keep_documents(tx, case, plan, documents)
            case_index.touch(tx, case)

    def of(self, case: str) -> tuple[models.StoredPlan, ...]:
        """All plans of a case, oldest first."""
        with self._access.looking_at(case) as tx:
            return stored_plans(tx, case)

    def load(self, case: str, number: int) -> models.StoredPlan:
        """One plan, with its warnings, documents and signature."""
        with self._access.looking_at(case) as tx:
            return _stored_plan(tx, case, number)

    def file(self, case: str, number: int) -> bytes:
        """The bytes of a plan file as it was stored."""
        with self._access.looking_at(case) as tx:
            return file_of(tx, case, number)

    def reproduce(self, case: str, number: int) -> models.Reproduction:
        """Plan the stored case file again and compare with the stored plan; asked when a signed plan is opened."""
        with self._access.looking_at(case) as tx:
            row = row_of(tx, case, number)
            issued, file = file_of(tx, case, number), version_file(tx, case, row.version)[1]
        return reproduction(row.plan_sha256, issued, file, self._access.hardware())

    def acknowledge(self, case: str, plan: int, code: str, level: int, reason: str) -> None:
        """Acknowledge the warnings of one code on one hexapod (`level` counts from 0), with a reason.

        Raises:
            Refused: no such warning, no reason, acknowledged already, or the plan is no longer a draft.
        """
        with self._access.changing(case) as tx:
            row = row_of(tx, case, plan)
            if plan_states(tx, case)[plan] != "draft":
                raise Refused(f"Plan {plan} is signed or has ended: its warnings can no longer be acknowledged.")
            found = {(caution.code, caution.level): caution for caution in cautions(tx, case, plan, row.entry)}
            if (code, level) not in found:
                raise Refused(f"Plan {plan} has no warning {code} on hexapod {level + 1}.")
            if (by := found[code, level].by) is not None:
                raise Refused(f"{by} has already acknowledged {code} on hexapod {level + 1}.")
            why = required_text(reason, f"Say in a few words why the warning {code} is acceptable.")
            columns = {"plan": plan, "code": code, "level": level}
            tx.record(
                AcknowledgementRow, "caution.acknowledged", case, json_content(reason=why), case_key=case, **columns
            )
            case_index.refresh(tx, case)

    def sign(self, case: str, plan: int, plan_sha256: str, name: str, today: datetime.date | None = None) -> Signature:
        """Sign a plan by its plan ID in full; a plan of the case signed earlier is superseded.

        `name` is the signer's name; without sign-in it is the only evidence of who signed.  `told` of the signature has
        what a signer should know, such as a day 0 before `today` (the date where the signer is; the computer's by
        default); ask `continuing` for it first.

        Raises:
            NotContinued: on the date of the last visit the plan has other settings than the readings.
            Refused: the plan is refused, is not the last one of the last version, has another plan ID, has a warning
                that nobody acknowledged, is signed or has ended, or cannot be reproduced bit for bit.
        """
        again = self.reproduce(case, plan)
        with self._access.changing(case, "sign") as tx:
            row = row_of(tx, case, plan)
            _check_newest(tx, case, plan, row.version)
            if plan_states(tx, case)[plan] != "draft":
                raise Refused(f"Plan {plan} is already signed or has ended.")
            if signed_elsewhere(tx, case, plan):
                raise Refused(
                    f"Plan {plan} was signed in another library, and is a draft here: finalise it for signature here, "
                    f"check it, and sign that one."
                )
            if row.verdict == "refused":
                raise Refused("A refused plan cannot be signed: it has no schedule.")
            if row.plan_sha256 != plan_sha256:
                raise Refused("The plan ID is not that of this plan: check the plan again before you sign it.")
            left = [caution.code for caution in cautions(tx, case, plan, row.entry) if caution.by is None]
            if left:
                raise Refused(f"Acknowledge every warning before you sign; not acknowledged yet: {', '.join(left)}.")
            if not again.same:
                raise Refused(f"This plan cannot be signed. {again.sentence}")
            if back := self._access.store.clock_set_back(tx):
                raise Refused(f"Nothing was signed. {back}")
            continuing = self._check_continues(tx, case, row.version, value_of(content(tx, row.entry)), today)
            signature = required_text(name, "Give the name of the person who signs.")
            for number, state in plan_states(tx, case).items():
                if state == "signed":
                    record = json_content(reason=f"plan {plan} was signed")
                    tx.record(
                        PlanEventRow, "plan.superseded", case, record, case_key=case, plan=number, kind="superseded"
                    )
            confirmed = {"told": list(continuing.sentences)} if continuing.sentences else {}
            raw, columns = json_content(name=signature, **confirmed), {"plan": plan, "plan_sha256": plan_sha256}
            entry = tx.record(SignOffRow, "plan.signed", case, raw, case_key=case, **columns)
            case_index.refresh(tx, case)
        return Signature(signature, entry.actor, entry.at, plan_sha256, entry.head, continuing.sentences)

    def stop(self, case: str, plan: int, reason: str) -> None:
        """Stop a signed plan: it is no longer followed.

        Raises:
            Refused: the plan is not signed, or no reason is given.
        """
        with self._access.changing(case, "sign") as tx:
            row_of(tx, case, plan)
            if plan_states(tx, case)[plan] != "signed":
                raise Refused(f"Plan {plan} is not signed, or is no longer followed.")
            content = json_content(reason=required_text(reason, "Say why the plan is stopped."))
            tx.record(PlanEventRow, "plan.stopped", case, content, case_key=case, plan=plan, kind="stopped")
            case_index.refresh(tx, case)


def _check_newest(tx: ReadTransaction, case: str, plan: int, version: int) -> None:
    last_version, last_plan = newest(tx, VersionRow, case), newest(tx, PlanRow, case)
    if last_version is None or last_version.number != version:
        raise Refused(f"Version {version} of this plan is not the last one of the case: plan the last version.")
    if last_plan is None or last_plan.number != plan:
        raise Refused(f"Plan {plan} is not the last one of the case: check the last one.")


def signed_elsewhere(tx: ReadTransaction, case: str, number: int) -> bool:
    """Whether a plan was imported with a signature of another library."""
    return any(plan == number for plan, _, imported in _sign_offs(tx, case) if imported)


def _issue(tx: WriteTransaction, case: str, number: int, version: int, plan: Plan | Refusal, file: bytes) -> None:
    columns = {
        "number": number,
        "version": version,
        "plan_sha256": plan_sha256(plan),
        "plan_file_sha256": hashlib.sha256(file).hexdigest(),
        "software": plan.software,
        "verdict": plan.verdict,
    }
    tx.record(PlanRow, "plan.issued", case, file, case_key=case, **columns)


def _keep_documents(tx: WriteTransaction, case: str, plan: int, documents: Sequence[models.DocumentRecord]) -> None:
    listed = [{"name": storable(document.name), "sha256": document.sha256} for document in documents]
    raw = canonical(listed)
    if len(raw) > LARGEST_LIST_BYTES:
        raise Refused(f"{len(listed)} documents are too many for one plan.")
    tx.record(DocumentListRow, "documents.made", case, raw, case_key=case, plan=plan)


def file_of(tx: ReadTransaction, case: str, number: int) -> bytes:
    """The bytes of a plan file.  Raises Unreadable when they are not as they were stored."""
    row = row_of(tx, case, number)
    file = content(tx, row.entry)
    if hashlib.sha256(file).hexdigest() != row.plan_file_sha256:
        raise Unreadable(
            f"Plan {number} is not as it was stored: run `python -m hexapod audit verify` before anything else."
        )
    return file


def stored_plans(tx: ReadTransaction, case: str) -> tuple[models.StoredPlan, ...]:
    """All plans of a case, oldest first."""
    return tuple(_stored_plan(tx, case, number) for number in plan_states(tx, case))


def _stored_plan(tx: ReadTransaction, case: str, number: int) -> models.StoredPlan:
    row = row_of(tx, case, number)
    documents = [
        models.DocumentRecord(**listed)
        for _, raw in records_with_content(
            tx, DocumentListRow, DocumentListRow.case_key == case, DocumentListRow.plan == number
        )
        for listed in value_of(raw)
    ]
    signed = list(_sign_offs(tx, case))
    ends = list(records_with_content(tx, PlanEventRow, PlanEventRow.case_key == case, PlanEventRow.plan == number))
    return models.StoredPlan(
        case=case,
        number=number,
        version=row.version,
        plan_sha256=row.plan_sha256,
        plan_file_sha256=row.plan_file_sha256,
        software=row.software,
        verdict=cast(Verdict, row.verdict),
        state=plan_states(tx, case)[number],
        by=row.done_by,
        at=row.done_at,
        cautions=cautions(tx, case, number, row.entry),
        documents=tuple(documents),
        sign_off=next((one for plan, one, imported in signed if plan == number and not imported), None),
        elsewhere=next((one for _, one, imported in signed if imported and one.plan_sha256 == row.plan_sha256), None),
        taken_in=any(plan == number for plan, _, imported in signed if imported),
        ended=value_of(ends[0][1])["reason"] if ends else None,
        ended_at=ends[0][0].done_at if ends else None,
    )


def _sign_offs(tx: ReadTransaction, case: str) -> Iterator[tuple[int, Signature, bool]]:
    """The signatures of a case: the number of the plan, the signature, and whether it came with an import."""
    until = tx.connection.execute(select(unproved_until())).scalar_one()
    for row, raw in records_with_content(tx, SignOffRow, SignOffRow.case_key == case):
        entry = contents.AuditEntry(
            **tx.connection.execute(select(AuditRow.__table__).where(AuditRow.sequence == row.entry)).one()._mapping
        )
        made = Signature(value_of(raw)["name"], row.done_by, row.done_at, row.plan_sha256, entry.head)
        yield row.plan, made, entry.action.startswith(contents.IMPORTED) or row.entry <= until


def reproduction(issued_sha256: str, issued: bytes, file: bytes, catalogue: Catalogue) -> models.Reproduction:
    """Plan a case file again and compare with `issued`, the plan file as it was stored."""
    was = json.loads(issued)
    try:
        now = make_plan(parse_case(file), catalogue)
    except HexapodError as error:
        return models.Reproduction(False, False, f"{SOFTWARE} can no longer plan this case: {error}")
    made = plan_file(now)
    if made == issued and plan_sha256(now) == issued_sha256:
        return models.Reproduction(True, True, f"{now.software} reproduces this plan bit for bit.")
    by = "" if was["software"] == now.software else f", made by {was['software']},"
    if _prescribed(was) == _prescribed(json.loads(made)):
        text = "all days, settings, doses, struts and exchanges are the same; other figures or warnings differ"
        return models.Reproduction(False, True, f"{now.software} does not reproduce this plan{by} bit for bit: {text}.")
    evenings = [_evenings(plan) for plan in (was, json.loads(made))]
    if evenings[0] == evenings[1]:
        text = (
            "every evening setting, strut and exchange is the same; doses within days or warnings differ. The patient "
            "continues with the printed table, and readings are compared with its evening settings. To print it "
            "again, plan and sign the case again"
        )
        return models.Reproduction(False, True, f"{now.software} makes this plan{by} differently: {text}.")
    text = f"{now.software} makes a plan with other settings than this one{by.rstrip(',')}"
    return models.Reproduction(False, False, f"{text}. Do not print it; plan the case again.")


def made_again(issued: bytes, file: bytes, catalogue: Catalogue) -> Plan | None:
    """The plan of a case file, None unless all that it prescribes is as in `issued`, the plan file as it was stored."""
    try:
        now = make_plan(parse_case(file), catalogue)
    except HexapodError:
        return None
    same = _prescribed(json.loads(issued)) == _prescribed(json.loads(plan_file(now)))
    return now if same and isinstance(now, Plan) else None


def _prescribed(plan: dict[str, Any]) -> Any:
    """What a plan file prescribes to patient and clinic."""
    return plan["verdict"], _evenings(plan, "doses_mm")


def _evenings(plan: dict[str, Any], *more: str) -> list[Any]:
    """Every evening setting of a plan file with its struts, and the exchanges."""
    keys = ("day", "date", "stage", "settings_mm", "models", *more)
    return [
        (level["name"], [[row[key] for key in keys] for row in level["rows"]], level["swaps"])
        for level in plan["levels"]
    ]
