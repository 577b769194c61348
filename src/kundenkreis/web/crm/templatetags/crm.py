"""`{% timeline_entry entry kind.name %}` and the words of consents."""

from __future__ import annotations

from datetime import date

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from kundenkreis.crm.sales.models import Opportunity
from kundenkreis.kernel import clock
from kundenkreis.kernel.fields import translated
from kundenkreis.records.formfields import Day
from kundenkreis.ui import formats
from kundenkreis.web.crm.people import timeline
from kundenkreis.web.crm.people.timeline_filter import CHANNELS, TOPICS

register = template.Library()
register.simple_tag(timeline.shown, name="timeline_entry")
register.filter("purpose", timeline.purpose_label)
register.filter("channel", timeline.channel_label)


@register.simple_tag
def timeline_choices() -> dict[str, list[tuple[str, str]]]:
    """What the form above a timeline offers."""
    return {
        "topics": [(name, str(label)) for name, (label, _kinds) in TOPICS.items()],
        "channels": [(name, str(label)) for name, (label, _kinds) in CHANNELS.items()],
    }


@register.simple_tag
def day_input(name: str, value: str | None, identity: str) -> SafeString:
    """A field for a day in words, as forms have it."""
    return Day().render(name, value or "", {"id": identity})


@register.filter
def channel_icon(channel: str) -> str:
    """The icon of a channel."""
    known = {
        "email": "mail",
        "phone": "phone",
        "post": "map-pin",
        "web": "globe",
        "sms": "message-square",
    }
    return known.get(channel, "globe")


@register.filter
def detail_icon(kind: str) -> str:
    """The icon of a kind of contact detail."""
    return {"email": "mail", "phone": "phone", "postal": "map-pin"}.get(kind, "at-sign")


@register.filter
def chance(percent: int) -> str:
    """A chance in percent, written as the language does."""
    return formats.percent(percent / 100)


@register.filter
def is_past(value: object) -> bool:
    """Whether a business date lies before today in the company's zone."""
    return isinstance(value, date) and value < clock.today(settings.COMPANY_ZONE)


register.filter("in_words", translated)


@register.filter
def text(value: object) -> str:
    """A record's name as plain text, for what needs a text; empty for none."""
    return "" if value is None else str(value)


@register.filter
def about(opportunity: Opportunity) -> str:
    """Whom an opportunity is about."""
    return str(opportunity.organisation or opportunity.person or "")
