"""The schedule: what the scales shall read every evening and after every dose, each rounded for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexapod.geometry.transforms import Array
from hexapod.hardware.catalogue import Catalogue
from hexapod.hardware.models import Strut
from hexapod.schedule.exchange_visits import plan_visits, reset_alone
from hexapod.schedule.strut_exchanges import Exchange, StrutNeeds, list_exchanges, settle_visits
from hexapod.trajectory.frame_trajectory import FrameCourse


@dataclass(frozen=True)
class Schedule:
    """Readings of the scales.  `settings_mm` (n, 6), `doses_mm` (n, m, 6); `models` by day, then strut.

    `mornings_mm` (n, 6) are the evening before on the scales of the day: what they read before its first dose.
    `graduation_mm`, `direction` and `offset_mm` (n, 6) are those of the models.
    `out_of_travel` names the struts (1 to 6) that no exchange within their family helps; they keep their own model.
    `closed` gives, for those that only the clinic's calendar keeps from it, an exchange that would help.
    """

    frame: FrameCourse
    settings_mm: Array
    doses_mm: Array
    mornings_mm: Array
    models: list[tuple[Strut, ...]]
    exchanges: tuple[Exchange, ...]
    out_of_travel: tuple[int, ...]
    closed: tuple[Exchange, ...]
    graduation_mm: Array
    direction: Array
    offset_mm: Array

    def lengths_of(self, readings_mm: Array) -> Array:
        """Joint-to-joint lengths (n, k, 6) of k readings of every day (n, k, 6) on the scales of that day."""
        return self.direction[:, None] * readings_mm + self.offset_mm[:, None]


def make_schedules(
    frames: Sequence[FrameCourse], catalogue: Catalogue, open_days: Sequence[int], reserve_mm: float
) -> list[Schedule]:
    """Round the running lengths of all levels to the marks of the scales, exchanging struts where one does not reach.

    Change-outs are on open days, those of all levels on as few days as possible, and with `reserve_mm` of strut travel
    remaining where that is possible.

    Source: conventions section 8: from the exact length, never step by step.
    """
    all_needs = [
        reset_alone(needs, open_days, reserve_mm) for frame in frames for needs in strut_needs(frame, catalogue)
    ]
    if not all_needs:
        return []
    planned = plan_visits(all_needs, open_days, reserve_mm)
    can = [(needs, models) for needs, models in zip(all_needs, planned, strict=True) if models is not None]
    settled = iter(settle_visits([needs for needs, _ in can], [models for _, models in can], open_days, reserve_mm))
    models = [None if one is None else next(settled) for one in planned]
    return [
        _schedule(frame, all_needs[6 * k : 6 * k + 6], models[6 * k : 6 * k + 6], open_days)
        for k, frame in enumerate(frames)
    ]


def _schedule(
    frame: FrameCourse, all_needs: Sequence[StrutNeeds], models: Sequence[list[int] | None], open_days: Sequence[int]
) -> Schedule:
    doses = np.empty_like(frame.dose_lengths_mm)
    mornings = np.empty_like(frame.lengths_mm)
    scales = np.empty((3, *mornings.shape))
    by_strut: list[list[Strut]] = []
    exchanges: list[Exchange] = []
    stuck: list[int] = []
    closed: list[Exchange] = []
    for k, (needs, chosen) in enumerate(zip(all_needs, models, strict=True)):
        if chosen is None:
            stuck.append(k + 1)
            closed += _kept_out(needs, open_days, k + 1)
            chosen = [needs.fitted_number] * (needs.days + 1)
        exchanges += list_exchanges(needs, chosen, k + 1)
        for m in set(chosen):
            days = np.flatnonzero(np.array(chosen) == m)
            readings = needs.readings(needs.choices[m])
            doses[days, :, k] = readings[days]
            mornings[days, k] = readings[np.maximum(days - 1, 0), -1]
        by_strut.append([needs.choices[m] for m in chosen])
        of_choices = [(one.graduation_mm, one.scale_direction, one.scale_offset_mm) for one in needs.choices]
        scales[:, :, k] = np.array(of_choices)[chosen].T
    by_day = list(zip(*by_strut, strict=True))
    evenings = doses[:, -1].copy()
    return Schedule(frame, evenings, doses, mornings, by_day, tuple(exchanges), tuple(stuck), tuple(closed), *scales)


def _kept_out(needs: StrutNeeds, open_days: Sequence[int], strut: int) -> list[Exchange]:
    """The exchanges of a strut that would do if the clinic were open every day, and cannot be done on an open day."""
    (models,) = plan_visits([needs], range(1, needs.days + 1), 0.0)
    found = [] if models is None else list_exchanges(needs, models, strut)
    return [one for one in found if not any(one.first_day <= day <= one.last_day for day in open_days)]


def strut_needs(frame: FrameCourse, catalogue: Catalogue, unbuilt: bool = False) -> list[StrutNeeds]:
    """What each of the six struts of a level must reach; of an unbuilt frame no model and no reading is given."""
    setup = frame.setup
    given = frozenset() if unbuilt else given_days(frame)
    held: dict[int, int] = {}
    for part in frame.course.stages:
        if part.holds:
            repeated = held.get(part.first_day, part.first_day)
            held.update(dict.fromkeys(range(part.first_day + 1, part.last_day + 1), repeated))
    return [
        StrutNeeds(
            fitted=fitted,
            evenings_mm=frame.lengths_mm[:, k],
            doses_mm=frame.dose_lengths_mm[:, :, k],
            given=dict.fromkeys(given, reading),
            held=held,
            choices=catalogue.exchangeable(fitted),
            at_end=setup.known == -1,
            free=unbuilt,
        )
        for k, (fitted, reading) in enumerate(zip(setup.struts, setup.settings_mm, strict=True))
    ]


def given_days(frame: FrameCourse) -> frozenset[int]:
    """Days whose evening reads as given, not rounded: day 0, or (settings known at the end) the last pose's days."""
    course = frame.course
    if frame.setup.known == 0:
        return frozenset({0})
    first = course.days
    for part in reversed(course.stages):
        if not part.holds:
            break
        first = part.first_day
    return frozenset(range(first, course.days + 1))
