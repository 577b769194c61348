"""The rules by which names become people, in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kundenkreis.engage.profiles.identity import Directory, Person, Sighting

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def seen(anonymous: str = "", user: str = "", *, minute: int = 0, proven: bool = False) -> Sighting:
    return Sighting(anonymous, user, NOON + timedelta(minutes=minute), proven)


def proven(anonymous: str = "", user: str = "", *, minute: int = 0) -> Sighting:
    return seen(anonymous, user, minute=minute, proven=True)


def place(*sightings: Sighting) -> list[Person]:
    directory = Directory()
    return [person.root() for person in [directory.place(one) for one in sightings]]


def test_it_knows_a_visitor_again() -> None:
    first, second, other = place(seen("a"), seen("a", minute=1), seen("b"))
    assert first is second
    assert first is not other
    assert not first.known


def test_an_anonymous_visitor_with_a_new_customer_id_is_that_customer() -> None:
    visit, login = place(seen("a"), proven("a", "u"))
    assert visit is login
    assert login.known


def test_known_beats_anonymous() -> None:
    customer, visit, login = place(proven(user="u"), seen("a"), proven("a", "u", minute=1))
    assert customer is login is visit
    assert customer.known


def test_a_browser_alone_never_attaches_to_a_known_person() -> None:
    customer, intruder, again = place(proven("a", "u"), seen("b", "u"), seen("b"))
    assert intruder is not customer
    assert intruder is again
    assert not intruder.known


def test_a_browsers_claim_takes_an_id_nobody_has() -> None:
    visit, claim = place(seen("a"), seen("a", "u"))
    assert visit is claim
    assert claim.known


def test_who_proves_an_id_does_not_inherit_the_browser_that_claimed_it() -> None:
    """Else somebody could claim a customer's id before the customer first comes."""
    claim, order, later = place(seen("thief", "u"), proven(user="u"), seen("thief", "u", minute=1))
    assert order is not claim
    assert later is claim
    assert order.known
    assert not claim.known


def test_the_same_browser_may_prove_its_claim() -> None:
    claim, login = place(seen("a", "u"), proven("a", "u", minute=1))
    assert claim is login


def test_two_identified_people_are_never_merged() -> None:
    one, two, both = place(proven("a", "u1"), proven("b", "u2"), proven("a", "u2", minute=1))
    assert one is not two
    assert both is two
    assert one.into is two.into is None


def test_a_device_used_by_a_second_person_is_theirs_from_then_on() -> None:
    first, second, late, later = place(
        proven("a", "u1"),
        proven("a", "u2", minute=10),
        seen("a", minute=5),
        seen("a", minute=11),
    )
    assert late is first
    assert later is second is not first


def test_a_device_may_change_hands_more_than_once() -> None:
    u1, u2, u3, at5, at15, at25 = place(
        proven("a", "u1"),
        proven("a", "u2", minute=10),
        proven("a", "u3", minute=20),
        seen("a", minute=5),
        seen("a", minute=15),
        seen("a", minute=25),
    )
    assert [at5, at15, at25] == [u1, u2, u3]


def test_a_known_persons_browser_that_claims_somebody_elses_id_starts_anew() -> None:
    anna, ben, claim, later = place(
        proven("a", "anna"), proven(user="ben"), seen("a", "ben", minute=1), seen("a", minute=2)
    )
    assert claim is later
    assert claim not in (anna, ben)
    assert not claim.known


def test_guests_without_any_name_stay_apart() -> None:
    one, two = place(proven(), proven())
    assert one is not two
