"""The yardstick: forward kinematics by the compiled Newton of plain_newton.c."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np

from hexapod.geometry.transforms import Array

Forward = Callable[[Array, Array, Array, Array], Array]
TOLERANCE_MM = 1e-9
MOST_STEPS = 50


def plain_newton(folder: Path, option: str) -> Forward | None:
    """The C program built with `cc <option>` into a folder, as a function of joints, lengths (n, 6) and one start.

    None when there is no compiler.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    source, library = Path(__file__).with_suffix(".c"), folder / f"plain_newton{option}.so"
    subprocess.run([compiler, option, "-shared", "-fPIC", "-o", library, source, "-lm"], check=True)
    forward_all = ctypes.CDLL(str(library)).forward_all
    numbers = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")
    forward_all.argtypes = [ctypes.c_int, numbers, numbers, numbers, numbers, ctypes.c_double, ctypes.c_int, numbers]

    def forward(proximal: Array, distal: Array, lengths_mm: Array, start: Array) -> Array:
        T = np.empty((len(lengths_mm), 4, 4))
        forward_all(len(T), proximal, distal, lengths_mm, start, TOLERANCE_MM, MOST_STEPS, T)
        return T

    return forward
