"""One variant against control: absolute and relative effect, always-valid and at a fixed horizon."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from kundenkreis.insight.statistics.distributions import student_p_value, student_quantile
from kundenkreis.insight.statistics.relative import Relative, always_valid, fieller, point
from kundenkreis.insight.statistics.sequence import TIGHTEST_AT, standard_errors

if TYPE_CHECKING:
    from kundenkreis.insight.statistics.cuped import Estimate

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Interval:
    """Limits of an effect; None where the data allow no statement."""

    low: float | None
    high: float | None

    @property
    def excludes_zero(self) -> bool:
        """True if the effect is settled as positive or as negative."""
        return self.is_above_zero or self.is_below_zero

    @property
    def is_above_zero(self) -> bool:
        """True if even the lower limit is positive."""
        return self.low is not None and self.low > 0.0

    @property
    def is_below_zero(self) -> bool:
        """True if even the upper limit is negative."""
        return self.high is not None and self.high < 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The effect of one variant: its mean minus control's, in the outcome's own unit.

    `interval` and `relative` may be read at any time and as often as one likes. `fixed`,
    `fixed_relative` and `p_value` (Welch) hold for one look at a moment agreed beforehand only.
    """

    effect: float
    interval: Interval
    relative: Relative
    fixed: Interval
    fixed_relative: Relative
    p_value: float | None


def compare(
    control: Estimate, variant: Estimate, alpha: float = ALPHA, tightest_at: int = TIGHTEST_AT
) -> Comparison:
    """Compare a variant with control; each interval misses the truth with probability `alpha`.

    Without any variation in both groups, or with a single person in one, there are no intervals.
    Sources: `sequence`, `relative`; Welch, Biometrika 34 (1947) for the fixed horizon.
    """
    effect = variant.mean - control.mean
    error = sqrt(control.variance + variant.variance)
    if error == 0.0 or min(control.n, variant.n) < 2:
        nothing = Interval(None, None)
        ratio = Relative(point(control, variant))
        return Comparison(effect, nothing, ratio, nothing, ratio, None)

    any_time = standard_errors(control.n + variant.n, alpha, tightest_at)
    degrees = welch_degrees(control, variant)
    once = student_quantile(1.0 - alpha / 2.0, degrees)
    return Comparison(
        effect,
        Interval(effect - any_time * error, effect + any_time * error),
        always_valid(control, variant, any_time),
        Interval(effect - once * error, effect + once * error),
        fieller(control, variant, once),
        student_p_value(effect / error, degrees),
    )


def welch_degrees(control: Estimate, variant: Estimate) -> float:
    """Degrees of freedom of the difference of two means with unequal variances (Satterthwaite)."""
    total = control.variance + variant.variance
    parts = control.variance**2 / (control.n - 1) + variant.variance**2 / (variant.n - 1)
    return total**2 / parts
