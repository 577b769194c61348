"""Customers as orders name them: found by link id or customer number, else created."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from kundenkreis.crm.people.contact_values import normalised
from kundenkreis.crm.people.models import ContactDetail, Person
from kundenkreis.crm.people.shared_facts import publish_facts
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.text import fold


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who ordered, as the order says. Never recognised by e-mail address or name.

    `link_id` names the person on both sides; `customer_number` is the company's own number.
    At least one of the two must be given, else `ValueError`.
    """

    link_id: UUID | None = None
    customer_number: str = ""
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    email: str = ""
    phone: str = ""
    postal: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not self.link_id and not self.customer_number:
            raise ValueError("a customer needs a link id or a customer number")


@command
def find_or_create_customers(*, actor: Actor, customers: Sequence[Customer]) -> list[Person]:
    """The persons the customers are, in the same order; unknown ones are created set-based.

    A person found by number only gets the link id, unless they have another one already.
    """
    actor.require("crm.person.create")
    found = _Index(_matching(customers))
    found.add(_create(actor, [customer for customer in customers if found.is_new(customer)]))
    people = []
    for customer in customers:
        person = found.person(customer)
        if person is None:  # its name was also another customer's, who is somebody else
            (person,) = _create(actor, [customer])
            found.add([person])
        _complete(actor, person, customer, found)
        people.append(person)
    return people


@command
def link_person(*, actor: Actor, person_id: int) -> UUID:
    """The id by which both sides know the person; a new one on first use."""
    actor.require("crm.person.change")
    person = store.lock(Person, person_id)
    if person.link_id is None:
        store.change(actor, person, link_id=uuid.uuid4())
        publish_facts(person)
    assert person.link_id is not None  # noqa: S101
    return person.link_id


class _Index:
    """Persons by link id and by customer number, and which customers are still to be created."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.by_link: dict[UUID, Person] = {}
        self.by_number: dict[str, Person] = {}
        self.to_come: set[UUID | str] = set()
        self.add(people)

    def add(self, people: Iterable[Person]) -> None:
        for person in people:
            if person.link_id:
                self.by_link[person.link_id] = person
            if person.customer_number:
                self.by_number[person.customer_number] = person

    def is_new(self, customer: Customer) -> bool:
        """Whether nobody is this customer, nor was asked for before; remembers the question."""
        names = {name for name in (customer.link_id, customer.customer_number) if name}
        if self.person(customer) or not names.isdisjoint(self.to_come):
            return False
        self.to_come |= names
        return True

    def person(self, customer: Customer) -> Person | None:
        link = self.by_link.get(customer.link_id) if customer.link_id else None
        return link or self.by_number.get(customer.customer_number)


def _matching(customers: Sequence[Customer]) -> list[Person]:
    links = {customer.link_id for customer in customers if customer.link_id}
    numbers = {customer.customer_number for customer in customers if customer.customer_number}
    named = Q(link_id__in=links) | Q(customer_number__in=numbers)
    return list(store.rows(Person).select_for_update().filter(named).order_by("pk"))


def _create(actor: Actor, customers: Sequence[Customer]) -> list[Person]:
    people = store.create_many(actor, Person, [_values(customer) for customer in customers])
    details = [
        {"person": person, "is_primary": True, **way}
        for person, customer in zip(people, customers, strict=True)
        for way in _ways(customer)
    ]
    store.create_many(actor, ContactDetail, details)
    return people


def _values(customer: Customer) -> dict[str, Any]:
    return {
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "language": customer.language,
        "customer_number": customer.customer_number or None,
        "source": customer.source,
        "legal_basis": "contract",
        "link_id": customer.link_id,
        "is_customer": True,
    }


def _ways(customer: Customer) -> list[dict[str, str]]:
    ways = [
        (ContactDetail.Kind.EMAIL, customer.email),
        (ContactDetail.Kind.PHONE, customer.phone),
        (ContactDetail.Kind.POSTAL, customer.postal),
    ]
    return [_way(str(kind), value) for kind, value in ways if value]


def _way(kind: str, value: str) -> dict[str, str]:
    """As the customer wrote it when it is none of its kind: the order counts all the same."""
    try:
        value, folded = normalised(kind, value)
    except DomainError:
        folded = fold(value) or ""
    return {"kind": kind, "value": value, "folded": folded[:320]}


def _complete(actor: Actor, person: Person, customer: Customer, found: _Index) -> None:
    """Fill in what was open; nothing that staff entered is written over."""
    values: dict[str, Any] = {"is_customer": True}
    if person.link_id is None and customer.link_id:
        values["link_id"] = customer.link_id
    number = customer.customer_number
    if number and not person.customer_number and number not in found.by_number:
        values["customer_number"] = number
    for name in ("first_name", "last_name", "language"):
        if not getattr(person, name) and getattr(customer, name):
            values[name] = getattr(customer, name)
    if store.change(actor, person, **values):
        found.add([person])
        if "link_id" in values:
            publish_facts(person)
