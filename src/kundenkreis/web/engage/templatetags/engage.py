"""What marketing's pages call things: `{% load engage %}`."""

from __future__ import annotations

from django import template

from kundenkreis.engage.consent.labels import channel_label
from kundenkreis.engage.profiles.labels import trait_label
from kundenkreis.engage.tracking.labels import event_label
from kundenkreis.engage.tracking.models import Event
from kundenkreis.engage.tracking.vocabulary import ORDER_EVENTS
from kundenkreis.kernel.conditions.wording import plain

register = template.Library()
register.filter("channel_label", channel_label)
register.filter("event_label", event_label)
register.filter("trait_label", trait_label)
register.filter("plain", plain)


# What tells best which product, page or search an event was about.
_ABOUT = ("name", "title", "query", "path", "sku")


@register.filter
def named[K](labels: dict[K, str], name: K) -> K | str:
    """The label of a name; the name where nothing has it any more."""
    return labels.get(name, name)


@register.filter
def event_about(event: Event) -> str:
    """What an event was about: its order, else what its properties call it; no ids of carts."""
    if event.type in ORDER_EVENTS:
        return event.key
    said = (event.properties.get(name) for name in _ABOUT)
    return next((text for text in said if isinstance(text, str) and text), "")
