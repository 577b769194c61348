"""Half a year of a real wholesaler's order lines, compared with DuckDB on the raw file."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import pytest
from django.db.models import Count, Max, Sum

from kundenkreis.crm.people.models import Person, SharedFacts
from kundenkreis.crm.sales.models import Order, OrderLine
from kundenkreis.engage.tracking.models import Event
from kundenkreis.integrations.crm.files import header
from kundenkreis.integrations.crm.orders import mapping as mappings
from kundenkreis.integrations.crm.orders.importing import OrderImport, Report
from kundenkreis.integrations.crm.orders.reading import OrderFile
from kundenkreis.integrations.testing import shared_data
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(databases=BOTH)


def load() -> tuple[Report, duckdb.DuckDBPyConnection]:
    path = shared_data("online-retail-h1") / "online_retail_2010-12_2011-05.csv.gz"
    mapping = mappings.fitting(header(path)).with_options()
    report = OrderImport(OrderFile(path, mapping), SYSTEM, lambda problems: None).run()
    raw = duckdb.connect()
    raw.execute("create table raw as select * from read_csv(?, all_varchar = true)", [str(path)])
    return report, raw


def ask(raw: duckdb.DuckDBPyConnection, sql: str) -> tuple[object, ...]:
    found = raw.execute(sql).fetchone()
    assert found is not None
    return tuple(found)


def test_totals_equal_the_raw_file_and_a_second_run_changes_nothing() -> None:
    report, raw = load()
    with raw:
        lines, invoices, customers = ask(
            raw, "select count(*), count(distinct InvoiceNo), count(distinct CustomerID) from raw"
        )
        assert (report.rows, report.refused_rows) == (lines, 0) == (209_029, 0)
        assert OrderLine.objects.count() == lines
        assert Order.objects.count() == invoices == 10_783
        assert Person.objects.filter(orders__isnull=False).distinct().count() == customers == 2_767
        assert Order.objects.filter(kind="cancellation").count() == 1_677
        assert OrderLine.objects.filter(order__kind="cancellation").count() == 3_783
        assert Order.objects.filter(person=None).count() == report.without_person == 1_785
        assert report.several_times == 34
        (total,) = ask(
            raw,
            "select round(sum(Quantity::decimal(15,3) * UnitPrice::decimal(15,4)), 2) from raw",
        )
        net = Order.objects.aggregate(n=Sum("net_minor"))["n"]
        assert Decimal(net) / 100 == total == Decimal("3706827.64")
        assert OrderLine.objects.aggregate(n=Sum("net_minor"))["n"] == net
        _check_purchases(raw)
        _check_facts(raw)
    audited = AuditEntry.objects.using("default").count()
    again, raw = load()
    raw.close()
    assert (again.new, again.known, again.events) == (0, 10_783, 0)
    assert AuditEntry.objects.using("default").count() == audited


def _check_purchases(raw: duckdb.DuckDBPyConnection) -> None:
    """The events say what DuckDB says, also about those who bought three times and then stopped."""
    purchase = "CustomerID is not null and InvoiceNo not like 'C%'"
    (purchases,) = ask(raw, f"select count(distinct InvoiceNo) from raw where {purchase}")  # noqa: S608
    events = Event.objects.filter(type="Order Completed")
    assert events.count() == purchases
    as_of = datetime(2011, 5, 31, 15, 53, tzinfo=ZoneInfo("Europe/London"))
    per_person = events.values("profile_id").annotate(n=Count("id"), last=Max("occurred_at"))
    stopped = per_person.filter(n__gte=3, last__lt=as_of - timedelta(days=60)).count()
    (expected,) = ask(
        raw,
        f"""select count(*) from (select CustomerID from raw where {purchase} group by 1
        having count(distinct InvoiceNo) >= 3
        and max(InvoiceDate::timestamp) < timestamp '2011-05-31 15:53' - interval 60 day)""",  # noqa: S608
    )
    assert stopped == expected == 121


def _check_facts(raw: duckdb.DuckDBPyConnection) -> None:
    """What engage is told about every customer is what DuckDB counts for them."""
    rows = raw.execute(
        """select CustomerID,
        count(distinct InvoiceNo) filter (where InvoiceNo not like 'C%'),
        round(sum(Quantity::decimal(15,3) * UnitPrice::decimal(15,4)) * 100)::bigint
        from raw where CustomerID is not null group by 1"""
    ).fetchall()
    expected = {number: (orders, revenue) for number, orders, revenue in rows}
    held = {
        row.person.customer_number: (
            row.facts["orders"]["value"],
            row.facts["revenue_minor"]["value"],
        )
        for row in SharedFacts.objects.select_related("person")
    }
    different = {number for number in expected if held[number] != expected[number]}
    # A price of a tenth of a penny is rounded per line.
    assert different <= {"13952"}
    assert len(held) == len(expected)
