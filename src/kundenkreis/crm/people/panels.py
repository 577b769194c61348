"""What the pages of persons and organisations show: cells, key figures, buttons and panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import contacting, queries
from kundenkreis.crm.people.contacting import ICONS, NEEDS, WORDS, Light, lights_of
from kundenkreis.crm.people.entries import timeline
from kundenkreis.crm.people.models import (
    ContactDetail,
    Organisation,
    Person,
    Portfolio,
    VatCheck,
)
from kundenkreis.crm.people.permissions import CHANNELS
from kundenkreis.crm.people.restricting import restriction_of
from kundenkreis.crm.people.segments import segments_of
from kundenkreis.crm.people.vat_checking import can_be_checked
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer, subject_of
from kundenkreis.kernel.record import together
from kundenkreis.records import Button, Figure, Tag, named
from kundenkreis.records.cells import linked_to, word
from kundenkreis.records.page.once import once
from kundenkreis.ui import formats
from kundenkreis.ui.markup import joined, markup
from kundenkreis.ui.parts import icon

Kind = ContactDetail.Kind
FAX = ("fax", "telefax")  # labels of numbers that nobody answers
_PERSON = attrgetter("person")
entries = once(timeline)
contacts = once(queries.contacts_of)


def email(record: Person | Organisation) -> str:
    return record.addresses.get(Kind.EMAIL, "")


def phone(record: Person | Organisation) -> str:
    return record.addresses.get(Kind.PHONE, "")


def employer_link(person: Person) -> SafeString | str:
    found = person.employer
    return linked_to(named("organisation"), *found) if found else ""


def employer_name(person: Person) -> str:
    return person.employer.name if person.employer else ""


def source_tag(record: Any) -> SafeString:
    return word(record.source)


def source_text(record: Any) -> str:
    return str(record.source)


def person_subtitle(person: Person) -> str:
    first = next(iter(person.employments), None)
    if first is None:
        return _first(person, Kind.EMAIL)
    return " · ".join(part for part in (first.function, str(first.organisation)) if part)


def person_tags(person: Person) -> Iterable[Tag]:
    if restriction_of(person) is not None:
        yield Tag(_("Restricted"), "red")
    if person.is_customer:
        yield Tag(_("Customer"), "green")


def organisation_tags(organisation: Organisation) -> Iterable[Tag]:
    if organisation.customer_number:
        yield Tag(_("Customer"), "green")


def website_name(organisation: Organisation) -> str:
    bare = organisation.website.split("://", 1)[-1].removeprefix("www.").rstrip("/")
    return bare or _first(organisation, Kind.EMAIL)


def contact_buttons(viewer: Viewer, record: Person | Organisation) -> Iterable[Button]:
    today = clock.today(settings.COMPANY_ZONE)
    usable = [one for one in record.details if one.is_usable(today)]
    phones = [one for one in usable if one.kind == Kind.PHONE and one.label.casefold() not in FAX]
    if phones:
        yield Button(_("Call"), f"tel:{phones[0].folded}", icon="phone")
    address = next((one.value for one in usable if one.kind == Kind.EMAIL), "")
    if address:
        yield Button(_("E-mail"), f"mailto:{address}", icon="mail", key="m")
    subject = subject_of(type(record))
    if not record.customer_number and viewer.sets(subject, "customer_number"):
        kind = named(subject.partition(".")[2])
        if kind.reaches(viewer, "change", record):
            url = kind.url(record.pk, "customer-number")
            yield Button(_("Give a customer number"), url, "hash", post=True, menu=True)


def language_name(person: Person) -> str:
    return str(LANG_INFO.get(person.language, {}).get("name_local", person.language)).capitalize()


def contact_figures(viewer: Viewer, record: Person | Organisation) -> Iterable[Figure]:
    if not viewer.sees(subject_of(type(record)), "contacted_on"):
        return
    day = record.contacted_on
    yield Figure(
        _("Last contact"),
        formats.relative(day) if day else "–",
        formats.day(day) if day else _("nothing yet"),
    )


def address(record: Person | Organisation) -> str:
    return record.postal.value if record.postal else ""


def lights(person: Person) -> list[Light]:
    """Whether the person may be contacted; found at once for all of a list."""
    if "lights" not in person.__dict__:
        people = together(person, "lights")
        found = lights_of(people)
        for one in people:
            one.__dict__["lights"] = found[one.pk]
    known: list[Light] = person.__dict__["lights"]
    return known


def lights_cell(person: Person) -> SafeString:
    marks = [
        markup(
            '<span class="light{}" title="{}">{}<span class="hidden-text">{}</span></span>',
            " on" if one.allowed else "", said, icon(ICONS[one.channel]), said,
        )
        for one in lights(person)
        for said in [f"{WORDS[one.channel]}: {_('yes') if one.allowed else _('no')}. {one.why}"]
    ]  # fmt: skip
    return markup('<span class="lights">{}</span>', joined(*marks))


def lights_text(person: Person) -> str:
    return ", ".join(str(WORDS[one.channel]) for one in lights(person) if one.allowed)


def name_text(record: Any) -> str:
    return str(record)


def timeline_panel(viewer: Viewer, record: Any) -> Mapping[str, Any]:
    people = contacts(viewer, record) if isinstance(record, Organisation) else []
    return {"entries": entries(viewer, record), "people": [one.person for one in people]}


def details_panel(viewer: Viewer, record: Any) -> Mapping[str, Any]:
    holder = named(record._meta.model_name)
    kinds = tuple((kind, label) for kind, label in Kind.choices if holder.sets(viewer, kind))
    return {
        "details": record.details,
        "changeable": [kind for kind, _label in kinds],
        "may_write": bool(kinds) and holder.reaches(viewer, "change", record),
        "today": clock.today(settings.COMPANY_ZONE),
    }


def affiliations_panel(viewer: Viewer, person: Person) -> Mapping[str, Any]:
    return {
        "affiliations": person.employments,
        "today": clock.today(settings.COMPANY_ZONE),
        "may_write": named("person").reaches(viewer, "change", person),
    }


def contacts_panel(viewer: Viewer, organisation: Organisation) -> Mapping[str, Any]:
    return {
        "contacts": contacts(viewer, organisation),
        "today": clock.today(settings.COMPANY_ZONE),
        "may_write": viewer.may("crm.person.create"),
    }


def relations_panel(viewer: Viewer, record: Person | Organisation) -> Mapping[str, Any] | None:
    kind = named("relation")
    if not kind.may(viewer, "read"):
        return None
    found = queries.relations_of(viewer, record)
    column = "person_id" if isinstance(record, Person) else "organisation_id"
    brought = [
        tie
        for tie in found
        if tie.relation.kind.referral and getattr(tie.relation, column) == record.pk
    ]
    return {
        "relations": found,
        "referrals": len(brought),
        "slug": "persons" if isinstance(record, Person) else "organisations",
        "may_write": kind.may(viewer, "create"),
    }


def relation_choices(viewer: Viewer, *, firms: bool = False) -> list[tuple[str, Any]]:
    """Every kind of relation as it reads from a person, or from one of `firms`: "recommended us
    to", "came to us through"."""
    both: list[tuple[str, Any]] = []
    for kind in queries.relation_kinds(viewer):
        one, other = kind.offers(person=not firms)
        if one:
            both.append((f"{kind.pk}|to", str(kind)))
        if other and not kind.symmetric:
            both.append((f"{kind.pk}|from", kind.from_other))
    return both


def waiting_panel(viewer: Viewer, portfolio: Portfolio) -> Mapping[str, Any]:
    return {"waiting": queries.waiting_in(viewer, portfolio), "days": portfolio.visit_days}


def segments_panel(viewer: Viewer, record: Person | Organisation) -> Mapping[str, Any] | None:
    """The segments of marketing somebody is in, or how many people of an organisation are."""
    firm = isinstance(record, Organisation)
    people = [record] if isinstance(record, Person) else map(_PERSON, contacts(viewer, record))
    found = segments_of(list(people))
    opens = viewer.may("engage.segment.read")
    return {"inside": found, "firm": firm, "opens": opens} if found else None


def vat_panel(viewer: Viewer, organisation: Organisation) -> Mapping[str, Any] | None:
    """What the tax authorities said of the VAT ID, where there is one and they can be asked."""
    number = organisation.vat_id
    if not number or not viewer.sees("crm.organisation", "vat_id"):
        return None
    check = VatCheck.objects.filter(organisation=organisation).order_by("-pk").first()
    can = can_be_checked(number) and named("organisation").reaches(viewer, "change", organisation)
    waiting = check is not None and check.state == VatCheck.State.WAITING
    if check is None and not can:
        return None
    tones = {VatCheck.State.VALID: "green", VatCheck.State.INVALID: "red"}
    return {
        "check": check,
        "tone": tones.get(VatCheck.State(check.state), "amber") if check else "",
        "other": check is not None and check.vat_id != number,
        "may_ask": can and not waiting,
        "waiting": waiting,
    }


def consents_panel(viewer: Viewer, person: Person) -> Mapping[str, Any]:
    known = contacting.known_of([person])[person.pk]

    def sees(channel: str) -> bool:
        return viewer.sees(subject_of(Person), NEEDS[channel])

    return {
        "consents": known.statements,
        "lights": [one for one in contacting.lights(person, known) if sees(one.channel)],
        "ledger": viewer.may("engage.consententry.read"),
        "channels": CHANNELS,
        "may_write": named("person").reaches(viewer, "change", person),
    }


def _first(record: Person | Organisation, kind: str) -> str:
    return next((one.value for one in record.details if one.kind == kind), "")
