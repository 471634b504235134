"""One fit of everything that was measured of a hexapod: nonlinear least squares, with the covariance of its answer.

Measurements that do not go with the others are found by their residual after leverage, one after the other.

Source: docs/estimation.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hexapod.deformity.quantities import AXIAL_ROTATION, DEFORMITY, MOUNTING, Pair, words_of
from hexapod.errors import HexapodError
from hexapod.estimation.chain import TURN, Chain, Measurement, slopes
from hexapod.estimation.observations import Observations
from hexapod.geometry.transforms import Array

# A direction of the unknowns that is known to no better than a hundred times its usual SD counts as not measured.
UNMEASURED = 1e-2
# What a step of the solver would still change, in SD of the answer, when it counts as settled.
SETTLED = 1e-3
MOST_STEPS = 200
# How far the first step may go, in steps of the unknowns: as far as right measurements are usually apart.
FIRST_STEP = 10.0
# Chi-square beyond this in so few of a hundred cases is no chance: the SD are widened by it.
BY_CHANCE = 0.05
# Beyond this (99.9 %) the measurements contradict each other: nothing is built on them without a person's word.
DOUBTFUL = 1e-3
# So little of a direction that nobody measured is rounding.
NONE = 1e-6
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


class NotSettled(HexapodError):
    """The fit has come to no answer: there is no estimate."""


@dataclass(frozen=True)
class Estimate:
    """Where the rings are bolted to the bone, by everything that was measured.

    `x` (p,) are the unknowns of the chain, `J` (rows, p) how the residuals (rows,) answer to them, both without the
    rows that were left out (`kept` is False there).  `roots` (p, k) makes the covariance `roots @ roots.T`;
    `unmeasured` (p, u) are the directions that no measurement tells, which kept their typed values.
    `condition` is the largest singular value over the least of those measured.
    """

    chain: Chain
    x: Array
    kept: NDArray[np.bool_]
    J: Array
    residuals: Array
    roots: Array
    unmeasured: Array
    condition: float

    @property
    def chi2(self) -> float:
        """The sum of the squared residuals."""
        return float(self.residuals @ self.residuals)

    @property
    def dof(self) -> int:
        """How many more numbers were measured than are unknown."""
        return len(self.residuals) - int(self.roots.shape[1])

    @property
    def chi2_dof(self) -> float | None:
        """Chi-square for each degree of freedom: about 1 where the SD are right; None when nothing is left over."""
        return self.chi2 / self.dof if self.dof else None

    @property
    def doubtful(self) -> bool:
        """Whether the measurements go together worse than their SD make likely in one of a thousand cases."""
        return self.dof > 0 and chance_above(self.chi2, self.dof) < DOUBTFUL

    @property
    def mounting(self) -> Array:
        """The mounting (6,) as signed numbers in the order of `MOUNTING`, mm and deg."""
        return self.quantities[:6]

    @property
    def deformity(self) -> Array:
        """The deformity (6,) at the last moment as signed numbers in the order of `DEFORMITY`, deg and mm."""
        return self.quantities[6:]

    @property
    def quantities(self) -> Array:
        """Mounting and deformity (12,) together."""
        told = np.asarray(_quantities(self.chain, self.x[None])[0])
        # As a case says it: the rotation of the ring between -180 and 180 deg.
        turn = MOUNTING.index(AXIAL_ROTATION)
        told[turn] = (told[turn] + TURN / 2.0) % TURN - TURN / 2.0
        return told

    @property
    def covariance(self) -> Array:
        """Covariance (12, 12) of `quantities`, as far as they are measured."""
        spread = self.spread
        return np.asarray(spread @ spread.T)

    @property
    def spread(self) -> Array:
        """A root (12, k) of `covariance`."""
        return np.asarray(slopes(lambda x: _quantities(self.chain, x), self.x) @ self.roots)

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Which (12,) of `quantities` the measurements tell."""
        G = slopes(lambda x: _quantities(self.chain, x), self.x)
        loose = np.linalg.norm(G @ self.unmeasured, axis=1)
        return np.asarray(loose <= NONE * np.linalg.norm(G, axis=1))

    @property
    def sd(self) -> list[float | None]:
        """SD (12,) of `quantities`, None for one that nobody measured."""
        spread = np.sqrt(np.diag(self.covariance))
        return [float(sd) if told else None for sd, told in zip(spread, self.measured, strict=True)]

    def rings_drawn(self, count: int, seed: int) -> tuple[Array, Array]:
        """Poses `T_ref_ring` and `T_mov_mring` (count, 4, 4) as likely as the measurements leave them."""
        normal = np.random.default_rng(seed).standard_normal((count, self.roots.shape[1]))
        x = self.x + normal @ self.roots.T
        return self.chain.T_ref_ring(x), self.chain.T_mov_mring(x)

    def tells(self, function: Callable[[Array], Array]) -> bool:
        """Whether the measurements tell a function of the unknowns (n, p): nothing unmeasured changes it."""
        G = slopes(function, self.x)
        return bool((np.linalg.norm(G @ self.unmeasured, axis=1) <= NONE * (NONE + np.linalg.norm(G, axis=1))).all())


def fit(observations: Observations) -> Estimate:
    """The estimate from all rows of the observations.

    Raises:
        NotSettled: the solver came to no answer, or to one that words cannot tell.
    """
    chain = Chain(observations)
    return fit_rows(chain, np.ones(len(chain.rows), bool))


def fit_rows(chain: Chain, kept: NDArray[np.bool_]) -> Estimate:
    """As `fit`, from the rows (rows,) that are `kept`.

    Nonlinear least squares from the typed values by a trust region.  Directions that nothing measures are found first,
    by the singular values of the Jacobian at the typed values, and stay as typed.  The covariance is `(J'J)^-1`, times
    chi-square for each degree of freedom where that is more than chance.
    """
    from scipy.optimize import least_squares  # most commands do without, and start faster

    start = np.zeros(chain.count)
    _, s, Vt = np.linalg.svd(slopes(chain.residuals, start)[kept], full_matrices=True)
    told = np.concatenate([s, np.zeros(len(Vt) - len(s))]) >= UNMEASURED
    free, unmeasured = Vt[told].T, Vt[~told].T

    def off(y: Array) -> Array:
        return np.asarray(chain.residuals((free @ y)[None])[0, kept])

    def jacobian(y: Array) -> Array:
        return np.asarray(slopes(chain.residuals, free @ y)[kept] @ free)

    found = least_squares(
        off, np.zeros(free.shape[1]), jac=jacobian, method="trf", x_scale=FIRST_STEP, ftol=1e-12, xtol=1e-6, gtol=1e-10,
        max_nfev=MOST_STEPS,
    )  # fmt: skip
    x = free @ found.x
    residuals, J = off(found.x), slopes(chain.residuals, x)[kept]
    U, s, Wt = np.linalg.svd(J @ free, full_matrices=False)
    if not (np.isfinite(x).all() and s.min() > 0.0 and np.linalg.norm(U.T @ residuals) <= SETTLED):
        raise NotSettled(
            "The fit of all measurements came to no answer, so there is no estimate. Look for a measurement with the "
            "wrong direction, side or unit, or re-plan from the last measurement alone."
        )
    roots = free @ (Wt.T / s)
    dof, chi2 = len(residuals) - len(s), float(residuals @ residuals)
    if dof and chance_above(chi2, dof) < BY_CHANCE:
        roots = roots * np.sqrt(max(1.0, chi2 / dof))
    estimate = Estimate(chain, x, kept, J, residuals, roots, unmeasured, float(s.max() / s.min()))
    _check_words(estimate)
    return estimate


def chance_above(chi2: float, dof: int) -> float:
    """The chance that chi-square with so many degrees of freedom exceeds a value."""
    from scipy.special import chdtrc  # as above

    return float(chdtrc(dof, chi2))


def _check_words(estimate: Estimate) -> None:
    """Raises NotSettled for an answer that a case file could not hold."""
    for pairs, numbers in ((MOUNTING, estimate.mounting), (DEFORMITY, estimate.deformity)):
        words = words_of(numbers.tolist(), pairs)
        try:
            for pair in pairs:
                pair.signed(words)
        except HexapodError as error:
            raise NotSettled(f"The fit of all measurements is no limb: {error} There is no estimate.") from error


def _quantities(chain: Chain, x: Array) -> Array:
    return np.concatenate([chain.mountings(x), chain.deformities(x)[:, -1]], axis=1)


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


def _projection(estimate: Estimate) -> Array:
    """The matrix (rows, rows) that takes measured to fitted numbers, in SD; the leverages are on its diagonal."""
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
