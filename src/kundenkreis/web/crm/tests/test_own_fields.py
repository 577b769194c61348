"""Administrators define fields and arrange pages; everybody else sees the outcome."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records.models import FieldDefinition, PageLayout
from kundenkreis.ui.testing import inline_code
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

FIELDS = "/crm/organisations/fields/"
COLOUR = {
    "label_0": "Farbe", "label_1": "Colour", "section": "facts", "purpose": "nobody",
    "choices.value": ["", "", ""], "choices.archived": ["0", "0", "0"],
    "choices.de": ["Rot", "Blau", ""], "choices.en": ["Red", "Blue", ""],
}  # fmt: skip


def said(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert not inline_code(text)
    return text


def defined() -> FieldDefinition:
    return FieldDefinition.objects.using("default").get()


def define(client: Client, sort: str = "choice", **more: object) -> FieldDefinition:
    answer = client.post(f"{FIELDS}new/?type={sort}", {**COLOUR, **more})
    assert answer.status_code == 302, answer.content.decode()
    return defined()


def test_a_field_is_defined_on_a_page_and_asked_for_at_once(company: Company, anna: Client) -> None:
    assert "No fields of your own yet" in said(anna, FIELDS)
    assert "One of a list" in said(anna, f"{FIELDS}new/")
    made = define(anna, filterable="on", required="on")

    assert made.key == "colour"
    assert [one["value"] for one in made.choices] == ["red", "blue"]
    assert "Colour" in said(anna, FIELDS)
    assert "Colour" in said(anna, f"/crm/organisations/{company.firm.pk}/")
    form = said(anna, "/crm/organisations/new/")
    assert 'name="custom__colour"' in form
    missing = anna.post("/crm/organisations/new/", {"name": "Neu", "custom__colour": ""})
    assert missing.status_code == 422
    created = anna.post("/crm/organisations/new/", {"name": "Neu", "custom__colour": "blue"})
    assert created.status_code == 302
    assert Organisation.objects.get(name="Neu").custom == {"colour": "blue"}
    assert "Blue" in said(anna, "/crm/organisations/?columns=custom__colour")
    assert "Neu" in said(anna, "/crm/organisations/?custom__colour=blue&sort=custom__colour")


def test_what_makes_no_field_comes_back_with_its_reason_and_nothing_lost(anna: Client) -> None:
    empty = anna.post(
        f"{FIELDS}new/?type=choice", {**COLOUR, "choices.de": [""] * 3, "choices.en": [""] * 3}
    )
    assert empty.status_code == 422
    assert "nothing to choose from" in empty.content.decode()
    assert 'value="Farbe"' in empty.content.decode()
    define(anna)
    again = anna.post(f"{FIELDS}new/?type=text", COLOUR)
    assert again.status_code == 422
    assert "is called so" in again.content.decode()


def test_the_preview_shows_the_input_while_it_is_described(anna: Client) -> None:
    shown = anna.post(f"{FIELDS}preview/?type=choice", COLOUR).content.decode()

    assert '<option value="red">Red</option>' in shown
    assert not FieldDefinition.objects.using("default").exists()


def test_a_field_is_changed_archived_and_brought_back(anna: Client) -> None:
    made = define(anna, sort="text")
    anna.post(f"{FIELDS}{made.pk}/", {**COLOUR, "label_1": "Tint", "default": "red"})
    assert (str(defined()), defined().default, defined().key) == ("Tint", "red", "colour")

    anna.post(f"{FIELDS}{made.pk}/archive/", {"archived": "1"})
    assert "custom__colour" not in said(anna, "/crm/organisations/new/")
    assert "Archived" in said(anna, FIELDS)
    anna.post(f"{FIELDS}{made.pk}/remove/")
    assert not FieldDefinition.objects.using("default").exists()
    back = re.search(rf'"({FIELDS}restore/\w+/)"', said(anna, FIELDS))
    assert back is not None
    anna.post(back[1])
    anna.post(f"{FIELDS}{made.pk}/archive/?archived=0")
    assert "custom__colour" in said(anna, "/crm/organisations/new/")


def test_pages_are_arranged_by_the_order_of_one_list(company: Company, anna: Client) -> None:
    define(anna, sort="text")
    items = ["group:", "custom__colour", "group:facts", "website", "hidden:", "founded"]
    titles = {"title.de": ["Aussehen", "", ""], "title.en": ["Look", "", ""]}
    anna.post("/crm/organisations/layout/", {"item": items, **titles})

    page = said(anna, f"/crm/organisations/{company.firm.pk}/")
    assert page.index("Look") < page.index("Colour") < page.index("Website")
    assert "Founded" not in page
    assert "Founded" in said(anna, "/crm/organisations/layout/")
    anna.post("/crm/organisations/layout/reset/")
    assert "Founded" in said(anna, f"/crm/organisations/{company.firm.pk}/")


def test_a_role_has_a_layout_of_its_own(
    company: Company, anna: Client, logged_in: Callable[[User], Client]
) -> None:
    address = "/crm/organisations/layout/?role=sales"
    anna.post(address, {"item": ["group:facts", "website", "hidden:", "founded"]})

    place = f"/crm/organisations/{company.firm.pk}/"
    assert "own layout" in said(anna, address)
    assert "Founded" in said(anna, place)
    assert "Founded" not in said(logged_in(company.ben), place)
    assert anna.get("/crm/organisations/layout/?role=nobody").status_code == 404


def test_nobody_else_gets_in(company: Company, logged_in: Callable[[User], Client]) -> None:
    ben = logged_in(company.ben)
    for address in (FIELDS, f"{FIELDS}new/", "/crm/organisations/layout/", "/crm/fields/"):
        assert ben.get(address).status_code == 403
    for address in (f"{FIELDS}new/?type=text", "/crm/organisations/layout/", f"{FIELDS}order/"):
        assert ben.post(address, COLOUR).status_code == 403
    assert "/crm/organisations/fields/" not in said(ben, "/crm/organisations/")
    assert not FieldDefinition.objects.using("default").exists()
    assert not PageLayout.objects.using("default").exists()


FORMULA = {**COLOUR, "formula": "[Employees] * 2", "places": "0"}


def test_a_formula_is_tried_while_it_is_typed_and_stands_on_the_page(
    company: Company, anna: Client
) -> None:
    Organisation.objects.filter(pk=company.firm.pk).update(employees=21)
    page = said(anna, f"{FIELDS}new/?type=formula")
    assert "[Employees]" in page
    assert "round([Amount] / 3; 2)" in page
    tried = anna.post(f"{FIELDS}preview/?type=formula", FORMULA).content.decode()
    assert str(company.firm) in tried
    assert "42" in tried
    wrong = {**FORMULA, "formula": "[Employees] * [Nobody]"}
    told = anna.post(f"{FIELDS}preview/?type=formula", wrong).content.decode()
    assert "At sign 15" in told
    refused = anna.post(f"{FIELDS}new/?type=formula", wrong)
    assert refused.status_code == 422
    assert "[Employees] * [Nobody]" in refused.content.decode()  # nothing typed is lost

    made = define(anna, "formula", formula="[Employees] * 2", places="0")

    assert made.options["formula"] == "[employees] * 2"
    assert "[Employees] * 2" in said(anna, f"{FIELDS}{made.pk}/")
    assert "Formulas are being worked out" in said(anna, FIELDS)
    assert 'name="custom__colour"' not in said(anna, "/crm/organisations/new/")
    anna.post("/crm/organisations/new/", {"name": "Neu", "employees": "5"})
    new = Organisation.objects.get(name="Neu")
    assert new.custom == {"colour": 10}
    assert ">10<" in said(anna, f"/crm/organisations/{new.pk}/")


def test_a_new_field_is_for_filtering_unless_somebody_says_otherwise(
    company: Company, anna: Client
) -> None:
    form = said(anna, f"{FIELDS}new/?type=choice")
    box = re.search(r'<input[^>]*name="filterable"[^>]*>', form)
    assert box is not None
    assert "checked" in box[0]
    assert "Without it the field is only shown." in form
    assert not define(anna).filterable
