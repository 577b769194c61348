"""Persons and organisations as records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import commands, queries
from kundenkreis.crm.people.models import ContactDetail, Organisation, Person
from kundenkreis.kernel.access import Viewer
from kundenkreis.records import (
    Button,
    Column,
    Exchange,
    Figure,
    Input,
    Panel,
    RecordType,
    Section,
    Tag,
    named,
    register,
)
from kundenkreis.records.cells import linked, word
from kundenkreis.records.formfields import ReferenceField
from kundenkreis.ui import formats

Kind = ContactDetail.Kind


def email(record: Person | Organisation) -> str:
    return queries.detail_of(record, Kind.EMAIL)


def phone(record: Person | Organisation) -> str:
    return queries.detail_of(record, Kind.PHONE)


def employer(person: Person) -> Organisation | None:
    first = next(iter(person.affiliations.all()), None)
    return first.organisation if first else None


def employer_link(person: Person) -> SafeString | str:
    found = employer(person)
    return linked(found) if found else ""


def employer_name(person: Person) -> str:
    return str(employer(person) or "")


def source_tag(record: Any) -> SafeString:
    return word(record.source)


def source_text(record: Any) -> str:
    return str(record.source)


def person_subtitle(person: Person) -> str:
    first = next(iter(person.affiliations.all()), None)
    if first is None:
        return email(person)
    return " · ".join(part for part in (first.function, str(first.organisation)) if part)


def person_tags(person: Person) -> Iterable[Tag]:
    if person.is_customer:
        yield Tag(_("Customer"), "green")


def organisation_tags(organisation: Organisation) -> Iterable[Tag]:
    if organisation.customer_number:
        yield Tag(_("Customer"), "green")


def website_name(organisation: Organisation) -> str:
    bare = organisation.website.split("://", 1)[-1].removeprefix("www.").rstrip("/")
    return bare or email(organisation)


def contact_buttons(viewer: Viewer, record: Person | Organisation) -> Iterable[Button]:
    number = next((d.folded for d in record.contact_details.all() if d.kind == Kind.PHONE), "")
    if number:
        yield Button(_("Call"), f"tel:{number}", icon="phone")
    address = email(record)
    if address:
        yield Button(_("E-mail"), f"mailto:{address}", icon="mail")


def language_name(person: Person) -> str:
    return str(LANG_INFO.get(person.language, {}).get("name_local", person.language)).capitalize()


def contact_figures(viewer: Viewer, record: Person | Organisation) -> Iterable[Figure]:
    at = queries.last_contact(viewer, record)
    yield Figure(
        _("Last contact"),
        formats.relative(at) if at else "–",
        formats.day(at) if at else _("nothing yet"),
    )


def name_text(record: Any) -> str:
    return str(record)


def timeline_panel(viewer: Viewer, record: Any) -> Mapping[str, Any]:
    entries = queries.timeline(viewer, record)
    return {"entries": entries, "may_write": viewer.covers(_change(record), record)}


def details_panel(viewer: Viewer, record: Any) -> Mapping[str, Any]:
    return {
        "details": list(record.contact_details.all()),
        "kinds": Kind.choices,
        "may_write": viewer.covers(_change(record), record),
    }


def affiliations_panel(viewer: Viewer, person: Person) -> Mapping[str, Any]:
    return {
        "affiliations": list(person.affiliations.all()),
        "may_write": viewer.covers("crm.person.change", person),
    }


def contacts_panel(viewer: Viewer, organisation: Organisation) -> Mapping[str, Any]:
    return {
        "contacts": queries.contacts_of(viewer, organisation),
        "may_write": viewer.may("crm.person.create"),
    }


def next_step_panel(viewer: Viewer, record: Any) -> Mapping[str, Any]:
    return {"may_write": viewer.covers(_change(record), record)}


def consents_panel(viewer: Viewer, person: Person) -> Mapping[str, Any]:
    return {"consents": queries.consents_of(person)}


def _change(record: Any) -> str:
    return f"crm.{record._meta.model_name}.change"


def reference_input(name: str, label: Any) -> Input:
    """A record of that type, named by its text."""

    def make(viewer: Viewer) -> forms.Field:
        return ReferenceField(kind=named(name), viewer=viewer, label=label, required=False)

    return Input(name, make)


def text_input(name: str, label: Any, field: type[forms.Field] = forms.CharField) -> Input:
    return Input(name, lambda viewer: field(label=label, required=False))


EMAIL = text_input("email", _("E-mail"), forms.EmailField)
PHONE = text_input("phone", _("Phone"))
NEXT_STEP = Panel("next_step", "people/next_step_panel.html", next_step_panel, position=10)
TIMELINE = Panel("timeline", "people/timeline_panel.html", timeline_panel, "centre", 90)
DETAILS = Panel("details", "people/details_panel.html", details_panel, "left", 20)

PERSON = register(
    RecordType(
        model=Person,
        slug="persons",
        icon="users",
        query=queries.persons,
        order="name",
        columns=(
            Column("name", _("Name"), name_text, ("last_name", "first_name"), text=name_text),
            Column("organisation", _("Organisation"), employer_link, keep=True, text=employer_name),
            Column("email", _("E-mail"), email, text=email),
            Column("phone", _("Phone"), phone, text=phone),
            Column("source", cell=source_tag, sort=("source",), text=source_text),
            Column("owner_id"),
            Column("changed_at", keep=True),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "salutation",
                    "first_name",
                    "last_name",
                    Column("language", cell=language_name),
                    "customer_number",
                    "owner_id",
                    "team_id",
                    Column("source", cell=source_tag),
                    "legal_basis",
                ),
            ),
        ),
        search=("last_name", "first_name", "customer_number"),
        filters=("owner_id", "is_customer", "source"),
        create=commands.create_person,
        remove=commands.remove_person,
        form=(
            "salutation",
            "first_name",
            "last_name",
            "email",
            "phone",
            "organisation",
            "function",
            "language",
            "customer_number",
            "source",
            "legal_basis",
            "owner_id",
        ),
        inputs=(
            EMAIL,
            PHONE,
            reference_input("organisation", _("Organisation")),
            text_input("function", _("Function")),
        ),
        subtitle=person_subtitle,
        tags=person_tags,
        figures=contact_figures,
        buttons=contact_buttons,
        panels=(
            NEXT_STEP,
            TIMELINE,
            DETAILS,
            Panel("affiliations", "people/affiliations_panel.html", affiliations_panel, "left", 30),
            Panel("consents", "people/consents_panel.html", consents_panel, position=60),
        ),
        exchange=Exchange(("first_name", "last_name", "customer_number", "language")),
    )
)

ORGANISATION = register(
    RecordType(
        model=Organisation,
        slug="organisations",
        icon="building-2",
        query=queries.organisations,
        order="name",
        columns=(
            Column("name"),
            Column("industry", keep=True),
            Column("employees"),
            Column("revenue_minor"),
            Column("country"),
            Column("source", cell=source_tag, sort=("source",), text=source_text),
            Column("owner_id"),
            Column("changed_at", keep=True),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "industry",
                    "employees",
                    "revenue_minor",
                    "founded",
                    "country",
                    "website",
                    "customer_number",
                    "parent",
                    "owner_id",
                    "team_id",
                    Column("source", cell=source_tag),
                ),
            ),
        ),
        search=("name", "customer_number"),
        filters=("owner_id", "industry", "country"),
        create=commands.create_organisation,
        remove=commands.remove_organisation,
        form=(
            "name",
            "industry",
            "employees",
            "revenue_minor",
            "founded",
            "country",
            "website",
            "email",
            "phone",
            "customer_number",
            "parent",
            "source",
            "owner_id",
        ),
        inputs=(EMAIL, PHONE),
        square=True,
        subtitle=website_name,
        tags=organisation_tags,
        figures=contact_figures,
        buttons=contact_buttons,
        panels=(
            NEXT_STEP,
            TIMELINE,
            DETAILS,
            Panel("contacts", "people/contacts_panel.html", contacts_panel, "left", 30),
        ),
    )
)
