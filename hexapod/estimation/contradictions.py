"""Measurements that contradict the others, found one by one by their studentised residuals.

Source: data snooping of Baarda, A Testing Procedure for Use in Geodetic Networks (1968); docs/estimation.md.
"""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hexapod.deformity.quantities import DEFORMITY, MOUNTING, Pair
from hexapod.estimation.chain import BY_DATA, POSSIBLE, Chain, Measurement, slopes
from hexapod.estimation.fit import Estimate, NotSettled, fit, fit_rows
from hexapod.geometry.transforms import Array
from hexapod.kinematics.inverse import STRUTS

# A measurement this many SD away from what the others predict is named.
TOO_FAR_SD = 3.5
# The least redundancy (share of its variance): below it the others say nothing about a number, so it contradicts none.
LEAST_REDUNDANCY = 1e-6
# Two measurements whose removal lowers chi-square about equally (likelihoods within a factor of e^2) are both named:
# the data cannot decide which of them is wrong.
AS_LIKELY_CHI2 = 4.0
# One is an alternative to the other only where their residuals are correlated by this much.
SAME_STORY = 0.5
# More contradictions than this are not single errors: the fit as a whole is in doubt.
MOST_NAMED = 12
# How many exchanges of two readings are fitted, the likeliest to first order.
EXCHANGES_TRIED = 3
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
    """A measurement that contradicts the others.

    `visit` is its index in the file of visits, None for day 0 of the case.  `measured` is its magnitude, never below 0,
    in the direction of `word`; `others_say` is the prediction of the others in the same direction, and `sd` its SD.
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
    residuals of right ones with it.  The prediction of the others is the fit without the number.  Two readings that
    agree with everything else once they are exchanged are both named instead.
    """
    if exchanged := exchanged_readings(estimate):
        return exchanged
    chain, kept, found = estimate.chain, estimate.kept.copy(), list[Contradiction]()
    while len(found) < MOST_NAMED:
        named = _suspects(estimate)
        if not named:
            break
        places = np.flatnonzero(kept)[named]
        for place in places:
            others = kept.copy()
            others[place] = False
            contradiction = _contradiction(chain, int(place), others)
            if contradiction is not None:
                found.append(contradiction)
        kept[places] = False
        try:
            estimate = fit_rows(chain, kept)
        except NotSettled:
            break
    return tuple(found)


def exchanged_readings(estimate: Estimate) -> tuple[Contradiction, ...]:
    """The two readings of a moment whose exchange explains everything; empty where nothing has to be explained.

    Every pair is tried to first order, the likeliest are fitted.  An exchange has no free
    size, so it is accepted only where it fits better than leaving out the worst number.
    """
    suspects = _suspects(estimate)
    if not (suspects or estimate.doubtful):
        return ()
    left_out = estimate.chi2
    if suspects:
        others = estimate.kept.copy()
        others[np.flatnonzero(estimate.kept)[suspects[:1]]] = False
        with contextlib.suppress(NotSettled):  # then there is only the fit of all numbers to compare with
            left_out = fit_rows(estimate.chain, others).chi2
    for number, i, j in _likeliest_exchanges(estimate):
        observations = estimate.chain.observations
        moment = observations.moments[number]
        put = list(moment.settings_mm)
        put[i], put[j] = put[j], put[i]
        lengths = np.array([strut.length(setting) for strut, setting in zip(moment.struts, put, strict=True)])
        moments = list(observations.moments)
        moments[number] = replace(moment, settings_mm=tuple(put), lengths_mm=lengths)
        try:
            other = fit(replace(observations, moments=tuple(moments)))
        except NotSettled:
            continue
        better = other.chi2 < min(estimate.chi2 - TOO_FAR_SD**2, left_out)
        if better and not other.doubtful and not _suspects(other):
            implied = other.chain.lengths_mm(other.x[None]).reshape(-1)
            sure = np.linalg.norm(slopes(other.chain.lengths_mm, other.x) @ other.roots, axis=1)
            return tuple(
                Contradiction(
                    moment.visit,
                    f"strut {k + 1}",
                    "",
                    moment.settings_mm[k],
                    float(moment.struts[k].setting(implied[STRUTS * number + k])),
                    float(sure[STRUTS * number + k]),
                    "mm",
                )
                for k in (i, j)
            )
    return ()


def _likeliest_exchanges(estimate: Estimate) -> list[tuple[int, int, int]]:
    """Moment and two struts (from 0) whose exchange lowers chi-square most, to first order, the best first."""
    if not estimate.kept.all():
        return []
    Q = np.eye(len(estimate.residuals)) - _projection(estimate)
    found = []
    for number, moment in enumerate(estimate.chain.observations.moments):
        for i, j in itertools.combinations(range(STRUTS), 2):
            changed = np.zeros(len(Q))
            for at, other in ((i, j), (j, i)):
                length = moment.struts[at].length(moment.settings_mm[other])
                changed[STRUTS * number + at] = (length - moment.lengths_mm[at]) / moment.length_sd_mm[at]
            found.append((float(2.0 * estimate.residuals @ changed + changed @ Q @ changed), number, i, j))
    return [(number, i, j) for _, number, i, j in sorted(found)[:EXCHANGES_TRIED]]


def unnoticed(estimate: Estimate) -> list[float | None]:
    """How large an error (6,) of each first mounting parameter would not be named; None without a mounting.

    In the order of `MOUNTING`, mm and deg.  Source: internal reliability, Baarda 1968: 3.5 SD over the root of the
    redundancy.
    """
    rows = [row for row, kept in zip(estimate.chain.rows, estimate.kept, strict=True) if kept]
    found: list[float | None] = [None] * len(MOUNTING)
    for row, leverage in reversed(list(zip(rows, leverages(estimate), strict=True))):
        if row.kind == "mounting":
            found[row.index] = TOO_FAR_SD * row.sd / max(1.0 - float(leverage), LEAST_REDUNDANCY) ** 0.5
    return found


def leverages(estimate: Estimate) -> Array:
    """Leverage (rows,) of every kept row, 0 to 1: its own weight in its fitted value."""
    return np.diag(_projection(estimate)).copy()


def _projection(estimate: Estimate) -> Array:
    """The matrix (rows, rows) that takes measured to fitted numbers, in SD."""
    U, _, _ = np.linalg.svd(estimate.J, full_matrices=False)
    U = U[:, : estimate.roots.shape[1]]
    return np.asarray(U @ U.T)


def _suspects(estimate: Estimate) -> list[int]:
    """The worst of the kept rows, with those that would explain the residuals as well; empty when all agree."""
    Q = np.eye(len(estimate.residuals)) - _projection(estimate)
    redundancy = np.diag(Q)
    rows = [row for row, kept in zip(estimate.chain.rows, estimate.kept, strict=True) if kept]
    judged = (redundancy > LEAST_REDUNDANCY) & np.array([row.kind not in (POSSIBLE, BY_DATA) for row in rows])
    scale = np.sqrt(np.where(judged, redundancy, 1.0))
    far = np.where(judged, np.abs(estimate.residuals) / scale, 0.0)
    worst = int(np.argmax(far))
    if not far[worst] > TOO_FAR_SD:
        return []
    same = np.abs(Q[worst]) / (scale[worst] * scale) > SAME_STORY
    alike = judged & same & (far > TOO_FAR_SD) & (far**2 > far[worst] ** 2 - AS_LIKELY_CHI2)
    return sorted(np.flatnonzero(alike).tolist(), key=lambda row: -far[row])


def _contradiction(chain: Chain, place: int, others: NDArray[np.bool_]) -> Contradiction | None:
    """The contradiction between a row and the others; None where they do not determine it."""
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
