"""A draft as the library keeps it: JSON text, with every entry; those of older versions are completed when opened."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.alternatives import OF_CASE, OF_LEVEL
from hexapod.app.draft.conversion import draft_of, entry_text, read_draft
from hexapod.app.draft.draft_model import Draft
from hexapod.errors import HexapodError
from hexapod.text.case_fields import CASE, LEVEL, STAGE
from hexapod.text.field_kinds import CaseField

FORMAT, FORMAT_4, FORMAT_3, FORMAT_2 = (f"hexapod-draft/{number}" for number in (5, 4, 3, 2))

# What a draft has always had; the entries that came later are empty when it is opened.
FIRST_KEYS = {"id", "title", "limb", "start_date", "levels", "exact", "origin"}
# The keys of `hexapod-draft/2` that are others now, those of the case file.
CASE_2 = {
    "side": "limb.side",
    "bone": "limb.bone",
    "child": "limb.child",
    "exchange_reserve": "exchange_reserve_mm",
}
LEVEL_2 = {
    **{
        key: f"frame.{key}" for key in ("proximal_ring", "distal_ring", "alike", "every_strut", "struts", "settings_at")
    },
    "settings": "frame.settings_mm",
    "segment_ring": "segment.ring",
    "bone.diameter": "bone.diameter_mm",
    "bone.gap": "bone.gap_mm",
    "structures": "structures_at_risk",
    "girth": "limb_girth_mm",
    "mm_per_day": "limits.mm_per_day",
    "deg_per_day": "limits.deg_per_day",
    "adjustments": "adjustments_per_day",
    "times": "adjustment_times",
    "index_days": "index_days_per_cm",
    "docking_gap": "docking_gap_mm",
}
STRUCTURE_2 = {"limit": "limit_mm_per_day"}
STAGE_2 = {"mm_per_day": "limits.mm_per_day", "deg_per_day": "limits.deg_per_day", "keep": "correct_to.keep"}
FRAME_2 = {"settings": "settings_mm"}


class DraftUnreadableError(HexapodError):
    """A draft of a newer program, or a damaged one."""


def text_of(draft: Draft) -> str:
    """A draft as text.  Its id, title and limb stand at the top, where the list of cases reads them."""
    return json.dumps({"format": FORMAT} | draft, ensure_ascii=False)


def draft_in(text: str) -> Draft:
    """The draft that a text holds.

    Raises:
        DraftUnreadableError: it was written by a newer program, or is damaged.
    """
    try:
        draft = json.loads(text)
        written = draft.pop("format")
        if written not in (FORMAT, FORMAT_4, FORMAT_3, FORMAT_2):
            raise ValueError("another format")
        if written != FORMAT:
            draft = _from_4(draft)
        if written == FORMAT_2:
            draft = _from_2(draft)
        elif written == FORMAT_3:
            draft = _from_3(draft)
        if not FIRST_KEYS <= draft.keys() <= d.blank_draft().keys():
            raise ValueError("other keys")
        whole = _completed(draft)
        if not whole["levels"]:
            raise ValueError("no level")
        read_draft(whole)  # the page could not be drawn of a draft that cannot be read to its end
        return whole
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DraftUnreadableError(
            "The entries of this case cannot be read by this version of the program: they were saved by a newer one, "
            "or are damaged. Nothing was changed; install the version that saved them."
        ) from error


def _completed(draft: Draft) -> Draft:
    """A draft as this version has it: that of an older one gets the entries that it did not know, left empty."""
    draft = {"revises": None} | draft
    whole = _filled(copy.deepcopy(draft), CASE, d.blank_draft())
    _fill_beside(whole)
    origin = draft["origin"]
    if origin is None or whole == draft | {"visit": whole["visit"]}:
        return whole
    new = draft_of(origin["document"])
    before = _filled(copy.deepcopy(origin["entries"]), CASE, d.entries(d.blank_draft()))
    if _without_uids(before) == _without_uids(d.entries(new)):
        return whole | {"origin": origin | {"entries": before}}
    # The file says what that version did not take for entries.
    return _as_now(whole, new) if origin["entries"] == d.entries(draft) else whole | {"origin": None}


def _as_now(draft: Draft, new: Draft) -> Draft:
    """The file's own draft as this version reads it, `new`; what stands beside the case stays, with its levels."""
    levels = [level | {"uid": old["uid"]} for level, old in zip(new["levels"], draft["levels"], strict=True)]
    beside = {key: draft[key] for key in d.BESIDE_THE_CASE if key != "origin"}
    new |= {"levels": levels} | beside | {"exact": draft["exact"] | new["exact"]}
    return new | {"origin": new["origin"] | {"entries": d.entries(new)}}


def _without_uids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_uids(one) for key, one in value.items() if key != "uid"}
    return [_without_uids(one) for one in value] if isinstance(value, list) else value


def _filled(value: Draft, rows: tuple[CaseField, ...], blank: Draft) -> Draft:
    """A case, level, stage or structure with the entries that it does not have, as they are in a blank one."""
    value = _merged(value, blank)
    for row in rows:
        if row.rows:
            held, name = d.holder(value, row.path)
            held[name] = [_filled(item, row.rows, d.blank_item(row.rows)) for item in held[name]]
    return value


def _merged(value: Draft, blank: Draft) -> Draft:
    known = {
        key: _merged(one, blank[key]) if isinstance(one, dict) and isinstance(blank.get(key), dict) else one
        for key, one in value.items()
    }
    return known | {key: one for key, one in blank.items() if key not in known}


def _fill_beside(draft: Draft) -> None:
    """The same for what stands beside the case: the alternatives, and stages removed or replaced."""
    for held, name in _stages_aside(draft):
        held[name] = _filled(held[name], STAGE, d.blank_stage())
    draft["transport"]["before"] = [_filled(one, LEVEL, d.blank_level()) for one in draft["transport"]["before"]]
    for frame in draft["advised"]["before"].values():
        struts = {k: _merged(one, d.blank_strut()) for k, one in frame["struts"].items()}
        frame |= {"struts": struts, "every_strut": _merged(frame["every_strut"], d.blank_strut())}
    for treatment in _treatments(draft):
        treatment["case"] = _filled(treatment["case"], OF_CASE, d.blank_of(OF_CASE))
        for uid, level in treatment["levels"].items():
            treatment["levels"][uid] = _filled(level, OF_LEVEL, d.blank_of(OF_LEVEL))


def _stages_aside(draft: Draft) -> Iterator[tuple[Any, Any]]:
    """Each stage removed or replaced, here or in an alternative: what holds it, and its key or index there."""
    asides = [draft.get("aside") or {}, *(treatment["aside"] for treatment in _treatments(draft))]
    for kept in (kept for aside in asides for kept in aside.values()):
        for before in (kept, *kept["before"]):
            yield from ((gone, "stage") for gone in before["removed"])
        for before in kept["before"]:
            yield from ((before["stages"], index) for index in range(len(before["stages"])))


def _treatments(draft: Draft) -> list[Draft]:
    """What is kept of the alternatives that are not in work."""
    return [one["treatment"] for one in draft["alternatives"] if one["treatment"] is not None]


def _from_4(draft: Draft) -> Draft:
    """A draft of `hexapod-draft/4` or before: beside the treatment in work it knew one other, A or B by its letter."""
    kept = draft.pop("alternative", None)
    if kept is None:
        return draft | {"alternatives": []}
    other = {"uid": d.new_uid(), "name": "", "letter": kept["kept"], "dropped": kept["dropped"]}
    mine = other | {"uid": d.new_uid(), "letter": "B" if kept["kept"] == "A" else "A", "dropped": False}
    both = [other | {"treatment": kept["treatment"]}, mine | {"treatment": None}]
    return draft | {"alternatives": sorted(both, key=lambda one: str(one["letter"]))}


def _from_2(draft: Draft) -> Draft:
    """A draft of `hexapod-draft/2` with the keys of now; what it lacks, it still lacks."""
    for case in (draft, draft["origin"]["entries"]) if draft["origin"] is not None else (draft,):
        _rename(case, CASE_2)
        for level in case["levels"]:
            _level_from_2(level)
            level.setdefault("left_out", dict.fromkeys(d.MUST_BE_ENTERED, True))
    for held, name in _stages_aside(draft):
        _rename(held[name], STAGE_2)
    for treatment in _treatments(draft):
        _rename(treatment["case"], CASE_2)
        for level in treatment["levels"].values():
            _level_from_2(level)
    for frame in draft.get("advised", d.blank_advised())["before"].values():
        _rename(frame, FRAME_2)
    return draft


def _from_3(draft: Draft) -> Draft:
    """A draft of `hexapod-draft/3`: SDs are entries now, which it carried along as the JSON text of the file."""
    exact = draft["exact"]
    for case in (draft, draft["origin"]["entries"]) if draft["origin"] is not None else (draft,):
        for level in case["levels"]:
            for part in ("deformity_sd", "mounting_sd"):
                if isinstance(level.get(part), str):
                    words = json.loads(level[part] or "{}")
                    level[part] = {key: entry_text(sd, exact) for key, sd in words.items() if sd is not None}
            if level.get("reading_sd_mm"):
                level["reading_sd_mm"] = entry_text(json.loads(level["reading_sd_mm"]), exact)
    return draft


def _level_from_2(level: Draft) -> None:
    _rename(level, LEVEL_2)
    for structure in level.get("structures_at_risk", []):
        _rename(structure, STRUCTURE_2)
    for stage in (*level.get("stages", []), *level.get("return_stages", [])):
        _rename(stage, STAGE_2)


def _rename(value: Draft, names: Mapping[str, str]) -> None:
    """Move every entry that has another key now; a dot leads into a part."""
    found = {}
    for old, new in names.items():
        *parts, last = old.split(".")
        held = value
        for part in parts:
            held = held.get(part, {})
        if last in held:
            found[new] = held.pop(last)
    for new, one in found.items():
        *parts, last = new.split(".")
        held = value
        for part in parts:
            held = held.setdefault(part, {})
        held[last] = one
