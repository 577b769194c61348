"""Consent for a purpose and a channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.engage.consent.labels import channel_label, purpose_labels
from kundenkreis.engage.consent.queries import EMAIL, WEB
from kundenkreis.engage.segments.consents import people_granted
from kundenkreis.engage.segments.needs import Needs
from kundenkreis.engage.segments.nodes.selecting import among
from kundenkreis.kernel.conditions import Moment, Node, Reader

if TYPE_CHECKING:
    from kundenkreis.engage.segments.facts import ProfileFacts


@dataclass(frozen=True, slots=True)
class HasConsent(Node):
    """Consent of at least one of the person's identifiers holds now."""

    purpose: str
    channel: str

    def needs(self) -> Needs:
        return Needs(consents=frozenset({(self.purpose, self.channel)}))


class HasConsentType:
    """Consent for a purpose and a channel."""

    kind = "has_consent"
    node = HasConsent
    label = gettext_lazy("Has given consent")

    def load(self, reader: Reader) -> HasConsent:
        return HasConsent(reader.text("purpose"), reader.text("channel"))

    def dump(self, node: HasConsent) -> dict[str, Any]:
        return {"purpose": node.purpose, "channel": node.channel}

    def holds(self, node: HasConsent, facts: ProfileFacts, moment: Moment) -> bool:
        return (node.purpose, node.channel) in facts.consents

    def next_change(self, node: HasConsent, facts: ProfileFacts, moment: Moment) -> None:
        return None  # a change of consent wakes the segment

    def q(self, node: HasConsent, moment: Moment) -> Q:
        return among(people_granted(node.purpose, node.channel))

    def pending(self, node: HasConsent, moment: Moment) -> Q:
        return Q(pk__in=[])

    def say(self, node: HasConsent) -> str:
        purpose = purpose_labels().get(node.purpose, node.purpose)
        words = {"purpose": purpose, "channel": channel_label(node.channel)}
        return _("has consented to “%(purpose)s” by %(channel)s") % words

    def actual(self, node: HasConsent, facts: ProfileFacts, moment: Moment) -> str:
        return _("yes") if self.holds(node, facts, moment) else _("no")

    def inputs(self) -> list[dict[str, Any]]:
        purposes = [{"value": slug, "label": label} for slug, label in purpose_labels().items()]
        channels = [{"value": one, "label": str(channel_label(one))} for one in (WEB, EMAIL)]
        return [
            {"name": "purpose", "kind": "choice", "label": _("Purpose"), "choices": purposes},
            {"name": "channel", "kind": "choice", "label": _("Channel"), "choices": channels},
        ]
