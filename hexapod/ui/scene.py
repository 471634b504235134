"""The scene of the 3D preview: joints, poses and readings of a planned level, as the plan has them."""

from __future__ import annotations

from typing import Any

import numpy as np

from hexapod.case.model import Case
from hexapod.clinical.mounting import along_bone
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Ring
from hexapod.plan import LevelPlan, Plan
from hexapod.ui.colours import STRUT_SHADES


def frame_scene(case: Case, plan: Plan, index: int) -> dict[str, Any] | None:
    """What the preview draws of level `index`, or None when the plan has no schedule for it."""
    planned, level = plan.levels[index], case.levels[index]
    if planned.frame is None or not planned.rows:
        return None
    setup = planned.frame.setup
    proximal, distal = setup.joints_mm
    structures = len(level.structures_at_risk)
    tracked = setup.tracked
    first = len(tracked.names) - structures
    return {
        "fingerprint": plan.case_sha256,
        "title": case.title,
        "side": case.limb.side,
        "bone": case.limb.bone,
        "reference": level.reference,
        "level_name": level.name,
        "follows": level.coupled,
        "segments": _segments(case, index),
        "new_bone": _new_bone(planned),
        "days": [
            {"date": row.date.isoformat(), "stage": row.stage, "settings_mm": list(row.settings_mm)}
            for row in planned.rows
        ],
        "poses": [_twelve(row.pose) for row in planned.rows],
        "T_ref_ring": _twelve(setup.T_ref_ring),
        "T_mov_mring": _twelve(planned.frame.T_mov_mring),
        "proximal_joints_mm": proximal.tolist(),
        "distal_joints_mm": distal.tolist(),
        "rings": {"proximal": _body(setup.proximal_ring), "distal": _body(setup.distal_ring)},
        "strut_colours": list(STRUT_SHADES.values()),
        "bone_diameter_mm": level.bone.diameter_mm if level.bone else None,
        "osteotomy_z_mm": along_bone(level.bone.osteotomy.words()) if level.bone else None,
        "structures": [
            {"name": tracked.names[k], "p_mov_mm": tracked.places_mov_mm[k].tolist()}
            for k in range(first, first + structures)
        ],
    }


def _segments(case: Case, index: int) -> dict[str, bool]:
    """Which fragments lie between two levels.  Levels are known to join end to end only where one follows."""
    if not any(level.coupled for level in case.levels):
        return {"proximal": False, "distal": False}
    level = case.levels[index]
    return {"proximal": level is not case.levels[0], "distal": level is not case.levels[-1]}


def _new_bone(planned: LevelPlan) -> bool:
    """Whether what opens between the fragments is new bone: not where they stood apart from the start."""
    start = planned.rows[0]
    return start.regenerate_mm is not None or start.docking_mm is None


def _twelve(T: Array) -> list[float]:
    """The first three rows of a pose."""
    return [float(value) for value in np.asarray(T)[:3].ravel()]


def _body(ring: Ring) -> dict[str, float]:
    return {
        "inner_radius_mm": ring.inner_radius_mm,
        "outer_radius_mm": ring.outer_radius_mm,
        "thickness_mm": ring.thickness_mm,
    }
