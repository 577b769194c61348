"""Orders and cancellations: once for ever, to the same person, the cancellation after its order.

All functions need a unit of work in progress.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from kundenkreis.engage.profiles.queries import linked
from kundenkreis.engage.profiles.resolution import Seen
from kundenkreis.engage.tracking.events import OrderCancelled, OrderReceived
from kundenkreis.engage.tracking.items import Item
from kundenkreis.engage.tracking.models import SeenOrder
from kundenkreis.engage.tracking.sources import SourceView
from kundenkreis.engage.tracking.vocabulary import ORDER_CANCELLED
from kundenkreis.kernel import bulk, store
from kundenkreis.kernel.events import publish_all

_Kind = SeenOrder.Kind
# How many of the newest rows may hold a cancellation that missed its order: days, not minutes.
_RECENT = 100_000


def first_seen(source: SourceView, items: Sequence[Item], now: datetime) -> set[int]:
    """Of the items that count once per order, the `id()` of those that are new."""
    new: set[int] = set()
    by_kind: dict[str, dict[str, Item]] = {}
    for item in items:
        by_kind.setdefault(_kind(source, item), {}).setdefault(item.order_id, item)
    for kind, once in by_kind.items():
        rows = [(source.namespace, kind, item.order_id, item.at, now) for item in once.values()]
        columns = ("namespace", "kind", "order_id", "at", "seen_at")
        fresh = bulk.insert(SeenOrder, columns, rows, ignore=True, returning="order_id")
        new |= {id(once[order_id]) for order_id in fresh}
    return new


@dataclass(slots=True)
class OrderLog:
    """What is known about the orders that a batch mentions."""

    rows: dict[tuple[str, str], SeenOrder] = field(default_factory=dict)
    profiles: dict[UUID, int] = field(default_factory=dict)

    def profile_of(self, item: Item) -> Seen | None:
        """A cancellation belongs to whoever ordered, whatever names it comes with."""
        if item.name != ORDER_CANCELLED:
            return None
        order = self.rows.get((_Kind.ORDER, item.order_id))
        if order is None or order.link_id is None:
            return None
        profile_id = self.profiles.get(order.link_id)
        return None if profile_id is None else Seen(profile_id, order.link_id, False)

    def finish(
        self,
        source: SourceView,
        events: Iterable[tuple[Item, int]],
        links: Mapping[int, UUID],
    ) -> None:
        """Tell the crm about new orders, and about cancellations whose order is known by now."""
        placed = {item.order_id: (item, links[pk]) for item, pk in events if item.order}
        for order_id, (_, link_id) in placed.items():
            self.rows[_Kind.ORDER, order_id].link_id = link_id
        bulk.update(
            SeenOrder,
            ("id", "link_id"),
            [(self.rows[_Kind.ORDER, key].pk, link_id) for key, (_, link_id) in placed.items()],
        )
        publish_all(_received(source, *placed[order_id]) for order_id in placed)
        publish_all(self._cancelled(source, placed))

    def _cancelled(
        self, source: SourceView, placed: Mapping[str, object]
    ) -> Iterable[OrderCancelled]:
        for (kind, order_id), row in self.rows.items():
            order = self.rows.get((_Kind.ORDER, order_id))
            if kind != _Kind.CANCELLATION or order is None or order.link_id is None:
                continue
            if row.link_id is None:  # not told yet
                row.link_id = order.link_id
                bulk.update(SeenOrder, ("id", "link_id"), [(row.pk, row.link_id)])
                yield OrderCancelled(order.link_id, source.namespace, order_id, row.at)


def begin(source: SourceView, items: Sequence[Item]) -> OrderLog:
    """Load what is known about the orders of these (new) items."""
    wanted = {item.order_id for item in items if item.order_id} if source.trusted else set()
    if not wanted:
        return OrderLog()
    rows = store.rows(SeenOrder).filter(
        namespace=source.namespace,
        kind__in=[_Kind.ORDER, _Kind.CANCELLATION],
        order_id__in=wanted,
    )
    found = {(row.kind, row.order_id): row for row in rows.order_by("pk").select_for_update()}
    return OrderLog(found, linked({row.link_id for row in found.values() if row.link_id}))


def tell_missed_cancellations() -> int:
    """Tell the crm about cancellations that were stored at the same moment as their order.

    Of two transactions neither sees the other's row, so neither tells. Returns how many there were.
    """
    rows = store.rows(SeenOrder)
    newest = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
    orders = rows.filter(
        kind=_Kind.ORDER, namespace=OuterRef("namespace"), order_id=OuterRef("order_id")
    )
    missed = (
        rows.filter(kind=_Kind.CANCELLATION, link_id__isnull=True, pk__gt=newest - _RECENT)
        .annotate(whose=Subquery(orders.values("link_id")))
        .filter(whose__isnull=False)
    )
    found = list(missed.order_by("pk").select_for_update())
    bulk.update(SeenOrder, ("id", "link_id"), [(row.pk, row.whose) for row in found])
    publish_all(OrderCancelled(row.whose, row.namespace, row.order_id, row.at) for row in found)
    return len(found)


def _kind(source: SourceView, item: Item) -> str:
    cancels = item.name == ORDER_CANCELLED
    if source.trusted:
        return _Kind.CANCELLATION if cancels else _Kind.ORDER
    return _Kind.BROWSER_CANCELLATION if cancels else _Kind.BROWSER_ORDER


def _received(source: SourceView, item: Item, link_id: UUID) -> OrderReceived:
    facts = item.order
    if facts is None:
        raise ValueError("not an order")
    return OrderReceived(
        link_id=link_id,
        namespace=source.namespace,
        source=source.name,
        order_id=item.order_id,
        placed_at=item.at,
        net_minor=facts.net_minor,
        tax_minor=facts.tax_minor,
        gross_minor=facts.gross_minor,
        currency=facts.currency,
        voucher=facts.voucher,
        country=facts.country,
        lines=facts.lines,
        customer=facts.customer,
    )
