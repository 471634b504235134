"""A hexapod that may be entered only in part: what can be drawn of it, its rings, and what is missing."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

import numpy as np
from pydantic import TypeAdapter, ValidationError

from hexapod.case.field_types import Millimetres, PositiveMillimetres, WordFields
from hexapod.case.level_parts import AlongBone, Bone, Deformity, Indication, Mounting, OwnStrut, Place, RingEntry, Stage
from hexapod.collision.bone_end_overlap import reference_face
from hexapod.deformity import quantities as w
from hexapod.deformity.pose import along_bone, deformity_pose, place, ring_mount
from hexapod.deformity.quantities import Fragment, Side, moving_end, other
from hexapod.drawings.radiograph_views import PlacedLevel, place_level
from hexapod.errors import CatalogueError, GeometryError, HexapodError
from hexapod.geometry.transforms import Array, invert
from hexapod.hardware.catalogue import load_catalogue
from hexapod.hardware.models import Ring, Strut, ring_of_joints
from hexapod.kinematics.forward import own_pose
from hexapod.trajectory.bone_trajectory import stage_target
from hexapod.trajectory.gaps import fit_of_ends

Words = TypeVar("Words", bound=WordFields)
CHOOSE_SIDE = "Choose the side: left and right limbs are drawn as mirror images."
CHOOSE_REFERENCE = "Choose the reference fragment: radiographs are taken square to it."
CHOOSE_BONE = "Choose the bone: its outline is drawn."
DEFORMITY_UNREADABLE = "The deformity cannot be drawn as it is entered: correct what is marked at its fields."
MOUNTING_UNREADABLE = (
    "The mounting parameters cannot be drawn as they are entered: correct what is marked at their fields."
)
NO_MOUNTING = "Mounting parameters not entered yet: no ring is drawn."
NO_DIAMETER = "Diameter of the bone not entered: its width is only a sketch."
NO_CUT = "{} level not entered: it is drawn at the corresponding point."
NO_BONE = "{} not entered: it is not drawn, and the width of the bone is only a sketch."


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
    site: str
    diameter_given: bool
    structures: tuple[tuple[int, str], ...]
    on_ulna: bool
    notes: tuple[str, ...]


def entry_level(limb: Any, level: Any, unread: Collection[str] = ()) -> EntryLevel | tuple[str, ...]:
    """A hexapod of a case document that may lack anything; or, where nothing can be drawn, what to enter first.

    `unread` are keys inside the level, such as `deformity.varus_deg`, whose entry has no meaning yet and which the
    document therefore leaves out: they are named as unreadable, not taken for zero.
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
        site=_indication(level),
        diameter_given=diameter_mm is not None,
        structures=tuple((number, name) for number, name, _ in structures),
        on_ulna="ulna" in str(level.get("name") or "").lower(),
        notes=tuple(notes),
    )


def _reference_end(
    level: dict[str, Any], reference: Fragment, T_ref_mov: Array, cut_mm: float
) -> tuple[float, Array] | None:
    """Where the reference fragment ends, as `trajectory.gaps.reference_end` has it of a whole case; None: square."""
    far = moving_end(reference)
    apart = _size(_dict(level.get("bone")).get("gap_mm"), positive=False)
    if not apart:
        apart = max(far * float(T_ref_mov[2, 3]), 0.0) if level.get("couple") else 0.0
    T_fit, apart = fit_of_ends(_indication(level), T_ref_mov, cut_mm, far, apart)
    try:
        return reference_face(T_fit, cut_mm, far, apart)
    except GeometryError:
        # Angulated by 90 deg or more: no osteotomy ends both, and planning says so.
        return None


def _indication(level: dict[str, Any]) -> Indication:
    """What is treated; an osteotomy while that cannot be read."""
    indication: Any = level.get("indication")
    known: tuple[Indication, ...] = get_args(Indication)
    return next((one for one in known if one == indication), "osteotomy")


def _bone(level: dict[str, Any], unread: frozenset[str], notes: list[str]) -> tuple[float | None, float | None]:
    """Diameter of the bone and osteotomy level in mm, each as far as it is entered."""
    given, site = _dict(level.get("bone")), _indication(level)
    diameter = _size(given.get("diameter_mm"), positive=True)
    osteotomy = _words(AlongBone, given.get("osteotomy"))
    wrong = osteotomy is None or any(key.startswith(("bone.diameter", "bone.osteotomy")) for key in unread)
    if wrong:
        notes.append(f"The {site} cannot be drawn as it is entered: correct what is marked at its fields.")
    if osteotomy is not None and osteotomy.words():
        cut: float | None = along_bone(osteotomy.words())
    elif diameter is not None and not wrong:
        cut = 0.0
        notes.append(NO_CUT.format(_capital(site)))
    else:
        cut = None
    if not wrong and diameter is None:
        cut_is_missing = cut is None and site != "joint"
        notes.append(NO_BONE.format(_capital(site)) if cut_is_missing else NO_DIAMETER)
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
    """The words of an entry; empty where it is absent; None where they are ambiguous."""
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


# How many frame poses are cached: the readings stay the same while other entries are typed.
POSES_KEPT = 128
STRUTS = 6
NO_READINGS = (
    "The {} ring is not drawn yet: enter the six strut settings, and whether they are known at the start or at the end."
)
NO_POSE = "The six strut settings give no pose of this frame: the {} ring is not drawn."
COUPLED_END = "This hexapod compensates and its settings are known at the end: the {} ring is not drawn."


@dataclass(frozen=True)
class EnteredRings:
    """Models and poses (4, 4) on their fragments of the rings that can be drawn; `notes` say why others cannot."""

    models: Mapping[Fragment, Ring]
    mounts: Mapping[Fragment, Array]
    notes: tuple[str, ...]


def entered_rings(
    level: Mapping[str, Any],
    side: Side,
    reference: Fragment,
    T_ref_mov: Array,
    T_ref_ring: Array,
    unread: frozenset[str],
) -> EnteredRings:
    """The rings of a level of a case document that may lack anything.

    The reference ring stands where the mounting puts it; the moving ring where the six readings hold it to that one,
    carried back to day 0 by the fragment's pose at the moment when they were read (conventions section 6).
    """
    moving = other(reference)
    frame = level.get("frame")
    frame = frame if isinstance(frame, Mapping) else {}
    found = {end: known_ring(frame.get(f"{end}_ring")) for end in (reference, moving)}
    models = {end: ring for end, ring in found.items() if ring is not None}
    notes = [f"The {end} ring is not chosen yet: it is not drawn." for end in found if end not in models]
    if any(key.startswith("frame.") and "_ring" in key for key in unread):
        notes.append("A ring's own joints cannot be read yet: correct what is marked at their field.")
    mounts = {reference: T_ref_ring} if reference in models else {}
    if len(models) < len(found):
        return EnteredRings(models, mounts, tuple(notes))
    lengths = _lengths(frame)
    known, why = _known_pose(level, frame, side, reference, T_ref_mov)
    if lengths is None or (known is None and not why):
        return EnteredRings(models, mounts, (*notes, NO_READINGS.format(moving)))
    if known is None:
        return EnteredRings(models, mounts, (*notes, why.format(moving)))
    T_prox_dist = _frame_pose(
        models["proximal"].proximal_joints_mm.tobytes(), models["distal"].distal_joints_mm.tobytes(), lengths
    )
    if T_prox_dist is None:
        return EnteredRings(models, mounts, (*notes, NO_POSE.format(moving)))
    T_ring_mring = T_prox_dist if reference == "proximal" else invert(T_prox_dist)
    T_mov_mring = np.asarray(invert(known) @ T_ref_ring @ T_ring_mring)
    return EnteredRings(models, mounts | {moving: T_mov_mring}, tuple(notes))


def _known_pose(
    level: Mapping[str, Any], frame: Mapping[str, Any], side: Side, reference: Fragment, T_ref_mov: Array
) -> tuple[Array | None, str]:
    """The moving fragment's pose (4, 4) at the moment when the settings were read; else why it is not known."""
    when = frame.get("settings_at")
    if when == "start":
        return T_ref_mov, ""
    if when != "end":
        return None, ""
    if level.get("couple") is not None:
        return None, COUPLED_END
    stages = level.get("stages")
    T = T_ref_mov
    why = "The settings are known at the end of the stages: the {} ring is drawn as soon as those are entered."
    if not isinstance(stages, list | tuple) or not stages:
        return None, why
    for value in stages:
        try:
            T = stage_target(Stage.model_validate(value), T, side, reference)
        except (ValidationError, HexapodError):
            return None, why
    return T, ""


def known_ring(value: Any) -> Ring | None:
    """The ring of an entry of a case document, None while it is not determined."""
    try:
        entry = RingEntry.model_validate(value)
        if entry.joints_mm is not None:
            return ring_of_joints(np.array(entry.joints_mm, float))
        return load_catalogue().ring(str(entry.model))
    except (ValidationError, CatalogueError):
        return None


def _lengths(frame: Mapping[str, Any]) -> tuple[float, ...] | None:
    """Joint-to-joint lengths of the six readings, mm, or None when they are not all known."""
    settings, struts = frame.get("settings_mm"), frame.get("struts")
    if not all(isinstance(one, list | tuple) and len(one) == STRUTS for one in (settings, struts)):
        return None
    fitted = [_strut(value) for value in struts or ()]
    try:
        readings = _SETTINGS.validate_python(list(settings or ()), strict=True)
    except ValidationError:
        return None
    if None in fitted:
        return None
    return tuple(strut.length(reading) for strut, reading in zip(fitted, readings, strict=True) if strut is not None)


_SETTINGS = TypeAdapter(list[float])


def _strut(value: Any) -> Strut | None:
    try:
        if isinstance(value, str):
            return load_catalogue().strut(value)
        own = OwnStrut.model_validate(value)
    except (ValidationError, CatalogueError):
        return None
    return Strut("own", "own", own.min_mm, own.max_mm, own.graduation_mm)


@functools.lru_cache(maxsize=POSES_KEPT)
def _frame_pose(proximal_mm: bytes, distal_mm: bytes, lengths_mm: tuple[float, ...]) -> Array | None:
    """Pose (4, 4) of the distal ring in the proximal ring's axes by six lengths, or None when there is none."""
    proximal, distal = (np.frombuffer(joints_mm).reshape(STRUTS, 3) for joints_mm in (proximal_mm, distal_mm))
    try:
        T = own_pose(proximal, distal, np.array(lengths_mm))
    except HexapodError:
        return None
    T.flags.writeable = False  # the array is cached for other calls
    return T
