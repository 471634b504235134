"""What choosing the doses of a day together is worth: `python -m bench.doses`.

Every dose rounded for itself, beside the doses of a day chosen together, on the sample cases and the golden scenarios,
as they are and with several adjustments a day on one kind of scale: longest single dose and longest way of a day at a
tracked point, and how many turns of a strut go back on an earlier one of the same day.
"""

from __future__ import annotations

import copy
import datetime
import importlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexapod import load_catalogue, read_case
from hexapod.checks.dose_accuracy import real_travel, turned_poses
from hexapod.errors import HexapodError
from hexapod.schedule.doses import choose_doses
from hexapod.schedule.strut_settings import Schedule, make_schedules
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import fit_frame
from hexapod.trajectory.level_setup import set_up

ROOT = Path(__file__).resolve().parents[1]
# Reach of the struts that stand for a kind of scale, mm: no exchange changes the picture.
REACH_MM = (20.0, 600.0)
BACK_MM = 1e-9


@dataclass(frozen=True)
class Measured:
    """Of one level: longest single dose and longest way of a day in mm, turns that go back, and seconds to choose."""

    dose_mm: float
    day_mm: float
    back: int
    seconds: float


def cases() -> Iterator[dict[str, Any]]:
    """The sample cases and the golden scenarios."""
    for path in sorted((ROOT / "sample_cases").glob("*.json")):
        yield json.loads(path.read_text("utf-8"))
    scenarios = importlib.import_module("tests.golden.scenarios").scenarios()
    yield from (scenario.case for scenario in scenarios.values())


def with_scales(document: dict[str, Any], often: int, mark_mm: float) -> dict[str, Any]:
    """A case with so many adjustments a day, on struts that read such marks."""
    changed = copy.deepcopy(document)
    for level in changed["levels"]:
        level["adjustments_per_day"] = often
        strut = {"min_mm": REACH_MM[0], "max_mm": REACH_MM[1], "graduation_mm": mark_mm}
        level["frame"]["struts"] = [strut] * 6
    return changed


def schedules_of(document: dict[str, Any]) -> list[Schedule]:
    """The schedules of the levels with several adjustments a day, every dose rounded for itself."""
    case, catalogue = read_case(document), load_catalogue()
    setups = [set_up(case, index, catalogue) for index in range(len(case.levels))]
    frames = [fit_frame(course) for course in bone_courses(setups)]
    last = max(frame.course.days for frame in frames)
    days = [day for day in range(1, last + 1) if case.open_on(case.first_day + datetime.timedelta(days=day))]
    made = make_schedules(frames, catalogue, days, case.exchange_reserve_mm)
    return [one for one in made if one.doses_mm.shape[1] > 1]


def measured(schedule: Schedule, seconds: float) -> Measured:
    """The real travel of a schedule."""
    real = real_travel(schedule.frame.setup, turned_poses(schedule))
    turned = np.diff(np.concatenate([schedule.mornings_mm[:, None], schedule.doses_mm], axis=1), axis=1)
    way = schedule.settings_mm - schedule.mornings_mm
    # Back is what goes against the day; on a day that ends where it began, all but the first turn.
    back = (turned * np.sign(way)[:, None] < -BACK_MM).sum() + ((abs(turned) > BACK_MM) & (way == 0.0)[:, None]).sum()
    return Measured(float(real.single_mm.max()), float(real.sum_mm.max()), int(back), seconds)


def compare(documents: Sequence[dict[str, Any]]) -> tuple[list[Measured], list[Measured]]:
    """Both ways on every level that has a schedule."""
    before, after = [], []
    for document in documents:
        try:
            schedules = schedules_of(document)
            for schedule in schedules:
                alone = measured(schedule, 0.0)
                began = time.perf_counter()
                together = choose_doses(schedule)
                after.append(measured(together, time.perf_counter() - began))
                before.append(alone)
        except HexapodError:  # a case that is there to be refused
            continue
    return before, after


def line(name: str, levels: Sequence[Measured]) -> None:
    """Mean of the levels' maxima, and the largest of them."""
    if not levels:
        return
    dose, day = ([getattr(one, key) for one in levels] for key in ("dose_mm", "day_mm"))
    print(
        f"{name:<44}{len(levels):>5}{np.mean(dose):>9.2f} /{max(dose):>6.2f}{np.mean(day):>9.2f} /{max(day):>6.2f}"
        f"{sum(one.back for one in levels):>7}{max(one.seconds for one in levels):>9.2f}",
        flush=True,
    )


def main() -> None:
    """Measure everything once."""
    documents = list(cases())
    print("levels: mean of each level's maximum / overall maximum, mm")
    print(f"{'':<44}{'n':>5}{'single dose':>17}{'way of a day':>17}{'back':>7}{'s':>9}")
    kinds = [("as they are", documents)]
    kinds += [
        (f"{often} a day on {mark:g} mm", [with_scales(one, often, mark) for one in documents])
        for mark, often in ((1.0, 4), (1.0, 3), (0.25, 4))
    ]
    for name, changed in kinds:
        before, after = compare(changed)
        line(f"{name}: each for itself", before)
        line(f"{name}: chosen together", after)


if __name__ == "__main__":
    main()
