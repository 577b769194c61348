"""Customers as orders name them: found by link id or their source's number, else created."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from kundenkreis.crm.people.contact_values import detail_columns
from kundenkreis.crm.people.links import linked_people
from kundenkreis.crm.people.models import ContactDetail, CustomerId, Person
from kundenkreis.crm.people.shared_facts import publish_facts
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.text import fold

# A source and its number; a link id, that pair, or a number of the company's own.
type _Id = tuple[str, str]
type _Name = UUID | _Id | str

_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who ordered, as the order says. Never recognised by e-mail address or name.

    `link_id` names the person on both sides, `customer_number` at `source` only, unless it is
    `company_wide`: the company's own number, wherever it comes from. At least one of link id and
    number must be given, else `ValueError`.
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
    company_wide: bool = False

    def __post_init__(self) -> None:
        if not self.link_id and not self.customer_number:
            raise ValueError("a customer needs a link id or a customer number")

    @property
    def id(self) -> _Id:
        return (self.source, self.customer_number)

    @property
    def names(self) -> list[_Name]:
        """What the customer is found by, the surest first."""
        names: list[_Name] = [self.link_id] if self.link_id else []
        if self.customer_number:
            names.append(self.id)
            names += [self.customer_number] if self.company_wide else []
        return names


@command
def find_or_create_customers(*, actor: Actor, customers: Sequence[Customer]) -> list[Person]:
    """The persons the customers are, in the same order; unknown ones are created set-based.

    A person found by number only gets the link id, unless they have another one already.
    """
    actor.require("crm.person.create")
    found = _matching(customers)
    _create(actor, [customer for customer in customers if found.is_new(customer)], found)
    people, ids = [], []
    for customer in customers:
        person = found.person(customer)
        if person is None:  # its name was also another customer's, who is somebody else
            (person,) = _create(actor, [customer], found)
        # A number that the person had before the source said it is the company's.
        company_wide = customer.company_wide or person.customer_number == customer.customer_number
        ids += found.new_id(person, customer, company_wide=company_wide)
        _complete(actor, person, customer, found)
        found.add(person, customer)
        people.append(person)
    store.create_many(actor, CustomerId, ids)
    return people


@command
def known_links(*, actor: Actor, customers: Sequence[Customer]) -> dict[str, UUID]:
    """The link ids that persons have already, by the numbers of customers of one source."""
    actor.require("crm.person.create")
    found = _matching(customers)
    people = [(customer.customer_number, found.person(customer)) for customer in customers]
    return {number: who.link_id for number, who in people if who and who.link_id}


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
    """Persons by the customers' names for them, and which customers are still to be created.

    `ids` are the numbers of sources that are stored, `shown` the numbers that persons have.
    """

    def __init__(self) -> None:
        self.by_name: dict[_Name, Person] = {}
        self.ids: set[_Id] = set()
        self.shown: set[str] = set()
        self.to_come: set[_Name] = set()

    def add(self, person: Person, customer: Customer) -> None:
        """Find the person by all names of the customer that are nobody else's."""
        for name in customer.names:
            if name != customer.link_id or name == person.link_id:
                self.by_name.setdefault(name, person)

    def new_id(
        self, person: Person, customer: Customer, *, company_wide: bool
    ) -> list[dict[str, Any]]:
        """The values of the customer's id at its source, if it has one that is not stored yet."""
        if not customer.customer_number or customer.id in self.ids:
            return []
        self.ids.add(customer.id)
        source, number = customer.id
        values = {"source": source, "number": number, "company_wide": company_wide}
        return [{"person": person, **values}]

    def is_new(self, customer: Customer) -> bool:
        """Whether nobody is this customer, nor was asked for before; remembers the question."""
        names = set(customer.names)
        if self.person(customer) or not names.isdisjoint(self.to_come):
            return False
        self.to_come |= names
        return True

    def person(self, customer: Customer) -> Person | None:
        found = (self.by_name.get(name) for name in customer.names)
        return next(filter(None, found), None)

    def free(self, customer: Customer) -> str:
        """The number to show for the customer, empty when somebody has it or it is none to show."""
        number = customer.customer_number
        return "" if number in self.shown or len(number) > _LONGEST_SHOWN else number


def _matching(customers: Iterable[Customer]) -> _Index:
    """A number that a person has only from a shop is not the company's."""
    links = {customer.link_id for customer in customers if customer.link_id}
    numbers = {customer.customer_number for customer in customers if customer.customer_number}
    ids = list(store.rows(CustomerId).filter(number__in=numbers))
    by_link = linked_people(links)
    named = Q(pk__in=by_link.values()) | Q(customer_number__in=numbers)
    named |= Q(pk__in={one.person_id for one in ids})
    rows = store.rows(Person).select_for_update().filter(named).order_by("pk")
    people = {person.pk: person for person in rows}
    ids = [one for one in ids if one.person_id in people]  # else removed since
    found = _Index()
    for one in ids:
        person = people[one.person_id]
        found.ids.add((one.source, one.number))
        found.by_name[one.source, one.number] = person
        if one.company_wide:
            found.by_name[one.number] = person
    found.by_name.update({link: people[pk] for link, pk in by_link.items() if pk in people})
    said = {(one.person_id, one.number) for one in ids}
    for person in people.values():
        if person.link_id:
            found.by_name[person.link_id] = person
        if person.customer_number:
            found.shown.add(person.customer_number)
            if (person.pk, person.customer_number) not in said:
                found.by_name[person.customer_number] = person
    return found


def _create(actor: Actor, customers: Sequence[Customer], found: _Index) -> list[Person]:
    people = store.create_many(actor, Person, [_values(one, found) for one in customers])
    details = [
        {"person": person, "is_primary": True, **way}
        for person, customer in zip(people, customers, strict=True)
        for way in _ways(customer)
    ]
    store.create_many(actor, ContactDetail, details)
    ids = []
    for person, customer in zip(people, customers, strict=True):
        found.add(person, customer)
        ids += found.new_id(person, customer, company_wide=customer.company_wide)
    store.create_many(actor, CustomerId, ids)
    return people


def _values(customer: Customer, found: _Index) -> dict[str, Any]:
    number = found.free(customer)
    found.shown.add(number)
    return {
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "language": customer.language,
        "customer_number": number or None,
        "source": customer.source,
        "legal_basis": "contract",
        "origin": Person.Origin.SELF,
        "link_id": customer.link_id,
        "is_customer": True,
    }


def _ways(customer: Customer) -> list[dict[str, Any]]:
    ways = [
        (ContactDetail.Kind.EMAIL, customer.email),
        (ContactDetail.Kind.PHONE, customer.phone),
        (ContactDetail.Kind.POSTAL, customer.postal),
    ]
    return [_way(str(kind), value) for kind, value in ways if value]


def _way(kind: str, value: str) -> dict[str, Any]:
    """As the customer wrote it when it is none of its kind: the order counts all the same."""
    try:
        return {"kind": kind, **detail_columns(kind, value, {})}
    except DomainError:
        return {"kind": kind, "value": value, "folded": (fold(value) or "")[:320]}


def _complete(actor: Actor, person: Person, customer: Customer, found: _Index) -> None:
    """Fill in what was open; nothing that staff entered is written over."""
    values: dict[str, Any] = {"is_customer": True}
    if person.link_id is None and customer.link_id:
        values["link_id"] = customer.link_id
    if not person.customer_number and (number := found.free(customer)):
        values["customer_number"] = number
        found.shown.add(number)
    for name in ("first_name", "last_name", "language"):
        if not getattr(person, name) and getattr(customer, name):
            values[name] = getattr(customer, name)
    if store.change(actor, person, **values) and "link_id" in values:
        publish_facts(person)
