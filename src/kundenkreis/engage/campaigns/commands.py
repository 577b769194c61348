"""Making, starting and ending campaigns; assigning, exposing, planning deliveries."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.campaigns.assignment import draw
from kundenkreis.engage.campaigns.errors import AlreadyRunning, NotStartable
from kundenkreis.engage.campaigns.events import CampaignStarted, OfferExposed, VariantAssigned
from kundenkreis.engage.campaigns.models import (
    Assignment,
    Campaign,
    Delivery,
    Exposure,
    Offer,
    Variant,
)
from kundenkreis.engage.campaigns.queries import assigned_variant, may_contact
from kundenkreis.engage.campaigns.variants import VariantValues, settle
from kundenkreis.engage.segments.models import Segment
from kundenkreis.kernel import bulk, clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.events import publish, publish_all
from kundenkreis.kernel.fields import translated
from kundenkreis.kernel.money import CURRENCY
from kundenkreis.kernel.record import EVERY_RECORDS


@command
def create_campaign(
    *,
    actor: Actor,
    name: str,
    segment_id: int | None = None,
    offer: dict[str, Any] | None = None,
    variants: Sequence[VariantValues] = (),
    control_percent: int = 50,
    window_hours: int = 168,
    currency: str = CURRENCY,
    horizon: int | None = None,
) -> Campaign:
    """Make a draft with its offers and a control group of `control_percent` (1–99).

    `offer` is short for one variant. Raises `UnfitVariants`.
    """
    actor.require("engage.campaign.create")
    campaign = store.create(
        actor,
        Campaign,
        name=name,
        segment=_segment(segment_id),
        salt=secrets.token_hex(16),
        window_hours=window_hours,
        currency=currency,
        horizon=horizon,
        owner_id=actor.user_id,
    )
    settle(actor, campaign, variants or [VariantValues(offer=offer or {})], control_percent)
    return campaign


@command
def change_campaign(
    *, actor: Actor, campaign_id: int, version: int | None = None, **values: Any
) -> Campaign:
    """Change a draft; a running campaign keeps everything that its result rests on."""
    campaign = store.lock(Campaign, campaign_id, version=version)
    actor.require_for("engage.campaign.change", campaign)
    _require_kept(campaign, values)
    if "segment_id" in values:
        values["segment"] = _segment(values.pop("segment_id"))
    store.change(actor, campaign, **values)
    return campaign


@command
def change_draft(
    *,
    actor: Actor,
    campaign_id: int,
    control_percent: int,
    variants: Sequence[VariantValues],
    values: dict[str, Any],
    version: int | None = None,
) -> Campaign:
    """Change a draft as a whole: its settings, its control group's share (1–99 %), its offers.

    It then has exactly these variants: new ones are added, those not named go, and of the others
    only what differs is written. The campaign's version goes up whatever part of it is changed.
    Raises `Conflict`, `UnfitVariants`.
    """
    campaign = change_campaign(actor=actor, campaign_id=campaign_id, version=version, **values)
    if campaign.state != Campaign.State.DRAFT:
        raise AlreadyRunning
    settled = campaign.version
    changed = settle(actor, campaign, variants, control_percent)
    if campaign.version == settled and changed:
        store.touch(campaign)
    return campaign


@command
def start_campaign(*, actor: Actor, campaign_id: int) -> Campaign:
    """Let a draft run. Raises `NotStartable` with what is missing."""
    campaign = store.lock(Campaign, campaign_id)
    actor.require_for("engage.campaign.change", campaign)
    if campaign.state != Campaign.State.DRAFT:
        raise AlreadyRunning
    variants = list(store.rows(Variant).filter(campaign=campaign))
    if campaign.segment_id is None:
        raise NotStartable(_("It has no segment, so nobody would be reached."))
    if not Segment.objects.filter(pk=campaign.segment_id, state=Segment.State.ACTIVE).exists():
        raise NotStartable(_("Its segment is not active, so nobody would be reached."))
    if not any(variant.is_control and variant.weight for variant in variants):
        raise NotStartable(_("It has no control group, so its effect could not be measured."))
    _require_offers([variant for variant in variants if not variant.is_control])
    now = clock.now()
    store.change(actor, campaign, state=Campaign.State.RUNNING, started_at=now)
    publish(CampaignStarted(campaign_id=campaign.pk, at=now))
    return campaign


@command
def end_campaign(*, actor: Actor, campaign_id: int) -> Campaign:
    """Stop showing the campaign; its result stays and goes on collecting late orders."""
    campaign = store.lock(Campaign, campaign_id)
    actor.require_for("engage.campaign.change", campaign)
    if campaign.state == Campaign.State.RUNNING:
        store.change(actor, campaign, state=Campaign.State.ENDED, ended_at=clock.now())
    return campaign


@command
def remove_campaign(*, actor: Actor, campaign_id: int) -> None:
    """Delete a draft. Raises `AlreadyRunning`: what was shown to people stays on record."""
    campaign = store.lock(Campaign, campaign_id)
    actor.require_for("engage.campaign.remove", campaign)
    if campaign.state != Campaign.State.DRAFT:
        raise AlreadyRunning
    store.remove(actor, campaign)


@command
def refuse_undone(*, campaign_id: int, fields: Collection[str]) -> None:
    """Raises `AlreadyRunning` when an undo changed what a campaign that has started rests on."""
    _require_kept(store.lock(Campaign, campaign_id), fields)


@command
def assign_variant(*, actor: Actor, campaign: Campaign, profile_id: int) -> int:
    """Put a profile into a variant at the first decision, for good; returns the variant's id."""
    actor.require("engage.campaign.assign")
    known = assigned_variant(campaign.pk, profile_id)
    if known is not None:
        return known
    drawn = draw(campaign, profile_id)
    keep_assignments(actor=actor, drawn=[drawn])
    return drawn.variant_id


@command
def keep_assignments(*, actor: Actor, drawn: Sequence[VariantAssigned]) -> None:
    """Freeze what was drawn. What was drawn again at the same moment is the same; one row stays."""
    actor.require("engage.campaign.assign")
    bulk.insert(Assignment, _ASSIGNED, [_assigned(one) for one in drawn], ignore=True)
    publish_all(drawn)


@command
def record_exposures(*, actor: Actor, exposures: Sequence[OfferExposed]) -> None:
    """Note that offers appeared, or would have: once per profile and variant.

    Each freezes its assignment too, should that have been lost on its way to the database.
    """
    actor.require("engage.campaign.assign")
    people = {one.profile_id for one in exposures}
    seen = set(bulk.select(Exposure, _EXPOSED[:3], among=("profile_id", people)))
    new = {_assigned(one)[:3]: one for one in reversed(exposures)}
    fresh = [one for key, one in new.items() if key not in seen]
    bulk.insert(Assignment, _ASSIGNED, [_assigned(one) for one in fresh], ignore=True)
    rows = [(*_assigned(one), one.shown) for one in fresh]
    bulk.insert(Exposure, _EXPOSED, rows, ignore=True)
    publish_all(fresh)


@command
def plan_deliveries(
    *, actor: Actor, campaign: Campaign, profile_ids: Iterable[int], channel: str
) -> dict[str, int]:
    """Write the ledger rows of a sending channel; those of whom it may not reach say `withheld`.

    Everybody is assigned first and then asked for by `may_contact`, exactly as the offer does.
    """
    actor.require("engage.campaign.send")
    rows, now = [], clock.now()
    for profile_id in profile_ids:
        assign_variant(actor=actor, campaign=campaign, profile_id=profile_id)
        permission = may_contact(profile_id, campaign, channel)
        state = Delivery.State.PLANNED if permission.allowed else Delivery.State.WITHHELD
        rows.append(
            Delivery(
                campaign_id=campaign.pk,
                profile_id=profile_id,
                channel=channel,
                state=state,
                reason=permission.reason,
                at=now,
            )
        )
    store.append(Delivery, rows, ignore_conflicts=True)
    return {state: sum(row.state == state for row in rows) for state in Delivery.State}


_ASSIGNED = ("campaign_id", "profile_id", "variant_id", "at")
_EXPOSED = (*_ASSIGNED, "shown")


def _assigned(one: VariantAssigned | OfferExposed) -> tuple[int, int, int, datetime]:
    return (one.campaign_id, one.profile_id, one.variant_id, one.at)


_FREE = {"name", *EVERY_RECORDS}  # what a campaign's result does not rest on


def _require_kept(campaign: Campaign, names: Collection[str]) -> None:
    started = campaign.state != Campaign.State.DRAFT or "state" in names
    if started and set(names) - _FREE:
        raise AlreadyRunning


def _segment(segment_id: int | None) -> Segment | None:
    return None if segment_id is None else store.lock(Segment, segment_id)


def _require_offers(variants: Sequence[Variant]) -> None:
    offers = store.rows(Offer).filter(variant__in=variants)
    ready = {offer.variant_id for offer in offers if translated(offer.title)}
    missing = [variant for variant in variants if variant.pk not in ready]
    if missing and len(variants) > 1:
        text = _("The offer of the group “%(name)s” has no title.")
        raise NotStartable(text % {"name": missing[0]})
    if missing or not variants:
        raise NotStartable(_("Its offer has no title."))
