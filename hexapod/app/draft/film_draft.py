"""`measured_with` of a level while it is worked on: the JSON text of the draft, changed by plain functions.

A size measured on a radiograph can be taken into entries of the level, which the table of fields tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hexapod.app.draft import typed_text
from hexapod.app.draft.draft_model import MUST_BE_ENTERED, Draft, Path, holder
from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD
from hexapod.films.deformity_words import MeasuredSize
from hexapod.text.case_fields import LEVEL, STRUCTURE
from hexapod.text.field_kinds import CaseField, word_name, words_of
from hexapod.text.numbers import number

# Entries of these steps are measured; what a treatment does is decided.
MEASURED_IN = ("frame", "mounting", "deformity")
_SDS = {
    (part, one.pair.quantity): (f"{part}_sd", one.key)
    for part, table in (("deformity", DEFORMITY_SD), ("mounting", MOUNTING_SD))
    for one in table
}
FORMAT = {"format": "hexapod-films/1", "method": "square-films/1"}
# Points of the scale, which the file keeps beside the others: so many of a ball's rim, and the ends of a ruler.
SCALE_POINT = "scale."
# The side marker, which the file keeps with what it reads.
MARKER = "marker"
# Two sizes that read the same in tenths.
_SAME = 0.05
# An SD is entered to a thousandth (mm or deg).
SD_DECIMALS = 3
SCALE_POINTS = {"ball": ("rim_px", 3), "ruler": ("ends_px", 2), "frame": ("ends_px", 2)}


@dataclass(frozen=True)
class FilmEntry:
    """One entry, with its direction where it has one.

    `word` is how results name it, such as `mounting.lateral_mm`; `path` leads to it inside the level; `direction` is
    the direction word, empty for a plain number; `sd` names the SDs of the level and the key there, where it has one.
    """

    word: str
    path: Path
    direction: str
    label: str
    unit: str
    sd: tuple[str, str] | None = None


def film_entries(level: Draft) -> list[FilmEntry]:
    """Every entry of the level that is a length or an angle and can be measured, in the order of the page.

    Of a level at a visit they are those that can be measured again there.
    """
    measured = (row for row in LEVEL if (row.step in MEASURED_IN or row.drawing) and row.path[0] in level)
    found = [entry for row in measured for entry in _of_row(row)]
    place = next(row for row in STRUCTURE if row.pairs)
    for count, structure in enumerate(level.get("structures_at_risk", ())):
        name = structure["name"].strip() or f"structure {count + 1}"
        prefix, path = f"structures_at_risk[{count}].at", ("structures_at_risk", structure["uid"], "at")
        found += _of_words(place, prefix, path, f"{name}: ")
    return found


def entry_of(level: Draft, word: str) -> FilmEntry | None:
    """The entry that a result's word names; None where it is none of this level."""
    return next((entry for entry in film_entries(level) if entry.word == word), None)


def _of_row(row: CaseField) -> Iterator[FilmEntry]:
    if row.kind == "size" and (row.key.endswith("_mm") or row.path[0].endswith("_mm")):
        yield FilmEntry(row.key, row.path, "", row.name, "mm")
    elif row.kind in ("words", "said"):
        yield from _of_words(row, row.key, row.path, f"{row.name}: ")


def _of_words(row: CaseField, prefix: str, path: Path, before: str) -> Iterator[FilmEntry]:
    for pair in row.pairs:
        for word in words_of(pair):
            label = f"{before}{word_name(word)} ({pair.quantity})"
            yield FilmEntry(
                f"{prefix}.{word}", (*path, pair.quantity), word, label, pair.unit, _SDS.get((prefix, pair.quantity))
            )


def films(text: str) -> list[dict[str, Any]]:
    """The radiographs of a level, each as the file has it."""
    return json.loads(text)["films"] if text else []


def is_taken_over(text: str) -> bool:
    """Whether any size measured on the radiographs of a level was taken over into an entry."""
    return bool(text) and any(result.get("taken") for result in json.loads(text).get("results", []))


def pictures_of(draft: Draft) -> list[str]:
    """The SHA-256 of all pictures that the entries of a case name, its visit included, each once."""
    texts = [str(one.get("measured_with") or "") for one in (*draft["levels"], *draft["visit"]["measured"].values())]
    found = (film.get("pixels_sha256") for text in texts for film in films(text))
    return list(dict.fromkeys(sha256 for sha256 in found if sha256))


def film_of(text: str, name: str) -> dict[str, Any] | None:
    """The radiograph of an id; None where there is none."""
    return next((film for film in films(text) if film["id"] == name), None)


def with_film(text: str, film: Mapping[str, Any]) -> str:
    """The text with one more radiograph, or another in the place of the one of its id; no other one is replaced."""
    kept = [one for one in films(text) if one["id"] != film["id"]]
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
            _forget_sd(level, entry_of(level, result["word"]))
    level["measured_with"] = _text(level["measured_with"], kept, results) if kept else ""


def with_points(text: str, name: str, points: list[dict[str, Any]]) -> str:
    """The text with these points on a radiograph; those of its scale are in the scale, once it has been entered."""
    placed = {point["is"]: point["at_px"] for point in points}
    changed = []
    for film in films(text):
        if film["id"] == name:
            film = film | {"points": [point for point in points if not is_beside(point["is"])]}
            if film.get("marker"):
                at = {"at_px": placed[MARKER]} if MARKER in placed else {}
                film["marker"] = {"reads": film["marker"]["reads"]} | at
            scale = film.get("scale") or {}
            for key, count in set(SCALE_POINTS.values()):
                names = scale_names(count)
                if scale.get(key) and all(one in placed for one in names):
                    film["scale"] = scale | {key: [placed[one] for one in names]}
        changed.append(film)
    return _text(text, changed)


def is_beside(name: str) -> bool:
    """Whether a point is none of the list of points of the file: one of the scale, or the side marker."""
    return name == MARKER or name.startswith(SCALE_POINT)


def with_details(text: str, name: str, details: Mapping[str, Any]) -> str:
    """The text with these keys of a radiograph; None takes a key out."""
    changed = []
    for film in films(text):
        kept = {**film, **details} if film["id"] == name else film
        changed.append({key: value for key, value in kept.items() if value is not None or key == "scale"})
    return _text(text, changed)


def scale_names(count: int) -> list[str]:
    """The names of the points of a scale."""
    return [f"{SCALE_POINT}{number}" for number in range(1, count + 1)]


def points_beside(film: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The points that the scale of a radiograph was entered with, and its side marker."""
    scale, marker = film.get("scale") or {}, film.get("marker") or {}
    points = [{"is": MARKER, "at_px": marker["at_px"]}] if marker.get("at_px") else []
    return points + [
        {"is": name, "at_px": at}
        for key, count in set(SCALE_POINTS.values())
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


def take(level: Draft, entry: FilmEntry, size: float, sd: float, films: Sequence[str], decimals: int) -> None:
    """Enter a measured size into an entry of the level, with its SD, and note that it was taken over."""
    held, name = holder(level, entry.path)
    before, size_text = _number(held[name]["size"] if entry.direction else held[name]), f"{size:.{decimals}f}"
    held[name] = {"size": size_text, "word": entry.direction} if entry.direction else size_text
    if f"{entry.path[0]}_zero" in level:
        level[f"{entry.path[0]}_zero"] = None
    if entry.sd is not None:
        of, key = entry.sd
        level[of][key] = number(round(sd, SD_DECIMALS))
    result = {"word": entry.word, "size": size, "sd": sd, "films": list(films)}
    result |= ({} if before is None else {"typed_before": before}) | {"taken": True}
    document = json.loads(level["measured_with"])
    kept = [one for one in document.get("results", []) if not _is_of(level, one, entry.path)]
    level["measured_with"] = _text(level["measured_with"], document["films"], [*kept, result])


def take_into(level: Draft, sizes: Sequence[MeasuredSize], decimals: int) -> None:
    """Enter measured sizes of the deformity into a level of the draft, as `take`."""
    for size in sizes:
        entry = entry_of(level, f"deformity.{size.word}")
        assert entry is not None
        take(level, entry, size.size, size.sd, size.films, decimals)


def changed_by_hand(level: Draft, path: Path) -> None:
    """An entry of the level was changed: the SD of the size that was taken over in its place goes with it.

    `path` leads to it, or to a part of it, inside the level; or it is the button that says that all of a part are zero.
    """
    results = json.loads(level.get("measured_with") or "{}").get("results", [])
    zero = next((part for part in MUST_BE_ENTERED if path == (f"{part}_zero",)), None)
    touched = [one for one in results if _is_of(level, one, (zero,) if zero else path)]
    if any(one.get("taken") for one in touched):
        for one in touched:
            _forget_sd(level, entry_of(level, one["word"]))
        document = json.loads(level["measured_with"])
        kept = [one | {"taken": False} if one in touched else one for one in results]
        level["measured_with"] = json.dumps({**document, "results": kept})


def _is_of(level: Draft, result: Mapping[str, Any], path: Path) -> bool:
    """Whether a result was taken into the entry at a path, a part of it, or an entry inside the path."""
    entry = entry_of(level, result["word"])
    length = min(len(path), len(entry.path)) if entry is not None else 0
    return entry is not None and entry.path[:length] == path[:length]


def _forget_sd(level: Draft, entry: FilmEntry | None) -> None:
    if entry is not None and entry.sd is not None:
        of, key = entry.sd
        level[of][key] = ""


def became(level: Draft, word: str, size: float) -> str:
    """What became of a measured size, as words behind the entry; empty when it was never taken over."""
    entry = entry_of(level, word)
    results = json.loads(level["measured_with"] or "{}").get("results", [])
    mine = [one for one in results if entry is not None and _is_of(level, one, entry.path)]
    if not mine:
        return ""
    if not mine[0].get("taken"):
        return ", changed by hand since it was taken over"
    same = mine[0]["word"] == word and abs(mine[0]["size"] - size) <= _SAME
    return ", as taken over" if same else ", taken over before the points were changed: take it over again"


def sd_measured(level: Draft, part: str, quantity: str) -> float | None:
    """The SD (mm or deg) of a quantity that was taken over from radiographs and still stands so; else None."""
    held = level[part][quantity]
    size = _number(held["size"])
    for result in json.loads(level["measured_with"] or "{}").get("results", []):
        stands = result["word"] == f"{part}.{held['word']}" and size is not None and result.get("taken")
        if stands and abs(size - result["size"]) <= _SAME and result.get("sd"):
            return float(result["sd"])
    return None


def _number(text: str) -> float | None:
    """A size as it stood there, where it is a number."""
    try:
        return typed_text.size(text)
    except typed_text.NotANumber:
        return None


def _text(text: str, of: list[dict[str, Any]], results: list[dict[str, Any]] | None = None) -> str:
    document: dict[str, Any] = json.loads(text) if text else dict(FORMAT)
    results = document.get("results", []) if results is None else results
    here = {film["id"] for film in of}
    results = [result | {"films": [name for name in result.get("films", []) if name in here]} for result in results]
    return json.dumps({**document, "films": of, **({"results": results} if results else {})})
