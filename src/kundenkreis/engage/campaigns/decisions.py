"""What a visitor gets to see now: the answer to the browser's question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kundenkreis.engage.campaigns.commands import assign_variant
from kundenkreis.engage.campaigns.models import Campaign, Offer, Variant
from kundenkreis.engage.campaigns.queries import (
    assigned_variants,
    exposed_campaigns,
    may_contact,
    running_campaigns,
)
from kundenkreis.engage.profiles.queries import merged_into
from kundenkreis.engage.segments.queries import active_segments
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.fields import translated


@dataclass(frozen=True, slots=True)
class Decision:
    """One campaign's answer for one visitor: show its offer, or (control) note only."""

    campaign: Campaign
    variant: Variant
    show: bool
    offer: Offer


def decide(*, actor: Actor, profile_id: int) -> list[Decision]:
    """The campaigns whose segment the visitor is in and to which they were not exposed yet.

    `profile_id` is the canonical one, as `profiles.queries.find` gives it.
    """
    segments = active_segments(profile_id)
    if not segments:
        return []  # nearly everybody: spares the reading of campaigns
    due = running_campaigns(segments)
    if not due:
        return []
    ids, group = [campaign.pk for campaign in due], merged_into(profile_id)
    seen = exposed_campaigns(ids, group)
    known = assigned_variants(ids, profile_id, group)
    return [
        _decision(actor, campaign, profile_id, known)
        for campaign in due
        if campaign.pk not in seen and _offers(campaign)
    ]


def content(offer: Offer, language: str) -> dict[str, Any]:
    """The offer's texts in the visitor's language, as the browser script takes them."""
    return {
        "title": translated(offer.title, language),
        "text": translated(offer.text, language),
        "button": translated(offer.button, language),
        "url": offer.url,
        "voucher": offer.voucher,
        "legal": translated(offer.legal, language),
        "language": language,
    }


def _decision(actor: Actor, campaign: Campaign, profile_id: int, known: dict[int, int]) -> Decision:
    if campaign.pk not in known:
        variant_id = assign_variant(actor=actor, campaign=campaign, profile_id=profile_id)
        known = {**known, campaign.pk: variant_id}
    permission = may_contact(profile_id, campaign, known)
    variants = {variant.pk: variant for variant in campaign.variants.all()}
    variant = variants[permission.variant_id or 0]
    offers = _offers(campaign)
    # The control group is measured at the same moment, with the offer it would have seen.
    return Decision(
        campaign, variant, permission.allowed, offers.get(variant.pk, next(iter(offers.values())))
    )


def _offers(campaign: Campaign) -> dict[int, Offer]:
    return {
        variant.pk: variant.offer
        for variant in campaign.variants.all()
        if hasattr(variant, "offer")
    }
