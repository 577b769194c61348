"""Before the start: which effect can be seen with so many people, and how many are needed?

Normal approximation with each group's own variance; the critical value is that of the interval
which will decide, so the always-valid default honestly asks for more people than a fixed horizon.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from kundenkreis.insight.statistics.distributions import normal_quantile
from kundenkreis.insight.statistics.sequence import TIGHTEST_AT, standard_errors

POWER = 0.8
MOST_PEOPLE = 10**10


class Horizon(StrEnum):
    """When the result may be read: at any time, or once at a moment agreed beforehand."""

    ANY_TIME = "any_time"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What control does without the offer: `mean` per person and `variance` between people."""

    mean: float
    variance: float
    is_share: bool = False

    @classmethod
    def share(cls, rate: float) -> Baseline:
        """A yes/no outcome of which this share of people (0 to 1) says yes."""
        return cls(rate, rate * (1.0 - rate), is_share=True)

    def lifted(self, effect: float) -> Baseline:
        """The same outcome with a higher mean; the spread of amounts is taken as unchanged."""
        if self.is_share:
            return Baseline.share(self.mean + effect)
        return Baseline(self.mean + effect, self.variance)


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest effect that is found with the wanted power; `relative` 0.4 is +40 %."""

    absolute: float
    relative: float | None


def detectable_effect(
    baseline: Baseline,
    control: int,
    variant: int,
    *,
    horizon: Horizon = Horizon.ANY_TIME,
    power: float = POWER,
    alpha: float = 0.05,
) -> Detectable | None:
    """Say "you can detect at least X" for so many people in `control` and in the `variant`.

    None if even the largest possible effect of a share would not be found.
    """
    wanted = _critical(control + variant, horizon, alpha) + normal_quantile(power)

    def is_found(effect: float) -> bool:
        spread = baseline.variance / control + baseline.lifted(effect).variance / variant
        return effect >= wanted * sqrt(spread)

    low, high = 0.0, 1.0 - baseline.mean
    if not baseline.is_share:
        high = 2.0 * wanted * sqrt(baseline.variance * (1.0 / control + 1.0 / variant))
    if not is_found(high):
        return None
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (low, middle) if is_found(middle) else (middle, high)
    return Detectable(high, high / baseline.mean if baseline.mean > 0.0 else None)


def required_per_arm(
    baseline: Baseline,
    relative: float,
    *,
    horizon: Horizon = Horizon.ANY_TIME,
    power: float = POWER,
    alpha: float = 0.05,
) -> int | None:
    """People needed in each of two equal groups to find a relative effect (0.2 is +20 %).

    None if no number of people below ten thousand million would do, or if a share would leave
    0 to 100 %.
    """
    effect = baseline.mean * relative
    if baseline.is_share and not 0.0 <= baseline.mean + effect <= 1.0:
        return None
    spread = baseline.variance + baseline.lifted(effect).variance

    def is_enough(people: int) -> bool:
        wanted = _critical(2 * people, horizon, alpha) + normal_quantile(power)
        return abs(effect) >= wanted * sqrt(spread / people)

    if not is_enough(MOST_PEOPLE):
        return None
    low, high = 0, MOST_PEOPLE
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def _critical(people: int, horizon: Horizon, alpha: float) -> float:
    if horizon is Horizon.FIXED:
        return normal_quantile(1.0 - alpha / 2.0)
    return standard_errors(people, alpha, TIGHTEST_AT)
