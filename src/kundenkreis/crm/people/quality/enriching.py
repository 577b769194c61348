"""What can be added to records from what is known here already: suggestions, each with its reason.

An enricher is a function that looks at some records and suggests; it writes nothing. A record that
contradicts itself, or may be there twice, is refused: what is added to it might be somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.crm.people.duplicates.addresses import domain_of
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

LOOKED_AT = 2_000  # details at a time
PIECES = 50
ENOUGH = 500  # of one enricher, those that are refused among them
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
            found += islice(enricher.suggest(viewer, model), ENOUGH)
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


def _in_pieces(rows: QuerySet[ContactDetail]) -> Iterator[list[ContactDetail]]:
    """Details a piece at a time: what nothing follows from stands in nobody's way."""
    last = 0
    for _piece in range(PIECES):
        some = list(rows.filter(pk__gt=last).order_by("pk")[:LOOKED_AT])
        if not some:
            return
        yield some
        last = some[-1].pk


def _of_addresses(viewer: Viewer, model: type[Any]) -> Iterator[Suggestion]:
    """What is missing of an address and follows from the rest: its postal code where the place has
    only one, its place where the code has only one, its country. With it comes where it is."""
    if not viewer.sets(subject_of(model), ContactDetail.Kind.POSTAL):
        return
    holder = str(model._meta.model_name)
    lacking = Q(postal_code="") | Q(town="") | Q(country="")
    rows = ContactDetail.objects.filter(
        lacking, kind=ContactDetail.Kind.POSTAL, **{f"{holder}__isnull": False}
    ).exclude(postal_code="", town="")
    rest, told = _Rest(), set[int]()
    for details in _in_pieces(rows):
        where = Location.objects.filter(detail__in=[one.pk for one in details]).in_bulk()
        known = [(one, found) for one in details if (found := rest.of(one, where.get(one.pk)))]
        people = _changeable(viewer, model, [getattr(one, f"{holder}_id") for one, _f in known])
        for one, found in known:
            record = people.get(getattr(one, f"{holder}_id"))
            if record is None or record.pk in told:
                continue
            told.add(record.pk)  # one at a time: a form names the record
            said = " ".join(
                found[name] for name in ("postal_code", "town", "country") if name in found
            )
            state = region_name(where[one.pk].region)
            text = _("%(address)s: add %(missing)s (%(state)s)")
            words = {"address": one.value, "missing": said, "state": state or "–"}
            yield Suggestion(
                "address", holder, record.pk, record, text % words,
                _("the table of places has only this one"), {"detail": one.pk, **found},
            )  # fmt: skip


class _Rest:
    """What addresses lack that their place leaves no choice of; each place is asked once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], str] = {}

    def of(self, detail: ContactDetail, where: Location | None) -> dict[str, str]:
        if where is None or where.latitude is None:
            return {}
        found: dict[str, str] = {}
        if not detail.postal_code:
            found["postal_code"] = self._only("postal_code", where.country, folded=key(detail.town))
        if not detail.town:
            found["town"] = self._only("name", where.country, postal_code=where.postal_code)
        if not detail.country:
            found["country"] = where.country
        return {name: text for name, text in found.items() if text}

    def _only(self, name: str, country: str, **which: str) -> str:
        asked = (name, country, *which.values())
        if asked not in self._known:
            rows = Place.objects.filter(country=country, **which).values_list(name, flat=True)
            some = set(rows.distinct()[:2])
            self._known[asked] = some.pop() if len(some) == 1 else ""
        return self._known[asked]


def _of_domains(viewer: Viewer, model: type[Any]) -> Iterator[Suggestion]:
    """Where somebody works, by the domain of their e-mail address: that of one organisation only."""
    subject = subject_of(model)
    if not (viewer.sees(subject, "email") and viewer.sees("crm.organisation", "website")):
        return
    firms = _firms(viewer)
    today = clock.today(settings.COMPANY_ZONE)
    works = Affiliation.objects.filter(Q(until__isnull=True) | Q(until__gte=today))
    rows = ContactDetail.objects.filter(kind="email", person__isnull=False)
    rows = rows.exclude(person__in=works.values("person"))
    told: set[int] = set()
    for details in _in_pieces(rows) if firms else ():
        details.sort(key=lambda one: (one.person_id, not one.is_primary, one.pk))
        near = [
            (one.person_id or 0, domain)
            for one in details
            if (domain := domain_of(one.folded)) in firms
        ]
        people = _changeable(viewer, Person, [pk for pk, _domain in near])
        seen = named("organisation").rows(viewer).in_bulk({firms[domain] for _pk, domain in near})
        for pk, domain in near:
            firm = seen.get(firms[domain])
            if pk in people and pk not in told and firm is not None:
                told.add(pk)
                yield Suggestion(
                    "domain", "person", pk, people[pk],
                    _("works at %(firm)s") % {"firm": firm},
                    _("e-mail address at %(domain)s, which only they have") % {"domain": domain},
                    {"organisation": firm.pk},
                )  # fmt: skip


def _firms(viewer: Viewer) -> dict[str, int]:
    """The domains that only one organisation has, by website or by an address of its own."""
    rows = named("organisation").rows(viewer).order_by()
    told = viewer.sees("crm.organisation", "email")
    own = ContactDetail.objects.filter(kind="email", organisation__in=rows.values("pk"))
    ways = own.values_list("organisation_id", "folded")
    found: dict[str, int] = {}
    several: set[str] = {""}
    for some in (
        rows.exclude(website="").values_list("pk", "website"),
        ways if told else ways.none(),
    ):
        for pk, text in some.iterator(LOOKED_AT):
            domain = domain_of(text)
            if found.setdefault(domain, pk or 0) != pk:
                several.add(domain)
    return {domain: pk for domain, pk in found.items() if domain not in several}


ENRICHERS = (
    Enricher("address", gettext_lazy("Addresses"), (Person, Organisation), _of_addresses),
    Enricher("domain", gettext_lazy("Employers by e-mail domain"), (Person,), _of_domains),
)
