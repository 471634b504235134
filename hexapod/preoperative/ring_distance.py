"""advise: before surgery, how far apart the rings should stand neutral, and the struts and settings to build with."""

from __future__ import annotations

import copy
import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hexapod.case.files import read_case
from hexapod.case.model import Case, no_such_hexapod
from hexapod.checks import limits
from hexapod.checks.singularity import worst_condition_of
from hexapod.errors import HexapodError, NoPose
from hexapod.geometry.transforms import shift
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.kinematics.forward import own_pose
from hexapod.kinematics.inverse import condition
from hexapod.schedule.exchange_visits import plan_visits
from hexapod.schedule.strut_exchanges import Exchange, StrutNeeds, list_exchanges, settle_visits
from hexapod.schedule.strut_settings import strut_needs
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import FrameCourse, bolt_frame
from hexapod.trajectory.level_setup import set_up

# Heights are tried in steps of this (mm): a surgeon sets the rings to half a centimetre.
STEP_MM = 5.0


@dataclass(frozen=True)
class RingDistance:
    """A frame that stands neutral at one height, its ring separation (mid planes, mm), and what it then needs.

    `why_not` says in words why it cannot carry the treatment (empty when it can); `models` and `settings_mm` are those
    of day 0, `known_models` and `known_settings_mm` those of the neutral frame, as the case file asks for them.
    """

    height_mm: float
    why_not: str
    visits: int = 0
    exchanges: tuple[Exchange, ...] = ()
    worst_condition: float = math.inf
    models: tuple[str, ...] = ()
    settings_mm: tuple[float, ...] = ()
    known_models: tuple[str, ...] = ()
    known_settings_mm: tuple[float, ...] = ()


def advise(
    case: Case, level: int = 0, heights_mm: Sequence[float] | None = None, catalogue: Catalogue | None = None
) -> list[RingDistance]:
    """Frames with the rings of a level (counted from 0) that stand neutral at one of the heights, best first.

    They stand neutral when the case's settings are known: at the start (the frame then deforms), or at the end
    (chronic: the frame is pre-deformed).  Models are chosen freely from the families of the struts in the case; its
    readings are not used.  Ranked by visits, then exchanges, then the singularity index; those that cannot carry the
    treatment come last.  Heights: every 5 mm that the families reach when none are given.

    Raises:
        HexapodError: a level that the case does not have, or a height that is not above 0.
        CaseError: as `make_plan`.
    """
    catalogue = catalogue or load_catalogue()
    if not 0 <= level < len(case.levels):
        raise HexapodError(no_such_hexapod(case, level))
    course = bone_courses([set_up(case, index, catalogue) for index in range(len(case.levels))])[level]
    heights = heights_within_reach(course, catalogue) if heights_mm is None else heights_mm
    check_heights(heights)
    options = [option_at(case, course, float(height), catalogue) for height in heights]
    return sorted(
        options, key=lambda one: (bool(one.why_not), one.visits, len(one.exchanges), one.worst_condition, one.height_mm)
    )


def check_heights(heights_mm: Sequence[float]) -> None:
    """Raises HexapodError for a ring separation that no frame has."""
    if not all(0.0 < height <= 1000.0 for height in heights_mm):
        raise HexapodError("A ring separation is above 0 and at most 1000 mm, such as 150.")


def heights_within_reach(course: Course, catalogue: Catalogue) -> list[float]:
    """Every height in mm, on a grid of 5 mm, at which all six struts have a model for the neutral frame."""
    proximal, distal = course.setup.joints_mm
    found = []
    for step in range(1, int(1000.0 / STEP_MM) + 1):
        lengths = np.linalg.norm(distal - [0.0, 0.0, step * STEP_MM] - proximal, axis=1)
        if all(
            any(choice.reads(choice.nearest_mark(choice.setting(length))) for choice in catalogue.exchangeable(strut))
            for strut, length in zip(course.setup.struts, lengths.tolist(), strict=True)
        ):
            found.append(step * STEP_MM)
    return found


def case_with_advice(case: Case, level: int, option: RingDistance) -> Case:
    """The case with the struts and settings of an option, to be planned.

    Raises:
        HexapodError: an option that cannot carry the treatment.
    """
    if option.why_not:
        raise HexapodError(f"A ring separation of {option.height_mm:g} mm cannot be used: {option.why_not}.")
    document = case.document
    frame = document["levels"][level]["frame"]
    own = [not isinstance(strut, str) for strut in frame["struts"]]
    frame["struts"] = [
        strut if mine else name for strut, mine, name in zip(frame["struts"], own, option.known_models, strict=True)
    ]
    frame["settings_mm"] = list(option.known_settings_mm)
    return read_case(document)


def case_before_surgery(document: Mapping[str, Any], catalogue: Catalogue | None = None) -> Case:
    """A case whose struts nobody has read yet, to be advised on: readings that are missing are the shortest ones.

    `advise` uses no reading; any that the struts have will do.  Not to be planned.

    Raises:
        CaseError: the document lacks anything else.
    """
    catalogue = catalogue or load_catalogue()
    filled = copy.deepcopy(dict(document))
    for level in filled.get("levels") or []:
        frame = level.get("frame") or {}
        readings = frame.get("settings_mm") or []
        if len(readings) < len(frame.get("struts") or []):
            frame["settings_mm"] = [_shortest(strut, catalogue) for strut in frame["struts"]]
    return read_case(filled)


def _shortest(strut: Any, catalogue: Catalogue) -> float:
    if isinstance(strut, str):
        known = catalogue.known(strut)
        return 0.0 if known is None else known.min_mm
    return float(strut.get("min_mm") or 0.0)


def option_at(case: Case, course: Course, height: float, catalogue: Catalogue) -> RingDistance:
    """The frame of a level's rings and strut families that stands neutral at one height (mm), and what it needs."""
    neutral = shift([0.0, 0.0, -height])
    if limits.SINGULAR.exceeded_by(float(condition(*course.setup.joints_mm, neutral))):
        return RingDistance(height, "the neutral frame is singular")
    option = _built(case, course, bolt_frame(course, neutral), height, catalogue)
    if option.why_not:
        return option
    # It will be set to whole marks: what it then needs is told, which is what its case plans.
    catalogued = [
        catalogue.known(name) or own for name, own in zip(option.known_models, course.setup.struts, strict=True)
    ]
    lengths = np.array([one.length(mm) for one, mm in zip(catalogued, option.known_settings_mm, strict=True)])
    try:
        marked = own_pose(*course.setup.joints_mm, lengths)
    except NoPose:  # marks too coarse for this frame, which its case will say
        return option
    return _built(case, course, bolt_frame(course, marked), height, catalogue)


def _built(case: Case, course: Course, frame: FrameCourse, height: float, catalogue: Catalogue) -> RingDistance:
    """What a frame that is bolted to the bone needs."""
    worst = worst_condition_of(frame).condition
    if limits.SINGULAR.exceeded_by(worst):
        return RingDistance(height, "the frame passes a singular position", worst_condition=worst)
    all_needs = strut_needs(frame, catalogue, unbuilt=True)
    dates = [case.first_day + datetime.timedelta(days=day) for day in range(course.days + 1)]
    open_days = [day for day, date in enumerate(dates) if day and case.open_on(date)]
    planned = plan_visits(all_needs, open_days, case.exchange_reserve_mm)
    stuck = [number for number, models in enumerate(planned, 1) if models is None]
    if stuck:
        return RingDistance(height, _stuck(all_needs, stuck), worst_condition=worst)
    models = settle_visits(all_needs, [one for one in planned if one is not None], open_days, case.exchange_reserve_mm)
    exchanges = [e for k, needs in enumerate(all_needs) for e in list_exchanges(needs, models[k], k + 1)]
    known = 0 if course.setup.known == 0 else course.days
    first, then = (_standing(all_needs, models, day) for day in (0, known))
    return RingDistance(
        height_mm=height,
        why_not="",
        visits=len({exchange.planned_day for exchange in exchanges}),
        exchanges=tuple(exchanges),
        worst_condition=worst,
        models=first[0],
        settings_mm=first[1],
        known_models=then[0],
        known_settings_mm=then[1],
    )


def _standing(
    all_needs: Sequence[StrutNeeds], models: Sequence[Sequence[int]], day: int
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The struts' models and readings on an evening."""
    struts = [needs.choices[chosen[day]] for needs, chosen in zip(all_needs, models, strict=True)]
    readings = [float(needs.readings(s)[day, -1]) for needs, s in zip(all_needs, struts, strict=True)]
    return tuple(strut.name for strut in struts), tuple(readings)


def _stuck(all_needs: Sequence[StrutNeeds], stuck: Sequence[int]) -> str:
    """Which struts no sequence of models carries, with the lengths that they would need."""
    needs = all_needs[stuck[0] - 1]
    least, most = needs.doses_mm.min(), needs.doses_mm.max()
    more = f" (nor have {len(stuck) - 1} others)" if len(stuck) > 1 else ""
    return f"strut {stuck[0]} has no sequence of models for {least:.0f} to {most:.0f} mm joint to joint{more}"
