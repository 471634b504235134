"""The parts of a frame in space as marks on paper: rings, shafts, struts and posts, cut so that they can be sorted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hexapod.drawings.level_geometry import PlacedRing, Shaft
from hexapod.drawings.report.camera import Camera
from hexapod.drawings.svg import INK, MEDIUM_MM, PALE, THIN_MM, area, circle, line
from hexapod.geometry.transforms import Array
from hexapod.text.strut_colours import STRUT_LOOKS

# Pieces of a ring round, of a shaft round and along, and of a strut: each is put in front or behind by its own middle.
RING_PIECES, SHAFT_SIDES, SHAFT_PIECES, STRUT_PIECES = 48, 20, 8, 10
# Dashes along the middle of struts 1 to 6 (mm), told apart in grey.
STRUT_DASHES = ("", "3 1", "1 1", "4 0.8 0.8 0.8", "2 2", "0.5 1.2")
# Widths of a strut on paper (mm): dark edge, colour, dashed middle.
EDGE_MM, COLOUR_MM, MIDDLE_MM = 2.1, 1.5, 0.35
# A light from the eye makes a shaft round: the darkest share of its own grey.
DARKEST = 0.72


@dataclass(frozen=True)
class Piece:
    """A mark, and how near to the eye it is, mm."""

    nearness: float
    mark: str


@dataclass(frozen=True)
class Paper:
    """Where the picture of one day lies on paper, and what of the limb is at its middle."""

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    middle_mm: Array
    scale: float
    eye: Camera

    def at(self, points_mm: Array) -> list[tuple[float, float]]:
        """Points (n, 3) of the limb on paper."""
        flat = (self.eye.flat(points_mm) - self.middle_mm) * self.scale
        x0, y0 = self.left_mm + 0.5 * self.width_mm, self.top_mm + 0.5 * self.height_mm
        return [(x0 + x, y0 - y) for x, y in flat.tolist()]

    def near(self, points_mm: Array) -> float:
        """How near to the eye the middle of points (n, 3) is."""
        return float(self.eye.nearness(points_mm.mean(axis=0)))


def rim(placed: PlacedRing, radius_mm: float) -> Array:
    """A circle (n, 3) on a ring, from its front counter-clockwise seen from proximal, the first point last again."""
    turn = np.linspace(0.0, 2.0 * np.pi, RING_PIECES + 1)
    flat = np.stack([radius_mm * np.sin(turn), -radius_mm * np.cos(turn), np.zeros(len(turn))], axis=1)
    return np.asarray(flat @ placed.T_ref_ring[:3, :3].T + placed.T_ref_ring[:3, 3])


def ring_pieces(paper: Paper, placed: PlacedRing, grey: str) -> Iterator[Piece]:
    """A ring in pieces, with its edges, and a dark tab at its front."""
    outer, inner = rim(placed, placed.ring.outer_radius_mm), rim(placed, placed.ring.inner_radius_mm)
    for k in range(RING_PIECES):
        corners = np.array([inner[k], outer[k], outer[k + 1], inner[k + 1]])
        front = k in (0, RING_PIECES - 1)
        marks = [
            area(paper.at(corners), INK if front else grey, INK if front else grey, THIN_MM),
            line(paper.at(corners[1:3]), INK, MEDIUM_MM, cap="round"),
            line(paper.at(corners[[3, 0]]), INK, MEDIUM_MM, cap="round"),
        ]
        yield Piece(paper.near(corners), "".join(marks))


def shaft_pieces(paper: Paper, shaft: Shaft, grey: str) -> Iterator[Piece]:
    """A fragment: the sides that face the eye, shaded, and the face of its cut."""
    turn = np.linspace(0.0, 2.0 * np.pi, SHAFT_SIDES + 1)
    R = shaft.T_ref_frag[:3, :3]
    round_axis = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    outwards = round_axis @ R[:, :2].T
    # The edge of the cut (m, 3), which may lean.
    cut = shaft.axis_mm[0] + shaft.radius_mm * (outwards + (round_axis @ shaft.lean)[:, None] * R[:, 2])
    along = np.linspace(0.0, 1.0, SHAFT_PIECES + 1)[:, None]
    centres = shaft.axis_mm[0] + along * (shaft.axis_mm[1] - shaft.axis_mm[0])
    for k in range(SHAFT_SIDES):
        normal = outwards[k] + outwards[k + 1]
        facing = float(normal @ paper.eye.towards_eye) / float(np.linalg.norm(normal))
        if facing <= 0.0:
            continue
        tone = _darker(grey, DARKEST + (1.0 - DARKEST) * facing)
        for piece, (low, high) in enumerate(pairwise(centres)):
            corners = np.array([low, low, high, high]) + shaft.radius_mm * outwards[[k, k + 1, k + 1, k]]
            if piece == 0:
                corners[:2] = cut[[k, k + 1]]
            yield Piece(paper.near(corners), area(paper.at(corners), tone, tone, THIN_MM))
    for edge in (cut, shaft.axis_mm[1] + shaft.radius_mm * outwards):
        # Just in front of the last piece of its own shaft.
        yield Piece(paper.near(edge) + 0.1, area(paper.at(edge), "#ffffff", INK, THIN_MM))


def _darker(grey: str, share: float) -> str:
    return "#" + "".join(f"{round(int(grey[k : k + 2], 16) * share):02x}" for k in (1, 3, 5))


def strut_pieces(paper: Paper, top_mm: Array, bottom_mm: Array, strut: int) -> Iterator[Piece]:
    """A strut in pieces, its colour between dark edges, its dashes along the middle."""
    look, dash = STRUT_LOOKS[strut], STRUT_DASHES[strut - 1]
    ends = top_mm + np.linspace(0.0, 1.0, STRUT_PIECES + 1)[:, None] * (bottom_mm - top_mm)
    on_paper = np.array(paper.at(ends))
    step = float(np.linalg.norm(on_paper[1] - on_paper[0]))
    for k in range(STRUT_PIECES):
        points = on_paper[k : k + 2].tolist()
        marks = [
            line(points, INK, EDGE_MM),
            line(points, look.shade, COLOUR_MM),
            line(points, look.ink, MIDDLE_MM, dash, offset_mm=k * step),
        ]
        yield Piece(paper.near(ends[k : k + 2]), "".join(marks))


def post_pieces(paper: Paper, joints_mm: Array, placed: PlacedRing) -> Iterator[Piece]:
    """What holds the joints on a ring, square to it, and the joints."""
    normal, centre = placed.T_ref_ring[:3, 2], placed.T_ref_ring[:3, 3]
    for joint in joints_mm:
        foot = joint - float((joint - centre) @ normal) * normal
        points = np.array([foot, joint])
        marks = line(paper.at(points), INK, MIDDLE_MM * 2.0) + circle(paper.at(points)[1], 0.9, PALE, INK)
        yield Piece(paper.near(points[1:]) + 0.1, marks)
