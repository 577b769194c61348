"""What marketing's pages call things: `{% load engage %}`."""

from __future__ import annotations

from typing import Any

from django import template

from kundenkreis.engage.consent.labels import channel_label
from kundenkreis.engage.consent.panels import purpose_text
from kundenkreis.engage.segments.templates import TEMPLATES
from kundenkreis.engage.tracking.labels import event_label
from kundenkreis.engage.tracking.panels import about
from kundenkreis.kernel.conditions.wording import plain
from kundenkreis.kernel.fields import translated

register = template.Library()
register.filter("channel_label", channel_label)
register.filter("event_label", event_label)
register.filter("event_about", about)
register.filter("purpose_text", purpose_text)
register.filter("plain", plain)


@register.simple_tag
def segment_templates() -> list[dict[str, Any]]:
    """The shipped definitions to begin a segment with."""
    return [
        {"slug": one.slug, "name": translated(one.names), "help": one.help} for one in TEMPLATES
    ]
