"""Messages of engage, done by commands of the crm."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from kundenkreis.crm.people import permissions, segments
from kundenkreis.crm.people.customer_commands import Customer
from kundenkreis.crm.people.links import linked_people
from kundenkreis.crm.people.timeline import NewEntry, add_timeline_entries
from kundenkreis.crm.sales import order_commands
from kundenkreis.crm.sales.order_facts import share_order_facts
from kundenkreis.crm.sales.order_values import NewLine, NewOrder
from kundenkreis.engage.consent.events import ConsentChanged
from kundenkreis.engage.consent.models import ConsentState
from kundenkreis.engage.consent.queries import states
from kundenkreis.engage.profiles.events import Touchpoint
from kundenkreis.engage.segments.events import MembershipsChanged, SegmentRenamed
from kundenkreis.engage.segments.queries import memberships_by_link, segment_names
from kundenkreis.engage.tracking.events import OrderCancelled, OrderReceived
from kundenkreis.kernel.access import system
from kundenkreis.kernel.errors import NotFound

LINK = system("link")


def place_orders(events: Sequence[OrderReceived]) -> Collection[int]:
    order_commands.place_orders(actor=LINK, orders=[order(event) for event in events])
    return ()


def cancel_orders(events: Sequence[OrderCancelled]) -> Collection[int]:
    """A cancellation that comes before its order is early."""
    early: list[int] = []
    people: set[int] = set()
    for position, event in enumerate(events):
        try:
            cancelled = order_commands.cancel_order(
                actor=LINK,
                source=event.namespace,
                number=event.order_id,
                at=event.at,
                share=False,
            )
        except NotFound:
            early.append(position)
        else:
            people |= {cancelled.person_id} if cancelled.person_id else set()
    share_order_facts(actor=LINK, person_ids=people)
    return early


def add_touchpoints(events: Sequence[Touchpoint]) -> Collection[int]:
    """A step of somebody the crm does not know yet is early."""
    people = linked_people(event.link_id for event in events)
    entries = [_entry(event, people[event.link_id]) for event in events if event.link_id in people]
    add_timeline_entries(actor=LINK, entries=entries)
    return [position for position, event in enumerate(events) if event.link_id not in people]


def project_consent(events: Sequence[ConsentChanged]) -> Collection[int]:
    """What the ledger says now counts, not what it said when the message left.

    An old withdrawal that becomes known late is dated before the grant it ends; so the messages'
    instants do not tell their order, and the order of the log is kept per person, not per subject.
    """
    events = [event for event in events if concerns_crm(event)]
    subjects = {(event.namespace, event.subject_kind, event.subject) for event in events}
    now = {permission_key(state): state for state in states(subjects)}
    statements = [_statement(event, now.get(permission_key(event))) for event in events]
    permissions.project_consent(actor=LINK, statements=statements)
    return ()


def project_memberships(events: Sequence[MembershipsChanged]) -> Collection[int]:
    """In which segments people are now, whatever it was when the messages left.

    Of somebody the crm does not know yet it is early, as long as there is something to tell.
    """
    held = memberships_by_link(event.link_id for event in events)
    states = {event.link_id: held.get(event.link_id, {}) for event in events}
    people = linked_people(states)
    known = {link: inside for link, inside in states.items() if link in people}
    names = segment_names(pk for inside in known.values() for pk in inside)
    segments.project_memberships(actor=LINK, names=names, states=known)
    return [
        at for at, one in enumerate(events) if one.link_id not in people and states[one.link_id]
    ]


def rename_segments(events: Sequence[SegmentRenamed]) -> Collection[int]:
    names = segment_names(event.segment_id for event in events)
    segments.rename_segments(actor=LINK, names=names)
    return ()


def order(event: OrderReceived) -> NewOrder:
    """The order as the crm takes it. Orders are named by the shop, not by its single sources."""
    return NewOrder(
        source=event.namespace,
        number=event.order_id,
        placed_at=event.placed_at,
        net_minor=event.net_minor,
        tax_minor=event.tax_minor,
        gross_minor=event.gross_minor,
        currency=event.currency,
        voucher=event.voucher[:60],
        country=event.country[:80],
        customer=customer(event.link_id, event.customer, event.namespace),
        lines=tuple(
            NewLine(
                sku=line.sku[:60],
                name=line.name[:200],
                quantity=line.quantity,
                unit_price=line.unit_price,
                net_minor=line.net_minor,
                tax_rate=line.tax_rate,
            )
            for line in sorted(event.lines, key=lambda line: line.position)
        ),
    )


def customer(link_id: UUID, said: dict[str, Any], source: str) -> Customer:
    """Who ordered, from the shop's customer block; its names may have any of the usual spellings."""

    def text(length: int, *names: str) -> str:
        for name in names:
            if isinstance(said.get(name), str | int) and str(said[name]).strip():
                return str(said[name]).strip()[:length]
        return ""

    first, last = text(80, "first_name", "firstName"), text(80, "last_name", "lastName")
    if not first and not last:
        first, _, last = text(160, "name", "company").rpartition(" ")
    town = " ".join(filter(None, [text(20, "postal_code", "zip"), text(80, "city")]))
    postal = ", ".join(filter(None, [text(160, "street", "address"), town, text(60, "country")]))
    return Customer(
        link_id=link_id,
        customer_number=text(200, "customer_number", "number"),
        first_name=first[:80],
        last_name=last[:80],
        language=text(5, "language", "locale"),
        email=text(320, "email"),
        phone=text(60, "phone"),
        postal=postal if town or text(1, "street", "address") else "",
        source=source[:80],
    )


def concerns_crm(event: ConsentChanged) -> bool:
    """Cookies of people the crm does not know are none of its business; addresses may be."""
    return event.link_id is not None or event.subject_kind in ("email", "phone")


def permission_key(of: ConsentChanged | ConsentState) -> tuple[str, str, str, str]:
    """What names it in the crm, where the id of a cookie or customer carries the shop it is from.

    The name of a shop is one line, so that two ids never make the same text.
    """
    subject = f"{of.namespace}\n{of.subject}" if of.namespace else of.subject
    return (of.subject_kind, subject, of.purpose, of.channel)


def _statement(event: ConsentChanged, now: ConsentState | None) -> permissions.Statement:
    """The ledger's state; nothing is allowed where it has none any more."""
    return permissions.Statement(
        *permission_key(event),
        granted=now.granted if now else False,
        since=now.since if now else event.at,
        link_id=event.link_id,
        origin=now.origin if now else "",
        confirmed_at=now.confirmed_at if now else None,
    )


def _entry(event: Touchpoint, person_id: int) -> NewEntry:
    return NewEntry(
        kind=event.kind,
        at=event.at,
        key=event.key,
        person_id=person_id,
        reference=event.reference,
        payload=event.payload,
    )
