"""Before the start: what could such a campaign show at all?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.campaigns.panels import control_share, offered, smallest_share
from kundenkreis.insight.statistics import ALPHA, Baseline, detectable_effect
from kundenkreis.insight.uplift.baseline import purchase_rate
from kundenkreis.ui import formats

FEW = 100
EXAMPLES = (1_000, 10_000)


def power_sentence(campaign: Campaign) -> str:
    """How large an effect on purchases must be to be detected, in plain words."""
    control, rate = control_share(campaign) or 0.5, purchase_rate()
    smallest, offers = smallest_share(campaign) or 1 - control, len(offered(campaign)) or 1
    people = campaign.segment.size if campaign.segment else 0
    sentences = [
        _("About %(rate)s of visitors buy within the window.") % {"rate": formats.percent(rate, 1)}
    ]
    for count in [people] if people >= FEW else EXAMPLES:
        # The smallest group decides, and every offer takes its part of the allowed error.
        effect = detectable_effect(
            Baseline.share(rate),
            round(count * control),
            round(count * smallest),
            alpha=ALPHA / offers,
        )
        if effect is not None and effect.relative is not None:
            sentences.append(
                _("With %(people)s people you can detect %(effect)s more purchases or better.")
                % {"people": formats.number(count), "effect": formats.percent(effect.relative)}
            )
    if people < FEW:
        sentences.insert(0, _("The segment is small at the moment; it fills as visitors come."))
    return " ".join(sentences)
