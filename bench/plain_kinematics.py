"""The yardstick: inverse and forward kinematics by the plain compiled program of plain_kinematics.c."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexapod.geometry.transforms import Array

TOLERANCE_MM = 1e-9
MOST_STEPS = 50
# What a matrix may be off a rotation: as for our own lengths.
RIGID = 2e-2
NUMBERS = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")


@dataclass(frozen=True)
class Plain:
    """The compiled program."""

    library: ctypes.CDLL

    @staticmethod
    def built(folder: Path, option: str) -> Plain | None:
        """The program built with `cc <option>` into a folder.  None when there is no compiler."""
        compiler = shutil.which("cc")
        if compiler is None:
            return None
        source, target = Path(__file__).with_suffix(".c"), folder / f"plain_kinematics{option}.so"
        subprocess.run([compiler, option, "-shared", "-fPIC", "-o", target, source, "-lm"], check=True)
        library = ctypes.CDLL(str(target))
        real, whole = ctypes.c_double, ctypes.c_int
        library.forward_all.argtypes = [whole, NUMBERS, NUMBERS, NUMBERS, NUMBERS, real, whole, NUMBERS]
        library.inverse_all.argtypes = [whole, NUMBERS, NUMBERS, NUMBERS, real, NUMBERS]
        return Plain(library)

    def forward(self, proximal: Array, distal: Array, lengths_mm: Array, start: Array) -> Array:
        """Poses (n, 4, 4) of lengths (n, 6), from one start (4, 4)."""
        T = np.empty((len(lengths_mm), 4, 4))
        self.library.forward_all(len(T), proximal, distal, lengths_mm, start, TOLERANCE_MM, MOST_STEPS, T)
        return T

    def inverse(self, proximal: Array, distal: Array, T_prox_dist: Array) -> Array:
        """Lengths (n, 6) of poses (n, 4, 4)."""
        lengths = np.empty((len(T_prox_dist), 6))
        self.library.inverse_all(len(lengths), proximal, distal, T_prox_dist, RIGID, lengths)
        return lengths
