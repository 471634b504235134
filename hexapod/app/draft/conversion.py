"""Between the draft and the case document, both ways, row by row of the table of fields.

Opening a case turns every number into the text that says it.  Reading a draft gives the document as far as it goes,
with a trouble for every entry that is missing or has no single meaning.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import typed_text
from hexapod.app.draft.typed_text import EntryReader, Reading, is_time, listed, times_listed
from hexapod.case.model import FORMAT
from hexapod.deformity import quantities as w
from hexapod.hardware.catalogue import load_catalogue
from hexapod.hardware.models import LOCKED_AT
from hexapod.text.case_fields import CASE, LEVEL, STAGE
from hexapod.text.field_kinds import MISSING, NUMBERS, RESIDUAL, SETTINGS_AT, STAGE_KINDS, CaseField

# Parts of the document that are there even while nothing in them is entered.
_PARTS = ("limb", "frame")
NULL = object()
_YES_OR_NO = {None: None, True: "yes", False: "no"}


def draft_of(document: Mapping[str, Any]) -> d.Draft:
    """The draft of a valid case document.  As long as no entry changes, it gives back that very document."""
    draft = d.blank_draft()
    _Texts(draft["exact"]).fill(draft, CASE, document)
    draft["origin"] = {"document": copy.deepcopy(dict(document)), "entries": d.entries(draft)}
    return draft


def stages_of(documents: Iterable[Mapping[str, Any]], exact: dict[str, float]) -> list[d.Draft]:
    """The entries of stages as they stand in a case file.  `exact` gains the numbers finer than people may type."""
    texts = _Texts(exact)
    return [texts.item(STAGE, document) for document in documents]


def entry_text(value: float, exact: dict[str, float]) -> str:
    """A number of a case file as it stands at its entry.  `exact` gains one finer than people may type."""
    return _Texts(exact).number(value)


def _alike(settings: Mapping[str, str]) -> bool:
    """Whether six readings are the same, as on a frame that stands neutral."""
    return len(set(settings.values())) == 1 and all(settings.values())


class _Texts:
    """Turns numbers of a document into texts.  `exact` keeps those written finer than people may type them."""

    def __init__(self, exact: dict[str, float]) -> None:
        self.exact = exact

    def fill(self, draft: d.Draft, rows: tuple[CaseField, ...], given: Mapping[str, Any]) -> None:
        """Put what a document has at the keys of the table into a blank draft."""
        for row in rows:
            holder: Any = given
            for part in row.path[:-1]:
                holder = (holder or {}).get(part)
            value = (holder or {}).get(row.path[-1])
            held, name = d.holder(draft, row.path)
            if row.kind == "said":
                draft[f"{name}_zero"], draft["left_out"][name] = self.zero(value), value is None
            if row.kind == "turn" and value is None and row.path[-1] in (holder or {}):
                # A limit of null is a word of its own: an empty entry would be the usual limit.
                held[name] = d.NO_LIMIT
            elif row.kind != "page" and value is not None:
                held[name] = self.typed(row, value, held[name])
        if rows is LEVEL and draft["frame"]["settings_at"] == "start" and _alike(draft["frame"]["settings_mm"]):
            draft["frame"]["settings_at"] = RESIDUAL
        if rows is LEVEL and all(strut == draft["frame"]["struts"]["0"] for strut in draft["frame"]["struts"].values()):
            draft["frame"]["every_strut"] = copy.deepcopy(draft["frame"]["struts"]["0"])
        elif rows is LEVEL:
            draft["frame"]["alike"] = False
        if rows is STAGE:
            draft["kind"] = next(kind for kind in STAGE_KINDS if given.get(kind) is not None)

    def typed(self, row: CaseField, value: Any, blank: Any) -> Any:
        """What stands on the page for a value of the file."""
        if row.kind in NUMBERS:
            return self.number(value)
        if row.kind in ("words", "said"):
            nothing = row.none and all(size is None for size in value.values())
            return blank | self.words({row.none: 0} if nothing else value, row.pairs)
        if row.kind == "marks":  # in the order of the file, which is kept
            return dict.fromkeys(value, True) | {name: name in value for name in row.options}
        if row.kind == "list":
            return [self.item(row.rows, one) for one in value] or blank
        if row.kind in ("struts", "settings"):
            turned = self.strut if row.kind == "struts" else self.number
            return {str(k): turned(one) for k, one in enumerate(value)}
        if row.kind in ("dates", "times"):
            return ("\n" if row.kind == "dates" else " ").join(value)
        if row.kind == "ring":
            return self.ring(value)
        if row.kind == "segment":
            return self.segment(value)
        if row.kind == "kept":
            return json.dumps(value, ensure_ascii=False)
        return _YES_OR_NO[value] if row.kind == "flag" else value

    def item(self, rows: tuple[CaseField, ...], given: Mapping[str, Any]) -> d.Draft:
        """A thing of a list."""
        draft = d.blank_item(rows)
        self.fill(draft, rows, given)
        return draft

    def number(self, value: float | None, read: Any = typed_text.size) -> str:
        if value is None:
            return ""
        text = str(int(value)) if float(value).is_integer() else repr(float(value))
        try:
            if read(text) == value:
                return text
        except typed_text.NotANumber:
            pass
        self.exact[text] = value
        return text

    def words(self, given: Mapping[str, Any], pairs: tuple[w.Pair, ...]) -> d.Draft:
        draft = d.blank_words(pairs)
        for pair in pairs:
            for word in (pair.positive, pair.negative):
                if given.get(word) is not None:
                    draft[pair.quantity] = {"size": self.number(given[word]), "word": word}
        return draft

    def ring(self, ring: Mapping[str, Any]) -> d.Draft:
        draft = d.blank_ring()
        if ring.get("joints_mm") is not None:
            lines = (
                " ".join(self.number(value, typed_text.coordinate) for value in point) for point in ring["joints_mm"]
            )
            draft |= {"kind": "joints", "joints": "\n".join(lines)}
            measured = ring.get("measured")
            return draft | {"measured": measured and {**measured, "joints": draft["joints"]}}
        return draft | {"model": ring["model"]}

    def strut(self, strut: Any) -> d.Draft:
        if isinstance(strut, str):
            model, _, acute = strut.partition(LOCKED_AT)
            return d.blank_strut() | {"model": model, "acute_mm": acute}
        return d.blank_strut() | {"kind": "own"} | {key: self.number(value) for key, value in strut.items()}

    def zero(self, given: Mapping[str, Any] | None) -> str | None:
        """Whether a file says that there is nothing: a key without words is not the same as no key."""
        return None if given is None or any(size is not None for size in given.values()) else d.ZERO

    def segment(self, given: Mapping[str, Any]) -> d.Draft:
        somewhere = any(size is not None for key, size in given.items() if key != "ring")
        where = "apart" if somewhere else "same"
        return {"where": where, "from": self.words(given, d.PLACE), "ring": given.get("ring")}


def read_draft(draft: d.Draft) -> Reading:
    """The document that a draft stands for.  An unchanged draft of a file gives back the file's own value."""
    reading = Reading()
    reading.document = {"format": FORMAT} | _Reader(draft, reading).record((), "", CASE)
    origin = draft.get("origin")
    if origin is not None and origin["entries"] == d.entries(draft):
        reading.document = copy.deepcopy(origin["document"])
    return reading


class _Reader(EntryReader):
    def record(self, path: d.Path, key: str, rows: tuple[CaseField, ...]) -> dict[str, Any]:
        """What the case, or a level, stage or structure of it, says: each row in turn under its key."""
        document: dict[str, Any] = {}
        if path:
            self.at(key, path)
        for row in rows:
            here, key_here = (*path, *row.path), f"{key}.{row.key}" if key else row.key
            if " · " in row.name:  # its group has a name on the page
                self.at(key_here.rpartition(".")[0], here[:-1])
            if row.path[0] in _PARTS:
                document.setdefault(row.path[0], {})
            if row.only is not None and d.entry(self.draft, (*path, row.only[0])) not in row.only[1]:
                self.at(key_here, (*path, row.only[0]))
                continue
            value = self.value(row, here, key_here)
            if value is not None:
                held = document
                for part in row.path[:-1]:
                    held = held.setdefault(part, {})
                held[row.path[-1]] = value if value is not NULL else None
        return document

    def value(self, row: CaseField, path: d.Path, key: str) -> Any:
        """What the file has for an entry: None for nothing, `NULL` for a null."""
        self.at(key, path)
        typed = d.entry(self.draft, path)
        if row.kind == "turn" and typed.strip(typed_text.SPACES).lower() == d.NO_LIMIT:
            return NULL
        if row.kind in ("size", "turn", "count"):
            value = self.number(path, key, typed_text.whole if row.kind == "count" else typed_text.size)
            if row.required and not typed.strip(typed_text.SPACES):
                self.say(path, key, row.required, missing=True)
            return value
        match row.kind:
            case "page":
                if row.required and typed is None:
                    self.say(path, key, row.required, missing=True)
                if row.key == "usual_times":
                    self.times(path, key, times_listed(typed))
                return None
            case "words":
                return self.words(path, key, row.pairs) or ({} if row.always else None)
            case "said":
                return self.words_or_zero(row, path, key)
            case "segment":
                return self.segment(row, path, key)
            case "list":
                items = [
                    self.record((*path, item["uid"]), f"{key}[{index}]", row.rows) for index, item in enumerate(typed)
                ]
                if row.start and not items:
                    self.say(path, key, "still to be entered.", missing=True)
                return items if items or row.start else None
            case "marks":
                return [name for name, chosen in typed.items() if chosen] or None
            case "date":
                return self.date(path, key, typed) or None
            case "dates":
                return self.dates(path, key, listed(typed))
            case "times":
                return self.times(path, key, times_listed(typed))
            case "ring":
                return self.ring(path, key, typed)
            case "struts":
                return self.struts(path, key)
            case "settings":
                return self.settings(row, path, key)
            case "note":
                return typed if typed.strip() else None
            case "pasted":
                return typed.strip() or None
            case "kept":
                return json.loads(typed) if typed else None
            case "flag":
                return None if typed is None else typed == "yes"
        if row.options is SETTINGS_AT and typed == RESIDUAL:
            return "start"
        return typed if typed and typed != row.start else None

    def words_or_zero(self, row: CaseField, path: d.Path, key: str) -> dict[str, Any] | None:
        """Mounting or deformity: words, or said to be zero; what nobody has said anything of is not taken for zero."""
        level, part = d.entry(self.draft, path[:-1]), row.key
        here = (*path[:-1], f"{part}_zero")
        self.at(key, here)
        words = self.words(path, key, row.pairs)
        if any(words.values()) and level[f"{part}_zero"] is not None:
            self.say(here, key, "sizes are typed above: take this choice away, or empty the sizes.")
        if not d.is_entered(level, part):
            if not level["left_out"][part]:
                self.say(here, key, "still to be entered, or said to be zero.", missing=True)
            return None
        return words

    def date(self, path: d.Path, key: str, typed: str) -> str:
        """A date as files write it; what is no date stays as it was typed, for the case to refuse."""
        try:
            return typed_text.date_text(typed, month_first=self.draft["dates_typed"] == typed_text.MONTH_FIRST)
        except typed_text.NotANumber as error:
            self.say(path, key, str(error))
        return typed

    def dates(self, path: d.Path, key: str, dates: list[str]) -> list[str] | None:
        return [self.date(path, f"{key}[{number}]", date) for number, date in enumerate(dates)] or None

    def times(self, path: d.Path, key: str, times: list[str]) -> list[str] | None:
        """Times of the day; of a count that cannot be read nothing follows for them."""
        for number, time in enumerate(times):
            if not is_time(time):
                sentence = f"“{time}”: write a time as HH:MM on the 24-hour clock, such as 08:00 or 20:30."
                self.say(path, f"{key}[{number}]", sentence)
        count = (*path[:-1], "adjustments_per_day")
        return times if times and not any(trouble.path == count for trouble in self.reading.troubles) else None

    def segment(self, row: CaseField, path: d.Path, key: str) -> dict[str, Any] | None:
        """Where the level's point lies from that of the level before: said outright, also where they are the same.

        Between hexapods that are programmed on their own it may stay open; a ring that is told needs it.
        """
        self.at(key, (*path, "where"))
        level, given = d.entry(self.draft, path[:-1]), d.entry(self.draft, path)
        where, ring = given["where"], given["ring"]
        if not d.may_have_segment(self.draft, level):
            return None
        if where is None:
            if d.needs_segment(self.draft, level) or ring is not None:
                self.say((*path, "where"), key, "choose where this hexapod's point on the segment lies.", missing=True)
            return None
        rings = {} if ring is None else {"ring": ring}
        if where == "same":
            return rings
        known = len(self.reading.troubles)
        words = self.words((*path, "from"), key, row.pairs)
        if not words and len(self.reading.troubles) == known:
            self.say((*path, "where"), key, "type where the point lies, or choose that it is the same.", missing=True)
        return words | rings if words else None

    def settings(self, row: CaseField, path: d.Path, key: str) -> list[float] | None:
        found = []
        for k in d.STRUTS:
            here = (*path, str(k))
            value = self.number(here, f"{key}[{k}]", typed_text.reading)
            if not d.entry(self.draft, here).strip(typed_text.SPACES):
                self.say(here, f"{key}[{k}]", row.required, missing=True)
            found.append(value)
        return [value for value in found if value is not None] if None not in found else None

    def ring(self, path: d.Path, key: str, ring: d.Draft) -> dict[str, Any] | None:
        if ring["kind"] == "model":
            return {"model": ring["model"]} if ring["model"] else None
        lines = [line for line in ring["joints"].splitlines() if line.strip(typed_text.SPACES)]
        if not lines:
            return None
        if len(lines) != 6:
            self.say(path, f"{key}.joints_mm", f"six lines are needed, one for each strut; there are {len(lines)}.")
            return None
        points = []
        for number, line in enumerate(lines, start=1):
            parts = line.split()
            if len(parts) != 3:
                sentence = f"line {number}: three numbers x y z with spaces between them, not {len(parts)}."
                self.say(path, f"{key}.joints_mm[{number - 1}]", sentence)
                return None
            try:
                points.append(
                    [self.exact[text] if text in self.exact else typed_text.coordinate(text) for text in parts]
                )
            except typed_text.NotANumber as error:
                self.say(path, f"{key}.joints_mm[{number - 1}]", f"line {number}: {error}")
                return None
        measured = ring.get("measured")
        if measured is None or measured["joints"] != ring["joints"]:  # joints changed by hand were not measured
            return {"joints_mm": points}
        return {"joints_mm": points, "measured": {key: measured[key] for key in ("ring", "on")}}

    def struts(self, path: d.Path, key: str) -> list[Any] | None:
        frame = d.entry(self.draft, path[:-1])
        struts = []
        for k in d.STRUTS:
            here = (*path[:-1], "every_strut") if frame["alike"] else (*path, str(k))
            known = len(self.reading.troubles)
            struts.append(self.strut(here, f"{key}[{k}]", d.entry(self.draft, here)))
            if k and frame["alike"]:
                del self.reading.troubles[known:]  # said for strut 1 already
        self.at(key, path)
        return struts if None not in struts else None

    def strut(self, path: d.Path, key: str, strut: d.Draft) -> Any:
        """A model name, a dict for a strut of one's own, or None when it cannot be said yet."""
        self.at(key, path)
        if strut["kind"] == "model":
            if not strut["model"]:
                self.say(path, key, MISSING, missing=True)
            return self.model(path, key, strut["model"]) if strut["model"] else None
        own: dict[str, Any] = {}
        for name in ("min_mm", "max_mm", "graduation_mm"):
            here = (*path, name)
            value = self.number(here, f"{key}.{name}")
            if value is not None:
                own[name] = value
            elif not strut[name].strip(typed_text.SPACES):
                self.say(here, f"{key}.{name}", MISSING, missing=True)
        return own if len(own) == 3 else None

    def model(self, path: d.Path, key: str, model: str) -> str | None:
        """The model of a strut, a two-part one with what its acute part is locked at; None while that is missing."""
        here, known = (*path, "acute_mm"), load_catalogue().struts.get(model)
        typed = bool(d.entry(self.draft, here).strip(typed_text.SPACES))
        if not typed if known is None else known.acute is None:
            return model
        if not typed:
            self.say(here, key, MISSING, missing=True)
            return None
        locked = self.number(here, key)
        return None if locked is None else f"{model}{LOCKED_AT}{locked:g}"
