"""Properties of an entry of a case: its kind, its choices, its labels, and when it applies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from hexapod.case.level_parts import Bone, Indication, Kept
from hexapod.deformity.quantities import Pair

# What a row is on the page and in the draft:
#   text    a line, as typed; note: the same, but of blanks alone nothing is said; pasted: without blanks round it
#   date    a line; dates, times: several of them
#   size    a number without a sign; count: a whole one; turn: a size, or "none" for no limit (null in the case file)
#   choice  one word of `options`; flag: yes or no; marks: any of `options`; mark: one box
#   words   sizes with their direction words, by `pairs`; said: the same, complete when they are said to be zero
#   list    things of one kind, each with `rows` of its own
#   page    of the page alone, without a key in the case file
#   segment, ring, struts, settings: forms of their own
#   kept    no entry of the page: carried along as the JSON text of the file
Kind = Literal[
    "text", "note", "pasted", "date", "dates", "times", "size", "count", "turn", "choice", "flag", "marks", "mark",
    "words", "said", "list", "page", "segment", "ring", "struts", "settings", "kept",
]  # fmt: skip
NUMBERS = ("size", "count", "turn")
# What follows from the end of a key, the longest end first.
UNITS = {
    "_mm_per_day": "mm/day",
    "_deg_per_day": "deg/day",
    "_days_per_cm": "days/cm",
    "_mm": "mm",
    "_deg": "deg",
    "_days": "days",
}
RATES = {"mm/day": "maximum rate", "deg/day": "maximum angular rate"}
# The heading under which the page shows those rows of a step that it does not place itself.
OTHERS = "Other entries (optional)"

# Words of a case file that are shown as they are written there.
BONES, INDICATIONS, KEPT_NAMES = ({word: word for word in get_args(words)} for words in (Bone, Indication, Kept))
SIDES = {"right": "RIGHT", "left": "LEFT"}
# What each means for the plan, in one line.
INDICATION_SENTENCES: Mapping[Indication, str] = {
    "osteotomy": "osteotomy: the bone is cut; latency, then distraction at the pace of the regenerate",
    "fracture": "fracture: reduced within days; no latency, and no regenerate",
    "joint": "joint: no cut; paced by its rotation and by the structures that cross it",
}
FRAGMENTS = {"proximal": "proximal fragment", "distal": "distal fragment"}
# Residual is a word of the page: in the file both are `start`.
RESIDUAL = "residual"
SETTINGS_AT = {"start": "Total residual", RESIDUAL: "Residual", "end": "Chronic"}
MODES = {
    "start": "Total residual: the frame stands as it was mounted on the deformity; the settings are those of day 0.",
    RESIDUAL: "Residual: the frame was mounted neutral, rings parallel; the settings are those of day 0.",
    "end": "Chronic: the frame was built to the deformity; at these settings it stands neutral at the end.",
}
DATES_TYPED = {"day first": "2026-12-07 or 7.12.2026", "month first": "also 12/07/2026 (month first)"}
Paper = Literal["a4", "letter"]
PAPERS: dict[Paper, str] = {"a4": "A4", "letter": "US Letter"}
YES_OR_NO = {"yes": "yes", "no": "no"}
WEEKDAY_NAMES = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
COURSES = {"stages": "programmed on its own", "keep-length": "compensates (keeps overall length)"}
SEGMENT_RINGS = {"shared": "one ring for both hexapods", "separate": "two rings"}
SEGMENT_POINTS = {"same": "is that of the previous hexapod", "apart": "lies elsewhere"}
CROSSES = {"all": "all hexapods"}
STAGE_KINDS = {"hold_days": "hold", "correct_to": "correct", "transport": "transport"}
MISSING = "still to be entered."
SPOKEN = {
    "internal_rotation_deg": "internal",
    "external_rotation_deg": "external",
    "leans_lateral_deg": "tilts lateral",
    "leans_medial_deg": "tilts medial",
    "leans_anterior_deg": "tilts anterior",
    "leans_posterior_deg": "tilts posterior",
}


@dataclass(frozen=True)
class CaseField:
    """One entry of a case.

    `label`, `hint` and `drawing` are those of the page; for words they may differ by quantity, and `{}` in `drawing`
    stands for it.  `place` names the entry in the list of what is missing or wrong; by default the label does.
    `shape` of a number is `above` when its label stands above it; of a text `block` when it has several lines.
    `section` is the heading under which the page shows the row; empty where a step draws it by itself.  `named` is
    what documents call it, `pattern` how the clinician's report words its number.  `only` names another entry of the
    same record and those of its words with which the row applies.  `start` is the initial value: for a list, how many
    items.  `required` is the message while nothing is entered.  `always`: written when empty,
    too.  `none`: the word at which nothing is shown as 0.  `zero` is what the button says
    that enters a 0 for a quantity; none where there is no such button.
    """

    key: str
    kind: Kind
    step: str
    label: str | Mapping[str, str] = ""
    hint: str | Mapping[str, str] = ""
    place: str = ""
    section: str = OTHERS
    drawing: str = ""
    named: str = ""
    pattern: str = "{}"
    shape: Literal["", "above", "block"] = ""
    options: Mapping[Any, str] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    rows: tuple[CaseField, ...] = ()
    each: str = ""
    only: tuple[str, tuple[str, ...]] | None = None
    start: str | bool | int | None = None
    required: str = ""
    always: bool = False
    none: str = ""
    zero: str | Mapping[str, str] = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The key, part by part."""
        return tuple(self.key.split("."))

    @property
    def name(self) -> str:
        """The entry as the screen names it."""
        return self.place or (self.label if isinstance(self.label, str) else self.key)

    def of(self, words: str | Mapping[str, str], quantity: str) -> str:
        """The label or hint for one of the quantities of words."""
        return words if isinstance(words, str) else words.get(quantity, "")


def word_name(word: str) -> str:
    """A direction word as people say it.

    >>> word_name("varus_deg"), word_name("short_mm")
    ('varus', 'short')
    """
    return SPOKEN.get(word, word.rpartition("_")[0].replace("_", " "))


def either(pair: Pair) -> str:
    """Both words of a pair, the more common one first.

    >>> from hexapod.deformity.quantities import AP_ANGULATION
    >>> either(AP_ANGULATION)
    'varus or valgus'
    """
    return " or ".join(word_name(word) for word in words_of(pair))


def words_of(pair: Pair) -> tuple[str, str]:
    """The two words of a pair in the order of the screen."""
    first = {"varus_deg", "medial_mm", "anterior_mm", "leans_medial_deg", "leans_anterior_deg"}
    return (pair.negative, pair.positive) if pair.negative in first else (pair.positive, pair.negative)
