"""The next step of any record, as its page, the lists, the home page and the tasks have it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.people.models import Organisation, Person, TimelineEntry
from kundenkreis.crm.sales.order_commands import place_orders
from kundenkreis.crm.sales.order_values import NewOrder
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Level
from kundenkreis.kernel.testing import ANNA, BOTH, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.page import merging, next_step
from kundenkreis.records.page.next_step import PLANNING
from kundenkreis.records.registry import TYPES
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

FRIDAY = "2026-11-27T12:00:00Z"


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.freeze(FRIDAY):
        yield


def seen(record: Any) -> str:
    return json.dumps(merging.seen(type(record).objects.get(pk=record.pk), PLANNING))


def plan(record: Any, text: str = "Call", day: date = date(2026, 11, 26)) -> None:
    kind = named(record._meta.model_name)
    write.change(kind, SYSTEM, record.pk, None, {"next_step": text, "next_step_on": day})


def told(answer: Any) -> Any:
    return json.loads(answer["HX-Trigger"])


def test_a_step_is_planned_in_words_put_off_done_and_taken_back(
    company: Company, anna: Client
) -> None:
    firm, address = company.firm, f"/crm/organisations/{company.firm.pk}/next-step/"
    assert f'hx-get="{address}"' in anna.get(f"/crm/organisations/{firm.pk}/").text
    asked = anna.get(address).text
    assert 'data-day="in 2 weeks"' in asked
    assert "Nobody is responsible" in asked
    typed = {"next_step": "Offer", "next_step_on": "in 2 weeks", "seen": seen(firm)}
    answer = anna.post(address, typed)
    assert told(answer)["toast"]["text"] == "Planned for Fri, 11 Dec 2026."
    firm.refresh_from_db()
    assert (firm.next_step, firm.next_step_on) == ("Offer", date(2026, 12, 11))
    anna.post(f"{address}later/", {"days": "3", "seen": seen(firm)})
    firm.refresh_from_db()
    assert firm.next_step_on == date(2026, 11, 30)
    answer = anna.post(f"{address}done/", {"seen": seen(firm)})
    assert "What comes next?" in answer.text
    firm.refresh_from_db()
    assert (firm.next_step, firm.next_step_on) == ("", None)
    entry = TimelineEntry.objects.get(kind="step_done")
    assert (entry.payload["text"], entry.organisation_id) == ("Offer", firm.pk)
    anna.post(told(answer)["toast"]["undo_url"])
    firm.refresh_from_db()
    assert firm.next_step == "Offer"
    assert "Offer · open again" in anna.get(f"/crm/organisations/{firm.pk}/").text


def test_a_step_that_is_not_understood_is_refused_as_it_was_typed(
    company: Company, anna: Client
) -> None:
    address = f"/crm/persons/{company.person.pk}/next-step/"
    for day, said in (("soon", "“soon” was not understood as a day."), ("", "Say when")):
        typed = {"next_step": "Offer", "next_step_on": day, "seen": seen(company.person)}
        answer = anna.post(address, typed)
        assert answer.status_code == 422
        text = html.unescape(answer.text)
        assert said in text
        assert 'value="Offer"' in text
        assert f'value="{day}"' in text or not day
    assert anna.get("/crm/day/", {"next_step_on": "Friday"}).text.endswith("Fri, 4 Dec 2026</time>")
    assert "No day yet" in anna.get("/crm/day/", {"x": "<b>"}).text


def test_whoever_is_late_sees_what_somebody_else_has_planned(
    company: Company, anna: Client
) -> None:
    person, address = company.person, f"/crm/persons/{company.person.pk}/next-step/"
    before = seen(person)
    plan(person, "Of somebody else")
    typed = {"next_step": "Mine", "next_step_on": "tomorrow", "seen": before}
    answer = anna.post(address, typed)
    assert answer.status_code == 422
    assert "Of somebody else" in answer.text
    assert 'value="Mine"' in answer.text
    assert anna.post(f"{address}done/", {"seen": before}).status_code == 409
    person.refresh_from_db()
    assert person.next_step == "Of somebody else"


def test_steps_of_many_are_planned_at_once_and_taken_back(company: Company, anna: Client) -> None:
    assert 'data-key="w"' in anna.get("/crm/persons/").text
    address = f"/crm/persons/bulk/step/?row={company.person.pk}"
    assert 'data-day="tomorrow"' in anna.get(address).text
    assert "Say when" in anna.post(address, {"next_step": "Call"}).text
    answer = anna.post(address, {"next_step": "Call", "next_step_on": "next Monday"})
    person = Person.objects.get()
    assert (person.next_step, person.next_step_on) == ("Call", date(2026, 11, 30))
    anna.post(told(answer)["toast"]["undo_url"])
    assert Person.objects.get().next_step == ""


def test_home_and_tasks_show_the_steps_of_all_types(company: Company, anna: Client) -> None:
    for record in (company.person, company.firm, company.opportunity):
        plan(record, f"Step {record.pk} {record._meta.model_name}")
        write.change(named(record._meta.model_name), SYSTEM, record.pk, None,
                     {"owner_id": company.anna.pk})  # fmt: skip
    for address in ("/", "/crm/tasks/"):
        text = anna.get(address).text
        for kind in ("persons", "organisations", "opportunities"):
            assert f"/crm/{kind}/{company.person.pk}/next-step/done/" in text or kind != "persons"
        assert text.count("next-step/done/") == 3, address
    write.change(named("person"), SYSTEM, company.person.pk, None, {"owner_id": company.ben.pk})
    assert anna.get("/crm/tasks/").text.count("next-step/done/") == 2
    assert anna.get("/crm/tasks/?whose=all").text.count("next-step/done/") == 3


def test_every_type_that_can_be_changed_has_a_next_step(company: Company, anna: Client) -> None:
    names = {kind.name for kind in TYPES.values() if f"{kind.name}-next-step" in _routes()}
    assert {"person", "product", "competitor", "activity", "campaign", "profile"} <= names
    product = write.create(named("product"), SYSTEM, {"name": "Lens", "sku": "L"})
    page = anna.get(f"/crm/products/{product.pk}/").text
    assert f"/crm/products/{product.pk}/next-step/" in page
    answer = anna.post(f"/crm/products/{product.pk}/next-step/",
                       {"next_step": "Photograph", "next_step_on": "morgen", "seen": seen(product)})  # fmt: skip
    assert answer.status_code == 204
    product.refresh_from_db()
    assert anna.post(f"/crm/products/{product.pk}/next-step/done/", {"seen": seen(product)})
    assert not TimelineEntry.objects.filter(kind="step_done").exists()  # it is about nobody


def test_who_may_not_plan_is_offered_nothing(
    company: Company, carla: Client, logged_in: Callable[[User], Client]
) -> None:
    address = f"/crm/organisations/{company.firm.pk}/next-step/"
    plan(company.firm)
    for part in ("", "later/", "done/"):
        assert carla.post(address + part, {"seen": "{}"}).status_code in (403, 404)
    assert Organisation.objects.get().next_step == "Call"


def _routes() -> set[str]:
    from django.urls import get_resolver

    return {name for name in get_resolver().reverse_dict if isinstance(name, str)}


def bought(company: Company, *days: str) -> None:
    """Orders of the person on these days."""
    place_orders(
        actor=SYSTEM,
        orders=[
            NewOrder(
                source="erp", number=f"P-{number}", placed_at=datetime.fromisoformat(f"{day}T12:00Z"),
                net_minor=100, tax_minor=19, gross_minor=119, currency="EUR",
                lines=(), person_id=company.person.pk,
            )
            for number, day in enumerate(days)
        ],
    )  # fmt: skip


def test_where_nothing_is_planned_something_is_proposed_with_its_reason(
    company: Company, anna: Client
) -> None:
    address = f"/crm/persons/{company.person.pk}/"
    assert "Why:" not in anna.get(address).text
    bought(company, "2026-01-01", "2026-01-31", "2026-03-02")
    page = html.unescape(anna.get(address).text)
    assert "Ask what they need" in page
    assert "they order every 30 days, and last did 270 days ago." in page
    dialog = anna.get(f"{address}next-step/", {"what": "Ask what they need"}).text
    assert 'value="Ask what they need"' in dialog
    plan(company.person)
    assert "Ask what they need" not in anna.get(address).text


def test_nothing_is_proposed_about_those_who_are_gone(company: Company, anna: Client) -> None:
    bought(company, "2026-01-01", "2026-01-31", "2026-03-02")
    Person.objects.filter(pk=company.person.pk).update(ended="deceased")
    assert "Ask what they need" not in anna.get(f"/crm/persons/{company.person.pk}/").text


def test_the_most_pressing_is_proposed(company: Company) -> None:
    record, kind = company.person, named("person")
    assert next_step.proposal(SYSTEM, kind, record) is None
    portfolio = write.create(named("portfolio"), SYSTEM, {"name": "Regulars", "visit_days": 60})
    record.portfolio = portfolio
    found = next_step.proposal(SYSTEM, kind, record)
    assert found is not None
    assert "every 60 days" in found.why
    blind = replace(ANNA, hidden={"crm.portfolio": frozenset({"visit_days"})})
    assert next_step.proposal(blind, kind, record) is None
    own = replace(ANNA, grants={"*.*.*": Level.ALL, "crm.portfolio.read": Level.OWN})
    assert next_step.proposal(own, kind, record) == found  # the widest grant counts
    own = replace(ANNA, grants={"crm.person.*": Level.ALL, "crm.portfolio.read": Level.OWN})
    assert next_step.proposal(own, kind, record) is None
    bought(company, "2026-01-01", "2026-01-31", "2026-03-02")
    again = named("person").one(SYSTEM, record.pk)
    again.portfolio = portfolio
    pressing = next_step.proposal(SYSTEM, kind, again)
    assert pressing is not None
    assert pressing.text == "Ask what they need"
