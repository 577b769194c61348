"""`{% timeline_entry entry kind.name %}` and the words of consents."""

from __future__ import annotations

from datetime import date

from django import template
from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kundenkreis.crm.people import timeline_words
from kundenkreis.crm.people.contacting import ORIGINS, WORDS, Light
from kundenkreis.crm.people.models import Affiliation, ContactDetail
from kundenkreis.crm.sales.models import Opportunity
from kundenkreis.kernel import clock
from kundenkreis.kernel.fields import translated
from kundenkreis.records.formfields import Day
from kundenkreis.ui import formats
from kundenkreis.web.crm.people import timeline
from kundenkreis.web.crm.people.timeline_filter import CHANNELS, TOPICS

register = template.Library()
register.simple_tag(timeline.shown, name="timeline_entry")
register.filter("purpose", timeline_words.purpose_label)
register.filter("channel", timeline_words.channel_label)


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
        "social": "message-square",
    }
    return known.get(channel, "globe")


@register.filter
def detail_icon(kind: str) -> str:
    """The icon of a kind of contact detail."""
    return {"email": "mail", "phone": "phone", "postal": "map-pin"}.get(kind, "at-sign")


@register.filter
def light_words(light: Light) -> str:
    """The channel with yes or no: "Phone: yes"."""
    return f"{WORDS[light.channel]}: {_('yes') if light.allowed else _('no')}"


@register.filter
def light_origin(light: Light) -> str:
    """How the ledger came by what decides: "Double opt-in"."""
    return str(ORIGINS.get(light.origin, ""))


@register.filter
def no_more(light: Light) -> str:
    """What a person says who does not want a channel any more, as the words of a button."""
    words = {
        "email": _("No more e-mail"),
        "phone": _("Do not call again"),
        "post": _("No more letters"),
        "social": _("No more messages"),
    }
    return words[light.channel]


@register.filter
def usable(detail: ContactDetail, today: date) -> bool:
    """Whether one may reach somebody there today."""
    return detail.is_usable(today)


@register.filter
def detail_note(detail: ContactDetail, today: date) -> str:
    """What is said below a contact detail: what it is called, from where it is, until when it holds."""
    until = detail.valid_until
    ended = until is not None and until < today
    parts = (
        detail.label,
        detail.source and _("from: %s") % detail.source,
        until and (_("until %s") if not ended else _("ended %s")) % formats.day(until),
        _("as of %s") % formats.day(detail.changed_at),
    )
    return " · ".join(part for part in parts if part)


@register.filter
def ended(affiliation: Affiliation, today: date) -> bool:
    """Whether somebody no longer belongs to an organisation."""
    return affiliation.until is not None and affiliation.until < today


@register.filter
def affiliation_note(affiliation: Affiliation) -> str:
    """What somebody does in an organisation, what they are in purchases, and since or until when."""
    since, until = affiliation.since, affiliation.until
    parts = (
        affiliation.function,
        affiliation.get_buying_role_display() if affiliation.buying_role else "",
        since and _("since %s") % formats.day(since),
        until and _("until %s") % formats.day(until),
    )
    return " · ".join(part for part in parts if part)


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
