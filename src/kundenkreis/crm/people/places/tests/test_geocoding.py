"""Where addresses are, from a table of places."""

from __future__ import annotations

import pytest

from kundenkreis.crm.people.places import commands
from kundenkreis.crm.people.places.geocoding import Address, locate, locate_one
from kundenkreis.crm.people.places.naming import alike, key
from kundenkreis.kernel.testing import CRM, SYSTEM

pytestmark = pytest.mark.django_db(databases=CRM)


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("address", "region", "agrees"),
    [
        (Address("DE", "07743", "Jena"), "DE-TH", True),
        (Address("DE", "7743", "Jena"), "DE-TH", True),  # as spreadsheets leave it
        (Address("DE", "D-07743", "jena"), "DE-TH", True),
        (Address("DE", "07743", "Weimar"), "DE-TH", False),
        (Address("DE", "07743", "Berlin"), "DE-TH", False),
        (Address("DE", "07743", "Ziegenhain"), "DE-TH", None),  # of which nothing is known
        (Address("DE", "04178", "Leipzig"), "DE-SN", True),  # the code is that of a district
        (Address("DE", "07743", ""), "DE-TH", None),
        (Address("DE", "60311", "Frankfurt/Main"), "DE-HE", True),
        (Address("", "1010", "Wien"), "AT-9", True),
        (Address("", "1010", "Lausanne"), "CH-VD", True),
        (Address("CH", "8001", "Zuerich"), "CH-ZH", True),
        (Address("AT", "", "Wien"), "AT-9", None),
        (Address("DE", "99999", "Berlin"), "DE-BE", None),
    ],
)
def test_it_finds_an_address(address: Address, region: str, agrees: bool | None) -> None:
    found = locate_one(address)
    assert found is not None
    assert (found.region, found.agrees) == (region, agrees)


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    "address",
    [
        Address("DE", "", "Frankfurt"),  # which of the two
        Address("", "1010", ""),  # Vienna or Lausanne
        Address("FR", "07743", "Jena"),
        Address("DE", "", "Atlantis"),
        Address("DE", "", "…"),
        Address(),
    ],
)
def test_it_does_not_guess(address: Address) -> None:
    assert locate_one(address) is None


@pytest.mark.usefixtures("places")
def test_many_are_located_in_few_queries(django_assert_num_queries: object) -> None:
    many = [Address("DE", "07743", "Jena"), Address("DE", "", "Berlin")] * 200
    with django_assert_num_queries(2, using="default"):  # type: ignore[operator]
        assert all(locate(many))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Frankfurt (Main)", "Frankfurt am Main", True),
        ("Frankfurt", "Frankfurt an der Oder", True),
        ("St. Gallen", "Sankt Gallen", True),
        ("Köln", "KOELN", True),
        ("Weißenfels", "Weissenfels", True),
        ("Neustadt", "Neustrelitz", False),
        ("Essen", "Essenbach", False),
    ],
)
def test_it_knows_names_however_they_are_written(one: str, other: str, *, same: bool) -> None:
    assert alike(key(one), key(other)) is same


def test_all_german_codes_are_shipped_with_their_state() -> None:
    assert commands.ship_places(actor=SYSTEM) > 40_000
    assert commands.ship_places(actor=SYSTEM) == 0  # once per edition
    found = locate([Address("DE", f"{n:05}", "") for n in (1067, 10115, 80331, 99423, 10875)])
    assert [one and one.region for one in found] == ["DE-SN", "DE-BE", "DE-BY", "DE-TH", "DE-BE"]
    # A large customer of Berlin whose head office is in Stuttgart is in Berlin.
    assert found[4] is not None
    assert found[4].latitude > 52


def test_what_somebody_imports_stays_when_the_shipped_ones_are_exchanged() -> None:
    own = commands.place("FR", "67000", "Strasbourg", 48.58, 7.75)
    commands.add_places(actor=SYSTEM, places=[own])
    commands.add_places(actor=SYSTEM, places=[own])
    ours = commands.place("DE", "07743", "Jena", 50.9, 11.6, "DE-TH", shipped=True)
    commands.exchange_places(actor=SYSTEM, places=[ours])
    found = locate([Address("FR", "67000", "Strasbourg"), Address("DE", "07743", "Jena")])
    assert all(found)
