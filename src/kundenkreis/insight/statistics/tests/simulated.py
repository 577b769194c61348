"""Seeded experiments with a known truth, as running sums per look; the engine judges them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kundenkreis.insight.statistics import Moments
from kundenkreis.insight.statistics.compare import Comparison, compare
from kundenkreis.insight.statistics.cuped import adjust

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Looks:
    """Running sums of many runs: arrays of shape (runs, looks), one more person group per look."""

    n: NDArray[np.int64]
    total: NDArray[np.int64]
    squares: NDArray[np.int64]
    nonzero: NDArray[np.int64]

    def moments(self, run: int, look: int) -> Moments:
        return Moments.from_sums(
            int(self.n[look]),
            int(self.total[run, look]),
            int(self.squares[run, look]),
            int(self.nonzero[run, look]),
        )


def purchases(rng: np.random.Generator, rate: float, *, runs: int, looks: int, step: int) -> Looks:
    """People who buy (1) or not (0); `step` more people at each look."""
    bought = rng.binomial(step, rate, (runs, looks)).cumsum(axis=1)
    return Looks(np.arange(1, looks + 1) * step, bought, bought, bought)


def revenue(
    rng: np.random.Generator, rate: float, sigma: float, *, runs: int, looks: int, step: int
) -> Looks:
    """Minor units per person: zero for most, log-normal for buyers (median 10.00)."""
    buyers = rng.binomial(step, rate, (runs, looks))
    amounts = np.rint(1000 * np.exp(sigma * rng.standard_normal(int(buyers.sum()))))
    cell = np.repeat(np.arange(buyers.size), buyers.ravel())
    sums = [
        np.rint(np.bincount(cell, weights, buyers.size)).astype(np.int64).reshape(buyers.shape)
        for weights in (amounts, amounts**2)
    ]
    return Looks(
        np.arange(1, looks + 1) * step,
        sums[0].cumsum(axis=1),
        sums[1].cumsum(axis=1),
        buyers.cumsum(axis=1),
    )


def mean_revenue(rate: float, sigma: float) -> float:
    """The true mean of `revenue`, in minor units per person."""
    return float(rate * 1000 * np.exp(sigma**2 / 2))


def compared(control: Moments, variant: Moments) -> Comparison:
    estimates = adjust({"control": control, "variant": variant}).estimates
    return compare(estimates["control"], estimates["variant"])


def every_run(control: Looks, variant: Looks, look: int) -> Iterator[Comparison]:
    """The comparison of every run at one look (−1 is the last)."""
    for run in range(control.total.shape[0]):
        yield compared(control.moments(run, look), variant.moments(run, look))


def covers(low: float | None, truth: float, high: float | None) -> bool:
    """Tell whether an interval contains the truth; a missing limit excludes nothing."""
    return (low is None or low <= truth) and (high is None or truth <= high)


def delta_interval(control: Moments, variant: Moments, width: float) -> tuple[float, float]:
    """The relative effect's interval by the delta method: the control that must go red."""
    ratio = variant.mean / control.mean
    error = (
        variant.variance / variant.n / control.mean**2
        + control.variance / control.n * variant.mean**2 / control.mean**4
    ) ** 0.5
    return ratio - 1 - width * error, ratio - 1 + width * error
