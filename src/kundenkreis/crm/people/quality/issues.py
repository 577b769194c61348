"""What can be wrong with a person or an organisation, each as the rows it is true of.

The same definition counts on the page of data quality, narrows lists, and holds enrichment back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    DuplicatePair,
    Location,
    Organisation,
    Person,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

YEAR = timedelta(days=365)
OLDEST = 110  # years somebody may be
Rows = Callable[[date], Q]
Kind = ContactDetail.Kind


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that can be wrong; `needs` names the fields that it tells of."""

    name: str
    label: StrOrPromise
    group: str
    rows: Rows
    needs: tuple[str, ...] = ()


GROUPS: Mapping[str, StrOrPromise] = {
    "missing": _("Missing"),
    "contradicts": _("Contradictions"),
    "old": _("Not confirmed"),
    "decay": _("Why they were lost"),
    "twice": _("Perhaps there twice"),
}


def issues_of(model: type[Any]) -> dict[str, Issue]:
    """What can be wrong with records of a type, by name."""
    made = _of_persons() if model is Person else _of_organisations()
    return {one.name: one for one in (*_of_both(model), *made)}


def _of_both(model: type[Any]) -> tuple[Issue, ...]:
    holder = str(model._meta.model_name)

    def ways(today: date, *kinds: str) -> QuerySet[Any]:
        """Those who can be reached in one of these ways."""
        found = _current(today).filter(kind__in=kinds, **{f"{holder}__isnull": False})
        rows: QuerySet[Any] = found.values(holder)
        return rows

    def without(*kinds: str) -> Rows:
        return lambda today: ~Q(pk__in=ways(today, *kinds))

    def bounced(today: date) -> Q:
        rows = ContactDetail.objects.filter(
            state=ContactDetail.State.BOUNCED, state_on__gt=today - YEAR, state_on__lte=today
        )
        return Q(pk__in=rows.filter(**{f"{holder}__isnull": False}).values(holder))

    def moved(today: date) -> Q:
        rows = ContactDetail.objects.filter(
            kind=Kind.POSTAL, valid_until__gt=today - YEAR, valid_until__lte=today
        )
        return Q(pk__in=rows.filter(**{f"{holder}__isnull": False}).values(holder))

    def disagrees(today: date) -> Q:
        rows = Location.objects.filter(agrees=False, **{f"{holder}_id__isnull": False})
        return Q(pk__in=rows.values(f"{holder}_id"))

    def twice(today: date) -> Q:
        rows = DuplicatePair.objects.filter(kind=holder, state=DuplicatePair.State.OPEN)
        return Q(pk__in=rows.values("left")) | Q(pk__in=rows.values("right"))

    def stale(today: date) -> Q:
        """Neither changed, nor spoken with, nor a way to reach them confirmed for a year."""
        confirmed = ContactDetail.objects.filter(
            state=ContactDetail.State.VERIFIED, state_on__gt=today - YEAR
        ).filter(**{f"{holder}__isnull": False})
        old = Q(changed_at__lt=end_of(today - YEAR))
        silent = Q(contacted_on__isnull=True) | Q(contacted_on__lte=today - YEAR)
        return old & silent & ~Q(pk__in=confirmed.values(holder))

    every = (Kind.EMAIL, Kind.PHONE, Kind.POSTAL)
    return (
        Issue("no_way", _("no way to reach them"), "missing", without(*every), every),
        Issue("no_email", _("no e-mail address"), "missing", without(Kind.EMAIL), (Kind.EMAIL,)),
        Issue("no_phone", _("no phone number"), "missing", without(Kind.PHONE), (Kind.PHONE,)),
        Issue("no_address", _("no address"), "missing", without(Kind.POSTAL), (Kind.POSTAL,)),
        Issue("no_owner", _("nobody is responsible"), "missing",
              lambda today: Q(owner_id__isnull=True), ("owner_id",)),
        Issue("code_and_town", _("postal code and place disagree"), "contradicts", disagrees,
              (Kind.POSTAL,)),
        Issue("stale", _("not confirmed for a year"), "old", stale, ("contacted_on",)),
        Issue("bounced", _("an address or number does not arrive"), "decay", bounced, every),
        Issue("moved", _("moved"), "decay", moved, (Kind.POSTAL,)),
        Issue("twice", _("perhaps there twice"), "twice", twice),
    )  # fmt: skip


def _of_persons() -> tuple[Issue, ...]:
    def works(today: date) -> QuerySet[Affiliation]:
        return Affiliation.objects.filter(Q(until__isnull=True) | Q(until__gte=today))

    def closed(today: date) -> Q:
        rows = works(today).filter(organisation__closed_on__lte=today)
        return Q(pk__in=rows.values("person"))

    def gone(reason: str) -> Rows:
        return lambda today: Q(ended=reason, ended_on__gt=today - YEAR, ended_on__lte=today)

    def changed_job(today: date) -> Q:
        rows = Affiliation.objects.filter(until__gt=today - YEAR, until__lte=today)
        return Q(pk__in=rows.values("person"))

    def born_wrong(today: date) -> Q:
        first = date(today.year - OLDEST, 1, 1)
        wrong = Q(birth_date__gt=today) | Q(birth_date__lt=first)
        return Q(birth_date__isnull=False) & wrong

    firm = ("affiliations",)
    return (
        Issue("unlinked", _("without an organisation"), "missing",
              lambda today: ~Q(pk__in=works(today).values("person")), firm),
        Issue("born_wrong", _("date of birth cannot be right"), "contradicts", born_wrong,
              ("birth_date",)),
        Issue("works_at_closed", _("works at an organisation that is closed"), "contradicts",
              closed, firm),
        Issue("job_changed", _("left an organisation"), "decay", changed_job, firm),
        Issue("retired", _("retired"), "decay", gone(Person.Ended.RETIRED), ("ended",)),
        Issue("deceased", _("deceased"), "decay", gone(Person.Ended.DECEASED), ("ended",)),
    )  # fmt: skip


def _of_organisations() -> tuple[Issue, ...]:
    def nobody(today: date) -> Q:
        current = Affiliation.objects.filter(Q(until__isnull=True) | Q(until__gte=today))
        return ~Q(pk__in=current.values("organisation"))

    def closed(today: date) -> Q:
        return Q(closed_on__gt=today - YEAR, closed_on__lte=today)

    def founded_wrong(today: date) -> Q:
        return Q(founded__isnull=False) & Q(founded__gt=today.year)

    return (
        Issue("no_people", _("without a contact person"), "missing", nobody, ("affiliations",)),
        Issue("founded_wrong", _("founded in the future"), "contradicts", founded_wrong,
              ("founded",)),
        Issue("closed", _("closed"), "decay", closed, ("closed_on",)),
    )  # fmt: skip


def end_of(day: date) -> datetime:
    """The instant at which a day of the company ends. Asking each row for its day would call Python
    for each of them."""
    midnight = datetime.combine(day + timedelta(days=1), time())
    return midnight.replace(tzinfo=ZoneInfo(settings.COMPANY_ZONE))


def _current(today: date) -> QuerySet[ContactDetail]:
    """Ways that lead to somebody today, as far as is known."""
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    return ContactDetail.objects.filter(lasting).exclude(state=ContactDetail.State.BOUNCED)


MODELS: tuple[type[Any], ...] = (Person, Organisation)
BLOCKING = ("contradicts", "twice")  # groups that hold enrichment back
