"""Sheets and calendars of signed plans: which of them a new plan replaces, and whether one is in force, by its code."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass

from sqlalchemy import select

from hexapod.case.files import parse_case
from hexapod.library.calls.access import Access, status
from hexapod.library.calls.drafts import version_file
from hexapod.library.calls.plans import file_of, stored_plans
from hexapod.library.models import SheetStanding
from hexapod.library.storage.contents import IMPORTED, AuditEntry
from hexapod.library.storage.tables import AuditRow, PlanEventRow, SignOffRow, VersionRow, unproved_until
from hexapod.library.storage.transactions import ReadTransaction
from hexapod.plan.sign_off import EarlierPlan, Signature, read_code, sheet_code


@dataclass(frozen=True)
class Sheets:
    """Sheets that patients may still have, for one user."""

    _access: Access

    def earlier(self, case: str, number: int | None = None, derived_from: str | None = None) -> tuple[EarlierPlan, ...]:
        """The plans that were signed, here or elsewhere, before the one of a number (None: all), oldest first.

        Their sheets and calendars are replaced by that one's.  `derived_from` is the fingerprint of the case that it
        continues: those of other cases of the library that it goes back to come before the case's own, the farthest
        first.  Erased cases are left out.
        """
        with self._access.looking_at(case) as tx:
            others = [key for key in _origins(tx, derived_from, case) if status(tx, key) != "erased"]
            found = [plan for key in others for plan in stored_plans(tx, key)]
            found += [plan for plan in stored_plans(tx, case) if number is None or plan.number < number]
            return tuple(
                EarlierPlan(
                    parse_case(version_file(tx, before.case, before.version)[1]),
                    json.loads(file_of(tx, before.case, before.number)),
                    signed,
                    sheet_code(before.sign_off) if before.sign_off else "",
                )
                for before in found
                if (signed := before.sign_off or before.elsewhere) is not None
            )

    def holds(self, case_sha256: str) -> bool:
        """Whether the library has a signed plan of the case of this fingerprint, so that its calendar is known."""
        with self._access.reading("look") as tx:
            keys = select(VersionRow.case_key).where(VersionRow.case_sha256 == case_sha256).distinct()
            return any(
                plan.sign_off is not None or plan.elsewhere is not None
                for row in tx.connection.execute(keys).all()
                if status(tx, row.case_key) != "erased"
                for plan in stored_plans(tx, row.case_key)
            )

    def standing(self, code: str) -> SheetStanding | None:
        """The plan whose sheets have this code, as typed by a user; None when this library has none."""
        read = read_code(code)
        with self._access.reading("look") as tx:
            return None if read is None else standing_of(tx, read)


def _origins(tx: ReadTransaction, derived_from: str | None, case: str) -> list[str]:
    """Keys of the other cases that a case with this `derived_from` goes back to, the farthest first."""
    found: list[str] = []
    wanted = [] if derived_from is None else [derived_from]
    while wanted:
        origin = select(VersionRow.case_key).where(VersionRow.case_sha256 == wanted.pop()).distinct()
        for row in tx.connection.execute(origin).all():
            if row.case_key != case and row.case_key not in found:
                found.insert(0, row.case_key)
                if status(tx, row.case_key) != "erased":
                    wanted += _derived_from(tx, row.case_key)
    return found


def _derived_from(tx: ReadTransaction, case: str) -> list[str]:
    """Which cases the versions of a case say they continue, by `derived_from`."""
    return sorted({one for raw in _versions(tx, case) if (one := parse_case(raw).derived_from) is not None})


def _versions(tx: ReadTransaction, case: str) -> list[bytes]:
    numbers = tx.connection.execute(select(VersionRow.number).where(VersionRow.case_key == case)).all()
    return [version_file(tx, case, row.number)[1] for row in numbers]


def standing_of(tx: ReadTransaction, code: str) -> SheetStanding | None:
    """The plan whose sheets have a code (in its own form), None when this library has signed none of it.

    Codes are not stored: those of all signatures given here are computed and compared, some ten thousand a second.
    """
    signed = select(SignOffRow.case_key, SignOffRow.plan, SignOffRow.plan_sha256, AuditRow.__table__)
    signed = signed.join(AuditRow, AuditRow.sequence == SignOffRow.entry)
    here = signed.where(~AuditRow.action.startswith(IMPORTED), SignOffRow.entry > unproved_until())
    for row in tx.connection.execute(here):
        entry = AuditEntry(**{name: getattr(row, name) for name in AuditEntry.__dataclass_fields__})
        if sheet_code(Signature("", entry.actor, entry.at, row.plan_sha256, entry.head)) == code:
            return plan_standing(tx, row.case_key, row.plan)
    return None


@dataclass(frozen=True)
class Continuation:
    """A plan signed for a case, and the fingerprints of the cases that this case continues by its versions."""

    case: str
    on: datetime.date
    continues: frozenset[str]


def continuations(tx: ReadTransaction) -> tuple[Continuation, ...]:
    """Every signature of a case that is not erased and continues another one, in order: each file is read once."""
    signed = select(SignOffRow.case_key, AuditRow.at).join(AuditRow, AuditRow.sequence == SignOffRow.entry)
    known: dict[str, frozenset[str]] = {}
    found = []
    for row in tx.connection.execute(signed.order_by(SignOffRow.entry)).all():
        if row.case_key not in known:
            erased = status(tx, row.case_key) == "erased"
            known[row.case_key] = frozenset(() if erased else _derived_from(tx, row.case_key))
        if known[row.case_key]:
            on = datetime.date.fromisoformat(row.at[:10])
            found.append(Continuation(row.case_key, on, known[row.case_key]))
    return tuple(found)


def plan_standing(
    tx: ReadTransaction, case: str, plan: int, continued: tuple[Continuation, ...] | None = None
) -> SheetStanding | None:
    """Whether a signed plan is in force; None for one of an erased case.

    `told` are the `continuations` where they are known, so that of many plans they are looked for once.
    """
    if status(tx, case) == "erased":
        return None
    ended = select(PlanEventRow.kind, PlanEventRow.done_at).where(
        PlanEventRow.case_key == case, PlanEventRow.plan == plan
    )
    row = tx.connection.execute(ended).first()
    if row is None:
        on = _continued_on(tx, case, continuations(tx) if continued is None else continued)
        return SheetStanding(case, plan, "in force" if on is None else "replaced", on)
    on = datetime.date.fromisoformat(row.done_at[:10])
    return SheetStanding(case, plan, "replaced" if row.kind == "superseded" else "stopped", on)


def _continued_on(tx: ReadTransaction, case: str, continued: tuple[Continuation, ...]) -> datetime.date | None:
    """The day on which a plan of another case was signed that continues a plan of this one; None when none was."""
    mine = select(VersionRow.case_sha256).where(VersionRow.case_key == case)
    prints = {row.case_sha256 for row in tx.connection.execute(mine)} if continued else set()
    return next((one.on for one in continued if one.case != case and prints & one.continues), None)
