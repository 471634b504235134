"""Contents of records: which text is accepted, and how it is stored: compressed, and sealed by a salted hash."""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from dataclasses import dataclass
from typing import Any

import rfc8785

from hexapod.case.field_types import unseen
from hexapod.library.errors import Refused, Unreadable

# Without a salt, erased readings could be recovered by hashing all possible readings.
SALT_BYTES = 16
PLAIN, SMALL = "plain", "zlib"
# Some ten pages; longer texts would make the lines of an export too long.
LONGEST_TEXT = 20_000


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


def canonical(value: Any) -> bytes:
    """A value as RFC 8785 canonical JSON: equal values give equal bytes."""
    return rfc8785.dumps(value)


def sha256_of(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, in hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def value_of(content: bytes) -> Any:
    """The value of contents that are JSON."""
    return json.loads(content)


def said(text: str, ask: str) -> str:
    """The text without spaces around it.  Raises Refused: with `ask` when nothing is left, or as it cannot be kept."""
    found = text.strip()
    if not found:
        raise Refused(ask)
    if len(found) > LONGEST_TEXT:
        raise Refused(f"The text has {len(found)} characters; at most {LONGEST_TEXT} are kept.")
    must_be_seen(found, "The text")
    return found


def must_be_seen(text: str, what: str) -> None:
    """Raises Refused for a text with an invisible character; `what` names the text in the message."""
    if hidden := unseen(text):
        raise Refused(f"{what} holds an invisible character ({hidden}): type it again.")


def written(**values: Any) -> bytes:
    """Values as the contents of a record.  Raises Refused for what JSON cannot hold."""
    try:
        return canonical(values)
    except ValueError as error:
        raise Refused(f"This cannot be kept: {error}.") from error


def storable(text: str) -> str:
    """The text as both databases can hold it: lone surrogates become question marks, invisible characters go."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(character for character in whole if not unseen(character))
