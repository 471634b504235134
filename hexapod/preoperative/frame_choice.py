"""Which frame to build: rings, struts and height that carry the treatment with the fewest change-outs.

All sizes of the rings' family and all series of the struts' family are tried at every height within reach: first by
the lengths that their struts would run through, which is quick, then the best of each by the schedule itself and by
its whole plan.  What the plan refuses is never proposed.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexapod.case.files import read_case
from hexapod.case.model import Case, no_such_hexapod
from hexapod.checks import limits
from hexapod.checks.struts import strut_angles
from hexapod.errors import HexapodError
from hexapod.geometry.transforms import Array, shift
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.hardware.models import Ring, Strut
from hexapod.kinematics.inverse import condition
from hexapod.plan.make_plan import Plan, make_plan
from hexapod.preoperative.ring_distance import (
    RingDistance,
    case_with_advice,
    check_heights,
    heights_within_reach,
    option_at,
)
from hexapod.trajectory.bone_trajectory import Course
from hexapod.trajectory.coupled_levels import bone_courses
from hexapod.trajectory.frame_trajectory import bolt_frame
from hexapod.trajectory.level_setup import set_up

# How many frames are shown, and how many heights of each pair of rings and struts are worked out to the end.
SHOWN, HEIGHTS_EACH = 6, 2
# Struts whose lowest angle differs by less than this are equally steep (deg): half a degree cannot be built.
EQUALLY_STEEP_DEG = 0.5


@dataclass(frozen=True)
class FrameProposal:
    """A frame that carries the treatment, with its plan, which is not refused.

    `rings` and `series` are names in the catalogue, proximal and distal ring; `steepness_deg` is the lowest angle
    between a strut and a ring on any evening, 90 for a strut square to it; `cautions` counts the codes of the plan's.
    """

    rings: tuple[str, str]
    series: str
    option: RingDistance
    steepness_deg: float
    case: Case
    plan: Plan

    @property
    def cautions(self) -> int:
        """How many kinds of caution its plan has."""
        return len({finding.code for finding in self.plan.findings})

    @property
    def rank(self) -> tuple[float, ...]:
        """Smaller is better: change-outs, then steep struts, then the singularity index."""
        option = self.option
        steep = -round(self.steepness_deg / EQUALLY_STEEP_DEG)
        return len(option.exchanges), steep, option.worst_condition, option.visits, option.height_mm


@dataclass(frozen=True)
class FrameChoice:
    """What was tried: the proposals, best first, and for how many pairs of rings and struts none was found, and why."""

    proposals: tuple[FrameProposal, ...]
    tried: int
    why_not: tuple[str, ...]


def choose_frame(
    case: Case, level: int = 0, heights_mm: Sequence[float] | None = None, catalogue: Catalogue | None = None
) -> FrameChoice:
    """The frames for a level (from 0), one for each pair of rings and strut series, best first.

    Heights: every 5 mm that the struts reach when none are given.  Rings smaller than the case's are tried only where
    the girth of the limb is told; rings of the user's own, two different models, and rings of a construct of several
    hexapods stay as they are.

    Raises:
        HexapodError: a level that the case does not have, or a height that is not above 0.
        CaseError: as `make_plan`.
    """
    catalogue = catalogue or load_catalogue()
    if not 0 <= level < len(case.levels):
        raise HexapodError(no_such_hexapod(case, level))
    check_heights(heights_mm or ())
    course = bone_courses([set_up(case, index, catalogue) for index in range(len(case.levels))])[level]
    found: list[tuple[tuple[float, ...], Course, float]] = []
    pairs = list(itertools.product(_rings(case, course, catalogue), _series(course, catalogue)))
    for rings, struts in pairs:
        setup = replace(course.setup, proximal_ring=rings[0], distal_ring=rings[1], struts=struts)
        here = replace(course, setup=setup)
        screened = sorted(_screened(here, heights_mm, catalogue), key=lambda one: one[0])
        found += [(rank, here, height) for rank, height in screened[:HEIGHTS_EACH]]
    found.sort(key=lambda one: one[0])
    proposals: list[FrameProposal] = []
    why_not: list[str] = []
    for _, here, height in found:
        names = _names(here)
        if len(proposals) == SHOWN or any((one.rings, one.series) == names for one in proposals):
            continue
        proposal = _proposal(case, level, here, height, catalogue)
        if isinstance(proposal, str):
            why_not.append(f"{names[0][0]}, {names[1]}, {height:g} mm: {proposal}")
        else:
            proposals.append(proposal)
    return FrameChoice(tuple(sorted(proposals, key=lambda one: one.rank)), len(pairs), tuple(why_not))


def _names(course: Course) -> tuple[tuple[str, str], str]:
    setup = course.setup
    return (setup.proximal_ring.name, setup.distal_ring.name), setup.struts[0].series


def _rings(case: Case, course: Course, catalogue: Catalogue) -> list[tuple[Ring, Ring]]:
    """The pairs of rings to be tried: those of the case first."""
    setup = course.setup
    mine = setup.proximal_ring, setup.distal_ring
    shared = len(case.levels) > 1
    if shared or mine[0].name != mine[1].name or mine[0].name not in catalogue.rings:
        return [mine]
    kind = mine[0].name.rstrip("0123456789")
    least = 0.0 if setup.level.limb_girth_mm is not None else mine[0].inner_radius_mm
    others = [
        ring
        for ring in catalogue.rings.values()
        if ring.family == mine[0].family
        and ring.name.rstrip("0123456789") == kind
        and ring.name != mine[0].name
        and ring.inner_radius_mm >= least
    ]
    return [mine, *((ring, ring) for ring in others)]


def _series(course: Course, catalogue: Catalogue) -> list[tuple[Strut, ...]]:
    """Six struts of each series of the family of the case's struts; the case's own where the catalogue has none."""
    mine = course.setup.struts
    if any(not strut.series for strut in mine):
        return [mine]
    first = {strut.series: strut for strut in catalogue.struts.values() if strut.family == mine[0].family}
    return [(strut,) * len(mine) for strut in first.values()]


def _screened(
    course: Course, heights_mm: Sequence[float] | None, catalogue: Catalogue
) -> Iterator[tuple[tuple[float, ...], float]]:
    """Heights (mm) that may do, with their ranks: least change-outs, steepness, singularity index of the evenings."""
    choices = catalogue.exchangeable(course.setup.struts[0])
    ends = np.array([sorted((one.length(one.min_mm), one.length(one.max_mm))) for one in choices])
    for height in heights_within_reach(course, catalogue) if heights_mm is None else heights_mm:
        neutral = shift([0.0, 0.0, -height])
        if limits.SINGULAR.exceeded_by(float(condition(*course.setup.joints_mm, neutral))):
            continue
        frame = bolt_frame(course, neutral)
        changes = _changes(frame.lengths_mm, ends)
        if changes is None:
            continue
        worst = float(condition(*course.setup.joints_mm, frame.T_prox_dist).max())
        if limits.SINGULAR.exceeded_by(worst):
            continue
        steep = 90.0 - float(strut_angles(frame).max())
        yield (changes, -round(steep / EQUALLY_STEEP_DEG), worst), height


def _changes(lengths_mm: Array, ends_mm: Array) -> int | None:
    """How many change-outs the lengths (n, 6) of the evenings need at least; None where a strut has no model.

    The model that reaches farthest is kept as long as it does, which no sequence of models can better.
    """
    inside = (ends_mm[:, 0, None, None] <= lengths_mm) & (lengths_mm <= ends_mm[:, 1, None, None])
    if not inside.any(axis=0).all():
        return None
    count, evenings = 0, lengths_mm.shape[0]
    for strut in range(lengths_mm.shape[1]):
        day = 0
        while True:
            left = ~inside[:, day:, strut]
            reach = int(np.where(left.any(axis=1), left.argmax(axis=1), evenings - day).max())
            day += reach
            if day >= evenings:
                break
            count += 1
    return count


def _proposal(case: Case, level: int, course: Course, height: float, catalogue: Catalogue) -> FrameProposal | str:
    """The frame worked out to its plan, or why it cannot be built."""
    option = option_at(case, course, height, catalogue)
    if option.why_not:
        return option.why_not
    new = case_with_advice(_with_hardware(case, level, course, option), level, option)
    plan = make_plan(new, catalogue)
    if not isinstance(plan, Plan):
        return next(finding.message for finding in plan.findings if finding.verdict == "refused")
    steep = 90.0 - float(strut_angles(plan.levels[level].frame).max())
    return FrameProposal(*_names(course), option, steep, new, plan)


def _with_hardware(case: Case, level: int, course: Course, option: RingDistance) -> Case:
    """The case with the rings of a course, where they are of the catalogue, and the struts of an option."""
    document = copy.deepcopy(case.document)
    frame = document["levels"][level]["frame"]
    for key, ring in (("proximal_ring", course.setup.proximal_ring), ("distal_ring", course.setup.distal_ring)):
        if "model" in frame[key]:
            frame[key] = {"model": ring.name}
    if all(strut.series for strut in course.setup.struts):
        frame["struts"], frame["settings_mm"] = list(option.known_models), list(option.known_settings_mm)
    return read_case(document)
