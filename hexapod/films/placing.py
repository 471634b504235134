"""What a person places on a radiograph, one point after the other, and what is drawn between the points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.case.film_format import EDGES, View
from hexapod.films.film_reading import FRAGMENTS, ReadFilm

# Pairs of cortex points that are asked for on each fragment: an axis needs three, and is surer with five.
ASKED_PAIRS = 5
NEEDED_PAIRS = 3


@dataclass(frozen=True)
class AskedPoint:
    """A point to be placed: its name in the case file, what a person calls it, what stands beside it, where it lies."""

    name: str
    label: str
    short: str
    help: str


@dataclass(frozen=True)
class DrawnLine:
    """A line between two places in stored pixels, with a word at its end."""

    start: tuple[float, float]
    end: tuple[float, float]
    word: str


def asked_points(view: View, *, pairs: int = ASKED_PAIRS) -> list[AskedPoint]:
    """The points of a view in the order in which they are asked for."""
    asked = []
    for fragment in FRAGMENTS:
        for number in range(1, pairs + 1):
            asked += [_cortex(fragment, number, edge) for edge in EDGES[view]]
    return [
        *asked,
        AskedPoint(
            "origin", "Origin", "origin", "The point of the reference fragment that everything is counted from."
        ),
        AskedPoint(
            "corresponding",
            "Corresponding point",
            "corresponding",
            "The point of the moving fragment that belongs where the origin is.",
        ),
        AskedPoint("osteotomy", "Osteotomy (optional)", "osteotomy", "The middle of the bone where it is cut."),
    ]


def _cortex(fragment: str, number: int, edge: str) -> AskedPoint:
    optional = " (optional)" if number > NEEDED_PAIRS else ""
    return AskedPoint(
        f"{fragment}.cortex.{number}.{edge}",
        f"{fragment.capitalize()} {number}, {edge} edge{optional}",
        f"{fragment[0].upper()}{number}" if edge in ("medial", "anterior") else "",
        f"The outer {edge} edge of the {fragment} fragment. Spread the pairs over at least 60 mm, both edges of a pair "
        "at one height.",
    )


def axis_lines(read: ReadFilm) -> list[DrawnLine]:
    """The bone axes of a radiograph, right across it."""
    lines = []
    for fragment in FRAGMENTS:
        axis = read.axis(fragment)
        if axis is None:
            continue
        one, other = (read.pixels(axis.point[0] + way * axis.direction[0]) for way in (0.0, 1.0))
        towards = (other - one) / np.linalg.norm(other - one)
        far = float(np.hypot(read.film.columns, read.film.rows))
        ends = _within(one, towards, (read.film.columns, read.film.rows), far)
        lines.append(DrawnLine(ends[0], ends[1], f"{fragment} axis"))
    return lines


def _within(
    at: np.ndarray, towards: np.ndarray, size: tuple[int, int], far: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where a line enters and leaves the radiograph, pixels; its place itself where it never does."""
    least, most = -far, far
    for k in range(2):
        if abs(towards[k]) > 1e-12:
            bounds = sorted((limit - at[k]) / towards[k] for limit in (0.0, float(size[k])))
            least, most = max(least, bounds[0]), min(most, bounds[1])
    start, end = (at + length * towards for length in (least, most))
    return (float(start[0]), float(start[1])), (float(end[0]), float(end[1]))
