"""A draft as the library keeps it: JSON text, with every entry; those of older versions are completed when opened."""

from __future__ import annotations

import json
from typing import Any

from hexapod.app.draft.draft_model import (
    BESIDE_THE_CASE,
    SAID,
    Draft,
    blank_draft,
    blank_level,
    blank_stage,
    blank_structure,
    blank_visit,
    entries,
)
from hexapod.app.draft.from_case import draft_of
from hexapod.errors import HexapodError

FORMAT = "hexapod-draft/2"

# What a draft has always had; the entries that came later are empty when it is opened.
FIRST_KEYS = {"id", "title", "side", "bone", "start_date", "levels", "exact", "origin"}


class DraftUnreadableError(HexapodError):
    """A draft of a newer program, or a damaged one."""


def text_of(draft: Draft) -> str:
    """A draft as text.  Its id, title, side and bone stand at the top, where the list of cases reads them."""
    return json.dumps({"format": FORMAT} | draft, ensure_ascii=False)


def draft_in(text: str) -> Draft:
    """The draft that a text holds.

    Raises:
        DraftUnreadableError: it was written by a newer program, or is damaged.
    """
    try:
        draft = json.loads(text)
        if draft.pop("format") != FORMAT or not FIRST_KEYS <= draft.keys() <= blank_draft().keys():
            raise ValueError("another format")
        return _completed(draft)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DraftUnreadableError(
            "The entries of this case cannot be read by this version of the program: they were saved by a newer one, "
            "or are damaged. Nothing was changed; install the version that saved them."
        ) from error


def _as_now(draft: Draft) -> Draft:
    """The file's own draft as this version reads it; what stands beside the case stays, with its levels."""
    new = draft_of(draft["origin"]["document"])
    levels = [level | {"uid": old["uid"]} for level, old in zip(new["levels"], draft["levels"], strict=True)]
    beside = {key: draft[key] for key in BESIDE_THE_CASE if key in draft and key not in ("origin", "exact")}
    new |= {"levels": levels} | beside
    return new | {"origin": new["origin"] | {"entries": entries(new)}}


def _completed(draft: Draft) -> Draft:
    """A draft as this version has it: that of an older one gets the entries that it did not know, left empty."""
    visit = blank_visit() | draft.get("visit", {})
    older: Draft = {"revises": None}
    draft = older | draft
    whole = all(
        level.keys() == blank_level().keys()
        and all(one.keys() == blank_structure().keys() for one in level["structures"])
        for level in draft["levels"]
    )
    if draft.keys() == blank_draft().keys() and whole:
        return draft | {"visit": visit}
    origin = draft["origin"]
    if origin is not None and origin["entries"] == entries(draft):
        return _as_now(draft) | {"visit": visit}
    draft = _known(draft)
    return blank_draft() | draft | {"visit": visit, "origin": None}


def _known(value: Any) -> Any:
    """A part of an older draft with the entries that its levels and stages did not have, wherever they are kept.

    What an older version took for zero when nobody touched it is left out here, as in a file: a caution says so.
    """
    if isinstance(value, list):
        return [_known(one) for one in value]
    if not isinstance(value, dict):
        return value
    known = {name: _known(one) for name, one in value.items()}
    if {"uid", "settings_at"} <= known.keys():
        return blank_level() | {"left_out": dict.fromkeys(SAID, True)} | known
    if {"uid", "at"} <= known.keys():
        return blank_structure() | known
    return blank_stage() | known if {"uid", "correct_to"} <= known.keys() else known
