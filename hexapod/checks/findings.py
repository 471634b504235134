"""A finding: what a check has to say, where and when, against which limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "caution", "refused"]
RANK: dict[Verdict, int] = {"ok": 0, "caution": 1, "refused": 2}

# Comparisons with a limit allow this share for rounding: 20 mm in 10 fixed days is 2.0 mm a day, not more.
RELATIVE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Limit:
    """One limit of one check."""

    value: float
    unit: str
    verdict: Verdict
    hazard: str
    source: str

    def exceeded_by(self, value: float) -> bool:
        """Whether `value` is above the limit; not a number counts as above."""
        return not value <= self.value * (1.0 + RELATIVE_TOLERANCE)

    def undercut_by(self, value: float) -> bool:
        """Whether `value` is below the limit; not a number counts as below."""
        return not value >= self.value * (1.0 - RELATIVE_TOLERANCE)


@dataclass(frozen=True)
class Finding:
    """One thing unsafe or to be looked at.  Level counts from 0; day and strut (1 to 6) where they apply.

    `bodies` names what of the construct it is about where that is more than one strut ("strut 2", "proximal ring",
    "distal ring", "bone", "limb"): for showing, and in no plan file.
    """

    code: str
    verdict: Verdict
    level: int
    message: str
    day: int | None = None
    strut: int | None = None
    value: float | None = None
    limit: float | None = None
    unit: str | None = None
    bodies: tuple[str, ...] = ()


def worst_verdict(findings: Iterable[Finding]) -> Verdict:
    """The verdict of a whole plan."""
    return max((finding.verdict for finding in findings), key=RANK.__getitem__, default="ok")
