"""What a visitor gets to see now: the answer to the browser's question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kundenkreis.engage.campaigns.assignment import draw
from kundenkreis.engage.campaigns.events import VariantAssigned
from kundenkreis.engage.campaigns.models import Campaign, Offer, Variant
from kundenkreis.engage.campaigns.queries import (
    assigned_variants,
    exposed_campaigns,
    may_contact,
)
from kundenkreis.engage.consent.queries import WEB
from kundenkreis.engage.profiles.queries import merged_into
from kundenkreis.engage.segments.queries import memberships_of
from kundenkreis.kernel.fields import translated


@dataclass(frozen=True, slots=True)
class Decision:
    """One campaign's answer for one visitor: show its offer, or (control) note only.

    `drawn` is what is still to be frozen (`keep_assignments`), None for whom was assigned before.
    """

    campaign: Campaign
    variant: Variant
    show: bool
    offer: Offer
    drawn: VariantAssigned | None = None


def decide(profile_id: int, running: Sequence[Campaign]) -> list[Decision]:
    """Of the running campaigns those whose segment the visitor is in and that they did not see yet.

    `profile_id` is the canonical one, as `profiles.queries.find` gives it. A running campaign's
    segment is active, so being stored in it is being in it.
    """
    segments = memberships_of(profile_id)
    due = [one for one in running if one.segment_id in segments and _offers(one)]
    if not due:
        return []  # nearly everybody
    ids, group = [campaign.pk for campaign in due], merged_into(profile_id)
    seen = exposed_campaigns(ids, group)
    known = assigned_variants(ids, profile_id, group)
    return [_decision(one, profile_id, known) for one in due if one.pk not in seen]


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


def _decision(campaign: Campaign, profile_id: int, known: dict[int, int]) -> Decision:
    drawn = None if campaign.pk in known else draw(campaign, profile_id)
    if drawn is not None:
        known = {campaign.pk: drawn.variant_id}
    permission = may_contact(profile_id, campaign, WEB, known)
    variants = {variant.pk: variant for variant in campaign.variants.all()}
    variant = variants[permission.variant_id or 0]
    offers = _offers(campaign)
    # The control group is measured at the same moment, with the offer it would have seen.
    offer = offers.get(variant.pk, next(iter(offers.values())))
    return Decision(campaign, variant, permission.allowed, offer, drawn)


def _offers(campaign: Campaign) -> dict[int, Offer]:
    return {
        variant.pk: variant.offer
        for variant in campaign.variants.all()
        if hasattr(variant, "offer")
    }
