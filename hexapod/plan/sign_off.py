"""Who has signed a plan, who has acknowledged its cautions, and the code of a signed sheet: for library and documents.

The code is short enough to be read out, impossible to guess, and says nothing about anybody.  It is made from the
signature, whose head holds 64 bits of a salted hash: who has not seen a document of the plan cannot know it, and no
record has to be kept for it.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hexapod.case.model import Case
from hexapod.errors import HexapodError
from hexapod.plan.make_plan import Plan, Refusal

# Crockford's digits: none is taken for another, as I and 1 or O and 0 would be; five bits each.
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS, GROUP = 16, 4
# What people read for others of the digits.
_READ_AS = str.maketrans("ILO", "110")
_CODE = re.compile(f"[{DIGITS}]{{{LETTERS}}}")


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

    `head` is the head of the library's audit trail with this signature as its last entry: the text printed on the
    documents.  `told` are the warnings given at signing, such as a day 0 that is past; they come with the call that
    signs, not with a look-up.
    """

    name: str
    by: str
    at: str
    plan_sha256: str
    head: str
    sentences: tuple[str, ...] = field(default=(), compare=False)


def acknowledgements(plan: Plan | Refusal, given: Sequence[tuple[str, str, str]]) -> tuple[Acknowledgement, ...]:
    """Cautions acknowledged by code, name and reason, for every level that has them.

    Raises:
        HexapodError: a code that is no caution of this plan.
    """
    cautions = sorted({(finding.code, finding.level) for finding in plan.findings if finding.verdict == "caution"})
    found = []
    for code, by, reason in given:
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


def sheet_code(signature: Signature) -> str:
    """The code of the plan of a signature, in groups of four.

    >>> sheet_code(Signature("Dr A", "a", "2026-02-27T23:05:09.123456Z", "0" * 64, "1284-9f3a6c01d2e4b7aa"))
    'KGK2-61QA-JFRS-WDRC'
    """
    text = f"hexapod sheet {signature.head} {signature.at} {signature.plan_sha256}"
    number = int.from_bytes(hashlib.sha256(text.encode("ascii")).digest())
    return _grouped("".join(DIGITS[number >> 5 * k & 31] for k in range(LETTERS)))


def read_code(text: str) -> str | None:
    """A code as somebody has typed it, in its own form; None for what is none.

    >>> read_code(" kgk261qa jfrs-wdrc"), read_code("KGK2-6IQA-JFRS-WDRC"), read_code("p-014")
    ('KGK2-61QA-JFRS-WDRC', 'KGK2-61QA-JFRS-WDRC', None)
    """
    bare = re.sub(r"[\s-]", "", text).upper().translate(_READ_AS)
    return _grouped(bare) if _CODE.fullmatch(bare) else None


def _grouped(letters: str) -> str:
    return "-".join(letters[k : k + GROUP] for k in range(0, LETTERS, GROUP))
