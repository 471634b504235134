"""The draft: what was typed, as texts, however incomplete or wrong.  The case is made from it anew each time.

A draft is a plain dict that JSON can hold.  Things in a list (levels, stages, structures) carry a `uid`, so that an
entry's path, such as `("levels", "a1", "stages", "b2", "name")`, stays the same when the list is rearranged.
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping
from typing import Any

from hexapod.clinical import words as w
from hexapod.ui.numbers import NotANumber, coordinate, size

Draft = dict[str, Any]
Path = tuple[str, ...]

# The pairs in the order in which people say them.
DEFORMITY, PLACE, MOUNTING = w.DEFORMITY, w.PLACE, w.MOUNTING
ALONG_BONE = (w.ALONG_BONE,)
STRUTS = range(6)


def blank_words(pairs: tuple[w.Pair, ...]) -> Draft:
    """No size and no word for every pair."""
    return {pair.quantity: {"size": "", "word": None} for pair in pairs}


def blank_ring() -> Draft:
    """A ring not yet chosen."""
    return {"kind": "model", "model": None, "joints": ""}


def blank_strut() -> Draft:
    """A strut not yet chosen."""
    return {"kind": "model", "model": None, "min_mm": "", "max_mm": "", "graduation_mm": ""}


def blank_structure() -> Draft:
    """A structure at risk without a name or a place."""
    return {"uid": _uid(), "name": "", "at": blank_words(PLACE), "limit": ""}


def blank_stage() -> Draft:
    """A stage that does not know yet what it does."""
    return {
        "uid": _uid(),
        "name": "",
        "kind": None,
        "hold_days": "",
        "correct_to": blank_words(DEFORMITY),
        "transport": blank_words(PLACE),
        "days": "",
        "mm_per_day": "",
        "deg_per_day": "",
    }


def blank_level() -> Draft:
    """A level in which nothing is chosen."""
    return {
        "uid": _uid(),
        "name": "",
        "reference": None,
        "proximal_ring": blank_ring(),
        "distal_ring": blank_ring(),
        "alike": True,
        "every_strut": blank_strut(),
        "struts": {str(k): blank_strut() for k in STRUTS},
        "settings": {str(k): "" for k in STRUTS},
        "settings_at": None,
        "mounting": blank_words(MOUNTING),
        "deformity": blank_words(DEFORMITY),
        "bone": {"diameter": "", "osteotomy": blank_words(ALONG_BONE)},
        "structures": [],
        "mm_per_day": "",
        "deg_per_day": "",
        "adjustments": "",
        "stages": [blank_stage()],
    }


def blank_draft() -> Draft:
    """A case in which nothing is chosen: one level, one stage."""
    return {
        "id": "",
        "title": "",
        "side": None,
        "bone": None,
        "start_date": "",
        "levels": [blank_level()],
        "exact": {},
        "origin": None,
    }


def draft_of(document: Mapping[str, Any]) -> Draft:
    """The draft of a valid case document.  As long as no entry changes, it gives back that very document."""
    draft = blank_draft()
    texts = _Texts(draft["exact"])
    draft["id"], draft["title"] = document["id"], document.get("title") or ""
    draft["side"], draft["bone"] = document["limb"]["side"], document["limb"]["bone"]
    draft["start_date"] = document["start_date"]
    draft["levels"] = [texts.level(level) for level in document["levels"]]
    draft["origin"] = {"document": copy.deepcopy(dict(document)), "entries": entries(draft)}
    return draft


def entries(draft: Draft) -> Draft:
    """A copy of what was typed, without the memory of the file that it came from."""
    return copy.deepcopy({key: value for key, value in draft.items() if key not in ("origin", "exact")})


def holder(draft: Draft, path: Path) -> tuple[Draft, str]:
    """The dict that holds the entry at `path`, and its key there.  KeyError when the entry has been removed."""
    here: Any = draft
    for part in path[:-1]:
        here = _item(here, part)
    return here, path[-1]


def entry(draft: Draft, path: Path) -> Any:
    """The entry at `path`: a text, a chosen word or None."""
    here: Any = draft
    for part in path:
        here = _item(here, part)
    return here


def _item(here: Any, part: str) -> Any:
    if isinstance(here, list):
        for item in here:
            if item["uid"] == part:
                return item
        raise KeyError(part)
    return here[part]


def _uid() -> str:
    return secrets.token_hex(4)


class _Texts:
    """Turns numbers of a document into texts.  `exact` keeps those written finer than people may type them."""

    def __init__(self, exact: dict[str, float]) -> None:
        self.exact = exact

    def number(self, value: float | None, read: Any = size) -> str:
        if value is None:
            return ""
        text = str(int(value)) if float(value).is_integer() else repr(float(value))
        try:
            if read(text) == value:
                return text
        except NotANumber:
            pass
        self.exact[text] = value
        return text

    def words(self, given: Mapping[str, Any] | None, pairs: tuple[w.Pair, ...]) -> Draft:
        draft = blank_words(pairs)
        for pair in pairs:
            for word in (pair.positive, pair.negative):
                if (given or {}).get(word) is not None:
                    draft[pair.quantity] = {"size": self.number((given or {})[word]), "word": word}
        return draft

    def ring(self, ring: Mapping[str, Any]) -> Draft:
        draft = blank_ring()
        if ring.get("joints_mm") is not None:
            lines = (" ".join(self.number(value, coordinate) for value in point) for point in ring["joints_mm"])
            return draft | {"kind": "joints", "joints": "\n".join(lines)}
        return draft | {"model": ring["model"]}

    def strut(self, strut: Any) -> Draft:
        if isinstance(strut, str):
            return blank_strut() | {"model": strut}
        return blank_strut() | {"kind": "own"} | {key: self.number(value) for key, value in strut.items()}

    def level(self, given: Mapping[str, Any]) -> Draft:
        draft, frame, bone = blank_level(), given["frame"], given.get("bone") or {}
        struts = [self.strut(strut) for strut in frame["struts"]]
        alike = all(strut == struts[0] for strut in struts)
        limits = given.get("limits") or {}
        return draft | {
            "name": given["name"],
            "reference": given["reference"],
            "proximal_ring": self.ring(frame["proximal_ring"]),
            "distal_ring": self.ring(frame["distal_ring"]),
            "alike": alike,
            "every_strut": copy.deepcopy(struts[0]) if alike else blank_strut(),
            "struts": {str(k): strut for k, strut in enumerate(struts)},
            "settings": {str(k): self.number(value) for k, value in enumerate(frame["settings_mm"])},
            "settings_at": frame["settings_at"],
            "mounting": self.words(given.get("mounting"), MOUNTING),
            "deformity": self.words(given.get("deformity"), DEFORMITY),
            "bone": {
                "diameter": self.number(bone.get("diameter_mm")),
                "osteotomy": self.words(bone.get("osteotomy"), ALONG_BONE),
            },
            "structures": [self.structure(item) for item in given.get("structures_at_risk") or []],
            "mm_per_day": self.number(limits.get("mm_per_day")),
            "deg_per_day": self.number(limits.get("deg_per_day")),
            "adjustments": self.number(given.get("adjustments_per_day")),
            "stages": [self.stage(stage) for stage in given["stages"]],
        }

    def structure(self, given: Mapping[str, Any]) -> Draft:
        limit = self.number(given.get("limit_mm_per_day"))
        return blank_structure() | {"name": given["name"], "at": self.words(given["at"], PLACE), "limit": limit}

    def stage(self, given: Mapping[str, Any]) -> Draft:
        kinds = [kind for kind in ("hold_days", "correct_to", "transport") if given.get(kind) is not None]
        limits = given.get("limits") or {}
        return blank_stage() | {
            "name": given["name"],
            "kind": kinds[0],
            "hold_days": self.number(given.get("hold_days")),
            "correct_to": self.words(given.get("correct_to"), DEFORMITY),
            "transport": self.words(given.get("transport"), PLACE),
            "days": self.number(given.get("days")),
            "mm_per_day": self.number(limits.get("mm_per_day")),
            "deg_per_day": self.number(limits.get("deg_per_day")),
        }
