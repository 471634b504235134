"""Every sample case, followed by bones that are not as they were measured: the fit finds where the rings truly are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.deformity.pose import deformity_poses, deformity_words, ring_mounts
from hexapod.deformity.quantities import DEFORMITY, DEFORMITY_SD, MOUNTING, MOUNTING_SD, signed_numbers, words_of
from hexapod.estimation.fit import fit
from hexapod.estimation.follow_up_estimate import estimate_visits
from hexapod.estimation.observations import observe, read_visits
from hexapod.geometry.transforms import invert
from hexapod.hardware.catalogue import load_catalogue
from hexapod.plan.make_plan import LevelPlan, Plan, Row

ROOT = Path(__file__).resolve().parents[2] / "sample_cases"
SAMPLES = [
    (path.stem, level)
    for path in sorted(ROOT.glob("*.json"))
    if not path.stem.startswith("refused")
    for level in range(len(hexapod.load_case(path).levels))
]
# What the planner was told is off by this, in the order of the words.
MOUNTING_OFF = np.array([2.0, -1.5, 0.8, 4.0, 0.7, -0.6])
DEFORMITY_OFF = np.array([1.2, -1.0, 4.0, 1.0, -1.5, 0.8])
SURE = {one.key: 0.01 for one in DEFORMITY_SD}
SURE_MOUNTING = {one.key: 0.01 for one in MOUNTING_SD}


def frame_of(planned: LevelPlan, row: Row) -> np.ndarray:
    """`T_ring_mring` of a row's readings on its own struts."""
    setup = planned.setup
    lengths = [strut.length(setting) for strut, setting in zip(row.struts, row.settings_mm, strict=True)]
    T_prox_dist = hexapod.ring_pose(*setup.joints_mm, lengths, near=planned.frame.T_prox_dist[row.day])
    return T_prox_dist if setup.reference == "proximal" else invert(T_prox_dist)


def truth(plan: Plan, level: int) -> tuple[np.ndarray, Any]:
    """The true mounting (6,), and the true pose of the bone on a day, by the frame's readings."""
    planned = plan.levels[level]
    side, reference = planned.setup.side, planned.setup.reference
    mounting = np.array(signed_numbers(planned.entered.mounting_words, MOUNTING)) + MOUNTING_OFF
    deformity = np.array(signed_numbers(planned.entered.deformity_words, DEFORMITY)) + DEFORMITY_OFF
    T_ref_ring = ring_mounts(mounting, side)
    T_start = deformity_poses(deformity, side, reference)
    T_mov_mring = invert(T_start) @ T_ref_ring @ frame_of(planned, planned.rows[0])

    def bone(day: int) -> np.ndarray:
        return T_ref_ring @ frame_of(planned, planned.rows[day]) @ invert(T_mov_mring)

    return mounting, bone


@pytest.mark.parametrize(("stem", "level"), SAMPLES, ids=[f"{stem} {level + 1}" for stem, level in SAMPLES])
@pytest.mark.some(3)
def test_a_sample(stem: str, level: int) -> None:
    """Exact measurements at visits outweigh a case that was measured wrongly."""
    plan = hexapod.make_plan(hexapod.load_case(ROOT / f"{stem}.json"))
    assert isinstance(plan, Plan)
    planned = plan.levels[level]
    setup = planned.setup
    mounting, bone = truth(plan, level)
    days = sorted({round(share * planned.last.day) for share in (0.3, 0.6, 1.0)})
    visits = [
        {
            "date": planned.rows[day].date.isoformat(),
            "settings_mm": list(planned.rows[day].settings_mm),
            "deformity": deformity_words(bone(day), setup.side, setup.reference),
            "deformity_sd": SURE,
            **({"struts": list(planned.rows[day].models)} if planned.exchanges else {}),
        }
        for day in days
    ]
    visits[0] |= {"mounting": words_of(mounting.tolist(), MOUNTING), "mounting_sd": SURE_MOUNTING}
    told = estimate_visits(plan, level, read_visits({"format": "hexapod-visits/1", "visits": visits}), "all")
    expected = signed_numbers(deformity_words(bone(days[-1]), setup.side, setup.reference), DEFORMITY)
    assert told.estimate.mounting == pytest.approx(mounting, abs=0.05)
    assert told.estimate.deformity == pytest.approx(expected, abs=0.05)
    assert told.end is not None
    assert told.end.within_goal > 0.999
    # The last measurement alone says of the last day what was measured.
    alone = fit(
        observe(plan, level, read_visits({"format": "hexapod-visits/1", "visits": visits}), "last", load_catalogue())
    )
    assert alone.deformity == pytest.approx(expected, abs=1e-6)
    assert alone.mounting == pytest.approx(mounting, abs=1e-6)
