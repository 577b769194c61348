"""What may happen to the link, as scripts of small steps, and a world that plays them.

Both sides do things; messages are received, applied, read again and fail at any moment in between.
At the end everything heals, and what both sides hold must be what the messages say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Q
from hypothesis import strategies as st

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.permissions import record_objection
from kundenkreis.engage.consent.commands import Statement, record_consent
from kundenkreis.engage.profiles.events import Touchpoint
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.queries import linked
from kundenkreis.engage.segments.commands import change_segment
from kundenkreis.engage.segments.evaluating import Outcome
from kundenkreis.engage.segments.models import Segment
from kundenkreis.engage.segments.storing import store_outcomes
from kundenkreis.engage.tracking.events import OrderCancelled, OrderLine, OrderReceived
from kundenkreis.kernel import clock, events, log, store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import SYSTEM
from kundenkreis.link import applying, rebuild, routes
from kundenkreis.link.models import InboxMessage
from kundenkreis.link.receiving import reader, receive
from kundenkreis.link.tests import notes

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
people, orders, small = st.integers(0, 2), st.integers(0, 4), st.integers(1, 4)
sides = st.sampled_from(list(Side))

TRANSPORT = [
    st.tuples(st.just("note"), st.integers(0, 1)),
    st.tuples(st.just("receive"), st.just(Side.CRM), small),
    st.tuples(st.just("apply"), st.just(Side.CRM), small),
    st.tuples(st.just("again"), st.just(Side.CRM), small),
    st.tuples(st.just("fail"), small, st.booleans()),
]
EVERYTHING = [
    *TRANSPORT,
    st.tuples(st.just("order"), people, orders),
    st.tuples(st.just("cancel"), people, orders),
    st.tuples(st.just("touch"), people, small),
    st.tuples(st.just("consent"), people, st.booleans(), st.integers(-3, 3)),
    st.tuples(st.just("object"), people),
    st.tuples(st.just("member"), people, st.integers(1, 2), st.booleans()),
    st.tuples(st.just("rename"), st.integers(1, 2), small),
    st.tuples(st.just("receive"), sides, small),
    st.tuples(st.just("apply"), sides, small),
    st.tuples(st.just("again"), sides, small),
    st.tuples(st.just("pass"), st.integers(0, 10)),
]
# What only tries the transport is short and goes wrong soon if it can go wrong at all.
TRANSPORT_SCRIPTS = st.lists(st.one_of(TRANSPORT), min_size=5, max_size=15)
SCRIPTS = st.one_of(st.lists(st.one_of(EVERYTHING), min_size=5, max_size=40), TRANSPORT_SCRIPTS)


class Broken(Exception):
    """Something went wrong on purpose."""


class World:
    """Two empty sides and the link between them."""

    def __init__(self, frozen: clock.FrozenClock) -> None:
        self.frozen = frozen
        self.failures = 0
        self.after_the_effect = False
        self.noted: dict[str, list[str]] = {}
        frozen.instant = START
        empty()

    def play(self, script: Sequence[tuple[Any, ...]]) -> list[str]:
        """Everything that is wrong in the end; empty is right."""
        for name, *values in script:
            getattr(self, f"do_{name}")(*values)
        self._heal()
        wrong = rebuild.differences()
        for key, texts in self.noted.items():
            if (written := notes.written(key)) != texts:
                wrong.append(f"notes of {key}: {written}, expected {texts}")
        return wrong

    def do_order(self, person: int, number: int) -> None:
        line = OrderLine(1, "T", "Tasse", Decimal(1), Decimal(number), Decimal(19), number * 100)
        order = OrderReceived(
            link_id=link(person % 3 if number % 3 == person else number % 3),
            namespace="shop",
            source="server",
            order_id=f"A{number}",
            placed_at=START + timedelta(days=number),
            net_minor=number * 100,
            tax_minor=number * 19,
            gross_minor=number * 119,
            currency="EUR",
            lines=(line,),
            customer={"last_name": f"Nr. {number % 3}"},
        )
        self._publish(order)

    def do_cancel(self, person: int, number: int) -> None:
        # Somebody else's link id now and then: then nothing keeps it behind its order.
        at = START + timedelta(days=9)
        self._publish(OrderCancelled(link(person), "shop", f"A{number}", at))

    def do_touch(self, person: int, number: int) -> None:
        key = f"visit|{person}|{number}"
        self._publish(Touchpoint(link(person), "visit", START, "engage.page:1", {}, key))

    def do_note(self, person: int) -> None:
        texts = self.noted.setdefault(str(person), [])
        texts.append(f"{person}.{len(texts)}")
        self._publish(notes.Noted(key=str(person), text=texts[-1]))

    def do_consent(self, person: int, granted: bool, minutes: int) -> None:
        at = START + timedelta(minutes=minutes)
        address = f"{person}@example.org"
        said = ("email", address, "newsletter", "email", granted, at, "double_opt_in")
        record_consent(actor=SYSTEM, statement=Statement(*said, link_id=link(person)))

    def do_object(self, person: int) -> None:
        known = Person.objects.filter(link_id=link(person)).first()
        if known:
            record_objection(
                actor=SYSTEM, person_id=known.pk, channel="phone", purpose="newsletter"
            )

    def do_member(self, person: int, segment: int, inside: bool) -> None:
        with store.group(Side.ENGAGE, "test"):
            known = linked([link(person)]).get(link(person))
            if known is None:
                known = store.create(SYSTEM, Profile, link_id=link(person), known=True).pk
            if not store.rows(Segment).filter(pk=segment).exists():
                values = {"name": {"en": "Regulars"}, "definition": {}, "state": "active"}
                store.create(SYSTEM, Segment, id=segment, **values)
        store_outcomes([Outcome(segment, known, member=inside)], clock.now())

    def do_rename(self, segment: int, number: int) -> None:
        known = Segment.objects.filter(pk=segment).first()
        if known:
            change_segment(actor=SYSTEM, segment_id=segment, name={"en": f"Number {number}"})

    def do_receive(self, side: Side, limit: int) -> None:
        receive(side, limit)

    def do_apply(self, side: Side, size: int) -> None:
        applying._size[side] = size
        applying.apply_due(side)

    def do_again(self, side: Side, rows: int) -> None:
        """The reader forgets where it was and reads some messages again."""
        with store.group(side, "test"):
            at = log.position(reader(side), side)
            log.move(reader(side), log.Position(0, max(0, at.row - rows)), side)

    def do_fail(self, times: int, after_the_effect: bool) -> None:
        self.failures, self.after_the_effect = times, after_the_effect

    def do_pass(self, seconds: int) -> None:
        self.frozen.advance(seconds=seconds)

    def breaking(self, route: routes.Route) -> routes.Route:
        """A route that fails as often as the script says, before or after its effect."""

        def run(messages: Sequence[Any]) -> Collection[int]:
            if not self.failures:
                return route(messages)
            self.failures -= 1
            if self.after_the_effect:
                route(messages)
            raise Broken

        return run

    def _publish(self, event: Any) -> None:
        with store.group(Side.ENGAGE, "test"):
            events.publish(event)

    def _heal(self) -> None:
        self.failures = 0
        for _ in range(40):
            while sum(receive(side) + applying.apply_due(side) for side in Side):
                pass
            # What is aside for good waits for something that was never sent.
            if not any(waiting(side) for side in Side):
                return
            self.frozen.advance(hours=1)
        raise AssertionError("the link does not come to rest")


def waiting(side: Side) -> int:
    """Messages that still have their turn to come; one aside has had two."""
    rows = store.stored(side, InboxMessage).filter(state="waiting")
    return rows.filter(Q(aside=False) | Q(attempts__lt=2)).count()


def link(person: int) -> UUID:
    return UUID(int=person + 1)


def empty() -> None:
    """Delete every row of both sides that the scripts can make."""
    for alias, tables in TABLES.items():
        with connections[alias].cursor() as cursor:
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - names from above


BOTH = (
    *("link_inboxmessage", "kernel_outboxmessage", "kernel_cursor"),
    *("kernel_auditchange", "kernel_auditentry"),
)
TABLES = {
    "default": (
        *BOTH,
        *("crm_sales_orderline", "crm_sales_order", "crm_people_timelineentry"),
        *("crm_people_sharedfacts", "crm_people_contactpermission"),
        *("crm_people_marketingmembership", "crm_people_marketingsegment"),
        *("crm_people_contactdetail", "crm_people_person", Organisation._meta.db_table),
    ),
    "engage": (
        *BOTH,
        *("engage_consent_consentstate", "engage_consent_consententry"),
        *("engage_segments_membership", "engage_segments_timer", "engage_segments_recheck"),
        "engage_segments_segment",
        "engage_profiles_profile",
    ),
}

Play = Callable[[Sequence[tuple[Any, ...]]], list[str]]
