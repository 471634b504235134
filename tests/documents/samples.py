"""The sample cases with their plans, and what each day of a plan should look like on paper, worked out anew."""

from __future__ import annotations

import functools
import itertools
from pathlib import Path

from hexapod import load_case, load_catalogue, make_plan
from hexapod.case.model import Case
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.identity import DocumentIdentity, identity
from hexapod.documents.patient_sheet.document import patient_sheet
from hexapod.plan.make_plan import LevelPlan, Plan, Row
from hexapod.text.field_kinds import Paper
from tests.documents.printed import Page, read
from tests.signatures import signature

FOLDER = Path(__file__).resolve().parents[2] / "sample_cases"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.json") if not path.stem.startswith("refused")))

STRUTS = load_catalogue().struts
# Decimals that the marks of a scale need.
DECIMALS = {1.0: 0, 0.25: 2}


@functools.cache
def planned(name: str) -> tuple[Case, Plan]:
    case = load_case(FOLDER / f"{name}.json")
    return case, make_plan(case)


@functools.cache
def whose(name: str, level: int) -> DocumentIdentity:
    _, plan = planned(name)
    return identity(plan, level)


@functools.lru_cache(maxsize=2)
def sheets(name: str, code: str, paper: Paper, *, draft: bool = False) -> list[list[Page]]:
    """The patient's sheets of a sample case, a list of pages for each level: signed, or drafts."""
    _, plan = planned(name)
    options = PrintOptions(code, paper, signature=None if draft else signature(plan), strut_tables=True)
    return [read(patient_sheet(plan, level, options)) for level in range(len(plan.levels))]


@functools.cache
def signs_of(name: str, level: int) -> list[list[tuple[str, ...]]]:
    return evenings(planned(name)[1].levels[level])


def evenings(level: LevelPlan) -> list[list[tuple[str, ...]]]:
    """What each strut does at each adjustment of each day, as signs, by the lengths of the models of that day."""
    struts = STRUTS
    told: list[list[tuple[str, ...]]] = []
    for row in level.rows:
        before = list(level.rows[max(row.day - 1, 0)].settings_mm)
        for one in level.exchanges:
            if one.planned_day == row.day:
                before[one.strut - 1] = one.new_reads_mm
        readings = [tuple(before), *row.doses_mm]
        lengths = [[struts[m].length(mm) for m, mm in zip(row.models, six, strict=True)] for six in readings]
        told.append([tuple(map(sign, was, now)) for was, now in itertools.pairwise(lengths)])
    return told


def sign(was: float, now: float) -> str:
    return "▲" if now > was + 1e-9 else "▼" if now < was - 1e-9 else ""


def whole_day(signs: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The same over a day, `=` for a strut that stays."""
    return tuple("".join(sorted({one for one in strut if one})) or "=" for strut in zip(*signs, strict=True))


def printed_reading(row: Row, k: int, reading_mm: float, mark: str) -> str:
    """A reading with the decimals of the strut's graduation."""
    return f"{reading_mm:.{DECIMALS[STRUTS[row.models[k]].graduation_mm]}f}".replace(".", mark)
