"""Who has signed a plan, and who has acknowledged its cautions: as data, for library and documents."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hexapod.case.model import Case
from hexapod.errors import HexapodError
from hexapod.plan.make_plan import Plan, Refusal


@dataclass(frozen=True)
class Acknowledgement:
    """Who has accepted a caution, and why: `code` and `level` are those of the finding."""

    code: str
    level: int
    by: str
    reason: str
    on: datetime.date | None = None


@dataclass(frozen=True)
class Signature:
    """Who has signed a plan: the name signed with, the user `by`, when (`at`, UTC as in the audit trail), which plan.

    `head` is the head of the library's audit trail with this signature as its last entry.
    """

    name: str
    by: str
    at: str
    plan_sha256: str
    head: str


def acknowledgements(plan: Plan | Refusal, said: Sequence[tuple[str, str, str]]) -> tuple[Acknowledgement, ...]:
    """Cautions acknowledged by code, name and reason, for every level that has them.

    Raises:
        HexapodError: a code that is no caution of this plan.
    """
    cautions = sorted({(finding.code, finding.level) for finding in plan.findings if finding.verdict == "caution"})
    found = []
    for code, by, reason in said:
        levels = [level for known, level in cautions if known == code]
        if not levels:
            have = ", ".join(sorted({known for known, _ in cautions})) or "none"
            raise HexapodError(f"{code} is not a warning of this plan; it has {have}.")
        if not by.strip() or not reason.strip():
            raise HexapodError(f"{code} is acknowledged by a name and with a reason; neither can be empty.")
        found += [Acknowledgement(code, level, by.strip(), reason.strip()) for level in levels]
    return tuple(found)


@dataclass(frozen=True)
class EarlierPlan:
    """A plan of the same limb that was signed before: what its sheet and its calendar say is still in the house.

    `file` is its plan file's JSON value, as it was stored: no program has to make it again.  `code` is that of its
    sheets, empty for a plan whose signature came from another library.
    """

    case: Case
    file: Mapping[str, Any]
    signature: Signature
    code: str = ""

    @property
    def signed_on(self) -> datetime.date:
        """The date of the signature, UTC."""
        return datetime.date.fromisoformat(self.signature.at[:10])
