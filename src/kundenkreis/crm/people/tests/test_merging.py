from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kundenkreis.crm.people import commands, contact_commands, relation_commands
from kundenkreis.crm.people.customer_commands import Customer, find_or_create_customers
from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    FormerLink,
    Organisation,
    Person,
    Relation,
    RelationKind,
    TimelineEntry,
)
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.sales.models import Opportunity
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.crm.work.models import Activity
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, CRM
from kundenkreis.records import named, write
from kundenkreis.records.merging import references
from kundenkreis.records.merging.commands import merge, merges_of, unmerge
from kundenkreis.records.merging.values import choices
from kundenkreis.records.models import Mark
from kundenkreis.records.page.marks import toggle
from kundenkreis.records.past.history import steps
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON, ORGANISATION = named("person"), named("organisation")


@pytest.fixture
def firm() -> Organisation:
    return commands.create_organisation(actor=ANNA, name="Bergmann Optik GmbH")


@pytest.fixture
def anna(firm: Organisation) -> Person:
    return commands.create_person(
        actor=ANNA, first_name="Anna", last_name="Weiß", email="a@example.org", organisation=firm
    )


@pytest.fixture
def double(firm: Organisation) -> Person:
    """The same person again, with a life of her own."""
    made = commands.create_person(
        actor=ANNA, first_name="A.", last_name="Weiss", email="A@example.org",
        phone="03641 123456", customer_number="K-7", organisation=firm,
    )  # fmt: skip
    contact_commands.add_contact_detail(actor=ANNA, holder=made, kind="email", value="b@x.example")
    add_activity(actor=ANNA, about=made, kind="call", text="Angerufen")
    sales.ship_pipeline(actor=ANNA)
    sales.create_opportunity(actor=ANNA, title="Messkopf", person=made, organisation=firm)
    toggle(PERSON, ANNA, made.pk, Mark.What.STAR)
    return made


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Everything that names people, but for what says that something was changed."""
    left = {"version", "changed_at", "tx", "recorded_at"}
    models = [field.model for field in references.referring(Person)]
    tables = {*models, Person, Mark, Activity}
    return {
        model.__name__: sorted(
            (
                {name: value for name, value in row.items() if name not in left}
                for row in model._default_manager.using("default").values()
                if row.get("kind") not in ("merged", "parted")
            ),
            key=lambda row: repr(sorted(row.items(), key=str)),
        )
        for model in sorted(tables, key=lambda model: model.__name__)
    }


def together(kept: Person, gone: Person, **more: Any) -> Any:
    return merge(actor=ANNA, kind=PERSON, kept_id=kept.pk, gone_id=gone.pk, **more)


def test_everything_that_names_the_one_names_the_other_then(anna: Person, double: Person) -> None:
    together(anna, double)
    assert list(Person.objects.values_list("pk", flat=True)) == [anna.pk]
    kept = Person.objects.get()
    assert (kept.first_name, kept.customer_number) == ("Anna", "K-7")
    assert sorted(one.value for one in kept.contact_details.all()) == [
        "+49 3641 123456", "a@example.org", "b@x.example",
    ]  # fmt: skip
    assert kept.affiliations.count() == 1
    assert Opportunity.objects.get().person == kept
    activity = Activity.objects.get()
    assert (activity.person, activity.about_row) == (kept, kept.pk)
    assert Mark.objects.using("default").filter(what="star").get().row == kept.pk
    told = kept.timeline.values_list("kind", flat=True)
    assert {"call", "merged", "opportunity"} <= set(told)
    assert kept.contacted_on is not None


def test_a_merge_is_taken_back_as_if_it_had_never_been(anna: Person, double: Person) -> None:
    before = snapshot()
    done = together(anna, double)
    assert snapshot() != before
    result = undo(ANNA, Side.CRM, done.batch)
    assert not result.left
    assert snapshot() == before
    assert not merges_of(PERSON, anna.pk)


def test_a_merge_that_changed_no_value_is_a_step_of_the_history_and_taken_back_there(
    anna: Person, double: Person
) -> None:
    write.change(PERSON, ANNA, anna.pk, None, {"profession": "Optikerin"})
    done = together(anna, double, taken=[])
    write.change(PERSON, ANNA, anna.pk, None, {"profession": "Augenoptikerin"})
    said, _ = steps(PERSON, ANNA, PERSON.one(ANNA, anna.pk))
    (step,) = (one for one in said if one.title == f"Merged with {double}")
    assert done.batch in step.undo_url
    assert said.index(step) == 1  # between both changes
    undo(ANNA, Side.CRM, done.batch)
    again = [one.title for one in steps(PERSON, ANNA, PERSON.one(ANNA, anna.pk))[0]]
    assert f"Merged with {double}" not in again


def test_control_a_reference_that_is_forgotten_is_noticed(
    anna: Person, double: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot()
    done = together(anna, double)
    monkeypatch.setattr(references, "NAMED", [])
    monkeypatch.setattr("kundenkreis.records.merging.commands.move_back", lambda *_: None)
    undo(ANNA, Side.CRM, done.batch)
    assert snapshot() != before


def test_what_was_changed_after_the_merge_stays_and_is_said(anna: Person, double: Person) -> None:
    done = together(anna, double, taken=["first_name", "customer_number"])
    kept = Person.objects.get()
    assert kept.first_name == "A."
    write.change(PERSON, ANNA, kept.pk, None, {"first_name": "Anne"})
    result = undo(ANNA, Side.CRM, done.batch)
    assert [str(one) for one in result.left] == ["First name of “Anne Weiß”: it was changed since."]
    one, two = Person.objects.order_by("pk")
    assert (one.first_name, one.customer_number) == ("Anne", None)
    assert (two.first_name, two.customer_number) == ("A.", "K-7")


def test_what_came_after_the_merge_stays_with_the_one_it_came_to(
    anna: Person, double: Person
) -> None:
    done = together(anna, double)
    later = add_activity(actor=ANNA, about=anna, kind="call", text="Später")
    undo(ANNA, Side.CRM, done.batch)
    later.refresh_from_db()
    assert (later.person_id, later.about_row) == (anna.pk, anna.pk)
    assert double.activities.count() == 1


def test_two_merges_are_taken_back_one_after_the_other(
    anna: Person, double: Person, firm: Organisation
) -> None:
    third = commands.create_person(actor=ANNA, last_name="Weis", email="c@example.org")
    before = snapshot()
    together(double, third)
    middle = snapshot()
    together(anna, double)
    (last,) = merges_of(PERSON, anna.pk)
    unmerge(actor=ANNA, kind=PERSON, merge_id=last.pk)
    assert snapshot() == middle
    (first,) = merges_of(PERSON, double.pk)
    unmerge(actor=ANNA, kind=PERSON, merge_id=first.pk)
    assert snapshot() == before
    with pytest.raises(NotFound):
        unmerge(actor=ANNA, kind=PERSON, merge_id=first.pk)


def test_a_relation_between_the_two_goes_and_comes_back(anna: Person, double: Person) -> None:
    relation_commands.add_relation(
        actor=ANNA, person=anna, kind=RelationKind.objects.get(slug="knows"), other=double
    )
    before = snapshot()
    done = together(anna, double)
    assert not Relation.objects.exists()
    undo(ANNA, Side.CRM, done.batch)
    assert snapshot() == before


def test_orders_that_name_the_one_that_went_reach_the_one_that_stayed(anna: Person) -> None:
    link, other = UUID(int=1), UUID(int=2)
    with store.group(Side.CRM, "test"):
        (one,) = find_or_create_customers(actor=ANNA, customers=[Customer(link_id=link)])
        (two,) = find_or_create_customers(actor=ANNA, customers=[Customer(link_id=other)])
    before = snapshot()
    done = together(one, two)
    with store.group(Side.CRM, "test"):
        found = find_or_create_customers(
            actor=ANNA, customers=[Customer(link_id=link), Customer(link_id=other)]
        )
    assert [person.pk for person in found] == [one.pk, one.pk]
    undo(ANNA, Side.CRM, done.batch)
    assert snapshot() == before
    assert Person.objects.get(link_id=other).pk == two.pk
    done = together(anna, two)  # who had no link
    assert Person.objects.get(link_id=other).pk == anna.pk
    undo(ANNA, Side.CRM, done.batch)
    assert Person.objects.get(link_id=other).pk == two.pk
    assert not FormerLink.objects.exists()


def test_it_offers_the_values_in_which_they_differ(anna: Person, double: Person) -> None:
    found = {one.name: one.taken for one in choices(PERSON, ANNA, anna, double)}
    assert found["first_name"] is False
    assert found["customer_number"] is True
    assert "source" not in found


def test_nobody_merges_what_they_may_not_change(anna: Person, double: Person) -> None:
    write.change(PERSON, ANNA, double.pk, None, {"team_id": 2})
    with pytest.raises((NotAllowed, NotFound)):
        merge(actor=BEN, kind=PERSON, kept_id=anna.pk, gone_id=double.pk)
    with pytest.raises(DomainError):
        together(anna, anna)
    assert Person.objects.count() == 2


def test_organisations_become_one_with_their_people(firm: Organisation) -> None:
    twin = commands.create_organisation(actor=ANNA, name="Bergmann Optik", phone="03641 1")
    commands.create_organisation(actor=ANNA, name="Filiale", parent=twin)
    person = commands.create_person(actor=ANNA, last_name="Kern", organisation=twin)
    done = merge(actor=ANNA, kind=ORGANISATION, kept_id=firm.pk, gone_id=twin.pk)
    assert Affiliation.objects.get(person=person).organisation == firm
    assert Organisation.objects.get(name="Filiale").parent == firm
    assert ContactDetail.objects.get().organisation == firm
    undo(ANNA, Side.CRM, done.batch)
    assert Affiliation.objects.get(person=person).organisation == twin
    assert Organisation.objects.get(name="Filiale").parent == twin


def test_the_timeline_tells_of_both(anna: Person, double: Person) -> None:
    done = together(anna, double)
    undo(ANNA, Side.CRM, done.batch)
    told = TimelineEntry.objects.filter(person=anna, at__gte=clock.now() - timedelta(minutes=1))
    assert {"merged", "parted"} <= set(told.values_list("kind", flat=True))
