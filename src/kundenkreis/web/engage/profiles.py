"""Profiles and the event stream."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kundenkreis.crm.people.queries import persons
from kundenkreis.engage.consent import queries as consent
from kundenkreis.engage.consent.labels import purpose_labels
from kundenkreis.engage.profiles import queries as profiles
from kundenkreis.engage.profiles.labels import fact_label
from kundenkreis.engage.segments.queries import segment_ids_of
from kundenkreis.engage.tracking import queries as tracking
from kundenkreis.kernel.conditions.json_values import DATE
from kundenkreis.kernel.conditions.wording import plain
from kundenkreis.kernel.money import Money
from kundenkreis.records.numbers import whole
from kundenkreis.ui import formats
from kundenkreis.web.engage.choices import segment_names
from kundenkreis.web.shell.requests import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN = 100


@require_safe
def profile_list(request: HttpRequest) -> HttpResponse:
    shown = profiles.profiles(viewer_of(request))[:SHOWN]
    return render(
        request, "engage/profile_list.html", {"profiles": shown, "title_icon": "contact-round"}
    )


@require_safe
def profile(request: HttpRequest, profile_id: int) -> HttpResponse:
    viewer = viewer_of(request)
    shown = profiles.profile(viewer, profile_id)
    group = profiles.group_ids(shown.pk)
    names = profiles.identifiers(group)
    context = {
        "profile": shown,
        "linked": bool(links := profiles.link_ids_of(group)),
        "persons": persons(viewer).filter(link_id__in=links)[:SHOWN],
        "facts": _facts(shown.facts),
        "purposes": purpose_labels(),
        "trail": [{"label": _("Profiles"), "url": reverse("profile-list")}],
        "identifiers": names,
        "events": tracking.events_of(viewer, group, SHOWN),
        "ledger": consent.ledger(
            viewer, {(one.namespace, one.kind, one.value) for one in names}, 50
        ),
        "segments": [
            (pk, name)
            for pk, name in segment_names(viewer)
            if pk in segment_ids_of([shown.pk]).get(shown.pk, set())
        ],
        "everything": segment_names(viewer),
    }
    return render(request, "engage/profile_detail.html", context)


@require_safe
def event_stream(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    before = whole(request.GET.get("before", ""))
    shown = tracking.events(viewer, before=before, limit=SHOWN)
    more = shown[-1].pk if len(shown) == SHOWN else None
    names = profiles.names(viewer, {event.profile_id for event in shown})
    context = {"events": shown, "names": names, "next": more, "title_icon": "activity"}
    part = "#stream" if request.headers.get("HX-Request") else ""
    return render(request, f"engage/event_stream.html{part}", context)


def _facts(facts: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """What the crm told, as label and value; the revenue's currency stands beside its amount."""
    values = {name: fact.get("value") for name, fact in facts.items()}
    if isinstance(minor := values.get("revenue_minor"), int):
        values["revenue_minor"] = Money(minor, str(values.pop("currency", "") or "EUR"))
    said = [(name, value) for name, value in values.items() if value not in (None, "")]
    return [(str(_fact_label(name)), _fact(value)) for name, value in said]


def _fact_label(name: str) -> Any:
    return _("Net revenue") if name == "revenue_minor" else fact_label(name)


def _fact(value: Any) -> str:
    if isinstance(value, Money):
        return formats.money(value)
    if isinstance(value, str) and DATE.fullmatch(value):
        return formats.day(date.fromisoformat(value))
    return plain(value)
