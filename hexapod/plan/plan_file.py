"""A plan as it is handed on: its adjustments one by one, the plan file `hexapod-plan/1` and the file of a pose.

Whether a strut gets longer follows from its length, never from its reading: a scale may count down, and a new strut has
another scale.  Both files are JSON values (docs/case-format.md).
"""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hexapod.case.canonical_json import canonical
from hexapod.case.model import Case, Level
from hexapod.checks.clearances import Clearance
from hexapod.checks.findings import Finding
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Strut
from hexapod.plan.make_plan import LevelPlan, Plan, Refusal, Row
from hexapod.schedule.strut_exchanges import Exchange

# Lengths are compared in whole nanometres (mm): no scale is finer, and sums of floats are off by far less.
LENGTH_DECIMALS = 6
STRUTS = range(1, 7)
# Enough of a fingerprint to tell the versions of a case or a plan apart by eye.
SHORT = 12


@dataclass(frozen=True)
class FrameAdjustment:
    """One adjustment, `number` of `of` of a day; six entries for struts 1 to 6.

    `settings_mm` are the readings to reach, `before_mm` the readings before on the same scales, `longer_mm` by how much
    the struts get longer (negative: shorter).  `exchanged` tells the struts that were put in that morning.
    """

    day: int
    date: datetime.date
    stage: str
    number: int
    of: int
    time: datetime.time
    struts: tuple[Strut, ...]
    before_mm: tuple[float, ...]
    settings_mm: tuple[float, ...]
    exchanged: tuple[bool, ...]

    @cached_property
    def longer_mm(self) -> tuple[float, ...]:
        """By how much each strut gets longer in mm; negative when it gets shorter."""
        return tuple(
            round(strut.length(after) - strut.length(before), LENGTH_DECIMALS) + 0.0
            for strut, before, after in zip(self.struts, self.before_mm, self.settings_mm, strict=True)
        )

    @property
    def turns(self) -> bool:
        """Whether any strut is turned."""
        return any(self.longer_mm)


def turns(level: LevelPlan) -> tuple[FrameAdjustment, ...]:
    """All adjustments of a level's plan from day 1 on, including those at which no strut is turned."""
    return turns_at(level, adjustment_times(level.entered))


def turns_at(level: LevelPlan, times: Sequence[datetime.time]) -> tuple[FrameAdjustment, ...]:
    """`turns` at the given times of a day."""
    return tuple(_turns(level, times))


def _turns(level: LevelPlan, times: Sequence[datetime.time]) -> Iterator[FrameAdjustment]:
    before = level.rows[0].settings_mm
    for row in level.rows[1:]:
        new = exchanges_on(level, row.day)
        before = tuple(new[k].new_reads_mm if k in new else reads for k, reads in enumerate(before, 1))
        exchanged = tuple(k in new for k in STRUTS)
        for number, (time, dose) in enumerate(zip(times, row.doses_mm, strict=True), 1):
            yield FrameAdjustment(
                row.day, row.date, row.stage, number, len(times), time, row.struts, before, dose, exchanged
            )
            before = dose


def exchanges_on(level: LevelPlan, day: int) -> dict[int, Exchange]:
    """The change-outs on the morning of a day, by strut, 1 to 6."""
    return {exchange.strut: exchange for exchange in level.exchanges if exchange.planned_day == day}


@dataclass(frozen=True)
class FittedStrut:
    """A strut model in one position of the frame, from the evening of `first_day` to that of `last_day`."""

    model: Strut
    first_day: int
    last_day: int


def fitted_struts(level: LevelPlan, strut: int) -> list[FittedStrut]:
    """The models that strut 1 to 6 has, in order."""
    runs = itertools.groupby(level.rows, lambda row: row.struts[strut - 1])
    days = [(model, [row.day for row in run]) for model, run in runs]
    return [FittedStrut(model, run[0], run[-1]) for model, run in days]


def visit_time(case: Case) -> datetime.time | None:
    """When the clinic changes struts on a day of a change-out; None where the case does not say: in the morning."""
    time = case.clinic.visit_time
    return None if time is None else datetime.time.fromisoformat(time)


def before_the_visit(visit: datetime.time | None, time: datetime.time) -> bool:
    """Whether an adjustment of a day with a change-out is not done at home: the clinic sees to it at its time.

    False for all where no time is told: then the clinic changes struts before the first adjustment.
    """
    return visit is not None and time <= visit


# The waking hours over which adjustments are spread when the case names no times, minutes after midnight.
FIRST_MINUTE, LAST_MINUTE = 8 * 60, 20 * 60
# Times that people can keep, minutes.
ROUND_TO_MINUTES = 5


def adjustment_times(level: Level) -> tuple[datetime.time, ...]:
    """The times of a day's adjustments: those of the case, else evenly from 08:00 to 20:00, a single one at 08:00."""
    if level.adjustment_times is not None:
        return tuple(datetime.time.fromisoformat(time) for time in level.adjustment_times)
    return spread(level.adjustments_per_day)


def spread(count: int) -> tuple[datetime.time, ...]:
    """`count` times evenly from 08:00 to 20:00.

    >>> [f"{time:%H:%M}" for time in spread(4)], [f"{time:%H:%M}" for time in spread(1)]
    (['08:00', '12:00', '16:00', '20:00'], ['08:00'])
    """
    step = (LAST_MINUTE - FIRST_MINUTE) / max(count - 1, 1)
    minutes = [round((FIRST_MINUTE + k * step) / ROUND_TO_MINUTES) * ROUND_TO_MINUTES for k in range(count)]
    return tuple(datetime.time(*divmod(minute, 60)) for minute in minutes)


def short_fingerprint(sha256: str) -> str:
    """The part of a fingerprint that people see.

    >>> short_fingerprint("8b1bd944f41f0123")
    '8b1bd944f41f'
    """
    return sha256[:SHORT]


def plan_sha256(plan: Plan | Refusal) -> str:
    """SHA-256, in hexadecimal, of the prescription as RFC 8785 canonical JSON.

    It covers the fingerprint of what is planned from (`Case.planned_sha256`), the software, and every day, date, stage,
    setting, dose, model and exchange.  The case's own fingerprint does not tell plans apart that were made by other
    versions or from other hardware data.
    Poses and lengths are left out: they are exact to the last bit of the machine, the scales are not.
    """
    # Every document of a plan asks, and a long plan takes a tenth of a second: the answer is kept as long as the plan.
    key = id(plan)
    known = _KNOWN.get(key)
    if known is None or known[0]() is not plan:
        known = (weakref.ref(plan, lambda _: _KNOWN.pop(key, None)), _sha256(plan))
        _KNOWN[key] = known
    return known[1]


_KNOWN: dict[int, tuple[weakref.ref[Plan | Refusal], str]] = {}


def _sha256(plan: Plan | Refusal) -> str:
    whole: dict[str, Any] = {
        "case_sha256": plan.case.planned_sha256,
        "software": plan.software,
        "verdict": plan.verdict,
        "levels": [_prescribed(level) for level in plan.levels] or [_refused(level) for level in plan.case.levels],
    }
    return hashlib.sha256(canonical(whole)).hexdigest()


def _prescribed(level: LevelPlan) -> dict[str, Any]:
    return {
        "name": level.name,
        "rows": [
            {
                "day": row.day,
                "date": row.date.isoformat(),
                "stage": row.stage,
                "settings_mm": list(row.settings_mm),
                "doses_mm": [list(dose) for dose in row.doses_mm],
                "models": list(row.models),
            }
            for row in level.rows
        ],
        "swaps": [
            {
                "strut": exchange.strut,
                "from": exchange.old.name,
                "to": exchange.new.name,
                "planned_day": exchange.planned_day,
                "from_reads_mm": exchange.old_reads_mm,
                "to_reads_mm": exchange.new_reads_mm,
            }
            for exchange in level.exchanges
        ],
    }


def plan_document(plan: Plan | Refusal) -> dict[str, Any]:
    """The plan as `hexapod-plan/1`; of a refusal the levels have names and nothing else."""
    return {
        "format": "hexapod-plan/1",
        "case_id": plan.case.id,
        "case_sha256": plan.case_sha256,
        "plan_sha256": plan_sha256(plan),
        "software": plan.software,
        "verdict": plan.verdict,
        "levels": [_level(level) for level in plan.levels]
        or [_refused(level) | NOT_PLANNED for level in plan.case.levels],
        "findings": [finding_document(finding) for finding in plan.findings],
    }


def plan_file(plan: Plan | Refusal) -> bytes:
    """The plan file's bytes: the same for the same plan, wherever they are written."""
    return (json.dumps(plan_document(plan), ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode("utf-8")


def pose_document(
    case_id: str,
    level: int,
    remaining: dict[str, float] | None,
    T_ref_mov: Array | None,
    residual_mm: float | None,
    findings: Sequence[Finding],
) -> dict[str, Any]:
    """What readings mean as `hexapod-pose/1`; `remaining` and the pose are None when no pose fits."""
    return {
        "format": "hexapod-pose/1",
        "case_id": case_id,
        "level": level,
        "remaining": remaining,
        "pose": None if T_ref_mov is None else T_ref_mov.tolist(),
        "residual_mm": residual_mm,
        "findings": [finding_document(finding) for finding in findings],
    }


def finding_document(finding: Finding) -> dict[str, Any]:
    """One finding, every key present."""
    return {
        "code": finding.code,
        "verdict": finding.verdict,
        "level": finding.level,
        "day": finding.day,
        "strut": finding.strut,
        "message": finding.message,
        "value": finding.value,
        "limit": finding.limit,
        "unit": finding.unit,
    }


def _level(level: LevelPlan) -> dict[str, Any]:
    return {
        "name": level.name,
        "rows": [_row(row) for row in level.rows],
        "swaps": [exchange_document(exchange) for exchange in level.exchanges],
        "docking_day": level.docking_day,
        "expected_days_in_frame": level.expected_days_in_frame,
        "clearances": [_clearance(pair) for pair in level.clearances.pairs],
        "not_judged": list(level.clearances.not_judged),
    }


# What is told of a level that is not planned, beside its name, its rows and its exchanges.
NOT_PLANNED: dict[str, Any] = {"docking_day": None, "expected_days_in_frame": None, "clearances": [], "not_judged": []}


def _refused(level: Level) -> dict[str, Any]:
    return {"name": level.name, "rows": [], "swaps": []}


def _row(row: Row) -> dict[str, Any]:
    return {
        "day": row.day,
        "date": row.date.isoformat(),
        "stage": row.stage,
        "lengths_mm": list(row.lengths_mm),
        "settings_mm": list(row.settings_mm),
        "models": list(row.models),
        "doses_mm": [list(dose) for dose in row.doses_mm],
        "pose": row.pose.tolist(),
        "pose_rounded": row.pose_rounded.tolist(),
        "remaining": row.remaining,
        "rounding": {"mm": row.rounding_mm, "deg": row.rounding_deg},
        "docking_mm": row.docking_mm,
        "regenerate_mm": row.regenerate_mm,
    }


def exchange_document(exchange: Exchange) -> dict[str, Any]:
    """One strut change-out, an entry of `swaps`."""
    return {
        "strut": exchange.strut,
        "from": exchange.old.name,
        "to": exchange.new.name,
        "first_day": exchange.first_day,
        "last_day": exchange.last_day,
        "planned_day": exchange.planned_day,
        "from_reads_mm": exchange.old_reads_mm,
        "to_reads_mm": exchange.new_reads_mm,
        "reserve_mm": exchange.reserve_mm,
        "reason": exchange.reason,
    }


def _clearance(pair: Clearance) -> dict[str, Any]:
    return {"pair": pair.pair, "kind": pair.kind, "mm": pair.distance_mm, "day": pair.day}
