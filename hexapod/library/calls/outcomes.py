"""Outcomes of treatments: recorded at removal by versions, and all of a clinic's as rows of its own results."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from hexapod.case.files import parse_case
from hexapod.follow_up.clinic_results import COLUMNS, Row, detail_rows, export_files, result_row
from hexapod.follow_up.treatment_facts import SignedPlan, TreatmentFacts, facts_of, facts_value, treatment_facts
from hexapod.follow_up.treatment_outcome import TreatmentOutcome, day, outcome_value, read_outcome
from hexapod.library.calls import case_index
from hexapod.library.calls.access import Access, one, records_with_content
from hexapod.library.calls.case_index import plan_states
from hexapod.library.calls.drafts import version_file
from hexapod.library.calls.plans import file_of
from hexapod.library.calls.visits import recorded_visits
from hexapod.library.errors import Refused
from hexapod.library.storage.contents import LONGEST_TEXT, json_content, refuse_invisible, value_of
from hexapod.library.storage.tables import LibraryEventRow, OutcomeRow, PlanEventRow, PlanRow
from hexapod.library.storage.transactions import ReadTransaction
from hexapod.trajectory.level_setup import set_up


@dataclass(frozen=True)
class RecordedOutcome:
    """An outcome as it was recorded; `facts` and `row` are what its plans and dates told at that moment."""

    case: str
    number: int
    outcome: TreatmentOutcome
    facts: TreatmentFacts
    row: Row
    by: str
    at: str


@dataclass(frozen=True)
class CaseOutcomes:
    """Outcomes of treatments, for one user."""

    _access: Access

    def record(self, case: str, outcome: TreatmentOutcome) -> RecordedOutcome:
        """Record the outcome of a treatment; a later one of the same case is a correction, and both stay.

        Raises:
            Refused: it contradicts the records: no plan was signed, dates are in the future or before the frame could
                be on, or another number of hexapods.
            NotThere, NotSaved: as for a draft.
        """
        with self._access.changing(case) as tx:
            plans, last = _signed(tx, case)
            if not plans:
                raise Refused(
                    "No plan of this case was signed here: there is no treatment whose outcome can be recorded."
                )
            parsed = parse_case(version_file(tx, case, last)[1])
            facts = treatment_facts(plans, len(recorded_visits(tx, case)))
            _check(outcome, facts, len(parsed.levels), self._access.store.today_at_the_latest())
            catalogue = self._access.hardware()
            setups = [set_up(parsed, index, catalogue) for index in range(len(parsed.levels))]
            rings = {ring.family for one in setups for ring in (one.proximal_ring, one.distal_ring)}
            families = rings | {strut.family for one in setups for strut in one.struts}
            row = result_row(case, parsed, outcome, facts, ", ".join(sorted(families)))
            before = one(tx, select(func.max(OutcomeRow.number).label("number")).where(OutcomeRow.case_key == case))
            number = ((before.number if before else 0) or 0) + 1
            raw = json_content(outcome=outcome_value(outcome), facts=facts_value(facts), row=dict(row))
            tx.record(OutcomeRow, "outcome.recorded", case, raw, case_key=case, number=number)
            case_index.touch(tx, case)
        return RecordedOutcome(case, number, outcome, facts, row, tx.actor.name, tx.now)

    def of(self, case: str) -> tuple[RecordedOutcome, ...]:
        """The outcomes recorded of a case, oldest first; the last one counts."""
        with self._access.looking_at(case) as tx:
            return tuple(_recorded(tx, OutcomeRow.case_key == case))

    def all(self) -> tuple[RecordedOutcome, ...]:
        """The outcome that counts of every case that has one; erased cases have none."""
        with self._access.reading("look") as tx:
            return tuple({found.case: found for found in _recorded(tx)}.values())

    def export(self) -> dict[str, bytes]:
        """The pseudonymous tables with their codebook, by file name; the audit trail keeps that they were exported."""
        with self._access.reading("plan") as tx:
            found = tuple({one.case: one for one in _recorded(tx)}.values())
        files = export_files(*rows_of(found))
        raw = json_content(sha256={name: hashlib.sha256(content).hexdigest() for name, content in files.items()})
        with self._access.writing("plan") as written:
            written.record(LibraryEventRow, "results.exported", "library", raw, kind="exported", case_key=None)
        return files


def rows_of(found: tuple[RecordedOutcome, ...]) -> tuple[list[Row], list[Row]]:
    """The two tables of the results, in the order of the pseudonyms: that of the records would tell who came first."""
    sorted_found = sorted(found, key=lambda one: str(one.row["subject"]))
    details = [row for one in sorted_found for row in detail_rows(one.case, one.outcome)]
    return [one.row for one in sorted_found], details


def outcome_of(value: Mapping[str, Any]) -> tuple[TreatmentOutcome, TreatmentFacts, Row]:
    """The contents of a record.  Raises KeyError, TypeError, ValueError or CaseError for anything else."""
    if value.keys() != {"outcome", "facts", "row"} or sorted(value["row"]) != sorted(_KINDS):
        raise ValueError("the outcome has other keys")
    for name, cell in value["row"].items():
        if cell is not None and not isinstance(cell, _KINDS[name]):
            raise TypeError(f"{name} of an outcome is not of its type")
    row: Row = {name: value["row"][name] for name in _KINDS}
    return read_outcome(value["outcome"]), facts_of(value["facts"]), row


_KINDS = {column.name: {"text": (str,), "whole": (int,), "number": (int, float)}[column.kind] for column in COLUMNS}


def _recorded(tx: ReadTransaction, *where: Any) -> Iterator[RecordedOutcome]:
    for row, raw in records_with_content(tx, OutcomeRow, *where):
        yield RecordedOutcome(row.case_key, row.number, *outcome_of(value_of(raw)), row.done_by, row.done_at)


def _signed(tx: ReadTransaction, case: str) -> tuple[list[SignedPlan], int]:
    """The plans that were signed here, in their order, and the version of the last one (0: none)."""
    ends = select(PlanEventRow.plan, PlanEventRow.kind, PlanEventRow.done_at).where(PlanEventRow.case_key == case)
    stopped = {row.plan: row.done_at[:10] for row in tx.connection.execute(ends) if row.kind == "stopped"}
    numbers = [number for number, state in plan_states(tx, case).items() if state != "draft"]
    versions = select(PlanRow.number, PlanRow.version).where(PlanRow.case_key == case)
    version = {row.number: row.version for row in tx.connection.execute(versions)}
    found = [
        SignedPlan(
            json.loads(file_of(tx, case, number)),
            datetime.date.fromisoformat(stopped[number]) if number in stopped else None,
        )
        for number in numbers
    ]
    return found, version[numbers[-1]] if numbers else 0


def _check(outcome: TreatmentOutcome, facts: TreatmentFacts, hexapods: int, latest: datetime.date) -> None:
    if len(outcome.hexapods) != hexapods:
        raise Refused(f"The case has {hexapods} hexapods and the outcome {len(outcome.hexapods)}: give one entry each.")
    dates = {"removed": outcome.removed, "consolidated": outcome.consolidated} | {
        f"complications[{number}].date": one.date for number, one in enumerate(outcome.complications)
    }
    for name, date in dates.items():
        if date is not None and day(date) > latest:
            raise Refused(f"{name} is {date}, a day after today: record an outcome once it is there.")
    if outcome.removed < facts.first_day:
        raise Refused(
            f"removed is {outcome.removed}, before day 0 of the first signed plan, {facts.first_day}: check both dates."
        )
    if outcome.applied > facts.first_day:
        raise Refused(
            f"applied is {outcome.applied}, after day 0 of the first signed plan, {facts.first_day}: it was on."
        )
    for text in (outcome.note, *(complication.note for complication in outcome.complications)):
        if len(text) > LONGEST_TEXT:
            raise Refused(f"A note has at most {LONGEST_TEXT} characters.")
        refuse_invisible(text, "A note")
