"""What was entered for a level, read back in words."""

from __future__ import annotations

from collections.abc import Mapping

from hexapod.case.level_parts import SoFar
from hexapod.case.model import DrivenLevel, Level
from hexapod.deformity.mounting import along_bone
from hexapod.deformity.sides import other
from hexapod.documents.clinician_report.blocks import (
    NOTHING,
    SHARE,
    Block,
    Column,
    heading,
    pairs,
    paragraph,
    points,
    table,
)
from hexapod.plan.adjustment_times import adjustment_times
from hexapod.text.deformity_sentences import level_sentences
from hexapod.text.numbers import number

KNOWN_AT = {
    "start": "at the start: the frame stands in the deformity",
    "end": "at the end: the frame is built crooked to finish as read",
}

SEGMENT_RING = {
    "shared": "one ring carries the struts of the hexapod above and of this one",
    "separate": "the hexapod above and this one have a ring each",
}
NEVER = "never entered; planned as zero"


def exact_words(words: Mapping[str, float]) -> str:
    """Words and sizes as they were entered, nothing rounded.

    >>> exact_words({"varus_deg": 12.25, "apex_anterior_deg": 6.0})
    '12.25 deg varus, 6 deg apex anterior'
    """
    told = []
    for word, value in words.items():
        name, _, unit = word.rpartition("_")
        told.append(f"{number(value)} {unit} {name.replace('_', ' ')}")
    return ", ".join(told) or "none"


def entries_section(level: Level) -> list[Block]:
    """Reference, deformity, mounting, bone, structures at risk, limits and adjustments of a level."""
    held = "is taken as still, and this level follows the others" if level.coupled else "is held still"
    *deformity, mounting = level_sentences(level)
    return [
        heading("Entries read back", 2),
        paragraph(f"The {level.reference} fragment {held}; the {other(level.reference)} fragment moves."),
        *points(deformity),
        paragraph(mounting),
        pairs(_rows(level)),
        *_structures(level),
    ]


def _rows(level: Level) -> list[tuple[str, str]]:
    mm_per_day, deg_per_day = level.stage_limits()
    turn = ", no limit of rotation" if deg_per_day is None else f", and {number(deg_per_day)} deg of rotation a day"
    times = ", ".join(f"{time:%H:%M}" for time in adjustment_times(level))
    rows = [
        ("Deformity as entered", NEVER if level.deformity is None else exact_words(level.deformity_words)),
        ("Mounting as entered", NEVER if level.mounting is None else exact_words(level.mounting_words)),
        ("Settings known", KNOWN_AT[level.frame.settings_at]),
        ("Limit of the level", f"{number(mm_per_day)} mm a day at every tracked point{turn}"),
        ("Adjustments", f"{level.adjustments_per_day} a day, at {times}"),
    ]
    if level.bone is None:
        rows.append(("Bone", "not given: no bone rim is tracked and no clearance from the bone is judged"))
    else:
        cut = level.bone.osteotomy.words()
        at = f"{exact_words(cut)} of the corresponding point" if along_bone(cut) else "at the corresponding point"
        rows.append(("Bone at the cut", f"diameter {number(level.bone.diameter_mm)} mm; osteotomy {at}"))
        if level.bone.gap_mm:
            rows.append(("Gap at the cut on day 0", f"{number(level.bone.gap_mm)} mm"))
    if level.limb_girth_mm is not None:
        girth = level.limb_girth_mm
        told = f"{number(girth.proximal)} mm at the proximal ring, {number(girth.distal)} mm at the distal ring"
        rows.append(("Girth of the limb", told))
    if isinstance(level, DrivenLevel) and level.docking_gap_mm is not None:
        rows.append(("Way to the docking site", f"{number(level.docking_gap_mm)} mm on day 0"))
    if level.index_days_per_cm is not None:
        rows.append(("Days in frame for 1 cm", f"{number(level.index_days_per_cm)}, by the surgeon's own experience"))
    if level.segment is not None:
        ring = level.segment.ring
        rows.append(("From the point of the level before", exact_words(level.segment.words())))
        rows += [] if ring is None else [("Ring on this segment", SEGMENT_RING[ring])]
    if level.course_from is not None:
        rows.append(("By the plan before it should be at", exact_words(level.course_from.words())))
    if level.so_far is not None:
        rows.append(("Since the treatment began", _so_far(level.so_far)))
    return rows


def _structures(level: Level) -> list[Block]:
    if not level.structures_at_risk:
        return []
    columns = (
        Column("", 9.0),
        Column("Structure at risk", SHARE),
        Column("Where, on day 0, from the origin", 75.0),
        Column("Its own limit", 30.0),
    )
    rows = [
        (
            f"S{count}",
            one.name if one.crosses is None else f"{one.name} (runs past all hexapods)",
            exact_words(one.at.words()),
            NOTHING if one.limit_mm_per_day is None else f"{number(one.limit_mm_per_day)} mm a day",
        )
        for count, one in enumerate(level.structures_at_risk, start=1)
    ]
    return [table(columns, rows)]


def _so_far(told: SoFar) -> str:
    """Latency and gaps since the treatment began."""
    rest = told.latency_days if told.latency_days is not None else told.rest_days
    parted = "before the bone ends parted" if told.latency_days is not None else "so far"
    said = [] if rest is None else [f"{rest} days of rest {parted}"]
    said.append(f"gap {number(told.first_gap_mm)} mm on the first day, {number(told.largest_gap_mm)} mm at most")
    return "; ".join(said)
