"""The code of a patient's sheet: it finds its plan and says whether that one is followed, and nothing else."""

import datetime

import pytest

from hexapod.library import Library, Records
from hexapod.library.models import SheetStanding
from hexapod.plan.sign_off import DIGITS, sheet_code
from tests.library.treatment import PLAIN, plan_of

FASTER = PLAIN.replace(b'mm_per_day": 1.0}', b'mm_per_day": 1.25}')


def signed(records: Records, case: str, version: int, file: bytes) -> str:
    """The code of a plan, issued and signed."""
    plan = records.plans.issue(case, version, plan_of(file))
    for one in plan.cautions:
        records.plans.acknowledge(case, plan.number, one.code, one.level, "seen")
    return sheet_code(records.plans.sign(case, plan.number, plan.plan_sha256, "Dr Adler"))


@pytest.mark.hazard("H-14")
def test_a_code_tells_that_its_plan_is_in_force_replaced_or_stopped(records: Records) -> None:
    case = records.cases.add(PLAIN).case
    first = signed(records, case, 1, PLAIN)
    assert records.sheets.standing(first) == SheetStanding(case, 1, "in force", None)
    records.versions.save(case, 1, FASTER)
    second = signed(records, case, 2, FASTER)
    assert second != first
    on = datetime.date.fromisoformat(records.plans.load(case, 2).sign_off.at[:10])  # type: ignore[union-attr]
    assert records.sheets.standing(first) == SheetStanding(case, 1, "replaced", on)
    assert records.sheets.standing(second.lower().replace("-", " ")) == SheetStanding(case, 2, "in force", None)
    records.plans.stop(case, 2, "pain")
    stopped = records.sheets.standing(second)
    assert stopped is not None
    assert (stopped.state, stopped.plan) == ("stopped", 2)
    wrong = first[:-1] + DIGITS[(DIGITS.index(first[-1]) + 1) % 32]
    assert records.sheets.standing(wrong) is None
    assert records.sheets.standing("p-014") is None


def test_the_list_finds_the_case_of_a_code_and_an_erased_one_is_gone(records: Records) -> None:
    case = records.cases.add(PLAIN).case
    code = signed(records, case, 1, PLAIN)
    assert [one.case for one in records.cases.find(f" {code} ").cases] == [case]
    assert records.cases.find(code[:-1] + DIGITS[(DIGITS.index(code[-1]) + 1) % 32]).total == 0
    records.cases.erase(case, "request 7")
    assert records.sheets.standing(code) is None


@pytest.mark.hazard("H-14")
def test_plans_signed_before_are_those_whose_sheets_a_new_one_replaces(library: Library, records: Records) -> None:
    case = records.cases.add(PLAIN).case
    signed(records, case, 1, PLAIN)
    assert records.sheets.earlier(case, 1) == ()
    records.versions.save(case, 1, FASTER)
    records.plans.issue(case, 2, plan_of(FASTER))
    (before,) = records.sheets.earlier(case, 2)
    assert before.case.sha256 == plan_of(PLAIN).case_sha256
    assert before.file["plan_sha256"] == before.signature.plan_sha256
    assert records.sheets.holds(before.case.sha256)
    # A case that continues it under another key of this library.
    other = records.cases.add(PLAIN.replace(b'"id": "plain-01"', b'"id": "plain-02"')).case
    assert records.sheets.earlier(other) == ()
    assert records.sheets.earlier(other, derived_from=before.case.sha256) == (before,)
