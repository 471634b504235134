"""The code of a signed sheet: short enough to be read out, impossible to guess, and it says nothing about anybody.

It is made from the signature, whose head holds 64 bits of a salted hash: who has not seen a document of the plan cannot
know it, and no record has to be kept for it.
"""

from __future__ import annotations

import hashlib
import re

from hexapod.plan.sign_off import Signature

# Crockford's digits: none is taken for another, as I and 1 or O and 0 would be; five bits each.
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS, GROUP = 16, 4
# What people read for others of the digits.
_READ_AS = str.maketrans("ILO", "110")
_CODE = re.compile(f"[{DIGITS}]{{{LETTERS}}}")


def sheet_code(signature: Signature) -> str:
    """The code of the plan of a signature, in groups of four.

    >>> sheet_code(Signature("Dr A", "a", "2026-02-27T23:05:09.123456Z", "0" * 64, "1284-9f3a6c01d2e4b7aa"))
    'KGK2-61QA-JFRS-WDRC'
    """
    told = f"hexapod sheet {signature.head} {signature.at} {signature.plan_sha256}"
    number = int.from_bytes(hashlib.sha256(told.encode("ascii")).digest())
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
