"""The chain of audit entries: what each one's fingerprint covers, and the head that is printed.

An entry's fingerprint covers the one before, its number, time, actor, action, subject and the fingerprint of its
record's row.  The row holds the seal of its contents.  So nothing of a record can change, and no entry can go or move,
without a break in the chain; and a chain made anew as a whole has other heads than the printed ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hexapod.library.errors import LibraryError
from hexapod.library.storage.contents import sha256_of

# What the first entry holds in place of a fingerprint.
NOTHING_BEFORE = "0" * 64
# So much of a fingerprint is printed: 64 bits, more than anybody can try out for a second chain with the same heads.
HEAD_DIGITS = 16
# What the action of a record that came with an import begins with.
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
    """An entry with its fingerprint."""
    bare = AuditEntry(sequence, at, actor, action, subject, payload_sha256, previous, "")
    return AuditEntry(sequence, at, actor, action, subject, payload_sha256, previous, entry_sha256(bare))


def entry_sha256(found: AuditEntry) -> str:
    """The fingerprint that an entry should have."""
    return sha256_of({name: value for name, value in asdict(found).items() if name != "sha256"})


def payload_sha256(table: str, row: Mapping[str, Any]) -> str:
    """The fingerprint of a record's row: all columns but the number of its entry, which other libraries give anew."""
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
