"""Entries of a timeline as they stand on pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenkreis.crm.people import timeline_words
from kundenkreis.crm.people.timeline import ACTIVITY
from kundenkreis.records import registry
from kundenkreis.ui import components, parts
from kundenkreis.ui.markup import joined, markup

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from kundenkreis.crm.people.models import TimelineEntry
    from kundenkreis.crm.people.timeline_words import Line


def line(entry: TimelineEntry) -> Line:
    """An entry in the words of the active language."""
    return timeline_words.line(entry.kind, entry.payload)


def shown(entry: TimelineEntry, about: str) -> SafeString:
    """An entry on the page of a person, organisation … (`about`); a page shows dozens."""
    words = line(entry)
    tags = [parts.tag(label, tone) for label, tone in words.tags]
    if about == "organisation" and entry.person:
        person = '<a class="meta" href="/crm/persons/{}/">{}</a>'
        tags.append(markup(person, entry.person_id, entry.person))
    name, _colon, pk = entry.reference.partition(":")
    if entry.kind == "letter" and name == "crm.letter" and pk.isdigit():
        tags.append(markup('<a class="meta" href="/crm/letters/{}/file.pdf">PDF</a>', pk))
    return components.entry(
        title=words.title,
        icon=words.icon,
        tone=words.tone,
        at=entry.at,
        text=words.text,
        url=address(entry),
        tags=joined(*tags),
    )


def address(entry: TimelineEntry) -> str:
    """The page of the activity it stands for, else of what it refers to; empty for none."""
    if entry.key.startswith(ACTIVITY):
        return registry.named("activity").url(entry.key.removeprefix(ACTIVITY))
    name, _colon, pk = entry.reference.partition(":")
    side, _dot, kind = name.partition(".")
    if side == "crm" and pk.isdigit() and kind in registry.TYPES:
        return registry.TYPES[kind].url(pk)
    if name == "engage.campaign" and pk.isdigit():
        return f"/engage/campaigns/{pk}/"
    return ""
