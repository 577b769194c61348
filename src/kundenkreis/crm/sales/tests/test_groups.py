"""The figures of an organisation are those of its people and of all its subsidiaries."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.queries import group_of
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.sales.queries import open_sales, opportunities_of
from kundenkreis.kernel.access import Level
from kundenkreis.kernel.testing import ANNA, CRM, SYSTEM

pytestmark = pytest.mark.django_db(databases=CRM)


def _firms() -> tuple[object, object, object, object]:
    top = people.create_organisation(actor=ANNA, name="Mutter AG")
    child = people.create_organisation(actor=ANNA, name="Tochter GmbH", parent=top)
    grandchild = people.create_organisation(actor=ANNA, name="Enkelin GmbH", parent=child)
    stranger = people.create_organisation(actor=ANNA, name="Fremd GmbH")
    return top, child, grandchild, stranger


def test_open_opportunities_are_summed_over_people_and_subsidiaries() -> None:
    sales.ship_pipeline(actor=SYSTEM)
    top, child, grandchild, stranger = _firms()
    person = people.create_person(actor=ANNA, last_name="Weiß", organisation=grandchild)
    for title, minor, whose in (
        ("eins", 100, {"organisation": top}),
        ("zwei", 20, {"organisation": child}),
        ("drei", 3, {"person": person}),
        ("vier", 5000, {"organisation": stranger}),
        ("fünf", 7000, {"organisation": stranger, "person": person}),
    ):
        sales.create_opportunity(actor=ANNA, title=title, value_minor=minor, **whose)
    found = open_sales(ANNA, top)
    assert (found.count, found.value.minor) == (3, 123)
    assert open_sales(ANNA, grandchild).value.minor == 3
    assert {str(one) for one in opportunities_of(ANNA, child)} == {"zwei", "drei"}


def test_a_group_holds_what_its_reader_may_know_and_a_loop_does_no_harm() -> None:
    top, child, grandchild, _stranger = _firms()
    assert group_of(ANNA, top) == [top.pk, child.pk, grandchild.pk]
    grants = MappingProxyType({"crm.organisation.read": Level.OWN})
    stranger = replace(ANNA, user_id=77, grants=grants)
    top.__dict__.pop("_answers", None)
    assert group_of(stranger, top) == [top.pk]
    type(top).objects.filter(pk=top.pk).update(parent=grandchild)
    fresh = type(top).objects.get(pk=top.pk)
    assert group_of(ANNA, fresh) == [top.pk, child.pk, grandchild.pk]
