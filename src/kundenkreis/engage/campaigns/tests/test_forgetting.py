"""What a campaign's result rests on stays as long as the campaign, and 25 months after its end."""

from __future__ import annotations

import pytest

from kundenkreis.engage.campaigns import commands
from kundenkreis.engage.campaigns.events import OfferExposed
from kundenkreis.engage.campaigns.models import Assignment, Delivery, Exposure
from kundenkreis.engage.campaigns.tests.test_commands import make_campaign, make_profiles
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.forgetting import forget
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)


def rows() -> list[int]:
    return [model._default_manager.count() for model in (Assignment, Exposure, Delivery)]


def test_the_groups_of_a_campaign_stay_until_long_after_its_end() -> None:
    with freeze("2026-11-21T12:00:00Z") as clock:
        campaign = make_campaign()
        (who,) = make_profiles(1)
        commands.plan_deliveries(actor=ANNA, campaign=campaign, profile_ids=[who], channel="email")
        variant = commands.assign_variant(actor=ANNA, campaign=campaign, profile_id=who)
        seen = OfferExposed(campaign.pk, who, variant, shown=True, at=clock.instant)
        commands.record_exposures(actor=ANNA, exposures=[seen])
        clock.advance(days=2000)
        forget(Side.ENGAGE)
        assert rows() == [1, 1, 1]
        commands.end_campaign(actor=ANNA, campaign_id=campaign.pk)
        clock.advance(days=750)
        forget(Side.ENGAGE)
        assert rows() == [1, 1, 1]
        clock.advance(days=12)
        forget(Side.ENGAGE)
        assert rows() == [0, 0, 0]
