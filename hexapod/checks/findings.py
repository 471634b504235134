"""A finding: what a check has to say, where and when, against which limit; and findings of one kind as a group."""

from __future__ import annotations

import math
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
        """Whether `value` is above the limit; NaN counts as above."""
        return not value <= self.value * (1.0 + RELATIVE_TOLERANCE)

    def undercut_by(self, value: float) -> bool:
        """Whether `value` is below the limit; NaN counts as below."""
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
    """The worst verdict of these findings; `ok` when there are none."""
    return max((finding.verdict for finding in findings), key=RANK.__getitem__, default="ok")


@dataclass(frozen=True)
class FindingGroup:
    """Findings with one code, verdict and level: the worst of them, and all."""

    worst: Finding
    all: tuple[Finding, ...]

    @property
    def message(self) -> str:
        """The worst finding's message, and for how many more struts or points the same is true."""
        more = len(self.all) - 1
        if not more:
            return self.worst.message
        if all(finding.strut is not None for finding in self.all):
            struts = ", ".join(str(finding.strut) for finding in self.all if finding is not self.worst)
            return f"{self.worst.message} The same for strut{'s' if more > 1 else ''} {struts}."
        return f"{self.worst.message} To a lesser degree at {more} other point{'s' if more > 1 else ''}."


def grouped(findings: Iterable[Finding]) -> list[FindingGroup]:
    """Findings grouped by code, verdict and level, refused ones first, in the order in which they were found."""
    groups: dict[tuple[str, str, int], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.code, finding.verdict, finding.level), []).append(finding)
    found = [FindingGroup(max(members, key=_share), tuple(members)) for members in groups.values()]
    return sorted(found, key=lambda group: -RANK[group.worst.verdict])


def _share(finding: Finding) -> tuple[float, float]:
    """How far beyond its limit a finding is, as a share of the limit; of distances of zero or less, the deepest."""
    if finding.value is None or not finding.limit:
        return 0.0, 0.0
    if finding.value <= 0.0:  # bodies that touch or overlap: no share tells how far
        return math.inf, -finding.value
    return max(finding.value / finding.limit, finding.limit / finding.value), 0.0
