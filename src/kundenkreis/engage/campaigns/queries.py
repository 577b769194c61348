"""Campaigns, who is in which variant, and whom a campaign may contact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Prefetch, QuerySet

from kundenkreis.engage.campaigns.models import Assignment, Campaign, Exposure, Variant
from kundenkreis.engage.consent.queries import WEB, agrees
from kundenkreis.engage.consent.shipped import NEWSLETTER
from kundenkreis.engage.profiles.queries import group_ids
from kundenkreis.kernel import bulk
from kundenkreis.kernel.access import Viewer, visible
from kundenkreis.kernel.errors import NotFound


class Reason(StrEnum):
    """Why a campaign may, or may not, contact somebody."""

    TEST = "test"
    CONTROL = "control"
    UNASSIGNED = "unassigned"
    NOT_RUNNING = "not_running"
    NO_CONSENT = "no_consent"


@dataclass(frozen=True, slots=True)
class Permission:
    """The answer of `may_contact`, with its reason and the variant it rests on."""

    allowed: bool
    reason: Reason
    variant_id: int | None = None


def campaigns(viewer: Viewer) -> QuerySet[Campaign]:
    """Campaigns the viewer may see, newest first."""
    return visible(viewer, Campaign.objects.order_by("-id"), "engage.campaign.read")


def newest_campaigns(viewer: Viewer, limit: int = 200) -> list[Campaign]:
    """The newest campaigns with their variants, for lists."""
    return list(campaigns(viewer).prefetch_related("variants")[:limit])


def campaign(viewer: Viewer, campaign_id: int) -> Campaign:
    """One campaign. Raises `NotFound`."""
    found = campaigns(viewer).filter(pk=campaign_id).first()
    if found is None:
        raise NotFound
    return found


def running_campaigns() -> list[Campaign]:
    """Running campaigns with variants and offers, oldest first; at most 1,000."""
    running = Campaign.objects.filter(state=Campaign.State.RUNNING)
    variants = Prefetch("variants", Variant.objects.select_related("offer").order_by("id"))
    return list(running.prefetch_related(variants).order_by("id")[:1000])


def assigned_variant(campaign_id: int, profile_id: int) -> int | None:
    """The variant somebody is in. Of several merged profiles the earliest assignment counts."""
    return assigned_variants([campaign_id], profile_id).get(campaign_id)


def assigned_variants(
    campaign_ids: Iterable[int], profile_id: int, group: list[int] | None = None
) -> dict[int, int]:
    """Variant by campaign for a profile and everybody merged with it (`group`, if known)."""
    wanted = set(campaign_ids)
    rows = bulk.select(
        Assignment,
        ("at", "id", "campaign_id", "variant_id"),
        among=("profile_id", group or group_ids(profile_id)),
    )
    latest_first = sorted(rows, reverse=True)
    return {campaign: variant for _, _, campaign, variant in latest_first if campaign in wanted}


def may_contact(
    profile_id: int, campaign: Campaign, channel: str, known: dict[int, int] | None = None
) -> Permission:
    """The one question every channel asks before it reaches somebody for a campaign.

    The control group is held out everywhere; somebody who was not assigned yet must be assigned
    first (`assign_variant`), so that no channel can slip past the experiment. Every channel but the
    website needs consent to messages on it; for the website it is the visitor's consent to the
    source's purpose, without which nobody is known there. `known`: the variants by campaign, where
    they were read already.
    """
    if campaign.state != Campaign.State.RUNNING:
        return Permission(False, Reason.NOT_RUNNING)
    found = assigned_variants([campaign.pk], profile_id) if known is None else known
    variant_id = found.get(campaign.pk)
    if variant_id is None:
        return Permission(False, Reason.UNASSIGNED)
    control = any(v.pk == variant_id and v.is_control for v in campaign.variants.all())
    if control:
        return Permission(False, Reason.CONTROL, variant_id)
    if channel != WEB and not agrees(profile_id, NEWSLETTER, channel):
        return Permission(False, Reason.NO_CONSENT, variant_id)
    return Permission(True, Reason.TEST, variant_id)


def exposed_campaigns(campaign_ids: Iterable[int], group: list[int]) -> set[int]:
    """Campaigns this visitor, with everybody merged with them, was already exposed to."""
    rows = bulk.select(Exposure, ("campaign_id",), among=("profile_id", group))
    return set(campaign_ids).intersection(campaign_id for (campaign_id,) in rows)


def figures(viewer: Viewer, campaign_id: int) -> dict[int, dict[str, int]]:
    """Per variant: how many were assigned and exposed."""
    campaign(viewer, campaign_id)
    counts: dict[int, dict[str, int]] = {
        pk: {"assigned": 0, "exposed": 0}
        for pk in Variant.objects.filter(campaign_id=campaign_id).values_list("pk", flat=True)
    }
    for name, model in (("assigned", Assignment), ("exposed", Exposure)):
        rows = model._default_manager.filter(campaign_id=campaign_id).values("variant_id")
        for row in rows.annotate(number=Count("id")):
            counts.setdefault(row["variant_id"], {"assigned": 0, "exposed": 0})[name] = row[
                "number"
            ]
    return counts
