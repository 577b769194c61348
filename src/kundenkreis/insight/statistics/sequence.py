"""The always-valid interval: how many standard errors wide it must be so that one may look daily.

Asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform
central limit theory and asymptotic confidence sequences", arXiv 2103.06476, equation (9); it is
Robbins' normal mixture (Howard, Ramdas, McAuliffe, Sekhon, Annals of Statistics 49, 2021) with the
estimated variance. The tuning ρ is their closed approximation for "tightest at N* people".
"""

from __future__ import annotations

from math import log, sqrt

TIGHTEST_AT = 5_000
"""N*: people of both groups together at which the interval is tightest.

Larger than most first looks on purpose: at 100 people the interval is 6.7 standard errors wide, so
the first skewed handful cannot decide; from 1,000 to 50,000 people it costs 3.0 to 3.4 standard
errors against 1.96. See decision 0010 for the simulations behind it.
"""


def standard_errors(people: int, alpha: float = 0.05, tightest_at: int = TIGHTEST_AT) -> float:
    """Half the width of the always-valid interval, in standard errors of the estimate.

    Parameters: `people` in both groups together; `alpha`, the chance that the interval misses the
    truth at *any* look.
    """
    spread = -2.0 * log(alpha)
    rho_squared = (spread + log(spread + 1.0)) / tightest_at
    x = people * rho_squared
    return sqrt(2.0 * (x + 1.0) / x * log(sqrt(x + 1.0) / alpha))
