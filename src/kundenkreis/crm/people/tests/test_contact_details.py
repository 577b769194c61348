from __future__ import annotations

from datetime import date, timedelta

import pytest

from kundenkreis.crm.people import commands, contact_commands
from kundenkreis.crm.people.models import Affiliation, ContactDetail, Organisation, Person
from kundenkreis.crm.people.panels import contact_buttons
from kundenkreis.kernel import clock
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named

pytestmark = pytest.mark.django_db(databases=CRM)

TODAY = date(2026, 11, 27)


def make_person(**values: object) -> Person:
    return commands.create_person(actor=ANNA, **{"last_name": "Weiß", **values})  # type: ignore[arg-type]


def test_a_new_person_has_a_postal_address_by_its_parts() -> None:
    person = make_person(street="Goethestr. 5", postal_code="07743", town="Jena")
    (detail,) = person.details
    assert detail.value == "Goethestr. 5, 07743 Jena"
    assert (detail.kind, detail.country, detail.is_primary) == ("postal", "DE", True)


def test_an_organisations_address_is_in_the_country_it_says() -> None:
    firm = commands.create_organisation(
        actor=ANNA, name="Almtal GmbH", country="Österreich", postal_code="4645", town="Grünau"
    )
    assert firm.country == "Österreich"
    assert firm.postal is not None
    assert firm.postal.country == "AT"


def test_one_part_of_the_address_is_changed_and_the_others_stay() -> None:
    person = make_person(street="Goethestr. 5", postal_code="07743", town="Jena")
    street = named("person").way("street")
    assert street is not None
    assert street.change is not None
    assert street.change(ANNA, person, "Schillerstr. 1") is None
    assert ContactDetail.objects.get().value == "Schillerstr. 1, 07743 Jena"
    for name in ("street", "postal_code", "town"):
        contact_commands.set_postal_part(actor=ANNA, holder=person, name=name, value="")
    assert not ContactDetail.objects.exists()


def test_what_was_known_of_an_address_is_not_known_of_another_one() -> None:
    person = make_person(email="a@example.org")
    (detail,) = person.details
    changed = contact_commands.change_contact_detail(
        actor=ANNA, contact_detail_id=detail.pk, value="A@example.org", state="bounced"
    )
    assert changed.state_on is not None
    assert not changed.is_usable(TODAY)
    again = contact_commands.change_contact_detail(
        actor=ANNA, contact_detail_id=detail.pk, value="b@example.org", source="Visitenkarte"
    )
    assert (again.state, again.state_on, again.source) == ("", None, "Visitenkarte")
    assert again.is_usable(TODAY)


def test_a_contact_detail_holds_from_and_until_its_days() -> None:
    detail = ContactDetail(valid_from=TODAY, valid_until=TODAY + timedelta(1))
    days = [TODAY + timedelta(number) for number in (-1, 0, 1, 2)]
    assert [detail.is_usable(day) for day in days] == [False, True, True, False]
    person = make_person()
    with pytest.raises(DomainError) as refused:
        contact_commands.add_contact_detail(
            actor=ANNA, holder=person, kind="handle", value="@weiss",
            valid_from=TODAY, valid_until=TODAY - timedelta(1),
        )  # fmt: skip
    assert refused.value.field == "valid_until"


def test_an_affiliation_ends_and_says_what_somebody_is_in_purchases() -> None:
    firm = commands.create_organisation(actor=ANNA, name="Bergmann Optik GmbH")
    person = make_person(organisation=firm)
    role = Affiliation.objects.get()
    contact_commands.change_affiliation(
        actor=ANNA, affiliation_id=role.pk, buying_role="decider", until=TODAY
    )
    role.refresh_from_db()
    assert (role.buying_role, role.until) == ("decider", TODAY)
    with pytest.raises(DomainError):
        contact_commands.change_affiliation(
            actor=ANNA, affiliation_id=role.pk, since=TODAY + timedelta(1)
        )
    assert Organisation.objects.get().affiliations.get().person == person


def test_one_is_called_where_somebody_answers() -> None:
    person = make_person(phone="030 23125010", email="old@example.org")
    old, address = person.contact_details.order_by("kind").reverse()
    contact_commands.change_contact_detail(
        actor=ANNA, contact_detail_id=old.pk, value=old.value, valid_until=TODAY - timedelta(days=9)
    )
    contact_commands.change_contact_detail(
        actor=ANNA, contact_detail_id=address.pk, value=address.value, state="bounced"
    )
    for number, label in (("030 23125011", "Fax"), ("030 23125012", "")):
        contact_commands.add_contact_detail(
            actor=ANNA, holder=person, kind="phone", value=number, label=label
        )
    with clock.freeze("2026-11-27T12:00:00Z"):
        found = [one.url for one in contact_buttons(ANNA, named("person").one(ANNA, person.pk))]
    assert "tel:+493023125012" in found
    assert not any("mailto" in url or "3023125010" in url for url in found)
