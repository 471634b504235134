"""Contents of records: accepted text, storage, sealing by hash, and the chain of audit entries over it.

Contents are compressed, and sealed by a salted hash.  An entry's hash covers the hash of the entry before, its own
number, time, actor, action and subject, and the hash of its record's row.  The row holds the salted hash of its
contents.  So no record can change, and no entry can be removed or moved, without a break in the chain.  A chain rebuilt
as a whole has other heads than the printed ones.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hexapod.case.canonical_json import canonical
from hexapod.case.field_types import unseen
from hexapod.library.errors import LibraryError, Refused, Unreadable

# Without a salt, erased readings could be recovered by hashing all possible readings.
SALT_BYTES = 16
PLAIN, SMALL = "plain", "zlib"
# Some ten pages; longer texts would make the lines of an export too long.
LONGEST_TEXT = 20_000
# The previous hash of the first entry.
NOTHING_BEFORE = "0" * 64
# Digits of the hash that are printed: 64 bits, too many to find a second chain with the same heads by trial.
HEAD_DIGITS = 16
# Prefix of the action of an imported record.
IMPORTED = "imported:"
_HEAD = re.compile(rf"([0-9]+)-([0-9a-f]{{{HEAD_DIGITS}}})")


@dataclass(frozen=True)
class Sealed:
    """Contents ready to be stored, with the salted hash that goes into their record."""

    sha256: str
    salt: bytes
    coding: str
    body: bytes


def seal(content: bytes, salt: bytes | None = None) -> Sealed:
    """Contents sealed with a new salt, or with the one that they had elsewhere."""
    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    small = zlib.compress(content)
    coding, body = (SMALL, small) if len(small) < len(content) else (PLAIN, content)
    return Sealed(seal_sha256(content, salt), salt, coding, body)


def unpacked(coding: str, body: bytes) -> bytes:
    """The contents of a row.  Raises Unreadable when they are damaged."""
    if coding == PLAIN:
        return body
    try:
        return zlib.decompress(body)
    except zlib.error as error:
        raise Unreadable(
            "Contents of the library are damaged: run `python -m hexapod audit verify`, and restore the last backup."
        ) from error


def seal_sha256(content: bytes, salt: bytes) -> str:
    """SHA-256 of salt and contents, in hexadecimal digits."""
    return hashlib.sha256(salt + content).hexdigest()


def sha256_of(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, in hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def value_of(content: bytes) -> Any:
    """The value of contents that are JSON."""
    return json.loads(content)


def required_text(text: str, ask: str) -> str:
    """The text without spaces around it.  Raises Refused: with `ask` when nothing is left, or as it cannot be kept."""
    found = text.strip()
    if not found:
        raise Refused(ask)
    if len(found) > LONGEST_TEXT:
        raise Refused(f"The text has {len(found)} characters; at most {LONGEST_TEXT} are kept.")
    refuse_invisible(found, "The text")
    return found


def refuse_invisible(text: str, what: str) -> None:
    """Raises Refused for a text with an invisible character; `what` names the text in the message."""
    if hidden := unseen(text):
        raise Refused(f"{what} holds an invisible character ({hidden}): type it again.")


def json_content(**values: Any) -> bytes:
    """Values as the contents of a record.  Raises Refused for what JSON cannot hold."""
    try:
        return canonical(values)
    except ValueError as error:
        raise Refused(f"This cannot be kept: {error}.") from error


def storable(text: str) -> str:
    """The text as both databases can hold it: lone surrogates become question marks, invisible characters go."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(character for character in whole if not unseen(character))


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
