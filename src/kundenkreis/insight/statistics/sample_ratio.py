"""Sample-ratio check: did the variants get the shares of people they were meant to get?

If not, something decided who is counted (a redirect that fails, a bot filter, a crash in one
variant), and then no figure of the experiment can be trusted.
"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

from kundenkreis.insight.statistics.distributions import chi_square_p_value

if TYPE_CHECKING:
    from collections.abc import Mapping

MISMATCH_BELOW = 0.01
"""p below which the verdict is blocked.

One sound experiment in a hundred is stopped for nothing; in return a mismatch like the one of the
public Cookie Cats experiment (44,700 against 45,489 people, p = 0.0086) is not overlooked. The
stricter 0.001 used elsewhere would wave it through.
"""


def sample_ratio_p(people: Mapping[str, int], weights: Mapping[str, float]) -> float | None:
    """Probability of shares at least this far from the planned ones (Pearson's chi-square test).

    Parameters: `people` per variant; `weights`, the planned shares of the same variants, on any
    scale. None with fewer than two variants or without people.
    """
    everybody = sum(people.values())
    if len(people) < 2 or everybody == 0:
        return None
    planned = fsum(weights[name] for name in people)
    statistic = 0.0
    for name, counted in people.items():
        expected = everybody * weights[name] / planned
        statistic += (counted - expected) ** 2 / expected
    return chi_square_p_value(statistic, len(people) - 1)
