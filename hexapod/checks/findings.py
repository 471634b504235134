"""A finding: what a check has to say, where and when, against which limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hexapod.checks.limits import RANK, Verdict


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
