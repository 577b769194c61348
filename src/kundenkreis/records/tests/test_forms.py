from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from kundenkreis.crm.sales.commands import ship_pipeline
from kundenkreis.kernel.testing import ANNA, BEN, CRM, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.forms import RecordForm, form_names, initial_from

pytestmark = pytest.mark.django_db(databases=CRM)


def filled(kind: str, names: list[str], record: Any = None, **data: str) -> RecordForm:
    return RecordForm(named(kind), ANNA, names, data, record=record)


def make_organisation(name: str = "Bergmann Optik GmbH", **values: Any) -> Any:
    return write.create(named("organisation"), ANNA, {"name": name, **values})


@pytest.mark.parametrize(
    ("language", "text", "minor"),
    [("de", "18.400,50", 1840050), ("en", "18,400.50", 1840050), ("de", "0,005", 1)],
)
def test_it_turns_typed_money_into_minor_units(language: str, text: str, minor: int) -> None:
    with translation.override(language):
        form = filled("organisation", ["revenue_minor"], revenue_minor=text)
        assert form.is_valid()
        assert form.cleaned_data["revenue_minor"] == minor


def test_it_respects_currencies_without_cents() -> None:
    form = filled("opportunity", ["value_minor", "currency"], value_minor="500", currency="JPY")
    assert form.is_valid()
    assert form.cleaned_data["value_minor"] == 500


def test_it_shows_stored_money_as_it_is_typed() -> None:
    organisation = make_organisation(revenue_minor=123456)
    with translation.override("de"):
        form = RecordForm(named("organisation"), ANNA, ["revenue_minor"], record=organisation)
        assert form["revenue_minor"].value() == "1234,56"


def test_it_finds_a_record_by_its_name_whatever_the_case() -> None:
    organisation = make_organisation("Straßenbau Müller")
    form = filled("opportunity", ["organisation"], organisation="STRAßENBAU MÜLLER")
    assert form.is_valid()
    assert form.cleaned_data["organisation"] == organisation


def test_it_asks_which_one_when_two_records_have_the_same_name() -> None:
    first, second = make_organisation("Moser"), make_organisation("Moser")
    form = filled("opportunity", ["organisation"], organisation="Moser")
    assert not form.is_valid()
    assert f"#{first.pk}" in str(form.errors["organisation"])
    form = filled("opportunity", ["organisation"], organisation=f"Moser #{second.pk}")
    assert form.is_valid()
    assert form.cleaned_data["organisation"] == second


def test_it_does_not_find_what_the_viewer_may_not_read() -> None:
    make_organisation("Geheim AG")
    names = ["organisation"]
    form = RecordForm(named("opportunity"), BEN, names, {"organisation": "Geheim AG"})
    assert not form.is_valid()


def test_it_names_the_field_whose_value_is_taken() -> None:
    first = make_organisation(customer_number="K-1")
    form = filled("organisation", ["customer_number"], customer_number="K-1")
    assert not form.is_valid()
    assert "customer_number" in form.errors
    form = filled("organisation", ["customer_number"], first, customer_number="K-1")
    assert form.is_valid()  # its own number is not taken by another


def test_it_stores_no_number_rather_than_an_empty_one() -> None:
    form = filled("organisation", ["customer_number"], customer_number=" ")
    assert form.is_valid()
    assert form.cleaned_data["customer_number"] is None


def test_it_starts_a_form_from_its_address() -> None:
    ship_pipeline(actor=SYSTEM)
    organisation = make_organisation()
    kind = named("opportunity")
    initial = initial_from(
        kind,
        ANNA,
        form_names(kind, ANNA),
        {"organisation": str(organisation.pk), "source": "Messe"},
    )
    assert initial["organisation"] == organisation
    assert (initial["source"], initial["owner_id"]) == ("Messe", ANNA.user_id)
    hidden = initial_from(kind, BEN, form_names(kind, BEN), {"organisation": str(organisation.pk)})
    assert hidden["organisation"] is None


def test_an_owner_who_is_offered_no_more_stays_until_somebody_chooses_another() -> None:
    firm = make_organisation(owner_id=999)
    form = filled("organisation", ["name", "owner_id"], firm, name="B", owner_id="999")
    assert form.is_valid()
    assert form.cleaned_data["owner_id"] == 999
    # Nobody else can be given to them.
    other = filled("organisation", ["owner_id"], make_organisation("Other"), owner_id="999")
    assert not other.is_valid()
