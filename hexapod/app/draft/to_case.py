"""From the draft to the case document, with a trouble for every entry that is missing or has no single meaning."""

from __future__ import annotations

import copy
from typing import Any

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import number_input
from hexapod.app.draft.date_input import is_date, is_time, listed, times_listed
from hexapod.app.draft.field_reader import EntryReader, Reading
from hexapod.case.model import FORMAT
from hexapod.deformity.quantities import Pair


def read_draft(draft: d.Draft) -> Reading:
    """The document that a draft stands for.  An unchanged draft of a file gives back the file's own value."""
    reading = Reading()
    _Reader(draft, reading).case()
    origin = draft.get("origin")
    if origin is not None and origin["entries"] == d.entries(draft):
        reading.document = copy.deepcopy(origin["document"])
    return reading


class _Reader(EntryReader):
    def case(self) -> None:
        document = self.reading.document
        document["format"] = FORMAT
        document |= self.text(("id",), "id") | self.text(("title",), "title")
        document["limb"] = self.text(("side",), "limb.side") | self.text(("bone",), "limb.bone") | self.child()
        document |= self.text(("start_date",), "start_date") | self.clinic() | self.papers()
        document |= self.text(("derived_from",), "derived_from")
        document |= self.text(("treatment_started",), "treatment_started")
        self.at("levels", ("levels",))
        document["levels"] = [
            self.level(("levels", level["uid"]), f"levels[{index}]", level)
            for index, level in enumerate(self.draft["levels"])
        ]

    def child(self) -> dict[str, bool]:
        self.at("limb.child", ("child",))
        said = self.draft["child"]
        return {} if said is None else {"child": said == "yes"}

    def clinic(self) -> dict[str, Any]:
        document: dict[str, Any] = {}
        self.at("clinic_days", ("clinic_days",))
        days = [day for day, chosen in self.draft["clinic_days"].items() if chosen]
        document |= {"clinic_days": days} if days else {}
        self.at("clinic_closed", ("clinic_closed",))
        closed = listed(self.draft["clinic_closed"])
        for number, date in enumerate(closed):
            if not is_date(date):
                sentence = f"“{date}” must be a date of the calendar written YYYY-MM-DD."
                self.say(("clinic_closed",), f"clinic_closed[{number}]", sentence)
        document |= {"clinic_closed": closed} if closed else {}
        reserve = self.number(("exchange_reserve",), "exchange_reserve_mm")
        return document if reserve is None else document | {"exchange_reserve_mm": reserve}

    def papers(self) -> dict[str, Any]:
        """What the papers say of the clinic, and the time zone of the calendar.  Blank lines say nothing."""
        self.at("clinic", ("clinic",))
        lines: dict[str, Any] = {}
        for name in d.OF_CLINIC:
            if self.draft["clinic"][name].strip():
                lines |= self.text(("clinic", name), f"clinic.{name}")
        self.at("time_zone", ("time_zone",))
        zone = self.draft["time_zone"].strip()
        return ({"clinic": lines} if lines else {}) | ({"time_zone": zone} if zone else {})

    def level(self, path: d.Path, key: str, level: d.Draft) -> dict[str, Any]:
        self.at(key, path)
        document: dict[str, Any] = self.text((*path, "name"), f"{key}.name")
        document |= self.text((*path, "reference"), f"{key}.reference")
        document |= self.segment((*path, "segment"), f"{key}.segment", level)
        document["frame"] = self.frame(path, f"{key}.frame", level)
        for part, pairs in (("mounting", d.MOUNTING), ("deformity", d.DEFORMITY)):
            document |= self.said(path, key, part, pairs)
        document |= self.bone((*path, "bone"), f"{key}.bone")
        structures = [
            self.structure((*path, "structures", item["uid"]), f"{key}.structures_at_risk[{index}]")
            for index, item in enumerate(level["structures"])
        ]
        document |= {"structures_at_risk": structures} if structures else {}
        document |= self.girth((*path, "girth"), f"{key}.limb_girth_mm")
        document |= self.limits(path, key)
        document |= self.adjustments(path, key)
        index_days = self.number((*path, "index_days"), f"{key}.index_days_per_cm")
        document |= {} if index_days is None else {"index_days_per_cm": index_days}
        return document | self.course(path, key, level)

    def said(self, path: d.Path, key: str, part: str, pairs: tuple[Pair, ...]) -> dict[str, Any]:
        """Mounting or deformity: words, or said to be zero; what nobody has said anything of is not taken for zero."""
        level, here = d.entry(self.draft, path), (*path, f"{part}_zero")
        self.at(f"{key}.{part}", here)
        words = self.words((*path, part), f"{key}.{part}", pairs)
        if any(words.values()) and level[f"{part}_zero"] is not None:
            self.say(here, f"{key}.{part}", "sizes are typed above: take this choice away, or empty the sizes.")
        if not d.is_said(level, part):
            if not level["left_out"][part]:
                self.say(here, f"{key}.{part}", "still to be entered, or said to be zero.", missing=True)
            return {}
        return {part: words}

    def course(self, path: d.Path, key: str, level: d.Draft) -> dict[str, Any]:
        """What the level does: follow the others, or its stages and the gap that they close; where it should start."""
        follows_from = self.follows_from((*path, "course_from"), f"{key}.course_from")
        follows_from |= self.so_far((*path, "so_far"), f"{key}.so_far")
        self.at(f"{key}.couple", (*path, "couple"))
        if d.follows(level):
            self.at(f"{key}.stages", (*path, "couple"))
            return {"couple": level["couple"]} | follows_from | self.returning(path, key, level)
        gap = self.number((*path, "docking_gap"), f"{key}.docking_gap_mm")
        self.at(f"{key}.stages", (*path, "stages"))
        stages = [
            self.stage((*path, "stages", stage["uid"]), f"{key}.stages[{index}]", stage)
            for index, stage in enumerate(level["stages"])
        ]
        return follows_from | ({} if gap is None else {"docking_gap_mm": gap}) | {"stages": stages}

    def follows_from(self, path: d.Path, key: str) -> dict[str, Any]:
        """Where the level should be on day 0 by the plan before."""
        self.at(key, path)
        words = self.words(path, key, d.DEFORMITY)
        return {"course_from": words} if words else {}

    def so_far(self, path: d.Path, key: str) -> dict[str, Any]:
        """What the level has been through since the treatment began."""
        self.at(key, path)
        told: dict[str, float] = {}
        for name in d.blank_so_far():
            whole = number_input.whole if name.endswith("_days") else number_input.size
            value = self.number((*path, name), f"{key}.{name}", whole)
            told |= {} if value is None else {name: value}
        return {"so_far": told} if told else {}

    def returning(self, path: d.Path, key: str, level: d.Draft) -> dict[str, Any]:
        """What a level that follows does of its own first; it can be taken out, not typed."""
        here = (*path, "return_stages")
        self.at(f"{key}.return_stages", here)
        stages = [
            self.stage((*here, stage["uid"]), f"{key}.return_stages[{index}]", stage)
            for index, stage in enumerate(level["return_stages"])
        ]
        return {"return_stages": stages} if stages else {}

    def segment(self, path: d.Path, key: str, level: d.Draft) -> dict[str, Any]:
        """Where the level's point lies from that of the level before: said outright, also where they are the same.

        Between hexapods that are programmed on their own it may stay open; a ring that is told needs it.
        """
        self.at(key, (*path, "where"))
        self.at(f"{key}.ring", (*path[:-1], "segment_ring"))
        where, ring = level["segment"]["where"], level["segment_ring"]
        if not d.may_have_segment(self.draft, level):
            return {}
        if where is None:
            if d.needs_segment(self.draft, level) or ring is not None:
                self.say((*path, "where"), key, "choose where this level's point on the segment lies.", missing=True)
            return {}
        rings = {} if ring is None else {"ring": ring}
        if where == "same":
            return {"segment": rings}
        known = len(self.reading.troubles)
        words = self.words((*path, "from"), key, d.PLACE)
        if not words and len(self.reading.troubles) == known:
            self.say((*path, "where"), key, "type where the point lies, or choose that it is the same.", missing=True)
        return {"segment": words | rings} if words else {}

    def girth(self, path: d.Path, key: str) -> dict[str, Any]:
        sizes = {end: self.number((*path, end), f"{key}.{end}") for end in ("proximal", "distal")}
        girth = {end: size for end, size in sizes.items() if size is not None}
        return {"limb_girth_mm": girth} if girth else {}

    def frame(self, path: d.Path, key: str, level: d.Draft) -> dict[str, Any]:
        document: dict[str, Any] = {}
        for ring in ("proximal_ring", "distal_ring"):
            document |= self.ring((*path, ring), f"{key}.{ring}", level[ring])
        struts = []
        for k in d.STRUTS:
            here = (*path, "every_strut") if level["alike"] else (*path, "struts", str(k))
            struts.append(self.strut(here, f"{key}.struts[{k}]", d.entry(self.draft, here), k))
        document |= {"struts": struts} if None not in struts else {}
        self.at(f"{key}.struts", (*path, "struts"))
        settings = []
        for k in d.STRUTS:
            here = (*path, "settings", str(k))
            value = self.number(here, f"{key}.settings_mm[{k}]", number_input.reading)
            if not level["settings"][str(k)].strip(number_input.SPACES):
                self.say(here, f"{key}.settings_mm[{k}]", "still to be entered.", missing=True)
            settings.append(value)
        document |= {"settings_mm": settings} if None not in settings else {}
        return document | self.text((*path, "settings_at"), f"{key}.settings_at")

    def ring(self, path: d.Path, key: str, ring: d.Draft) -> dict[str, Any]:
        name = key.rpartition(".")[2]
        self.at(key, path)
        if ring["kind"] == "model":
            return {name: {"model": ring["model"]}} if ring["model"] else {}
        lines = [line for line in ring["joints"].splitlines() if line.strip(number_input.SPACES)]
        if not lines:
            return {}
        if len(lines) != 6:
            self.say(path, f"{key}.joints_mm", f"six lines are needed, one for each strut; there are {len(lines)}.")
            return {}
        points = []
        for number, line in enumerate(lines, start=1):
            parts = line.split()
            if len(parts) != 3:
                sentence = f"line {number}: three numbers x y z with spaces between them, not {len(parts)}."
                self.say(path, f"{key}.joints_mm[{number - 1}]", sentence)
                return {}
            try:
                points.append(
                    [self.exact[text] if text in self.exact else number_input.coordinate(text) for text in parts]
                )
            except number_input.NotANumber as error:
                self.say(path, f"{key}.joints_mm[{number - 1}]", f"line {number}: {error}")
                return {}
        return {name: {"joints_mm": points}}

    def strut(self, path: d.Path, key: str, strut: d.Draft, k: int) -> Any:
        """A model name, a dict for a strut of one's own, or None when it cannot be said yet."""
        self.at(key, path)
        if strut["kind"] == "model":
            if not strut["model"]:
                self.say_once(path, key, "still to be entered.")
            return strut["model"] or None
        known = len(self.reading.troubles)
        own: dict[str, Any] = {}
        for name in ("min_mm", "max_mm", "graduation_mm"):
            here = (*path, name)
            value = self.number(here, f"{key}.{name}")
            if value is not None:
                own[name] = value
            elif not strut[name].strip(number_input.SPACES):
                self.say_once(here, f"{key}.{name}", "still to be entered.")
        if k and d.entry(self.draft, path) is strut and path[-1] == "every_strut":
            del self.reading.troubles[known:]  # said for strut 1 already
        return own if len(own) == 3 else None

    def bone(self, path: d.Path, key: str) -> dict[str, Any]:
        document: dict[str, Any] = {}
        diameter = self.number((*path, "diameter"), f"{key}.diameter_mm")
        osteotomy = self.words((*path, "osteotomy"), f"{key}.osteotomy", d.ALONG_BONE)
        document |= {} if diameter is None else {"diameter_mm": diameter}
        document |= {"osteotomy": osteotomy} if osteotomy else {}
        gap = self.number((*path, "gap"), f"{key}.gap_mm")
        document |= {} if gap is None else {"gap_mm": gap}
        return {"bone": document} if document else {}

    def structure(self, path: d.Path, key: str) -> dict[str, Any]:
        document: dict[str, Any] = self.text((*path, "name"), f"{key}.name")
        self.at(key, path)
        document["at"] = self.words((*path, "at"), f"{key}.at", d.PLACE)
        limit = self.number((*path, "limit"), f"{key}.limit_mm_per_day")
        document |= {} if limit is None else {"limit_mm_per_day": limit}
        return document | self.text((*path, "crosses"), f"{key}.crosses")

    def limits(self, path: d.Path, key: str) -> dict[str, Any]:
        limits: dict[str, float | None] = {}
        for name in ("mm_per_day", "deg_per_day"):
            if (
                name == "deg_per_day"
                and d.entry(self.draft, (*path, name)).strip(number_input.SPACES).lower() == d.NO_LIMIT
            ):
                self.at(f"{key}.limits.{name}", (*path, name))
                limits[name] = None
            elif (value := self.number((*path, name), f"{key}.limits.{name}")) is not None:
                limits[name] = value
        return {"limits": limits} if limits else {}

    def adjustments(self, path: d.Path, key: str) -> dict[str, Any]:
        """How often a day, and at which times; of a count that cannot be read nothing follows for the times."""
        known = len(self.reading.troubles)
        count = self.number((*path, "adjustments"), f"{key}.adjustments_per_day", number_input.whole)
        readable = len(self.reading.troubles) == known
        document: dict[str, Any] = {} if count is None else {"adjustments_per_day": count}
        here = (*path, "times")
        self.at(f"{key}.adjustment_times", here)
        times = times_listed(d.entry(self.draft, here))
        for number, time in enumerate(times):
            if not is_time(time):
                sentence = f"“{time}”: write a time as HH:MM on the 24-hour clock, such as 08:00 or 20:30."
                self.say(here, f"{key}.adjustment_times[{number}]", sentence)
        return document | ({"adjustment_times": times} if times and readable else {})

    def stage(self, path: d.Path, key: str, stage: d.Draft) -> dict[str, Any]:
        self.at(key, path)
        document: dict[str, Any] = self.text((*path, "name"), f"{key}.name")
        kind = stage["kind"]
        if kind is None:
            self.say((*path, "kind"), f"{key}.kind", "choose what this stage does.", missing=True)
            return document
        if kind == "hold_days":
            document |= {"meant": True} if stage["meant"] else {}
            days = self.number((*path, "hold_days"), f"{key}.hold_days", number_input.whole)
            if days is None and not stage["hold_days"].strip(number_input.SPACES):
                self.say((*path, "hold_days"), f"{key}.hold_days", "still to be entered.", missing=True)
            return document if days is None else document | {"hold_days": days}
        pairs = d.DEFORMITY if kind == "correct_to" else d.PLACE
        document[kind] = self.words((*path, kind), f"{key}.{kind}", pairs)
        keep = [name for name, chosen in stage["keep"].items() if chosen and kind == "correct_to"]
        self.at(f"{key}.{kind}.keep", (*path, "keep"))
        document[kind] |= {"keep": keep} if keep else {}
        document |= {"meant": True} if stage["meant"] else {}
        days = self.number((*path, "days"), f"{key}.days", number_input.whole)
        document |= {} if days is None else {"days": days}
        return document | self.limits(path, key)
