"""Locations follow their addresses."""

from __future__ import annotations

import pytest

from kundenkreis.crm.people import contact_commands as contacts
from kundenkreis.crm.people.commands import create_organisation, create_person, create_persons
from kundenkreis.crm.people.models import ContactDetail, Location, Person
from kundenkreis.crm.people.places import commands, following
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, CRM, SYSTEM
from kundenkreis.kernel.transactions import AT_THE_END
from kundenkreis.records.past.undo import undo

pytestmark = [pytest.mark.django_db(databases=CRM), pytest.mark.usefixtures("places")]


def regions(**which: object) -> list[tuple[str, bool]]:
    rows = Location.objects.filter(**which).order_by("pk")
    return list(rows.values_list("region", "is_main"))


def living_in(code: str, town: str) -> Person:
    return create_person(actor=ANNA, last_name="Seidel", postal_code=code, town=town)


def test_an_address_is_located_with_the_command_that_writes_it() -> None:
    person = living_in("07743", "Jena")
    found = Location.objects.get(person_id=person.pk)
    assert (found.region, found.precision, found.source) == ("DE-TH", "code", "geocoded")
    assert found.latitude == 50.9326
    contacts.set_postal_part(actor=ANNA, holder=person, name="postal_code", value="10115")
    contacts.set_postal_part(actor=ANNA, holder=person, name="town", value="Berlin")
    assert regions() == [("DE-BE", True)]


def test_an_address_that_is_not_known_has_no_point() -> None:
    person = living_in("", "Atlantis")
    found = Location.objects.get(person_id=person.pk)
    assert (found.latitude, found.x, found.precision) == (None, None, "")


def test_the_preferred_address_is_the_main_one_and_another_follows_when_it_goes() -> None:
    firm = create_organisation(actor=ANNA, name="Zeiss", postal_code="07743", town="Jena")
    other = contacts.add_contact_detail(
        actor=ANNA, holder=firm, kind="postal", value="", postal_code="10115", town="Berlin"
    )
    assert regions(organisation_id=firm.pk) == [("DE-TH", True), ("DE-BE", False)]
    contacts.prefer_contact_detail(actor=ANNA, contact_detail_id=other.pk)
    assert regions(organisation_id=firm.pk) == [("DE-TH", False), ("DE-BE", True)]
    contacts.remove_contact_detail(actor=ANNA, contact_detail_id=other.pk)
    assert regions(organisation_id=firm.pk) == [("DE-TH", True)]


def test_it_follows_an_undo_and_comes_back_from_the_bin() -> None:
    person = living_in("07743", "Jena")
    with store.group(Side.CRM, "test") as unit:
        contacts.set_postal_part(actor=ANNA, holder=person, name="postal_code", value="10115")
    assert regions() == [("DE-BE", True)]
    undo(ANNA, Side.CRM, unit.batch)
    assert regions() == [("DE-TH", True)]


def test_many_at_once_are_located_too() -> None:
    row = {"last_name": "Seidel", "postal_code": "07743", "town": "Jena"}
    create_persons(actor=ANNA, rows=[row] * 30)
    assert regions() == [("DE-TH", True)] * 30


def test_without_following_nothing_is_located(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of all above; and the command for the whole base makes up for it."""
    monkeypatch.setattr(
        "kundenkreis.kernel.transactions.AT_THE_END",
        [one for one in AT_THE_END if one is not following.follow],
    )
    living_in("07743", "Jena")
    assert regions() == []
    assert commands.locate_everything(actor=SYSTEM) == 1
    assert regions() == [("DE-TH", True)]


def test_a_location_goes_with_its_address() -> None:
    living_in("07743", "Jena")
    ContactDetail.objects.all().delete()
    assert regions() == []


def test_only_who_may_fills_the_table() -> None:
    with pytest.raises(NotAllowed):
        commands.add_places(actor=CARLA, places=[])
