"""Finding, making and merging profiles in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from kundenkreis.engage.profiles import queries
from kundenkreis.engage.profiles.commands import link_profile
from kundenkreis.engage.profiles.identity import Sighting
from kundenkreis.engage.profiles.models import Identifier, Profile, ProfileMerge
from kundenkreis.engage.profiles.resolution import VISIT, link, remember, resolve
from kundenkreis.engage.profiles.traits import Traits
from kundenkreis.kernel import events, store
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def seen(anonymous: str = "", user: str = "", *, minute: int = 0, proven: bool = True) -> Sighting:
    return Sighting(anonymous, user, NOON + timedelta(minutes=minute), proven and bool(user))


def profiles_of(*sightings: Sighting, now: datetime = NOON) -> list[int]:
    with store.group(Side.ENGAGE, "test"):
        return [one.profile_id for one in resolve("shop", sightings, now)]


def test_an_anonymous_profile_becomes_the_customers_own() -> None:
    (visitor,) = profiles_of(seen("a"))
    (customer,) = profiles_of(seen("a", "u"))
    assert visitor == customer
    assert Profile.objects.get(pk=visitor).known
    assert queries.find("shop", user="u") == queries.find("shop", anonymous="a") == visitor


def test_an_anonymous_profile_points_to_the_customer_it_turned_out_to_be() -> None:
    (customer,) = profiles_of(seen(user="u"))
    (visitor,) = profiles_of(seen("a"))
    assert profiles_of(seen("a", "u", minute=1)) == [customer]
    assert queries.canonical_id(visitor) == customer
    assert queries.group_ids(visitor) == queries.group_ids(customer) == [customer, visitor]
    merge = ProfileMerge.objects.get()
    assert (merge.absorbed_id, merge.canonical_id) == (visitor, customer)
    assert profiles_of(seen("a", minute=2)) == [customer]


def test_a_merge_joins_what_both_knew_and_is_told(published: list[object]) -> None:
    (customer,) = profiles_of(seen(user="u"))
    (visitor,) = profiles_of(seen("a"))
    with store.group(Side.ENGAGE, "test"):
        for pk, traits in ((visitor, {"size": "L"}), (customer, {"name": "Jana"})):
            said = Traits()
            said.say(traits, NOON)
            remember({pk: said})
    profiles_of(seen("a", "u", minute=1))
    assert Profile.objects.get(pk=customer).traits == {"name": "Jana", "size": "L"}
    assert "ProfilesMerged" in [type(event).__name__ for event in published]


def test_a_guests_link_goes_with_them_when_they_log_in(published: list[object]) -> None:
    (customer,) = profiles_of(seen(user="u"))
    (guest,) = profiles_of(seen("a"))
    with store.group(Side.ENGAGE, "test"):
        link_id = link([guest])[guest]
    profiles_of(seen("a", "u", minute=1))
    assert queries.link_id_of(guest) == queries.link_id_of(customer) == link_id
    assert queries.linked([link_id]) == {link_id: customer}


def test_older_events_of_a_shared_device_stay_with_the_first_person() -> None:
    (anna,) = profiles_of(seen("a", "anna"))
    (ben,) = profiles_of(seen("a", "ben", minute=10))
    assert anna != ben
    assert profiles_of(seen("a", minute=5), seen("a", minute=11)) == [anna, ben]
    # Control: without its former holders the device would be Ben's from the beginning.
    with store.group(Side.ENGAGE, "test"):
        identifier = Identifier.objects.get(kind="anonymous", value="a")
        store.discard(identifier.former_holders.all())
    assert profiles_of(seen("a", minute=5)) == [ben]


def test_a_browser_gives_back_what_it_only_claimed() -> None:
    (claim,) = profiles_of(seen("thief", "u", proven=False))
    assert Profile.objects.get(pk=claim).known
    (customer,) = profiles_of(seen(user="u"))
    assert customer != claim
    assert not Profile.objects.get(pk=claim).known
    assert queries.find("shop", user="u") == customer
    assert profiles_of(seen("thief", "u", minute=1, proven=False)) == [claim]


def test_shops_do_not_share_their_ids() -> None:
    (here,) = profiles_of(seen("a", "u"))
    with store.group(Side.ENGAGE, "test"):
        (there,) = resolve("other", [seen("a", "u")], NOON)
    assert there.profile_id != here


def test_the_number_of_statements_does_not_grow_with_the_batch() -> None:
    """Each visitor of the larger batch is new, known, or logs in for the first time."""

    def statements(size: int) -> int:
        profiles_of(*(seen(f"old{size}-{n}") for n in range(size)))
        profiles_of(*(seen(user=f"u{size}-{n}") for n in range(size)))
        sightings = [seen(f"old{size}-{n}", f"u{size}-{n}") for n in range(size)]
        sightings += [seen(f"new{size}-{n}") for n in range(size)]
        with CaptureQueriesContext(connections["engage"]) as queries:
            profiles_of(*sightings)
        return len([query for query in queries if "engage_profiles_" in query["sql"]])

    small = statements(2)
    assert statements(60) == small <= 15


def test_a_visit_begins_after_half_an_hour_without_an_event() -> None:
    def new_visit(at: datetime) -> bool:
        with store.group(Side.ENGAGE, "test"):
            return resolve("shop", [seen("a")], at)[0].new_visit

    assert new_visit(NOON)
    assert not new_visit(NOON + timedelta(minutes=20))
    assert not new_visit(NOON + timedelta(minutes=45))
    assert new_visit(NOON + timedelta(minutes=45) + VISIT)


def test_chains_of_merged_profiles_end_at_the_last_one() -> None:
    first, second, third = profiles_of(seen("a"), seen("b"), seen("c"))
    with store.group(Side.ENGAGE, "test"):
        store.replace(Profile.objects.filter(pk=first), canonical_id=second)
        store.replace(Profile.objects.filter(pk=second), canonical_id=third)
    assert queries.canonical_ids([first, second, third]) == dict.fromkeys(
        (first, second, third), third
    )


def test_a_person_is_linked_once_and_only_by_who_may() -> None:
    (pk,) = profiles_of(seen("a"))
    with pytest.raises(NotAllowed):
        link_profile(actor=CARLA, profile_id=pk)
    link_id = link_profile(actor=ANNA, profile_id=pk)
    assert isinstance(link_id, UUID)
    assert link_profile(actor=ANNA, profile_id=pk) == link_id == queries.link_id_of(pk)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every event that was published, in order."""
    found: list[object] = []
    real = events.publish_all

    def publish_all(those: object) -> None:
        those = list(those)  # type: ignore[call-overload]
        found.extend(those)
        real(those)

    monkeypatch.setattr("kundenkreis.engage.profiles.resolution.publish_all", publish_all)
    return found
