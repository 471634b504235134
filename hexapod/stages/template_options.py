"""The options of the templates for stages: unit, meaning, default and bounds; and their strict check."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hexapod.case.field_types import LONGEST_STAGE_DAYS
from hexapod.case.model import LONGEST_LEVEL_DAYS
from hexapod.deformity import quantities as w
from hexapod.errors import HexapodError

Unit = Literal["days", "mm", "cycles", "words"]


@dataclass(frozen=True)
class TemplateOption:
    """One option of a template.  `default` None and not `required`: left out.

    A size lies between `least` and `most` in its unit, and above 0 when `above_zero`; days and cycles are whole. An
    option in "words" is a mapping of place words, such as {"distal_mm": 60}.
    """

    name: str
    unit: Unit
    meaning: str
    default: float | None = None
    required: bool = False
    above_zero: bool = False
    most: float = w.ALONG_BONE.limit

    @property
    def whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self.unit in ("days", "cycles")


# A template's number of stages stays one that a level can hold: a cycle takes two days or more.
MOST_CYCLES = LONGEST_LEVEL_DAYS // 2

LATENCY = TemplateOption(
    # Usual 5 to 7 days, children less.  Source: Oxford and Baltimore patient information; Makhdom, ACPOC.
    "latency_days",
    "days",
    "rest before the first adjustment",
    7,
    most=LONGEST_STAGE_DAYS,
)
NO_LATENCY = TemplateOption(
    # A regenerate, a non-union, a fracture or a joint is worked on; no fresh osteotomy waits for its callus.
    "latency_days",
    "days",
    "rest before the first adjustment",
    0,
    most=LONGEST_STAGE_DAYS,
)
CONSOLIDATION = TemplateOption("consolidation_days", "days", "rest at the end", most=LONGEST_STAGE_DAYS)
GAP = TemplateOption("gap_mm", "mm", "distraction beyond length before anything else is corrected", 0)
LENGTH = TemplateOption("length_mm", "mm", "lengthening", required=True, above_zero=True)
OPENING = TemplateOption("gap_mm", "mm", "how far the joint is opened first, and stays open", 0)
TRANSPORT = TemplateOption("transport", "words", "transport vector of the segment", required=True)
# 2 mm at 0.25 mm a day are 8 days: "some days" of usual practice, to be edited; 0 for none.
COMPRESSION = TemplateOption("compression_mm", "mm", "compression after docking", 2)
COMPRESS = TemplateOption("compress_mm", "mm", "compression in each cycle", required=True, above_zero=True)
DISTRACT = TemplateOption("distract_mm", "mm", "distraction in each cycle", required=True, above_zero=True)
CYCLES = TemplateOption("cycles", "cycles", "how often", required=True, above_zero=True, most=MOST_CYCLES)


def check_options(template: str, options: Sequence[TemplateOption], given: Mapping[str, Any]) -> dict[str, Any]:
    """Every option of a template with its value: as given, its default, or None.

    Raises:
        HexapodError: an unknown or missing option, or a value that makes no sense, and what to type instead.
    """
    names = [option.name for option in options]
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            told = f"did you mean {near[0]}?" if near else f"it has {', '.join(names)}."
            raise HexapodError(f"The template {template} has no option {name}; {told}")
    return {option.name: _value(template, option, given.get(option.name)) for option in options}


def _value(template: str, option: TemplateOption, value: Any) -> Any:
    if value is None:
        if option.required:
            unit = "in place words such as distal_mm" if option.unit == "words" else f"in {option.unit}"
            raise HexapodError(f"The template {template} needs {option.name}, the {option.meaning}, {unit}.")
        return option.default
    if option.unit == "words":
        return _place_words(option, value)
    return _size(option, value)


def _size(option: TemplateOption, value: Any) -> float:
    kind = "a whole number" if option.whole else "a number"
    low = "above 0" if option.above_zero else "0 or more"
    sentence = f"{option.name} must be {kind}, {low} and at most {option.most:g} {option.unit}."
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise HexapodError(sentence)
    possible = 0.0 <= value <= option.most and (value > 0.0 or not option.above_zero)
    if not possible or (option.whole and value != int(value)):
        raise HexapodError(sentence)
    return int(value) if option.whole else value


def _place_words(option: TemplateOption, value: Any) -> dict[str, float]:
    words = check_sizes(option.name, value, w.PLACE)
    if not words:
        raise HexapodError(f'{option.name} moves nothing: give at least one word, such as {{"distal_mm": 60}}.')
    return words


def check_sizes(name: str, value: Any, pairs: tuple[w.Pair, ...]) -> dict[str, float]:
    """The words of `value` with their sizes, zeros left out.

    Raises:
        HexapodError: no mapping, a word that none of `pairs` has, both words of a pair, or a size that makes no sense.
    """
    if not isinstance(value, Mapping):
        raise HexapodError(f'{name} must be directions with their magnitudes, such as {{"{pairs[-1].negative}": 6}}.')
    w.check_words(value, pairs)
    for word, size in value.items():
        if isinstance(size, bool) or not isinstance(size, int | float):
            raise HexapodError(f"{word} of {name} must be a number, without quotes.")
    for pair in pairs:
        pair.signed(value)
    return {word: size for word, size in value.items() if size > 0.0}
