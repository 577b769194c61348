"""What marketing's pages call things: `{% load engage %}`."""

from __future__ import annotations

from typing import Any

from django import template

from kundenkreis.engage.consent.labels import channel_label
from kundenkreis.engage.profiles.labels import trait_label
from kundenkreis.engage.segments.templates import TEMPLATES
from kundenkreis.engage.tracking.labels import event_label
from kundenkreis.engage.tracking.models import Event
from kundenkreis.engage.tracking.vocabulary import ORDER_EVENTS
from kundenkreis.kernel.conditions.wording import plain
from kundenkreis.kernel.fields import translated

register = template.Library()
register.filter("channel_label", channel_label)
register.filter("event_label", event_label)
register.filter("trait_label", trait_label)
register.filter("plain", plain)


@register.simple_tag
def segment_templates() -> list[dict[str, Any]]:
    """The shipped definitions to begin a segment with."""
    return [
        {"slug": one.slug, "name": translated(one.names), "help": one.help} for one in TEMPLATES
    ]


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
