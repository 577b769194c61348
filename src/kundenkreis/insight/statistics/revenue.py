"""What the variant earned in total: effect per person times the people who were exposed to it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundenkreis.insight.statistics.compare import Interval


@dataclass(frozen=True, slots=True)
class IncrementalRevenue:
    """Extra revenue in minor units of `currency`; the limits are None where none can be given."""

    amount_minor: int
    low_minor: int | None
    high_minor: int | None
    currency: str


def incremental_revenue(
    effect_minor: float, interval: Interval, exposed: int, currency: str
) -> IncrementalRevenue:
    """Multiply the effect per person by the `exposed` people of the variant.

    Parameters: `effect_minor` and `interval` in minor units per person. Limits are rounded
    outwards, so that rounding never makes the interval look safer than it is.
    """
    low, high = interval.low, interval.high
    return IncrementalRevenue(
        round(effect_minor * exposed),
        None if low is None else floor(low * exposed),
        None if high is None else ceil(high * exposed),
        currency,
    )
