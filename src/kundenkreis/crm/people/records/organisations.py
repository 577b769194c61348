"""Organisations as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import commands, matching, panels, proposals, queries
from kundenkreis.crm.people.doubles.panels import DUPLICATES
from kundenkreis.crm.people.models import Organisation
from kundenkreis.crm.people.records.inputs import (
    DETAILS,
    EMAIL,
    PHONE,
    POSTAL_CODE,
    PROFILES,
    STREET,
    TIMELINE,
    TOWN,
)
from kundenkreis.records import Column, Exchange, Key, Panel, RecordType, Section, register
from kundenkreis.records.page.next_step import proposed_by

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
            Column("address", _("Address"), panels.address, text=panels.address, extra=True),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "name",
                    "kind",
                    "legal_form",
                    "industry",
                    "employees",
                    "revenue_minor",
                    "founded",
                    "country",
                    "website",
                    "parent",
                ),
            ),
            Section(
                _("Business"),
                (
                    "customer_number",
                    "vat_id",
                    "register_court",
                    "register_number",
                    "portfolio",
                    "contacted_on",
                    "closed_on",
                    "owner_id",
                    "team_id",
                    Column("source", cell=panels.source_tag),
                ),
            ),
        ),
        search=("name", "customer_number", "vat_id", "contact_details__value", "website"),
        filters=("owner_id", "kind", "industry", "country", "portfolio"),
        brief=("industry", "country"),
        called={"parent": _("Subsidiaries")},
        create=commands.create_organisation,
        create_many=commands.create_organisations,
        merges=True,
        remove=commands.remove_organisation,
        remove_many=commands.remove_organisations,
        form=(
            "name",
            "kind",
            "legal_form",
            "industry",
            "employees",
            "revenue_minor",
            "founded",
            "street",
            "postal_code",
            "town",
            "country",
            "website",
            "email",
            "phone",
            "customer_number",
            "vat_id",
            "register_court",
            "register_number",
            "parent",
            "source",
            "portfolio",
            "owner_id",
        ),
        inputs=(EMAIL, PHONE, STREET, POSTAL_CODE, TOWN),
        exchange=Exchange(
            fields=("founded", "website", "customer_number", "vat_id"),
            keys=(
                Key(("customer_number",), _("Customer number")),
                Key(("vat_id",), _("VAT ID")),
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
            DUPLICATES,
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
            Panel(
                "relations",
                "people/relations_panel.html",
                panels.relations_panel,
                "left",
                40,
                shows=("relations", "relations_from_others"),
            ),
            Panel("vat", "people/vat_panel.html", panels.vat_panel, "left", 45),
            Panel("segments", "people/segments_panel.html", panels.segments_panel, position=25),
        ),
    )
)

proposed_by("organisation", proposals.proposals)
