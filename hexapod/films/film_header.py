"""A radiograph that was opened, as `hexapod-films/1` has it: its scale, and its header against what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hexapod.case.film_format import COARSEST_MM_PER_PX, SeenFrom, View
from hexapod.deformity.quantities import Side
from hexapod.films.film_file import FilmPicture, FilmRefused
from hexapod.films.scale import ScaleUnclear, scale_of_header

# Where the letters of PatientOrientation lie on a film that is not mirrored: (right, up), by where it is seen from.
# L and R are the patient's left and right, A anterior, P posterior, H towards the head, F towards the feet.
_UP: Mapping[str, tuple[int, int]] = {"H": (0, 1), "F": (0, -1)}
_TO_THE_RIGHT: Mapping[SeenFrom, str] = {"front": "L", "back": "R", "left": "P", "right": "A"}
_OPPOSITE = {"L": "R", "R": "L", "A": "P", "P": "A"}
_VIEW_WORDS: Mapping[str, View] = {
    "AP": "ap", "PA": "ap", "LL": "lateral", "RL": "lateral", "LLD": "lateral", "RLD": "lateral",
    "LAT": "lateral", "LATERAL": "lateral",
}  # fmt: skip
_SIDES: Mapping[str, Side] = {"L": "left", "R": "right", "LEFT": "left", "RIGHT": "right"}
# Spacings of rows and of columns that differ by less than this share are square pixels.
_SQUARE = 0.001


def is_mirrored(header: Mapping[str, Any], seen_from: SeenFrom) -> bool | None:
    """Whether the stored pixels are the mirror image, by PatientOrientation (along the rows, then down the columns).

    None where the header does not say, or speaks of another view than one seen from there.

    >>> is_mirrored({"PatientOrientation": ["R", "F"]}, "front")
    True
    >>> is_mirrored({"PatientOrientation": ["L", "F"]}, "front")
    False

    Source: DICOM PS3.3, C.7.6.1.1.1 Patient Orientation.
    """
    axes = _axes(header, seen_from)
    if axes is None:
        return None
    (along_x, along_y), (down_x, down_y) = axes
    turns = along_x * down_y - along_y * down_x
    # Right, then down, turns clockwise: below zero with up as the second axis.
    return None if turns == 0 else turns > 0


def contradictions(header: Mapping[str, Any], side: Side, view: View, seen_from: SeenFrom) -> list[str]:
    """Sentences for what the header says otherwise than what is said of the radiograph; none where it agrees."""
    found = []
    for keyword in ("ImageLaterality", "Laterality"):
        said = _SIDES.get(str(header.get(keyword)), side)
        if said != side:
            found.append(f"The header says that this is a {said} limb, not a {side} one ({keyword}).")
    word = header.get("ViewPosition")
    if word is not None and _VIEW_WORDS.get(word) != view:
        found.append(f"The header says that the view is {word}, not {'AP' if view == 'ap' else 'lateral'}.")
    letters = "\\".join(header.get("PatientOrientation", ()))
    if any(len(word) > 1 for word in header.get("PatientOrientation", ())):
        found.append(f"The header says that rows and columns run obliquely ({letters}): measure on square views.")
    elif letters and is_mirrored(header, seen_from) is None:
        found.append(
            f"The header says that rows and columns run {letters}, which is not seen from the {_spoken(seen_from)}."
        )
    return found


def record_of(
    picture: FilmPicture, *, name: str, side: Side, view: View, seen_from: SeenFrom
) -> tuple[dict[str, Any], list[str]]:
    """The radiograph with its scale and no points yet, and sentences on what a person should know or check.

    Raises:
        FilmRefused: pixels that are not square, without a scale.
    """
    notes = contradictions(picture.header, side, view, seen_from)
    mirrored = is_mirrored(picture.header, seen_from) is True
    if mirrored:
        notes.append("The header says that the picture is stored mirrored: it is turned back where it is measured.")
    if picture.turned:
        notes.append("The file says that the camera was turned: the picture is turned upright.")
    scale = None
    _check_square(picture.header)
    try:
        told = scale_of_header(picture.header)
        notes.append(told.formula)
        if told.mm_per_px is not None and max(told.mm_per_px) <= COARSEST_MM_PER_PX:
            scale = {"from": "header", "mm_per_px": list(told.mm_per_px)}
    except ScaleUnclear as unclear:
        notes.append(str(unclear))
    record = {
        "id": name,
        "view": view,
        "side": side,
        "seen_from": seen_from,
        "pixels_sha256": picture.sha256,
        "columns": picture.columns,
        "rows": picture.rows,
        "mirrored": mirrored,
        "scale": scale,
        "points": [],
    }
    return record, notes


def _check_square(header: Mapping[str, Any]) -> None:
    """Refuse pixels that are oblong by a spacing which is no scale at the bone."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "PixelAspectRatio"):
        sizes = header.get(keyword) or []
        if len(sizes) == 2 and min(sizes) > 0.0 and max(sizes) > min(sizes) * (1.0 + _SQUARE):
            try:
                if scale_of_header(header).mm_per_px is not None:
                    return
            except ScaleUnclear:
                pass
            raise FilmRefused("oblong", f"{sizes[0]:g} x {sizes[1]:g}")


def _axes(header: Mapping[str, Any], seen_from: SeenFrom) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Directions (right, up) of the rows and of the columns, by the first letter of each; None where none fits."""
    letters = header.get("PatientOrientation", ())
    right = _TO_THE_RIGHT[seen_from]
    places = {**_UP, right: (1, 0), _OPPOSITE[right]: (-1, 0)}
    if len(letters) != 2 or any(word[0] not in places for word in letters):
        return None
    return places[letters[0][0]], places[letters[1][0]]


def _spoken(seen_from: SeenFrom) -> str:
    return seen_from if seen_from in ("front", "back") else f"patient's {seen_from}"
