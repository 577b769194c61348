"""Sources, the event log, what was turned away, and how much of the visits it covers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import FETCH_PEERS, QuerySet, Sum

from kundenkreis.engage.consent.queries import basis_of
from kundenkreis.engage.tracking.counting import day_of
from kundenkreis.engage.tracking.models import DailyCount, Event, RejectedItem, SeenOrder, Source
from kundenkreis.engage.tracking.sources import SourceView
from kundenkreis.engage.tracking.vocabulary import ORDER_EVENTS
from kundenkreis.kernel.access import Viewer, visible
from kundenkreis.kernel.errors import NotFound

MOST_SOURCES = 1_000
PAGE = 50


def sources(viewer: Viewer) -> QuerySet[Source]:
    """Sources the viewer may see, by name."""
    return visible(viewer, Source.objects.order_by("name", "id"), "engage.source.read")


def source(viewer: Viewer, source_id: int) -> Source:
    """One source. Raises `NotFound`."""
    found = sources(viewer).filter(pk=source_id).first()
    if found is None:
        raise NotFound
    return found


def reporting_sources() -> dict[str, SourceView]:
    """All active sources by what is stored of their write key, as the edge needs them."""
    rows = list(Source.objects.filter(is_active=True).order_by("id")[:MOST_SOURCES])
    basis = basis_of(row.purpose for row in rows)
    signing: dict[str, list[str]] = {}
    for row in rows:
        if row.signing_key:
            signing.setdefault(row.namespace, []).append(row.signing_key)
    return {
        row.write_key: SourceView(
            id=row.pk,
            name=row.name,
            kind=row.kind,
            namespace=row.namespace,
            purpose=row.purpose,
            basis=basis.get(row.purpose, ""),
            origins=frozenset(row.origins),
            signing_keys=tuple(signing.get(row.namespace, ())),
        )
        for row in rows
    }


def source_view(source_id: int) -> SourceView:
    """One active source as the edge sees it. Raises `NotFound`."""
    for found in reporting_sources().values():
        if found.id == source_id:
            return found
    raise NotFound


def events(viewer: Viewer) -> QuerySet[Event]:
    """The log, newest first."""
    rows = Event.objects.all().fetch_mode(FETCH_PEERS).order_by("-id")
    return visible(viewer, rows, "engage.event.read")


def events_under(key: str) -> QuerySet[Event, int]:
    """The numbers of the events that placed or cancelled the order of this number."""
    shops = Source.objects.values("namespace")
    seen = SeenOrder.objects.filter(
        namespace__in=shops, kind__in=SeenOrder.Kind.values, order_id=key
    )
    # The log has no index of its own for it: when it happened leads there.
    events = Event.objects.filter(type__in=ORDER_EVENTS, occurred_at__in=seen.values("at"), key=key)
    return events.values_list("pk", flat=True)


def events_of(viewer: Viewer, profile_ids: Iterable[int], limit: int = PAGE) -> list[Event]:
    """What a person's profiles did, newest first by when it happened, at most `limit`."""
    viewer.require("engage.event.read")
    rows = Event.objects.filter(profile_id__in=list(profile_ids))
    return list(rows.order_by("-occurred_at", "-id")[: min(limit, 500)])


def rejected(
    viewer: Viewer,
    *,
    before: int | None = None,
    source_id: int | None = None,
    limit: int = PAGE,
) -> list[RejectedItem]:
    """The newest items that could not be taken, at most `limit`; paged like `events`."""
    viewer.require("engage.event.read")
    rows = RejectedItem.objects.order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if source_id is not None:
        rows = rows.filter(source_id=source_id)
    return list(rows[: min(limit, 500)])


def daily_counts(viewer: Viewer, *, since: datetime, limit: int = 1_000) -> list[DailyCount]:
    """The sums per source and day from the business day of an instant on, newest first."""
    viewer.require("engage.event.read")
    rows = DailyCount.objects.filter(day__gte=day_of(since))
    return list(rows.order_by("-day", "source_id", "kind")[:limit])


def visit_share(
    viewer: Viewer,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    source_id: int | None = None,
) -> float | None:
    """The share of all visits made by visitors who agreed (0–1); None when none was counted.

    Whole business days. All visits are counted without any id by the browser script; those of
    visitors who agreed begin with the first event after half an hour without one.
    """
    viewer.require("engage.event.read")
    rows = DailyCount.objects.all()
    if since is not None:
        rows = rows.filter(day__gte=day_of(since))
    if until is not None:
        rows = rows.filter(day__lte=day_of(until))
    if source_id is not None:
        rows = rows.filter(source_id=source_id)
    sums = dict(rows.values_list("kind").annotate(Sum("count")).order_by())
    visits = sums.get(DailyCount.Kind.VISITS, 0)
    if not visits:
        return None
    return float(min(1.0, sums.get(DailyCount.Kind.VISITS_SEEN, 0) / visits))
