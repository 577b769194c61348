"""Exposures as steps of the customer's timeline, for people both sides know."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from kundenkreis.engage.campaigns.models import Campaign, Exposure
from kundenkreis.engage.profiles.events import Touchpoint


def touchpoint(exposure: Exposure, campaign: Campaign, link_id: UUID) -> Touchpoint:
    """The exposure as it crosses the link; `control` says that nothing was shown."""
    return Touchpoint(
        link_id=link_id,
        kind="exposure" if exposure.shown else "control",
        at=exposure.at,
        reference=f"engage.campaign:{campaign.pk}",
        payload={"campaign": campaign.name},
        key=f"exposure|{exposure.campaign_id}|{exposure.profile_id}|{exposure.variant_id}",
    )


def touchpoints(exposures: Iterable[Exposure], link_id: UUID) -> list[Touchpoint]:
    """The exposures of one linked person, at most as many as are given."""
    rows = list(exposures)
    names = Campaign.objects.in_bulk({row.campaign_id for row in rows})
    return [
        touchpoint(row, names[row.campaign_id], link_id) for row in rows if row.campaign_id in names
    ]
