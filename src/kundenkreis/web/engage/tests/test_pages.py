from __future__ import annotations

import html
import json

import pytest
from django.test import Client

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments.definitions import definition_of
from kundenkreis.engage.segments.models import Segment
from kundenkreis.engage.segments.nodes.counting import Performed
from kundenkreis.engage.segments.nodes.selecting import Selector
from kundenkreis.engage.segments.templates import ABANDONED_CART
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(databases=BOTH)

CAMPAIGN = {
    "name": "Cart", "segment_id": "", "control_percent": "50", "window_days": "7",
    "currency": "EUR", "title_de": "20 % für Sie", "title_en": "20 % for you",
}  # fmt: skip
SEGMENT = {
    "name_de": "Warenkorb", "name_en": "Cart", "definition": json.dumps(ABANDONED_CART.definition)
}  # fmt: skip


def definition(event: str) -> str:
    """Everybody who did it at least once."""
    return json.dumps(definition_of(Performed(Selector(event), "gte", 1)))


def make_segment(anna: Client) -> Segment:
    assert anna.post("/engage/segments/new/", SEGMENT).status_code == 302
    return Segment.objects.get()


def make_campaign(anna: Client, **changes: str) -> Campaign:
    answer = anna.post("/engage/campaigns/new/", {**CAMPAIGN, **changes})
    assert answer.status_code == 302
    return Campaign.objects.get()


def test_a_segment_is_made_activated_and_archived(anna: Client) -> None:
    segment = make_segment(anna)
    assert segment.definition == ABANDONED_CART.definition
    anna.post(f"/engage/segments/{segment.pk}/activate/")
    assert Segment.objects.get().state == Segment.State.ACTIVE
    anna.post(f"/engage/segments/{segment.pk}/archive/")
    assert Segment.objects.get().state == Segment.State.ARCHIVED


def test_a_wrong_definition_comes_back_with_everything_typed(anna: Client) -> None:
    wrong = json.dumps({"v": 1, "where": {"type": "compare", "field": "nobody", "op": "is"}})
    answer = anna.post("/engage/segments/new/", {**SEGMENT, "definition": wrong})
    assert answer.status_code == 422
    assert "Warenkorb" in answer.content.decode()
    assert not Segment.objects.exists()


def test_the_live_count_says_how_many_or_what_is_wrong_where(anna: Client) -> None:
    good = anna.get("/engage/segments/live-count/", {"definition": SEGMENT["definition"]})
    assert (good.status_code, good.json()["number"]) == (200, 0)
    wrong = json.dumps({"v": 1, "where": {"type": "all", "children": [{"type": "no"}]}})
    bad = anna.get("/engage/segments/live-count/", {"definition": wrong})
    assert (bad.status_code, bad.json()["path"][:16]) == (422, "where.children.0")
    assert anna.get("/engage/segments/live-count/", {"definition": "{"}).status_code == 422


def test_a_campaign_is_drafted_changed_and_started(anna: Client) -> None:
    segment = make_segment(anna)
    campaign = make_campaign(anna)
    values = {**CAMPAIGN, "segment_id": str(segment.pk), "control_percent": "20"}
    assert anna.post(f"/engage/campaigns/{campaign.pk}/draft/", values).status_code == 302
    weights = {v.is_control: v.weight for v in Campaign.objects.get().variants.all()}
    assert weights == {True: 20, False: 80}
    answer = anna.post(f"/engage/campaigns/{campaign.pk}/start/")
    assert "segment is not active" in answer.content.decode()
    anna.post(f"/engage/segments/{segment.pk}/activate/")
    anna.post(f"/engage/campaigns/{campaign.pk}/start/")
    assert Campaign.objects.get().state == Campaign.State.RUNNING
    answer = anna.post(f"/engage/segments/{segment.pk}/archive/")
    assert answer.status_code == 422
    assert "End the campaign first" in answer.content.decode()
    assert Segment.objects.get().state == Segment.State.ACTIVE
    page = anna.get(f"/engage/campaigns/{campaign.pk}/").content.decode()
    assert "20 % for you" in page
    anna.post(f"/engage/campaigns/{campaign.pk}/end/")
    assert Campaign.objects.get().state == Campaign.State.ENDED


def test_a_single_look_is_registered_before_the_start_and_stays(anna: Client) -> None:
    segment, campaign = make_segment(anna), make_campaign(anna)
    values = {**CAMPAIGN, "segment_id": str(segment.pk)}
    draft = f"/engage/campaigns/{campaign.pk}/draft/"
    assert anna.post(draft, {**values, "horizon": "12"}).status_code == 422
    assert anna.post(draft, {**values, "horizon": "2000"}).status_code == 302
    assert 'value="2000"' in anna.get(draft).content.decode()
    assert "2,000" in anna.get(f"/engage/campaigns/{campaign.pk}/").content.decode()
    anna.post(f"/engage/segments/{segment.pk}/activate/")
    anna.post(f"/engage/campaigns/{campaign.pk}/start/")
    change = {"horizon": "", "seen": json.dumps({"horizon": 2000})}
    assert anna.post(f"/engage/campaigns/{campaign.pk}/edit/horizon/", change).status_code == 422
    assert Campaign.objects.get().horizon == 2000


def test_of_two_who_change_a_segment_the_second_sees_that_it_was_changed(anna: Client) -> None:
    segment = make_segment(anna)
    address = f"/engage/segments/{segment.pk}/definition/"
    first, second = definition("Page Viewed"), definition("Order Completed")
    seen = json.dumps(segment.definition)
    assert html.escape(seen) in anna.get(f"/engage/segments/{segment.pk}/").content.decode()
    assert anna.post(address, {"definition": first, "seen": seen}).status_code == 200
    answer = anna.post(address, {"definition": second, "seen": seen})
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    assert "Meanwhile somebody else changed this to" in page
    assert f'name="definition" value="{second}"' in page
    stored = Segment.objects.get().definition  # PostgreSQL keeps keys in an order of its own
    assert stored == json.loads(first)
    assert f'name="seen" value="{json.dumps(stored)}"' in page
    assert anna.post(address, {"definition": second, "seen": first}).status_code == 200
    assert Segment.objects.get().definition == json.loads(second)


def test_a_definition_can_be_changed_after_the_name_was(anna: Client) -> None:
    segment = make_segment(anna)
    values = {"name_0": "Korb", "name_1": "Basket", "seen": json.dumps({"name": segment.name})}
    assert anna.post(f"/engage/segments/{segment.pk}/edit/name/", values).status_code == 200
    assert Segment.objects.get().name == {"de": "Korb", "en": "Basket"}
    seen = {"seen": json.dumps(segment.definition), "definition": definition("Page Viewed")}
    answer = anna.post(f"/engage/segments/{segment.pk}/definition/", seen)
    assert answer.status_code == 200
    assert "undo" in answer.headers["HX-Trigger-After-Settle"]


def test_what_cannot_be_read_leaves_the_definition_as_it_is(anna: Client) -> None:
    segment = make_segment(anna)
    seen = json.dumps(segment.definition)
    for typed in ("{", json.dumps({"v": 1, "where": {"type": "no"}})):
        address = f"/engage/segments/{segment.pk}/definition/"
        answer = anna.post(address, {"definition": typed, "seen": seen})
        assert answer.status_code == 422
        assert html.escape(typed) in answer.content.decode()
    assert Segment.objects.get().definition == segment.definition


@pytest.mark.parametrize(
    "change", [{"name": "Other"}, {"title_de": "Neu"}, {"control_percent": "9"}]
)
def test_of_two_who_change_a_draft_the_second_sees_that_it_was_changed(
    anna: Client, change: dict[str, str]
) -> None:
    campaign = make_campaign(anna)
    address, seen = f"/engage/campaigns/{campaign.pk}/draft/", {"version": str(campaign.version)}
    assert anna.post(address, {**CAMPAIGN, **seen, **change}).status_code == 302
    answer = anna.post(address, {**CAMPAIGN, **seen, "voucher": "LATE"})
    assert answer.status_code == 422
    assert "Somebody else has saved this" in answer.content.decode()
    assert "LATE" in answer.content.decode()


def test_a_campaign_without_a_segment_is_refused_with_the_reason(anna: Client) -> None:
    campaign = make_campaign(anna)
    answer = anna.post(f"/engage/campaigns/{campaign.pk}/start/")
    assert answer.status_code == 422
    assert "no segment" in answer.content.decode()


def test_a_form_with_a_mistake_keeps_what_was_typed(anna: Client) -> None:
    answer = anna.post("/engage/campaigns/new/", {**CAMPAIGN, "title_de": "", "name": "Autumn"})
    assert answer.status_code == 422
    assert "Autumn" in answer.content.decode()
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    "path",
    ["/engage/segments/new/", "/engage/segments/99/activate/", "/engage/campaigns/new/",
     "/engage/campaigns/99/start/"],
)  # fmt: skip
def test_carla_may_not_write_and_nothing_changes(carla: Client, path: str) -> None:
    assert carla.post(path, {**SEGMENT, **CAMPAIGN}).status_code in (403, 404)
    assert not Segment.objects.exists()
    assert not Campaign.objects.exists()


def test_no_get_changes_a_campaign_or_a_segment(anna: Client) -> None:
    segment, campaign = make_segment(anna), make_campaign(anna)
    for path in (
        f"/engage/segments/{segment.pk}/activate/",
        f"/engage/campaigns/{campaign.pk}/start/",
        f"/engage/campaigns/{campaign.pk}/end/",
    ):
        assert anna.get(path).status_code == 405
    assert Campaign.objects.get().state == Campaign.State.DRAFT


def test_a_server_source_shows_its_secret_once_and_a_website_its_tag(anna: Client) -> None:
    values = {"name": "Shop", "kind": "server", "namespace": "shop", "purpose": "orders"}
    made = anna.post("/engage/sources/new/", values).content.decode()
    assert "sk_" in made
    assert "sk_" not in anna.get("/engage/sources/").content.decode()
    values |= {"name": "Site", "kind": "browser", "purpose": "web_analytics",
               "origins": "https://shop.example"}  # fmt: skip
    page = anna.post("/engage/sources/new/", values).content.decode()
    assert 'data-key="pk_' in page


def test_a_source_with_a_wrong_origin_says_so_beside_the_field(anna: Client) -> None:
    values = {"name": "Site", "kind": "browser", "namespace": "shop", "purpose": "web_analytics",
              "origins": "nonsense"}  # fmt: skip
    answer = anna.post("/engage/sources/new/", values)
    assert answer.status_code == 422
    assert "nonsense" in answer.content.decode()


def test_a_profile_speaks_of_traits_and_facts_in_words(anna: Client) -> None:
    with store.group(Side.ENGAGE):
        facts = {
            "revenue_minor": {"value": 12345, "purpose": "server_analytics"},
            "currency": {"value": "CHF", "purpose": "server_analytics"},
            "last_order_on": {"value": "2026-11-21", "purpose": "server_analytics"},
        }
        traits = {"first_name": "Eva", "shoe_size": 38}
        profile = store.create(SYSTEM, Profile, facts=facts, traits=traits)
    page = anna.get(f"/engage/profiles/{profile.pk}/").content.decode()
    for words in ("First name", "Shoe size", "Net revenue", "123.45", "CHF", "21 Nov 2026"):
        assert words in page
    for name in ("first_name", "shoe_size", "revenue_minor", "12345"):
        assert name not in page
