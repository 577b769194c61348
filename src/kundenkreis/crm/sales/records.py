"""Opportunities, orders and products as records, and what sales adds to people's pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.panels import source_tag, source_text
from kundenkreis.crm.people.records import TIMELINE
from kundenkreis.crm.sales import cards, commands, panels, proposals, queries
from kundenkreis.crm.sales.customers import firms
from kundenkreis.crm.sales.models import Competitor, Opportunity, Order, Product
from kundenkreis.crm.sales.score_conditions import columns, vocabulary
from kundenkreis.crm.work.records import COMPOSER, UPCOMING
from kundenkreis.kernel.record import EVERY_RECORDS
from kundenkreis.records import (
    Board,
    Column,
    Exchange,
    Key,
    Panel,
    RecordType,
    Section,
    extend,
    register,
)
from kundenkreis.records.page.next_step import proposed_by

# Whoever ordered, or may, is what people look for.
CUSTOMER = ("organisation__name", "person__last_name", "person__first_name")

OPPORTUNITY = register(
    RecordType(
        model=Opportunity,
        slug="opportunities",
        icon="square-kanban",
        query=queries.opportunities,
        order="-changed_at",
        columns=(
            Column("title"),
            Column("organisation", sort=("organisation__name",)),
            Column(
                "stage",
                cell=panels.stage_tag,
                sort=("stage__position",),
                keep=True,
                text=panels.stage_text,
            ),
            Column("value_minor", keep=True),
            Column("expected_on"),
            Column("source", cell=source_tag, sort=("source",), text=source_text),
            Column("next_step"),
            Column("next_step_on"),
            Column("owner_id"),
            Column("changed_at"),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "title",
                    "organisation",
                    "person",
                    "product",
                    "competitor",
                    "value_minor",
                    "expected_on",
                    "opened_on",
                    "closed_on",
                    "owner_id",
                    "team_id",
                    Column("source", cell=source_tag),
                    "lost_reason",
                ),
            ),
        ),
        search=("title", *CUSTOMER),
        filters=("stage", "owner_id", "source"),
        create=commands.create_opportunity,
        change=commands.change_opportunity,
        form=(
            "title",
            "organisation",
            "person",
            "product",
            "stage",
            "value_minor",
            "currency",
            "expected_on",
            "source",
            "owner_id",
        ),
        subtitle=panels.about,
        tags=panels.opportunity_tags,
        figures=panels.opportunity_figures,
        panels=(
            Panel("stages", "sales/stages_panel.html", panels.stages_panel, "centre", 10),
            COMPOSER,
            UPCOMING,
            TIMELINE,
        ),
        board=Board(
            field="stage",
            lanes=panels.lanes,
            move=commands.move_opportunity,
            card=cards.card,
            value="value_minor",
            asks=("lost_reason",),
        ),
        always=("stage", "expected_on", "closed_on"),
        brief=("organisation", "stage", "value_minor"),
        square=True,
    )
)

ORDER = register(
    RecordType(
        model=Order,
        slug="orders",
        icon="receipt",
        query=queries.orders,
        actions=frozenset({"change", "export"}),
        changes=EVERY_RECORDS,  # what was ordered is told by the shop or the ERP
        order="-placed_at",
        columns=(
            Column("number"),
            Column(
                "customer",
                _("Customer"),
                panels.customer_link,
                keep=True,
                text=panels.customer_name,
            ),
            Column("placed_at"),
            Column("state", cell=panels.state_tag, sort=("state",), text=panels.state_text),
            Column("net_minor", keep=True),
            Column("gross_minor"),
            Column("source"),
            Column("country"),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "placed_at",
                    "cancelled_at",
                    "person",
                    "organisation",
                    "kind",
                    "source",
                    "country",
                    "voucher",
                    "owner_id",
                ),
            ),
        ),
        search=("number", *CUSTOMER),
        filters=("state", "kind", "source"),
        subtitle=panels.customer_name,
        tags=panels.order_tags,
        figures=panels.order_figures,
        panels=(
            Panel(
                "lines",
                "sales/lines_panel.html",
                panels.lines_panel,
                "centre",
                20,
                shows=("lines__product",),
            ),
            COMPOSER,
            UPCOMING,
            TIMELINE,
        ),
        always=("placed_at", "cancelled_at", "state", "kind"),
        brief=("placed_at", "state", "net_minor"),
        square=True,
    )
)

PRODUCT = register(
    RecordType(
        model=Product,
        slug="products",
        icon="package",
        query=queries.products,
        order="name",
        columns=(
            Column("name"),
            Column("sku", keep=True),
            Column("series"),
            Column("price", keep=True),
            Column("currency"),
            Column("source", cell=source_tag, sort=("source",), text=source_text),
        ),
        sections=(Section(_("Facts"), ("name", "sku", "series", "price", "currency", "source")),),
        search=("name", "sku"),
        exchange=Exchange(keys=(Key(("sku",), _("Article number")),)),
        filters=("series", "source"),
        square=True,
    )
)

COMPETITOR = register(
    RecordType(
        model=Competitor,
        slug="competitors",
        icon="swords",
        order="name",
        columns=(Column("name"), Column("website", keep=True), Column("changed_at")),
        sections=(Section(_("Facts"), ("name", "website", "strengths", "weaknesses", "owner_id")),),
        search=("name", "website", "strengths", "weaknesses"),
        square=True,
    )
)

OPEN = Panel(
    "opportunities",
    "sales/opportunities_panel.html",
    panels.of_person,
    position=30,
    shows=("opportunities",),
)
# Of an organisation and its people; a person's own are a list like all others.
ORDERS = Panel(
    "orders", "sales/orders_panel.html", panels.orders_panel, position=40, shows=("orders",)
)
REVENUE = Panel("revenue", "sales/revenue_panel.html", panels.revenue_panel, "centre", 30)

SCORES = Panel("scores", "sales/scores_panel.html", panels.scores_panel, position=35)

for name, shown in (
    ("person", (OPEN, SCORES, REVENUE)),
    ("organisation", (OPEN, SCORES, ORDERS, REVENUE)),
):
    extend(
        name,
        panels=shown,
        figures=panels.sales_figures,
        buttons=panels.new_opportunity,
        vocabulary=vocabulary,
        columns=columns,
    )
    proposed_by(name, proposals.proposals)

extend("order", vocabulary=firms)
