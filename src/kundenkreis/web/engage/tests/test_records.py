"""Segments and campaigns have what every record has, and keep their own rules in all of it."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from kundenkreis.engage.campaigns import commands as campaigns
from kundenkreis.engage.campaigns.models import Campaign, Offer
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments import commands as segments
from kundenkreis.engage.segments.models import Membership, Segment
from kundenkreis.engage.segments.templates import ABANDONED_CART, LAPSED_REGULARS
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(databases=BOTH)


def segment(name: str = "Warenkorb", *, active: bool = True) -> Segment:
    return segments.create_segment(
        actor=SYSTEM, name={"de": name, "en": "Cart"}, definition=ABANDONED_CART.definition,
        activate=active,
    )  # fmt: skip


def campaign(**values: object) -> Campaign:
    values = {"name": "Herbst", "offer": {"title": {"de": "20 %"}, "voucher": "HERBST20"}} | values
    return campaigns.create_campaign(actor=SYSTEM, **values)  # type: ignore[arg-type]


def undo_latest(client: Client, kind: str, record: Segment | Campaign) -> str:
    """Take back the latest thing that was done with a record; what the page says then."""
    target = f"engage.{kind}:{record.pk}"
    entries = AuditEntry.objects.using("engage").filter(target=target).order_by("-id")
    batch = entries.values_list("batch", flat=True)[0]
    answer = client.post(f"/engage/{kind}s/undo/{batch}/", follow=True)
    return answer.content.decode()


def test_a_list_is_filtered_searched_and_exported(anna: Client) -> None:
    kept, _draft = segment("Warenkörbe"), segment("Späher", active=False)
    page = anna.get("/engage/segments/", {"state": "active"}).content.decode()
    assert f'"/engage/segments/{kept.pk}/' in page
    assert "1 record" in page
    for word in ("warenkoerbe", "WARENKÖRB"):
        found = anna.get("/engage/segments/", {"q": word}).content.decode()
        assert "1 record" in found, word
    lines = b"".join(anna.get("/engage/segments/export.csv")).decode().splitlines()
    assert len(lines) == 3


def test_a_name_in_two_languages_is_filtered_as_it_is_shown(anna: Client) -> None:
    segment()
    where = (
        '{"v": 1, "where": {"type": "compare", "field": "name", "op": "contains", "value": "%s"}}'
    )
    for value, found in (("cart", True), ("Warenkorb", False)):
        page = anna.get("/engage/segments/", {"where": where % value}).content.decode()
        assert ("1 record" in page) is found, value


def test_the_palette_finds_segments_and_campaigns(anna: Client) -> None:
    made, found = segment(), campaign()
    for text, address in (
        ("warenko", f"/engage/segments/{made.pk}/"),
        ("herbst20", f"/engage/campaigns/{found.pk}/"),
    ):
        assert address in anna.get(reverse("palette"), {"q": text}).content.decode(), text


def test_an_undone_definition_is_followed_like_a_changed_one(anna: Client) -> None:
    made = segment()
    typed, seen = (json.dumps(one.definition) for one in (LAPSED_REGULARS, made))
    address = f"/engage/segments/{made.pk}/definition/"
    assert anna.post(address, {"definition": typed, "seen": seen}).status_code == 200
    with store.group(Side.ENGAGE):
        store.replace(Segment.objects.filter(pk=made.pk), refresh_due_at=None)
    undo_latest(anna, "segment", made)
    again = Segment.objects.get()
    assert again.definition == ABANDONED_CART.definition
    assert again.refresh_due_at is not None


def test_members_leave_a_segment_whose_activation_was_undone(anna: Client) -> None:
    made = segment(active=False)
    anna.post(f"/engage/segments/{made.pk}/activate/")
    with store.group(Side.ENGAGE):
        person = store.create(SYSTEM, Profile)
        member = Membership(segment_id=made.pk, profile_id=person.pk, entered_at=clock.now())
        store.append(Membership, [member])
        store.replace(Segment.objects.filter(pk=made.pk), size=1)
    undo_latest(anna, "segment", made)
    assert Segment.objects.get().state == Segment.State.DRAFT
    segments.refresh_segment(made.pk)
    assert not Membership.objects.exists()
    assert Segment.objects.get().size == 0


def test_no_undo_takes_the_segment_of_a_running_campaign_away(anna: Client) -> None:
    made = segment(active=False)
    anna.post(f"/engage/segments/{made.pk}/activate/")
    running = campaign(segment_id=made.pk)
    campaigns.start_campaign(actor=SYSTEM, campaign_id=running.pk)
    assert "End the campaign first" in undo_latest(anna, "segment", made)
    assert Segment.objects.get().state == Segment.State.ACTIVE


def test_no_undo_changes_what_a_started_campaign_rests_on(anna: Client) -> None:
    made = campaign(segment_id=segment().pk)
    offer = Offer.objects.get()
    values = {
        "name": "Herbst", "segment_id": str(made.segment_id), "control_percent": "20",
        "window_days": "7", "currency": "EUR", "title_de": "30 %", "voucher": "NEU", "version": "1",
    }  # fmt: skip
    assert anna.post(f"/engage/campaigns/{made.pk}/draft/", values).status_code == 302
    anna.post(f"/engage/campaigns/{made.pk}/start/")
    started = undo_latest(anna, "campaign", made)
    assert "the campaign has started" in started.lower()
    entries = AuditEntry.objects.using("engage").filter(target=f"engage.offer:{offer.pk}")
    batch = entries.order_by("-id").values_list("batch", flat=True)[0]
    anna.post(f"/engage/campaigns/undo/{batch}/")
    assert Offer.objects.get().voucher == "NEU"
    assert Campaign.objects.get().state == Campaign.State.RUNNING


def test_a_draft_goes_to_the_bin_with_its_offer_and_comes_back(anna: Client) -> None:
    made = campaign()
    assert anna.post(f"/engage/campaigns/{made.pk}/remove/").status_code == 302
    assert not Offer.objects.exists()
    assert "Herbst" in anna.get("/engage/campaigns/bin/").content.decode()
    undo_latest(anna, "campaign", made)
    assert Campaign.objects.get().pk == made.pk
    assert Offer.objects.get().voucher == "HERBST20"


def test_what_is_in_use_cannot_be_deleted_and_says_why(anna: Client) -> None:
    made = segment()
    answer = anna.post(f"/engage/segments/{made.pk}/remove/")
    assert "Archive it first" in answer.content.decode()
    running = campaign(segment_id=made.pk)
    campaigns.start_campaign(actor=SYSTEM, campaign_id=running.pk)
    assert anna.post(f"/engage/campaigns/{running.pk}/remove/").status_code == 422
    campaigns.end_campaign(actor=SYSTEM, campaign_id=running.pk)
    segments.archive_segment(actor=SYSTEM, segment_id=made.pk)
    used = anna.post(f"/engage/segments/{made.pk}/remove/").content.decode()
    assert "campaigns" in used
    assert Segment.objects.exists()
    assert Campaign.objects.exists()


def test_the_history_of_a_segment_tells_every_change(anna: Client) -> None:
    made = segment()
    page = anna.get(f"/engage/segments/{made.pk}/history/").content.decode()
    for words in ("Created", "Draft", "Active"):
        assert words in page
