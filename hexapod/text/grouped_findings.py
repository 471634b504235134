"""Findings as people read them: those of one kind once, by the worst, with how many more there are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from hexapod.checks.findings import RANK, Finding


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
    told = [FindingGroup(max(members, key=_share), tuple(members)) for members in groups.values()]
    return sorted(told, key=lambda group: -RANK[group.worst.verdict])


def _share(finding: Finding) -> tuple[float, float]:
    """How far beyond its limit a finding is, as a share of the limit; of distances of zero or less, the deepest."""
    if finding.value is None or not finding.limit:
        return 0.0, 0.0
    if finding.value <= 0.0:  # bodies that touch or overlap: no share tells how far
        return math.inf, -finding.value
    return max(finding.value / finding.limit, finding.limit / finding.value), 0.0
