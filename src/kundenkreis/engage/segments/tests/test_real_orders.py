"""Half a year of a real wholesaler's orders: the shipped templates against DuckDB on the raw file.

A purchase is an invoice whose number has no C, at the first of its timestamps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments import commands
from kundenkreis.engage.segments.definitions import definition_of
from kundenkreis.engage.segments.evaluating import moment_of
from kundenkreis.engage.segments.models import Membership, Segment, Timer
from kundenkreis.engage.segments.nodes.rfm import Rfm
from kundenkreis.engage.segments.nodes.selecting import Selector
from kundenkreis.engage.segments.people import count
from kundenkreis.engage.segments.queries import live_count
from kundenkreis.engage.segments.templates import LAPSED_REGULARS, ORDER
from kundenkreis.engage.tracking.models import Event
from kundenkreis.kernel import bulk, store
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.conditions import All, Compare, Duration, Not, Unit
from kundenkreis.kernel.money import Money
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, SYSTEM

pytestmark = pytest.mark.django_db(databases=["engage"])
AS_OF = datetime(2011, 5, 31, 15, 53, tzinfo=UTC)

ORDERS = """
create table orders as
select InvoiceNo as invoice, CustomerID::int as who, min(InvoiceDate::timestamp) as placed,
       round(sum(Quantity::int * UnitPrice::decimal(18, 3)) * 100)::bigint as minor
from read_csv(?, all_varchar = true)
where InvoiceNo not like 'C%' and CustomerID <> ''
group by all
"""


@pytest.fixture
def raw(shared_data: Callable[[str], Path]) -> Iterator[Any]:
    """The orders as DuckDB reads them; the same ones as events."""
    file = shared_data("online-retail-h1") / "online_retail_2010-12_2011-05.csv.gz"
    with duckdb.connect() as database:
        database.execute(ORDERS, [str(file)])
        rows = database.execute("select who, invoice, placed, minor from orders").fetchall()
        columns = ("version", "custom", "created_at", "changed_at", "known", "traits", "facts")
        with store.group(Side.ENGAGE):
            customers = sorted({row[0] for row in rows})
            made = [(1, "{}", AS_OF, AS_OF, True, "{}", "{}")] * len(customers)
            extra = {"trait_times": "{}", "last_seen_at": AS_OF}
            made = [(*row, *extra.values()) for row in made]
            ids = bulk.insert(Profile, (*columns, *extra), made, returning="id")
            profile = dict(zip(customers, ids, strict=True))
            bulk.insert(
                Event,
                (
                    "source_id", "message_id", "profile_id", "type", "key", "occurred_at",
                    "received_at", "value_minor", "currency", "properties", "v",
                ),
                [
                    (
                        1, invoice, profile[who], ORDER, invoice, placed.replace(tzinfo=UTC),
                        AS_OF, minor, "GBP", "{}", 1,
                    )
                    for who, invoice, placed, minor in rows
                ],
            )  # fmt: skip
        yield database


def test_it_finds_121_regulars_who_have_stopped(raw: Any) -> None:
    sql = """select count(*) from (select who from orders group by who
             having count(*) >= 3 and max(placed) <= timestamp '2011-05-31 15:53' - interval 60 day)"""
    assert raw.execute(sql).fetchall() == [(121,)]
    assert live_count(ANNA, LAPSED_REGULARS.definition, AS_OF).size == 121
    with freeze(AS_OF):
        made = commands.create_segment(
            actor=SYSTEM,
            name=LAPSED_REGULARS.names,
            definition=LAPSED_REGULARS.definition,
            activate=True,
        )
        commands.refresh_segment(made.pk)
    assert Segment.objects.get(pk=made.pk).size == 121
    assert Membership.objects.filter(segment_id=made.pk).count() == 121
    # Everybody with three purchases, the last within 60 days, will be a member unless they buy.
    waiting = "select count(*) from (select who from orders group by who having count(*) >= 3) "
    (regulars,) = raw.execute(waiting).fetchone()
    assert Timer.objects.filter(segment_id=made.pk).count() == regulars - 121


@pytest.mark.parametrize(
    ("recency", "frequency", "monetary"),
    [((4, 5), (4, 5), (4, 5)), ((1, 2), (4, 5), (4, 5)), ((), (1,), ()), ((5,), (), (3,))],
)
def test_it_scores_recency_frequency_and_value_as_stated(
    raw: Any, recency: tuple[int, ...], frequency: tuple[int, ...], monetary: tuple[int, ...]
) -> None:
    score = "1 + 5 * (rank() over (order by {}) - 1) // count(*) over ()"
    wanted = " and ".join(
        f"{name} in {allowed if len(allowed) > 1 else f'({allowed[0]})'}"
        for name, allowed in (("r", recency), ("f", frequency), ("m", monetary))
        if allowed
    )
    sql = f"""select count(*) from (select {score.format("max(placed)")} as r,
              {score.format("count(*)")} as f, {score.format("sum(minor)")} as m
              from orders group by who) where {wanted}"""  # noqa: S608 - nothing comes from outside
    (expected,) = raw.execute(sql).fetchone()
    node = Rfm(Selector(ORDER), "GBP", recency, frequency, monetary)
    assert count(node, moment_of(AS_OF)) == expected > 0


def test_it_puts_every_customer_into_one_of_125_groups(raw: Any) -> None:
    customers = raw.execute("select count(distinct who) from orders").fetchone()[0]
    everybody = Rfm(Selector(ORDER), "GBP")
    assert count(everybody, moment_of(AS_OF)) == customers
    best = Rfm(Selector(ORDER), "GBP", (5,), (5,), (5,))
    others = All((everybody, Not(best)))
    assert count(best, moment_of(AS_OF)) + count(others, moment_of(AS_OF)) == customers


def test_it_ignores_what_happened_after_the_instant(raw: Any) -> None:
    early = datetime(2011, 1, 31, tzinfo=UTC)
    sql = """select count(*) from (select who from orders where placed <= timestamp '2011-01-31'
             group by who having count(*) >= 3 and max(placed) <= timestamp '2011-01-31' - interval 30 day)"""
    (expected,) = raw.execute(sql).fetchone()
    tree = LAPSED_REGULARS.tree
    assert isinstance(tree, All)
    often, never = tree.children
    month = type(never)(Selector(ORDER, Duration(30, Unit.DAYS)))
    assert count(All((often, month)), moment_of(early)) == expected > 0


def test_it_adds_up_values_to_the_penny(raw: Any) -> None:
    from kundenkreis.engage.segments.nodes.summing import SumOf

    for edge in (100_000, 500_000):
        sql = "select count(*) from (select who from orders group by who having sum(minor) >= ?)"
        (expected,) = raw.execute(sql, [edge]).fetchone()
        tree = SumOf(Selector(ORDER), "value", "gte", Money(edge, "GBP"))
        assert count(tree, moment_of(AS_OF)) == expected > 0
        assert live_count(ANNA, definition_of(tree), AS_OF).size == expected
        known = All((tree, Compare("known", "is", True)))
        assert count(known, moment_of(AS_OF)) == expected
