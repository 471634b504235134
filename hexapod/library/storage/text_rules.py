"""Words that people type into records: not empty, not endless, and of whole characters."""

from __future__ import annotations

from typing import Any

from hexapod.case.characters import unseen
from hexapod.library.errors import Refused
from hexapod.library.storage.contents import canonical

# Some ten pages; more belongs into a file of its own, and would make the lines of an export too long.
LONGEST_TEXT = 20_000


def said(text: str, ask: str) -> str:
    """The text without spaces around it.  Raises Refused: with `ask` when nothing is left, or as it cannot be kept."""
    found = text.strip()
    if not found:
        raise Refused(ask)
    if len(found) > LONGEST_TEXT:
        raise Refused(f"The text has {len(found)} characters; at most {LONGEST_TEXT} are kept.")
    if hidden := unseen(found):
        raise Refused(f"The text holds a character that is not seen on a page ({hidden}): type it again.")
    return found


def written(**values: Any) -> bytes:
    """Values as the contents of a record.  Raises Refused for what JSON cannot hold."""
    try:
        return canonical(values)
    except ValueError as error:
        raise Refused(f"This cannot be kept: {error}.") from error


def storable(text: str) -> str:
    """The text as both databases can hold it: halves of characters become question marks, what is not seen goes."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(character for character in whole if not unseen(character))
