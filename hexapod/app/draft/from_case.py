"""A case file opened: its document turned into a draft, every number into the text that says it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.number_input import NotANumber, coordinate, size
from hexapod.case.level_parts import KEPT
from hexapod.case.model import WEEKDAYS
from hexapod.deformity import quantities as w

_YES_OR_NO = {None: None, True: "yes", False: "no"}


def draft_of(document: Mapping[str, Any]) -> d.Draft:
    """The draft of a valid case document.  As long as no entry changes, it gives back that very document."""
    draft = d.blank_draft()
    texts = _Texts(draft["exact"])
    draft["id"], draft["title"] = document["id"], document.get("title") or ""
    draft["side"], draft["bone"] = document["limb"]["side"], document["limb"]["bone"]
    draft["child"] = _YES_OR_NO[document["limb"].get("child")]
    draft["start_date"] = document["start_date"]
    # The days in the order of the file, which is kept.
    draft["clinic_days"] = dict.fromkeys(document.get("clinic_days") or [], True) | {
        day: day in (document.get("clinic_days") or []) for day in WEEKDAYS
    }
    draft["clinic_closed"] = "\n".join(document.get("clinic_closed") or [])
    draft["exchange_reserve"] = texts.number(document.get("exchange_reserve_mm"))
    clinic = document.get("clinic") or {}
    draft["clinic"] = {name: clinic.get(name) or "" for name in d.OF_CLINIC}
    draft["time_zone"] = document.get("time_zone") or ""
    draft["derived_from"] = document.get("derived_from") or ""
    draft["treatment_started"] = document.get("treatment_started") or ""
    draft["levels"] = [texts.level(level) for level in document["levels"]]
    draft["origin"] = {"document": copy.deepcopy(dict(document)), "entries": d.entries(draft)}
    return draft


def stages_of(documents: Iterable[Mapping[str, Any]], exact: dict[str, float]) -> list[d.Draft]:
    """The entries of stages as they stand in a case file.  `exact` gains the numbers finer than people may type."""
    texts = _Texts(exact)
    return [texts.stage(document) for document in documents]


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

    def words(self, given: Mapping[str, Any] | None, pairs: tuple[w.Pair, ...]) -> d.Draft:
        draft = d.blank_words(pairs)
        for pair in pairs:
            for word in (pair.positive, pair.negative):
                if (given or {}).get(word) is not None:
                    draft[pair.quantity] = {"size": self.number((given or {})[word]), "word": word}
        return draft

    def ring(self, ring: Mapping[str, Any]) -> d.Draft:
        draft = d.blank_ring()
        if ring.get("joints_mm") is not None:
            lines = (" ".join(self.number(value, coordinate) for value in point) for point in ring["joints_mm"])
            return draft | {"kind": "joints", "joints": "\n".join(lines)}
        return draft | {"model": ring["model"]}

    def strut(self, strut: Any) -> d.Draft:
        if isinstance(strut, str):
            return d.blank_strut() | {"model": strut}
        return d.blank_strut() | {"kind": "own"} | {key: self.number(value) for key, value in strut.items()}

    def level(self, given: Mapping[str, Any]) -> d.Draft:
        draft, frame, bone = d.blank_level(), given["frame"], given.get("bone") or {}
        struts = [self.strut(strut) for strut in frame["struts"]]
        alike = all(strut == struts[0] for strut in struts)
        limits = given.get("limits") or {}
        return draft | {
            "name": given["name"],
            "reference": given["reference"],
            "couple": given.get("couple") or "stages",
            "segment": self.segment(given.get("segment")),
            "segment_ring": (given.get("segment") or {}).get("ring"),
            "course_from": self.follows_from(given.get("course_from")),
            "so_far": {name: self.number((given.get("so_far") or {}).get(name)) for name in d.blank_so_far()},
            "return_stages": [self.stage(stage) for stage in given.get("return_stages") or []],
            "proximal_ring": self.ring(frame["proximal_ring"]),
            "distal_ring": self.ring(frame["distal_ring"]),
            "alike": alike,
            "every_strut": copy.deepcopy(struts[0]) if alike else d.blank_strut(),
            "struts": {str(k): strut for k, strut in enumerate(struts)},
            "settings": {str(k): self.number(value) for k, value in enumerate(frame["settings_mm"])},
            "settings_at": frame["settings_at"],
            "mounting": self.words(given.get("mounting"), d.MOUNTING),
            "deformity": self.words(given.get("deformity"), d.DEFORMITY),
            **{f"{part}_zero": self.zero(given.get(part)) for part in d.SAID},
            "left_out": {part: given.get(part) is None for part in d.SAID},
            "bone": {
                "diameter": self.number(bone.get("diameter_mm")),
                "osteotomy": self.words(bone.get("osteotomy"), d.ALONG_BONE),
                "gap": self.number(bone.get("gap_mm")),
            },
            "structures": [self.structure(item) for item in given.get("structures_at_risk") or []],
            "girth": {end: self.number((given.get("limb_girth_mm") or {}).get(end)) for end in draft["girth"]},
            "mm_per_day": self.number(limits.get("mm_per_day")),
            "deg_per_day": self.turn_limit(limits),
            "adjustments": self.number(given.get("adjustments_per_day")),
            "times": " ".join(given.get("adjustment_times") or []),
            "index_days": self.number(given.get("index_days_per_cm")),
            "docking_gap": self.number(given.get("docking_gap_mm")),
            "stages": [self.stage(stage) for stage in given.get("stages") or []] or draft["stages"],
        }

    def zero(self, given: Mapping[str, Any] | None) -> str | None:
        """Whether a file says that there is nothing: a key without words is not the same as no key."""
        return None if given is None or any(size is not None for size in given.values()) else d.ZERO

    def segment(self, given: Mapping[str, Any] | None) -> d.Draft:
        if given is None:
            return d.blank_segment()
        somewhere = any(size is not None for key, size in given.items() if key != "ring")
        return {"where": "apart" if somewhere else "same", "from": self.words(given, d.PLACE)}

    def follows_from(self, given: Mapping[str, Any] | None) -> d.Draft:
        """No deformity at all is shown as 0 mm short: entries left empty would say that nothing was written."""
        none_left = given is not None and all(size is None for size in given.values())
        return self.words({"short_mm": 0} if none_left else given, d.DEFORMITY)

    def kept(self, names: list[str]) -> d.Draft:
        """What a stage keeps, in the order of the file."""
        return dict.fromkeys(names, True) | {name: name in names for name in KEPT}

    def structure(self, given: Mapping[str, Any]) -> d.Draft:
        limit = self.number(given.get("limit_mm_per_day"))
        own = {"name": given["name"], "at": self.words(given["at"], d.PLACE), "limit": limit}
        return d.blank_structure() | own | {"crosses": given.get("crosses")}

    def turn_limit(self, given: Mapping[str, Any]) -> str:
        """A limit of null is a word of its own: an empty entry would be the usual limit."""
        value = given.get("deg_per_day")
        return d.NO_LIMIT if value is None and "deg_per_day" in given else self.number(value)

    def stage(self, given: Mapping[str, Any]) -> d.Draft:
        kinds = [kind for kind in ("hold_days", "correct_to", "transport") if given.get(kind) is not None]
        limits = given.get("limits") or {}
        return d.blank_stage() | {
            "name": given["name"],
            "kind": kinds[0],
            "hold_days": self.number(given.get("hold_days")),
            "correct_to": self.words(given.get("correct_to"), d.DEFORMITY),
            "keep": self.kept((given.get("correct_to") or {}).get("keep") or []),
            "meant": bool(given.get("meant")),
            "transport": self.words(given.get("transport"), d.PLACE),
            "days": self.number(given.get("days")),
            "mm_per_day": self.number(limits.get("mm_per_day")),
            "deg_per_day": self.turn_limit(limits),
        }
