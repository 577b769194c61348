from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from kundenkreis.crm.accounts.shipped import ROLES
from kundenkreis.crm.people.customer_commands import Customer
from kundenkreis.crm.people.models import ContactDetail, Person, SharedFacts, TimelineEntry
from kundenkreis.crm.sales.models import Order, OrderLine, Product
from kundenkreis.crm.sales.order_commands import cancel_order, place_order, place_orders
from kundenkreis.crm.sales.order_values import AmountsDoNotAdd, NewLine, NewOrder
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import NotAllowed, NotFound
from kundenkreis.kernel.models import AuditEntry, OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, CRM
from kundenkreis.records import named

pytestmark = pytest.mark.django_db(databases=CRM)

LINK = UUID(int=7)
AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # 21 November in Berlin


def new_order(number: str = "A1", net: int = 1000, **values: object) -> NewOrder:
    line = NewLine.priced(
        sku="T1",
        name="Tasse",
        quantity=Decimal(2),
        unit_price=Decimal(net) / 200,
        currency="EUR",
    )
    customer = Customer(
        link_id=LINK,
        customer_number="K-1",
        first_name="Jana",
        last_name="Weiß",
        email="jana@example.org",
        phone="+49 30 123456",
        postal="Weg 1, 10115 Berlin",
    )
    said = {
        "source": "shop",
        "number": number,
        "placed_at": AT,
        "net_minor": net,
        "tax_minor": net * 19 // 100,
        "gross_minor": net + net * 19 // 100,
        "currency": "EUR",
        "lines": (line,),
        "customer": customer,
    }
    return NewOrder(**{**said, **values})  # type: ignore[arg-type]


def facts() -> dict[str, object]:
    row = SharedFacts.objects.get()
    return {name: fact["value"] for name, fact in row.facts.items()}


def told() -> list[int]:
    messages = OutboxMessage.objects.using("default").filter(name="crm.people.FactsChanged")
    return [message.payload["version"] for message in messages.order_by("id")]


def test_it_takes_an_order_with_its_customer_lines_and_timeline() -> None:
    order = place_order(actor=ANNA, order=new_order())
    person = Person.objects.get()
    assert (order.person, person.link_id, person.is_customer) == (person, LINK, True)
    assert (str(person), person.customer_number) == ("Jana Weiß", "K-1")
    assert sorted(ContactDetail.objects.values_list("kind", "value")) == [
        ("email", "jana@example.org"),
        ("phone", "+49 30 123456"),
        ("postal", "Weg 1, 10115 Berlin"),
    ]
    assert OrderLine.objects.get().net_minor == 1000
    entry = TimelineEntry.objects.get()
    assert (entry.kind, entry.person, entry.reference) == ("order", person, f"crm.order:{order.pk}")


def test_it_shares_facts_in_the_companys_zone() -> None:
    place_order(actor=ANNA, order=new_order())
    assert facts() == {
        "is_customer": True,
        "orders": 1,
        "revenue_minor": 1000,
        "currency": "EUR",
        "first_order_on": "2026-11-21",
        "last_order_on": "2026-11-21",
    }
    assert told() == [1]


def test_an_order_that_comes_again_changes_nothing() -> None:
    first = place_order(actor=ANNA, order=new_order())
    audited = AuditEntry.objects.using("default").count()
    assert place_order(actor=ANNA, order=new_order()).pk == first.pk
    again = place_orders(actor=ANNA, orders=[new_order(), new_order(net=2000)])
    assert (again.new, len(again.known), len(again.different)) == ([], 1, 1)
    assert AuditEntry.objects.using("default").count() == audited
    assert told() == [1]


def test_one_batch_with_the_same_order_twice_takes_it_once() -> None:
    placed = place_orders(actor=ANNA, orders=[new_order(), new_order(), new_order("A2")])
    assert [order.number for order in placed.new] == ["A1", "A2"]
    assert facts()["orders"] == 2


def test_it_refuses_amounts_that_do_not_add_up() -> None:
    with pytest.raises(AmountsDoNotAdd):
        place_order(actor=ANNA, order=new_order(gross_minor=1))
    assert not Order.objects.exists()


def test_it_recognises_a_customer_by_number_and_completes_them() -> None:
    place_order(actor=ANNA, order=new_order("A1", customer=Customer(customer_number="K-1")))
    assert told() == []
    place_order(actor=ANNA, order=new_order("A2"))
    person = Person.objects.get()
    assert (person.link_id, str(person)) == (LINK, "Jana Weiß")
    assert told() == [1, 2]


def test_two_people_with_one_address_stay_two() -> None:
    other = Customer(link_id=UUID(int=8), email="jana@example.org")
    place_orders(actor=ANNA, orders=[new_order("A1"), new_order("A2", customer=other)])
    assert Person.objects.count() == 2


def test_a_number_that_somebody_else_has_is_not_taken_over() -> None:
    nameless = Customer(link_id=UUID(int=8))
    place_order(actor=ANNA, order=new_order("A0", customer=nameless))
    place_order(actor=ANNA, order=new_order("A1"))
    both = Customer(link_id=UUID(int=8), customer_number="K-1")
    order = place_order(actor=ANNA, order=new_order("A2", customer=both))
    assert order.person is not None
    assert (order.person.link_id, order.person.customer_number) == (UUID(int=8), None)


def test_an_order_may_be_nobodys() -> None:
    order = place_order(actor=ANNA, order=new_order(customer=None))
    assert order.person is None
    assert not TimelineEntry.objects.exists()


def test_cancelling_takes_the_order_out_of_the_facts_once() -> None:
    place_orders(actor=ANNA, orders=[new_order("A1"), new_order("A2", net=500)])
    for _ in range(2):
        order = cancel_order(actor=ANNA, source="shop", number="A1", at=AT)
    assert order.state == Order.State.CANCELLED
    assert (facts()["orders"], facts()["revenue_minor"]) == (1, 500)
    assert list(
        TimelineEntry.objects.filter(kind="order_cancelled").values_list("at", flat=True)
    ) == [AT]
    assert told() == [1, 2]


def test_goods_taken_back_lower_the_revenue_but_are_no_order() -> None:
    back = new_order("C1", net=-400, tax_minor=0, gross_minor=-400, kind=Order.Kind.CANCELLATION)
    place_orders(actor=ANNA, orders=[new_order("A1"), back])
    assert (facts()["orders"], facts()["revenue_minor"]) == (1, 600)


def test_it_does_not_know_an_order_it_was_never_told_of() -> None:
    with pytest.raises(NotFound):
        cancel_order(actor=ANNA, source="shop", number="A1", at=AT)


def test_sales_plan_on_orders_and_leave_cancelling_to_others() -> None:
    grants = {name: Level[level.upper()] for name, level in ROLES["sales"].grants.items()}
    sales = Viewer(name="Sina", user_id=4, grants=grants)
    order = place_order(actor=ANNA, order=new_order())
    assert named("order").may(sales, "change")
    with pytest.raises(NotAllowed):
        cancel_order(actor=sales, source=order.source, number=order.number, at=AT)


def test_carla_may_not_place_orders() -> None:
    with pytest.raises(NotAllowed):
        place_order(actor=CARLA, order=new_order())


def line(sku: str = "T1", name: str = "Tasse", price: str = "5") -> NewLine:
    return NewLine.priced(
        sku=sku, name=name, quantity=Decimal(2), unit_price=Decimal(price), currency="EUR"
    )


def catalogue() -> list[tuple[str, str, str]]:
    return sorted(Product.objects.values_list("source", "sku", "name"))


def test_what_an_order_sells_is_in_the_catalogue_and_its_line_leads_there() -> None:
    lines = (line(), line("T2", "", "0"), line("", "Verpackung"))
    place_order(actor=ANNA, order=new_order(currency="CHF", lines=lines))
    assert catalogue() == [("shop", "T1", "Tasse"), ("shop", "T2", "T2")]
    cup, free = Product.objects.order_by("sku")
    assert (cup.price, cup.currency, free.price) == (5, "CHF", None)
    named = OrderLine.objects.order_by("position").values_list("product_id", flat=True)
    assert list(named) == [cup.pk, free.pk, None]


def test_a_product_is_listed_once_however_often_it_is_ordered() -> None:
    twice = (line(), line(name="Tasse, rot"))
    place_orders(actor=ANNA, orders=[new_order(lines=twice), new_order("A2")])
    place_orders(actor=ANNA, orders=[new_order(), new_order("A3")])
    assert catalogue() == [("shop", "T1", "Tasse")]
    product = Product.objects.get()
    assert set(OrderLine.objects.values_list("product_id", flat=True)) == {product.pk}
    assert OrderLine.objects.count() == 4


def test_the_same_number_of_two_shops_names_two_products() -> None:
    with store.group(Side.CRM):
        store.create(ANNA, Product, sku="T1", name="Eigene Tasse")
    other = new_order(source="outlet", lines=(line(name="Teller"),))
    place_orders(actor=ANNA, orders=[new_order(), other])
    assert catalogue() == [
        ("", "T1", "Eigene Tasse"),
        ("outlet", "T1", "Teller"),
        ("shop", "T1", "Tasse"),
    ]
    for sold in OrderLine.objects.select_related("order", "product"):
        assert sold.product is not None
        assert sold.product.source == sold.order.source


def test_what_staff_changed_about_a_product_stays() -> None:
    place_order(actor=ANNA, order=new_order())
    with store.group(Side.CRM):
        product = store.lock(Product, Product.objects.get().pk)
        store.change(ANNA, product, name="Becher", price=Decimal(7), currency="CHF")
    place_order(actor=ANNA, order=new_order("A2"))
    product = Product.objects.get()
    assert (product.name, product.price, product.currency) == ("Becher", 7, "CHF")


def test_goods_that_come_back_list_nothing_but_lead_to_what_is_listed() -> None:
    back = {"kind": Order.Kind.CANCELLATION, "net": -1000}
    place_order(actor=ANNA, order=new_order("C1", **back))
    assert not Product.objects.exists()
    place_orders(actor=ANNA, orders=[new_order(), new_order("C2", **back)])
    assert OrderLine.objects.get(order__number="C2").product == Product.objects.get()
