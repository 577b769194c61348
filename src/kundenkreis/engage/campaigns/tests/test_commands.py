from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kundenkreis.engage.campaigns import commands, queries
from kundenkreis.engage.campaigns.errors import AlreadyRunning, NotStartable
from kundenkreis.engage.campaigns.events import OfferExposed
from kundenkreis.engage.campaigns.models import Assignment, Campaign, Exposure
from kundenkreis.engage.campaigns.queries import Reason, may_contact
from kundenkreis.engage.campaigns.variants import VariantValues
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments.models import Segment
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

OFFER = {"title": {"de": "20 % für Sie", "en": "20 % for you"}, "voucher": "KREIS20"}


def make_campaign(*, started: bool = True, **changes: Any) -> Campaign:
    with store.group(Side.ENGAGE, "test"):
        segment = store.create(
            ANNA, Segment, name={"en": "Cart"}, definition={}, state=Segment.State.ACTIVE
        )
    values: dict[str, Any] = {"name": "Cart", "segment_id": segment.pk, "offer": OFFER, **changes}
    campaign = commands.create_campaign(actor=ANNA, **values)
    if started:
        commands.start_campaign(actor=ANNA, campaign_id=campaign.pk)
    return Campaign.objects.prefetch_related("variants__offer").get(pk=campaign.pk)


def make_profiles(count: int) -> list[int]:
    with store.group(Side.ENGAGE, "test"):
        return [profile.pk for profile in store.create_many(ANNA, Profile, [{}] * count)]


def test_it_assigns_once_and_for_good() -> None:
    campaign = make_campaign()
    (profile_id,) = make_profiles(1)
    first = commands.assign_variant(actor=ANNA, campaign=campaign, profile_id=profile_id)
    with store.group(Side.ENGAGE, "test"):
        store.change(ANNA, Campaign.objects.get(pk=campaign.pk), salt="another")
    again = commands.assign_variant(actor=ANNA, campaign=campaign, profile_id=profile_id)
    assert first == again
    assert Assignment.objects.count() == 1


def test_nobody_is_contacted_before_being_assigned() -> None:
    campaign = make_campaign()
    (profile_id,) = make_profiles(1)
    assert may_contact(profile_id, campaign, "web").reason is Reason.UNASSIGNED


def test_nobody_is_contacted_after_the_end() -> None:
    campaign = make_campaign()
    (profile_id,) = make_profiles(1)
    commands.assign_variant(actor=ANNA, campaign=campaign, profile_id=profile_id)
    commands.end_campaign(actor=ANNA, campaign_id=campaign.pk)
    ended = Campaign.objects.get(pk=campaign.pk)
    assert not may_contact(profile_id, ended, "web").allowed


def test_of_two_merged_people_the_earlier_assignment_counts() -> None:
    campaign = make_campaign()
    offer, control = sorted(campaign.variants.all(), key=lambda v: v.is_control)
    early, late = make_profiles(2)
    when = datetime(2026, 11, 21, 12, tzinfo=UTC)
    with store.group(Side.ENGAGE, "test"):
        store.append(
            Assignment,
            [
                Assignment(campaign_id=campaign.pk, profile_id=late, variant_id=offer.pk,
                           at=when.replace(hour=13)),
                Assignment(campaign_id=campaign.pk, profile_id=early, variant_id=control.pk, at=when),
            ],
        )  # fmt: skip
        store.replace(Profile.objects.filter(pk=early), canonical_id=late)
    assert queries.assigned_variant(campaign.pk, late) == control.pk
    assert queries.assigned_variant(campaign.pk, early) == control.pk


def test_an_exposure_counts_once() -> None:
    campaign = make_campaign()
    (profile_id,) = make_profiles(1)
    variant = campaign.variants.first()
    assert variant is not None
    with freeze("2026-11-21T12:00:00Z") as clock:
        for _ in range(3):
            exposed = OfferExposed(campaign.pk, profile_id, variant.pk, True, clock.instant)
            commands.record_exposures(actor=ANNA, exposures=[exposed, exposed])
            clock.advance(hours=1)
    assert Exposure.objects.get().at.hour == 12


@pytest.mark.parametrize(
    "changes",
    [{"segment_id": None}, {"offer": {}}, {"offer": {"title": {"de": ""}}}],
)
def test_it_refuses_to_start_what_could_not_be_measured(changes: dict[str, Any]) -> None:
    campaign = make_campaign(started=False, **changes)
    with pytest.raises(NotStartable):
        commands.start_campaign(actor=ANNA, campaign_id=campaign.pk)


def test_a_running_campaign_keeps_what_its_result_rests_on() -> None:
    campaign = make_campaign()
    with pytest.raises(AlreadyRunning):
        commands.change_campaign(actor=ANNA, campaign_id=campaign.pk, window_hours=1)
    with pytest.raises(AlreadyRunning):
        commands.change_draft(
            actor=ANNA, campaign_id=campaign.pk, control_percent=10,
            variants=[VariantValues(offer=OFFER)], values={},
        )  # fmt: skip
    commands.change_campaign(actor=ANNA, campaign_id=campaign.pk, name="Cart, autumn")


def test_it_refuses_people_without_the_right_and_changes_nothing() -> None:
    campaign = make_campaign(started=False)
    with pytest.raises(NotAllowed):
        commands.start_campaign(actor=CARLA, campaign_id=campaign.pk)
    with pytest.raises(NotAllowed):
        commands.create_campaign(actor=CARLA, name="Mine")
    assert Campaign.objects.get().state == Campaign.State.DRAFT
