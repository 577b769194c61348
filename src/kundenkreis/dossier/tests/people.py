"""A person in every place of both sides, each with a word of its own that stands nowhere else."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people import (
    contact_commands,
    informing,
    permissions,
    relation_commands,
)
from kundenkreis.crm.people.customer_commands import link_person
from kundenkreis.crm.people.models import (
    Characteristic,
    ContactDetail,
    CustomerId,
    FormerLink,
    Organisation,
    Person,
    RelationKind,
)
from kundenkreis.crm.people.timeline import NewEntry, add_timeline_entries
from kundenkreis.crm.protection.commands import note_request
from kundenkreis.crm.sales.commands import create_opportunity, ship_pipeline
from kundenkreis.crm.sales.models import Order
from kundenkreis.crm.sales.order_commands import place_orders
from kundenkreis.crm.sales.order_values import NewLine, NewOrder
from kundenkreis.crm.work.commands import add_activity, keep_draft
from kundenkreis.engage.consent.commands import Statement, record_statements
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.engage.segments.models import Membership
from kundenkreis.engage.tracking.models import Event, RejectedItem, SeenOrder
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.models import IdempotencyKey, Job, OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, SYSTEM
from kundenkreis.link.models import InboxMessage
from kundenkreis.records.models import Mark, Merge

AT = datetime(2026, 5, 1, 9, tzinfo=UTC)
LETTERS = "bcdfghjklmnprtvw"


def word(start: str) -> str:
    """A word that nothing else says."""
    return f"{start}{''.join(secrets.choice(LETTERS) for _ in range(12))}"


@dataclass(slots=True)
class Planted:
    """The person and their words, by place."""

    person: Person
    words: dict[str, str] = field(default_factory=dict)

    def new(self, place: str, start: str = "qz") -> str:
        self.words[place] = word(start)
        return self.words[place]


def plant(*, orders: bool = False) -> Planted:
    """A person with something of theirs in every table that a privacy map leads to."""
    first, last, mail = word("Qa"), word("Qb"), word("qc")
    person = people.create_person(
        actor=SYSTEM, first_name=first, last_name=last, email=f"{mail}@example.org",
        phone=f"+49 30 9{secrets.randbelow(10**8):08d}",
        customer_number=f"K-{secrets.randbits(60)}",
    )  # fmt: skip
    found = Planted(person, {"first": first, "last": last, "mail": mail})
    _in_crm(found)
    _in_engage(found)
    if orders:
        _order(found)
    return found


def _order(found: Planted) -> None:
    line = NewLine("SKU", "Lamp", quantity=1, unit_price=10, net_minor=1000)  # type: ignore[arg-type]
    order = NewOrder(
        source="shop", number=word("o"), placed_at=AT, net_minor=1000, tax_minor=0,
        gross_minor=1000, currency="EUR", person_id=found.person.pk, lines=(line,),
    )  # fmt: skip
    place_orders(actor=SYSTEM, orders=[order])
    assert Order.objects.filter(person=found.person).exists()


def _in_crm(found: Planted) -> None:
    person, new = found.person, found.new
    ship_pipeline(actor=SYSTEM)
    firm = Organisation.objects.first() or people.create_organisation(actor=SYSTEM, name="Firm")
    other = people.create_person(actor=SYSTEM, last_name="Other")
    link_person(actor=SYSTEM, person_id=person.pk)
    person.refresh_from_db()
    contact_commands.add_contact_detail(
        actor=SYSTEM, holder=person, kind="postal", value="", street=new("street"),
        postal_code="10115", town="Berlin",
    )  # fmt: skip
    handle = contact_commands.add_contact_detail(
        actor=SYSTEM, holder=person, kind="handle", value=new("handle")
    )
    gone = contact_commands.add_contact_detail(
        actor=SYSTEM, holder=person, kind="handle", value=new("removed handle")
    )
    contact_commands.remove_contact_detail(actor=SYSTEM, contact_detail_id=gone.pk)
    contact_commands.change_contact_detail(
        actor=SYSTEM, contact_detail_id=handle.pk, value=new("changed handle")
    )
    contact_commands.add_affiliation(
        actor=SYSTEM, person=person, organisation=firm, function=new("function")
    )
    relation_commands.add_relation(
        actor=SYSTEM,
        person=other,
        kind=RelationKind.objects.get(slug="recommended"),
        other=person,
        note=new("relation"),
    )
    add_activity(actor=ANNA, text=new("activity"), kind="task", about=person)
    keep_draft(actor=ANNA, about=person, typed={"text": new("draft")})
    create_opportunity(actor=SYSTEM, title=new("opportunity"), person=person)
    note_request(actor=SYSTEM, person=person, kind="access", wish=new("wish"))
    informing.note_informed(
        actor=SYSTEM, person_ids=[person.pk], how="letter", note=new("informed")
    )
    permissions.record_objection(actor=SYSTEM, person_id=person.pk, channel="post", purpose="")
    entry = NewEntry("note", AT, new("entry key"), person.pk, payload={"text": new("entry")})
    add_timeline_entries(actor=SYSTEM, entries=[entry])
    # A note about somebody else that says their full name.
    add_activity(
        actor=ANNA, text=f"with {person.first_name} {person.last_name}", kind="note", about=other
    )
    with store.group(Side.CRM, "test"):
        store.create(
            SYSTEM, Characteristic, person=person, kind="preference", text=new("characteristic"),
            origin="said", source="x", legal_basis="consent", learned_on=date(2026, 1, 1),
        )  # fmt: skip
        store.create(SYSTEM, CustomerId, person=person, source="shop", number=new("customer id"))
        locked = store.lock(Person, person.pk)
        store.change(SYSTEM, locked, profession=new("profession"), tags=[new("tag")[:20]])
        former = FormerLink(link_id=uuid.uuid4(), person=person, was_of=900_000_000 + person.pk)
        store.append(FormerLink, [former])
        merge = Merge(
            kind="person", kept=person.pk, gone=900_000_000 + person.pk, title=new("merge"), batch=word("b"), at=AT,
            actor="a", moved=[], given={"customer_number": new("given")},
        )  # fmt: skip
        store.append(Merge, [merge])
        mark = Mark(user_id=1, what="star", kind="person", row=person.pk, at=AT)
        store.append(Mark, [mark])
        _passing(found, Side.CRM)
    found.person.refresh_from_db()


def _in_engage(found: Planted) -> None:
    person, new = found.person, found.new
    mail = ContactDetail.objects.get(person=person, kind="email").value
    with store.group(Side.ENGAGE, "test"):
        traits = {"email": mail, "first_name": person.first_name, "city": new("trait")}
        profile = store.create(SYSTEM, Profile, link_id=person.link_id, traits=traits, known=True)
        merged = store.create(SYSTEM, Profile, canonical_id=profile.pk, traits={"x": new("merged")})
        cookie, user = new("cookie"), new("user")
        store.append(
            Identifier,
            [
                Identifier(profile=profile, namespace="shop", kind="user", value=user, first_seen_at=AT),
                Identifier(
                    profile=merged, namespace="shop", kind="anonymous", value=cookie,
                    first_seen_at=AT,
                ),
            ],
        )  # fmt: skip
        events = [
            Event(
                source_id=1, message_id=new(f"message {one.pk}"), profile=one, type="cart",
                key=new(f"cart {one.pk}"), occurred_at=AT, received_at=AT,
                properties={"name": new(f"event {one.pk}")},
            )
            for one in (profile, merged)
        ]  # fmt: skip
        store.append(Event, events)
        store.append(Membership, [Membership(segment_id=1, profile_id=profile.pk, entered_at=AT)])
        seen = SeenOrder(
            namespace="shop", kind="order", order_id=word("o"), at=AT, seen_at=AT,
            link_id=person.link_id,
        )  # fmt: skip
        store.append(SeenOrder, [seen])
        item = RejectedItem(source_id=1, at=AT, reason="too_old", item={"email": mail})
        store.append(RejectedItem, [item])
        _passing(found, Side.ENGAGE)
    subjects = [("user", user), ("anonymous", cookie)]
    statements = [
        Statement(kind, name, "marketing", "web", granted=True, at=AT, origin="web", namespace="shop",
                  proof={"text": new(f"proof {kind}")})
        for kind, name in subjects
    ]  # fmt: skip
    statements.append(
        Statement("email", mail, "marketing", "email", granted=True, at=AT, origin="double_opt_in",
                  proof={"ip": new("proof email")})
    )  # fmt: skip
    record_statements(actor=SYSTEM, statements=statements)


def _passing(found: Planted, side: Side) -> None:
    """What is on its way, or was kept for a repeat."""
    mail = ContactDetail.objects.get(person=found.person, kind="email").value
    link = str(found.person.link_id)
    message = {
        "uuid": uuid.uuid4(),
        "name": "x",
        "key": link,
        "payload": {"a": found.new(f"out {side}")},
    }
    store.append(OutboxMessage, [OutboxMessage(**message, at=AT, crosses=True)])
    store.append(
        InboxMessage,
        [InboxMessage(**{**message, "uuid": uuid.uuid4()}, sent_at=AT, received_at=AT, due_at=AT, state="applied", applied_at=AT)],
    )  # fmt: skip
    job = Job(task="x", state="dead", created_at=AT, due_at=AT, error=f"{mail} failed")
    store.append(Job, [job])
    key = IdempotencyKey(
        caller="x", key=word("k"), body_hash="", answer={"to": mail}, at=clock.now()
    )
    store.append(IdempotencyKey, [key])
