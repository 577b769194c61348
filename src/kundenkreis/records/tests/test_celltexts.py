from __future__ import annotations

import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people.models import Person
from kundenkreis.kernel.testing import ANNA
from kundenkreis.records import named
from kundenkreis.records.fields import info
from kundenkreis.records.lists.celltexts import Reader, typed

LANGUAGES = st.sampled_from(["de", "en"])
INTEGERS = st.integers(-(10**12), 10**12)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=80)
CASES = [
    ("organisation", "revenue_minor", INTEGERS, "EUR"),
    ("opportunity", "value_minor", INTEGERS, "JPY"),
    ("organisation", "employees", st.integers(0, 2**31 - 1), ""),
    ("product", "price", st.decimals(-(10**6), 10**6, places=4, allow_nan=False), ""),
    ("opportunity", "expected_on", DAYS, ""),
    ("person", "first_name", WORDS, ""),
    ("person", "legal_basis", st.sampled_from(Person.LegalBasis.values), ""),
    ("person", "is_customer", st.booleans(), ""),
    ("person", "tags", st.sampled_from([[], ["Messe"], ["Messe", "VIP"]]), ""),
]


@pytest.mark.parametrize(("kind", "name", "values", "currency"), CASES)
@settings(max_examples=30)
@given(st.data(), LANGUAGES)
def test_what_stands_in_a_cell_means_the_same_when_it_is_pasted(
    kind: str, name: str, values: Any, currency: str, data: st.DataObject, language: str
) -> None:
    value = data.draw(values)
    record = SimpleNamespace(currency=currency, pk=1, **{name: value})
    with translation.override(language):
        text = typed(info(named(kind).model, name), record)
        form, wrong = Reader(named(kind), ANNA, [name]).form(record, {name: text})
        assert (wrong, form.errors) == ({}, {})
        assert form.cleaned_data[name] == value


def test_the_browser_reads_what_spreadsheets_copy(node: str) -> None:
    cases = Path(__file__).parents[4] / "frontend" / "elements" / "grid" / "tsv.test.mjs"
    command = [node, "--test", cases]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stdout[-3000:]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("Ja", True), ("x", True), ("WAHR", True), ("no", False), ("", False), ("vielleicht", None)],
)
def test_it_reads_yes_and_no_as_people_and_spreadsheets_write_them(
    text: str, wanted: bool | None
) -> None:
    record = SimpleNamespace(pk=1, is_customer=False)
    reader = Reader(named("person"), ANNA, ["is_customer"])
    form, wrong = reader.form(record, {"is_customer": text})
    assert bool(wrong) is (wanted is None)
    assert form.is_valid()
    assert form.cleaned_data.get("is_customer") is wanted


def test_it_reads_a_choice_by_its_words_in_the_users_language() -> None:
    record = SimpleNamespace(pk=1, language="", legal_basis="")
    with translation.override("en"):
        reader = Reader(named("person"), ANNA, ["language", "legal_basis"])
        form, wrong = reader.form(record, {"language": "german", "legal_basis": "Legal Duty"})
        assert form.is_valid()
        assert (wrong, form.cleaned_data) == ({}, {"language": "de", "legal_basis": "duty"})
        assert list(reader.form(record, {"language": "Klingonisch"})[1]) == ["language"]


def test_it_reads_an_amount_with_more_digits_than_a_number_keeps() -> None:
    reader = Reader(named("product"), ANNA, ["price"])
    record = SimpleNamespace(pk=1, price=Decimal(1))
    form, _wrong = reader.form(record, {"price": "1234567890123456789"})
    assert "price" in form.errors
