"""Drafts on disk: saved at every change, read back after F5, a lost connection or a stopped server."""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
from pathlib import Path

from hexapod.case.files import write_atomically
from hexapod.ui.draft import Draft, blank_draft, blank_level, entries
from hexapod.ui.opened import draft_of

FORMAT = "hexapod-draft/1"
FOLDER_VARIABLE = "HEXAPOD_DATA_DIR"

# What a draft of the first version had; the entries that came later are empty when it is opened.
FIRST_KEYS = {"id", "title", "side", "bone", "start_date", "levels", "exact", "origin"}

_TOKEN = re.compile(r"[0-9a-f]{24}")
_log = logging.getLogger(__name__)


def new_token() -> str:
    """A name for a draft that nobody guesses."""
    return secrets.token_hex(12)


def is_token(text: str) -> bool:
    """Whether a text from the address of the page can be the name of a draft: nothing that could be a path.

    >>> is_token("0123456789abcdef01234567"), is_token("../../etc/passwd")
    (True, False)
    """
    return _TOKEN.fullmatch(text) is not None


def folder() -> Path:
    """Where drafts are kept: in `HEXAPOD_DATA_DIR`, or with the user's own data."""
    named = os.environ.get(FOLDER_VARIABLE)
    return (Path(named) if named else Path.home() / ".local" / "share" / "hexapod") / "drafts"


def save(token: str, draft: Draft, revision: int) -> None:
    """Write a draft, whole or not at all.  Raises OSError when the folder cannot be written."""
    where = _file(token)
    where.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = {"format": FORMAT, "revision": revision, "draft": draft}
    write_atomically(where, json.dumps(kept, ensure_ascii=False).encode("utf-8"))


def load(token: str) -> tuple[Draft, int] | None:
    """The draft of that name and its revision, or None when there is none that can be read."""
    where = _file(token)
    try:
        kept = json.loads(where.read_text("utf-8"))
        if kept["format"] != FORMAT or not FIRST_KEYS <= kept["draft"].keys() <= blank_draft().keys():
            raise ValueError("another format")
        return _completed(kept["draft"]), int(kept["revision"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.warning("The draft %s cannot be read: %s", token, error)
        return None


def _completed(draft: Draft) -> Draft:
    """A draft as this version has it: that of an older one gets the entries that it did not know, left empty."""
    if draft.keys() == blank_draft().keys():
        return draft
    origin = draft["origin"]
    if origin is not None and origin["entries"] == entries(draft):
        return draft_of(origin["document"])
    levels = [blank_level() | level for level in draft["levels"]]
    return blank_draft() | draft | {"levels": levels, "origin": None}


def revision_on_disk(token: str) -> int:
    """The revision that another window may have written, 0 when there is none."""
    kept = load(token)
    return kept[1] if kept else 0


def _file(token: str) -> Path:
    if not is_token(token):
        raise ValueError(f"{token!r} is not the name of a draft")
    return folder() / f"{token}.json"
