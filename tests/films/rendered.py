"""Pictures of a limb in space: two bones as cylinders of cortex round marrow, parallel rays, with noise."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from tests.films.projector import EYES, UP, LimbInSpace, Radiograph, about, turned

CORTEX_SHARE = 0.7  # of the radius is marrow
# Attenuation by mm of cortex and of marrow, of the grey of a film (natural logarithm of the photons).
CORTEX, MARROW = 0.035, 0.008
NOISE = 2.0  # grey levels of 255
LONG_MM = 160.0


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
    grey = 255.0 * (1.0 - np.exp(-weakened)) + 20.0
    grey += NOISE * np.random.default_rng(seed).standard_normal(grey.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(np.rint(grey), 0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def _chord(places: np.ndarray, eye: np.ndarray, axis: np.ndarray, radius: float) -> np.ndarray:
    """How much of each ray, through a place towards the eye, lies in a cylinder that begins where places count from."""
    normal = np.cross(eye, axis)
    sine = np.linalg.norm(normal)
    apart = places @ (normal / sine)
    in_plane = axis - (axis @ eye) * eye
    along = places @ in_plane / (sine * sine)
    inside = (np.abs(apart) < radius) & (along > 0.0) & (along < LONG_MM)
    return np.where(inside, 2.0 * np.sqrt(np.maximum(radius**2 - apart**2, 0.0)) / sine, 0.0)
