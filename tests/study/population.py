"""A small study in the words of its file, for all tests of studies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

STUDIES = Path(__file__).parents[2] / "docs" / "studies"
SAMPLES = Path(__file__).parents[2] / "sample_cases"


def study_value(**more: Any) -> dict[str, Any]:
    """The value of a study file, with some keys other."""
    return {
        "format": "hexapod-study/1",
        "seed": 7,
        "patients": 250,
        "case": "tibia_varus.json",
        "population": {
            "deformity": {"varus_deg": {"mean": 12, "sd": 3}, "short_mm": 15},
            "mounting": {"proximal_mm": {"mean": 60, "sd": 5}},
            "moving_ring": {"tilt_deg": 2, "across_mm": 6},
        },
        "policy": [
            {"name": "last", "visits": [0.5, "end"]},
            {"name": "fit", "visits": [0.5, "end"], "use": "all"},
        ],
        **more,
    }
