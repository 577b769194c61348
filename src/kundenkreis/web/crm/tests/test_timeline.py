from __future__ import annotations

import html
import re
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.test import Client
from django.utils import translation

from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people import entries, panels
from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.models import Person, TimelineEntry
from kundenkreis.crm.people.timeline import NewEntry, add_timeline_entry
from kundenkreis.crm.people.timeline_words import KINDS
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.people.timeline import address, line
from kundenkreis.web.crm.people.timeline_filter import filtered
from kundenkreis.web.crm.tests.conftest import Company

LOOP = ["visit", "cart", "exposure", "control", "offer_clicked", "order", "order_cancelled", "note"]


@pytest.mark.parametrize("kind", [*KINDS, "something_new"])
@pytest.mark.parametrize("payload", [{}, {"net_minor": "x", "items": None}, None, [1]])
def test_it_puts_every_kind_into_words_whatever_the_payload(kind: str, payload: object) -> None:
    found = line(TimelineEntry(kind=kind, payload=payload))
    assert str(found.title).strip()
    assert found.icon


def test_it_has_words_for_every_step_of_the_loop() -> None:
    assert set(LOOP) <= set(KINDS)


def test_it_marks_who_saw_nothing_as_control_group() -> None:
    with translation.override("en"):
        found = line(TimelineEntry(kind="control", payload={"campaign": "Warenkorb 20 %"}))
    assert found.tags == [("Control group", "amber")]
    assert found.text == "Campaign “Warenkorb 20 %”"


def test_it_writes_amounts_in_the_readers_language() -> None:
    entry = TimelineEntry(kind="order", payload={"net_minor": 123456, "currency": "EUR"})
    with translation.override("en"):
        assert line(entry).title == "Ordered for €1,234.56"


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("crm.order:17", "/crm/orders/17/"),
        ("crm.nothing:17", ""),
        ("crm.order:x", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_it_links_to_what_an_entry_is_about(reference: str, url: str) -> None:
    assert address(TimelineEntry(reference=reference)) == url


@pytest.mark.django_db(databases=BOTH)
class TestFilter:
    """The form above a timeline."""

    def titles(self, anna: Client, record: object, **asked: object) -> list[str]:
        kind = type(record).__name__.lower()
        answer = anna.get(f"/crm/{kind}/{record.pk}/timeline/", asked)  # type: ignore[attr-defined]
        assert answer.status_code == 200
        return re.findall(r'<div class="what">(?:<a[^>]*>|<span>)([^<]*)<', answer.text)

    @pytest.fixture
    def person(self, company: Company) -> Person:
        viewer = viewer_of(company.anna)
        texts = (("call", "Müller fragt nach der Straße"), ("note", "Staffelpreis ab 20 Stück"))
        for kind, text in texts:
            add_activity(actor=viewer, kind=kind, about=company.person, text=text)
        happened(company.person, "order", number="BO-4711", net_minor=52_000)
        happened(company.person, "visit", title="Messköpfe")
        return company.person

    def test_it_shows_what_was_asked_for(self, anna: Client, person: Person) -> None:
        everything = {"Call", "Note", "Ordered", "Visited"}
        for query, expected in (
            ("", everything),
            ("topic=calls", {"Call"}),
            ("channel=web", {"Visited"}),
            ("channel=inside", {"Note"}),
            ("topic=calls&channel=web", set()),
            ("q=mueller strasse", {"Call"}),
            ("q=bo-4711", {"Ordered"}),
            ("q=520", {"Ordered"}),  # as it reads, not as it is stored
            ("q=stück", {"Note"}),
            ("q=gibt es nicht", set()),
            ("topic=nonsense&channel=%00&person=x", everything),
        ):
            asked = dict(parse_qsl(query))
            found = {title.split()[0] for title in self.titles(anna, person, **asked)}
            assert found == expected, query

    def test_an_organisations_timeline_is_narrowed_to_one_of_its_people(
        self, company: Company, anna: Client, person: Person
    ) -> None:
        other = create_person(
            actor=viewer_of(company.anna), last_name="Kern", organisation=company.firm
        )
        happened(other, "visit", title="Stative")
        assert len(self.titles(anna, company.firm, person=other.pk)) == 1
        assert "Kern" in anna.get(f"/crm/organisations/{company.firm.pk}/").text

    def test_a_search_goes_on_beyond_what_it_looks_at_at_once(
        self, anna: Client, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(entries, "LOOKED_AT", 3)
        for number in range(7):
            happened(person, "visit", title=f"Seite {number}")
        address, steps = f"/crm/person/{person.pk}/timeline/?q=bo-4711", 0
        while "BO-4711" not in (shown := anna.get(address).text):
            found = re.search(r'hx-get="([^"]*)"', shown)
            assert found is not None
            address, steps = html.unescape(found[1]), steps + 1
            assert steps < 9
        assert steps >= 2

    def test_each_matching_entry_comes_once_page_by_page(
        self, anna: Client, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(entries, "PAGE", 2)
        for number in range(5):
            happened(person, "visit", title=f"Seite {number}")
        viewer, seen, after = Viewer("Anna", 1, grants={"*.*.*": Level.ALL}), [], ""
        for _ in range(5):
            page = filtered(viewer, person, {"q": "seite", "after": after})
            seen += [entry.pk for entry in page.rows]
            after = page.after
            if not after:
                break
        assert len(seen) == len(set(seen)) == 5


def happened(person: Person, kind: str, **payload: object) -> None:
    at, key = clock.now(), f"{kind}{person.pk}{sorted(payload.items())}"
    add_timeline_entry(actor=SYSTEM, entry=NewEntry(kind, at, key, person.pk, payload=payload))


@pytest.mark.django_db(databases=BOTH)
def test_only_a_talk_is_a_contact_not_what_was_entered(company: Company) -> None:
    anna = viewer_of(company.anna)

    def said() -> str:
        (figure,) = panels.contact_figures(anna, Person.objects.get(pk=company.person.pk))
        return figure.value

    with translation.override("en"):
        add_activity(actor=anna, text="Ein Vermerk", about=company.person)
        assert said() == "–"
        add_activity(actor=anna, text="Angerufen", kind="call", about=company.person)
        assert said() == "today"
        with clock.freeze(clock.now() + timedelta(days=3)):
            for number in range(entries.PAGE + 1):
                add_activity(actor=anna, text=f"Vermerk {number}", about=company.person)
            assert said() != "–"  # it is on no first page any more
