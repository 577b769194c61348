from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import (
    ContactDetail,
    ContactPermission,
    Person,
    RelationKind,
    TimelineEntry,
)
from kundenkreis.crm.sales.models import Opportunity
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.testing import ANNA, BOTH, SYSTEM
from kundenkreis.records.page.holding import holding
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

HTMX = {"HX-Request": "true"}


def toast(answer: object) -> dict[str, str]:
    found: dict[str, str] = json.loads(answer["HX-Trigger"])["toast"]  # type: ignore[index]
    return found


def seen_in(form: Any) -> str:
    """What a form carries of the record as it was when it was opened."""
    found = re.search(r'name="seen" value="([^"]*)"', form.text)
    assert found is not None
    return html.unescape(found[1])


def test_it_changes_a_fact_in_place(company: Company, anna: Client) -> None:
    address = f"/crm/persons/{company.person.pk}/edit/last_name/"
    form = anna.get(address)
    answer = anna.post(address, {"last_name": "Kern", "seen": seen_in(form)})
    assert answer.status_code == 200
    assert '<span class="value">Kern</span>' in answer.text
    assert Person.objects.get().last_name == "Kern"


def test_it_keeps_what_was_typed_when_it_is_refused(company: Company, anna: Client) -> None:
    address = f"/crm/opportunities/{company.opportunity.pk}/edit/value_minor/"
    answer = anna.post(address, {"value_minor": "zwölf"})
    assert answer.status_code == 422
    assert 'value="zwölf"' in answer.text
    assert "This is not a number." in answer.text


@pytest.mark.parametrize("name", ["is_customer", "link_id", "version", "custom", "password", "id"])
def test_it_lets_no_fact_be_changed_that_the_page_does_not_offer(
    company: Company, anna: Client, name: str
) -> None:
    address = f"/crm/persons/{company.person.pk}/edit/{name}/"
    assert anna.get(address).status_code == 404
    assert anna.post(address, {name: "1"}).status_code == 404


def test_it_creates_a_record_and_goes_to_its_page(company: Company, anna: Client) -> None:
    data = {"last_name": "Kern", "email": "kern@example.org", "organisation": "bergmann optik gmbh"}
    answer = anna.post("/crm/persons/new/", data)
    made = Person.objects.get(last_name="Kern")
    assert answer["Location"] == f"/crm/persons/{made.pk}/"
    assert made.affiliations.get().organisation == company.firm
    assert made.owner_id == company.anna.pk


def test_it_shows_a_refused_form_again_with_the_error_beside_its_field(
    company: Company, anna: Client
) -> None:
    data = {"first_name": "Nur", "last_name": "Neu", "phone": "abc", "source": "Messe"}
    answer = anna.post("/crm/persons/new/", data)
    assert answer.status_code == 422
    assert 'value="Messe"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "This is not a phone number." in answer.text
    assert not Person.objects.filter(last_name="Neu").exists()


def test_it_deletes_what_nothing_needs_and_explains_the_rest(
    company: Company, anna: Client
) -> None:
    refused = anna.post(f"/crm/organisations/{company.firm.pk}/remove/")
    assert refused.status_code == 422
    assert "opportunities" in refused.text
    answer = anna.post(f"/crm/persons/{company.person.pk}/remove/")
    assert answer["Location"] == "/crm/persons/"
    assert not Person.objects.exists()


def test_a_refused_deletion_leads_to_what_holds_the_record(company: Company, anna: Client) -> None:
    address = f"/crm/organisations/{company.firm.pk}/remove/"
    refused = anna.post(address, headers=HTMX)
    assert refused.status_code == 422
    assert "<dialog" in refused.text  # over the page one was on
    assert f'href="/crm/opportunities/{company.opportunity.pk}/">Lasermesskopf</a>' in refused.text
    assert "dialog:close" in refused["HX-Trigger"]
    gone = anna.post(f"/crm/persons/{company.person.pk}/remove/", headers=HTMX)
    assert gone["HX-Redirect"] == "/crm/persons/"


def test_what_holds_it_is_named_only_to_whom_may_see_it(company: Company) -> None:
    viewer = Viewer(
        "Ute",
        user_id=9,
        grants={"crm.organisation.*": Level.ALL, "crm.opportunity.read": Level.OWN},
    )
    (held,) = holding(viewer, company.firm, [company.opportunity])
    assert (held.lines, held.more, held.unseen) == ([], 0, True)
    (held,) = holding(ANNA, company.firm, [company.opportunity, company.firm])
    url = f"/crm/opportunities/{company.opportunity.pk}/"
    assert (held.lines, held.unseen) == ([("Lasermesskopf", url)], False)


def test_it_moves_a_card_and_offers_to_undo_it(company: Company, anna: Client) -> None:
    address = f"/crm/opportunities/{company.opportunity.pk}/move/"
    answer = anna.post(address, {"column": str(company.stages["quote"].pk)}, headers=HTMX)
    assert answer.status_code == 200
    assert 'hx-swap-oob="morph"' in answer.text
    undo = toast(answer)["undo_url"]
    assert Opportunity.objects.get().stage == company.stages["quote"]
    undone = anna.post(undo, headers=HTMX)
    assert "undo_url" not in toast(undone)
    assert Opportunity.objects.get().stage == company.stages["new"]


def test_it_asks_for_the_reason_before_a_card_is_lost(company: Company, anna: Client) -> None:
    address = f"/crm/opportunities/{company.opportunity.pk}/move/"
    data = {"column": str(company.stages["lost"].pk)}
    answer = anna.post(address, data, headers=HTMX)
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#dialogs"
    assert 'name="lost_reason"' in answer.text
    assert Opportunity.objects.get().stage == company.stages["new"]
    assert anna.post(address, data | {"lost_reason": "Preis"}, headers=HTMX).status_code == 200
    assert Opportunity.objects.get().lost_reason == "Preis"


@pytest.mark.parametrize("column", ["", "0", "x", "999999"])
def test_it_refuses_a_move_into_nowhere(company: Company, anna: Client, column: str) -> None:
    address = f"/crm/opportunities/{company.opportunity.pk}/move/"
    answer = anna.post(address, {"column": column}, headers=HTMX)
    assert answer.status_code == 404
    assert toast(answer)["tone"] == "error"


def test_it_leaves_a_card_alone_that_is_dropped_where_it_was(
    company: Company, anna: Client
) -> None:
    address = f"/crm/opportunities/{company.opportunity.pk}/move/"
    answer = anna.post(address, {"column": str(company.stages["new"].pk)}, headers=HTMX)
    assert answer.status_code == 204
    assert Opportunity.objects.get().version == 1


def test_it_adds_prefers_and_removes_contact_details(company: Company, anna: Client) -> None:
    address = f"/crm/person/{company.person.pk}/contact-details/"
    asked = anna.get(f"{address}?kind=email", headers=HTMX)
    assert 'name="value"' in asked.text
    answer = anna.post(address, {"kind": "email", "value": "b@example.org"}, headers=HTMX)
    assert "record-changed" in answer["HX-Trigger"]
    second = ContactDetail.objects.get(value="b@example.org")
    anna.post(f"/crm/contact-details/{second.pk}/prefer/", headers=HTMX)
    second.refresh_from_db()
    assert second.is_primary
    anna.post(f"/crm/contact-details/{second.pk}/remove/", headers=HTMX)
    assert ContactDetail.objects.count() == 1
    assert "Handle" in anna.post(address, {"kind": "fax", "value": ""}, headers=HTMX).text
    wrong = anna.post(address, {"kind": "phone", "value": "abc"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "This is not a phone number." in wrong.text
    assert 'value="abc"' in wrong.text


@pytest.mark.parametrize(
    "address",
    [
        "/crm/user/1/activities/",
        "/crm/nothing/1/activities/",
        "/crm/opportunity/1/contact-details/",
        "/crm/users/1/next-step/done/",
        "/crm/orders/1/next-step/done/",
    ],
)
def test_it_has_no_part_of_a_page_that_the_type_does_not_have(
    company: Company, anna: Client, address: str
) -> None:
    assert anna.post(address, {"text": "x", "action": "done"}).status_code == 404


def test_it_records_an_objection_from_the_page_of_the_person(
    company: Company, anna: Client
) -> None:
    address = f"/crm/persons/{company.person.pk}/objections/"
    answer = anna.post(address, {"channel": ["email", "phone"]}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.count('class="tag red"') == 2
    assert "Any purpose" in answer.text
    assert TimelineEntry.objects.filter(kind="objection").count() == 2
    refused = anna.post(address, {}, headers=HTMX)
    assert "Choose at least one channel" in toast(refused)["text"]
    assert ContactPermission.objects.filter(granted=False).count() == 2


def test_a_relation_is_noted_once_and_the_second_time_said_to_be_there(
    company: Company, anna: Client
) -> None:
    other = people.create_person(actor=SYSTEM, last_name="Kern", owner_id=1)
    address = f"/crm/persons/{company.person.pk}/relations/"
    assert "came to us through" in anna.get(address, headers=HTMX).text
    kind = RelationKind.objects.get(slug="recommended")
    said = {"relation": f"{kind.pk}|from", "whom": str(other)}
    assert anna.post(address, said, headers=HTMX).status_code == 204
    assert "recommended us to" in anna.get(f"/crm/persons/{other.pk}/").text
    again = anna.post(address, said, headers=HTMX)
    assert again.status_code == 422
    assert 'role="alert"' in again.text or "banner" in again.text
