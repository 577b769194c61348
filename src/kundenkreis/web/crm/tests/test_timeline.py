from __future__ import annotations

import pytest
from django.utils import translation

from kundenkreis.crm.people.models import TimelineEntry
from kundenkreis.web.crm.people.timeline import KINDS, address, line

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
