"""Portfolios of customers as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import panels
from kundenkreis.crm.people.models import Portfolio
from kundenkreis.records import Column, Panel, RecordType, Section, register

PORTFOLIO = register(
    RecordType(
        model=Portfolio,
        slug="portfolios",
        icon="briefcase",
        order="name",
        columns=(Column("name"), Column("visit_days", keep=True), Column("owner_id", keep=True)),
        sections=(Section(_("Facts"), ("name", "visit_days", "about", "owner_id", "team_id")),),
        search=("name", "about"),
        filters=("owner_id",),
        form=("name", "visit_days", "about", "owner_id"),
        square=True,
        panels=(Panel("waiting", "people/waiting_panel.html", panels.waiting_panel, "centre", 20),),
        about=_("Customers whom one person looks after, and how often they are to hear from us."),
    )
)
