"""What orders sell becomes part of the catalogue, once per (source, article number)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import IntegrityError

from kundenkreis.crm.sales.models import Order, Product
from kundenkreis.crm.sales.order_values import NewLine, NewOrder
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.text import normal

CHUNK = 500

# Source and article number: two shops may give the same number to different things.
type Key = tuple[str, str]


@command
def list_products(*, actor: Actor, orders: Sequence[NewOrder]) -> dict[Key, int]:
    """Product ids by source and article number; what is new is listed as its first line says.

    A product that is known stays as it is: staff may have given it a better name or price. Goods
    that come back list nothing. So placing orders needs the right to create products.
    """
    actor.require("crm.product.create")
    try:
        with store.group(Side.CRM):  # a savepoint
            return _listed(actor, orders)
    except IntegrityError:
        # Another writer has listed one of them at the same moment; now it is known.
        return _listed(actor, orders)


def _listed(actor: Actor, orders: Sequence[NewOrder]) -> dict[Key, int]:
    known = _known({key for order in orders for key, _ in _named(order)})
    new: dict[Key, dict[str, object]] = {}
    for order in orders:
        for key, line in _named(order) if order.kind == Order.Kind.ORDER else ():
            if key not in known:
                new.setdefault(key, _values(key, line, order.currency))
    made = store.create_many(actor, Product, new.values())
    return known | {(product.source, product.sku): product.pk for product in made}


def product_key(source: str, line: NewLine) -> Key:
    """What names a line's product; an empty article number names none."""
    return (source, normal(line.sku))


def _named(order: NewOrder) -> Iterator[tuple[Key, NewLine]]:
    return ((product_key(order.source, line), line) for line in order.lines if line.sku)


def _known(keys: Iterable[Key]) -> dict[Key, int]:
    by_source: dict[str, list[str]] = {}
    for source, sku in keys:
        by_source.setdefault(source, []).append(sku)
    known: dict[Key, int] = {}
    for source, skus in by_source.items():
        for start in range(0, len(skus), CHUNK):
            rows = store.rows(Product).filter(source=source, sku__in=skus[start : start + CHUNK])
            known |= {(source, sku): pk for sku, pk in rows.values_list("sku", "pk")}
    return known


def _values(key: Key, line: NewLine, currency: str) -> dict[str, object]:
    source, sku = key
    return {
        "source": source,
        "sku": sku,
        "name": (line.name or sku)[:160],
        "price": line.unit_price if line.unit_price > 0 else None,
        "currency": currency,
    }
