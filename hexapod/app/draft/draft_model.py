"""The draft: what was typed, as texts, however incomplete or wrong.  The case is made from it anew each time.

A draft is a plain dict that JSON can hold.  Things in a list (levels, stages, structures) carry a `uid`, so that an
entry's path, such as `("levels", "a1", "stages", "b2", "name")`, stays the same when the list is rearranged.
"""

from __future__ import annotations

import copy
import itertools
import secrets
from typing import Any

from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD
from hexapod.estimation.hardware import HARDWARE
from hexapod.stages.templates import TEMPLATES
from hexapod.text.case_fields import CASE, LEVEL, STAGE, STRUCTURE
from hexapod.text.field_kinds import CaseField

Draft = dict[str, Any]
Path = tuple[str, ...]

# The pairs in the order in which people say them.
DEFORMITY, PLACE, MOUNTING = w.DEFORMITY, w.PLACE, w.MOUNTING
# What is measured with an SD for each quantity.
SDS = {"deformity": DEFORMITY_SD, "mounting": MOUNTING_SD}
STRUTS = range(6)
# Parts of a level that are not complete before somebody has said something of them, if only that they are zero.
# `left_out` tells which of them a file, or a draft of an older version, leaves out: planned as zero, with a caution.
MUST_BE_ENTERED = ("mounting", "deformity")
ZERO = "zero"
# What is typed where the rotation of a day has no limit; the case file then says null.
NO_LIMIT = "none"
# Entries that change neither the case nor its fingerprint: memory, what can be taken back, a template not put in, what
# was measured for a bone transport or of a ring, the alternatives, advice put in, a visit being typed, the goal, what a
# re-plan decided, the number of the signed plan that is being revised.
BESIDE_THE_CASE = (
    "origin",
    "exact",
    "aside",
    "template",
    "transport",
    "alternatives",
    "advised",
    "calibration",
    "visit",
    "goal",
    "decided",
    "revises",
)


def blank_words(pairs: tuple[w.Pair, ...]) -> Draft:
    """No size and no word for every pair."""
    return {pair.quantity: {"size": "", "word": None} for pair in pairs}


def blank_ring() -> Draft:
    """A ring not yet chosen.  `measured` says which ring `joints` were measured on, when, and what they were then."""
    return {"kind": "model", "model": None, "joints": "", "measured": None}


def blank_strut() -> Draft:
    """A strut not yet chosen."""
    return {"kind": "model", "model": None, "acute_mm": "", "min_mm": "", "max_mm": "", "graduation_mm": ""}


def blank_of(rows: tuple[CaseField, ...]) -> Draft:
    """The entries of a case, level, stage or structure in which nothing is chosen, by the keys of the case file."""
    draft: Draft = {}
    for row in rows:
        *holders, name = row.path
        here = draft
        for part in holders:
            here = here.setdefault(part, {})
        here[name] = _blank(row)
    return draft


def _blank(row: CaseField) -> Any:
    if row.kind == "list":
        return [blank_item(row.rows) for _ in range(int(row.start or 0))]
    if row.kind in ("words", "said"):
        return blank_words(row.pairs)
    if row.kind == "marks":
        return dict.fromkeys(row.options, False)
    if row.kind in ("choice", "flag", "page", "mark"):
        return row.start
    forms = {"ring": blank_ring(), "struts": {str(k): blank_strut() for k in STRUTS}, "segment": blank_segment()}
    return forms.get(row.kind, dict.fromkeys(map(str, STRUTS), "") if row.kind == "settings" else "")


def blank_item(rows: tuple[CaseField, ...]) -> Draft:
    """A new thing of a list."""
    item: Draft = {"uid": new_uid()} | blank_of(rows)
    if rows is LEVEL:
        item["left_out"] = dict.fromkeys(MUST_BE_ENTERED, False)
        item["frame"]["every_strut"] = blank_strut()
    return item


def blank_level() -> Draft:
    """A level in which nothing is chosen."""
    return blank_item(LEVEL)


def blank_stage() -> Draft:
    """A stage that does not know yet what it does."""
    return blank_item(STAGE)


def blank_structure() -> Draft:
    """A structure at risk without a name or a place."""
    return blank_item(STRUCTURE)


def blank_template() -> Draft:
    """No template chosen, and nothing typed for one; what is typed is there again for the next that asks for it."""
    options = {option.name: option.unit for template in TEMPLATES.values() for option in template.options}
    return {"name": None} | {name: blank_words(PLACE) if unit == "words" else "" for name, unit in options.items()}


def blank_transport() -> Draft:
    """Nothing typed for a bone transport; `before` has the hexapods that those derived from it took the place of."""
    numbers = ("defect_mm", "osteotomy_mm", "diameter_mm", "girth_mm", "first_mm")
    course = ("compression_mm", "mm_per_day", "latency_days", "index_days_per_cm")
    return (
        dict.fromkeys((*numbers, *course), "")
        | dict.fromkeys(("direction", "aligned", "family", "ring", "series"))
        | {"segments_mm": {"0": "", "1": ""}, "rings_mm": {"0": "", "1": "", "2": ""}, "before": []}
        | {"beside": blank_words(PLACE[:2]), "ring_offset": blank_words(PLACE[:2])}
    )


def blank_advised() -> Draft:
    """No ring separations named, and nothing put in of the advice before surgery.

    `before` has by a level's uid the struts and settings that are not in work: those of before, or those taken back.
    """
    return {"heights": "", "before": {}}


def blank_calibration() -> Draft:
    """Nothing typed of a ring being measured; its distances by their two struts, such as `1-2`."""
    pairs = itertools.combinations([k + 1 for k in STRUTS], 2)
    numbers = dict.fromkeys(("name", "height_mm", "bolt_mm", "sd_mm", "taken_out"), "")
    return numbers | {"ring": None, "distances_mm": {f"{a}-{b}": "" for a, b in pairs}}


def blank_segment() -> Draft:
    """A point on the segment of which nothing is said yet."""
    return {"where": None, "from": blank_words(PLACE)}


def blank_visit() -> Draft:
    """A visit of which nothing is recorded yet.

    `readings` has those of a level by its number, from "0", `struts` the models said to be on it, `measured` what was
    measured anew of it; `doubtful` those readings that somebody vouched for, as a text.  `use` says what the plan goes
    on from when something was measured anew, and `doubtful_fit` which measurements somebody vouched for.
    `hardware_sd` has the SD of data of the hardware that count as unknown.
    """
    return {
        "date": "",
        "next": "",
        "note": "",
        "readings": {},
        "struts": {},
        "measured": {},
        "use": None,
        "doubtful_fit": "",
        "hardware_sd": dict.fromkeys(HARDWARE, ""),
        "pause": "",
        "turn_back": "",
        "mm_per_day": "",
        "doubtful": "",
    }


def another_visit(draft: Draft) -> Draft:
    """A blank visit of the same frame: data of its hardware that count as unknown still do."""
    return blank_visit() | {"hardware_sd": dict(draft["visit"]["hardware_sd"])}


def blank_measured() -> Draft:
    """Nothing measured anew of a hexapod: deformity and mounting, each with an SD for every quantity; radiographs."""
    measured: Draft = {"deformity": blank_words(DEFORMITY), "mounting": blank_words(MOUNTING)}
    measured |= {f"{part}_sd": dict.fromkeys((one.key for one in SDS[part]), "") for part in SDS}
    return measured | {"measured_with": ""}


def blank_decided() -> Draft:
    """No re-plan: sentences on the one that made the case which goes on from the fingerprint `of`."""
    return {"of": "", "lines": []}


def blank_draft() -> Draft:
    """A case in which nothing is chosen: one level, one stage."""
    return blank_of(CASE) | {
        "aside": {},
        "template": blank_template(),
        "transport": blank_transport(),
        "alternatives": [],
        "advised": blank_advised(),
        "calibration": blank_calibration(),
        "visit": blank_visit(),
        "goal": {"deg": "", "mm": ""},
        "revises": None,
        "decided": blank_decided(),
        "exact": {},
        "origin": None,
    }


def is_typed(words: Draft) -> bool:
    """Whether anything stands at the entries of a set of words: a size, if only 0, or a direction."""
    return any(pair["size"].strip() or pair["word"] is not None for pair in words.values())


def is_entered(level: Draft, part: str) -> bool:
    """Whether somebody has said something of a part that may not be passed over."""
    return is_typed(level[part]) or level[f"{part}_zero"] is not None


def follows(level: Draft) -> bool:
    """Whether a level compensates for the others instead of having stages; what was typed for its stages is kept."""
    return bool(level["couple"] == "keep-length")


def is_construct(draft: Draft) -> bool:
    """Whether a level of the case compensates for the others."""
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
