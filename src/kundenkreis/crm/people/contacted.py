"""The day of the last contact: it follows from the timeline and is kept with the customer, so that
lists can ask who has waited long."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, Q

from kundenkreis.crm.people.models import Affiliation, Organisation, Person, TimelineEntry
from kundenkreis.kernel import clock, store

# What counts as contact: somebody spoke with somebody, or wrote to them alone.
KINDS = ("call", "meeting", "email", "letter", "visit")


def refresh_contacted(person_ids: Collection[int], organisation_ids: Collection[int]) -> None:
    """Work out anew when these were last spoken with, and the organisations of these people."""
    if not person_ids and not organisation_ids:
        return
    works = store.rows(Affiliation).filter(person__in=person_ids)
    firms = {*organisation_ids, *works.values_list("organisation", flat=True)}
    _keep(Person, _last(person_ids, "person"))
    _keep(Organisation, _last_of_firms(firms))


def _last(pks: Collection[int], holder: str) -> dict[int, date | None]:
    met = store.rows(TimelineEntry).filter(
        **{f"{holder}__in": pks}, kind__in=KINDS, at__lte=clock.now()
    )
    last = dict(met.values_list(holder).annotate(Max("at")).order_by())
    return {pk: _day(last.get(pk)) for pk in pks}


def _last_of_firms(pks: Collection[int]) -> dict[int, date | None]:
    """Theirs, or that of one of the people who belong to them now."""
    found = _last(pks, "organisation")
    today = clock.today(settings.COMPANY_ZONE)
    belongs = store.rows(Affiliation).filter(Q(until__isnull=True) | Q(until__gte=today))
    people = belongs.filter(organisation__in=pks, person__contacted_on__isnull=False)
    for pk, day in (
        people.values_list("organisation").annotate(Max("person__contacted_on")).order_by()
    ):
        found[pk] = max(filter(None, (found[pk], day)))
    return found


def _day(at: datetime | None) -> date | None:
    return at.astimezone(ZoneInfo(settings.COMPANY_ZONE)).date() if at else None


def _keep(model: type[Person] | type[Organisation], found: dict[int, date | None]) -> None:
    known = dict(store.rows(model).filter(pk__in=found).values_list("pk", "contacted_on"))
    for pk, day in found.items():
        if pk in known and known[pk] != day:
            store.replace(store.rows(model).filter(pk=pk), contacted_on=day)
