"""Pictures of a limb in space: two bones as cylinders of cortex round marrow, skin, a steel ball, a side marker.

`python -m tests.films.rendered` writes the pair that belongs to the sample `tibia_varus`.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from tests.films.projector import ANTERIOR, EYES, MEDIAL, UP, VIEW, LimbInSpace, Radiograph, about, turned

CORTEX_SHARE = 0.7  # of the radius is marrow
# Attenuation by mm of cortex and of marrow, of the grey of a film (natural logarithm of the photons).
CORTEX, MARROW = 0.035, 0.008
SKIN = 0.004
NOISE = 2.0  # grey levels of 255
LONG_MM = 160.0
LIMB_RADIUS_MM = 45.0
# A steel ball beside the bone, at its depth, on the lateral and anterior side: dense enough to be white.
BALL_MM, BALL = 25.4, 0.3
BESIDE_MM, ABOVE_MM = 62.0, 70.0
# The side marker, of lead: a letter of five columns and seven rows, each so many mm, with its corner so far out and up.
LETTERS = {
    "R": ("11110", "10001", "10001", "11110", "10100", "10010", "10001"),
    "L": ("10000", "10000", "10000", "10000", "10000", "10000", "11111"),
}
LETTER_MM, LETTER_OUT_MM, LETTER_ABOVE_MM = 2.5, -72.0, 120.0
SAMPLES = Path(__file__).resolve().parents[2] / "sample_cases"
# The pair of the sample: pixels of 0.25 mm, seen from the front and from the patient's left.
PAIR = {name: Radiograph(eye, (0.25, 0.25), 800, 1120) for name, eye in (("ap", "front"), ("lateral", "left"))}


def rendered(limb: LimbInSpace, radiograph: Radiograph, *, seed: int = 0) -> bytes:
    """The radiograph as an 8-bit PNG, mirrored where it says so."""
    eye, right = (turned(vector, radiograph.turned_deg) for vector in EYES[radiograph.seen_from])
    up = about(UP, right, radiograph.tilt_deg)
    eye = about(eye, right, radiograph.tilt_deg)
    y, x = np.mgrid[: radiograph.rows, : radiograph.columns].astype(float) + 0.5
    x = radiograph.columns - x if radiograph.mirrored else x
    across = (x - radiograph.columns / 2) * radiograph.mm_per_px[1]
    above = (radiograph.rows / 2 - y) * radiograph.mm_per_px[0]
    c, s = np.cos(np.radians(radiograph.roll_deg)), np.sin(np.radians(radiograph.roll_deg))
    places = np.multiply.outer(c * across + s * above, right) + np.multiply.outer(c * above - s * across, up)
    away = -UP if limb.reference == "proximal" else UP
    weakened = np.zeros(across.shape)
    for start, axis in ((limb.origin, -away), (limb.corresponding(), limb.axis())):
        for radius, density in ((limb.radius, CORTEX), (CORTEX_SHARE * limb.radius, MARROW - CORTEX)):
            weakened += density * _chord(places + radiograph.aim - start, eye, axis, radius)
    beside = -MEDIAL[limb.side] if VIEW[radiograph.seen_from] == "ap" else ANTERIOR
    weakened += SKIN * _chord(places + LONG_MM * UP, eye, UP, LIMB_RADIUS_MM, 2.0 * LONG_MM)
    weakened += BALL * _through_ball(places - BESIDE_MM * beside - ABOVE_MM * UP, eye)
    weakened += BALL * BALL_MM * _letter(LETTERS[limb.side[0].upper()], across, above)
    grey = 255.0 * (1.0 - np.exp(-weakened)) + 20.0
    grey += NOISE * np.random.default_rng(seed).standard_normal(grey.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(np.rint(grey), 0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def marker_pixel(radiograph: Radiograph) -> list[float]:
    """The middle of the side marker's letter, in stored pixels."""
    right, up = LETTER_OUT_MM + 2.5 * LETTER_MM, LETTER_ABOVE_MM - 3.5 * LETTER_MM
    x = radiograph.columns / 2 + right / radiograph.mm_per_px[1]
    y = radiograph.rows / 2 - up / radiograph.mm_per_px[0]
    return [radiograph.columns - x if radiograph.mirrored else x, y]


def _letter(rows: tuple[str, ...], across: np.ndarray, above: np.ndarray) -> np.ndarray:
    """1 where the letter lies: to be read as the radiograph is seen, so mirrored where it is stored mirrored."""
    column = np.floor((across - LETTER_OUT_MM) / LETTER_MM).astype(int)
    row = np.floor((LETTER_ABOVE_MM - above) / LETTER_MM).astype(int)
    inside = (column >= 0) & (column < len(rows[0])) & (row >= 0) & (row < len(rows))
    letter = np.array([[float(mark) for mark in line] for line in rows])
    return np.where(inside, letter[row.clip(0, len(rows) - 1), column.clip(0, len(rows[0]) - 1)], 0.0)


def _through_ball(places: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """How much of each ray lies in the ball, counted from its middle."""
    squared = (places**2).sum(axis=-1) - (places @ eye) ** 2
    return 2.0 * np.sqrt(np.maximum((BALL_MM / 2.0) ** 2 - squared, 0.0))


def _chord(
    places: np.ndarray, eye: np.ndarray, axis: np.ndarray, radius: float, long_mm: float = LONG_MM
) -> np.ndarray:
    """How much of each ray, through a place towards the eye, lies in a cylinder that begins where places count from."""
    normal = np.cross(eye, axis)
    sine = np.linalg.norm(normal)
    apart = places @ (normal / sine)
    in_plane = axis - (axis @ eye) * eye
    along = places @ in_plane / (sine * sine)
    inside = (np.abs(apart) < radius) & (along > 0.0) & (along < long_mm)
    return np.where(inside, 2.0 * np.sqrt(np.maximum(radius**2 - apart**2, 0.0)) / sine, 0.0)


def sample_limb() -> LimbInSpace:
    """The limb of the sample, as far as radiographs show it."""
    level = json.loads((SAMPLES / "tibia_varus.json").read_text("utf-8"))["levels"][0]
    seen = {word: size for word, size in level["deformity"].items() if "rotation" not in word}
    return LimbInSpace("right", level["reference"], seen)


def sample_file(name: str) -> Path:
    """Where the radiograph of the sample stands, by the id of its case."""
    return SAMPLES / "radiographs" / f"demo-TV-014_{name}.png"


if __name__ == "__main__":
    for name, radiograph in PAIR.items():
        sample_file(name).parent.mkdir(exist_ok=True)
        sample_file(name).write_bytes(rendered(sample_limb(), radiograph))
