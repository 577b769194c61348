"""What happens in campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class VariantAssigned:
    """A profile was put into a variant of a campaign, for good."""

    campaign_id: int
    profile_id: int
    variant_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferExposed:
    """The offer appeared to a profile, or would have appeared to one of the control group."""

    campaign_id: int
    profile_id: int
    variant_id: int
    shown: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CampaignStarted:
    """A campaign began to run; from now on its variants and weights stay as they are."""

    campaign_id: int
    at: datetime
