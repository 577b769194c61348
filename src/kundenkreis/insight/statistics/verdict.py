"""The one word at the top of the report."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kundenkreis.insight.statistics.compare import Interval
    from kundenkreis.insight.statistics.moments import Moments

PEOPLE_NEEDED = 100
"""People each group needs before a verdict."""

ACTIVE_NEEDED = 50
"""People who did something (who bought, say) both groups together need before a verdict.

The interval trusts the estimated variance, and skewed revenue needs that many buyers to show its
spread: with 50 it holds for amounts whose standard deviation is up to three times their mean
(decision 0010). For a yes/no outcome that nearly everybody fulfils, the rarer answer counts.
"""


class Verdict(StrEnum):
    """Machine names of the verdicts; `texts.verdict_text` says them in the user's language."""

    BLOCKED = "blocked"
    """The groups do not have the planned sizes: no figure may be trusted."""

    TOO_FEW = "too_few"
    """Not enough people yet for any statement."""

    POSITIVE = "positive"
    """The outcome is higher than in the control group."""

    NEGATIVE = "negative"
    """The outcome is lower than in the control group."""

    UNDECIDED = "undecided"
    """No clear effect yet: the interval contains zero."""


def is_enough(control: Moments, variant: Moments) -> bool:
    """Tell whether there are enough people for the interval to be trusted."""
    both = control + variant
    active = min(both.nonzero, both.n - both.nonzero) if both.is_yes_no else both.nonzero
    return min(control.n, variant.n) >= PEOPLE_NEEDED and active >= ACTIVE_NEEDED


def verdict_of(control: Moments, variant: Moments, interval: Interval) -> Verdict:
    """Judge one variant by the interval that was agreed on."""
    if not is_enough(control, variant):
        return Verdict.TOO_FEW
    if interval.is_above_zero:
        return Verdict.POSITIVE
    if interval.is_below_zero:
        return Verdict.NEGATIVE
    return Verdict.UNDECIDED


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """Judge several variants together: one that wins decides, then one that loses."""
    found = set(verdicts)
    for verdict in (Verdict.POSITIVE, Verdict.NEGATIVE, Verdict.UNDECIDED):
        if verdict in found:
            return verdict
    return Verdict.TOO_FEW
