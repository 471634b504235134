"""A slow proof, `python -m bench.flat [frames]`: in flat frames the fast solver agrees with following where it is sure.

Rings 0.35 to 1 radius apart, poses turned by 50 to 58 deg about any axis and shifted by up to a quarter of the radius.
It prints how many of how many sure poses are others than following reaches, and ends with status 1 when any is.
"""

from __future__ import annotations

import sys

import numpy as np

from hexapod import strut_lengths
from hexapod.geometry.transforms import Array, pose, rotation_from_vector, shift
from hexapod.kinematics.batch_newton import Newton
from hexapod.kinematics.forward import follow
from hexapod.kinematics.inverse import ring_points

FRAMES, POSES = 48, 1000
SAME = 1e-6  # of a pose's numbers, mm: two different poses are whole millimetres apart


def flat_frame(random: np.random.Generator) -> tuple[Array, Array, Array, float]:
    """Joints of two rings, their neutral pose and the radius in mm."""
    radius = random.uniform(80.0, 240.0)
    other = radius * random.uniform(0.87, 1.15)
    half, other_half = (np.degrees(np.arcsin(7.5 / mm)) for mm in (radius, other))  # two joints of a tab 15 mm apart
    proximal = [tab + side * half for tab in (0, 120, 240) for side in (-1, 1)]
    tabs = ((300, 1), (60, -1), (60, 1), (180, -1), (180, 1), (300, -1))
    distal = [tab + side * other_half for tab, side in tabs]
    neutral = shift([0.0, 0.0, -radius * random.uniform(0.35, 1.0)])
    return ring_points(radius, proximal, -10.0), ring_points(other, distal, 10.0), neutral, radius


def main() -> int:
    """The exit status."""
    frames = int(sys.argv[1]) if len(sys.argv) > 1 else FRAMES
    random = np.random.default_rng(0)
    sure_ones = wrong = 0
    for _ in range(frames):
        proximal, distal, neutral, radius = flat_frame(random)
        axis = random.normal(size=(POSES, 3))
        turn = np.radians(random.uniform(50.0, 58.0, (POSES, 1)))
        R = rotation_from_vector(turn * axis / np.linalg.norm(axis, axis=1, keepdims=True))
        T = neutral @ pose(R, random.uniform(-0.25, 0.25, (POSES, 3)) * radius)
        lengths = strut_lengths(proximal, distal, T)
        found, sure = Newton(proximal, distal, neutral).solve(lengths, None)
        count = int(sure.sum())
        followed = follow(proximal, distal, lengths[sure], np.tile(neutral, (count, 1, 1)))
        off = abs(followed.T_prox_dist - found[sure]).max(axis=(1, 2), initial=0.0)
        wrong += int(((off > SAME) | (followed.share < 1.0)).sum())
        sure_ones += count
    print(f"{wrong} of {sure_ones} sure poses are not the followed one ({frames * POSES} in all)")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
