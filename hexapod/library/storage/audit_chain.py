"""The chain of audit entries: what the hash of each covers, and the head that is printed.

An entry's hash covers the hash of the entry before, its own number, time, actor, action and subject, and the hash of
its record's row.  The row holds the salted hash of its contents.  So no record can change, and no entry can be removed
or moved, without a break in the chain.  A chain rebuilt as a whole has other heads than the printed ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hexapod.library.errors import LibraryError
from hexapod.library.storage.contents import sha256_of

# What the first entry holds in place of the hash of an earlier one.
NOTHING_BEFORE = "0" * 64
# Digits of the hash that are printed: 64 bits, too many to find a second chain with the same heads by trial.
HEAD_DIGITS = 16
# Prefix of the action of an imported record.
IMPORTED = "imported:"
_HEAD = re.compile(rf"([0-9]+)-([0-9a-f]{{{HEAD_DIGITS}}})")


@dataclass(frozen=True)
class AuditEntry:
    """One entry of the audit trail; `at` is UTC."""

    sequence: int
    at: str
    actor: str
    action: str
    subject: str
    payload_sha256: str
    previous_sha256: str
    sha256: str

    @property
    def head(self) -> str:
        """The chain up to this entry in a short text for print.

        >>> AuditEntry(7, "", "", "", "", "", "", "0123456789abcdef0123").head
        '7-0123456789abcdef'
        """
        return f"{self.sequence}-{self.sha256[:HEAD_DIGITS]}"


def entry(
    sequence: int, at: str, actor: str, action: str, subject: str, payload_sha256: str, previous: str
) -> AuditEntry:
    """An entry with its hash."""
    bare = AuditEntry(sequence, at, actor, action, subject, payload_sha256, previous, "")
    return AuditEntry(sequence, at, actor, action, subject, payload_sha256, previous, entry_sha256(bare))


def entry_sha256(found: AuditEntry) -> str:
    """The SHA-256 that an entry should have, in hexadecimal digits."""
    return sha256_of({name: value for name, value in asdict(found).items() if name != "sha256"})


def payload_sha256(table: str, row: Mapping[str, Any]) -> str:
    """The SHA-256 of a record's row: all columns except the entry number, which another library may give otherwise."""
    return sha256_of({"table": table, "row": {name: value for name, value in row.items() if name != "entry"}})


def read_head(text: str) -> tuple[int, str]:
    """Number and first digits of the entry that a printed head names.  Raises LibraryError for any other text.

    >>> read_head("7-0123456789abcdef")
    (7, '0123456789abcdef')
    """
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        raise LibraryError(f"{text} is not the head of an audit trail, such as 1284-9f3a6c01d2e4b7aa.")
    return int(found[1]), found[2]
