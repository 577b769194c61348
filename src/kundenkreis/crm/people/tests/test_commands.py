from __future__ import annotations

import pytest

from kundenkreis.crm.people import commands, contact_commands
from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    Organisation,
    Person,
    TimelineEntry,
)
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)

Kind = ContactDetail.Kind


def make_person(**values: object) -> Person:
    return commands.create_person(actor=ANNA, **{"last_name": "Weiß", **values})  # type: ignore[arg-type]


def test_it_makes_a_person_with_a_first_way_to_reach_them_and_where_they_work() -> None:
    firm = commands.create_organisation(actor=ANNA, name="Bergmann Optik GmbH")
    person = make_person(
        email="Jana@Example.org", phone="03641 123456", organisation=firm, function="Einkauf"
    )
    details = {row.kind: row for row in person.contact_details.all()}
    assert details[Kind.EMAIL].value == "Jana@Example.org"
    assert details[Kind.EMAIL].folded == "jana@example.org"
    assert details[Kind.PHONE].folded == "+493641123456"
    assert all(row.is_primary for row in details.values())
    assert Affiliation.objects.get().function == "Einkauf"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last_name": ""}, "last_name"),
        ({"email": "kein-postfach"}, "email"),
        ({"phone": "abc"}, "phone"),
        ({"phone": "1"}, "phone"),
    ],
)
def test_it_names_the_field_that_is_wrong_and_makes_nothing(
    values: dict[str, str], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        make_person(**values)
    assert refused.value.field == field
    assert not Person.objects.exists()
    assert not ContactDetail.objects.exists()


def test_it_keeps_one_preferred_contact_detail_of_each_kind() -> None:
    person = make_person(email="a@example.org")
    second = contact_commands.add_contact_detail(
        actor=ANNA, holder=person, kind=Kind.EMAIL, value="b@example.org"
    )
    assert not second.is_primary
    contact_commands.prefer_contact_detail(actor=ANNA, contact_detail_id=second.pk)
    preferred = person.contact_details.filter(is_primary=True)
    assert [row.value for row in preferred] == ["b@example.org"]


def test_it_refuses_the_same_contact_detail_in_another_notation() -> None:
    person = make_person(phone="03641 123456")
    with pytest.raises(DomainError):
        contact_commands.add_contact_detail(
            actor=ANNA, holder=person, kind=Kind.PHONE, value="+49 (0)3641/123456"
        )


def test_it_corrects_and_removes_contact_details_and_writes_it_down() -> None:
    person = make_person(email="a@example.org")
    detail = person.contact_details.get()
    contact_commands.change_contact_detail(
        actor=ANNA, contact_detail_id=detail.pk, value="B@example.org"
    )
    detail.refresh_from_db()
    assert detail.folded == "b@example.org"
    contact_commands.remove_contact_detail(actor=ANNA, contact_detail_id=detail.pk)
    assert not ContactDetail.objects.exists()
    target = f"crm.contactdetail:{detail.pk}"
    entries = AuditEntry.objects.using("default").filter(target=target)
    assert list(entries.order_by("id").values_list("action", flat=True)) == [
        "create",
        "change",
        "remove",
    ]


def test_it_lets_nobody_touch_the_contact_details_of_others() -> None:
    person = make_person(email="a@example.org", team_id=2)
    detail = person.contact_details.get()
    for actor in (BEN, CARLA):  # Ben's rights reach his team only
        with pytest.raises(NotAllowed):
            contact_commands.remove_contact_detail(actor=actor, contact_detail_id=detail.pk)
    assert ContactDetail.objects.exists()
    assert not TimelineEntry.objects.exists()


def test_it_notes_an_affiliation_once() -> None:
    firm = commands.create_organisation(actor=ANNA, name="Bergmann Optik GmbH")
    person = make_person(organisation=firm)
    with pytest.raises(DomainError):
        contact_commands.add_affiliation(actor=ANNA, person=person, organisation=firm)
    contact_commands.remove_affiliation(actor=ANNA, affiliation_id=Affiliation.objects.get().pk)
    assert not Affiliation.objects.exists()


def test_it_deletes_a_person_with_everything_that_is_theirs_alone() -> None:
    person = make_person(email="a@example.org")
    add_activity(actor=ANNA, about=person, text="Ruft zurück")
    commands.remove_person(actor=ANNA, person_id=person.pk)
    assert not Person.objects.exists()
    assert not TimelineEntry.objects.exists()
    entries = AuditEntry.objects.using("default").filter(action="remove")
    assert entries.count() == 3  # the person, the contact detail and the note


def test_it_keeps_names_in_one_normal_form() -> None:
    with store.group(Side.CRM, "test"):
        firm = store.create(ANNA, Organisation, name="Mu\u0308ller")
    assert firm.name == "M\u00fcller"
