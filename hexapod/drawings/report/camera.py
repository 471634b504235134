"""How the frame is looked at: a parallel projection from anterior, lateral and above, and what is nearer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.deformity.mounting import place
from hexapod.deformity.sides import Side
from hexapod.geometry.transforms import Array

# The way from the frame to the eye: mostly anterior, somewhat lateral and from above, so that all six struts show.
TOWARDS_EYE = {"anterior_mm": 1.0, "lateral_mm": 0.55, "proximal_mm": 0.5}


@dataclass(frozen=True)
class Camera:
    """Directions (3,) in limb axes: to the right and up in the picture, and towards the eye."""

    right: Array
    up: Array
    towards_eye: Array

    def flat(self, points_mm: Array) -> Array:
        """Points (..., 3) in the picture (..., 2), mm: to the right and up."""
        return np.stack([points_mm @ self.right, points_mm @ self.up], axis=-1)

    def nearness(self, points_mm: Array) -> Array:
        """How near to the eye points (..., 3) are, mm."""
        return np.asarray(points_mm @ self.towards_eye)


def camera(side: Side) -> Camera:
    """The camera for a limb: from its own lateral side, so a left limb is seen mirrored to a right one."""
    eye = place(TOWARDS_EYE, side)
    eye = eye / np.linalg.norm(eye)
    right = np.cross([0.0, 0.0, 1.0], eye)
    right = right / np.linalg.norm(right)
    return Camera(right, np.cross(eye, right), eye)
