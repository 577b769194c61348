"""Records named by text, in a form or a file."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.records import ORGANISATION, PERSON
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import references

pytestmark = pytest.mark.django_db(databases=CRM)


def organisations(*names: str) -> list[Organisation]:
    with store.group(Side.CRM, "test"):
        return store.create_many(ANNA, Organisation, [{"name": name} for name in names])


def test_an_exact_name_is_found_however_many_others_begin_so() -> None:
    *_others, exact = organisations(*(f"Bergmann {n}" for n in range(250)), "Bergmann")
    assert references.found(ORGANISATION, ANNA, "bergmann") == exact
    with store.group(Side.CRM, "test"):
        people = [{"first_name": "Jana", "last_name": f"Kern {n}"} for n in range(250)]
        *_, jana = store.create_many(
            ANNA, Person, [*people, {"first_name": "Jana", "last_name": "Kern"}]
        )
    assert references.found(PERSON, ANNA, " Jana  KERN ") == jana


def test_it_says_that_several_are_meant_unless_one_is_written_just_so() -> None:
    upper, lower, *_ = organisations("NOVA", "Nova", "Straßen AG", "Strassen AG")
    assert references.found(ORGANISATION, ANNA, "Nova") == lower
    with pytest.raises(ValidationError, match="Several records"):
        references.found(ORGANISATION, ANNA, "nova")
    assert references.found(ORGANISATION, ANNA, f"nova #{upper.pk}") == upper


def test_many_are_found_at_once() -> None:
    firm, other = organisations("Weiß GmbH", "Kern #2 KG")
    found = references.found_all(
        ORGANISATION, ANNA, ["WEISS  GmbH", f"whatever #{firm.pk}", "Kern #2 KG", "Nobody", "#999"]
    )
    assert found["WEISS  GmbH"] == found[f"whatever #{firm.pk}"] == firm
    assert found["Kern #2 KG"] == other
    for text in ("Nobody", "#999"):
        assert found[text].code == references.UNKNOWN
