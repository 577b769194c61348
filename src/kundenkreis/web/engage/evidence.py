"""Before the start: what could such a campaign show at all?"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from django.utils.translation import gettext as _

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.campaigns.panels import control_share, offered, smallest_share
from kundenkreis.insight.statistics import ALPHA, Baseline, Horizon, detectable_effect
from kundenkreis.insight.uplift.baseline import purchase_rate
from kundenkreis.ui import formats

FEW = 100
EXAMPLES = (1_000, 10_000)


def power_sentence(campaign: Campaign) -> str:
    """How large an effect on purchases must be to be detected, in plain words.

    By the interval that will decide: that of the one look, if one was settled.
    """
    rate = purchase_rate()
    bought = _("About %(rate)s of visitors buy within the window.")
    said = _at_the_look(campaign, rate) if campaign.horizon else _at_any_time(campaign, rate)
    return " ".join([bought % {"rate": formats.percent(rate, 1)}, *said])


def _at_the_look(campaign: Campaign, rate: float) -> Iterator[str]:
    people = campaign.horizon or 0
    effect = _detectable(campaign, rate, people, people, Horizon.FIXED)
    if effect:
        yield (
            _("At the one look, after %(people)s people per group, you can detect %(effect)s more purchases or better.")
            % {"people": formats.number(people), "effect": effect}
        )  # fmt: skip
    control, smallest = _shares(campaign)
    needed = ceil(round(people / min(control, smallest), 6))
    yield (
        _("About %(people)s people must see the offer or stand in the control group until then.")
        % {"people": formats.number(needed)}
    )


def _at_any_time(campaign: Campaign, rate: float) -> Iterator[str]:
    people = campaign.segment.size if campaign.segment else 0
    control, smallest = _shares(campaign)
    for count in [people] if people >= FEW else EXAMPLES:
        # The smallest group decides.
        groups = round(count * control), round(count * smallest)
        effect = _detectable(campaign, rate, *groups, Horizon.ANY_TIME)
        if effect:
            yield (
                _("With %(people)s people you can detect %(effect)s more purchases or better.")
                % {"people": formats.number(count), "effect": effect}
            )
    if people < FEW:
        yield _("The segment is small at the moment; it fills as visitors come.")


def _shares(campaign: Campaign) -> tuple[float, float]:
    """What the control group gets, and the smallest of the others."""
    control = control_share(campaign) or 0.5
    return control, smallest_share(campaign) or 1 - control


def _detectable(
    campaign: Campaign, rate: float, control: int, variant: int, horizon: Horizon
) -> str:
    """The smallest effect that is found; every offer takes its part of the allowed error."""
    if not control or not variant:
        return ""
    offers = len(offered(campaign)) or 1
    found = detectable_effect(
        Baseline.share(rate), control, variant, horizon=horizon, alpha=ALPHA / offers
    )
    return formats.percent(found.relative) if found and found.relative is not None else ""
