from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from kundenkreis.edge.offers.answers import UnknownToken, exposure, offers_for
from kundenkreis.edge.offers.endpoints import LONGEST_TOKEN
from kundenkreis.edge.offers.tokens import MAX_AGE, Shown, open_token, seal
from kundenkreis.engage.campaigns.commands import (
    end_campaign,
    keep_assignments,
    record_exposures,
)
from kundenkreis.engage.campaigns.models import Assignment, Campaign, Exposure
from kundenkreis.engage.campaigns.queries import running_campaigns
from kundenkreis.engage.campaigns.tests.test_commands import make_campaign
from kundenkreis.engage.consent.commands import Statement, record_consent
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.engage.segments.models import Membership, Segment
from kundenkreis.engage.tracking.cleaning import LONGEST_ID
from kundenkreis.engage.tracking.sources import SourceView
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHOP = SourceView(
    id=1, name="Shop", kind="browser", namespace="shop", purpose="web_analytics", basis="consent",
    origins=frozenset(), signing_keys=(),
)  # fmt: skip


@pytest.fixture(autouse=True)
def clock() -> Iterator[FrozenClock]:
    with freeze(NOON) as clock:
        yield clock


def consent(visitor: str, *, granted: bool = True, at: datetime = NOON, shop: str = "shop") -> None:
    said = ("anonymous", visitor, "web_analytics", "web", granted, at, "web")
    record_consent(actor=ANNA, statement=Statement(*said, namespace=shop))


def offers_of(visitor: str, *, kept: bool = True) -> list[dict[str, Any]]:
    """What the endpoint answers, and what it has written."""
    answer = offers_for(SHOP, visitor, "de", running_campaigns)
    if kept:
        keep_assignments(actor=ANNA, drawn=answer.drawn)
    return answer.offers


def expose(token: str, source: SourceView = SHOP) -> None:
    exposed = exposure(source, token, NOON, running_campaigns)
    if exposed is not None:
        record_exposures(actor=ANNA, exposures=[exposed])


def make_visitors(count: int, campaign: Campaign) -> list[str]:
    """Visitors who consented and are in the campaign's segment."""
    names = [f"visitor-{number}" for number in range(count)]
    with store.group(Side.ENGAGE, "test"):
        profiles = store.create_many(ANNA, Profile, [{}] * count)
        store.append(
            Identifier,
            [
                Identifier(profile=profile, namespace="shop", kind="anonymous", value=name,
                           first_seen_at=NOON)
                for profile, name in zip(profiles, names, strict=True)
            ],
        )  # fmt: skip
        store.append(
            Membership,
            [
                Membership(segment_id=campaign.segment_id, profile_id=profile.pk, entered_at=NOON)
                for profile in profiles
            ],
        )
    for name in names:
        consent(name)
    return names


@pytest.fixture
def campaign() -> Campaign:
    with store.group(Side.ENGAGE, "test"):
        segment = store.create(
            ANNA, Segment, name={"en": "Cart"}, state="active",
            definition={"v": 1, "where": {"type": "all", "children": []}},
        )  # fmt: skip
    return make_campaign(segment_id=segment.pk)


def test_test_and_control_get_the_same_form_of_answer_but_only_test_the_offer(
    campaign: Campaign,
) -> None:
    answers = [offers_of(name) for name in make_visitors(20, campaign)]
    assert all(len(offers) == 1 for offers in answers)
    shown = {offers[0]["show"] for offers in answers}
    assert shown == {True, False}
    for (offer,) in answers:
        assert set(offer) == {"campaign", "variant", "kind", "show", "content", "exposure"}
        assert ("KREIS20" in str(offer["content"])) is offer["show"]


def test_the_answer_stays_the_same_until_the_exposure_and_then_ends(campaign: Campaign) -> None:
    (visitor,) = make_visitors(1, campaign)
    first = offers_of(visitor)[0]
    assert offers_of(visitor)[0]["variant"] == first["variant"]
    expose(first["exposure"])
    expose(first["exposure"])
    assert offers_of(visitor) == []
    assert Exposure.objects.count() == Assignment.objects.count() == 1


def test_a_draw_that_was_lost_is_drawn_again_the_same_and_kept_with_the_exposure(
    campaign: Campaign,
) -> None:
    for visitor in make_visitors(8, campaign):
        first, again = offers_of(visitor, kept=False), offers_of(visitor, kept=False)
        assert first[0]["variant"] == again[0]["variant"]
        assert not Assignment.objects.exists()
        expose(first[0]["exposure"])
        assert Assignment.objects.get().variant_id == Exposure.objects.get().variant_id
        with store.group(Side.ENGAGE, "test"):
            store.discard(Assignment.objects.all())
            store.discard(Exposure.objects.all())


def test_what_was_assigned_first_stays_whatever_is_drawn_later(campaign: Campaign) -> None:
    (visitor,) = make_visitors(1, campaign)
    drawn = offers_for(SHOP, visitor, "de", running_campaigns).drawn
    other = next(one.pk for one in campaign.variants.all() if one.pk != drawn[0].variant_id)
    keep_assignments(actor=ANNA, drawn=[replace(drawn[0], variant_id=other)])
    keep_assignments(actor=ANNA, drawn=drawn)
    assert Assignment.objects.get().variant_id == other
    assert offers_for(SHOP, visitor, "de", running_campaigns).drawn == []


def test_nobody_unknown_or_without_consent_is_put_into_a_group(
    campaign: Campaign, clock: FrozenClock
) -> None:
    (visitor,) = make_visitors(1, campaign)
    assert offers_of("somebody else") == []
    consent(visitor, granted=False, at=clock.advance(minutes=1))
    assert offers_of(visitor) == []
    assert not Assignment.objects.exists()


def test_what_the_same_cookie_says_in_another_shop_is_no_matter(
    campaign: Campaign, clock: FrozenClock
) -> None:
    (visitor,) = make_visitors(1, campaign)
    consent(visitor, granted=False, at=clock.advance(minutes=1), shop="other")
    assert offers_of(visitor) != []
    consent(visitor, granted=False, at=clock.advance(minutes=1))
    consent(visitor, at=clock.advance(minutes=1), shop="other")
    assert offers_of(visitor) == []


def test_nobody_outside_the_segment_is_put_into_a_group(campaign: Campaign) -> None:
    (visitor,) = make_visitors(1, campaign)
    with store.group(Side.ENGAGE, "test"):
        store.discard(Membership.objects.all())
    assert offers_of(visitor) == []
    assert not Assignment.objects.exists()


def test_a_forged_or_old_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Shown(1, "visitor-ü", 2, 3, 4, show=True)
    token = seal(seen)
    assert open_token(token) == seen
    assert open_token(token[:-2] + "xx") is None
    with pytest.raises(UnknownToken):
        expose("made up")
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + MAX_AGE + 5)
    assert open_token(token) is None


def test_an_exposure_is_not_recorded_after_the_consent_was_withdrawn(
    campaign: Campaign, clock: FrozenClock
) -> None:
    (visitor,) = make_visitors(1, campaign)
    offer = offers_of(visitor)[0]
    consent(visitor, granted=False, at=clock.advance(minutes=1))
    expose(offer["exposure"])
    assert not Exposure.objects.exists()


def test_an_exposure_is_not_taken_with_the_key_of_another_source(campaign: Campaign) -> None:
    (visitor,) = make_visitors(1, campaign)
    offer = offers_of(visitor)[0]
    with pytest.raises(UnknownToken):
        expose(offer["exposure"], replace(SHOP, id=2))
    assert not Exposure.objects.exists()


def test_an_exposure_does_not_count_for_a_campaign_that_has_ended(campaign: Campaign) -> None:
    (visitor,) = make_visitors(1, campaign)
    offer = offers_of(visitor)[0]
    end_campaign(actor=ANNA, campaign_id=campaign.pk)
    expose(offer["exposure"])
    assert not Exposure.objects.exists()


def test_the_longest_visitor_id_makes_a_token_that_comes_back() -> None:
    token = seal(Shown(2**63, "\U0001f98a" * LONGEST_ID, 2**63, 2**63, 2**63, show=True))
    assert len(token) < LONGEST_TOKEN


def test_a_browser_cannot_turn_control_into_test(campaign: Campaign) -> None:
    for name in make_visitors(10, campaign):
        offer = offers_of(name)[0]
        expose(offer["exposure"])
    control = next(variant for variant in campaign.variants.all() if variant.is_control)
    assert not Exposure.objects.filter(variant_id=control.pk, shown=True).exists()
    assert Exposure.objects.filter(variant_id=control.pk).exists()
