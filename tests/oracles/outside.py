"""The numbers of other programs, papers and drawings in tests/oracles/data, as the tests need them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DATA = Path(__file__).parent / "data"


@cache
def outside(name: str) -> dict[str, Any]:
    """One data file by its name."""
    numbers: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return numbers


def joints(name: str) -> tuple[Array, Array]:
    """Base points and platform points (6, 3), which take the places of the proximal and the distal joints."""
    numbers = outside(name)
    return np.array(numbers["base_points"], float), np.array(numbers["platform_points"], float)


def poses(name: str) -> Array:
    """The poses (n, 4, 4) of the platform in the base, their printed rotations made square again."""
    T = np.tile(np.eye(4), (len(outside(name)["poses"]), 1, 1))
    for k, printed in enumerate(outside(name)["poses"]):
        T[k, :3, :3] = nearest_rotation(np.array(printed["R"], float))
        T[k, :3, 3] = printed["t"]
    return T


def nearest_rotation(R: Array) -> Array:
    """The rotation nearest to a matrix printed with few digits: U V^T of its singular value decomposition."""
    U, _, Vt = np.linalg.svd(R)
    return np.asarray(U @ Vt, float)


def moved(T: Array, shift: tuple[float, float, float], turn_rad: float) -> Array:
    """A pose (4, 4) shifted and turned a little about the axis (1, 2, 3), for starting a search beside the answer."""
    x, y, z = (c / 14.0**0.5 for c in (1.0, 2.0, 3.0))
    K = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    near = T.copy()
    near[:3, :3] = (np.eye(3) + np.sin(turn_rad) * K + (1.0 - np.cos(turn_rad)) * (K @ K)) @ T[:3, :3]
    near[:3, 3] += shift
    return near
