"""Where the two rings of a hexapod stand on their fragments, as far as frame, readings and stages have been entered."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from hexapod.case.level_parts import OwnStrut, RingEntry, Stage
from hexapod.deformity.quantities import Fragment, Side, other
from hexapod.errors import CatalogueError, HexapodError
from hexapod.geometry.transforms import Array, invert
from hexapod.hardware.catalogue import load_catalogue
from hexapod.hardware.models import Ring, Strut, ring_of_joints
from hexapod.kinematics.forward import own_pose
from hexapod.trajectory.bone_trajectory import stage_target

# Poses of frames kept: while words are typed, the readings stay.
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
    found = {end: _ring(frame.get(f"{end}_ring")) for end in (reference, moving)}
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


def _ring(value: Any) -> Ring | None:
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
    T.flags.writeable = False  # kept for other calls
    return T
