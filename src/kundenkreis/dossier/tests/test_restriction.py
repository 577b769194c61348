"""Restriction, objection and rectification: what they mean in every door, on both sides."""

from __future__ import annotations

import pytest

from kundenkreis.crm.people import contact_commands, contacting, queries, restricting
from kundenkreis.crm.people.commands import create_person, remove_person
from kundenkreis.crm.people.customer_commands import link_person
from kundenkreis.crm.people.events import PersonRestricted
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.people.permissions import record_objections
from kundenkreis.engage.consent.commands import Statement, record_statements
from kundenkreis.engage.consent.queries import agrees
from kundenkreis.engage.profiles.commands import restrict_profiles
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments.loading import load
from kundenkreis.engage.segments.needs import Needs
from kundenkreis.engage.segments.people import everybody
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.conditions import Moment
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.events import decode, name_of
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, BOTH, SYSTEM
from kundenkreis.link.to_engage import restrict
from kundenkreis.records import named, write

pytestmark = pytest.mark.django_db(databases=BOTH)
SALES = Viewer(name="Sara", user_id=9, grants={"crm.person.*": Level.ALL, "crm.*.read": Level.ALL})


@pytest.fixture
def person() -> Person:
    made = create_person(
        actor=SYSTEM, last_name="Weiß", email="w@example.org", legal_basis="contract"
    )
    contact_commands.add_contact_detail(
        actor=SYSTEM, holder=made, kind="postal", value="", street="Gasse 1", postal_code="10115",
        town="Berlin",
    )  # fmt: skip
    return made


def restricted(person: Person) -> Person:
    restricting.restrict_person(actor=ANNA, person_id=person.pk, reason="contested")
    return Person.objects.get(pk=person.pk)


def test_g13_no_light_is_green_any_more(person: Person) -> None:
    assert contacting.may_contact(person, "post").allowed  # the control
    lights = contacting.lights_of([restricted(person)])[person.pk]
    assert not any(one.allowed for one in lights)
    assert {str(one.why) for one in lights} == {"Restricted: their data must not be used."}
    restricting.free_person(actor=ANNA, person_id=person.pk)
    assert contacting.may_contact(Person.objects.get(pk=person.pk), "post").allowed


def test_g13_nobody_changes_them_whatever_their_rights(person: Person) -> None:
    kind = named("person")
    assert kind.reaches(ANNA, "change", person)
    found = restricted(person)
    assert not kind.reaches(ANNA, "change", found)
    assert kind.reaches(ANNA, "read", found)
    for change in (
        lambda: write.change(kind, ANNA, found.pk, found.version, {"last_name": "Other"}),
        lambda: remove_person(actor=ANNA, person_id=found.pk),
        lambda: contact_commands.add_contact_detail(
            actor=ANNA, holder=found, kind="email", value="x@example.org"
        ),
    ):
        with pytest.raises(DomainError, match=r"This person is restricted\. The person contests"):
            change()
    with store.group(Side.CRM, "test"):
        rows = write.change_many(kind, ANNA, [(found, {"last_name": "Other"})])
    assert isinstance(rows[0], DomainError)
    assert Person.objects.get(pk=found.pk).last_name == "Weiß"


def test_g13_only_whoever_needs_them_finds_them(person: Person) -> None:
    assert queries.persons(SALES).filter(pk=person.pk).exists()  # the control
    restricted(person)
    assert not queries.persons(SALES).filter(pk=person.pk).exists()
    assert queries.persons(ANNA).filter(pk=person.pk).exists()


def test_only_whoever_may_restricts_and_archives_stay_so(person: Person) -> None:
    for step in (restricting.restrict_person, restricting.free_person):
        more = {"reason": "claims"} if step is restricting.restrict_person else {}
        with pytest.raises(NotAllowed):
            step(actor=SALES, person_id=person.pk, **more)  # type: ignore[operator]
    with pytest.raises(DomainError, match="Choose a reason"):
        restricting.restrict_person(actor=ANNA, person_id=person.pk, reason="archive")
    found = restricted(person)
    with pytest.raises(DomainError, match="already"):
        restricting.restrict_person(actor=ANNA, person_id=person.pk, reason="claims")
    with store.group(Side.CRM, "test"):
        row = store.lock(restricting.Restriction, found.restriction.pk)
        store.change(SYSTEM, row, reason="archive")
    with pytest.raises(DomainError, match="cannot be lifted"):
        restricting.free_person(actor=ANNA, person_id=person.pk)


def test_g13_marketing_leaves_them_out(person: Person) -> None:
    link = link_person(actor=SYSTEM, person_id=person.pk)
    with store.group(Side.ENGAGE, "test"):
        profile = store.create(SYSTEM, Profile, link_id=link, known=True, traits={})
        other = store.create(SYSTEM, Profile, known=True, traits={})
    said = Statement("person", str(link), "marketing", "email", granted=True, at=clock.now(),
                     origin="double_opt_in")  # fmt: skip
    record_statements(actor=SYSTEM, statements=[said])
    assert agrees(profile.pk, "marketing", "email")  # the control
    moment = Moment(clock.now())
    assert set(load([profile.pk, other.pk], Needs(), moment)) == {profile.pk, other.pk}
    restricted(person)
    sent = OutboxMessage.objects.using("default").filter(name=name_of(PersonRestricted)).get()
    restrict([decode(sent.name, sent.payload)])
    assert not agrees(profile.pk, "marketing", "email")
    assert list(everybody()) == [other]
    assert set(load([profile.pk, other.pk], Needs(), moment)) == {other.pk}
    restrict_profiles(actor=SYSTEM, links={link: False})
    assert agrees(profile.pk, "marketing", "email")


def test_g13_an_objection_ends_advertising_on_every_channel(person: Person) -> None:
    record_objections(actor=ANNA, person_id=person.pk, channels=["post", "email", "phone"])
    lights = contacting.lights_of([Person.objects.get(pk=person.pk)])[person.pk]
    assert not any(one.allowed for one in lights if one.channel in ("post", "email", "phone"))


def test_others_of_a_list_are_not_frozen_with_them(person: Person) -> None:
    other = create_person(actor=SYSTEM, last_name="Frei")
    restricted(person)
    kind = named("person")
    both = list(Person.objects.filter(pk__in=[person.pk, other.pk]).order_by("pk"))
    assert kind.reached(ANNA, "change", both) == [False, True]
    assert kind.reached(BEN, "change", both)[0] is False
