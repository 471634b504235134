"""`measured_with` of a level while it is worked on: the JSON text of the draft, changed by plain functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hexapod.app.draft import typed_text
from hexapod.app.draft.draft_model import Draft
from hexapod.deformity.measurement_sd import DEFORMITY_SD
from hexapod.deformity.quantities import DEFORMITY, Pair
from hexapod.films.deformity_words import MeasuredSize

FORMAT = {"format": "hexapod-films/1", "method": "square-films/1"}
# Points of the scale, which the file keeps beside the others: so many of a ball's rim, and the ends of a ruler.
SCALE_POINT = "scale."
_SD_KEYS = {one.pair.quantity: one.key for one in DEFORMITY_SD}
SCALE_POINTS = {"ball": ("rim_px", 3), "ruler": ("ends_px", 2)}


def films(text: str) -> list[dict[str, Any]]:
    """The radiographs of a level, each as the file has it."""
    return json.loads(text)["films"] if text else []


def with_film(text: str, film: Mapping[str, Any]) -> str:
    """The text with one more radiograph, or another one in the place of that with the same id."""
    kept = [one for one in films(text) if one["id"] != film["id"]]
    return _text(text, [*kept, dict(film)])


def without_film(text: str, name: str) -> str:
    """The text without a radiograph; empty when it was the last."""
    kept = [one for one in films(text) if one["id"] != name]
    return _text(text, kept) if kept else ""


def with_points(text: str, name: str, points: list[dict[str, Any]]) -> str:
    """The text with these points on a radiograph; those of its scale go there once all of them are placed."""
    changed = []
    for film in films(text):
        if film["id"] == name:
            film = film | {"points": [point for point in points if not point["is"].startswith(SCALE_POINT)]}
        changed.append(film)
    return _text(text, changed)


def with_scale(text: str, name: str, scale: Mapping[str, Any] | None) -> str:
    """The text with the scale of a radiograph."""
    changed = [film | {"scale": scale} if film["id"] == name else film for film in films(text)]
    return _text(text, changed)


def free_id(text: str, view: str) -> str:
    """The next id for a radiograph of a view, such as ap1."""
    taken = {film["id"] for film in films(text)}
    return next(name for number in range(1, len(taken) + 2) if (name := f"{view}{number}") not in taken)


def _taken_over(text: str, results: list[dict[str, Any]]) -> str:
    """The text with what was measured and taken over, in the place of what was said of the same quantities."""
    document = json.loads(text)
    quantities = {_pair(result["word"]).quantity for result in results}
    kept = [one for one in document.get("results", []) if _pair(one["word"]).quantity not in quantities]
    return _text(text, document["films"], [*kept, *results])


def take_into(level: Draft, sizes: Sequence[MeasuredSize], decimals: int) -> None:
    """Enter measured sizes into a level of the draft, each with its SD, and note that they were taken over."""
    results: list[dict[str, Any]] = []
    sds = json.loads(level["deformity_sd"] or "{}")
    for size in sizes:
        before, told = _number(level["deformity"][size.pair.quantity]["size"]), f"{size.size:.{decimals}f}"
        level["deformity"][size.pair.quantity] = {"size": told, "word": size.word}
        sds[_SD_KEYS[size.pair.quantity]] = round(size.sd, 3)
        result = {"word": f"deformity.{size.word}", "size": size.size, "sd": size.sd, "films": list(size.films)}
        results.append(result | ({} if before is None else {"typed_before": before}) | {"taken": True})
    level["deformity_zero"] = None
    level["deformity_sd"] = json.dumps(sds)
    level["measured_with"] = _taken_over(level["measured_with"], results)


def changed_by_hand(level: Draft, quantity: str) -> None:
    """A deformity entry of the level was changed: the SD of the size that was taken over in its place goes with it."""
    results = json.loads(level["measured_with"] or "{}").get("results", [])
    if any(one.get("taken") and _pair(one["word"]).quantity == quantity for one in results):
        sds = json.loads(level["deformity_sd"] or "{}")
        sds.pop(_SD_KEYS[quantity], None)
        level["deformity_sd"] = json.dumps(sds) if sds else ""
        document = json.loads(level["measured_with"])
        kept = [one | {"taken": False} if _pair(one["word"]).quantity == quantity else one for one in results]
        level["measured_with"] = json.dumps({**document, "results": kept})


def became(level: Draft, quantity: str) -> str:
    """What became of a measured size, as words behind the entry; empty when it was never taken over."""
    results = json.loads(level["measured_with"] or "{}").get("results", [])
    taken = [one["taken"] for one in results if _pair(one["word"]).quantity == quantity]
    return "" if not taken else ", as taken over" if taken[0] else ", changed by hand since it was taken over"


def _number(text: str) -> float | None:
    """A size as it stood there, where it is a number."""
    try:
        return typed_text.size(text)
    except typed_text.NotANumber:
        return None


def _pair(word: str) -> Pair:
    name = word.removeprefix("deformity.")
    return next(pair for pair in DEFORMITY if name in (pair.positive, pair.negative))


def _text(text: str, of: list[dict[str, Any]], results: list[dict[str, Any]] | None = None) -> str:
    document: dict[str, Any] = json.loads(text) if text else dict(FORMAT)
    results = document.get("results", []) if results is None else results
    here = {film["id"] for film in of}
    results = [result | {"films": [name for name in result.get("films", []) if name in here]} for result in results]
    return json.dumps({**document, "films": of, **({"results": results} if results else {})})
