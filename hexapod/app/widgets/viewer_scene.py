"""The 3D preview: the pane that every step shares, its scene of joints, poses and readings as the plan has them, and
jumps.

The pane has a place of its own, and stays on the page while the step changes: the frame as far as the entries tell it,
beside what is entered.  What every key of a scene means is told in viewer/README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

import numpy as np
import streamlit as st

from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import session
from hexapod.app.viewer import ViewerNotBuiltError, frame_viewer
from hexapod.app.widgets.drawings import unread_keys
from hexapod.case.model import DrivenLevel
from hexapod.checks.collision_bodies import LimbShape
from hexapod.checks.findings import Finding
from hexapod.deformity.pose import along_bone
from hexapod.deformity.quantities import Fragment, other
from hexapod.drawings.entry.level import EntryLevel, entry_level
from hexapod.geometry.transforms import Array, invert, rotation_vector
from hexapod.hardware.models import Ring, Strut
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.plan.plan_file import fitted_struts
from hexapod.text.strut_looks import STRUT_LOOKS
from hexapod.trajectory.coupled_levels import segment_shift

# Whole numbers are micrometres and microradians: half of one at 500 mm from the origin is 0.00025 mm, a hundredth of
# the finest mark of a strut, and far below one point of a screen.
PER_MM = 1000.0
PER_RAD = 1e6

# Three of the rotation vector, three of the shift; None where the pose is that of the day before.
CompactPose = list[int] | None
# Straight pieces that the edges of an open ring are sent as.
OPEN_PIECES = 48
# Of the drawing, where the page has room for it; beside the steps it takes what is left below the banner.
HEIGHT_PX = 620


def frame_scene(plan: Plan, index: int) -> dict[str, Any]:
    """What the preview draws with level `index` in hand.

    In a case with a coupled level it is known how the levels join, so all of them are in the scene; in any other case
    the level is alone in it.
    """
    case, rows, joined = plan.case, plan.levels[index].rows, plan.case.coupled
    shown = plan.levels if joined else plan.levels[index : index + 1]
    settings = [list(row.settings_mm) for row in rows]
    return {
        "planned": True,
        "notes": [],
        "fingerprint": plan.case_sha256,
        "title": case.title,
        "side": case.limb.side,
        "bone": case.limb.bone,
        "first_date": rows[0].date.isoformat(),
        "stages": [[name, len(list(days))] for name, days in groupby(row.stage for row in rows)],
        "settings_mm": [None if k and now == settings[k - 1] else now for k, now in enumerate(settings)],
        "strut_colours": [look.shade for look in STRUT_LOOKS.values()],
        "in_hand": index if joined else 0,
        "others_unknown": len(case.levels) > 1 and not joined,
        "levels": [_level(level, joined) for level in shown],
    }


def entered_scene(entered: EntryLevel, name: str, settings_mm: Sequence[float] = ()) -> dict[str, Any]:
    """What the preview draws of a hexapod whose entries make no plan yet: what is known of it, as it stands on day 0.

    Args:
        entered: the hexapod as far as it is entered.
        name: its name.
        settings_mm: the six settings of day 0, none while they are not known.
    """
    placed, moving = entered.placed, other(entered.placed.reference)
    T_mov_ref = invert(placed.shafts[moving].T_ref_frag)
    ends = {end: shaft.axis_mm[0] for end, shaft in placed.shafts.items()}
    structures = placed.structures_mm @ T_mov_ref[:3, :3].T + T_mov_ref[:3, 3]
    mounts = {end: ring.T_ref_ring for end, ring in placed.rings.items()}
    T_mov_mring = T_mov_ref @ mounts[moving] if moving in mounts else None
    rings = {end: placed.rings[end].ring if end in placed.rings else None for end in placed.shafts}
    proximal, distal = rings["proximal"], rings["distal"]
    level = {
        "name": name,
        "reference": placed.reference,
        "follows": False,
        "segment_mm": None,
        "new_bone": False,
        "poses": compact_poses(placed.shafts[moving].T_ref_frag[None]),
        "T_ref_ring": _twelve(mounts[placed.reference]) if placed.reference in mounts else None,
        "T_mov_mring": None if T_mov_mring is None else _twelve(T_mov_mring),
        "proximal_joints_mm": None if proximal is None else proximal.proximal_joints_mm.tolist(),
        "distal_joints_mm": None if distal is None else distal.distal_joints_mm.tolist(),
        "rings": {end: None if ring is None else _body(ring, end) for end, ring in rings.items()},
        "struts": [],
        "bone_diameter_mm": 2.0 * placed.shafts[moving].radius_mm if entered.diameter_given else None,
        "osteotomy_z_mm": float(T_mov_ref[2, :3] @ ends[moving] + T_mov_ref[2, 3]) if entered.cut_given else None,
        "reference_end": [float(ends[placed.reference][2]), *_numbers(placed.shafts[placed.reference].slope)],
        "travels": False,
        "structures": [
            {"name": structure, "p_mov_mm": _numbers(at)}
            for (_, structure), at in zip(entered.structures, structures, strict=True)
        ],
        "limb": None,
    }
    return {
        "planned": False,
        "notes": list(entered.notes),
        "fingerprint": "",
        "title": "",
        "side": entered.side,
        "bone": entered.bone,
        "first_date": None,
        "stages": [],
        "settings_mm": [list(settings_mm)],
        "strut_colours": [look.shade for look in STRUT_LOOKS.values()],
        "in_hand": 0,
        "others_unknown": False,
        "levels": [level],
    }


def days_of(scene: dict[str, Any]) -> int:
    """The number of days of a scene, day 0 counted."""
    return len(scene["settings_mm"])


def _level(planned: LevelPlan, joined: bool) -> dict[str, Any]:
    level, setup, end = planned.entered, planned.setup, planned.reference_end
    proximal, distal = setup.joints_mm
    tracked = setup.tracked
    structures = range(len(tracked.names) - len(level.structures_at_risk), len(tracked.names))
    return {
        "name": level.name,
        "reference": level.reference,
        "follows": level.coupled,
        "segment_mm": None if level.segment is None or not joined else _numbers(segment_shift(setup)[:3, 3]),
        "new_bone": _new_bone(planned),
        "poses": compact_poses(np.array([row.pose for row in planned.rows])),
        "T_ref_ring": _twelve(setup.T_ref_ring),
        "T_mov_mring": _twelve(planned.frame.T_mov_mring),
        "proximal_joints_mm": proximal.tolist(),
        "distal_joints_mm": distal.tolist(),
        "rings": {
            "proximal": _body(setup.proximal_ring, "proximal"),
            "distal": _body(setup.distal_ring, "distal"),
        },
        "struts": [
            [_strut_body(one.first_day, one.model) for one in fitted_struts(planned, number)] for number in STRUT_LOOKS
        ],
        "bone_diameter_mm": level.bone.diameter_mm if level.bone else None,
        "osteotomy_z_mm": along_bone(level.bone.osteotomy.words()) if level.bone else None,
        "reference_end": None if end is None else [end[0], *_numbers(end[1])],
        "travels": isinstance(level, DrivenLevel) and level.docking_gap_mm is not None,
        "structures": [{"name": tracked.names[k], "p_mov_mm": _numbers(tracked.places_mov_mm[k])} for k in structures],
        "limb": _limb(planned.limb),
    }


def _new_bone(planned: LevelPlan) -> bool:
    """Whether what opens between the fragments is regenerate: not where they stood apart from the start."""
    start = planned.rows[0]
    if planned.entered.indication != "osteotomy":
        return False
    return start.regenerate_mm is not None or start.docking_mm is None


def _strut_body(from_day: int, strut: Strut) -> dict[str, Any]:
    shortest, longest = sorted((strut.length(strut.min_mm), strut.length(strut.max_mm)))
    return {
        "from_day": from_day,
        "model": strut.name,
        "shortest_mm": shortest,
        "longest_mm": longest,
        "diameter_mm": strut.body_diameter_mm,
    }


def _limb(limb: LimbShape | None) -> dict[str, Any] | None:
    if limb is None:
        return None
    return {
        "proximal_mm": _numbers(limb.proximal_mm),
        "distal_mm": _numbers(limb.distal_mm),
        "proximal_radius_mm": limb.proximal_radius_mm,
        "distal_radius_mm": limb.distal_radius_mm,
    }


def _numbers(values: Array) -> list[float]:
    return [float(value) for value in values]


def _twelve(T: Array) -> list[float]:
    """The first three rows of a pose."""
    return _numbers(np.asarray(T)[:3].ravel())


def _body(ring: Ring, used: Fragment) -> dict[str, Any]:
    body: dict[str, Any] = {
        "inner_radius_mm": ring.inner_radius_mm,
        "outer_radius_mm": ring.outer_radius_mm,
        "thickness_mm": ring.thickness_mm,
    }
    if not ring.outline.closed:
        edges = (
            ring.outline.line(radius, OPEN_PIECES, used) for radius in (ring.inner_radius_mm, ring.outer_radius_mm)
        )
        body["edges_mm"] = [edge.round(3).tolist() for edge in edges]
    return body


def compact_poses(T: Array) -> list[CompactPose]:
    """Poses (n, 4, 4) as six whole numbers each: rotation vector in microradians, shift in micrometres.

    A pose whose six numbers are those of the one before is None: days of rest cost nothing.

    >>> import numpy as np
    >>> from hexapod.geometry.transforms import shift
    >>> compact_poses(np.array([shift([0.0, 0.0, 1.5]), shift([0.0, 0.0, 1.5])]))
    [[0, 0, 0, 0, 0, 1500], None]
    """
    turns, shifts = rotation_vector(T[:, :3, :3]) * PER_RAD, T[:, :3, 3] * PER_MM
    rows: list[list[int]] = np.rint(np.concatenate([turns, shifts], axis=1)).astype(int).tolist()
    return [None if k and row == rows[k - 1] else row for k, row in enumerate(rows)]


@dataclass(frozen=True)
class Jump:
    """Where the preview shall go: a day, and the names of the bodies that shall stand out there (none, one or two).

    Names are those of `Finding.bodies`: "strut 1" to "strut 6", "proximal ring", "distal ring", "bone", "limb".
    `number` tells one click from the next: the preview follows a number once, so that the same jump can be asked for
    again, and a page that is drawn anew does not throw back the day that was chosen since.
    """

    day: int
    bodies: tuple[str, ...] = ()
    number: int = 0


def jump_of(finding: Finding, number: int = 0) -> Jump | None:
    """The jump to what a finding is about, or None when it belongs to no day.

    A finding is shown in the preview of its own level, `finding.level`.
    """
    if finding.day is None:
        return None
    bodies = finding.bodies or (() if finding.strut is None else (f"strut {finding.strut}",))
    return Jump(finding.day, bodies, number)


def show(outcome: Outcome) -> None:
    """The preview of the hexapod in hand: of its plan, or of what is entered as long as there is none."""
    case, level = session.opened(), session.level()
    scene, description = _scene(outcome)
    try:
        frame_viewer(
            scene,
            key="preview",
            case=f"{case.meant}-{level['uid']}",
            height=HEIGHT_PX,
            show=_jump(),
            description=description,
        )
    except ViewerNotBuiltError as error:
        st.html(f'<p class="hx-line hx-missing">{escape(str(error))}</p>')


def _scene(outcome: Outcome) -> tuple[dict[str, Any] | None, str]:
    """What is drawn; or none, and what to choose first."""
    index = session.level_index()
    if isinstance(outcome.plan, Plan):
        return frame_scene(outcome.plan, index), ""
    reading = outcome.reading
    level = reading.document["levels"][index]
    entered = entry_level(reading.document["limb"], level, unread_keys(reading.troubles, index))
    if not isinstance(entered, EntryLevel):
        return None, f"Nothing can be drawn yet. {' '.join(entered)}"
    return entered_scene(entered, session.level()["name"], _settings(level)), ""


def _settings(level: dict[str, Any]) -> list[float]:
    """The six settings of day 0, none while they are not known."""
    frame = level.get("frame") or {}
    settings = frame.get("settings_mm") or []
    known = frame.get("settings_at") == "start" and all(isinstance(one, int | float) for one in settings)
    return list(settings) if known and len(settings) == len(STRUT_LOOKS) else []


def _jump() -> Jump | None:
    """Where the last finding that was asked for leads, when it is of the level shown."""
    asked = session.opened().jump
    return asked[1] if asked and asked[0] == session.level()["uid"] else None
