"""What the pages of campaigns show: cells, buttons and panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kundenkreis.engage.campaigns.models import Campaign, Offer, Variant
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.fields import translated
from kundenkreis.records import Button, Tag, named
from kundenkreis.ui import formats, parts

State = Campaign.State
TONES = {State.RUNNING: "green"}
TEXTS = ("title", "text", "button", "legal")
SHOWN = 10


def state_tag(campaign: Campaign) -> SafeString:
    return parts.tag(state_text(campaign), TONES.get(State(campaign.state), ""))


def state_text(campaign: Campaign) -> str:
    return str(State(campaign.state).label)


def campaign_tags(campaign: Campaign) -> Iterable[Tag]:
    yield Tag(state_text(campaign), TONES.get(State(campaign.state), ""))


def window_text(campaign: Campaign) -> str:
    hours = campaign.window_hours
    if hours % 24:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": formats.number(hours)}
    days = hours // 24
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": formats.number(days)}


def control_text(campaign: Campaign) -> str:
    share = control_share(campaign)
    return "" if share is None else formats.percent(share)


def control_share(campaign: Campaign) -> float | None:
    """The control group's share of everybody, None for a campaign without one."""
    variants = list(campaign.variants.all())
    total = sum(variant.weight for variant in variants)
    weights = [variant.weight for variant in variants if variant.is_control]
    return weights[0] / total if weights and total else None


def campaign_buttons(viewer: Viewer, campaign: Campaign) -> Iterable[Button]:
    kind = named("campaign")
    if not kind.reaches(viewer, "change", campaign):
        return
    if campaign.state == State.DRAFT:
        yield Button(
            _("Start"), kind.url(campaign.pk, "start"), icon="play", primary=True, post=True
        )
        yield Button(_("Edit the draft"), kind.url(campaign.pk, "draft"), icon="pencil")
    elif campaign.state == State.RUNNING:
        yield Button(_("End"), kind.url(campaign.pk, "end"), icon="square", post=True)


def smallest_share(campaign: Campaign) -> float | None:
    """The share of the smallest group that sees an offer, None while there is none."""
    variants = list(campaign.variants.all())
    total = sum(variant.weight for variant in variants)
    weights = [variant.weight for variant in variants if not variant.is_control]
    return min(weights) / total if weights and total else None


def offered(campaign: Campaign) -> list[Variant]:
    """The variants that see an offer, oldest first."""
    variants = (variant for variant in campaign.variants.all() if hasattr(variant, "offer"))
    return sorted(variants, key=lambda variant: variant.pk)


def offer_panel(viewer: Viewer, campaign: Campaign) -> Mapping[str, Any] | None:
    """The offers as visitors see them, each with its share; None while there is none."""
    variants = offered(campaign)
    if not variants:
        return None
    total = sum(variant.weight for variant in campaign.variants.all()) or 1
    groups = [
        {
            "slug": variant.slug,
            "title": str(variant) if len(variants) > 1 else _("Offer"),
            "share": formats.percent(variant.weight / total, 1),
            "offer": _shown(variant.offer),
        }
        for variant in variants
    ]
    return {"groups": groups, "frozen": campaign.state != State.DRAFT}


def _shown(offer: Offer) -> dict[str, str]:
    texts = {name: translated(getattr(offer, name)) for name in TEXTS}
    return {**texts, "url": offer.url, "voucher": offer.voucher}
