"""The doses of a day chosen together: what the scales shall read after each of them.

They are on marks, every strut goes one way only, and the bone is near its way after each of them.

Evenings are rounded each for itself.  Doses rounded each for itself let the bone wobble: on whole
millimetres, four times a day, a tracked point whose way is 1 mm makes 4 to 6.  So between two evenings every strut
reads the mark below or above its exact length, never beyond either evening, and of all ways through these readings the
one is taken on which the errors of the pose, each beside the exact one, change least from dose to dose::

    D_j(c)      errors after dose j with readings c: of every tracked point, and 40 mm times the turn that is too much
    step(c, c') max over them of |D_j+1(c') - D_j(c)|^2; infinite where a strut turns away from its evening, and more
                by 100 mm^2 for each graduation beyond an even share of the day's, rounded up
    V_j(c)      min over c' of step(c, c') + 0.5 max |D_j+1(c')|^2 (but for the evening) + V_j+1(c'),  V_m = 0

The recursion runs backward from the evening.  At the start of a day the errors are counted from the intended pose of
the evening before, so that the rest of a plan has the same doses when it is planned anew.  Of values that differ by
less than `TIE_MM2` the first in the order of the candidates is taken, on every machine.

Source: dynamic programming (Bellman); measured by `python -m bench.doses`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hexapod.errors import NoPose, SingularFrame
from hexapod.geometry.transforms import Array, invert, rotation_vector, transform_points
from hexapod.kinematics.forward import near_pose
from hexapod.schedule.strut_settings import Schedule
from hexapod.trajectory.frame_trajectory import FrameCourse

# A turn counts as far as it moves a point at this distance (mm): the edge of a bone and the soft tissue round it.
TURN_ARM_MM = 40.0
# What a step beyond an even share of the day costs, mm^2 a graduation: more than any wobble.
OVERSTEP_MM2 = 100.0
# How much a dose's own error counts beside the change of the error.
ERROR_SHARE = 0.5
# Values this near to the least are as good: far below what matters, far above rounding.
TIE_MM2 = 1e-6
# A day's way is shorter when it is by this; readings are the same within it (mm).
SHORTER_MM, SAME_MM = 1e-6, 1e-9
# An exact reading this near to a mark (shares of a mark) stands on it.
ON_MARK = 1e-9
# Days that are looked at together: their working arrays take 1 MB each at most.
TOGETHER = 32
# The C library gives freed memory back to the system, and each 4 kB of it taken anew cost a microsecond or more, until
# it has seen an array of this size freed (glibc, mallopt(3), M_MMAP_THRESHOLD): from then on it keeps up to twice that.
# Measured with 90 coupled days: 10,000 pages and 25 of 175 ms a plan.  Arrays used again in `_best_way` alone save
# nothing of it, as every other step takes as many pages.
KEPT_BYTES = 30 << 20
np.empty(KEPT_BYTES, np.uint8)
# Which of two marks each strut takes, strut 6 changing fastest: the bits of the candidate's number.
BITS = 1 << np.arange(5, -1, -1)
CHOICES = (np.arange(64)[:, None] & BITS).astype(bool)
# What a way costs on which a strut turns away from its evening, mm^2: far above any other.
IMPOSSIBLE_MM2 = 1e12
# |b - a|^2 of vectors with their square and 1 behind them: (a, |a|^2, 1) CHANGE (b, |b|^2, 1).
CHANGE = np.zeros((5, 5))
CHANGE[:3, :3], CHANGE[3, 4], CHANGE[4, 3] = -2.0 * np.eye(3), 1.0, 1.0
# Days compared at once: their tables of changes, 32 kB for each point, stay in the second-level cache.
COMPARED = 8

Marks = NDArray[np.bool_]


def choose_doses(schedule: Schedule) -> Schedule:
    """The schedule with the doses of every day chosen together; evenings, models and exchanges are left as they are.

    Where a day's longest summed way of a tracked point gets no shorter, or readings on the way have no pose, its doses
    stay as they were, each rounded for itself; but those that turn a strut to and fro do not stay.  On a day on which
    no evening changes nothing is turned.
    """
    m = schedule.doses_mm.shape[1]
    if m == 1:
        return schedule
    doses, turned = schedule.doses_mm.copy(), abs(schedule.settings_mm - schedule.mornings_mm).max(axis=1)
    days, still = np.flatnonzero(turned > SAME_MM), np.flatnonzero(turned[1:] <= SAME_MM) + 1
    doses[still, :-1] = schedule.mornings_mm[still, None]
    for first in range(0, len(days), TOGETHER):
        _choose(schedule, days[first : first + TOGETHER], doses)
    return replace(schedule, doses_mm=doses)


@dataclass(frozen=True)
class _Tried:
    """Readings tried on some days: `readings_mm` (d, m + 1, c + 1, 6) after every dose 0 to m, where dose 0 is the
    evening before and dose m the evening, one of each; the last of the c + 1 is the exact length rounded for itself.

    `valid` (d, m + 1, c + 1) marks what is a candidate; `marks_mm` (d, m + 1, 2, 6) are the two marks between which
    each strut chooses; `graduation_mm` (d, 6).
    """

    readings_mm: Array
    valid: Marks
    marks_mm: Array
    graduation_mm: Array


@dataclass(frozen=True)
class _Errors:
    """What readings make of the motion: `mm` (p + 1, 5, d, m + 1, c + 1) are the errors of the tracked points and of
    the turn, with their squares and 1 behind them; `places_mm` (p, 3, d, m + 1) where the points should be.  Both are
    in the axes of the reference ring."""

    mm: Array
    places_mm: Array

    def longest_way(self, picks: NDArray[np.intp]) -> Array:
        """The longest summed way (d,) in mm of a tracked point in a day through the readings `picks` (d, m + 1)."""
        days, doses = np.ogrid[: len(picks), : picks.shape[1]]
        steps = np.diff(self.places_mm + self.mm[:-1, :3][:, :, days, doses, picks], axis=-1)
        return np.asarray(np.sqrt(np.einsum("pidj,pidj->pdj", steps, steps)).sum(axis=-1).max(axis=0))


def _choose(schedule: Schedule, days: NDArray[np.intp], doses_mm: Array) -> None:
    """Put the doses of some days, on all of which an evening changes, into `doses_mm` (n, m, 6)."""
    frame = schedule.frame
    setup, points = frame.setup, transform_points(invert(frame.T_mov_mring), frame.setup.tracked.places_mov_mm)
    tried = _tried(schedule, days)
    lanes = tried.valid.copy()
    lanes[:, :, -1] = True
    day, dose, _ = np.nonzero(lanes)
    T_exact = _exact_poses(frame, days)
    near = setup.T_prox_dist(frame.moving_ring(T_exact))[day, dose]
    lengths_mm = schedule.direction[days[day]] * tried.readings_mm[lanes] + schedule.offset_mm[days[day]]
    T_moved, lost = _poses(frame, lengths_mm, near)
    if T_moved is None:
        rest = np.delete(days, np.unique(day[lost]))
        if len(rest):
            _choose(schedule, rest, doses_mm)
        return
    T_intended = T_exact.copy()
    T_intended[:, 0] = frame.course.intended_at(np.asarray(days - 1, float))
    T_intended = frame.moving_ring(T_intended)
    T_asked = T_intended[day, dose]
    turned = rotation_vector(T_moved[:, :3, :3] @ T_asked[:, :3, :3].swapaxes(1, 2))
    off = np.concatenate([_places(T_moved - T_asked, points), TURN_ARM_MM * turned.T[None]])
    errors = np.zeros((len(off), 5, *lanes.shape))
    of_lanes = errors.reshape(len(off), 5, -1)
    of_lanes[:, :3, np.flatnonzero(lanes)], of_lanes[:, 4] = off, 1.0
    np.einsum("pin,pin->pn", of_lanes[:, :3], of_lanes[:, :3], out=of_lanes[:, 3])
    found = _Errors(errors, _places(T_intended.reshape(-1, 4, 4), points).reshape(-1, 3, *T_intended.shape[:2]))
    picks, possible = _best_way(tried, errors[..., :-1])
    separate = np.full_like(picks, lanes.shape[2] - 1)
    shorter = found.longest_way(picks) < found.longest_way(separate) - SHORTER_MM
    taken = possible & (shorter | _to_and_fro(tried.readings_mm[:, :, -1]))
    rows, columns = np.ogrid[: len(days), : picks.shape[1]]
    doses_mm[days[taken], :-1] = tried.readings_mm[rows, columns, picks][taken, 1:-1]


def _places(T: Array, points_mm: Array) -> Array:
    """Places (p, 3, n) of points (p, 3) by poses, or by differences of poses (n, 4, 4)."""
    with_one = np.column_stack([points_mm, np.ones(len(points_mm))])
    return np.asarray((with_one @ T[:, :3].transpose(2, 1, 0).reshape(4, -1)).reshape(len(points_mm), 3, -1))


def _tried(schedule: Schedule, days: NDArray[np.intp]) -> _Tried:
    """The marks round every exact length, kept between the two evenings."""
    of_models = schedule.graduation_mm, schedule.direction, schedule.offset_mm
    graduation, direction, offset = (one[days, None] for one in of_models)
    a, b = schedule.mornings_mm[days], schedule.settings_mm[days]
    exact = (schedule.frame.dose_lengths_mm[days, :-1] - offset) * direction / graduation
    between = np.minimum(a, b)[:, None], np.maximum(a, b)[:, None]
    low = np.clip(graduation * np.floor(exact + ON_MARK), *between)
    high = np.clip(graduation * np.ceil(exact - ON_MARK), *between)
    both = np.where(CHOICES, high[:, :, None], low[:, :, None])
    # A strut whose two marks are one has no second of them to take.
    new = (np.arange(len(CHOICES)) & ((high - low <= SAME_MM) @ BITS)[..., None]) == 0
    # The candidates that differ, in their order, in as few places as the day with most of them needs.
    most = int(new.sum(axis=-1).max())
    order = np.argsort(~new, axis=-1, kind="stable")[:, :, :most]
    d, m = len(days), exact.shape[1] + 1
    readings = np.empty((d, m + 1, most + 1, 6))
    readings[:, 0], readings[:, -1] = a[:, None], b[:, None]
    readings[:, 1:-1, :-1] = np.take_along_axis(both, order[..., None], axis=2)
    readings[:, 1:-1, -1] = schedule.doses_mm[days, :-1]
    valid = np.zeros((d, m + 1, most + 1), bool)
    valid[:, [0, -1], 0] = True
    valid[:, 1:-1, :-1] = np.take_along_axis(new, order, axis=2)
    marks = np.empty((d, m + 1, 2, 6))
    marks[:, 0], marks[:, -1] = a[:, None], b[:, None]
    marks[:, 1:-1, 0], marks[:, 1:-1, 1] = low, high
    return _Tried(readings, valid, marks, graduation[:, 0])


def _exact_poses(frame: FrameCourse, days: NDArray[np.intp]) -> Array:
    """Poses `T_ref_mov` (d, m + 1, 4, 4) on the evening before and after every dose of some days."""
    return np.concatenate([frame.course.T_ref_mov[days - 1, None], frame.course.dose_poses[days]], axis=1)


def _poses(frame: FrameCourse, lengths_mm: Array, near: Array) -> tuple[Array | None, NDArray[np.intp]]:
    """Poses `T_ring_mring` (n, 4, 4) of lengths (n, 6) near `T_prox_dist` (n, 4, 4), or none of them, and which have no
    pose."""
    try:
        T_prox_dist = near_pose(*frame.setup.joints_mm, lengths_mm, near)
    except NoPose as error:
        return None, np.array([row for (row,) in error.where])
    except SingularFrame:
        return None, np.arange(len(lengths_mm))
    return frame.setup.T_prox_dist(T_prox_dist), np.empty(0, int)


def _best_way(tried: _Tried, errors_mm: Array) -> tuple[NDArray[np.intp], Marks]:
    """The best candidates (d, m + 1) of all doses by their errors (p + 1, 5, d, m + 1, c), and on which days (d,) no
    strut has to turn back for them."""
    second = tried.readings_mm[:, :, :-1] > tried.marks_mm[:, :, :1] + SAME_MM
    takes = np.concatenate([~second, second], axis=-1).astype(float)  # (d, m + 1, c, 12), its first marks, its second
    of_marks = _costs_of_marks(tried)
    d, m = of_marks.shape[:2]
    V = np.zeros((d, 1))
    onward: list[NDArray[np.intp]] = []
    for j in reversed(range(m)):
        here, there = (slice(0, 1) if k in (0, m) else slice(None) for k in (j, j + 1))
        if j + 1 < m:
            V = V + ERROR_SHARE * errors_mm[:, 3, :, j + 1].max(axis=0)
        cost = _largest_changes(errors_mm[:, :, :, j, here], errors_mm[:, :, :, j + 1, there])
        cost += takes[:, j, here] @ (of_marks[:, j] @ takes[:, j + 1, there].swapaxes(1, 2)) + V[:, None]
        least = cost.min(axis=-1)
        onward.append((cost <= least[..., None] + TIE_MM2).argmax(axis=-1))
        V = np.where(tried.valid[:, j, :-1][:, here], least, IMPOSSIBLE_MM2)
    picks = np.zeros((d, m + 1), int)
    for j, following in enumerate(reversed(onward), 1):
        picks[:, j] = following[np.arange(d), picks[:, j - 1]]
    return picks, np.asarray(V[:, 0] < IMPOSSIBLE_MM2)


def _costs_of_marks(tried: _Tried) -> Array:
    """What the struts cost from dose to dose by the marks that they take (d, m, 12, 12): each strut's first ones, then
    their second ones, here and there.

    Each takes one of its two in either place: costs are added only, so that no impossible one swallows the others.
    """
    marks, graduation = tried.marks_mm, tried.graduation_mm[:, None, None, None]
    d, m = len(marks), marks.shape[1] - 1
    all_day = (marks[:, -1, 0] - marks[:, 0, 0])[:, None, None, None]
    share = np.ceil(abs(all_day) / graduation / m - ON_MARK)
    turned = marks[:, 1:, None] - marks[:, :-1, :, None]
    beyond = np.maximum(abs(turned) / graduation - share, 0.0)
    against = turned * np.sign(all_day) < -SAME_MM
    costs = OVERSTEP_MM2 * beyond + IMPOSSIBLE_MM2 * against
    return np.asarray((costs.swapaxes(3, 4)[..., None] * np.eye(6)[:, None]).reshape(d, m, 12, 12))


def _largest_changes(here: Array, there: Array) -> Array:
    """The largest square (d, c, c') of the change from errors (p, 5, d, c) to errors (p, 5, d, c'), mm^2."""
    largest = np.empty((*here.shape[2:], there.shape[3]))
    here, there = here.transpose(0, 2, 3, 1), there.transpose(0, 2, 1, 3)
    for first in range(0, len(largest), COMPARED):
        days = slice(first, first + COMPARED)
        np.max(np.matmul(here[:, days] @ CHANGE, there[:, days]), axis=0, out=largest[days])
    return largest


def _to_and_fro(readings_mm: Array) -> Marks:
    """On which days (d,) a strut turns away from its evening, through readings (d, m + 1, 6)."""
    turned, all_day = np.diff(readings_mm, axis=1), readings_mm[:, -1:] - readings_mm[:, :1]
    against = np.where(abs(all_day) > SAME_MM, -turned * np.sign(all_day), abs(turned))
    return np.asarray((against > SAME_MM).any(axis=(1, 2)))
