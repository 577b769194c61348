"""Two writers about the same people: what one decided upon may be changed by the other meanwhile.

SQLite has one writer; there the other one's change is made between reading and writing by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from kundenkreis.engage.profiles import commands, queries, resolution
from kundenkreis.engage.profiles.commands import link_profile
from kundenkreis.engage.profiles.identity import Directory, Sighting
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.engage.profiles.resolution import link
from kundenkreis.engage.profiles.tests.test_resolution import NOON, profiles_of, seen
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Do something once, after the next batch has read who is who and before it writes."""
    waiting: list[Callable[[], object]] = []
    real = resolution._load

    def load(namespace: str, sightings: list[Sighting]) -> Directory:
        directory = real(namespace, sightings)
        if waiting:
            waiting.pop()()
        return directory

    monkeypatch.setattr(resolution, "_load", load)
    return waiting.append


def linked(profile_id: int) -> UUID:
    with store.group(Side.ENGAGE, "test"):
        return link([profile_id])[profile_id]


def test_a_visitor_who_logs_in_while_they_order_keeps_their_link(meanwhile: Meanwhile) -> None:
    (visitor,) = profiles_of(seen("a"))
    links: list[UUID] = []
    meanwhile(lambda: links.append(linked(visitor)))
    assert profiles_of(seen("a", "u")) == [visitor]
    assert [queries.link_id_of(visitor)] == links
    assert Profile.objects.get(pk=visitor).known


def test_a_guest_linked_while_they_log_in_passes_their_link_on(meanwhile: Meanwhile) -> None:
    customer, guest = profiles_of(seen(user="u")) + profiles_of(seen("a"))
    links: list[UUID] = []
    meanwhile(lambda: links.append(linked(guest)))
    assert profiles_of(seen("a", "u", minute=1)) == [customer]
    assert [queries.link_id_of(customer)] == links
    assert queries.linked(links) == {links[0]: customer}


def test_a_customer_linked_while_a_guest_becomes_them_keeps_their_link(
    meanwhile: Meanwhile,
) -> None:
    customer, guest = profiles_of(seen(user="u")) + profiles_of(seen("a"))
    guests = linked(guest)
    links: list[UUID] = []
    meanwhile(lambda: links.append(linked(customer)))
    assert profiles_of(seen("a", "u", minute=1)) == [customer]
    assert [queries.link_id_of(customer)] == links
    # The crm knows both ids; both lead to the one person.
    assert queries.linked([guests, *links]) == {guests: customer, links[0]: customer}


def test_a_visitor_who_becomes_somebody_meanwhile_does_not_become_somebody_else(
    meanwhile: Meanwhile,
) -> None:
    """Two devices of somebody nobody knows any more name a customer id each at the same time."""
    (claim,) = profiles_of(seen("one", "u", proven=False))
    profiles_of(seen(user="u"))
    two = Identifier(namespace="shop", kind="anonymous", value="two", first_seen_at=NOON)
    two.profile_id = claim
    with store.group(Side.ENGAGE, "test"):
        store.append(Identifier, [two])
    meanwhile(lambda: profiles_of(seen("one", "anna", minute=1)))
    (ben,) = profiles_of(seen("two", "ben", minute=1))
    assert queries.find("shop", user="anna") == claim != ben


def test_who_was_merged_since_they_were_found_is_linked_as_the_person_they_are() -> None:
    customer, guest = profiles_of(seen(user="u")) + profiles_of(seen("a"))
    profiles_of(seen("a", "u", minute=1))
    assert linked(guest) == linked(customer) == queries.link_id_of(customer)
    assert Profile.objects.get(pk=guest).link_id is None


def test_who_is_merged_before_staff_link_them_is_linked_as_the_person_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customer, guest = profiles_of(seen(user="u")) + profiles_of(seen("a"))
    profiles_of(seen("a", "u", minute=1))
    monkeypatch.setattr(commands, "canonical_id", lambda pk: pk)  # as it was a moment ago
    assert link_profile(actor=ANNA, profile_id=guest) == queries.link_id_of(customer)
    assert Profile.objects.get(pk=guest).link_id is None


def test_known_visitors_cost_no_statement_more() -> None:
    profiles_of(*(seen(f"a{number}", f"u{number}") for number in range(3)))
    with CaptureQueriesContext(connections["engage"]) as captured:
        profiles_of(*(seen(f"a{number}", f"u{number}") for number in range(3)))
    assert len([one for one in captured if "engage_profiles_" in one["sql"]]) == 3


@pytest.mark.django_db(databases=ENGAGE, transaction=True)
@pytest.mark.skipif("connections['engage'].vendor != 'postgresql'", reason="SQLite has one writer")
@pytest.mark.parametrize("known_before", [False, True])
def test_of_two_transactions_neither_undoes_the_link_of_the_other(*, known_before: bool) -> None:
    """One logs a visitor in and finds them locked by the other, which links them."""
    if known_before:
        profiles_of(seen(user="u"))
    (visitor,) = profiles_of(seen("a"))

    def log_in() -> None:
        profiles_of(seen("a", "u", minute=1))
        connections["engage"].close()

    with ThreadPoolExecutor(1) as pool:
        with store.group(Side.ENGAGE, "test"):
            link_id = link([visitor])[visitor]
            logged_in = pool.submit(log_in)
            assert wait([logged_in], 0.5).done == set()
        logged_in.result(20)
    assert queries.link_id_of(visitor) == link_id
    assert queries.find("shop", user="u") == queries.canonical_id(visitor)
