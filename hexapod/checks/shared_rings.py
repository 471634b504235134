"""H-26: the ring between two hexapods, which each of them tells: one ring in one place, or two separate rings.

Both places are those on the fragment that the hexapods share.  The rings are bolted to it, so what is found on day 0
holds on every other day.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hexapod.checks import limits
from hexapod.checks.findings import Finding, Limit
from hexapod.checks.ring_places import RingsApart, apart_by_both, check_rings_through
from hexapod.checks.shared_ring_entry import entries_that_agree
from hexapod.deformity.pose import place_words
from hexapod.deformity.quantities import AXIAL_ROTATION, Side, internal_turn
from hexapod.geometry.transforms import Array, rotation_vector
from hexapod.hardware.models import Ring, shown_name
from hexapod.trajectory.frame_trajectory import FrameCourse, Junction, junctions, mounting_entered

# A part of a difference below this (mm, deg) is not told: no radiograph shows it.
SMALLEST_NAMED = 0.5


def check_rings(frames: Sequence[FrameCourse | None]) -> list[Finding]:
    """What is told of the rings of all hexapods together; of each hexapod every code once."""
    found = check_shared_rings(frames)
    known = {(finding.level, finding.code) for finding in found}
    return found + [finding for finding in check_rings_through(frames) if (finding.level, finding.code) not in known]


def check_shared_rings(frames: Sequence[FrameCourse | None]) -> list[Finding]:
    """`segment.ring_apart`, `segment.ring_two_places` and `segment.ring_unsaid` for every fragment of a construct.

    Two hexapods are compared where the lower one has a `segment`; without one it is not known how they stand.
    """
    found = []
    together = list(junctions(frames))
    for junction in together:
        segment = junction[1].setup.level.segment
        assert segment is not None
        if segment.ring == "shared":
            found += _shared(junction, together)
        elif all(map(mounting_entered, junction)):
            found += _not_stated(junction) if segment.ring is None else _out_of_order(junction)
    return found


def _out_of_order(junction: Junction) -> list[Finding]:
    """Separate rings of which the lower hexapod's stands up among the struts of the upper one: no frame is built so."""
    above, below = junction
    beyond_mm, limit = float(apart_by_both(junction).from_above_mm[2]), limits.RINGS_NOT_STATED
    if not limit.exceeded_by(beyond_mm):
        return []
    return [
        Finding(
            "segment.ring_apart",
            limit.verdict,
            below.setup.index,
            f"By these entries the proximal ring of {_name(below)} stands {beyond_mm:.1f} mm proximal of the distal "
            f"ring of {_name(above)}, among its struts. Check the segment and both mountings; where one ring carries "
            f"both hexapods, enter `shared`.",
            value=beyond_mm,
            limit=limit.value,
            unit=limit.unit,
            bodies=("proximal ring",),
        )
    ]


def _not_stated(junction: Junction) -> list[Finding]:
    above, below = junction
    apart, limit = apart_by_both(junction), limits.RINGS_NOT_STATED
    if not limit.undercut_by(apart.mm):
        return []
    models = _ring_names(junction)
    which = f" ({models[0]} and {models[1]})" if None not in models and models[0] != models[1] else ""
    return [
        Finding(
            "segment.ring_unsaid",
            limit.verdict,
            below.setup.index,
            f"The distal ring of {_name(above)} and the proximal ring of {_name(below)} stand {apart.mm:.1f} mm apart"
            f"{which}; nearer than {limit.value:g} mm it must be entered whether they are one ring. Enter `ring` of "
            "the segment: `shared`, and the two hexapods are compared, or `separate`.",
            value=apart.mm,
            limit=limit.value,
            unit=limit.unit,
            bodies=("proximal ring",),
        )
    ]


def _shared(junction: Junction, together: Sequence[Junction]) -> list[Finding]:
    above, below = junction
    models = _ring_names(junction)
    if None not in models and models[0] != models[1]:
        text = (
            f"The ring that {_name(above)} and {_name(below)} share is entered as two models: {models[0]} as "
            f"the distal "
            f"ring above, {models[1]} as the proximal ring below. Enter the model that is fitted in both hexapods, or "
            f"`separate` for two rings."
        )
        return [_two_places(below, text, None, limits.RING_TWICE_MM)]
    apart = apart_by_both(junction)
    wider_mm = _wider_mm(junction)
    measured = (
        (max(apart.mm, abs(wider_mm)), limits.SHARED_RING_MM, limits.RING_TWICE_MM),
        (apart.deg, limits.SHARED_RING_DEG, limits.RING_TWICE_DEG),
    )
    value, caution, refused = max(measured, key=lambda one: _share(one[0], one[2]))
    if not any(limit.exceeded_by(size) for size, limit, _ in measured):
        return []
    sentence = _difference(apart, above.setup.side)
    if limits.SHARED_RING_MM.exceeded_by(abs(wider_mm)):
        sentence += (
            f"; its joints lie on a circle of {_joint_radius_mm(above.setup.distal_ring.distal_joints_mm):.1f} mm "
            f"above and {_joint_radius_mm(below.setup.proximal_ring.proximal_joints_mm):.1f} mm below"
        )
    text = (
        f"The ring that {_name(above)} and {_name(below)} share is entered in two places: the entries of hexapod "
        f"{below.setup.index + 1} put it {sentence} against those of hexapod {above.setup.index + 1}. "
        f"{_advice(junction, together)}"
    )
    if any(limit.exceeded_by(size) for size, _, limit in measured):
        return [_two_places(below, text, value, refused)]
    return [
        Finding(
            "segment.ring_apart",
            caution.verdict,
            below.setup.index,
            text,
            value=value,
            limit=caution.value,
            unit=caution.unit,
            bodies=("proximal ring",),
        )
    ]


def _two_places(below: FrameCourse, text: str, value: float | None, limit: Limit) -> Finding:
    return Finding(
        "segment.ring_two_places",
        limit.verdict,
        below.setup.index,
        text,
        value=value,
        limit=None if value is None else limit.value,
        unit=None if value is None else limit.unit,
        bodies=("proximal ring",),
    )


def _share(value: float, limit: Limit) -> float:
    """A value as a share of its limit; NaN is the worst."""
    share = value / limit.value
    return share if share == share else float("inf")


def _advice(junction: Junction, together: Sequence[Junction]) -> str:
    within = (
        f"One ring has one place: within {limits.SHARED_RING_MM.value:g} mm and {limits.SHARED_RING_DEG.value:g} deg "
        f"the two hexapods agree."
    )
    if limits.SHARED_RING_MM.exceeded_by(abs(_wider_mm(junction))):
        return f"{within} Enter the ring that is fitted in both hexapods, or `separate` for two rings."
    entries = entries_that_agree(junction, together)
    if not entries:
        return (
            f"{within} No single entry explains it: check the segment, and mounting parameters, deformity and strut "
            f"settings of both hexapods; for two rings enter `separate`."
        )
    return f"{within} They would if {'; or if '.join(entries)}. Check these, or enter `separate` for two rings."


def _difference(apart: RingsApart, side: Side) -> str:
    """How a ring stands against another in words; sizes below 0.5 mm or deg are left out."""
    parts = [
        f"{size:.1f} mm {word.removesuffix('_mm')}"
        for word, size in place_words(apart.from_above_mm, side).items()
        if size >= SMALLEST_NAMED
    ]
    x, y, z = np.degrees(rotation_vector(apart.R_above_below)).tolist()
    parts += [
        f"{size:.1f} deg in {word.removesuffix('_rotation_deg')} rotation"
        for word, size in AXIAL_ROTATION.say(internal_turn(side) * z).items()
        if size >= SMALLEST_NAMED
    ]
    tilt = float(np.hypot(x, y))
    parts += [f"{tilt:.1f} deg of tilt"] if tilt >= SMALLEST_NAMED else []
    if not parts:
        return "in the same place"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _ring_names(junction: Junction) -> tuple[str | None, str | None]:
    """What people call the two rings; None for a ring given by its joints."""

    def name(ring: Ring) -> str | None:
        return None if ring.family == "own" else shown_name(ring)

    return name(junction[0].setup.distal_ring), name(junction[1].setup.proximal_ring)


def _wider_mm(junction: Junction) -> float:
    """By how much the circle of the joints is larger above than below; of one model by nothing."""
    above, below = junction
    if None not in _ring_names(junction):
        return 0.0
    radii = above.setup.distal_ring.distal_joints_mm, below.setup.proximal_ring.proximal_joints_mm
    return _joint_radius_mm(radii[0]) - _joint_radius_mm(radii[1])


def _joint_radius_mm(joints_mm: Array) -> float:
    return float(np.linalg.norm(joints_mm[:, :2], axis=1).mean())


def _name(frame: FrameCourse) -> str:
    return f"hexapod {frame.setup.index + 1} ({frame.setup.level.name})"
