"""Whom a message may reach: the test group, with consent to messages on that channel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from kundenkreis.engage.campaigns import commands, queries
from kundenkreis.engage.campaigns.models import Campaign, Delivery
from kundenkreis.engage.campaigns.queries import Reason, may_contact
from kundenkreis.engage.campaigns.tests.test_commands import make_campaign, make_profiles
from kundenkreis.engage.consent.commands import (
    Statement,
    record_consent,
    record_objection,
    ship_purposes,
)
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.kernel import clock as kernel_clock
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

DOUBLE_OPT_IN = "double_opt_in"


@pytest.fixture(autouse=True)
def clock() -> Iterator[FrozenClock]:
    with freeze("2026-11-21T12:00:00Z") as frozen:
        yield frozen


def make_people(count: int) -> list[int]:
    """People with an address, a cookie, and a link to the crm."""
    people = make_profiles(count)
    with store.group(Side.ENGAGE, "test"):
        for who in people:
            store.replace(
                Profile.objects.filter(pk=who),
                link_id=uuid4(),
                traits={"email": f"P{who}@example.org"},
            )
            name = Identifier(profile_id=who, namespace="shop", kind="anonymous", value=f"v{who}")
            name.first_seen_at = kernel_clock.now()
            store.append(Identifier, [name])
    return people


def say(
    who: int,
    *,
    granted: bool = True,
    by: str = "email",
    origin: str = DOUBLE_OPT_IN,
    purpose: str = "newsletter",
    channel: str = "email",
) -> None:
    subject, namespace = (f"p{who}@example.org", "") if by == "email" else (f"v{who}", "shop")
    said = (by, subject, purpose, channel, granted, kernel_clock.now(), origin)
    record_consent(actor=ANNA, statement=Statement(*said, namespace=namespace))


def in_test_group(campaign: Campaign, people: list[int]) -> list[int]:
    control = {variant.pk for variant in campaign.variants.all() if variant.is_control}
    assigned = {
        who: commands.assign_variant(actor=ANNA, campaign=campaign, profile_id=who)
        for who in people
    }
    return [who for who in people if assigned[who] not in control]


def plan(campaign: Campaign, people: list[int], channel: str = "email") -> dict[int, str]:
    """Why each may or may not be sent to, as the ledger says it."""
    commands.plan_deliveries(actor=ANNA, campaign=campaign, profile_ids=people, channel=channel)
    rows = Delivery.objects.filter(channel=channel)
    for row in rows:
        assert (row.state == Delivery.State.PLANNED) is (row.reason == Reason.TEST)
    return dict(rows.values_list("profile_id", "reason"))


def only_who_agreed_in_the_test_group(campaign: Campaign, people: list[int]) -> None:
    agreed, others = people[::2], people[1::2]
    for who in agreed:
        say(who)
    test, found = set(in_test_group(campaign, people)), plan(campaign, people)
    assert {who for who in people if found[who] == Reason.CONTROL} == set(people) - test
    assert {who for who in people if found[who] == Reason.NO_CONSENT} == test & set(others)
    assert {who for who in people if found[who] == Reason.TEST} == test & set(agreed)


def test_a_message_reaches_only_who_agreed_and_never_the_control_group() -> None:
    only_who_agreed_in_the_test_group(make_campaign(), make_people(40))


def test_a_campaign_that_did_not_ask_for_consent_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "agrees", lambda *asked: True)
    with pytest.raises(AssertionError):
        only_who_agreed_in_the_test_group(make_campaign(), make_people(40))


def one(campaign: Campaign) -> int:
    """Somebody in the test group."""
    return in_test_group(campaign, make_people(12))[0]


def reason(who: int, campaign: Campaign, channel: str = "email") -> Reason:
    return may_contact(who, campaign, channel).reason


@pytest.mark.parametrize(
    "instead", [{"purpose": "offers"}, {"channel": "web"}, {"origin": "web"}], ids=str
)
def test_consent_to_something_else_is_none_to_mail(instead: dict[str, str]) -> None:
    campaign = make_campaign()
    who = one(campaign)
    say(who, **instead)  # type: ignore[arg-type]
    assert reason(who, campaign) is Reason.NO_CONSENT


def test_consent_to_mail_is_none_to_calls() -> None:
    campaign = make_campaign()
    who = one(campaign)
    say(who)
    assert reason(who, campaign) is Reason.TEST
    assert reason(who, campaign, "phone") is Reason.NO_CONSENT
    assert reason(who, campaign, "web") is Reason.TEST


def test_an_opt_out_under_another_name_ends_the_consent_of_the_address(clock: FrozenClock) -> None:
    campaign = make_campaign()
    who = one(campaign)
    say(who)
    clock.advance(hours=1)
    say(who, granted=False, by="anonymous", origin="web")
    assert reason(who, campaign) is Reason.NO_CONSENT
    clock.advance(hours=1)
    say(who, origin="import")
    assert reason(who, campaign) is Reason.NO_CONSENT
    clock.advance(hours=1)
    say(who)
    assert reason(who, campaign) is Reason.TEST


def test_what_somebody_told_staff_counts_here_too(clock: FrozenClock) -> None:
    campaign = make_campaign()
    who = one(campaign)
    ship_purposes(actor=ANNA)
    say(who)
    link_id = Profile.objects.get(pk=who).link_id
    assert link_id is not None
    at = clock.instant + timedelta(minutes=1)
    record_objection(actor=ANNA, link_id=link_id, channel="email", purpose="", at=at)
    assert reason(who, campaign) is Reason.NO_CONSENT


def test_what_was_said_before_two_turned_out_to_be_one_person_counts(clock: FrozenClock) -> None:
    campaign = make_campaign()
    who, before = in_test_group(campaign, make_people(12))[:2]
    say(who)
    say(before, granted=False, by="anonymous", origin="web")
    assert reason(who, campaign) is Reason.TEST
    with store.group(Side.ENGAGE, "test"):
        store.replace(Profile.objects.filter(pk=before), canonical_id=who)
    assert reason(who, campaign) is Reason.NO_CONSENT


def test_who_withdraws_after_the_planning_is_not_sent_to(clock: FrozenClock) -> None:
    campaign = make_campaign()
    who = one(campaign)
    say(who)
    assert plan(campaign, [who]) == {who: Reason.TEST}
    clock.advance(minutes=1)
    say(who, granted=False)
    assert reason(who, campaign) is Reason.NO_CONSENT


def test_carla_may_not_plan() -> None:
    campaign = make_campaign()
    with pytest.raises(NotAllowed):
        commands.plan_deliveries(actor=CARLA, campaign=campaign, profile_ids=[], channel="email")
