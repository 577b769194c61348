"""What the browser script asks about offers, answered from the engage database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kundenkreis.edge.offers.tokens import Shown, open_token, seal
from kundenkreis.engage.campaigns.commands import record_exposure
from kundenkreis.engage.campaigns.decisions import Decision, content, decide
from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.campaigns.queries import campaigns
from kundenkreis.engage.consent.queries import WEB, granted
from kundenkreis.engage.profiles.models import Identifier
from kundenkreis.engage.profiles.queries import find
from kundenkreis.engage.tracking.sources import SourceView
from kundenkreis.kernel.access import system

EDGE = system("edge")
LANGUAGES = ("de", "en")


def offers_for(source: SourceView, anonymous_id: str, language: str) -> dict[str, Any]:
    """The offers that are due for a visitor now; none without their consent.

    Who did not consent was never recorded and is in no group; who withdrew gets nothing any more.
    """
    profile_id = _consenting(source, anonymous_id)
    if profile_id is None:
        return {"offers": [], "again": None}
    language = language[:2] if language[:2] in LANGUAGES else LANGUAGES[0]
    made = decide(actor=EDGE, profile_id=profile_id)
    offers = [_shown(one, source.id, anonymous_id, profile_id, language) for one in made]
    return {"offers": offers, "again": None}


def note_exposure(source: SourceView, token: str, at: datetime) -> bool:
    """Record that the offer appeared or would have; False when the source was given no such token.

    Nothing is recorded of who withdrew their consent meanwhile, or of a campaign that ended.
    """
    shown = open_token(token)
    if shown is None or shown.source_id != source.id:
        return False
    running = campaigns(EDGE).filter(pk=shown.campaign_id, state=Campaign.State.RUNNING)
    if _consenting(source, shown.visitor) is None or not running.exists():
        return True
    record_exposure(
        actor=EDGE,
        campaign_id=shown.campaign_id,
        profile_id=shown.profile_id,
        variant_id=shown.variant_id,
        # What was decided counts; a browser's word cannot turn control into test.
        shown=shown.show,
        at=at,
    )
    return True


def _consenting(source: SourceView, anonymous_id: str) -> int | None:
    """The profile of a visitor whose consent to this source's purpose holds now."""
    profile_id = find(source.namespace, anonymous=anonymous_id)
    subject = (source.namespace, Identifier.Kind.ANONYMOUS.value, anonymous_id)
    if profile_id is None or not granted([subject], source.purpose, WEB):
        return None
    return profile_id


def _shown(
    decision: Decision, source_id: int, visitor: str, profile_id: int, language: str
) -> dict[str, Any]:
    campaign, variant = decision.campaign, decision.variant
    token = seal(Shown(source_id, visitor, campaign.pk, profile_id, variant.pk, show=decision.show))
    # The control group's answer has the same form, so that both browsers do the same.
    return {
        "campaign": campaign.token.hex,
        "variant": variant.slug,
        "kind": "interstitial",
        "show": decision.show,
        "content": content(decision.offer, language) if decision.show else {"title": "-"},
        "exposure": token,
    }
