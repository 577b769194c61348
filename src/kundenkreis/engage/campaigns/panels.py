"""What the pages of campaigns show: cells, buttons and panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kundenkreis.engage.campaigns.models import Campaign, Offer
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


def offer_panel(viewer: Viewer, campaign: Campaign) -> Mapping[str, Any] | None:
    """The offer as visitors see it; None while there is none."""
    offer = first_offer(campaign)
    if offer is None:
        return None
    texts = {name: translated(getattr(offer, name)) for name in TEXTS}
    shown = {**texts, "url": offer.url, "voucher": offer.voucher}
    return {"offer": shown, "frozen": campaign.state != State.DRAFT}


def first_offer(campaign: Campaign) -> Offer | None:
    return next((v.offer for v in campaign.variants.all() if hasattr(v, "offer")), None)
