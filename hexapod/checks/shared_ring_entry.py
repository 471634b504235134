"""H-26: which single entry would bring the two places of a shared ring together: each one is tried."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexapod.case.field_types import WordFields
from hexapod.checks import limits
from hexapod.checks.ring_places import rings_apart
from hexapod.deformity.pose import deformity_pose, place, ring_mount
from hexapod.deformity.quantities import DEFORMITY, MOUNTING, PLACE, Pair, Words
from hexapod.errors import HexapodError
from hexapod.geometry.transforms import Array, rotation_vector, shift
from hexapod.kinematics.forward import ring_pose
from hexapod.trajectory.coupled_levels import segment_shift
from hexapod.trajectory.frame_trajectory import (
    FrameCourse,
    Junction,
    known_ring_pose,
    rings_by_entries,
    rings_on_fragments,
)
from hexapod.trajectory.level_setup import LevelSetup

# Newton steps towards the value that fits best, each from a slope taken over a thousandth (mm, deg).
STEPS, SLOPE_STEP = 8, 1e-3
# Another entry is named beside the best one when it fits as well but for this share of the limits; so is a whole number
# instead of the best value, which is named to a tenth of a mm or deg.
AS_WELL, WHOLE_AS_WELL = 0.25, 0.1
DECIMALS = 1


@dataclass(frozen=True)
class _Rings:
    """A level's two rings on their fragments, and the shift (4, 4) of its point from that of the level before."""

    proximal: Array
    distal: Array
    shift: Array


@dataclass(frozen=True)
class _Entry:
    """One entry of a level: its place in words, its value (mm, deg), and how a value is written.

    `rank` is its place in a list: the segment first, the readings last.  `rings_at` is where the level has its rings
    with another value; None for one that the entry cannot have.
    """

    rank: int
    level: int
    where: str
    value: float
    write: Callable[[float], str]
    rings_at: Callable[[float], _Rings | None]


@dataclass(frozen=True)
class _Fit:
    """A value of an entry, how far it leaves the ring apart (shares of what agrees), and how many fragments agree."""

    value: float
    misfit: float
    agreeing: int


def entries_that_agree(junction: Junction, together: Sequence[Junction]) -> list[str]:
    """Every single entry with which the two hexapods of a fragment agree about their ring, in words, with its value.

    Those with which the hexapods agree on the most fragments of the construct, and of them those that fit about as well
    as the best one.  Empty when no single entry explains the difference, or only one that spoils another fragment.
    """
    found: list[tuple[_Entry, _Fit]] = []
    for entry in sorted((one for frame in junction for one in _entries(frame)), key=lambda one: one.rank):
        fit = _best(entry, junction, together)
        if fit is not None:
            found.append((entry, fit))
    agreeing = max((fit.agreeing for _, fit in found), default=0)
    best = min((fit.misfit for _, fit in found if fit.agreeing == agreeing), default=0.0)
    return [
        f"{entry.where} were {entry.write(fit.value)} instead of {entry.write(entry.value)}"
        for entry, fit in found
        if fit.agreeing == agreeing and fit.misfit <= best + AS_WELL
    ]


def _entries(frame: FrameCourse) -> Iterator[_Entry]:
    """The entries of a level that a ring's place follows from."""
    setup, level, who = frame.setup, frame.setup.level, f"hexapod {frame.setup.index + 1}"
    now, T_known, T_rings = _rings_of(frame), frame.course.T_ref_mov_known, known_ring_pose(frame)

    def bolted(own: LevelSetup, T_ref_mov: Array, T_prox_dist: Array) -> _Rings:
        return _Rings(*rings_by_entries(own, T_ref_mov, T_prox_dist), now.shift)

    def by_segment(words: Words) -> _Rings:
        return replace(now, shift=shift(place(words, setup.side)))

    def by_mounting(words: Words) -> _Rings:
        return bolted(replace(setup, T_ref_ring=ring_mount(words, setup.side)), T_known, T_rings)

    def by_deformity(words: Words) -> _Rings:
        return bolted(setup, deformity_pose(words, setup.side, setup.reference), T_rings)

    def by_reading(strut: int, setting_mm: float) -> _Rings | None:
        lengths = setup.lengths_of(level.frame.settings_mm)
        lengths[strut] = setup.struts[strut].length(setting_mm)
        try:
            return bolted(setup, T_known, ring_pose(*setup.joints_mm, lengths, near=T_rings))
        except HexapodError:  # lengths that no pose has
            return None

    parts: list[tuple[str, WordFields | None, Sequence[Pair], Callable[[Words], _Rings]]] = [
        ("segment", level.segment, PLACE, by_segment),
        ("mounting", level.mounting, MOUNTING, by_mounting),
    ]
    if level.frame.settings_at == "start":
        parts.append(("deformity", level.deformity, DEFORMITY, by_deformity))
    for rank, (name, part, pairs, places_of) in enumerate(parts):
        if part is None and name == "segment":  # the first hexapod has none
            continue
        words = {} if part is None else part.words()
        yield from _of_words(rank, setup.index, f"the {name} of {who}", words, pairs, places_of)
    for number, setting in enumerate(level.frame.settings_mm):
        where = f"the reading of strut {number + 1} of {who}"
        yield _Entry(len(parts), setup.index, where, setting, "{:g} mm".format, functools.partial(by_reading, number))


def _of_words(
    rank: int, level: int, where: str, words: Words, pairs: Sequence[Pair], places_of: Callable[[Words], _Rings]
) -> Iterator[_Entry]:
    """One entry for each pair of direction words; its value is positive in the direction of the pair's first word."""
    for pair in pairs:
        others = {word: size for word, size in words.items() if word not in (pair.positive, pair.negative)}

        def rings_at(value: float, pair: Pair = pair, others: Words = others) -> _Rings | None:
            try:
                return places_of({**others, **pair.say(value)})
            except HexapodError:  # beyond the limit of the entry
                return None

        yield _Entry(rank, level, where, pair.signed(words), functools.partial(_written, pair), rings_at)


def _written(pair: Pair, value: float) -> str:
    """A signed size of a pair in words: "70 mm distal"."""
    for word, size in pair.say(value).items():
        return f"{size:g} {pair.unit} {word.removesuffix('_' + pair.unit).replace('_', ' ')}"
    return f"0 {pair.unit} ({pair.quantity})"


def _best(entry: _Entry, junction: Junction, together: Sequence[Junction]) -> _Fit | None:
    """The value of an entry with which the two hexapods agree best; None when they do not with any."""
    value = entry.value
    for _ in range(STEPS):
        here, beside = (_misfit(entry, one, junction) for one in (value, value + SLOPE_STEP))
        if here is None or beside is None:
            return None
        slope = (beside - here) / SLOPE_STEP
        steepness = float(slope @ slope)
        if not steepness > 0.0:
            return None
        value -= float(slope @ here) / steepness
    exact, whole = (_fit(entry, one, junction, together) for one in (round(value, DECIMALS), float(round(value))))
    if exact is None or (whole is not None and whole.misfit <= exact.misfit + WHOLE_AS_WELL):
        return whole
    return exact


def _fit(entry: _Entry, value: float, junction: Junction, together: Sequence[Junction]) -> _Fit | None:
    """How a value fits; None when the two hexapods do not agree, or others no longer do."""
    misfit = _misfit(entry, value, junction)
    if misfit is None or not _agrees(misfit):
        return None
    agreeing = 0
    for other in together:
        changed = _misfit(entry, value, other)
        agrees = changed is not None and _agrees(changed)
        if not agrees and _agrees(_misfit_of(_rings_of(other[0]), _rings_of(other[1]))) and _is_shared(other):
            return None
        agreeing += agrees and _is_shared(other)
    return _Fit(value, float(np.linalg.norm(misfit)), agreeing)


def _is_shared(junction: Junction) -> bool:
    segment = junction[1].setup.level.segment
    return segment is not None and segment.ring == "shared"


def _agrees(misfit: Array) -> bool:
    return bool(np.linalg.norm(misfit[:3]) <= 1.0 and np.linalg.norm(misfit[3:]) <= 1.0)


def _misfit(entry: _Entry, value: float, junction: Junction) -> Array | None:
    """How far (6,) the two places of a ring are apart with a value of an entry; None for a value that it cannot have.

    Three parts of the distance and three of the rotation, each as a share of what agrees.
    """
    changed = entry.rings_at(value)
    if changed is None:
        return None
    above, below = (changed if frame.setup.index == entry.level else _rings_of(frame) for frame in junction)
    return _misfit_of(above, below)


def _misfit_of(above: _Rings, below: _Rings) -> Array:
    apart = rings_apart(above.distal, below.shift @ below.proximal)
    turned = np.degrees(rotation_vector(apart.R_above_below))
    return np.concatenate([apart.from_above_mm / limits.SHARED_RING_MM.value, turned / limits.SHARED_RING_DEG.value])


def _rings_of(frame: FrameCourse) -> _Rings:
    return _Rings(*rings_on_fragments(frame.setup, frame.T_mov_mring), segment_shift(frame.setup))
