"""One fit of all measurements of a hexapod: nonlinear least squares, with the covariance of the result.

Source: docs/estimation.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hexapod.deformity.quantities import AXIAL_ROTATION, DEFORMITY, MOUNTING, words_of
from hexapod.errors import HexapodError
from hexapod.estimation.chain import POSSIBLE, Chain, short_way, slopes
from hexapod.estimation.hardware import HARDWARE
from hexapod.estimation.observations import Observations
from hexapod.geometry.transforms import Array

# A direction of the unknowns that is known to no better than two hundred times its usual SD counts as not measured; so
# does a quantity that owes more than half of its variance to the assumed range of a mounting never entered.
UNMEASURED, MOSTLY_POSSIBLE = 5e-3, 0.5
# The solver has settled when its next step would change the result by less than this, in SD.
SETTLED = 1e-3
MOST_STEPS = 200
# Size of the first trust region, in steps of the unknowns: the usual difference between right measurements.
FIRST_STEP = 10.0
# Where chi-square is so large by chance in fewer cases than this, the SD are widened by it.
BY_CHANCE = 0.05
# Beyond this (99.9 %) the measurements contradict each other: they are used only if a person says so.
DOUBTFUL = 1e-3
# A smaller share of an unmeasured direction than this is rounding.
NONE = 1e-6


class NotSettled(HexapodError):
    """The fit did not converge: there is no estimate."""


@dataclass(frozen=True)
class Estimate:
    """How the rings are fixed to the bone, by all measurements.

    `x` (p,) are the unknowns of the chain, `J` (rows, p) the Jacobian of the residuals (rows,), both without the
    rows that were left out (`kept` is False there).  `roots` (p, k) makes the covariance `roots @ roots.T`;
    `unmeasured` (p, u) are the directions that nothing measures, which kept their typed values.
    `condition` is the largest singular value over the least of those measured.  `widened` is by how much the SD are
    larger than declared, because the measurements agree worse than by chance; else 1.
    """

    chain: Chain
    x: Array
    kept: NDArray[np.bool_]
    J: Array
    residuals: Array
    roots: Array
    unmeasured: Array
    condition: float
    widened: float

    @property
    def chi2(self) -> float:
        """The sum of the squared residuals."""
        return float(self.residuals @ self.residuals)

    @property
    def dof(self) -> int:
        """Degrees of freedom: measured numbers minus unknowns."""
        return len(self.residuals) - int(self.roots.shape[1])

    @property
    def chi2_dof(self) -> float | None:
        """Chi-square per degree of freedom: about 1 where the SD are right; None without a degree of freedom."""
        return self.chi2 / self.dof if self.dof else None

    @property
    def doubtful(self) -> bool:
        """Whether the measurements agree worse than right SD would give in one of a thousand cases."""
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
        numbers = np.asarray(_quantities(self.chain, self.x[None])[0])
        # As a case says it: the rotation of the ring between -180 and 180 deg.
        turn = MOUNTING.index(AXIAL_ROTATION)
        numbers[turn] = short_way(numbers[turn])
        return numbers

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
        """Which (12,) of `quantities` the measurements determine."""
        G = slopes(lambda x: _quantities(self.chain, x), self.x)
        loose = np.linalg.norm(G @ self.unmeasured, axis=1)
        return np.asarray((loose <= NONE * np.linalg.norm(G, axis=1)) & self._owed_to_measurements(G))

    @property
    def sd(self) -> list[float | None]:
        """SD (12,) of `quantities`, None for one that was not measured."""
        spread = np.sqrt(np.diag(self.covariance))
        return [float(sd) if known else None for sd, known in zip(spread, self.measured, strict=True)]

    @property
    def spread_sd(self) -> list[float | None]:
        """As `sd`, but with the assumed range for what was not measured; None where that is unknown, too."""
        G = slopes(lambda x: _quantities(self.chain, x), self.x)
        bounded = np.linalg.norm(G @ self.unmeasured, axis=1) <= NONE * np.linalg.norm(G, axis=1)
        spread = np.linalg.norm(G @ self.roots, axis=1)
        return [float(sd) if known else None for sd, known in zip(spread, bounded, strict=True)]

    @property
    def hardware(self) -> dict[str, tuple[float, float]]:
        """Corrections to the data of the hardware and their SD, mm, by key; only for what was unknown."""
        off = self.chain.hardware(self.x[None])[0]
        sd = np.linalg.norm(slopes(self.chain.hardware, self.x) @ self.roots, axis=1)
        unknown = self.chain.observations.hardware_sd
        return {key: (float(off[k]), float(sd[k])) for k, key in enumerate(HARDWARE) if key in unknown}

    def drawn(self, count: int, seed: int) -> Array:
        """Random unknowns (count, p) of the chain, drawn from the covariance of the estimate."""
        normal = np.random.default_rng(seed).standard_normal((count, self.roots.shape[1]))
        return np.asarray(self.x + normal @ self.roots.T)

    def determines(self, function: Callable[[Array], Array]) -> bool:
        """Whether the measurements determine a function of the unknowns (n, p): no unmeasured direction changes it."""
        G = slopes(function, self.x)
        known = np.linalg.norm(G @ self.unmeasured, axis=1) <= NONE * (NONE + np.linalg.norm(G, axis=1))
        return bool((known & self._owed_to_measurements(G)).all())

    def _owed_to_measurements(self, G: Array) -> NDArray[np.bool_]:
        """Whether quantities with slopes G (n, p) owe their variance to measurements, not to an assumed range."""
        possible = np.array([row.kind == POSSIBLE for row in self.chain.rows])[self.kept]
        spread = G @ self.roots
        guessed = spread @ (self.J[possible] @ self.roots).T
        return np.asarray((guessed**2).sum(axis=1) <= MOSTLY_POSSIBLE * (spread**2).sum(axis=1) + NONE**2)


def fit(observations: Observations) -> Estimate:
    """The estimate from all rows of the observations.

    Raises:
        NotSettled: the solver did not converge, or its result cannot be put in words.
    """
    chain = Chain(observations)
    return fit_rows(chain, np.ones(len(chain.rows), bool))


def fit_rows(chain: Chain, kept: NDArray[np.bool_]) -> Estimate:
    """As `fit`, from the rows (rows,) that are `kept`.

    Nonlinear least squares from the typed values by a trust region.  Directions that nothing measures are found first,
    by the singular values of the Jacobian at the typed values, and stay as typed.  The covariance is `(J'J)^-1`, times
    chi-square for each degree of freedom where that is more than chance.
    """
    from scipy.optimize import least_squares  # imported here because most commands do not need it and start faster

    start = np.zeros(chain.count)
    _, s, Vt = np.linalg.svd(slopes(chain.residuals, start)[kept], full_matrices=True)
    measured = np.concatenate([s, np.zeros(len(Vt) - len(s))]) >= UNMEASURED
    free, unmeasured = Vt[measured].T, Vt[~measured].T

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
    widened = max(1.0, chi2 / dof) ** 0.5 if dof and chance_above(chi2, dof) < BY_CHANCE else 1.0
    estimate = Estimate(chain, x, kept, J, residuals, roots * widened, unmeasured, float(s.max() / s.min()), widened)
    _check_words(estimate)
    return estimate


def chance_above(chi2: float, dof: int) -> float:
    """The probability that chi-square with `dof` degrees of freedom exceeds a value."""
    from scipy.special import chdtrc  # as above

    return float(chdtrc(dof, chi2))


def _check_words(estimate: Estimate) -> None:
    """Raises NotSettled for a result that a case file could not hold."""
    for pairs, numbers in ((MOUNTING, estimate.mounting), (DEFORMITY, estimate.deformity)):
        words = words_of(numbers.tolist(), pairs)
        try:
            for pair in pairs:
                pair.signed(words)
        except HexapodError as error:
            raise NotSettled(f"The fit of all measurements is no limb: {error} There is no estimate.") from error


def _quantities(chain: Chain, x: Array) -> Array:
    return np.concatenate([chain.mountings(x), chain.deformities(x)[:, -1]], axis=1)
