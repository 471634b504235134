"""`measured_with` of a level while it is worked on: the JSON text of the draft, changed by plain functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hexapod.app.draft import typed_text
from hexapod.app.draft.draft_model import Draft
from hexapod.deformity.quantities import DEFORMITY, DEFORMITY_SD, Pair
from hexapod.films.deformity_words import MeasuredSize

FORMAT = {"format": "hexapod-films/1", "method": "square-films/1"}
# Points of the scale, which the file keeps beside the others: so many of a ball's rim, and the ends of a ruler.
SCALE_POINT = "scale."
# Two sizes that read the same in tenths.
_SAME = 0.05
_SD_KEYS = {one.pair.quantity: one.key for one in DEFORMITY_SD}
SCALE_POINTS = {"ball": ("rim_px", 3), "ruler": ("ends_px", 2)}


def films(text: str) -> list[dict[str, Any]]:
    """The radiographs of a level, each as the file has it."""
    return json.loads(text)["films"] if text else []


def with_film(text: str, film: Mapping[str, Any]) -> str:
    """The text with one more radiograph, or another in the place of the same picture; no other one is replaced."""
    kept = [one for one in films(text) if one.get("pixels_sha256") != film["pixels_sha256"]]
    return _text(text, [*kept, dict(film)])


def remove_film(level: Draft, name: str) -> None:
    """Take a radiograph out of a level; what was taken over from it alone is no longer as sure as it was measured."""
    document = json.loads(level["measured_with"])
    kept = [one for one in document["films"] if one["id"] != name]
    results = []
    for result in document.get("results", []):
        left = [one for one in result.get("films", []) if one != name]
        if left:
            results.append(result | {"films": left})
        elif result.get("taken"):
            _forget_sd(level, _pair(result["word"]).quantity)
    level["measured_with"] = _text(level["measured_with"], kept, results) if kept else ""


def with_points(text: str, name: str, points: list[dict[str, Any]]) -> str:
    """The text with these points on a radiograph; those of its scale are in the scale, once it has been entered."""
    placed = {point["is"]: point["at_px"] for point in points}
    changed = []
    for film in films(text):
        if film["id"] == name:
            film = film | {"points": [point for point in points if not point["is"].startswith(SCALE_POINT)]}
            scale = film.get("scale") or {}
            for key, count in SCALE_POINTS.values():
                names = scale_names(count)
                if scale.get(key) and all(one in placed for one in names):
                    film["scale"] = scale | {key: [placed[one] for one in names]}
        changed.append(film)
    return _text(text, changed)


def scale_names(count: int) -> list[str]:
    """The names of the points of a scale."""
    return [f"{SCALE_POINT}{number}" for number in range(1, count + 1)]


def points_of_scale(film: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The points that the scale of a radiograph was entered with."""
    scale = film.get("scale") or {}
    return [
        {"is": name, "at_px": at}
        for key, count in SCALE_POINTS.values()
        for name, at in zip(scale_names(count), scale.get(key) or [], strict=False)
    ]


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
        _forget_sd(level, quantity)
        document = json.loads(level["measured_with"])
        kept = [one | {"taken": False} if _pair(one["word"]).quantity == quantity else one for one in results]
        level["measured_with"] = json.dumps({**document, "results": kept})


def _forget_sd(level: Draft, quantity: str) -> None:
    sds = json.loads(level["deformity_sd"] or "{}")
    sds.pop(_SD_KEYS[quantity], None)
    level["deformity_sd"] = json.dumps(sds) if sds else ""


def became(level: Draft, size: MeasuredSize) -> str:
    """What became of a measured size, as words behind the entry; empty when it was never taken over."""
    results = json.loads(level["measured_with"] or "{}").get("results", [])
    mine = [one for one in results if _pair(one["word"]).quantity == size.pair.quantity]
    if not mine:
        return ""
    if not mine[0]["taken"]:
        return ", changed by hand since it was taken over"
    same = mine[0]["word"] == f"deformity.{size.word}" and abs(mine[0]["size"] - size.size) <= _SAME
    return ", as taken over" if same else ", taken over before the points were changed: take it over again"


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
