"""Searching a long timeline: the database leaves out only what cannot match."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from kundenkreis.crm.people.models import TimelineEntry
from kundenkreis.crm.people.timeline_words import KINDS
from kundenkreis.kernel import clock, search, store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA
from kundenkreis.web.crm.people import timeline_filter
from kundenkreis.web.crm.people.timeline import line
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=["default", "engage"])

TEXTS = (
    "Größe der Öffnung im Dampfschiff", "DAMPFKESSEL geprüft", "Qualität, Zubehör und Maße",
    "Œuvre à la carte: Crème brûlée", "hübsche Empfehlung", "", "100 % \"bestätigt\" \\ 4711",
)  # fmt: skip
WORDS = (
    "groesse", "grosse", "größe", "dampf", "DAMPFK", "qualitat", "qualität", "zubehor", "maße",
    "masse", "creme", "brulee", "empf", "hubsch", "huebsch", "bestat", "4711", "notiz", "note",
    "call", "anruf", "visited", "besuch", "min", "letter", "brief", "wei", "kampagne", "chf", "checkout", "warenkorb", "kasse", "gutschein",
    "voucher", "offer", "shop", "artikel", "bestellt", "1234", "hopp", "besuchte", "ordered", "mpf", "xx",
)  # fmt: skip


def _fill(company: Company) -> None:
    now = clock.now()
    rows = []
    for kind in [*KINDS, "unheard_of"]:
        for text in TEXTS:
            payload = {"text": text, "subject": text, "path": text, "title": text, "minutes": 3}
            payload |= {"by": "Ben", "campaign": text} if len(rows) % 2 else {"voucher": text}
            payload |= {"items": 2, "net_minor": 123_456, "currency": "CHF", "number": text}
            payload |= {"event": "Checkout Started"} if len(rows) % 3 else {"source": text}
            rows.append(
                TimelineEntry(
                    person_id=company.person.pk, kind=kind, recorded_at=now, actor="user:1",
                    at=now - timedelta(minutes=len(rows) + 1), key=f"t|{len(rows)}",
                    payload=payload,
                )
            )  # fmt: skip
    with store.group(Side.CRM, "test"):
        store.append(TimelineEntry, rows)


@pytest.mark.parametrize("language", ["de", "en"])
def test_it_finds_exactly_what_reads_so(
    company: Company, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(company)
    monkeypatch.setattr("kundenkreis.crm.people.entries.PAGE", 1_000)
    with translation.override(language):
        for word in WORDS:
            asked = search.asked(word)
            found = timeline_filter.filtered(ANNA, company.person, {"q": word}).rows
            entries = TimelineEntry.objects.filter(person=company.person)
            reads_so = [
                one.pk
                for one in entries.select_related("person")
                if timeline_filter._says(one, asked)
            ]
            assert sorted(one.pk for one in found) == sorted(reads_so), word


def test_control_the_database_does_leave_something_out(company: Company) -> None:
    _fill(company)
    rows: list[TimelineEntry] = []
    timeline_filter.timeline(
        ANNA, company.person,
        among=timeline_filter._among(company.person, ["dampf"]),
        matches=lambda entry: bool(rows.append(entry)),
    )  # fmt: skip
    assert 0 < len(rows) < TimelineEntry.objects.filter(person=company.person).count()
    literal = [str(one.payload).lower() for one in rows if one.kind in timeline_filter.LITERAL]
    assert literal
    assert all("mpf" in text for text in literal)


def test_a_search_goes_on_by_itself_until_it_finds_or_ends(
    company: Company, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(company)
    monkeypatch.setattr("kundenkreis.crm.people.entries.LOOKED_AT", 5)
    address = f"/crm/persons/{company.person.pk}/timeline/?q=unheard"
    text, turns = anna.get(address).content.decode(), 1
    while 'hx-trigger="load"' in text:
        after = text.split("after=")[1].split('"')[0]
        text, turns = anna.get(f"{address}&after={after}").content.decode(), turns + 1
    assert "unheard of" in text
    assert turns > 3
    assert str(line(TimelineEntry(kind="unheard_of", payload={})).title) in text
