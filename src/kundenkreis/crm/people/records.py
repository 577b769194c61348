"""Persons and organisations as records."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import commands, matching, panels, queries
from kundenkreis.crm.people.contact_commands import set_contact_detail
from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel.access import Actor, Viewer
from kundenkreis.records import (
    Column,
    Exchange,
    Input,
    Key,
    Panel,
    RecordType,
    Section,
    named,
    register,
)
from kundenkreis.records.formfields import ReferenceField


def reference_input(name: str, label: Any) -> Input:
    """A record of that type, named by its text."""

    def make(viewer: Viewer) -> forms.Field:
        return ReferenceField(kind=named(name), viewer=viewer, label=label, required=False)

    return Input(name, make)


def text_input(name: str, label: Any, field: type[forms.Field] = forms.CharField) -> Input:
    return Input(name, lambda viewer: field(label=label, required=False))


def way_input(kind: str, label: Any, field: type[forms.Field] = forms.CharField) -> Input:
    """The preferred e-mail address or phone number."""

    def change(actor: Actor, record: Any, value: str) -> None:
        set_contact_detail(actor=actor, holder=record, kind=kind, value=value or "")

    return replace(
        text_input(kind, label, field),
        read=lambda record: record.addresses.get(kind, ""),
        change=change,
        plain=partial(folded_way, kind),
    )


EMAIL = way_input("email", _("E-mail"), forms.EmailField)
PHONE = way_input("phone", _("Phone"))
PROFILES = Path(__file__).parent / "profiles"
TIMELINE = Panel("timeline", "people/timeline_panel.html", panels.timeline_panel, "centre", 90)
DETAILS = Panel("details", "people/details_panel.html", panels.details_panel, "left", 20)

PERSON = register(
    RecordType(
        model=Person,
        slug="persons",
        icon="users",
        query=queries.persons,
        order="name",
        columns=(
            Column(
                "name",
                _("Name"),
                panels.name_text,
                ("last_name", "first_name"),
                text=panels.name_text,
            ),
            Column(
                "organisation",
                _("Organisation"),
                panels.employer_link,
                keep=True,
                text=panels.employer_name,
            ),
            Column("email", _("E-mail"), panels.email, text=panels.email),
            Column("phone", _("Phone"), panels.phone, text=panels.phone),
            Column("source", cell=panels.source_tag, sort=("source",), text=panels.source_text),
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
                    Column("language", cell=panels.language_name),
                    "customer_number",
                    "owner_id",
                    "team_id",
                    Column("source", cell=panels.source_tag),
                    "legal_basis",
                ),
            ),
        ),
        search=(
            "last_name",
            "first_name",
            "customer_number",
            "contact_details__value",
            "affiliations__organisation__name",
        ),
        filters=("owner_id", "is_customer", "source"),
        create=commands.create_person,
        create_many=commands.create_persons,
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
        subtitle=panels.person_subtitle,
        tags=panels.person_tags,
        figures=panels.contact_figures,
        buttons=panels.contact_buttons,
        panels=(
            TIMELINE,
            DETAILS,
            Panel(
                "affiliations",
                "people/affiliations_panel.html",
                panels.affiliations_panel,
                "left",
                30,
                shows=("affiliations__organisation",),
            ),
            Panel("consents", "people/consents_panel.html", panels.consents_panel, position=60),
        ),
        exchange=Exchange(
            fields=(
                "salutation",
                "first_name",
                "last_name",
                "customer_number",
                "language",
                "legal_basis",
            ),
            keys=(
                Key(("customer_number",), _("Customer number")),
                Key(("email",), _("E-mail"), matching.persons_by_address("email")),
                Key(("phone",), _("Phone"), matching.persons_by_address("phone"), weak=True),
                Key(
                    ("first_name", "last_name", "organisation"),
                    _("name and organisation"),
                    matching.persons_by_name_and_company,
                    weak=True,
                ),
            ),
            must=("source", "legal_basis"),
            profiles=PROFILES,
        ),
        always=("customer_number",),
        about=_(
            "Customers and contacts you do business with. Whoever has only visited your website is "
            "a profile in marketing and becomes a person here with the first order."
        ),
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
            Column("source", cell=panels.source_tag, sort=("source",), text=panels.source_text),
            Column("owner_id"),
            Column("changed_at", keep=True),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "name",
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
                    Column("source", cell=panels.source_tag),
                ),
            ),
        ),
        search=("name", "customer_number", "contact_details__value", "website"),
        filters=("owner_id", "industry", "country"),
        brief=("industry", "country"),
        called={"parent": _("Subsidiaries")},
        create=commands.create_organisation,
        create_many=commands.create_organisations,
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
        exchange=Exchange(
            fields=("founded", "website", "customer_number"),
            keys=(
                Key(("customer_number",), _("Customer number")),
                Key(("email",), _("E-mail"), matching.organisations_by_address("email"), weak=True),
                Key(("name",), _("Name")),
            ),
            profiles=PROFILES,
        ),
        square=True,
        subtitle=panels.website_name,
        tags=panels.organisation_tags,
        figures=panels.contact_figures,
        buttons=panels.contact_buttons,
        panels=(
            TIMELINE,
            DETAILS,
            Panel(
                "contacts",
                "people/contacts_panel.html",
                panels.contacts_panel,
                "left",
                30,
                shows=("affiliations__person",),
            ),
        ),
    )
)
