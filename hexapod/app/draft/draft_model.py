"""The draft: what was typed, as texts, however incomplete or wrong.  The case is made from it anew each time.

A draft is a plain dict that JSON can hold.  Things in a list (levels, stages, structures) carry a `uid`, so that an
entry's path, such as `("levels", "a1", "stages", "b2", "name")`, stays the same when the list is rearranged.
"""

from __future__ import annotations

import copy
import secrets
from typing import Any

from hexapod.case.level_parts import KEPT
from hexapod.case.model import WEEKDAYS
from hexapod.deformity import quantities as w

Draft = dict[str, Any]
Path = tuple[str, ...]

# The pairs in the order in which people say them.
DEFORMITY, PLACE, MOUNTING = w.DEFORMITY, w.PLACE, w.MOUNTING
ALONG_BONE = (w.ALONG_BONE,)
STRUTS = range(6)
# Parts of a level that are not complete before somebody has said something of them, if only that they are zero.
# `left_out` tells which of them a file, or a draft of an older version, leaves out: planned as zero, with a caution.
SAID = ("mounting", "deformity")
ZERO = "zero"
# What is typed where the rotation of a day has no limit; the case file then says null.
NO_LIMIT = "none"
# What the papers that the patient takes home say of the clinic.
OF_CLINIC = ("name", "contact", "missed_or_stuck")
# Entries that change neither the case nor its fingerprint: memory, what can be taken back, a template not put in, the
# alternative kept, advice put in, a visit being typed, what a re-plan decided, the number of the signed plan that is
# being revised.
BESIDE_THE_CASE = ("origin", "exact", "aside", "template", "alternative", "advised", "visit", "decided", "revises")
# The numbers that templates ask for; what was typed for one is there again for the next that asks for it.
TEMPLATE_SIZES = (
    "gap_mm",
    "length_mm",
    "compression_mm",
    "compress_mm",
    "distract_mm",
    "cycles",
    "latency_days",
    "consolidation_days",
)


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
    return {"uid": new_uid(), "name": "", "at": blank_words(PLACE), "limit": "", "crosses": None}


def blank_stage() -> Draft:
    """A stage that does not know yet what it does."""
    return {
        "uid": new_uid(),
        "name": "",
        "kind": None,
        "hold_days": "",
        "correct_to": blank_words(DEFORMITY),
        "keep": dict.fromkeys(KEPT, False),
        "meant": False,
        "transport": blank_words(PLACE),
        "days": "",
        "mm_per_day": "",
        "deg_per_day": "",
    }


def blank_template() -> Draft:
    """No template chosen, and no number typed for one."""
    return {"name": None, **dict.fromkeys(TEMPLATE_SIZES, ""), "transport": blank_words(PLACE)}


def blank_advised() -> Draft:
    """No distances of the rings named, and nothing put in of the advice before surgery.

    `before` has by a level's uid the struts and settings that are not in work: those of before, or those taken back.
    """
    return {"heights": "", "before": {}}


def blank_segment() -> Draft:
    """A point on the segment of which nothing is said yet."""
    return {"where": None, "from": blank_words(PLACE)}


def blank_visit() -> Draft:
    """A visit of which nothing is taken down yet.

    `readings` has those of a level by its number, from "0", and `struts` the models said to be on it; `doubtful` those
    readings that somebody vouched for, as a text.
    """
    return {
        "date": "",
        "next": "",
        "note": "",
        "readings": {},
        "struts": {},
        "pause": "",
        "turn_back": "",
        "mm_per_day": "",
        "doubtful": "",
    }


def blank_so_far() -> Draft:
    """Nothing told of what a level has been through since the treatment began."""
    return {"latency_days": "", "rest_days": "", "first_gap_mm": "", "largest_gap_mm": "", "overlap_mm": ""}


def blank_decided() -> Draft:
    """No re-plan: sentences on the one that made the case which goes on from the fingerprint `of`."""
    return {"of": "", "lines": []}


def blank_level() -> Draft:
    """A level in which nothing is chosen."""
    return {
        "uid": new_uid(),
        "name": "",
        "reference": None,
        "couple": "stages",
        "segment": blank_segment(),
        "segment_ring": None,
        "course_from": blank_words(DEFORMITY),
        "so_far": blank_so_far(),
        "return_stages": [],
        "proximal_ring": blank_ring(),
        "distal_ring": blank_ring(),
        "alike": True,
        "every_strut": blank_strut(),
        "struts": {str(k): blank_strut() for k in STRUTS},
        "settings": {str(k): "" for k in STRUTS},
        "settings_at": None,
        "mounting": blank_words(MOUNTING),
        "deformity": blank_words(DEFORMITY),
        "mounting_zero": None,
        "deformity_zero": None,
        "left_out": dict.fromkeys(SAID, False),
        "bone": {"diameter": "", "osteotomy": blank_words(ALONG_BONE), "gap": ""},
        "structures": [],
        "girth": {"proximal": "", "distal": ""},
        "mm_per_day": "",
        "deg_per_day": "",
        "adjustments": "",
        "times": "",
        "index_days": "",
        "docking_gap": "",
        "stages": [blank_stage()],
    }


def blank_draft() -> Draft:
    """A case in which nothing is chosen: one level, one stage."""
    return {
        "id": "",
        "title": "",
        "side": None,
        "bone": None,
        "child": None,
        "start_date": "",
        "clinic_days": dict.fromkeys(WEEKDAYS, False),
        "clinic_closed": "",
        "exchange_reserve": "",
        "clinic": dict.fromkeys(OF_CLINIC, ""),
        "time_zone": "",
        "derived_from": "",
        "treatment_started": "",
        "levels": [blank_level()],
        "aside": {},
        "template": blank_template(),
        "alternative": None,
        "advised": blank_advised(),
        "visit": blank_visit(),
        "revises": None,
        "decided": blank_decided(),
        "exact": {},
        "origin": None,
    }


def is_typed(words: Draft) -> bool:
    """Whether anything stands at the entries of a set of words: a size, if only 0, or a direction."""
    return any(pair["size"].strip() or pair["word"] is not None for pair in words.values())


def is_said(level: Draft, part: str) -> bool:
    """Whether somebody has said something of a part that may not be passed over."""
    return is_typed(level[part]) or level[f"{part}_zero"] is not None


def follows(level: Draft) -> bool:
    """Whether a level follows the others instead of having stages; what was typed for its stages is kept."""
    return bool(level["couple"] == "keep-length")


def is_construct(draft: Draft) -> bool:
    """Whether a level of the case follows the others."""
    return any(follows(one) for one in draft["levels"])


def may_have_segment(draft: Draft, level: Draft) -> bool:
    """Whether a level can say where its point lies from that of the level before: each but the first."""
    return level is not draft["levels"][0]


def needs_segment(draft: Draft, level: Draft) -> bool:
    """Whether a level has to say where its point lies from that of the level before."""
    return may_have_segment(draft, level) and is_construct(draft)


def entries(draft: Draft) -> Draft:
    """A copy of what was typed for the case, without what stands beside it."""
    return copy.deepcopy({key: value for key, value in draft.items() if key not in BESIDE_THE_CASE})


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


def new_uid() -> str:
    """A name for a thing in a list, which no other has."""
    return secrets.token_hex(4)
