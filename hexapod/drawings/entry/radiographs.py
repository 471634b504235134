"""The films of a level while its words are entered: AP and lateral, redrawn from whatever is there already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from hexapod.deformity import quantities as w
from hexapod.deformity.sides import Fragment, other
from hexapod.drawings.entry.layout import FILM_HEIGHT_PX, FILM_WIDTH_PX
from hexapod.drawings.entry.level import EntryLevel, entry_level
from hexapod.drawings.entry.radiograph import entry_film
from hexapod.drawings.screen_marks import (
    ANGLE,
    CUT,
    HELD,
    INK,
    MEDIUM_PX,
    MOVES,
    SHIFT,
    SKETCH_DASH,
    SOFT,
    THICK_PX,
    corresponding_mark,
    origin_mark,
    risk_mark,
)
from hexapod.drawings.svg import area, line
from hexapod.text.deformity_sentences import words_sentence

__all__ = ["FILM_HEIGHT_PX", "FILM_WIDTH_PX", "EntryFilms", "Key", "entry_films", "inner_fragments"]

# Size of a mark in the key (px).
KEY_WIDTH_PX, KEY_HEIGHT_PX = 24.0, 16.0


@dataclass(frozen=True)
class Key:
    """What a mark stands for: the mark (SVG, hidden from screen readers) and its words."""

    mark: str
    words: str


@dataclass(frozen=True)
class EntryFilms:
    """AP and lateral film (SVG each; none where they cannot be drawn), their key, and sentences.

    `unseen` is what of the deformity neither film shows; `notes` say what is not drawn, and what to choose or type.
    """

    films: tuple[str, ...]
    key: tuple[Key, ...]
    unseen: str
    notes: tuple[str, ...]


def entry_films(limb: Any, level: Any, *, unread: Collection[str] = (), inner: Collection[Fragment] = ()) -> EntryFilms:
    """The films of one entry of `levels` of a case document, which may lack any key.

    Args:
        limb: `limb` of the document, at least with side and bone for a film to be drawn.
        level: one of its `levels`.
        unread: keys inside the level (`deformity.varus_deg`) whose entry cannot be read and is left out of it.
        inner: fragments that lie between two levels, without a joint end.
    """
    entered = entry_level(limb, level, unread)
    if not isinstance(entered, EntryLevel):
        return EntryFilms((), (), "", entered)
    films = tuple(entry_film(entered, view, inner) for view in ("AP", "lateral"))
    return EntryFilms(films, _key(entered), _unseen(entered), entered.notes)


def inner_fragments(levels: Any, index: int) -> frozenset[Fragment]:
    """The fragments of a level of a case document that lie between it and another one, and so have no joint end.

    Levels are known to join end to end only where one follows the others.
    """
    if not isinstance(levels, list) or not any(isinstance(one, Mapping) and one.get("couple") for one in levels):
        return frozenset()
    ends: tuple[tuple[Fragment, bool], ...] = (("proximal", index > 0), ("distal", index < len(levels) - 1))
    return frozenset(name for name, inside in ends if inside)


def _unseen(level: EntryLevel) -> str:
    """Rotation about the bone's own axis, which neither film shows as an angle."""
    rotation = w.AXIAL_ROTATION
    told = {word: size for word, size in level.deformity.items() if word in (rotation.positive, rotation.negative)}
    if rotation in level.unread:
        return ""
    return f"Seen on neither film: {words_sentence(told)} of the distal fragment on the proximal one." if told else ""


def _key(level: EntryLevel) -> tuple[Key, ...]:
    reference = level.standing.reference
    middle = (0.5 * KEY_WIDTH_PX, 0.5 * KEY_HEIGHT_PX)
    box = [(2.0, 3.0), (22.0, 3.0), (22.0, 13.0), (2.0, 13.0)]
    across = [(2.0, middle[1]), (22.0, middle[1])]
    dash = "" if level.diameter_given else SKETCH_DASH
    entries = [
        (area(box, HELD, INK, MEDIUM_PX, dash), f"{reference} fragment: reference, held still"),
        (area(box, MOVES, INK, MEDIUM_PX, dash), f"{other(reference)} fragment: moves"),
        (origin_mark(middle), "origin"),
        (corresponding_mark(middle), "corresponding point"),
        (line(across, SOFT, MEDIUM_PX, "6 3 2 3"), "axes of the fragments"),
    ]
    if level.cut_given:
        entries.append((line(across, CUT, THICK_PX), "cut of the bone"))
    angles, shifts = (
        (w.AP_ANGULATION, w.LATERAL_ANGULATION),
        (w.AP_TRANSLATION, w.LATERAL_TRANSLATION, w.AXIAL_TRANSLATION),
    )
    for pairs, colour, told in ((angles, ANGLE, "angulation"), (shifts, SHIFT, "translation")):
        if any(level.deformity.get(word) for pair in pairs for word in (pair.positive, pair.negative)):
            entries.append((line(across, colour, THICK_PX), told))
    entries += [(risk_mark(middle), f"S{number}: {name}") for number, name in level.structures]
    return tuple(Key(_mark(mark), told) for mark, told in entries)


def _mark(mark: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="hx-key" aria-hidden="true" width="{KEY_WIDTH_PX:g}" '
        f'height="{KEY_HEIGHT_PX:g}" viewBox="0 0 {KEY_WIDTH_PX:g} {KEY_HEIGHT_PX:g}">{mark}</svg>'
    )
