"""Fields that name another record or choose from a list, and what whom of them is told."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.records import ORGANISATION, PERSON
from kundenkreis.kernel import conditions, wordindex
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.conditions import All, Compare
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import write
from kundenkreis.records.custom import defining
from kundenkreis.records.fields import info
from kundenkreis.records.forms import RecordForm, form_names
from kundenkreis.records.lists.columns import offered
from kundenkreis.records.lists.filters import vocabulary
from kundenkreis.records.lists.listing import listing
from kundenkreis.records.models import FieldDefinition
from kundenkreis.records.page import facts
from kundenkreis.records.page.editing import Edit
from kundenkreis.records.past.history import steps

pytestmark = pytest.mark.django_db(databases=BOTH)

# Reads every person, but only the organisations of their own.
NARROW = Viewer(
    "Nora",
    7,
    grants=MappingProxyType({"crm.person.*": Level.ALL, "crm.organisation.read": Level.OWN}),
)
COLOURS = [{"value": "red", "label": {"en": "Red", "de": "Rot"}}, {"label": {"en": "Dark blue"}}]


def field(label: str, sort: str, **values: Any) -> FieldDefinition:
    return defining.create_field(actor=ANNA, kind=PERSON, type=sort, label={"en": label}, **values)


def supplier(**values: Any) -> FieldDefinition:
    return field("Supplier", "relation", options={"target": "organisation"}, **values)


def firm(name: str, owner: int = 1) -> Organisation:
    made: Organisation = write.create(ORGANISATION, ANNA, {"name": name, "owner_id": owner})
    return made


def person(**values: Any) -> Person:
    made: Person = write.create(PERSON, ANNA, {"last_name": "Kern", **values})
    return made


def shown(viewer: Viewer, record: Person) -> dict[str, str]:
    return {
        fact.label: str(fact.value)
        for group in facts.sections(PERSON, viewer, PERSON.one(viewer, record.pk))
        for fact in group["facts"]
    }


def test_a_relation_names_a_record_like_a_foreign_key() -> None:
    name, bergmann = supplier(filterable=True).name, firm("Bergmann Optik GmbH")
    form = RecordForm(
        PERSON, ANNA, form_names(PERSON, ANNA), {"last_name": "Kern", name: "Bergmann Optik GmbH"}
    )

    assert form.is_valid(), form.errors
    made = write.create(PERSON, ANNA, form.cleaned_data)
    assert made.custom == {"supplier": bergmann.pk}
    assert getattr(made, name) == bergmann
    assert getattr(made, f"{name}_id") == bergmann.pk
    assert list(Person.objects.filter(**{f"{name}_id": bergmann.pk})) == [made]
    assert "Bergmann" in shown(ANNA, made)["Supplier"]


def test_the_records_of_a_whole_page_are_read_at_once() -> None:
    name = supplier().name
    for number in range(5):
        person(**{name: firm(f"Firma {number}")})
    with CaptureQueriesContext(connection) as asked:
        people = list(PERSON.rows(ANNA))
        found = [str(getattr(one, name)) for one in people]
    assert sorted(found) == [f"Firma {number}" for number in range(5)]
    assert len(asked) <= 3


def test_who_may_not_read_the_other_record_is_not_told_of_it() -> None:
    name = supplier(filterable=True).name
    hidden, mine = firm("Geheim AG"), firm("Meine AG", owner=7)
    secret, open_ = person(**{name: hidden}), person(**{name: mine})

    assert "Supplier" not in shown(NARROW, secret)
    assert "Meine" in shown(NARROW, open_)["Supplier"]
    assert info(Person, name).hidden(PERSON.one(NARROW, secret.pk))
    for number, expected in ((hidden.pk, 0), (mine.pk, 1)):
        assert listing(PERSON, NARROW, QueryDict(f"{name}={number}"), "/").count == expected
    assert "Geheim" not in str([step.lines for step in steps(PERSON, NARROW, secret)[0]])


def test_what_a_relation_names_may_go_and_come_back() -> None:
    name, gone = supplier().name, firm("Bergmann")
    made = person(**{name: gone})
    write.remove(ORGANISATION, ANNA, gone.pk)

    assert getattr(PERSON.one(ANNA, made.pk), name) is None
    assert Edit(PERSON, ANNA, made.pk, [name]).form[name].value() in (None, "")


def test_several_choices_are_found_by_any_of_them() -> None:
    made = field("Colours", "choices", options={"choices": COLOURS}, filterable=True)
    both = person(**{made.name: ["red", "dark_blue"]})
    person(**{made.name: ["dark_blue"]})
    person()
    words = vocabulary(PERSON, ANNA)

    def found(op: str, *values: str) -> int:
        tree = All((Compare(made.name, op, values or None),))
        rows = Person.objects.filter(conditions.to_q(tree, words, both.changed_at))
        agreed = [
            one
            for one in Person.objects.all()
            if conditions.matches(tree, words, one, both.changed_at)
        ]
        assert set(rows) == set(agreed)
        return len(agreed)

    assert wordindex.in_use(Side.CRM, "person", made.name) == ["dark_blue", "red"]
    assert [found("has_any", "red"), found("has_all", "red", "dark_blue")] == [1, 1]
    assert [found("has_any", "dark_blue"), found("has_none", "red"), found("empty")] == [2, 2, 1]
    assert listing(PERSON, ANNA, QueryDict(f"{made.name}=red"), "/").count == 1
    assert "Red" in shown(ANNA, both)["Colours"]
    assert "Dark blue" in shown(ANNA, both)["Colours"]


def test_a_choice_keeps_its_value_whatever_it_is_called() -> None:
    made = field("Colour", "choice", options={"choices": COLOURS})
    chosen = person(**{made.name: "red"})
    renamed = [{"value": "red", "label": {"en": "Crimson"}, "archived": True}, *COLOURS[1:]]
    defining.change_field(actor=ANNA, kind=PERSON, pk=made.pk, options={"choices": renamed})

    assert shown(ANNA, chosen)["Colour"] == "Crimson"
    with pytest.raises(DomainError):
        person(**{made.name: "green"})


def test_a_hidden_field_of_ones_own_is_hidden_in_every_door() -> None:
    made = field("Colour", "text", filterable=True)
    record = person(**{made.name: "canary"})
    blind = replace(ANNA, hidden={"crm.person": frozenset({made.name})})

    assert "canary" not in str(shown(blind, record))
    assert getattr(PERSON.one(blind, record.pk), made.name) is None
    assert made.name not in form_names(PERSON, blind)
    assert made.name not in [column.name for column in offered(PERSON, blind)]
    assert vocabulary(PERSON, blind).find(made.name) is None
    assert "canary" not in str(listing(PERSON, blind, QueryDict(f"sort={made.name}"), "/").rows)
    assert "canary" not in str([step.lines for step in steps(PERSON, blind, record)[0]])
    with pytest.raises(NotAllowed):
        write.change(PERSON, blind, record.pk, None, {made.name: "mine"})


def test_a_locked_field_of_ones_own_is_shown_but_not_set() -> None:
    made = field("Colour", "text")
    record = person(**{made.name: "red"})
    locked = replace(ANNA, locked={"crm.person": frozenset({made.name})})

    assert shown(locked, record)["Colour"] == "red"
    with pytest.raises(NotAllowed):
        Edit(PERSON, locked, record.pk, [made.name])
