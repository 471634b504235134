"""From the draft to the case document, with a trouble for every entry that is missing or has no single meaning."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hexapod.case.model import FORMAT
from hexapod.clinical.words import Pair
from hexapod.errors import Problem
from hexapod.ui import draft as d
from hexapod.ui import numbers
from hexapod.ui.wording import either, word_name


@dataclass(frozen=True)
class Trouble:
    """An entry that is missing or wrong: its path in the draft and in the case file, and what to do, in a sentence."""

    path: d.Path
    key: str
    sentence: str
    missing: bool


@dataclass
class Reading:
    """What a draft says: the document as far as it goes, the troubles so far, and which entry each key comes from."""

    document: dict[str, Any] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    places: dict[str, d.Path] = field(default_factory=dict)

    def trouble(self, problem: Problem) -> Trouble:
        """A problem of the case, put at the entry that it comes from."""
        path = self.places.get(problem.path)
        key = problem.path
        while path is None and key:
            key = re.sub(r"(?:^|\.)[^.\[\]]+$|\[[0-9]+\]$", "", key)
            path = self.places.get(key)
        message = "still to be entered." if problem.missing else problem.message
        return Trouble(path or (), problem.path, message, problem.missing)

    def add_problems(self, problems: tuple[Problem, ...]) -> None:
        """Add the problems of the case that do not follow from troubles already known."""
        known = [trouble.key for trouble in self.troubles]
        for problem in problems:
            follows = any(_inside(key, problem.path) for key in known)
            trouble = self.trouble(problem)
            same = any(old.path == trouble.path and old.sentence == trouble.sentence for old in self.troubles)
            if not (follows or same):
                self.troubles.append(trouble)


def read_draft(draft: d.Draft) -> Reading:
    """The document that a draft stands for.  An unchanged draft of a file gives back the file's own value."""
    reading = Reading()
    _Reader(draft, reading).case()
    origin = draft.get("origin")
    if origin is not None and origin["entries"] == d.entries(draft):
        reading.document = copy.deepcopy(origin["document"])
    return reading


def _inside(key: str, path: str) -> bool:
    return not path or key == path or key.startswith((f"{path}.", f"{path}["))


class _Reader:
    def __init__(self, draft: d.Draft, reading: Reading) -> None:
        self.draft = draft
        self.reading = reading
        self.exact: dict[str, float] = draft.get("exact", {})

    def at(self, key: str, path: d.Path) -> None:
        """Note that `key` of the document comes from the entry at `path`."""
        self.reading.places[key] = path

    def say(self, path: d.Path, key: str, sentence: str, *, missing: bool = False) -> None:
        self.reading.troubles.append(Trouble(path, key, sentence, missing))

    def text(self, path: d.Path, key: str) -> dict[str, str]:
        """The text or chosen word at `path` under the last part of `key`, or nothing when it is empty."""
        self.at(key, path)
        value = d.entry(self.draft, path)
        return {key.rpartition(".")[2]: value} if value else {}

    def number(self, path: d.Path, key: str, read: Callable[[str], float] = numbers.size) -> float | None:
        """The number typed at `path`, or None when there is none (with a trouble when it cannot be read)."""
        self.at(key, path)
        text = d.entry(self.draft, path)
        if not text.strip(numbers.SPACES):
            return None
        if text in self.exact:
            return self.exact[text]
        try:
            return read(text)
        except numbers.NotANumber as error:
            self.say(path, key, str(error))
        return None

    def words(self, path: d.Path, key: str, pairs: tuple[Pair, ...]) -> dict[str, float]:
        """Sizes by word; a size without a word, or a word without a size, is a trouble."""
        found: dict[str, float] = {}
        for pair in pairs:
            here = (*path, pair.quantity)
            word = d.entry(self.draft, (*here, "word"))
            key_here = f"{key}.{word or pair.positive}"
            for either_word in (pair.positive, pair.negative):
                self.at(f"{key}.{either_word}", here)
            typed = d.entry(self.draft, (*here, "size")).strip(numbers.SPACES)
            known = len(self.reading.troubles)
            value = self.number((*here, "size"), key_here)
            self.at(key_here, here)
            if len(self.reading.troubles) > known:
                bad = self.reading.troubles.pop()
                self.say(here, key_here, bad.sentence)
            elif value is not None and word is not None:
                found[word] = value
            elif value:
                self.say(here, key_here, f"choose {either(pair)}.")
            elif word is not None and not typed:
                self.say(here, key_here, f"type a size, or take the word {word_name(word)} away.")
        return found

    def case(self) -> None:
        document = self.reading.document
        document["format"] = FORMAT
        document |= self.text(("id",), "id") | self.text(("title",), "title")
        document["limb"] = self.text(("side",), "limb.side") | self.text(("bone",), "limb.bone")
        document |= self.text(("start_date",), "start_date")
        self.at("levels", ("levels",))
        document["levels"] = [
            self.level(("levels", level["uid"]), f"levels[{index}]", level)
            for index, level in enumerate(self.draft["levels"])
        ]

    def level(self, path: d.Path, key: str, level: d.Draft) -> dict[str, Any]:
        self.at(key, path)
        document: dict[str, Any] = self.text((*path, "name"), f"{key}.name")
        document |= self.text((*path, "reference"), f"{key}.reference")
        document["frame"] = self.frame(path, f"{key}.frame", level)
        for part, pairs in (("mounting", d.MOUNTING), ("deformity", d.DEFORMITY)):
            words = self.words((*path, part), f"{key}.{part}", pairs)
            document |= {part: words} if words else {}
        document |= self.bone((*path, "bone"), f"{key}.bone")
        structures = [
            self.structure((*path, "structures", item["uid"]), f"{key}.structures_at_risk[{index}]")
            for index, item in enumerate(level["structures"])
        ]
        document |= {"structures_at_risk": structures} if structures else {}
        document |= self.limits(path, key)
        times = self.number((*path, "adjustments"), f"{key}.adjustments_per_day", numbers.whole)
        document |= {} if times is None else {"adjustments_per_day": times}
        self.at(f"{key}.stages", (*path, "stages"))
        document["stages"] = [
            self.stage((*path, "stages", stage["uid"]), f"{key}.stages[{index}]", stage)
            for index, stage in enumerate(level["stages"])
        ]
        return document

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
            value = self.number(here, f"{key}.settings_mm[{k}]")
            if not level["settings"][str(k)].strip(numbers.SPACES):
                self.say(here, f"{key}.settings_mm[{k}]", "still to be entered.", missing=True)
            settings.append(value)
        document |= {"settings_mm": settings} if None not in settings else {}
        return document | self.text((*path, "settings_at"), f"{key}.settings_at")

    def ring(self, path: d.Path, key: str, ring: d.Draft) -> dict[str, Any]:
        name = key.rpartition(".")[2]
        self.at(key, path)
        if ring["kind"] == "model":
            return {name: {"model": ring["model"]}} if ring["model"] else {}
        lines = [line for line in ring["joints"].splitlines() if line.strip(numbers.SPACES)]
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
                points.append([self.exact[text] if text in self.exact else numbers.coordinate(text) for text in parts])
            except numbers.NotANumber as error:
                self.say(path, f"{key}.joints_mm[{number - 1}]", f"line {number}: {error}")
                return {}
        return {name: {"joints_mm": points}}

    def strut(self, path: d.Path, key: str, strut: d.Draft, k: int) -> Any:
        """A model name, a dict for a strut of one's own, or None when it cannot be said yet."""
        self.at(key, path)
        if strut["kind"] == "model":
            if not strut["model"]:
                self._say_once(path, key, "still to be entered.")
            return strut["model"] or None
        known = len(self.reading.troubles)
        own: dict[str, Any] = {}
        for name in ("min_mm", "max_mm", "graduation_mm"):
            here = (*path, name)
            value = self.number(here, f"{key}.{name}")
            if value is not None:
                own[name] = value
            elif not strut[name].strip(numbers.SPACES):
                self._say_once(here, f"{key}.{name}", "still to be entered.")
        if k and d.entry(self.draft, path) is strut and path[-1] == "every_strut":
            del self.reading.troubles[known:]  # said for strut 1 already
        return own if len(own) == 3 else None

    def _say_once(self, path: d.Path, key: str, sentence: str) -> None:
        if not any(trouble.path == path for trouble in self.reading.troubles):
            self.say(path, key, sentence, missing=True)

    def bone(self, path: d.Path, key: str) -> dict[str, Any]:
        document: dict[str, Any] = {}
        diameter = self.number((*path, "diameter"), f"{key}.diameter_mm")
        osteotomy = self.words((*path, "osteotomy"), f"{key}.osteotomy", d.ALONG_BONE)
        document |= {} if diameter is None else {"diameter_mm": diameter}
        document |= {"osteotomy": osteotomy} if osteotomy else {}
        return {"bone": document} if document else {}

    def structure(self, path: d.Path, key: str) -> dict[str, Any]:
        document: dict[str, Any] = self.text((*path, "name"), f"{key}.name")
        self.at(key, path)
        document["at"] = self.words((*path, "at"), f"{key}.at", d.PLACE)
        limit = self.number((*path, "limit"), f"{key}.limit_mm_per_day")
        return document if limit is None else document | {"limit_mm_per_day": limit}

    def limits(self, path: d.Path, key: str) -> dict[str, Any]:
        limits = {
            name: value
            for name in ("mm_per_day", "deg_per_day")
            if (value := self.number((*path, name), f"{key}.limits.{name}")) is not None
        }
        return {"limits": limits} if limits else {}

    def stage(self, path: d.Path, key: str, stage: d.Draft) -> dict[str, Any]:
        self.at(key, path)
        document: dict[str, Any] = self.text((*path, "name"), f"{key}.name")
        kind = stage["kind"]
        if kind is None:
            self.say((*path, "kind"), f"{key}.kind", "choose what this stage does.", missing=True)
            return document
        if kind == "hold_days":
            days = self.number((*path, "hold_days"), f"{key}.hold_days", numbers.whole)
            if days is None and not stage["hold_days"].strip(numbers.SPACES):
                self.say((*path, "hold_days"), f"{key}.hold_days", "still to be entered.", missing=True)
            return document if days is None else document | {"hold_days": days}
        pairs = d.DEFORMITY if kind == "correct_to" else d.PLACE
        document[kind] = self.words((*path, kind), f"{key}.{kind}", pairs)
        days = self.number((*path, "days"), f"{key}.days", numbers.whole)
        document |= {} if days is None else {"days": days}
        return document | self.limits(path, key)
