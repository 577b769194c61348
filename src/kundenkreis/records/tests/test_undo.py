from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from kundenkreis.crm.people.commands import create_organisation, create_person
from kundenkreis.crm.people.contact_commands import add_contact_detail
from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    Organisation,
    Person,
    TimelineEntry,
)
from kundenkreis.crm.sales.commands import create_opportunity, move_opportunity, ship_pipeline
from kundenkreis.crm.sales.models import Opportunity, Order, Stage
from kundenkreis.crm.sales.order_commands import place_order
from kundenkreis.crm.sales.order_values import NewOrder
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import audit, clock, forgetting, store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.errors import Conflict, DomainError, NotAllowed, NotFound
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, CRM, SYSTEM
from kundenkreis.records import named, testing, write
from kundenkreis.records.past.bin import deleted
from kundenkreis.records.past.history import steps
from kundenkreis.records.past.undo import Undone, undo

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON = named("person")
CREATES = {"crm.person.create": Level.ALL, "crm.person.read": Level.ALL}


def jana(**values: Any) -> Person:
    company = create_organisation(actor=ANNA, name="Optik Weiß GmbH")
    return create_person(
        actor=ANNA, first_name="Jana", last_name="Weiß", email="jana@weiss.example",
        organisation=company, function="Einkauf", **values,
    )  # fmt: skip


def batch_of(record: Any) -> str:
    """The unit of work that changed the record last."""
    return audit.latest(Side.CRM, reference(record), 1)[0].batch


def taken_back(batch: str, actor: Any = ANNA) -> Undone:
    return undo(actor, Side.CRM, batch)


def test_it_takes_an_edit_back_and_then_the_taking_back() -> None:
    person = jana()
    write.change(PERSON, ANNA, person.pk, None, {"last_name": "Kern", "language": "en"})
    assert taken_back(batch_of(person)).count == 1
    person.refresh_from_db()
    assert (person.last_name, person.version) == ("Weiß", 3)
    assert taken_back(batch_of(person)).count == 1
    person.refresh_from_db()
    assert person.last_name == "Kern"


def test_what_somebody_changed_since_is_theirs_and_stays() -> None:
    person = jana()
    write.change(PERSON, ANNA, person.pk, None, {"last_name": "Kern", "first_name": "Janina"})
    batch = batch_of(person)
    write.change(PERSON, BEN_ALL, person.pk, None, {"first_name": "Johanna"})
    result = taken_back(batch)
    person.refresh_from_db()
    assert (person.first_name, person.last_name) == ("Johanna", "Weiß")
    assert list(map(str, result.left)) == ["First name of “Johanna Kern”: it was changed since."]


BEN_ALL = ANNA.through("api")


def test_a_deleted_person_comes_back_with_all_they_had_and_the_same_number() -> None:
    person = jana(customer_number="K-1")
    add_activity(actor=ANNA, about=person, text="Will call back.")
    before = {
        model: list(model._default_manager.order_by("pk").values())
        for model in (Person, ContactDetail, Affiliation)
    }
    notes = list(TimelineEntry.objects.values("id", "payload", "key"))
    batch_pk = person.pk
    write.remove(PERSON, ANNA, person.pk)
    assert not Person.objects.exists()
    assert not ContactDetail.objects.filter(person__isnull=False).exists()
    assert not TimelineEntry.objects.exists()
    person.pk = batch_pk
    assert taken_back(batch_of(person)) == Undone(count=1)
    for model, rows in before.items():
        for old, new in zip(rows, model._default_manager.order_by("pk").values(), strict=True):
            changed = {name for name in old if old[name] != new[name]}
            assert changed <= {"version", "changed_at"}
    assert list(TimelineEntry.objects.values("id", "payload", "key")) == notes


def test_a_deletion_can_be_taken_back_once() -> None:
    person = jana()
    write.remove(PERSON, ANNA, person.pk)
    batch = RemovedRow.objects.using("default").filter(root=True).get().batch
    taken_back(batch)
    with pytest.raises(NotFound):
        taken_back(batch)


def test_it_refuses_when_a_unique_value_was_given_away_and_changes_nothing() -> None:
    person = jana(customer_number="K-1")
    write.remove(PERSON, ANNA, person.pk)
    batch = RemovedRow.objects.using("default").filter(root=True).get().batch
    create_person(actor=ANNA, last_name="Neu", customer_number="K-1")
    with pytest.raises(Conflict, match="cannot come back"):
        taken_back(batch)
    assert Person.objects.count() == 1
    assert RemovedRow.objects.using("default").filter(restored_at=None, root=True).exists()


def test_what_a_part_belonged_to_may_be_gone_then_only_the_part_stays_away() -> None:
    person = jana()
    write.remove(PERSON, ANNA, person.pk)
    batch = RemovedRow.objects.using("default").filter(root=True).get().batch
    write.remove(named("organisation"), ANNA, Organisation.objects.get().pk)
    result = taken_back(batch)
    assert Person.objects.get() == person
    assert not Affiliation.objects.exists()
    assert len(result.left) == 1


def test_a_row_that_somebody_still_needs_is_not_deleted_and_the_bin_stays_empty() -> None:
    person = jana()
    ship_pipeline(actor=SYSTEM)
    create_opportunity(actor=ANNA, title="Messgeräte", person=person)
    with pytest.raises(DomainError, match="still used by"):
        write.remove(PERSON, ANNA, person.pk)
    assert not RemovedRow.objects.using("default").exists()


def test_creating_is_taken_back_with_its_parts() -> None:
    person = jana()
    assert taken_back(batch_of(person)) == Undone(count=1, removed=True)
    assert not Person.objects.exists()
    assert not ContactDetail.objects.exists()


def test_a_note_that_somebody_wrote_keeps_what_was_made() -> None:
    assistant = Viewer("Dora", user_id=9, grants=CREATES)
    person = create_person(actor=assistant, last_name="Neu")
    batch = batch_of(person)
    add_activity(actor=ANNA, about=person, text="Called.")
    result = taken_back(batch, assistant)
    assert (result.count, list(map(str, result.left))) == (
        0,
        ["“Neu” was changed since and stays."],
    )
    assert TimelineEntry.objects.filter(person=person).exists()


def test_a_value_that_was_given_away_meanwhile_stays_where_it_is() -> None:
    person = jana(customer_number="K-1")
    write.change(PERSON, ANNA, person.pk, None, {"customer_number": "K-2"})
    batch = batch_of(person)
    create_person(actor=ANNA, last_name="Neu", customer_number="K-1")
    with pytest.raises(Conflict, match="already taken"):
        taken_back(batch)
    person.refresh_from_db()
    assert person.customer_number == "K-2"


def test_what_the_product_did_by_itself_is_not_taken_back_by_hand() -> None:
    person = create_person(actor=SYSTEM, last_name="Neu")
    with pytest.raises(NotFound):
        taken_back(batch_of(person))


def test_a_type_that_nobody_deletes_is_not_deleted_by_taking_back() -> None:
    order = place_order(
        actor=ANNA,
        order=NewOrder(
            source="shop",
            number="A1",
            placed_at=clock.now(),
            net_minor=1,
            tax_minor=0,
            gross_minor=1,
            currency="EUR",
        ),
    )
    with pytest.raises(NotAllowed):
        taken_back(batch_of(order))
    assert Order.objects.exists()


@pytest.mark.parametrize("piece", [1, 2, 3, 100])
def test_it_is_taken_back_in_pieces_of_any_size(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kundenkreis.records.past.undo.PIECE", piece)
    before = jana(customer_number="K-1")
    with store.group(Side.CRM, "test", "long"):
        for name in ("Kern", "Lang"):  # touched twice, counted once
            write.change(PERSON, ANNA, before.pk, None, {"last_name": name})
        made = [
            create_person(actor=ANNA, last_name=f"Nr. {n}", email=f"{n}@x.example") for n in "ab"
        ]
        for one in made:
            write.change(PERSON, ANNA, one.pk, None, {"customer_number": f"K-{one.pk}"})
        write.change(PERSON, ANNA, before.pk, None, {"customer_number": None})
        write.change(PERSON, ANNA, made[0].pk, None, {"customer_number": "K-1"})
    assert taken_back("long").count == 3
    assert [(one.last_name, one.customer_number) for one in Person.objects.all()] == [
        ("Weiß", "K-1")
    ]
    assert taken_back("long").count == 0  # and once more changes nothing


@pytest.mark.parametrize("piece", [1, 2, 100])
def test_many_deletions_come_back_in_pieces_each_with_its_parts(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kundenkreis.records.past.undo.PIECE", piece)
    people = [create_person(actor=ANNA, last_name=n, email=f"{n}@x.example") for n in "abc"]
    with store.group(Side.CRM, "test", "long"):
        write.change(PERSON, ANNA, people[1].pk, None, {"customer_number": "K-1"})
        for one in people:
            write.remove(PERSON, ANNA, one.pk)
    other = create_person(actor=ANNA, last_name="d", customer_number="K-1")
    result = taken_back("long")  # b cannot come back; that is no reason to keep a and c away
    assert (result.count, len(result.left)) == (2, 1)
    assert sorted(Person.objects.values_list("last_name", flat=True)) == ["a", "c", "d"]
    assert ContactDetail.objects.count() == 2
    write.change(PERSON, ANNA, other.pk, None, {"customer_number": None})
    assert taken_back("long").count == 1
    assert ContactDetail.objects.count() == 3


def test_creating_is_not_taken_back_once_somebody_added_to_it() -> None:
    person = jana()
    batch = batch_of(person)
    add_contact_detail(actor=ANNA, holder=person, kind="phone", value="+49 3641 1")
    result = taken_back(batch)
    assert (result.count, list(map(str, result.left))) == (
        0,
        ["“Jana Weiß” was changed since and stays."],
    )
    assert Person.objects.exists()


def test_moving_back_is_told_on_the_timeline() -> None:
    ship_pipeline(actor=SYSTEM)
    person = jana()
    made = create_opportunity(actor=ANNA, title="Messgeräte", person=person)
    won = Stage.objects.get(kind=Stage.Kind.WON)
    move_opportunity(actor=ANNA, opportunity_id=made.pk, stage_id=won.pk)
    taken_back(batch_of(made))
    opportunity = Opportunity.objects.get()
    assert (opportunity.stage_id, opportunity.closed_on) == (made.stage_id, None)
    latest = TimelineEntry.objects.order_by("-id")[0]
    assert (latest.kind, latest.payload["stage"]["en"]) == ("opportunity_moved", "New")


def test_nobody_takes_back_what_they_may_not_do_themselves() -> None:
    person = jana()
    write.change(PERSON, ANNA, person.pk, None, {"last_name": "Kern"})
    edit = batch_of(person)
    for actor in (BEN, CARLA):  # the person is neither Ben's nor his team's
        with pytest.raises((NotFound, NotAllowed)):
            taken_back(edit, actor)
    write.remove(PERSON, ANNA, person.pk)
    removal = RemovedRow.objects.using("default").filter(root=True).get().batch
    for actor in (BEN, CARLA):
        with pytest.raises((NotFound, NotAllowed)):
            taken_back(removal, actor)
    assert not Person.objects.exists()
    with pytest.raises(NotFound):
        taken_back("0" * 32)


def test_a_part_is_taken_back_by_whoever_may_change_what_it_is_part_of() -> None:
    person = jana()
    detail = add_contact_detail(actor=ANNA, holder=person, kind="phone", value="+49 3641 1")
    with pytest.raises((NotFound, NotAllowed)):
        taken_back(batch_of(detail), CARLA)
    assert taken_back(batch_of(detail)).count == 1
    assert not ContactDetail.objects.filter(kind="phone").exists()


@pytest.mark.parametrize("gone", [{"column_of_then": "x"}, {}])
def test_it_comes_back_across_a_change_of_the_schema(gone: dict[str, str]) -> None:
    person = jana()
    write.remove(PERSON, ANNA, person.pk)
    image = RemovedRow.objects.using("default").get(root=True)
    image.image = {**image.image, **gone}
    del image.image["language"]  # a column that came later
    image.save(using="default")
    taken_back(image.batch)
    person.refresh_from_db()
    assert person.last_name == "Weiß"
    assert person.language == Person._meta.get_field("language").get_default()


def test_the_bin_forgets_after_thirty_days() -> None:
    with freeze("2026-11-21T12:00:00Z") as now:
        person = jana()
        write.remove(PERSON, ANNA, person.pk)
        now.advance(days=29)
        forgetting.forget(Side.CRM)
        assert RemovedRow.objects.using("default").exists()
        now.advance(days=2)
        forgetting.forget(Side.CRM)
        assert not RemovedRow.objects.using("default").exists()


def test_an_import_is_taken_back_as_a_whole_but_for_what_was_changed_since() -> None:
    rows = "".join(f"Nr. {number};p{number}@example.org\n" for number in range(250))
    text = "Last name;E-mail\n" + rows
    done = testing.ran(PERSON, testing.checked(PERSON, testing.brought(PERSON, text)))
    assert done.counts["created"] == Person.objects.count() == 250
    changed = Person.objects.get(last_name="Nr. 17")
    write.change(PERSON, ANNA, changed.pk, None, {"first_name": "Jana"})
    undone = taken_back(done.batch)
    assert (undone.count, len(undone.left)) == (249, 1)
    assert Person.objects.get() == changed
    assert ContactDetail.objects.count() == 1


def test_who_may_create_takes_back_what_they_created_without_the_right_to_delete() -> None:
    assistant = Viewer("Dora", user_id=9, grants=CREATES)
    mine = create_person(actor=assistant, last_name="Neu")
    others = create_person(actor=ANNA, last_name="Fremd")
    assert taken_back(batch_of(mine), assistant).count == 1
    with pytest.raises(NotAllowed):
        taken_back(batch_of(others), assistant)
    assert Person.objects.get() == others


def test_what_links_a_person_to_engage_is_neither_shown_nor_taken_back() -> None:
    person = jana()
    with store.group(Side.CRM, "test"):
        store.change(ANNA, store.lock(Person, person.pk), link_id=uuid4(), last_name="Kern")
    batch = batch_of(person)
    made, _after = steps(PERSON, ANNA, person)
    assert "ink" not in "".join(line.label for line in made[0].lines)
    taken_back(batch)
    person.refresh_from_db()
    assert person.last_name == "Weiß"
    assert person.link_id is not None


def test_nothing_is_said_of_a_deleted_record_to_who_may_not_bring_it_back() -> None:
    person = jana(customer_number="K-1")
    write.remove(PERSON, ANNA, person.pk)
    batch = RemovedRow.objects.using("default").filter(root=True).get().batch
    create_person(actor=ANNA, last_name="Neu", customer_number="K-1")
    for actor in (BEN, CARLA, Viewer("Emil", 5, grants={"crm.person.remove": Level.ALL})):
        with pytest.raises(NotFound):
            taken_back(batch, actor)
    eraser = Viewer("Emil", 5, grants={"crm.person.remove": Level.ALL})
    assert deleted(PERSON, ANNA)[0][0].title == "Jana Weiß"
    assert deleted(PERSON, eraser) == ([], 0)
