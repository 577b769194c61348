"""Two who become one and had something to do with each other: nobody is related to, or part of,
themselves, nothing is there twice, and parting them again brings back how it was."""

from __future__ import annotations

from typing import Any

import pytest

from kundenkreis.crm.people import commands
from kundenkreis.crm.people.models import Organisation, Person, Relation, RelationKind
from kundenkreis.crm.people.queries import group_of
from kundenkreis.crm.people.relation_commands import add_relation, change_relation
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named
from kundenkreis.records.merging.commands import Merged, merge
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)
ENDS = ("person", "organisation", "other", "other_organisation")


def person(name: str) -> Person:
    return commands.create_person(actor=ANNA, last_name=name)


def firm(name: str, parent: Organisation | None = None) -> Organisation:
    return commands.create_organisation(actor=ANNA, name=name, parent=parent)


def related(slug: str, one: Person, other: Person, **more: Any) -> Relation:
    kind = RelationKind.objects.get(slug=slug)
    return add_relation(actor=ANNA, kind=kind, person=one, other=other, **more)


def together(kept: Any, gone: Any) -> Merged:
    kind = named(type(kept)._meta.model_name)
    return merge(actor=ANNA, kind=kind, kept_id=kept.pk, gone_id=gone.pk)


def relations() -> list[tuple[Any, ...]]:
    return sorted(Relation.objects.values_list("kind__slug", *ENDS, "note"), key=str)


def parents() -> dict[str, str | None]:
    return dict(Organisation.objects.values_list("name", "parent__name"))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("slug", ["knows", "recommended"])
def test_what_the_two_were_to_each_other_goes_and_comes_back(slug: str, turned: bool) -> None:
    one, two = person("A"), person("B")
    related(slug, *((two, one) if turned else (one, two)))
    before = relations()
    done = together(one, two)
    assert relations() == []
    undo(ANNA, Side.CRM, done.batch)
    assert relations() == before


def test_what_two_are_to_a_third_is_noted_once_whichever_is_named_first() -> None:
    one, two, third = person("A"), person("B"), person("C")
    related("knows", one, third)
    related("knows", third, two)
    before = relations()
    done = together(one, two)
    assert relations() == [("knows", one.pk, None, third.pk, None, "")]
    undo(ANNA, Side.CRM, done.batch)
    assert relations() == before


def test_recommendations_both_ways_are_two() -> None:
    one, two, third = person("A"), person("B"), person("C")
    related("recommended", one, third)
    related("recommended", third, two)
    together(one, two)
    assert len(relations()) == 2


def test_what_was_noted_since_stays_when_they_are_parted() -> None:
    one, two, third = person("A"), person("B"), person("C")
    related("knows", one, two, note="vom Segeln")
    kept = related("knows", one, third)
    done = together(one, two)
    change_relation(actor=ANNA, relation_id=kept.pk, note="seit der Messe")
    undo(ANNA, Side.CRM, done.batch)
    assert sorted(row[-1] for row in relations()) == ["seit der Messe", "vom Segeln"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_firm_is_no_part_of_itself_after_the_other_became_part_of_it(turned: bool) -> None:
    whole = firm("Gruppe")
    part = firm("Werk", parent=whole)
    before = parents()
    done = together(*((part, whole) if turned else (whole, part)))
    assert list(parents().values()) == [None]
    undo(ANNA, Side.CRM, done.batch)
    assert parents() == before


@pytest.mark.parametrize("turned", [False, True])
def test_firms_with_one_between_them_become_no_circle(turned: bool) -> None:
    top = firm("Holding")
    middle = firm("Gruppe", parent=top)
    low = firm("Werk", parent=middle)
    before = parents()
    done = together(*((low, top) if turned else (top, low)))
    found = {one.name: group_of(ANNA, one) for one in Organisation.objects.all()}
    name = "Werk" if turned else "Holding"
    assert parents() == {name: None, "Gruppe": name}
    assert [len(found[one]) for one in (name, "Gruppe")] == [2, 1]
    undo(ANNA, Side.CRM, done.batch)
    assert parents() == before
