"""A limb in space and radiographs of it, by the text of docs/conventions.md and nothing of hexapod/films.

x is the patient's left, y posterior, z proximal, mm.  A limb is made from words; its bones' edges, origin and
corresponding point are points in space; a radiograph is a projection of them onto a detector, by parallel rays or from
a point source, put down on pixels at any place, rolled, mirrored, with oblong pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

MEDIAL = {"right": np.array([1.0, 0.0, 0.0]), "left": np.array([-1.0, 0.0, 0.0])}
ANTERIOR = np.array([0.0, -1.0, 0.0])
UP = np.array([0.0, 0.0, 1.0])
# Where the eye stands, and what is then to its right.
EYES = {
    "front": (np.array([0.0, -1.0, 0.0]), np.array([1.0, 0.0, 0.0])),
    "back": (np.array([0.0, 1.0, 0.0]), np.array([-1.0, 0.0, 0.0])),
    "left": (np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])),
    "right": (np.array([-1.0, 0.0, 0.0]), np.array([0.0, -1.0, 0.0])),
}
VIEW = {"front": "ap", "back": "ap", "left": "lateral", "right": "lateral"}


@dataclass
class LimbInSpace:
    """A deformed bone by its words: `valgus_deg`, `apex_anterior_deg`, `lateral_mm`, `posterior_mm`, `short_mm` or
    their opposites, as in a case."""

    side: str
    reference: str
    words: dict[str, float]
    origin: np.ndarray = field(default_factory=lambda: np.zeros(3))
    heights: tuple[float, ...] = (30.0, 50.0, 70.0, 90.0, 110.0)
    radius: float = 13.0

    def signed(self, plus: str, minus: str) -> float:
        return self.words.get(plus, 0.0) - self.words.get(minus, 0.0)

    def corresponding(self) -> np.ndarray:
        """Where the moving fragment's point lies: `short` is towards the reference fragment's own side."""
        towards_reference = UP if self.reference == "proximal" else -UP
        return (
            self.origin
            + MEDIAL[self.side] * self.signed("medial_mm", "lateral_mm")
            + ANTERIOR * self.signed("anterior_mm", "posterior_mm")
            + towards_reference * self.signed("short_mm", "long_mm")
        )

    def axis(self) -> np.ndarray:
        """The direction in which the moving fragment goes away from its corresponding point.

        The far end of a varus bone lies medially, of an apex-anterior one posteriorly, whichever fragment moves.
        """
        away = -UP if self.reference == "proximal" else UP
        medially = np.tan(np.radians(self.signed("varus_deg", "valgus_deg")))
        backwards = np.tan(np.radians(self.signed("apex_anterior_deg", "apex_posterior_deg")))
        u = away + MEDIAL[self.side] * medially - ANTERIOR * backwards
        return u / np.linalg.norm(u)

    def points(self, view: str) -> dict[str, np.ndarray]:
        """All points in space by their names."""
        edges = (
            {"medial": MEDIAL[self.side], "lateral": -MEDIAL[self.side]}
            if view == "ap"
            else {"anterior": ANTERIOR, "posterior": -ANTERIOR}
        )
        away = -UP if self.reference == "proximal" else UP
        found = {"origin": self.origin, "corresponding": self.corresponding()}
        for number, height in enumerate(self.heights, 1):
            for edge, direction in edges.items():
                found[f"reference.cortex.{number}.{edge}"] = self.origin - away * height + direction * self.radius
                on_axis = self.corresponding() + self.axis() * height
                found[f"moving.cortex.{number}.{edge}"] = on_axis + direction * self.radius
        return found


def turned(vector: np.ndarray, degrees: float) -> np.ndarray:
    """A vector turned about z, counter-clockwise seen from above."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([c * vector[0] - s * vector[1], s * vector[0] + c * vector[1], vector[2]])


def about(vector: np.ndarray, axis: np.ndarray, degrees: float) -> np.ndarray:
    """A vector turned about a unit axis, by Rodrigues' formula."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return vector * c + np.cross(axis, vector) * s + axis * (axis @ vector) * (1.0 - c)


@dataclass
class Radiograph:
    """How a radiograph is taken and put down on pixels.  `source_mm` None: parallel rays."""

    seen_from: str
    mm_per_px: tuple[float, float] = (0.125, 0.125)
    columns: int = 3000
    rows: int = 4000
    roll_deg: float = 0.0
    mirrored: bool = False
    turned_deg: float = 0.0
    tilt_deg: float = 0.0
    source_mm: float | None = None
    behind_mm: float = 60.0
    aim: np.ndarray = field(default_factory=lambda: np.zeros(3))

    def on_detector(self, point: np.ndarray) -> np.ndarray:
        """mm to the right and up as the eye sees it, of the length that the bone has at `aim`."""
        eye, right = (turned(vector, self.turned_deg) for vector in EYES[self.seen_from])
        up = about(UP, right, self.tilt_deg)
        eye = about(eye, right, self.tilt_deg)
        apart = point - self.aim
        flat = np.array([apart @ right, apart @ up])
        if self.source_mm is None:
            return flat
        # The nearer to the source, the larger; the scale is right at `aim`, as a ball beside the bone makes it.
        to_aim = self.source_mm - self.behind_mm
        return flat * to_aim / (to_aim - apart @ eye)

    def pixel(self, point: np.ndarray) -> list[float]:
        """Stored pixels, x right and y down from the top left corner."""
        right, up = self.on_detector(point)
        c, s = np.cos(np.radians(self.roll_deg)), np.sin(np.radians(self.roll_deg))
        x = self.columns / 2 + (c * right - s * up) / self.mm_per_px[1]
        y = self.rows / 2 - (s * right + c * up) / self.mm_per_px[0]
        return [float(self.columns - x if self.mirrored else x), float(y)]


def film(
    limb: LimbInSpace,
    radiograph: Radiograph,
    name: str,
    *,
    click_px: float = 0.0,
    rng: np.random.Generator | None = None,
    told: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The radiograph as `hexapod-films/1` has it, every point clicked `click_px` beside where it is."""
    view = VIEW[radiograph.seen_from]
    points = []
    for is_, at in limb.points(view).items():
        x, y = radiograph.pixel(at)
        if rng is not None:
            x, y = (value + click_px * rng.standard_normal() for value in (x, y))
        points.append({"is": is_, "at_px": [x, y], "sd_px": click_px})
    return {
        "id": name,
        "view": view,
        "side": limb.side,
        "seen_from": radiograph.seen_from,
        "columns": radiograph.columns,
        "rows": radiograph.rows,
        "mirrored": radiograph.mirrored,
        "turned_deg": radiograph.turned_deg,
        "scale": {"from": "ball", "mm_per_px": list(radiograph.mm_per_px), "sd_percent": 2.0},
        "points": points,
        **(told or {}),
    }


def document(limb: LimbInSpace, *films: dict[str, Any]) -> dict[str, Any]:
    """The document that `measure` reads."""
    return {
        "limb": {"side": limb.side},
        "reference": limb.reference,
        "measured_with": {"format": "hexapod-films/1", "films": list(films)},
    }


def signed_results(measured: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Size with a sign and SD of every quantity, by its positive word."""
    plus = {
        "varus_deg": "valgus_deg",
        "apex_posterior_deg": "apex_anterior_deg",
        "medial_mm": "lateral_mm",
        "anterior_mm": "posterior_mm",
        "long_mm": "short_mm",
    }
    found = {}
    for result in measured["results"]:
        word = result["word"].removeprefix("deformity.")
        found[plus.get(word, word)] = ((-1.0 if word in plus else 1.0) * result["size"], result["sd"])
    return found
