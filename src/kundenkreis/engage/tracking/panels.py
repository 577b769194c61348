"""What the pages of sources and events show: cells, buttons and panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.consent.queries import purposes
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.panels import group
from kundenkreis.engage.tracking import queries
from kundenkreis.engage.tracking.labels import property_label
from kundenkreis.engage.tracking.models import Event, Source
from kundenkreis.engage.tracking.vocabulary import ORDER_EVENTS
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer
from kundenkreis.records import Button, Figure, Tag, named
from kundenkreis.records.cells import linked
from kundenkreis.records.formfields import LinesField
from kundenkreis.ui import formats
from kundenkreis.ui.markup import markup

REJECTED = 20
SHOWN = 50
MONTH = timedelta(days=30)
# What tells best which product, page or search an event was about.
_ABOUT = ("name", "title", "query", "path", "sku")


def purpose_field(viewer: Viewer) -> forms.Field:
    known = [(one.slug, str(one)) for one in purposes(viewer)[:100]]
    return forms.ChoiceField(label=_("Purpose"), choices=known)


def origins_field(viewer: Viewer) -> forms.Field:
    return LinesField(
        label=_("Allowed origins"),
        required=False,
        help_text=_("For a website: its addresses, one per line."),
    )


def key_text(source: Source) -> str:
    """A browser's key, which everybody can read; a server's is not even stored."""
    return source.write_key if source.kind == Source.Kind.BROWSER else ""


def key_code(source: Source) -> SafeString | str:
    key = key_text(source)
    return markup("<code>{}</code>", key) if key else str(_("secret"))


def source_tags(source: Source) -> Iterable[Tag]:
    yield Tag(Source.Kind(source.kind).label)
    if not source.is_active:
        yield Tag(_("switched off"), "amber")


def source_buttons(viewer: Viewer, source: Source) -> Iterable[Button]:
    if named("source").reaches(viewer, "change", source):
        yield Button(_("New key"), opens="renew-key", icon="key-round", menu=True, danger=True)


def source_figures(viewer: Viewer, source: Source) -> Iterable[Figure]:
    """How much of a website's visits the log covers."""
    if source.kind == Source.Kind.BROWSER and viewer.may("engage.event.read"):
        share = queries.visit_share(viewer, since=clock.now() - MONTH, source_id=source.pk)
        shown = "–" if share is None else formats.percent(share)
        yield Figure(_("Visits with consent"), shown, _("in 30 days"))


def key_panel(viewer: Viewer, source: Source) -> Mapping[str, Any]:
    """How to use the source, and the way to a new key."""
    return {
        "key": key_text(source),
        "may_change": named("source").reaches(viewer, "change", source),
    }


def rejected_panel(viewer: Viewer, source: Source) -> Mapping[str, Any] | None:
    """What could not be taken lately; None where nothing was turned away."""
    if not viewer.may("engage.event.read"):
        return None
    found = queries.rejected(viewer, source_id=source.pk, limit=REJECTED)
    return {"rejected": found} if found else None


def events_panel(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """What a person did, under every profile they had."""
    if not viewer.may("engage.event.read"):
        return None
    people = group(viewer, profile)
    query = urlencode([("profile", pk) for pk in people])
    found = queries.events_of(viewer, people, SHOWN)
    return {"events": found, "more_url": f"{named('event').url()}?{query}"}


def about(event: Event) -> str:
    """What an event was about: its order, else what its properties call it; no ids of carts."""
    if event.type in ORDER_EVENTS:
        return event.key
    said = (event.properties.get(name) for name in _ABOUT)
    return next((text for text in said if isinstance(text, str) and text), "")


def profile_of(event: Event) -> Profile | None:
    """Who did it; None when the viewer may not know, or they were forgotten."""
    try:
        return event.profile
    except ObjectDoesNotExist:
        return None


def profile_link(event: Event) -> SafeString | str:
    found = profile_of(event)
    return linked(found) if found else ""


def profile_name(event: Event) -> str:
    return str(profile_of(event) or "")


def properties_panel(viewer: Viewer, event: Event) -> Mapping[str, Any]:
    """Everything the event said."""
    said = [(property_label(name), value) for name, value in sorted(event.properties.items())]
    return {"lines": said}
