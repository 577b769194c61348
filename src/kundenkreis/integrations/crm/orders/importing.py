"""Writing what a file of orders says: chunk by chunk, each once, going on where it stopped.

A chunk is two transactions: engage's (profiles, events) and the crm's (persons, orders, timeline,
progress). Each is idempotent, so an import that is killed anywhere is simply started again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from kundenkreis.crm.people.customer_commands import known_links
from kundenkreis.crm.people.models import CustomerId
from kundenkreis.crm.sales.models import Order
from kundenkreis.crm.sales.order_commands import place_orders
from kundenkreis.crm.sales.order_facts import share_order_facts
from kundenkreis.crm.sales.order_values import NewOrder
from kundenkreis.engage.tracking.import_commands import (
    PastOrder,
    import_orders,
    source_of_imports,
)
from kundenkreis.integrations.crm.files import Problem
from kundenkreis.integrations.crm.orders.reading import Draft, OrderFile
from kundenkreis.kernel import log, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.models import Cursor
from kundenkreis.kernel.sides import Side

CHUNK = 200


@dataclass(slots=True)
class Report:
    """What an import did, or would do. Sums are net, in minor units of the file's currency."""

    rows: int = 0
    refused_rows: int = 0
    refused_orders: int = 0
    new: int = 0
    known: int = 0
    different: list[str] = field(default_factory=list)
    skipped: int = 0
    lines: int = 0
    cancellations: int = 0
    without_person: int = 0
    several_times: int = 0
    net_minor: int = 0
    events: int = 0
    customers: set[str] = field(default_factory=set)
    linked_elsewhere: set[str] = field(default_factory=set)


class OrderImport:
    """One file on its way in. `problems` is told about every row that is not taken."""

    def __init__(
        self, file: OrderFile, actor: Actor, problems: Callable[[list[Problem]], None]
    ) -> None:
        self.file, self.actor, self.problems = file, actor, problems
        self.report = Report()
        self._cursor = f"import.orders.{fingerprint(file)}"

    def try_out(self) -> Report:
        """Read everything and say what would happen, without writing anything."""
        for chunk in self._chunks(0):
            orders = [order for _, order in chunk]
            numbers = [order.number for order in orders]
            rows = Order.objects.filter(source=self.file.mapping.source, number__in=numbers)
            known = {row.number: row for row in rows}
            for order in orders:
                if order.number not in known:
                    self.report.new += 1
                elif order.says(known[order.number]):
                    self.report.known += 1
                else:
                    self.report.different.append(order.number)
        return self.report

    def run(self) -> Report:
        """Write what is new; orders that are known stay as they are."""
        start = log.position(self._cursor, Side.CRM).row
        for chunk in self._chunks(start):
            links = self.into_engage([order for _, order in chunk])
            self._into_crm([_linked(order, links) for _, order in chunk], chunk[-1][0])
        self._share_facts()
        with store.group(Side.CRM, "integrations.crm.orders.finish"):
            store.discard(store.rows(Cursor).filter(name=self._cursor))
        return self.report

    def into_engage(self, orders: list[NewOrder]) -> dict[str, UUID]:
        """Profiles and events of the customers' orders; returns the customers' link ids."""
        past = [_past(order) for order in orders if order.customer]
        if not past:
            return {}
        mapping = self.file.mapping
        name = mapping.name or mapping.source
        source_id = source_of_imports(actor=self.actor, namespace=mapping.source, name=name)
        customers = [order.customer for order in orders if order.customer]
        known = known_links(actor=self.actor, customers=customers)
        events, links = import_orders(
            actor=self.actor,
            source_id=source_id,
            namespace=mapping.source,
            orders=past,
            links=known,
        )
        self.report.events += events
        self.report.linked_elsewhere |= {
            number for number, link in known.items() if links[number] != link
        }
        return links

    def _into_crm(self, orders: list[NewOrder], done: int) -> None:
        with store.group(Side.CRM, "integrations.crm.orders.import"):
            placed = place_orders(actor=self.actor, orders=orders, share=False)
            log.move(self._cursor, log.Position(0, done), Side.CRM)
        self.report.new += len(placed.new)
        self.report.known += len(placed.known)
        self.report.different += [order.number for order in placed.different]

    def _share_facts(self) -> None:
        numbers = sorted(self.report.customers)
        for at in range(0, len(numbers), CHUNK):
            rows = CustomerId.objects.filter(
                source=self.file.mapping.source, number__in=numbers[at : at + CHUNK]
            )
            ids = list(rows.values_list("person_id", flat=True))
            share_order_facts(actor=self.actor, person_ids=ids)

    def _chunks(self, start: int) -> Iterator[list[tuple[int, NewOrder]]]:
        """Orders that can be taken, each with how many drafts are read then; `start` are done."""
        chunk: list[tuple[int, NewOrder]] = []
        for done, draft in enumerate(self.file.drafts(), start=1):
            order = self._take(draft)
            if order is None:
                continue
            if done <= start:
                self.report.skipped += 1
                continue
            chunk.append((done, order))
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _take(self, draft: Draft) -> NewOrder | None:
        report = self.report
        report.rows += len(draft.rows)
        if draft.problems:
            report.refused_orders += 1
            report.refused_rows += len(draft.rows)
            self.problems(draft.refused())
            return None
        order = self.file.order(draft)
        report.lines += len(order.lines)
        report.cancellations += order.kind == Order.Kind.CANCELLATION
        report.without_person += order.customer is None
        report.several_times += draft.several_times
        report.net_minor += order.net_minor
        if order.customer:
            report.customers.add(order.customer.customer_number)
        return order


def fingerprint(file: OrderFile) -> str:
    """What names this file with this mapping, so that only the same import goes on."""
    digest = hashlib.sha256(repr(file.mapping).encode())
    with Path(file.path).open("rb") as content:
        for block in iter(lambda: content.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()[:40]


def _past(order: NewOrder) -> PastOrder:
    assert order.customer is not None  # noqa: S101 - the caller looked
    return PastOrder(
        order_id=order.number,
        user=order.customer.customer_number,
        at=order.placed_at,
        value_minor=order.net_minor,
        currency=order.currency,
        takes_back=order.kind == Order.Kind.CANCELLATION,
        properties={"lines": len(order.lines)},
    )


def _linked(order: NewOrder, links: dict[str, UUID]) -> NewOrder:
    if order.customer is None:
        return order
    link_id = links[order.customer.customer_number]
    return replace(order, customer=replace(order.customer, link_id=link_id))
