"""Reading opportunities, orders and products, and the figures they add up to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Count, Max, Min, Q, QuerySet, Sum, When
from django.db.models.functions import TruncMonth

from kundenkreis.crm.people.models import Affiliation, Organisation, Person
from kundenkreis.crm.people.queries import group_of
from kundenkreis.crm.sales.models import Opportunity, Order, OrderLine, Pipeline, Product, Stage
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer, readable_at, reads_all, visible
from kundenkreis.kernel.money import CURRENCY, Money
from kundenkreis.records.page.once import once

MONTHS = 12
# What a row shows of whom and what it refers to; the rest would be most of what is read.
CUSTOMER = (
    "organisation__name",
    "person__title",
    "person__first_name",
    "person__name_prefix",
    "person__last_name",
    "person__name_suffix",
    "person__customer_number",
)
STAGE = (
    "stage__label",
    "stage__kind",
    "stage__probability",
    "stage__position",
    "stage__pipeline",
)


def opportunities(viewer: Viewer) -> QuerySet[Opportunity]:
    """Opportunities the viewer may read."""
    rows = visible(viewer, Opportunity.objects.all(), "crm.opportunity.read")
    return _with(viewer, rows, *CUSTOMER, *STAGE)


def open_opportunities(viewer: Viewer) -> QuerySet[Opportunity]:
    return opportunities(viewer).filter(stage__kind=Stage.Kind.OPEN)


def opportunities_of(viewer: Viewer, record: Person | Organisation) -> QuerySet[Opportunity]:
    """Open ones of a person, or of an organisation with its people and subsidiaries, the next to
    close first."""
    if isinstance(record, Person):
        mine = Q(person=record)
    else:
        people = _group_people(viewer, record)
        mine = Q(organisation__in=group_of(viewer, record))
        mine |= Q(organisation=None, person_id__in=people)
    return open_opportunities(viewer).filter(mine).order_by("expected_on", "id")


def closing_soon(viewer: Viewer, until: date, limit: int = 8) -> list[Opportunity]:
    """The viewer's own open opportunities expected to close by a day, also overdue ones."""
    own = open_opportunities(viewer).filter(owner_id__in=viewer.owners, expected_on__lte=until)
    return list(own.order_by("expected_on", "id")[:limit])


def pipelines(viewer: Viewer) -> list[Pipeline]:
    return list(Pipeline.objects.order_by("position", "pk")[:50])


def stages_of(pipeline_id: int) -> list[Stage]:
    """A pipeline's stages in their order; at most 30."""
    return list(Stage.objects.filter(pipeline_id=pipeline_id).order_by("position", "pk")[:30])


def orders(viewer: Viewer) -> QuerySet[Order]:
    """Orders the viewer may read, with who ordered."""
    rows = visible(viewer, Order.objects.all(), "crm.order.read")
    return _with(viewer, rows, *CUSTOMER)


def orders_of(viewer: Viewer, record: Person | Organisation) -> QuerySet[Order]:
    """Orders of a person, or of an organisation and its people."""
    if isinstance(record, Person):
        return orders(viewer).filter(person=record)
    people = _people_of(viewer, record)
    return orders(viewer).filter(Q(organisation=record) | Q(person_id__in=people))


def group_orders(viewer: Viewer, record: Person | Organisation) -> QuerySet[Order]:
    """The same, of an organisation with all its subsidiaries and their people."""
    if isinstance(record, Person) or len(group := group_of(viewer, record)) == 1:
        return orders_of(viewer, record)
    people = _group_people(viewer, record)
    return orders(viewer).filter(Q(organisation__in=group) | Q(person_id__in=people))


@once
def _group_people(viewer: Viewer, organisation: Organisation) -> list[int]:
    """Those of an organisation and its subsidiaries; see `_people_in`."""
    group = group_of(viewer, organisation)
    return _people_of(viewer, organisation) if len(group) == 1 else _people_in(viewer, group)


@once
def _people_of(viewer: Viewer, organisation: Organisation) -> list[int]:
    """Those of an organisation; see `_people_in`."""
    return _people_in(viewer, [organisation.pk])


def _people_in(viewer: Viewer, organisations: list[int]) -> list[int]:
    """Those the viewer may read: whoever else works there is not known to.

    By number: for "or" with a query in it PostgreSQL would read all orders there are.
    """
    roles = Affiliation.objects.filter(organisation__in=organisations).order_by()
    if not reads_all(viewer, Person):
        people = visible(viewer, Person.objects.all(), "crm.person.read")
        roles = roles.filter(person__in=people.order_by().values("pk"))
    return list(roles.values_list("person_id", flat=True).distinct())


def lines_of(order: Order, limit: int = 200) -> list[OrderLine]:
    return list(order.lines.order_by("position")[:limit])


def products(viewer: Viewer) -> QuerySet[Product]:
    return visible(viewer, Product.objects.all(), "crm.product.read")


@dataclass(frozen=True, slots=True)
class Business:
    """What somebody's orders add up to, net of tax and without cancelled ones; the days of the
    first and last one, and the last twelve calendar months, oldest first, in the company's zone."""

    count: int
    revenue: Money
    before: int
    first: date | None = None
    last: date | None = None
    by_month: tuple[tuple[date, int], ...] = ()


def business(viewer: Viewer, record: Person | Organisation) -> Business:
    """Orders ever, revenue of the last twelve months, and of the twelve months before (minor
    units); in the currency with the most revenue. All in one question, by month."""
    valid = group_orders(viewer, record).filter(state=Order.State.PLACED).order_by()
    year, earlier = _months_ago(MONTHS), _months_ago(2 * MONTHS)
    # What is older is one group, whose months nobody finds out.
    recent = Case(When(placed_at__gte=earlier, then="placed_at"), default=None)
    month = TruncMonth(recent, tzinfo=ZoneInfo(settings.COMPANY_ZONE))
    found = valid.values("currency", month=month).annotate(
        count=Count("pk", filter=Q(kind=Order.Kind.ORDER)),
        first=Min("placed_at", filter=Q(kind=Order.Kind.ORDER)),
        last=Max("placed_at", filter=Q(kind=Order.Kind.ORDER)),
        net=Sum("net_minor"),
    )
    known: list[dict[str, Any]] = [dict(row) for row in found[: 20 * 3 * MONTHS]]
    if not known:
        return Business(0, Money(0, CURRENCY), 0)
    now, before = Counter[str](), Counter[str]()
    for row in known:
        if row["month"] is not None:
            (now if row["month"] >= year else before)[row["currency"]] += row["net"]
    most = max((row["currency"] for row in known), key=lambda code: (now[code], before[code]))
    count = sum(row["count"] for row in known)
    first = min((row["first"] for row in known if row["first"]), default=None)
    last = max((row["last"] for row in known if row["last"]), default=None)
    sums: dict[datetime | None, int] = {
        row["month"]: row["net"] for row in known if row["currency"] == most
    }
    months = [_months_ago(number) for number in range(MONTHS - 1, -1, -1)]
    by_month = tuple((month.date(), sums.get(month, 0)) for month in months)
    return Business(count, Money(now[most], most), before[most], _day(first), _day(last), by_month)


def _day(at: datetime | None) -> date | None:
    return at.astimezone(ZoneInfo(settings.COMPANY_ZONE)).date() if at else None


@dataclass(frozen=True, slots=True)
class OpenSales:
    """The open opportunities that are next to close, how many there are, and their value in the
    largest currency."""

    next: list[Opportunity]
    count: int
    value: Money


def open_sales(viewer: Viewer, record: Person | Organisation, shown: int = 10) -> OpenSales:
    rows = opportunities_of(viewer, record)
    found = list(rows[: shown + 1])
    if len(found) <= shown:  # nearly always: then there is nothing left to be asked
        sums: dict[str, int] = {}
        for one in found:
            sums[one.currency] = sums.get(one.currency, 0) + (one.value_minor or 0)
        return OpenSales(found, len(found), _largest(sums))
    if not viewer.sees("crm.opportunity", "value_minor"):
        return OpenSales(found[:shown], rows.order_by().count(), Money(0, CURRENCY))
    grouped = rows.order_by().values("currency")
    by_currency = list(grouped.annotate(count=Count("pk"), total=Sum("value_minor"))[:20])
    largest = _largest({row["currency"]: row["total"] or 0 for row in by_currency})
    return OpenSales(found[:shown], sum(row["count"] for row in by_currency), largest)


def _largest(sums: dict[str, int]) -> Money:
    currency = max(sums, key=lambda code: sums[code], default=CURRENCY)
    return Money(sums.get(currency, 0), currency)


def _with[M: Any](viewer: Viewer, rows: QuerySet[M], *related: str) -> QuerySet[M]:
    """Rows with these columns of what they refer to, as far as the viewer may read it.

    Of the rest the read door has seen to what is shown.
    """
    model = rows.model
    own = [column.name for column in model._meta.concrete_fields]
    shown = [name for name in related if readable_at(viewer, model, name) == Q()]
    along = {name.partition("__")[0] for name in shown}
    rows = rows.only(*own, *shown)
    return rows.select_related(*along) if along else rows


def _months_ago(number: int) -> datetime:
    """The first of the month that many months ago, as an instant in the company's zone."""
    day = _plus(clock.today(settings.COMPANY_ZONE).replace(day=1), -number)
    return datetime(day.year, day.month, 1, tzinfo=ZoneInfo(settings.COMPANY_ZONE))


def _plus(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
