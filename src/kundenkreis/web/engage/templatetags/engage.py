"""What marketing's pages call things: `{% load engage %}`."""

from __future__ import annotations

from django import template

from kundenkreis.engage.consent.labels import channel_label
from kundenkreis.engage.profiles.labels import trait_label
from kundenkreis.engage.tracking.labels import event_label
from kundenkreis.kernel.conditions.wording import plain

register = template.Library()
register.filter("channel_label", channel_label)
register.filter("event_label", event_label)
register.filter("trait_label", trait_label)
register.filter("plain", plain)


@register.filter
def named(labels: dict[str, str], name: str) -> str:
    """The label of a name; the name where nothing has it any more."""
    return labels.get(name, name)
