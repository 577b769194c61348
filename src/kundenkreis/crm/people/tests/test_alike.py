"""Who may be there already: found by what is typed, with reasons, within rights."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from kundenkreis.crm.people import commands, contact_commands
from kundenkreis.crm.people.alike import MOST, organisations_alike, persons_alike
from kundenkreis.crm.people.duplicates.likeness import Known, Place
from kundenkreis.crm.people.models import Person
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.testing import ANNA, CRM, SYSTEM

pytestmark = pytest.mark.django_db(databases=CRM)

Said = list[tuple[str, tuple[str, ...], bool]]


def said(viewer: Viewer = ANNA, **typed: Any) -> Said:
    found = persons_alike(viewer, Known(**typed))
    return [(str(one.record), one.likeness.reasons, one.likeness.claims) for one in found]


def firms(**typed: Any) -> Said:
    found = organisations_alike(ANNA, Known(**typed))
    return [(str(one.record), one.likeness.reasons, one.likeness.claims) for one in found]


@pytest.fixture
def jana() -> Person:
    firm = commands.create_organisation(actor=ANNA, name="Bergmann Optik GmbH")
    return commands.create_person(
        actor=ANNA, first_name="Jana", last_name="Weiß", email="jana.weiss@bergmann.example",
        phone="03641 123456", birth_date=date(1971, 12, 2), organisation=firm, street="Weg 3",
        postal_code="07743", town="Jena",
    )  # fmt: skip


def test_an_address_or_a_number_says_who_it_is(jana: Person) -> None:
    mail = frozenset({"jana.weiss@bergmann.example"})
    assert said(emails=mail) == [("Jana Weiß", ("email",), True)]
    assert said(phones=frozenset({"+493641123456"})) == [("Jana Weiß", ("phone",), True)]
    assert said(emails=frozenset({"jana@elsewhere.example"})) == []


def test_a_name_alone_is_shown_but_claims_nothing(jana: Person) -> None:
    assert said(first_name="Jana", last_name="Weiss") == [("Jana Weiß", ("name",), False)]
    assert said(first_name="Weiß", last_name="Jana") == [("Jana Weiß", ("similar",), False)]
    assert said(last_name="Weiß") == []
    assert said(first_name="Peter", last_name="Weiß") == []


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ({"birth": "19711202"}, "birth_date"),
        ({"places": frozenset({Place("07743", "")})}, "place"),
        ({"places": frozenset({Place("D-07743", "weg 3")})}, "address"),
    ],
)
def test_a_name_with_something_beside_it_asks(
    jana: Person, fact: dict[str, Any], reason: str
) -> None:
    (found,) = said(first_name="Jana", last_name="Weis", **fact)
    assert found[2]
    assert reason in found[1]


def test_whoever_works_in_the_same_place_under_the_same_name_is_asked_for(jana: Person) -> None:
    firm = frozenset({jana.affiliations.get().organisation_id})
    assert said(first_name="J.", last_name="Weiß", organisations=firm) == [
        ("Jana Weiß", ("organisation", "similar"), True)
    ]
    assert said(first_name="Peter", last_name="Kern", organisations=firm) == []


def test_a_shared_mailbox_and_a_household_are_no_claim(jana: Person) -> None:
    contact_commands.add_contact_detail(
        actor=ANNA, holder=jana, kind="email", value="info@bergmann.example"
    )
    phone = frozenset({"+493641123456"})
    assert (
        said(first_name="Peter", last_name="Kern", emails=frozenset({"info@bergmann.example"}))
        == []
    )
    assert said(first_name="Peter", last_name="Kern", phones=phone) == [
        ("Jana Weiß", ("phone",), False)
    ]


def test_organisations_are_known_by_domain_number_and_name_without_its_form(jana: Person) -> None:
    commands.create_organisation(
        actor=ANNA, name="Kern Werkzeugbau GmbH & Co. KG", vat_id="DE136695976",
        register_number="HRB 12", website="https://www.kern.example", postal_code="10115", town="Berlin",
    )  # fmt: skip
    name = "Kern Werkzeugbau GmbH & Co. KG"
    assert firms(vat_id="DE136695976") == [(name, ("vat_id",), True)]
    assert firms(register_number="hrb12") == [(name, ("register_number",), True)]
    assert firms(domains=frozenset({"kern.example"})) == [(name, ("domain",), True)]
    assert firms(name="Kern Werkzeugbau") == [(name, ("name",), False)]
    here = frozenset({Place("10115", "")})
    assert firms(name="Werkzeugbau Kern AG", places=here) == [(name, ("name", "place"), True)]
    assert firms(name="Café Mitte", places=here) == []
    # A branch of another name at the same domain is shown to nobody as the same.
    assert not any(
        claims for *_, claims in firms(name="Mitte", domains=frozenset({"kern.example"}))
    )


def own(viewer_id: int) -> Viewer:
    return Viewer("Ben", user_id=viewer_id, grants=MappingProxyType({"crm.*.*": Level.OWN}))


EVERYTHING = {
    "first_name": "Jana", "last_name": "Weiß", "birth": "19711202",
    "emails": frozenset({"jana.weiss@bergmann.example"}), "phones": frozenset({"+493641123456"}),
    "places": frozenset({Place("07743", "Weg 3")}),
}  # fmt: skip


def test_to_whom_may_not_read_somebody_it_is_as_if_they_were_not_there(jana: Person) -> None:
    """Two worlds: one with the other record, one without; one may not be told from the other."""
    ben = own(77)
    firm = frozenset({jana.affiliations.get().organisation_id})
    with_her = said(ben, organisations=firm, **EVERYTHING)
    commands.remove_person(actor=SYSTEM, person_id=jana.pk)
    assert said(ben, organisations=firm, **EVERYTHING) == with_her == []


def test_the_control_one_who_may_read_is_told(jana: Person) -> None:
    assert said(own(jana.owner_id or 0), **EVERYTHING)[0][0] == "Jana Weiß"


def test_however_many_others_one_may_not_read_ones_own_is_found() -> None:
    for owner in (*range(100, 100 + MOST + 5), 77):
        commands.create_person(
            actor=SYSTEM, first_name="Anna", last_name="Schmidt", owner_id=owner,
            email="anna.schmidt@example.org",
        )  # fmt: skip
    found = persons_alike(own(77), Known("Anna", "Schmidt"))
    assert [one.record.owner_id for one in found] == [77]
    mail = Known(emails=frozenset({"anna.schmidt@example.org"}))
    assert [one.record.owner_id for one in persons_alike(own(77), mail)] == [77]


@pytest.mark.parametrize(
    ("hidden", "fact"), [("email", "emails"), ("phone", "phones"), ("birth_date", "birth")]
)
def test_what_is_hidden_of_others_is_no_way_to_find_them(
    jana: Person, hidden: str, fact: str
) -> None:
    blind = replace(ANNA, hidden=MappingProxyType({"crm.person": frozenset({hidden})}))
    name = {"first_name": "Jana", "last_name": "Weiß"} if fact == "birth" else {}
    asked = {fact: EVERYTHING[fact], **name}
    told = said(ANNA, **asked)
    assert told
    assert told != said(blind, **asked)
    assert not any(
        reason in (fact, hidden) for _, reasons, _ in said(blind, **asked) for reason in reasons
    )


@pytest.mark.parametrize(
    ("birth", "asks"),
    [("", True), ("19711202", True), ("19711203", True), ("19710212", True), ("19850615", False)],
)
def test_the_same_name_and_postal_code_ask_unless_they_were_born_on_another_day(
    jana: Person, birth: str, *, asks: bool
) -> None:
    places = frozenset({Place("07743", "Allee 9")})
    found = said(first_name="Jana", last_name="Weiß", birth=birth, places=places)
    assert [claims for _name, _reasons, claims in found] == [asks]
    # A street is more than a postal code.
    there = frozenset({Place("07743", "Weg 3")})
    assert said(first_name="Jana", last_name="Weiß", birth=birth, places=there)[0][2]


def test_it_asks_the_database_the_same_few_questions_however_many_are_called_so(
    jana: Person, django_assert_num_queries: Any
) -> None:
    typed = Known(
        first_name="Jana", last_name="Weiß", birth="19711202",
        emails=frozenset({"jana.weiss@bergmann.example"}), phones=frozenset({"+493641123456"}),
        places=frozenset({Place("07743", "Weg 3")}),
    )  # fmt: skip
    with django_assert_num_queries(11, using="default"):
        assert persons_alike(ANNA, typed)
    rows = [{"first_name": "Jana", "last_name": "Weiß", "postal_code": "07743", "town": "Jena",
             "street": f"Weg {n}"} for n in range(MOST + 5)]  # fmt: skip
    commands.create_persons(actor=ANNA, rows=rows)
    with django_assert_num_queries(11, using="default"):
        assert persons_alike(ANNA, typed)
