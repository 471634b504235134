"""What the signed plans of a treatment tell of it by themselves: days of adjustment, change-outs, where it should end.

Plans are followed one after the other: each from its day 0 until the day before the next one's day 0, until it was
stopped, or to its last day.  What is told is what was prescribed; readings at visits show whether it was done.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hexapod.errors import HexapodError

# Lengths that differ by less (mm) are the same: no strut is turned by that.
SAME_MM = 1e-6


@dataclass(frozen=True)
class SignedPlan:
    """A plan file that a patient followed; `stopped` is the last day on which it was followed when it was stopped."""

    file: Mapping[str, Any]
    stopped: datetime.date | None = None

    @property
    def first_day(self) -> datetime.date:
        """Its day 0."""
        return datetime.date.fromisoformat(self.file["levels"][0]["rows"][0]["date"])


@dataclass(frozen=True)
class TreatmentFacts:
    """What follows from the signed plans and the visits of a treatment; dates are written YYYY-MM-DD.

    `planned` has for each hexapod the deformity (words, deg and mm) that the last plan leaves at its end, `struts` the
    models of all struts used, in alphabetical order.  `adjusting_days` counts the days on which a strut is turned,
    between the first and the last of them; both are None when none is.
    """

    plans: int
    visits: int
    first_day: str
    first_adjustment: str | None
    last_adjustment: str | None
    adjusting_days: int
    exchanges: int
    planned: tuple[Mapping[str, float], ...]
    struts: tuple[str, ...]


def treatment_facts(plans: Sequence[SignedPlan], visits: int) -> TreatmentFacts:
    """The facts of a treatment from its signed plans, in the order in which they were signed.

    Raises:
        HexapodError: no plan was signed, so nothing was followed.
    """
    if not plans:
        raise HexapodError("No plan of this case was signed here: there is no treatment whose outcome can be recorded.")
    turned: set[str] = set()
    struts: set[str] = set()
    exchanges = 0
    for number, plan in enumerate(plans):
        until = _last_followed(plan, plans[number + 1].first_day if number + 1 < len(plans) else None)
        for level in plan.file["levels"]:
            rows = [row for row in level["rows"] if row["date"] <= until]
            turned.update(_turned(rows))
            struts.update(name for row in rows for name in row["models"])
            last = rows[-1]["day"] if rows else -1
            exchanges += sum(1 for one in level["swaps"] if one["planned_day"] <= last)
    days = sorted(turned)
    return TreatmentFacts(
        plans=len(plans),
        visits=visits,
        first_day=plans[0].first_day.isoformat(),
        first_adjustment=days[0] if days else None,
        last_adjustment=days[-1] if days else None,
        adjusting_days=len(days),
        exchanges=exchanges,
        planned=tuple(dict(level["rows"][-1]["remaining"]) for level in plans[-1].file["levels"]),
        struts=tuple(sorted(struts)),
    )


def _last_followed(plan: SignedPlan, next_day_0: datetime.date | None) -> str:
    """The last date on which a plan was followed, as text: ISO dates sort as text."""
    ends = [datetime.date.max]
    ends += [plan.stopped] if plan.stopped else []
    ends += [next_day_0 - datetime.timedelta(days=1)] if next_day_0 else []
    return min(ends).isoformat()


def _turned(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The dates on which any strut has another length than the evening before."""
    for before, row in itertools.pairwise(rows):
        if any(abs(a - b) > SAME_MM for a, b in zip(before["lengths_mm"], row["lengths_mm"], strict=True)):
            yield row["date"]


def facts_value(facts: TreatmentFacts) -> dict[str, Any]:
    """The facts as a JSON value."""
    return asdict(facts) | {"planned": [dict(one) for one in facts.planned], "struts": list(facts.struts)}


def facts_of(value: Mapping[str, Any]) -> TreatmentFacts:
    """The facts from their JSON value.  Raises KeyError, TypeError or ValueError for anything else."""
    if value.keys() != TreatmentFacts.__dataclass_fields__.keys():
        raise ValueError("the facts of a treatment have other keys")
    for name in ("plans", "visits", "adjusting_days", "exchanges"):
        if type(value[name]) is not int or value[name] < 0:
            raise TypeError(f"{name} is not a number of times")
    for name in ("first_day", "first_adjustment", "last_adjustment"):
        if value[name] is not None or name == "first_day":
            datetime.date.fromisoformat(value[name])
    planned = tuple({str(word): float(size) for word, size in one.items()} for one in value["planned"])
    return TreatmentFacts(**dict(value) | {"planned": planned, "struts": tuple(map(str, value["struts"]))})
