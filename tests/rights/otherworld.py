"""The same company for somebody, and yet another: all that they may not see is different."""

from __future__ import annotations

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people.models import Affiliation, ContactDetail, Person, TimelineEntry
from kundenkreis.crm.sales.models import Opportunity, Order
from kundenkreis.kernel import clock
from kundenkreis.kernel.models import SearchDocument
from kundenkreis.kernel.sides import Side
from kundenkreis.records import named, write
from kundenkreis.records.search import indexing
from tests.rights import company, oracle, worlds
from tests.rights.company import ANNA, FRED, OTHERS, Company, pk_of
from tests.rights.oracle import Row


def other_world(firm: Company, pk: int) -> None:
    """Change, add and remove everything that somebody may not see."""
    world = firm.world
    anna = viewer_of(User.objects.get(pk=ANNA))
    for subject in ("crm.person", "crm.organisation", "crm.opportunity", "crm.activity"):
        kind = named(subject.partition(".")[2])
        strange = sorted(set(world.rows[subject]) - oracle.readable(world, pk, subject))
        name = company.TEXTS[subject][0]
        for one in strange:
            write.change(kind, anna, one, None, {name: f"Other {one}"})
        new = {}
        for n in range(3):
            values = {field: f"new{n}" for field in company.TEXTS[subject] if "number" not in field}
            new[900 + n] = Row(subject, pk_of(subject, 900 + n), FRED, OTHERS, (), values)
        if world.staff[pk].teams != {OTHERS} and not _sees_all(world, pk, subject):
            worlds.insert_rows(subject, new.values())
    _parts(firm, pk)
    for subject, name, other in (
        ("crm.person", "source", "Other"), ("crm.opportunity", "value_minor", 1),
        ("crm.organisation", "website", "https://other.example"),
    ):  # fmt: skip
        if not oracle.knows(world, pk, subject, name):
            worlds.MODELS[subject].objects.update(**{name: other})
    SearchDocument.objects.using("default").all().delete()
    indexing.rebuild(Side.CRM)


def _sees_all(world: oracle.World, pk: int, subject: str) -> bool:
    return oracle.level(world, world.staff[pk], subject, "read") == "all"


def _parts(firm: Company, pk: int) -> None:
    """Where people who are hidden work, how they are reached, what they ordered."""
    strange = [
        one for one in Person.objects.order_by("pk")
        if one.pk not in oracle.readable(firm.world, pk, "crm.person")
    ]  # fmt: skip
    known = sorted(oracle.readable(firm.world, pk, "crm.organisation"))
    now = clock.now()
    dates = {"created_at": now, "changed_at": now}
    for person in strange:
        ContactDetail.objects.filter(person=person).update(value="other", folded="other")
        for firm_pk in known:
            Affiliation.objects.create(
                person=person, organisation_id=firm_pk, function="New", **dates
            )
            TimelineEntry.objects.create(
                person=person, organisation_id=firm_pk, kind="note", at=now, recorded_at=now,
                actor="x", payload={"text": "New"}, key=f"new {person.pk} {firm_pk}",
            )  # fmt: skip
    people = [one.pk for one in strange] or [None]
    if not _sees_all(firm.world, pk, "crm.order"):
        for n, one in enumerate(people):
            Order.objects.create(
                pk=pk_of("crm.order", 900 + n), owner_id=FRED, number=f"new{n}", source="s",
                person_id=one, organisation_id=known[0] if known else None, placed_at=now,
                net_minor=5, tax_minor=0, gross_minor=5, currency="EUR", **dates,
            )  # fmt: skip
    for order in Order.objects.filter(pk__in=oracle.readable(firm.world, pk, "crm.order")):
        if order.person_id in people:
            Order.objects.filter(pk=order.pk).update(person=people[0])
    for sale in Opportunity.objects.all():
        if sale.person_id in people:
            Opportunity.objects.filter(pk=sale.pk).update(person=people[0])
