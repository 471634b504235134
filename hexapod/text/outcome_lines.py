"""An outcome as a person types it: a few lines of text, made into the value of a file `hexapod-outcome/1`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from hexapod.case.level_parts import Deformity
from hexapod.errors import HexapodError
from hexapod.follow_up.treatment_outcome import FORMAT, Complaint, Grade, Measure, Moment

# What a deformity's words are called in a line: `varus_deg` is varus.
WORDS = {name.rpartition("_")[0].replace("_", " "): name for name in Deformity.model_fields}
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
DEFORMITY = "1 varus, 2 short"
ALIGNMENT = "MAD 35 0 3"
COMPLICATION = "2026-04-01 problem, pin site infection"
PROM = "before SF-36 40"


def outcome_from_lines(typed: Mapping[str, str], hexapods: list[str]) -> dict[str, Any]:
    """The value of an outcome from typed texts.

    Args:
        typed: by key of the format, what was typed; dates and `gained_mm` as they are, `alignment`, `complications` and
            `proms` a line for each entry.
        hexapods: for each hexapod the deformity measured at removal, such as `1 varus, 2 short`; `0` for none left,
            empty where it was not measured.

    Returns:
        The value for `read_outcome`, without what is empty.

    Raises:
        HexapodError: a line cannot be read; it says which, and what to type.
    """
    value: dict[str, Any] = {"format": FORMAT, "hexapods": [_end(text) for text in hexapods]}
    value |= {key: text for key, text in typed.items() if key not in _LINES and key != "gained_mm" and text.strip()}
    if gained := typed.get("gained_mm", "").strip():
        value["gained_mm"] = _number(gained, "Length gained")
    for key, read in _LINES.items():
        lines = [line.strip() for line in typed.get(key, "").splitlines() if line.strip()]
        if lines:
            value[key] = [read(line) for line in lines]
    return value


def _end(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    if text.strip() == "0":
        return {"reached": {}}
    reached: dict[str, float] = {}
    for part in text.split(","):
        size, _, word = part.strip().partition(" ")
        key = WORDS.get(word.strip())
        if key is None or key in reached or not _NUMBER.fullmatch(size):
            raise HexapodError(
                f"{part.strip()} is no deformity: type {DEFORMITY}, with words of {', '.join(WORDS)}; or 0."
            )
        reached[key] = float(size)
    return {"reached": reached}


def _number(text: str, what: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise HexapodError(f"{what}: {text} is no number.")
    return float(text.replace(",", "."))


def _alignment(line: str) -> dict[str, Any]:
    measure, rest = _first(line, get_args(Measure), ALIGNMENT)
    sizes = rest.split()
    if len(sizes) != 3:
        raise HexapodError(f"{line}: type the measure, then before, planned and reached, - for unknown: {ALIGNMENT}.")
    moments = zip(("before", "planned", "reached"), sizes, strict=True)
    return {"measure": measure} | {key: _number(size, line) for key, size in moments if size != "-"}


def _complication(line: str) -> dict[str, Any]:
    date, _, rest = line.partition(" ")
    grade, rest = _first(rest.strip(), get_args(Grade), COMPLICATION)
    kind, rest = _first(rest.lstrip(", "), get_args(Complaint), COMPLICATION)
    return {"date": date, "grade": grade, "kind": kind} | ({"note": note} if (note := rest.lstrip(",: ")) else {})


def _prom(line: str) -> dict[str, Any]:
    moment, rest = _first(line, get_args(Moment), PROM)
    instrument, _, total = rest.rpartition(" ")
    return {"moment": moment, "instrument": instrument.strip(), "total": _number(total, line)}


def _first(line: str, words: tuple[str, ...], example: str) -> tuple[str, str]:
    """The word that a line begins with, and the rest of it; the longest where one begins another."""
    for word in sorted(words, key=len, reverse=True):
        if re.match(rf"{re.escape(word)}(?![A-Za-z0-9])", line):
            return word, line[len(word) :].strip()
    raise HexapodError(f"{line or 'A line'} begins with none of {', '.join(words)}: type such as {example}.")


_LINES: dict[str, Callable[[str], dict[str, Any]]] = {
    "alignment": _alignment,
    "complications": _complication,
    "proms": _prom,
}
