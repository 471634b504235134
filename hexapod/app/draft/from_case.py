"""A case file opened: its document turned into a draft, every number into the text that says it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.number_input import NotANumber, coordinate, size
from hexapod.deformity import quantities as w
from hexapod.text.case_fields import CASE, LEVEL, STAGE
from hexapod.text.field_kinds import NUMBERS, STAGE_KINDS, CaseField

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
        return _YES_OR_NO[value] if row.kind == "flag" else value

    def item(self, rows: tuple[CaseField, ...], given: Mapping[str, Any]) -> d.Draft:
        """A thing of a list."""
        draft = d.blank_item(rows)
        self.fill(draft, rows, given)
        return draft

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
            lines = (" ".join(self.number(value, coordinate) for value in point) for point in ring["joints_mm"])
            return draft | {"kind": "joints", "joints": "\n".join(lines)}
        return draft | {"model": ring["model"]}

    def strut(self, strut: Any) -> d.Draft:
        if isinstance(strut, str):
            return d.blank_strut() | {"model": strut}
        return d.blank_strut() | {"kind": "own"} | {key: self.number(value) for key, value in strut.items()}

    def zero(self, given: Mapping[str, Any] | None) -> str | None:
        """Whether a file says that there is nothing: a key without words is not the same as no key."""
        return None if given is None or any(size is not None for size in given.values()) else d.ZERO

    def segment(self, given: Mapping[str, Any]) -> d.Draft:
        somewhere = any(size is not None for key, size in given.items() if key != "ring")
        where = "apart" if somewhere else "same"
        return {"where": where, "from": self.words(given, d.PLACE), "ring": given.get("ring")}
