"""Profiles, events, sources and consents have what every record has."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from kundenkreis.crm.accounts.models import Role
from kundenkreis.engage.consent.models import ConsentEntry
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments import commands as segments
from kundenkreis.engage.segments.templates import ABANDONED_CART
from kundenkreis.engage.tracking.models import Event, Source
from kundenkreis.engage.tracking.testing import Shop, identify, ingest, make_shop, track
from kundenkreis.kernel import store
from kundenkreis.kernel.models import SearchDocument
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.engage.tests.conftest import log_in

pytestmark = pytest.mark.django_db(databases=BOTH)


@pytest.fixture
def shop(anna: Client) -> Shop:
    shop = make_shop()
    ingest(
        shop.server,
        identify("K-1", email="eva.blau@example.org", first_name="Eva", last_name="Müller"),
        track("Page Viewed", anonymousId="cookie-7", title="Lasermesskopf"),
        track("Order Completed", userId="K-1", order_id="A-17", total=119, tax=19, currency="EUR"),
    )
    return shop


def page(client: Client, address: str, **query: object) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, address
    return html.unescape(answer.content.decode())


def palette(client: Client, text: str) -> str:
    return page(client, reverse("palette"), q=text)


def test_the_palette_finds_people_by_name_address_and_identifier(anna: Client, shop: Shop) -> None:
    eva, visitor = Profile.objects.get(known=True), Profile.objects.get(known=False)
    for text in ("eva.blau@example.org", "eva.bl", "mueller", "muell eva", "K-1"):
        assert f"/engage/profiles/{eva.pk}/" in palette(anna, text), text
        assert "1 record" in page(anna, "/engage/profiles/", q=text), text
    assert f"/engage/profiles/{visitor.pk}/" in palette(anna, "cookie-7")
    assert "/engage/profiles/" not in palette(anna, "cookie-8")


def test_only_who_said_something_has_a_search_document(anna: Client, shop: Shop) -> None:
    documents = SearchDocument.objects.using("engage").filter(kind="profile")
    eva = Profile.objects.get(known=True)
    assert list(documents.values_list("row", flat=True)) == [eva.pk]
    # A change by staff writes the same document as the collector did.
    words = documents.get().words
    values = {"owner_id": "", "seen": json.dumps({"owner_id": None})}
    anna.post(f"/engage/profiles/{eva.pk}/edit/owner_id/", values)
    assert documents.get().words == words
    ingest(shop.server, identify("K-1", email=None, first_name="Ada"))
    assert f"/engage/profiles/{eva.pk}/" in palette(anna, "ada")
    assert f"/engage/profiles/{eva.pk}/" not in palette(anna, "eva.blau")


def test_somebody_who_was_merged_is_found_once_and_leads_to_who_they_are(
    anna: Client, shop: Shop
) -> None:
    visitor = Profile.objects.get(known=False)
    ingest(shop.server, {**identify("K-1", nickname="Evi"), "anonymousId": "cookie-7"})
    eva = Profile.objects.get(known=True)
    assert Profile.objects.get(pk=visitor.pk).canonical_id == eva.pk
    answer = anna.get(f"/engage/profiles/{visitor.pk}/")
    assert answer.headers["Location"] == f"/engage/profiles/{eva.pk}/"
    assert palette(anna, "mueller").count("/engage/profiles/") == 1


def test_people_are_listed_by_what_segments_can_ask(anna: Client, shop: Shop) -> None:
    eva = Profile.objects.get(known=True)
    made = segments.create_segment(
        actor=SYSTEM, name={"de": "Alle", "en": "All"}, activate=True,
        definition={"v": 1, "where": {"type": "compare", "field": "known", "op": "is", "value": True}},
    )  # fmt: skip
    segments.refresh_segment(made.pk)
    inside = {"type": "in_segment", "segment": made.pk}
    trait = {"type": "compare", "field": "trait.text.email", "op": "contains", "value": "blau"}
    for where in (inside, trait):
        found = page(anna, "/engage/profiles/", where=json.dumps({"v": 1, "where": where}))
        assert "1 record" in found
        assert f"/engage/profiles/{eva.pk}/" in found
    assert "/engage/profiles/?where=" in page(anna, f"/engage/segments/{made.pk}/")


def test_who_may_not_know_what_people_did_cannot_ask_for_it(shop: Shop) -> None:
    with store.group(Side.CRM, "test"):
        grants = {"engage.profile.read": "all", "engage.segment.read": "all"}
        store.create(SYSTEM, Role, slug="looker", label={"en": "Looker"}, grants=grants)
    looker = log_in("Lena", "looker")
    where = {"type": "compare", "field": "trait.text.email", "op": "contains", "value": "blau"}
    found = page(looker, "/engage/profiles/", where=json.dumps({"v": 1, "where": where}))
    assert "There is no field" in found
    assert "2 records" in found
    mine = page(looker, f"/engage/profiles/{Profile.objects.get(known=True).pk}/")
    assert "Order placed" not in mine
    assert "A-17" not in mine


def test_the_log_names_people_only_to_whom_may_know_them(anna: Client, shop: Shop) -> None:
    eva = Profile.objects.get(known=True)
    assert "Eva Müller" in page(anna, "/engage/events/")
    assert "1 record" in page(anna, "/engage/events/", type="Page Viewed")
    assert "1 record" in page(anna, "/engage/events/", q="A-17")
    placed = Event.objects.get(type="Order Completed")
    assert f"/engage/events/{placed.pk}/" in palette(anna, "A-17")
    with store.group(Side.CRM, "test"):
        grants = {"engage.event.*": "all"}
        store.create(SYSTEM, Role, slug="counter", label={"en": "Counter"}, grants=grants)
    counter = log_in("Carl", "counter")
    for address in ("/engage/events/", f"/engage/events/{placed.pk}/", "/engage/events/export.csv"):
        answer = counter.get(address)
        text = (answer.getvalue() if answer.streaming else answer.content).decode()
        assert "Order placed" in text or "Order Completed" in text, address
        assert "Müller" not in text, address
        assert f"/engage/profiles/{eva.pk}/" not in text, address


def test_the_log_and_the_ledger_can_only_be_read(anna: Client, shop: Shop) -> None:
    for slug in ("events", "consents"):
        for part in ("new/", "import/", "bin/", "1/edit/type/", "1/remove/", "bulk/tag/?row=1"):
            assert anna.post(f"/engage/{slug}/{part}").status_code == 404, part
    assert Event.objects.count() == 2


def test_an_event_says_everything_it_reported(anna: Client, shop: Shop) -> None:
    seen = Event.objects.get(type="Page Viewed")
    there = page(anna, f"/engage/events/{seen.pk}/")
    for words in ("Page viewed", "Lasermesskopf", "Title of the page", "shop: server_analytics"):
        assert words in there


@pytest.mark.unaudited
def test_events_of_somebody_forgotten_stay_readable(anna: Client, shop: Shop) -> None:
    with store.group(Side.ENGAGE):
        store.discard(Profile.objects.all())
    assert "Page viewed" in page(anna, "/engage/events/")
    assert "Page viewed" in page(
        anna, f"/engage/events/{Event.objects.get(type='Page Viewed').pk}/"
    )


def test_a_sources_page_tells_how_to_use_it_and_what_was_turned_away(
    anna: Client, shop: Shop
) -> None:
    ingest(shop.server, {"type": "nonsense"})
    website = Source.objects.get(kind="browser")
    server = Source.objects.get(pk=shop.server.id)
    assert f'data-key="{website.write_key}"' in page(anna, f"/engage/sources/{website.pk}/")
    there = page(anna, f"/engage/sources/{server.pk}/")
    assert "Its type is not one of the known calls." in there
    assert server.write_key not in there
    made = anna.post(f"/engage/sources/{server.pk}/renew/").content.decode()
    assert "sk_" in made
    assert Source.objects.get(pk=server.pk).write_key != server.write_key


def test_a_sources_purpose_and_origins_are_changed_in_place(anna: Client, shop: Shop) -> None:
    website = Source.objects.get(kind="browser")
    address = f"/engage/sources/{website.pk}/edit/"
    assert "https://shop.example" in page(anna, f"{address}origins/")
    values = {"origins": "https://a.example\nhttps://b.example"}
    seen = {"seen": json.dumps({"origins": website.origins})}
    assert anna.post(f"{address}origins/", values | seen).status_code == 200
    values = {"purpose": "server_analytics", "seen": json.dumps({"purpose": website.purpose})}
    assert anna.post(f"{address}purpose/", values).status_code == 200
    again = Source.objects.get(pk=website.pk)
    assert again.origins == ["https://a.example", "https://b.example"]
    assert again.purpose == "server_analytics"
    wrong = {"origins": "nonsense", "seen": json.dumps({"origins": again.origins})}
    refused = anna.post(f"{address}origins/", wrong)
    assert refused.status_code == 422
    assert "nonsense" in refused.content.decode()


def test_what_somebody_stated_is_found_by_their_name_with_its_proof(
    anna: Client, shop: Shop
) -> None:
    shop.consents("cookie-7", at=datetime(2026, 11, 21, tzinfo=UTC))
    entry = ConsentEntry.objects.get()
    assert "1 record" in page(anna, "/engage/consents/", q="cookie-7")
    there = page(anna, f"/engage/consents/{entry.pk}/")
    assert "Evaluation of visits" in there
    assert "Granted" in there
    visitor = Profile.objects.get(known=False)
    assert f"/engage/consents/{entry.pk}/" in page(anna, f"/engage/profiles/{visitor.pk}/")


def test_a_purpose_is_reworded_in_both_languages_but_keeps_its_short_name(anna: Client) -> None:
    values = {
        "slug": "letters", "label_0": "Briefe", "label_1": "Letters",
        "text_0": "Wir schreiben Ihnen.", "text_1": "", "basis": "interest",
    }  # fmt: skip
    answer = anna.post("/engage/purposes/new/", values)
    assert answer.status_code == 302
    there = page(anna, answer.headers["Location"])
    assert "Letters" in there
    assert "Wir schreiben Ihnen." in there
    assert f"{answer.headers['Location']}edit/slug/" not in there


def test_carla_sees_nobody(carla: Client, shop: Shop) -> None:
    for slug in ("profiles", "events", "sources", "consents", "purposes"):
        assert carla.get(f"/engage/{slug}/").status_code == 403, slug
        assert carla.get(f"/engage/{slug}/1/").status_code in (403, 404), slug


def test_a_cart_segment_says_of_somebody_why(anna: Client, shop: Shop) -> None:
    made = segments.create_segment(
        actor=SYSTEM, name={"de": "Korb"}, definition=ABANDONED_CART.definition, activate=True
    )
    eva = Profile.objects.get(known=True)
    assert f"/engage/segments/{made.pk}/why/{eva.pk}/" in page(anna, f"/engage/profiles/{eva.pk}/")
    assert "is not in" in page(anna, f"/engage/segments/{made.pk}/why/{eva.pk}/")
