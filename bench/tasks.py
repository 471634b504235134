"""What is measured: a frame with random poses, and cases of any number of days."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexapod import load_catalogue, make_plan, read_case, strut_lengths
from hexapod.geometry.transforms import Array, pose, rotation_from_vector, shift

PROXIMAL, DISTAL, HEIGHT_MM = "generic-full-180", "generic-full-155", 150.0
REACH_MM, REACH_DEG = 40.0, 35.0
SAMPLES = Path(__file__).parent.parent / "sample_cases"


@dataclass(frozen=True)
class Task:
    """A frame, its neutral pose, and poses (n, 4, 4) around it with their lengths (n, 6)."""

    proximal: Array
    distal: Array
    neutral: Array
    T_prox_dist: Array
    lengths_mm: Array


def random_task(count: int) -> Task:
    """Poses shifted by up to 40 mm along each axis and turned by up to 35 deg about any axis; the same every time."""
    catalogue = load_catalogue()
    proximal, distal = catalogue.ring(PROXIMAL).proximal_joints_mm, catalogue.ring(DISTAL).distal_joints_mm
    neutral = shift([0.0, 0.0, -HEIGHT_MM])
    random = np.random.default_rng(1)
    axis = random.normal(size=(count, 3))
    angle = random.uniform(0.0, math.radians(REACH_DEG), (count, 1))
    R = rotation_from_vector(angle * axis / np.linalg.norm(axis, axis=1, keepdims=True))
    T = pose(R, neutral[:3, 3] + random.uniform(-REACH_MM, REACH_MM, (count, 3)))
    return Task(proximal, distal, neutral, T, strut_lengths(proximal, distal, T))


def case_of_days(days: int) -> dict[str, Any]:
    """A case of one level that lasts so many days: a day's rest, two movements of equal length, a day's rest."""
    first = (days - 2) // 2
    deformity = {"varus_deg": 4, "apex_anterior_deg": 3, "external_rotation_deg": 2, "medial_mm": 1, "short_mm": 5}
    halfway = {"varus_deg": 2, "apex_anterior_deg": 1, "external_rotation_deg": 1, "short_mm": 2}
    level = {
        "name": "tibia",
        "reference": "proximal",
        "frame": {
            "proximal_ring": {"model": PROXIMAL},
            "distal_ring": {"model": DISTAL},
            "struts": ["generic-medium"] * 6,
            "settings_mm": [163, 146, 134, 123, 150, 149],
            "settings_at": "start",
        },
        "mounting": {"lateral_mm": 4, "anterior_mm": 12, "proximal_mm": 60, "external_rotation_deg": 5},
        "deformity": deformity,
        "bone": {"diameter_mm": 28, "osteotomy": {"distal_mm": 10}},
        "structures_at_risk": [{"name": "nerve", "at": {"lateral_mm": 35, "posterior_mm": 20}, "limit_mm_per_day": 1}],
        "adjustments_per_day": 4,
        "stages": [
            {"name": "latency", "hold_days": 1},
            {"name": "lengthen", "correct_to": halfway, "days": first},
            {"name": "correct", "correct_to": {}, "days": days - 2 - first},
            {"name": "rest", "hold_days": 1},
        ],
    }
    return {
        "format": "hexapod-case/1",
        "id": f"bench-{days}",
        "limb": {"side": "right", "bone": "tibia"},
        "start_date": "2026-03-02",
        "levels": [level],
    }


def coupled_case_of_days(days: int) -> dict[str, Any]:
    """The stacked transport of the sample cases (two hexapods, exchanges, girths), its last rest cut to fit."""
    case: dict[str, Any] = json.loads((SAMPLES / "tibia_stacked_transport.json").read_text("utf-8"))
    stages = case["levels"][0]["stages"]
    stages[-1]["hold_days"] = days - (make_plan(read_case(case)).levels[0].rows[-1].day - stages[-1]["hold_days"])
    return case
