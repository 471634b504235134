"""The schedule: what the scales shall read every evening and after every dose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hexapod.geometry.transforms import Array
from hexapod.hardware.catalogue import Catalogue
from hexapod.hardware.models import Strut
from hexapod.planning.exchanges import Exchange, StrutNeeds, list_exchanges, models_by_day
from hexapod.planning.frame import FrameCourse
from hexapod.planning.visits import gather_visits, models_after


@dataclass(frozen=True)
class Schedule:
    """Readings of the scales.  `settings_mm` (n, 6), `doses_mm` (n, m, 6); `models` by day, then strut.

    `out_of_travel` names the struts (1 to 6) that no exchange within their family helps; they keep their own model.
    """

    frame: FrameCourse
    settings_mm: Array
    doses_mm: Array
    models: list[tuple[Strut, ...]]
    exchanges: tuple[Exchange, ...]
    out_of_travel: tuple[int, ...]

    def rounded_lengths_mm(self) -> Array:
        """Joint-to-joint lengths (n, 6) of the settings."""
        return np.array(
            [
                [strut.length(setting) for strut, setting in zip(models, settings, strict=True)]
                for models, settings in zip(self.models, self.settings_mm.tolist(), strict=True)
            ]
        )


def make_schedule(frame: FrameCourse, catalogue: Catalogue) -> Schedule:
    """Round the running lengths to the marks of the scales, exchanging struts where one does not reach.

    Source: conventions section 8: from the exact length, never step by step.
    """
    setup = frame.setup
    given = given_days(frame)
    held: dict[int, int] = {}
    for part in frame.course.stages:
        if part.holds:
            repeated = held.get(part.first_day, part.first_day)
            held.update(dict.fromkeys(range(part.first_day + 1, part.last_day + 1), repeated))
    at_end = setup.level.frame.settings_at == "end"
    all_needs = [
        StrutNeeds(
            fitted,
            frame.lengths_mm[:, k].tolist(),
            frame.dose_lengths_mm[:, :, k].tolist(),
            dict.fromkeys(given, reading),
            held,
        )
        for k, (fitted, reading) in enumerate(zip(setup.struts, setup.level.frame.settings_mm, strict=True))
    ]
    by_strut: list[list[Strut]] = []
    exchanges: list[Exchange] = []
    stuck: list[int] = []
    for number, needs in enumerate(all_needs, 1):
        models = models_by_day(needs, at_end, catalogue.exchangeable(needs.fitted))
        if models is None:
            stuck.append(number)
            models = [needs.fitted] * len(frame.lengths_mm)
        exchanges += list_exchanges(needs, models, number)
        by_strut.append(models)
    exchanges = gather_visits(exchanges, lambda e, day: all_needs[e.strut - 1].reserve(e.old, e.new, day))
    doses = np.empty_like(frame.dose_lengths_mm)
    for k, needs in enumerate(all_needs):
        by_strut[k] = models_after(exchanges, by_strut[k], k + 1)
        for day, model in enumerate(by_strut[k]):
            doses[day, :, k] = needs.readings(model, day)
    days = list(zip(*by_strut, strict=True))
    return Schedule(frame, doses[:, -1].copy(), doses, days, tuple(exchanges), tuple(stuck))


def given_days(frame: FrameCourse) -> frozenset[int]:
    """Days whose evening reads as given, not rounded: day 0, or (settings known at the end) the last pose's days."""
    course = frame.course
    if frame.setup.level.frame.settings_at == "start":
        return frozenset({0})
    first = course.days
    for part in reversed(course.stages):
        if not part.holds:
            break
        first = part.first_day
    return frozenset(range(first, course.days + 1))
