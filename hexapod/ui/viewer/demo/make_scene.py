"""Writes scene.json for the demo page: a plausible limb, poses worked out roughly. For looking at, not for planning.

Run it as `python make_scene.py`, with `--side left`, `--bone femur`, `--reference distal` or `--out other.json`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

COLOURS = ["#c0392b", "#e67e22", "#f1c40f", "#27ae60", "#2980b9", "#8e44ad"]
READINGS_MM = [163.0, 146.0, 134.0, 123.0, 150.0, 149.0]
STAGES = [("latency", 7), ("distract", 9), ("correct", 13), ("lengthen", 9), ("consolidation", 3)]


def turn(rotvec_rad: np.ndarray) -> np.ndarray:
    """Rotation matrix about an axis, by Rodrigues' formula."""
    angle = np.linalg.norm(rotvec_rad)
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = np.asarray(rotvec_rad) / angle
    K = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * K + (1 - np.cos(angle)) * K @ K


def about_z(angle_deg: float) -> np.ndarray:
    """Rotation matrix about z."""
    return turn(np.array([0, 0, np.radians(angle_deg)]))


def rotvec(R: np.ndarray) -> np.ndarray:
    """Axis times angle (rad) of a rotation matrix well below half a turn."""
    axis = np.array([R[2, 1] - R[1, 2], R[0, 2] - R[2, 0], R[1, 0] - R[0, 1]]) / 2
    sine = np.linalg.norm(axis)
    return axis if sine < 1e-12 else axis / sine * np.arctan2(sine, (np.trace(R) - 1) / 2)


def rigid(R: np.ndarray, translation: list[float] | np.ndarray) -> np.ndarray:
    """4x4 matrix of a rotation and a translation."""
    T = np.eye(4)
    T[:3, :3] = R
    T[:3, 3] = translation
    return T


def swing_to(direction: list[float], start: list[float]) -> np.ndarray:
    """Smallest rotation that takes one direction to another."""
    u = np.array(direction) / np.linalg.norm(direction)
    axis = np.cross(start, u)
    size = np.linalg.norm(axis)
    return np.eye(3) if size < 1e-12 else turn(axis / size * np.arctan2(size, np.dot(start, u)))


def joints(angles_deg: list[float], radius: float, z: float) -> np.ndarray:
    """Joint centres in ring axes."""
    a = np.radians(angles_deg)
    return np.column_stack([radius * np.sin(a), -radius * np.cos(a), np.full(6, z)])


def lengths(T_prox_dist: np.ndarray, proximal: np.ndarray, distal: np.ndarray) -> np.ndarray:
    """Six strut lengths, mm."""
    return np.linalg.norm(distal @ T_prox_dist[:3, :3].T + T_prox_dist[:3, 3] - proximal, axis=1)


def ring_pose(proximal: np.ndarray, distal: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Pose of the distal ring in the proximal one, followed from the neutral frame."""

    def pose(v: np.ndarray) -> np.ndarray:
        return rigid(turn(v[3:]), v[:3])

    v = np.array([0, 0, -130.0, 0, 0, 0])
    for part in np.linspace(0, 1, 21):
        aim = (1 - part) * target.mean() + part * target
        v = least_squares(lambda w, aim=aim: lengths(pose(w), proximal, distal) - aim, v).x
    return pose(v)


def between(start: np.ndarray, stop: np.ndarray, part: float) -> np.ndarray:
    """Pose part of the way along a stage."""
    R = turn(part * rotvec(stop[:3, :3] @ start[:3, :3].T)) @ start[:3, :3]
    return rigid(R, start[:3, 3] + part * (stop[:3, 3] - start[:3, 3]))


def tan(angle_deg: float) -> float:
    """Tangent of an angle in degrees."""
    return float(np.tan(np.radians(angle_deg)))


def make_scene(side: str, bone: str, reference: str) -> dict:
    """Scene payload in the form README.md describes."""
    lat = 1 if side == "left" else -1
    far = -1 if reference == "proximal" else 1
    half = np.degrees(np.arcsin(7.5 / 100))
    proximal = joints([-half, half, 120 - half, 120 + half, 240 - half, 240 + half], 100, -10)
    half = np.degrees(np.arcsin(7.5 / 87.5))
    distal = joints([300 + half, 60 - half, 60 + half, 180 - half, 180 + half, 300 - half], 87.5, 10)

    tilt = swing_to([-lat * tan(9), tan(6), far], [0, 0, far])
    twist = about_z(lat * 7 * -far)
    deformed = rigid(tilt @ twist, [-lat * 3, 5, -far * 9])
    turned = rigid(tilt @ twist, [-lat * 3, 5, 0])
    straight = np.eye(4)
    longer = rigid(np.eye(3), [-lat * 1, 0, far * 8])

    lean = swing_to([0, tan(-2), 1], [0, 0, 1])
    front = about_z(lat * 5)
    T_ref_ring = rigid(lean @ front, [lat * 4, -12, -far * 60])
    T_prox_dist = ring_pose(proximal, distal, np.array(READINGS_MM))
    T_ring_mring = T_prox_dist if reference == "proximal" else np.linalg.inv(T_prox_dist)
    T_mov_mring = np.linalg.inv(deformed) @ T_ref_ring @ T_ring_mring

    stations = {
        "latency": (deformed, deformed),
        "distract": (deformed, turned),
        "correct": (turned, straight),
        "lengthen": (straight, longer),
        "consolidation": (longer, longer),
    }
    poses, names = [deformed], ["start"]
    for stage, count in STAGES:
        for day in range(1, count + 1):
            poses.append(between(*stations[stage], day / count))
            names.append(stage)

    days, rows = [], []
    for number, (pose, stage) in enumerate(zip(poses, names, strict=True)):
        T = np.linalg.inv(T_ref_ring) @ pose @ T_mov_mring
        settings = lengths(T if reference == "proximal" else np.linalg.inv(T), proximal, distal)
        date = dt.date(2026, 3, 2) + dt.timedelta(days=number)
        readings = [float(np.floor(s + 0.5)) for s in settings]
        days.append({"date": date.isoformat(), "stage": stage, "settings_mm": readings})
        rows.append(flat(pose))
    nerve = np.linalg.inv(deformed) @ np.array([lat * 35, 20, 10, 1])
    return {
        "fingerprint": f"demo-{side}-{bone}-{reference}",
        "title": "Demonstration, not a patient",
        "side": side,
        "bone": bone,
        "reference": reference,
        "level_name": f"proximal {bone}",
        "days": days,
        "poses": rows,
        "T_ref_ring": flat(T_ref_ring),
        "T_mov_mring": flat(T_mov_mring),
        "proximal_joints_mm": proximal.round(3).tolist(),
        "distal_joints_mm": distal.round(3).tolist(),
        "rings": {
            "proximal": {"inner_radius_mm": 90, "outer_radius_mm": 106, "thickness_mm": 8},
            "distal": {"inner_radius_mm": 77.5, "outer_radius_mm": 93.5, "thickness_mm": 8},
        },
        "strut_colours": COLOURS,
        "bone_diameter_mm": 28,
        "osteotomy_z_mm": -10 if reference == "proximal" else 10,
        "structures": [{"name": "common peroneal nerve", "p_mov_mm": nerve[:3].round(2).tolist()}],
    }


def flat(T: np.ndarray) -> list[float]:
    """First three rows of a pose as 12 rounded numbers."""
    return [round(float(v), 5 if i % 4 < 3 else 3) + 0.0 for i, v in enumerate(T[:3].ravel())]


def main() -> None:
    """Command line."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--side", default="right", choices=["left", "right"])
    words.add_argument("--bone", default="tibia", choices=["tibia", "femur", "humerus", "forearm", "foot"])
    words.add_argument("--reference", default="proximal", choices=["proximal", "distal"])
    words.add_argument("--out", type=Path, default=Path(__file__).parent / "scene.json")
    asked = words.parse_args()
    scene = make_scene(asked.side, asked.bone, asked.reference)
    text = json.dumps(scene, separators=(",", ":"))
    asked.out.write_text(text, encoding="utf-8")
    print(f"{asked.out.name}: {len(text)} bytes, {len(scene['days'])} days")


if __name__ == "__main__":
    main()
