"""Persons as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import commands, matching, panels, proposals, queries
from kundenkreis.crm.people.doubles.panels import DUPLICATES
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.people.names import letter_salutation
from kundenkreis.crm.people.records.inputs import (
    COUNTRY,
    DETAILS,
    EMAIL,
    PHONE,
    POSTAL_CODE,
    PROFILES,
    STREET,
    TIMELINE,
    TOWN,
    reference_input,
    text_input,
)
from kundenkreis.records import Column, Exchange, Key, Panel, RecordType, Section, register
from kundenkreis.records.page.next_step import proposed_by

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
            Column(
                "may_contact",
                _("May I?"),
                panels.lights_cell,
                text=panels.lights_text,
                extra=True,
            ),
            Column("address", _("Address"), panels.address, text=panels.address, extra=True),
            Column(
                "letter_salutation",
                _("In letters"),
                letter_salutation,
                text=letter_salutation,
                extra=True,
            ),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "salutation",
                    "title",
                    "first_name",
                    "name_prefix",
                    "last_name",
                    "name_suffix",
                    "form_of_address",
                    Column("language", cell=panels.language_name),
                    "birth_date",
                    "profession",
                ),
            ),
            Section(
                _("Business"),
                (
                    "customer_number",
                    "portfolio",
                    "contacted_on",
                    "ended",
                    "ended_on",
                    "owner_id",
                    "team_id",
                    Column("source", cell=panels.source_tag),
                    "legal_basis",
                    "origin",
                ),
            ),
        ),
        search=(
            "last_name",
            "first_name",
            "title",
            "name_prefix",
            "name_suffix",
            "customer_number",
            "contact_details__value",
            "affiliations__organisation__name",
        ),
        called={"characteristics": _("What is known")},
        filters=("owner_id", "is_customer", "source", "portfolio"),
        create=commands.create_person,
        create_many=commands.create_persons,
        merges=True,
        remove=commands.remove_person,
        remove_many=commands.remove_persons,
        form=(
            "salutation",
            "title",
            "first_name",
            "name_prefix",
            "last_name",
            "name_suffix",
            "form_of_address",
            "email",
            "phone",
            "street",
            "postal_code",
            "town",
            "country",
            "organisation",
            "function",
            "profession",
            "birth_date",
            "language",
            "customer_number",
            "source",
            "legal_basis",
            "origin",
            "portfolio",
            "owner_id",
        ),
        inputs=(
            EMAIL,
            PHONE,
            STREET,
            POSTAL_CODE,
            TOWN,
            COUNTRY,
            reference_input("organisation", _("Organisation")),
            text_input("function", _("Function")),
        ),
        subtitle=panels.person_subtitle,
        tags=panels.person_tags,
        figures=panels.contact_figures,
        buttons=panels.contact_buttons,
        panels=(
            DUPLICATES,
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
            Panel(
                "relations",
                "people/relations_panel.html",
                panels.relations_panel,
                "left",
                40,
                shows=("relations", "relations_from_others"),
            ),
            Panel("consents", "people/consents_panel.html", panels.consents_panel, position=20),
            Panel("segments", "people/segments_panel.html", panels.segments_panel, position=25),
        ),
        exchange=Exchange(
            fields=(
                "salutation",
                "title",
                "first_name",
                "name_prefix",
                "last_name",
                "name_suffix",
                "customer_number",
                "language",
                "birth_date",
                "profession",
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
                Key(
                    ("first_name", "last_name", "birth_date"),
                    _("name and date of birth"),
                    matching.persons_by_name_and_birth_date,
                    warns=True,
                ),
            ),
            must=("source", "legal_basis"),
            may=("origin",),
            profiles=PROFILES,
        ),
        always=("customer_number",),
        about=_(
            "Customers and contacts you do business with. Whoever has only visited your website is "
            "a profile in marketing and becomes a person here with the first order."
        ),
    )
)

proposed_by("person", proposals.proposals)
