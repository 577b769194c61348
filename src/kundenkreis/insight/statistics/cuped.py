"""CUPED: subtract from every outcome what the time before the experiment already explained.

Deng, Xu, Kohavi and Walker, "Improving the sensitivity of online controlled experiments by
utilizing pre-experiment data", WSDM 2013. The variance falls by the squared correlation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kundenkreis.insight.statistics.moments import Moments


@dataclass(frozen=True, slots=True)
class Estimate:
    """One variant's mean with the uncertainty it brings into a comparison.

    Parameters: `n` people; `mean`; `variance` of that mean, without what all variants share;
    `level`, the variance of the shared level (the average of the earlier value over everybody,
    which the adjustment adds back), and `tie`, the covariance of this mean with it. Both cancel in
    a difference, but not in a ratio. They are 0 without CUPED.
    """

    n: int
    mean: float
    variance: float
    level: float = 0.0
    tie: float = 0.0


@dataclass(frozen=True, slots=True)
class Adjusted:
    """All variants of one outcome, ready to be compared.

    `variance_reduction` is the share of the variance that CUPED removed (0 to 1), or None if no
    earlier value was used.
    """

    estimates: dict[str, Estimate]
    variance_reduction: float | None


def adjust(arms: Mapping[str, Moments]) -> Adjusted:
    """Estimate every variant's mean, by CUPED if each of them carries an earlier value.

    The slope is pooled from inside the variants, so that an effect cannot leak into it.
    """
    priors = {name: arm.prior for name, arm in arms.items() if arm.prior is not None}
    if len(priors) < len(arms):
        return Adjusted({name: _plain(arm) for name, arm in arms.items()}, None)
    x_m2 = sum(prior.m2 for prior in priors.values())
    cross = sum(prior.cross for prior in priors.values())
    y_m2 = sum(arm.m2 for arm in arms.values())
    if x_m2 <= 0.0 or y_m2 <= 0.0:
        return Adjusted({name: _plain(arm) for name, arm in arms.items()}, 0.0)

    slope = cross / x_m2
    people = sum(arm.n for arm in arms.values())
    centre = sum(arms[name].n * prior.mean for name, prior in priors.items()) / people
    level = 0.0
    for name, prior in priors.items():
        share = arms[name].n / people
        level += slope**2 * share**2 * _per_mean(prior.m2, arms[name].n)

    estimates = {}
    for name, prior in priors.items():
        arm = arms[name]
        residual = max(0.0, arm.m2 - 2.0 * slope * prior.cross + slope**2 * prior.m2)
        tie = slope * arm.n / people * _per_mean(prior.cross - slope * prior.m2, arm.n)
        estimates[name] = Estimate(
            arm.n,
            arm.mean - slope * (prior.mean - centre),
            _per_mean(residual, arm.n),
            level,
            tie,
        )
    return Adjusted(estimates, min(1.0, cross * cross / (x_m2 * y_m2)))


def _plain(arm: Moments) -> Estimate:
    return Estimate(arm.n, arm.mean, _per_mean(arm.m2, arm.n))


def _per_mean(m2: float, n: int) -> float:
    """Turn a sum of squared deviations (or products) into the (co)variance of a mean."""
    return m2 / (n - 1) / n if n > 1 else 0.0
