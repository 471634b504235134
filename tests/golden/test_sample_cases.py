"""The sample cases are what their README says: loadable, pretty, plausible frames, the verdict and days of the table."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

import hexapod

FOLDER = Path(__file__).resolve().parents[2] / "sample_cases"
README = (FOLDER / "README.md").read_text("utf-8")
TABLE = re.findall(r"^\| `(\w+)\.json` \|[^|]*\| (\d+) cm, (\d+) mm \| (\d+|-) \| (\w+) \|$", README, re.MULTILINE)
CODES = {
    "foot_ankle": {"rate.above_limit"},
    "foot_equinus": {"limits.working"},
    "tibia_fracture": {"limits.working"},
    "refused_strut_travel": {"strut.travel"},
}
CLEAR_OF_SKIN_MM = 20.0


def test_readme_has_a_row_and_a_paragraph_for_every_case() -> None:
    names = {path.stem for path in FOLDER.glob("*.json")}
    assert {row[0] for row in TABLE} == names
    assert all(f"\n**{name}.** " in README for name in names)


@pytest.mark.parametrize(("name", "girth_cm", "ring_mm", "days", "verdict"), TABLE)
def test_sample_case(name: str, girth_cm: str, ring_mm: str, days: str, verdict: str) -> None:
    raw = (FOLDER / f"{name}.json").read_text("utf-8")
    assert raw == json.dumps(json.loads(raw), ensure_ascii=False, indent=1) + "\n"
    plan = hexapod.make_plan(hexapod.load_case(FOLDER / f"{name}.json"))
    assert plan.verdict == verdict
    assert {finding.code for finding in plan.findings} == CODES.get(name, set())
    assert len(plan.findings) == (1 if verdict == "caution" else len(plan.findings))
    assert days == ("-" if verdict == "refused" else str(max(level.rows[-1].day for level in plan.levels)))
    inner = [ring.inner_radius_mm for frame in plan.frames if frame for ring in rings(frame.setup)]
    assert min(inner) == int(ring_mm) / 2.0
    assert min(inner) - 10.0 * int(girth_cm) / (2.0 * math.pi) >= CLEAR_OF_SKIN_MM


def rings(setup) -> tuple:  # type: ignore[no-untyped-def]
    return setup.proximal_ring, setup.distal_ring


@pytest.mark.parametrize("name", [row[0] for row in TABLE])
def test_frame_is_one_that_a_surgeon_would_build(name: str) -> None:
    """Moving ring nearly square and centred on its fragment, fronts aligned, rings 100 to 220 mm apart, hold at the end."""
    case = hexapod.load_case(FOLDER / f"{name}.json")
    for level, frame in zip(case.levels, hexapod.make_plan(case).frames, strict=True):
        assert frame is not None
        T = frame.T_mov_mring
        assert math.degrees(math.acos(min(T[2, 2], 1.0))) < 3.0
        assert math.hypot(T[0, 3], T[1, 3]) < 16.0
        assert abs(turn_deg(T) - turn_deg(frame.setup.T_ref_ring)) < 4.0
        known = frame.T_prox_dist[0 if level.frame.settings_at == "start" else -1]
        assert 100.0 <= np.linalg.norm(known[:3, 3]) <= 220.0
        for strut, reading in zip(frame.setup.struts, level.frame.settings_mm, strict=True):
            assert reading == strut.nearest_mark(reading)
            assert strut.reads(reading)
        assert level.structures_at_risk
        if getattr(level, "couple", None) is None:  # a coupled level has no stages of its own
            first, last = level.stages[0], level.stages[-1]
            assert first.hold_days in range(5, 8) or case.limb.bone == "foot" or level.indication == "fracture"
            assert last.hold_days is not None


def turn_deg(T: np.ndarray) -> float:
    return math.degrees(math.atan2(T[1, 0] - T[0, 1], T[0, 0] + T[1, 1]))
