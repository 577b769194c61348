"""Whether a segment's question for consent is answered by the person's own shop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kundenkreis.engage.consent.commands import Statement, record_consent
from kundenkreis.engage.profiles.models import Identifier
from kundenkreis.engage.segments import commands
from kundenkreis.engage.segments.evaluating import moment_of
from kundenkreis.engage.segments.loading import load
from kundenkreis.engage.segments.models import Recheck
from kundenkreis.engage.segments.needs import needs_of
from kundenkreis.engage.segments.nodes.consent import HasConsent
from kundenkreis.engage.segments.people import people as people_of
from kundenkreis.engage.segments.tests.people import NOW, members, people, segment
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ENGAGE, SYSTEM

pytestmark = pytest.mark.django_db(databases=ENGAGE)

ALLOWED = HasConsent("offers", "web")


def customers(number: str) -> tuple[int, int]:
    """The customers of two shops who have the same number there."""
    here, there = people(2)
    with store.group(Side.ENGAGE):
        store.append(
            Identifier,
            [
                Identifier(
                    profile_id=pk, namespace=shop, kind="user", value=number, first_seen_at=NOW
                )
                for pk, shop in ((here, "here"), (there, "there"))
            ],
        )
    return here, there


def say(shop: str, number: str, *, granted: bool, minute: int = 0) -> None:
    said = ("user", number, "offers", "web", granted, NOW + timedelta(minutes=minute), "web")
    record_consent(actor=SYSTEM, statement=Statement(*said, namespace=shop))


def in_memory(*asked: int) -> set[int]:
    found = load(asked, needs_of(ALLOWED), moment_of(NOW))
    return {pk for pk, facts in found.items() if ("offers", "web") in facts.consents}


def in_the_database() -> set[int]:
    return set(people_of(ALLOWED, moment_of(NOW)).values_list("pk", flat=True))


def test_two_customers_of_one_number_are_asked_each_for_their_own_consent() -> None:
    here, there = customers("17")
    say("here", "17", granted=True)
    assert in_memory(here, there) == in_the_database() == {here}
    say("there", "17", granted=True)
    say("here", "17", granted=False, minute=1)
    assert in_memory(here, there) == in_the_database() == {there}


def test_a_change_of_consent_makes_segments_look_only_at_whose_it_is() -> None:
    _, there = customers("17")
    with freeze(NOW):
        allowed = segment(ALLOWED)
        say("there", "17", granted=True)
        assert list(Recheck.objects.values_list("profile_id", flat=True)) == [there]
        commands.consume_rechecks()
        assert members(allowed) == {there}
