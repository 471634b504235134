"""How far every tracked point moves a day, beside its limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.geometry.transforms import Array
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.level_setup import CORRESPONDING_POINT


@dataclass(frozen=True)
class Rates:
    """How fast a tracked point moves: `mm_per_day` (days,) and the limit (days,), not a number while nothing moves."""

    name: str
    mm_per_day: Array
    limits_mm: Array

    @property
    def fastest(self) -> tuple[float, int]:
        """The fastest rate and its day."""
        step = int(np.argmax(self.mm_per_day >= self.mm_per_day.max() * (1.0 - 1e-9)))
        return float(self.mm_per_day[step]), step + 1


def point_rates(course: Course) -> list[Rates]:
    """The rates of the corresponding point, of the fastest of the bone's rim, and of every structure at risk."""
    arcs = np.concatenate([part.arcs_mm for part in course.stages])
    limits = np.concatenate(
        [
            np.broadcast_to(np.nan if part.holds else part.limits_mm, (part.days, len(part.limits_mm)))
            for part in course.stages
        ]
    )
    return [
        Rates(name, arcs[:, points].max(axis=1), limits[:, points.start]) for name, points in tracked_groups(course)
    ]


def tracked_groups(course: Course) -> list[tuple[str, slice]]:
    """The tracked points as they are told of: the corresponding point, the bone's rim as one, every structure."""
    names = course.setup.tracked.names
    first = len(names) - len(course.setup.level.structures_at_risk)
    groups = [(CORRESPONDING_POINT, slice(0, 1))]
    if first > 1:
        groups.append(("bone rim at the cut, its fastest point", slice(1, first)))
    return [*groups, *((names[k], slice(k, k + 1)) for k in range(first, len(names)))]
