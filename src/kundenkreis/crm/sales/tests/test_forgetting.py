"""Orders stay for as long as the law says and then go; an open opportunity is not forgotten."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import SharedFacts
from kundenkreis.crm.sales import commands
from kundenkreis.crm.sales.models import Opportunity, Order, OrderLine, Stage
from kundenkreis.crm.sales.order_commands import place_order
from kundenkreis.crm.sales.order_values import NewLine, NewOrder
from kundenkreis.kernel.clock import freeze, now
from kundenkreis.kernel.forgetting import forget
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import CRM, SYSTEM

pytestmark = pytest.mark.django_db(databases=CRM)


def buy(person_id: int, number: str) -> Order:
    line = NewLine(sku="L1", name="Lupe", quantity=Decimal(1), unit_price=Decimal(1), net_minor=100)
    new = NewOrder(
        source="shop", number=number, placed_at=now(), person_id=person_id,
        net_minor=100, tax_minor=0, gross_minor=100, currency="EUR", lines=(line,),
    )  # fmt: skip
    return place_order(actor=SYSTEM, order=new)


def test_orders_go_at_the_end_of_the_tenth_year_after_theirs_and_no_earlier() -> None:
    with freeze("2026-01-02T12:00:00Z") as clock:
        person = people.create_person(actor=SYSTEM, last_name="Weiß")
        buy(person.pk, "old")
        clock.advance(days=400)
        buy(person.pk, "new")
        # Ten years from the end of 2026.
        clock.instant = clock.instant.replace(year=2036, month=12, day=31)
        forget(Side.CRM)
        assert Order.objects.count() == 2
        clock.instant = clock.instant.replace(year=2037, month=1, day=3)
        forget(Side.CRM)
        assert [order.number for order in Order.objects.all()] == ["new"]
        assert OrderLine.objects.count() == 1
        facts = SharedFacts.objects.get(person=person).facts
        assert (facts["orders"]["value"], facts["revenue_minor"]["value"]) == (1, 100)


def test_only_a_closed_opportunity_is_forgotten() -> None:
    with freeze("2026-11-21T12:00:00Z") as clock:
        commands.ship_pipeline(actor=SYSTEM)
        kept, lost = (
            commands.create_opportunity(actor=SYSTEM, title=title) for title in ("open", "lost")
        )
        stage = Stage.objects.get(kind=Stage.Kind.LOST)
        commands.move_opportunity(
            actor=SYSTEM, opportunity_id=lost.pk, stage_id=stage.pk, lost_reason="price"
        )
        clock.advance(days=1100)
        forget(Side.CRM)
        assert list(Opportunity.objects.all()) == [kept]
