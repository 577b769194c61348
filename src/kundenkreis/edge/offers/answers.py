"""What the browser script asks about offers, answered from the engage database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kundenkreis.edge.offers.tokens import Shown, open_token, seal
from kundenkreis.engage.campaigns.decisions import Decision, content, decide
from kundenkreis.engage.campaigns.events import OfferExposed, VariantAssigned
from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.consent.queries import WEB, granted
from kundenkreis.engage.profiles.models import Identifier
from kundenkreis.engage.profiles.queries import find
from kundenkreis.engage.tracking.sources import SourceView

LANGUAGES = ("de", "en")
Running = Callable[[], Sequence[Campaign]]


class UnknownToken(ValueError):
    """No offer was given to this source with such a token, or too long ago."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser gets, and the draws it rests on, which are still to be kept."""

    offers: list[dict[str, Any]] = field(default_factory=list)
    drawn: list[VariantAssigned] = field(default_factory=list)


def offers_for(source: SourceView, anonymous_id: str, language: str, running: Running) -> Answer:
    """The offers that are due for a visitor now; none without their consent.

    Who did not consent was never recorded and is in no group; who withdrew gets nothing any more.
    """
    profile_id = _consenting(source, anonymous_id)
    if profile_id is None:
        return Answer()
    language = language[:2] if language[:2] in LANGUAGES else LANGUAGES[0]
    made = decide(profile_id, running())
    return Answer(
        [_shown(one, source.id, anonymous_id, profile_id, language) for one in made],
        [one.drawn for one in made if one.drawn is not None],
    )


def exposure(source: SourceView, token: str, at: datetime, running: Running) -> OfferExposed | None:
    """What is to be recorded of an offer that appeared, or would have appeared.

    Nothing of who withdrew their consent meanwhile, or of a campaign that ended. Raises
    `UnknownToken`.
    """
    shown = open_token(token)
    if shown is None or shown.source_id != source.id:
        raise UnknownToken
    if all(campaign.pk != shown.campaign_id for campaign in running()):
        return None
    if _consenting(source, shown.visitor) is None:
        return None
    # What was decided counts; a browser's word cannot turn control into test.
    return OfferExposed(shown.campaign_id, shown.profile_id, shown.variant_id, shown.show, at)


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
