"""A hexapod as far as it has been entered: what can be drawn of it already, and sentences for what cannot."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

import numpy as np
from pydantic import TypeAdapter, ValidationError

from hexapod.case.field_types import Millimetres, PositiveMillimetres, WordFields
from hexapod.case.level_parts import AlongBone, Bone, Deformity, Mounting, Place
from hexapod.collision.bone_end_overlap import reference_face
from hexapod.deformity import quantities as w
from hexapod.deformity.mounting import along_bone, place, ring_mount
from hexapod.deformity.pose import deformity_pose
from hexapod.deformity.quantities import Fragment, Side, moving_end
from hexapod.drawings.entry.rings import entered_rings
from hexapod.drawings.radiograph_views import PlacedLevel, place_level
from hexapod.errors import GeometryError
from hexapod.geometry.transforms import Array

Words = TypeVar("Words", bound=WordFields)
CHOOSE_SIDE = "Choose the side: left and right limbs are drawn as mirror images, so no radiograph is drawn yet."
CHOOSE_REFERENCE = "Choose the reference fragment: the radiograph is taken square to it, so none is drawn yet."
CHOOSE_BONE = "Choose the bone: its outline is not drawn yet."
DEFORMITY_UNREADABLE = "The deformity cannot be drawn as it is entered: correct what is marked at its fields."
MOUNTING_UNREADABLE = (
    "The mounting parameters cannot be drawn as they are entered: correct what is marked at their fields."
)
NO_MOUNTING = "Mounting parameters not entered yet: no ring is drawn."
NO_DIAMETER = "Diameter of the bone not entered: its width is only a sketch."
NO_CUT = "Osteotomy level not entered: it is drawn at the corresponding point."
NO_BONE = "Osteotomy not entered: it is not drawn, and the width of the bone is only a sketch."


@dataclass(frozen=True)
class EntryLevel:
    """What can be drawn of a level.

    `unread` are the pairs of the deformity with an entry that cannot be read; `structures` the numbers (from 1) and
    names of those drawn; `notes` say what is not drawn and why.
    """

    side: Side
    bone: Bone
    placed: PlacedLevel
    deformity: Mapping[str, float]
    unread: tuple[w.Pair, ...]
    cut_given: bool
    diameter_given: bool
    structures: tuple[tuple[int, str], ...]
    on_ulna: bool
    notes: tuple[str, ...]


def entry_level(limb: Any, level: Any, unread: Collection[str] = ()) -> EntryLevel | tuple[str, ...]:
    """A hexapod of a case document that may lack anything; or, where nothing can be drawn, what to enter first.

    `unread` are keys inside the level, such as `deformity.varus_deg`, whose entry has no meaning yet and which the
    document therefore leaves out: they are told as such, not taken for zero.
    """
    limb, level = _dict(limb), _dict(level)
    side, bone, reference = limb.get("side"), limb.get("bone"), level.get("reference")
    first = [
        sentence
        for value, known, sentence in (
            (side, get_args(Side), CHOOSE_SIDE),
            (bone, get_args(Bone), CHOOSE_BONE),
            (reference, get_args(Fragment), CHOOSE_REFERENCE),
        )
        if value not in known
    ]
    deformity = _words(Deformity, level.get("deformity"))
    if deformity is None:
        first.append(DEFORMITY_UNREADABLE)
    if first or deformity is None:
        return tuple(first)
    return _drawable(side, bone, reference, level, deformity, frozenset(unread))


def _drawable(
    side: Side, bone: Bone, reference: Fragment, level: dict[str, Any], deformity: Deformity, unread: frozenset[str]
) -> EntryLevel:
    notes: list[str] = []
    T_ref_mov = deformity_pose(deformity.words(), side, reference)
    diameter_mm, cut_mm = _bone(level, unread, notes)
    mounting = _mounting(level, unread, notes)
    mounts: dict[Fragment, Array] = {}
    models = {}
    if mounting is not None:
        T_ref_ring = ring_mount(mounting.words(), side)
        rings = entered_rings(level, side, reference, T_ref_mov, T_ref_ring, unread)
        mounts, models = dict(rings.mounts), dict(rings.models)
        notes += rings.notes
    structures = _structures(level, side, unread, notes)
    bad = tuple(
        pair
        for pair in w.DEFORMITY
        if {f"deformity.{pair.positive}", f"deformity.{pair.negative}"} & unread
        and not {pair.positive, pair.negative} & deformity.words().keys()
    )
    notes += [f"{_capital(pair.quantity)} is not drawn: its entry cannot be read yet." for pair in bad]
    return EntryLevel(
        side=side,
        bone=bone,
        placed=place_level(
            reference,
            T_ref_mov,
            mounts=mounts,
            models=models,
            cut_mm=cut_mm or 0.0,
            reference_end_mm=None if cut_mm is None else _reference_end(level, reference, T_ref_mov, cut_mm),
            diameter_mm=diameter_mm,
            structures_mm=np.array([at for _, _, at in structures], float).reshape(-1, 3),
        ),
        deformity=deformity.words(),
        unread=bad,
        cut_given=cut_mm is not None,
        diameter_given=diameter_mm is not None,
        structures=tuple((number, name) for number, name, _ in structures),
        on_ulna="ulna" in str(level.get("name") or "").lower(),
        notes=tuple(notes),
    )


def _reference_end(
    level: dict[str, Any], reference: Fragment, T_ref_mov: Array, cut_mm: float
) -> tuple[float, Array] | None:
    """Where the reference fragment ends, as `planning.gaps.reference_end` has it of a whole case; None: square."""
    far = moving_end(reference)
    apart = _size(_dict(level.get("bone")).get("gap_mm"), positive=False)
    if not apart:
        apart = max(far * float(T_ref_mov[2, 3]), 0.0) if level.get("couple") else 0.0
    try:
        return reference_face(T_ref_mov, cut_mm, far, apart)
    except GeometryError:
        # Angulated by 90 deg or more: no osteotomy ends both, and planning says so.
        return None


def _bone(level: dict[str, Any], unread: frozenset[str], notes: list[str]) -> tuple[float | None, float | None]:
    """Diameter of the bone and osteotomy level in mm, each as far as it is entered."""
    given = _dict(level.get("bone"))
    diameter = _size(given.get("diameter_mm"), positive=True)
    osteotomy = _words(AlongBone, given.get("osteotomy"))
    wrong = osteotomy is None or any(key.startswith(("bone.diameter", "bone.osteotomy")) for key in unread)
    if wrong:
        notes.append("The osteotomy cannot be drawn as it is entered: correct what is marked at its fields.")
    if osteotomy is not None and osteotomy.words():
        cut: float | None = along_bone(osteotomy.words())
    elif diameter is not None and not wrong:
        cut = 0.0
        notes.append(NO_CUT)
    else:
        cut = None
    if not wrong and diameter is None:
        notes.append(NO_BONE if cut is None else NO_DIAMETER)
    return diameter, cut


def _mounting(level: dict[str, Any], unread: frozenset[str], notes: list[str]) -> Mounting | None:
    mounting = _words(Mounting, level.get("mounting"))
    if mounting is None or any(key.startswith("mounting") for key in unread):
        notes.append(MOUNTING_UNREADABLE)
        return None
    if level.get("mounting") is None:
        notes.append(NO_MOUNTING)
        return None
    return mounting


def _structures(
    level: dict[str, Any], side: Side, unread: frozenset[str], notes: list[str]
) -> list[tuple[int, str, Array]]:
    """Numbers, names and places (3,) of the structures at risk whose place is entered."""
    found = []
    entered = level.get("structures_at_risk")
    for number, item in enumerate(entered if isinstance(entered, list | tuple) else [], start=1):
        one = _dict(item)
        name = str(one.get("name") or "").strip() or "structure without a name"
        at = _words(Place, one.get("at"))
        here = f"structures_at_risk[{number - 1}].at"
        if at is None or not at.words() or any(key.startswith(here) for key in unread):
            notes.append(f"S{number} ({name}) is not drawn: its place is not entered yet.")
            continue
        found.append((number, name, place(at.words(), side)))
    return found


def _words(model: type[Words], value: Any) -> Words | None:
    """The words of an entry; none where it is absent; None where they have no single meaning."""
    try:
        return model.model_validate({} if value is None else value)
    except ValidationError:
        return None


@functools.cache
def _reader(positive: bool) -> TypeAdapter[float]:
    return TypeAdapter(PositiveMillimetres if positive else Millimetres)


def _size(value: Any, *, positive: bool) -> float | None:
    """A size in mm, or None where there is none or it is none that a case may have."""
    try:
        return _reader(positive).validate_python(value, strict=True)
    except ValidationError:
        return None


def _dict(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
