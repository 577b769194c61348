"""Fields that a company defines itself are fields like any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.http import QueryDict

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.people.records import PERSON
from kundenkreis.kernel import audit, clock, store
from kundenkreis.kernel.errors import Conflict, DomainError, NotAllowed
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, BOTH
from kundenkreis.records import write
from kundenkreis.records.custom import defining
from kundenkreis.records.fields import info, names
from kundenkreis.records.forms import RecordForm, form_names
from kundenkreis.records.lists.listing import listing
from kundenkreis.records.models import FieldDefinition
from kundenkreis.records.page import facts
from kundenkreis.records.page.editing import Edit
from kundenkreis.records.past.as_of import values_at
from kundenkreis.records.past.history import steps
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=BOTH)


def field(label: str, sort: str = "text", **values: Any) -> FieldDefinition:
    return defining.create_field(actor=ANNA, kind=PERSON, type=sort, label={"en": label}, **values)


def person(**values: Any) -> Person:
    made: Person = write.create(PERSON, ANNA, {"last_name": "Kern", **values})
    return made


def save(edit: Edit, typed: str) -> bool:
    return edit.save(QueryDict(f"{typed}&seen={quote(edit.seen)}"))


def again(record: Person) -> Person:
    return Person.objects.get(pk=record.pk)


def test_a_field_has_a_key_made_of_its_first_name_that_stays() -> None:
    made = field("Favourite colour")
    defining.change_field(actor=ANNA, kind=PERSON, pk=made.pk, label={"en": "Colour"})

    assert names(Person)[-1] == "custom__favourite_colour"
    assert str(info(Person, "custom__favourite_colour").label) == "Colour"


@pytest.mark.parametrize(
    ("sort", "value", "kept"),
    [
        ("text", "Straße", "Straße"),
        ("number", Decimal("12.50"), 12.5),
        ("number", Decimal(3), 3),
        ("money", 1999, 1999),
        ("date", date(2026, 11, 21), "2026-11-21"),
        ("time", time(17, 30), "17:30"),
        ("boolean", False, False),
        ("url", "https://kern.example", "https://kern.example"),
    ],
)
def test_each_value_is_kept_plainly_and_read_as_it_was(sort: str, value: Any, kept: Any) -> None:
    name = field("Thing", sort, options={"places": 2}).name

    made = again(person(**{name: value}))

    assert made.custom == {"thing": kept}
    assert getattr(made, name) == value
    assert list(Person.objects.filter(**{name: value})) == [made]
    assert list(Person.objects.values_list(name, flat=True)) == [value]
    assert list(Person.objects.order_by(f"-{name}")) == [made]


def test_the_form_of_a_new_record_asks_for_it_and_pages_show_it() -> None:
    name = field("Shoe size", "number", required=True, help={"en": "European"}).name
    form = RecordForm(PERSON, ANNA, form_names(PERSON, ANNA), {"last_name": "Kern", name: "42"})
    empty = RecordForm(PERSON, ANNA, form_names(PERSON, ANNA), {"last_name": "Kern"})

    assert form.is_valid()
    assert name in empty.errors
    assert form.fields[name].help_text == "European"
    made = write.create(PERSON, ANNA, form.cleaned_data)
    shown = [fact for group in facts.sections(PERSON, ANNA, made) for fact in group["facts"]]
    assert ("Shoe size", "42") in [(fact.label, str(fact.value)) for fact in shown]


def test_a_field_that_became_required_does_not_stand_in_the_way_of_others() -> None:
    made = person()
    name = field("Shoe size", "number", required=True).name

    edit = Edit(PERSON, ANNA, made.pk, ["first_name"])

    assert save(edit, "first_name=Paula")
    itself = Edit(PERSON, ANNA, made.pk, [name])
    assert not save(itself, f"{name}=")


def test_each_field_has_a_history_of_its_own_and_can_be_taken_back_by_itself() -> None:
    color, size = field("Colour").name, field("Shoe size", "number").name
    made = person(**{color: "red"})
    edit = Edit(PERSON, ANNA, made.pk, [color])
    save(edit, f"{color}=blue")
    batch = audit.latest(Side.CRM, reference(made), 1)[0].batch
    other = Edit(PERSON, ANNA, made.pk, [size])
    save(other, f"{size}=42")

    lines = [
        (line.label, line.before, line.after)
        for step in steps(PERSON, ANNA, made)[0]
        for line in step.lines
    ]
    undo(ANNA, Side.CRM, batch)

    assert lines[:2] == [("Shoe size", "", "42"), ("Colour", "red", "blue")]
    assert again(made).custom == {"colour": "red", "shoe_size": 42}


def test_two_people_change_two_fields_and_neither_writes_over_the_other() -> None:
    color, size = field("Colour").name, field("Shoe size", "number").name
    made = person()
    first, second = (Edit(PERSON, ANNA, made.pk, [name]) for name in (color, size))

    assert save(first, f"{color}=red")
    assert save(second, f"{size}=42")
    assert again(made).custom == {"colour": "red", "shoe_size": 42}


def test_control_a_stale_copy_of_a_record_is_never_written() -> None:
    color, size = field("Colour").name, field("Shoe size", "number").name
    made = person()
    with store.group(Side.CRM):
        stale, fresh = store.lock(Person, made.pk), store.lock(Person, made.pk)
        store.change(ANNA, fresh, **{color: "red"})
        with pytest.raises(Conflict):
            store.change(ANNA, stale, **{size: Decimal(42)})


def test_a_new_record_starts_with_the_default_unless_somebody_says_otherwise() -> None:
    name = field("Colour", default="red").name

    assert getattr(person(), name) == "red"
    assert getattr(person(**{name: "blue"}), name) == "blue"


def test_lists_show_and_sort_it() -> None:
    name = field("Colour", filterable=True).name
    person(last_name="A", **{name: "red"})
    person(last_name="B", **{name: "blue"})

    found = listing(PERSON, ANNA, QueryDict(f"sort={name}"), "/")
    narrowed = listing(PERSON, ANNA, QueryDict(f"{name}=red"), "/")

    assert ["B" in row for row in found.rows] == [True, False]
    assert narrowed.count == 1


def test_what_is_put_away_keeps_its_values_and_is_asked_for_no_more() -> None:
    made_field = field("Colour", required=True)
    made = person(**{made_field.name: "red"})
    defining.archive_field(actor=ANNA, kind=PERSON, pk=made_field.pk, archived=True)

    assert made_field.name not in form_names(PERSON, ANNA)
    assert again(made).custom == {"colour": "red"}

    defining.archive_field(actor=ANNA, kind=PERSON, pk=made_field.pk, archived=False)
    assert made_field.name in form_names(PERSON, ANNA)


def test_a_deleted_field_comes_back_with_its_values_and_nobody_else_gets_its_key() -> None:
    made_field = field("Colour")
    made = person(**{made_field.name: "red"})
    with pytest.raises(DomainError):
        defining.remove_field(actor=ANNA, kind=PERSON, pk=made_field.pk)
    defining.archive_field(actor=ANNA, kind=PERSON, pk=made_field.pk, archived=True)
    batch = defining.remove_field(actor=ANNA, kind=PERSON, pk=made_field.pk)

    assert made_field.name not in names(Person)
    assert field("Colour").key == "colour_2"
    back = defining.restore_field(actor=ANNA, kind=PERSON, batch=batch)
    assert getattr(again(made), back.name) == "red"


def test_only_who_may_change_fields_defines_one() -> None:
    with pytest.raises(NotAllowed):
        defining.create_field(actor=BEN, kind=PERSON, type="text", label={"en": "Colour"})


def test_a_value_of_another_sort_is_refused_at_the_door() -> None:
    name = field("Shoe size", "number").name

    with pytest.raises(DomainError) as refused:
        person(**{name: "large"})
    assert refused.value.field == name


def test_it_knows_what_a_record_said_on_another_day() -> None:
    name = field("Colour").name
    made = person(**{name: "red"})
    at = audit.latest(Side.CRM, reference(made), 1)[0].at
    edit = Edit(PERSON, ANNA, made.pk, [name])
    save(edit, f"{name}=blue")

    then = values_at(PERSON, again(made), at)
    assert then is not None
    assert then[name] == "red"


def test_the_search_finds_its_texts_as_long_as_it_is_in_use() -> None:
    made = field("Nickname")
    person(**{made.name: "Straßenkehrer"})

    assert listing(PERSON, ANNA, QueryDict("q=strassenkehrer"), "/").count == 1
    defining.archive_field(actor=ANNA, kind=PERSON, pk=made.pk, archived=True)
    with clock.freeze(clock.now() + timedelta(seconds=2)):
        runner.run_due(Side.CRM)
    assert listing(PERSON, ANNA, QueryDict("q=strassenkehrer"), "/").count == 0


def test_the_search_tells_nobody_what_is_hidden_from_them() -> None:
    made = field("Nickname")
    person(**{made.name: "canary"})
    blind = replace(ANNA, hidden={"crm.person": frozenset({made.name})})

    assert listing(PERSON, blind, QueryDict("q=canary"), "/").count == 0
    assert listing(PERSON, blind, QueryDict("q=kern"), "/").count == 1
