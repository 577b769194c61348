"""What the engine says to people, in their language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundenkreis.insight.statistics.verdict import ACTIVE_NEEDED, PEOPLE_NEEDED, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping


def verdict_text(verdict: Verdict) -> str:
    """Say a verdict in the user's language."""
    match verdict:
        case Verdict.BLOCKED:
            return _("No verdict: the groups do not have the planned sizes")
        case Verdict.TOO_FEW:
            return _("Too few people for a verdict")
        case Verdict.POSITIVE:
            return _("Higher than in the control group")
        case Verdict.NEGATIVE:
            return _("Lower than in the control group")
        case Verdict.UNDECIDED:
            return _("No clear effect yet")


def sample_ratio_text(people: Mapping[str, int], weights: Mapping[str, float], p: float) -> str:
    """Warn that the groups do not have the planned sizes."""
    everybody, planned = sum(people.values()), sum(weights[name] for name in people)
    groups = ", ".join(
        _("%(name)s: %(counted)d instead of %(expected).0f")
        % {"name": name, "counted": n, "expected": everybody * weights[name] / planned}
        for name, n in people.items()
    )
    return _(
        "Sample-ratio mismatch (p = %(p).2g): %(groups)s. Something decides who is counted; find "
        "out what before you trust any figure."
    ) % {"p": p, "groups": groups}


def too_few_text(outcome: str, variant: str) -> str:
    """Say openly that there are too few people."""
    return _(
        "%(outcome)s, %(variant)s: too few people. A verdict needs %(people)d people in each group "
        "and %(active)d with a value other than zero (with both answers, for yes/no) in both "
        "groups together."
    ) % {
        "outcome": outcome,
        "variant": variant,
        "people": PEOPLE_NEEDED,
        "active": ACTIVE_NEEDED,
    }


def no_variation_text(outcome: str, variant: str) -> str:
    """Say why there is no interval at all."""
    return _(
        "%(outcome)s, %(variant)s: no interval, because all people of both groups have the same "
        "value or a group has fewer than two people."
    ) % {"outcome": outcome, "variant": variant}


def no_ratio_text(outcome: str, variant: str) -> str:
    """Say why there is no relative interval."""
    return _(
        "%(outcome)s, %(variant)s: no interval for the relative effect, because the mean of the "
        "control group cannot be told from zero or one group shows no variation above zero."
    ) % {"outcome": outcome, "variant": variant}


def several_variants_text(outcome: str, variant: str, variants: int) -> str:
    """Explain an interval without zero that is not enough for a verdict."""
    return ngettext(
        "%(outcome)s, %(variant)s: the interval excludes zero, but not after allowing for "
        "%(variants)d comparison.",
        "%(outcome)s, %(variant)s: the interval excludes zero, but not after allowing for "
        "%(variants)d comparisons.",
        variants,
    ) % {"outcome": outcome, "variant": variant, "variants": variants}
