"""Orders arrive and are cancelled, each exactly once by (source, number)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kundenkreis.crm.people import erased
from kundenkreis.crm.people.customer_commands import find_or_create_customers
from kundenkreis.crm.people.timeline import NewEntry, add_timeline_entries
from kundenkreis.crm.sales.events import OrderCancelled, OrderPlaced
from kundenkreis.crm.sales.models import Order, OrderLine
from kundenkreis.crm.sales.order_facts import share_order_facts
from kundenkreis.crm.sales.order_values import NewOrder
from kundenkreis.crm.sales.product_commands import list_products, product_key
from kundenkreis.kernel import bulk, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.events import publish_all
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.text import normal

CHUNK = 500
_LINE = (
    "order_id", "position", "product_id", "sku", "name", "quantity", "unit_price", "tax_rate", "net_minor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of reported orders, each list in the order of the report.

    `different` were known already, with another kind or other amounts; they stay as they were.
    """

    new: list[Order]
    known: list[NewOrder]
    different: list[NewOrder]


@command
def place_order(*, actor: Actor, order: NewOrder) -> Order:
    """Take one order; a repeat returns the one that is known. Raises `AmountsDoNotAdd`."""
    place_orders(actor=actor, orders=[order])
    return store.rows(Order).get(source=order.source, number=order.number)


@command
def place_orders(*, actor: Actor, orders: Sequence[NewOrder], share: bool = True) -> Placed:
    """Take orders set-based, with their customers and timeline; repeats change nothing.

    All or none: raises `AmountsDoNotAdd`. `share=False` leaves the facts for engage to a later
    `share_order_facts`.
    """
    actor.require("crm.order.create")
    known = _known({order.key for order in orders})
    placed, fresh = Placed([], [], []), dict[tuple[str, str], NewOrder]()
    for order in orders:
        order.check()
        if order.key in known:
            same = order.says(known[order.key])
            (placed.known if same else placed.different).append(order)
        elif fresh.setdefault(order.key, order) is not order:
            placed.known.append(order)
    placed.new.extend(_insert(actor, list(fresh.values())))
    if share:
        people = {order.person_id for order in placed.new if order.person_id}
        share_order_facts(actor=actor, person_ids=people)
    return placed


@command
def cancel_order(
    *, actor: Actor, source: str, number: str, at: datetime, share: bool = True
) -> Order:
    """Cancel a whole order; again changes nothing. Raises `NotFound` for an unknown order."""
    actor.require("crm.order.cancel")
    order = store.rows(Order).select_for_update().filter(source=source, number=number).first()
    if order is None:
        raise NotFound
    if order.state == Order.State.CANCELLED:
        return order
    store.change(actor, order, state=Order.State.CANCELLED, cancelled_at=at)
    if order.person_id:
        add_timeline_entries(actor=actor, entries=[_entry(order, "order_cancelled", at)])
    publish_all([OrderCancelled(order_id=order.pk, person_id=order.person_id, at=at)])
    if order.person_id and share:
        share_order_facts(actor=actor, person_ids=[order.person_id])
    return order


@command
def forget_orders(*, actor: Actor, order_ids: Sequence[int]) -> None:
    """Delete orders that need not be kept any longer; what engage knows of them is counted anew."""
    actor.require("crm.order.forget")
    orders = store.rows(Order).filter(pk__in=order_ids)
    people = set(orders.filter(person__isnull=False).values_list("person_id", flat=True))
    store.discard(orders)
    share_order_facts(actor=actor, person_ids=[pk for pk in people if pk is not None])


def _known(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Order]:
    by_source: dict[str, list[str]] = {}
    for source, number in keys:
        by_source.setdefault(source, []).append(number)
    known = {}
    for source, numbers in by_source.items():
        for start in range(0, len(numbers), CHUNK):
            chunk = numbers[start : start + CHUNK]
            for order in store.rows(Order).filter(source=source, number__in=chunk):
                known[order.source, order.number] = order
    return known


def _insert(actor: Actor, new: list[NewOrder]) -> list[Order]:
    people = _people(actor, new)
    orders = store.create_many(actor, Order, [_values(order, people) for order in new])
    products = list_products(actor=actor, orders=new)
    lines = [
        (order.pk, position, products.get(product_key(order.source, line)), normal(line.sku),
         normal(line.name), line.quantity, line.unit_price, line.tax_rate, line.net_minor)
        for order, said in zip(orders, new, strict=True)
        for position, line in enumerate(said.lines, start=1)
    ]  # fmt: skip
    bulk.insert(OrderLine, _LINE, lines)
    entries = [_entry(order, order.kind, order.placed_at) for order in orders if order.person_id]
    add_timeline_entries(actor=actor, entries=entries)
    publish_all(_placed(order) for order in orders)
    return orders


def _people(actor: Actor, new: list[NewOrder]) -> dict[tuple[str, str], int]:
    """Person ids of the orders that name a customer, by the orders' keys."""
    gone = _erased(new)
    named = [(o.key, o.customer) for o in new if o.customer and o.key not in gone]
    people = find_or_create_customers(actor=actor, customers=[who for _, who in named])
    return {key: person.pk for (key, _), person in zip(named, people, strict=True)}


def _erased(new: list[NewOrder]) -> set[tuple[str, str]]:
    """The orders of people who were erased after they had ordered: business records of nobody."""
    names = {
        order.key: {f"link|{who.link_id}", f"number|{who.source}|{who.customer_number}"}
        for order in new
        if (who := order.customer) is not None
    }
    buried = erased.since(set().union(*names.values())) if names else {}
    return {
        order.key
        for order in new
        if any(buried[n] >= order.placed_at for n in names.get(order.key, set()) & buried.keys())
    }


def _values(order: NewOrder, people: dict[tuple[str, str], int]) -> dict[str, Any]:
    return {
        "source": order.source,
        "number": order.number,
        "kind": order.kind,
        "person_id": order.person_id or people.get(order.key),
        "placed_at": order.placed_at,
        "country": order.country,
        "voucher": order.voucher,
        "net_minor": order.net_minor,
        "tax_minor": order.tax_minor,
        "gross_minor": order.gross_minor,
        "currency": order.currency,
    }


def _entry(order: Order, kind: str, at: datetime) -> NewEntry:
    payload = {
        "number": order.number,
        "source": order.source,
        "net_minor": order.net_minor,
        "gross_minor": order.gross_minor,
        "currency": order.currency,
        "voucher": order.voucher,
    }
    return NewEntry(
        kind=str(kind),
        at=at,
        key=f"{kind}|{reference(order)}",
        person_id=order.person_id,
        reference=reference(order),
        payload=payload,
    )


def _placed(order: Order) -> OrderPlaced:
    return OrderPlaced(
        order_id=order.pk,
        person_id=order.person_id,
        source=order.source,
        number=order.number,
        placed_at=order.placed_at,
        net_minor=order.net_minor,
        currency=order.currency,
    )
