"""Before the start: what could such a campaign show at all?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.segments.queries import segment
from kundenkreis.insight.statistics import Baseline, detectable_effect
from kundenkreis.insight.uplift.baseline import purchase_rate
from kundenkreis.kernel.access import Viewer
from kundenkreis.ui import formats

FEW = 100
EXAMPLES = (1_000, 10_000)


def power_sentence(viewer: Viewer, campaign: Campaign) -> str:
    """How large an effect on purchases must be to be detected, in plain words."""
    variants = list(campaign.variants.all())
    total = sum(variant.weight for variant in variants)
    control = next((variant.weight / total for variant in variants if variant.is_control), 0.5)
    rate = purchase_rate()
    people = segment(viewer, campaign.segment_id).size if campaign.segment_id else 0
    sentences = [
        _("About %(rate)s of visitors buy within the window.") % {"rate": formats.percent(rate, 1)}
    ]
    for count in [people] if people >= FEW else EXAMPLES:
        found = detectable_effect(
            Baseline.share(rate), round(count * control), round(count * (1 - control))
        )
        if found is not None and found.relative is not None:
            sentences.append(
                _("With %(people)s people you can detect %(effect)s more purchases or better.")
                % {"people": formats.number(count), "effect": formats.percent(found.relative)}
            )
    if people < FEW:
        sentences.insert(0, _("The segment is small at the moment; it fills as visitors come."))
    return " ".join(sentences)
