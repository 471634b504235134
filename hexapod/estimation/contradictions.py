"""Measurements that do not go with the others: found by their residual after leverage, one after the other.

Source: data snooping of Baarda, A Testing Procedure for Use in Geodetic Networks (1968); docs/estimation.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hexapod.deformity.quantities import DEFORMITY, MOUNTING, Pair
from hexapod.estimation.chain import Chain, Measurement, slopes
from hexapod.estimation.fit import Estimate, NotSettled, fit_rows
from hexapod.geometry.transforms import Array

# A measurement this many SD away from what the others say is named.
TOO_FAR_SD = 3.5
# A number that the others tell nothing of (share of its variance) contradicts nothing.
LEAST_REDUNDANCY = 1e-6
# Two measurements of which leaving out either makes chi-square fall alike (likelihoods within a factor of e^2) are both
# named: the numbers cannot tell which of them is wrong.
AS_LIKELY_CHI2 = 4.0
# Only where their residuals say the same (correlation) is the one an alternative to the other.
SAME_STORY = 0.5
# More than so many wrong numbers are no slips: the fit as a whole is in doubt.
MOST_NAMED = 12
MOUNTING_NAMES = (
    "AP frame offset",
    "lateral frame offset",
    "axial frame offset",
    "rotary frame offset",
    "tilt on the AP view",
    "tilt on the lateral view",
)


@dataclass(frozen=True)
class Contradiction:
    """A number that does not go with the others.

    `visit` is its place in the file of visits, None for what the case says of day 0.  `measured` is its size, never
    below 0, in the direction of `word`; `others_say` is counted in the same direction, and `sd` is how sure they are.
    """

    visit: int | None
    quantity: str
    word: str
    measured: float
    others_say: float
    sd: float
    unit: str


def contradictions(estimate: Estimate) -> tuple[Contradiction, ...]:
    """The measurements that contradict the others, the worst first.

    The worst one is left out and the rest fitted again, until no residual is beyond 3.5 SD: a wrong number pulls the
    residuals of right ones with it.  What others say of a number is the fit without it.
    """
    chain, kept, found = estimate.chain, estimate.kept.copy(), list[Contradiction]()
    while len(found) < MOST_NAMED:
        named = _suspects(estimate)
        if not named:
            break
        places = np.flatnonzero(kept)[named]
        for place in places:
            others = kept.copy()
            others[place] = False
            told = _told(chain, int(place), others)
            if told is not None:
                found.append(told)
        kept[places] = False
        try:
            estimate = fit_rows(chain, kept)
        except NotSettled:
            break
    return tuple(found)


def leverages(estimate: Estimate) -> Array:
    """Leverage (rows,) of every kept row: the share of its variance that it decides itself, 0 to 1."""
    return np.diag(_projection(estimate)).copy()


def _projection(estimate: Estimate) -> Array:
    """The matrix (rows, rows) that takes measured to fitted numbers, in SD."""
    U, _, _ = np.linalg.svd(estimate.J, full_matrices=False)
    U = U[:, : estimate.roots.shape[1]]
    return np.asarray(U @ U.T)


def _suspects(estimate: Estimate) -> list[int]:
    """The worst of the kept rows, with those that would explain the same as well; none when all go together."""
    Q = np.eye(len(estimate.residuals)) - _projection(estimate)
    redundancy = np.diag(Q)
    told = redundancy > LEAST_REDUNDANCY
    scale = np.sqrt(np.where(told, redundancy, 1.0))
    far = np.where(told, np.abs(estimate.residuals) / scale, 0.0)
    worst = int(np.argmax(far))
    if not far[worst] > TOO_FAR_SD:
        return []
    same = np.abs(Q[worst]) / (scale[worst] * scale) > SAME_STORY
    alike = told & same & (far > TOO_FAR_SD) & (far**2 > far[worst] ** 2 - AS_LIKELY_CHI2)
    return sorted(np.flatnonzero(alike).tolist(), key=lambda row: -far[row])


def _told(chain: Chain, place: int, others: NDArray[np.bool_]) -> Contradiction | None:
    """What a row says against the others; None where they say nothing of it."""
    try:
        estimate = fit_rows(chain, others)
    except NotSettled:
        return None
    row = chain.rows[place]
    off = float(chain.residuals(estimate.x[None])[0, place]) * row.sd
    slope = slopes(chain.residuals, estimate.x)[place] * row.sd
    sd = float(np.linalg.norm(slope @ estimate.roots))
    moment = chain.observations.moments[row.moment]
    if row.kind == "strut":
        strut, read = moment.struts[row.index], moment.settings_mm[row.index]
        return Contradiction(
            moment.visit, f"strut {row.index + 1}", "", read, float(strut.setting(row.measured - off)), sd, "mm"
        )
    pair = _pair(row)
    quantity = MOUNTING_NAMES[row.index] if row.kind == "mounting" else pair.quantity
    others_say = row.measured - off
    # Where nothing was measured the direction is that of the others.
    sign = np.copysign(1.0, row.measured or others_say)
    word = pair.positive if sign > 0.0 else pair.negative
    return Contradiction(moment.visit, quantity, word, abs(row.measured), float(sign * others_say), sd, pair.unit)


def _pair(row: Measurement) -> Pair:
    return (MOUNTING if row.kind == "mounting" else DEFORMITY)[row.index]
