"""Sufficient statistics of one variant: all the engine ever sees of the people.

A live report fills them with one grouped query, a file with running sums; both then go through the
same code. They add up: `moments_of_today + moments_of_yesterday`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Prior:
    """The same people's value from before the experiment, for CUPED.

    Parameters: `mean`; `m2`, the sum of its squared deviations from the mean; `cross`, the sum of
    the products of both deviations.
    """

    mean: float
    m2: float
    cross: float


@dataclass(frozen=True, slots=True)
class Moments:
    """What one variant's people did, summed up.

    Parameters: `n` people; `mean` per person in the outcome's own unit (share, pieces, or minor
    units of money); `m2`, the sum of squared deviations from that mean; `nonzero`, how many people
    have a value other than zero; `prior`, if a value from before the experiment is used.

    Two sets are added by the pairwise update of Chan, Golub and LeVeque (1979), which does not
    lose digits where plain sums of squares do.
    """

    n: int
    mean: float
    m2: float
    nonzero: int
    prior: Prior | None = None

    @classmethod
    def nobody(cls) -> Moments:
        """No person yet."""
        return cls(0, 0.0, 0.0, 0)

    @classmethod
    def of(cls, values: ArrayLike, prior: ArrayLike | None = None) -> Moments:
        """Sum up one value per person, and optionally each person's value from before."""
        import numpy as np

        y = np.asarray(values, dtype=np.float64)
        if y.size == 0:
            return cls.nobody()
        mean = float(y.mean())
        deviation = y - mean
        paired = None
        if prior is not None:
            x = np.asarray(prior, dtype=np.float64)
            x_mean = float(x.mean())
            x_deviation = x - x_mean
            paired = Prior(x_mean, float(x_deviation @ x_deviation), float(x_deviation @ deviation))
        return cls(
            int(y.size), mean, float(deviation @ deviation), int(np.count_nonzero(y)), paired
        )

    @classmethod
    def from_sums(
        cls, n: int, total: int | Decimal, squares: int | Decimal, nonzero: int
    ) -> Moments:
        """Build from what a database sums exactly: `total` and the sum of `squares`.

        Only exact numbers (money in minor units, counts), because the difference of two large
        floating-point sums would lose the variance.
        """
        if n == 0:
            return cls.nobody()
        return cls(n, float(total) / n, float(n * squares - total * total) / n, nonzero)

    @property
    def variance(self) -> float:
        """Variance between people (divided by n − 1); 0 below two people."""
        return self.m2 / (self.n - 1) if self.n > 1 else 0.0

    @property
    def is_yes_no(self) -> bool:
        """True if every value is 0 or 1, which sum and sum of squares already prove."""
        share = self.nonzero / self.n if self.n else 0.0
        near = 1e-9 * (1.0 + self.nonzero)
        spread = self.nonzero * (1.0 - share)
        return abs(self.mean - share) <= near and abs(self.m2 - spread) <= near

    def __add__(self, other: Moments) -> Moments:
        if not self.n or not other.n:
            return other if not self.n else self
        n = self.n + other.n
        weight = self.n * other.n / n
        gap = other.mean - self.mean
        paired = None
        if self.prior and other.prior:
            x_gap = other.prior.mean - self.prior.mean
            paired = Prior(
                self.prior.mean + x_gap * other.n / n,
                self.prior.m2 + other.prior.m2 + x_gap * x_gap * weight,
                self.prior.cross + other.prior.cross + x_gap * gap * weight,
            )
        return Moments(
            n,
            self.mean + gap * other.n / n,
            self.m2 + other.m2 + gap * gap * weight,
            self.nonzero + other.nonzero,
            paired,
        )

    def with_flat_prior(self, value: float) -> Moments:
        """The same people, each given the same earlier `value`: it moves nobody up or down."""
        return Moments(self.n, self.mean, self.m2, self.nonzero, Prior(value, 0.0, 0.0))
