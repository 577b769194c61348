from __future__ import annotations

from kundenkreis.crm.people.duplicates.keys import (
    OrganisationFacts,
    PersonFacts,
    organisation_keys,
    person_keys,
)


def meet(one: PersonFacts, other: PersonFacts) -> bool:
    return bool(person_keys(one) & person_keys(other))


def test_who_sounds_alike_shares_a_key_in_any_order_and_by_short_forms() -> None:
    whole = PersonFacts("Christoph", "Meyer")
    assert meet(whole, PersonFacts("Chris", "Maier"))
    assert meet(whole, PersonFacts("Meyer", "Christoph"))
    assert meet(whole, PersonFacts("Dr. Christoph", "von Meyer"))
    assert not meet(whole, PersonFacts("Anna", "Meyer"))


def test_the_last_name_needs_an_initial_or_a_birth_date() -> None:
    one = PersonFacts("Anna", "Weiß", "19711202", ("07743",))
    assert meet(one, PersonFacts("Hanna", "Weiss", "19711202"))
    assert not meet(one, PersonFacts("Hanna", "Weiss", "19711203"))
    assert meet(one, PersonFacts("A.", "Weiss", "", ("D-07745",)))
    assert not meet(one, PersonFacts("A.", "Weiss", "", ("10115",)))  # of another region


def test_nothing_known_is_nothing_in_common() -> None:
    assert person_keys(PersonFacts()) == set()
    assert person_keys(PersonFacts(birth="19711202", postcodes=("07743",))) == set()
    assert organisation_keys(OrganisationFacts(postcodes=("07743",))) == set()


def test_organisations_meet_by_name_domain_or_register_number() -> None:
    one = organisation_keys(
        OrganisationFacts("Bergmann Optik GmbH", "HRB 123", ("https://www.bergmann.example/x",))
    )
    assert one & organisation_keys(OrganisationFacts("Optik Bergmann"))
    assert one & organisation_keys(OrganisationFacts("B.", hosts=("info@bergmann.example",)))
    assert one & organisation_keys(OrganisationFacts("B.", "hrb-123"))
    assert not one & organisation_keys(OrganisationFacts("B.", hosts=("info@gmx.de",)))
