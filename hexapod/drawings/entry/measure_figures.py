"""The figures of the small drawings beside the fields: what is measured, and where its two direction words lie.

Each figure computes the direction of a word with the clinical code (a deformity, a place or a ring with only that
word) and draws it there; no figure decides by itself on which side medial is.  Figures of sizes without a direction
word stand at the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hexapod.deformity import quantities as w
from hexapod.deformity.pose import deformity_pose, place, ring_mount
from hexapod.deformity.quantities import Fragment, Pair, Side, moving_end, other
from hexapod.drawings.radiograph_views import RADIOGRAPH_AXES, Radiograph, View, place_level, radiograph_of
from hexapod.drawings.screen_marks import (
    ANGLE,
    AXIS_DASH,
    CUT,
    HELD,
    INK,
    MEDIUM_PX,
    MOVES,
    SHIFT,
    SKETCH_DASH,
    SOFT,
    THICK_PX,
    THIN_PX,
    Point,
    arc,
    arrow,
    corresponding_mark,
    origin_mark,
    risk_mark,
    words,
)
from hexapod.drawings.svg_marks import area, circle, line
from hexapod.geometry.transforms import Array
from hexapod.text.case_sentences import spoken

WIDTH_PX, HEIGHT_PX = 120.0, 84.0
# px for a mm of the drawn bone, its diameter (mm), and where its middle is: the words have the lines beneath.
SCALE, DIAMETER_MM = 0.36, 26.0
# Of two bones side by side, each shorter.
HALF_SCALE = 0.28
MIDDLE: Point = (60.0, 34.0)
FOOT_PX, LINE_PX, EDGE_PX = 81.0, 14.0, 2.0
# Sizes shown: large enough to be seen, all within the limits of their quantities.
SHOWN_DEG, TURNED_DEG, TILTED_DEG, ACROSS_MM, ALONG_MM, AXIAL_MM = 24.0, 55.0, 24.0, 45.0, 55.0, 30.0
# An arrow along the bone stands so far beside it, clear of a ring (px).
ASIDE_PX = 28.0
RING_HALF_MM, RING_AT_MM, RING_THICK_PX = 62.0, 45.0, 5.0


@dataclass(frozen=True)
class PlacedWord:
    """A direction word and the point (px) of the drawing to which it leads."""

    word: str
    at: Point


Figure = tuple[list[str], list[PlacedWord]]
Mark = Callable[[Point], str]


def at(place_mm: Array | Sequence[float], middle: Point = MIDDLE, scale: float = SCALE) -> Point:
    """A place (2,) of a radiograph in px."""
    return round(middle[0] + scale * float(place_mm[0]), 1), round(middle[1] - scale * float(place_mm[1]), 1)


def short(word: str) -> str:
    """A word as short as its drawing allows: `internal`, `medial`, `apex anterior`."""
    return spoken(word).removesuffix(" rotation").removesuffix(" tilt")


def _radiograph(view: View, side: Side, reference: Fragment, deformity: dict[str, float]) -> Radiograph:
    T_ref_mov = deformity_pose(deformity, side, reference)
    placed = place_level(
        reference, T_ref_mov, mounts={}, models={}, cut_mm=0.0, diameter_mm=DIAMETER_MM, structures_mm=np.zeros((0, 3))
    )
    return radiograph_of(placed, side, view)


def _bone(
    shown: Radiograph, name: Fragment, middle: Point = MIDDLE, scale: float = SCALE, *, ghost: bool = False
) -> str:
    outline = [at(corner, middle, scale) for corner in shown.fragments[name].outline_mm]
    fill = "none" if ghost else HELD if name == shown.reference else MOVES
    return area(outline, fill, INK if not ghost else SOFT, MEDIUM_PX, SKETCH_DASH if ghost else "")


def _beneath(labels: Sequence[PlacedWord]) -> list[str]:
    """The two words at the foot, the one that leads to the left on the left."""
    left, right = sorted(labels, key=lambda one: one.at[0])
    return [
        words((EDGE_PX, FOOT_PX), short(left.word), bold=True),
        words((WIDTH_PX - EDGE_PX, FOOT_PX), short(right.word), anchor="end", bold=True),
    ]


def angulation(pair: Pair, side: Side, reference: Fragment) -> Figure:
    """A bone bent each way: on the AP view on the side to which it deviates, on the lateral view where its apex is."""
    marks, labels = [], []
    view: View = "AP" if pair is w.AP_ANGULATION else "lateral"
    for word in (pair.positive, pair.negative):
        shown = _radiograph(view, side, reference, {word: SHOWN_DEG})
        deviated = shown.fragments[other(reference)].axis_mm[1] - shown.fragments[other(reference)].axis_mm[0]
        way = float(np.sign(deviated[0])) * (1.0 if view == "AP" else -1.0)
        # The bone as a whole is in the middle of its half, above the words.
        middle = (MIDDLE[0] + 30.0 * way - 0.5 * HALF_SCALE * float(deviated[0]), 27.0)
        straight = (0.0, -moving_end(reference))
        marks += [_bone(shown, name, middle, HALF_SCALE) for name in (reference, other(reference))]
        marks.append(line([middle, (middle[0], middle[1] + 22.0 * straight[1])], ANGLE, THIN_PX, "3 2"))
        marks.append(arc(middle, 17.0, straight, (float(deviated[0]), -float(deviated[1])), ANGLE))
        x = MIDDLE[0] + 30.0 * way
        lines = short(word).split(" ")
        for row, text_line in enumerate(reversed(lines)):
            marks.append(words((x, FOOT_PX - row * LINE_PX * 0.93), text_line, anchor="middle", bold=True))
        labels.append(PlacedWord(word, at(deviated, middle, HALF_SCALE)))
    return marks, labels


def translation(pair: Pair, view: View, side: Side, reference: Fragment) -> Figure:
    """The moving fragment to either side of where it belongs."""
    marks, labels = [], []
    for word in (pair.positive, pair.negative):
        shown = _radiograph(view, side, reference, {word: ACROSS_MM})
        tip = at(shown.corresponding_mm)
        marks += [_bone(shown, other(reference), ghost=True), *arrow(MIDDLE, tip, SHIFT)]
        labels.append(PlacedWord(word, tip))
    straight = _radiograph(view, side, reference, {})
    marks = [_bone(straight, reference), *marks, origin_mark(MIDDLE)]
    return [*marks, *_beneath(labels)], labels


def axial_translation(side: Side, reference: Fragment) -> Figure:
    """The fragments overlapped, and apart."""
    marks, labels = [], []
    for word, way in ((w.AXIAL_TRANSLATION.positive, -1.0), (w.AXIAL_TRANSLATION.negative, 1.0)):
        shown = _radiograph("AP", side, reference, {word: AXIAL_MM})
        middle = (MIDDLE[0] + 28.0 * way, MIDDLE[1] + 0.5 * HALF_SCALE * float(shown.corresponding_mm[1]))
        tip = at(shown.corresponding_mm, middle, HALF_SCALE)
        marks.append(_bone(shown, reference, middle, HALF_SCALE))
        marks.append(f'<g opacity="0.75">{_bone(shown, other(reference), middle, HALF_SCALE)}</g>')
        beside = 13.0 * way
        marks += arrow((middle[0] + beside, middle[1]), (tip[0] + beside, tip[1]), SHIFT)
        marks += [line([(middle[0], one), (middle[0] + beside, one)], SHIFT, THIN_PX) for one in (middle[1], tip[1])]
        marks.append(words((MIDDLE[0] + 28.0 * way, FOOT_PX), short(word), anchor="middle", bold=True))
        labels.append(PlacedWord(word, tip))
    return marks, labels


def rotation(side: Side, reference: Fragment | None) -> Figure:
    """A rotation seen from proximal, anterior at the foot: of the distal fragment, or without one of a ring's front."""
    centre, radius = (60.0, 36.0), 20.0
    marks, labels = [circle(centre, radius, HELD, INK, MEDIUM_PX)], []
    start = (0.0, 1.0)
    for word in (w.AXIAL_ROTATION.positive, w.AXIAL_ROTATION.negative):
        x, y = front_turned({word: TURNED_DEG}, side, reference)
        # Seen from proximal +x (the patient's left) is on the right and posterior, +y, is up.
        tip = (centre[0] + radius * x, centre[1] - radius * y)
        before = np.array([tip[0] - centre[0], tip[1] - centre[1]]) / radius
        marks.append(arc(centre, radius, start, (float(before[0]), float(before[1])), ANGLE))
        tangent = np.array([-before[1], before[0]]) * (1.0 if before[0] < 0.0 else -1.0)
        back = (tip[0] - 13.0 * tangent[0], tip[1] - 13.0 * tangent[1])
        marks += arrow(back, tip, ANGLE, THIN_PX)
        labels.append(PlacedWord(word, tip))
    marks.append(line([centre, (centre[0], centre[1] + radius)], INK, THICK_PX))
    left, right = sorted(labels, key=lambda one: one.at[0])
    marks += [
        words((60.0, 11.0), "from proximal", anchor="middle", colour=SOFT),
        words((EDGE_PX, 66.0), short(left.word), bold=True),
        words((WIDTH_PX - EDGE_PX, 66.0), short(right.word), anchor="end", bold=True),
        words((60.0, FOOT_PX), "anterior", anchor="middle", colour=SOFT),
    ]
    return marks, labels


def front_turned(rotation_words: dict[str, float], side: Side, reference: Fragment | None) -> tuple[float, float]:
    """Where anterior of the distal fragment (of a ring, without a reference) points: x and y in limb axes."""
    if reference is None:
        R = ring_mount(rotation_words, side)[:3, :3]
    else:
        R_ref_mov = deformity_pose(rotation_words, side, reference)[:3, :3]
        R = R_ref_mov if reference == "proximal" else R_ref_mov.T
    x, y, _ = (R @ place({"anterior_mm": 1.0}, side)).tolist()
    return x, y


def across(pair: Pair, view: View, side: Side, reference: Fragment, mark: Mark, height_mm: float = 0.0) -> Figure:
    """Where a point lies from the origin, to either side on a view; `height_mm` only parts the mark from the bone."""
    axes = RADIOGRAPH_AXES[view]
    straight = _radiograph(view, side, reference, {})
    start = at((0.0, height_mm))
    marks = [_bone(straight, reference), _bone(straight, other(reference))]
    marks.append(line([at((0.0, 80.0)), at((0.0, -80.0))], SOFT, THIN_PX, AXIS_DASH))
    labels = []
    for word in (pair.positive, pair.negative):
        tip = at(place({word: 1.6 * ACROSS_MM}, side)[axes] + np.array([0.0, height_mm]))
        marks += [mark(tip), *arrow(start, tip, SHIFT)]
        labels.append(PlacedWord(word, tip))
    return [*marks, origin_mark(MIDDLE), *_beneath(labels)], labels


def along(side: Side, reference: Fragment, mark: Mark, *, from_corresponding: bool = False) -> Figure:
    """How far a point lies along the bone, each way; words beside, proximal up."""
    middle = (28.0, 42.0)
    straight = _radiograph("AP", side, reference, {})
    marks = [_bone(straight, reference, middle), _bone(straight, other(reference), middle)]
    labels = []
    for word in (w.ALONG_BONE.positive, w.ALONG_BONE.negative):
        tip = at(place({word: ALONG_MM}, side)[RADIOGRAPH_AXES["AP"]], middle)
        beside = (middle[0] + ASIDE_PX, tip[1])
        marks += [mark(tip), *arrow((beside[0], middle[1]), beside, SHIFT)]
        marks.append(words((beside[0] + 8.0, tip[1] + 4.0), short(word), bold=True))
        labels.append(PlacedWord(word, tip))
    marks.append(line([middle, (middle[0] + ASIDE_PX, middle[1])], SHIFT, THIN_PX))
    return [*marks, (corresponding_mark if from_corresponding else origin_mark)(middle)], labels


def tilt(pair: Pair, view: View, side: Side) -> Figure:
    """The reference ring tilted each way, by where its proximal normal points."""
    axes = RADIOGRAPH_AXES[view]
    centre = (60.0, 46.0)
    marks = [line([(60.0, 14.0), (60.0, 82.0)], SOFT, THIN_PX, AXIS_DASH)]
    labels = []
    for word in (pair.positive, pair.negative):
        R = ring_mount({word: TILTED_DEG}, side)[:3, :3]
        x, up = R[axes, 2].tolist()
        tip = (round(centre[0] + 26.0 * x, 1), round(centre[1] - 26.0 * up, 1))
        flat = np.array([up, x]) / float(np.hypot(x, up)) * 30.0
        ends = [(centre[0] - flat[0], centre[1] - flat[1]), (centre[0] + flat[0], centre[1] + flat[1])]
        marks += [line(ends, INK, THICK_PX + 0.6), *arrow(centre, tip, ANGLE)]
        labels.append(PlacedWord(word, tip))
    left, right = sorted(labels, key=lambda one: one.at[0])
    return [
        *marks,
        words((EDGE_PX, 13.0), short(left.word), bold=True),
        words((WIDTH_PX - EDGE_PX, 13.0), short(right.word), anchor="end", bold=True),
    ], labels


def ring_mark(tip: Point) -> str:
    """A ring seen from the side, its centre marked."""
    half = SCALE * RING_HALF_MM
    low, high = tip[1] - 0.5 * RING_THICK_PX, tip[1] + 0.5 * RING_THICK_PX
    box = [(tip[0] - half, low), (tip[0] + half, low), (tip[0] + half, high), (tip[0] - half, high)]
    return area(box, "none", INK, MEDIUM_PX) + line([(tip[0], low - 3.0), (tip[0], high + 3.0)], INK, MEDIUM_PX)


def cut_mark(tip: Point) -> str:
    """An osteotomy across the bone."""
    half = 0.5 * SCALE * DIAMETER_MM + 4.0
    return line([(tip[0] - half, tip[1]), (tip[0] + half, tip[1])], CUT, THICK_PX + 0.4)


def segment_mark(tip: Point) -> str:
    """A segment of bone in transport."""
    half = 0.5 * SCALE * DIAMETER_MM
    box = [
        (tip[0] - half, tip[1] - 7.0),
        (tip[0] + half, tip[1] - 7.0),
        (tip[0] + half, tip[1] + 7.0),
        (tip[0] - half, tip[1] + 7.0),
    ]
    return area(box, "none", INK, MEDIUM_PX, SKETCH_DASH)


MARKS: dict[str, Mark] = {
    "mounting": ring_mark,
    "structure": risk_mark,
    "segment": corresponding_mark,
    "transport": segment_mark,
}


def ring_height_mm(reference: Fragment) -> float:
    """Where the reference ring is drawn on its fragment, mm from the origin: on the side away from the moving one."""
    return -moving_end(reference) * RING_AT_MM


# The shaft of these drawings: its middle and half its width (px).
SHAFT_X_PX, HALF_PX = 34.0, 9.0


def _piece(top: float, bottom: float, fill: str) -> str:
    left, right = SHAFT_X_PX - HALF_PX, SHAFT_X_PX + HALF_PX
    return area([(left, top), (right, top), (right, bottom), (left, bottom)], fill, INK, MEDIUM_PX)


def _height(top: float, bottom: float) -> list[str]:
    x = SHAFT_X_PX + HALF_PX + 10.0
    ends = [line([(SHAFT_X_PX + HALF_PX, y), (x + 3.0, y)], SHIFT, THIN_PX) for y in (top, bottom)]
    return [*ends, *arrow((x, top), (x, bottom), SHIFT, both=True)]


def gap(reference: Fragment | None) -> list[str]:
    """The bone ends at the osteotomy, apart."""
    upper = MOVES if reference == "distal" else HELD
    lower = MOVES if reference == "proximal" else HELD
    cuts = [line([(SHAFT_X_PX - HALF_PX, y), (SHAFT_X_PX + HALF_PX, y)], CUT, THICK_PX) for y in (29.0, 53.0)]
    pieces = [_piece(4.0, 29.0, upper), _piece(53.0, 79.0, lower)]
    return [*pieces, *cuts, *_height(29.0, 53.0), words((62.0, 45.0), "gap", bold=True)]


def docking_gap(reference: Fragment) -> list[str]:
    """The segment, and the distance to the bone that it docks on, away from the reference fragment."""
    # Heights from the reference fragment outwards: reference, cut, segment, gap, docking site.
    down = -moving_end(reference)
    start = 41.0 - 38.0 * down

    def span(first: float, last: float) -> tuple[float, float]:
        ends = sorted((start + down * first, start + down * last))
        return ends[0], ends[1]

    gap_top, gap_bottom = span(36.0, 58.0)
    site = span(58.0, 76.0)
    segment = span(20.0, 36.0)
    return [
        _piece(*span(0.0, 16.0), HELD),
        _piece(*segment, MOVES),
        _piece(*site, HELD),
        *_height(gap_top, gap_bottom),
        words((62.0, 0.5 * (gap_top + gap_bottom) + 4.0), "gap", bold=True),
        words((62.0, 0.5 * sum(site) + 4.0), "docks on", colour=SOFT),
        words((62.0, 0.5 * sum(segment) + 4.0), "segment", colour=SOFT),
    ]


def diameter() -> list[str]:
    """Across the bone at the osteotomy."""
    left, right, y = 60.0 - 15.0, 60.0 + 15.0, 38.0
    wide = [(left, 6.0), (right, 6.0), (right, y), (left, y)]
    low = [(left, y), (right, y), (right, 64.0), (left, 64.0)]
    return [
        area(wide, HELD, INK, MEDIUM_PX),
        area(low, HELD, INK, MEDIUM_PX),
        line([(left, y), (right, y)], CUT, THICK_PX),
        *[line([(x, y), (x, 58.0)], SHIFT, THIN_PX) for x in (left, right)],
        *arrow((left, 54.0), (right, 54.0), SHIFT, both=True),
        words((60.0, FOOT_PX), "diameter", anchor="middle", bold=True),
    ]


def girth() -> list[str]:
    """Round the skin: the limb cut across, a tape about it."""
    middle: Point = (60.0, 36.0)
    around = [
        (middle[0] + 40.0 * math.cos(turn), middle[1] + 27.0 * math.sin(turn))
        for turn in (math.tau * k / 40 for k in range(40))
    ]
    return [
        area(around, HELD, SHIFT, THICK_PX + 0.8),
        circle((53.0, 32.0), 9.0, HELD, INK, MEDIUM_PX),
        circle((74.0, 42.0), 3.5, HELD, INK, MEDIUM_PX),
        words((60.0, FOOT_PX), "round the skin", anchor="middle", bold=True),
    ]
