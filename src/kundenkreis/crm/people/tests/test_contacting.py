from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.crm.people import commands, contact_commands, permissions
from kundenkreis.crm.people.contacting import (
    NEEDS,
    Known,
    known_of,
    light_of,
    lights_of,
    may_contact,
)
from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    ContactPermission,
    Organisation,
    Person,
)
from kundenkreis.crm.people.permissions import Statement
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)


def person(**values: object) -> Person:
    basics = {"last_name": "Weiß", "email": "a@example.org", "phone": "03641 123456"}
    return commands.create_person(actor=ANNA, **{**basics, **values})


def allowed(who: Person) -> dict[str, bool]:
    return {light.channel: light.allowed for light in lights_of([who])[who.pk]}


def says(granted: bool, *, days: int = 0, subject: str = "a@example.org", **more: object) -> None:
    """What crosses from the ledger of consents."""
    key: dict[str, object] = {
        "subject_kind": "email",
        "purpose": "marketing",
        "channel": "email",
        **more,
    }
    since = clock.now() - timedelta(days=days)
    statement = Statement(subject=subject, granted=granted, since=since, **key)  # type: ignore[arg-type]
    permissions.project_consent(actor=ANNA, statements=[statement])


def test_nothing_is_allowed_where_nothing_is_known() -> None:
    assert allowed(person()) == dict.fromkeys(("email", "phone", "post", "social"), False)


def test_mail_needs_a_consent_to_advertising() -> None:
    anna = person()
    says(True, purpose="newsletter")
    assert not may_contact(anna, "email").allowed
    says(True, days=3)
    light = may_contact(anna, "email")
    assert (light.allowed, light.proof, light.subject) == (True, "ledger", "a@example.org")
    assert light.since is not None
    assert not may_contact(anna, "phone").allowed


def test_a_consent_counts_only_for_who_has_the_address() -> None:
    other = person(email="b@example.org")
    says(True)
    assert not may_contact(other, "email").allowed


def test_an_objection_told_to_staff_beats_a_consent_in_the_ledger_whenever_it_was_given() -> None:
    anna = person()
    says(True, days=3)
    permissions.record_objection(actor=ANNA, person_id=anna.pk, channel="email", purpose="")
    anna.refresh_from_db()
    light = may_contact(anna, "email")
    assert (light.allowed, light.proof) == (False, "staff")
    says(True, days=-1)  # perhaps imported: it does not lift what she said
    assert not may_contact(anna, "email").allowed


def test_a_withdrawal_in_the_ledger_ends_it_until_the_same_address_agrees_again() -> None:
    anna = person()
    says(False, days=9, purpose="")
    assert not may_contact(anna, "email").allowed
    says(True, days=2)
    assert may_contact(anna, "email").allowed
    says(False, days=1)
    assert not may_contact(anna, "email").allowed


def confirms(days: int, subject: str = "b@example.org", **more: object) -> None:
    """Somebody clicks on the link of a double opt-in."""
    at = clock.now() - timedelta(days=days)
    says(True, days=days, subject=subject, origin="double_opt_in", confirmed_at=at, **more)


def test_a_double_opt_in_under_another_name_lifts_what_was_told_to_staff() -> None:
    anna = person()
    contact_commands.add_contact_detail(
        actor=ANNA, holder=anna, kind="email", value="b@example.org"
    )
    at = clock.now() - timedelta(days=5)
    permissions.record_objection(actor=ANNA, person_id=anna.pk, channel="email", purpose="", at=at)
    says(False, days=5, origin="link")  # the ledger noted it under her address, too
    anna = Person.objects.get()
    confirms(6)
    assert not may_contact(anna, "email").allowed  # it was before
    says(True, days=3, subject="b@example.org", origin="import")
    assert not may_contact(anna, "email").allowed  # nobody's own words
    confirms(2)
    light = may_contact(anna, "email")
    assert (light.allowed, light.origin, light.subject) == (True, "double_opt_in", "b@example.org")
    permissions.record_objection(actor=ANNA, person_id=anna.pk, channel="email", purpose="")
    assert not may_contact(Person.objects.get(), "email").allowed


def test_a_double_opt_in_of_a_united_profile_comes_by_the_link_of_the_person() -> None:
    anna = person()
    at = clock.now() - timedelta(days=5)
    permissions.record_objection(actor=ANNA, person_id=anna.pk, channel="email", purpose="", at=at)
    anna = Person.objects.get()
    confirms(1, "else@example.org")
    assert not may_contact(anna, "email").allowed  # of somebody else, as far as is known
    confirms(1, "else@example.org", link_id=anna.link_id)
    assert may_contact(anna, "email").allowed


def test_who_unsubscribed_one_address_is_not_taken_to_mean_another() -> None:
    anna = person()
    contact_commands.add_contact_detail(
        actor=ANNA, holder=anna, kind="email", value="b@example.org"
    )
    says(False, days=5, origin="web")
    confirms(1)
    assert not may_contact(Person.objects.get(), "email").allowed


@pytest.mark.parametrize(
    ("channel", "kind", "subject"),
    [("email", "email", "A@Example.ORG"), ("phone", "phone", "03641 / 123456")],
)
def test_a_withdrawal_counts_however_the_address_is_written(
    channel: str, kind: str, subject: str
) -> None:
    anna = person(organisation=commands.create_organisation(actor=ANNA, name="Bergmann Optik"))
    says(True, days=9, channel=channel)
    assert may_contact(anna, channel).allowed
    says(False, days=1, subject=subject, subject_kind=kind, channel=channel)
    assert not may_contact(anna, channel).allowed


def test_an_address_that_does_not_reach_anybody_allows_nothing() -> None:
    anna = person()
    says(True)
    detail = next(one for one in anna.details if one.kind == "email")
    contact_commands.change_contact_detail(
        actor=ANNA, contact_detail_id=detail.pk, value=detail.value, state="bounced"
    )
    light = may_contact(Person.objects.get(), "email")
    assert (light.allowed, light.why) == (False, "What we have does not reach them.")


def test_a_business_is_called_about_its_business_and_a_household_is_not() -> None:
    firm = commands.create_organisation(actor=ANNA, name="Bergmann Optik GmbH")
    home = commands.create_organisation(actor=ANNA, name="Weiß", kind="household")
    assert may_contact(person(organisation=firm), "phone").allowed
    assert not may_contact(person(email="c@example.org", organisation=home), "phone").allowed


def test_a_call_is_no_longer_expected_once_somebody_has_left() -> None:
    firm = commands.create_organisation(actor=ANNA, name="Bergmann Optik GmbH")
    anna = person(organisation=firm)
    contact_commands.change_affiliation(
        actor=ANNA, affiliation_id=anna.affiliations.get().pk, until=date(2026, 1, 31)
    )
    assert not may_contact(anna, "phone").allowed


def test_letters_are_allowed_where_there_is_a_legal_basis_until_they_object() -> None:
    without = person(street="Ring 1", postal_code="07743", town="Jena")
    assert not may_contact(without, "post").allowed
    known = person(
        email="d@example.org", street="Ring 2", postal_code="07743", town="Jena",
        legal_basis="contract",
    )  # fmt: skip
    assert may_contact(known, "post").allowed
    permissions.record_objection(actor=ANNA, person_id=known.pk, channel="post", purpose="")
    known.refresh_from_db()
    assert not may_contact(known, "post").allowed


def test_many_lights_cost_as_many_questions_as_one(django_assert_num_queries: object) -> None:
    people = [person(email=f"p{number}@example.org") for number in range(20)]
    with django_assert_num_queries(5):  # type: ignore[operator]
        lights_of(people)
    again = Person.objects.get(pk=people[0].pk)
    with django_assert_num_queries(5):  # type: ignore[operator]
        lights_of([again])
    assert Organisation.objects.count() == 0


DAYS = (None, -1, 0, 1)


@pytest.mark.parametrize("since", DAYS)
@pytest.mark.parametrize("until", DAYS)
@pytest.mark.parametrize("kind", ["company", "household"])
def test_it_is_the_same_whether_their_employments_have_been_read_before(
    since: int | None, until: int | None, kind: str
) -> None:
    firm = commands.create_organisation(actor=ANNA, name="Bergmann", kind=kind)
    today = clock.today("Europe/Berlin")
    days = {
        name: today + timedelta(days=number)
        for name, number in (("since", since), ("until", until))
        if number is not None
    }
    made = person()
    Affiliation.objects.create(
        person=made, organisation=firm, created_at=NOW, changed_at=NOW, **days
    )
    fresh, known = (Person.objects.get(pk=made.pk) for _ in range(2))
    assert len(known.employments) == 1
    works = known_of([fresh])[made.pk].at_work
    assert known_of([known])[made.pk].at_work is works
    lasts = (since or 0) <= 0 and (until or 0) >= 0
    assert works is (lasts and kind == "company")


NOW = clock.now()
SAID = st.builds(
    ContactPermission,
    subject_kind=st.sampled_from(["email", "person"]),
    subject=st.sampled_from(["a@example.org", "b@example.org"]),
    purpose=st.sampled_from(["marketing", "newsletter", ""]),
    channel=st.sampled_from(["email", "phone", "post"]),
    granted=st.booleans(),
    since=st.integers(-9, 9).map(lambda days: NOW + timedelta(days=days)),
)
WAYS = [ContactDetail(kind=kind, value="x") for kind in ("email", "phone", "postal", "handle")]


@given(said=st.lists(SAID, max_size=5), last=SAID, at_work=st.booleans())
def test_one_more_refusal_never_allows_more(
    said: list[ContactPermission], last: ContactPermission, at_work: bool
) -> None:
    assert not more_allowed(said, last, at_work, granted=False)


def test_control_one_more_consent_does_allow_more() -> None:
    last = ContactPermission(
        subject_kind="email",
        subject="a@example.org",
        purpose="marketing",
        channel="email",
        since=NOW,
    )
    assert more_allowed([], last, False, granted=True) == {"email"}


def more_allowed(
    said: list[ContactPermission], last: ContactPermission, at_work: bool, *, granted: bool
) -> set[str]:
    """The channels that one more statement opens."""
    last.granted = granted
    for one in (*said, last):
        one.folded = one.subject
    who = Person(last_name="Weiß", legal_basis="contract")

    def open_channels(rows: list[ContactPermission]) -> set[str]:
        known = Known(WAYS, rows, at_work)
        return {name for name in NEEDS if light_of(who, name, "marketing", known).allowed}

    return open_channels([*said, last]) - open_channels(said)


def test_nobody_writes_to_or_calls_the_dead_whatever_they_said() -> None:
    values = {"street": "Weg 1", "postal_code": "07743", "town": "Jena", "legal_basis": "contract"}
    anna = person(ended="retired", **values)
    says(True)
    assert allowed(anna) == {"email": True, "phone": False, "post": True, "social": False}
    anna.ended, anna.ended_on = "deceased", date(2026, 11, 1)
    assert not any(allowed(anna).values())
    assert may_contact(anna, "post", "orders").since == date(2026, 11, 1)
