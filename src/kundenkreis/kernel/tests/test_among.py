"""`among` finds what `in` finds, on both databases."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import Q

from kundenkreis.crm.people.models import Affiliation, ContactDetail, Organisation, Person
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)
LINK, OTHER = uuid4(), uuid4()


@pytest.fixture(autouse=True)
def people() -> None:
    with store.group(Side.CRM, "test"):
        firm = store.create(ANNA, Organisation, name='O\'Hara "& Söhne" %s')
        for name, link, day in (("Weiß", LINK, "2026-01-02"), ("Kern", OTHER, "2026-01-03")):
            one = store.create(ANNA, Person, last_name=name, link_id=link)
            store.create(ANNA, ContactDetail, person=one, kind="email", value=name, folded=name)
            store.create(
                ANNA, Affiliation, person=one, organisation=firm, since=date.fromisoformat(day)
            )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("last_name", ["Weiß", "nobody"]),
        ("link_id", [LINK]),
        ("link_id", [UUID(int=0)]),
        ("contact_details__folded", {"Kern", "Weiß"}),
        ("affiliations__since", [date(2026, 1, 3), None]),
        ("affiliations__organisation__name", ['O\'Hara "& Söhne" %s']),
        ("owner_id", []),
        ("version", range(1, 2_000)),
    ],
)
def test_it_finds_what_django_finds(name: str, values: Collection[Any]) -> None:
    ours, theirs = Person.objects.filter(**{f"{name}__among": values}), list(values)
    assert set(ours) == set(Person.objects.filter(**{f"{name}__in": theirs}))


def test_beside_an_or_it_finds_the_same() -> None:
    weiss, kern = Person.objects.order_by("-last_name")
    found = Person.objects.filter(Q(pk__among={weiss.pk}) | Q(last_name="Kern"))
    assert {one.pk for one in found} == {weiss.pk, kern.pk}
    assert not Person.objects.filter(Q(pk__among=frozenset()) | Q(last_name="Lang"))


def test_it_finds_by_the_keys_of_related_rows() -> None:
    keys = [one.pk for one in ContactDetail.objects.filter(folded="Kern")]
    assert [one.last_name for one in Person.objects.filter(contact_details__pk__among=keys)] == [
        "Kern"
    ]
    people = Person.objects.filter(last_name="Weiß").values_list("pk", flat=True)
    found = Affiliation.objects.filter(person__pk__among=list(people))
    assert [one.since for one in found] == [date(2026, 1, 2)]
