"""What the pages of sales show: cells, key figures, lanes and panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.queries import group_of
from kundenkreis.crm.sales import queries
from kundenkreis.crm.sales.customers import all_orders
from kundenkreis.crm.sales.models import Opportunity, Order, Stage
from kundenkreis.crm.sales.rhythm import Pace, rhythm
from kundenkreis.crm.sales.scores import GROUPS, score_of
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.fields import translated
from kundenkreis.kernel.money import CURRENCY, Money
from kundenkreis.records import Button, Figure, Lane, Tag, named
from kundenkreis.records.cells import linked
from kundenkreis.records.page.once import once
from kundenkreis.ui import charts, formats, parts

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN, COUNTED = 5, 500  # orders of a firm on its page
CLOSED_FOR = 90  # days a closed opportunity stays on the board
OPEN_TONES = ("", "blue", "amber", "violet")
business = once(queries.business)
open_sales = once(queries.open_sales)
TONES = {Stage.Kind.WON: "green", Stage.Kind.LOST: "red"}


def stage_tone(stage: Stage) -> str:
    return TONES.get(Stage.Kind(stage.kind), OPEN_TONES[stage.position % len(OPEN_TONES)])


def stage_tag(opportunity: Opportunity) -> SafeString:
    return parts.tag(str(opportunity.stage), stage_tone(opportunity.stage))


def stage_text(opportunity: Opportunity) -> str:
    return str(opportunity.stage)


def lanes(viewer: Viewer, chosen: Mapping[str, str]) -> Sequence[Lane]:
    """The stages of one pipeline: the chosen one, else the first."""
    known = queries.pipelines(viewer)
    pipeline = next((p for p in known if p.slug == chosen.get("pipeline")), None)
    pipeline = pipeline or next(iter(known), None)
    since = clock.today(settings.COMPANY_ZONE) - timedelta(days=CLOSED_FOR)
    return [
        Lane(
            key=stage.pk,
            title=translated(stage.label),
            tone=stage_tone(stage),
            weight=stage.probability,
            note="" if stage.kind == Stage.Kind.OPEN else _("last 90 days"),
            where=None if stage.kind == Stage.Kind.OPEN else Q(closed_on__gte=since),
            adds=stage.kind == Stage.Kind.OPEN,
            zone=stage.kind == Stage.Kind.LOST,
        )
        for stage in (queries.stages_of(pipeline.pk) if pipeline else [])
    ]


def opportunity_tags(opportunity: Opportunity) -> Iterable[Tag]:
    yield Tag(str(opportunity.stage), stage_tone(opportunity.stage))


def about(opportunity: Opportunity) -> str:
    return str(opportunity.organisation or opportunity.person or "")


def opportunity_figures(viewer: Viewer, opportunity: Opportunity) -> Iterable[Figure]:
    stage, value = opportunity.stage, opportunity.value_minor
    money = (
        "–" if value is None else formats.money(value, opportunity.currency or CURRENCY, whole=True)
    )
    weighted = ""
    if value is not None and stage.kind == Stage.Kind.OPEN:
        minor = round(value * stage.probability / 100)
        weighted = _("weighted %(sum)s") % {
            "sum": formats.money(minor, opportunity.currency or CURRENCY, whole=True)
        }
    if viewer.sees("crm.opportunity", "value_minor"):
        yield Figure(_("Value"), money, weighted)
    yield Figure(_("Chance"), formats.percent(stage.probability / 100), str(stage))
    days = (clock.now() - opportunity.stage_since).days
    yield Figure(
        _("In this stage"), ngettext("%(n)s day", "%(n)s days", days) % {"n": formats.number(days)}
    )
    if opportunity.expected_on:
        late = opportunity.expected_on < clock.today(settings.COMPANY_ZONE)
        open_ = stage.kind == Stage.Kind.OPEN
        yield Figure(
            _("Expected close"),
            formats.short_day(opportunity.expected_on),
            _("overdue") if late and open_ else "",
            "bad" if late and open_ else "",
        )


def stages_panel(viewer: Viewer, opportunity: Opportunity) -> Mapping[str, Any]:
    may = named("opportunity").reaches(viewer, "change", opportunity)
    steps, state = [], "done"
    for stage in queries.stages_of(opportunity.stage.pipeline_id):
        current = stage.pk == opportunity.stage_id
        state = "current" if current else "ahead" if state == "current" else state
        steps.append({"label": str(stage), "state": state, "pk": stage.pk, "may": may})
    return {"steps": steps}


def of_person(viewer: Viewer, record: Person | Organisation) -> Mapping[str, Any] | None:
    """The open opportunities panel of a person or organisation."""
    if not viewer.may("crm.opportunity.read"):
        return None
    found = open_sales(viewer, record)
    name = "person" if isinstance(record, Person) else "organisation"
    return {
        "opportunities": found.next,
        "count": found.count,
        "total": found.value,
        "name": name,
        "may_create": viewer.may("crm.opportunity.create"),
    }


def orders_panel(viewer: Viewer, record: Organisation) -> Mapping[str, Any] | None:
    if not viewer.may("crm.order.read"):
        return None
    rows = queries.orders_of(viewer, record)
    number = len(rows.order_by().values_list("pk")[: COUNTED + 1])
    return {
        "orders": list(rows.order_by("-placed_at", "-id")[:SHOWN]),
        "number": f"> {formats.number(COUNTED)}" if number > COUNTED else formats.number(number),
        "all_url": all_orders(viewer, record) if number > SHOWN else "",
    }


def sales_figures(viewer: Viewer, record: Person | Organisation) -> Iterable[Figure]:
    if viewer.may("crm.order.read"):
        found = business(viewer, record)
        change, tone = "", ""
        if found.revenue.minor <= 10 * found.before:  # beyond that a percentage says nothing
            share = found.revenue.minor / found.before - 1 if found.before else 0
            change = ("+" if share > 0 else "") + formats.percent(share)
            tone = "good" if share > 0 else "bad" if share < 0 else ""
        if viewer.sees("crm.order", "net_minor"):
            revenue = formats.money(found.revenue, whole=True)
            yield Figure(_("Revenue 12 months"), revenue, change, tone)
        yield Figure(_("Orders"), formats.number(found.count), _with_parts(viewer, record))
        yield from _last_order(found)
    if viewer.may("crm.opportunity.read"):
        offered = open_sales(viewer, record)
        text = ngettext("%(n)s opportunity", "%(n)s opportunities", offered.count)
        value, count = formats.money(offered.value, whole=True), text % {"n": offered.count}
        if viewer.sees("crm.opportunity", "value_minor"):
            yield Figure(_("Open opportunities"), value, count)
        else:
            yield Figure(_("Open opportunities"), formats.number(offered.count))


PACES: dict[Pace, tuple[StrOrPromise, str]] = {
    Pace.USUAL: (_("as usual, every %(usual)s days"), "good"),
    Pace.OVERDUE: (_("overdue, else every %(usual)s days"), "bad"),
    Pace.STOPPED: (_("stopped, once every %(usual)s days"), "bad"),
}


def _last_order(found: queries.Business) -> Iterable[Figure]:
    """When the last order was, and whether that is as usual for them."""
    if found.first is None or found.last is None:
        return
    known = rhythm(found.count, found.first, found.last, clock.today(settings.COMPANY_ZONE))
    words, tone = PACES.get(known.pace, (formats.day(found.last), ""))
    note = str(words) % {"usual": formats.number(known.usual)} if known.usual else words
    yield Figure(_("Last order"), formats.relative(found.last), note, tone)


def _with_parts(viewer: Viewer, record: Person | Organisation) -> StrOrPromise:
    """Whether the figures of an organisation are also those of its subsidiaries."""
    parts = 0 if isinstance(record, Person) else len(group_of(viewer, record)) - 1
    if not parts:
        return _("ever")
    text = ngettext("with %(n)s subsidiary", "with %(n)s subsidiaries", parts)
    return text % {"n": formats.number(parts)}


def scores_panel(viewer: Viewer, record: Person | Organisation) -> Mapping[str, Any] | None:
    """How a customer buys beside all others: three scores, each with what it follows from."""
    found = score_of(viewer, record)
    if found is None:
        return None
    score = found.score
    count = ngettext("%(n)s order", "%(n)s orders", score.orders)
    return {
        "rows": [
            (_("Last order"), score.recency, formats.relative(score.last_at)),
            (_("Number of orders"), score.frequency, count % {"n": formats.number(score.orders)}),
            (
                _("Revenue"),
                score.monetary,
                formats.money(Money(score.net_minor, CURRENCY), whole=True),
            ),
        ],
        "of": GROUPS,
        "at": found.at,
        "customers": found.customers,
    }


def revenue_panel(viewer: Viewer, record: Person | Organisation) -> Mapping[str, Any] | None:
    """Revenue by month as a chart; left out when there was none."""
    if not (viewer.may("crm.order.read") and viewer.sees("crm.order", "net_minor")):
        return None
    found = business(viewer, record)
    months, currency = found.by_month, found.revenue.currency
    if not any(minor for _month, minor in months):
        return None
    short = formats.style().months
    spec: charts.Chart = {
        "kind": "bar",
        "axis": str(_("Month")),
        "labels": [short[month.month - 1].rstrip(".")[:4] for month, _minor in months],
        "series": [{"name": str(_("Revenue")), "values": [float(minor) for _m, minor in months]}],
        "format": f"money:{currency}",
    }
    return {"chart": spec}


def customer_link(order: Order) -> SafeString | str:
    found = order.person or order.organisation
    return linked(found) if found else ""


def customer_name(order: Order) -> str:
    return str(order.person or order.organisation or "")


def order_tags(order: Order) -> Iterable[Tag]:
    if order.state == Order.State.CANCELLED:
        yield Tag(order.get_state_display(), "red")
    elif order.kind == Order.Kind.CANCELLATION:
        yield Tag(order.get_kind_display(), "amber")
    else:
        yield Tag(order.get_state_display(), "green")


def state_tag(order: Order) -> SafeString:
    found = next(iter(order_tags(order)))
    return parts.tag(found.label, found.tone)


def state_text(order: Order) -> str:
    return str(next(iter(order_tags(order))).label)


def lines_panel(viewer: Viewer, order: Order) -> Mapping[str, Any]:
    return {
        "lines": queries.lines_of(order),
        "may_open": viewer.may("crm.product.read"),
        "amounts": viewer.sees("crm.order", "net_minor"),
    }


def order_figures(viewer: Viewer, order: Order) -> Iterable[Figure]:
    net, gross = (viewer.sees("crm.order", name) for name in ("net_minor", "gross_minor"))
    for label, minor, seen in (
        (_("Net"), order.net_minor, net),
        (_("Tax"), order.tax_minor, net and gross),
        (_("Gross"), order.gross_minor, gross),
    ):
        if seen:
            yield Figure(label, formats.money(minor, order.currency))


def new_opportunity(viewer: Viewer, record: Person | Organisation) -> Iterable[Button]:
    if viewer.may("crm.opportunity.create"):
        name = "person" if isinstance(record, Person) else "organisation"
        url = f"/crm/opportunities/new/?{name}={record.pk}"
        yield Button(_("New opportunity"), url, icon="plus", primary=True)
