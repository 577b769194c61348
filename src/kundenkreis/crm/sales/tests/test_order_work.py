"""Staff plan, assign and tag orders; what was ordered they do not touch."""

from __future__ import annotations

from datetime import date

import pytest

from kundenkreis.crm.sales.models import Order
from kundenkreis.crm.sales.order_commands import place_orders
from kundenkreis.crm.sales.order_values import NewOrder
from kundenkreis.crm.sales.records import ORDER
from kundenkreis.kernel import clock
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.testing import ANNA, BOTH, SYSTEM
from kundenkreis.records import write
from kundenkreis.records.bulk.changes import names_of
from kundenkreis.records.due import due_steps
from kundenkreis.records.lists.columns import editable
from kundenkreis.records.page import next_step

pytestmark = pytest.mark.django_db(databases=BOTH)


@pytest.fixture
def order() -> Order:
    new = NewOrder(
        source="shop",
        number="1",
        placed_at=clock.now(),
        currency="EUR",
        net_minor=0,
        tax_minor=0,
        gross_minor=0,
    )
    place_orders(actor=SYSTEM, orders=[new])
    return Order.objects.get()


def test_an_order_comes_back_on_its_day_like_any_record(order: Order) -> None:
    assert next_step.may_plan(ORDER, ANNA, order)
    values = {"next_step": "Nachfassen", "next_step_on": date(2026, 12, 1), "owner_id": 1}
    write.change(ORDER, ANNA, order.pk, order.version, values)
    assert [(kind.name, found.pk) for kind, found in due_steps(ANNA)] == [("order", order.pk)]


def test_what_was_ordered_stays_whatever_is_sent(order: Order) -> None:
    assert set(editable(ORDER, ANNA)) == {
        "owner_id",
        "team_id",
        "tags",
        "next_step",
        "next_step_on",
    }
    assert set(names_of(ORDER, ANNA)) <= set(editable(ORDER, ANNA))
    for name in ("number", "country", "person", "net_minor"):
        with pytest.raises(NotAllowed):
            write.change(ORDER, ANNA, order.pk, None, {name: getattr(order, name)})
    assert not ORDER.may(ANNA, "create")
    assert not ORDER.may(ANNA, "remove")
