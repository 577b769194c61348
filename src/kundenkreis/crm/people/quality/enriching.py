"""What can be added to records from what is known here already: suggestions, each with its reason.

An enricher is a function that looks at some records and suggests; it writes nothing. A record that
contradicts itself, or may be there twice, is refused: what is added to it might be somebody else's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.crm.people.duplicates.addresses import FREE_MAIL
from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    Location,
    Organisation,
    Person,
    Place,
)
from kundenkreis.crm.people.places.naming import key
from kundenkreis.crm.people.places.regions import region_name
from kundenkreis.crm.people.quality.conditions import known_to
from kundenkreis.crm.people.quality.issues import BLOCKING, issues_of
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer, subject_of
from kundenkreis.records import named

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LOOKED_AT = 2_000  # records at a time
SHOWN = 100
UNTOLD = gettext_lazy("something to be cleared up")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What one enricher would add to a record; `refused` says why it may not be added."""

    enricher: str
    kind: str
    row: int
    record: Any
    text: str
    reason: str
    values: Mapping[str, Any]
    refused: str = ""

    @property
    def name(self) -> str:
        """How a form names it."""
        return f"{self.enricher}:{self.kind}:{self.row}"


Suggest = Callable[[Viewer, type[Any]], Iterator[Suggestion]]


@dataclass(frozen=True, slots=True)
class Enricher:
    """One source of what may be added: its name, what it is called, and how it suggests."""

    name: str
    label: StrOrPromise
    models: tuple[type[Any], ...]
    suggest: Suggest


def suggestions(viewer: Viewer, model: type[Any]) -> list[Suggestion]:
    """What could be added to records of a type that the viewer may change, those refused last."""
    found: list[Suggestion] = []
    for enricher in ENRICHERS:
        if model in enricher.models:
            found += enricher.suggest(viewer, model)
    held = _held(viewer, model, {one.row for one in found})
    made = [
        Suggestion(
            one.enricher, one.kind, one.row, one.record, one.text, one.reason, one.values,
            held.get(one.row, ""),
        )
        for one in found
    ]  # fmt: skip
    return sorted(made, key=lambda one: bool(one.refused))[:SHOWN]


def _held(viewer: Viewer, model: type[Any], pks: set[int]) -> dict[int, str]:
    """Which records nothing may be added to, and why, as far as the viewer may know that."""
    told = known_to(viewer, model)
    today = clock.today(settings.COMPANY_ZONE)
    found: dict[int, str] = {}
    for issue in issues_of(model).values():
        if issue.group in BLOCKING:
            rows = model._default_manager.filter(issue.rows(today), pk__among=pks)
            for pk in rows.values_list("pk", flat=True):
                found.setdefault(pk, str(issue.label if issue.name in told else UNTOLD))
    return found


def _changeable(viewer: Viewer, model: type[Any], pks: Sequence[int]) -> dict[int, Any]:
    """The records that the viewer may change, by number."""
    kind = named(str(model._meta.model_name))
    records = list(kind.rows(viewer).filter(pk__among=pks))
    reached = kind.reached(viewer, "change", records)
    return {one.pk: one for one, may in zip(records, reached, strict=True) if may}


def _of_addresses(viewer: Viewer, model: type[Any]) -> Iterator[Suggestion]:
    """What is missing of an address and follows from the rest: its postal code where the place has
    only one, its place where the code has only one, its country. With it comes where it is."""
    if not viewer.sets(subject_of(model), ContactDetail.Kind.POSTAL):
        return
    holder = str(model._meta.model_name)
    lacking = Q(postal_code="") | Q(town="") | Q(country="")
    rows = ContactDetail.objects.filter(lacking, kind=ContactDetail.Kind.POSTAL)
    details = list(
        rows.filter(**{f"{holder}__isnull": False}).exclude(postal_code="", town="")[:LOOKED_AT]
    )
    where = Location.objects.filter(detail__in=[one.pk for one in details]).in_bulk()
    people = _changeable(viewer, model, [getattr(one, f"{holder}_id") for one in details])
    for one in details:
        record = people.get(getattr(one, f"{holder}_id"))
        place = where.get(one.pk)
        found = _rest(one, place) if place is not None and record is not None else {}
        if found and record is not None and place is not None:
            said = " ".join(
                found[name] for name in ("postal_code", "town", "country") if name in found
            )
            state = region_name(place.region)
            text = _("%(address)s: add %(missing)s (%(state)s)")
            words = {"address": one.value, "missing": said, "state": state or "–"}
            yield Suggestion(
                "address", holder, record.pk, record, text % words,
                _("the table of places has only this one"), {"detail": one.pk, **found},
            )  # fmt: skip


def _rest(detail: ContactDetail, where: Location) -> dict[str, str]:
    """The parts an address lacks and that its place leaves no choice of."""
    if where.latitude is None:
        return {}
    found: dict[str, str] = {}
    same = Place.objects.filter(country=where.country)
    if not detail.postal_code:
        codes = set(same.filter(folded=key(detail.town)).values_list("postal_code", flat=True)[:3])
        found |= {"postal_code": codes.pop()} if len(codes) == 1 else {}
    if not detail.town:
        names = set(same.filter(postal_code=where.postal_code).values_list("name", flat=True)[:3])
        found |= {"town": names.pop()} if len(names) == 1 else {}
    if not detail.country and where.country:
        found["country"] = where.country
    return found


def _of_domains(viewer: Viewer, model: type[Any]) -> Iterator[Suggestion]:
    """Where somebody works, by the domain of their e-mail address: that of one organisation only."""
    subject = subject_of(model)
    if not (viewer.sees(subject, "email") and viewer.sees("crm.organisation", "website")):
        return
    today = clock.today(settings.COMPANY_ZONE)
    works = Affiliation.objects.filter(Q(until__isnull=True) | Q(until__gte=today))
    rows = ContactDetail.objects.filter(kind="email", person__isnull=False)
    rows = rows.exclude(person__in=works.values("person")).order_by("person", "-is_primary", "pk")
    addresses = list(rows.values_list("person_id", "folded")[:LOOKED_AT])
    wanted = {domain for _pk, text in addresses if (domain := _domain(text))}
    firms = _firms(viewer, wanted)
    people = _changeable(viewer, Person, [pk for pk, _text in addresses])
    told: set[int] = set()
    for pk, text in addresses:
        some = firms.get(_domain(text), set())
        if pk in people and pk not in told and len(some) == 1:
            told.add(pk)
            firm = next(iter(some))
            yield Suggestion(
                "domain", "person", pk, people[pk],
                _("works at %(firm)s") % {"firm": firm},
                _("e-mail address at %(domain)s, which only they have") % {"domain": _domain(text)},
                {"organisation": firm.pk},
            )  # fmt: skip


def _firms(viewer: Viewer, wanted: set[str]) -> Mapping[str, set[Organisation]]:
    """The organisations that have one of these domains, by website or by an address of their own."""
    found: dict[str, set[Organisation]] = defaultdict(set)
    if not wanted:
        return found
    rows = named("organisation").rows(viewer)
    for firm in rows.exclude(website="").order_by("pk")[: 20 * LOOKED_AT]:
        host = (urlsplit(firm.website).hostname or "").removeprefix("www.")
        if host in wanted:
            found[host].add(firm)
    own = ContactDetail.objects.filter(kind="email", organisation__in=rows.order_by().values("pk"))
    known: dict[int, Organisation] = {}
    for pk, text in own.values_list("organisation_id", "folded")[: 20 * LOOKED_AT]:
        if (domain := _domain(text)) in wanted:
            firm = known.get(pk) or rows.filter(pk=pk).first()
            if firm is not None:
                known[pk] = firm
                found[domain].add(firm)
    return found


def _domain(address: str) -> str:
    """The domain of an address, unless anybody gets an address there."""
    domain = address.rpartition("@")[2]
    return "" if domain in FREE_MAIL else domain


ENRICHERS = (
    Enricher("address", gettext_lazy("Addresses"), (Person, Organisation), _of_addresses),
    Enricher("domain", gettext_lazy("Employers by e-mail domain"), (Person,), _of_domains),
)
